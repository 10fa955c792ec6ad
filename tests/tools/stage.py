# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of the checkout where Ansible's tools want a collection, without what lies about in a working tree."""

from __future__ import annotations

import filecmp
import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

CHECKOUT = Path(__file__).resolve().parents[2]
CACHE = CHECKOUT / ".venv" / "cache"

#: Our own tests, which no user gets.
NOT_SHIPPED = tuple(
    f"tests/{name}/"
    for name in ("awx", "bench", "gates", "integration", "lab_tests", "playbooks", "reality", "support", "unit")
)


def stage(name: str, leave_out: tuple[str, ...] = ()) -> Path:
    """Return `<root>/ansible_collections/privatelink/mongodb`, holding what git would commit, as it is now.

    Left out is what lies in some folders, each given with its final slash.

    The copy is kept between runs (ansible-test leaves its environments in it) and only brought up to date;
    test workers that ask at the same time wait for each other.
    """
    root = CACHE / "stage" / name
    collection = root / "ansible_collections" / "privatelink" / "mongodb"
    collection.mkdir(parents=True, exist_ok=True)
    with FileLock(root / "lock"):
        if not (collection / ".git").exists():
            # The tools ask git which files there are, and must not find the checkout's own repository above them.
            _git("init", "--quiet", cwd=collection)
        wanted = checked_out(leave_out)
        for path in _files(collection) - wanted:
            _remove(collection / path, below=collection)
        for path in wanted:
            _update(CHECKOUT / path, collection / path)
    return collection


def checked_out(leave_out: tuple[str, ...] = ()) -> set[str]:
    """The files that git would commit, as paths from the checkout. What lies in some folders is left out."""
    return {path for path in _files(CHECKOUT) if (CHECKOUT / path).is_file() and not path.startswith(leave_out)}


def _files(repository: Path) -> set[str]:
    return set(_git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=repository).split("\0")[:-1])


def _update(source: Path, target: Path) -> None:
    if not target.exists() or not filecmp.cmp(source, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def _remove(path: Path, below: Path) -> None:
    """Remove a file, and the directories that it leaves empty: they would be taken for roles or plugins."""
    path.unlink()
    for directory in path.parents:
        if directory == below or any(directory.iterdir()):
            break
        directory.rmdir()


def _git(*arguments: str, cwd: Path) -> str:
    return subprocess.run(["git", *arguments], cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout
