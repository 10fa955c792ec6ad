# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Which connection strings Atlas withdraws when one endpoint goes, although applications use them elsewhere. Pure.

Without the regionalized mode, the private strings of a cluster in several regions go through an endpoint in each of
them. Atlas has these strings only while every region has an endpoint (source: Admin API specification,
ClusterConnectionStrings), so the endpoint of one region takes the strings of all regions with it.
"""

from __future__ import annotations

import typing as t

from .regions import azure_location, same
from .strings import through

Mapping = t.Mapping[str, t.Any]
State = dict[str, t.Any]

#: States in which a cluster may show no strings and have them again a minute later.
UNSETTLED = ("UPDATING", "REPAIRING")


def withdrawn(project: Mapping, endpoint_id: str, links: t.Iterable[Mapping] = ()) -> list[State]:
    """The clusters whose strings applications of other endpoints lose when this endpoint is removed.

    `project` is what atlas_project_info returns. `links` are the variables of the links that leave in the same run: a
    string is nobody's loss if every endpoint of it leaves. Each item has the `cluster`, its `state`, whether it is
    `paused`, the `srv_hosts` that are withdrawn (none while the cluster is being changed), the `endpoints` that stay
    (`id`, `name`, `location`), and all that as `text`.
    """
    services = project["endpoint_services"]
    leaving = {endpoint_id.lower(), *(one.lower() for one in _registered(project, links))}
    found = []
    for cluster in project["clusters"]:
        lost = [one for one in through(cluster, endpoint_id) if _others(one["endpoint_ids"], leaving)]
        staying = _others([ident for one in lost for ident in one["endpoint_ids"]], leaving)
        if not cluster["private_endpoints"] and cluster["state"] in UNSETTLED:
            staying = _others(_expected(project, cluster, endpoint_id), leaving)
        if staying:
            hosts = [one["srv_host"] or one["targets"][0]["host"] for one in lost]
            endpoints = [_described(ident, services) for ident in staying]
            item = {"cluster": cluster["name"], "state": cluster["state"], "paused": cluster["paused"]}
            found.append({**item, "srv_hosts": hosts, "endpoints": endpoints, "text": _text(item, hosts, endpoints)})
    return found


def _others(endpoint_ids: t.Iterable[str], leaving: t.Container[str]) -> list[str]:
    """The endpoints that stay, each once."""
    return list({one.lower(): one for one in endpoint_ids if one.lower() not in leaving}.values())


def _expected(project: Mapping, cluster: Mapping, endpoint_id: str) -> list[str]:
    """The endpoints that the strings of a cluster go through when its change is over, if they share any."""
    in_regions = [
        one["private_endpoints"] or []
        for one in project["endpoint_services"]
        if f"AZURE/{one['region']}" in cluster["regions"]
    ]
    mine = any(endpoint_id.lower() in map(str.lower, ids) for ids in in_regions)
    azure = [one for one in cluster["regions"] if one.startswith("AZURE/")]
    whole = len(in_regions) == len(azure) and all(in_regions)
    shares = mine and whole and len(cluster["regions"]) > 1 and not project["regional_mode"]
    return [ident for ids in in_regions for ident in ids] if shares else []


def _registered(project: Mapping, links: t.Iterable[Mapping]) -> list[str]:
    """The registered endpoints that variables of links name. One that could be two is none."""
    found = []
    for link in links:
        ours = [
            ident
            for service in project["endpoint_services"]
            for ident in service["private_endpoints"] or []
            if _is_of(project, link) and _names(link, ident, service["region"])
        ]
        found += ours if len(ours) == 1 else []
    return found


def _is_of(project: Mapping, link: Mapping) -> bool:
    """Whether a link is to this Atlas project. Whoever names a cluster of Azure DocumentDB has a link to that."""
    name = _text_of(link, "atlas_private_link_project")
    return not _text_of(link, "mongo_cluster_private_link_cluster") and (
        name == project["name"] if name else _text_of(link, "atlas_private_link_project_id") == project["id"]
    )


def _names(link: Mapping, endpoint_id: str, region: str) -> bool:
    """Whether the variables of a link name this endpoint of this region."""
    given = _text_of(link, "atlas_private_link_endpoint_id")
    if given:
        return given.lower() == endpoint_id.lower()
    parts = endpoint_id.lower().split("/")
    wanted = {
        2: _text_of(link, "atlas_private_link_subscription_id") or _text_of(link, "private_link_azure_subscription_id"),
        4: _text_of(link, "atlas_private_link_resource_group"),
        8: _text_of(link, "atlas_private_link_endpoint_name"),
    }
    placed = len(parts) == 9 and all(parts[at] == value.lower() for at, value in wanted.items() if value or at > 2)
    return placed and same(_text_of(link, "atlas_private_link_region"), region)


def _text_of(link: Mapping, name: str) -> str:
    return str(link.get(name) or "").strip()


def _described(endpoint_id: str, services: t.Sequence[Mapping]) -> State:
    """An endpoint by its name and location; those of other clouds have an id only."""
    regions = [
        one["region"] for one in services for known in one["private_endpoints"] or [] if _same_id(known, endpoint_id)
    ]
    return {
        "id": endpoint_id,
        "name": endpoint_id.rsplit("/", 1)[-1],
        "location": azure_location(regions[0]) if regions else "",
    }


def _same_id(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _text(cluster: Mapping, hosts: t.Sequence[str], endpoints: t.Sequence[Mapping]) -> str:
    name = f"{cluster['cluster']} (paused)" if cluster["paused"] else cluster["cluster"]
    strings = (
        ", ".join(hosts) or f"all private connection strings, which it does not show while it is {cluster['state']}"
    )
    staying = ", ".join(f"{one['name']} in {one['location']}" if one["location"] else one["name"] for one in endpoints)
    return f"{name} loses {strings} (also used through {staying})"
