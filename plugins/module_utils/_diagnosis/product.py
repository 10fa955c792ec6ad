# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What differs between the products that a private link may lead to, as data; what is shared stands elsewhere.

The facts of a link are a dictionary of what the info modules return. A key that is missing was not looked at; None was
looked for and is not there.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._probe.hop import FAILED, OK, Hop
from .._probe.signatures import Diagnosis

Facts = t.Mapping[str, t.Any]
State = t.Mapping[str, t.Any]
Signatures = t.Mapping[tuple[str, str], Diagnosis]


@dataclass(frozen=True)
class ControlHop:
    """A hop that clients cannot see, and what it is read from.

    `source` is the fact without which it was not looked at, `check` looks: at the facts, and at the names that the
    application uses if they were told. A hop that `follows` from a broken one is skipped because of it: its state is a
    consequence. One that `serves_names` matters only as far as clients are not told the right address.
    """

    name: str
    title: str
    source: str
    check: t.Callable[[Facts, t.Sequence[str]], t.Iterator[Hop]]
    follows: tuple[str, ...] = ()
    serves_names: bool = False


@dataclass(frozen=True)
class Station:
    """A place on the drawn path: its words, in two rows on a wide page, and the hops that belong to it."""

    words: tuple[str, str]
    hops: tuple[str, ...]


@dataclass(frozen=True)
class Product:
    """A product as the verdict and the report need it.

    `hops` are in the order in which a link is built. `lines` are those of "What done looks like": what is asked, and
    the hops that answer it. `labels` gives what tells one link from others. `names` gives
    {connection_strings, srv_hosts, targets, addresses, domains, retry_writes}: what a client of the link uses, and may
    do. `refine` holds a client's walk to a name against what the clouds know. `signatures` are the product's own words,
    before those that all products share.
    """

    name: str
    hops: tuple[ControlHop, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]
    stations: tuple[Station, ...]
    signatures: Signatures
    labels: t.Callable[[Facts], t.Iterable[tuple[str, t.Any]]]
    names: t.Callable[[Facts], dict[str, t.Any]]
    refine: t.Callable[[t.Sequence[Hop], Facts, str | None], list[Hop]]


def ok(hop: str, message: str, observed: State | None = None, target: str | None = None) -> Hop:
    """A hop that went well."""
    return Hop(hop, OK, message, target, observed=dict(observed or {}))


def failed(hop: str, symptom: str, message: str, observed: State | None = None, target: str | None = None) -> Hop:
    """A hop that is broken."""
    return Hop(hop, FAILED, message, target, symptom, observed=dict(observed or {}))


def words(texts: t.Iterable[str]) -> str:
    """A list as people read it."""
    return ", ".join(texts) or "nothing"


def lower(texts: t.Iterable[str]) -> list[str]:
    """Texts whose letter case means nothing."""
    return [text.lower() for text in texts]


def named(state: State, *keys: str) -> dict[str, t.Any]:
    """What was observed: these keys of a state."""
    return {key: state.get(key) for key in keys}


def first(found: t.Iterable[State]) -> State | None:
    """The first one, if there is any."""
    return next(iter(found), None)
