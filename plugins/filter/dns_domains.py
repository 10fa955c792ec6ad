# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: dns_domains
short_description: The domains whose private DNS zones decide what clients of a cluster are told
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Takes from connection strings the domains that hold the clusters' names, and adds the zones in which people look for
    them in vain. Nothing is looked up.
options:
  _input:
    description:
      - The RV(privatelink.mongodb.atlas_connection_info#module:clusters) that
        M(privatelink.mongodb.atlas_connection_info) returns.
    type: list
    elements: dict
    required: true
seealso:
  - module: privatelink.mongodb.azure_private_dns_zone_info
  - plugin: privatelink.mongodb.dns_findings
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the zones that have to do with the clusters
  privatelink.mongodb.azure_private_dns_zone_info:
    related_to: "{{ info.clusters | privatelink.mongodb.dns_domains }}"
    record_sets: true
"""

RETURN = r"""
_value:
  description: The domains. None if the clusters have no connection strings yet.
  type: list
  elements: str
  sample: [ab123.mongodb.net, privatelink.mongodb.net]
"""

from typing import Any

from ansible_collections.privatelink.mongodb.plugins.module_utils._dns_plan import domains


def dns_domains(clusters: list[dict[str, Any]]) -> list[str]:
    return domains(clusters)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"dns_domains": dns_domains}
