# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for all suites: a running lab, and a way to run a module's real main() in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.lab.runtime import Lab
from tests.lab.world import Project
from tests.support import environment, openapi
from tests.support.modules import Run, run_module

environment.enter()
# How long an example takes says more about the machine, and who else is on it, than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab at pace `instant` with a project, an M10 cluster in eastus2 and a resource group. When it ends, all that
    Atlas was asked and answered is held against our model of its API, and the vendor's document where that stands."""
    with Lab("instant") as running:
        running.seed()
        yield running
    asked = [exchange for exchange in running.requests if not exchange.injected]
    assert openapi.violations(asked) == []


@pytest.fixture
def project(lab: Lab) -> Project:
    """The project of the seeded world."""
    return next(iter(lab.world.projects.values()))


@pytest.fixture
def run() -> Run:
    """`run("atlas_endpoint_service", check_mode=False, **options)` -> the result; a failure has failed=True."""
    return run_module
