# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What is ours: the mark on everything that this collection creates, so that it removes nothing else."""

from __future__ import annotations

import typing as t

from .._errors import Guarded

#: A tag of ARM resources, an entry in the metadata of record sets.
MARK = {"managed-by": "privatelink.mongodb"}

Tags = t.Optional[t.Mapping[str, str]]


def is_ours(tags: Tags) -> bool:
    """Whether the mark is there."""
    return all((tags or {}).get(name) == value for name, value in MARK.items())


def marked(tags: Tags) -> dict[str, str]:
    """The tags of something new."""
    return {**MARK, **(tags or {})}


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
