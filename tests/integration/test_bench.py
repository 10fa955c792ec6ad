# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks measure is what they say: tasks that change nothing, a job that does, a lab that is elsewhere."""

from __future__ import annotations

from typing import Any

import requests

from tests.bench import peers, tasks
from tests.bench.away import Away, seed
from tests.lab.runtime import Lab
from tests.support.modules import Run


def options(lab: Lab, module: str) -> dict[str, Any]:
    return lab.atlas_options() if module.startswith("atlas_") else lab.azure_options()


def test_the_measured_tasks_change_nothing(lab: Lab, run: Run) -> None:
    for module, asked in tasks.standing(lab).items():
        result = run(module, **options(lab, module), **asked)
        assert (result["changed"], result.get("failed")) == (False, None), module


def test_the_job_is_done_and_stays_done(lab: Lab, run: Run) -> None:
    job = peers.plan(lab, peers.OURS, 1)
    for changed in (True, False):
        for task in peers.our_tasks(job):
            ((name, asked),) = task.items()
            result = run(name.rpartition(".")[2], **lab.azure_options(), **asked, wait_delay=0.2)
            assert (result["changed"], result.get("failed")) == (changed, None), name


def test_a_lab_elsewhere_is_asked_like_one_here() -> None:
    with Away() as away:
        away.ask(seed)
        env = away.ask(Lab.environment)
        url = f"{env['MONGODB_ATLAS_BASE_URL']}/api/atlas/v2/groups"
        assert requests.get(url, verify=env["REQUESTS_CA_BUNDLE"], timeout=10).status_code == 401
        (asked,) = away.requests()
        assert (asked.cloud, asked.path, asked.status) == ("atlas", "/api/atlas/v2/groups", 401)
        assert away.requests(1) == []
