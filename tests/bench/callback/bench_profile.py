# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: bench_profile
type: aggregate
short_description: What each task of a play takes, as JSON in the file that BENCH_PROFILE names
"""

BEFORE, AFTER = "before the first task", "after the last task"


class CallbackModule(CallbackBase):
    """Writes [name, seconds, CPU seconds of Ansible and of the workers that have ended] for each task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "bench_profile"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[str, float, float]] = []
        self._task = BEFORE
        self._since = time.perf_counter(), 0.0

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._next(task.get_name())

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._next(AFTER)
        Path(os.environ["BENCH_PROFILE"]).write_text(json.dumps(self._lines))

    def _next(self, task: str) -> None:
        now = time.perf_counter(), sum(os.times()[:4])
        self._lines.append((self._task, now[0] - self._since[0], now[1] - self._since[1]))
        self._task, self._since = task, now
