# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated clouds for the lab's own tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab_tests.azure_server import Azure, serve_azure


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Azure]:
    """An Azure in which everything is done at once."""
    with serve_azure("instant", tmp_path) as running:
        yield running


@pytest.fixture
def slow_azure(tmp_path: Path) -> Iterator[Azure]:
    """An Azure that takes as long as the real one, on a clock that is set by hand."""
    with serve_azure("real", tmp_path) as running:
        yield running
