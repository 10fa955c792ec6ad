# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: private_link_report
short_description: Write the report of a verification, as a page, JSON, Markdown and metrics
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Writes C(report.html), a page that needs no script and loads nothing; C(report.json), the whole document;
    C(report.md), for a ticket; and C(report.prom), for the textfile collector of Prometheus' node_exporter.
  - Each file takes the place of an older one at once, so that nobody reads half of it. All users may read them.
  - The role P(privatelink.mongodb.private_link_verify#role) puts the document together, and uses this.
attributes:
  action:
    description: Has an action plugin of the same name, which runs on the controller.
    support: full
    details:
      - All is done in Ansible's own process, by the user who runs it, whichever host the task is for. C(become) and
        C(delegate_to) change nothing.
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  check_mode:
    description: Can run in C(check_mode) and tell what it would change, without changing anything.
    support: full
    details:
      - In check mode the report is put together, but neither the directory nor a file is written.
  diff_mode:
    description: Tells the state before and after, with C(--diff).
    support: none
  idempotent:
    description: A second run with the same options changes nothing and writes nothing.
    support: partial
    details:
      - The files are written anew each time. A report is no change to the world, so the task never says C(changed).
options:
  directory:
    description:
      - The directory on the controller in which the files are written. It is made if it does not exist.
      - A relative path starts where Ansible was started.
    type: path
    required: true
  report:
    description:
      - The document, in the shape of C(roles/private_link_verify/files/report.schema.json) of this collection.
    type: dict
    required: true
seealso:
  - module: privatelink.mongodb.private_link_probe
  - plugin: privatelink.mongodb.link_verdict
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write a report again from its JSON
  privatelink.mongodb.private_link_report:
    directory: private-link-report
    report: "{{ lookup('ansible.builtin.file', 'report.json') | from_json }}"
  register: written

- name: Say where it is
  ansible.builtin.debug:
    msg: "{{ written.files | first }}"
"""

RETURN = r"""
files:
  description: The files' paths, the page first. In check mode, those that would be written.
  returned: success
  type: list
  elements: str
  sample:
    - /home/me/private-link-report/report.html
    - /home/me/private-link-report/report.json
    - /home/me/private-link-report/report.md
    - /home/me/private-link-report/report.prom
"""
