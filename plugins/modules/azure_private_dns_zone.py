#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_private_dns_zone
short_description: Create a private DNS zone in Azure and link it to virtual networks
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Creates a private DNS zone and its links to virtual networks, and waits until names resolve there.
  - A zone that already has this name is used, and so is a link to the same network that has another name. Other links
    stay.
  - A virtual network asks its linked zones first. A name that is missing from a zone does not exist there, whatever
    public DNS says.
  - What this module creates gets the tag C(managed-by=privatelink.mongodb).
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.privatedns
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
      - Resource group of the zone.
      - By its name, or by its resource id, which also says the subscription.
    type: str
    required: true
  name:
    description:
      - Name of the zone, a domain name.
    type: str
    required: true
  links:
    description:
      - Links that must exist or, with O(state=absent), that are to be removed.
    type: list
    elements: dict
    suboptions:
      virtual_network_id:
        description:
          - Resource id of the virtual network. It may be in another subscription. Needed unless O(state=absent).
        type: str
      name:
        description:
          - Name of the link. A new link gets the name of the virtual network if not given.
        type: str
      registration_enabled:
        description:
          - Whether to register the names of virtual machines in the zone. Left alone if not given, and V(false) for a
            new link.
        type: bool
      resolution_policy:
        description:
          - What a virtual network does about a name that is missing from the zone. V(NxDomainRedirect) asks public DNS.
          - Left alone if not given. Only zones for Azure's own private link services know this, and others refuse it.
        type: str
        choices: [Default, NxDomainRedirect]
  tags:
    description:
      - Tags to add to the zone or to change. Others stay.
      - Azure allows 15 tags on a zone, with names of at most 512 and values of at most 256 characters. This collection
        needs one of them, and another one with O(used_by). More are refused before anything is written. Tags
        C(used-by-...) of release 0.9.0 make room where there is none.
    type: dict
  used_by:
    description:
      - Who needs the zone and the links, for a zone that several share, such as the resource id of a private endpoint.
        A tag C(made-for) of the zone and of each link that this task creates names it. It is added to nothing that
        exists.
      - Who uses a zone is seen in what exists. Its record sets name their users in their metadata, or the private
        endpoint whose zone group wrote them. The tags of the zone and its links name the first user, and with release
        0.9.0 all users of a link. A private endpoint that does not exist any more uses nothing.
      - With O(state=absent), the zone and all its links stay while others use the zone, because clients in any linked
        network may need their names. They go with the last user.
      - A link that was created without O(used_by) is not removed with it.
      - Must not be blank.
    type: str
  state:
    description:
      - V(present) makes sure that the zone and the links exist.
      - V(absent) removes the links that O(links) names (if it is not given, all that this collection created), and then
        the zone with its records, unless somebody else created it, has linked it or has records in it. What stays is
        named in a warning.
    type: str
    choices: [present, absent]
    default: present
  force:
    description:
      - Whether O(state=absent) removes the zone with everything in it, whoever created it.
    type: bool
    default: false
seealso:
  - module: privatelink.mongodb.azure_private_dns_zone_info
  - module: privatelink.mongodb.azure_private_dns_records
"""

EXAMPLES = r"""
- name: A zone for one host, so that it hides nothing else
  privatelink.mongodb.azure_private_dns_zone:
    resource_group: rg-network
    name: pl-0-eastus2-azure.ab123.mongodb.net
    links:
      - virtual_network_id: "{{ network.virtual_network.id }}"

- name: Remove it
  privatelink.mongodb.azure_private_dns_zone:
    resource_group: rg-network
    name: pl-0-eastus2-azure.ab123.mongodb.net
    state: absent
"""

RETURN = r"""
private_dns_zone:
  description: The zone as it is, or would be in check mode.
  returned: when it exists
  type: dict
  contains:
    bound_endpoints:
      description:
        - Names of private endpoints whose zone groups keep records in the zone, for which links stay with O(used_by).
          They are looked up only with O(state=absent).
      type: list
      elements: str
      sample: []
    other_users:
      description:
        - With O(used_by), who else uses the zone, as record sets and tags name them. Private endpoints that do not
          exist any more are left out. They are looked up only with O(state=absent).
      type: list
      elements: str
      sample: []
      version_added: 0.9.1
    foreign_record_sets:
      description:
        - Record sets that this collection did not create, for which a zone is not deleted.
        - Null unless O(state=absent), because only then they are looked up.
      type: list
      elements: str
      sample: null
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
    tags:
      description: All tags.
      type: dict
      sample:
        managed-by: privatelink.mongodb
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect_group
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.ownership import checked_user
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_dns_zone import PrivateDnsZone, wanted
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, STATE, WAIT, Spec

LINK = {
    "virtual_network_id": {"type": "str"},
    "name": {"type": "str"},
    "registration_enabled": {"type": "bool"},
    "resolution_policy": {"type": "str", "choices": ["Default", "NxDomainRedirect"]},
}
SPEC = (
    AZURE
    | WAIT
    | STATE
    | Spec(
        {
            "resource_group": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "links": {"type": "list", "elements": "dict", "options": LINK},
            "tags": {"type": "dict"},
            "force": {"type": "bool", "default": False},
            "used_by": {"type": "str"},
        },
        never_blank=("used_by",),
    )
)


def build(options: Options) -> Job:
    asked, present = wanted(options), options["state"] == "present"
    zone = PrivateDnsZone(
        *connect_group(options),
        ids.checked_zone(options["name"]),
        asked,
        present=present,
        force=options["force"],
        used_by=checked_user(options["used_by"]),
    )
    return Job(zone, asked if present else None)


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
