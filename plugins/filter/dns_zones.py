# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: dns_zones
short_description: The private DNS zones and records that lead to a cluster through a private endpoint
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Turns connection strings into zones with record sets, as data. Nothing is looked up and nothing is written.
  - Names, ports and options are taken from the strings. They are never constructed, as Atlas changes their pattern.
positional: endpoint_id, address
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
      - Resource id of the private endpoint. Connection strings that do not go through it are left out.
    type: str
    required: true
  address:
    description:
      - The private address of the endpoint.
    type: str
    required: true
  mode:
    description:
      - V(host_zones) gives a zone for each target host, with one A record at its apex. It shadows that name only.
      - V(cluster_zone) gives the zone that holds all names of the cluster, with its SRV and TXT records mirrored. Every
        other name of that zone is hidden from the virtual networks it is linked to.
      - V(zone_group) gives the zones of O(zone_names), with the records that a zone group will write for O(addresses).
    type: str
    choices: [host_zones, cluster_zone, zone_group]
    default: host_zones
  ttl:
    description:
      - Time to live of the records, in seconds.
    type: int
    default: 60
  addresses:
    description:
      - Addresses by host, for connection strings that go through several endpoints. Without clusters,
        O(mode=host_zones) gives a zone for each of these hosts.
    type: dict
    default: {}
  zone_names:
    description:
      - Names of the zones for O(mode=zone_group).
    type: list
    elements: str
    default: []
seealso:
  - module: privatelink.mongodb.azure_private_dns_zone
  - module: privatelink.mongodb.azure_private_dns_records
  - plugin: privatelink.mongodb.dns_places
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show which zones a cluster needs
  ansible.builtin.debug:
    msg: "{{ info.clusters | privatelink.mongodb.dns_zones(endpoint.id, endpoint.ip_address) }}"
"""

RETURN = r"""
_value:
  description: The zones, each with RV(_value[].zone) (its name) and RV(_value[].records).
  type: list
  elements: dict
  contains:
    records:
      description: Record sets, as M(privatelink.mongodb.azure_private_dns_records) takes them.
      type: list
      elements: dict
      sample: [{name: "@", type: A, ttl: 60, values: [10.20.1.10]}]
    zone:
      description: Name of the zone.
      type: str
      sample: pl-0-eastus2-azure.ab123.mongodb.net
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.privatelink.mongodb.plugins.module_utils._dns_plan import zones
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Failure


def dns_zones(clusters: list[dict[str, Any]], endpoint_id: str, address: str, **options: Any) -> list[dict[str, Any]]:
    try:
        return zones(clusters, endpoint_id, address, **options)
    except Failure as failure:
        raise AnsibleFilterError(str(failure)) from None


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"dns_zones": dns_zones}
