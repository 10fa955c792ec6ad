# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Which registration belongs to which private endpoint: pure data.

A registration is what the owner of a target knows of a private endpoint: an endpoint interface of Atlas, or a private
endpoint connection of a cluster of Azure DocumentDB.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .._atlas.strings import through
from .._azure import ids
from .._azure.private_endpoint import DEAD

Json = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]

ATLAS, MONGO_CLUSTER = "atlas", "mongo_cluster"

#: How MongoDB calls the Private Link Services of Atlas (source: Admin API specification, privateLinkServiceName).
_OF_ATLAS = re.compile(r"pls_[0-9a-f]{24}", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """One link, or the half of one that is there.

    `facts` are those of a link as the diagnosis takes them; what does not exist is None there. `registration` and
    `endpoint` are its halves, `by` says how they were paired ("id", "address", or "" for a half alone). `is_seen` is
    whether the missing half would have been found, had it existed.
    """

    facts: Mapping
    registration: Mapping | None
    endpoint: Mapping | None
    by: str = ""
    is_seen: bool = True

    @property
    def id(self) -> str:
        """The private endpoint's, or what the registration says it is."""
        return str(self.facts["id"])

    @property
    def target(self) -> str | None:
        """The resource id of what the registration belongs to."""
        service, cluster = self.facts.get("endpoint_service"), self.facts.get("mongo_cluster")
        return t.cast("str | None", service["private_link_service_id"] if service else cluster and cluster["id"])


@dataclass(frozen=True)
class _Registration:
    """A registration and whose it is: `owner` is an Atlas project or a cluster; `service` is None for a cluster."""

    found: Mapping
    owner: Mapping
    service: Mapping | None = None

    @property
    def endpoint_id(self) -> str:
        return str(self.found["private_endpoint_id"] or "")

    @property
    def target(self) -> str | None:
        return t.cast("str | None", self.service["private_link_service_id"] if self.service else self.owner["id"])


def pair(world: Mapping) -> list[Link]:
    """All links of a world as `reading.read` returns it. Each registration and each private endpoint that leads to one
    of the products is in exactly one of them.

    They are paired by the endpoint's resource id; of several registrations of one endpoint that of its target is its
    own. What is left over is paired by target and address: an endpoint that was made anew under another name.
    """
    subscriptions = world["subscriptions"]
    endpoints = {one["id"].lower(): one for subscription in subscriptions for one in subscription["private_endpoints"]}
    seen = {one["id"].lower() for one in subscriptions}
    facts = _Facts(world)
    links, alone = [], []
    registrations = list(_registrations(world))
    # By ids, too: several projects may have registered an endpoint that leads to none of them.
    ranked = sorted(
        registrations,
        key=lambda one: (
            not _leads_to(endpoints.get(one.endpoint_id.lower()), one.target),
            str(one.owner["id"]),
            one.endpoint_id.lower(),
        ),
    )
    for registration in ranked:
        endpoint = endpoints.pop(registration.endpoint_id.lower(), None)
        if endpoint is None:
            alone.append(registration)
        else:
            links.append(Link(facts.of(registration, endpoint), registration.found, endpoint, "id"))
    for registration in alone:
        same = [one for one in endpoints.values() if _is_same_place(one, registration)]
        if len(same) == 1:
            endpoint = endpoints.pop(same[0]["id"].lower())
            links.append(Link(facts.of(registration, endpoint), registration.found, endpoint, "address"))
        else:
            place = ids.parse(registration.endpoint_id)
            is_seen = place is not None and place.subscription.lower() in seen
            is_seen = is_seen and registration.endpoint_id not in world["hidden"]
            links.append(Link(facts.of(registration, None), registration.found, None, is_seen=is_seen))
    asked = [one for one in endpoints.values() if facts.product(one) in world["products"]]
    return [*links, *(Link(facts.of_endpoint(one), None, one, is_seen=facts.is_seen(one)) for one in asked)]


def _registrations(world: Mapping) -> t.Iterator[_Registration]:
    for project in world["projects"]:
        services = {one["id"]: one for one in project["endpoint_services"]}
        for interface in project["endpoint_interfaces"]:
            yield _Registration(interface, project, services[interface["endpoint_service_id"]])
    for subscription in world["subscriptions"]:
        for cluster in subscription["mongo_clusters"]:
            for connection in cluster["private_endpoint_connections"]:
                yield _Registration(connection, cluster)


def _leads_to(endpoint: Mapping | None, target: str | None) -> bool:
    return endpoint is not None and target is not None and ids.same(endpoint["target"], target)


def _is_same_place(endpoint: Mapping, registration: _Registration) -> bool:
    address = registration.found.get("ip_address")
    return bool(address) and endpoint["ip_address"] == address and _leads_to(endpoint, registration.target)


class _Facts:
    """The facts of a link, in the shape in which the diagnosis has them."""

    def __init__(self, world: Mapping) -> None:
        self._services = {
            str(service["private_link_service_id"]).lower(): (project, service)
            for project in world["projects"]
            for service in project["endpoint_services"]
            if service["private_link_service_id"]
        }
        subscriptions = world["subscriptions"]
        self._clusters = {one["id"].lower(): one for part in subscriptions for one in part["mongo_clusters"]}
        self._groups = {
            str(one["id"]).lower().partition("/privatednszonegroups/")[0]: one
            for part in subscriptions
            for one in part["private_dns_zone_groups"]
        }

    def product(self, endpoint: Mapping) -> str | None:
        """What an endpoint leads to, also where nobody knows to which one of them; None if it is not MongoDB."""
        target = ids.parse(endpoint["target"] or "")
        if target is None:
            return None
        if ids.same(target.kind, ids.MONGO_CLUSTERS):
            return MONGO_CLUSTER
        is_of_atlas = ids.same(target.kind, ids.PRIVATE_LINK_SERVICES) and _OF_ATLAS.fullmatch(target.name)
        return ATLAS if is_of_atlas or endpoint["target"].lower() in self._services else None

    def is_seen(self, endpoint: Mapping) -> bool:
        """Whether its registration would have been found: its target was read, or has shut the connection for good.
        There are projects and clusters that nobody was asked to read, or that the signed-in identity may not."""
        target = endpoint["target"].lower()
        return target in self._services or target in self._clusters or endpoint["connection_state"] in DEAD

    def of(self, registration: _Registration, endpoint: Mapping | None) -> Json:
        endpoint_id = endpoint["id"] if endpoint else registration.endpoint_id
        if registration.service:
            return self._atlas(endpoint_id, registration.owner, registration.service, endpoint, registration.found)
        return self._mongo_cluster(endpoint_id, registration.owner, endpoint, registration.found)

    def of_endpoint(self, endpoint: Mapping) -> Json:
        """Of one without a registration."""
        target = endpoint["target"].lower()
        if self.product(endpoint) == MONGO_CLUSTER:
            return self._mongo_cluster(endpoint["id"], self._clusters.get(target), endpoint, None)
        return self._atlas(endpoint["id"], *self._services.get(target, (None, None)), endpoint, None)

    def _atlas(
        self,
        endpoint_id: str,
        project: Mapping | None,
        service: Mapping | None,
        endpoint: Mapping | None,
        interface: Mapping | None,
    ) -> Json:
        clusters = project["clusters"] if project else []
        linked = [one for one in clusters if through(one, endpoint_id)]
        region = service["region"] if service else None
        near = [one for one in clusters if one["supported"] and f"AZURE/{region}" in one["regions"]]
        return {
            "product": ATLAS,
            "id": endpoint_id,
            "project": {"id": project["id"], "name": project["name"]} if project else None,
            "clusters": linked or near,
            "endpoint_services": project["endpoint_services"] if project else [],
            "endpoint_service": service,
            "private_endpoint": endpoint,
            "endpoint_interface": interface,
            "endpoint_interfaces": project["endpoint_interfaces"] if project else [],
        }

    def _mongo_cluster(
        self, endpoint_id: str, cluster: Mapping | None, endpoint: Mapping | None, connection: Mapping | None
    ) -> Json:
        return {
            "product": MONGO_CLUSTER,
            "id": endpoint_id,
            "cluster_id": cluster["id"] if cluster else (endpoint or {}).get("target"),
            "mongo_cluster": cluster,
            "private_endpoint": endpoint,
            "private_endpoint_connection": connection,
            "private_dns_zone_group": self._groups.get(endpoint_id.lower()),
        }
