# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays that become another user: tasks for the clouds do not, tasks on clients do. A program stands in for sudo."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from tests.lab.demo import environment
from tests.lab.runtime import Lab
from tests.playbooks.recording import Json, recorded

pytestmark = pytest.mark.full

#: Drops the environment as sudo does, says that it was called, and runs what comes after its own options.
SUDO = """#!/bin/sh
echo called >> {calls}
while [ "$#" -gt 0 ] && [ "$1" != /bin/sh ]; do shift; done
exec env -i PATH="$PATH" HOME="$HOME" "$@"
"""


def test_tasks_for_the_clouds_do_not_become_and_tasks_on_clients_do(lab: Lab, tmp_path: Path) -> None:
    calls, sudo, hosts = tmp_path / "calls", tmp_path / "sudo", tmp_path / "hosts"
    sudo.write_text(SUDO.format(calls=calls))
    sudo.chmod(0o755)
    hosts.write_text("127.0.0.1 localhost\n")
    links = {
        "atlas": lab.variables(lab.build_link("orders", dns="public")),
        "mongo": lab.variables(lab.build_mongo_link("ledger")),
    }
    local: Json = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "ansible_become_exe": str(sudo),
        "private_link_verify_probe": False,
        "private_link_verify_write_report": False,
    }
    inventory, playbook = tmp_path / "hosts.yml", tmp_path / "play.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": links, "vars": local}}))
    roles = {"atlas": "atlas_private_link", "mongo": "mongo_cluster_private_link"}
    plays: list[Json] = [
        {
            "hosts": host,
            "roles": [f"privatelink.mongodb.{name}" for name in (role, "private_link_dns", "private_link_verify")],
        }
        for host, role in roles.items()
    ]
    written = {"name": "privatelink.mongodb.private_link_dns"}
    on_clients = {"private_link_dns_mode": "hosts_file", "private_link_dns_hosts_path": str(hosts)}
    named = {"subscription_id": lab.world.subscription_id}
    theirs: list[Json] = [
        {"name": "no subscription", "privatelink.mongodb.azure_private_endpoint_info": {}},
        {"name": "no azure", "privatelink.mongodb.azure_private_endpoint_info": named},
        {"name": "no atlas", "privatelink.mongodb.atlas_project_info": {"project": "orders"}},
    ]
    plays += [
        {
            "hosts": "atlas",
            "tasks": [
                {"name": "before", "ansible.builtin.stat": {"path": str(calls)}, "become": False},
                {"ansible.builtin.include_role": {"name": "privatelink.mongodb.atlas_private_link"}},
                {"ansible.builtin.include_role": written, "vars": on_clients},
                *({**one, "ignore_errors": True} for one in theirs),
            ],
        }
    ]
    playbook.write_text(yaml.safe_dump([{"gather_facts": False, "become": True, **one} for one in plays]))
    env = environment({"environment": lab.environment()})
    played, results = recorded(playbook, "-i", str(inventory), env={**env, "ANSIBLE_BECOME_ALLOW_SAME_USER": "true"})
    assert played.code == 0, played.output[-6000:]
    told = {one["task"]: one["result"] for one in results}
    assert not told["before"]["stat"]["exists"], "a task for the clouds has become another user"
    assert len(hosts.read_text().splitlines()) > 1 and calls.exists()
    codes = {"no subscription": "NotGiven", "no azure": "NoCredentials", "no atlas": "NoCredentials"}
    for name, code in codes.items():
        assert told[name]["error"]["code"] == code
        assert "become" in told[name]["msg"] and "become" in told[name]["error"]["cause"]
