# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many links in one run: time, processors, memory and requests, and how they grow with the number of links."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.away import Away, seed
from tests.bench.document import Target, progress, table, targets
from tests.bench.measure import Cost, fit
from tests.bench.surroundings import NO_PROBE, build, empty
from tests.lab import fleet
from tests.lab.runtime import Lab

SIZES = (1, 20, 100, 200)
FORKS = (1, 10, 50)
CREATED = 100
WITH_PROBE = (20, 10)  # links and forks of the one run with probe
GIB = 2**30


@dataclass(frozen=True)
class Cell:
    """One run."""

    what: str
    links: int
    forks: int
    cost: Cost
    requests: int

    @property
    def row(self) -> tuple[object, ...]:
        cost = self.cost
        each = cost.cpu / self.links, self.requests / self.links
        return self.what, self.links, self.forks, cost.wall, cost.cpu, each[0], cost.memory / GIB, each[1]


def standing(lab: Lab, count: int) -> dict[str, dict[str, Any]]:
    """Links that are built already, each with everything of its own; inventory name -> variables."""
    return {f"link-{n}": lab.variables(lab.build_link(f"link-{n}")) for n in range(1, count + 1)}


def main(sizes: Sequence[int], forks: Sequence[int]) -> str:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        nothing = _nothing(directory)
        cells = [cell for size in sizes for cell in _unchanged(size, forks, directory)]
        created = [_created(min(CREATED, max(sizes)), fork, directory) for fork in forks]
    head = ("links", "number", "forks", "wall s", "CPU s", "CPU s a link", "memory GiB", "requests a link")
    parts = [
        targets(_targets(cells)),
        f"A run without any link takes {nothing.wall:.2f} s and {nothing.cpu:.2f} CPU seconds.",
        table(head, [cell.row for cell in [*cells, *created]]),
    ]
    if len(sizes) > 1:
        parts.append(_growth([cell for cell in cells if cell.what == "unchanged"], forks))
    return "\n\n".join(parts)


def _nothing(directory: Path) -> Cost:
    with Away() as away:
        away.ask(seed)
        return empty(away, directory)


def _unchanged(size: int, forks: Sequence[int], directory: Path) -> list[Cell]:
    with Away() as away:
        links = away.ask(standing, size)
        cells = [_cell("unchanged", away, links, fork, directory, **NO_PROBE) for fork in forks]
        if size == WITH_PROBE[0]:
            cells.append(_cell("unchanged, with probe", away, links, WITH_PROBE[1], directory))
    changed = sum(cell.cost.changed for cell in cells)
    if changed:
        raise RuntimeError(f"{changed} tasks changed something of {size} links that were built already")
    return cells


def _created(count: int, forks: int, directory: Path) -> Cell:
    with Away() as away:
        return _cell("created", away, away.ask(fleet.seed, count), forks, directory, **NO_PROBE)


def _cell(
    what: str, away: Away, links: dict[str, dict[str, Any]], forks: int, directory: Path, **variables: Any
) -> Cell:
    before = len(away.requests())
    cost = build(away, links, directory, forks=forks, memory=True, **variables)
    cell = Cell(what, len(links), forks, cost, len(away.requests()) - before)
    progress(f"{len(links)} links {what}, {forks} forks: {cost.wall:.1f} s, {cost.cpu:.1f} CPU s")
    return cell


def _targets(cells: Sequence[Cell]) -> list[Target]:
    found = []
    for cell in cells:
        if cell.what != "unchanged":
            continue
        if cell.links == 100:
            what = f"100 unchanged links, {cell.forks} forks"
            found.append(Target(what, cell.cost.cpu / 100, 0.5, "CPU s a link"))
        if (cell.links, cell.forks) == (200, 50):
            found.append(Target("200 unchanged links, 50 forks", cell.cost.memory / GIB, 4, "GiB"))
    return found


def _growth(cells: Sequence[Cell], forks: Sequence[int]) -> str:
    rows = []
    for fork in forks:
        row: list[object] = [fork]
        for values in (
            {cell.links: cell.cost.wall for cell in cells if cell.forks == fork},
            {cell.links: cell.cost.cpu for cell in cells if cell.forks == fork},
        ):
            line = fit(values)
            row += [line.start, line.slope, f"{100 * line.off:.0f} %"]
        rows.append(row)
    one = ("at 0 links", "a link more", "off the line by at most")
    head = ("forks", *(f"wall s {cell}" for cell in one), *(f"CPU s {cell}" for cell in one))
    return f"The straight lines through the unchanged ones:\n\n{table(head, rows)}"
