#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: atlas_endpoint_service
short_description: Manage the Atlas side of Azure Private Link in a region
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Makes sure that an Atlas project has an endpoint service (a Private Link Service with a load balancer behind it) for
    Azure in a region, and waits until it is available.
  - A project has at most one such service for each region. One that exists is adopted, whoever made it.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_atlas
  - privatelink.mongodb._atlas
  - privatelink.mongodb._atlas.project
  - privatelink.mongodb._wait
  - privatelink.mongodb._wait.recreate
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  region:
    description:
      - The region of the Atlas cluster, as Azure spells it (V(eastus2)) or as Atlas does (V(US_EAST_2)).
    type: str
    required: true
  state:
    description:
      - V(present) adopts or creates the service, V(absent) removes it.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: privatelink.mongodb.atlas_endpoint_service_info
  - module: privatelink.mongodb.azure_private_endpoint
  - module: privatelink.mongodb.atlas_endpoint_interface
"""

EXAMPLES = r"""
- name: Prepare Atlas for private endpoints in East US 2
  privatelink.mongodb.atlas_endpoint_service:
    project: my-project
    region: eastus2
  register: service

- name: Show what the Azure private endpoint connects to
  ansible.builtin.debug:
    msg: "{{ service.endpoint_service.private_link_service_id }}"

- name: Remove the service again, once it has no private endpoints
  privatelink.mongodb.atlas_endpoint_service:
    project: my-project
    region: eastus2
    state: absent
"""

RETURN = r"""
endpoint_service:
  description: The endpoint service as it is, or would be in check mode.
  returned: when it exists
  type: dict
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
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.endpoint_service import EndpointService
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.projects import project_id
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import (
    ATLAS,
    PROJECT,
    RECREATE,
    STATE,
    WAIT,
    Spec,
)

SPEC = ATLAS | PROJECT | WAIT | RECREATE | STATE | Spec({"region": {"type": "str", "required": True}})


def build(options: Options) -> Job:
    region = checked_region(options["region"])
    client = connect(options)
    service = EndpointService(client, project_id(client, options), region)
    return Job(service, {"region": region} if options["state"] == "present" else None)


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
