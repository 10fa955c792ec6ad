# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's promises, on the simplest resource there is: a few fields in a cloud that misbehaves on demand."""

from __future__ import annotations

import contextlib
import itertools
import math
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import progress_line
from ansible_collections.privatelink.mongodb.plugins.module_utils._engine import (
    FAILED,
    PENDING,
    READY,
    Drift,
    Health,
    Plan,
    Resource,
    Step,
    Waiter,
    ensure,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import (
    Busy,
    Drifted,
    LostAnswer,
    Raced,
    WaitFailed,
    WaitTimeout,
)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


class Cloud(Resource):
    """`size` can change in place, `colour` cannot. `states` is what `status` shows on each read after a write."""

    kind, key, label = "thing", "thing", "one"

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        self.state, self.reads, self.writes = state, 0, 0
        self.surprises: list[Exception] = []
        self.states: list[str] = []

    def read(self) -> dict[str, Any] | None:
        self.reads += 1
        if self.state is not None and self.states:
            self.state["status"] = self.states.pop(0)
        return None if self.state is None else dict(self.state)

    def plan(self, current: dict[str, Any] | None, desired: dict[str, Any] | None) -> Plan:
        if desired is None:
            return Plan((Step("delete", "thing"),) if current else ())
        if current is None:
            return Plan((Step("create", "thing", desired),))
        drift = (
            (Drift("colour", current["colour"], desired["colour"]),) if current["colour"] != desired["colour"] else ()
        )
        return Plan((Step("update", "thing", desired),) if current["size"] != desired["size"] else (), drift)

    def predict(self, current: dict[str, Any] | None, desired: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if desired is None else {**(current or {"status": "ok"}), **desired}

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        if self.surprises and isinstance(self.surprises[0], (Busy, Raced)):
            raise self.surprises.pop(0)
        self.writes += 1
        self.state = None if step.verb == "delete" else {"status": "ok", **(self.state or {}), **step.body}
        if self.surprises:
            raise self.surprises.pop(0)

    def health(self, state: dict[str, Any] | None, wanted: bool) -> Health:
        if not wanted:
            return Health("gone") if state is None else Health("there", PENDING)
        status = "absent" if state is None else state["status"]
        return Health(status, {"ok": READY, "broken": FAILED}.get(status, PENDING), "it is so", "Do that.")


DESIRED = {"colour": "red", "size": 1}


def run(cloud: Cloud, desired: dict[str, Any] | None, check_mode: bool = False, recreate: bool = False) -> Any:
    clock = Clock()
    waiter = Waiter(100, 10, clock=clock, sleep=clock.sleep)
    return ensure(cloud, desired, check_mode=check_mode, recreate=recreate, waiter=waiter)


states = st.none() | st.fixed_dictionaries(
    {"colour": st.sampled_from(["red", "blue"]), "size": st.integers(0, 3), "status": st.just("ok")}
)
wishes = st.none() | st.fixed_dictionaries({"colour": st.sampled_from(["red", "blue"]), "size": st.integers(0, 3)})


@given(states, wishes)
def test_a_second_run_writes_nothing_and_reads_once(
    state: dict[str, Any] | None, desired: dict[str, Any] | None
) -> None:
    cloud = Cloud(state)
    run(cloud, desired, recreate=True)
    cloud.reads = cloud.writes = 0
    outcome = run(cloud, desired)
    assert (outcome.changed, cloud.reads, cloud.writes) == (False, 1, 0)


@given(states, wishes)
def test_check_mode_writes_nothing_and_predicts_what_a_run_does(
    state: dict[str, Any] | None, desired: dict[str, Any] | None
) -> None:
    cloud = Cloud(state)
    predicted = run(cloud, desired, check_mode=True, recreate=True)
    assert cloud.writes == 0
    real = run(cloud, desired, recreate=True)
    assert (predicted.changed, predicted.before, predicted.after) == (real.changed, real.before, real.after)


@pytest.mark.parametrize("check_mode", [True, False])
def test_immutable_drift_fails_with_field_old_and_new_and_changes_nothing(check_mode: bool) -> None:
    cloud = Cloud({"colour": "blue", "size": 1, "status": "ok"})
    with pytest.raises(Drifted, match="colour is 'blue', wanted 'red'.*recreate=true"):
        run(cloud, DESIRED, check_mode=check_mode)
    assert cloud.writes == 0


def test_a_lost_answer_is_looked_up_not_repeated() -> None:
    cloud = Cloud()
    cloud.surprises = [LostAnswer("no answer")]
    assert run(cloud, DESIRED).changed
    assert cloud.writes == 1


def test_what_someone_else_created_first_is_adopted() -> None:
    cloud = Cloud()
    cloud.surprises = [Raced("exists already")]
    real_apply = cloud.apply

    def apply(step: Step, waiter: Waiter | None) -> None:
        cloud.state = {"status": "ok", **DESIRED}
        real_apply(step, waiter)

    cloud.apply = apply  # type: ignore[method-assign]
    outcome = run(cloud, DESIRED)
    assert (outcome.changed, cloud.writes) == (False, 0)


def test_a_refusal_that_is_no_race_stands() -> None:
    cloud = Cloud()
    cloud.surprises = [Raced("too many of them"), Raced("too many of them")]
    with pytest.raises(Raced, match="too many"):
        run(cloud, DESIRED)
    assert cloud.reads == 2


def test_a_failed_precondition_is_always_a_race() -> None:
    """Somebody else changed another field: the plan stays the same, and is carried out on the new version."""
    cloud = Cloud({"colour": "red", "size": 0, "status": "ok"})
    cloud.surprises = [Raced("changed meanwhile", http_status=412) for _attempt in range(2)]
    assert run(cloud, DESIRED).changed
    assert cloud.writes == 1


def test_a_lock_is_waited_for() -> None:
    cloud = Cloud()
    cloud.surprises = [Busy("locked", retry_after=3), Busy("locked", retry_after=3)]
    assert run(cloud, DESIRED).changed
    assert cloud.writes == 1


def test_a_lock_that_stays_ends_with_the_deadline() -> None:
    cloud = Cloud()
    cloud.surprises = [Busy("locked")] * 1000
    with pytest.raises(WaitTimeout, match="thing one is still busy"):
        run(cloud, DESIRED)


def test_a_failed_state_fails_at_once_with_cause_and_fix() -> None:
    cloud = Cloud()
    cloud.state, cloud.states = {**DESIRED, "status": "new"}, ["new", "broken", "ok"]
    with pytest.raises(WaitFailed, match=r"thing one is broken after 1 s: it is so\. Do that\."):
        run(cloud, DESIRED)
    assert cloud.reads == 3


def test_what_an_earlier_task_began_and_failed_is_met_as_at_first_sight() -> None:
    cloud = Cloud({**DESIRED, "status": "new"})
    cloud.states = ["new", "broken"]
    plain = cloud.plan

    def plan(current: dict[str, Any] | None, desired: dict[str, Any] | None) -> Plan:
        if current and current["status"] == "broken":
            return Plan((Step("update", "thing", {"status": "ok"}),))
        return plain(current, desired)

    cloud.plan = plan  # type: ignore[method-assign]
    outcome = run(cloud, DESIRED)
    assert outcome.changed and outcome.after["status"] == "ok"


@pytest.mark.parametrize("error", [Busy("throttled", http_status=429, retry_after=7), Raced("", http_status=412)])
def test_who_does_not_wait_tries_again_for_a_while(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr(time, "sleep", rests.append)
    cloud = Cloud()
    cloud.surprises = [error] * 20
    assert ensure(cloud, DESIRED, check_mode=False, recreate=False, waiter=None).changed
    assert len(rests) == 20 and min(rests) >= (getattr(error, "retry_after", None) or 0)
    cloud = Cloud()
    cloud.surprises = [error] * 1000
    with pytest.raises(type(error)):
        ensure(cloud, DESIRED, check_mode=False, recreate=False, waiter=None)
    assert sum(rests) < 600


def test_a_state_that_allows_no_step_yet_ends_a_task_that_does_not_wait() -> None:
    cloud = Cloud()
    cloud.surprises = [Busy("it is being deleted")]
    with pytest.raises(Busy):
        ensure(cloud, DESIRED, check_mode=False, recreate=False, waiter=None)


def test_the_deadline_says_the_state_and_for_how_long() -> None:
    cloud = Cloud({**DESIRED, "status": "new"})
    with pytest.raises(WaitTimeout, match=r"still new after 100 s.*it is so\. Do that\."):
        run(cloud, DESIRED)


class Timeline(Cloud):
    """A cloud whose states come by the clock: (seconds, state), and "ok" after the last."""

    def __init__(self, clock: Clock, *states: tuple[float, str]) -> None:
        super().__init__({**DESIRED, "status": "ok"})
        self._clock, self._states = clock, states
        self.looks: list[float] = []

    def read(self) -> dict[str, Any] | None:
        self.looks.append(self._clock())
        return {**DESIRED, "status": self.status(self._clock())}

    def status(self, moment: float) -> str:
        return next((state for until, state in self._states if moment < until), "ok")


def wait(cloud: Timeline, clock: Clock, told: list[tuple[float, str, str]] | None = None, **options: float) -> Any:
    """Waits for a cloud that is as it should be, but not yet ready. `told` gets (time, title, state)."""

    def progress(title: str, state: str, elapsed: float) -> None:
        assert elapsed == clock()
        if told is not None:
            told.append((elapsed, title, state))

    waiter = Waiter(**{"timeout": 600, "delay": 30, **options}, progress=progress, clock=clock, sleep=clock.sleep)
    return ensure(cloud, DESIRED, check_mode=False, recreate=False, waiter=waiter)


@given(st.floats(0, 1000))
def test_ten_minutes_cost_at_most_forty_looks_by_default(change: float) -> None:
    clock = Clock()
    cloud = Timeline(clock, (change, "new"))
    with contextlib.suppress(WaitTimeout):
        wait(cloud, clock)
    assert len(cloud.looks) - 1 <= 40  # the first one is made whether there is something to wait for or not
    assert clock() <= 600
    assert clock() == 600 or clock() >= change


@given(st.floats(0, 590), st.floats(1, 60))
def test_a_wait_ends_within_one_pause_of_the_change(change: float, delay: float) -> None:
    clock = Clock()
    cloud = Timeline(clock, (change, "new"))
    assert wait(cloud, clock, delay=delay).after["status"] == "ok"
    assert all(before < change for before in cloud.looks[:-1])
    pauses = [after - before for before, after in itertools.pairwise(cloud.looks)]
    assert max(pauses, default=0) <= delay
    assert all(pause <= max(1.0, 1.5 * math.sqrt(began)) for began, pause in zip(cloud.looks, pauses, strict=False))


@given(st.floats(0, 120), st.floats(0, 600), st.floats(0.1, 30))
def test_the_cloud_is_not_asked_before_it_said_and_never_after_the_deadline(
    elapsed: float, retry_after: float, delay: float
) -> None:
    clock = Clock()
    waiter = Waiter(600, delay, clock=clock, sleep=clock.sleep)
    clock.now = elapsed
    waiter.pause("thing", Health("busy", PENDING), retry_after)
    assert min(elapsed + retry_after, 600) <= clock() + 1e-6
    assert clock() <= max(elapsed + retry_after, elapsed + delay, elapsed + 1) + 1e-6
    assert clock() <= 600


@given(st.lists(st.tuples(st.floats(1, 600), st.sampled_from(["new", "half", "busy"])), max_size=6), st.floats(1, 60))
def test_a_wait_is_heard_of_when_it_begins_when_the_state_changes_and_every_fifteen_seconds(
    states: list[tuple[float, str]], delay: float
) -> None:
    clock, told = Clock(), list[tuple[float, str, str]]()
    cloud = Timeline(clock, *sorted(states))
    with contextlib.suppress(WaitTimeout):
        wait(cloud, clock, told, delay=delay)
    seen = [state for state, _group in itertools.groupby(cloud.status(look) for look in cloud.looks)]
    heard = [state for state, _group in itertools.groupby(state for _time, _title, state in told)]
    assert heard == (seen if len(cloud.looks) > 1 else [])
    times = [0.0, *(time for time, _title, _state in told), clock()]
    assert max(after - before for before, after in itertools.pairwise(times)) <= 15 + 1e-6
    assert len(set(told)) == len(told)


def test_a_long_pause_is_not_a_silent_one() -> None:
    clock, told = Clock(), list[tuple[str, str, float]]()
    waiter = Waiter(600, 30, lambda *line: told.append(line), clock, clock.sleep)
    waiter.pause("thing", Health("busy", PENDING), retry_after=60)
    assert told == [("thing", "busy", after) for after in (0, 15, 30, 45)]
    waiter.settled("thing", "ok")
    assert told[4:] == [("thing", "ok", 60)]


@given(st.text(), st.text(), st.floats(0, 7200))
def test_a_line_of_progress_is_one_line(title: str, state: str, elapsed: float) -> None:
    line = progress_line(title, state, elapsed)
    assert line.isprintable()
    minutes, seconds = line.rpartition(" ")[2].split(":")
    assert int(minutes) * 60 + int(seconds) == int(elapsed) and len(seconds) == 2
