# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated clouds for the lab's own tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import atlas_model
from tests.lab.pace import PACES
from tests.lab_tests.atlas_server import Atlas, HttpServer, open_http_server, serve_atlas
from tests.lab_tests.azure_server import Azure, serve_azure
from tests.support import openapi

#: MongoDB's document is not part of this project, so this is no test of it where the document is not.
collect_ignore = [] if openapi.locate() else ["test_atlas_openapi.py"]


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


@pytest.fixture(scope="module")
def http_server() -> Iterator[HttpServer]:
    with open_http_server() as opened:
        yield opened


@pytest.fixture
def atlas(http_server: HttpServer) -> Iterator[Atlas]:
    """An Atlas in which everything is done at once. Whatever a test did, our own model agrees with all of it, except
    for ids in paths: tests spell them in every way that Azure allows."""
    with serve_atlas(http_server) as running:
        yield running
        for one in running.exchanges:
            wrong = atlas_model.problems(one.method, one.path, one.request, one.status, one.answer)
            assert not [problem for problem in wrong if not problem.startswith("path.endpointId: ")], one


@pytest.fixture
def slow_atlas(http_server: HttpServer) -> Iterator[Atlas]:
    """An Atlas that takes as long as the real one, on a clock that is set by hand."""
    with serve_atlas(http_server, PACES["real"]) as running:
        yield running
