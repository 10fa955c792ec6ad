# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What waiting costs: the engine's own Waiter, with a clock that jumps."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from ansible_collections.privatelink.mongodb.plugins.module_utils._engine import (
    PENDING,
    READY,
    Health,
    Readable,
    Waiter,
    settle,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import WAIT
from tests.bench.document import Target, table, targets

DELAY: float = WAIT.options["wait_delay"]["default"]  # seconds
LONG = 600  # seconds


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Changing(Readable):
    """Something that is ready from a moment on; it knows when it was looked at."""

    kind, key = "thing", "thing"

    def __init__(self, clock: Clock, ready: float) -> None:
        self.clock, self.ready = clock, ready
        self.reads: list[float] = []

    def read(self) -> bool:
        self.reads.append(self.clock())
        return self.clock() >= self.ready

    def health(self, state: bool, wanted: bool) -> Health:
        return Health("ready", READY) if state else Health("changing", PENDING)


@dataclass(frozen=True)
class Wait:
    """One wait: how often it looked, and how many seconds after the change, and after the look before, it returned."""

    reads: int
    late: float
    interval: float


def wait(ready: float, delay: float = DELAY) -> Wait:
    """Waits for something that changes after so many seconds."""
    clock = Clock()
    thing = Changing(clock, ready)
    settle(thing, Waiter(2 * ready + 60, delay, clock=clock, sleep=clock.sleep), thing.read(), True)
    return Wait(len(thing.reads), clock() - ready, clock() - (thing.reads[-2] if thing.reads[1:] else 0.0))


def main() -> str:
    waits = {ready: [wait(ready + part / 10) for part in range(1, 101)] for ready in (0, 10, 60, 180, LONG - 10)}
    everything = list(itertools.chain(*waits.values()))
    reached = [
        Target(f"requests of a wait of {LONG} s", max(one.reads for one in waits[LONG - 10]), 40, "requests"),
        Target("a return after the change", max(one.late / one.interval for one in everything), 1, "poll intervals"),
    ]
    told = f"With the modules' own `wait_delay` of {DELAY:.0f} s:"
    rows = [
        (
            f"{ready} to {ready + 10} s",
            max(one.reads for one in found),
            sum(one.late for one in found) / len(found),
            max(one.late for one in found),
        )
        for ready, found in waits.items()
    ]
    shown = table(("the change comes after", "requests, at most", "late by, on average (s)", "at most (s)"), rows)
    return f"{targets(reached)}\n\n{told}\n\n{shown}"
