#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_mongo_cluster_info
short_description: Read Azure DocumentDB clusters (Azure Cosmos DB for MongoDB vCore) and who is privately connected
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Returns the cluster of a name, those of a resource group, or all of the subscription, with their connection strings
    and their private endpoint connections.
  - Azure DocumentDB was called Azure Cosmos DB for MongoDB vCore. Its resource type still is
    C(Microsoft.DocumentDB/mongoClusters). The accounts of Azure Cosmos DB for MongoDB with request units (RU) are
    another product, C(Microsoft.DocumentDB/databaseAccounts), and are not returned.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._attributes.info_module
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.resources
options:
  resource_group:
    description:
      - Only clusters in this resource group.
      - By its name, or by its resource id, which also says the subscription.
    type: str
  name:
    description:
      - Only the cluster of this name. Needs O(resource_group). If it does not exist, the list is empty.
    type: str
seealso:
  - module: privatelink.mongodb.azure_mongo_cluster
  - module: privatelink.mongodb.azure_private_link_resource_info
"""

EXAMPLES = r"""
- name: Read a cluster
  privatelink.mongodb.azure_mongo_cluster_info:
    resource_group: rg-data
    name: orders
  register: found

- name: Show the private endpoints that wait for an approval
  ansible.builtin.debug:
    msg: "{{ cluster.private_endpoint_connections | selectattr('status', 'eq', 'Pending') }}"
  vars:
    cluster: "{{ found.mongo_clusters | first }}"

- name: Read all clusters of the subscription
  privatelink.mongodb.azure_mongo_cluster_info:
  register: found

- name: Show those that can be reached publicly
  ansible.builtin.debug:
    msg: "{{ found.mongo_clusters | rejectattr('public_network_access', 'eq', 'Disabled') | map(attribute='id') }}"
"""

RETURN = r"""
subscription_id:
  description: The subscription that was looked at.
  returned: always
  type: str
  sample: 5c1f2d3e-0000-4000-8000-000000000000
mongo_clusters:
  description: The clusters found.
  returned: always
  type: list
  elements: dict
  contains:
    administrator:
      description: User name of the administrator.
      type: str
      sample: admin0
    cluster_status:
      description: V(Ready), V(Provisioning), V(Updating), V(Starting), V(Stopping), V(Stopped) or V(Dropping).
      type: str
      sample: Ready
    connection_string:
      description: Connection string, without a user name and password. Null if there is none yet.
      type: str
      sample: mongodb+srv://orders.mongocluster.cosmos.azure.com/?tls=true&authMechanism=SCRAM-SHA-256&retrywrites=false
    high_availability:
      description: V(Disabled), V(SameZone) or V(ZoneRedundantPreferred).
      type: str
      sample: ZoneRedundantPreferred
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/.../resourceGroups/rg-data/providers/Microsoft.DocumentDB/mongoClusters/orders
    location:
      description: Azure location.
      type: str
      sample: eastus2
    name:
      description: Name.
      type: str
      sample: orders
    options:
      description: Options of the connection string, with their names in lower case. All values are strings.
      type: dict
      sample:
        tls: "true"
        authmechanism: SCRAM-SHA-256
        retrywrites: "false"
    private_endpoint_connections:
      description: The private endpoints that are connected to it, or want to be.
      type: list
      elements: dict
      contains:
        description:
          description: What was said when it was requested, approved or rejected.
          type: str
          sample: Approved by the data team
        group_ids:
          description: The sub-resources, for a cluster V(MongoCluster).
          type: list
          elements: str
          sample: [MongoCluster]
        id:
          description: Resource id.
          type: str
          sample: /subscriptions/.../mongoClusters/orders/privateEndpointConnections/pe-orders.5d393f64
        name:
          description: Name, which Azure gives it.
          type: str
          sample: pe-orders.5d393f64-0000-4000-8000-000000000000
        private_endpoint_id:
          description: Resource id of the private endpoint.
          type: str
          sample: /subscriptions/.../resourceGroups/rg-app/providers/Microsoft.Network/privateEndpoints/pe-orders
        provisioning_state:
          description: V(Succeeded), V(Creating), V(Deleting) or V(Failed).
          type: str
          sample: Succeeded
        status:
          description: V(Pending), V(Approved), V(Rejected) or V(Disconnected).
          type: str
          sample: Approved
    provisioning_state:
      description: V(Succeeded), V(InProgress), V(Updating), V(Dropping), V(Failed) or V(Canceled).
      type: str
      sample: Succeeded
    public_network_access:
      description: V(Enabled) or V(Disabled).
      type: str
      sample: Enabled
    server_version:
      description: Version of the MongoDB API.
      type: str
      sample: "8.0"
    shard_count:
      description: How many shards it has.
      type: int
      sample: 1
    srv_host:
      description: The host of the connection string, which is the name of an SRV record.
      type: str
      sample: orders.mongocluster.cosmos.azure.com
    tags:
      description: All tags.
      type: dict
      sample:
        team: orders
    tier:
      description: The tier, such as V(M30). High availability needs V(M30) or more.
      type: str
      sample: M30
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect_groups
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.mongo_cluster import (
    MongoClusters,
    checked_cluster,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, Spec

SPEC = AZURE | Spec(
    {"resource_group": {"type": "str"}, "name": {"type": "str"}},
    required_by={"name": ("resource_group",)},
)


def build(options: Options) -> Job:
    name = options["name"]
    return Job(MongoClusters(*connect_groups(options), checked_cluster(name) if name else None))


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
