# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: dns_places
short_description: Where planned private DNS zones go
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Finds for each planned zone the place where it belongs. Azure links a virtual network to one zone of a name, so one
    that a network is linked to is used wherever it is; the other networks get the one in the resource group.
  - Says whether links and records stand already, which zones are not planned any more, and what clients will be told
    when all is written. Nothing is looked up.
positional: existing, links, resource_group, used_by
options:
  _input:
    description:
      - The zones that P(privatelink.mongodb.dns_zones#filter) returns.
    type: list
    elements: dict
    required: true
  existing:
    description:
      - The zones that M(privatelink.mongodb.azure_private_dns_zone_info) returns with records.
    type: list
    elements: dict
    required: true
  links:
    description:
      - The networks that use the zones, each with C(virtual_network_id).
    type: list
    elements: dict
    required: true
  resource_group:
    description:
      - Name of the resource group of new zones.
    type: str
    required: true
  used_by:
    description:
      - Who uses the zones, as O(privatelink.mongodb.azure_private_dns_zone#module:used_by).
    type: str
    required: true
  tags:
    description:
      - Tags that the zones of this collection must have.
    type: dict
    default: {}
  purge:
    description:
      - Whether zones and records of this user leave that are not planned.
    type: bool
    default: false
  resolution_policy:
    description:
      - The resolution policy of new links, and of those that this collection made. Links of others keep theirs, unless
        an entry of O(links) has a C(resolution_policy) of its own.
    type: str
  link:
    description:
      - What is known of the link, as P(privatelink.mongodb.dns_findings#filter) takes it.
    type: dict
    default: {}
seealso:
  - module: privatelink.mongodb.azure_private_dns_zone
  - module: privatelink.mongodb.azure_private_dns_records
  - plugin: privatelink.mongodb.dns_zones
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show where the zones of a cluster go
  ansible.builtin.debug:
    msg: "{{ planned | privatelink.mongodb.dns_places(found.private_dns_zones, links, 'rg-network', endpoint.id) }}"
"""

RETURN = r"""
_value:
  description: The places.
  type: dict
  contains:
    findings:
      description: What P(privatelink.mongodb.dns_findings#filter) says of the zones as they will be.
      type: list
      elements: dict
      sample: []
    leaving:
      description: Zones of this user that are not planned any more.
      type: list
      elements: dict
      sample: []
    purge:
      description: The option of this name, for those who write the records.
      type: bool
      sample: false
    zones:
      description:
        - The planned zones, each with its RV(_value.zones[].id) (null for a new one), C(resource_group),
          C(subscription_id), C(links), its C(tags) (none for one that somebody else made), and whether it is C(linked)
          and C(written) as planned.
      type: list
      elements: dict
      contains:
        id:
          description: Resource id of the zone that is used.
          type: str
          sample: /subscriptions/.../resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/ab123.mongodb.net
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.privatelink.mongodb.plugins.module_utils._dns_lint.lint import findings
from ansible_collections.privatelink.mongodb.plugins.module_utils._dns_place import places
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Failure


def dns_places(
    planned: list[dict[str, Any]],
    existing: list[dict[str, Any]],
    links: list[dict[str, Any]],
    resource_group: str,
    used_by: str,
    link: dict[str, Any] | None = None,
    **options: Any,
) -> dict[str, Any]:
    try:
        found = places(planned, existing, links, resource_group, used_by, **options)
        leaving = {zone["id"] for zone in found["leaving"]}
        staying = [zone for zone in existing if zone["id"] not in leaving]
        networks = [one["virtual_network_id"] for one in links]
        return {**found, "findings": findings(staying, link or {}, networks, found["zones"])}
    except Failure as failure:
        raise AnsibleFilterError(str(failure)) from None


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"dns_places": dns_places}
