#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_private_dns_zone_group_info
short_description: Read the DNS zone group of a private endpoint, with the records that Azure wrote for it
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Returns the zone group of a private endpoint with its zones, and the records that Azure wrote into them.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._attributes.info_module
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.network
options:
  resource_group:
    description:
      - Resource group of the private endpoint.
      - By its name, or by its resource id, which also says the subscription.
    type: str
    required: true
  private_endpoint:
    description:
      - Name of the private endpoint. If it does not exist, the list is empty.
    type: str
    required: true
seealso:
  - module: privatelink.mongodb.azure_private_dns_zone_group
"""

EXAMPLES = r"""
- name: Read which records Azure keeps for an endpoint
  privatelink.mongodb.azure_private_dns_zone_group_info:
    resource_group: rg-app
    private_endpoint: pe-orders
"""

RETURN = r"""
private_dns_zone_groups:
  description: The zone groups of the endpoint, which are one or none.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/.../privateEndpoints/pe-orders/privateDnsZoneGroups/default
    name:
      description: Name.
      type: str
      sample: default
    provisioning_state:
      description: V(Succeeded), V(Updating), V(Deleting) or V(Failed).
      type: str
      sample: Succeeded
    zones:
      description: Its zones.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the zone within the group.
          type: str
          sample: mongocluster
        record_sets:
          description: What Azure wrote into the zone. Nothing if it does not have the name that the target asks for.
          type: list
          elements: dict
          contains:
            addresses:
              description: The private addresses.
              type: list
              elements: str
              sample: [10.0.1.4]
            fqdn:
              description: Full name.
              type: str
              sample: fc-0123456789ab-000.privatelink.mongocluster.cosmos.azure.com
            name:
              description: Name relative to the zone.
              type: str
              sample: fc-0123456789ab-000
            provisioning_state:
              description: V(Succeeded), or what Azure is about to do with it.
              type: str
              sample: Succeeded
            ttl:
              description: Seconds for which resolvers may keep it.
              type: int
              sample: 10
            type:
              description: Type of the record set.
              type: str
              sample: A
        zone:
          description: Name of the private DNS zone.
          type: str
          sample: privatelink.mongocluster.cosmos.azure.com
        zone_id:
          description: Resource id of the private DNS zone.
          type: str
          sample: /subscriptions/.../privateDnsZones/privatelink.mongocluster.cosmos.azure.com
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect_group
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_dns_zone_group import (
    PrivateDnsZoneGroups,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, Spec

SPEC = AZURE | Spec(
    {
        "resource_group": {"type": "str", "required": True},
        "private_endpoint": {"type": "str", "required": True},
    }
)


def build(options: Options) -> Job:
    endpoint = ids.checked_name(options["private_endpoint"], "private_endpoint")
    return Job(PrivateDnsZoneGroups(*connect_group(options), endpoint))


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
