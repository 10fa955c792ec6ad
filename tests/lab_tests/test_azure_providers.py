# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Azure: registering resource providers and preview features."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.world import Timeline
from tests.lab_tests.azure_server import Azure, problem, settle

VERSION = "2021-04-01"
FEATURES = "/providers/Microsoft.Features/providers"


def call(azure: Azure, method: str, path: str) -> Any:
    return azure.call(method, f"/subscriptions/{azure.world.subscription_id}{path}", version=VERSION)


def add_feature(azure: Azure, name: str, state: str = "NotRegistered") -> None:
    azure.world.features[name] = Timeline(azure.clock, state)


def test_a_provider_tells_its_types_with_their_versions(azure: Azure) -> None:
    listed = call(azure, "GET", "/providers").json()["value"]
    assert {one["namespace"]: one["registrationState"] for one in listed} == {
        "Microsoft.Network": "Registered",
        "Microsoft.DocumentDB": "Registered",
    }
    shown = call(azure, "GET", "/providers/microsoft.documentdb").json()
    types = {one["resourceType"]: one for one in shown["resourceTypes"]}
    assert shown["namespace"] == "Microsoft.DocumentDB"
    assert "2025-09-01" in types["mongoClusters"]["apiVersions"]
    assert "East US 2" in types["mongoClusters"]["locations"]
    network = call(azure, "GET", "/providers/Microsoft.Network").json()["resourceTypes"]
    zones = next(one for one in network if one["resourceType"] == "privateDnsZones")
    assert (zones["locations"], "2024-06-01" in zones["apiVersions"]) == (["global"], True)
    assert problem(call(azure, "GET", "/providers/Microsoft.Nothing")) == (501, "NotPlayedByTheLab")


def test_registering_a_provider_takes_a_while(slow_azure: Azure) -> None:
    def state() -> str:
        return str(call(slow_azure, "GET", "/providers/Microsoft.DocumentDB").json()["registrationState"])

    slow_azure.world.providers["Microsoft.DocumentDB"].set("NotRegistered")
    assert state() == "NotRegistered"
    for _again in range(2):
        answer = call(slow_azure, "POST", "/providers/microsoft.documentdb/register")
        assert (answer.status_code, answer.json()["registrationState"]) == (200, "Registering")
    assert state() == "Registering"
    slow_azure.clock.now += slow_azure.world.pace.provider
    assert state() == "Registered"
    answer = call(slow_azure, "POST", "/providers/Microsoft.DocumentDB/register")
    assert answer.json()["registrationState"] == "Registered"
    answer = call(slow_azure, "POST", "/providers/Microsoft.DocumentDB/unregister")
    assert answer.json()["registrationState"] == "Unregistering"
    settle(slow_azure)
    assert state() == "Unregistered"
    assert problem(call(slow_azure, "POST", "/providers/Microsoft.Nothing/register")) == (
        501,
        "NotPlayedByTheLab",
    )


def test_registering_needs_a_right(azure: Azure) -> None:
    azure.world.rights.denied |= {
        "Microsoft.DocumentDB/register/action",
        "Microsoft.Features/providers/features/register/action",
    }
    add_feature(azure, "Microsoft.DocumentDB/Preview")
    for path in ("/providers/Microsoft.DocumentDB", f"{FEATURES}/Microsoft.DocumentDB/features/Preview"):
        assert problem(call(azure, "POST", f"{path}/register")) == (403, "AuthorizationFailed")


def test_a_feature_is_registered_at_once_or_by_microsoft(slow_azure: Azure) -> None:
    def state(verb: str = "") -> str:
        path = f"{FEATURES}/microsoft.documentdb/features/preview{verb}"
        return str(call(slow_azure, "POST" if verb else "GET", path).json()["properties"]["state"])

    add_feature(slow_azure, "Microsoft.DocumentDB/Preview")
    slow_azure.world.next_feature_outcome = "Pending"
    assert (state(), state("/register"), state()) == ("NotRegistered", "Registering", "Registering")
    settle(slow_azure)
    assert (state(), state("/register")) == ("Pending", "Pending")
    slow_azure.world.next_feature_outcome = "Registered"
    assert state("/register") == "Registering"
    settle(slow_azure)
    assert (state(), state("/register")) == ("Registered", "Registered")
    assert state("/unregister") == "Unregistering"
    settle(slow_azure)
    assert state() == "Unregistered"


@pytest.mark.parametrize("verb", ["", "/register"])
def test_a_feature_may_be_unknown(azure: Azure, verb: str) -> None:
    answer = call(azure, "POST" if verb else "GET", f"{FEATURES}/Microsoft.DocumentDB/features/Preview{verb}")
    assert problem(answer) == (404, "FeatureNotFound")
    assert answer.json()["error"]["message"] == "The feature 'Preview' could not be found."


def test_features_are_listed_by_provider(azure: Azure) -> None:
    add_feature(azure, "Microsoft.DocumentDB/Preview", "Registered")
    add_feature(azure, "Microsoft.Network/Other")
    listed = call(azure, "GET", f"{FEATURES}/Microsoft.DocumentDB/features").json()["value"]
    assert [(one["name"], one["properties"]["state"]) for one in listed] == [
        ("Microsoft.DocumentDB/Preview", "Registered")
    ]
