# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: link_facts
short_description: The facts of a private link, from what was looked up in both clouds
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Picks from an Atlas project and from Azure what belongs to one private link, as
    P(privatelink.mongodb.link_verdict#filter) and P(privatelink.mongodb.dns_findings#filter) take it. Nothing is
    looked up.
positional: endpoints, interfaces
options:
  _input:
    description:
      - The RV(privatelink.mongodb.atlas_project_info#module:project) of M(privatelink.mongodb.atlas_project_info).
    type: dict
    required: true
  endpoints:
    description:
      - The result of M(privatelink.mongodb.azure_private_endpoint_info) for the endpoint's name. Null if nobody looked
        there; the endpoint is then known by its registration.
    type: dict
    required: true
  interfaces:
    description:
      - What M(privatelink.mongodb.atlas_endpoint_interface_info) returned for all endpoint services of the project.
    type: list
    elements: dict
    required: true
  region:
    description:
      - The region of the endpoint service, in either cloud's spelling.
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
  clusters:
    description:
      - Names of the clusters that matter. All dedicated ones with nodes in the region if there are none.
    type: list
    elements: str
    default: []
  endpoint_id:
    description:
      - The resource id of the private endpoint, if it is known without a look at Azure.
    type: str
    default: ""
seealso:
  - module: privatelink.mongodb.atlas_project_info
  - plugin: privatelink.mongodb.link_verdict
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show one link of a project
  ansible.builtin.debug:
    msg: >-
      {{ looked.project | privatelink.mongodb.link_facts(found, interfaces, region='eastus2', resource_group='rg-app',
                                                         endpoint_name='pe-atlas') }}
"""

RETURN = r"""
_value:
  description: The facts. What does not exist is null.
  type: dict
  sample: {region: US_EAST_2, clusters: [], endpoint_service: null, private_endpoint: null, endpoint_interface: null}
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.atlas.facts import looked
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Failure


def link_facts(project: dict[str, Any], *parts: Any, **options: Any) -> dict[str, Any]:
    try:
        return looked(project, *parts, **options)
    except Failure as failure:
        raise AnsibleFilterError(str(failure)) from None


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"link_facts": link_facts}
