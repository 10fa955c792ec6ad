# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""azure_private_dns_records and its info twin through the lab: what is written, what is left alone, and what a client
in a linked network is then told."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import Client
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_dns_records import (
    PrivateDnsRecords,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Raced
from tests.lab.runtime import Lab
from tests.support.asserts import assert_predicted, assert_refused, assert_unchanged, writes
from tests.support.azure import azure, path, reads, signed_in, stored
from tests.support.modules import Run

MODULE, INFO, ZONES = "azure_private_dns_records", "azure_private_dns_records_info", "azure_private_dns_zone"
ZONE = "ab123.mongodb.net"
HOST = f"pl-0-eastus2-azure.{ZONE}"
SRV = [f"0 0 {port} {HOST}" for port in (1024, 1025, 1026)]
TEXT = "authSource=admin&replicaSet=atlas-x-shard-0" + "&a=b" * 80
RECORDS: list[dict[str, Any]] = [
    {"name": "pl-0-eastus2-azure", "type": "A", "values": ["127.20.1.4"]},
    {"name": "_mongodb._tcp.cluster0-pl-0", "type": "SRV", "ttl": 30, "values": SRV},
    {"name": "cluster0-pl-0", "type": "TXT", "values": [TEXT]},
    {"name": "v6", "type": "AAAA", "values": ["2001:DB8::0:1"]},
    {"name": "alias", "type": "CNAME", "values": [f"{HOST.upper()}."]},
]


@pytest.fixture
def options(lab: Lab, run: Run) -> dict[str, Any]:
    run(ZONES, **azure(lab, name=ZONE))
    return azure(lab, zone=ZONE, records=RECORDS)


def zone_path(lab: Lab, *names: str) -> str:
    return path(lab, "privateDnsZones", ZONE, *names)


def test_life(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    before = writes(lab)
    predicted = run(MODULE, check_mode=True, **options)
    assert writes(lab) == before
    created = run(MODULE, **options)
    assert_predicted(predicted, created)
    assert len(writes(lab)) == len(before) + len(RECORDS)
    strings = stored(lab, "privateDnsZones", ZONE, "TXT", "cluster0-pl-0")["properties"]["txtRecords"]
    assert [len(one) for one in strings[0]["value"]] == [255, len(TEXT) - 255]

    done, asked = writes(lab), len(reads(lab))
    assert_unchanged(lab, run(MODULE, **options), done)
    assert len(reads(lab)) == asked + 1
    spelled = [
        {"name": f"PL-0-eastus2-azure.{ZONE}.", "type": "A", "values": ["127.20.1.4"]},
        {"name": RECORDS[1]["name"], "type": "SRV", "values": [f"{one.upper()}." for one in reversed(SRV)]},
        {"name": "alias", "type": "CNAME", "values": [HOST]},
        {"name": "v6", "type": "AAAA", "values": ["2001:db8:0::1", "2001:db8::1"]},
    ]
    assert_unchanged(lab, run(MODULE, **{**options, "records": spelled}), done)

    moved = {**options, "records": [{**RECORDS[0], "values": ["127.20.1.5", "127.20.1.6"], "ttl": 5}, *RECORDS[1:]]}
    predicted = run(MODULE, check_mode=True, **moved)
    assert_predicted(predicted, run(MODULE, **moved))
    assert writes(lab)[len(done) :] == [f"PUT {zone_path(lab, 'A', 'pl-0-eastus2-azure')}"]

    names = [{"name": one["name"], "type": one["type"]} for one in RECORDS]
    assert run(MODULE, **{**options, "records": names, "state": "absent"})["diff"]["after"] == {}
    done = writes(lab)
    assert_unchanged(lab, run(MODULE, **{**options, "records": names, "state": "absent"}), done)


def test_what_a_client_is_told(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    run(MODULE, **options)
    answers = lab.world.zone_records(zone_path(lab))
    assert answers[("pl-0-eastus2-azure", "A")].values == ("127.20.1.4",)
    assert answers[(RECORDS[1]["name"], "SRV")].values == tuple(f"{one}." for one in SRV)
    assert answers[("alias", "CNAME")].values == (f"{HOST}.",)


def test_records_of_others(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    """Equal ones are left as they are, different ones are not overwritten, and none of them is removed."""
    run(MODULE, **options)
    foreign = stored(lab, "privateDnsZones", ZONE, "A", "pl-0-eastus2-azure")
    foreign["properties"]["metadata"] = {"owner": "network team"}
    done = writes(lab)
    assert_unchanged(lab, run(MODULE, **options), done)
    changed = {**options, "records": [{**RECORDS[0], "values": ["127.20.1.5"]}, *RECORDS[1:]]}
    for check_mode in (True, False):
        refused = run(MODULE, check_mode=check_mode, **changed)
        assert_refused(refused, "A pl-0-eastus2-azure is 127.20.1.4", "overwrite_foreign=true")
    assert writes(lab) == done
    left = run(MODULE, **{**options, "records": RECORDS[:2], "state": "absent"})
    assert left["changed"] and [one["type"] for one in left["private_dns_records"]["records"]] == ["A"]
    assert "A pl-0-eastus2-azure" in str(left["warnings"])

    taken = run(MODULE, **changed, overwrite_foreign=True)
    assert taken["changed"]
    metadata = stored(lab, "privateDnsZones", ZONE, "A", "pl-0-eastus2-azure")["properties"]["metadata"]
    assert metadata == {"owner": "network team", "managed-by": "privatelink.mongodb"}


def test_purge(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    run(MODULE, **options)
    stored(lab, "privateDnsZones", ZONE, "AAAA", "v6")["properties"]["metadata"] = {}
    purging = {**options, "records": RECORDS[:2], "purge": True}
    predicted = run(MODULE, check_mode=True, **purging)
    purged = run(MODULE, **purging)
    assert_predicted(predicted, purged)
    left = {
        (one["type"], one["name"])
        for one in run(INFO, **signed_in(lab, resource_group="rg-app", zone=ZONE))["private_dns_records"]["records"]
    }
    assert left == {("A", "pl-0-eastus2-azure"), ("SRV", RECORDS[1]["name"]), ("AAAA", "v6")}
    assert_unchanged(lab, run(MODULE, **purging), writes(lab))


def test_a_zone_that_is_not_there(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    elsewhere = {**options, "zone": "later.example"}
    before = writes(lab)
    assert run(MODULE, check_mode=True, **{**elsewhere, "records": RECORDS[:1]})["changed"]
    assert writes(lab) == before
    missing = run(MODULE, **{**elsewhere, "records": RECORDS[:1]})
    assert_refused(missing, "later.example", "Create it first")
    absent = {**elsewhere, "records": RECORDS[:1], "state": "absent"}
    assert run(MODULE, **absent)["changed"] is False
    assert run(MODULE, **{**absent, "resource_group": "no-such-group"})["changed"] is False
    no_group = run(MODULE, check_mode=True, **{**elsewhere, "records": RECORDS[:1], "resource_group": "none"})
    assert_refused(no_group, "Create the resource group first")


def test_somebody_else_was_faster(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    """Between the listing and the write: the record set is read again, and what is there by then counts."""
    one = {**options, "records": RECORDS[:1]}
    lab.traffic.inject("cut", cloud="azure", method="PUT", path="/A/")
    before = len(writes(lab))
    assert run(MODULE, **one)["changed"]
    assert len(writes(lab)) == before + 1  # the lost answer's write was found, not repeated

    lab.traffic.inject("refuse", cloud="azure", method="PUT", path="/A/", status=412, code="PreconditionFailed")
    changed = run(MODULE, **{**one, "records": [{**RECORDS[0], "values": ["127.20.1.9"]}]})
    assert changed["changed"]  # somebody else wrote meanwhile; our change is then made on what they left
    assert [e.status for e in lab.requests if e.method == "PUT" and "/A/" in e.path][-2:] == [412, 200]


def test_conditions_are_sent(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    """A stale etag is refused by Azure, so a change of somebody else is never lost."""
    run(MODULE, **{**options, "records": RECORDS[:1]})
    body = stored(lab, "privateDnsZones", ZONE, "A", "pl-0-eastus2-azure")
    asked = [{"name": "pl-0-eastus2-azure", "type": "A", "ttl": None, "value": ["127.20.1.9"]}]
    client = Client({**lab.azure_options(), "auth_source": "auto", "cloud_environment": "AzureCloud"})
    records = PrivateDnsRecords(client, "rg-app", ZONE, asked, present=True)
    plan = records.plan(records.read(), {"records": asked})
    body["etag"] = "changed-meanwhile"
    with pytest.raises(Raced):
        records.apply(plan.steps[0], None)
    creation = records.plan(None, {"records": asked})
    with pytest.raises(Raced):
        records.apply(creation.steps[0], None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "A", "values": ["10.0.0.256"]},
        {"type": "A", "values": ["2001:db8::1"]},
        {"type": "AAAA", "values": ["10.0.0.1"]},
        {"type": "SRV", "values": ["0 0 host"]},
        {"type": "SRV", "values": ["0 0 70000 host.example"]},
        {"type": "CNAME", "values": ["a.example"]},
        {"name": "x", "type": "CNAME", "values": ["a.example", "b.example"]},
        {"type": "A", "values": []},
        {"type": "A"},
        {"type": "A", "ttl": 0, "values": ["10.0.0.1"]},
        {"name": "x.example.org.", "type": "A", "values": ["10.0.0.1"]},
        {"name": "a b", "type": "A", "values": ["10.0.0.1"]},
    ],
    ids=str,
)
def test_bad_input(lab: Lab, run: Run, wrong: dict[str, Any]) -> None:
    assert_refused(run(MODULE, **azure(lab, zone=ZONE, records=[wrong])), "record")
    assert [one for one in lab.requests if one.cloud == "azure"] == []


def test_named_twice(lab: Lab, run: Run) -> None:
    twice = [RECORDS[0], {**RECORDS[0], "name": RECORDS[0]["name"].upper()}]
    assert_refused(run(MODULE, **azure(lab, zone=ZONE, records=twice)), "A pl-0-eastus2-azure", "once")


def test_info(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    made = run(MODULE, **options)["private_dns_records"]
    where = signed_in(lab, resource_group="rg-app", zone=ZONE)
    asked = len(reads(lab))
    assert run(INFO, **where)["private_dns_records"] == made
    assert len(reads(lab)) == asked + 1
    named = run(INFO, check_mode=True, **where, name=f"{HOST}.", type="A")["private_dns_records"]["records"]
    assert [one["value"] for one in named] == [["127.20.1.4"]]
    assert run(INFO, **{**where, "zone": "none.example"})["private_dns_records"] == {
        "zone": "none.example",
        "records": [],
    }


def test_two_that_share_a_zone(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    """Each removes what it alone uses; a record set that both use stays for the other, also where one is renumbered."""
    blue = {**options, "records": RECORDS[:3], "used_by": "blue", "purge": True}
    green = {**options, "records": RECORDS[2:4], "used_by": "green", "purge": True}
    run(MODULE, **blue)
    predicted = run(MODULE, check_mode=True, **green)
    made = run(MODULE, **green)
    assert_predicted(predicted, made)
    assert [one["used_by"] for one in made["private_dns_records"]["records"]] == [["green"], ["blue", "green"]]
    assert_unchanged(lab, run(MODULE, **blue), writes(lab))
    assert_unchanged(lab, run(MODULE, **green), writes(lab))

    left = run(MODULE, **{**blue, "records": []})
    assert left["changed"] and "used by green" in str(left["warnings"])
    found = run(INFO, **signed_in(lab, resource_group="rg-app", zone=ZONE))["private_dns_records"]["records"]
    assert [(one["type"], one["used_by"]) for one in found] == [("AAAA", ["green"]), ("TXT", ["green"])]
    assert_unchanged(lab, run(MODULE, **{**blue, "records": []}), writes(lab))
    run(MODULE, **{**green, "records": []})
    assert run(INFO, **signed_in(lab, resource_group="rg-app", zone=ZONE))["private_dns_records"]["records"] == []


def test_two_hundred_record_sets_in_one_task(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    """One listing (of as many pages as it has) and a write for each; the second time one listing and no write."""
    many = [{"name": f"pl-{n}", "type": "A", "values": [f"127.20.1.{n % 250}"]} for n in range(200)]
    written, asked = len(writes(lab)), len(reads(lab))
    assert run(MODULE, **{**options, "records": many})["changed"]
    assert len(writes(lab)) == written + 200 and len(reads(lab)) == asked + 1
    done, asked = writes(lab), len(reads(lab))
    assert_unchanged(lab, run(MODULE, **{**options, "records": many}), done)
    assert len(reads(lab)) == asked + 3  # 201 record sets, 100 to a page
    few = [*many[:7], {**many[7], "values": ["127.20.1.251"]}, *many[8:]]
    assert run(MODULE, **{**options, "records": few})["changed"]
    assert writes(lab)[len(done) :] == [f"PUT {zone_path(lab, 'A', 'pl-7')}"]


def test_many_records_are_listed_page_by_page(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    template = {"type": "Microsoft.Network/privateDnsZones/A", "etag": "1"}
    for number in range(150):
        ident = zone_path(lab, "A", f"host-{number}")
        properties = {"ttl": 60, "aRecords": [{"ipv4Address": "127.20.1.8"}], "fqdn": f"host-{number}.{ZONE}."}
        lab.world.azure[ident.lower()] = {**template, "id": ident, "name": f"host-{number}", "properties": properties}
    found = run(INFO, **signed_in(lab, resource_group="rg-app", zone=ZONE))["private_dns_records"]["records"]
    assert len(found) == 150
