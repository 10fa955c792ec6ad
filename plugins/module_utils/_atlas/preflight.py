# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What a project says of a link that is asked for: what stands of it, and what Atlas would refuse. Pure."""

from __future__ import annotations

import typing as t

from .checked import checked_region
from .strings import through

State = dict[str, t.Any]


def preflight(
    project: t.Mapping[str, t.Any],
    *,
    region: str,
    resource_group: str,
    endpoint_name: str,
    subscription_id: str = "",
    clusters: str | t.Sequence[str] = (),
) -> State:
    """What atlas_project_info returned, seen from one link.

    - region: in Atlas' spelling.
    - service: the region's endpoint service, or {}.
    - is_registered: whether an endpoint of this name and group is, in this subscription, or else in any.
    - private_endpoint_id: its id, as it was registered, or "". Of several, the first.
    - private_endpoint_ids: all such ids. They are several only if the subscription was not given.
    - clusters: the names asked for (a list, or text with commas), or all that can be linked in the region.
    - connected: their documents, of those with a connection string through the endpoint; `is_crossing` says whether
      one of these strings goes through other endpoints, too.
    - obstacles: "read_only", "not_linkable", "paused" and "crowded", as far as they hold; `not_linkable` and `paused`
      are the names of such clusters.

    Raises `InvalidInput` for a region that neither cloud has.
    """
    name = checked_region(region)
    suffix = f"/resourcegroups/{resource_group}/providers/microsoft.network/privateendpoints/{endpoint_name}".lower()
    service: State = next((one for one in project["endpoint_services"] if one["region"] == name), {})
    registered = service.get("private_endpoints") or []
    place = f"/subscriptions/{subscription_id}{suffix}".lower() if subscription_id else suffix
    same = [one for one in registered if one.lower().endswith(place)]
    mine = next(iter(same), None)
    near = [one for one in project["clusters"] if f"AZURE/{name}" in one["regions"]]
    linkable = [one["name"] for one in near if one["supported"]]
    asked = [one.strip() for one in clusters.split(",")] if isinstance(clusters, str) else clusters
    wanted = [one for one in asked if one] or linkable
    connected = [one for one in project["clusters"] if mine and one["name"] in wanted and through(one, mine)]
    paused = [one["name"] for one in near if one["paused"]]
    not_linkable = [one for one in wanted if one not in linkable]
    holds = {
        "read_only": project["can_write"] is False,
        "not_linkable": bool(not_linkable) or not wanted,
        "paused": bool(paused) and not mine,
        "crowded": _is_crowded(project, name, others=[one for one in registered if one != mine]),
    }
    return {
        "region": name,
        "service": service,
        "is_registered": mine is not None,
        "private_endpoint_id": mine or "",
        "private_endpoint_ids": same,
        "clusters": wanted,
        "connected": connected,
        "is_crossing": any(len(entry["endpoint_ids"]) > 1 for one in connected for entry in through(one, mine or "")),
        "not_linkable": not_linkable,
        "paused": paused,
        "obstacles": [obstacle for obstacle, is_there in holds.items() if is_there],
    }


def _is_crowded(project: t.Mapping[str, t.Any], region: str, others: t.Sequence[str]) -> bool:
    """Whether Atlas would refuse one more endpoint: without the regionalized mode it takes either one in each of
    several regions, or several in one region (source: Atlas docs, private endpoints in multiple regions)."""
    elsewhere = [len(one["private_endpoints"]) for one in project["endpoint_services"] if one["region"] != region]
    most = max(elsewhere, default=0)
    return not project["regional_mode"] and (most > 1 or (most == 1 and bool(others)))
