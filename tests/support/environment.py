# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment in which Ansible finds this checkout as the collection and writes nothing outside of it.

`make` exports the same. Here it is for a pytest that is started in any other way.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.tools.stage import CACHE, CHECKOUT

PROGRAMS = Path(sys.executable).parent
COLLECTIONS = CHECKOUT / ".venv" / "collections"


def program(name: str) -> str:
    """The path of a program of the Python environment that runs the tests."""
    return str(PROGRAMS / name)


def enter() -> None:
    os.environ.update(
        ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
        ANSIBLE_HOME=str(CACHE / "ansible"),
        HYPOTHESIS_STORAGE_DIRECTORY=str(CACHE / "hypothesis"),
        PATH=os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", os.defpath)]),
    )
