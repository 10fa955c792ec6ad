# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One link to Azure DocumentDB as it stands in a lab's world, however it came to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.lab.faults.link import ENDPOINTS, ZONES, AnyLink
from tests.lab.mongo_cluster import ZONE, Connection, MongoCluster
from tests.lab.world import Json

if TYPE_CHECKING:
    from tests.lab.runtime import Lab

ZONE_GROUPS = f"{ENDPOINTS}/privateDnsZoneGroups"


@dataclass(frozen=True)
class MongoLink(AnyLink):
    """A cluster and the private endpoints to it."""

    cluster: MongoCluster

    @property
    def name(self) -> str:
        return self.cluster.name

    @property
    def stands(self) -> bool:
        return bool(self.cluster.connections)

    @property
    def clusters(self) -> list[MongoCluster]:
        return [self.cluster]

    @property
    def known_endpoints(self) -> list[Json]:
        return [one for one in self.world.of_type(ENDPOINTS) if self.world.mongo_cluster_behind(one) is self.cluster]

    @property
    def connections(self) -> list[Connection]:
        found = self.cluster.connections.values()
        return [one for one in found if self.only.lower() in ("", one.endpoint_id.rpartition("/")[2].lower())]

    @property
    def seeds(self) -> list[str]:
        return [self.cluster.seed]

    @property
    def addresses(self) -> dict[str, str]:
        return dict.fromkeys(self.cluster.hosts, str(self.world.endpoint_ip(self.endpoints[0])))

    @property
    def zone_id(self) -> str:
        """The private zone that the networks use. Raises KeyError if none is linked."""
        return self.zones[ZONE]

    @property
    def zone_groups(self) -> list[Json]:
        ids = [endpoint["id"].lower() for endpoint in self.endpoints]
        return [
            one for one in self.world.of_type(ZONE_GROUPS) if one["id"].lower().rpartition("/privatednszon")[0] in ids
        ]

    def bind(self, zone_id: str) -> None:
        """Has the endpoints' zone groups write into another zone."""
        for group in self.zone_groups:
            self.clouds.delete(group["id"])
        for endpoint in self.endpoints:
            configs = [{"name": "config", "properties": {"privateDnsZoneId": zone_id}}]
            group_id = f"{endpoint['id']}/privateDnsZoneGroups/default"
            self.clouds.put(group_id, {"properties": {"privateDnsZoneConfigs": configs}})

    def unlink(self) -> None:
        """Takes the private zone from the networks."""
        for network in self.networks:
            self.clouds.delete(f"{self.zone_id}/virtualNetworkLinks/{network.rpartition('/')[2]}")

    def zone_beside(self, group: str, networks: list[str]) -> str:
        """Another private zone of the same name, in a resource group of its own; its id."""
        path = self.world.add_resource_group(group, self.cluster.location)["id"]
        self.clouds.put_zone(path, ZONE, networks, {})
        return f"{path}/providers/{ZONES}/{ZONE}"


def mongo_links_of(lab: Lab) -> list[MongoLink]:
    """Of all clusters."""
    return [MongoLink(lab, cluster) for cluster in lab.world.mongo_clusters.values()]
