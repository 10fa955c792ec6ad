# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts of an inventory say of their links, as Ansible reads it: with group and host variables and templates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
PRODUCTS = ("atlas", "mongo_cluster")
_LINK = (
    *("resource_group", "endpoint_name", "virtual_network", "virtual_network_resource_group", "subnet", "location"),
    *("address_prefixes", "subnet_address_prefix", "static_ip"),
)
_OWN = {
    "atlas": ("project", "project_id", "region", "clusters", "manage_endpoint"),
    "mongo_cluster": ("cluster", "cluster_resource_group"),
}
#: The variables that the lab reads. It reads no password, and of what signs in only the subscription.
NAMES = (
    *(f"{product}_private_link_{name}" for product in PRODUCTS for name in (*_OWN[product], *_LINK)),
    *("private_link_dns_resource_group", "private_link_dns_links", "private_link_azure_subscription_id"),
)
#: The variables of which only their being there matters: the lab has other credentials.
AUTH = (
    *("private_link_azure_auth", "private_link_atlas_auth", "private_link_dns_azure_auth"),
    "mongo_cluster_private_link_cluster_azure_auth",
)
# Without a default: before ansible-core 2.19 it would also take the place of what cannot be rendered.
_THERE = "{{ lab_names | intersect(query('ansible.builtin.varnames', '^.*private_link_.*')) }}"
_TELL = "{{ dict(lab_there | zip(query('ansible.builtin.vars', *lab_there))) }}"
_NAMED = "{{ query('ansible.builtin.varnames', '^.*private_link_.*') }}"
_SUBSCRIPTION = "{{ (private_link_azure_auth | default({}, true)).subscription_id | default('', true) }}"


@dataclass(frozen=True)
class Told:
    """What one host says. `values` has no empty ones; `named` are all variables of the collection that it has."""

    host: str
    values: Mapping[str, Any]
    named: frozenset[str] = frozenset()

    def get(self, name: str, otherwise: str = "") -> str:
        """A text."""
        return str(self.values.get(name) or otherwise)

    def need(self, name: str, allowed: str = "it has no default") -> str:
        """The same. Raises ValueError if there is none."""
        if not self.get(name):
            raise self.wrong(name, f"is missing: {allowed}")
        return self.get(name)

    def many(self, name: str) -> list[Any]:
        """A list. Raises ValueError for something else."""
        found = self.values.get(name) or []
        if not isinstance(found, list):
            raise self.wrong(name, f"is {found!r}: a list")
        return found

    def wrong(self, name: str, why: str) -> ValueError:
        return ValueError(f"host {self.host}: {name} {why}")

    @property
    def products(self) -> list[str]:
        """What its links lead to; none for a host that is no link."""
        atlas = self.get("atlas_private_link_project") or self.get("atlas_private_link_project_id")
        cluster = self.get("mongo_cluster_private_link_cluster")
        return [product for product, leads in zip(PRODUCTS, (atlas, cluster), strict=True) if leads]


def read(inventories: Sequence[Path]) -> list[Told]:
    """All hosts. Raises ValueError for an inventory that does not exist or that Ansible cannot read."""
    for path in inventories:
        if not path.exists():
            raise ValueError(f"the inventory {path} does not exist")
    play = {
        "hosts": "all",
        "gather_facts": False,
        "vars": {"lab_names": list(NAMES), "lab_there": _THERE},
        "tasks": [
            {
                "name": "Tell",
                "ansible.builtin.debug": {
                    "msg": {"values": _TELL, "named": _NAMED, "subscription": _SUBSCRIPTION},
                },
            }
        ],
    }
    with tempfile.TemporaryDirectory(prefix="lab-") as directory:
        playbook = Path(directory) / "read.yml"
        playbook.write_text(yaml.safe_dump([play]))
        # One after the other, in the order of the inventory.
        command = [str(Path(sys.executable).parent / "ansible-playbook"), str(playbook), "--forks", "1"]
        shown = {"ANSIBLE_STDOUT_CALLBACK": "lab_told", "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback")}
        strict = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
        given = [word for path in inventories for word in ("-i", str(path))]
        done = subprocess.run(
            [*command, *given], env={**os.environ, **shown, **strict}, check=False, capture_output=True, text=True
        )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"host"')]
    for line in lines:
        if "failed" in line:
            raise ValueError(f"host {line['host']}: its variables cannot be read: {line['failed']}")
    if done.returncode:
        raise ValueError(f"Ansible cannot read the inventory: {' '.join((done.stderr or done.stdout).split())}")
    return [_told(line["host"], line["told"]) for line in lines]


def _told(host: str, told: dict[str, Any]) -> Told:
    values = {name: value for name, value in told["values"].items() if value not in (None, "", [])}
    if told["subscription"]:
        values.setdefault("private_link_azure_subscription_id", told["subscription"])
    return Told(host, values, frozenset(told["named"]))
