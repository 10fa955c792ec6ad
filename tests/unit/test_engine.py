# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's promises, on the simplest resource there is: a few fields in a cloud that misbehaves on demand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert cloud.reads == 2


def test_the_deadline_says_the_state_and_for_how_long() -> None:
    cloud = Cloud({**DESIRED, "status": "new"})
    with pytest.raises(WaitTimeout, match=r"still new after 100 s.*it is so\. Do that\."):
        run(cloud, DESIRED)


def test_ten_minutes_cost_at_most_forty_looks_and_the_first_ones_are_quick() -> None:
    clock = Clock()
    waiter = Waiter(600, 20, clock=clock, sleep=clock.sleep)
    with pytest.raises(WaitTimeout):
        while True:
            waiter.pause("thing", Health("new", PENDING))
    assert len(clock.pauses) <= 40
    assert clock.pauses[0] < 1.2 and max(clock.pauses) <= 22


@given(st.floats(0, 590), st.floats(0.1, 30))
def test_a_wait_ends_within_one_pause_of_the_change(change: float, delay: float) -> None:
    clock = Clock()

    class Slow(Cloud):
        def read(self) -> dict[str, Any] | None:
            return {**DESIRED, "status": "ok" if clock.now >= change else "new"}

    waiter = Waiter(600, delay, clock=clock, sleep=clock.sleep)
    outcome = ensure(Slow(), DESIRED, check_mode=False, recreate=False, waiter=waiter)
    assert outcome.after["status"] == "ok"
    assert clock.now - change <= max(clock.pauses, default=0) <= delay * 1.1


def test_retry_after_is_honoured() -> None:
    clock = Clock()
    Waiter(600, 10, clock=clock, sleep=clock.sleep).pause("thing", Health("new", PENDING), retry_after=33)
    assert clock.pauses == [33]


def test_progress_is_told_on_each_change_of_state() -> None:
    clock, told = Clock(), []
    waiter = Waiter(600, 1, progress=lambda *line: told.append(line[:2]), clock=clock, sleep=clock.sleep)
    for state in ("new", "new", "half", "half"):
        waiter.pause("thing", Health(state, PENDING))
    assert told == [("thing", "new"), ("thing", "half")]
