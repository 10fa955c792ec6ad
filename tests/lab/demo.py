# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: the sample playbook against a lab, twice, as a person would watch it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VERIFY = "privatelink.mongodb.verify"


@dataclass(frozen=True)
class Product:
    """What a link can lead to: its name in reports and variables, and the playbook that builds the link."""

    name: str
    playbook: str


#: by what people type
PRODUCTS = {
    "atlas": Product("atlas", "privatelink.mongodb.atlas_private_link"),
    "vcore": Product("mongo_cluster", "privatelink.mongodb.mongo_cluster_private_link"),
}
PLAYBOOKS = {product.name: product.playbook for product in PRODUCTS.values()}


def environment(state: dict[str, Any]) -> dict[str, str]:
    """The environment of a playbook run against a lab."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "MONGODB_ATLAS_"))}
    return {
        **kept,
        **state["environment"],
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }


def play(playbook: str, directory: Path, state: dict[str, Any], *more: str) -> tuple[bool, float]:
    """Runs a playbook with the demo's way of showing it; (whether it succeeded, seconds)."""
    command = [str(Path(sys.executable).parent / "ansible-playbook"), playbook, "-e", f"@{directory / 'link.yml'}"]
    shown = {
        "ANSIBLE_STDOUT_CALLBACK": "lab_demo",
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
        "ANSIBLE_PIPELINING": "true",
    }
    began = time.monotonic()
    done = subprocess.run([*command, *more], env={**environment(state), **shown}, check=False)
    return done.returncode == 0, time.monotonic() - began


def run(directory: Path, state: dict[str, Any], writes: Callable[[], int]) -> bool:
    """Two runs and what each wrote. True if both succeeded and the second wrote nothing."""
    print("The first run creates the link:\n", flush=True)
    first, seconds = play(PLAYBOOKS[state["product"]], directory, state)
    created = writes()
    print(f"\n  {seconds:.0f} s, {created} writes to the clouds.", flush=True)
    if not first:
        return False
    print("\nThe second run finds it done:\n", flush=True)
    second, seconds = play(PLAYBOOKS[state["product"]], directory, state)
    print(f"\n  {seconds:.0f} s, {writes() - created} writes to the clouds.", flush=True)
    print(_report(directory))
    return second and writes() == created


def run_with_fault(
    directory: Path, state: dict[str, Any], fault: str, world: Callable[[], dict[str, Any]], inject: Callable[[], str]
) -> bool:
    """Builds the link, breaks it, and lets the verification say what is broken. True if it had something to say."""
    print("A healthy link is built:\n", flush=True)
    built, _seconds = play(PLAYBOOKS[state["product"]], directory, state)
    if not built:
        return False
    # The application goes on with the names that it was given.
    kept: dict[str, Any] = {"private_link_verify_srv_hosts": _srv_hosts(state, world())}
    if fault == "wrong_resolver":
        kept["private_link_verify_resolvers"] = [state["resolver"]]
    print(f"\nThe fault {fault} is injected: {inject()}")
    print("\nThe verification, which does not know of it:\n", flush=True)
    play(VERIFY, directory, state, "-e", json.dumps(kept))
    print(_report(directory))
    report = json.loads((directory / "report" / "report.json").read_text())
    return any(link["broken"] or link["findings"] for link in report["links"])


def _srv_hosts(state: dict[str, Any], world: dict[str, Any]) -> list[str]:
    """What the connection strings of the product's clusters name."""
    if state["product"] == "mongo_cluster":
        return [cluster["srv_hosts"][0] for cluster in world["mongo_clusters"]]
    clusters = [cluster for project in world["projects"] for cluster in project["clusters"]]
    return [host for cluster in clusters for host in cluster["srv_hosts"]]


def _report(directory: Path) -> str:
    return f"\nThe report: {directory.resolve() / 'report' / 'report.html'}"


def how_to_use(directory: Path, state: dict[str, Any], world: dict[str, Any]) -> str:
    """How to point one's own tools at a running lab, from any directory; `world` is what its control door shows."""
    directory = directory.resolve()
    arm = state["environment"]["AZURE_RESOURCE_MANAGER_URL"]
    beside = directory / "inventory.yml"
    inventories = [*state.get("inventories", []), *([str(beside)] if beside.exists() else [])]
    links = " ".join(f"-i {shlex.quote(path)}" for path in inventories) or f"-e @{shlex.quote(f'{directory}/link.yml')}"
    shell = _mongo_shell if state["product"] == "mongo_cluster" else _atlas_shell
    playbooks = [PLAYBOOKS[product] for product in state.get("products", [state["product"]])]
    builds = "\n".join(f"  ansible-playbook {playbook} {links}" for playbook in playbooks)
    here = shlex.quote(str(directory))
    return f"""
The lab runs (pace {state["pace"]}, process {state["pid"]}). To use it:

  . {here}/env.sh        # credentials, addresses and programs; only you can read the files that hold secrets
                         # more ways to sign in: atlas-key.sh, certificate.sh, workload-identity.sh, managed-identity.sh
{builds}
  ansible-playbook {VERIFY} {links}

  # az
  export AZURE_CONFIG_DIR={here}/az
  az cloud register -n lab --endpoint-resource-manager {arm}
  az cloud set -n lab && az config set core.instance_discovery=false
  az login --service-principal -u "$AZURE_CLIENT_ID" -p "$AZURE_SECRET" --tenant "$AZURE_TENANT"
  az network private-endpoint list -o table

  # mongosh takes names from the system, so the target needs a line there first (the password is in link.yml)
{shell(state, world)}
  # what exists, and which faults are in place; also: requests, faults, fault NAME link=NAME, heal
  {command(directory, "show")}
  {command(directory, "stop")}
"""


def command(directory: Path, *words: str) -> str:
    """A command of the lab in this directory, to be typed in any other one."""
    program = ("env", "-C", str(HERE.parents[1]), sys.executable, "-m", "tests.lab")
    return shlex.join([*program, "--directory", str(directory.resolve()), *words])


def _atlas_shell(state: dict[str, Any], world: dict[str, Any]) -> str:
    records = world["public_records"]
    addresses = [(name[:-2], values[0]) for name, values in records.items() if name.endswith(".mongodb.net A")]
    target, address = next(iter(addresses), ("<target>", "<address>"))
    hosts = ",".join(f"{target}:{port}" for port in (1024, 1025, 1026))
    return _shell(state, target, address, f"mongodb://app@{hosts}/?tls=true&authSource=admin")


def _mongo_shell(state: dict[str, Any], world: dict[str, Any]) -> str:
    cluster = world["mongo_clusters"][0]
    (srv,) = world["public_records"][f"_mongodb._tcp.{cluster['srv_hosts'][0]} SRV"]
    *_numbers, port, target = srv.rstrip(".").split()
    options = "tls=true&authMechanism=SCRAM-SHA-256&retryWrites=false"
    address = next(iter(cluster["addresses"]), "<address>")
    return _shell(state, target, address, f"mongodb://app@{target}:{port}/?{options}")


def _shell(state: dict[str, Any], target: str, address: str, uri: str) -> str:
    return f"""\
  sudo sh -c 'echo "{address}  {target}" >> /etc/hosts'
  mongosh "{uri}" \\
    --tlsCAFile {state["ca"]}
"""
