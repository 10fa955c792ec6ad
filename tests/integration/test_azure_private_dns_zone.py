# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""azure_private_dns_zone and its info twin through the lab: zones, links, and what belongs to others."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.lab.runtime import Lab
from tests.support.asserts import assert_predicted, assert_refused, assert_unchanged, writes
from tests.support.azure import NETWORK, azure, path, reads, signed_in, stored
from tests.support.modules import Run

MODULE, INFO, RECORDS = "azure_private_dns_zone", "azure_private_dns_zone_info", "azure_private_dns_records"
ZONE = "pl-0-eastus2-azure.ab123.mongodb.net"
A = "127.20.1.4"
ZONES, LINKS = "Microsoft.Network/privateDnsZones", "Microsoft.Network/privateDnsZones/virtualNetworkLinks"


@pytest.fixture
def network(lab: Lab, run: Run) -> str:
    made = run("azure_virtual_network", **azure(lab, **NETWORK))
    return str(made["virtual_network"]["id"])


@pytest.fixture
def options(lab: Lab, network: str) -> dict[str, Any]:
    return azure(lab, name=ZONE, links=[{"virtual_network_id": network}])


def record(lab: Lab, name: str = "@", address: str = "127.20.1.4") -> dict[str, Any]:
    return azure(lab, zone=ZONE, records=[{"name": name, "type": "A", "values": [address]}])


def test_life(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    lab.world.pace = replace(lab.world.pace, virtual_network_link=0.2)
    before = writes(lab)
    predicted = run(MODULE, check_mode=True, **options)
    assert writes(lab) == before
    created = run(MODULE, **options)
    assert_predicted(predicted, created)
    zone = path(lab, "privateDnsZones", ZONE)
    assert writes(lab)[len(before) :] == [f"PUT {zone}", f"PUT {zone}/virtualNetworkLinks/vnet-app"]
    link = created["private_dns_zone"]["links"][0]
    assert link["link_state"] == "Completed" and link["registration_enabled"] is False
    assert (
        "resolutionPolicy" not in stored(lab, "privateDnsZones", ZONE, "virtualNetworkLinks", "vnet-app")["properties"]
    )

    done, asked = writes(lab), len(reads(lab))
    assert_unchanged(lab, run(MODULE, **options), done)
    assert len(reads(lab)) == asked + 2  # the zone and its links
    spelled = azure(lab, name=f"{ZONE.upper()}.", links=[{"virtual_network_id": link["virtual_network_id"].upper()}])
    assert_unchanged(lab, run(MODULE, **spelled), done)

    run(RECORDS, **record(lab))
    before = writes(lab)
    predicted = run(MODULE, check_mode=True, **azure(lab, name=ZONE, state="absent"))
    assert predicted["changed"] and predicted["diff"]["after"] == {} and writes(lab) == before
    assert run(MODULE, **azure(lab, name=ZONE, state="absent"))["changed"]
    assert lab.world.of_type(ZONES) == lab.world.of_type(LINKS) == []
    done = writes(lab)
    assert_unchanged(lab, run(MODULE, **azure(lab, name=ZONE, state="absent")), done)
    gone = {**azure(lab, name=ZONE, state="absent"), "resource_group": "no-such-group"}
    assert_unchanged(lab, run(MODULE, **gone), done)


def test_changes(lab: Lab, run: Run, network: str) -> None:
    name = "privatelink.mongocluster.cosmos.azure.com"
    options = azure(lab, name=name, links=[{"virtual_network_id": network}])
    run(MODULE, **options)
    stored(lab, "privateDnsZones", name)["tags"]["cost-center"] = "4711"
    changed = {**options, "tags": {"owner": "dns"}}
    changed["links"] = [{"virtual_network_id": network, "resolution_policy": "NxDomainRedirect"}]
    predicted = run(MODULE, check_mode=True, **changed)
    made = run(MODULE, **changed)
    assert_predicted(predicted, made)
    assert made["private_dns_zone"]["tags"] == {
        "managed-by": "privatelink.mongodb",
        "cost-center": "4711",
        "owner": "dns",
    }
    done = writes(lab)
    assert_unchanged(lab, run(MODULE, **changed), done)
    changed["links"] = [{"virtual_network_id": network, "registration_enabled": True}]
    link = run(MODULE, **changed)["private_dns_zone"]["links"][0]
    assert link["registration_enabled"] and link["resolution_policy"] == "NxDomainRedirect"


def test_links_of_others(lab: Lab, run: Run, options: dict[str, Any], network: str) -> None:
    """A link to the same network under another name is adopted; one of the same name to another network is drift."""
    other = run("azure_virtual_network", **azure(lab, **{**NETWORK, "name": "vnet-other"}))["virtual_network"]["id"]
    run(MODULE, **{**options, "links": [{"virtual_network_id": network, "name": "by-hand"}]})
    done = writes(lab)
    assert_unchanged(lab, run(MODULE, **options), done)
    for check_mode in (True, False):
        wrong = {**options, "links": [{"virtual_network_id": other, "name": "by-hand"}]}
        assert_refused(run(MODULE, check_mode=check_mode, **wrong), "link by-hand", "another name")
    assert writes(lab) == done

    added = run(MODULE, **{**options, "links": [{"virtual_network_id": other}]})
    assert [one["name"] for one in added["private_dns_zone"]["links"]] == ["by-hand", "vnet-other"]


def test_absent_leaves_what_belongs_to_others(lab: Lab, run: Run, options: dict[str, Any], network: str) -> None:
    other = run("azure_virtual_network", **azure(lab, **{**NETWORK, "name": "vnet-other"}))["virtual_network"]["id"]
    run(MODULE, **{**options, "links": [*options["links"], {"virtual_network_id": other}]})
    stored(lab, "privateDnsZones", ZONE, "virtualNetworkLinks", "vnet-other")["tags"] = {}
    run(RECORDS, **record(lab))
    run(RECORDS, **record(lab, "www"))
    stored(lab, "privateDnsZones", ZONE, "A", "www")["properties"]["metadata"] = {}

    absent = azure(lab, name=ZONE, state="absent")
    predicted = run(MODULE, check_mode=True, **absent)
    left = run(MODULE, **absent)
    assert_predicted(predicted, left)
    assert [one["name"] for one in left["private_dns_zone"]["links"]] == ["vnet-other"]
    assert left["private_dns_zone"]["foreign_record_sets"] == ["A www"]
    warning = " ".join(str(one) for one in left["warnings"])
    assert "vnet-other" in warning and "A www" in warning and "force=true" in warning
    assert_unchanged(lab, run(MODULE, **absent), writes(lab))

    by_name = azure(lab, name=ZONE, state="absent", links=[{"name": "no-such-link"}])
    assert_unchanged(lab, run(MODULE, **by_name), writes(lab))
    assert run(MODULE, **absent, force=True)["changed"]
    assert lab.world.of_type(ZONES) == lab.world.of_type(LINKS) == []


def test_absent_for_one_link(lab: Lab, run: Run, options: dict[str, Any], network: str) -> None:
    other = run("azure_virtual_network", **azure(lab, **{**NETWORK, "name": "vnet-other"}))["virtual_network"]["id"]
    run(MODULE, **{**options, "links": [*options["links"], {"virtual_network_id": other}]})
    left = run(MODULE, **{**options, "state": "absent"})
    assert left["changed"] and [one["name"] for one in left["private_dns_zone"]["links"]] == ["vnet-other"]
    assert_unchanged(lab, run(MODULE, **{**options, "state": "absent"}), writes(lab))
    last = run(MODULE, **azure(lab, name=ZONE, state="absent", links=[{"name": "VNET-OTHER"}]))
    assert last["changed"] and "private_dns_zone" not in last


def test_refusals(lab: Lab, run: Run, options: dict[str, Any], network: str) -> None:
    policy = [{"virtual_network_id": network, "resolution_policy": "Default"}]
    assert_refused(run(MODULE, **{**options, "links": policy}), "ResolutionPolicy", "privatelink zones")
    missing = [{"virtual_network_id": network + "-none"}]
    assert_refused(run(MODULE, **{**options, "links": missing}), "not found")
    before = writes(lab)
    for wrong in (
        {"name": "localhost"},
        {"links": [{"name": "x"}]},
        {"links": [{"virtual_network_id": "/x"}]},
    ):
        assert_refused(run(MODULE, **{**options, **wrong}), next(iter(wrong)))
    assert writes(lab) == before
    run(MODULE, **options)
    lab.world.add_resource_group("rg-other", "eastus2")
    assert_refused(run(MODULE, **{**options, "resource_group": "rg-other"}), "overlapping namespaces", "use that one")
    lab.world.rights.denied.add("Microsoft.Network/virtualNetworks/join/action")
    refused = run(MODULE, **{**options, "links": [{"virtual_network_id": network, "registration_enabled": True}]})
    assert_refused(refused, "allows Microsoft.Network/virtualNetworks/join/action")


def networks(lab: Lab, run: Run) -> list[dict[str, str]]:
    """Links to three networks."""
    for number in range(3):
        mine = {"name": f"vnet-{number}", "location": "eastus2", "address_prefixes": [f"127.3{number}.0.0/16"]}
        run("azure_virtual_network", **azure(lab, **mine))
    return [{"virtual_network_id": path(lab, "virtualNetworks", f"vnet-{number}")} for number in range(3)]


def test_links_come_and_go_side_by_side(lab: Lab, run: Run) -> None:
    options = azure(lab, name=ZONE, links=networks(lab, run))
    lab.world.pace = replace(lab.world.pace, virtual_network_link=0.4)

    def asked(begin: int) -> str:
        """In order: writes of links as L, of the zone as Z, looks at their operations as ."""
        story = ""
        for one in lab.requests[begin:]:
            if one.is_write:
                story += "L" if "/virtualNetworkLinks/" in one.path else "Z"
            elif "OperationStatuses" in one.path:
                story += "."
        return story

    begin = len(lab.requests)
    made = run(MODULE, **options)["private_dns_zone"]
    assert {one["link_state"] for one in made["links"]} == {"Completed"} and len(made["links"]) == 3
    assert re.fullmatch(r"Z\.+LLL\.+", asked(begin))
    begin = len(lab.requests)
    assert run(MODULE, **{**options, "state": "absent"})["changed"]
    assert re.fullmatch(r"LLL\.+Z\.+", asked(begin))


@pytest.mark.parametrize("refuses", [False, True])
def test_who_does_not_wait_does_not(lab: Lab, run: Run, options: dict[str, Any], refuses: bool) -> None:
    """But for the zone, where Azure wants that before it takes a link to it; a later task waits for all."""
    lab.world.pace = replace(lab.world.pace, private_dns_zone=0.3, virtual_network_link=30)
    if refuses:
        link = "virtualNetworkLinks"
        lab.traffic.inject("refuse", cloud="azure", method="PUT", path=link, status=404, code="ParentResourceNotFound")
    begun = run(MODULE, **options, wait=False)
    assert begun["changed"] and begun["private_dns_zone"]["links"][0]["link_state"] == "InProgress"
    assert any("OperationStatuses" in one for one in reads(lab)) is refuses
    lab.world.pace = replace(lab.world.pace, virtual_network_link=0)
    lab.world.timelines = {key: one for key, one in lab.world.timelines.items() if "virtualnetworklinks" not in key}
    waited = run(MODULE, **options)
    assert not waited["changed"] and waited["private_dns_zone"]["links"][0]["link_state"] == "Completed"


def test_bad_weather(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    """Answers that get lost are looked up, and nothing is created twice."""
    before = len(writes(lab))
    lab.traffic.inject("cut", cloud="azure", method="PUT", path="privateDnsZones/[^/]+[?]")
    lab.traffic.inject("throttle", cloud="azure", method="PUT", path="virtualNetworkLinks", seconds=0)
    lab.traffic.inject("cut", cloud="azure", method="PUT", path="virtualNetworkLinks")
    made = run(MODULE, **options)
    assert made["changed"] and made["private_dns_zone"]["links"][0]["link_state"] == "Completed"
    assert [one.request for one in lab.requests if one.is_write and one.status == 412] == []
    assert len(writes(lab)) == before + 3
    lab.traffic.inject("cut", cloud="azure", method="DELETE", times=2)
    assert run(MODULE, **azure(lab, name=ZONE, state="absent"))["changed"]


def test_info(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    assert run(INFO, **signed_in(lab))["private_dns_zones"] == []
    made = run(MODULE, **options)["private_dns_zone"]
    made.pop("foreign_record_sets"), made.pop("bound_endpoints"), made.pop("other_users")
    made["records"] = None
    run(MODULE, **azure(lab, name="example.net"))
    asked = len(reads(lab))
    listed = run(INFO, **signed_in(lab))["private_dns_zones"]
    assert [one["name"] for one in listed] == [ZONE, "example.net"] and listed[0] == made
    assert len(reads(lab)) == asked + 2  # nobody asks for the links of a zone without any
    assert run(INFO, check_mode=True, **signed_in(lab, resource_group="rg-app"))["private_dns_zones"] == listed
    assert run(INFO, **signed_in(lab, resource_group="rg-app", name=ZONE))["private_dns_zones"] == [made]
    assert run(INFO, **signed_in(lab, resource_group="rg-app", name="none.example"))["private_dns_zones"] == []
    assert run(INFO, **signed_in(lab, resource_group="no-such-group"))["private_dns_zones"] == []


def test_zones_that_have_to_do_with_a_domain(lab: Lab, run: Run) -> None:
    """The zones at, above and below it, wherever in the subscription; nothing is asked about any other."""
    lab.world.add_resource_group("rg-hub", "eastus2")
    names = ["mongodb.net", "ab123.mongodb.net", "pl-0.ab123.mongodb.net", "xab123.mongodb.net", "example.net"]
    for number, name in enumerate(names):
        run(MODULE, **{**azure(lab, name=name), "resource_group": "rg-hub" if number else "rg-app"})
    run(RECORDS, **{**azure(lab, zone=names[2], resource_group="rg-hub"), "records": [{"type": "A", "values": [A]}]})
    asked = len(reads(lab))
    found = run(INFO, **signed_in(lab, related_to=["AB123.mongodb.net."], record_sets=True))["private_dns_zones"]
    assert sorted(one["name"] for one in found) == sorted(names[:3])
    assert {one["name"]: [record["value"] for record in one["records"]] for one in found}[names[2]] == [[A]]
    assert len(reads(lab)) == asked + 1 + 3
    assert run(INFO, **signed_in(lab, related_to=[]))["private_dns_zones"] == []
    assert_refused(run(INFO, **signed_in(lab, related_to=["a b"])), "related_to", "a domain name")


def test_zones_made_for_others_are_not_read(lab: Lab, run: Run) -> None:
    """Those in the domain that only others use, unless they are those of one's own names."""
    host, domain = "pl-0.ab123.mongodb.net", "ab123.mongodb.net"
    shared = {f"pl-1.{domain}": "blue", host: "green", domain: "green"}
    for name, user in {**shared, f"pl-2.{domain}": "green", f"pl-3.{domain}": None}.items():
        run(MODULE, **azure(lab, name=name, **({"used_by": user} if user else {})))
    run(MODULE, **azure(lab, name=f"pl-4.{domain}", tags={"used-by-whom": "the team"}, used_by="green"))
    stored(lab, "privateDnsZones", f"pl-4.{domain}")["tags"] = {"used-by-whom": "the team"}
    asked = len(reads(lab))
    found = run(INFO, **signed_in(lab, related_to=[domain, host], for_user="Blue", record_sets=True))
    names = sorted(one["name"] for one in found["private_dns_zones"])
    assert names == sorted([*shared, f"pl-3.{domain}", f"pl-4.{domain}"])
    assert len(reads(lab)) == asked + 1 + len(names)
    assert len(run(INFO, **signed_in(lab, related_to=[domain]))["private_dns_zones"]) == 6
    assert "required by 'for_user': related_to" in run(INFO, **signed_in(lab, for_user="blue"))["msg"]


def test_two_that_share_a_zone(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    """All links stay for the names of the one that stays. The last one takes them and the zone."""
    other = run("azure_virtual_network", **azure(lab, **{**NETWORK, "name": "vnet-other"}))["virtual_network"]["id"]
    blue, green = {**options, "used_by": "blue"}, {**options, "used_by": "green"}
    green["links"] = [*options["links"], {"virtual_network_id": other}]
    run(MODULE, **blue)
    predicted = run(MODULE, check_mode=True, **green)
    made = run(MODULE, **green)
    assert_predicted(predicted, made)
    for same in (blue, green):
        assert_unchanged(lab, run(MODULE, **same), writes(lab))
    named = run(INFO, **signed_in(lab, used_by="BLUE"))["private_dns_zones"]
    assert [one["name"] for one in named] == [ZONE]
    assert run(INFO, **signed_in(lab, used_by="red"))["private_dns_zones"] == []

    absent = azure(lab, name=ZONE, state="absent", used_by="green")
    predicted = run(MODULE, check_mode=True, **absent)
    left = run(MODULE, **absent)
    assert_predicted(predicted, left)
    assert [one["name"] for one in left["private_dns_zone"]["links"]] == ["vnet-app", "vnet-other"]
    assert left["private_dns_zone"]["other_users"] == ["blue"]
    assert "used by blue" in str(left["warnings"]) and "vnet-other" in str(left["warnings"])
    assert run(INFO, **signed_in(lab, used_by="green"))["private_dns_zones"] == []
    assert_unchanged(lab, run(MODULE, **absent), writes(lab))
    assert_unchanged(lab, run(MODULE, **blue), writes(lab))
    gone = run(MODULE, **azure(lab, name=ZONE, state="absent", used_by="blue"))
    assert gone["changed"] and lab.world.of_type(ZONES) == lab.world.of_type(LINKS) == []


def test_a_zone_of_others_is_used_and_given_back(lab: Lab, run: Run, options: dict[str, Any], network: str) -> None:
    """It is not tagged; who uses it is known by the links and the records in it."""
    run(MODULE, **azure(lab, name=ZONE))
    foreign = stored(lab, "privateDnsZones", ZONE)["tags"] = {"team": "network"}
    run(MODULE, **options, used_by="blue")
    run(RECORDS, **record(lab), used_by="green")
    assert stored(lab, "privateDnsZones", ZONE)["tags"] == foreign
    for user, there in (("BLUE", 1), ("green", 1), ("red", 0)):
        found = run(INFO, **signed_in(lab, used_by=user))["private_dns_zones"]
        assert len(found) == there and all(one["records"] is None for one in found)
    left = run(MODULE, **azure(lab, name=ZONE, state="absent", used_by="blue"))["private_dns_zone"]
    assert left["tags"] == foreign and left["other_users"] == ["green"] and len(left["links"]) == 1
    run(RECORDS, **azure(lab, zone=ZONE, records=[]), purge=True, used_by="green")
    left = run(MODULE, **azure(lab, name=ZONE, state="absent", used_by="green"))["private_dns_zone"]
    assert left["tags"] == foreign and left["links"] == []


def test_a_zone_of_many_has_few_tags(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    """Azure allows 15 on a zone and on a link. A zone that was made for nobody else yet is found all the same."""
    run(MODULE, **azure(lab, name=ZONE, used_by="user-0"))
    assert [one["name"] for one in run(INFO, **signed_in(lab, used_by="user-0"))["private_dns_zones"]] == [ZONE]
    for number in range(20):
        run(MODULE, **options, used_by=f"user-{number}")
        run(RECORDS, **record(lab, f"host-{number}"), used_by=f"user-{number}")
    mark = {"managed-by": "privatelink.mongodb", "made-for": "user-0"}
    assert stored(lab, "privateDnsZones", ZONE)["tags"] == mark
    assert stored(lab, "privateDnsZones", ZONE, "virtualNetworkLinks", "vnet-app")["tags"] == mark
    for number in range(20):
        user = {"used_by": f"user-{number}"}
        assert [one["name"] for one in run(INFO, **signed_in(lab, **user))["private_dns_zones"]] == [ZONE]
        run(RECORDS, **azure(lab, zone=ZONE, records=[]), purge=True, **user)
        left = run(MODULE, **azure(lab, name=ZONE, state="absent"), **user).get("private_dns_zone")
        assert (left is None) is (number == 19)
        if left:
            assert {one["tags"]["made-for"] for one in (left, *left["links"])} == {"private endpoints"}
            assert len(left["other_users"]) == 19 - number


@pytest.mark.parametrize("blank", ["", " "])
def test_nobody_is_not_everybody(lab: Lab, run: Run, options: dict[str, Any], blank: str) -> None:
    """A variable that came out empty must not turn "what this one uses" into "all"."""
    run(MODULE, **options, used_by="blue")
    done = writes(lab)
    for module, wrong in (
        (INFO, signed_in(lab)),
        (MODULE, azure(lab, name=ZONE, state="absent")),
        (RECORDS, azure(lab, zone=ZONE, records=[], purge=True)),
    ):
        assert_refused(run(module, **wrong, used_by=blank), "used_by", "leave it out")
    assert writes(lab) == done


def test_a_link_that_was_made_for_nobody_in_particular_is_neither_marked_nor_removed(
    lab: Lab, run: Run, options: dict[str, Any]
) -> None:
    """As a team makes it that runs the zones for others."""
    made = run(MODULE, **options)["private_dns_zone"]["links"]
    before = writes(lab)
    used = run(MODULE, **options, used_by="blue")
    assert_unchanged(lab, used, before)
    assert used["private_dns_zone"]["links"] == made
    left = run(MODULE, **azure(lab, name=ZONE, state="absent", used_by="blue"))
    assert left["private_dns_zone"]["links"] == made
