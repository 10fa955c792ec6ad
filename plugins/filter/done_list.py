# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: done_list
short_description: Whether a private link is done, line by line
version_added: 0.1.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Answers "is it done?" from what both clouds and the probes said. Atlas available, Azure approved, one address
    everywhere, SRV targets, addresses, TCP on every port, and a driver that creates, reads, updates and deletes.
positional: probes
options:
  _input:
    description:
      - The result of the role P(privatelink.mongodb.atlas_private_link#role).
    type: dict
    required: true
  probes:
    description:
      - The RV(privatelink.mongodb.private_link_probe#module:probe) of M(privatelink.mongodb.private_link_probe), one
        for each connection string and client.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Show whether the link is done
  ansible.builtin.debug:
    msg: "{{ atlas_private_link_result | privatelink.mongodb.done_list([proof.probe]) }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: dict
  contains:
    check:
      description: What must be so.
      type: str
    observed:
      description: What was seen.
      type: str
    ok:
      description: Whether it is so. Null if it was not looked at.
      type: bool
    text:
      description: The line as people read it.
      type: str
"""

from typing import Any

from ansible_collections.privatelink.mongodb.plugins.module_utils._report import done, text


def done_list(link: dict[str, Any], probes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = done(link, probes)
    return [{**line, "text": words} for line, words in zip(lines, text(lines))]


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"done_list": done_list}
