# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the hops, what they need, and the way their threads end."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._probe import driver
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.driver import Session
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.hop import (
    DRIVER,
    HOPS,
    NEEDS,
    Check,
    in_background,
    side_by_side,
    with_needs,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.probe import related


@given(st.sets(st.sampled_from(HOPS)))
def test_hops_come_in_order_and_with_all_that_they_need(asked: set[str]) -> None:
    hops = with_needs(asked)
    assert asked <= set(hops)
    assert list(hops) == sorted(hops, key=HOPS.index)
    assert all(need in hops for hop in hops for need in NEEDS[hop])
    assert with_needs(hops) == hops
    assert all(hop in asked or any(hop in NEEDS[other] for other in hops) for hop in hops)


def test_nothing_needs_what_comes_later() -> None:
    assert set(NEEDS) == set(HOPS)
    assert all(HOPS.index(need) < HOPS.index(hop) for hop in HOPS for need in NEEDS[hop])


def test_the_driver_knows_each_of_its_hops() -> None:
    assert all(callable(getattr(Session, hop)) for hop in DRIVER)
    assert driver.PYMONGO_ERROR is None


def test_a_check_measures_itself() -> None:
    check = Check("tcp", "host:1024")
    time.sleep(0.02)
    hop = check.failed("refused", "no", port=1024)
    assert 20 <= hop.milliseconds < 2000
    assert hop.result() == {
        "hop": "tcp",
        "status": "failed",
        "message": "no",
        "target": "host:1024",
        "symptom": "refused",
        "skipped_because": None,
        "observed": {"port": 1024},
        "milliseconds": hop.milliseconds,
    }


def test_calls_run_at_the_same_time_and_keep_their_order() -> None:
    together = threading.Barrier(3, timeout=5)

    def call(number: int) -> int:
        together.wait()
        return number

    assert side_by_side([lambda: call(1), lambda: call(2), lambda: call(3)]) == [1, 2, 3]


def test_what_a_call_raises_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side([lambda: 1 / 0])


def test_a_hanging_call_does_not_keep_the_process() -> None:
    release = threading.Event()
    future = in_background(lambda: release.wait(5))
    assert all(thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread())
    release.set()
    assert future.result(5)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (None, "host:1", True),
        ("host", None, True),
        ("host", "host:1", True),
        ("host:1", "host:1", True),
        ("host:1", "host:10", False),
        ("host", "host2:1", False),
    ],
)
def test_targets_on_one_way(one: str | None, other: str | None, expected: bool) -> None:
    assert related(one, other) is expected
