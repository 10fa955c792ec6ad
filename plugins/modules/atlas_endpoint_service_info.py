#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: atlas_endpoint_service_info
short_description: List the Azure endpoint services of an Atlas project
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Returns the endpoint services for Azure of an Atlas project, all of them or that of one region.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_atlas
  - privatelink.mongodb._atlas
  - privatelink.mongodb._atlas.project
  - privatelink.mongodb._attributes.info_module
options:
  region:
    description:
      - Return only the service of this region, in either spelling. An empty list means that there is none.
    type: str
seealso:
  - module: privatelink.mongodb.atlas_endpoint_service
"""

EXAMPLES = r"""
- name: List the endpoint services of a project
  privatelink.mongodb.atlas_endpoint_service_info:
    project: my-project
  register: services

- name: Look at one region
  privatelink.mongodb.atlas_endpoint_service_info:
    project: my-project
    region: US_EAST_2
"""

RETURN = r"""
endpoint_services:
  description: The services found.
  returned: always
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
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.checked import checked_region
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.client import connect
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.endpoint_service import EndpointServices
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.projects import project_id
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import ATLAS, PROJECT, Spec

SPEC = ATLAS | PROJECT | Spec({"region": {"type": "str"}})


def build(options: Options) -> Job:
    region = checked_region(options["region"]) if options["region"] else None
    client = connect(options)
    return Job(EndpointServices(client, project_id(client, options), region))


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
