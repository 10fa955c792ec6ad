# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import tempfile
import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.privatelink.mongodb.plugins.plugin_utils._report.render import NotAReport, render

SPEC = {"directory": {"type": "path", "required": True}, "report": {"type": "dict", "required": True}}


class ActionModule(ActionBase):  # type: ignore[misc,unused-ignore]
    """Writes the files of a report where Ansible runs; no host is asked for anything."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(SPEC)
        # From where the user stands: to Ansible, a relative path would lie beside the playbook.
        directory = os.path.realpath(options["directory"])
        try:
            texts = render(json.loads(json.dumps(options["report"], default=str)))
            if not self._task.check_mode:
                _write(directory, texts)
        except NotAReport as error:
            raise AnsibleActionFail(
                f"report is not the document of report.schema.json: {error}. Give one that the role "
                "private_link_verify has put together."
            ) from None
        except OSError as error:
            raise AnsibleActionFail(
                f"directory is {directory!r}, where the report cannot be written: {error.strerror}. Name one that the "
                "user who runs Ansible may write to."
            ) from None
        return {**result, "changed": False, "files": [os.path.join(directory, name) for name in texts]}


def _write(directory: str, texts: dict[str, str]) -> None:
    """Whoever reads a file meanwhile (a collector of metrics, say) sees all of the old one or all of the new one."""
    os.makedirs(directory, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".report-", dir=directory) as unfinished:
        for name, text in texts.items():
            path = os.path.join(unfinished, name)
            # Half a character that a server has sent is told by its number; UTF-8 has no form for it.
            with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.write(text)
            os.chmod(path, 0o644)
        for name in texts:
            os.replace(os.path.join(unfinished, name), os.path.join(directory, name))
