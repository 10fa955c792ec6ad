# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""A client's walk to a name, held against the cluster and the private zones in Azure: pure functions."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ..._probe.hop import FAILED, WRITES, Hop
from ..product import Facts
from ..zones import linked_to, zones_with
from .hops import READ_ONLY


def refine(hops: t.Sequence[Hop], facts: Facts, srv_host: str | None) -> list[Hop]:
    """The cluster's own name that a client is told not to exist is hidden; a public address although there is a zone
    with the private one was told by a server that does not see it; a refused write may be due to the name."""
    own = (facts.get("mongo_cluster") or {}).get("srv_host")
    looked_up = {hop.target: hop for hop in hops if hop.hop == "address"}
    targets = [hop.target or "" for hop in hops if hop.hop == "tcp"]
    read_only = targets if all(READ_ONLY in target for target in targets) else []
    return [_refined(hop, facts, srv_host == own, looked_up, read_only) for hop in hops]


def _refined(
    hop: Hop, facts: Facts, is_own: bool, looked_up: t.Mapping[str | None, Hop], read_only: t.Sequence[str]
) -> Hop:
    if hop.status != FAILED:
        return hop
    if (hop.hop, hop.symptom) == ("srv", "nxdomain") and is_own:
        return replace(hop, symptom="hidden")
    if (hop.hop, hop.symptom) == ("expected_address", "public"):
        return _seen_from_outside(hop, facts, looked_up.get(hop.target))
    # Which code such a write is refused with is not documented.
    if read_only and ((hop.hop, hop.symptom) == ("hello", "no_primary") or hop.hop in WRITES):
        return replace(hop, symptom="read_only", observed={**hop.observed, "through": list(read_only)})
    return hop


def _seen_from_outside(hop: Hop, facts: Facts, address: Hop | None) -> Hop:
    """`address` is the look-up whose answer is the wrong one."""
    answer = address.observed if address else {}
    expected = set(hop.observed.get("expected") or [])
    for zone, held in zones_with(facts, [hop.target or "", *(answer.get("aliases") or [])]):
        if expected & set(held):
            seen = {"private_zone": zone["name"], "server": answer.get("server"), "linked": linked_to(zone)}
            return replace(hop, symptom="zone_not_seen", observed={**hop.observed, **seen})
    return hop
