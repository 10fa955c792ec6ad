# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The hops that clients cannot see: what the clouds say of a private link, in the order in which it is built."""

from __future__ import annotations

import typing as t

from .._probe.hop import FAILED, Hop, skipped
from .product import Facts
from .products import product_of


def control_hops(facts: Facts, srv_hosts: t.Sequence[str] = ()) -> list[Hop]:
    """All hops in order; several for the clusters and for the connection strings where there are several. Pure.

    `srv_hosts` are the names that the application uses, if they are given: they are held against what the API says.
    Empty if no control plane was looked at.
    """
    described = product_of(facts).hops
    if not any(hop.source in facts for hop in described):
        return []
    hops: list[Hop] = []
    for one in described:
        if one.source not in facts:
            hops.append(skipped(one.name, None, "not looked at"))
            continue
        because = next((hop.hop for hop in hops if hop.status == FAILED and hop.hop in one.follows), None)
        found = one.check(facts, srv_hosts)
        hops += [_consequence(hop, because) if because and hop.status == FAILED else hop for hop in found]
    return hops


def _consequence(hop: Hop, because: str) -> Hop:
    return skipped(hop.hop, hop.target, f"{hop.message}; follows from {because}", because)
