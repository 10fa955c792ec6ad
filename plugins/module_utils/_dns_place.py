# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Where planned zones go: into the zone that a network already uses, or into a resource group. Pure data."""

from __future__ import annotations

import typing as t

from ._azure import ids, ownership
from ._azure.record_sets import checked, identity, meaning

Json = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]


def places(
    planned: t.Sequence[Mapping],
    existing: t.Sequence[Mapping],
    links: t.Sequence[Mapping],
    resource_group: str,
    used_by: str,
    tags: Mapping | None = None,
    purge: bool = False,
    resolution_policy: str | None = None,
) -> Json:
    """{"zones": where each planned zone goes, "leaving": zones of this user that are not planned any more, "purge"}.

    A virtual network can be linked to one zone of a name (source: Microsoft's error about overlapping namespaces), so
    a zone that it is linked to is used, wherever that is. The other networks get the one in the resource group.
    `existing` is what azure_private_dns_zone_info returns with `record_sets`. Each place says whether its links and its
    records are as planned, so that nobody needs to look again. One who begins to use a zone looks at its links after
    having written into it, as the last other user may be about to take them away. Nothing leaves without `purge`. A
    `resolution_policy` is for new links and for those that this collection made; others keep theirs, unless a link asks
    for one itself.
    """
    own = ownership.checked_tags(tags, ownership.MOST_IN_DNS, used_by) or {}
    found = [place for zone in planned for place in _places(zone, existing, links, resource_group, resolution_policy)]
    for place in found:
        zone = next((one for one in existing if one["id"] == place["id"]), None)
        # What is adopted is not ours to tag.
        place["tags"] = {} if zone and not ownership.is_ours(zone["tags"]) else dict(own)
        place["linked"] = zone is not None and _linked(zone, place["links"], place["tags"])
        place["records"] = [_kept(record, zone) for record in place["records"]] if zone else place["records"]
        place["written"] = zone is not None and _written(zone, place["records"], used_by, purge)
        if zone and not _has_joined(zone, place["records"], used_by):
            place["linked"] = False
    kept = {place["id"] for place in found}
    leaving = [
        {"id": one["id"], "zone": one["name"], **_home(one)}
        for one in existing
        if purge and one["id"] not in kept and _is_used(one, used_by)
    ]
    return {"zones": found, "leaving": leaving, "purge": purge}


def _places(
    zone: Mapping, existing: t.Sequence[Mapping], links: t.Sequence[Mapping], resource_group: str, policy: str | None
) -> t.Iterator[Json]:
    same = [one for one in existing if ids.same(one["name"], zone["zone"])]
    home = next((one for one in same if ids.same(_home(one)["resource_group"], resource_group)), None)
    chosen: list[tuple[Mapping | None, list[Mapping]]] = [] if links else [(home, [])]
    for link in links:
        place = next((one for one in same if _link_to(one, link["virtual_network_id"])), home)
        group = next((members for one, members in chosen if one is place), None)
        if group is None:
            chosen.append((place, [link]))
        else:
            group.append(link)
    for place, members in chosen:
        where = _home(place) if place else {"resource_group": resource_group, "subscription_id": None}
        asked = [
            _with_policy(one, _link_to(place, one["virtual_network_id"]) if place else None, policy) for one in members
        ]
        yield {**zone, **where, "id": place["id"] if place else None, "links": asked}


def _with_policy(asked: Mapping, found: Mapping | None, policy: str | None) -> Json:
    ours = found is None or ownership.is_for_users(found["tags"])
    wanted = asked.get("resolution_policy") or (policy if ours else None)
    return {**asked, **({"resolution_policy": wanted} if wanted else {})}


def _home(zone: Mapping) -> dict[str, str]:
    place = ids.checked_id("id", zone["id"], ids.PRIVATE_DNS_ZONES)
    return {"resource_group": place.group, "subscription_id": place.subscription}


def _link_to(zone: Mapping, network_id: str) -> Mapping | None:
    return next((one for one in zone["links"] if ids.same(one["virtual_network_id"], network_id)), None)


def _is_used(zone: Mapping, used_by: str) -> bool:
    """Whether the zone, a link or a record set of it is marked as used by this one."""
    marked = any(ownership.uses(used_by, one["tags"]) for one in (zone, *zone["links"]))
    return marked or any(ownership.is_user(used_by, one["used_by"]) for one in zone["records"])


def _linked(zone: Mapping, links: t.Sequence[Mapping], tags: t.Mapping[str, str]) -> bool:
    found = [(_link_to(zone, one["virtual_network_id"]), one.get("resolution_policy")) for one in links]
    return (
        zone["provisioning_state"] == "Succeeded"
        and all(zone["tags"].get(name) == value for name, value in tags.items())
        and all(link is not None and _works(link, policy) for link, policy in found)
    )


def _works(link: Mapping, policy: str | None) -> bool:
    settled = link["provisioning_state"] == "Succeeded" and link["link_state"] == "Completed"
    return settled and policy in (None, link["resolution_policy"])


def _has_joined(zone: Mapping, records: t.Sequence[Mapping], used_by: str) -> bool:
    """Whether something in a zone is this one's already, or there is nothing that could be."""
    asked = {identity(checked(record, zone["name"].lower())) for record in records}
    found = [one for one in zone["records"] if identity(one) in asked]
    return not asked or any(not one["managed"] or ownership.may_use(used_by, one["used_by"]) for one in found)


def _written(zone: Mapping, records: t.Sequence[Mapping], used_by: str, purge: bool) -> bool:
    asked = {identity(one): one for one in (checked(record, zone["name"].lower()) for record in records)}
    found = {identity(one): one for one in zone["records"]}
    extra = [
        one
        for key, one in found.items()
        if key not in asked and one["managed"] and ownership.is_user(used_by, one["used_by"])
    ]
    return not (purge and extra) and all(key in found and _same(found[key], one, used_by) for key, one in asked.items())


def _kept(record: Mapping, zone: Mapping) -> Mapping:
    """A planned record, or what somebody else has written in its stead, where that means the same to clients: how long
    it lives, and in which order it names things, is theirs to say."""
    asked = checked(record, zone["name"].lower())
    found = next((one for one in zone["records"] if identity(one) == identity(asked)), None)
    if (
        found is None
        or found["managed"]
        or meaning(found["type"], found["value"]) != meaning(asked["type"], asked["value"])
    ):
        return record
    return {**record, "ttl": found["ttl"], "values": found["value"]}


def _same(found: Mapping, asked: Mapping, used_by: str) -> bool:
    marked = ownership.may_use(used_by, found["used_by"]) or not found["managed"]
    return marked and found["value"] == asked["value"] and found["ttl"] == asked["ttl"]
