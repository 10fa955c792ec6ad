# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of zone groups and of decisions about connections: what stands needs nothing, and spelling means nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_dns_zone_group import (
    PrivateDnsZoneGroup,
    wanted,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_endpoint_connection import (
    PrivateEndpointConnection,
    normalise,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._engine import FAILED, PENDING, READY, Plan
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Busy, InvalidInput

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
CLIENT: Any = SimpleNamespace(subscription=SUBSCRIPTION, version_of=lambda _target, _given: "2024-07-01")

# -- zone group ----------------------------------------------------------------------------------------------------

NAMES = st.none() | st.sampled_from(["a", "b", "A", "z-example"])
ZONES = st.tuples(st.sampled_from(["g", "h", "G"]), st.sampled_from(["z.example", "y.example"])).map(
    lambda place: ids.build(SUBSCRIPTION, place[0], ids.PRIVATE_DNS_ZONES, place[1])
)
GIVEN = st.lists(st.fixed_dictionaries({"name": NAMES, "zone_id": ZONES}), max_size=6)


def asked(zones: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What is wanted, or None for what is refused."""
    try:
        return wanted({"zones": zones})
    except InvalidInput:
        return None


DESIRED = GIVEN.map(asked).filter(bool)


def group(name: str | None = None) -> PrivateDnsZoneGroup:
    return PrivateDnsZoneGroup(CLIENT, "rg", "pe", name, present=True)


def identities(zones: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((one["name"].lower(), one["zone_id"].lower()) for one in zones)


@given(GIVEN)
def test_zones_are_told_apart(zones: list[dict[str, Any]]) -> None:
    desired = asked(zones)
    if desired is None:
        return
    there = group().predict(None, desired)
    assert there is not None and 1 <= len(there["zones"]) == len(zones) <= 5
    for field in (0, 1):
        assert len({one[field] for one in identities(there["zones"])}) == len(zones)


@given(DESIRED)
def test_group_needs_nothing_once_it_is_there(desired: dict[str, Any]) -> None:
    there = group().predict(None, desired)
    assert there is not None
    (step,) = group().plan(None, desired).steps
    assert step.verb == "create" and identities(step.body["zones"]) == identities(there["zones"])
    assert group().plan(there, desired) == Plan()
    assert group().plan({**there, "zones": there["zones"][::-1]}, desired) == Plan()
    loud = [{**one, "name": one["name"] and one["name"].upper()} for one in desired["zones"]]
    assert group().plan(there, {"zones": loud}) == Plan()
    assert group().health(there, True).verdict == READY


@given(DESIRED, DESIRED)
def test_group_changes_into_another(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Whatever is exchanged is made anew; what only comes or goes is not."""
    there = group().predict(None, one)
    assert there is not None
    plan = group().plan(there, other)
    after = group().predict(there, other)
    assert after is not None and group().plan(after, other) == Plan()
    verbs = [step.verb for step in plan.steps]
    assert verbs in ([], ["update"], ["delete", "create"]) and not plan.drift
    if verbs:
        assert identities(plan.steps[-1].body["zones"]) == identities(after["zones"])
    before, then = dict(identities(there["zones"])), dict(identities(after["zones"]))
    if verbs == ["update"]:
        assert all(then[name] == zone for name, zone in before.items() if name in then)
    lost = set(before.items()) - set(then.items())
    assert bool(plan.notes) == bool(lost)


@pytest.mark.parametrize(
    ("group_state", "record_state", "verdict"),
    [
        ("Succeeded", "Succeeded", READY),
        ("Succeeded", "Updating", PENDING),
        ("Updating", "Succeeded", PENDING),
        ("Succeeded", "Failed", FAILED),
        ("Updating", "Failed", FAILED),
        ("Failed", "Updating", FAILED),
    ],
)
def test_group_is_as_healthy_as_its_records(group_state: str, record_state: str, verdict: str) -> None:
    records = [{"fqdn": "r.z.example", "provisioning_state": record_state}]
    zone = {"name": "z", "zone_id": ids.build(SUBSCRIPTION, "g", ids.PRIVATE_DNS_ZONES, "z.example")}
    there = {"provisioning_state": group_state, "zones": [{**zone, "record_sets": records}]}
    assert group().health(there, True).verdict == verdict
    sent = group().plan(there, wanted({"zones": [zone]})).steps
    assert bool(sent) == (verdict == FAILED)  # what failed is sent again


# -- decisions -----------------------------------------------------------------------------------------------------

TARGET = ids.build(SUBSCRIPTION, "g", ids.MONGO_CLUSTERS, "c")
ENDPOINT = ids.build(SUBSCRIPTION, "g", ids.PRIVATE_ENDPOINTS, "pe")
STATUSES = st.sampled_from(["Pending", "Approved", "Rejected", "Disconnected"])
DECISIONS = st.fixed_dictionaries(
    {"status": st.sampled_from(["Approved", "Rejected"]), "description": st.none() | st.sampled_from(["x", "y"])}
)


def connection(status: str) -> PrivateEndpointConnection:
    return PrivateEndpointConnection(CLIENT, TARGET, ENDPOINT, None, status)


@given(DECISIONS, STATUSES, st.sampled_from(["x", "y", None]), st.sampled_from(["Succeeded", "Creating", "Failed"]))
def test_decisions(desired: dict[str, Any], status: str, description: str | None, state: str) -> None:
    there: dict[str, Any] = {
        **{"id": f"{TARGET}/privateEndpointConnections/pe.1", "name": "pe.1", "private_endpoint_id": ENDPOINT},
        **{"group_ids": [], "status": status, "description": description, "provisioning_state": state},
    }
    one = connection(desired["status"])
    same = status == desired["status"]
    try:
        plan = one.plan(there, desired)
    except Busy:
        assert state == "Creating"
        return
    # Neither a rejection nor a lost connection can be undone.
    assert bool(plan.drift) == (status in ("Rejected", "Disconnected") and not same)
    if plan.steps:
        after = one.predict(there, desired)
        assert after is not None and one.plan(after, desired) == Plan()
        assert one.health(after, True).verdict == READY
    stands = same and desired["description"] in (None, description) and state != "Failed"
    assert (plan == Plan()) == stands
    if stands and state == "Succeeded":
        assert one.health(there, True).verdict == READY


def test_connections_of_all_types_look_alike() -> None:
    """A Private Link Service tells more of the endpoint, and has no groups."""
    state = {"status": "Pending", "description": "please", "actionsRequired": "None"}
    properties = {"privateEndpoint": {"id": ENDPOINT, "location": "x"}, "privateLinkServiceConnectionState": state}
    assert normalise({"id": "/c", "name": "c", "properties": {**properties, "linkIdentifier": "1"}}) == {
        **{"id": "/c", "name": "c", "private_endpoint_id": ENDPOINT, "group_ids": [], "provisioning_state": None},
        **{"status": "Pending", "description": "please"},
    }
