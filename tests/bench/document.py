# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/performance.md: text by hand, and between two comments for each part what it measured."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "performance.md"
VERSIONS = ("ansible-core", "azure-identity", "azure-mgmt-network", "azure-mgmt-privatedns", "requests")


@dataclass(frozen=True)
class Target:
    """One of the targets, what was reached, and the most that is allowed."""

    what: str
    reached: float
    allowed: float
    unit: str

    @property
    def row(self) -> tuple[str, str, str, str]:
        met = "yes" if self.reached <= self.allowed else "**no**"
        return self.what, f"{self.allowed:.4g} {self.unit}", f"{self.reached:.3g} {self.unit}", met


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; numbers with a fraction get two digits of it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(value: object) -> str:
    text = f"{value:.2f}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|")


def targets(found: Iterable[Target]) -> str:
    rows = [target.row for target in found]
    return table(("target", "at most", "reached", "met"), rows) if rows else "No target was measured."


def machine(load: float) -> str:
    """Where this runs, without its name. `load`: of the machine before anything was measured."""
    processor = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in VERSIONS)
    return (
        f"Measured on {len(os.sched_getaffinity(0))} cores of {processor[1] if processor else platform.machine()}, "
        f"{memory:.0f} GiB, Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}, "
        f"{versions}; load before it {load:.1f}."
    )


def replaced(text: str, part: str, content: str) -> str:
    """The document with another content of a part. Raises ValueError if it has no such part."""
    begin, end = f"<!-- {part}: measured -->", f"<!-- {part}: end -->"
    before, found, rest = text.partition(begin)
    _old, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{DOCUMENT.name} has no part between {begin} and {end}")
    return f"{before}{begin}\n\n{content.strip()}\n\n{end}{after}"


def write(part: str, content: str, load: float) -> None:
    DOCUMENT.write_text(replaced(DOCUMENT.read_text(), part, f"{machine(load)}\n\n{content}"))


def progress(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)
