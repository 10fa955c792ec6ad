# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""A client's walk to a name, held against the names and records that Atlas has: pure functions."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from urllib.parse import parse_qsl

from ..._probe.hop import FAILED, OK, Hop
from ..product import Facts, State

#: Where a walk may end because SRV or TXT records, though well-formed, are not those that Atlas has.
AFTER_RECORDS = ("address", "expected_address", "tcp", "tls", "hello", "authentication")


def refine(hops: t.Sequence[Hop], facts: Facts, srv_host: str | None) -> list[Hop]:
    """A name that Atlas has and a client is told not to exist is hidden; a record that says something else than the API
    is outdated."""
    string = _string(facts, srv_host)
    if string is None:
        return list(hops)
    found = [_hidden(hop) for hop in hops]
    broken = next((hop.hop for hop in found if hop.status == FAILED), None)
    return [_against_the_api(hop, string) for hop in found] if broken in AFTER_RECORDS else found


def _hidden(hop: Hop) -> Hop:
    return replace(hop, symptom="hidden") if (hop.hop, hop.symptom) == ("srv", "nxdomain") else hop


def _string(facts: Facts, srv_host: str | None) -> State | None:
    """The connection string of that name, as the API has it."""
    strings = [entry for cluster in facts.get("clusters") or [] for entry in cluster["private_endpoints"]]
    return next((entry for entry in strings if entry["srv_host"] == srv_host and entry.get("targets")), None)


def _against_the_api(hop: Hop, string: State) -> Hop:
    """A record that says something else than the API does: mirrored once and not kept in sync, or still cached."""
    if hop.status == FAILED:
        return hop
    if hop.hop == "srv":
        said, api = sorted(hop.observed["targets"]), sorted(f"{one['host']}:{one['port']}" for one in string["targets"])
    elif hop.hop == "txt" and hop.status == OK:
        said, api = (_options(one) for one in (dict(parse_qsl("&".join(hop.observed["records"]))), string["options"]))
    else:
        return hop
    if said == api:
        return hop
    seen = {**hop.observed, "said": said, "api": api}
    return replace(
        hop,
        status=FAILED,
        symptom="outdated",
        message=f"{', '.join(said) or 'nothing'} differs from the API",
        observed=seen,
    )


def _options(options: t.Mapping[str, str]) -> list[str]:
    """Those that a driver cannot do without; the names' letter case means nothing."""
    return sorted(f"{name}={value}" for name, value in options.items() if name.lower() in ("authsource", "replicaset"))
