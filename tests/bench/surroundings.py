# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of Ansible finds around it: a lab, and as little else of the user's as possible."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.away import Away
from tests.bench.measure import Cost, playbook, run
from tests.lab import fleet
from tests.lab.demo import PLAYBOOKS
from tests.lab.runtime import Lab
from tests.support.ansible import surroundings
from tests.support.environment import program

EMPTY = [{"hosts": "localhost", "gather_facts": False, "tasks": []}]
#: Without the proof of the data path by a driver, which takes its own time.
NO_PROBE = {"private_link_verify_probe": False}


def build(
    away: Away,
    links: Mapping[str, Mapping[str, Any]],
    directory: Path,
    *,
    product: str = "atlas",
    forks: int = 1,
    memory: bool = False,
    env: Mapping[str, str] | None = None,
    **variables: Any,
) -> Cost:
    """A run of the product's sample playbook for these links: inventory name -> variables."""
    report = {"private_link_verify_report_directory": str(directory / "report")}
    hosts = {name: {**own, **report, **variables} for name, own in links.items()}
    inventory = playbook(directory, fleet.inventory(hosts))
    command = [program("ansible-playbook"), PLAYBOOKS[product], "-i", str(inventory), "-f", str(forks)]
    return run(command, {**surroundings(away.ask(Lab.environment)), **(env or {})}, memory=memory)


def empty(away: Away, directory: Path) -> Cost:
    """A run of Ansible that has nothing to do."""
    return run([program("ansible-playbook"), str(playbook(directory, EMPTY))], surroundings(away.ask(Lab.environment)))
