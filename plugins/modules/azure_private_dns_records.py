#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_private_dns_records
short_description: Create or remove records of a private DNS zone in Azure
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Makes sure that record sets are in a private DNS zone, or that they are not. However many they are, the zone is
    listed once, and only what differs is written. Nothing is overwritten that somebody else changed meanwhile.
  - Record sets that this module writes get the metadata C(managed-by=privatelink.mongodb). One without it that already
    has the right values is left as it is.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.privatedns
  - privatelink.mongodb._wait
attributes:
  check_mode:
    support: full
    details:
      - A zone that does not exist counts as one without records, because an earlier task may be about to create it.
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
  zone:
    description:
      - Name of the zone.
    type: str
    required: true
  records:
    description:
      - The record sets, each with all its values.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - Name relative to the zone, or V(@) for the zone itself. A full name ends in a dot.
        type: str
        default: '@'
      type:
        description:
          - Type of the records.
        type: str
        required: true
        choices: [A, AAAA, CNAME, SRV, TXT]
      ttl:
        description:
          - Seconds for which resolvers may keep it. Left alone if not given, and 60 for a new record set.
        type: int
      values:
        description:
          - The values, in any order, with host names in any case and with or without a trailing dot. Needed unless
            O(state=absent).
          - For V(SRV), V(0 0 1024 host.example.net), which is priority, weight, port and target.
          - For V(TXT), the text itself without quotes. It may be longer than 255 bytes.
        type: list
        elements: str
  purge:
    description:
      - Whether to remove the record sets of this zone that this collection created and that O(records) does not name.
        With O(used_by), only those that it uses.
    type: bool
    default: false
  used_by:
    description:
      - Who needs the record sets, for a zone that several share, such as the resource id of a private endpoint. It is
        noted in the metadata of each record set that this collection created. Ten users are listed. One more entry
        then stands for all others, as Azure allows few entries.
      - One that others need too stays when it is removed for this one. A private endpoint that does not exist any more
        needs nothing. Where users are not listed, a record set stays while there is a private endpoint beside this one
        in a virtual network that the zone is linked to.
      - Must not be blank.
    type: str
  overwrite_foreign:
    description:
      - Whether a record set may be replaced (or removed) that this collection did not create. If V(false), one that
        differs makes the task fail, and one that is to be removed stays with a warning.
    type: bool
    default: false
  state:
    description:
      - Whether the record sets must be there. V(absent) looks only at their names and types.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: privatelink.mongodb.azure_private_dns_records_info
  - module: privatelink.mongodb.azure_private_dns_zone
"""

EXAMPLES = r"""
- name: Let the host name of the private connection string lead to the private endpoint
  privatelink.mongodb.azure_private_dns_records:
    resource_group: rg-network
    zone: pl-0-eastus2-azure.ab123.mongodb.net
    records:
      - type: A
        values: ["{{ endpoint.private_endpoint.ip_address }}"]

- name: A zone that hides the public one needs the SRV and TXT records, too
  privatelink.mongodb.azure_private_dns_records:
    resource_group: rg-network
    zone: ab123.mongodb.net
    purge: true
    records:
      - name: pl-0-eastus2-azure
        type: A
        values: [10.0.1.4]
      - name: _mongodb._tcp.cluster0-pl-0
        type: SRV
        values:
          - 0 0 1024 pl-0-eastus2-azure.ab123.mongodb.net
          - 0 0 1025 pl-0-eastus2-azure.ab123.mongodb.net
          - 0 0 1026 pl-0-eastus2-azure.ab123.mongodb.net
      - name: cluster0-pl-0
        type: TXT
        values: [authSource=admin&replicaSet=atlas-x1y2z3-shard-0]
"""

RETURN = r"""
private_dns_records:
  description:
    - The record sets that O(records) names, and with O(purge=true) all that this collection created, as they are or
      would be in check mode.
  returned: when there are any
  type: dict
  contains:
    records:
      description: The record sets, by type and name.
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
          description: Who needs it, as O(used_by) said.
          type: list
          elements: str
          sample: []
        value:
          description: The values, sorted. Host names are in lower case and have no trailing dot.
          type: list
          elements: str
          sample: [10.0.1.4]
    zone:
      description: Name of the zone.
      type: str
      sample: pl-0-eastus2-azure.ab123.mongodb.net
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect_group
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.ownership import checked_user
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_dns_records import (
    PrivateDnsRecords,
    wanted,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.record_sets import TYPES
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, STATE, WAIT, Spec

RECORD = {
    "name": {"type": "str", "default": "@"},
    "type": {"type": "str", "required": True, "choices": list(TYPES)},
    "ttl": {"type": "int"},
    "values": {"type": "list", "elements": "str"},
}
SPEC = (
    AZURE
    | WAIT
    | STATE
    | Spec(
        {
            "resource_group": {"type": "str", "required": True},
            "zone": {"type": "str", "required": True},
            "records": {"type": "list", "elements": "dict", "required": True, "options": RECORD},
            "purge": {"type": "bool", "default": False},
            "overwrite_foreign": {"type": "bool", "default": False},
            "used_by": {"type": "str"},
        },
        never_blank=("used_by",),
    )
)


def build(options: Options) -> Job:
    zone, present = ids.checked_zone(options["zone"], "zone"), options["state"] == "present"
    asked = wanted(options, zone)
    records = PrivateDnsRecords(
        *connect_group(options),
        zone,
        asked,
        present=present,
        purge=options["purge"],
        overwrite=options["overwrite_foreign"],
        used_by=checked_user(options["used_by"]),
    )
    return Job(records, {"records": asked} if present else None)


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
