# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole links to clusters of Azure DocumentDB at once, as `links` makes them to Atlas."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.lab import regions
from tests.lab.links import MARK, NAME, BuiltLink, Clouds, Site, at_once, free_network, make_network, new_site
from tests.lab.mongo_cluster import GROUP_ID, ZONE, MongoCluster
from tests.lab.world import Json

if TYPE_CHECKING:
    from tests.lab.runtime import Lab

APPROVALS = ("automatic", "manual")
DNS_MODES = ("zone_group", "none")


@dataclass(frozen=True)
class MongoPlan:
    """What to build: a cluster `name`, and an endpoint to it. Links with the same `resource_group` (empty: one of their
    own) share the private DNS zone in it."""

    name: str
    high_availability: bool = False
    approval: str = "automatic"
    dns: str = "zone_group"
    location: str = "eastus2"
    resource_group: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for what cannot be built."""
        if not NAME.fullmatch(self.name):
            raise ValueError(f"name is {self.name!r}: 1 to 40 letters, digits and hyphens, a letter first")
        if self.approval not in APPROVALS:
            raise ValueError(f"approval is {self.approval!r}: one of {', '.join(APPROVALS)}")
        if self.dns not in DNS_MODES:
            raise ValueError(f"dns is {self.dns!r}: one of {', '.join(DNS_MODES)}")
        if not regions.is_known(self.location):
            raise ValueError(f"location is {self.location!r}: a region of Azure")


@dataclass(frozen=True)
class BuiltMongoLink:
    """Where everything is that a client or a playbook needs, as it was when the link was built."""

    name: str  # the cluster's
    cluster_id: str
    site: Site
    username: str
    password: str = field(repr=False)
    srv_host: str
    approval: str = "automatic"
    dns: str = "zone_group"

    @property
    def resource_group(self) -> str:
        return self.site.group_id.rpartition("/")[2]

    @property
    def resolver(self) -> str:
        """Where a client in the virtual network asks."""
        return self.site.resolver

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.site.address,)

    @property
    def zone_id(self) -> str:
        """The private DNS zone; there is none if `dns` is none."""
        return f"{self.site.group_id}/providers/Microsoft.Network/privateDnsZones/{ZONE}"


AnyLink = BuiltLink | BuiltMongoLink


def variables(link: BuiltMongoLink, wait_delay: float) -> dict[str, Any]:
    """The role's variables for a link."""
    place = link.site
    return {
        "mongo_cluster_private_link_cluster": link.name,
        "mongo_cluster_private_link_resource_group": link.resource_group,
        "mongo_cluster_private_link_endpoint_name": place.endpoint,
        "mongo_cluster_private_link_virtual_network": place.virtual_network,
        "mongo_cluster_private_link_subnet": place.subnet,
        "mongo_cluster_private_link_address_prefixes": [place.address_prefix],
        "mongo_cluster_private_link_subnet_address_prefix": place.subnet_prefix,
        "mongo_cluster_private_link_location": place.location,
        "mongo_cluster_private_link_approval": link.approval,
        "mongo_cluster_private_link_wait_delay": wait_delay,
        "private_link_dns_wait_delay": wait_delay,
        **({"private_link_dns_mode": "public"} if link.dns == "none" else {}),
    }


def planned(lab: Lab, cluster: MongoCluster, number: int) -> BuiltMongoLink:
    """The link that a playbook is to make to a cluster, in the virtual network `number`."""
    return planned_at(cluster, new_site(lab, cluster.group_id, cluster.location, "pe-mongo", "vnet-app", number))


def planned_at(cluster: MongoCluster, place: Site) -> BuiltMongoLink:
    """The same at a site of any names."""
    username, password = next(iter(cluster.users.items()))
    return BuiltMongoLink(cluster.name, cluster.id, place, username, password, cluster.seed)


def build(lab: Lab, plan: MongoPlan) -> BuiltMongoLink:
    """Makes the link at once, whatever the lab's pace. Raises ValueError for a name that is taken."""
    with at_once(lab.world):
        return _build(lab, plan)


def _build(lab: Lab, plan: MongoPlan) -> BuiltMongoLink:
    world, clouds = lab.world, Clouds(lab.world)
    if plan.name in [cluster.name for cluster in world.mongo_clusters.values()]:
        raise ValueError(f"there is a cluster {plan.name!r} already")
    group = plan.resource_group or f"rg-{plan.name}"
    cluster = world.add_mongo_cluster(plan.name, group, plan.location, high_availability=plan.high_availability)
    place = new_site(lab, cluster.group_id, plan.location, f"pe-{plan.name}", f"vnet-{plan.name}", free_network(lab))
    make_network(clouds, place)
    endpoint = clouds.put(place.endpoint_id, _endpoint(cluster, place, plan.approval))
    if plan.approval == "manual":
        (connection,) = cluster.connections.values()
        state = {"status": "Approved", "description": "Approved by hand"}
        clouds.write(cluster.id_of(connection), {"properties": {"privateLinkServiceConnectionState": state}})
    if plan.dns == "zone_group":
        _bind(clouds, place)
    made = replace(place, address=world.endpoint_ip(endpoint), resolver=lab.resolver(place.virtual_network_id))
    return replace(planned_at(cluster, made), approval=plan.approval, dns=plan.dns)


def _endpoint(cluster: MongoCluster, place: Site, approval: str) -> Json:
    target = {"privateLinkServiceId": cluster.id, "groupIds": [GROUP_ID], "requestMessage": "privatelink.mongodb"}
    array = "manualPrivateLinkServiceConnections" if approval == "manual" else "privateLinkServiceConnections"
    connections = [{"name": place.endpoint, "properties": target}]
    properties = {"subnet": {"id": place.subnet_id}, array: connections}
    return {"location": place.location, "tags": MARK, "properties": properties}


def _bind(clouds: Clouds, place: Site) -> None:
    """The private DNS zone of the resource group, linked to the network, and the group that writes into it."""
    zone = clouds.put_zone(
        place.group_id, ZONE, [place.virtual_network_id], {}, place.endpoint_id, resolutionPolicy="NxDomainRedirect"
    )
    configs = [{"name": ZONE.replace(".", "-"), "properties": {"privateDnsZoneId": zone}}]
    group = f"{place.endpoint_id}/privateDnsZoneGroups/default"
    clouds.put(group, {"properties": {"privateDnsZoneConfigs": configs}})
