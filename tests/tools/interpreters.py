# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the Pythons of this machine, those on the PATH and those of pyenv."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
INTRODUCTION = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"


def search_path() -> str:
    """Return PATH with the directories of all Pythons put first.

    Tools look for `python3.12` on the PATH, where a shim of pyenv may stand that does not run.
    """
    found = (find(version) for version in VERSIONS)
    return os.pathsep.join([*(str(path.parent) for path in found if path), os.environ["PATH"]])


def find(version: str) -> Path | None:
    """Return the interpreter of that version ("3.12"), or None if there is none that runs."""
    for candidate in _candidates(version):
        answer = subprocess.run([candidate, "-c", INTRODUCTION], capture_output=True, text=True, check=False).stdout
        if answer.startswith(f"{version} "):
            return Path(answer.split(maxsplit=1)[1].strip())
    return None


def _candidates(version: str) -> Iterator[str]:
    name = f"python{version}"
    on_path = shutil.which(name)
    if on_path:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for path in pyenv.glob(f"versions/{version}.*/bin/{name}"):
        yield str(path)
