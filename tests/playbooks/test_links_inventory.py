# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company's hand-made links: the inventory tells them apart, the verification audits them, the playbooks take them
over, and nobody writes anything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab import faults
from tests.lab.rights import Assignment, Role
from tests.lab.runtime import Lab
from tests.lab.world import Json
from tests.playbooks import by_hand
from tests.support.ansible import Ansible, Played
from tests.tools.stage import CHECKOUT

pytestmark = pytest.mark.full

#: A subscription that nobody has.
OTHER = "00000000-0000-0000-0000-000000000000"
#: What stands and works.
HAND_MADE = {"orders", "billing", "plain", "catalog", "depot"}
#: A link's name -> the fault it has, and what the inventory says of it.
FAULTY = {
    "no-endpoint": ("endpoint_missing", ["orphan_registration"]),
    "no-registration": ("never_registered", ["orphan_endpoint", "pending"]),
    "two-addresses": ("wrong_ip_registered", ["ip_mismatch"]),
    "hidden": ("shadow_zone", ["shadowing_zone"]),
    "refused": ("rejected", ["disconnected"]),
    "astray": ("endpoint_of_another_service", ["wrong_target", "failed", "pending"]),
    "stale": ("mirrored_zone_with_stale_ports", ["stale_records"]),
    "lost": ("service_vanished", ["orphan_endpoint", "disconnected"]),
}
#: Of these there is not enough for a playbook to look at.
HALVES = {"no-endpoint", "no-registration", "lost"}
CONFIG = {
    **yaml.safe_load((CHECKOUT / "examples" / "company.private_links.yml").read_text()),
    "projects": [""],  # blank, as a survey gives it
    "atlas_auth": {
        "base_url": "",
        "client_id": "{{ lookup('ansible.builtin.env', 'MONGODB_ATLAS_CLIENT_ID') }}",
        "client_secret": "{{ lookup('ansible.builtin.env', 'MONGODB_ATLAS_CLIENT_SECRET') }}",
    },
    "compose": {"owner": "private_link.private_endpoint.tags.owner"},
}


@dataclass
class Company:
    """A lab full of links, and ways to look at them."""

    lab: Lab
    directory: Path

    def run(self, program: str, *arguments: str, **settings: str) -> Played:
        known = {"AZURE_SUBSCRIPTION_ID": OTHER, "ANSIBLE_FORKS": "4"}  # the inventory says in which one a link is
        ansible = Ansible(self.lab, self.directory, [self.inventory], {**known, **settings})
        return ansible.run(program, *arguments)

    @property
    def inventory(self) -> Path:
        return self.directory / "company.private_links.yml"

    def configure(self, **options: Any) -> None:
        own = {"subscriptions": [self.lab.world.subscription_id], "cache_connection": str(self.directory / "cache")}
        config = {**CONFIG, **own, **options}
        self.inventory.write_text(yaml.safe_dump(config))

    def asked(self) -> list[str]:
        """What was asked of the clouds since somebody called this last; none of it may be a write."""
        requests = list(self.lab.requests)
        self.lab.requests.clear()
        assert [f"{one.method} {one.path}" for one in requests if one.is_write] == []
        return [one.path for one in requests if not one.is_token]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with Lab("instant") as lab:
        lab.seed()
        for name, dns in (("orders", "host_zones"), ("billing", "cluster_zone"), ("plain", "public")):
            by_hand.atlas(lab, name, dns)
        for name, approval in (("catalog", "automatic"), ("depot", "manual")):
            by_hand.mongo_cluster(lab, name, approval)
        for name, (fault, _health) in FAULTY.items():
            lab.build_link(name)
            faults.inject(lab, fault, name)
        lab.build_link("theirs", dns="public")
        lab.change(lambda: _lead_elsewhere(lab, "theirs"))
        made = Company(lab, tmp_path_factory.mktemp("company"))
        made.configure()
        yield made


def _lead_elsewhere(lab: Lab, name: str) -> None:
    """Makes a private endpoint one to somebody's own Private Link Service."""
    next(one for one in lab.world.projects.values() if one.name == name).services.clear()
    (endpoint,) = lab.world.of_type("Microsoft.Network/privateEndpoints", f"{_group(lab, name)}/")
    (connection,) = endpoint["properties"]["manualPrivateLinkServiceConnections"]
    services = f"{_group(lab, name)}/providers/Microsoft.Network/privateLinkServices"
    connection["properties"]["privateLinkServiceId"] = f"{services}/own"


def _group(lab: Lab, name: str) -> str:
    return f"/subscriptions/{lab.world.subscription_id}/resourceGroups/rg-{name}"


@pytest.fixture(scope="module")
def found(company: Company) -> Json:
    """The inventory as Ansible lists it, read once from the clouds."""
    listed = company.run("ansible-inventory", "--list")
    inventory: Json = json.loads(listed.output)
    assert company.asked()
    return inventory


def links(found: Json) -> dict[str, Json]:
    """What was found of each link, by the name of its project or cluster."""
    told = [(one["private_link"], name) for name, one in found["_meta"]["hostvars"].items()]
    return {(one["project"] or {}).get("name") or (one["clusters"] or [name])[0]: one for one, name in told}


@pytest.fixture(scope="module")
def playing(company: Company, found: Json) -> list[str]:
    """Arguments of a playbook: each link is probed from its endpoint's own network."""
    links = found["_meta"]["hostvars"].values()
    subnets = [one["private_link"]["private_endpoint"] for one in links if one["private_link"]["private_endpoint"]]
    networks = {one["subnet_id"].partition("/subnets/")[0] for one in subnets}
    extra = {
        "resolvers": {network: company.lab.resolver(network) for network in networks},
        "private_link_verify_resolvers": [
            "{{ resolvers[private_link.private_endpoint.subnet_id.split('/subnets/')[0]] }}",
        ],
        "private_link_verify_ca_path": str(company.lab.ca_path),
        "private_link_verify_timeout": 2,
        "private_link_verify_report_directory": str(company.directory / "report"),
    }
    path = company.directory / "extra.yml"
    path.write_text(yaml.safe_dump(extra))
    return ["-e", f"@{path}"]


def test_each_link_is_a_host_in_the_groups_of_its_health(company: Company, found: Json) -> None:
    hosts = {name: set(group["hosts"]) for name, group in found.items() if "hosts" in group}
    health = {name: one["health"] for name, one in links(found).items()}
    lost = "unknown-eastus2-pe-lost-eastus2"  # no project has its service any more
    expected = {**{name: told for name, (_fault, told) in FAULTY.items()}, **dict.fromkeys(HAND_MADE, ["healthy"])}
    expected[lost] = expected.pop("lost")
    assert health == expected
    for name in {told for names in health.values() for told in names}:
        assert len(hosts[name]) == sum(name in told for told in health.values())
    assert hosts["needs_a_person"] == set(found["_meta"]["hostvars"]) - hosts["healthy"]
    assert hosts["project_orders"] == {"orders-eastus2-endpoint_orders"}
    assert hosts["mongo_cluster"] == {"catalog-eastus2-endpoint_catalog", "depot-eastus2-endpoint_depot"}
    assert len(hosts["private_links"]) == len(health) - len(HALVES)
    (finding,) = [one for one in links(found)["hidden"]["findings"] if one["severity"] == "breaks"]
    assert finding["rule"] == "shadow_zone" and "host_zones" in finding["fix"]


def test_the_cache_answers_without_the_clouds_and_holds_no_secret(company: Company, found: Json) -> None:
    """What somebody wrote into a cloud is no template, also when it comes from there."""
    tags = "msg={{ owner }}{{ private_link.private_endpoint.tags.purpose }}"
    shown = company.run("ansible", "healthy", "-m", "ansible.builtin.debug", "-a", tags)
    assert company.asked() == []
    assert shown.output.count("{{ 6 * 7 }}") == len(HAND_MADE) and "42" not in shown.output
    assert shown.output.count("[% 6 * 7 %]") == len(HAND_MADE)
    (kept,) = (company.directory / "cache").iterdir()
    world = company.lab.world
    for secret in [*(one.secret for one in world.credentials.values()), world.client_secret]:
        assert secret not in kept.read_text()
    stranger = company.run("ansible-inventory", "--graph", AZURE_CLIENT_ID="a1b2c3d4-0000-0000-0000-000000000000")
    assert "@healthy" not in stranger.output and company.asked()


def test_the_verification_audits_what_others_have_made(company: Company, found: Json, playing: list[str]) -> None:
    """Those that work are verified when they are taken over; what is said of which fault is the diagnosis' business."""
    chosen = ["--limit", "ip_mismatch:shadowing_zone", "-e", "private_link_verify_on_failure=report"]
    played = company.run("ansible-playbook", "privatelink.mongodb.verify", *chosen, *playing)
    assert played.code == 0 and played.changed == 0, played.output[-3000:]
    assert company.asked()
    report = json.loads((company.directory / "report" / "report.json").read_text())
    works = {one["name"].partition("-eastus2")[0]: one["ok"] for one in report["links"]}
    assert works == {"two-addresses": False, "hidden": False}


def test_the_playbooks_take_over_what_stands_and_change_nothing(
    company: Company, found: Json, playing: list[str]
) -> None:
    both = [f"privatelink.mongodb.{product}_private_link" for product in ("atlas", "mongo_cluster")]
    played = company.run("ansible-playbook", *both, "--limit", "healthy", *playing)
    assert played.code == 0 and played.changed == 0, played.output[-3000:]
    assert {name.partition("-")[0] for name in played.recap} == HAND_MADE
    assert company.asked()
    assert played.output.count("Nothing is broken") == len(HAND_MADE)


def test_what_cannot_be_read_is_said(company: Company) -> None:
    subscriptions = [company.lab.world.subscription_id, OTHER]
    missing = f"subscription'{OTHER}'couldnotbefound"  # lines are broken anywhere
    company.configure(subscriptions=subscriptions, products=["mongo_cluster"])
    stopped = "".join(company.run("ansible-inventory", "--graph").output.split())
    assert "@healthy" not in stopped and missing in stopped
    company.configure(subscriptions=subscriptions, products=["mongo_cluster"], on_error="warn")
    company.asked()
    rights, reader = company.lab.world.rights, Role("reader", ("*/read",))
    groups = (one["id"] for one in company.lab.world.of_type("Microsoft.Resources/resourceGroups"))
    rights.assignments = [Assignment(reader, group) for group in groups if not group.endswith("/rg-app-depot")]
    for _again in range(2):  # from the clouds, from the cache
        warned = company.run("ansible-inventory", "--graph").output
        assert missing in "".join(warned.split())
        assert "--catalog-" in warned and "pe-lost" not in warned and "--orders-" not in warned
        # Lists do not show what one may not read: that is no reason to think that the endpoint is gone.
        assert re.search(r"--@unseen_endpoint:\n.*--depot-", warned) and "@orphan_registration" not in warned
    rights.assignments = None
    assert not [path for path in company.asked() if "/api/atlas/" in path]
    company.configure(azure_auth={"tenent": "x", "secret": "hush-hush"})
    wrong = company.run("ansible-inventory", "--graph").output
    assert "azure_auth" in wrong and "tenent" in wrong and "hush-hush" not in wrong
    company.configure(subscriptions=["production"])
    assert "subscriptions is 'production': it must be the id of" in company.run("ansible-inventory", "--graph").output
    company.configure(subscription=OTHER)
    misspelt = company.run("ansible-inventory", "--graph").output
    assert "the name of an option is 'subscription': it must be one of" in misspelt
