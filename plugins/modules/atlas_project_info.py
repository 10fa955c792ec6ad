#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: atlas_project_info
short_description: Look at an Atlas project before a private link is built
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Returns what decides whether a private endpoint can be made for a project. Its id, what the credentials may do in
    it, its regionalized private endpoint mode, its dedicated clusters with tiers, regions and connection strings, and
    its endpoint services.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_atlas
  - privatelink.mongodb._atlas
  - privatelink.mongodb._atlas.project
  - privatelink.mongodb._attributes.info_module
seealso:
  - module: privatelink.mongodb.atlas_connection_info
  - module: privatelink.mongodb.atlas_regional_mode
"""

EXAMPLES = r"""
- name: Look at the project
  privatelink.mongodb.atlas_project_info:
    project: my-project
  register: info

- name: Stop early if these credentials can only read
  ansible.builtin.assert:
    that: info.project.can_write is not false
"""

RETURN = r"""
project:
  description: The project.
  returned: always
  type: dict
  contains:
    can_write:
      description:
        - Whether the credentials have the role Project Owner (or Organization Owner), which changes need.
        - Null for a service account, whose roles Atlas does not tell.
      type: bool
      sample: true
    clusters:
      description: Its dedicated clusters.
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
    endpoint_services:
      description: Its endpoint services for Azure.
      type: list
      elements: dict
      contains:
        azure_location:
          description: The region as Azure spells it.
          type: str
          sample: eastus2
        error_message:
          description: What Atlas says of a failure.
          type: str
          sample: null
        id:
          description: The service's id, which the interface modules take. All zeros when predicted in check mode.
          type: str
          sample: 6a794010c0eb9e7a17719674
        private_endpoints:
          description: Resource ids of the Azure private endpoints that are registered with the service.
          type: list
          elements: str
          sample: []
        private_link_service_id:
          description:
            - Resource id of MongoDB's Private Link Service, the target of the Azure private endpoint.
            - Null until the service is V(AVAILABLE), and when predicted in check mode.
          type: str
          sample: /subscriptions/.../resourceGroups/rg_6a79/providers/Microsoft.Network/privateLinkServices/pls_6a79
        private_link_service_name:
          description: Name of the Private Link Service. Null as long as its id is.
          type: str
          sample: pls_6a794010c0eb9e7a17719674
        project_id:
          description: The project's id.
          type: str
          sample: 32b6e34b3d91647abb20e7b8
        region:
          description: The region as Atlas spells it.
          type: str
          sample: US_EAST_2
        status:
          description: V(INITIATING), V(AVAILABLE), V(WAITING_FOR_USER), V(FAILED) or V(DELETING).
          type: str
          sample: AVAILABLE
    id:
      description: The project's id.
      type: str
      sample: 32b6e34b3d91647abb20e7b8
    name:
      description: The project's name.
      type: str
      sample: my-project
    organization_id:
      description: Id of the organization it belongs to.
      type: str
      sample: 5c8103b1a5a2c5d2f5b5b5b5
    regional_mode:
      description: Whether the regionalized private endpoint mode is on.
      type: bool
      sample: false
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.client import connect
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.projects import ProjectInfo
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import ATLAS, PROJECT

SPEC = ATLAS | PROJECT


def build(options: Options) -> Job:
    return Job(ProjectInfo(connect(options), options))


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
