# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: link_names
short_description: The names and addresses that a private link has to hold
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Says what there is to probe of a private link. Nothing is looked up.
positional: srv_hosts
options:
  _input:
    description:
      - The facts of the link, as P(privatelink.mongodb.link_facts#filter) or the role
        P(privatelink.mongodb.atlas_private_link#role) returns them; or with C(product) V(mongo_cluster) as
        P(privatelink.mongodb.mongo_cluster_facts#filter) or the role
        P(privatelink.mongodb.mongo_cluster_private_link#role) does. Each may be missing.
    type: dict
    required: true
  srv_hosts:
    description:
      - The names that the application uses, in any spelling. As a list, or separated by commas. Of a whole connection
        string only the host is kept. If there are none, those of the facts.
    type: list
    elements: str
    default: []
seealso:
  - module: privatelink.mongodb.private_link_probe
  - plugin: privatelink.mongodb.link_facts
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what clients look up
  ansible.builtin.debug:
    msg: "{{ (atlas_private_link_result | privatelink.mongodb.link_names).srv_hosts }}"
"""

RETURN = r"""
_value:
  description: The names.
  type: dict
  contains:
    addresses:
      description: The addresses that the SRV targets may have, those of the endpoints.
      type: list
      elements: str
      sample: [10.20.1.10]
    connection_strings:
      description: The connection strings through the endpoint, without credentials.
      type: list
      elements: dict
      contains:
        cluster:
          description: The cluster's name.
          type: str
          sample: cluster0
        connection_string:
          description: Its connection string.
          type: str
          sample: mongodb+srv://cluster0-pl-0.ab123.mongodb.net
    domains:
      description: The domains whose private DNS zones decide what clients are told, and the names of this link in them.
      type: list
      elements: str
      sample: [ab123.mongodb.net, cluster0-pl-0.ab123.mongodb.net]
    for_user:
      description:
        - Resource id of the private endpoint, if these are all of its names. Null if some are not known, as zones that
          were made for other endpoints may matter then.
        - What O(privatelink.mongodb.azure_private_dns_zone_info#module:for_user) takes.
      type: str
      sample: /subscriptions/.../resourceGroups/rg-app/providers/Microsoft.Network/privateEndpoints/pe-atlas
    asked:
      description: The names that were asked for.
      type: list
      elements: str
      sample: []
    retry_writes:
      description: Whether drivers may repeat a write. Azure DocumentDB has them not do so.
      type: bool
      sample: true
    srv_hosts:
      description: The names to probe. Those asked for, or those of the connection strings through the endpoint.
      type: list
      elements: str
      sample: [cluster0-pl-0.ab123.mongodb.net]
    targets:
      description: The hosts that these names lead to.
      type: list
      elements: str
      sample: [pl-0-eastus2-azure.ab123.mongodb.net]
"""

from typing import Any

from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.facts import to_prove


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"link_names": to_prove}
