# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Read, plan, apply, wait: the one state machine behind every module.

The engine knows no cloud and no Ansible. A `Resource` says how to read, plan and write one kind of thing; everything
that must be the same everywhere (check mode, diff, immutable drift, races, lost answers, waiting) is here, once.
"""

from __future__ import annotations

import abc
import math
import random
import time
import typing as t
from dataclasses import dataclass, field

from ._errors import Busy, Drifted, LostAnswer, Raced, WaitFailed, WaitTimeout

State = dict[str, t.Any]

READY, PENDING, FAILED = "ready", "pending", "failed"

#: How often one run reads again after a race or a lost answer before it gives up.
SURPRISES = 5
#: The same where others write to the same thing: of many who do so at once one gets through each time. Also how often a
#: lock or a throttled request is tried again by a task that does not wait.
ROUNDS = 30
#: Seconds, the longest pause between these.
LONGEST_REST = 3.0

#: Seconds after which somebody who waits is told again that nothing has changed.
TOLD_EVERY = 15.0

#: Hears of a wait: (title of the thing, its state, elapsed seconds).
Progress = t.Callable[[str, str, float], None]


@dataclass(frozen=True)
class Step:
    """One write. `verb` is create, update or delete; `what` names the thing in messages; `body` is for `apply`."""

    verb: str
    what: str
    body: t.Mapping[str, t.Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Drift:
    """A difference that cannot be repaired in place."""

    field: str
    old: t.Any
    new: t.Any
    remedy: str = ""


@dataclass(frozen=True)
class Plan:
    """What to do, as data: steps in order, differences that only a re-creation repairs, and remarks for the user."""

    steps: tuple[Step, ...] = ()
    drift: tuple[Drift, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Health:
    """What a state means for someone who waits: the cloud's own word for it, the verdict, and why if it is bad."""

    state: str
    verdict: str = READY
    cause: str = ""
    fix: str = ""


class Readable(abc.ABC):
    """Something that can be read and waited for. `kind` is for messages, `key` is the result's name."""

    kind: str
    key: str
    label: str = ""

    @abc.abstractmethod
    def read(self) -> t.Any:
        """What exists, normalised, or None. Absent means only the 404 that says so; all else raises `Failure`."""

    def rehearse(self) -> t.Any:
        """What check mode does instead of `read`, for something whose reading leaves a trace."""
        return self.read()

    def about(self) -> dict[str, t.Any]:
        """What to return beside what was read."""
        return {}

    def health(self, state: t.Any, wanted: bool) -> Health:
        """Pure: the verdict on a state, for someone who wants the resource (or wants it gone)."""
        if wanted:
            return Health("present" if state is not None else "absent", READY if state is not None else PENDING)
        return Health("absent") if state is None else Health("present", PENDING)

    def title(self) -> str:
        """How messages call it: "endpoint service prod/US_EAST_2"."""
        return f"{self.kind} {self.label}".strip()


class Resource(Readable):
    """One kind of thing in a cloud. `desired` and `State` are plain dictionaries of the same shape."""

    @abc.abstractmethod
    def plan(self, current: State | None, desired: State | None) -> Plan:
        """Pure: the steps from one to the other. Raises `Guarded` or `Busy` where no step may be taken (yet)."""

    @abc.abstractmethod
    def predict(self, current: State | None, desired: State | None) -> State | None:
        """Pure: the state after the plan, with plausible placeholders for what only the cloud can know."""

    @abc.abstractmethod
    def apply(self, step: Step, waiter: Waiter | None) -> None:
        """The only place that writes. With a waiter, returns when the cloud has accepted the change for good, or
        leaves it to `finish` to wait for that."""

    def finish(self, waiter: Waiter | None) -> None:
        """Comes after the last step of a plan: waits for what `apply` only began, so that steps go side by side."""


class Waiter:
    """One deadline for one task, and the pauses within it: short at first, then longer, with jitter.

    A pause grows with the square root of the time waited, as long waits are rarer than short ones: a second at first,
    11 seconds after a minute, and at most `delay`. Ten minutes then cost at most 40 looks if `delay` is 30 or more.

    `timeout` and `delay` are in seconds. `progress` hears (title, state, elapsed seconds) when a wait begins, whenever
    the state changes, the last time included, and at least every 15 seconds; of a task that does not wait, nothing.
    """

    def __init__(
        self,
        timeout: float,
        delay: float,
        progress: Progress | None = None,
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        self.timeout, self.delay = timeout, delay
        self._progress, self._clock, self._sleep = progress, clock, sleep
        self._start = self._since = self._due = clock()
        self._last: tuple[str, str] | None = None

    def elapsed(self) -> float:
        """Seconds since the task began to wait."""
        return self._clock() - self._start

    def pause(self, title: str, health: Health, retry_after: float | None = None) -> None:
        """Sleeps until it is worth looking again, and not for less than `retry_after`. Raises `WaitTimeout` when the
        deadline has passed."""
        self._notice(title, health.state)
        elapsed = self.elapsed()
        left = self.timeout - elapsed
        if left <= 0:
            raise WaitTimeout(
                f"{title} is still {health.state} after {elapsed:.0f} s "
                f"(in this state for {self._clock() - self._since:.0f} s)",
                health.cause or f"the deadline of wait_timeout={self.timeout:.0f} passed",
                health.fix or "Run again to go on waiting, or raise wait_timeout.",
            )
        longest = min(max(1.0, 1.5 * math.sqrt(elapsed)), self.delay)
        self._rest(min(max(longest * random.uniform(0.9, 1.0), retry_after or 0.0), left))

    def settled(self, title: str, state: str) -> None:
        """Tells how a wait ended, if there was one."""
        if self._last:
            self._notice(title, state)

    def _notice(self, title: str, state: str) -> None:
        if (title, state) != self._last:
            self._last, self._since = (title, state), self._clock()
            self._tell()

    def _rest(self, seconds: float) -> None:
        until = self._clock() + seconds
        while (now := self._clock()) < until:
            if now >= self._due:
                self._tell()
            self._sleep(min(until, self._due) - now)

    def _tell(self) -> None:
        self._due = self._clock() + TOLD_EVERY
        if self._progress and self._last:
            self._progress(*self._last, self.elapsed())


@dataclass
class Outcome:
    """What a task did. `before` and `after` are states; the same two make the diff."""

    key: str
    changed: bool
    before: t.Any
    after: t.Any
    notes: tuple[str, ...] = ()
    about: dict[str, t.Any] = field(default_factory=dict)

    def result(self) -> dict[str, t.Any]:
        """`changed`, and the resource under its own name if it exists (or would, in check mode)."""
        found = {} if self.after is None else {self.key: self.after}
        return {"changed": self.changed, **self.about, **found}

    def diff(self) -> dict[str, t.Any]:
        """Before and after for `--diff`."""
        return {"before": self.before or {}, "after": self.after or {}}


def fetch(query: Readable, *, check_mode: bool, waiter: Waiter | None) -> Outcome:
    """Reads without changing anything; with a waiter, until what was asked for is there. Check mode does not wait."""
    found = query.rehearse() if check_mode else query.read()
    if waiter and not check_mode:
        found = settle(query, waiter, found, True)
    return Outcome(query.key, False, found, found, about=query.about())


def ensure(
    resource: Resource, desired: State | None, *, check_mode: bool, recreate: bool, waiter: Waiter | None
) -> Outcome:
    """Brings a resource to the desired state (None: absent) and says what changed.

    Raises `Drifted` for a difference that only a re-creation repairs unless `recreate`, in check mode too.
    """
    before = basis = resource.read()
    try:
        plan = resource.plan(before, desired)
    except Busy:
        if not check_mode:
            return _carry_out(resource, desired, before, None, recreate, waiter)
        basis, plan = None, Plan(resource.plan(None, desired).steps)  # as it will be when it has gone
    if plan.drift and not recreate:
        raise _drifted(resource, plan.drift)
    if not plan.drift and not plan.steps:
        if check_mode or not waiter:
            return Outcome(resource.key, False, before, before, plan.notes)
        try:
            settled = settle(resource, waiter, before, desired is not None)
        except WaitFailed:
            # An earlier task began it, without waiting. What failed is met as it would have been at first sight.
            plan = resource.plan(resource.read(), desired)
            if not plan.steps:
                raise
            return _carry_out(resource, desired, before, plan, recreate, waiter)
        return Outcome(resource.key, False, before, settled, plan.notes)
    if check_mode:
        if plan.drift:
            resource.plan(before, None)  # what guards a removal guards a re-creation
            basis = None
        return Outcome(resource.key, True, before, resource.predict(basis, desired), plan.notes)
    return _carry_out(resource, desired, before, plan, recreate, waiter)


def _carry_out(
    resource: Resource, desired: State | None, before: t.Any, plan: Plan | None, recreate: bool, waiter: Waiter | None
) -> Outcome:
    """Applies steps until a plan is empty. Whatever surprises us (a race, a lost answer, a lock) is met in one way:
    read again, plan again. A write is therefore never repeated blindly."""
    surprises, rounds, wrote, current = 0, 0, False, before
    refused: tuple[Plan | None, Raced] | None = None
    while True:
        try:
            plan = plan or resource.plan(current, desired)
            if refused and refused[0] == plan:
                raise refused[1]  # nobody was faster: the refusal has another reason
            if plan.drift:
                if not recreate:
                    raise _drifted(resource, plan.drift)
                ensure(resource, None, check_mode=False, recreate=False, waiter=waiter or _brief())
                wrote, plan = True, resource.plan(None, desired)
            for step in plan.steps:
                resource.apply(step, waiter)
                wrote = True
            resource.finish(waiter)
            break
        except Busy as error:
            if waiter:
                busy = Health(f"busy ({error.cause or error.what})", PENDING)
                waiter.pause(resource.title(), busy, error.retry_after)
            else:
                rounds += 1
                if error.http_status is None or rounds >= ROUNDS:
                    raise  # without an answer of the cloud it was our own judgement, which stays for a while
                _rest(rounds, error.retry_after)
        except (Raced, LostAnswer) as error:
            if refused and error is refused[1]:
                raise
            wrote = wrote or isinstance(error, LostAnswer)
            # A failed precondition is always a race: somebody wrote after we read, even if our plan stays the same.
            overtaken = error.http_status == 412
            refused = (plan, error) if isinstance(error, Raced) and not overtaken else None
            surprises, rounds = surprises + (not overtaken), rounds + overtaken
            if surprises >= SURPRISES or rounds >= ROUNDS:
                raise
            if overtaken:
                _rest(rounds)
        current, plan = resource.read(), None
    after = resource.read() if plan.steps or current is None else current
    if waiter:
        after = settle(resource, waiter, after, desired is not None)
    return Outcome(resource.key, wrote, before, after, plan.notes)


def settle(thing: Readable, waiter: Waiter, state: t.Any, wanted: bool) -> t.Any:
    """Reads until the state is good; the state in hand is looked at first, so a settled one costs no request."""
    while True:
        health = thing.health(state, wanted)
        if health.verdict != PENDING:
            waiter.settled(thing.title(), health.state)
        if health.verdict == READY:
            return state
        if health.verdict == FAILED:
            what = f"{thing.title()} is {health.state} after {waiter.elapsed():.0f} s"
            raise WaitFailed(what, health.cause, health.fix)
        waiter.pause(thing.title(), health)
        state = thing.read()


def _drifted(resource: Resource, drift: tuple[Drift, ...]) -> Drifted:
    differences = "; ".join(f"{item.field} is {item.old!r}, wanted {item.new!r}" for item in drift)
    remedy = next((item.remedy for item in drift if item.remedy), "")
    return Drifted(
        f"{resource.title()} differs in a field that cannot change in place",
        differences,
        remedy or "Set recreate=true to delete it and create it anew, or ask for what exists.",
    )


def _rest(rounds: int, at_least: float | None = None) -> None:
    """A pause that is another for each of many who got in each other's way, and longer each time."""
    time.sleep(max(min(at_least or 0.0, 10 * LONGEST_REST), random.uniform(0, min(LONGEST_REST, 0.1 * 2**rounds))))


def _brief() -> Waiter:
    """For a re-creation without `wait`: the old one must be gone before the new one can be made."""
    return Waiter(600, 5)
