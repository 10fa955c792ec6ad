# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: atlas_preflight
short_description: What an Atlas project says of a private link that is asked for
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Says what stands of a link already, which clusters it is for, and what Atlas would refuse. Nothing is looked up.
options:
  _input:
    description:
      - The RV(privatelink.mongodb.atlas_project_info#module:project) of M(privatelink.mongodb.atlas_project_info).
    type: dict
    required: true
  region:
    description:
      - The region of the link, in either cloud's spelling.
    type: str
    required: true
  resource_group:
    description:
      - The resource group of the private endpoint.
    type: str
    required: true
  endpoint_name:
    description:
      - The name of the private endpoint.
    type: str
    required: true
  subscription_id:
    description:
      - The subscription of the private endpoint. If not given, one of this name and resource group in any subscription
        is taken for it.
    type: str
    default: ""
  clusters:
    description:
      - Names of the clusters that matter, as a list or separated by commas. All that can be linked in the region if
        there are none.
    type: list
    elements: str
    default: []
seealso:
  - module: privatelink.mongodb.atlas_project_info
  - plugin: privatelink.mongodb.atlas_region
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what would be refused
  ansible.builtin.debug:
    msg: >-
      {{ (looked.project | privatelink.mongodb.atlas_preflight(region='eastus2', resource_group='rg-app',
                                                               endpoint_name='pe-atlas')).obstacles }}
"""

RETURN = r"""
_value:
  description: What is known of the link.
  type: dict
  contains:
    clusters:
      description: Names of the clusters that the link is for.
      type: list
      elements: str
      sample: [cluster0]
    connected:
      description: Those that have a connection string through the endpoint, as in the project.
      type: list
      elements: dict
      sample: [{name: cluster0, state: IDLE, paused: false}]
    is_crossing:
      description: Whether such a string goes through endpoints of other regions, too.
      type: bool
      sample: false
    is_registered:
      description: Whether an endpoint of this name and resource group (and subscription) is registered.
      type: bool
      sample: true
    not_linkable:
      description: Names of clusters that no private endpoint of the region leads to.
      type: list
      elements: str
      sample: [free0]
    obstacles:
      description: What Atlas would refuse, as far as it applies. V(read_only), V(not_linkable), V(paused), V(crowded).
      type: list
      elements: str
      sample: [not_linkable]
    paused:
      description: Names of paused clusters in the region.
      type: list
      elements: str
      sample: []
    private_endpoint_ids:
      description: Resource ids of all registered endpoints of this name and resource group (and subscription).
      type: list
      elements: str
      sample: []
    private_endpoint_id:
      description: The first of them. Empty if none is registered.
      type: str
      sample: >-
        /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-app/providers/Microsoft.Network/privateEndpoints/pe-atlas
    region:
      description: The region as Atlas spells it.
      type: str
      sample: US_EAST_2
    service:
      description: The endpoint service of the region, as in the project. Empty if there is none.
      type: dict
      sample: {id: 6a794010c0eb9e7a17719674, region: US_EAST_2, status: AVAILABLE}
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.preflight import preflight
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Failure


def atlas_preflight(project: dict[str, Any], **options: Any) -> dict[str, Any]:
    try:
        return preflight(project, **options)
    except Failure as failure:
        raise AnsibleFilterError(str(failure)) from None


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"atlas_preflight": atlas_preflight}
