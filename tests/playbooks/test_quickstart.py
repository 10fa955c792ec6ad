# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quickstart of the documentation, as a reader types it: the demo, and the end of the link that it built."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.demo import PRODUCTS, VERIFY
from tests.tools.stage import CHECKOUT

pytestmark = pytest.mark.full

PAGE = CHECKOUT / "docs" / "docsite" / "rst" / "quickstart.rst"
LAB = [sys.executable, "-m", "tests.lab"]


def typed(command: str, directory: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    shell = ["bash", "-ec", f". {directory}/.lab/env.sh; {command}"]
    return subprocess.run(shell, cwd=directory, env=env, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture
def env() -> dict[str, str]:
    return {**os.environ, "ANSIBLE_NOCOLOR": "1"}


@pytest.fixture
def shown(tmp_path: Path, env: dict[str, str]) -> Iterator[str]:
    """What `make demo KEEP=1` prints. Its lab runs on."""
    command = [*LAB, "--directory", str(tmp_path / ".lab"), "demo", "--pace", "instant", "--keep"]
    done = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, timeout=240, check=False)
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        yield done.stdout
    finally:
        subprocess.run([*LAB, "--directory", str(tmp_path / ".lab"), "stop"], cwd=CHECKOUT, check=True)


def test_the_quickstart_does_what_it_says(shown: str, tmp_path: Path, env: dict[str, str]) -> None:
    first, second = shown.split("The second run finds it done:")
    assert "The private link works." in first and "The private link works." in second
    assert ", 0 writes to the clouds." in second

    # What the page has one type for a real link, the demo has just done twice; only the last step is still to be done.
    *steps, teardown = re.findall(r"^   \$ (ansible-playbook .*)$", PAGE.read_text(), re.MULTILINE)
    assert {step.split()[1] for step in steps} == {PRODUCTS["atlas"].playbook, VERIFY}
    (tmp_path / "my-link.yml").write_text((tmp_path / ".lab" / "link.yml").read_text())
    done = typed(teardown, tmp_path, env)
    assert done.returncode == 0 and re.search(r"changed=[1-9]", done.stdout), done.stdout + done.stderr
