# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fault changed in a lab, found by looking before and after, and how to take it back.

No fault knows how it is undone. Everything that exists is a graph of dictionaries, lists, sets and objects of the lab:
the difference of two shallow copies of each is what to put back. Objects keep their identity, since servers hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.lab.runtime import Lab

ABSENT = object()
DATA = "documents"  # what applications wrote: no fault changes it, and it may be large


@dataclass(frozen=True)
class Change:
    """A dictionary, list or set, and how it was before and after."""

    held: Any
    before: Any
    after: Any  # of a dictionary only what differs

    @property
    def holds(self) -> bool:
        """Whether it is as the fault left it. A client may have repaired it since."""
        if isinstance(self.held, dict):
            return all(_same(self.held.get(key, ABSENT), value) for key, value in self.after.items())
        return all(_within(one, self.held) for one in _without(self.after, self.before)) and not any(
            _within(one, self.held) for one in _without(self.before, self.after)
        )

    @property
    def moved(self) -> list[Any]:
        """The keys or elements that differ."""
        if isinstance(self.held, dict):
            return list(self.after)
        return _without(self.after, self.before) + _without(self.before, self.after)

    def meets(self, other: Change) -> bool:
        """Whether both are about the same things."""
        return self.held is other.held and any(_within(one, other.moved) for one in self.moved)

    def undo(self) -> None:
        """Puts it back; but what something else changed since is the newer truth, and stays."""
        if not self.holds:
            return
        if isinstance(self.held, dict):
            changed = {key: self.before.get(key, ABSENT) for key in self.after}
            now = {**self.held, **changed}
            ordered = {key: now[key] for key in {**self.before, **now} if now.get(key, ABSENT) is not ABSENT}
            self.held.clear()
            self.held.update(ordered)
        elif isinstance(self.held, set):
            self.held.difference_update(self.after - self.before)
            self.held.update(self.before - self.after)
        else:
            kept = _without(self.held, _without(self.after, self.before))
            for one in _without(self.before, self.after):
                kept.insert(self.before.index(one), one)
            self.held[:] = kept


def changes(lab: Lab, make: Callable[[], object]) -> list[Change]:
    """What `make` changes. If it raises, nothing has changed."""
    lab.world.sweep()
    known = [(held, held.copy()) for held in _containers(lab.world, lab.traffic.faults)]
    try:
        make()
    except BaseException:
        for change in _differences(known):
            change.undo()
        raise
    return list(_differences(known))


def _differences(known: list[tuple[Any, Any]]) -> Iterator[Change]:
    for held, old in known:
        if isinstance(held, dict):
            moved = [key for key in {**old, **held} if not _same(old.get(key, ABSENT), held.get(key, ABSENT))]
            if moved:
                yield Change(held, old, {key: held.get(key, ABSENT) for key in moved})
        elif _without(held, old) or _without(old, held):
            yield Change(held, old, held.copy())


def _containers(*roots: Any) -> Iterator[Any]:
    """Every container that can be reached, once each; that of an object of the lab is the dictionary behind it."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        value = waiting.pop()
        if type(value).__module__.startswith("tests.lab."):
            value = getattr(value, "__dict__", None)
        if isinstance(value, (dict, list, set, tuple)) and id(value) not in seen:
            seen.add(id(value))
            waiting += [value[key] for key in value if key != DATA] if isinstance(value, dict) else value
            if not isinstance(value, tuple):
                yield value


def _same(one: Any, other: Any) -> bool:
    """Containers and objects are the same only if they are one: what they hold is compared for itself."""
    plain = (str, int, float, tuple, frozenset)
    return one is other or (isinstance(one, plain) and type(one) is type(other) and bool(one == other))


def _within(one: Any, many: Any) -> bool:
    return any(_same(one, other) for other in many)


def _without(many: Any, others: Any) -> list[Any]:
    return [one for one in many if not _within(one, others)]


@dataclass(eq=False)
class Injected:
    """A fault that was injected into a link (empty: into the whole lab). `called`: every name of the link at that time.
    `repeats`: whether it may be undone and played again for the sake of another one that is healed."""

    name: str
    play: Callable[[], object]
    link: str = ""
    called: list[str] = field(default_factory=list)
    repeats: bool = True
    changes: list[Change] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.name} link={self.link}" if self.link else self.name

    def holds(self, later: list[Injected]) -> bool:
        """False once a client has repaired everything, or the requests that it was for have come. One that found
        nothing to change is in place, too, since an earlier one did the same; and so is what a later one covers."""
        covering = [change for one in later for change in one.changes]
        return not self.changes or any(
            change.holds or any(change.meets(other) for other in covering) for change in self.changes
        )
