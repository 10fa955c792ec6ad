# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a playbook of a test's own and keeps each result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.ansible import Played

CALLBACKS = Path(__file__).parents[1] / "support" / "callback"
Json = dict[str, Any]


def recorded(playbook: Path, *arguments: str, env: dict[str, str]) -> tuple[Played, list[Json]]:
    """How a playbook ended, and each result: host, task, result."""
    lines = playbook.with_suffix(".recorded")
    lines.unlink(missing_ok=True)
    done = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-playbook"), str(playbook), *arguments],
        env={
            **env,
            "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", ".venv/collections"),
            "ANSIBLE_FORKS": "3",
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_SHOW_CUSTOM_STATS": "1",
            "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
            "ANSIBLE_STDOUT_CALLBACK": "recorded",
            "RECORDED": str(lines),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    told = [json.loads(line) for line in lines.read_text().splitlines()] if lines.exists() else []
    return Played(done.returncode, done.stdout + done.stderr), told
