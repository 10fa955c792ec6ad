#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_mongo_cluster
short_description: Turn public network access of an Azure DocumentDB cluster on or off
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Turns public network access of a cluster of Azure DocumentDB (formerly Azure Cosmos DB for MongoDB vCore) on or off.
    A private endpoint alone does not turn it off.
  - The cluster must exist. It is never created, removed or otherwise changed.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.resources
  - privatelink.mongodb._wait
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  resource_group:
    description:
      - Resource group of the cluster.
      - By its name, or by its resource id, which also says the subscription.
    type: str
    required: true
  name:
    description:
      - Name of the cluster.
    type: str
    required: true
  public_network_access:
    description:
      - V(Disabled) lets in nobody but approved private endpoints, whatever the firewall rules of the cluster say.
      - V(Enabled) lets in from outside whom the firewall rules allow.
    type: str
    required: true
    choices: [Enabled, Disabled]
  force:
    description:
      - Whether to turn public network access off even though no private endpoint connection is approved, so that nobody
        can connect to the cluster any more.
    type: bool
    default: false
seealso:
  - module: privatelink.mongodb.azure_mongo_cluster_info
  - module: privatelink.mongodb.azure_private_endpoint
"""

EXAMPLES = r"""
- name: Let in nobody but private endpoints
  privatelink.mongodb.azure_mongo_cluster:
    resource_group: rg-data
    name: orders
    public_network_access: Disabled
"""

RETURN = r"""
mongo_cluster:
  description: The cluster. In check mode, as it would be.
  returned: success
  type: dict
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

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect_group
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.mongo_cluster import (
    MongoCluster,
    checked_cluster,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, WAIT, Spec

SPEC = (
    AZURE
    | WAIT
    | Spec(
        {
            "resource_group": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "public_network_access": {"type": "str", "required": True, "choices": ["Enabled", "Disabled"]},
            "force": {"type": "bool", "default": False},
        }
    )
)


def build(options: Options) -> Job:
    cluster = MongoCluster(*connect_group(options), checked_cluster(options["name"]), force=options["force"])
    return Job(cluster, {"public_network_access": options["public_network_access"]})


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
