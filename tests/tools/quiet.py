# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pytest plugin: in a log, say nothing of a test that passes. On a terminal the dots remain, as progress."""

from __future__ import annotations

import sys

import pytest


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    if report.passed and report.when == "call" and not sys.stdout.isatty():
        return "passed", "", ""
    return None
