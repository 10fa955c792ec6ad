# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names by which people call a link, and what they may have meant by another."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from tests.lab.faults.link import AnyLink


def called(link: AnyLink) -> list[str]:
    """Every name of a link: of the project or cluster, of its endpoints, and of the hosts in the inventory."""
    endpoints = [link.only] if link.only else [str(endpoint["name"]) for endpoint in link.known_endpoints]
    hosts = [
        host
        for host, meant in link.lab.hosts.items()
        if meant.leads_to == link.name and (meant.endpoint in endpoints or not link.only)
    ]
    return list(dict.fromkeys([link.name, *endpoints, *hosts]))


def suggestion(name: str, known: Iterable[str]) -> str:
    """A sentence with the nearest names, after a space; empty if none is near."""
    near = difflib.get_close_matches(name, list(known), 3)
    return f" Did you mean {' or '.join(near)}?" if near else ""
