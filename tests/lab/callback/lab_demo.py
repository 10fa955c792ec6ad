# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: lab_demo
type: stdout
short_description: One line for each thing that a run found or made
description:
  - Shows the tasks of this collection's modules and what they say of the resource, and the lines of debug tasks.
"""

import time
from typing import Any

from ansible.plugins.callback import CallbackBase

#: Which facts of a result to show.
TOLD = (
    *("name", "namespace", "feature", "status", "state", "region", "ip_address", "connection_state"),
    *("azure_location", "srv_host", "zone"),
)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "lab_demo"

    def __init__(self) -> None:
        super().__init__()
        self._began = time.monotonic()

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._began = time.monotonic()

    def v2_runner_on_ok(self, result: Any) -> None:
        if "results" not in result._result:
            self._show(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._show(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        if "results" not in result._result:
            self.v2_runner_item_on_failed(result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._line("FAILED", "red", str(result._result.get("msg", "")))

    v2_runner_on_unreachable = v2_runner_item_on_failed

    def v2_playbook_on_stats(self, stats: Any) -> None:
        for host in sorted(stats.processed):
            total = stats.summarize(host)
            told = " ".join(f"{name}={total[name]}" for name in ("ok", "changed", "failures"))
            self._display.display(f"\n  {host}: {told}")

    def _show(self, result: Any) -> None:
        action, found = result._task.action, result._result
        if action.endswith("debug"):
            message = found.get("msg", "")
            for line in message if isinstance(message, list) else [message]:
                self._display.display(f"  {line}")
        elif action.startswith("privatelink.mongodb.") and not action.endswith(".private_link_context"):
            word, colour = ("changed", "yellow") if found.get("changed") else ("ok", "green")
            self._line(word, colour, f"{action.rpartition('.')[2]:<32} {_facts(found)}")

    def _line(self, word: str, colour: str, text: str) -> None:
        self._display.display(f"  {word:>8} {time.monotonic() - self._began:5.1f} s  {text}", color=colour)


def _facts(found: dict[str, Any]) -> str:
    """What a result says of its resource, or of the first one of a list."""
    values = [value for name, value in found.items() if name not in ("invocation", "diff")]
    firsts = [value[0] if isinstance(value, list) and value else value for value in values]
    resource = next((one for one in firsts if isinstance(one, dict) and set(one) & set(TOLD)), {})
    return " ".join(str(resource[name]) for name in TOLD if resource.get(name))
