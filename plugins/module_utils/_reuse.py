# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""One client for as long as nothing changes: the items of a loop run in one process, so they share token and
connections."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import typing as t

Options = t.Mapping[str, t.Any]
T = t.TypeVar("T")

_KEY = secrets.token_bytes(32)
#: Every client of this process, by what made it and what it was made from.
MADE: dict[tuple[t.Any, str], t.Any] = {}


def fingerprint(value: t.Any) -> str:
    """A name for a value that may hold secrets; equal values have the same, in this process and those forked from it.
    It is keyed, so that no secret can be guessed from it."""
    text = json.dumps(value, sort_keys=True, default=str).encode()
    return hashlib.blake2b(text, key=_KEY, digest_size=32).hexdigest()


def once(make: t.Callable[[Options], T], names: t.Iterable[str]) -> t.Callable[[Options], T]:
    """Makes what `make` does, but only once for the same values of these options, the same environment (it may say who
    signs in, and through which proxy) and the same process (a fork must not share connections)."""
    relevant = tuple(names)

    def made(options: Options) -> T:
        surroundings = [os.getpid(), dict(os.environ), {name: options.get(name) for name in relevant}]
        key = make, fingerprint(surroundings)
        if key not in MADE:
            MADE[key] = make(options)
        return t.cast(T, MADE[key])

    return made
