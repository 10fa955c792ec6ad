#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_private_link_resource_info
short_description: Read which sub-resources, members and DNS zones a resource in Azure has for private endpoints
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Returns what a private endpoint needs to know of the resource that it connects to. That is the group id
    (sub-resource), the members, which a static address must name, and the names of the private DNS zones.
  - Works for every type of resource that has a list of C(privateLinkResources). A Private Link Service, such as that of
    MongoDB Atlas, has none and needs none.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._attributes.info_module
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.resources
options:
  resource_id:
    description:
      - Resource id of what private endpoints connect to. It also says the subscription.
    type: str
    required: true
  api_version:
    description:
      - Version of Azure's API for this type of resource.
      - If not set, a known version is used for clusters of Azure DocumentDB, and for all others the newest stable one
        that Azure names. Reading that needs a request, and the right to read the subscription's resource providers.
    type: str
seealso:
  - module: privatelink.mongodb.azure_private_endpoint
  - module: privatelink.mongodb.azure_private_dns_zone
"""

EXAMPLES = r"""
- name: Read what a cluster of Azure DocumentDB (Azure Cosmos DB for MongoDB vCore) offers
  privatelink.mongodb.azure_private_link_resource_info:
    resource_id: "{{ cluster.id }}"
  register: offer

- name: Create the private DNS zone that it needs
  privatelink.mongodb.azure_private_dns_zone:
    resource_group: rg-app
    name: "{{ (offer.private_link_resources | first).required_zone_names | first }}"
"""

RETURN = r"""
private_link_resources:
  description: The private link resources found.
  returned: always
  type: list
  elements: dict
  contains:
    group_id:
      description: The sub-resource, as O(privatelink.mongodb.azure_private_endpoint#module:group_ids) takes it.
      type: str
      sample: MongoCluster
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/.../mongoClusters/orders/privateLinkResources/MongoCluster
    name:
      description: Name.
      type: str
      sample: MongoCluster
    required_members:
      description: The members, each of which gets an address.
      type: list
      elements: str
      sample: [c.p7ex3v2euquypn]
    required_zone_names:
      description: Names of the private DNS zones that clients need.
      type: list
      elements: str
      sample: [privatelink.mongocluster.cosmos.azure.com]
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect_resource
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_link_resource import (
    PrivateLinkResources,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, Spec

SPEC = AZURE | Spec({"resource_id": {"type": "str", "required": True}, "api_version": {"type": "str"}})


def build(options: Options) -> Job:
    resource_id = ids.checked_resource(options["resource_id"])
    return Job(PrivateLinkResources(connect_resource(options, resource_id), resource_id, options["api_version"]))


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
