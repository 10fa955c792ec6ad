# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback.default import CallbackModule as Default

DOCUMENTATION = r"""
name: recorded
type: stdout
short_description: The default output, and every result as a line of JSON in the file that RECORDED names
extends_documentation_fragment:
  - default_callback
  - result_format_callback
"""


class CallbackModule(Default):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "recorded"

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record(result)
        super().v2_runner_on_ok(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record(result, failed=True)
        super().v2_runner_on_failed(result, ignore_errors)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record(result, failed=True)
        super().v2_runner_on_unreachable(result)

    def _record(self, result: Any, failed: bool = False) -> None:
        found = {**result._result, "failed": failed}  # some versions keep this flag for themselves
        line = {"host": result._host.get_name(), "task": result._task.get_name(), "result": found}
        with open(os.environ["RECORDED"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")
