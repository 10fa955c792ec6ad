# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Who uses what several share: derived from what exists, not from lists that grow.

A mark names a user. One that is the id of a private endpoint which does not exist any more names nobody. Every other
one counts, also where Azure does not let us look.
"""

from __future__ import annotations

import re
import typing as t

from .._errors import Failure
from . import ids, ownership
from .client import GONE_WITH_PARENT, Client

Json = t.Mapping[str, t.Any]

#: From how many endpoints on one list is cheaper than a look at each.
_MANY = 3

#: What a subnet shows of the things in it (source: Azure REST reference, subnets).
_IN_USE = (
    "privateEndpoints",
    "ipConfigurations",
    "ipConfigurationProfiles",
    "applicationGatewayIPConfigurations",
    "resourceNavigationLinks",
    "serviceAssociationLinks",
)


def others(texts: t.Iterable[str], used_by: str | None, gone: t.Container[str] = ()) -> list[str]:
    """Pure: whom the marks name beside this one; nobody if it is not said who this one is."""
    return [one for one in texts if used_by is not None and one not in gone and not ownership.is_user(used_by, [one])]


def gone(client: Client, texts: t.Iterable[str]) -> frozenset[str]:
    """Those of the marks that name a private endpoint which does not exist any more."""
    named: dict[str, dict[str, str]] = {}
    for text in set(texts):
        place = ids.parse(text)
        if place and ids.same(place.kind, ids.PRIVATE_ENDPOINTS) and len(text) < ownership.LONGEST:
            named.setdefault(place.subscription.lower(), {})[text.lower()] = text
    return frozenset(
        text
        for subscription, known in named.items()
        for path, text in _unlisted(client, subscription, known).items()
        if _is_gone(client, path)
    )


def _unlisted(client: Client, subscription: str, known: dict[str, str]) -> dict[str, str]:
    """Those that a list of the subscription does not show, which may be because we may not see them."""
    if len(known) < _MANY:
        return known
    try:
        listed = client.pages(ids.collection(subscription, None, ids.PRIVATE_ENDPOINTS))
    except Failure:
        return known
    there = {one["id"].lower() for one in listed}
    return {path: text for path, text in known.items() if path not in there}


def _is_gone(client: Client, path: str) -> bool:
    try:
        return client.find(path, absent=GONE_WITH_PARENT) is None
    except Failure:
        return False


def bound(record_sets: t.Iterable[Json]) -> list[str]:
    """Pure: the names of the private endpoints whose zone groups wrote some of these record sets (source: azure-cli's
    live recordings of zone groups: the metadata of their records)."""
    creators = [str((one["properties"].get("metadata") or {}).get("creator") or "") for one in record_sets]
    return sorted({name for one in creators for name in re.findall(r"created by private endpoint (\S+)", one)})


def endpoints_near(client: Client, links: t.Iterable[Json], used_by: str) -> bool:
    """Whether there is a private endpoint but this one in a virtual network of these links. One that cannot be read
    may have some."""
    networks = [str((one["properties"].get("virtualNetwork") or {}).get("id")) for one in links]
    try:
        found = [client.find(one, absent=GONE_WITH_PARENT) for one in networks]
    except Failure:
        return True
    return any(not ids.same(one, used_by) for network in found if network for one in _endpoints(network))


def _endpoints(network: Json) -> list[str]:
    subnets = network["properties"].get("subnets") or []
    return [one["id"] for subnet in subnets for one in subnet["properties"].get("privateEndpoints") or []]


def occupants(network: Json) -> list[str]:
    """Pure: what is in a virtual network, as Azure shows it, in words: "pe-1 in subnet endpoints", "peering to-hub".

    A private endpoint is there with the address of its network interface, too, and is named once.
    """
    properties = network["properties"]
    found = [f"peering {one['name']}" for one in properties.get("virtualNetworkPeerings") or []]
    for subnet in properties.get("subnets") or []:
        shown = subnet["properties"]
        kind = next((one for one in _IN_USE if shown.get(one)), None)
        found += [f"{_owner(one['id'])} in subnet {subnet['name']}" for one in shown.get(kind) or [] if kind]
    return list(dict.fromkeys(found))


def _owner(path: str) -> str:
    """The name of the resource that an id is of, or lies in."""
    place = ids.parse(path)
    return place.names[0] if place else path
