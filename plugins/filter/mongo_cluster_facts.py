# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: mongo_cluster_facts
short_description: The facts of a private link to Azure DocumentDB, from what was looked up
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Puts together what belongs to one private link to a cluster of Azure DocumentDB (formerly Azure Cosmos DB for
    MongoDB vCore), as P(privatelink.mongodb.link_verdict#filter) and P(privatelink.mongodb.dns_findings#filter) take
    it. Nothing is looked up.
positional: endpoints, resources, groups
options:
  _input:
    description:
      - The result of M(privatelink.mongodb.azure_mongo_cluster_info) for the cluster's name.
    type: dict
    required: true
  endpoints:
    description:
      - The result of M(privatelink.mongodb.azure_private_endpoint_info) for the endpoint's name.
    type: dict
    required: true
  resources:
    description:
      - The result of M(privatelink.mongodb.azure_private_link_resource_info) for the cluster. That of a skipped task if
        there is no cluster.
    type: dict
    required: true
  groups:
    description:
      - The result of M(privatelink.mongodb.azure_private_dns_zone_group_info) for the endpoint. That of a skipped task
        if there is no endpoint.
    type: dict
    required: true
  cluster:
    description:
      - Name or resource id of the cluster.
    type: str
    required: true
  cluster_resource_group:
    description:
      - The resource group of a cluster that is given by its name.
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
seealso:
  - module: privatelink.mongodb.azure_mongo_cluster_info
  - plugin: privatelink.mongodb.link_verdict
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show a link
  ansible.builtin.debug:
    msg: >-
      {{ clusters | privatelink.mongodb.mongo_cluster_facts(endpoints, resources, groups, cluster='orders',
                                                            cluster_resource_group='rg-data', resource_group='rg-app',
                                                            endpoint_name='pe-orders') }}
"""

RETURN = r"""
_value:
  description: The facts, with the C(product) V(mongo_cluster). What does not exist is null.
  type: dict
  sample: {product: mongo_cluster, mongo_cluster: null, private_endpoint: null, private_dns_zone_group: null}
"""

from typing import Any

from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.mongo_cluster.facts import looked


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"mongo_cluster_facts": looked}
