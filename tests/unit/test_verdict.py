# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict as a pure function: the first broken hop, what follows from it, and words for everything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis import verdict as verdicts
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.atlas.facts import looked
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.atlas.product import ATLAS
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.catalogue import catalogue
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.control import control_hops
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.facts import to_prove
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.verdict import DATA, titles, verdict
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import InvalidInput, Undecided
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.hop import FAILED, HOPS, OK, Hop, skipped

CATALOGUE = catalogue(ATLAS)
ENDPOINT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe"
NETWORK = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet-app"
SERVICE = "/subscriptions/m/resourceGroups/rg_m/providers/Microsoft.Network/privateLinkServices/pls_1"
SEED, HOST = "cluster0-pl-0.ab.mongodb.net", "pl-0-eastus2-azure.ab.mongodb.net"


def facts(**changes: Any) -> dict[str, Any]:
    """A link that stands; each change is "fact.key" with underscores doubled, or a whole fact."""
    found: dict[str, Any] = {
        "project": {"id": "p", "name": "prod"},
        "id": ENDPOINT,
        "region": "US_EAST_2",
        "clusters": [cluster()],
        "endpoint_service": {
            "id": "s1",
            "region": "US_EAST_2",
            "azure_location": "eastus2",
            "status": "AVAILABLE",
            "error_message": None,
            "private_link_service_id": SERVICE,
        },
        "endpoint_services": [{"region": "US_EAST_2", "private_endpoints": [ENDPOINT]}],
        "private_endpoint": {
            "id": ENDPOINT,
            "name": "pe",
            "provisioning_state": "Succeeded",
            "target": SERVICE.upper(),
            "ip_address": "10.0.0.4",
            "connection_state": "Approved",
            "connection_description": "ok",
        },
        "endpoint_interface": {
            "private_endpoint_id": ENDPOINT,
            "ip_address": "10.0.0.4",
            "status": "AVAILABLE",
            "error_message": None,
            "delete_requested": False,
        },
    }
    for name, value in changes.items():
        fact, _dots, key = name.partition("__")
        if key:
            found[fact][key] = value
        else:
            found[fact] = value
    return found


def cluster(name: str = "cluster0", **changes: Any) -> dict[str, Any]:
    string = {
        "srv_connection_string": f"mongodb+srv://{SEED}",
        "connection_string": "",
        "srv_host": SEED,
        "endpoint_ids": [ENDPOINT.upper()],
        "targets": [],
    }
    return {
        "name": name,
        "state": "IDLE",
        "paused": False,
        "supported": True,
        "instance_sizes": ["M10"],
        "regions": ["AZURE/US_EAST_2"],
        "standard_srv": "mongodb+srv://cluster0.ab.mongodb.net",
        "private_endpoints": [string],
        **changes,
    }


def probed(*broken: tuple[str, str], client: str = "app1", **observed: Any) -> dict[str, Any]:
    """A result of the probe's loop; hops after a broken one are skipped because of it."""
    hops: list[Hop] = []
    symptoms = dict(broken)
    for name in HOPS:
        first = next((hop.hop for hop in hops if hop.status == FAILED), None)
        target = HOST if name in ("address", "expected_address") else None
        if first:
            hops.append(skipped(name, target, f"not tried, because of {first}", first))
        elif name in symptoms:
            hops.append(Hop(name, FAILED, f"{name} is broken", target, symptoms[name], observed=observed))
        else:
            hops.append(Hop(name, OK, f"{name} is fine", target, milliseconds=1.0))
    targets = [{"host": HOST, "port": port, "addresses": ["10.0.0.4"]} for port in (1024, 1025, 1026)]
    return {"item": [client, SEED], "probe": {"hops": [hop.result() for hop in hops], "targets": targets}}


def test_a_sound_link_works_and_every_line_is_done() -> None:
    found = verdict(facts(), [probed()])
    assert found["ok"] and found["broken"] is None and found["summary"] == "The private link works."
    assert [line["ok"] for line in found["lines"]] == [True] * 8
    assert found["lines"][4] == {
        "check": f"SRV record of {SEED} returns targets",
        "ok": True,
        "observed": f"{HOST}, ports 1024, 1025, 1026",
    }
    assert {"label": "Region", "value": "US_EAST_2 = eastus2"} in found["facts"]


REGIONS = ["AZURE/US_EAST_2", "AZURE/EUROPE_WEST"]
WITHOUT_STRING: dict[str, Any] = {"private_endpoints": []}
BROKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("cluster", "missing", {"wanted_clusters": ["other"]}),
    ("cluster", "none", {"clusters": []}),
    ("cluster", "unsupported", {"clusters": [cluster(supported=False, instance_sizes=["M0"])]}),
    ("cluster", "paused", {"clusters": [cluster(paused=True)]}),
    ("cluster", "elsewhere", {"clusters": [cluster(regions=["AZURE/EUROPE_WEST"])]}),
    ("endpoint_service", "missing", {"endpoint_service": None}),
    ("endpoint_service", "vanished", {"endpoint_service": None, "private_endpoint__connection_state": "Disconnected"}),
    ("endpoint_service", "initiating", {"endpoint_service__status": "INITIATING"}),
    ("endpoint_service", "failed", {"endpoint_service__status": "FAILED"}),
    ("endpoint_service", "deleting", {"endpoint_service__status": "DELETING"}),
    ("endpoint_service", "unknown_state", {"endpoint_service__status": "NEW_WORD"}),
    ("private_endpoint", "missing", {"private_endpoint": None}),
    ("private_endpoint", "failed", {"private_endpoint__provisioning_state": "Failed"}),
    ("private_endpoint", "deleting", {"private_endpoint__provisioning_state": "Deleting"}),
    ("private_endpoint", "other_service", {"private_endpoint__target": SERVICE + "2"}),
    ("private_endpoint", "no_address", {"private_endpoint__ip_address": None}),
    ("endpoint_interface", "not_registered", {"endpoint_interface": None}),
    ("endpoint_interface", "initiating", {"endpoint_interface__status": "INITIATING"}),
    ("endpoint_interface", "failed", {"endpoint_interface__status": "FAILED"}),
    ("endpoint_interface", "rejected", {"endpoint_interface__status": "REJECTED"}),
    ("endpoint_interface", "deleting", {"endpoint_interface__delete_requested": True}),
    ("connection", "pending", {"private_endpoint__connection_state": "Pending"}),
    ("connection", "rejected", {"private_endpoint__connection_state": "Rejected"}),
    ("connection", "disconnected", {"private_endpoint__connection_state": "Disconnected"}),
    ("connection", "unknown", {"private_endpoint__connection_state": None}),
    ("registered_address", "mismatch", {"endpoint_interface__ip_address": "10.0.0.9"}),
    ("connection_string", "missing", {"clusters": [cluster(**WITHOUT_STRING)]}),
    ("connection_string", "updating", {"clusters": [cluster(**WITHOUT_STRING, state="UPDATING")]}),
    ("connection_string", "region_without_endpoint", {"clusters": [cluster(**WITHOUT_STRING, regions=REGIONS)]}),
]


@pytest.mark.parametrize(("hop", "symptom", "changes"), BROKEN)
def test_each_state_of_the_clouds_has_its_hop_and_its_words(hop: str, symptom: str, changes: dict[str, Any]) -> None:
    found = verdict(facts(**changes))
    broken = found["broken"]
    assert (broken["hop"], broken["symptom"], broken["plane"]) == (hop, symptom, "control")
    words = broken["cause"] + broken["fix"]
    assert (hop, symptom) in CATALOGUE and "{" not in words
    assert "unknown" not in words
    assert set(HOPS) <= set(broken["skipped"])  # nothing was probed
    assert not found["ok"] and hop in found["summary"]
    assert False in [line["ok"] for line in found["lines"]]


def test_the_applications_own_name_is_held_against_the_api() -> None:
    old = "cluster0-pl-1.ab.mongodb.net"
    assert verdict(facts(), [probed()], srv_hosts=[SEED.upper()])["ok"]
    broken = verdict(facts(), [probed(("srv", "nxdomain"))], srv_hosts=[old])["broken"]
    assert (broken["hop"], broken["symptom"]) == ("connection_string", "outdated")
    assert old in broken["cause"] and SEED in broken["cause"]
    broken = verdict(facts(), [probed()], srv_hosts=["cluster0.ab.mongodb.net"])["broken"]
    assert (broken["symptom"], SEED in broken["fix"]) == ("public_string", True)


def test_a_consequence_is_skipped_because_of_what_it_follows_from() -> None:
    changes = {"endpoint_interface": None, "private_endpoint__connection_state": "Pending"}
    hops = {hop.hop: hop for hop in control_hops(facts(**changes, clusters=[cluster(**WITHOUT_STRING)]))}
    assert hops["endpoint_interface"].status == FAILED
    assert hops["connection"].skipped_because == hops["connection_string"].skipped_because == "endpoint_interface"


def test_what_was_not_looked_at_is_not_judged() -> None:
    assert control_hops({"clusters": []}) != [] and control_hops({}) == []
    found = verdict({}, [probed()])
    assert found["ok"] and found["control"] == [] and [line["ok"] for line in found["lines"][:4]] == [None] * 4
    assert found["summary"].startswith("Nothing is broken, as far as it was looked at")
    nothing = verdict({})
    assert not nothing["ok"] and nothing["broken"] is None and "not proved" in nothing["summary"]
    without_azure = {name: value for name, value in facts().items() if name != "private_endpoint"}
    assert [hop.hop for hop in control_hops(without_azure) if hop.status == "skipped"] == [
        "private_endpoint",
        "connection",
        "registered_address",
    ]


def test_the_earliest_broken_hop_of_all_clients_is_the_verdict_and_others_are_its_evidence() -> None:
    results = [
        probed(("tcp", "timeout"), client="app1"),
        probed(("srv", "nxdomain"), client="app2"),
        probed(client="app3"),
    ]
    broken = verdict(facts(), results)["broken"]
    assert (broken["hop"], broken["client"], broken["srv_host"]) == ("srv", "app2", SEED)
    assert broken["evidence"][1:] == [
        "app3 reaches it: what is broken is on this client's side, app2",
        "also broken from app1 (tcp)",
    ]
    assert broken["skipped"] == [*HOPS[HOPS.index("txt") :]]
    lines = verdict(facts(), results)["lines"]
    assert [line["check"].rpartition(", from ")[2] for line in lines[4::4]] == ["app1", "app2", "app3"]


def test_a_client_that_cannot_probe_is_a_broken_hop_unless_another_one_found_more() -> None:
    away = {"item": ["app1", SEED], "unreachable": True, "msg": "Connection\nrefused"}
    assert verdict(facts(), [away, probed(("tcp", "timeout"), client="app2")])["broken"]["hop"] == "tcp"
    advised = {"item": ["app1", SEED], "msg": "…", "error": {"cause": "resolvers is x", "fix": "Give addresses."}}
    assert verdict(facts(), [advised])["broken"]["fix"] == "Give addresses."
    broken = verdict(facts(), [away])["broken"]
    assert (broken["hop"], broken["symptom"]) == ("client", "unreachable") and "Connection refused" in broken["cause"]
    bare = {"item": ["app1", SEED], "msg": "dnspython is missing", "failed": False}
    broken = verdict(facts(), [bare])["broken"]
    assert broken["symptom"] == "cannot_probe" and broken["skipped"] == list(HOPS)


def zone(name: str, record: str, address: str, linked: bool = True) -> dict[str, Any]:
    records = [{"name": record, "type": "A", "value": [address], "ttl": 60}]
    return {"name": name, "links": [{"virtual_network_id": NETWORK}] if linked else [], "records": records}


@pytest.mark.parametrize(
    "held", [zone(HOST, "@", "10.0.0.4"), zone("ab.mongodb.net", "pl-0-eastus2-azure", "10.0.0.4")]
)
def test_a_zone_that_the_client_does_not_see(held: dict[str, Any]) -> None:
    result = probed(("address", "emptied"), server="10.9.9.9:53", rcode="NOERROR")
    broken = verdict(facts(zones=[held]), [result])["broken"]
    assert (broken["hop"], broken["symptom"]) == ("address", "zone_not_seen")
    assert held["name"] in broken["cause"] and "10.9.9.9:53" in broken["cause"] and "vnet-app" in broken["fix"]
    unlinked = {**held, "links": []}
    assert verdict(facts(zones=[unlinked]), [result])["broken"]["symptom"] == "emptied"


def test_a_zone_with_an_old_address() -> None:
    result = probed(("expected_address", "unexpected"), wrong=["10.0.0.9"], expected=["10.0.0.4"], dns=["10.0.0.9"])
    broken = verdict(facts(zones=[zone(HOST, "@", "10.0.0.9")]), [result])["broken"]
    assert (broken["symptom"], "10.0.0.9" in broken["cause"]) == ("stale_record", True)
    assert verdict(facts(zones=[zone(HOST, "@", "10.0.0.4")]), [result])["broken"]["symptom"] == "unexpected"


def test_the_linters_findings_are_evidence_for_broken_names_only() -> None:
    finding = {"severity": "breaks", "message": "zone ab.mongodb.net hides the SRV record"}
    assert finding["message"] in verdict(facts(), [probed(("srv", "private_zone"))], [finding])["broken"]["evidence"]
    assert finding["message"] not in verdict(facts(), [probed(("tls", "expired"))], [finding])["broken"]["evidence"]


@given(st.lists(st.sets(st.sampled_from(HOPS), max_size=3), min_size=1, max_size=4), st.sampled_from([None, *BROKEN]))
def test_the_broken_hop_is_the_first_one_in_order(clients: list[set[str]], cloud: Any) -> None:
    results = [probed(*((hop, "x") for hop in hops), client=f"app{i}") for i, hops in enumerate(clients)]
    found = verdict(facts(**(cloud[2] if cloud else {})), results)
    expected = [cloud[0]] if cloud else sorted({hop for hops in clients for hop in hops}, key=DATA.index)
    assert (found["broken"] or {"hop": None})["hop"] == (expected[0] if expected else None)
    assert found["ok"] is not bool(expected)


def test_every_hop_has_a_title_and_every_signature_a_hop() -> None:
    assert list(titles(ATLAS)) == [*dict.fromkeys(hop.name for hop in ATLAS.hops), "control_plane", "client", *HOPS]
    assert {hop for hop, _symptom in CATALOGUE} <= set(titles(ATLAS))
    assert [check[1][0] for check in verdicts.PROBE_LINES].count(verdicts.CLIENT) == 1


def test_the_facts_of_one_link_among_many() -> None:
    other = {**cluster("other"), "regions": ["AZURE/EUROPE_WEST"], "private_endpoints": []}
    free = {**cluster("free"), "supported": False, "private_endpoints": []}
    found = facts()
    services = [{"id": "s2", "region": "EUROPE_WEST"}, found["endpoint_service"]]
    project = {"id": "p", "name": "prod", "clusters": [cluster(), other, free], "endpoint_services": services}
    endpoints = {"subscription_id": "S", "private_endpoints": [found["private_endpoint"]]}
    interfaces = [
        {**found["endpoint_interface"], "endpoint_service_id": "s2"},
        {**found["endpoint_interface"], "endpoint_service_id": "s1", "private_endpoint_id": ENDPOINT.upper()},
    ]
    named = {"region": "eastus2", "resource_group": "rg", "endpoint_name": "pe"}
    link = looked(project, endpoints, interfaces, **named)
    assert link["endpoint_service"]["id"] == "s1" and link["endpoint_interface"] == interfaces[1]
    assert [one["name"] for one in link["clusters"]] == ["cluster0"]
    assert [one["name"] for one in looked(project, endpoints, [], **named, clusters=["other"])["clusters"]] == ["other"]
    nothing = looked(project, {"subscription_id": "S", "private_endpoints": []}, [], **{**named, "region": "US_WEST"})
    assert nothing["endpoint_service"] is nothing["private_endpoint"] is nothing["endpoint_interface"] is None
    assert nothing["id"].lower() == ENDPOINT.lower()
    with pytest.raises(InvalidInput, match="region"):
        looked(project, endpoints, [], **{**named, "region": "atlantis"})


def test_without_a_look_at_azure_the_link_is_known_by_the_whole_id_of_its_registration() -> None:
    namesake = ENDPOINT.replace("/subscriptions/s/", "/subscriptions/other/")
    assert namesake != ENDPOINT
    service = {**facts()["endpoint_service"], "private_endpoints": [namesake, ENDPOINT]}
    project = {"id": "p", "name": "prod", "clusters": [cluster()], "endpoint_services": [service]}
    named = {"region": "eastus2", "resource_group": "rg", "endpoint_name": "pe"}
    assert looked(project, None, [], **named, endpoint_id=ENDPOINT.upper())["id"] == ENDPOINT
    assert looked(project, None, [], **named, endpoint_id="/not/registered")["id"] == "/not/registered"
    with pytest.raises(Undecided, match=namesake):
        looked(project, None, [], **named)


def test_what_there_is_to_prove() -> None:
    second = ENDPOINT + "-west"
    string = {**cluster()["private_endpoints"][0], "endpoint_ids": [ENDPOINT, second.upper()], "targets": []}
    registered = [
        {"private_endpoint_id": ENDPOINT, "ip_address": "10.0.0.9"},  # what Azure says of its own endpoint counts
        {"private_endpoint_id": second, "ip_address": "10.1.0.4"},
        {"private_endpoint_id": "/of/another", "ip_address": "10.2.0.4"},
    ]
    link = facts(clusters=[cluster(private_endpoints=[string])], endpoint_interfaces=registered)
    found = to_prove(link)
    assert (found["srv_hosts"], found["addresses"]) == ([SEED], ["10.0.0.4", "10.1.0.4"])
    assert {"ab.mongodb.net", SEED} < {*found["domains"]}
    assert to_prove({}) == {
        **dict.fromkeys(("connection_strings", "srv_hosts", "asked", "targets", "addresses", "domains"), []),
        "for_user": None,
        "retry_writes": True,
    }


def test_for_whom_zones_are_read_is_said_where_all_names_are_known() -> None:
    """Else zones that were made for other endpoints may be those that matter."""
    string = {**cluster()["private_endpoints"][0], "targets": [{"host": HOST, "port": 1024}]}
    link = facts(clusters=[cluster(private_endpoints=[string])])
    found = to_prove(link, SEED.upper())
    assert (found["for_user"], found["targets"]) == (ENDPOINT, [HOST]) and HOST in found["domains"]
    assert to_prove({**link, "private_endpoint": None})["for_user"] == ENDPOINT
    assert to_prove(link, f"{SEED}, other.ab.mongodb.net")["for_user"] is None
    assert to_prove(facts(clusters=[cluster(private_endpoints=[])]))["for_user"] is None


@pytest.mark.parametrize(
    "spelling",
    [
        f" {SEED.upper()}. ",
        f"_mongodb._tcp.{SEED}",
        f"mongodb+srv://{SEED}/?retryWrites=true",
        f"mongodb+srv://app:pa%2Fss@{SEED}/db",
        f"mongodb+srv://app:p@ss/w@{SEED}",
    ],
)
def test_the_applications_name_in_any_spelling(spelling: str) -> None:
    found = to_prove(facts(), [spelling, SEED, ""])
    assert found["srv_hosts"] == found["asked"] == [SEED]
    assert to_prove(facts(), f"{SEED},other.ab.mongodb.net")["asked"] == [SEED, "other.ab.mongodb.net"]


def test_clusters_that_nobody_linked_are_not_judged() -> None:
    found = facts()
    idle = {**cluster("dev"), "paused": True, "private_endpoints": []}
    services = [found["endpoint_service"]]
    project = {"id": "p", "name": "prod", "clusters": [idle, cluster()], "endpoint_services": services}
    half = {"private_endpoint_id": None, "endpoint_service_id": "s1", "status": "INITIATING"}
    endpoints = {"subscription_id": "s", "private_endpoints": [found["private_endpoint"]]}
    named = {"region": "eastus2", "resource_group": "rg", "endpoint_name": "pe"}
    link = looked(project, endpoints, [half], **named)
    assert [one["name"] for one in link["clusters"]] == ["cluster0"]
    assert looked({**project, "clusters": [idle]}, endpoints, [half], **named)["clusters"] == [idle]


def test_clouds_that_could_not_be_looked_at() -> None:
    trouble = {"msg": "…", "error": {"cause": "403 from Atlas", "fix": "Grant Project Read Only."}}
    found = verdict({}, [probed()], trouble=trouble)
    broken = found["broken"]
    assert (broken["hop"], broken["symptom"], found["ok"]) == ("control_plane", "cannot_look", False)
    assert "403 from Atlas" in broken["cause"] and broken["fix"] == "Grant Project Read Only."
    assert found["probes"][0]["ok"]


def test_a_record_that_is_not_what_the_api_says() -> None:
    string = {
        **cluster()["private_endpoints"][0],
        "endpoint_ids": [ENDPOINT],
        "targets": [{"host": HOST, "port": 1024}],
        "options": {"authSource": "admin", "replicaSet": "rs0"},
    }
    link = facts(clusters=[cluster(private_endpoints=[string])])

    def broken(symptom: tuple[str, str], targets: list[str], text: list[str]) -> Any:
        result = probed(symptom)
        for hop in result["probe"]["hops"]:
            hop["observed"] = {"srv": {"targets": targets}, "txt": {"records": text}}.get(hop["hop"], {})
        found = verdict(link, [result])["broken"]
        return found and (found["hop"], found["symptom"])

    good, options = [f"{HOST}:1024"], ["authSource=admin&replicaSet=rs0"]
    assert broken(("tcp", "refused"), good, options) == ("tcp", "refused")
    assert broken(("tcp", "refused"), [f"{HOST}:1524"], options) == ("srv", "outdated")
    assert broken(("hello", "wrong_set"), good, ["authSource=admin&replicaSet=old"]) == ("txt", "outdated")
    assert broken(("authentication", "wrong_credentials"), good, []) == ("txt", "outdated")
    assert broken(("tls", "expired"), good, ["replicaSet=rs0&authSource=admin"]) == ("tls", "expired")
    assert broken(("srv", "nxdomain"), [], []) == ("srv", "hidden")
