# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab in a process of its own, so that what is measured here is not the lab."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

from tests.lab.runtime import Lab
from tests.lab.traffic import Exchange

T = TypeVar("T")
_labs: list[Lab] = []  # in the other process: the one that runs there


class Away:
    """Use as a context manager; `ask` has the other process call a function, or a method, of the lab."""

    def __init__(self, pace: str = "instant") -> None:
        self._process = ProcessPoolExecutor(1, get_context("spawn"), _open, (pace,))

    def __enter__(self) -> Away:
        return self

    def __exit__(self, *_details: object) -> None:
        self.ask(Lab.stop)
        self._process.shutdown()

    def ask(self, work: Callable[..., T], *arguments: Any) -> T:
        """What `work(lab, *arguments)` returns; both ways it must be something that can be pickled."""
        return self._process.submit(_work, work, arguments).result()

    def requests(self, since: int = 0) -> list[Exchange]:
        """All requests but the first ones, without bodies."""
        return self.ask(_requests, since)


def seed(lab: Lab) -> None:
    """Makes what a user has before the first run."""
    lab.seed()


def _open(pace: str) -> None:
    lab = Lab(pace)
    lab.start()
    _labs.append(lab)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A benchmark that is killed leaves no lab behind."""
    parent = parent_process()
    if parent:
        parent.join()
    _labs[0].stop()
    os._exit(1)


def _work(work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    return work(_labs[0], *arguments)


def _requests(lab: Lab, since: int) -> list[Exchange]:
    return [replace(exchange, request=None, response=None) for exchange in lab.requests[since:]]
