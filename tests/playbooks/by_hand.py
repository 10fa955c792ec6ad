# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links as people make them by hand: no mark of ours, names of their own, everything in another resource group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.lab import links
from tests.lab.atlas_documents import PROVIDER
from tests.lab.links import Clouds, Records
from tests.lab.mongo_cluster import GROUP_ID, ZONE
from tests.lab.runtime import Lab
from tests.lab.world import Json, PrivateString, Project

HOUR = 3600  # what the portal proposes for a record
#: Texts that would be templates if anybody took them for some: the second one brings its own marks.
TAGS = {
    "owner": "{{ 6 * 7 }}",
    "purpose": "#jinja2:variable_start_string:'[%',variable_end_string:'%]'\n[% 6 * 7 %]",
}


@dataclass(frozen=True)
class _Hand:
    """Somebody who makes links in the resource groups `rg-<what>-<name>`."""

    lab: Lab
    clouds: Clouds
    name: str

    def group(self, what: str) -> str:
        path = f"/subscriptions/{self.lab.world.subscription_id}/resourceGroups/rg-{what}-{self.name}"
        if path.lower() not in self.lab.world.azure:
            self.clouds.put(path, {"location": "eastus2"})
        return path

    def endpoint(self, connection: Json, array: str) -> Json:
        """In a network of another group, with names for connection and interface."""
        network, group = self.group("network"), self.group("app")
        prefix = self.lab.address_prefix(links.free_network(self.lab))
        subnets = [{"name": "Private", "properties": {"addressPrefix": prefix}}]
        space = {"addressSpace": {"addressPrefixes": [prefix]}, "subnets": subnets}
        vnet = f"{network}/providers/Microsoft.Network/virtualNetworks/Net_{self.name}"
        self.clouds.put(vnet, {"location": "eastus2", "properties": space})
        properties = {
            "subnet": {"id": f"{vnet}/subnets/Private"},
            "customNetworkInterfaceName": f"nic.{self.name}",
            array: [{"name": f"my.{self.name}", "properties": connection}],
        }
        path = f"{group}/providers/Microsoft.Network/privateEndpoints/Endpoint_{self.name}"
        return self.clouds.put(path, {"location": "eastus2", "tags": TAGS, "properties": properties})

    def zone(self, name: str, network: str, records: Records) -> str:
        zone = f"{self.group('dns')}/providers/Microsoft.Network/privateDnsZones/{name}"
        self.clouds.put(zone, {"location": "global"})
        link = {"virtualNetwork": {"id": network}, "registrationEnabled": False}
        self.clouds.put(f"{zone}/virtualNetworkLinks/mine", {"location": "global", "properties": link})
        for (relative, kind), values in records.items():
            self.clouds.put_records(zone, relative, kind, values)
            record = self.lab.world.azure[f"{zone}/{kind}/{relative}".lower()]
            record["properties"] = {**record["properties"], "ttl": HOUR, "metadata": {}}
        return zone


def atlas(lab: Lab, name: str, dns: str) -> str:
    """A link to a new project `name`, with zones as `dns` says (a mode of private_link_dns); its network's id."""
    return lab.change(lambda: _atlas(lab, name, dns))


def _atlas(lab: Lab, name: str, dns: str) -> str:
    with links.at_once(lab.world):
        hand = _Hand(lab, Clouds(lab.world), name)
        project = lab.world.add_project(name)
        links.grant(lab.world, project)
        lab.world.add_cluster(project, "cluster0", ["US_EAST_2"])
        network = _register(hand, project)
    cluster = project.clusters["cluster0"]
    for string in lab.world.private_strings(project, cluster) if dns != "public" else ():
        for zone, records in _records(lab, string, dns).items():
            hand.zone(zone, network, records)
    return network


def _register(hand: _Hand, project: Project) -> str:
    body = {"providerName": PROVIDER, "region": "eastus2"}
    made = hand.clouds.atlas("create_service", body, groupId=project.id)
    target = {"privateLinkServiceId": project.services[made.id].pls_id, "groupIds": [], "requestMessage": "please"}
    endpoint = hand.endpoint(target, "manualPrivateLinkServiceConnections")
    where = {"groupId": project.id, "endpointServiceId": made.id}
    address = hand.lab.world.endpoint_ip(endpoint)
    hand.clouds.atlas("create_endpoint", {"id": endpoint["id"], "privateEndpointIPAddress": address}, **where)
    return str(endpoint["properties"]["subnet"]["id"]).partition("/subnets/")[0]


def _records(lab: Lab, string: PrivateString, dns: str) -> dict[str, Records]:
    """Priorities, weights and the order of options are those of whoever typed them."""
    if dns == "host_zones":
        return links.host_zones(lab.world, string)
    ((zone, records),) = links.cluster_zone(lab.world, string).items()
    typed: dict[tuple[str, str], Any] = dict(records)
    for (relative, kind), values in records.items():
        if kind == "SRV":
            typed[relative, kind] = [value.replace("0 0 ", "10 5 ", 1) for value in values]
        if kind == "TXT":
            typed[relative, kind] = ["&".join(reversed(values[0].split("&")))]
    return {zone: typed}


def mongo_cluster(lab: Lab, name: str, approval: str) -> str:
    """A link to a new cluster `name` of Azure DocumentDB, with a zone group of its own name; its network's id."""
    return lab.change(lambda: _mongo_cluster(lab, name, approval))


def _mongo_cluster(lab: Lab, name: str, approval: str) -> str:
    with links.at_once(lab.world):
        hand = _Hand(lab, Clouds(lab.world), name)
        cluster = lab.world.add_mongo_cluster(name, hand.group("data").rpartition("/")[2], "eastus2")
        target = {"privateLinkServiceId": cluster.id, "groupIds": [GROUP_ID]}
        manual = approval == "manual"
        array = "manualPrivateLinkServiceConnections" if manual else "privateLinkServiceConnections"
        endpoint = hand.endpoint(target, array)
        if manual:
            (connection,) = cluster.connections.values()
            state = {"status": "Approved", "description": "fine"}
            hand.clouds.write(cluster.id_of(connection), {"properties": {"privateLinkServiceConnectionState": state}})
        network = str(endpoint["properties"]["subnet"]["id"]).partition("/subnets/")[0]
        zone = hand.zone(ZONE, network, {})
        configs = [{"name": "cfg", "properties": {"privateDnsZoneId": zone}}]
        hand.clouds.put(f"{endpoint['id']}/privateDnsZoneGroups/zg", {"properties": {"privateDnsZoneConfigs": configs}})
    return network
