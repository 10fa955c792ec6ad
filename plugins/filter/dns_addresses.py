# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: dns_addresses
short_description: Which address belongs to which target host of a private link
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - A connection string of a cluster in several regions goes through several private endpoints and names several hosts.
    This tells which registered address is whose, for every host of which that is certain. Nothing is looked up.
positional: services, interfaces
options:
  _input:
    description:
      - The RV(privatelink.mongodb.atlas_connection_info#module:clusters) that
        M(privatelink.mongodb.atlas_connection_info) returns.
    type: list
    elements: dict
    required: true
  services:
    description:
      - The endpoint services of the project, as M(privatelink.mongodb.atlas_project_info) returns them.
    type: list
    elements: dict
    required: true
  interfaces:
    description:
      - What is registered with them, as M(privatelink.mongodb.atlas_endpoint_interface_info) returns it. Of two for the
        same private endpoint the last one counts.
    type: list
    elements: dict
    required: true
seealso:
  - module: privatelink.mongodb.atlas_endpoint_interface_info
  - plugin: privatelink.mongodb.dns_zones
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the addresses of a cluster in several regions
  ansible.builtin.debug:
    msg: "{{ project.clusters | privatelink.mongodb.dns_addresses(project.endpoint_services, interfaces) }}"
"""

RETURN = r"""
_value:
  description: Addresses by host.
  type: dict
  sample: {pl-0-eastus2-azure.ab123.mongodb.net: 10.20.1.10}
"""

from typing import Any

from ansible_collections.privatelink.mongodb.plugins.module_utils._dns_plan import addresses


def dns_addresses(
    clusters: list[dict[str, Any]], services: list[dict[str, Any]], interfaces: list[dict[str, Any]]
) -> dict[str, str]:
    return addresses(clusters, services, interfaces)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"dns_addresses": dns_addresses}
