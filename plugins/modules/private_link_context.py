# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: private_link_context
short_description: Say which private link a role acts on, and whether its tasks run in check mode
version_added: 0.9.1
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Says whether check mode is on for this task, and so for the tasks around it. C(--check) can switch it on, and so can
    C(check_mode=true) on the play, on a block, on the entry of a role, or with C(apply) of an include.
  - Ansible's own variable C(ansible_check_mode) knows of C(--check) only.
  - With O(role), also says which of the private links that were made or taken down before on this host is meant.
  - That is the one that the variables of the roles name (such as C(atlas_private_link_endpoint_name)). If they name
    none, it is the one that was made or taken down last in this play. A link that an earlier play has made must be
    named.
  - If the variables name another link, if the role that makes it has failed or was refused, or if several links may be
    meant on which O(role) has not acted in this play, the task fails and says so.
  - The roles of this collection begin with it.
attributes:
  action:
    description: Has an action plugin of the same name, which runs on the controller.
    support: full
    details:
      - All is done in Ansible's own process, whichever host the task is for. C(become) and C(delegate_to) change
        nothing.
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  check_mode:
    description: Can run in C(check_mode) and tell what it would change, without changing anything.
    support: full
    details:
      - The task changes nothing in either mode.
  diff_mode:
    description: Tells the state before and after, with C(--diff).
    support: N/A
    details:
      - There is no difference to show.
  idempotent:
    description: A second run with the same options changes nothing and writes nothing.
    support: full
    details:
      - The task changes nothing.
options:
  begin:
    description:
      - Whether O(role) begins to make a link or to take one down.
    type: bool
    default: false
  role:
    description:
      - The role that is to act on a link, without the name of the collection.
    type: str
    choices: [atlas_private_link, mongo_cluster_private_link, private_link_dns, private_link_verify]
seealso:
  - name: Check mode
    description: How check mode is switched on.
    link: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_checkmode.html
"""

EXAMPLES = r"""
- name: Find out whether the tasks only rehearse
  privatelink.mongodb.private_link_context:
  register: context

- name: Publish the address
  ansible.builtin.set_stats:
    data: {address: "{{ atlas_private_link_result.private_endpoint.ip_address }}"}
  when: not context.check_mode
"""

RETURN = r"""
check_mode:
  description: Whether check mode is on for the task.
  returned: success
  type: bool
  sample: false
link:
  description: What the role that makes such links has returned. Empty if no link is meant.
  returned: if O(role) is given and O(begin) is V(false)
  type: dict
  sample: {}
made:
  description: The links of this host, for the next role.
  returned: if O(role) is given
  type: list
  elements: dict
  sample: []
product:
  description: What the link leads to, V(atlas) or V(mongo_cluster). Empty if no link is meant.
  returned: if O(role) is given and O(begin) is V(false)
  type: str
  sample: atlas
"""
