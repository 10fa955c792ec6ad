#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: atlas_regional_mode
short_description: Switch the regionalized private endpoint mode of an Atlas project
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - With the regionalized mode, a project may have several private endpoints in each of several regions.
  - It is opt-in and hard to undo. It changes the connection strings of multi-region sharded clusters, a project with
    replica sets cannot have it, and it cannot be switched off while several endpoints need it. So a change is refused,
    with the names of the clusters that it touches, unless O(confirm=true).
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_atlas
  - privatelink.mongodb._atlas
  - privatelink.mongodb._atlas.project
  - privatelink.mongodb._wait
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  enabled:
    description:
      - Whether the mode is on.
    type: bool
    required: true
  confirm:
    description:
      - Confirms a change. Without it the module only says what would change, and fails.
    type: bool
    default: false
seealso:
  - module: privatelink.mongodb.atlas_project_info
"""

EXAMPLES = r"""
- name: Allow several private endpoints in several regions
  privatelink.mongodb.atlas_regional_mode:
    project: my-project
    enabled: true
    confirm: true
"""

RETURN = r"""
regional_mode:
  description: The setting as it is, or would be in check mode.
  returned: always
  type: dict
  contains:
    clusters_that_change:
      description: Sharded clusters in several regions, whose connection strings change. Looked up only before a change.
      type: list
      elements: str
      sample: []
    enabled:
      description: Whether the mode is on.
      type: bool
      sample: true
    project_id:
      description: The project's id.
      type: str
      sample: 32b6e34b3d91647abb20e7b8
    replica_sets:
      description: Replica sets, beside which Atlas does not allow the mode. Looked up only before a change.
      type: list
      elements: str
      sample: []
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.client import connect
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.projects import project_id
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.regional_mode import RegionalMode
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import ATLAS, PROJECT, WAIT, Spec

SPEC = (
    ATLAS
    | PROJECT
    | WAIT
    | Spec({"enabled": {"type": "bool", "required": True}, "confirm": {"type": "bool", "default": False}})
)


def build(options: Options) -> Job:
    client = connect(options)
    mode = RegionalMode(client, project_id(client, options), options["enabled"], options["confirm"])
    return Job(mode, {"enabled": options["enabled"]})


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
