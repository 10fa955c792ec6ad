# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What there is to prove of a link: pure functions of its facts."""

from __future__ import annotations

import re
import typing as t

from .._probe.host import SRV_PREFIX, normalise
from .product import Facts
from .products import product_of


def to_prove(facts: Facts, srv_hosts: str | t.Sequence[str] = ()) -> dict[str, t.Any]:
    """{connection_strings, srv_hosts, asked, targets, addresses, domains, for_user, retry_writes}: the strings through
    the endpoint ({cluster, connection_string}, without credentials), the names to probe, those of them that somebody
    asked for, the hosts and addresses that they may lead to, the domains whose private zones decide over them (with
    those names themselves), the endpoint for which these are all its names, and whether the product lets drivers repeat
    a write.

    `srv_hosts` may be a list or separated by commas, and of each name only the host is kept, should it be a whole
    connection string. `for_user` is None where names are missing: zones that were made for others may then matter.
    """
    found = product_of(facts).names(facts)
    given = srv_hosts.split(",") if isinstance(srv_hosts, str) else srv_hosts
    asked, own, targets = _unique(host_of(name) for name in given), _unique(found["srv_hosts"]), found["targets"]
    names = [name for name in (*own, *targets) if "." in name]
    is_complete = bool(targets) and set(asked) <= {name.lower() for name in own}
    endpoint = facts.get("private_endpoint") or {}
    return {
        **found,
        "srv_hosts": asked or own,
        "asked": asked,
        "targets": _unique(targets),
        "addresses": _unique(found["addresses"]),
        "domains": _unique([*found["domains"], *names]) if found["domains"] else [],
        "for_user": (endpoint.get("id") or facts.get("id")) if is_complete else None,
    }


def host_of(name: str) -> str:
    """The host of an SRV name in any spelling, or of a connection string; credentials are dropped."""
    host = normalise(re.split("[/?]", name.rpartition("@")[2].rpartition("://")[2])[0])
    return host[len(SRV_PREFIX) :] if host.startswith(SRV_PREFIX) else host


def _unique(texts: t.Iterable[str | None]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]
