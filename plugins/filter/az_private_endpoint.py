# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: az_private_endpoint
short_description: The Azure CLI's command that makes a private endpoint to Atlas
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Gives the command C(az network private-endpoint create) with all its flags, for those who may write to Azure where
    the play may not. Nothing is run.
  - What an endpoint must have and is not given here stands in the command in angle brackets, to be filled in.
options:
  _input:
    description:
      - The RV(privatelink.mongodb.atlas_endpoint_service#module:endpoint_service) of
        M(privatelink.mongodb.atlas_endpoint_service).
    type: dict
    required: true
  subscription_id:
    description:
      - The subscription of the endpoint. The one that C(az) is set to if not given.
    type: str
  resource_group:
    description:
      - Resource group of the endpoint.
    type: str
  name:
    description:
      - Name of the endpoint.
    type: str
  location:
    description:
      - Its location.
    type: str
  virtual_network:
    description:
      - Name of the virtual network.
    type: str
  virtual_network_resource_group:
    description:
      - Resource group of the virtual network, if it is another one. The command then takes the id of the subnet, for
        which O(subscription_id) is needed.
    type: str
  subnet:
    description:
      - Name of the subnet.
    type: str
  connection_name:
    description:
      - Name of the connection. That of the Private Link Service if not given.
    type: str
  request_message:
    description:
      - Message to the owner of the service.
    type: str
  network_interface_name:
    description:
      - Name of the network interface.
    type: str
  private_ip_address:
    description:
      - A static address.
    type: str
  tags:
    description:
      - Tags of the endpoint.
    type: dict
seealso:
  - module: privatelink.mongodb.atlas_endpoint_service
  - module: privatelink.mongodb.azure_private_endpoint
"""

EXAMPLES = r"""
- name: Show the command
  ansible.builtin.debug:
    msg: >-
      {{ (made.endpoint_service
          | privatelink.mongodb.az_private_endpoint(resource_group='rg-app', name='pe-atlas',
                                                    virtual_network='vnet-app', subnet='snet-endpoints')).command }}
"""

RETURN = r"""
_value:
  description: The command, and what it says.
  type: dict
  contains:
    arguments:
      description: The command as a list, for programs.
      type: list
      elements: str
      sample: [az, network, private-endpoint, create, --resource-group, rg-app, --name, pe-atlas]
    command:
      description: The command, quoted for a POSIX shell.
      type: str
      sample: >-
        az network private-endpoint create --resource-group rg-app --name pe-atlas --vnet-name vnet-app --subnet
        snet-endpoints --private-connection-resource-id /subscriptions/.../privateLinkServices/pls_... --connection-name
        pls_... --manual-request true
    fields:
      description: Its flags, each with C(flag), C(value) (null if it is to be filled in), C(meaning) and C(decided_by).
      type: list
      elements: dict
      sample: [{flag: --name, value: pe-atlas, meaning: its name, decided_by: you choose}]
    missing:
      description: What has to be filled in, as it stands in the command.
      type: list
      elements: str
      sample: [<subnet>]
    show_id:
      description: The command that prints the resource id of the endpoint, once it is made.
      type: str
      sample: az network private-endpoint show --resource-group rg-app --name pe-atlas --output tsv --query id
    show_ip_address:
      description: The command that prints its private address.
      type: str
      sample: az network nic show --ids ... --output tsv --query 'ipConfigurations[0].privateIPAddress'
"""

from typing import Any

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.cli import Wanted, private_endpoint_request


def az_private_endpoint(service: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    return private_endpoint_request(service, Wanted(**wanted))


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"az_private_endpoint": az_private_endpoint}
