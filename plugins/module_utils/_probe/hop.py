# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The hops between a client and a cluster, and what is kept of each."""

from __future__ import annotations

import time
import typing as t
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Thread

OK, FAILED, SKIPPED = "ok", "failed", "skipped"

PATH = ("resolver", "srv", "txt", "parent_domain", "address", "expected_address", "tcp", "tls")
WRITES = ("create", "update", "delete")
LOGGED_IN = ("authentication", "create", "read", "update", "delete")
DRIVER = ("hello", *LOGGED_IN)
HOPS = (*PATH, *DRIVER)

#: What each hop needs. A hop whose need failed is skipped; a hop that is asked for brings its needs along. The driver
#: is only let loose on a sound path: else it would prove another one, or say "timed out" after we know why.
NEEDS: t.Mapping[str, tuple[str, ...]] = {
    "resolver": (),
    "srv": ("resolver",),
    "txt": ("resolver",),
    "parent_domain": ("srv",),
    "address": ("srv",),
    "expected_address": ("address",),
    "tcp": ("address",),
    "tls": ("tcp",),
    "hello": PATH,
    "authentication": ("hello",),
    "create": ("authentication",),
    "read": ("authentication",),
    "update": ("create",),
    "delete": ("create",),
}

T = t.TypeVar("T")


def with_needs(hops: t.Iterable[str]) -> tuple[str, ...]:
    """These hops and all that they need, in order."""
    wanted = set(hops)
    for hop in reversed(HOPS):
        if hop in wanted:
            wanted.update(NEEDS[hop])
    return tuple(hop for hop in HOPS if hop in wanted)


@dataclass(frozen=True)
class Hop:
    """One hop on the way to one target ("host" or "host:port"; None where there is only one way to go).

    `symptom` says in one word how it failed, `observed` holds the raw observation as plain data, `message` is one line
    for people, `skipped_because` names the failed hop that a skipped one needed.
    """

    hop: str
    status: str
    message: str
    target: str | None = None
    symptom: str | None = None
    skipped_because: str | None = None
    observed: t.Mapping[str, t.Any] = field(default_factory=dict)
    milliseconds: float = 0.0

    def result(self) -> dict[str, t.Any]:
        """The hop as modules return it."""
        return {**self.__dict__, "observed": dict(self.observed)}


class Check:
    """One hop under way. It began when this was made; `ok` or `failed` ends it."""

    def __init__(self, hop: str, target: str | None = None) -> None:
        self._hop, self._target = hop, target
        self._start = time.perf_counter()

    def ok(self, message: str, **observed: t.Any) -> Hop:
        """The hop as it went well."""
        return self._end(OK, message, None, observed)

    def failed(self, symptom: str, message: str, **observed: t.Any) -> Hop:
        """The hop as it failed."""
        return self._end(FAILED, message, symptom, observed)

    def _end(self, status: str, message: str, symptom: str | None, observed: t.Mapping[str, t.Any]) -> Hop:
        milliseconds = round((time.perf_counter() - self._start) * 1000, 1)
        return Hop(self._hop, status, message, self._target, symptom, None, observed, milliseconds)


def skipped(hop: str, target: str | None, message: str, because: str | None = None) -> Hop:
    """A hop that was not tried."""
    return Hop(hop, SKIPPED, message, target, skipped_because=because)


def in_background(call: t.Callable[[], T]) -> Future[T]:
    """Runs a call in a thread that does not keep the process alive, should the call hang."""
    future: Future[T] = Future()

    def work() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # handed on to whoever asks for the result
            future.set_exception(error)

    Thread(target=work, daemon=True).start()
    return future


def side_by_side(calls: t.Iterable[t.Callable[[], T]]) -> list[T]:
    """The results of these calls, in their order, after as long as the slowest takes."""
    futures = [in_background(call) for call in calls]
    return [future.result() for future in futures]
