# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: dns_shared_domains
short_description: The names of clusters that are in a domain which is not the cluster's own
version_added: 0.9.1
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Older clusters have names such as V(cluster0-pl-0-ab123.azure.mongodb.net), directly in a domain that holds the
    clusters of all customers. A private DNS zone for that domain hides all of them.
  - Where there is such a name, P(privatelink.mongodb.dns_zones#filter) refuses the mode V(cluster_zone). Nothing is
    looked up.
positional: endpoint_id
options:
  _input:
    description:
      - The RV(privatelink.mongodb.atlas_connection_info#module:clusters) that
        M(privatelink.mongodb.atlas_connection_info) returns. A cluster without private connection strings is judged by
        its public name.
    type: list
    elements: dict
    required: true
  endpoint_id:
    description:
      - Resource id of the private endpoint. Connection strings that do not go through it are left out. All strings if
        empty.
    type: str
    default: ""
seealso:
  - plugin: privatelink.mongodb.dns_zones
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show which names forbid a zone for the domain of the cluster
  ansible.builtin.debug:
    msg: "{{ info.clusters | privatelink.mongodb.dns_shared_domains(endpoint.id) | map(attribute='host') }}"
"""

RETURN = r"""
_value:
  description: The names, each with its domain.
  type: list
  elements: dict
  contains:
    domain:
      description: The shared domain that the name is in.
      type: str
      sample: azure.mongodb.net
    host:
      description: The name.
      type: str
      sample: cluster0-pl-0-ab123.azure.mongodb.net
"""

from typing import Any

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.names import in_shared_domain


def dns_shared_domains(clusters: list[dict[str, Any]], endpoint_id: str = "") -> list[dict[str, str]]:
    return [name for cluster in clusters for name in in_shared_domain(cluster, endpoint_id)]


class FilterModule:
    def filters(self) -> dict[str, object]:
        return {"dns_shared_domains": dns_shared_domains}
