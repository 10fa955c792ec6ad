# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links that the artifact of release 0.9.0 made: this code plans, verifies and lists them without a change, and removes
them."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab import fleet, links, mongo_links
from tests.lab.demo import PLAYBOOKS
from tests.lab.runtime import Lab
from tests.lab.world import Json
from tests.support.ansible import Ansible
from tests.support.asserts import writes
from tests.support.environment import program
from tests.tools.stage import CHECKOUT

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]

RELEASE = "5fa33df314e7a21be5ee719e70e217cbc8ec440f"  # chore: release 0.9.0
ENDPOINTS = "Microsoft.Network/privateEndpoints"
ZONES = "Microsoft.Network/privateDnsZones"
NETWORKS = "Microsoft.Network/virtualNetworks"
#: Release 0.9.0 takes several tokens for a link, more than Atlas gives a service account for a fleet. A key takes none.
NO_SERVICE_ACCOUNT = {"MONGODB_ATLAS_CLIENT_ID": "", "MONGODB_ATLAS_CLIENT_SECRET": ""}


REMOVES = {
    "atlas_private_link_remove_virtual_network": True,
    "mongo_cluster_private_link_remove_virtual_network": True,
}


@dataclass(frozen=True)
class Company:
    """Links to both products that release 0.9.0 built in one lab."""

    lab: Lab
    links: dict[str, fleet.Variables]
    current: Ansible

    def report(self) -> dict[str, Json]:
        """Link -> what the last verification found."""
        document = json.loads((self.lab.directory / "report" / "report.json").read_text())
        return {link["name"]: link for link in document["links"]}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collections path that holds the artifact of release 0.9.0, built from its commit."""
    directory = tmp_path_factory.mktemp("release")
    source = directory / "source"
    found = subprocess.run(["git", "cat-file", "-e", f"{RELEASE}^{{commit}}"], cwd=CHECKOUT, check=False)
    assert found.returncode == 0, (
        f"this clone lacks the commit of release 0.9.0: git fetch --unshallow, or fetch {RELEASE}"
    )
    archive = directory / "source.tar"
    subprocess.run(["git", "archive", "--output", archive, RELEASE], cwd=CHECKOUT, check=True)
    with tarfile.open(archive) as files:
        files.extractall(source, filter="data")
    # Or the checkout would count as installed.
    quiet: Any = {"check": True, "stdout": subprocess.DEVNULL, "cwd": source}
    quiet["env"] = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(directory / "collections")}
    galaxy = [program("ansible-galaxy"), "collection"]
    subprocess.run([*galaxy, "build", "--output-path", directory], **quiet)
    (artifact,) = directory.glob("privatelink-mongodb-0.9.0.tar.gz")
    subprocess.run([*galaxy, "install", artifact, "--offline", "-p", directory / "collections"], **quiet)
    return directory / "collections"


@pytest.fixture(scope="module")
def company(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    directory = tmp_path_factory.mktemp("company")
    with Lab("instant") as lab:
        lab.seed()
        built = _links(lab)
        inventory = fleet.write(lab, built)
        key = next(one for one in lab.world.credentials.values() if one.kind == "key")
        who = {
            **NO_SERVICE_ACCOUNT,
            "MONGODB_ATLAS_PUBLIC_KEY": key.id,
            "MONGODB_ATLAS_PRIVATE_KEY": key.secret,
            "ANSIBLE_FORKS": "4",
        }
        old = Ansible(lab, directory, [inventory], {**who, "ANSIBLE_COLLECTIONS_PATH": str(release)})
        for playbook in PLAYBOOKS.values():
            old.play(playbook).assert_ok()
        yield Company(lab, built, Ansible(lab, directory, [inventory], who))


def _links(lab: Lab) -> dict[str, fleet.Variables]:
    """Four links to Atlas (two projects, two networks, each to each; one with a zone for its cluster) and two to Azure
    DocumentDB that share a network and a zone. The collection makes networks and zones."""
    hosts = fleet.seed(lab, 4)
    own_zone = list(hosts)[0]
    hosts[own_zone] = {**hosts[own_zone], "private_link_dns_mode": "cluster_zone"}
    group = str(lab.world.add_resource_group("rg-documents", "eastus2")["id"])
    for number in (1, 2):
        cluster = lab.world.add_mongo_cluster(f"documents-{number}", "rg-documents", "eastus2")
        site = links.new_site(lab, group, "eastus2", f"pe-documents-{number}", "vnet-documents", 9)
        variables = lab.variables(mongo_links.planned_at(cluster, site))
        hosts[f"documents-{number}"] = {**variables, "private_link_dns_resource_group": "rg-dns"}
    return {name: {**variables, **REMOVES} for name, variables in hosts.items()}


def of_type(lab: Lab, kind: str) -> set[str]:
    return {body["name"] for body in lab.world.of_type(kind)}


def test_upgrade_life_changes_nothing_and_takes_everything_down(company: Company) -> None:
    """One test, because each step needs the one before, and a playbook is slow to start."""
    plan_and_second_run_change_nothing(company)
    verification_and_inventory_find_every_link(company)
    teardown_of_one_link_leaves_the_others(company)
    teardown_of_the_rest_leaves_nothing(company)


def plan_and_second_run_change_nothing(company: Company) -> None:
    before = writes(company.lab)
    for playbook in PLAYBOOKS.values():
        for arguments in (("--check", "--diff"), ()):
            assert company.current.play(playbook, *arguments).assert_ok().changed == 0
    assert writes(company.lab) == before


def verification_and_inventory_find_every_link(company: Company) -> None:
    company.current.play("verify").assert_ok()
    assert {name: link["ok"] for name, link in company.report().items()} == dict.fromkeys(company.links, True)
    source = company.current.directory / "company.private_links.yml"
    source.write_text(
        yaml.safe_dump({"plugin": "privatelink.mongodb.links", "subscriptions": [company.lab.world.subscription_id]})
    )
    listed = Ansible(company.lab, company.current.directory, [source], company.current.env)
    found = json.loads(listed.run("ansible-inventory", "--list").assert_ok().output)
    endpoints = {host["private_link"]["private_endpoint"]["name"] for host in found["_meta"]["hostvars"].values()}
    assert endpoints == of_type(company.lab, ENDPOINTS) and len(endpoints) == len(company.links)


def teardown_of_one_link_leaves_the_others(company: Company) -> None:
    gone = [list(company.links)[0], "documents-1"]
    for name in gone:
        company.current.play("teardown", "--limit", name).assert_ok()
    rest = set(company.links) - set(gone)
    company.current.play("verify", "--limit", ",".join(rest)).assert_ok()
    assert {name: link["ok"] for name, link in company.report().items()} == dict.fromkeys(rest, True)


def teardown_of_the_rest_leaves_nothing(company: Company) -> None:
    rest = list(company.links)[1:-2] + ["documents-2"]
    company.current.play("teardown", "--limit", ",".join(rest), private_link_teardown_confirm=len(rest)).assert_ok()
    for kind in (ENDPOINTS, ZONES, NETWORKS):
        assert of_type(company.lab, kind) == set()
    assert [service for _project, service in company.lab.world.services()] == []
