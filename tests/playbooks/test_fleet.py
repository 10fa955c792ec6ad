# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets: links that share projects, networks and zones, built side by side by one Ansible or by several at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.lab import fleet, inventory, users_fleet
from tests.lab.demo import PLAYBOOKS
from tests.lab.fleet import Variables
from tests.lab.runtime import Lab
from tests.lab.world import Json
from tests.support.ansible import Ansible
from tests.support.asserts import writes
from tests.tools.stage import CHECKOUT

Hosts = dict[str, Variables]


class Fleet:
    """The links of one or more inventories, and one way to run playbooks on them."""

    def __init__(self, lab: Lab, *inventories: Path) -> None:
        self.lab = lab
        self.ansible = Ansible(lab, lab.directory, inventories, {"ANSIBLE_FORKS": "6"})

    def document(self) -> Json:
        """The report of the last verification."""
        found: Json = json.loads((self.lab.directory / "report" / "report.json").read_text())
        return found

    def report(self) -> dict[str, Json]:
        """What it says, by link."""
        return {link["name"]: link for link in self.document()["links"]}


def assert_whole(lab: Lab, hosts: Hosts) -> None:
    """Each link has what belongs to it, and there is nothing beside."""
    world = lab.world
    wanted = {link["atlas_private_link_endpoint_name"]: link for link in hosts.values()}
    endpoints = {one["name"]: one for one in world.of_type("Microsoft.Network/privateEndpoints")}
    assert set(endpoints) == set(wanted)
    assert {world.connection_state(one)[0] for one in endpoints.values()} == {"Approved"}
    networks = {one["name"]: one for one in world.of_type("Microsoft.Network/virtualNetworks")}
    assert set(networks) == {link["atlas_private_link_virtual_network"] for link in wanted.values()}
    interfaces = {
        (project.name, key): item.ip_address
        for project, service in world.services()
        for key, item in service.interfaces.items()
    }
    assert interfaces == {
        (link["atlas_private_link_project"], endpoints[name]["id"].lower()): world.endpoint_ip(endpoints[name])
        for name, link in wanted.items()
    }
    # However many links a project has in a region: one endpoint service, and one endpoint that tells who made it.
    for project, service in world.services():
        assert len(project.services) == 1
        tags = [endpoints[key.rpartition("/")[2]]["tags"] for key in service.interfaces]
        assert [tag for tag in tags if tag.get("atlas-endpoint-service") == service.id], tags
    strings = {
        (host, address)
        for project in world.projects.values()
        for cluster in project.clusters.values()
        for string in world.private_strings(project, cluster)
        for host, address in string.addresses
    }
    records = {
        (zone["name"], address)
        for zone in world.of_type("Microsoft.Network/privateDnsZones")
        for (_name, kind), found in world.zone_records(zone["id"]).items()
        for address in found.values
        if kind == "A"
    }
    assert records == strings and len(strings) == len(wanted)


@pytest.fixture
def hosts(lab: Lab) -> Hosts:
    """Eight links: four projects and four virtual networks, two links in each."""
    return fleet.seed(lab, 8)


def test_a_fleet_is_built_in_one_run_and_the_next_one_writes_nothing(lab: Lab, hosts: Hosts) -> None:
    made = Fleet(lab, fleet.write(lab, hosts))
    made.ansible.play(PLAYBOOKS["atlas"]).assert_ok()
    assert_whole(lab, hosts)
    assert {name: link["ok"] for name, link in made.report().items()} == dict.fromkeys(hosts, True)
    before, seen = writes(lab), len(lab.requests)
    lab.traffic.inject("throttle", cloud="azure", method="GET", path="privateDnsZones", times=10, seconds=1)
    assert made.ansible.play(PLAYBOOKS["atlas"]).assert_ok().changed == 0
    assert writes(lab) == before
    # Azure gives 500 reads of private DNS in five minutes; the page on fleets tells how many a link takes, however many
    # a project has.
    reads = [one for one in lab.requests[seen:] if "/privatednszones" in one.path.lower() and one.status == 200]
    assert len(reads) <= 3 * len(hosts)

    gone = "project-1-vnet-1"
    made.ansible.play("privatelink.mongodb.teardown", "--limit", gone).assert_ok()
    rest = {name: link for name, link in hosts.items() if name != gone}
    assert_whole(lab, rest)
    made.ansible.play("privatelink.mongodb.verify", "--limit", f"!{gone}").assert_ok()
    assert {name: link["ok"] for name, link in made.report().items()} == dict.fromkeys(rest, True)


@pytest.mark.full
def test_slices_run_at_once_and_a_link_that_fails_stops_no_other(lab: Lab, hosts: Hosts) -> None:
    """As AWX deals hosts out to the slices of a job, and with them links that share things."""
    names = list(hosts)
    broken = {"broken": {**hosts[names[0]], "atlas_private_link_region": "eastsu2"}}
    made = Fleet(lab, fleet.write(lab, {**hosts, **broken}))
    dealt = [[*names[number::3], *(broken if number == 1 else [])] for number in range(3)]
    with (
        made.ansible.playing(PLAYBOOKS["atlas"], "--limit", ",".join(dealt[0])) as first,
        made.ansible.playing(PLAYBOOKS["atlas"], "--limit", ",".join(dealt[1])) as second,
        made.ansible.playing(PLAYBOOKS["atlas"], "--limit", ",".join(dealt[2])) as third,
    ):
        played = [one.ended() for one in (first, second, third)]
    assert [one.code for one in played] == [0, 2, 0], "".join(one.output[-3000:] for one in played)
    failed = {host for one in played for host, told in one.recap.items() if told["failed"] or told["unreachable"]}
    assert failed == {"broken"} and "Did you mean" in played[1].output
    assert_whole(lab, hosts)


@pytest.mark.full
def test_the_example_is_a_fleet_of_both_products(lab: Lab, tmp_path: Path) -> None:
    """As it is, in a lab that is made for it."""
    example = CHECKOUT / "examples" / "inventory-fleet"
    made = Fleet(lab, example, users_fleet.provide(lab, inventory.read([example])))
    for product, count in (("atlas", 5), ("mongo_cluster", 1)):
        made.ansible.play(PLAYBOOKS[product]).assert_ok()
        report = made.report()
        assert len(report) == count and all(link["ok"] for link in report.values())
    assert {one["name"] for one in lab.world.of_type("Microsoft.Network/privateEndpoints")} == {
        f"pe-{host}" for host in lab.hosts
    }
    before = writes(lab)
    for playbook in PLAYBOOKS.values():
        assert made.ansible.play(playbook).assert_ok().changed == 0
    assert writes(lab) == before


@pytest.mark.full
def test_links_that_the_lab_built_are_as_the_playbooks_make_them(lab: Lab) -> None:
    hosts = {
        "orders": lab.variables(lab.build_link("orders")),
        "catalogue": lab.variables(lab.build_mongo_link("catalogue")),
    }
    made = Fleet(lab, fleet.write(lab, hosts))
    for product, host in (("atlas", "orders"), ("mongo_cluster", "catalogue")):
        played = made.ansible.play(PLAYBOOKS[product], "--limit", host).assert_ok()
        assert played.changed == 0 and writes(lab) == [], writes(lab)


@pytest.mark.full
def test_a_link_that_fails_before_it_is_verified_is_named_in_the_report(lab: Lab) -> None:
    """Links that have a playbook of their own left; they did not fail."""
    orders, catalogue = lab.variables(lab.build_link("orders")), lab.variables(lab.build_mongo_link("catalogue"))
    hosts = {
        "orders": orders,
        "mistyped": {**orders, "atlas_private_link_region": "eastsu2"},
        "incomplete": {name: value for name, value in orders.items() if name != "atlas_private_link_region"},
        "catalogue": catalogue,
        "elsewhere": {**catalogue, "mongo_cluster_private_link_cluster": "no-such-cluster"},
    }
    made = Fleet(lab, fleet.write(lab, hosts))
    for product, limit, works, missing in (
        ("atlas", "all", "orders", ["incomplete", "mistyped"]),
        ("mongo_cluster", "!incomplete", "catalogue", ["elsewhere"]),
    ):
        made.ansible.play(PLAYBOOKS[product], "--limit", limit).assert_failed()
        told = made.document()
        assert {name: link["ok"] for name, link in made.report().items()} == {works: True}
        assert (told["ok"], told["not_verified"]) == (False, missing)


@pytest.mark.full
def test_batches_that_are_over_count_in_the_report(lab: Lab, tmp_path: Path) -> None:
    known = {**lab.variables(lab.build_link("orders")), "private_link_verify_probe": False}
    hosts = {f"link-{number}": {**known, "private_link_verify_on_failure": "report"} for number in range(5)}
    hosts["link-1"]["private_link_verify_timeout"] = "soon"
    play = {
        "hosts": "private_links",
        "gather_facts": False,
        "serial": 2,
        "roles": [{"role": "privatelink.mongodb.private_link_verify"}],
    }
    playbook = tmp_path / "batches.yml"
    playbook.write_text(yaml.safe_dump([play]))
    made = Fleet(lab, fleet.write(lab, hosts))
    made.ansible.play(playbook).assert_failed()
    assert made.document()["not_verified"] == ["link-1"] and len(made.report()) == 4
