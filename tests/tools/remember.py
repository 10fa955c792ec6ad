# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slow gates run again only if their input changed since they passed. In CI they always run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path

from tests.tools.stage import CACHE, CHECKOUT


def unless_passed(name: str, files: Iterable[str], check: Callable[[], object], remember: Path = CACHE) -> None:
    """Call `check`, unless it passed before with these files (paths from the checkout) and these installed packages."""
    mark = remember / "passed" / name
    key = fingerprint(files)
    if "CI" not in os.environ and mark.is_file() and mark.read_text() == key:
        return
    mark.unlink(missing_ok=True)
    check()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(key)


def fingerprint(files: Iterable[str], root: Path = CHECKOUT) -> str:
    """Names and contents of the files, and the names and versions of all installed packages, as one number."""
    installed = sorted({f"{package.name} {package.version}" for package in metadata.distributions()})
    found = hashlib.sha256("\n".join(installed).encode())
    for path in sorted(files):
        content = hashlib.sha256((root / path).read_bytes()).hexdigest()
        found.update(f"\0{path}\0{content}".encode())
    return found.hexdigest()
