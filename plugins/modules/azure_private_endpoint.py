#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_private_endpoint
short_description: Create a private endpoint in Azure
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Creates a private endpoint, which is a network interface in your subnet that leads to somebody's service, and
    returns its id, its private address and the state of its connection.
  - An endpoint that already has this name is used. Every option that is given is compared with it. A difference that
    Azure cannot change in place is reported as drift, unless O(recreate=true).
  - What this module creates gets the tag C(managed-by=privatelink.mongodb).
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.network
  - privatelink.mongodb._wait
  - privatelink.mongodb._wait.recreate
attributes:
  check_mode:
    support: full
    details:
      - The address and the name of the network interface are placeholders, unless they were asked for.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  resource_group:
    description:
      - Resource group of the private endpoint.
      - By its name, or by its resource id, which also says the subscription.
    type: str
    required: true
  name:
    description:
      - Name of the private endpoint.
    type: str
    required: true
  location:
    description:
      - Azure location. It must be the one of the virtual network, from which it is taken if not given.
    type: str
  subnet_id:
    description:
      - Resource id of the subnet, in the same subscription. Needed to create an endpoint, as is
        O(private_link_service_id).
    type: str
  virtual_network:
    description:
      - Name of the virtual network, together with O(subnet). Use these or O(subnet_id).
    type: str
  subnet:
    description:
      - Name of the subnet.
    type: str
  virtual_network_resource_group:
    description:
      - Resource group of the virtual network. O(resource_group) if not given.
    type: str
  private_link_service_id:
    description:
      - What to connect to, as a resource id or as the alias of a Private Link Service.
      - For Atlas it is RV(privatelink.mongodb.atlas_endpoint_service#module:endpoint_service.private_link_service_id).
      - For Azure DocumentDB (Azure Cosmos DB for MongoDB vCore) it is the resource id of the cluster.
      - In check mode it may be missing, because the service may not exist yet.
    type: str
  connection_name:
    description:
      - Name of the connection. A new endpoint gets the name of its target if not given.
    type: str
  manual_request:
    description:
      - Whether the owner of the target has to approve the connection, as for Atlas. V(false) needs the right to approve
        on the target itself. A new endpoint is requested manually if this is not given.
      - An endpoint cannot change from one to the other in place.
    type: bool
  request_message:
    description:
      - What the owner of the target is told, at most 140 characters. Only used to create an endpoint with
        O(manual_request=true).
    type: str
  group_ids:
    description:
      - Sub-resources of the target to connect to. Atlas has none, a cluster of Azure DocumentDB only V(MongoCluster).
      - M(privatelink.mongodb.azure_private_link_resource_info) returns those of any target.
    type: list
    elements: str
  network_interface_name:
    description:
      - Name of the network interface. Azure chooses one if not given.
    type: str
  private_ip_address:
    description:
      - Static private address, for a target without sub-resources. Others need O(ip_configurations). Azure chooses a
        free one if not given.
    type: str
  ip_configurations:
    description:
      - Static private addresses, one for each member of a sub-resource.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the IP configuration.
        type: str
      private_ip_address:
        description:
          - The address.
        type: str
        required: true
      group_id:
        description:
          - The sub-resource.
        type: str
      member_name:
        description:
          - The member of the sub-resource, as M(privatelink.mongodb.azure_private_link_resource_info) returns it in
            C(required_members). Every member needs an address.
        type: str
  application_security_groups:
    description:
      - Resource ids of exactly the application security groups that the endpoint shall be in. Left alone if not given.
    type: list
    elements: str
  tags:
    description:
      - Tags to add or change. Others stay.
    type: dict
  state:
    description:
      - V(present) creates the endpoint. V(absent) deletes it and waits until its network interface has gone, too.
    type: str
    choices: [present, absent]
    default: present
  force:
    description:
      - Whether an endpoint may be deleted (or re-created) that this collection did not create.
    type: bool
    default: false
  wait_for:
    description:
      - What to wait for with O(wait=true).
      - V(addressed) means that the network interface has its address, while Azure still provisions the endpoint. That
        suffices to register it with Atlas. Whether Azure succeeds is then for a later task to see, with another choice.
      - V(provisioned) means that Azure is done, though the connection may still be pending.
      - V(approved) means that the owner of the target has approved it, too.
    type: str
    choices: [addressed, provisioned, approved]
    default: provisioned
seealso:
  - module: privatelink.mongodb.azure_private_endpoint_info
  - module: privatelink.mongodb.atlas_endpoint_service
  - module: privatelink.mongodb.atlas_endpoint_interface
  - module: privatelink.mongodb.azure_private_endpoint_connection
  - module: privatelink.mongodb.azure_private_dns_zone_group
"""

EXAMPLES = r"""
- name: Request a connection to the endpoint service of an earlier task
  privatelink.mongodb.azure_private_endpoint:
    resource_group: rg-app
    name: pe-atlas
    virtual_network: vnet-app
    subnet: endpoints
    private_link_service_id: "{{ service.endpoint_service.private_link_service_id }}"
    request_message: Payments team, ticket 4711
  register: endpoint

- name: The same with a fixed address
  privatelink.mongodb.azure_private_endpoint:
    resource_group: rg-app
    name: pe-atlas
    location: eastus2
    subnet_id: "{{ network.virtual_network.subnets[0].id }}"
    private_link_service_id: "{{ service.endpoint_service.private_link_service_id }}"
    private_ip_address: 10.0.1.10
    network_interface_name: nic-atlas

- name: Connect to a vCore cluster that one may approve connections of
  privatelink.mongodb.azure_private_endpoint:
    resource_group: rg-app
    name: pe-orders
    virtual_network: vnet-app
    subnet: endpoints
    private_link_service_id: "{{ cluster.mongo_clusters[0].id }}"
    group_ids: [MongoCluster]
    manual_request: false
    wait_for: approved

- name: The same with a fixed address, and with a request to the owner of the cluster
  privatelink.mongodb.azure_private_endpoint:
    resource_group: rg-app
    name: pe-orders
    virtual_network: vnet-app
    subnet: endpoints
    private_link_service_id: "{{ cluster.mongo_clusters[0].id }}"
    group_ids: [MongoCluster]
    ip_configurations:
      - private_ip_address: 10.0.1.20
        group_id: MongoCluster
        member_name: "{{ offered.private_link_resources[0].required_members[0] }}"
    manual_request: true
    request_message: Orders team, ticket 4711

- name: Delete it
  privatelink.mongodb.azure_private_endpoint:
    resource_group: rg-app
    name: pe-atlas
    state: absent
"""

RETURN = r"""
private_endpoint:
  description: The private endpoint as it is, or would be in check mode.
  returned: when it exists
  type: dict
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
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect_group
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_endpoint import PrivateEndpoint, wanted
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, RECREATE, STATE, WAIT, Spec

ADDRESS = {
    "name": {"type": "str"},
    "private_ip_address": {"type": "str", "required": True},
    "group_id": {"type": "str"},
    "member_name": {"type": "str"},
}
SPEC = (
    AZURE
    | WAIT
    | RECREATE
    | STATE
    | Spec(
        {
            "resource_group": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "location": {"type": "str"},
            "subnet_id": {"type": "str"},
            "virtual_network": {"type": "str"},
            "subnet": {"type": "str"},
            "virtual_network_resource_group": {"type": "str"},
            "private_link_service_id": {"type": "str"},
            "connection_name": {"type": "str"},
            "manual_request": {"type": "bool"},
            "request_message": {"type": "str"},
            "group_ids": {"type": "list", "elements": "str"},
            "network_interface_name": {"type": "str"},
            "private_ip_address": {"type": "str"},
            "ip_configurations": {"type": "list", "elements": "dict", "options": ADDRESS},
            "application_security_groups": {"type": "list", "elements": "str"},
            "tags": {"type": "dict"},
            "force": {"type": "bool", "default": False},
            "wait_for": {"type": "str", "default": "provisioned", "choices": ["addressed", "provisioned", "approved"]},
        },
        mutually_exclusive=(("subnet_id", "virtual_network"), ("private_ip_address", "ip_configurations")),
        required_together=(("virtual_network", "subnet"),),
        required_by={"virtual_network_resource_group": ("virtual_network",)},
    )
)


def build(options: Options) -> Job:
    client, group = connect_group(options)
    desired = wanted(options, client.subscription) if options["state"] == "present" else None
    endpoint = PrivateEndpoint(
        client,
        group,
        ids.checked_name(options["name"]),
        present=desired is not None,
        force=options["force"],
        wait_for=options["wait_for"],
        near=desired["subnet_id"] if desired and not desired["location"] else None,
    )
    return Job(endpoint, desired)


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
