# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What both clouds know of private links: read, and nothing else. No method here writes."""

from __future__ import annotations

import typing as t
from functools import partial

from .._atlas import clusters, projects
from .._atlas.client import Client as Atlas
from .._atlas.endpoint_interface import EndpointInterfaces
from .._atlas.endpoint_service import EndpointServices
from .._azure import ids
from .._azure.client import GONE_WITH_PARENT
from .._azure.client import Client as Azure
from .._azure.mongo_cluster import MongoClusters
from .._azure.private_dns_zone import PrivateDnsZones
from .._azure.private_dns_zone_group import PrivateDnsZoneGroups
from .._azure.private_endpoint import PrivateEndpoints
from .._diagnosis.facts import to_prove
from .._errors import Denied, Failure
from .pairing import MONGO_CLUSTER, Json, Link, pair

T = t.TypeVar("T")

#: Takes what could not be read; raises it, or notes it and lets the rest be read.
Hindered = t.Callable[[Failure], None]


def read(
    atlas: Atlas | None,
    azure: t.Sequence[Azure],
    wanted_projects: t.Sequence[str],
    products: t.Collection[str],
    hindered: Hindered,
) -> Json:
    """{"products", "projects", "subscriptions", "hidden"}: what `pair` and `hosts` take. `hidden` are the ids of
    registered endpoints that were in no list and may be there all the same. Raises what `hindered` raises.

    `atlas` may be missing, and only those `wanted_projects` (ids or names) count if any are named. Requests: one for
    the list of projects, or one for each that is named; for a project one for its services, and if there are any, one
    for its clusters and one for each registration. For a subscription one each for endpoints, network interfaces,
    clusters of Azure DocumentDB and zones, one for each endpoint to such a cluster, one for each registration without
    an endpoint, and two for each zone that decides over names.
    """
    found: Json = {"products": list(products), "projects": [], "subscriptions": [], "hidden": []}
    if atlas:
        wholes = [
            _attempt(partial(_project, atlas, one), hindered) for one in _projects(atlas, wanted_projects, hindered)
        ]
        found["projects"] = [one for one in wholes if one]
    seen = []
    for client in azure:
        subscription = _attempt(partial(_subscription, client, products), hindered)
        if subscription:
            found["subscriptions"].append(subscription)
            seen.append((client, subscription))
    found["hidden"] = _hidden(pair(found), {client.subscription.lower(): client for client, _found in seen}, hindered)
    domains = list(dict.fromkeys(domain for link in pair(found) for domain in to_prove(link.facts)["domains"]))
    for client, subscription in seen if domains else ():
        zones = PrivateDnsZones(client, None, None, related_to=domains, record_sets=True)
        subscription["private_dns_zones"] = _attempt(zones.read, hindered) or []
    return found


def _hidden(links: t.Sequence[Link], clients: t.Mapping[str, Azure], hindered: Hindered) -> list[str]:
    """Azure's lists leave out what one may not read, as if it did not exist; asked for by its id, it is refused."""

    def is_gone(endpoint_id: str) -> bool:
        place = ids.checked_id("private_endpoint_id", endpoint_id, ids.PRIVATE_ENDPOINTS)
        try:
            return clients[place.subscription.lower()].find(endpoint_id, absent=GONE_WITH_PARENT) is None
        except Denied:
            return False

    missing = [one.id for one in links if one.endpoint is None and one.is_seen]
    return [one for one in missing if not _attempt(partial(is_gone, one), hindered)]


def _attempt(reading: t.Callable[[], T], hindered: Hindered) -> T | None:
    try:
        return reading()
    except Failure as failure:
        hindered(failure)
        return None


def _projects(client: Atlas, wanted: t.Sequence[str], hindered: Hindered) -> list[dict[str, str]]:
    if not wanted:
        return _attempt(partial(projects.visible, client), hindered) or []
    found = (_attempt(partial(projects.find, client, name), hindered) for name in wanted)
    return list({one["id"]: one for one in found if one}.values())


def _project(client: Atlas, project: Json) -> Json:
    services = EndpointServices(client, project["id"], None).read()
    return {
        **project,
        "endpoint_services": services,
        "endpoint_interfaces": [
            interface
            for service in services
            for endpoint_id in service["private_endpoints"]
            for interface in EndpointInterfaces(client, project["id"], service["id"], endpoint_id).read()
        ],
        "clusters": clusters.read_dedicated(client, project["id"]) if services else [],
    }


def _subscription(client: Azure, products: t.Collection[str]) -> Json:
    endpoints = PrivateEndpoints(client, None, None, None).read()
    is_wanted = MONGO_CLUSTER in products
    return {
        "id": client.subscription,
        "private_endpoints": endpoints,
        "mongo_clusters": MongoClusters(client, None, None).read() if is_wanted else [],
        "private_dns_zone_groups": [
            group
            for endpoint in endpoints
            if is_wanted and _leads_to_a_cluster(endpoint)
            for group in _zone_groups(client, endpoint["id"])
        ],
        "private_dns_zones": [],
    }


def _leads_to_a_cluster(endpoint: Json) -> bool:
    target = ids.parse(endpoint["target"] or "")
    return target is not None and ids.same(target.kind, ids.MONGO_CLUSTERS)


def _zone_groups(client: Azure, endpoint_id: str) -> list[Json]:
    place = ids.checked_id("id", endpoint_id, ids.PRIVATE_ENDPOINTS)
    return PrivateDnsZoneGroups(client, place.group, place.name).read()
