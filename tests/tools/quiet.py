# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pytest plugin: in a log, say nothing of a test that passes. On a terminal the dots remain, as progress.

With `--time-limit SECONDS` a run that took longer ends with its duration and its ten slowest tests.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict

import pytest

SLOWEST = 10


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--time-limit", type=float, metavar="SECONDS", help="list the slowest tests of a longer run")


def pytest_configure(config: pytest.Config) -> None:
    limit = config.getoption("--time-limit")
    if limit is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Clock(limit))


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    if report.passed and report.when == "call" and not sys.stdout.isatty():
        return "passed", "", ""
    return None


class _Clock:
    """Measures the run and each test, set-up and teardown included."""

    def __init__(self, limit: float) -> None:
        self._limit, self._start = limit, time.monotonic()
        self._tests: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._tests[report.nodeid] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        passed = time.monotonic() - self._start
        if passed > self._limit:
            terminalreporter.section(f"{passed:.0f} s, more than the limit of {self._limit:.0f} s: the slowest tests")
            slowest = sorted(self._tests.items(), key=lambda item: -item[1])[:SLOWEST]
            for test, duration in slowest:
                terminalreporter.line(f"{duration:6.1f} s  {test}")
