# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which registration belongs to which endpoint, and what a host of the inventory says of it: nothing is lost, nothing
is told twice, and groups and facts agree."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids
from ansible_collections.privatelink.mongodb.plugins.module_utils._links.hosts import Host, hosts
from ansible_collections.privatelink.mongodb.plugins.module_utils._links.pairing import pair
from tests.unit.test_dns import cluster, zone

World = dict[str, Any]

HERE, HUB, UNREAD = (f"00000000-0000-0000-0000-00000000000{number}" for number in range(3))
SERVICES = [f"{number}" * 24 for number in range(1, 4)]
UNKNOWN, FOREIGN = (ids.build(UNREAD, "rg", ids.PRIVATE_LINK_SERVICES, name) for name in ("pls_" + "f" * 24, "other"))


def service_target(service_id: str) -> str:
    return ids.build(UNREAD, "rg_x", ids.PRIVATE_LINK_SERVICES, f"pls_{service_id}")


def endpoint_id(name: str, subscription: str = HERE, group: str = "rg") -> str:
    return ids.build(subscription, group, ids.PRIVATE_ENDPOINTS, name)


def cluster_id(name: str, subscription: str = HERE) -> str:
    return ids.build(subscription, "rg", ids.MONGO_CLUSTERS, name)


def endpoint(name: str, target: str, address: str = "10.0.0.4", **more: Any) -> World:
    """As azure_private_endpoint_info returns it."""
    place = ids.build(HERE, "rg-net", ids.SUBNETS, "vnet", "snet")
    return {
        "id": endpoint_id(name),
        "name": name,
        "location": "eastus2",
        "subnet_id": place,
        "target": target,
        "manual_request": True,
        "provisioning_state": "Succeeded",
        "connection_state": "Approved",
        "ip_address": address,
        "ip_addresses": [{"ip_address": address, "fqdns": []}],
        "tags": {},
        **more,
    }


def interface(service_id: str, of: str, address: str = "10.0.0.4", status: str = "AVAILABLE") -> World:
    """As atlas_endpoint_interface_info returns it."""
    return {"endpoint_service_id": service_id, "private_endpoint_id": of, "ip_address": address, "status": status}


def connection(of: str, number: int = 0, status: str = "Approved") -> World:
    """A cluster's private endpoint connection."""
    return {"id": f"{of}/connections/{number}", "private_endpoint_id": of, "status": status}


def project(name: str, service_id: str, interfaces: list[World], clusters: list[World] | None = None) -> World:
    target = service_target(service_id)
    known = [one["private_endpoint_id"] for one in interfaces]
    service = {"id": service_id, "region": "US_EAST_2", "status": "AVAILABLE", "private_link_service_id": target}
    return {
        "id": service_id[::-1],
        "name": name,
        "clusters": clusters or [],
        "endpoint_services": [{**service, "private_endpoints": known}],
        "endpoint_interfaces": interfaces,
    }


def mongo_cluster(name: str, connections: list[World]) -> World:
    srv = f"{name}.mongocluster.cosmos.azure.com"
    place = {"id": cluster_id(name), "name": name, "location": "eastus2", "srv_host": srv}
    return {**place, "private_endpoint_connections": connections}


def world(projects: list[World], endpoints: list[World], clusters: list[World] | None = None, **more: Any) -> World:
    part = {"id": HERE, "private_endpoints": endpoints, "mongo_clusters": clusters or []}
    subscription = {**part, "private_dns_zones": [], "private_dns_zone_groups": [], **more}
    both = {"products": ["atlas", "mongo_cluster"], "hidden": []}
    return {**both, "projects": projects, "subscriptions": [subscription]}


def only(found: list[Host]) -> dict[str, Any]:
    """What the one host's dictionary says, with its groups."""
    (host,) = found
    return {**host.variables["private_link"], "groups": host.groups, "variables": host.variables}


NAMES, ADDRESSES = ["pe-1", "PE-2", "pe-3"], ["10.0.0.4", "10.0.0.5"]
IDS = [*map(endpoint_id, NAMES), endpoint_id("pe-1").upper(), endpoint_id("gone"), endpoint_id("pe-1", UNREAD)]
TARGETS = [*map(service_target, SERVICES), UNKNOWN, FOREIGN, cluster_id("catalog"), cluster_id("away", UNREAD)]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Anything may be registered anywhere, or nowhere."""
    states = st.sampled_from(["Approved", "Pending", "Rejected", "Disconnected"])
    named = draw(st.lists(st.sampled_from(NAMES), unique=True))
    endpoints = [
        endpoint(one, draw(st.sampled_from(TARGETS)), draw(st.sampled_from(ADDRESSES)), connection_state=draw(states))
        for one in named
    ]
    projects = []
    for number, service_id in enumerate(SERVICES):
        registered = draw(st.lists(st.sampled_from(IDS), unique_by=str.lower, max_size=3))
        address, status = draw(st.sampled_from(ADDRESSES)), draw(st.sampled_from(["AVAILABLE", "FAILED"]))
        interfaces = [interface(service_id, one, address, status) for one in registered]
        projects.append(project(f"Project {number % 2}", service_id, interfaces))
    known = draw(st.lists(st.sampled_from(IDS), max_size=3))
    connections = [connection(one, number, draw(states)) for number, one in enumerate(known)]
    return world(projects, endpoints, [mongo_cluster("catalog", connections)])


@settings(max_examples=50)
@given(worlds())
def test_everything_is_in_exactly_one_link(found: World) -> None:
    links = pair(found)
    registrations = [one for project in found["projects"] for one in project["endpoint_interfaces"]]
    (subscription,) = found["subscriptions"]
    registrations += subscription["mongo_clusters"][0]["private_endpoint_connections"]
    assert Counter(id(one.registration) for one in links if one.registration) == Counter(map(id, registrations))
    paired = Counter(id(one.endpoint) for one in links if one.endpoint)
    theirs = {id(one) for one in subscription["private_endpoints"] if one["target"] == FOREIGN}
    assert set(paired) | theirs == {*map(id, subscription["private_endpoints"])} and set(paired.values()) <= {1}
    for link in links:
        assert link.registration or link.endpoint
        assert bool(link.by) == bool(link.registration and link.endpoint)


@settings(max_examples=50)
@given(worlds(), st.randoms(use_true_random=False))
def test_names_depend_on_nothing_but_the_link(found: World, chance: random.Random) -> None:
    before = hosts(found)
    (subscription,) = found["subscriptions"]
    for some in (found["projects"], subscription["private_endpoints"]):
        chance.shuffle(some)
    names = [one.name for one in before]
    assert len(set(names)) == len(names) and names == [one.name for one in hosts(found)]
    assert not [name for name in names if name != name.lower() or set(name) & set(" [],:")]


def test_an_endpoint_that_two_projects_have_registered_is_paired_the_same_in_any_order() -> None:
    """It leads to neither of them, and another endpoint has the address that both have registered."""
    of = endpoint_id("pe-1")
    registered = [project(one, one, [interface(one, of)]) for one in SERVICES[:2]]
    endpoints = [endpoint("pe-1", service_target(SERVICES[2])), endpoint("pe-2", service_target(SERVICES[0]))]
    first, second = (hosts(world(some, endpoints)) for some in (registered, registered[::-1]))
    assert [one.name for one in first] == [one.name for one in second]


@settings(max_examples=50)
@given(worlds())
def test_groups_agree_with_facts(found: World) -> None:
    for host in hosts(found):
        told, variables = host.variables["private_link"], host.variables
        assert set(told["health"]) <= set(host.groups) and told["product"] in host.groups
        assert ("healthy" in host.groups) == (told["health"] == ["healthy"])
        registration = told["endpoint_interface"] or told["private_endpoint_connection"]
        if "private_links" in host.groups:
            registered, there = registration["private_endpoint_id"], told["private_endpoint"]["id"]
            assert registered.lower() == there.lower() == told["id"].lower()
            prefix = f"{told['product']}_private_link"
            names = {f"{prefix}_{name}" for name in ("resource_group", "endpoint_name", "virtual_network", "subnet")}
            assert names <= set(variables)
        if "healthy" in host.groups:
            assert "private_links" in host.groups and told["private_endpoint"]["connection_state"] == "Approved"
            assert None in told["ip_addresses"].values() or len(set(told["ip_addresses"].values())) == 1


A, B = SERVICES[0], SERVICES[1]
PE = endpoint_id("pe")
TO_A, TO_CATALOG = endpoint("pe", service_target(A)), endpoint("pe", cluster_id("catalog"))


@pytest.mark.parametrize(
    ("found", "health", "is_link"),
    [
        (world([project("p", A, [interface(A, PE.upper())])], [TO_A]), ["healthy"], True),
        (world([project("p", A, [])], [TO_A]), ["orphan_endpoint"], False),
        (world([], [endpoint("pe", UNKNOWN)]), ["unseen_target"], False),
        (
            world([], [endpoint("pe", UNKNOWN, connection_state="Disconnected")]),
            ["orphan_endpoint", "disconnected"],
            False,
        ),
        (world([], [], [mongo_cluster("catalog", [connection(PE)])]), ["orphan_registration"], False),
        (world([project("p", A, [interface(A, endpoint_id("pe", UNREAD))])], []), ["unseen_endpoint"], False),
        (world([], [endpoint("pe", cluster_id("c", UNREAD))]), ["unseen_target"], False),
        (world([], [endpoint("pe", cluster_id("c"))]), ["unseen_target"], False),
        ({**world([project("p", A, [interface(A, PE)])], []), "hidden": [PE]}, ["unseen_endpoint"], False),
        (world([], [TO_CATALOG], [mongo_cluster("catalog", [connection(PE)])]), ["healthy"], True),
        (world([], [TO_CATALOG], [mongo_cluster("catalog", [])]), ["orphan_endpoint"], False),
        (world([project("p", A, [interface(A, endpoint_id("old"))])], [TO_A]), ["id_mismatch"], False),
        (world([project("p", A, [interface(A, PE, "10.9.9.9")])], [TO_A]), ["ip_mismatch"], True),
        (world([project("p", A, [interface(A, PE)])], [{**TO_A, "ip_address": None}]), ["healthy"], True),
        (world([project("p", B, [interface(B, PE)])], [TO_A]), ["wrong_target"], True),
        (world([project("p", A, [interface(A, PE, status="INITIATING")])], [TO_A]), ["pending"], True),
        (
            world([project("p", A, [interface(A, PE, status="FAILED")])], [{**TO_A, "connection_state": "Rejected"}]),
            ["disconnected", "failed"],
            True,
        ),
    ],
)
def test_health(found: World, health: list[str], is_link: bool) -> None:
    told = only(hosts(found))
    assert told["health"] == health and ("private_links" in told["groups"]) == is_link


def test_of_two_registrations_that_of_the_target_is_its_own() -> None:
    """The other one is left behind, whichever comes first."""
    both = [project("p", B, [interface(B, PE)]), project("q", A, [interface(A, PE)])]
    found = {one.variables["private_link"]["project"]["name"]: one.groups for one in hosts(world(both, [TO_A]))}
    assert "healthy" in found["q"] and "orphan_registration" in found["p"]


@pytest.mark.parametrize("product", ["atlas", "mongo_cluster"])
def test_endpoints_to_a_product_that_is_not_asked_for_are_left_out(product: str) -> None:
    endpoints = [endpoint("pe-1", UNKNOWN), endpoint("pe-2", cluster_id("catalog"))]
    (told,) = [one.variables["private_link"] for one in hosts({**world([], endpoints), "products": [product]})]
    assert told["product"] == product


HOST = "pl-0-eastus2-azure.ab123.mongodb.net"
NETS = tuple(ids.build(HUB, "rg", ids.VIRTUAL_NETWORKS, name) for name in ("app", "jobs", "other"))
ADDRESS_SET = {"name": "@", "type": "A", "values": ["10.0.0.4"]}


@pytest.mark.parametrize(
    ("zones", "mode", "networks"),
    [
        ([], "public", None),
        ([zone(HOST, [ADDRESS_SET], ())], "public", None),  # nobody asks it
        ([zone(HOST, [ADDRESS_SET], NETS[:2])], "host_zones", NETS[:2]),
        ([zone(HOST, [ADDRESS_SET], NETS[:1]), zone(HOST, [ADDRESS_SET], NETS[1:2], "two")], "host_zones", NETS[:2]),
        (
            [zone("ab123.mongodb.net", [{**ADDRESS_SET, "name": HOST.partition(".")[0]}], NETS[2:])],
            "cluster_zone",
            NETS[2:],
        ),
        ([zone("mongodb.net", [{**ADDRESS_SET, "name": HOST.removesuffix(".mongodb.net")}], NETS)], "public", None),
    ],
)
def test_the_mode_is_that_of_what_stands(zones: list[World], mode: str, networks: tuple[str, ...] | None) -> None:
    documents = [cluster(hosts=(HOST,), endpoints=(PE,))]
    found = world([project("p", A, [interface(A, PE)], documents)], [TO_A], private_dns_zones=zones)
    variables = only(hosts(found))["variables"]
    assert variables["private_link_dns_mode"] == mode
    assert variables["atlas_private_link_clusters"] == ["cluster0"]
    links = variables.get("private_link_dns_links")
    assert (links and tuple(one["virtual_network_id"] for one in links)) == networks
    assert ("private_link_dns_resource_group" in variables) == (mode != "public")


@pytest.mark.parametrize(
    ("home", "is_read", "mode"),
    [(HERE, True, "zone_group"), (HERE, False, "public"), (HUB, True, "zone_group"), (HUB, False, "zone_group")],
)
def test_a_zone_group_is_kept_as_it_is(home: str, is_read: bool, mode: str) -> None:
    """The role leaves zones alone that others keep in another subscription; of others it must know the links."""
    name = "privatelink.mongocluster.cosmos.azure.com"
    zone_id = ids.build(home, "rg-dns", ids.PRIVATE_DNS_ZONES, name)
    group = {"id": f"{PE}/privateDnsZoneGroups/zg", "zones": [{"zone_id": zone_id, "zone": name, "record_sets": []}]}
    known = {**zone(name, [], NETS[:1]), "id": zone_id}
    clusters = [mongo_cluster("catalog", [connection(PE)])]
    found = world([], [TO_CATALOG], clusters, private_dns_zone_groups=[group])
    found["subscriptions"][0]["private_dns_zones"] = [known] if is_read else []
    variables = only(hosts(found))["variables"]
    assert variables["private_link_dns_mode"] == mode
    group_of_zone = f"/subscriptions/{home}/resourceGroups/rg-dns" if is_read else None
    assert variables.get("private_link_dns_resource_group") == group_of_zone
    assert variables["mongo_cluster_private_link_approval"] == "manual"
