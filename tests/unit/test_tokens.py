# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which token is used, who fetches one, and what the memory that processes share does with what does not fit."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils import _tokens
from ansible_collections.privatelink.mongodb.plugins.module_utils._engine import Waiter
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Unavailable
from ansible_collections.privatelink.mongodb.plugins.module_utils._reuse import fingerprint
from ansible_collections.privatelink.mongodb.plugins.module_utils._tokens import (
    Store,
    Token,
    TryLater,
    patiently,
    within,
)
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._run_tokens import RunStore


class Clock:
    """Seconds that are set by hand; to sleep is to move them on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Service:
    """Issues tokens T1, T2, ..."""

    def __init__(self, clock: Clock, life: float = 3600.0, size: int = 2) -> None:
        self.clock, self.life, self.size, self.issued = clock, life, size, 0

    def __call__(self) -> Token:
        self.issued += 1
        return Token(f"T{self.issued}".ljust(self.size, "."), self.clock(), self.clock() + self.life)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["own", "shared"])
def store(request: pytest.FixtureRequest, clock: Clock, tmp_path: Path) -> Store:
    return Store(clock) if request.param == "own" else RunStore(str(tmp_path), clock=clock)


# -- which token -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("life", "age", "serves"),
    [
        (3600, 0, True),
        (3600, 3299, True),
        (3600, 3300, False),
        (3600, 9999, False),
        (40, 29, True),  # a short life has a short margin
        (40, 30, False),
        (0, 0, False),
        (-5, 0, False),
    ],
)
def test_a_token_is_renewed_five_minutes_before_it_expires(life: float, age: float, serves: bool) -> None:
    assert Token("t", 100.0, 100.0 + life).serves(100.0 + age) is serves


def test_a_token_is_fetched_once_and_again_when_it_is_due(store: Store, clock: Clock) -> None:
    service = Service(clock)
    assert [store.token("a", service).text for _time in range(3)] == ["T1"] * 3
    clock.now += 3301
    assert [store.token("a", service).text for _time in range(3)] == ["T2"] * 3
    assert store.token("b", service).text == "T3"
    assert store.token("a", service).text == "T2"


def test_a_refused_token_is_replaced_once_for_all(store: Store, clock: Clock) -> None:
    service = Service(clock)
    refused = store.token("a", service).text
    assert [store.token("a", service, refused=refused).text for _worker in range(10)] == ["T2"] * 10


def test_a_cloud_that_refuses_every_token_costs_few(store: Store, clock: Clock) -> None:
    service = Service(clock)
    token = store.token("a", service).text
    for _request in range(50):
        token = store.token("a", service, refused=token).text
        clock.now += 1
    assert service.issued == 1 + _tokens.REPLACED
    clock.now += 60
    assert store.token("a", service, refused=token).text != token


def test_a_failure_is_not_kept(store: Store, clock: Clock) -> None:
    def fail() -> Token:
        raise Unavailable("no")

    with pytest.raises(Unavailable):
        store.token("a", fail)
    assert store.token("a", Service(clock)).text == "T1"


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 4000), st.booleans()),
        max_size=40,
    )
)
def test_a_key_never_gets_the_token_of_another_nor_an_expired_one(steps: list[tuple[str, int, bool]]) -> None:
    clock = Clock()
    stores = [Store(clock), RunStore("/nowhere", clock=clock)]

    def fetch(key: str, number: int) -> Callable[[], Token]:
        return lambda: Token(f"{key}{number}", clock(), clock() + 3600)

    for store in stores:
        last: dict[str, str] = {}
        for number, (key, pause, refuse) in enumerate(steps):
            clock.now += pause
            found = store.token(key, fetch(key, number), last.get(key) if refuse else None)
            assert found.text.startswith(key) and found.expires_on > clock()
            last[key] = found.text


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_a_key_does_not_show_what_it_is_made_of(value: object) -> None:
    key = fingerprint(["who", "s-e-c-r-e-t", value])
    assert key == fingerprint(["who", "s-e-c-r-e-t", value])
    assert key != fingerprint(["who", "another", value])
    assert len(key) == 64 and "s-e-c-r-e-t" not in key


# -- who fetches -------------------------------------------------------------------------------------------------------


def test_of_many_threads_one_fetches(store: Store, clock: Clock) -> None:
    begun, service = threading.Barrier(8), Service(clock)
    found: list[str] = []

    def slowly() -> Token:
        threading.Event().wait(0.1)
        return service()

    def worker() -> None:
        begun.wait(10)
        found.append(store.token("a", slowly).text)

    threads = [threading.Thread(target=worker) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == ["T1"] * 8


def test_two_identities_do_not_wait_for_each_other(store: Store, clock: Clock) -> None:
    service = Service(clock)

    def fetch() -> Token:
        other = threading.Thread(target=store.token, args=("b", service))
        other.start()
        other.join(10)
        assert not other.is_alive()
        return service()

    assert store.token("a", fetch).text == "T2"


def test_the_wait_for_another_task_ends_with_the_own_deadline(store: Store, clock: Clock) -> None:
    """Then the task signs in for itself."""
    service, late = Service(clock), []

    def fetch() -> Token:
        def worker() -> None:
            with within(Waiter(0.1, 1)):
                late.append(store.token("a", service).text)

        other = threading.Thread(target=worker)
        other.start()
        other.join(10)
        return service()

    assert store.token("a", fetch).text == "T2"
    assert late == ["T1"]


# -- shared memory -----------------------------------------------------------------------------------------------------


def test_a_token_that_does_not_fit_is_kept_for_the_process(clock: Clock, tmp_path: Path) -> None:
    store, big, small = RunStore(str(tmp_path), 4096, clock), Service(clock, size=5000), Service(clock)
    assert store.token("small", small).text == "T1"
    assert store.token("big", big).text == store.token("big", big).text
    assert (big.issued, store.token("small", small).text) == (1, "T1")
    clock.now += 3400
    assert store.token("big", big).text.startswith("T2") and store.token("small", small).text == "T2"


def test_more_identities_than_fit_are_all_served(clock: Clock, tmp_path: Path) -> None:
    store, service = RunStore(str(tmp_path), 4096, clock), Service(clock, size=1000)
    first = [store.token(str(number), service).text for number in range(20)]
    assert len(set(first)) == 20
    assert [store.token(str(number), service).text for number in range(20)] == first


def test_expired_tokens_make_room(clock: Clock, tmp_path: Path) -> None:
    store = RunStore(str(tmp_path), 4096, clock)
    for number in range(50):
        store.token(str(number), Service(clock, size=1000))
        clock.now += 3601
    assert len(store._read()) == 1


@given(st.integers(0, 200), st.binary(min_size=1, max_size=60))
def test_what_was_half_written_is_not_read(offset: int, rubbish: bytes) -> None:
    clock = Clock()
    store = RunStore("/nowhere", 4096, clock)
    store._write({"a": Token("T1" * 50, 1000.0, 4600.0)})
    before = bytes(store._memory)
    store._memory[offset : offset + len(rubbish)] = rubbish
    found = store._read()
    assert found == {} or bytes(store._memory)[:140] == before[:140] or found["a"].text == "T1" * 50
    assert Service(clock)().text == "T1"


def test_without_a_directory_each_process_keeps_its_own(clock: Clock, tmp_path: Path) -> None:
    store, service = RunStore(str(tmp_path / "gone"), clock=clock), Service(clock)
    assert [store.token("a", service).text for _time in range(2)] == ["T1", "T1"]
    assert store._read() == {}


def test_files_are_empty_and_private_and_no_link_is_followed(clock: Clock, tmp_path: Path) -> None:
    directory, target = tmp_path / "run", tmp_path / "target"
    directory.mkdir()
    key = fingerprint("linked")
    (directory / f"privatelink-{key}").symlink_to(target)
    store, service = RunStore(str(directory), clock=clock), Service(clock)
    assert store.token(key, service).text == "T1" and not target.exists()
    store.token(fingerprint("other"), service)
    files = [path for path in directory.iterdir() if not path.is_symlink()]
    assert len(files) == 2
    assert all(path.stat().st_size == 0 and path.stat().st_mode & 0o777 == 0o600 for path in files)


def test_locks_are_not_inherited_by_programs(clock: Clock, tmp_path: Path) -> None:
    store = RunStore(str(tmp_path), clock=clock)
    with store._turn("a"):
        links = {name: os.path.realpath(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")}
        (opened,) = (int(name) for name, path in links.items() if path == str(tmp_path / "privatelink-a"))
        assert not os.get_inheritable(opened)


# -- patience ----------------------------------------------------------------------------------------------------------


def later(status: int, retry_after: float | None = None) -> TryLater:
    return TryLater("busy", "it is limited", "10 a minute", "Wait.", http_status=status, retry_after=retry_after)


class Refusing:
    """Refuses as often as it is said, then issues a token."""

    def __init__(self, clock: Clock, times: int, error: TryLater) -> None:
        self.clock, self.left, self.error = clock, times, error
        self.asked: list[float] = []

    def __call__(self) -> Token:
        self.asked.append(self.clock() - 1000)
        if self.left:
            self.left -= 1
            raise self.error
        return Token("T1", self.clock(), self.clock() + 3600)


@pytest.mark.parametrize(
    ("error", "pauses"),
    [
        (later(429), (15, 18)),  # the service does not say when: not too soon, for refused requests may count
        (later(429, 7), (7, 8.4)),
        (later(503), (0.9, 13)),
        (later(503, 9), (9, 13)),
    ],
)
def test_a_busy_service_is_asked_again_when_it_says_so(error: TryLater, pauses: tuple[float, float]) -> None:
    clock, told = Clock(), []
    waiter = Waiter(300, 30, lambda *line: told.append(line[:2]), clock, clock.sleep)
    service = Refusing(clock, 4, error)
    with within(waiter):
        assert patiently(service, "the sign-in").text == "T1"
    gaps = [after - before for before, after in zip(service.asked, service.asked[1:], strict=False)]
    assert all(pauses[0] <= gap <= pauses[1] for gap in gaps), gaps
    assert told[0] == ("the sign-in", "busy") and told[-1] == ("the sign-in", "signed in")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_patience_ends_with_the_deadline_of_the_task(status: int) -> None:
    clock = Clock()
    service = Refusing(clock, 999, later(status))
    with within(Waiter(40, 30, None, clock, clock.sleep)), pytest.raises(Unavailable) as refused:
        patiently(service, "the sign-in")
    assert service.asked[-1] == pytest.approx(40)
    assert str(refused.value) == "it is limited: 10 a minute; waited 40 s. Wait."
    assert refused.value.http_status == status


def test_a_service_that_asks_for_a_day_is_not_waited_for() -> None:
    clock = Clock()
    service = Refusing(clock, 1, later(429, 86400.0))
    with within(Waiter(40, 30, None, clock, clock.sleep)), pytest.raises(Unavailable, match="asks to wait for 86400 s"):
        patiently(service, "the sign-in")
    assert service.asked == [0]


def test_a_task_without_a_deadline_waits_longer_than_the_limit_lasts() -> None:
    assert 60 < _tokens.PATIENCE < 120 and _tokens.OUTAGE < _tokens.PATIENCE < _tokens.TURN
