# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of the Azure resources: what exists needs nothing, what was done needs nothing more, spelling means nothing,
and what was not asked about stays."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids, ownership
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_dns_zone import PrivateDnsZone
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_endpoint import (
    PrivateEndpoint,
    normalise,
    wanted,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.virtual_network import VirtualNetwork
from ansible_collections.privatelink.mongodb.plugins.module_utils._engine import FAILED, PENDING, READY, Plan
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Busy, Guarded, InvalidInput

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
CLIENT: Any = SimpleNamespace(subscription=SUBSCRIPTION)
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]", fullmatch=True)
TAGS = st.none() | st.dictionaries(NAMES, NAMES, max_size=3)
NETWORKS = NAMES.map(lambda name: ids.build(SUBSCRIPTION, "rg", ids.VIRTUAL_NETWORKS, name))
GROUPS = NAMES.map(lambda name: ids.build(SUBSCRIPTION, "rg", ids.SECURITY_GROUPS, name))
TARGETS = st.one_of(
    NAMES.map(lambda name: ids.build(SUBSCRIPTION, "g", "Microsoft.Network/privateLinkServices", f"pls_{name}")),
    NAMES.map(lambda name: f"{name}.3f4e.eastus2.azure.privatelinkservice"),
)
ADDRESSES = st.integers(4, 250).map(lambda last: f"10.0.1.{last}")


def shouted(value: Any) -> Any:
    """The same in capitals, as ARM spells ids at times."""
    if isinstance(value, str):
        return value.upper()
    return [shouted(one) for one in value] if isinstance(value, list) else value


# -- private endpoint ----------------------------------------------------------------------------------------------


def named(desired: dict[str, Any]) -> dict[str, Any]:
    """A static address for a target with sub-resources says for which member it is."""
    (group, *_more) = desired["group_ids"] or [None]
    addresses = desired["ip_addresses"] or []
    full = [{**one, "group_id": group, "member_name": group and "member"} for one in addresses]
    return {**desired, "ip_addresses": full or None}


ENDPOINTS = st.fixed_dictionaries(
    {
        "location": st.just("eastus2"),
        "subnet_id": NETWORKS.map(lambda network: f"{network}/subnets/endpoints"),
        "target": TARGETS,
        "connection_name": st.none() | NAMES,
        "network_interface_name": st.none() | NAMES,
        "group_ids": st.none() | st.lists(NAMES, max_size=2, unique=True),
        "manual_request": st.booleans(),
        "request_message": st.just("please"),
        "ip_addresses": st.none()
        | ADDRESSES.map(lambda ip: [{"name": "c", "ip_address": ip, "group_id": None, "member_name": None}]),
        "application_security_groups": st.none() | st.lists(GROUPS, max_size=2, unique=True),
        "tags": TAGS,
    }
).map(named)


def endpoint(**more: Any) -> PrivateEndpoint:
    return PrivateEndpoint(CLIENT, "rg", "pe", present=True, **more)


def predicted(resource: Any, current: Any, desired: Any) -> Any:
    """The predicted state; nothing that went in was changed on the way."""
    before = copy.deepcopy((current, desired))
    after = resource.predict(current, desired)
    assert (current, desired) == before
    return after


@given(ENDPOINTS)
def test_endpoint_needs_nothing_once_it_is_there(desired: dict[str, Any]) -> None:
    there = predicted(endpoint(), None, desired)
    assert [step.verb for step in endpoint().plan(None, desired).steps] == ["create"]
    assert endpoint().plan(there, desired) == Plan()
    asked_as_it_is = {name: there.get(name) for name in desired} | {"ip_addresses": None}
    assert endpoint().plan(there, asked_as_it_is) == Plan()
    spelled = {
        name: shouted(value) if name not in ("tags", "ip_addresses") else value for name, value in desired.items()
    }
    assert endpoint().plan(there, {**spelled, "location": "eastus2"}) == Plan()


@given(ENDPOINTS, ENDPOINTS)
def test_endpoint_changes_in_place_or_not_at_all(one: dict[str, Any], other: dict[str, Any]) -> None:
    there = predicted(endpoint(), None, one)
    plan = endpoint().plan(there, other)
    assert not (plan.steps and plan.drift)
    if not plan.drift:
        after = predicted(endpoint(), there, other)
        assert endpoint().plan(after, other) == Plan()
        assert after["tags"].items() >= {**there["tags"], **(other["tags"] or {})}.items()


@pytest.mark.parametrize("status", ["Rejected", "Disconnected"])
@given(desired=ENDPOINTS)
def test_a_dead_connection_is_drift(status: str, desired: dict[str, Any]) -> None:
    there = {**predicted(endpoint(), None, desired), "connection_state": status}
    assert [one.field for one in endpoint().plan(there, desired).drift] == ["connection_state"]
    assert endpoint().health(there, True).verdict == FAILED


@given(ENDPOINTS)
def test_endpoint_on_its_way(desired: dict[str, Any]) -> None:
    there = predicted(endpoint(), None, desired)
    with pytest.raises(Busy):
        endpoint().plan({**there, "provisioning_state": "Deleting"}, desired)
    assert endpoint().plan({**there, "provisioning_state": "Deleting"}, None) == Plan()
    failed = {**there, "provisioning_state": "Failed"}
    assert [step.verb for step in endpoint().plan(failed, desired).steps] == ["update"]
    assert endpoint().health(failed, True).verdict == FAILED
    assert endpoint().health({**there, "provisioning_state": "Updating"}, True).verdict == PENDING
    pending = {**there, "connection_state": "Pending"}
    assert endpoint().health(pending, True).verdict == READY
    assert endpoint(wait_for="approved").health(pending, True).verdict == PENDING
    assert endpoint(wait_for="approved").health({**there, "connection_state": "Approved"}, True).verdict == READY


def options(**more: Any) -> dict[str, Any]:
    names = (
        "location",
        "subnet_id",
        "virtual_network",
        "subnet",
        "virtual_network_resource_group",
        "tags",
        "group_ids",
    )
    others = ("connection_name", "network_interface_name", "private_ip_address", "ip_configurations", "request_message")
    empty = dict.fromkeys((*names, *others, "private_link_service_id", "application_security_groups"))
    return {**empty, "resource_group": "rg", "name": "pe", "manual_request": True, **more}


def test_endpoint_options() -> None:
    asked = wanted(options(virtual_network="v", subnet="s", virtual_network_resource_group="n"), SUBSCRIPTION)
    assert asked["subnet_id"] == ids.build(SUBSCRIPTION, "n", ids.SUBNETS, "v", "s")
    assert len(wanted(options(name="x" * 80), SUBSCRIPTION)["request_message"]) <= 140
    assert wanted(options(private_ip_address="10.0.0.4"), SUBSCRIPTION)["ip_addresses"][0]["group_id"] is None
    elsewhere = ids.build("11111111-0000-0000-0000-000000000000", "n", ids.SUBNETS, "v", "s")
    with pytest.raises(InvalidInput, match="own subscription"):
        wanted(options(subnet_id=elsewhere), SUBSCRIPTION)


def test_endpoint_with_several_members() -> None:
    """Each member has its address; the primary one is `ip_address`."""

    def configuration(ip: str, member: str, primary: bool) -> dict[str, Any]:
        link = {"groupId": "MongoCluster", "requiredMemberName": member, "fqdns": []}
        return {"properties": {"privateIPAddress": ip, "primary": primary, "privateLinkConnectionProperties": link}}

    found = {"id": "/x", "name": "pe", "location": "eastus2", "properties": {"networkInterfaces": [{"id": "/a/nic"}]}}
    nic = {
        "properties": {
            "ipConfigurations": [configuration("10.0.1.5", "b", False), configuration("10.0.1.4", "a", True)]
        }
    }
    state = normalise(found, nic)
    assert state["ip_address"] == "10.0.1.4" and state["network_interface_name"] == "nic"
    assert [one["member_name"] for one in state["ip_addresses"]] == ["a", "b"]
    asked = {**dict.fromkeys(state), "manual_request": False, "tags": None}
    right = [{"name": "c", "ip_address": "10.0.1.5", "group_id": "MongoCluster", "member_name": "B"}]
    assert endpoint().plan(state, {**asked, "ip_addresses": right}).drift == ()
    wrong = [{**right[0], "member_name": "a"}]
    assert [one.field for one in endpoint().plan(state, {**asked, "ip_addresses": wrong}).drift] == [
        "private_ip_address"
    ]


# -- virtual network -----------------------------------------------------------------------------------------------

POLICIES = st.none() | st.sampled_from(["Disabled", "Enabled", "RouteTableEnabled"])
SUBNETS = st.lists(
    st.fixed_dictionaries(
        {
            "name": NAMES,
            "address_prefix": st.integers(0, 50).map(lambda third: f"10.0.{third}.0/24"),
            "private_endpoint_network_policies": POLICIES,
        }
    ),
    max_size=3,
    unique_by=lambda one: one["name"],
)
WANTED_NETWORKS = st.fixed_dictionaries(
    {
        "location": st.just("eastus2"),
        "address_prefixes": st.lists(
            st.sampled_from(["10.0.0.0/16", "10.1.0.0/16", "fd00::/48"]), min_size=1, unique=True
        ),
        "dns_servers": st.none() | st.lists(ADDRESSES, max_size=2, unique=True),
        "subnets": SUBNETS,
        "tags": TAGS,
    }
)


def network(**more: Any) -> VirtualNetwork:
    return VirtualNetwork(CLIENT, "rg", "vnet", present=True, **more)


@given(WANTED_NETWORKS)
def test_network_needs_nothing_once_it_is_there(desired: dict[str, Any]) -> None:
    there = predicted(network(), None, desired)
    assert network().plan(there, desired) == Plan()
    named = [{**one, "name": one["name"].upper(), "address_prefix": None} for one in desired["subnets"]]
    bare = {"location": None, "address_prefixes": None, "dns_servers": None, "subnets": named, "tags": None}
    assert network().plan(there, bare) == Plan()
    assert network().plan(there, {**desired, "address_prefixes": desired["address_prefixes"][::-1]}) == Plan()


@given(WANTED_NETWORKS, WANTED_NETWORKS)
def test_network_only_grows(one: dict[str, Any], other: dict[str, Any]) -> None:
    there = predicted(network(), None, one)
    plan = network().plan(there, other)
    if plan.drift:
        assert not plan.steps
        return
    after = predicted(network(), there, other)
    assert network().plan(after, other) == Plan()
    assert set(after["address_prefixes"]) >= set(there["address_prefixes"])
    assert {item["id"] for item in after["subnets"]} >= {item["id"] for item in there["subnets"]}
    assert all(after["tags"][name] == value for name, value in {**there["tags"], **(other["tags"] or {})}.items())
    asked = {item["name"] for item in other["subnets"]}
    for item in there["subnets"]:
        if item["name"] not in asked:
            assert item in after["subnets"]


# -- private DNS zone ----------------------------------------------------------------------------------------------

LINKS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.none(),
            "virtual_network_id": NETWORKS,
            "registration_enabled": st.none() | st.booleans(),
            "resolution_policy": st.none() | st.sampled_from(["Default", "NxDomainRedirect"]),
        }
    ),
    max_size=3,
    unique_by=lambda one: one["virtual_network_id"],
)
WANTED_ZONES = st.fixed_dictionaries({"links": LINKS, "tags": TAGS})


def zone(asked: dict[str, Any], present: bool = True, force: bool = False) -> PrivateDnsZone:
    return PrivateDnsZone(CLIENT, "rg", "a.example", asked, present=present, force=force)


@given(WANTED_ZONES)
def test_zone_needs_nothing_once_it_is_there(desired: dict[str, Any]) -> None:
    there = predicted(zone(desired), None, desired)
    assert zone(desired).plan(there, desired) == Plan()
    assert zone(desired).health(there, True).verdict == READY
    spelled = [{**one, "virtual_network_id": one["virtual_network_id"].upper()} for one in reversed(desired["links"])]
    assert zone(desired).plan(there, {**desired, "links": spelled}) == Plan()
    renamed = [{**one, "name": f"by-hand-{index}"} for index, one in enumerate(desired["links"])]
    assert zone(desired).plan(there, {**desired, "links": renamed}) == Plan()


@given(WANTED_ZONES, WANTED_ZONES)
def test_zone_only_grows(one: dict[str, Any], other: dict[str, Any]) -> None:
    there = predicted(zone(one), None, one)
    after = predicted(zone(other), there, other)
    assert zone(other).plan(there, other).drift == ()
    assert zone(other).plan(after, other) == Plan()
    assert {link["id"] for link in after["links"]} >= {link["id"] for link in there["links"]}


@given(WANTED_ZONES, st.data())
def test_what_others_use_stays(desired: dict[str, Any], data: st.DataObject) -> None:
    there = {**predicted(zone(desired), None, desired), "foreign_record_sets": []}
    for link in there["links"]:
        link["tags"] = data.draw(st.sampled_from([{}, ownership.MARK]))
    there["tags"] = data.draw(st.sampled_from([{}, ownership.MARK]))
    there["foreign_record_sets"] = data.draw(st.sampled_from([[], ["A www"]]))
    removal = zone({"links": [], "tags": None}, present=False)
    after = predicted(removal, there, None)
    kept = [link for link in there["links"] if not link["tags"]]
    if kept or not there["tags"] or there["foreign_record_sets"]:
        assert after is not None and after["links"] == kept
        assert removal.plan(there, None).notes
        assert removal.plan(after, None).steps == () and removal.health(after, False).verdict == READY
    else:
        assert after is None
    everything = zone({"links": [], "tags": None}, present=False, force=True)
    assert predicted(everything, there, None) is None


def test_two_networks_of_one_name() -> None:
    """Their links get names of their own."""
    networks = [ids.build(SUBSCRIPTION, group, ids.VIRTUAL_NETWORKS, "vnet") for group in ("one", "two")]
    link = {"name": None, "registration_enabled": None, "resolution_policy": None}
    desired = {"links": [{**link, "virtual_network_id": network} for network in networks], "tags": None}
    names = [one["name"] for one in predicted(zone(desired), None, desired)["links"]]
    assert names[0] == "vnet" and names[1].startswith("vnet-") and len(set(names)) == 2


# -- what is ours --------------------------------------------------------------------------------------------------


@given(TAGS)
def test_only_what_is_marked_is_ours(tags: dict[str, str] | None) -> None:
    assert not ownership.is_ours(tags)
    assert ownership.is_ours(ownership.marked(tags))
    with pytest.raises(Guarded):
        ownership.guard("it", tags, False)
    ownership.guard("it", tags, True)
    ownership.guard("it", ownership.marked(tags), False)


@given(st.lists(st.text("ab/", min_size=1, max_size=400), min_size=2, max_size=2, unique=True))
def test_everybody_has_a_mark_of_his_own(names: list[str]) -> None:
    one, other = names
    mark = ownership.use(one)
    assert ownership.use(one.upper()).keys() == mark.keys() != ownership.use(other).keys()
    assert all(len(text) <= ownership.LONGEST for text in mark.values())
    tags = ownership.marked({"team": "dns"}, one) | ownership.use(other)
    assert ownership.uses(one, tags) and ownership.is_user(one, ownership.users(mark))
    assert not ownership.uses(one, ownership.unused(tags, one)) and ownership.uses(other, ownership.unused(tags, one))
    assert ownership.unused(tags) == ownership.marked({"team": "dns"})


def test_tags_of_any_kind() -> None:
    assert ownership.checked_tags({"a": 1, "b": True}) == {"a": "1", "b": "True"}
    assert ownership.checked_tags(None) is None
