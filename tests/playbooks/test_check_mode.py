# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode in all ways in which Ansible can switch it on: the lab hears of no write, and no file changes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab.demo import environment
from tests.lab.runtime import Lab
from tests.playbooks.recording import Json, recorded

pytestmark = pytest.mark.full

LINKS = {"atlas": "atlas_private_link", "mongo": "mongo_cluster_private_link"}
CONTEXT = "privatelink.mongodb.private_link_context"


def roles(product: str) -> list[str]:
    return [f"privatelink.mongodb.{role}" for role in (LINKS[product], "private_link_dns", "private_link_verify")]


def included(role: str, **keywords: Any) -> Json:
    name, _from, tasks = role.partition(":")
    what = {"name": name, **({"tasks_from": tasks} if tasks else {}), **keywords}
    return {"ansible.builtin.include_role": what}


def public_access(product: str) -> list[str]:
    return [f"{roles(product)[0]}:public_access"] if product == "mongo" else []


#: A way to switch check mode on -> the play for the links to a product.
WAYS: dict[str, Callable[[str], Json]] = {
    "command line": lambda product: {"tasks": [included(role) for role in roles(product) + public_access(product)]},
    "play": lambda product: {**WAYS["command line"](product), "check_mode": True},
    "block": lambda product: {
        "tasks": [{"check_mode": True, "block": [included(role) for role in roles(product) + public_access(product)]}]
    },
    "apply": lambda product: {
        "tasks": [included(role, apply={"check_mode": True}) for role in roles(product) + public_access(product)]
    },
    "entry": lambda product: {"roles": [{"role": role, "check_mode": True} for role in roles(product)]},
}


@dataclass
class Rehearsals:
    lab: Lab
    folder: Path
    hosts: dict[str, Json]

    def play(self, *ways: str, only: str = "all", check: bool = False) -> dict[str, list[Json]]:
        """Plays one way after the other. Host -> what its tasks did: name, changed, failed."""
        plays = [
            {"name": f"{way} {product}", "hosts": f"{product}*", "gather_facts": False, **WAYS[way](product)}
            for way in ways
            for product in LINKS
        ]
        playbook, inventory = self.folder / "play.yml", self.folder / "hosts.yml"
        playbook.write_text(yaml.safe_dump(plays))
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        inventory.write_text(yaml.safe_dump({"all": {"hosts": self.hosts, "vars": local}}))
        before, files = self.writes(), self.files()
        options = ["-i", str(inventory), "--limit", only, *(["--check"] if check else [])]
        played, told = recorded(playbook, *options, env=environment({"environment": self.lab.environment()}))
        assert played.code == 0, played.output[-6000:]
        assert self.writes() == before
        assert self.files() == files
        assert "CUSTOM STATS" not in played.output
        found: dict[str, list[Json]] = {host: [] for host in played.recap}
        for one in told:
            result = {name: one["result"].get(name) for name in ("changed", "failed")}
            found[one["host"]].append({"task": one["task"], **result})
        return found

    def writes(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.lab.requests if one.is_write]

    def files(self) -> dict[str, str]:
        return {str(path): path.read_text() for path in self.folder.rglob("*") if path.parent != self.folder}


@pytest.fixture(scope="module")
def rehearsals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsals]:
    folder = tmp_path_factory.mktemp("check")
    (folder / "client").mkdir()
    (folder / "client" / "hosts").write_text("127.0.0.1 localhost\n")
    with Lab("instant") as lab:
        lab.seed()
        orders, ledger = lab.build_link("orders", dns="public"), lab.build_mongo_link("ledger")
        moved = orders.sites[0].subnet_prefix.replace(".0/24", ".77")
        moved_ledger = ledger.site.subnet_prefix.replace(".0/24", ".77")
        atlas, mongo = lab.variables(orders), lab.variables(ledger)
        files = {"private_link_verify_report_directory": str(folder / "client" / "report")}
        hosts: dict[str, Json] = {
            "atlas-new": lab.link_variables(),
            "atlas-same": {**atlas, "private_link_verify_venv": str(folder / "client" / "venv")},
            "atlas-moved": {
                **atlas,
                "atlas_private_link_static_ip": moved,
                "atlas_private_link_recreate": True,
                "atlas_private_link_remove_last_interface": True,
                "private_link_dns_mode": "hosts_file",
                "private_link_dns_hosts_path": str(folder / "client" / "hosts"),
            },
            "atlas-others": {
                **atlas,
                "atlas_private_link_manage_endpoint": False,
                "private_link_dns_mode": "records",
                "private_link_dns_records_directory": str(folder / "client" / "records"),
            },
            "atlas-gone": {
                **atlas,
                "atlas_private_link_state": "absent",
                "atlas_private_link_remove_service": "always",
                "atlas_private_link_remove_virtual_network": True,
            },
            "mongo-new": {
                **lab.link_variables("mongo_cluster"),
                "mongo_cluster_private_link_register_providers": True,
                "mongo_cluster_private_link_approval": "manual",
                "mongo_cluster_private_link_public_network_access": "Disabled",
            },
            "mongo-moved": {
                **mongo,
                "mongo_cluster_private_link_static_ip": moved_ledger,
                "mongo_cluster_private_link_recreate": True,
                "mongo_cluster_private_link_public_network_access": "Disabled",
            },
            "mongo-gone": {
                **mongo,
                "mongo_cluster_private_link_state": "absent",
                "mongo_cluster_private_link_public_network_access": "Enabled",
                "mongo_cluster_private_link_remove_virtual_network": True,
            },
        }
        yield Rehearsals(lab, folder, {name: {**variables, **files} for name, variables in hosts.items()})


def test_a_play_in_check_mode_does_what_the_command_line_does(rehearsals: Rehearsals) -> None:
    by_command_line = rehearsals.play("command line", check=True)
    by_play = rehearsals.play("play")
    assert by_play == by_command_line
    assert all(any(task["changed"] for task in by_play[host]) for host in by_play if host.partition("-")[2] != "same")


def test_blocks_includes_and_entries_in_check_mode_write_nothing(rehearsals: Rehearsals) -> None:
    found = rehearsals.play("block", "apply", "entry", only="*moved:atlas-new")
    assert all(any(task["changed"] for task in tasks) for tasks in found.values())


def test_the_context_says_whether_the_task_is_in_check_mode(tmp_path: Path) -> None:
    ask: Json = {"name": "off", CONTEXT: {}, "register": "found"}
    tasks = [ask, {**ask, "name": "on", "check_mode": True}]
    play = {"hosts": "localhost", "gather_facts": False, "become": True, "tasks": tasks}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    answers = {}
    for arguments in ([], ["--check"]):
        played, told = recorded(tmp_path / "play.yml", *arguments, env=dict(os.environ))
        assert played.code == 0, played.output
        answers.update({(*arguments, one["task"]): one["result"]["check_mode"] for one in told})
    assert answers == {("off",): False, ("on",): True, ("--check", "off"): True, ("--check", "on"): True}
