# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs playbooks as users do, against a lab in this process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab.demo import environment


@dataclass
class Played:
    """How a playbook ended: its return code, everything it printed, and the recap of each host."""

    code: int
    output: str

    @property
    def recap(self) -> dict[str, dict[str, int]]:
        lines = re.findall(r"^(\S+)\s+: (ok=.*)$", self.output, re.MULTILINE)
        return {host: {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", told)} for host, told in lines}

    @property
    def changed(self) -> int:
        return sum(host["changed"] for host in self.recap.values())


Play = Callable[..., Played]


@pytest.fixture
def play(lab: Any, tmp_path: Path) -> Play:
    """`play("atlas_private_link", "--check", atlas_private_link_region="...")`: variables beside the lab's own link,
    which is that of the `product`. A playbook that is none of ours is a path."""

    def run(
        playbook: str, *arguments: str, env: dict[str, str] | None = None, product: str = "atlas", **variables: Any
    ) -> Played:
        link = tmp_path / "link.yml"
        link.write_text(yaml.safe_dump({**lab.link_variables(product), **variables}))
        name = playbook if playbook.endswith(".yml") else f"privatelink.mongodb.{playbook}"
        command = [str(Path(sys.executable).parent / "ansible-playbook"), name]
        surroundings = {
            **environment({"environment": lab.environment()}),
            "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", ".venv/collections"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_STDOUT_CALLBACK": "default",
            **(env or {}),
        }
        done = subprocess.run(
            [*command, "-e", f"@{link}", *arguments],
            env=surroundings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        return Played(done.returncode, done.stdout + done.stderr)

    return run
