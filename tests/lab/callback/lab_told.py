# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: lab_told
type: stdout
short_description: One line of JSON for each host
description:
  - Says what a debug task told of each host, or why it failed.
"""

import json
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "lab_told"

    def v2_runner_on_ok(self, result: Any) -> None:
        self._say(result, told=result._result.get("msg"))

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._say(result, failed=" ".join(str(result._result.get("msg", "")).split()))

    def _say(self, result: Any, **told: Any) -> None:
        print(json.dumps({"host": result._host.get_name(), **told}), flush=True)
