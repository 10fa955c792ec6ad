# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users install: the built artifact, its playbook by name, and the examples."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.lab.runtime import Lab
from tests.support.ansible import Play
from tests.support.environment import program
from tests.tools.stage import CHECKOUT, stage

pytestmark = pytest.mark.full

GALAXY = [program("ansible-galaxy"), "collection"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collections path into which the artifact was installed."""
    built, path = tmp_path_factory.mktemp("artifact"), tmp_path_factory.mktemp("collections")
    subprocess.run([*GALAXY, "build", "--output-path", str(built)], cwd=stage("clean"), check=True, capture_output=True)
    (artifact,) = built.glob("privatelink-mongodb-*.tar.gz")
    install = [*GALAXY, "install", str(artifact), "--offline", "-p", str(path)]
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(path)}  # the checkout would count as installed already
    subprocess.run(install, env=env, check=True, capture_output=True)
    return path


def test_the_installed_playbook_builds_a_link_by_its_name(lab: Lab, play: Play, installed: Path) -> None:
    played = play("atlas_private_link", "-vvv", env={"ANSIBLE_COLLECTIONS_PATH": str(installed)}).assert_ok()
    assert str(installed / "ansible_collections" / "privatelink" / "mongodb") in played.output
    assert len(lab.world.of_type("Microsoft.Network/privateEndpoints")) == 1


@pytest.mark.parametrize("playbook", ["atlas_private_link", "mongo_cluster_private_link", "teardown"])
def test_the_example_inventory_fits_the_playbooks(play: Play, playbook: str) -> None:
    inventory = str(CHECKOUT / "examples" / "inventory")
    play(playbook, "-i", inventory, "--list-hosts", "--syntax-check").assert_ok()
    hosts = play(playbook, "-i", inventory, "--list-hosts").output
    assert "orders-eastus2" in hosts and "catalog-eastus2" in hosts and "app1" not in hosts


@pytest.mark.parametrize("example", ["my-link.yml", "my-mongo-cluster-link.yml"])
def test_the_example_link_names_only_variables_that_exist(example: str) -> None:
    import yaml

    known: set[str] = set()
    for role in (CHECKOUT / "roles").iterdir():
        specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())
        known |= set(specs["argument_specs"]["main"]["options"])
    text = (CHECKOUT / "examples" / example).read_text().replace("# ", "")
    prefixes = ("atlas_", "mongo_cluster_", "private_link_")
    given = {line.partition(":")[0] for line in text.splitlines() if line.startswith(prefixes)}
    assert given and given <= known
