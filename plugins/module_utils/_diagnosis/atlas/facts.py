# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The facts of a link to Atlas, put together from what the info modules returned: pure functions."""

from __future__ import annotations

import typing as t

from ..._atlas.checked import checked_region
from ..._atlas.preflight import registered_as, several
from ..._atlas.strings import through
from ..._dns_plan import domains, hosts
from ..product import Facts, State, first


def looked(
    project: State,
    endpoints: State | None,
    interfaces: t.Sequence[State],
    *,
    region: str,
    resource_group: str,
    endpoint_name: str,
    clusters: t.Sequence[str] = (),
    endpoint_id: str = "",
) -> dict[str, t.Any]:
    """The facts of a link that somebody looked at.

    `project` is what atlas_project_info returns, `endpoints` the whole result of azure_private_endpoint_info for this
    endpoint's name (None if nobody looked there: the endpoint is then known by its registration only), `interfaces`
    those of all the project's endpoint services. `clusters` are the names of those that matter; if there are none, the
    dedicated ones in the region that have a connection string through the endpoint, or else all of them. What does not
    exist is None. `endpoint_id` is the endpoint's, if it is known without a look at Azure.

    Raises `InvalidInput` for a region that neither cloud has, and `Undecided` if the id is not known and several
    endpoints of this name and group are registered.
    """
    name = checked_region(region)
    service = first(one for one in project["endpoint_services"] if one["region"] == name)
    place = f"/resourceGroups/{resource_group}/providers/Microsoft.Network/privateEndpoints/{endpoint_name}"
    if endpoints is not None:
        endpoint_id = f"/subscriptions/{endpoints['subscription_id']}{place}"
    else:
        registered = (service or {}).get("private_endpoints") or []
        candidates = registered_as(registered, resource_group, endpoint_name, endpoint_id)
        if len(candidates) > 1:
            raise several(candidates, resource_group, endpoint_name)
        endpoint_id = next(iter(candidates), endpoint_id or place)
    near = [one for one in project["clusters"] if one["supported"] and f"AZURE/{name}" in one["regions"]]
    named = [one for one in project["clusters"] if one["name"] in clusters]
    linked = [one for one in near if through(one, endpoint_id)]
    mine = (
        one
        for one in interfaces
        if service
        and one["endpoint_service_id"] == service["id"]
        and (one["private_endpoint_id"] or "").lower() == endpoint_id.lower()
    )
    return {
        "project": {"id": project["id"], "name": project["name"]},
        "id": endpoint_id,
        "region": name,
        "clusters": named or linked or near,
        "wanted_clusters": list(clusters),
        "endpoint_services": project["endpoint_services"],
        "endpoint_service": service,
        **({} if endpoints is None else {"private_endpoint": first(endpoints["private_endpoints"])}),
        "endpoint_interface": first(mine),
        "endpoint_interfaces": list(interfaces),
    }


def names(facts: Facts) -> dict[str, t.Any]:
    """What clients use: the strings through this endpoint. Those of clusters in several regions go through several
    endpoints; the addresses of the others are those that were registered, and so is its own if nobody looked at it."""
    is_seen = "private_endpoint" in facts
    endpoint = (facts["private_endpoint"] if is_seen else facts.get("endpoint_interface")) or {}
    endpoint_id = (endpoint.get("id") if is_seen else None) or facts.get("id") or ""
    clusters = facts.get("clusters") or []
    named = [(cluster["name"], entry) for cluster in clusters for entry in through(cluster, endpoint_id)]
    strings = [entry for _name, entry in named]
    others = {known.lower() for entry in strings for known in entry["endpoint_ids"]} - {endpoint_id.lower()}
    registered = [
        one["ip_address"]
        for one in facts.get("endpoint_interfaces") or []
        if (one["private_endpoint_id"] or "").lower() in others
    ]
    return {
        "connection_strings": [
            {"cluster": name, "connection_string": text}
            for name, entry in named
            if (text := entry["srv_connection_string"] or entry["connection_string"])
        ],
        "srv_hosts": [entry["srv_host"] for entry in strings],
        "targets": [host for entry in strings for host in hosts(entry)],
        "addresses": [endpoint.get("ip_address"), *registered],
        "domains": domains(clusters),
        "retry_writes": True,
    }


def labels(facts: Facts) -> list[tuple[str, t.Any]]:
    """What a reader needs to know which link this is."""
    project, service = facts.get("project") or {}, facts.get("endpoint_service") or {}
    endpoint, interface = facts.get("private_endpoint") or {}, facts.get("endpoint_interface") or {}
    return [
        ("Atlas project", project.get("name")),
        ("Region", " = ".join(filter(None, (service.get("region"), service.get("azure_location"))))),
        ("Clusters", ", ".join(cluster["name"] for cluster in facts.get("clusters") or [])),
        ("Endpoint service", service.get("id")),
        ("Private Link Service", service.get("private_link_service_id")),
        ("Private endpoint", endpoint.get("id") or facts.get("id")),
        ("Subnet", endpoint.get("subnet_id")),
        ("Address of the network interface", endpoint.get("ip_address")),
        ("Address registered with Atlas", interface.get("ip_address")),
    ]
