# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Access tokens: one for each identity, kept while it serves, asked for with patience.

Clients ask `STORE` for a token and say how to fetch one. The store here keeps tokens in the memory of this process. A
host of many processes (Ansible's controller) puts another one in its place, with `use`.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
import typing as t
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from ._engine import PENDING, Health, Waiter
from ._errors import Unavailable, WaitTimeout

#: Seconds before it expires from which on a token is renewed, or a quarter of its life if that is shorter.
MARGIN = 300.0
#: How often in a minute a token is replaced because the cloud refused it. A cloud that answers 401 for another reason
#: (Atlas does, for a project of others) must not cost one token for each request.
REPLACED = 3
#: Seconds for which a task without a deadline of its own waits for a sign-in service that limits requests (Atlas' limit
#: is over in 60), and for one that is out of order.
PATIENCE, OUTAGE = 90.0, 20.0
#: Seconds until a throttled request is sent again if the service does not say when. It is long, for a request that is
#: refused may count as well.
THROTTLED = 15.0
#: Seconds, the longest wait for another task that signs in as the same. After it, a task signs in for itself.
TURN = 120.0


@dataclass(frozen=True)
class Token:
    """An access token. Times are seconds since 1970, on this machine's clock; `replacements` are those at which it, or
    one before it, took the place of one that was refused."""

    text: str = field(repr=False)
    issued: float
    expires_on: float
    replacements: tuple[float, ...] = ()

    def serves(self, now: float, refused: str | None = None) -> bool:
        """Pure: whether to use it, if the cloud has just `refused` a token."""
        if now >= self.expires_on - min(MARGIN, (self.expires_on - self.issued) / 4):
            return False
        return self.text != refused or len(self._lately(now)) >= REPLACED

    def after(self, kept: Token | None, now: float, refused: str | None) -> Token:
        """Pure: the same in the place of the one that was kept."""
        if kept is None:
            return self
        return replace(self, replacements=(*kept._lately(now), *([now] if kept.text == refused else [])))

    def _lately(self, now: float) -> tuple[float, ...]:
        return tuple(one for one in self.replacements if now - 60 < one <= now)


class TryLater(Exception):
    """A sign-in service is busy or out of order: it limits requests, or failed. `state` is a few words for progress
    lines; the others are parts of the message, should it last."""

    def __init__(
        self,
        state: str,
        what: str,
        cause: str,
        fix: str,
        *,
        code: str | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what)
        self.state, self.what, self.cause, self.fix = state, what, cause, fix
        self.code, self.http_status, self.retry_after = code, http_status, retry_after

    def failure(self, waited: float) -> Unavailable:
        asked = f"; it asks to wait for {self.retry_after:.0f} s" if self.retry_after else ""
        cause = f"{self.cause}; waited {waited:.0f} s{asked}"
        return Unavailable(self.what, cause, self.fix, code=self.code, http_status=self.http_status)


Fetch = t.Callable[[], Token]

_WAITER: ContextVar[Waiter | None] = ContextVar("waiter", default=None)


@contextlib.contextmanager
def within(waiter: Waiter | None) -> t.Iterator[None]:
    """Signing in meanwhile is part of what this waiter waits for: it obeys its deadline and tells its progress."""
    before = _WAITER.set(waiter)
    try:
        yield
    finally:
        _WAITER.reset(before)


def patiently(ask: Fetch, title: str) -> Token:
    """Asks until there is a token. Raises what `ask` raises; `Unavailable` for a `TryLater` that lasts longer than the
    task may wait."""
    waiter, began = _WAITER.get(), 0.0
    paused = False
    while True:
        try:
            token = ask()
        except TryLater as later:
            limited = later.http_status == 429
            if waiter is None:
                waiter = Waiter(PATIENCE if limited else OUTAGE, PATIENCE)
            if not paused:
                paused, began = True, waiter.elapsed()
            pause = later.retry_after or (THROTTLED if limited else 0.0)
            try:
                if later.retry_after and later.retry_after > waiter.timeout - waiter.elapsed():
                    raise WaitTimeout(title)
                # Many may have been refused together, so they do not come back together.
                waiter.pause(title, Health(later.state, PENDING), pause * random.uniform(1.0, 1.2))
            except WaitTimeout:
                raise later.failure(waiter.elapsed() - began) from None
        else:
            if waiter and paused:
                waiter.settled(title, "signed in")
            return token


def turn_seconds() -> float:
    """How long this task may wait until another one has signed in."""
    waiter = _WAITER.get()
    return TURN if waiter is None else max(0.0, min(TURN, waiter.timeout - waiter.elapsed()))


class Store:
    """Tokens of this process, by a key that is a hash of everything that says who signs in, and where."""

    def __init__(self, clock: t.Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._own: dict[str, Token] = {}
        self._turns: dict[str, threading.Lock] = {}

    def token(self, key: str, fetch: Fetch, refused: str | None = None) -> Token:
        """The token that is kept, or else a new one. `refused` is the one that the cloud takes no more: the same is
        returned if another one would not help. Of many who ask at once, one fetches."""
        return self._kept(key, refused) or self._in_turn(key, fetch, refused)

    def _in_turn(self, key: str, fetch: Fetch, refused: str | None) -> Token:
        with self._turn(key):
            kept = self._kept(key, refused)
            if kept:
                return kept
            before = self._look_up(key)
            fetched = fetch().after(before, self._clock(), refused)
            self._keep(key, fetched)
            return fetched

    def _kept(self, key: str, refused: str | None) -> Token | None:
        token = self._look_up(key)
        return token if token and token.serves(self._clock(), refused) else None

    @contextlib.contextmanager
    def _turn(self, key: str) -> t.Iterator[None]:
        """Waits while somebody else fetches a token for this key, but not for ever."""
        lock = self._turns.setdefault(key, threading.Lock())
        mine = lock.acquire(timeout=turn_seconds())
        try:
            yield
        finally:
            if mine:
                lock.release()

    def _look_up(self, key: str) -> Token | None:
        return self._own.get(key)

    def _keep(self, key: str, token: Token) -> None:
        self._own[key] = token


STORE = Store()


def use(store: Store) -> None:
    """Puts a store in the place of this process's own."""
    global STORE
    STORE = store


def obtain(key: str, fetch: Fetch, refused: str | None = None) -> Token:
    """`Store.token` of the store in use."""
    return STORE.token(key, fetch, refused)
