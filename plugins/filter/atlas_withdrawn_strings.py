# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: atlas_withdrawn_strings
short_description: The connection strings that applications of other endpoints lose with an endpoint
version_added: 0.9.1
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - A connection string of a cluster in several regions goes through an endpoint in each of them, and Atlas withdraws it
    when one of these endpoints is removed. Names the clusters whose strings go through endpoints that stay, too.
    Nothing is looked up.
  - In the regionalized mode each region has strings of its own, so that no other region loses one.
positional: endpoint_id, links
options:
  _input:
    description:
      - The RV(privatelink.mongodb.atlas_project_info#module:project) of M(privatelink.mongodb.atlas_project_info).
    type: dict
    required: true
  endpoint_id:
    description:
      - Resource id of the private endpoint that is removed, as it is registered.
    type: str
    required: true
  links:
    description:
      - The variables of the links that are removed in the same run, as P(privatelink.mongodb.atlas_private_link#role)
        takes them. No application loses a string whose endpoints are all removed.
    type: list
    elements: dict
    default: []
seealso:
  - module: privatelink.mongodb.atlas_project_info
  - plugin: privatelink.mongodb.connection_strings
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show which applications would lose their connection strings
  ansible.builtin.debug:
    msg: "{{ looked.project | privatelink.mongodb.atlas_withdrawn_strings(endpoint.id) | map(attribute='text') }}"
"""

RETURN = r"""
_value:
  description: The clusters of which strings are lost.
  type: list
  elements: dict
  contains:
    cluster:
      description: The cluster's name.
      type: str
      sample: cluster0
    endpoints:
      description: The endpoints that stay and lose the strings. Each has C(id), C(name) and C(location).
      type: list
      elements: dict
      sample: [{name: pe-west, location: westeurope}]
    paused:
      description: Whether the cluster is paused.
      type: bool
      sample: false
    srv_hosts:
      description: The names in the strings. None while the cluster is changed and shows no strings.
      type: list
      elements: str
      sample: [cluster0-pl-0.ab123.mongodb.net]
    state:
      description: The state of the cluster.
      type: str
      sample: IDLE
    text:
      description: All that in words.
      type: str
      sample: cluster0 loses cluster0-pl-0.ab123.mongodb.net (also used through pe-west in westeurope)
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.withdrawal import withdrawn


class FilterModule:
    def filters(self) -> dict[str, object]:
        return {"atlas_withdrawn_strings": withdrawn}
