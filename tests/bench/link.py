# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One unchanged link, beside a run of Ansible that has nothing to do, and where the rest of the time goes."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench.away import Away, seed
from tests.bench.document import Target, progress, table, targets
from tests.bench.measure import Cost
from tests.bench.surroundings import NO_PROBE, build, empty
from tests.lab.runtime import Lab

PRODUCTS = ("atlas", "mongo_cluster")
SHOWN = 12  # tasks of a profile that have a line of their own
EMPTY = "an empty play"
CALLBACKS = Path(__file__).parent / "callback"


def main(rounds: int) -> str:
    with Away() as away, tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        away.ask(seed)
        runs: dict[str, Callable[[], Cost]] = {EMPTY: partial(empty, away, directory)}
        for product in PRODUCTS:
            links = {"bench": away.ask(Lab.link_variables, product)}
            run = partial(build, away, links, directory, product=product)
            progress(f"{product}: built in {run().wall:.1f} s")
            runs[f"`{product}`"] = partial(run, **NO_PROBE)
            runs[f"`{product}`, with probe"] = run
        costs: dict[str, list[Cost]] = {name: [] for name in runs}
        for number in range(rounds):
            for name, run_one in runs.items():
                costs[name].append(run_one())
                progress(f"round {number + 1} of {rounds}: {name}: {costs[name][-1].wall:.2f} s")
        profiles = [_profile(product, runs[f"`{product}`"], directory / "profile.json") for product in PRODUCTS]
    medians = {
        name: (statistics.median(one.wall for one in all_), statistics.median(one.cpu for one in all_))
        for name, all_ in costs.items()
    }
    base = medians[EMPTY]
    reached = [
        Target(f"an unchanged link, `{product}`, without probe", medians[f"`{product}`"][0] - base[0], 1.5, "s")
        for product in PRODUCTS
    ]
    rows = [(name, wall, cpu, wall - base[0], cpu - base[1]) for name, (wall, cpu) in medians.items()]
    head = ("run", "seconds", "CPU seconds", "beyond the empty play", "of CPU")
    return "\n\n".join([targets(reached), f"Medians of {rounds} rounds:", table(head, rows), *profiles])


def _profile(product: str, run: Callable[..., Cost], path: Path) -> str:
    """Where the time of one more run goes."""
    run(
        env={
            "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
            "ANSIBLE_CALLBACKS_ENABLED": "bench_profile",
            "BENCH_PROFILE": str(path),
        }
    )
    lines = sorted(json.loads(path.read_text()), key=lambda line: -float(line[1]))
    shown, rest = lines[:SHOWN], lines[SHOWN:]
    others = [f"{len(rest)} others", sum(line[1] for line in rest), sum(line[2] for line in rest)]
    rows = [[name.replace("privatelink.mongodb.", ""), wall, cpu] for name, wall, cpu in [*shown, others]]
    return f"`{product}`, without probe, by task:\n\n{table(('task', 'seconds', 'CPU seconds'), rows)}"
