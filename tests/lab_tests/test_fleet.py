# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab with a fleet to build, as people start it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab import fleet
from tests.lab.runtime import Lab


def lab_command(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.lab", "--directory", str(directory), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_lab_is_started_with_a_fleet_and_takes_its_secrets_along_when_it_stops(tmp_path: Path) -> None:
    started = lab_command(tmp_path, "start", "--links", "3", "--pace", "instant")
    try:
        written = tmp_path / "inventory.yml"
        assert f"-i {written}" in started.stdout, started.stderr
        assert written.stat().st_mode & 0o777 == 0o600
        assert len(yaml.safe_load(written.read_text())["private_links"]["hosts"]) == 3
    finally:
        stopped = lab_command(tmp_path, "stop")
    assert stopped.returncode == 0 and not written.exists()


@pytest.mark.parametrize("count", ["-1", str(fleet.MOST + 1), "many"])
def test_a_fleet_for_which_there_is_no_room_is_refused(tmp_path: Path, count: str) -> None:
    refused = lab_command(tmp_path, "start", "--links", count)
    assert refused.returncode == 2 and "--links" in refused.stderr and "Traceback" not in refused.stderr


@pytest.mark.parametrize(("product", "owner"), [("atlas", "project"), ("mongo_cluster", "cluster")])
def test_the_links_of_a_fleet_share_networks(product: str, owner: str) -> None:
    with Lab("instant") as lab:
        hosts: dict[str, dict[str, Any]] = fleet.seed(lab, 8, product)
        networks = Counter(link[f"{product}_private_link_virtual_network"] for link in hosts.values())
        prefixes = {link[f"{product}_private_link_subnet_address_prefix"] for link in hosts.values()}
        owners = Counter(link[f"{product}_private_link_{owner}"] for link in hosts.values())
        assert not lab.world.of_type("Microsoft.Network/virtualNetworks")
    assert set(networks.values()) == {2} and len(networks) == len(prefixes) == 4
    assert set(owners.values()) == {2 if product == "atlas" else 1}
    assert len({link[f"{product}_private_link_endpoint_name"] for link in hosts.values()}) == 8
