# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""azure_private_dns_zone_group and its info twin through the lab: life, exchange, groups of others, and refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.lab.mongo_cluster import ZONE, MongoCluster
from tests.lab.runtime import Lab
from tests.lab.world import Project, Timeline
from tests.support.asserts import assert_predicted, assert_refused, assert_unchanged, writes
from tests.support.azure import NETWORK, azure, path, reads, signed_in
from tests.support.modules import Run

MODULE, INFO = "azure_private_dns_zone_group", "azure_private_dns_zone_group_info"
GROUPS = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups"


@pytest.fixture
def cluster(lab: Lab, run: Run) -> MongoCluster:
    """The seeded cluster with an endpoint and a zone."""
    run("azure_virtual_network", **azure(lab, **NETWORK))
    cluster = next(iter(lab.world.mongo_clusters.values()))
    endpoint = {"virtual_network": "vnet-app", "subnet": "endpoints", "private_link_service_id": cluster.id}
    chosen = {"name": "pe-orders", "group_ids": ["MongoCluster"], "manual_request": False}
    run("azure_private_endpoint", **azure(lab, **endpoint, **chosen))
    run("azure_private_dns_zone", **azure(lab, name=ZONE))
    return cluster


def options(lab: Lab, *zones: str, **more: Any) -> dict[str, Any]:
    """Options for zones of these names in the seeded group."""
    asked = [{"zone_id": path(lab, "privateDnsZones", zone)} for zone in zones]
    return azure(lab, private_endpoint="pe-orders", zones=asked or None, **more)


def of(lab: Lab, endpoint: str) -> dict[str, Any]:
    return signed_in(lab, resource_group="rg-app", private_endpoint=endpoint)


def records(lab: Lab, run: Run, group: str = "rg-app") -> dict[str, list[str]]:
    """The addresses in the zone of that group."""
    listed = run("azure_private_dns_records_info", **signed_in(lab, resource_group=group, zone=ZONE, type="A"))
    return {one["name"]: one["value"] for one in listed["private_dns_records"]["records"]}


def test_life(lab: Lab, run: Run, cluster: MongoCluster) -> None:
    done = writes(lab)
    predicted = run(MODULE, check_mode=True, **options(lab, ZONE))
    assert writes(lab) == done
    created = run(MODULE, **options(lab, ZONE))
    assert_predicted(predicted, created, "zones")
    group = created["private_dns_zone_group"]
    assert writes(lab)[len(done) :] == [f"PUT {group['id']}"]
    assert (group["name"], group["provisioning_state"]) == ("default", "Succeeded")
    (zone,) = group["zones"]
    assert (zone["name"], zone["zone"]) == (ZONE.replace(".", "-"), ZONE)
    assert zone["zone_id"] == path(lab, "privateDnsZones", ZONE)
    (label,) = cluster.labels
    assert zone["record_sets"] == [
        {
            "name": label,
            "type": "A",
            "fqdn": f"{label}.{ZONE}",
            "ttl": 10,
            "addresses": ["127.20.1.4"],
            "provisioning_state": "Succeeded",
        }
    ]
    assert records(lab, run) == {label: ["127.20.1.4"]}
    (planned,) = predicted["private_dns_zone_group"]["zones"]
    assert planned == {**zone, "record_sets": []}

    done, asked = writes(lab), len(reads(lab))
    assert_unchanged(lab, run(MODULE, **options(lab, ZONE)), done)
    assert len(reads(lab)) == asked + 1
    assert_unchanged(lab, run(MODULE, **options(lab, ZONE.upper(), name="Default")), done)
    assert run(INFO, **of(lab, "pe-orders"))["private_dns_zone_groups"] == [group]

    assert run(MODULE, check_mode=True, **options(lab, state="absent"))["changed"] and writes(lab) == done
    assert run(MODULE, **options(lab, state="absent"))["changed"]
    assert lab.world.of_type(GROUPS) == [] and records(lab, run) == {}
    done = writes(lab)
    assert_unchanged(lab, run(MODULE, **options(lab, state="absent")), done)
    gone = options(lab, state="absent")
    for elsewhere in ({"private_endpoint": "none"}, {"resource_group": "rg-none"}):
        assert_unchanged(lab, run(MODULE, **{**gone, **elsewhere}), done)


def test_high_availability_has_two_names(lab: Lab, run: Run, cluster: MongoCluster) -> None:
    cluster.high_availability = True
    run("azure_private_endpoint", **azure(lab, name="pe-orders", state="absent"))
    endpoint = {"virtual_network": "vnet-app", "subnet": "endpoints", "private_link_service_id": cluster.id}
    made = run("azure_private_endpoint", **azure(lab, name="pe-orders", group_ids=["MongoCluster"], **endpoint))
    assert made["private_endpoint"]["ip_addresses"][0]["fqdns"] == list(cluster.hosts)
    (zone,) = run(MODULE, **options(lab, ZONE))["private_dns_zone_group"]["zones"]
    assert [one["name"] for one in zone["record_sets"]] == list(cluster.labels) and len(cluster.labels) == 2
    assert records(lab, run) == {label: ["127.20.1.4"] for label in cluster.labels}


def test_zones_come_and_go_in_place(lab: Lab, run: Run, cluster: MongoCluster) -> None:
    run("azure_private_dns_zone", **azure(lab, name="orders.example.com"))
    run(MODULE, **options(lab, ZONE))
    done = len(writes(lab))
    both = options(lab, "orders.example.com", ZONE)
    predicted, added = run(MODULE, check_mode=True, **both), run(MODULE, **both)
    assert_predicted(predicted, added)
    assert [one["record_sets"] != [] for one in added["private_dns_zone_group"]["zones"]] == [False, True]
    assert_unchanged(lab, run(MODULE, **options(lab, ZONE, "orders.example.com")), writes(lab))
    removed = run(MODULE, **options(lab, "orders.example.com"))
    assert (
        removed["changed"]
        and f"loses zone {path(lab, 'privateDnsZones', ZONE)}" in str(removed["warnings"])
        and records(lab, run) == {}
    )
    assert [one.split()[0] for one in writes(lab)[done:]] == ["PUT", "PUT"]


def test_a_zone_is_exchanged(lab: Lab, run: Run, cluster: MongoCluster) -> None:
    """Under the same name another zone: Azure refuses that in place."""
    lab.world.add_resource_group("rg-hub", "eastus2")
    run("azure_private_dns_zone", **{**azure(lab, name=ZONE), "resource_group": "rg-hub"})
    run(MODULE, **options(lab, ZONE))
    hub = {"zone_id": path(lab, "privateDnsZones", ZONE).replace("rg-app", "rg-hub")}
    moved = {**options(lab), "zones": [hub]}
    done = len(writes(lab))
    predicted, real = run(MODULE, check_mode=True, **moved), run(MODULE, **moved)
    assert_predicted(predicted, real, "zones")
    assert [one.split()[0] for one in writes(lab)[done:]] == ["DELETE", "PUT"]
    assert all("is deleted and created again" in str(one["warnings"]) for one in (predicted, real))
    assert records(lab, run) == {} and records(lab, run, group="rg-hub") == {cluster.labels[0]: ["127.20.1.4"]}
    assert_unchanged(lab, run(MODULE, **moved), writes(lab))

    # The same zone under another name; without waiting, too.
    lab.world.pace = replace(lab.world.pace, private_dns_zone_group=0.3)
    named = {**moved, "zones": [{**hub, "name": "mongocluster"}], "wait": False}
    assert run(MODULE, **named)["private_dns_zone_group"]["zones"][0]["name"] == "mongocluster"
    assert_unchanged(lab, run(MODULE, **moved), writes(lab))  # a name that was not asked for stays


def test_zones_of_one_name(lab: Lab, run: Run, cluster: MongoCluster) -> None:
    """Each for networks of its own. Which is named first makes no difference later."""
    lab.world.add_resource_group("rg-hub", "eastus2")
    run("azure_private_dns_zone", **{**azure(lab, name=ZONE), "resource_group": "rg-hub"})
    here = path(lab, "privateDnsZones", ZONE)
    zones = [{"zone_id": one} for one in (here.replace("rg-app", "rg-hub"), here)]
    run(MODULE, **options(lab, ZONE))
    both = run(MODULE, **{**options(lab), "zones": zones})
    name = ZONE.replace(".", "-")
    assert [one["name"] for one in both["private_dns_zone_group"]["zones"]] == [f"{name}-2", name]
    assert records(lab, run) == records(lab, run, group="rg-hub") == {cluster.labels[0]: ["127.20.1.4"]}
    assert_unchanged(lab, run(MODULE, **{**options(lab), "zones": zones[::-1]}), writes(lab))


def test_the_group_of_somebody_else(lab: Lab, run: Run, cluster: MongoCluster) -> None:
    """Azure allows one for each endpoint, and tools call it as they like."""
    run(MODULE, **options(lab, ZONE, name="deployedByPolicy"))
    done = writes(lab)
    adopted = run(MODULE, **options(lab, ZONE))
    assert adopted["private_dns_zone_group"]["name"] == "deployedByPolicy"
    assert_unchanged(lab, adopted, done)
    for check_mode in (True, False):
        refused = run(MODULE, check_mode=check_mode, **options(lab, ZONE, name="mine"))
        assert_refused(refused, "called deployedByPolicy, not mine", "one zone group", "name=deployedByPolicy")
    assert_unchanged(lab, run(MODULE, **options(lab, state="absent", name="mine")), done)
    assert run(MODULE, **options(lab, state="absent"))["changed"]
    assert run(MODULE, **options(lab, ZONE, name="mine"))["private_dns_zone_group"]["name"] == "mine"


def test_states(lab: Lab, run: Run, cluster: MongoCluster) -> None:
    lab.world.pace = replace(lab.world.pace, private_dns_zone_group=0.5)
    begun = run(MODULE, **options(lab, ZONE, wait=False))["private_dns_zone_group"]
    assert begun["provisioning_state"] == "Updating"
    assert run(MODULE, **options(lab, ZONE))["private_dns_zone_group"]["provisioning_state"] == "Succeeded"

    lab.world.timelines[begun["id"].lower()] = Timeline(lab.world.clock, "Failed")
    healed = run(MODULE, **options(lab, ZONE))
    assert healed["changed"] and healed["private_dns_zone_group"]["provisioning_state"] == "Succeeded"

    assert run(MODULE, **options(lab, state="absent", wait=False))["changed"]
    assert run(MODULE, check_mode=True, **options(lab, ZONE))["changed"]
    again = run(MODULE, **options(lab, ZONE))  # waits until the old one has gone
    assert again["changed"] and again["private_dns_zone_group"]["provisioning_state"] == "Succeeded"


def test_a_target_that_names_nothing(lab: Lab, run: Run, project: Project, cluster: MongoCluster) -> None:
    service = lab.world.add_service(project, "US_EAST_2")
    endpoint = {"virtual_network": "vnet-app", "subnet": "endpoints", "private_link_service_id": service.pls_id}
    run("azure_private_endpoint", **azure(lab, name="pe-atlas", **endpoint))
    made = run(MODULE, **{**options(lab, ZONE), "private_endpoint": "pe-atlas"})["private_dns_zone_group"]
    assert made["zones"][0]["record_sets"] == []


def test_lost_answers(lab: Lab, run: Run, cluster: MongoCluster) -> None:
    for method, state in (("PUT", "present"), ("DELETE", "absent")):
        lab.traffic.inject("cut", cloud="azure", method=method, path="privateDnsZoneGroups")
        done = len(writes(lab))
        assert run(MODULE, **options(lab, *([ZONE] if state == "present" else []), state=state))["changed"]
        assert len(writes(lab)) == done + 1


def test_before_anything_exists(lab: Lab, run: Run) -> None:
    assert run(MODULE, check_mode=True, **options(lab, ZONE))["changed"]
    assert run(INFO, **of(lab, "none"))["private_dns_zone_groups"] == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"zones": []}, ["zones", "1 to 5"]),
        ({"zones": [{"zone_id": "/z"}]}, ["zones.zone_id", "privateDnsZones"]),
        ({"zones": [{"zone_id": f"{{zones}}/z{number}.example"} for number in range(6)]}, ["zones", "1 to 5"]),
        ({"zones": [{"zone_id": "{zones}/z.example"}, {"zone_id": "{zones}/Z.example"}]}, ["zones.zone_id", "another"]),
        (
            {"zones": [{"zone_id": f"{{zones}}/{zone}", "name": "n"} for zone in ("a.example", "b.example")]},
            ["zones.name", "'n'"],
        ),
        ({"zones": [{"zone_id": "{zones}/none.example"}]}, ["none.example", "azure_private_dns_zone"]),
        ({"private_endpoint": "p/e"}, ["private_endpoint", "'p/e'"]),
        ({"private_endpoint": "none"}, ["none", "Create it first"]),
        ({"resource_group": "rg-none"}, ["rg-none", "Create the resource group"]),
        ({"name": "a/b"}, ["name", "'a/b'"]),
    ],
)
def test_bad_input(lab: Lab, run: Run, cluster: MongoCluster, wrong: dict[str, Any], words: list[str]) -> None:
    zones = path(lab, "privateDnsZones")
    given = [{**one, "zone_id": one["zone_id"].replace("{zones}", zones)} for one in wrong.get("zones", [])]
    asked = {**options(lab, ZONE), **wrong, **({"zones": given} if "zones" in wrong else {})}
    assert_refused(run(MODULE, **asked), *words)
    assert lab.world.of_type(GROUPS) == []


def test_permissions(lab: Lab, run: Run, cluster: MongoCluster) -> None:
    lab.world.rights.denied.add("Microsoft.Network/privateDnsZones/join/action")
    assert_refused(run(MODULE, **options(lab, ZONE)), "allows Microsoft.Network/privateDnsZones/join/action")
