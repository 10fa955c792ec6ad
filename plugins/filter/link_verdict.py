# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: link_verdict
short_description: One verdict over a private link, from both clouds and every client
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Puts together what the clouds' control planes say of a link and what clients saw of it. Names the first broken hop,
    its cause, what to do, and what could not be tried because of it.
  - Nothing is looked up and nothing is written. The role P(privatelink.mongodb.private_link_verify#role) collects what
    this filter takes.
positional: results
options:
  _input:
    description:
      - The facts of the link, of which each may be missing. C(project), C(clusters), C(endpoint_service),
        C(private_endpoint) and C(endpoint_interface) are what P(privatelink.mongodb.atlas_private_link#role) returns;
        null says that it was looked for and does not exist. C(endpoint_services) are those of all regions,
        C(wanted_clusters) the names of the clusters that matter, C(zones) the private DNS zones with links and records.
      - With C(product) V(mongo_cluster) they are C(mongo_cluster), C(cluster_id), C(private_link_resources),
        C(private_endpoint), C(private_endpoint_connection) and C(private_dns_zone_group), as
        P(privatelink.mongodb.mongo_cluster_private_link#role) returns them, and C(zones). C(virtual_network_ids) are
        the networks of the clients, if they are others than the endpoint's.
    type: dict
    required: true
  results:
    description:
      - The results of a loop of M(privatelink.mongodb.private_link_probe) over pairs of client and name.
    type: list
    elements: dict
    default: []
  findings:
    description:
      - What the DNS linter found.
    type: list
    elements: dict
    default: []
  srv_hosts:
    description:
      - The names that the application uses, to be held against what the API says.
    type: list
    elements: str
    default: []
  trouble:
    description:
      - The result of the task that could not look at the clouds, if one could not. It is then the broken hop.
    type: dict
    default: {}
  probed:
    description:
      - Whether the data path was to be probed. If not, it is not held against the link that nothing was.
    type: bool
    default: true
seealso:
  - module: privatelink.mongodb.private_link_probe
  - module: privatelink.mongodb.private_link_report
  - plugin: privatelink.mongodb.link_facts
    plugin_type: filter
  - plugin: privatelink.mongodb.mongo_cluster_facts
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what is broken
  ansible.builtin.debug:
    msg: "{{ (atlas_private_link_result | privatelink.mongodb.link_verdict(probed.results)).broken }}"
"""

RETURN = r"""
_value:
  description: The verdict.
  type: dict
  contains:
    broken:
      description:
        - The first broken hop, with RV(_value.broken.hop), RV(_value.broken.symptom), RV(_value.broken.cause),
          RV(_value.broken.fix), the evidence, and what was skipped because of it. Null if none is broken.
      type: dict
      contains:
        cause:
          description: Why.
          type: str
          sample: "The cluster cluster0 is paused: nothing listens behind the private endpoint."
        fix:
          description: What to do.
          type: str
          sample: Resume the cluster. Atlas publishes nothing new for a paused one.
        hop:
          description: The hop's name.
          type: str
          sample: cluster
        symptom:
          description: How it failed, in one word.
          type: str
          sample: paused
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
    control:
      description: The hops that the clouds' control planes show.
      type: list
      elements: dict
      sample: [{hop: cluster, status: failed, symptom: paused, message: cluster0 is paused}]
    facts:
      description: What tells this link from others.
      type: list
      elements: dict
      sample: [{label: Atlas project, value: my-project}]
    findings:
      description: The linter's findings, as given.
      type: list
      elements: dict
      sample: []
    lines:
      description: Whether the link is done, line by line.
      type: list
      elements: dict
      sample: [{check: a connection string through the endpoint, ok: false, observed: cluster0 is paused}]
    ok:
      description: Whether no hop is broken and at least one connection string was probed, if any was to be.
      type: bool
      sample: false
    probes:
      description: The data path, for each client and name.
      type: list
      elements: dict
      sample: []
    summary:
      description: The verdict in one line.
      type: str
      sample: "The private link does not work: the broken hop is cluster."
"""

from typing import Any

from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.verdict import verdict

#: What is null if it does not exist; templates turn null into an empty string before ansible-core 2.19.
MAY_BE_MISSING = (
    "endpoint_service",
    "private_endpoint",
    "endpoint_interface",
    "mongo_cluster",
    "private_endpoint_connection",
    "private_dns_zone_group",
)


def link_verdict(facts: dict[str, Any], *parts: Any, **options: Any) -> dict[str, Any]:
    missing = {name: None for name in MAY_BE_MISSING if facts.get(name) == ""}
    return verdict({**facts, **missing}, *parts, **options)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"link_verdict": link_verdict}
