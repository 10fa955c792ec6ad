#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_private_dns_records_info
short_description: Read the records of a private DNS zone in Azure
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Returns the record sets of a zone, with one listing.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._attributes.info_module
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.privatedns
options:
  resource_group:
    description:
      - Resource group of the zone.
      - By its name, or by its resource id, which also says the subscription.
    type: str
    required: true
  zone:
    description:
      - Name of the zone. If it does not exist, there are no records.
    type: str
    required: true
  name:
    description:
      - Only record sets of this name, relative to the zone, or V(@) for the zone itself. A full name ends in a dot.
    type: str
  type:
    description:
      - Only record sets of this type.
    type: str
    choices: [A, AAAA, CNAME, SRV, TXT]
seealso:
  - module: privatelink.mongodb.azure_private_dns_records
"""

EXAMPLES = r"""
- name: Read the addresses in a zone
  privatelink.mongodb.azure_private_dns_records_info:
    resource_group: rg-network
    zone: pl-0-eastus2-azure.ab123.mongodb.net
    type: A
"""

RETURN = r"""
private_dns_records:
  description: The record sets of the types A, AAAA, CNAME, SRV and TXT.
  returned: always
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
          description: Who needs it, as M(privatelink.mongodb.azure_private_dns_records) was told.
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
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_dns_records import RecordSets
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.record_sets import TYPES, relative_name
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, Spec

SPEC = AZURE | Spec(
    {
        "resource_group": {"type": "str", "required": True},
        "zone": {"type": "str", "required": True},
        "name": {"type": "str"},
        "type": {"type": "str", "choices": list(TYPES)},
    }
)


def build(options: Options) -> Job:
    zone = ids.checked_zone(options["zone"], "zone")
    name = relative_name(options["name"], zone) if options["name"] else None
    return Job(RecordSets(*connect_group(options), zone, name, options["type"]))


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
