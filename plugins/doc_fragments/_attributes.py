# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This doc fragment is PRIVATE to the collection.

from __future__ import annotations


class ModuleDocFragment:
    # The descriptions; each module says what it supports.
    DOCUMENTATION = r"""
options: {}
attributes:
  action:
    description: Has an action plugin of the same name, which runs on the controller.
    support: full
    details:
      - A task for the machine that runs Ansible (O(ignore:ansible_connection=local)) with the Python that runs Ansible
        is done inside Ansible's own process, which saves the start of another Python and its imports for each task.
      - All other tasks, and those with C(async) or C(become), run the module where their host is, with the same result.
      - The variable C(privatelink_door), or the environment variable E(PRIVATELINK_DOOR), set to V(module) runs every
        task as a module. With C(-vvv), each task tells which way it went, and why.
      - >-
        Inside Ansible's process a task that waits shows a line whenever the state changes, and at least every 15
        seconds, such as C([shop] private endpoint rg/pe: InProgress 0:15), with the name of the host unless it is
        V(localhost). The variable C(privatelink_progress), or the environment variable E(PRIVATELINK_PROGRESS), set to
        V(false) turns that off; C(no_log) does, too. A module cannot speak before it ends, so a task that runs as a
        module waits silently.
  check_mode:
    description: Can run in C(check_mode) and tell what it would change, without changing anything.
  diff_mode:
    description: Tells the state before and after, with C(--diff).
  idempotent:
    description: A second run with the same options changes nothing and writes nothing.
notes:
  - Whatever goes wrong is returned as C(error), a dictionary with the keys C(code), C(http_status), C(request_id),
    C(cause) and C(fix).
"""

    # For modules that only read.
    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module only reads, so it does the same in check mode, except that it never waits there.
  diff_mode:
    support: N/A
    details:
      - This module only reads, so there is no difference to show.
  idempotent:
    support: full
    details:
      - This module only reads.
"""

    ACTIONGROUP_ATLAS = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/privatelink.mongodb.atlas) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - privatelink.mongodb.atlas
"""

    ACTIONGROUP_AZURE = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/privatelink.mongodb.azure) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - privatelink.mongodb.azure
"""
