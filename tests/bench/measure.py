# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a program costs: seconds on the clock, seconds of processors, memory."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.lab.runtime import write_private

SAMPLE_SECONDS = 0.3
LIMIT_SECONDS = 3600.0  # a program that takes longer is killed
FAILED = re.compile(r"\[ERROR\]|fatal: |failed: ")


@dataclass(frozen=True)
class Cost:
    """Of one run: `wall` and `cpu` in seconds (of the program and all processes that it waited for), `memory` in bytes
    (the most that all of them held together at a moment; 0: not looked at), and what it printed."""

    wall: float
    cpu: float
    memory: int
    output: str

    @property
    def changed(self) -> int:
        """The tasks of a playbook that changed something, of all hosts."""
        return sum(int(number) for number in re.findall(r"^\S+ +: ok=.* changed=(\d+)", self.output, re.MULTILINE))


@dataclass(frozen=True)
class Line:
    """The straight line that is nearest to measured points: y = start + slope * x. `off` is the largest distance of a
    point from it, in parts of the highest point."""

    start: float
    slope: float
    off: float


def fit(points: Mapping[int, float]) -> Line:
    """Two points or more, at different x."""
    slope, start = statistics.linear_regression(list(points), list(points.values()))
    return Line(start, slope, max(abs(y - start - slope * x) for x, y in points.items()) / max(points.values()))


def playbook(directory: Path, content: Any) -> Path:
    """Writes a playbook, or anything else that Ansible reads as YAML."""
    return private(directory, yaml.safe_dump(content, sort_keys=False))


def private(directory: Path, text: str) -> Path:
    """Writes a new file that only its owner may read."""
    return write_private(directory / f"{secrets.token_hex(8)}.yml", text)


def run(command: Sequence[str], env: Mapping[str, str], *, memory: bool = False) -> Cost:
    """Raises RuntimeError if the program fails; it gets no input."""
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        ended = threading.Event()
        watch = _Watch(process.pid, ended, memory)
        watch.start()
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        watch.join()
        output.seek(0)
        told = output.read()
    if process.returncode:
        failed = FAILED.search(told)
        said = told[failed.start() if failed else 0 :][:3000]
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, watch.most, told)


class _Watch(threading.Thread):
    """Looks at a program while it runs."""

    def __init__(self, pid: int, ended: threading.Event, memory: bool) -> None:
        super().__init__(daemon=True)
        self.pid, self.ended, self.memory, self.most = pid, ended, memory, 0

    def run(self) -> None:
        deadline = time.monotonic() + LIMIT_SECONDS
        while not self.ended.wait(SAMPLE_SECONDS):
            if self.memory:
                self.most = max(self.most, sum(map(held, family(self.pid))))
            if time.monotonic() > deadline:
                for pid in reversed(list(family(self.pid))):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, 9)
                return


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in thread.read_text().split():
                yield from family(int(child))


def held(pid: int) -> int:
    """Bytes of memory that a process holds, its part of what it shares included (PSS)."""
    with contextlib.suppress(OSError):
        found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        return int(found[1]) * 1024 if found else 0
    return 0
