# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for all suites: a running lab, and a way to run a module's real main() in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.lab import atlas_model
from tests.lab.runtime import Lab
from tests.lab.world import Project
from tests.support import environment
from tests.support.modules import Run, run_module

#: No test is left out in silence, however pytest is started.
pytest_plugins = ["tests.tools.skips"]

environment.enter()
# No deadlines: how long an example takes says more about the machine than about the code. CI tries the same examples in
# each run, so that no change fails by chance; `make test-worlds` tries others each time, and prints the seed.
settings.register_profile("dev", deadline=None, max_examples=25)
settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True)
settings.register_profile("random", deadline=None, max_examples=1000)
settings.load_profile("ci" if "CI" in os.environ else "dev")


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab at pace `instant` with a project, an M10 cluster in eastus2 and a resource group. When it ends, all that
    Atlas was asked and answered is checked against our model of its API."""
    with Lab("instant") as running:
        running.seed()
        yield running
    asked = [exchange for exchange in running.requests if not exchange.injected]
    assert atlas_model.violations(asked) == []


@pytest.fixture
def project(lab: Lab) -> Project:
    """The project of the seeded world."""
    return next(iter(lab.world.projects.values()))


@pytest.fixture
def run() -> Run:
    """`run("atlas_endpoint_service", check_mode=False, **options)` -> the result; a failure has failed=True."""
    return run_module
