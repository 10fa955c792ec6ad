# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What is ours: the mark on everything that this collection creates, so that it removes nothing else."""

from __future__ import annotations

import hashlib
import typing as t

from .._errors import Guarded, InvalidInput

#: A tag of ARM resources, an entry in the metadata of record sets.
MARK = {"managed-by": "privatelink.mongodb"}
_USE = "used-by-"
#: Characters in the value of a tag (source: Microsoft, tag limitations).
LONGEST = 256

Tags = t.Optional[t.Mapping[str, str]]


def is_ours(tags: Tags) -> bool:
    """Whether the mark is there."""
    return all((tags or {}).get(name) == value for name, value in MARK.items())


def marked(tags: Tags, used_by: str | None = None) -> dict[str, str]:
    """The tags of something new."""
    return {**MARK, **(tags or {}), **use(used_by)}


def use(used_by: str | None) -> dict[str, str]:
    """The mark of one who uses a thing that several may share, such as a private endpoint its zone; none of nobody.

    Each has a key of its own, so that nobody overwrites another's. Case means nothing, as in the ids of ARM.
    """
    if used_by is None:
        return {}
    text = used_by if len(used_by) <= LONGEST else f"{used_by[: LONGEST - 13]}~{_digest(used_by)}"
    return {f"{_USE}{_digest(text)}": text}


def _digest(text: str) -> str:
    return hashlib.sha256(text.lower().encode()).hexdigest()[:12]


def is_user(used_by: str | None, texts: t.Iterable[str]) -> bool:
    """Whether this one is among the users of a thing, as `users` returns them."""
    return any(use(one).keys() == use(used_by).keys() for one in texts)


def uses(used_by: str | None, tags: Tags) -> bool:
    """Whether a thing with these tags is marked as used by this one."""
    return is_user(used_by, users(tags))


def checked_user(used_by: str | None) -> str | None:
    """Raises `InvalidInput` for a blank: it would mean everybody."""
    if used_by is not None and not used_by.strip():
        raise InvalidInput(
            "used_by", used_by, "the name or id of somebody", "Give it, or leave it out to mean everybody."
        )
    return used_by


def users(tags: Tags) -> list[str]:
    """All who use a thing."""
    return sorted(text for name, text in (tags or {}).items() if name.startswith(_USE))


def unused(tags: Tags, used_by: str | None = None) -> dict[str, str]:
    """The tags without the mark of this one, or without those of all."""
    gone = users(tags) if used_by is None else [used_by]
    names = {name for one in gone for name in use(one)}
    return {name: value for name, value in (tags or {}).items() if name not in names}


def checked_tags(given: t.Mapping[str, t.Any] | None) -> dict[str, str] | None:
    """Tags as ARM takes them: YAML makes numbers and booleans of some values."""
    return None if given is None else {str(name): str(value) for name, value in given.items()}


def merged(current: Tags, wanted: Tags) -> dict[str, str]:
    """The tags of something that exists: what was asked for is added or changed, the others stay."""
    return {**(current or {}), **(wanted or {})}


def guard(title: str, tags: Tags, force: bool) -> None:
    """Raises `Guarded` before something is removed that somebody else made."""
    if not (force or is_ours(tags)):
        raise Guarded(
            f"{title} was not created by this collection",
            "it has no tag managed-by=privatelink.mongodb",
            "Set force=true to remove it all the same.",
        )
