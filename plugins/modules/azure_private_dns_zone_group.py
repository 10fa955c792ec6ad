#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_private_dns_zone_group
short_description: Let Azure write the records of a private endpoint into private DNS zones
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Binds a private endpoint to private DNS zones. Azure then writes the endpoint's records there, keeps them, and takes
    them away with the group or the endpoint.
  - This is for targets that name their records, such as a cluster of Azure DocumentDB (Azure Cosmos DB for MongoDB
    vCore). The Private Link Services of Atlas do not, so a zone group would do nothing for them.
  - Azure allows one zone group for each private endpoint, with up to five zones. A zone is only written to if it has
    the name that the target asks for.
  - A zone cannot be exchanged in place. This module then deletes the group and creates it again, and says so in a
    warning. The records are missing for some seconds.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.network
  - privatelink.mongodb._wait
attributes:
  check_mode:
    support: full
    details:
      - Which records Azure will write is not known before.
      - The private endpoint and the zones need not exist yet.
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
  private_endpoint:
    description:
      - Name of the private endpoint.
    type: str
    required: true
  name:
    description:
      - Name of the zone group. Without it, the group that the endpoint has is used, whatever it is called, and a new
        one is called V(default).
      - If the endpoint has a group of another name, creating one fails, because Azure allows only one.
    type: str
  zones:
    description:
      - Exactly the zones of the group. Others that it has are taken out of it, and a warning says so.
      - Required if O(state=present).
    type: list
    elements: dict
    suboptions:
      zone_id:
        description:
          - Resource id of the private DNS zone. It may be in another resource group or subscription.
        type: str
        required: true
      name:
        description:
          - Name of the zone within the group. A new one gets the name of its zone with dashes instead of dots, and a
            number if that is taken.
        type: str
  state:
    description:
      - V(present) creates the group, or changes its zones.
      - V(absent) removes the group, and with it the records that Azure wrote for it. Zone groups carry no tags, so this
        removes whatever group is there (or the one that is called O(name)), whoever made it. The zones stay.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: privatelink.mongodb.azure_private_dns_zone_group_info
  - module: privatelink.mongodb.azure_private_dns_zone
  - module: privatelink.mongodb.azure_private_link_resource_info
notes:
  - If two private endpoints for the same target share a zone, the second takes the record of the first away, and what
    is left may go with either of them. Give each its own zone, or use one endpoint.
"""

EXAMPLES = r"""
- name: Let Azure write the names of a vCore cluster into a zone
  privatelink.mongodb.azure_private_dns_zone_group:
    resource_group: rg-app
    private_endpoint: pe-orders
    zones:
      - name: mongocluster
        zone_id: "{{ zone.private_dns_zone.id }}"

- name: Take the records away again
  privatelink.mongodb.azure_private_dns_zone_group:
    resource_group: rg-app
    private_endpoint: pe-orders
    state: absent
"""

RETURN = r"""
private_dns_zone_group:
  description: The zone group as it is, or would be in check mode.
  returned: when it exists
  type: dict
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
    PrivateDnsZoneGroup,
    wanted,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, STATE, WAIT, Spec

ZONE = {"name": {"type": "str"}, "zone_id": {"type": "str", "required": True}}
SPEC = (
    AZURE
    | WAIT
    | STATE
    | Spec(
        {
            "resource_group": {"type": "str", "required": True},
            "private_endpoint": {"type": "str", "required": True},
            "name": {"type": "str"},
            "zones": {"type": "list", "elements": "dict", "options": ZONE},
        },
        required_if=(("state", "present", ("zones",)),),
    )
)


def build(options: Options) -> Job:
    group = PrivateDnsZoneGroup(
        *connect_group(options),
        ids.checked_name(options["private_endpoint"], "private_endpoint"),
        ids.checked_name(options["name"]) if options["name"] else None,
        present=options["state"] == "present",
    )
    return Job(group, wanted(options) if options["state"] == "present" else None)


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
