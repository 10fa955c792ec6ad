# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for all suites: a running lab, and a way to run a module's real main() in this process."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible.module_utils import basic
from hypothesis import settings

from ansible_collections.privatelink.mongodb.plugins.module_utils import _reuse
from tests import returns
from tests.lab import atlas_model

#: No test is left out in silence, however pytest is started.
pytest_plugins = ["tests.tools.skips"]

Run = Callable[..., dict[str, Any]]

# How long an example takes says more about the machine, and who else is on it, than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def lab() -> Iterator[Any]:
    """A lab at pace `instant` with a project, an M10 cluster in eastus2 and a resource group. When it ends, all that
    Atlas was asked and answered is checked against our model of its API."""
    from tests.lab.runtime import Lab

    with Lab("instant") as running:
        running.seed()
        yield running
    asked = [exchange for exchange in running.requests if not exchange.injected]
    assert atlas_model.violations(asked) == []


@pytest.fixture
def project(lab: Any) -> Any:
    """The project of the seeded world."""
    return next(iter(lab.world.projects.values()))


@contextlib.contextmanager
def _arguments(args: dict[str, Any]) -> Iterator[None]:
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:  # ansible-core < 2.19
        saved = basic._ANSIBLE_ARGS
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": args}).encode()
        try:
            yield
        finally:
            basic._ANSIBLE_ARGS = saved
    else:
        with patch_module_args(args):
            yield


def run_module(name: str, /, check_mode: bool = False, diff: bool = True, **options: Any) -> dict[str, Any]:
    """Runs a module's main() with these options and gives its result; what it returns must be what it documents."""
    # From ansible-core 2.19 on; modules would warn on the terminal then, and not in their results.
    controller = getattr(sys.modules.get("ansible.module_utils._internal"), "is_controller", False)
    assert not controller, "a test imported what only Ansible's controller may import"
    args = {**options, "_ansible_check_mode": check_mode, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
    module = importlib.import_module(f"ansible_collections.privatelink.mongodb.plugins.modules.{name}")
    _reuse.MADE.clear()  # a module has a process of its own
    out = io.StringIO()
    with _arguments(args), contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        module.main()
    result: dict[str, Any] = json.loads(out.getvalue())
    assert returns.violations(module, result) == []
    return result


@pytest.fixture
def run() -> Run:
    """`run("atlas_endpoint_service", check_mode=False, **options)` -> the result; a failure has failed=True."""
    return run_module
