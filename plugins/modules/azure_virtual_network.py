#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_virtual_network
short_description: Look up, complete or create a virtual network in Azure
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - With only O(resource_group) and O(name), and perhaps the names of O(subnets), looks up what exists, in one request,
    and fails if something is missing. It changes nothing then.
  - With more options, creates the network, or adds to the one that exists what is missing from it.
  - Never removes or resets what it was not asked about, such as other subnets, route tables, network security groups,
    NAT gateways, delegations, service endpoints and tags.
  - A network that this module creates gets the tag C(managed-by=privatelink.mongodb).
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.network
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
      - Resource group of the virtual network.
      - By its name, or by its resource id, which also says the subscription.
    type: str
    required: true
  name:
    description:
      - Name of the virtual network.
    type: str
    required: true
  location:
    description:
      - Azure location. Needed to create a network.
    type: str
  address_prefixes:
    description:
      - Address ranges. Those that are missing are added, others stay. Needed to create a network.
    type: list
    elements: str
  dns_servers:
    description:
      - Addresses of exactly the DNS servers that machines in the network shall use. Left alone if not given.
      - With servers of your own, private DNS zones work only if these servers forward to Azure's resolver.
    type: list
    elements: str
  subnets:
    description:
      - Subnets that must exist. Others stay.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the subnet.
        type: str
        required: true
      address_prefix:
        description:
          - Address range of the subnet. Needed to create it. If the subnet exists with another one, the task fails.
        type: str
      private_endpoint_network_policies:
        description:
          - Whether network security groups and route tables apply to private endpoints in the subnet. Left alone if not
            given. Azure uses V(Disabled) for a new subnet.
        type: str
        choices: [Disabled, Enabled, NetworkSecurityGroupEnabled, RouteTableEnabled]
  tags:
    description:
      - Tags to add or change. Others stay.
    type: dict
  state:
    description:
      - V(present) makes sure that what was asked for exists. V(absent) deletes the network with its subnets. It stays,
        with a warning, while a private endpoint, another IP configuration or a peering is in it.
    type: str
    choices: [present, absent]
    default: present
  force:
    description:
      - Whether a network may be deleted that this collection did not create. It is also tried where something is in the
        network, and Azure refuses it then.
    type: bool
    default: false
seealso:
  - module: privatelink.mongodb.azure_private_endpoint
  - module: privatelink.mongodb.azure_private_dns_zone
"""

EXAMPLES = r"""
- name: Look up a network and fail if the subnet is missing
  privatelink.mongodb.azure_virtual_network:
    resource_group: rg-network
    name: vnet-app
    subnets:
      - name: endpoints
  register: network

- name: Add a subnet for private endpoints
  privatelink.mongodb.azure_virtual_network:
    resource_group: rg-network
    name: vnet-app
    subnets:
      - name: endpoints
        address_prefix: 10.0.1.0/24
        private_endpoint_network_policies: NetworkSecurityGroupEnabled

- name: Create a network
  privatelink.mongodb.azure_virtual_network:
    resource_group: rg-network
    name: vnet-app
    location: eastus2
    address_prefixes: [10.0.0.0/16]
    subnets:
      - name: endpoints
        address_prefix: 10.0.1.0/24
"""

RETURN = r"""
virtual_network:
  description: The virtual network as it is, or would be in check mode.
  returned: when it exists
  type: dict
  contains:
    address_prefixes:
      description: Address ranges.
      type: list
      elements: str
      sample: [10.0.0.0/16]
    dns_servers:
      description: DNS servers of the network. If there are none, Azure's own are used.
      type: list
      elements: str
      sample: []
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/.../resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-app
    location:
      description: Azure location.
      type: str
      sample: eastus2
    name:
      description: Name.
      type: str
      sample: vnet-app
    occupants:
      description: What is in the network and keeps it from being deleted.
      type: list
      elements: str
      sample: [pe-orders in subnet snet-endpoints]
      version_added: 0.9.1
    provisioning_state:
      description: V(Succeeded), V(Updating), V(Deleting) or V(Failed).
      type: str
      sample: Succeeded
    subnets:
      description: All subnets, also those that were not asked for.
      type: list
      elements: dict
      contains:
        address_prefixes:
          description: Address ranges.
          type: list
          elements: str
          sample: [10.0.1.0/24]
        id:
          description: Resource id.
          type: str
          sample: /subscriptions/.../virtualNetworks/vnet-app/subnets/endpoints
        name:
          description: Name.
          type: str
          sample: endpoints
        network_security_group_id:
          description: Resource id of its network security group.
          type: str
          sample: null
        private_endpoint_network_policies:
          description: Whether network security groups and route tables apply to private endpoints.
          type: str
          sample: Disabled
        route_table_id:
          description: Resource id of its route table.
          type: str
          sample: null
    tags:
      description: All tags.
      type: dict
      sample:
        managed-by: privatelink.mongodb
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect_group
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.virtual_network import VirtualNetwork, wanted
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, STATE, WAIT, Spec

SUBNET = {
    "name": {"type": "str", "required": True},
    "address_prefix": {"type": "str"},
    "private_endpoint_network_policies": {
        "type": "str",
        "choices": ["Disabled", "Enabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"],
    },
}
SPEC = (
    AZURE
    | WAIT
    | STATE
    | Spec(
        {
            "resource_group": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "location": {"type": "str"},
            "address_prefixes": {"type": "list", "elements": "str"},
            "dns_servers": {"type": "list", "elements": "str"},
            "subnets": {"type": "list", "elements": "dict", "options": SUBNET},
            "tags": {"type": "dict"},
            "force": {"type": "bool", "default": False},
        }
    )
)


def build(options: Options) -> Job:
    desired = wanted(options) if options["state"] == "present" else None
    network = VirtualNetwork(
        *connect_group(options),
        ids.checked_name(options["name"]),
        present=desired is not None,
        force=options["force"],
    )
    return Job(network, desired)


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
