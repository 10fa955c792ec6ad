# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Undecided
from ansible_collections.privatelink.mongodb.plugins.plugin_utils import _in_hand

SPEC = {
    "role": {"type": "str", "choices": [*_in_hand.MAKERS.values(), _in_hand.DNS, _in_hand.VERIFY]},
    "begin": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):  # type: ignore[misc,unused-ignore]
    """Says what templates cannot see of the task that they are in, and which link a role acts on. No host is asked for
    anything."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(SPEC)
        result.update(changed=False, check_mode=bool(self._task.check_mode))
        if options["role"]:
            try:
                result.update(self._link(options["role"], options["begin"], task_vars or {}))
            except Undecided as failure:
                result.update(failed=True, **failure.result())
        return result

    def _link(self, role: str, begins: bool, variables: dict[str, t.Any]) -> dict[str, t.Any]:
        play = str(self._task.get_play()._uuid)
        results = {
            product: self._value(f"{maker}_result", variables) or {} for product, maker in _in_hand.MAKERS.items()
        }
        made = _in_hand.known(self._value("__private_link_made", variables) or [], results, play)
        given = {name: self._value(name, variables) for name in _in_hand.variables(role)}
        if begins:
            return {"made": _in_hand.begun(made, role, given, play)}
        return dict(_in_hand.choose(made, role, given, play)._asdict())

    def _value(self, name: str, variables: dict[str, t.Any]) -> t.Any:
        """The value of a variable. One that cannot be evaluated here names no link."""
        try:
            value = self._templar.template(variables.get(name))
        except AnsibleError:
            return None
        return None if value == variables.get("omit") else value
