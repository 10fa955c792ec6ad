# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role private_link_dns in all its modes, as a fleet: each case is a host of one inventory, and all of them go
through a life together: a rehearsal, the first run, a second one after a change in the world, and the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.rdatatype
import dns.zone
import pytest

from tests.lab.links import BuiltLink, Clouds
from tests.lab.runtime import Lab
from tests.support.ansible import LOCAL, Ansible, Play, Played
from tests.support.asserts import writes
from tests.support.modules import run_module

PLAYS = [
    {
        "hosts": "private_links",
        "gather_facts": False,
        "roles": ["privatelink.mongodb.private_link_dns"],
        "post_tasks": [{"name": "Result", "ansible.builtin.debug": {"var": "private_link_dns_result"}}],
    }
]
HOSTS_FILES = {"hosts-file": b"127.0.0.1 localhost\r\n10.9.9.9 without-newline"}
ZONES, LINKS = "Microsoft.Network/privateDnsZones", "Microsoft.Network/privateDnsZones/virtualNetworkLinks"


@dataclass
class Fleet:
    """A lab with links that have no private DNS yet, and the inventory of the cases."""

    lab: Lab
    directory: Path
    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, BuiltLink] = field(default_factory=dict)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, case: str, link: BuiltLink, mode: str, **variables: Any) -> None:
        """A case: this mode for the endpoint in the first region of a link."""
        self.links[case] = link
        self.hosts[case] = {
            "private_link_dns_mode": mode,
            "private_link_dns_endpoint_id": link.sites[0].endpoint_id,
            "private_link_dns_address": link.sites[0].address,
            "private_link_dns_project_id": link.project_id,
            "private_link_dns_resource_group": link.resource_group,
            "private_link_dns_links": [{"virtual_network_id": site.virtual_network_id} for site in link.sites],
            "private_link_dns_wait_delay": 0.2,
            **variables,
        }

    def play(self, *arguments: str, only: str = "all", **variables: Any) -> Played:
        for case, link in self.links.items():
            options = {**self.lab.atlas_options(), "project_id": link.project_id}
            self.hosts[case]["private_link_dns_clusters"] = run_module("atlas_connection_info", **options)["clusters"]
        ansible = Ansible(
            self.lab,
            self.directory,
            [{"private_links": {"hosts": self.hosts, "vars": LOCAL}}],
            {"ANSIBLE_FORKS": "3", "ANSIBLE_PIPELINING": "true"},
            record=True,
        )
        played = ansible.play(PLAYS, "--limit", only, *arguments, **variables)
        for case, result in played.results.get("Result", {}).items():
            self.results[case] = result["private_link_dns_result"]
        return played

    def zone_names(self) -> list[str]:
        return sorted(body["name"] for body in self.lab.world.of_type(ZONES))

    def answers(self, zone: str) -> dict[tuple[str, str], tuple[str, ...]]:
        """What the one zone of this name holds, without the SOA."""
        (body,) = [one for one in self.lab.world.of_type(ZONES) if one["name"] == zone]
        return {key: found.values for key, found in self.lab.world.zone_records(body["id"]).items() if key[1] != "SOA"}

    def first(self, case: str) -> str:
        """The first target host of a case's first cluster, as it is now."""
        project = self.lab.world.projects[self.links[case].project_id]
        return self.lab.world.private_strings(project, next(iter(project.clusters.values())))[0].targets[0][0]

    def by_hand(self, case: str, group: str, name: str, records: Any, linked: bool = True) -> None:
        """A zone that somebody made before, in another resource group."""
        network = self.links[case].sites[0].virtual_network_id
        clouds = Clouds(self.lab.world)
        self.lab.change(lambda: clouds.put_zone(group, name, [network] if linked else [], records))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with Lab("instant") as lab:
        lab.seed()
        fleet = Fleet(lab, tmp_path_factory.mktemp("dns"))
        hub = str(lab.world.add_resource_group("rg-hub", "eastus2")["id"])
        fleet.add("hosts", lab.build_link("plain", dns="public"), "host_zones", private_link_dns_resource_group=hub)
        fleet.hosts["hosts"]["private_link_dns_ttl"] = "60"  # as -e and surveys give numbers
        fleet.add("nobody", fleet.links["hosts"], "host_zones", private_link_dns_state="absent")
        fleet.hosts["nobody"]["private_link_dns_endpoint_id"] = " "
        fleet.add("cluster", lab.build_link("mirror", dns="public", clusters=["one", "two"]), "cluster_zone")
        both = lab.build_link("regions", dns="public", regions=["eastus2", "westeurope"])
        fleet.add("regions", both, "host_zones")
        fleet.add("regions-2", both, "host_zones")
        fleet.hosts["regions-2"]["private_link_dns_endpoint_id"] = both.sites[1].endpoint_id
        fleet.hosts["regions-2"]["private_link_dns_address"] = both.addresses[1]
        fleet.add("found", lab.build_link("found", dns="public"), "host_zones")
        fleet.by_hand("found", hub, fleet.first("found"), {})
        shadowed = lab.build_link("shadowed", dns="public")
        fleet.add("shadowed", shadowed, "host_zones")
        label, _dot, domain = fleet.first("shadowed").partition(".")
        fleet.by_hand("shadowed", hub, domain, {(label, "A"): shadowed.addresses})
        fleet.by_hand("shadowed", hub, "privatelink.mongodb.net", {(label, "A"): shadowed.addresses}, linked=False)
        fleet.add("records", shadowed, "records", private_link_dns_records_layout="cluster_zone")
        fleet.hosts["records"]["private_link_dns_records_directory"] = str(fleet.directory / "snippets")
        for name, content in HOSTS_FILES.items():
            path = fleet.directory / name
            path.write_bytes(content)
            fleet.add(name, shadowed, "hosts_file", private_link_dns_hosts_path=str(path))
            several = f"{name}-regions"
            fleet.add(several, both, "hosts_file", private_link_dns_hosts_path=str(path))
            fleet.hosts[several]["private_link_dns_clients"] = f"{several}, "
        yield fleet


@pytest.mark.timeout(600)
def test_a_life(fleet: Fleet) -> None:
    """One test, because each step stands on the one before, and a playbook is slow to start."""
    check_mode_writes_nothing(fleet)
    the_first_run_makes_what_each_mode_says(fleet)
    the_second_run_repairs_what_changed_and_nothing_else(fleet)
    the_first_to_leave_takes_only_its_own(fleet)
    nothing_is_left(fleet)


def check_mode_writes_nothing(fleet: Fleet) -> None:
    before = writes(fleet.lab), fleet.zone_names()
    checked = ("hosts", "cluster", "shadowed", "records", "hosts-file")
    played = fleet.play("--check", "--diff", only=",".join(checked))
    assert (writes(fleet.lab), fleet.zone_names()) == before
    assert not (fleet.directory / "snippets").exists()
    assert {name: (fleet.directory / name).read_bytes() for name in HOSTS_FILES} == HOSTS_FILES
    played.assert_failed()
    assert {name for name, told in played.recap.items() if told["failed"]} == {"shadowed"}
    assert {name for name, told in played.recap.items() if told["changed"]} == {*checked} - {"shadowed"}


def the_first_run_makes_what_each_mode_says(fleet: Fleet) -> None:
    played = fleet.play()
    failed = {name for name, told in played.recap.items() if told["failed"]}
    assert failed == {"shadowed", "nobody"}, played.output[-5000:]
    assert played.recap["nobody"]["changed"] == 0 and "private_link_dns_endpoint_id is empty" in played.output
    for case in ("hosts", "found", "regions", "regions-2"):
        for zone in fleet.results[case]["zones"]:
            (address,) = [site.address for site in fleet.links[case].sites if site.location in zone["zone"]]
            assert fleet.answers(zone["zone"]) == {("@", "A"): (address,)}
    assert len(fleet.results["regions"]["zones"]) == 2
    assert "/rg-hub/" in fleet.lab.world.of_type(ZONES, "/")[0]["id"]

    (zone,) = fleet.results["cluster"]["zones"]
    project = fleet.lab.world.projects[fleet.links["cluster"].project_id]
    published = {
        key: found.values for key, found in fleet.lab.world.public_records().items() if key[0].endswith(zone["zone"])
    }
    mirrored = {
        (f"{name}.{zone['zone']}", kind): values for (name, kind), values in fleet.answers(zone["zone"]).items()
    }
    assert mirrored == published and len(published) == 1 + 2 * len(project.clusters)
    assert "answers for every name below it" in played.output

    linked = [one["id"].split("/")[4] for one in fleet.lab.world.of_type(LINKS) if fleet.first("found") in one["id"]]
    assert linked == ["rg-hub"] and fleet.zone_names().count(fleet.first("found")) == 1
    refused = played.output
    assert "does not hold _mongodb._tcp.cluster0-pl-0." in refused and "private_link_dns_on_finding" in refused
    assert "No client asks for a name in the private zone privatelink.mongodb.net" in refused

    address, host = fleet.links["records"].sites[0].address, fleet.first("records")
    for name, content in HOSTS_FILES.items():
        written = (fleet.directory / name).read_bytes()
        sites = fleet.links["regions"].sites
        zones = [one["zone"] for one in fleet.results[f"{name}-regions"]["zones"]]
        several = [f"{site.address} {zone}" for zone in zones for site in sites if site.location in zone]
        assert len(several) == 2
        assert {f"{address} {host}", *several} < {*written.decode().splitlines()} and written.endswith(content)
    snippets_are_right(fleet, address, host)


def snippets_are_right(fleet: Fleet, address: str, host: str) -> None:
    result = fleet.results["records"]
    files = {path.name: path.read_text() for path in (fleet.directory / "snippets").iterdir()}
    assert files == {one["file"]: one["text"] for one in result["snippets"]}
    label, _dot, domain = host.partition(".")
    seed = fleet.links["records"].srv_host
    zone = dns.zone.from_text(files[f"{domain}.zone"], origin=domain, relativize=False)
    published = fleet.lab.world.public_records()
    for name, kind in ((f"_mongodb._tcp.{seed}", "SRV"), (seed, "TXT"), (host, "A")):
        found = zone.find_rdataset(f"{name}.", dns.rdatatype.from_text(kind))
        assert {one.to_text() for one in found} == set(published[(name, kind)].values)
    endpoint = fleet.links["records"].sites[0].endpoint
    lines = files[f"{endpoint}.dnsmasq.conf"].splitlines()
    assert f"host-record={host},{address},60" in lines
    assert f"srv-host=_mongodb._tcp.{seed},{host},1024,0,0" in lines
    (text,) = published[(seed, "TXT")].values
    assert f"txt-record={seed},{text}" in lines
    windows = files[f"{endpoint}.ps1"]
    assert f"-A -ZoneName '{domain}' -Name '{label}' -IPv4Address '{address}' -TimeToLive" in windows
    assert f"-DomainName '{host}.' -Priority 0 -Weight 0 -Port 1025 " in windows
    assert f'file "{domain}.zone";' in files[f"{endpoint}.named.conf"]


def the_second_run_repairs_what_changed_and_nothing_else(fleet: Fleet) -> None:
    """Atlas renumbers the endpoints, moves the ports and renames the replica set; somebody adds a record of his own."""
    world = fleet.lab.world
    old = {case: fleet.first(case) for case in ("hosts", "cluster")}
    (zone,) = fleet.results["cluster"]["zones"]
    (body,) = [one for one in world.of_type(ZONES) if one["name"] == zone["zone"]]
    clouds = Clouds(world)
    fleet.lab.change(lambda: clouds.put_records(body["id"], "by-hand", "A", ["10.7.7.7"]))
    for case in old:
        project = world.projects[fleet.links[case].project_id]
        for service in project.services.values():
            for interface in service.interfaces.values():
                interface.index = 1
    for cluster in world.projects[fleet.links["cluster"].project_id].clusters.values():
        cluster.nodes = 5
        cluster.set_name = f"{cluster.set_name}-renamed"
    before = len(fleet.lab.requests)
    played = fleet.play(only="all:!shadowed:!nobody").assert_ok()
    assert {name for name, told in played.recap.items() if told["changed"]} == set(old)
    asked = [one.path.partition("?")[0] for one in fleet.lab.requests[before:] if fleet.first("found") in one.path]
    assert len(asked) == len(set(asked)) == 2  # the links and the records of a zone that stands, once
    assert old["hosts"] not in fleet.zone_names() and fleet.first("hosts") in fleet.zone_names()
    there = fleet.answers(zone["zone"])
    assert there.pop(("by-hand", "A")) == ("10.7.7.7",)
    mirrored = {(f"{name}.{zone['zone']}", kind): values for (name, kind), values in there.items()}
    assert mirrored == {
        key: found.values for key, found in world.public_records().items() if key[0].endswith(zone["zone"])
    }
    assert any(values == tuple(values) and len(values) == 5 for (_name, kind), values in there.items() if kind == "SRV")


def the_first_to_leave_takes_only_its_own(fleet: Fleet) -> None:
    fleet.play(only="hosts,cluster,regions,found,hosts-file*", private_link_dns_state="absent").assert_ok()
    kept = [one["zone"] for one in fleet.results["regions-2"]["zones"]]
    domain = fleet.first("cluster").partition(".")[2]
    shadow = fleet.first("shadowed").partition(".")[2]
    assert fleet.zone_names() == sorted([*kept, domain, shadow, fleet.first("found"), "privatelink.mongodb.net"])
    assert list(fleet.answers(domain)) == [("by-hand", "A")]
    assert fleet.answers(fleet.first("found")) == {}
    assert {name: (fleet.directory / name).read_bytes() for name in HOSTS_FILES} == HOSTS_FILES


def nothing_is_left(fleet: Fleet) -> None:
    """Also where the resource group has gone already, and for somebody who may look into resource groups only."""
    group = fleet.links["hosts"].sites[0].group_id.lower()
    world = fleet.lab.world
    fleet.hosts["hosts"]["private_link_dns_resource_group"] = fleet.links["hosts"].resource_group
    for key in [key for key in world.azure if key == group or key.startswith(f"{group}/")]:
        del world.azure[key]
    before = len(writes(fleet.lab))
    listing = f"^/subscriptions/{world.subscription_id}/providers/Microsoft.Network/privateDnsZones"
    told = {"status": 403, "code": "AuthorizationFailed", "times": 3}
    fault = fleet.lab.traffic.inject("refuse", cloud="azure", method="GET", path=listing, **told)
    gone = fleet.play(only="regions-2,hosts,cluster,hosts-file*", private_link_dns_state="absent").assert_ok()
    assert fault.times == 0 and "zones of the subscription cannot be listed" in gone.output
    assert {name for name, told in gone.recap.items() if told["changed"]} == {"regions-2"}
    assert not set(fleet.zone_names()) & {one["zone"] for one in fleet.results["regions"]["zones"]}
    assert all("regions" in one for one in writes(fleet.lab)[before:])
    assert not [body for body in world.of_type(LINKS) if body.get("tags")]


@pytest.mark.full
@pytest.mark.parametrize("asked", [{"mode": "cluster_zone"}, {"mode": "records", "records_layout": "cluster_zone"}])
def test_a_zone_for_the_domain_that_all_clusters_share_is_refused(lab: Lab, play: Play, asked: dict[str, str]) -> None:
    link = lab.variables(lab.build_mongo_link("orders", dns="none"))
    options = {f"private_link_dns_{name}": value for name, value in asked.items()}
    played = play("mongo_cluster_private_link", product="mongo_cluster", **{**link, **options})
    name, value = list(options.items())[-1]
    played.assert_failed(f"{name} is {value}, which is for links to Atlas")
