# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_artifacts
short_description: A report as artifacts of a job
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Makes flat variables of a report, as M(ansible.builtin.set_stats) and the workflows of AWX take them. They hold no
    secrets. The role P(privatelink.mongodb.private_link_verify#role) sets them by itself.
  - Each link has its own, with its name in theirs, where an underscore stands for whatever no variable's name may have.
    Links whose names differ in nothing else share them.
options:
  _input:
    description:
      - The document, in the shape of C(roles/private_link_verify/files/report.schema.json) of this collection.
    type: dict
    required: true
seealso:
  - plugin: privatelink.mongodb.private_link_verify
    plugin_type: role
"""

EXAMPLES = r"""
- name: Hand an older report over to the next job of a workflow
  ansible.builtin.set_stats:
    data: "{{ lookup('ansible.builtin.file', 'report.json') | from_json | privatelink.mongodb.report_artifacts }}"
    per_host: false
    aggregate: false
"""

RETURN = r"""
_value:
  description:
    - The variables. For each link C(private_link_<link>_ok) (a boolean) and the texts C(private_link_<link>_summary),
      C(private_link_<link>_hop), C(private_link_<link>_cause), C(private_link_<link>_fix) and
      C(private_link_<link>_connection_string), and if it leads to several clusters,
      C(private_link_<link>_connection_string_<cluster>). What does not apply is empty.
    - C(private_link_ok) and C(private_link_summary) are about all links. If there is but one, its others are there
      without its name, too, such as C(private_link_connection_string).
  type: dict
  sample:
    private_link_ok: true
    private_link_summary: The private link works.
    private_link_connection_string: mongodb+srv://cluster0-pl-0.k3x9a.mongodb.net
"""

from typing import Any

from ansible_collections.privatelink.mongodb.plugins.plugin_utils._report.artifacts import artifacts


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"report_artifacts": artifacts}
