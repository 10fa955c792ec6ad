# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The facts of a link to Azure DocumentDB, put together from what the info modules returned: pure functions."""

from __future__ import annotations

import typing as t

from ..._dns_plan import OTHER_ZONES, node_names, parent, required_zones
from ..product import Facts, State, first

PLACE = "/subscriptions/{}/resourceGroups/{}/providers/{}/{}"


def looked(
    clusters: State,
    endpoints: State,
    resources: State,
    groups: State,
    *,
    cluster: str,
    cluster_resource_group: str,
    resource_group: str,
    endpoint_name: str,
) -> dict[str, t.Any]:
    """The facts of a link that somebody looked at.

    `clusters`, `endpoints`, `resources` and `groups` are the whole results of azure_mongo_cluster_info,
    azure_private_endpoint_info, azure_private_link_resource_info and azure_private_dns_zone_group_info; of a task that
    was skipped, whatever it left. `cluster` is a name or a resource id. What does not exist is None.
    """
    place = (clusters["subscription_id"], cluster_resource_group, "Microsoft.DocumentDB/mongoClusters", cluster)
    cluster_id = cluster if cluster.startswith("/") else PLACE.format(*place)
    endpoint_id = PLACE.format(
        endpoints["subscription_id"], resource_group, "Microsoft.Network/privateEndpoints", endpoint_name
    )
    found = first(clusters["mongo_clusters"])
    connections = found["private_endpoint_connections"] if found else []
    return {
        "product": "mongo_cluster",
        "id": endpoint_id,
        "cluster_id": cluster_id,
        "mongo_cluster": found,
        "private_link_resources": resources.get("private_link_resources") or [],
        "private_endpoint": first(endpoints["private_endpoints"]),
        "private_endpoint_connection": first(
            one for one in connections if (one["private_endpoint_id"] or "").lower() == endpoint_id.lower()
        ),
        "private_dns_zone_group": first(groups.get("private_dns_zone_groups") or []),
    }


def names(facts: Facts) -> dict[str, t.Any]:
    """What clients use: the cluster's one name, and the addresses of the endpoint's network interface. Writes are not
    repeated: the cluster's own connection string turns that off."""
    cluster, endpoint = facts.get("mongo_cluster") or {}, facts.get("private_endpoint") or {}
    zones = required_zones(facts)
    domain = parent(cluster.get("srv_host") or "")
    string = cluster.get("connection_string")
    return {
        "connection_strings": [{"cluster": cluster["name"], "connection_string": string}] if string else [],
        "srv_hosts": [cluster.get("srv_host")],
        "targets": list(node_names(facts)),
        "addresses": [endpoint.get("ip_address"), *(one["ip_address"] for one in endpoint.get("ip_addresses") or [])],
        "domains": list(dict.fromkeys(filter(None, [domain, *zones, *OTHER_ZONES]))) if zones else [],
        "retry_writes": False,
    }


def labels(facts: Facts) -> list[tuple[str, t.Any]]:
    """What a reader needs to know which link this is, and what can be expected of its cluster."""
    cluster, endpoint = facts.get("mongo_cluster") or {}, facts.get("private_endpoint") or {}
    bound = (facts.get("private_dns_zone_group") or {}).get("zones") or []
    return [
        ("Cluster", cluster.get("id") or facts.get("cluster_id")),
        ("Region", cluster.get("location")),
        ("Tier", cluster.get("tier")),
        ("High availability", cluster.get("high_availability")),
        ("Public network access", cluster.get("public_network_access")),
        ("Private endpoint", endpoint.get("id") or facts.get("id")),
        ("Subnet", endpoint.get("subnet_id")),
        ("Address of the network interface", endpoint.get("ip_address")),
        ("Zones of the zone group", ", ".join(one["zone_id"] for one in bound)),
    ]
