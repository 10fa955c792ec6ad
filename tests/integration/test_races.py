# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of a fleet share things: several processes work on them at once. One makes what is missing, the others adopt
it, nobody loses anything, and only who changed something says so."""

from __future__ import annotations

import importlib
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from tests.integration.test_atlas_modules import endpoint_in
from tests.lab.runtime import Lab
from tests.lab.world import Project
from tests.support.asserts import writes
from tests.support.azure import NETWORK, azure, path, stored
from tests.support.modules import Run

MODULES = "ansible_collections.privatelink.mongodb.plugins.modules"
ZONE = "db.example.com"
TOGETHER = 6

Call = tuple[str, dict[str, Any]]


def task(start: float, name: str, options: dict[str, Any]) -> dict[str, Any]:
    """What a worker does: a module's work in a process of its own, from a given time on."""
    from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import process_door

    module = importlib.import_module(f"{MODULES}.{name}")
    own = {"_ansible_remote_tmp": "/tmp", "_ansible_check_mode": False, "_ansible_diff": False}
    time.sleep(max(0.0, start - time.time()))
    return process_door(module.SPEC, module.build, {**options, **own})


@pytest.fixture(scope="module")
def workers() -> Iterator[ProcessPoolExecutor]:
    """Processes that have imported what they need and nothing else, as Ansible's have."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"{MODULES}.azure_private_endpoint", f"{MODULES}.atlas_endpoint_service"])
    with ProcessPoolExecutor(TOGETHER, context) as pool:
        yield pool


def at_once(workers: ProcessPoolExecutor, *calls: Call) -> list[dict[str, Any]]:
    start = time.time() + 0.5
    results = [one.result(120) for one in [workers.submit(task, start, *call) for call in calls]]
    assert [one["msg"] for one in results if one.get("failed")] == []
    return results


def changed(results: list[dict[str, Any]]) -> int:
    return sum(one["changed"] for one in results)


def look_slowly(lab: Lab, path_: str, times: int = TOGETHER) -> None:
    """Makes sure that all have looked before one of them writes."""
    lab.traffic.inject("slow", method="GET", path=path_, times=times, seconds=0.5)


def test_an_endpoint_service_and_its_interfaces(lab: Lab, project: Project, workers: ProcessPoolExecutor) -> None:
    options = {"project_id": project.id, "wait_delay": 0.1, **lab.atlas_options()}
    look_slowly(lab, "endpointService$", 2 * TOGETHER)  # the challenge is a look, too
    made = at_once(workers, *[("atlas_endpoint_service", {**options, "region": "eastus2"})] * TOGETHER)
    assert changed(made) == 1 and len(project.services) == 1
    assert len({one["endpoint_service"]["id"] for one in made}) == 1

    service = made[0]["endpoint_service"]
    endpoints = [endpoint_in(lab, service, f"pe-{number}", f"10.0.0.{number + 4}") for number in range(3)]
    calls: list[Call] = [
        (
            "atlas_endpoint_interface",
            {
                **options,
                "endpoint_service_id": service["id"],
                "private_endpoint_id": endpoint,
                "ip_address": f"10.0.0.{number + 4}",
            },
        )
        for number, endpoint in enumerate(endpoints)
    ]
    look_slowly(lab, "/endpoint/")
    registered = at_once(workers, *calls, *calls)
    assert changed(registered) == 3
    assert {one["endpoint_interface"]["status"] for one in registered} == {"AVAILABLE"}


def subnet(number: int) -> dict[str, str]:
    return {"name": f"subnet-{number}", "address_prefix": f"127.20.{number}.0/24"}


@pytest.mark.parametrize("exists", [False, True])
def test_subnets_of_a_network(lab: Lab, run: Run, workers: ProcessPoolExecutor, exists: bool) -> None:
    """Each adds its own, whether somebody has made the network or all try to."""
    lab.world.pace = type(lab.world.pace)(virtual_network=0.1)
    if exists:
        assert run("azure_virtual_network", **azure(lab, **{**NETWORK, "subnets": []}))["changed"]
    calls = [
        ("azure_virtual_network", azure(lab, **{**NETWORK, "subnets": [subnet(number)], "wait_timeout": 60}))
        for number in range(TOGETHER)
    ]
    look_slowly(lab, "virtualNetworks/")
    made = at_once(workers, *calls)
    assert changed(made) == TOGETHER
    network = run("azure_virtual_network", **azure(lab, name="vnet-app"))["virtual_network"]
    assert {one["name"] for one in network["subnets"]} == {f"subnet-{number}" for number in range(TOGETHER)}


def test_a_zone_its_link_and_its_records(lab: Lab, run: Run, workers: ProcessPoolExecutor) -> None:
    """All use the zone, the link and one record set, and each has a record set of its own."""
    run("azure_virtual_network", **azure(lab, **NETWORK))
    link = {"virtual_network_id": path(lab, "virtualNetworks", "vnet-app")}
    users = [f"link-{number}" for number in range(TOGETHER)]

    look_slowly(lab, "privateDnsZones/")
    made = at_once(
        workers, *[("azure_private_dns_zone", azure(lab, name=ZONE, links=[link], used_by=user)) for user in users]
    )
    assert all("failed" not in one for one in made) and changed(made) >= 1
    assert len(lab.world.of_type("Microsoft.Network/privateDnsZones")) == 1
    tags = stored(lab, "privateDnsZones", ZONE, "virtualNetworkLinks", "vnet-app")["tags"]
    assert tags.pop("made-for") in users and tags == {"managed-by": "privatelink.mongodb"}

    shared = {"name": "@", "type": "A", "values": ["10.0.0.4"]}
    calls = [
        (
            "azure_private_dns_records",
            {
                **unwaited(lab, zone=ZONE, used_by=user),
                "records": [shared, {"name": user, "type": "CNAME", "values": ["db.example.net"]}],
            },
        )
        for user in users
    ]
    look_slowly(lab, "ALL")
    assert changed(at_once(workers, *calls)) == TOGETHER
    metadata = stored(lab, "privateDnsZones", ZONE, "A", "@")["properties"]["metadata"]
    assert {value for name, value in metadata.items() if name.startswith("used-by-")} == set(users)

    # Some leave while others come: what is used by anybody stays, and what nobody uses any more goes.
    leaving, staying = calls[: TOGETHER // 2], calls[TOGETHER // 2 :]
    gone = [
        (name, {**options, "records": [], "purge": True}) if number % 2 else (name, {**options, "state": "absent"})
        for number, (name, options) in enumerate(leaving)
    ]
    look_slowly(lab, "ALL")
    results = at_once(workers, *gone, *staying)
    assert changed(results) == len(gone) and changed(results[len(gone) :]) == 0
    found = run("azure_private_dns_records_info", **unwaited(lab, zone=ZONE))["private_dns_records"]["records"]
    assert {one["name"]: one["used_by"] for one in found} == {
        "@": users[TOGETHER // 2 :],
        **{user: [user] for user in users[TOGETHER // 2 :]},
    }


def unwaited(lab: Lab, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in azure(lab, **more).items() if not name.startswith("wait")}


def test_a_zone_that_somebody_begins_to_use_gets_its_links_back(
    lab: Lab, run: Run, workers: ProcessPoolExecutor
) -> None:
    """One leaves a zone, whose last user it is, while another writes into it."""
    run("azure_virtual_network", **azure(lab, **NETWORK))
    link = {"virtual_network_id": path(lab, "virtualNetworks", "vnet-app")}
    options = azure(lab, name=ZONE, links=[link])
    run("azure_private_dns_zone", **options, used_by="old")
    before = len(lab.requests)
    lab.traffic.inject("slow", cloud="azure", method="DELETE", path="virtualNetworkLinks", seconds=3)
    absent = {**azure(lab, name=ZONE), "used_by": "old", "state": "absent"}
    leaving = workers.submit(task, time.time(), "azure_private_dns_zone", absent)
    while not any("/ALL?" in one.path for one in lab.requests[before:]):  # it has looked for users
        time.sleep(0.05)
    records = [{"name": "db", "type": "A", "values": ["10.0.0.4"]}]
    run("azure_private_dns_records", **azure(lab, zone=ZONE, records=records), used_by="new")
    left = leaving.result(60)
    assert "failed" not in left, left
    assert [one["name"] for one in left["private_dns_zone"]["links"]] == ["vnet-app"]
    assert left["private_dns_zone"]["other_users"] == ["new"]
    again = run("azure_private_dns_zone", **options, used_by="new")
    assert not again["changed"] and stored(lab, "privateDnsZones", ZONE, "A", "db")


@pytest.mark.parametrize("listing", ["/virtualNetworkLinks", "/ALL"])
def test_zone_that_its_last_user_removes_meanwhile_is_absent(
    lab: Lab, run: Run, workers: ProcessPoolExecutor, listing: str
) -> None:
    """Several leave a zone at once: one removes it after another has read it, and before that one has read the rest."""
    run("azure_private_dns_zone", **azure(lab, name=ZONE), used_by="old")
    lab.traffic.inject("slow", cloud="azure", method="GET", path=f"{listing}\\?", seconds=2)
    absent = {**azure(lab, name=ZONE), "used_by": "old", "state": "absent"}
    before = len(lab.requests)
    leaving = workers.submit(task, time.time(), "azure_private_dns_zone", absent)
    while not any(f"{listing}?" in one.path for one in lab.requests[before:]):
        time.sleep(0.02)
    run("azure_private_dns_zone", **absent)
    left = leaving.result(60)
    assert "failed" not in left and "private_dns_zone" not in left, left


def test_endpoints_in_one_subnet(lab: Lab, run: Run, project: Project, workers: ProcessPoolExecutor) -> None:
    """Azure writes the subnet for each, and lets the others fail meanwhile."""
    run("azure_virtual_network", **azure(lab, **NETWORK))
    service = lab.world.add_service(project, "US_EAST_2")
    lab.world.pace = type(lab.world.pace)(virtual_network=0.1, private_endpoint=0.2)
    place = {"virtual_network": "vnet-app", "subnet": "endpoints", "private_link_service_id": service.pls_id}
    calls = [
        ("azure_private_endpoint", azure(lab, name=f"pe-{number}", wait_timeout=60, **place))
        for number in range(TOGETHER)
    ]
    made = at_once(workers, *calls)
    assert changed(made) == TOGETHER
    assert {one["private_endpoint"]["provisioning_state"] for one in made} == {"Succeeded"}
    assert len(writes(lab)) > 1 + TOGETHER  # some were sent again
    assert len({one["private_endpoint"]["ip_address"] for one in made}) == TOGETHER
    done = writes(lab)
    assert changed(at_once(workers, *calls)) == 0 and writes(lab) == done


def test_who_asks_too_much_waits(lab: Lab, run: Run, workers: ProcessPoolExecutor) -> None:
    """Reads and writes alike, also of tasks that have nothing to wait for."""
    run("azure_private_dns_zone", **azure(lab, name=ZONE))
    lab.traffic.inject("throttle", cloud="azure", method="GET", times=8, seconds=1)
    lab.traffic.inject("throttle", cloud="azure", method="PUT", times=8, seconds=1)
    calls = [
        (
            "azure_private_dns_records",
            unwaited(lab, zone=ZONE, records=[{"name": f"n{number}", "type": "A", "values": ["10.0.0.4"]}]),
        )
        for number in range(TOGETHER)
    ]
    assert changed(at_once(workers, *calls)) == TOGETHER
    assert lab.traffic.faults == []
