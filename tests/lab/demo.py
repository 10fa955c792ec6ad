# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: the sample playbook against a lab, twice, as a person would watch it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PLAYBOOK = "privatelink.mongodb.atlas_private_link"
VERIFY = "privatelink.mongodb.verify"


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
    first, seconds = play(PLAYBOOK, directory, state)
    created = writes()
    print(f"\n  {seconds:.0f} s, {created} writes to the clouds.", flush=True)
    if not first:
        return False
    print("\nThe second run finds it done:\n", flush=True)
    second, seconds = play(PLAYBOOK, directory, state)
    print(f"\n  {seconds:.0f} s, {writes() - created} writes to the clouds.", flush=True)
    print(_report(directory))
    return second and writes() == created


def run_with_fault(
    directory: Path, state: dict[str, Any], fault: str, world: Callable[[], dict[str, Any]], inject: Callable[[], str]
) -> bool:
    """Builds the link, breaks it, and lets the verification say what is broken. True if it had something to say."""
    print("A healthy link is built:\n", flush=True)
    built, _seconds = play(PLAYBOOK, directory, state)
    if not built:
        return False
    # The application goes on with the names that it was given.
    clusters = [cluster for project in world()["projects"] for cluster in project["clusters"]]
    kept: dict[str, Any] = {"private_link_verify_srv_hosts": [host for one in clusters for host in one["srv_hosts"]]}
    if fault == "wrong_resolver":
        kept["private_link_verify_resolvers"] = [state["resolver"]]
    print(f"\nThe fault {fault} is injected: {inject()}")
    print("\nThe verification, which does not know of it:\n", flush=True)
    play(VERIFY, directory, state, "-e", json.dumps(kept))
    print(_report(directory))
    report = json.loads((directory / "report" / "report.json").read_text())
    return any(link["broken"] or link["findings"] for link in report["links"])


def _report(directory: Path) -> str:
    return f"\nThe report: {directory / 'report' / 'report.html'}"


def how_to_use(directory: Path, state: dict[str, Any], world: dict[str, Any]) -> str:
    """How to point one's own tools at a running lab; `world` is what its control door shows."""
    arm = state["environment"]["AZURE_RESOURCE_MANAGER_URL"]
    records = world["public_records"]
    targets = {name[:-2]: values[0] for name, values in records.items() if name.endswith(" A")} or {
        "<target>": "<address>"
    }
    target, address = next(iter(targets.items()))
    return f"""
The lab runs (pace {state["pace"]}, process {state["pid"]}). To use it:

  . {directory}/env.sh        # credentials, addresses and programs; only you can read the files that hold secrets
  ansible-playbook {PLAYBOOK} -e @{directory}/link.yml

  # az
  export AZURE_CONFIG_DIR={directory}/az
  az cloud register -n lab --endpoint-resource-manager {arm}
  az cloud set -n lab && az config set core.instance_discovery=false
  az login --service-principal -u "$AZURE_CLIENT_ID" -p "$AZURE_SECRET" --tenant "$AZURE_TENANT"
  az network private-endpoint list -o table

  # mongosh takes names from the system, so the target needs a line there first (the password is in link.yml)
  sudo sh -c 'echo "{address}  {target}" >> /etc/hosts'
  mongosh "mongodb://app@{target}:1024,{target}:1025,{target}:1026/?tls=true&authSource=admin" \\
    --tlsCAFile {state["ca"]}

  python -m tests.lab show | requests | stop
  python -m tests.lab fault --help
"""
