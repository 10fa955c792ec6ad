#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_private_endpoint_info
short_description: Read private endpoints in Azure, with their addresses and the states of their connections
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Returns the private endpoint of a name, those of a resource group, or all of the subscription.
  - With O(wait_for=approved), waits until the owner of the target has approved the connection.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._attributes.info_module
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.network
  - privatelink.mongodb._wait
options:
  resource_group:
    description:
      - Only private endpoints in this resource group.
      - By its name, or by its resource id, which also says the subscription.
    type: str
  name:
    description:
      - Only the private endpoint of this name. Needs O(resource_group). If it does not exist, the list is empty.
    type: str
  target:
    description:
      - Only private endpoints that connect to this, by its resource id or alias.
    type: str
  wait_for:
    description:
      - What to wait for with O(wait=true). Needs O(name). Does not wait if not given.
    type: str
    choices: [provisioned, approved]
seealso:
  - module: privatelink.mongodb.azure_private_endpoint
"""

EXAMPLES = r"""
- name: Wait until Atlas has approved the connection
  privatelink.mongodb.azure_private_endpoint_info:
    resource_group: rg-app
    name: pe-atlas
    wait_for: approved
    wait_timeout: 900

- name: Read all private endpoints of the subscription
  privatelink.mongodb.azure_private_endpoint_info:
  register: found

- name: Show those that do not work
  ansible.builtin.debug:
    msg: "{{ found.private_endpoints | rejectattr('connection_state', 'eq', 'Approved') }}"

- name: Read who in this resource group connects to a vCore cluster, under which names and addresses
  privatelink.mongodb.azure_private_endpoint_info:
    resource_group: rg-app
    target: "{{ cluster.mongo_clusters[0].id }}"
"""

RETURN = r"""
subscription_id:
  description: The subscription that was looked at.
  returned: always
  type: str
  sample: 5c1f2d3e-0000-4000-8000-000000000000
private_endpoints:
  description: The private endpoints found.
  returned: always
  type: list
  elements: dict
  contains:
    application_security_groups:
      description: Resource ids of the application security groups it is in.
      type: list
      elements: str
      sample: []
    connection_description:
      description: What the owner of the target says of the connection. While it is pending, the request message.
      type: str
      sample: Connection Approved
    connection_name:
      description: Name of the connection.
      type: str
      sample: pls_6a794010c0eb9e7a17719674
    connection_state:
      description: V(Pending), V(Approved), V(Rejected) or V(Disconnected).
      type: str
      sample: Approved
    group_ids:
      description: Sub-resources of the target.
      type: list
      elements: str
      sample: []
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/.../resourceGroups/rg-app/providers/Microsoft.Network/privateEndpoints/pe-atlas
    ip_address:
      description: The private address, as the network interface has it.
      type: str
      sample: 10.0.1.4
    ip_addresses:
      description: All private addresses. There are several if the target has several members.
      type: list
      elements: dict
      contains:
        fqdns:
          description:
            - The names that the target has at this address. Azure writes them into private zones, see
              M(privatelink.mongodb.azure_private_dns_zone_group).
          type: list
          elements: str
          sample: []
        group_id:
          description: The sub-resource, if there is one.
          type: str
          sample: null
        ip_address:
          description: The address.
          type: str
          sample: 10.0.1.4
        member_name:
          description: The member of the sub-resource, if there is one.
          type: str
          sample: null
    location:
      description: Azure location.
      type: str
      sample: eastus2
    manual_request:
      description: Whether the owner of the target had to approve it.
      type: bool
      sample: true
    name:
      description: Name.
      type: str
      sample: pe-atlas
    network_interface_id:
      description: Resource id of the network interface.
      type: str
      sample: /subscriptions/.../resourceGroups/rg-app/providers/Microsoft.Network/networkInterfaces/pe-atlas.nic.1f0e
    network_interface_name:
      description: Name of the network interface.
      type: str
      sample: pe-atlas.nic.1f0e
    provisioning_state:
      description: V(Succeeded), V(Creating), V(Updating), V(Deleting) or V(Failed).
      type: str
      sample: Succeeded
    subnet_id:
      description: Resource id of the subnet.
      type: str
      sample: /subscriptions/.../virtualNetworks/vnet-app/subnets/endpoints
    tags:
      description: All tags.
      type: dict
      sample:
        managed-by: privatelink.mongodb
    target:
      description: What it connects to, as a resource id or an alias.
      type: str
      sample: /subscriptions/.../privateLinkServices/pls_6a794010c0eb9e7a17719674
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect_groups
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_endpoint import PrivateEndpoints
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, WAIT, Spec

SPEC = (
    AZURE
    | WAIT
    | Spec(
        {
            "resource_group": {"type": "str"},
            "target": {"type": "str"},
            "name": {"type": "str"},
            "wait_for": {"type": "str", "choices": ["provisioned", "approved"]},
        },
        required_by={"name": ("resource_group",), "wait_for": ("name",)},
    )
)


def build(options: Options) -> Job:
    name = options["name"]
    endpoints = PrivateEndpoints(
        *connect_groups(options),
        ids.checked_name(name) if name else None,
        options["wait_for"],
        ids.checked_target("target", options["target"]) if options["target"] else None,
    )
    return Job(endpoints)


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
