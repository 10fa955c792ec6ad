# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pytest plugin: no test is left out in silence.

With CI=true a test that was left out has failed, unless its platform can never run it. Elsewhere the session ends with
one line that says what was left out, and the commands that make it run.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from typing import TypeVar

import pytest

from tests.support.tools import COMMAND, IMPOSSIBLE, NEEDS

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _judged((yield))


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _judged((yield))


def _judged(report: Report) -> Report:
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        reason = _reason(report)
        if not reason.startswith(IMPOSSIBLE):
            report.outcome = "failed"
            report.longrepr = f"CI leaves out no test, but this one was: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out = [_reason(report) for report in terminalreporter.stats.get("skipped", [])]
    if left_out:
        terminalreporter.write_line(summary(left_out))


def summary(reasons: list[str]) -> str:
    """One line about tests that were left out: why, how many, and what to install."""
    count = "1 test was" if len(reasons) == 1 else f"{len(reasons)} tests were"
    why = dict.fromkeys(reason.removeprefix(NEEDS).partition(COMMAND)[0] for reason in reasons)
    commands = _joined(dict.fromkeys(reason.partition(COMMAND)[2] for reason in reasons if reason.startswith(NEEDS)))
    advice = f" To run them: {' && '.join(commands)}" if commands else ""
    return f"{count} not run ({', '.join(why)}).{advice}"


def _joined(commands: Iterable[str]) -> list[str]:
    """The packages of all commands that differ in those only, in one command."""
    packages: dict[str, list[str]] = {}
    for command in commands:
        start, _space, package = command.rpartition(" ")
        packages.setdefault(start, []).append(package)
    return [f"{start} {' '.join(sorted(names))}" for start, names in packages.items()]


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test was skipped; pytest keeps it as file, line and text."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
