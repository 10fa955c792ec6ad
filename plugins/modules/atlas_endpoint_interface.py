#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: atlas_endpoint_interface
short_description: Register an Azure private endpoint with Atlas
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Tells an Atlas endpoint service the resource id and the private address of an Azure private endpoint (the
    handshake). Atlas then approves the pending connection, and publishes the address in DNS.
  - Atlas cannot change a registered address. A different one is reported as drift, unless O(recreate=true).
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
  endpoint_service_id:
    description:
      - Id of the endpoint service, as M(privatelink.mongodb.atlas_endpoint_service) returns it.
    type: str
    required: true
  private_endpoint_id:
    description:
      - Resource id of the Azure private endpoint (not of its network interface).
    type: str
    required: true
  ip_address:
    description:
      - The IPv4 address of the private endpoint's network interface. Required if O(state=present).
    type: str
  state:
    description:
      - V(present) registers the endpoint, V(absent) removes the registration.
    type: str
    choices: [present, absent]
    default: present
  remove_last:
    description:
      - Whether the only endpoint of its service may be removed (or re-created). Atlas may then remove the whole
        service, and with it the Private Link Service that private endpoints connect to.
    type: bool
    default: false
seealso:
  - module: privatelink.mongodb.atlas_endpoint_interface_info
  - module: privatelink.mongodb.azure_private_endpoint
  - module: privatelink.mongodb.atlas_connection_info
"""

EXAMPLES = r"""
- name: Register the private endpoint that an earlier task created
  privatelink.mongodb.atlas_endpoint_interface:
    project: my-project
    endpoint_service_id: "{{ service.endpoint_service.id }}"
    private_endpoint_id: "{{ endpoint.private_endpoint.id }}"
    ip_address: "{{ endpoint.private_endpoint.ip_address }}"

- name: Remove the registration, though it is the last one
  privatelink.mongodb.atlas_endpoint_interface:
    project: my-project
    endpoint_service_id: "{{ service.endpoint_service.id }}"
    private_endpoint_id: "{{ endpoint.private_endpoint.id }}"
    state: absent
    remove_last: true
"""

RETURN = r"""
endpoint_interface:
  description: The registration as it is, or would be in check mode.
  returned: when it exists
  type: dict
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
    last:
      description:
        - Whether it is the only endpoint of its service, so that Atlas may remove the service with it.
        - Null unless O(state=absent) or O(recreate=true), because only then it is looked up.
      type: bool
      sample: null
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
    EndpointInterface,
    checked_address,
    checked_endpoint_id,
    checked_service_id,
)
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

SPEC = (
    ATLAS
    | PROJECT
    | WAIT
    | RECREATE
    | STATE
    | Spec(
        {
            "endpoint_service_id": {"type": "str", "required": True},
            "private_endpoint_id": {"type": "str", "required": True},
            "ip_address": {"type": "str"},
            "remove_last": {"type": "bool", "default": False},
        },
        required_if=(("state", "present", ["ip_address"]),),
    )
)


def build(options: Options) -> Job:
    service_id = checked_service_id(options["endpoint_service_id"])
    endpoint_id = checked_endpoint_id(options["private_endpoint_id"])
    present = options["state"] == "present"
    desired = (
        {"private_endpoint_id": endpoint_id, "ip_address": checked_address(options["ip_address"])} if present else None
    )
    client = connect(options)
    removes = not present or options["recreate"]
    interface = EndpointInterface(
        client, project_id(client, options), service_id, endpoint_id, removes, options["remove_last"]
    )
    return Job(interface, desired)


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
