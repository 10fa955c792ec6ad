# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict over links to Azure DocumentDB as a pure function: each state of Azure, and what clients are told."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.catalogue import catalogue
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.control import control_hops
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.facts import to_prove
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.mongo_cluster.facts import looked
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.mongo_cluster.product import MONGO_CLUSTER
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.products import PRODUCTS, path_of
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.verdict import titles, verdict
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.hop import FAILED, HOPS, OK, Hop, skipped

GROUP = "/subscriptions/s/resourceGroups/rg/providers"
ENDPOINT = f"{GROUP}/Microsoft.Network/privateEndpoints/pe"
NETWORK = f"{GROUP}/Microsoft.Network/virtualNetworks/vnet-app"
CLUSTER = f"{GROUP}/Microsoft.DocumentDB/mongoClusters/orders"
DOMAIN = "mongocluster.cosmos.azure.com"
ZONE, OLDER = f"privatelink.{DOMAIN}", "privatelink.mongocluster.azure.com"
ZONE_ID = f"{GROUP}/Microsoft.Network/privateDnsZones/{ZONE}"
SEED, NODE, ADDRESS = f"orders.{DOMAIN}", "fc-0123456789ab-000", "10.0.0.4"
HOST, PRIVATE = f"{NODE}.{DOMAIN}", f"{NODE}.{ZONE}"


def zone(address: str | None = ADDRESS, ident: str = ZONE_ID, network: str | None = NETWORK) -> dict[str, Any]:
    """The private zone as azure_private_dns_zone_info returns it."""
    links = [{"virtual_network_id": network.upper(), "resolution_policy": "NxDomainRedirect"}] if network else []
    records = [{"name": NODE, "type": "A", "value": [address], "ttl": 10}] if address else []
    return {"id": ident, "name": ident.rpartition("/")[2], "links": links, "records": records}


def group(zone_id: str = ZONE_ID, addresses: tuple[str, ...] = (ADDRESS,)) -> dict[str, Any]:
    """A zone group, as azure_private_dns_zone_group_info returns it."""
    name = zone_id.rpartition("/")[2]
    records = [{"name": NODE, "type": "A", "fqdn": f"{NODE}.{name}", "addresses": list(addresses)}] if addresses else []
    bound = [{"name": "config", "zone_id": zone_id, "zone": name, "record_sets": records}]
    return {"name": "default", "provisioning_state": "Succeeded", "zones": bound}


def facts(**changes: Any) -> dict[str, Any]:
    """A link that stands; a change is "fact__key" or a whole fact."""
    connection = {"private_endpoint_id": ENDPOINT.upper(), "status": "Approved", "description": "fine"}
    found: dict[str, Any] = {
        "product": "mongo_cluster",
        "id": ENDPOINT,
        "cluster_id": CLUSTER,
        "mongo_cluster": {
            "id": CLUSTER,
            "name": "orders",
            "location": "eastus2",
            "cluster_status": "Ready",
            "provisioning_state": "Succeeded",
            "tier": "M30",
            "high_availability": "Disabled",
            "public_network_access": "Enabled",
            "srv_host": SEED,
            "options": {"retrywrites": "false"},
            "private_endpoint_connections": [connection],
        },
        "private_link_resources": [{"group_id": "MongoCluster", "required_zone_names": [ZONE]}],
        "private_endpoint": {
            "id": ENDPOINT,
            "name": "pe",
            "provisioning_state": "Succeeded",
            "target": CLUSTER.lower(),
            "group_ids": ["MongoCluster"],
            "ip_address": ADDRESS,
            "ip_addresses": [{"ip_address": ADDRESS, "fqdns": [HOST]}],
            "subnet_id": f"{NETWORK}/subnets/endpoints",
            "connection_state": "Approved",
        },
        "private_endpoint_connection": connection,
        "private_dns_zone_group": group(),
        "zones": [zone()],
    }
    for name, value in deepcopy(changes).items():
        fact, _dots, key = name.partition("__")
        if key:
            found[fact][key] = value
        else:
            found[fact] = value
    return found


def probed(*broken: tuple[str, str], host: str = HOST, **observed: Any) -> dict[str, Any]:
    """A result of the probe's loop; hops after a broken one are skipped because of it."""
    hops: list[Hop] = []
    symptoms = dict(broken)
    seen = {"aliases": [PRIVATE], "server": "10.9.9.9:53"}
    for name in HOPS:
        first = next((hop.hop for hop in hops if hop.status == FAILED), None)
        target = {"address": host, "expected_address": host, "tcp": f"{host}:10260"}.get(name)
        if first:
            hops.append(skipped(name, target, f"not tried, because of {first}", first))
        elif name in symptoms:
            hops.append(Hop(name, FAILED, f"{name} is broken", target, symptoms[name], observed={**seen, **observed}))
        else:
            hops.append(Hop(name, OK, f"{name} is fine", target, observed=seen, milliseconds=1.0))
    targets = [{"host": host, "port": 10260, "addresses": [ADDRESS]}]
    return {"item": ["app1", SEED], "probe": {"hops": [hop.result() for hop in hops], "targets": targets}}


def test_a_sound_link_works_and_every_line_is_done() -> None:
    found = verdict(facts(), [probed()])
    assert found["ok"] and found["summary"] == "The private link works."
    assert [line["ok"] for line in found["lines"]] == [True] * 8
    labels = {fact["label"]: fact["value"] for fact in found["facts"]}
    assert (labels["Public network access"], labels["High availability"], labels["Tier"]) == (
        *("Enabled", "Disabled"),
        "M30",
    )


OTHER_ZONE = ZONE_ID.replace("/rg/", "/rg-hub/")
OLDER_ZONE = ZONE_ID.replace(ZONE, OLDER)
BROKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("cluster", "missing", {"mongo_cluster": None, "private_endpoint_connection": None}),
    ("cluster", "stopped", {"mongo_cluster__cluster_status": "Stopped"}),
    ("cluster", "provisioning", {"mongo_cluster__cluster_status": "Starting"}),
    ("cluster", "deleting", {"mongo_cluster__cluster_status": "Dropping"}),
    ("cluster", "failed", {"mongo_cluster__cluster_status": None, "mongo_cluster__provisioning_state": "Failed"}),
    ("private_endpoint", "missing", {"private_endpoint": None, "private_dns_zone_group": None}),
    ("private_endpoint", "failed", {"private_endpoint__provisioning_state": "Failed"}),
    ("private_endpoint", "deleting", {"private_endpoint__provisioning_state": "Deleting"}),
    ("private_endpoint", "other_target", {"private_endpoint__target": CLUSTER + "2"}),
    ("private_endpoint", "wrong_group", {"private_endpoint__group_ids": ["MongoDB"]}),
    ("private_endpoint", "no_address", {"private_endpoint__ip_address": None, "private_endpoint__ip_addresses": []}),
    (
        *("connection", "pending"),
        {"private_endpoint__connection_state": "Pending", "private_endpoint_connection__status": "Pending"},
    ),
    (
        *("connection", "rejected"),
        {"private_endpoint__connection_state": "Rejected", "private_endpoint_connection__status": "Rejected"},
    ),
    (
        *("connection", "disconnected"),
        {"private_endpoint__connection_state": "Disconnected", "private_endpoint_connection__status": "Disconnected"},
    ),
    ("connection", "disagree", {"private_endpoint_connection__status": "Pending"}),
    ("connection", "removed", {"private_endpoint_connection": None}),
    ("zone_group", "missing", {"private_dns_zone_group": None, "zones": []}),
    ("zone_group", "wrong_zone", {"private_dns_zone_group": group(OLDER_ZONE, ())}),
    ("zone_group", "wrong_zone", {"private_dns_zone_group": None, "zones": [zone(ident=OLDER_ZONE)]}),
    ("zone_group", "failed", {"private_dns_zone_group__provisioning_state": "Failed"}),
    ("zone_group", "no_records", {"private_dns_zone_group": group(addresses=())}),
    ("zone_group", "record_missing", {"zones": [zone(None)]}),
    ("zone_group", "other_address", {"zones": [zone("10.0.0.9")]}),
    ("zone_link", "missing", {"zones": [zone(network=None)]}),
    ("zone_link", "other_zone", {"zones": [zone(network=None), zone(None, OTHER_ZONE)]}),
    ("connection_string", "missing", {"mongo_cluster__srv_host": None}),
]


@pytest.mark.parametrize(("hop", "symptom", "changes"), BROKEN)
def test_each_state_of_azure_has_its_hop_and_its_words(hop: str, symptom: str, changes: dict[str, Any]) -> None:
    found = verdict(facts(**changes))
    broken = found["broken"]
    assert (broken["hop"], broken["symptom"], broken["plane"]) == (hop, symptom, "control")
    words = broken["cause"] + broken["fix"]
    assert (hop, symptom) in MONGO_CLUSTER.signatures and "{" not in words and "unknown" not in words
    assert not found["ok"] and False in [line["ok"] for line in found["lines"]]


@pytest.mark.parametrize(
    ("name", "symptom"),
    [
        (f"other.{DOMAIN}", "other_name"),
        ("orders.mongo.cosmos.azure.com", "other_product"),
        (HOST, "member"),
        (f"{NODE}.ro.global.{DOMAIN}", "read_only"),
    ],
)
def test_the_applications_own_name_is_held_against_the_cluster(name: str, symptom: str) -> None:
    assert verdict(facts(), [probed()], srv_hosts=[SEED.upper(), f"orders.global.{DOMAIN}"])["ok"]
    broken = verdict(facts(), [probed()], srv_hosts=[name])["broken"]
    assert (broken["hop"], broken["symptom"]) == ("connection_string", symptom)
    assert name in broken["cause"] and "{" not in broken["cause"] + broken["fix"]


def test_records_may_be_kept_by_hand() -> None:
    assert verdict(facts(private_dns_zone_group=None), [probed()])["ok"]
    twin = zone(ident=OTHER_ZONE)
    assert verdict(facts(zones=[zone(network=None), twin]), [probed()])["control"][4]["status"] == "ok"


def test_names_that_others_keep_are_no_fault_while_every_client_is_told_the_right_address() -> None:
    without = facts(private_dns_zone_group=None, zones=[])
    found = verdict(without, [probed()])
    assert found["ok"] and found["summary"] == "The private link works."
    assert "all the same" in found["control"][3]["message"]
    assert verdict(without, [probed(), probed(("address", "nxdomain"))])["broken"]["hop"] == "zone_group"
    assert verdict(without, [probed(("srv", "nxdomain"))])["broken"]["hop"] == "zone_group"


def test_what_was_not_looked_at_is_not_judged() -> None:
    known = {name: value for name, value in facts().items() if name not in ("zones", "private_dns_zone_group")}
    found = verdict(known, [probed()])
    assert found["ok"] and [line["ok"] for line in found["lines"][:4]] == [True, None, None, True]
    # The zone is in another subscription; what the group says of its records is all that is known.
    elsewhere = {hop.hop: hop.status for hop in control_hops(facts(zones=[]))}
    assert (elsewhere["zone_group"], elsewhere["zone_link"]) == ("ok", "skipped")
    changed = facts(zones=[], private_dns_zone_group=group(addresses=("10.0.0.9",)))
    assert verdict(changed)["broken"]["symptom"] == "other_address"


def test_a_consequence_is_skipped_because_of_what_it_follows_from() -> None:
    changes = {"private_endpoint": None, "private_endpoint_connection": None, "private_dns_zone_group": None}
    hops = {hop.hop: hop for hop in control_hops(facts(**changes, zones=[]))}
    assert hops["private_endpoint"].status == FAILED
    assert {hops[name].skipped_because for name in ("connection", "zone_group")} == {"private_endpoint"}
    assert hops["zone_link"].status == "skipped"
    removed = {hop.hop: hop for hop in control_hops(facts(mongo_cluster=None, private_endpoint_connection=None))}
    assert removed["connection"].skipped_because == removed["connection_string"].skipped_because == "cluster"


def test_the_networks_of_the_clients_count_if_they_are_told() -> None:
    spoke = NETWORK.replace("vnet-app", "vnet-spoke")
    broken = verdict(facts(virtual_network_ids=[NETWORK, spoke]))["broken"]
    assert (broken["hop"], broken["symptom"], broken["target"]) == ("zone_link", "missing", "vnet-spoke")


def test_a_server_that_does_not_see_the_zone() -> None:
    public: dict[str, Any] = {
        "wrong": ["203.0.113.40"],
        "expected": [ADDRESS],
        "addresses": ["203.0.113.40"],
        "dns": [],
    }
    result = probed(("expected_address", "public"), **public)
    broken = verdict(facts(), [result])["broken"]
    assert (broken["hop"], broken["symptom"]) == ("expected_address", "zone_not_seen")
    assert ZONE in broken["cause"] and "10.9.9.9:53" in broken["cause"] and "vnet-app" in broken["fix"].lower()
    blind = verdict({"product": "mongo_cluster"}, [result])["broken"]
    assert blind["symptom"] == "public" and "privatelink" not in blind["cause"]
    emptied = verdict(facts(), [probed(("address", "emptied"), rcode="NOERROR")])["broken"]
    assert (emptied["symptom"], ZONE in emptied["cause"]) == ("zone_not_seen", True)


def test_a_name_for_reading_only() -> None:
    host = f"{NODE}.ro.global.{DOMAIN}"
    for hop, symptom in (("create", "error"), ("hello", "no_primary")):
        broken = verdict(facts(), [probed((hop, symptom), host=host)])["broken"]
        assert (broken["hop"], broken["symptom"]) == (hop, "read_only") and "ro.global" in broken["cause"]
        assert verdict(facts(), [probed((hop, symptom))])["broken"]["symptom"] == symptom


def test_a_name_that_the_cluster_has_is_hidden() -> None:
    assert verdict(facts(), [probed(("srv", "nxdomain"))])["broken"]["symptom"] == "hidden"
    assert verdict({"product": "mongo_cluster"}, [probed(("srv", "nxdomain"))])["broken"]["symptom"] == "nxdomain"


@given(st.lists(st.sampled_from(BROKEN), max_size=4), st.sets(st.sampled_from(sorted(facts()))))
def test_any_world_has_a_verdict_in_words(broken: list[tuple[str, str, dict[str, Any]]], unknown: set[str]) -> None:
    """Whatever is wrong at once, and whatever nobody looked at."""
    found = facts()
    for _hop, _symptom, changes in broken:
        for name, value in deepcopy(changes).items():
            fact, _dots, key = name.partition("__")
            if key and isinstance(found[fact], dict):
                found[fact][key] = value
            elif not key:
                found[fact] = value
    known = {name: value for name, value in found.items() if name == "product" or name not in unknown}
    told = verdict(known, [probed(("srv", "nxdomain"))])
    assert told["broken"] and "{" not in told["broken"]["cause"] + told["broken"]["fix"]
    assert to_prove(known)["retry_writes"] is False
    first = next((hop["hop"] for hop in told["control"] if hop["status"] == FAILED), "srv")
    assert told["broken"]["hop"] == first


def test_every_signature_has_a_hop_and_every_hop_a_station() -> None:
    for product in PRODUCTS.values():
        named = titles(product)
        assert {hop for hop, _symptom in catalogue(product)} <= set(named)
        drawn = [hop for station in path_of(product) for hop in station.hops]
        assert sorted(drawn) == sorted(set(named) - {"control_plane"})
        assert len(path_of(product)) == 11  # as many as the page's style has room for
        assert {hop for _line, hops in product.lines for hop in hops} == {hop.name for hop in product.hops}
        sources = [hop.name for hop in product.hops]
        assert all(sources.index(one) < sources.index(hop.name) for hop in product.hops for one in hop.follows)


def test_what_there_is_to_prove() -> None:
    found = to_prove(facts())
    assert (found["srv_hosts"], found["addresses"], found["retry_writes"]) == ([SEED], [ADDRESS], False)
    assert found["domains"][:2] == [DOMAIN, ZONE] and OLDER in found["domains"]
    assert found["for_user"] == ENDPOINT and {SEED, *found["targets"]} < {*found["domains"]}
    assert to_prove({"product": "mongo_cluster"})["domains"] == []
    assert to_prove(facts(), f"mongodb+srv://app:secret@other.{DOMAIN}/?tls=true")["srv_hosts"] == [f"other.{DOMAIN}"]


def test_the_facts_from_what_was_looked_up() -> None:
    known = facts()
    clusters = {"subscription_id": "s", "mongo_clusters": [known["mongo_cluster"]]}
    endpoints = {"subscription_id": "s", "private_endpoints": [known["private_endpoint"]]}
    resources = {"private_link_resources": known["private_link_resources"]}
    groups = {"private_dns_zone_groups": [group()]}
    place = {"cluster_resource_group": "rg", "resource_group": "rg", "endpoint_name": "pe"}
    for cluster in ("orders", CLUSTER):
        made = looked(clusters, endpoints, resources, groups, cluster=cluster, **place)
        assert {**made, "zones": known["zones"]} == known
    nothing = looked(
        {**clusters, "mongo_clusters": []},
        {**endpoints, "private_endpoints": []},
        {"skipped": True},
        {"private_dns_zone_groups": []},
        cluster="orders",
        **place,
    )
    assert (nothing["cluster_id"], nothing["mongo_cluster"], nothing["private_endpoint"]) == (CLUSTER, None, None)
    assert nothing["private_dns_zone_group"] is nothing["private_endpoint_connection"] is None
    assert verdict(nothing)["broken"]["symptom"] == "missing"
