# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The private zones that exist in Azure, and what they hold for a host: pure functions of a link's facts."""

from __future__ import annotations

import typing as t

from .product import Facts, State


def zones_with(facts: Facts, names: t.Sequence[str]) -> t.Iterator[tuple[State, list[str]]]:
    """The linked private zones that hold an A record for a host, by its name or an alias; most specific first, and its
    addresses."""
    for zone in sorted(facts.get("zones") or [], key=lambda zone: -len(zone["name"])):
        if zone["links"]:
            yield from ((zone, held) for held in (addresses_in(zone, name) for name in names) if held is not None)


def addresses_in(zone: State, host: str) -> list[str] | None:
    """The values of a host's A record in a zone; None if the zone does not have one."""
    name, host = zone["name"].lower(), host.lower()
    if host != name and not host.endswith(f".{name}"):
        return None
    relative = "@" if host == name else host[: -len(name) - 1]
    for record in zone.get("records") or []:
        if (record["name"].lower(), record["type"]) == (relative, "A"):
            return list(record["value"])
    return None


def linked_to(zone: State) -> list[str]:
    """The names of the networks that a zone is linked to."""
    return [link["virtual_network_id"].rpartition("/")[2] for link in zone["links"]]
