# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: connection_strings
short_description: The connection strings that go through a private endpoint
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Picks from the clusters of a project the private connection strings that go through one private endpoint.
positional: endpoint_id
options:
  _input:
    description:
      - The RV(privatelink.mongodb.atlas_connection_info#module:clusters) that
        M(privatelink.mongodb.atlas_connection_info) returns.
    type: list
    elements: dict
    required: true
  endpoint_id:
    description:
      - Resource id of the private endpoint.
    type: str
    required: true
seealso:
  - module: privatelink.mongodb.atlas_connection_info
  - plugin: privatelink.mongodb.dns_zones
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the connection strings of my endpoint
  ansible.builtin.debug:
    msg: "{{ info.clusters | privatelink.mongodb.connection_strings(endpoint.id) | map(attribute='srv_host') }}"
"""

RETURN = r"""
_value:
  description:
    - The strings, each as in RV(privatelink.mongodb.atlas_connection_info#module:clusters[].private_endpoints), with
      the name of its C(cluster).
  type: list
  elements: dict
  sample: [{cluster: cluster0, srv_host: cluster0-pl-0.ab123.mongodb.net, type: MONGOD}]
"""

from typing import Any

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.strings import through


def connection_strings(clusters: list[dict[str, Any]], endpoint_id: str) -> list[dict[str, Any]]:
    return [{"cluster": cluster["name"], **entry} for cluster in clusters for entry in through(cluster, endpoint_id)]


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"connection_strings": connection_strings}
