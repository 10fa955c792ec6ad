# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where zones go, whose address is whose, and what the linter finds: every trap has a finding, what the role makes has
none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils import _dns_place, _dns_plan
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.strings import normalise
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids, ownership
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_dns_zone import is_related
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.record_sets import checked
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.facts import to_prove
from ansible_collections.privatelink.mongodb.plugins.module_utils._dns_lint import atlas, lint, mongo_cluster
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import InvalidInput

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
DOMAIN = "ab123.mongodb.net"
HOST, SEED = f"pl-0-eastus2-azure.{DOMAIN}", f"cluster0-pl-0.{DOMAIN}"
SRV, TEXT = f"_mongodb._tcp.{SEED}", "authSource=admin&replicaSet=atlas-x-shard-0"
ADDRESS = "10.0.0.4"
ENDPOINT = ids.build(SUBSCRIPTION, "rg", ids.PRIVATE_ENDPOINTS, "pe")
OTHER = ids.build(SUBSCRIPTION, "rg", ids.PRIVATE_ENDPOINTS, "other")
NETWORK, ELSEWHERE = (ids.build(SUBSCRIPTION, "rg", ids.VIRTUAL_NETWORKS, name) for name in ("app", "elsewhere"))


def cluster(
    name: str = "cluster0", hosts: tuple[str, ...] = (HOST,), endpoints: tuple[str, ...] = (ENDPOINT,), ports: int = 3
) -> dict[str, Any]:
    """What atlas_connection_info returns for a cluster with one private string."""
    targets = ",".join(f"{host}:{1024 + port}" for host in hosts for port in range(ports))
    private = {
        "connectionString": f"mongodb://{targets}/?ssl=true&{TEXT}",
        "srvConnectionString": f"mongodb+srv://{name}-pl-0.{DOMAIN}",
        "endpoints": [{"endpointId": one} for one in endpoints],
        "type": "MONGOD",
    }
    strings = {"standardSrv": f"mongodb+srv://{name}.{DOMAIN}", "privateEndpoint": [private]}
    return normalise({"name": name, "connectionStrings": strings})


LINK = {"clusters": [cluster()], "private_endpoint": {"id": ENDPOINT, "ip_address": ADDRESS}}
A, APEX = {"name": HOST.split(".", maxsplit=1)[0], "type": "A", "values": [ADDRESS]}, {"type": "A", "values": [ADDRESS]}
SRV_SET = {
    "name": SRV.removesuffix(f".{DOMAIN}"),
    "type": "SRV",
    "values": [f"0 0 {1024 + n} {HOST}" for n in range(3)],
}
TXT_SET = {"name": SEED.split(".", maxsplit=1)[0], "type": "TXT", "values": [TEXT]}
PUBLIC = [
    {"name": "_mongodb._tcp.cluster0", "type": "SRV", "values": [f"0 0 27017 cluster0-shard-00-00.{DOMAIN}"]},
    {"name": "cluster0", "type": "TXT", "values": [TEXT]},
]


def zone(
    name: str,
    records: Any = (),
    networks: tuple[str, ...] = (NETWORK,),
    group: str = "rg",
    used_by: str | None = ENDPOINT,
    policy: str | None = None,
) -> dict[str, Any]:
    """A zone as azure_private_dns_zone_info returns it; `used_by` None: made by hand."""
    tags = ownership.marked(None, used_by) if used_by else {}
    return {
        "id": ids.build(SUBSCRIPTION, group, ids.PRIVATE_DNS_ZONES, name),
        "name": name,
        "provisioning_state": "Succeeded",
        "tags": tags,
        "links": [
            {
                "virtual_network_id": one,
                "resolution_policy": policy,
                "provisioning_state": "Succeeded",
                "link_state": "Completed",
                "tags": tags,
            }
            for one in networks
        ],
        "records": [
            {
                **checked({"name": "@", "ttl": 60, **one}, name),
                "managed": used_by is not None,
                "used_by": [used_by] if used_by else [],
            }
            for one in records
        ],
    }


def rules(*zones: dict[str, Any], link: Any = None, planned: Any = (), networks: Any = (NETWORK,)) -> list[str]:
    return [one["rule"] for one in lint.findings(list(zones), link or LINK, list(networks), list(planned))]


# -- the linter ----------------------------------------------------------------------------------------------------

TRAPS = {
    "shadow_zone": [zone(DOMAIN, [A, *PUBLIC])],
    "stale_address": [zone(HOST, [{**APEX, "values": ["10.0.0.9"]}])],
    "stale_srv": [zone(DOMAIN, [A, {**SRV_SET, "values": SRV_SET["values"][:2]}, TXT_SET, *PUBLIC])],
    "stale_txt": [zone(DOMAIN, [A, SRV_SET, {**TXT_SET, "values": ["authSource=admin"]}, *PUBLIC])],
    "several_txt": [zone(DOMAIN, [A, SRV_SET, {**TXT_SET, "values": TEXT.split("&")}, *PUBLIC])],
    "hidden_names": [zone(DOMAIN, [A, SRV_SET, TXT_SET])],
    "foreign_host_record": [zone(f"cluster0-shard-00-00.{DOMAIN}", [APEX])],
    "unlinked_zone": [zone(HOST, [APEX], (ELSEWHERE,))],
    "double_zone": [zone(HOST, [APEX]), zone(HOST, [APEX], (), "rg-twin")],
    "useless_zone": [zone("privatelink.mongodb.net", [A])],
}


@pytest.mark.parametrize("rule", TRAPS)
def test_every_trap_has_one_finding(rule: str) -> None:
    (found,) = lint.findings(TRAPS[rule], LINK, [NETWORK])
    assert found["rule"] == rule and found["severity"] == atlas.RULES[rule][0]
    assert found["zone"] in found["message"] and found["zone_id"]
    assert found["fix"] and "{" not in found["message"] + found["fix"]
    assert bool(found["hides"]) == (rule in ("shadow_zone", "hidden_names"))
    linked = rule not in ("useless_zone",)
    assert not linked or found["virtual_networks"] == [NETWORK]


def test_a_shadow_names_what_it_hides() -> None:
    (found,) = lint.findings([zone(DOMAIN, [A, *PUBLIC])], LINK, [NETWORK.upper()])
    assert found["hides"] == [f"{SRV} (SRV)", f"{SEED} (TXT)"]
    assert "host_zones" in found["fix"]
    shadow = rules(zone("mongodb.net"), zone(HOST, [APEX]))
    assert shadow == ["shadow_zone", "hidden_names"]
    everything = [{**one, "name": f"{one['name']}.ab123"} for one in (A, SRV_SET, TXT_SET, *PUBLIC)]
    assert rules(zone("mongodb.net", everything)) == ["parent_zone"]


def test_what_is_right_is_not_reported() -> None:
    assert rules() == rules(zone(HOST, [APEX])) == rules(zone(DOMAIN, [A, SRV_SET, TXT_SET, *PUBLIC])) == []
    heavy = {**SRV_SET, "values": [one.replace("0 0", "10 5") for one in SRV_SET["values"]]}
    turned = {**TXT_SET, "values": ["&".join(reversed(TEXT.split("&")))]}
    assert rules(zone(DOMAIN, [A, heavy, turned, *PUBLIC])) == []
    assert rules(zone(DOMAIN, [], (ELSEWHERE,))) == []
    assert rules(zone(HOST, [APEX], (ELSEWHERE,), used_by=None)) == []  # it is there for somebody else
    for peered in (f"cluster0-shard-00-00-pri.{DOMAIN}", f"cluster0-pri.{DOMAIN}"):
        assert rules(zone(peered, [APEX])) == []
    assert (
        rules(zone("privatelink.mongo.cosmos.azure.com", [{"name": "account", "type": "A", "values": ["10.0.0.8"]}]))
        == []
    )
    assert rules(zone("privatelink.mongo.cosmos.azure.com", [A])) == ["useless_zone"]
    assert rules(zone(f"cluster0-shard-00-00.{DOMAIN}", [{**APEX, "values": ["20.1.2.3"]}])) == []
    wild = {"name": "*", "type": "A", "values": [ADDRESS]}
    assert rules(zone(DOMAIN, [wild, SRV_SET, TXT_SET, *PUBLIC])) == []
    alias = {"name": A["name"], "type": "CNAME", "values": ["elsewhere.example"]}
    assert rules(zone(DOMAIN, [alias, SRV_SET, TXT_SET, *PUBLIC])) == []


def test_a_redirect_saves_addresses_only() -> None:
    (found,) = lint.findings([zone(DOMAIN, PUBLIC, policy="NxDomainRedirect")], LINK, [NETWORK])
    assert found["hides"] == [f"{SRV} (SRV)", f"{SEED} (TXT)"]


def test_what_is_planned_counts_as_done() -> None:
    for mode in _dns_plan.MODES:
        planned = _dns_plan.zones(LINK["clusters"], ENDPOINT, ADDRESS, mode)  # type: ignore[arg-type]
        stale = zone(planned[0]["zone"], [{**record, "values": ["10.0.0.9"]} for record in planned[0]["records"][:1]])
        places = _dns_place.places(planned, [stale], [{"virtual_network_id": NETWORK}], "rg", ENDPOINT)
        left = ["hidden_names"] if mode == "cluster_zone" else []
        assert rules(stale, planned=places["zones"]) == rules(planned=planned) == left
        foreign = zone(planned[0]["zone"], [{**planned[0]["records"][0], "values": ["10.0.0.9"]}], used_by=None)
        places = _dns_place.places(planned, [foreign], [{"virtual_network_id": NETWORK}], "rg", ENDPOINT)
        assert "stale_address" in rules(foreign, planned=places["zones"])


def test_strings_of_other_endpoints_are_not_this_link_s() -> None:
    theirs = cluster("theirs", (f"pl-1-eastus2-azure.{DOMAIN}",), (OTHER,))
    link = {**LINK, "clusters": [cluster(), theirs]}
    assert rules(zone(DOMAIN, [A, SRV_SET, TXT_SET, *PUBLIC]), link=link) == ["hidden_names"]
    assert rules(zone(DOMAIN, [A, SRV_SET, TXT_SET, *PUBLIC]), link={"clusters": link["clusters"]})[0] == "shadow_zone"


def test_records_that_were_not_read_are_not_judged() -> None:
    with pytest.raises(InvalidInput, match="record_sets"):
        rules({**zone(DOMAIN), "records": None})


def test_the_network_of_the_endpoint_is_the_default() -> None:
    endpoint = {**LINK["private_endpoint"], "subnet_id": f"{NETWORK}/subnets/endpoints"}  # type: ignore[dict-item]
    assert rules(zone(DOMAIN, [A, *PUBLIC]), link={**LINK, "private_endpoint": endpoint}, networks=[]) == [
        "shadow_zone"
    ]
    assert rules(zone(DOMAIN, PUBLIC), networks=[]) == []


def test_clients_may_be_elsewhere_than_the_endpoint() -> None:
    """Hub and spoke: the endpoint is in the one, the zone is linked to the other."""
    endpoint = {**LINK["private_endpoint"], "subnet_id": f"{NETWORK}/subnets/endpoints"}  # type: ignore[dict-item]
    hub, spoke = {**LINK, "private_endpoint": endpoint}, (ELSEWHERE,)
    right, shadow = zone(HOST, [APEX], spoke), zone(DOMAIN, PUBLIC, spoke, used_by=None)
    assert rules(right, link=hub, networks=[]) == rules(right, link=hub, networks=spoke) == []
    assert rules(shadow, link=hub, networks=[]) == []
    for networks in ((), spoke):
        (found,) = lint.findings([right, shadow], hub, networks)
        assert found["rule"] == "shadow_zone" and found["virtual_networks"] == [ELSEWHERE]
    assert rules(zone(HOST, [APEX], ()), link=hub, networks=[]) == ["unlinked_zone"]


def test_nobody_is_told_to_remove_a_zone_that_has_links() -> None:
    for links, word in (((ELSEWHERE,), False), ((), True)):
        (found,) = lint.findings([zone(HOST, [APEX], links)], LINK, [NETWORK])
        assert found["rule"] == "unlinked_zone" and ("remove it" in found["fix"]) is word


VCORE_NAMES = ("mongocluster.cosmos.azure.com", "privatelink.mongocluster.cosmos.azure.com")
NAMES = st.sampled_from([DOMAIN, HOST, "mongodb.net", "example.net", *VCORE_NAMES, *_dns_plan.UNASKED])
SETS = st.sampled_from([A, APEX, SRV_SET, TXT_SET, *PUBLIC, {"name": "x", "type": "A", "values": ["10.0.0.9"]}])


@st.composite
def zones(draw: st.DrawFn) -> dict[str, Any]:
    networks = tuple(draw(st.lists(st.sampled_from([NETWORK, ELSEWHERE]), unique=True)))
    records = draw(st.lists(SETS, max_size=4, unique_by=lambda one: (one["type"], one.get("name"))))
    group = draw(st.sampled_from(["rg", "rg-other"]))
    return zone(draw(NAMES), records, networks, group, draw(st.none() | st.sampled_from([ENDPOINT, OTHER])))


WORLDS = st.lists(zones(), max_size=4, unique_by=lambda one: one["id"])


@given(WORLDS, st.booleans())
def test_any_world_can_be_judged(world: list[dict[str, Any]], to_atlas: bool) -> None:
    for found in lint.findings(world, LINK if to_atlas else VCORE_LINK, [NETWORK, ELSEWHERE]):
        assert "{" not in found["message"] + found["fix"]
        assert found["severity"] == (atlas if to_atlas else mongo_cluster).RULES[found["rule"]][0]
        (judged,) = [one for one in world if one["id"] == found["zone_id"]]
        assert not judged["links"] or "remove it" not in found["fix"].lower()


SIBLINGS = st.builds(
    zone,
    st.sampled_from([f"pl-{number}-eastus2-azure.{DOMAIN}" for number in (1, 2)]),
    st.just([{**APEX, "values": ["10.0.0.8"]}]),
    st.sampled_from([(), (NETWORK,), (NETWORK, ELSEWHERE)]),
    used_by=st.sampled_from([None, ENDPOINT, OTHER]),
)


@given(WORLDS, st.lists(SIBLINGS, max_size=2, unique_by=lambda one: one["id"]), st.sampled_from([[], [NETWORK]]))
def test_zones_made_for_other_endpoints_change_nothing(
    world: list[dict[str, Any]], siblings: list[dict[str, Any]], networks: list[str]
) -> None:
    """So they need not be read: a project may have 40 links, each with a zone in the clusters' domain."""
    names = to_prove(LINK)
    everything = [one for one in world + siblings if is_related(one, names["domains"])]
    theirs = [one for one in siblings if OTHER in str(one["tags"])]
    read = [one for one in everything if is_related(one, names["domains"], names["for_user"])]
    assert read == [one for one in everything if one not in theirs]
    assert lint.findings(read, LINK, networks) == lint.findings(everything, LINK, networks)
    links = [{"virtual_network_id": NETWORK}]
    for mode in _dns_plan.MODES:
        planned = _dns_plan.zones(LINK["clusters"], ENDPOINT, ADDRESS, mode)  # type: ignore[arg-type]
        placed = [_dns_place.places(planned, seen, links, "rg", ENDPOINT, purge=True) for seen in (read, everything)]
        assert placed[0] == placed[1]


# -- the linter, for Azure DocumentDB --------------------------------------------------------------------------------

VCORE = "mongocluster.cosmos.azure.com"
PRIVATE_ZONE, OLDER_ZONE = f"privatelink.{VCORE}", "privatelink.mongocluster.azure.com"
NODE = {"name": "fc-0123456789ab-000", "type": "A", "values": [ADDRESS]}
OTHERS_NODE = {**NODE, "name": "fc-ba9876543210-000", "values": ["10.0.0.8"]}
VCORE_LINK = {
    "product": "mongo_cluster",
    "mongo_cluster": {"srv_host": f"orders.{VCORE}"},
    "private_link_resources": [{"required_zone_names": [PRIVATE_ZONE]}],
    "private_endpoint": {
        "id": ENDPOINT,
        "ip_address": ADDRESS,
        "ip_addresses": [{"ip_address": ADDRESS, "fqdns": [f"{NODE['name']}.{VCORE}"]}],
    },
}
REDIRECT: dict[str, Any] = {"policy": "NxDomainRedirect"}
WELL = zone(PRIVATE_ZONE, [NODE, OTHERS_NODE], **REDIRECT)
VCORE_TRAPS = {
    "shadow_zone": [zone(VCORE, [NODE]), WELL],
    "stale_address": [zone(PRIVATE_ZONE, [{**NODE, "values": ["10.0.0.9"]}], **REDIRECT)],
    "no_fallback": [zone(PRIVATE_ZONE, [NODE], policy="Default")],
    "unlinked_zone": [zone(PRIVATE_ZONE, [NODE], (ELSEWHERE,), **REDIRECT)],
    "double_zone": [WELL, zone(PRIVATE_ZONE, [NODE], (), "rg-twin")],
    "useless_zone": [zone(OLDER_ZONE, [NODE]), WELL],
    "parent_zone": [
        zone("cosmos.azure.com", [{**SRV_SET, "name": "_mongodb._tcp.orders.mongocluster"}, NODE], **REDIRECT)
    ],
}


@pytest.mark.parametrize("rule", VCORE_TRAPS)
def test_every_trap_of_azure_documentdb_has_one_finding(rule: str) -> None:
    (found,) = lint.findings(VCORE_TRAPS[rule], VCORE_LINK, [NETWORK])
    assert found["rule"] == rule and found["severity"] == mongo_cluster.RULES[rule][0]
    assert found["zone"] in found["message"] and "{" not in found["message"] + found["fix"]
    assert "host_zones" not in found["fix"] and "Atlas" not in found["fix"]
    assert set(VCORE_TRAPS) == set(mongo_cluster.RULES)


def test_a_shared_zone_without_this_cluster_s_record_hides_it_unless_it_is_redirected() -> None:
    others = [zone(PRIVATE_ZONE, [OTHERS_NODE], used_by=OTHER)]
    (shadow,) = lint.findings(others, VCORE_LINK, [NETWORK])
    assert shadow["rule"] == "shadow_zone" and "private_link_dns_fallback_to_internet" in shadow["fix"]
    assert shadow["hides"] == [f"{NODE['name']}.{PRIVATE_ZONE} (A)"]
    assert rules(zone(PRIVATE_ZONE, [OTHERS_NODE], used_by=OTHER, **REDIRECT), link=VCORE_LINK) == []


def test_what_is_right_for_azure_documentdb_is_not_reported() -> None:
    assert rules(link=VCORE_LINK) == rules(WELL, link=VCORE_LINK) == []
    account = {"name": "account", "type": "A", "values": ["10.0.0.8"]}
    assert rules(WELL, zone("privatelink.mongo.cosmos.azure.com", [account]), link=VCORE_LINK) == []
    assert rules(zone("privatelink.mongo.cosmos.azure.com", [NODE]), link=VCORE_LINK) == ["useless_zone"]
    for part in ("mongo_cluster", "private_link_resources", "private_endpoint"):
        known = {name: value for name, value in VCORE_LINK.items() if name != part}
        assert rules(WELL, link=known) == []
    elsewhere = [zone(PRIVATE_ZONE, [OTHERS_NODE], (), "rg-hub"), zone(OLDER_ZONE, [], (ELSEWHERE,))]
    assert rules(WELL, *elsewhere, link=VCORE_LINK) == []  # they are somebody else's
    # The names are those that the zone group has written, if the network interface does not tell.
    record = {"fqdn": f"{NODE['name']}.{PRIVATE_ZONE}"}
    group = {"private_dns_zone_group": {"zones": [{"zone": PRIVATE_ZONE, "record_sets": [record]}]}}
    untold = {**VCORE_LINK, **group, "private_endpoint": {"id": ENDPOINT, "ip_address": "10.0.0.9"}}
    assert rules(WELL, link=untold) == ["stale_address"]


def test_the_zone_of_another_endpoint_to_the_cluster_is_not_held_against_this_one() -> None:
    """Endpoints to one cluster have the same names, each with its own address in a zone of its own."""
    theirs = zone(PRIVATE_ZONE, [{**NODE, "values": ["10.9.0.4"]}], (ELSEWHERE,), "rg-theirs", **REDIRECT)
    assert rules(WELL, theirs, link=VCORE_LINK, networks=[]) == []
    bound = {"private_dns_zone_group": {"zones": [{"zone": PRIVATE_ZONE, "zone_id": theirs["id"], "record_sets": []}]}}
    assert rules(theirs, link={**VCORE_LINK, **bound}, networks=[]) == ["stale_address"]
    assert rules(theirs, link=VCORE_LINK, networks=[ELSEWHERE]) == ["stale_address"]


def test_advice_on_azure_documentdb_spares_other_endpoints_and_does_not_count_on_public_dns() -> None:
    (stale,) = lint.findings(VCORE_TRAPS["stale_address"], VCORE_LINK, [NETWORK])
    assert "private_link_dns_resource_group" in stale["fix"] and "private_link_dns_overwrite" in stale["fix"]
    (unlinked,) = lint.findings([zone(PRIVATE_ZONE, [NODE], ())], VCORE_LINK, [NETWORK])
    assert "public DNS is enough" not in unlinked["fix"]


def test_what_is_planned_for_azure_documentdb_counts_as_done() -> None:
    planned = _dns_plan.zones([], ENDPOINT, ADDRESS, "zone_group", zone_names=[PRIVATE_ZONE])
    for there in ([], [zone(PRIVATE_ZONE, [], policy="Default")]):
        links = [{"virtual_network_id": NETWORK}]
        places = _dns_place.places(planned, there, links, "rg", ENDPOINT, resolution_policy="NxDomainRedirect")
        assert rules(*there, link=VCORE_LINK, planned=places["zones"]) == []


# -- where zones go ------------------------------------------------------------------------------------------------


@given(WORLDS, st.sampled_from(_dns_plan.MODES), st.booleans())
def test_no_network_gets_a_second_zone_of_a_name(world: list[dict[str, Any]], mode: str, purge: bool) -> None:
    """A place is a zone that the network has, or one that it may be linked to; what stands needs no task."""
    linked: dict[tuple[str, str], str] = {}
    for one in world:  # Azure allows one zone of a name for a network
        one["links"] = [
            link
            for link in one["links"]
            if linked.setdefault((one["name"], link["virtual_network_id"]), one["id"]) == one["id"]
        ]
    planned = _dns_plan.zones(LINK["clusters"], ENDPOINT, ADDRESS, mode)  # type: ignore[arg-type]
    links = [{"virtual_network_id": NETWORK}, {"virtual_network_id": ELSEWHERE}]
    found = _dns_place.places(planned, world, links, "rg", ENDPOINT, purge=purge)
    for place in found["zones"]:
        for link in place["links"]:
            has = linked.get((place["zone"], link["virtual_network_id"]))
            assert has in (None, place["id"])
        if place["id"] is None:
            assert place["resource_group"] == "rg" and not (place["linked"] or place["written"])
    asked = [link["virtual_network_id"] for place in found["zones"] for link in place["links"]]
    assert sorted(asked) == sorted([NETWORK, ELSEWHERE] * len(planned))
    leaving = {one["id"] for one in found["leaving"]}
    assert purge or not leaving
    assert all(ENDPOINT in str(one["records"] or one["tags"]) for one in world if one["id"] in leaving)
    assert not leaving & {place["id"] for place in found["zones"]}


def test_what_stands_needs_no_task() -> None:
    planned = _dns_plan.zones(LINK["clusters"], ENDPOINT, ADDRESS, "cluster_zone")  # type: ignore[arg-type]
    links = [{"virtual_network_id": NETWORK.upper()}]

    def state(there: dict[str, Any], **more: Any) -> tuple[bool, bool]:
        (place,) = _dns_place.places(planned, [there], links, "rg", ENDPOINT, **more)["zones"]
        return place["linked"], place["written"]

    extra = [A, SRV_SET, TXT_SET, {**A, "name": "pl-9"}]
    assert state(zone(DOMAIN, extra[:3])) == (True, True)
    assert state(zone(DOMAIN, extra)) == (True, True) and state(zone(DOMAIN, extra), purge=True) == (True, False)
    assert state(zone(DOMAIN, extra[:2])) == (True, False)
    assert state(zone(DOMAIN, extra[:3], used_by=OTHER)) == (False, False)
    assert state(zone(DOMAIN, extra[:3]), tags={"owner": "dns"}) == (False, True)
    assert state(zone(DOMAIN, extra[:3], (ELSEWHERE,))) == (False, True)
    halfway = zone(DOMAIN, extra[:3])
    halfway["links"][0]["link_state"] = "InProgress"
    assert state(halfway) == (False, True)


def test_what_is_adopted_is_not_tagged() -> None:
    planned = _dns_plan.zones(LINK["clusters"], ENDPOINT, ADDRESS)  # type: ignore[arg-type]
    links = [{"virtual_network_id": NETWORK}]
    foreign = {**zone(HOST, [APEX]), "tags": {"team": "network"}}
    for there, wanted in ((foreign, {}), (zone(HOST, [APEX]), {"owner": "7"})):
        (place,) = _dns_place.places(planned, [there], links, "rg", ENDPOINT, tags={"owner": 7})["zones"]
        assert place["tags"] == wanted and place["linked"] is (there is foreign)
    gone = _dns_place.places([], [foreign], links, "rg", ENDPOINT, purge=True)["leaving"]
    assert [one["id"] for one in gone] == [foreign["id"]]  # found by what we wrote in it
    assert _dns_place.places([], [foreign], links, "rg", OTHER, purge=True)["leaving"] == []


def test_records_of_somebody_else_stay_as_they_are_if_they_mean_the_same() -> None:
    planned = _dns_plan.zones(LINK["clusters"], ENDPOINT, ADDRESS, "cluster_zone")  # type: ignore[arg-type]
    typed = {**SRV_SET, "values": [f"10 5 {1024 + n} {HOST}" for n in range(3)], "ttl": 3600}
    turned = {**TXT_SET, "values": ["&".join(reversed(TEXT.split("&")))]}
    links = [{"virtual_network_id": NETWORK}]
    for used_by, stays in ((None, True), (ENDPOINT, False)):
        there = zone(DOMAIN, [{**A, "ttl": 300}, typed, turned], used_by=used_by)
        (place,) = _dns_place.places(planned, [there], links, "rg", ENDPOINT)["zones"]
        kept = [(one["ttl"], one["values"]) for one in place["records"] if one["type"] == "SRV"]
        assert place["written"] is stays and (kept == [(3600, typed["values"])]) is stays
    wrong = zone(DOMAIN, [{**A, "values": ["10.0.0.9"]}, typed, turned], used_by=None)
    (place,) = _dns_place.places(planned, [wrong], links, "rg", ENDPOINT)["zones"]
    assert not place["written"] and [one["ttl"] for one in place["records"]] == [60, 3600, 60]


def test_who_was_second_uses_the_first_zone_and_takes_his_own_away() -> None:
    """Azure refused to link the network to a zone that was made at the same time as another of its name."""
    planned = _dns_plan.zones(LINK["clusters"], ENDPOINT, ADDRESS)  # type: ignore[arg-type]
    first, second = zone(HOST, [APEX], group="rg-other", used_by=OTHER), zone(HOST, (), ())
    found = _dns_place.places(planned, [second, first], [{"virtual_network_id": NETWORK}], "rg", ENDPOINT, purge=True)
    assert [one["id"] for one in found["zones"]] == [first["id"]]
    assert [one["id"] for one in found["leaving"]] == [second["id"]]


def test_long_ids_are_told_apart() -> None:
    one, other = (f"{ENDPOINT}{'x' * 300}-{name}" for name in ("one", "other"))
    planned = _dns_plan.zones([cluster(endpoints=(one,))], one, ADDRESS)
    for user, stands in ((one.upper(), True), (other, False)):
        there = zone(HOST, [APEX], used_by=user)
        there["records"][0]["used_by"] = ownership.users(ownership.use(user))
        (place,) = _dns_place.places(planned, [there], [{"virtual_network_id": NETWORK}], "rg", one)["zones"]
        assert (place["linked"], place["written"]) == (stands, stands)


# -- names and addresses -------------------------------------------------------------------------------------------


def test_no_zone_of_everybody_s_clusters_is_ever_planned() -> None:
    for name in ("pl-0.mongodb.net", "x.privatelink.mongodb.net"):
        wrong = cluster(hosts=(name,))
        with pytest.raises(InvalidInput, match="holds clusters of other customers"):
            _dns_plan.zones([wrong], ENDPOINT, ADDRESS, "cluster_zone")


def test_what_the_command_line_makes_of_numbers_and_names() -> None:
    (planned,) = _dns_plan.zones(LINK["clusters"], ENDPOINT, ADDRESS, ttl="120")  # type: ignore[arg-type]
    assert planned["records"][0]["ttl"] == 120
    with pytest.raises(InvalidInput, match="ttl"):
        _dns_plan.zones(LINK["clusters"], ENDPOINT, ADDRESS, ttl="soon")  # type: ignore[arg-type]
    (planned,) = _dns_plan.zones([cluster()], ENDPOINT, "10.0.0.9", addresses={HOST.upper(): ADDRESS})
    assert planned["records"][0]["values"] == [ADDRESS]


def test_names_of_one_label_have_no_domain() -> None:
    local = {**cluster(hosts=("localhost",)), "standard_srv": "mongodb+srv://localhost"}
    local["private_endpoints"][0]["srv_host"] = "localhost"
    assert _dns_plan.domains([local]) == []
    for mode in _dns_plan.MODES:
        with pytest.raises(InvalidInput, match="zone"):
            _dns_plan.zones([local], ENDPOINT, ADDRESS, mode)
    assert rules(zone(DOMAIN, [A]), link={**LINK, "clusters": [local]}) == []


def test_domains() -> None:
    assert _dns_plan.domains([cluster()]) == [DOMAIN, *_dns_plan.UNASKED]
    public = {**cluster(), "private_endpoints": []}
    assert _dns_plan.domains([public]) == [DOMAIN, *_dns_plan.UNASKED]
    assert _dns_plan.domains([]) == _dns_plan.domains([{**public, "standard_srv": None}]) == []


@pytest.mark.parametrize("form", ["pl-0-{}.ab123.mongodb.net", "pl-0-{}-azure.ab123.mongodb.net"])
def test_whose_address_is_whose(form: str) -> None:
    hosts = tuple(form.format(one) for one in ("eastus", "eastus2", "westeurope"))
    endpoints = tuple(f"{ENDPOINT}{number}" for number in range(3))
    services = [
        {"region": region, "private_endpoints": [endpoint.upper()]}
        for region, endpoint in zip(("US_EAST", "US_EAST_2", "EUROPE_WEST"), endpoints, strict=True)
    ]
    interfaces = [{"private_endpoint_id": one, "ip_address": f"10.{n}.0.4"} for n, one in enumerate(endpoints)]
    both = cluster(hosts=hosts, endpoints=endpoints)
    known = _dns_plan.addresses([both], services, interfaces)
    assert known == {host: f"10.{n}.0.4" for n, host in enumerate(hosts)}
    assert len(_dns_plan.zones([both], endpoints[0], "10.0.0.4", addresses=known)) == 3
    assert _dns_plan.addresses([both], services[:2], interfaces[1:]) == {hosts[1]: "10.1.0.4"}
    link = {"clusters": [both], "id": endpoints[0], "endpoint_services": services, "endpoint_interfaces": interfaces}
    for wrong in range(3):
        ips = {**known, hosts[wrong]: "10.9.0.4"}
        assert rules(*(zone(one, [APEX | {"values": [ips[one]]}]) for one in hosts), link=link) == ["stale_address"]
    assert rules(*(zone(one, [APEX | {"values": [known[one]]}]) for one in hosts), link=link) == []


def test_two_endpoints_in_a_region_are_not_guessed_at() -> None:
    hosts = (HOST, HOST.replace("pl-0", "pl-1"))
    services = [{"region": "US_EAST_2", "private_endpoints": [ENDPOINT, OTHER]}]
    interfaces = [{"private_endpoint_id": one, "ip_address": ADDRESS} for one in (ENDPOINT, OTHER)]
    both = cluster(hosts=hosts, endpoints=(ENDPOINT, OTHER))
    assert _dns_plan.addresses([both], services, interfaces) == {}
    with pytest.raises(InvalidInput, match=HOST):
        _dns_plan.zones([both], ENDPOINT, ADDRESS)
    assert _dns_plan.addresses([cluster()], [], interfaces) == {HOST: ADDRESS}
