# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that only a link to Azure DocumentDB can have: the cluster, the approval, the zone group and the shared zone.

Sources: Microsoft's private endpoint overview and DNS integration, issues and public notes of users.
"""

from __future__ import annotations

from tests.lab.documents import WRITES
from tests.lab.faults.mongo_link import MongoLink
from tests.lab.faults.registry import of_mongo_link
from tests.lab.mongo_cluster import DOMAIN, PORT, ZONE
from tests.lab.world import Json

OLDER_ZONE = "privatelink.mongocluster.azure.com"  # as older instructions have it
OTHER_PRODUCTS_ZONE = "privatelink.mongo.cosmos.azure.com"


# -- the cluster, the endpoint and its connection ----------------------------------------------------------------------


@of_mongo_link
def mongo_cluster_stopped(link: MongoLink) -> None:
    """The cluster is stopped: nothing listens behind the private endpoint."""
    link.cluster.status = "Stopped"


@of_mongo_link
def mongo_cluster_provisioning(link: MongoLink) -> None:
    """The cluster is still being built."""
    link.cluster.status = "Provisioning"


@of_mongo_link
def mongo_cluster_deleted(link: MongoLink) -> None:
    """The cluster is gone, while the private endpoint and its names stand."""
    del link.world.mongo_clusters[link.cluster.id.lower()]


@of_mongo_link
def endpoint_of_another_cluster(link: MongoLink) -> None:
    """The private endpoint connects to another cluster."""
    other = link.world.add_mongo_cluster(f"{link.name}-other", f"rg-{link.name}", link.cluster.location)
    for endpoint in link.endpoints:
        for connection in _connections_of(endpoint):
            connection["properties"]["privateLinkServiceId"] = other.id


@of_mongo_link
def endpoint_of_another_group(link: MongoLink) -> None:
    """The private endpoint connects to a sub-resource that the cluster does not have."""
    for endpoint in link.endpoints:
        for connection in _connections_of(endpoint):
            connection["properties"]["groupIds"] = ["MongoDB"]


def _connections_of(endpoint: Json) -> list[Json]:
    arrays = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
    return [one for array in arrays for one in endpoint["properties"].get(array) or []]


@of_mongo_link
def approval_missing(link: MongoLink) -> None:
    """Nobody has approved the connection."""
    for connection in link.connections:
        connection.status, connection.description = "Pending", "Please approve."


@of_mongo_link
def approval_refused(link: MongoLink) -> None:
    """The cluster's owner rejected the connection, and both sides say so."""
    for connection in link.connections:
        connection.status, connection.description = "Rejected", "Not without a ticket."


@of_mongo_link
def connection_removed(link: MongoLink) -> None:
    """The cluster's owner removed the connection: the endpoint is left Disconnected."""
    for connection in link.connections:
        link.cluster.forget(link.cluster.id_of(connection).lower())


# -- the zone group and the private zone -------------------------------------------------------------------------------


@of_mongo_link
def zone_group_missing(link: MongoLink) -> None:
    """The endpoint has no zone group, so nobody keeps its records: clients are told the public address."""
    for group in link.zone_groups:
        link.clouds.delete(group["id"])


@of_mongo_link
def older_zone(link: MongoLink) -> None:
    """The zone group writes into privatelink.mongocluster.azure.com, as older instructions say; nobody asks there."""
    link.bind(link.clouds.put_zone(link.group_id, OLDER_ZONE, link.networks, {}))


@of_mongo_link
def older_zone_by_hand(link: MongoLink) -> None:
    """There is no zone group, only a zone privatelink.mongocluster.azure.com with records made by hand."""
    zone_group_missing(link)
    label = link.cluster.labels[0]
    records = {(label, "A"): list(link.addresses.values())[:1]}
    link.clouds.put_zone(link.group_id, OLDER_ZONE, link.networks, records)


@of_mongo_link
def record_deleted(link: MongoLink) -> None:
    """Somebody deleted the endpoint's records from the private zone."""
    for label in link.cluster.labels:
        link.clouds.delete(f"{link.zone_id}/A/{label}")


@of_mongo_link
def second_endpoint_in_the_zone(link: MongoLink) -> None:
    """A second endpoint to the cluster shares the private zone, and overwrote the first one's records."""
    first = link.endpoints[0]
    path = f"{first['id']}-second"
    subnet = {"id": first["properties"]["subnet"]["id"]}
    target = {"privateLinkServiceId": link.cluster.id, "groupIds": ["MongoCluster"]}
    connections = [{"name": "second", "properties": target}]
    properties = {"subnet": subnet, "privateLinkServiceConnections": connections}
    link.clouds.put(path, {"location": first["location"], "properties": properties})
    configs = [{"name": "config", "properties": {"privateDnsZoneId": link.zone_id}}]
    link.clouds.put(f"{path}/privateDnsZoneGroups/default", {"properties": {"privateDnsZoneConfigs": configs}})


@of_mongo_link
def network_uses_another_zone(link: MongoLink) -> None:
    """The network is linked to another zone of the same name, for other clusters' endpoints and without a fallback."""
    link.unlink()
    link.zone_beside(f"rg-hub-{link.name}", link.networks)


@of_mongo_link
def link_without_fallback(link: MongoLink) -> None:
    """The zone is linked without NxDomainRedirect: this link works, other clusters cannot be found from its network."""
    for network in link.networks:
        path = f"{link.zone_id}/virtualNetworkLinks/{network.rpartition('/')[2]}"
        properties = {"virtualNetwork": {"id": network}, "registrationEnabled": False, "resolutionPolicy": "Default"}
        link.clouds.put(path, {"location": "global", "properties": properties})


@of_mongo_link
def parent_zone(link: MongoLink) -> None:
    """A private zone mongocluster.cosmos.azure.com hides the public SRV records of all clusters."""
    link.put_zone(DOMAIN, {})


@of_mongo_link
def zone_of_another_product(link: MongoLink) -> None:
    """The address stands also in the zone of Azure Cosmos DB for MongoDB (RU), where nobody asks; the link works."""
    records = {(link.cluster.labels[0], "A"): list(link.addresses.values())[:1]}
    link.put_zone(OTHER_PRODUCTS_ZONE, records)


# -- the way of a client -----------------------------------------------------------------------------------------------


@of_mongo_link
def stale_private_record(link: MongoLink) -> None:
    """Somebody changed the records in the private zone to an earlier address."""
    address = link.unused_address(link.endpoints[0])
    for label in link.cluster.labels:
        link.put_zone(ZONE, {(label, "A"): [address]})


@of_mongo_link
def own_resolver(link: MongoLink) -> None:
    """The network's own DNS server asks public DNS and knows no private zone."""
    for network in link.networks:
        link.world.custom_dns.add(network.lower())


@of_mongo_link
def srv_leads_to_read_only(link: MongoLink) -> None:
    """The SRV record leads to the ro.global name of a highly available cluster, where writes are refused."""
    if not link.cluster.high_availability:
        raise ValueError(f"the cluster {link.cluster.name!r} is not highly available, so it has no such name")
    link.publish(f"_mongodb._tcp.{link.cluster.seed}", "SRV", f"0 0 {PORT} {link.cluster.hosts[-1]}.")


@of_mongo_link
def mongo_user_without_write(link: MongoLink) -> None:
    """The user may read but not write."""
    link.cluster.denied.update(dict.fromkeys(WRITES, 13))
