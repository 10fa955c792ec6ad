#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_private_endpoint_connection
short_description: Approve or reject the connection of a private endpoint, on the side of its target
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Decides on a private endpoint that was requested manually, as the owner of what it connects to.
  - The connection is found by the id of the endpoint. One that was only just requested appears at the target after some
    seconds, for which this module waits.
  - Works with all resources that private endpoints can connect to, such as clusters of Azure DocumentDB (Azure Cosmos
    DB for MongoDB vCore) and Private Link Services. The connections of Atlas are approved by
    M(privatelink.mongodb.atlas_endpoint_interface) instead.
  - A connection that was rejected cannot be approved any more. The private endpoint must be re-created.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.resources
  - privatelink.mongodb._wait
attributes:
  check_mode:
    support: full
    details:
      - The private endpoint need not exist yet. Id and name of its connection are placeholders then.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  resource_id:
    description:
      - Resource id of the target, for example of the cluster. It also says the subscription.
    type: str
    required: true
  private_endpoint_id:
    description:
      - Resource id of the private endpoint. It may be in another subscription.
    type: str
    required: true
  state:
    description:
      - V(approved) lets the endpoint in. V(rejected) does not, for good.
      - V(absent) removes the connection. The private endpoint stays, but never works again.
    type: str
    choices: [approved, rejected, absent]
    default: approved
  description:
    description:
      - What the owner of the endpoint is told. If not given, the one of an earlier decision stays.
    type: str
  api_version:
    description:
      - Version of the target's API. If not given, one that is known to do for clusters and Private Link Services, and
        else the newest stable one that Azure names for the type.
    type: str
seealso:
  - module: privatelink.mongodb.azure_private_endpoint
  - module: privatelink.mongodb.azure_private_endpoint_info
  - module: privatelink.mongodb.azure_mongo_cluster_info
"""

EXAMPLES = r"""
- name: Request a connection to a vCore cluster
  privatelink.mongodb.azure_private_endpoint:
    resource_group: rg-app
    name: pe-orders
    virtual_network: vnet-app
    subnet: endpoints
    private_link_service_id: "{{ cluster_id }}"
    group_ids: [MongoCluster]
    manual_request: true
    request_message: Orders team, ticket 4711
  register: endpoint

- name: Approve it as the owner of the cluster
  privatelink.mongodb.azure_private_endpoint_connection:
    resource_id: "{{ cluster_id }}"
    private_endpoint_id: "{{ endpoint.private_endpoint.id }}"
    description: Approved in ticket 4711
"""

RETURN = r"""
private_endpoint_connection:
  description: The connection as it is, or would be in check mode.
  returned: when it exists
  type: dict
  contains:
    description:
      description: What the owner of the endpoint is told.
      type: str
      sample: Approved in ticket 4711
    group_ids:
      description: Sub-resources of the target that it connects to.
      type: list
      elements: str
      sample: [MongoCluster]
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/.../mongoClusters/orders/privateEndpointConnections/pe-orders.5d393f64
    name:
      description: Name.
      type: str
      sample: pe-orders.5d393f64
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
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect_resource
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_endpoint_connection import (
    STATUS,
    PrivateEndpointConnection,
    wanted,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, WAIT, Spec

SPEC = (
    AZURE
    | WAIT
    | Spec(
        {
            "resource_id": {"type": "str", "required": True},
            "private_endpoint_id": {"type": "str", "required": True},
            "state": {"type": "str", "default": "approved", "choices": [*STATUS, "absent"]},
            "description": {"type": "str"},
            "api_version": {"type": "str"},
        }
    )
)


def build(options: Options) -> Job:
    connection = PrivateEndpointConnection(
        connect_resource(options, options["resource_id"]),
        options["resource_id"],
        options["private_endpoint_id"],
        options["api_version"],
        STATUS.get(options["state"]),
    )
    return Job(connection, wanted(options))


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
