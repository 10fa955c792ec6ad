#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: atlas_endpoint_interface_info
short_description: List the private endpoints that are registered with an Atlas endpoint service
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Returns the Azure private endpoints that an endpoint service knows, with their addresses and states.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_atlas
  - privatelink.mongodb._atlas
  - privatelink.mongodb._atlas.project
  - privatelink.mongodb._attributes.info_module
options:
  endpoint_service_id:
    description:
      - Id of the endpoint service. A service that does not exist has no endpoints.
    type: str
    required: true
  private_endpoint_id:
    description:
      - Return only the registration of this Azure private endpoint.
    type: str
seealso:
  - module: privatelink.mongodb.atlas_endpoint_interface
"""

EXAMPLES = r"""
- name: List what is registered with a service
  privatelink.mongodb.atlas_endpoint_interface_info:
    project: my-project
    endpoint_service_id: 6a794010c0eb9e7a17719674
"""

RETURN = r"""
endpoint_interfaces:
  description: The registrations found.
  returned: always
  type: list
  elements: dict
  contains:
    connection_name:
      description: The name that Atlas gave the connection.
      type: str
      sample: 2dbb2cd8-7a7a-4f4b-8a30-1a6a5f6f6c52%2Fpe-atlas%2Fpls_6a794010c0eb9e7a17719674
    delete_requested:
      description: Whether Atlas has been asked to remove it.
      type: bool
      sample: false
    endpoint_service_id:
      description: Id of the endpoint service it is registered with.
      type: str
      sample: 6a794010c0eb9e7a17719674
    error_message:
      description: What Atlas says of a failure.
      type: str
      sample: null
    ip_address:
      description: The private address that was registered, which Atlas publishes in DNS.
      type: str
      sample: 10.0.0.4
    private_endpoint_id:
      description: Resource id of the Azure private endpoint.
      type: str
      sample: /subscriptions/.../resourceGroups/rg-app/providers/Microsoft.Network/privateEndpoints/pe-atlas
    status:
      description: V(INITIATING), V(AVAILABLE), V(FAILED) or V(DELETING).
      type: str
      sample: AVAILABLE
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.client import connect
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.endpoint_interface import (
    EndpointInterfaces,
    checked_endpoint_id,
    checked_service_id,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.projects import project_id
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import ATLAS, PROJECT, Spec

SPEC = (
    ATLAS
    | PROJECT
    | Spec({"endpoint_service_id": {"type": "str", "required": True}, "private_endpoint_id": {"type": "str"}})
)


def build(options: Options) -> Job:
    service_id = checked_service_id(options["endpoint_service_id"])
    endpoint_id = checked_endpoint_id(options["private_endpoint_id"]) if options["private_endpoint_id"] else None
    client = connect(options)
    return Job(EndpointInterfaces(client, project_id(client, options), service_id, endpoint_id))


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
