# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""azure_provider_feature through the lab: resource providers and preview features, some of which Microsoft approves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.runtime import Lab
from tests.lab.world import Timeline
from tests.support.asserts import assert_predicted, assert_refused, assert_unchanged, writes
from tests.support.azure import reads, signed_in
from tests.support.modules import Run

MODULE = "azure_provider_feature"
PROVIDER = "Microsoft.DocumentDB"


def asked(lab: Lab, **more: Any) -> dict[str, Any]:
    return {**signed_in(lab), "namespace": PROVIDER, "wait_delay": 0.05, "wait_timeout": 20, **more}


def forget(lab: Lab, state: str = "NotRegistered") -> None:
    """The provider is not registered."""
    lab.world.providers[PROVIDER] = Timeline(lab.world.clock, state)


def feature(lab: Lab, state: str = "NotRegistered") -> dict[str, Any]:
    """A preview feature, and the options that ask for it."""
    lab.world.features[f"{PROVIDER}/NewThings"] = Timeline(lab.world.clock, state)
    return asked(lab, feature="NewThings")


def registrations(lab: Lab) -> list[str]:
    """What was registered, without what all paths have in common."""
    return [one.split("/providers/", 1)[1] for one in writes(lab)]


@pytest.mark.parametrize("state", ["NotRegistered", "Unregistered"])
def test_a_provider(lab: Lab, run: Run, state: str) -> None:
    forget(lab, state)
    lab.world.pace = type(lab.world.pace)(provider=0.3)
    predicted = run(MODULE, check_mode=True, **asked(lab))
    assert writes(lab) == []
    done = run(MODULE, **asked(lab))
    assert_predicted(predicted, done)
    assert done["provider_feature"] == {"namespace": PROVIDER, "feature": None, "state": "Registered"}
    assert registrations(lab) == [f"{PROVIDER}/register"]

    before, looked = writes(lab), len(reads(lab))
    assert_unchanged(lab, run(MODULE, **asked(lab)), before)
    assert_unchanged(lab, run(MODULE, **asked(lab, namespace=PROVIDER.upper())), before)
    assert len(reads(lab)) == looked + 2


def test_without_waiting(lab: Lab, run: Run) -> None:
    forget(lab)
    lab.world.pace = type(lab.world.pace)(provider=60)
    begun = run(MODULE, **asked(lab, wait=False))
    assert begun["changed"] and begun["provider_feature"]["state"] == "Registering"
    assert_unchanged(lab, run(MODULE, **asked(lab, wait=False)), writes(lab))
    late = run(MODULE, **asked(lab, wait_timeout=0))
    assert_refused(late, f"resource provider {PROVIDER} is still Registering", "wait_timeout")


def test_a_feature_reaches_its_provider(lab: Lab, run: Run) -> None:
    """The provider is registered again when, and only when, the feature was."""
    options = feature(lab)
    lab.world.pace = type(lab.world.pace)(provider=0.3)
    predicted = run(MODULE, check_mode=True, **options)
    assert writes(lab) == []
    done = run(MODULE, **options)
    assert_predicted(predicted, done)
    assert done["provider_feature"] == {"namespace": PROVIDER, "feature": "NewThings", "state": "Registered"}
    ours = f"Microsoft.Features/providers/{PROVIDER}/features/NewThings/register"
    assert registrations(lab) == [ours, f"{PROVIDER}/register"]
    assert_unchanged(lab, run(MODULE, **options), writes(lab))


def test_a_feature_that_microsoft_approves(lab: Lab, run: Run) -> None:
    """Whoever waited would wait for days, so nobody does, but all are told."""
    options = feature(lab)
    lab.world.next_feature_outcome = "Pending"
    pending = run(MODULE, **options)
    assert_refused(pending, f"{PROVIDER}/NewThings is Pending", "Microsoft has to approve", "wait=false")
    (only,) = registrations(lab)
    assert only.endswith("features/NewThings/register")
    before = writes(lab)
    assert_refused(run(MODULE, **options), "Pending")
    patient = run(MODULE, **options, wait=False)
    assert_unchanged(lab, patient, before)
    assert patient["provider_feature"]["state"] == "Pending"

    feature(lab, "Registered")
    assert_unchanged(lab, run(MODULE, **options), before)


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_feature_that_nobody_knows(lab: Lab, run: Run, check_mode: bool) -> None:
    options = asked(lab, feature="MongoClusterPrivateEndpoint")
    unknown = run(MODULE, check_mode=check_mode, **options)
    assert_refused(unknown, f"knows no preview feature {PROVIDER}/MongoClusterPrivateEndpoint", "if_unknown=ignore")
    ignored = run(MODULE, check_mode=check_mode, **options, if_unknown="ignore")
    assert_unchanged(lab, ignored, [])
    assert ignored["provider_feature"]["state"] is None
    assert "MongoClusterPrivateEndpoint" in str(ignored["warnings"])


def test_a_provider_that_nobody_knows(lab: Lab, run: Run) -> None:
    for more in ({}, {"if_unknown": "ignore"}):
        lab.traffic.inject(
            "refuse", cloud="azure", method="GET", path="Teapots", status=404, code="InvalidResourceNamespace"
        )
        assert_refused(run(MODULE, **asked(lab, namespace="Contoso.Teapots", **more)), "Contoso.Teapots", "Correct")


def test_a_provider_that_the_lab_does_not_play_is_not_called_unknown(lab: Lab, run: Run) -> None:
    refused = run(MODULE, **asked(lab, namespace="Microsoft.Compute", if_unknown="ignore"))
    assert_refused(refused, "The lab does not play Microsoft.Compute")
    assert refused["error"]["code"] == "NotPlayedByTheLab"


def test_refusals(lab: Lab, run: Run) -> None:
    options = feature(lab)
    code = "FeatureRegistrationUnsupported"
    lab.traffic.inject("refuse", cloud="azure", method="POST", path="register", status=409, code=code)
    refused = run(MODULE, **options)
    assert_refused(refused, "register feature NewThings", "support")
    assert refused["error"]["code"] == code
    lab.traffic.inject("refuse", cloud="azure", method="POST", path="register", status=403, code="AuthorizationFailed")
    assert run(MODULE, **options)["error"]["http_status"] == 403


def test_a_lost_answer(lab: Lab, run: Run) -> None:
    options = feature(lab)
    lab.traffic.inject("cut", cloud="azure", method="POST", path="features/NewThings/register")
    done = run(MODULE, **options)
    assert done["changed"] and done["provider_feature"]["state"] == "Registered"
    assert [one.split("/")[-2] for one in registrations(lab)] == ["NewThings", PROVIDER]


def test_bad_input(lab: Lab, run: Run) -> None:
    bare = run(MODULE, **asked(lab, namespace="DocumentDB"))
    assert_refused(bare, "namespace is 'DocumentDB'", "Microsoft.DocumentDB")
    whole = run(MODULE, **asked(lab, feature=f"{PROVIDER}/NewThings"))
    assert_refused(whole, "feature is", "without its provider")
    assert reads(lab) == writes(lab) == []


def test_what_needs_a_registration_says_so(lab: Lab, run: Run) -> None:
    """The message names the provider that is missing and how to register it."""
    forget(lab)
    options = {**signed_in(lab), "resource_group": "rg-app", "name": "mongo0", "public_network_access": "Disabled"}
    refused = run("azure_mongo_cluster", **options, force=True)
    assert_refused(refused, "not registered to use namespace 'Microsoft.DocumentDB'")
    assert "resource provider Microsoft.DocumentDB: with azure_provider_feature" in refused["error"]["fix"]
    run(MODULE, **asked(lab))
    assert run("azure_mongo_cluster", **options, force=True, wait_delay=0.05)["changed"]
