#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: atlas_connection_info
short_description: Read the private connection strings of Atlas clusters
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Returns the clusters of a project with the connection strings that go through private endpoints, taken apart into
    hosts, ports and options. The strings never hold credentials.
  - With O(private_endpoint_id) and O(wait=true), waits until each cluster has a string that goes through that endpoint.
    Atlas writes these strings minutes after an endpoint is available, so its status alone says too little.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_atlas
  - privatelink.mongodb._atlas
  - privatelink.mongodb._atlas.project
  - privatelink.mongodb._wait
  - privatelink.mongodb._attributes.info_module
options:
  clusters:
    description:
      - Names of the clusters to return, each of which must exist. All clusters of the project if not given.
    type: list
    elements: str
    default: []
  private_endpoint_id:
    description:
      - Wait for connection strings that go through this Azure private endpoint.
    type: str
seealso:
  - module: privatelink.mongodb.atlas_endpoint_interface
  - module: privatelink.mongodb.atlas_project_info
"""

EXAMPLES = r"""
- name: Wait for the connection string that goes through my private endpoint
  privatelink.mongodb.atlas_connection_info:
    project: my-project
    clusters: [cluster0]
    private_endpoint_id: "{{ endpoint.private_endpoint.id }}"
  register: info

- name: Show it
  ansible.builtin.debug:
    msg: "{{ info.clusters[0].private_endpoints[0].srv_connection_string }}"
"""

RETURN = r"""
clusters:
  description: The clusters found.
  returned: always
  type: list
  elements: dict
  contains:
    instance_sizes:
      description: The tiers of its nodes.
      type: list
      elements: str
      sample: [M10]
    name:
      description: The cluster's name.
      type: str
      sample: cluster0
    paused:
      description: Whether it is paused.
      type: bool
      sample: false
    private_endpoints:
      description:
        - Its private connection strings, one entry for each group of endpoints that share one. Without credentials.
        - Empty until every region of the cluster has an available private endpoint, and some minutes longer.
      type: list
      elements: dict
      contains:
        connection_string:
          description: The C(mongodb://) form.
          type: str
          sample: mongodb://pl-0-eastus2-azure.ab123.mongodb.net:1024/?ssl=true&authSource=admin&replicaSet=atlas-x1y2z3-shard-0
        endpoint_ids:
          description: Resource ids of the private endpoints that the string goes through.
          type: list
          elements: str
          sample: ["/subscriptions/.../resourceGroups/rg-app/providers/Microsoft.Network/privateEndpoints/pe-atlas"]
        options:
          description: The options in the C(mongodb://) form, which DNS carries as a TXT record for the other form.
          type: dict
          sample: {authSource: admin, replicaSet: atlas-x1y2z3-shard-0}
        srv_connection_string:
          description: The C(mongodb+srv://) form, which drivers prefer.
          type: str
          sample: mongodb+srv://cluster0-pl-0.ab123.mongodb.net
        srv_host:
          description: The host of the C(mongodb+srv://) form.
          type: str
          sample: cluster0-pl-0.ab123.mongodb.net
        targets:
          description: Hosts and ports of the C(mongodb://) form.
          type: list
          elements: dict
          sample: [{host: pl-0-eastus2-azure.ab123.mongodb.net, port: 1024}]
          contains:
            host:
              description: Host name.
              type: str
              sample: pl-0-eastus2-azure.ab123.mongodb.net
            port:
              description: TCP port.
              type: int
              sample: 1024
        type:
          description: V(MONGOD) for a replica set, V(MONGOS) for a sharded cluster.
          type: str
          sample: MONGOD
    regions:
      description: Where it has nodes, as provider and region.
      type: list
      elements: str
      sample: [AZURE/US_EAST_2]
    standard_srv:
      description: The connection string over the public network.
      type: str
      sample: mongodb+srv://cluster0.ab123.mongodb.net
    state:
      description: V(IDLE), V(CREATING), V(UPDATING), V(DELETING) or V(REPAIRING).
      type: str
      sample: IDLE
    supported:
      description: Whether its tier supports private endpoints (M10 and larger).
      type: bool
      sample: true
    type:
      description: V(REPLICASET), V(SHARDED) or V(GEOSHARDED).
      type: str
      sample: REPLICASET
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.client import connect
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.clusters import ConnectionInfo
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.endpoint_interface import checked_endpoint_id
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.projects import project_id
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import ATLAS, PROJECT, WAIT, Spec

SPEC = (
    ATLAS
    | PROJECT
    | WAIT
    | Spec(
        {
            "clusters": {"type": "list", "elements": "str", "default": []},
            "private_endpoint_id": {"type": "str"},
        }
    )
)


def build(options: Options) -> Job:
    endpoint_id = checked_endpoint_id(options["private_endpoint_id"]) if options["private_endpoint_id"] else None
    client = connect(options)
    return Job(ConnectionInfo(client, project_id(client, options), options["clusters"], endpoint_id))


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
