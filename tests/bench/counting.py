# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of a run to the clouds, beside the fewest with which anybody could do the same."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.away import Away, seed
from tests.bench.document import progress, table
from tests.bench.surroundings import build
from tests.lab.runtime import Lab
from tests.lab.traffic import Exchange

OTHER = "anything else"


@dataclass(frozen=True)
class Kind:
    """Requests of one kind, told by `cloud path` (without a query), and the fewest of them in a run that creates a link
    and in one that changes nothing."""

    name: str
    pattern: str
    created: int
    unchanged: int
    why: str


_SIGN_IN = Kind("sign-in to Azure", "^entra ", 2, 2, "where tokens are to be had, and one token for the whole run")
_NETWORK = Kind("virtual network", "/virtualNetworks/[^/]+$", 2, 1, "is it there; write it")
_INTERFACE = Kind("network interface", "/networkInterfaces/[^/]+$", 1, 1, "the endpoint's address is nowhere else")
_ZONES = Kind("private DNS zones", "/privateDnsZones(/[^/]+)?$", 2, 1, "which there are; write one")
_LINKS = Kind("virtual network links", "/virtualNetworkLinks(/[^/]+)?$", 1, 1, "a new zone has none; write it")
_OPERATIONS = r"/(operations|privateDnsOperationStatuses)/[^/]+$"

#: The first that fits counts.
KINDS = {
    "atlas": (
        Kind("sign-in to Atlas", "^atlas /api/oauth/", 1, 1, "one token for the whole run"),
        _SIGN_IN,
        Kind("project", "^atlas .*/groups/byName/", 1, 1, "its id; none if the id is given"),
        Kind("clusters", "^atlas .*/clusters", 2, 1, "what there is; again when the connection strings have come"),
        Kind(
            "endpoint interface",
            "^atlas .*/endpoint(/[^/]+)?$",
            2,
            1,
            "register; is it available",
        ),
        Kind("endpoint service", "^atlas .*/endpointService(/[^/]+)?$", 3, 1, "which there are; create; is it there"),
        _NETWORK,
        Kind("private endpoint", "/privateEndpoints/[^/]+$", 3, 1, "is it there; write it; is it approved"),
        _INTERFACE,
        _ZONES,
        _LINKS,
        Kind("record sets", r"/privateDnsZones/[^/]+/[^/]+(/[^/]+)?$", 1, 1, "a new zone has none; write one"),
        Kind("operations", _OPERATIONS, 4, 0, "has it ended: network, endpoint, zone, link"),
    ),
    "mongo_cluster": (
        _SIGN_IN,
        Kind("cluster", "/mongoClusters/[^/]+$", 1, 1, "what there is"),
        Kind("private link resources", "/privateLinkResources$", 1, 1, "which zone its names are in"),
        _NETWORK,
        Kind("private endpoint", "/privateEndpoints/[^/]+$", 3, 1, "is it there; write it; is it approved"),
        Kind("zone group", "/privateDnsZoneGroups(/[^/]+)?$", 1, 1, "a new endpoint has none; write it"),
        _INTERFACE,
        _ZONES,
        _LINKS,
        Kind("record sets", r"/privateDnsZones/[^/]+/[^/]+(/[^/]+)?$", 0, 1, "Azure writes them; are they still there"),
        Kind("operations", _OPERATIONS, 5, 0, "has it ended: network, endpoint, zone, link, zone group"),
    ),
}


def count(kinds: Iterable[Kind], exchanges: Iterable[Exchange]) -> Counter[str]:
    """How many requests there are of each kind, by its name; what fits none is `OTHER`."""
    known = list(kinds)
    asked = [f"{exchange.cloud} {exchange.path.partition('?')[0]}" for exchange in exchanges]
    return Counter(next((kind.name for kind in known if re.search(kind.pattern, one)), OTHER) for one in asked)


def main() -> str:
    return "\n\n".join(_product(product) for product in KINDS)


def _product(product: str) -> str:
    kinds = KINDS[product]
    with Away() as away, tempfile.TemporaryDirectory() as directory:
        away.ask(seed)
        links = {"bench": away.ask(Lab.link_variables, product)}
        found = []
        for when in ("created", "unchanged"):
            before = len(away.requests())
            build(away, links, Path(directory), product=product)
            found.append(count(kinds, away.requests(before)))
            progress(f"{product}, {when}: {found[-1].total()} requests")
    created, unchanged = found
    rows: list[tuple[object, ...]] = [
        (kind.name, created[kind.name], kind.created, unchanged[kind.name], kind.unchanged, kind.why) for kind in kinds
    ]
    rows.append((OTHER, created[OTHER], 0, unchanged[OTHER], 0, ""))
    fewest = sum(kind.created for kind in kinds), sum(kind.unchanged for kind in kinds)
    rows.append(("**all**", created.total(), fewest[0], unchanged.total(), fewest[1], ""))
    head = ("requests", "created", "fewest", "unchanged", "fewest", "the fewest are for")
    return f"`{product}`:\n\n{table(head, rows)}"
