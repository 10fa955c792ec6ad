# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: dns_findings
short_description: What private DNS zones do to the clients of a private link
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Finds zones that hide names which clients need, that lead them to a wrong address, or that nobody asks. Says which
    zone, what it hides, and what is safe instead. Nothing is looked up.
positional: link, virtual_network_ids, planned
options:
  _input:
    description:
      - The zones that M(privatelink.mongodb.azure_private_dns_zone_info) returns with records.
    type: list
    elements: dict
    required: true
  link:
    description:
      - What is known of the link. C(clusters) as M(privatelink.mongodb.atlas_connection_info) returns them;
        C(private_endpoint) and C(endpoint_interface) as the modules of these names do. For connection strings that go
        through several endpoints C(addresses) by host, or C(endpoint_services) and C(endpoint_interfaces). Each may be
        missing.
      - With C(product) V(mongo_cluster), C(mongo_cluster), C(private_link_resources), C(private_endpoint) and
        C(private_dns_zone_group), as the role P(privatelink.mongodb.mongo_cluster_private_link#role) returns them.
    type: dict
    required: true
  virtual_network_ids:
    description:
      - The networks of the clients. If not given, that of the private endpoint and those that are linked to a zone with
        a target of the link; a zone that is linked anywhere is then not reported as unlinked.
    type: list
    elements: str
    default: []
  planned:
    description:
      - Zones that are about to be written, as P(privatelink.mongodb.dns_zones#filter) or
        P(privatelink.mongodb.dns_places#filter) returns them. They count as if they stood already.
    type: list
    elements: dict
    default: []
seealso:
  - module: privatelink.mongodb.azure_private_dns_zone_info
  - plugin: privatelink.mongodb.dns_domains
    plugin_type: filter
  - plugin: privatelink.mongodb.dns_places
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what is wrong with the zones of my network
  ansible.builtin.debug:
    msg: "{{ found.private_dns_zones | privatelink.mongodb.dns_findings(atlas_private_link_result) }}"
"""

RETURN = r"""
_value:
  description: The findings, the worst first.
  type: list
  elements: dict
  contains:
    fix:
      description: What to do, and the safe alternative.
      type: str
      sample: >-
        Unlink ab123.mongodb.net from vnet-app, or mirror these names in it with private_link_dns_mode=cluster_zone. A
        zone for each target host, as private_link_dns_mode=host_zones makes it, hides nothing.
    hides:
      description: Names that do not resolve because of this zone.
      type: list
      elements: str
      sample: [cluster0-pl-0.ab123.mongodb.net (TXT)]
    message:
      description: What is the matter.
      type: str
      sample: >-
        The private zone ab123.mongodb.net answers for every name below it and does not hold
        cluster0-pl-0.ab123.mongodb.net (TXT), so a client in vnet-app cannot look them up.
    rule:
      description: Name of the rule.
      type: str
      sample: shadow_zone
    severity:
      description: V(breaks) if clients do not connect, V(risk), or V(useless).
      type: str
      sample: breaks
    virtual_networks:
      description: The networks concerned.
      type: list
      elements: str
      sample: [/subscriptions/.../resourceGroups/rg-app/providers/Microsoft.Network/virtualNetworks/vnet-app]
    zone:
      description: Name of the zone.
      type: str
      sample: ab123.mongodb.net
    zone_id:
      description: Its resource id. Null for a zone that is only planned.
      type: str
      sample: /subscriptions/.../resourceGroups/rg-app/providers/Microsoft.Network/privateDnsZones/ab123.mongodb.net
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.privatelink.mongodb.plugins.module_utils._dns_lint.lint import findings
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Failure


def dns_findings(
    zones: list[dict[str, Any]],
    link: dict[str, Any],
    virtual_network_ids: list[str] | None = None,
    planned: list[dict[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    try:
        return findings(zones, link, virtual_network_ids or [], planned or [])
    except Failure as failure:
        raise AnsibleFilterError(str(failure)) from None


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"dns_findings": dns_findings}
