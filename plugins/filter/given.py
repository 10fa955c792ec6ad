# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: given
short_description: A variable as a survey or the command line gives it, or its default
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Turns what was given for a variable into a boolean, a number, a list or a dictionary, and takes the default if it
    was left blank. Surveys have no such types, and pass what nobody filled in as an empty text.
  - For plain text P(ansible.builtin.default#filter) with a true second parameter does that.
positional: kind, default, name, secret
options:
  _input:
    description:
      - What was given. Blank is null, a text of nothing but white space, and a list or dictionary with nothing in it.
      - A list may be a text with commas or lines, or JSON or YAML. A dictionary may be JSON or YAML, or a text such as
        V(name=value, name=value).
    type: raw
    required: true
  kind:
    description:
      - What it shall be.
    type: str
    choices: [bool, int, float, list, dict]
    required: true
  default:
    description:
      - What a blank means. If not given, what is empty of that kind (V(false), V(0), no items).
    type: raw
  name:
    description:
      - Name of the variable, for the message if it cannot be that.
    type: str
    default: the value
  secret:
    description:
      - Whether it may hold a secret, so that the message must not show it.
    type: bool
    default: false
seealso:
  - plugin: ansible.builtin.default
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show ['one', 'two']
  ansible.builtin.debug:
    msg: "{{ 'one, two' | privatelink.mongodb.given('list') }}"

- name: Show 60, as a survey passes a field that was left blank as an empty text
  ansible.builtin.debug:
    msg: "{{ '' | privatelink.mongodb.given('int', 60, 'my_ttl') }}"
"""

RETURN = r"""
_value:
  description: What was given, or the default.
  type: raw
  sample: [one, two]
"""

from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import AnsibleUnsafe, wrap_var

from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Failure
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._given import given as converted


def given(value: Any, kind: str, default: Any = None, name: str = "the value", secret: bool = False) -> Any:
    try:
        found = converted(value, kind, default, name, secret=secret)
    except Failure as failure:
        raise AnsibleFilterError(str(failure)) from None
    # Before ansible-core 2.19, what was taken out of an answer in a survey would be a template again.
    return wrap_var(found) if isinstance(value, AnsibleUnsafe) else found


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"given": given}
