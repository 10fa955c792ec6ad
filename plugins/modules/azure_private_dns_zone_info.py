#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_private_dns_zone_info
short_description: Read private DNS zones in Azure and their links to virtual networks
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Returns the zone of a name, the zones of a resource group, or all zones of the subscription, with their links and,
    if asked for, their records.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._attributes.info_module
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.privatedns
options:
  resource_group:
    description:
      - Only zones in this resource group.
      - By its name, or by its resource id, which also says the subscription.
    type: str
  name:
    description:
      - Only the zone of this name. Needs O(resource_group). If it does not exist, the list is empty.
    type: str
  related_to:
    description:
      - Only zones that have to do with one of these domains, because they are it, hold it or lie in it. These are the
        zones that decide what a client is told about it.
    type: list
    elements: str
  for_user:
    description:
      - Whoever this is has no use for zones that lie in a domain of O(related_to) and that this collection made for
        others only. They are left out, and nothing is read of them. Their own tags tell, as
        O(privatelink.mongodb.azure_private_dns_zone#module:used_by) marks them.
      - Zones that are or hold one of the domains stay. So give O(related_to) the host names of this one, too; another
        may have made the zone of one of them.
    type: str
  used_by:
    description:
      - Only zones that are used by this one. O(used_by) of M(privatelink.mongodb.azure_private_dns_zone) and of
        M(privatelink.mongodb.azure_private_dns_records) marks them, their links or their record sets. In a zone that
        this collection created or linked, records that the zone group of this private endpoint wrote count as well.
        Where the zone itself is not marked, its links and record sets are read.
      - Beside them the zones without records that this collection created for users of which none is left.
      - Must not be blank.
    type: str
  record_sets:
    description:
      - Whether to read the records of each zone, too, with one listing for each.
    type: bool
    default: false
seealso:
  - module: privatelink.mongodb.azure_private_dns_zone
  - module: privatelink.mongodb.azure_private_dns_records_info
"""

EXAMPLES = r"""
- name: Read all zones of the subscription
  privatelink.mongodb.azure_private_dns_zone_info:
  register: zones

- name: Show those that hide names of MongoDB Atlas
  ansible.builtin.debug:
    msg: "{{ zones.private_dns_zones | map(attribute='name') | select('search', 'mongodb[.]net$') }}"

- name: Read the zones that decide what clients are told about a cluster
  privatelink.mongodb.azure_private_dns_zone_info:
    related_to: [ab123.mongodb.net]
    record_sets: true

- name: Read them for one private endpoint, without those that were made for the others of the project
  privatelink.mongodb.azure_private_dns_zone_info:
    related_to: [ab123.mongodb.net, pl-0-eastus2-azure.ab123.mongodb.net, cluster0-pl-0.ab123.mongodb.net]
    for_user: "{{ endpoint.id }}"
    record_sets: true
"""

RETURN = r"""
private_dns_zones:
  description: The zones found.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: Resource id.
      type: str
      sample: /subscriptions/.../privateDnsZones/pl-0-eastus2-azure.ab123.mongodb.net
    links:
      description: All links to virtual networks, also those that were not asked for.
      type: list
      elements: dict
      contains:
        id:
          description: Resource id.
          type: str
          sample: /subscriptions/.../virtualNetworkLinks/vnet-app
        link_state:
          description: V(InProgress), or V(Completed) when names resolve in the virtual network.
          type: str
          sample: Completed
        name:
          description: Name.
          type: str
          sample: vnet-app
        provisioning_state:
          description: V(Succeeded), V(Creating), V(Updating), V(Deleting) or V(Failed).
          type: str
          sample: Succeeded
        registration_enabled:
          description: Whether the names of virtual machines are registered in the zone.
          type: bool
          sample: false
        resolution_policy:
          description: V(Default) or V(NxDomainRedirect). Null for a zone that has no such policy.
          type: str
          sample: null
        tags:
          description: All tags.
          type: dict
          sample:
            managed-by: privatelink.mongodb
        virtual_network_id:
          description: Resource id of the virtual network.
          type: str
          sample: /subscriptions/.../virtualNetworks/vnet-app
    name:
      description: Name.
      type: str
      sample: pl-0-eastus2-azure.ab123.mongodb.net
    number_of_record_sets:
      description: How many record sets are in the zone, with the SOA.
      type: int
      sample: 2
    provisioning_state:
      description: V(Succeeded), V(Creating), V(Updating), V(Deleting) or V(Failed).
      type: str
      sample: Succeeded
    records:
      description: The record sets of the types A, AAAA, CNAME, SRV and TXT. Null unless O(record_sets=true).
      type: list
      elements: dict
      contains:
        fqdn:
          description: Full name, without a trailing dot.
          type: str
          sample: pl-0-eastus2-azure.ab123.mongodb.net
        managed:
          description: Whether this collection created it.
          type: bool
          sample: true
        name:
          description: Name relative to the zone, V(@) for the zone itself.
          type: str
          sample: "@"
        ttl:
          description: Seconds for which resolvers may keep it.
          type: int
          sample: 60
        type:
          description: V(A), V(AAAA), V(CNAME), V(SRV) or V(TXT).
          type: str
          sample: A
        used_by:
          description: Who needs it, as M(privatelink.mongodb.azure_private_dns_records) was told.
          type: list
          elements: str
          sample: []
        value:
          description: The values, sorted. Host names are in lower case and have no trailing dot.
          type: list
          elements: str
          sample: [10.0.1.4]
    tags:
      description: All tags.
      type: dict
      sample:
        managed-by: privatelink.mongodb
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect_groups
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.ownership import checked_user
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_dns_zone import PrivateDnsZones
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, Spec

SPEC = AZURE | Spec(
    {
        "resource_group": {"type": "str"},
        "name": {"type": "str"},
        "related_to": {"type": "list", "elements": "str"},
        "for_user": {"type": "str"},
        "used_by": {"type": "str"},
        "record_sets": {"type": "bool", "default": False},
    },
    required_by={"name": ("resource_group",), "for_user": ("related_to",)},
    never_blank=("used_by",),
)


def build(options: Options) -> Job:
    name, domains = options["name"], options["related_to"]
    zones = PrivateDnsZones(
        *connect_groups(options),
        ids.checked_zone(name) if name else None,
        related_to=None if domains is None else [ids.checked_zone(one, "related_to") for one in domains],
        for_user=options["for_user"],
        used_by=checked_user(options["used_by"]),
        record_sets=options["record_sets"],
    )
    return Job(zones)


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
