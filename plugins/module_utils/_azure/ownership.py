# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What is ours: the mark on everything that this collection creates, so that it removes nothing else."""

from __future__ import annotations

import hashlib
import re
import typing as t

from .._errors import Guarded, InvalidInput

#: A tag of ARM resources, an entry in the metadata of record sets.
MARK = {"managed-by": "privatelink.mongodb"}
#: The tag of a zone or a link that goes with its last user. Its value is the first user, or the other text when that
#: one has left.
MADE_FOR, ANY_ENDPOINT = "made-for", "private endpoints"
_USE = "used-by-"
#: A user's own tag may begin like that, too.
_IS_USE = re.compile(r"used-by-([0-9a-f]{12}|more)")

#: Tags of a resource, and of a private DNS zone, a virtual network link or a record set (there: entries of metadata).
#: Source: Microsoft, tag limitations; for links: terraform-provider-azurerm issue 21749; that private record sets keep
#: to what Microsoft says of record sets of Azure DNS is unverified.
MOST, MOST_IN_DNS = 50, 15
#: Characters in the name and in the value of a tag (source: the same, and the error of private DNS zones).
LONGEST_NAME, LONGEST = 512, 256

#: A record set lists its users, as many as leave room for entries of others. The entry stands for all that come later.
MOST_USERS = 10
MORE_USERS = {f"{_USE}more": "more private endpoints than are listed"}

Tags = t.Optional[t.Mapping[str, str]]


def is_ours(tags: Tags) -> bool:
    """Whether the mark is there."""
    return all((tags or {}).get(name) == value for name, value in MARK.items())


def marked(tags: Tags, used_by: str | None = None) -> dict[str, str]:
    """The tags of something new."""
    return {**MARK, **(tags or {}), **({} if used_by is None else {MADE_FOR: _shortened(used_by)})}


def is_for_users(tags: Tags) -> bool:
    """Whether this collection made a thing for users, so that it goes with the last one. Release 0.9.0 listed them."""
    return is_ours(tags) and any(name == MADE_FOR or _IS_USE.fullmatch(name) for name in tags or {})


def use(used_by: str | None) -> dict[str, str]:
    """The entry for one user in the metadata of a record set (in release 0.9.0: in tags, too); none of nobody.

    Each has a key of its own, so that nobody overwrites another's. Case means nothing, as in the ids of ARM.
    """
    if used_by is None:
        return {}
    if used_by in MORE_USERS.values():
        return MORE_USERS
    text = _shortened(used_by)
    return {f"{_USE}{_digest(text)}": text}


def with_user(used_by: str | None, texts: list[str]) -> list[str]:
    """The users of a record set from now on, as `users` returns them."""
    if used_by is None or may_use(used_by, texts):
        return texts
    listed = len(texts) < MOST_USERS
    return sorted([*texts[:MOST_USERS], *(use(used_by) if listed else MORE_USERS).values()])


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 13]}~{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.lower().encode()).hexdigest()[:12]


def is_user(used_by: str | None, texts: t.Iterable[str]) -> bool:
    """Whether this one is among the users of a thing, as `users` returns them."""
    return any(use(one).keys() == use(used_by).keys() for one in texts)


def may_use(used_by: str | None, texts: t.Iterable[str]) -> bool:
    """Whether this one is among them, or may be one that is not listed."""
    return any(one in MORE_USERS.values() or is_user(used_by, [one]) for one in texts)


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
    """All whom the marks of a thing name."""
    named = {text for name, text in (tags or {}).items() if name == MADE_FOR or _IS_USE.fullmatch(name)}
    return sorted(named - {ANY_ENDPOINT})


def unused(tags: Tags, used_by: str | None = None) -> dict[str, str]:
    """The tags without the mark of this one, or without those of all. For this one it stays that a thing was made for
    users."""
    if used_by is None:
        return {name: value for name, value in (tags or {}).items() if name != MADE_FOR and not _IS_USE.fullmatch(name)}
    left = {name: value for name, value in (tags or {}).items() if name not in use(used_by)}
    if MADE_FOR in left and is_user(used_by, [left[MADE_FOR]]):
        left[MADE_FOR] = ANY_ENDPOINT
    return left


def checked_tags(given: t.Mapping[str, t.Any] | None, most: int = MOST, used_by: str | None = None) -> Tags:
    """Tags as ARM takes them: YAML makes numbers and booleans of some values. Raises `InvalidInput` for more or longer
    ones than a new resource may have beside the marks."""
    if given is None:
        return None
    tags = {str(name): str(value) for name, value in given.items()}
    for name, value in tags.items():
        if not 0 < len(name) <= LONGEST_NAME:
            raise InvalidInput("tags", name, f"names of 1 to {LONGEST_NAME} characters")
        if len(value) > LONGEST:
            raise InvalidInput(f"tags.{name}", value, f"at most {LONGEST} characters long")
    _refuse_more(tags, len(marked(tags, used_by)), most)
    return tags


def merged(current: Tags, wanted: Tags, most: int = MOST) -> dict[str, str]:
    """The tags of something that exists: what was asked for is added or changed, the others stay. Marks that release
    0.9.0 left make room where the limit would be passed. Raises `InvalidInput` if that is not enough."""
    tags = {**(current or {}), **(wanted or {})}
    if tags == (current or {}):
        return tags
    for name in sorted(filter(_IS_USE.fullmatch, tags)):
        if len(tags) > most:
            del tags[name]
    _refuse_more(wanted or {}, len(tags), most)
    return tags


def _refuse_more(asked: t.Mapping[str, str], count: int, most: int) -> None:
    if count > most:
        raise InvalidInput(
            "tags",
            f"{len(asked)} tags, with which the resource has {count}",
            f"at most {most - count + len(asked)} tags, as Azure allows {most} on this resource",
            "Ask for fewer, or remove tags that the resource has.",
        )


def guard(title: str, tags: Tags, force: bool) -> None:
    """Raises `Guarded` before something is removed that somebody else made."""
    if not (force or is_ours(tags)):
        raise Guarded(
            f"{title} was not created by this collection",
            "it has no tag managed-by=privatelink.mongodb",
            "Set force=true to remove it all the same.",
        )
