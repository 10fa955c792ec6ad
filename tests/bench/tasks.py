# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seconds a task: a play of 21 equal tasks minus one of a single task, by 20. Nothing of it changes anything."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.away import Away
from tests.bench.document import Target, progress, table, targets
from tests.bench.measure import playbook, run
from tests.lab.links import BuiltLink
from tests.lab.runtime import Lab
from tests.support.ansible import surroundings
from tests.support.environment import program

MANY = 21
PING = "ansible.builtin.ping"
EMPTY = "ansible.builtin.debug, which does nothing"
IN_PROCESS, AS_MODULE = "in-process", "as a module"


@dataclass(frozen=True)
class Subject:
    """A task to be measured, the program that runs it and what is added to that program's environment."""

    name: str
    task: Mapping[str, Any]
    env: Mapping[str, str] = field(default_factory=dict)
    program: str = field(default_factory=lambda: program("ansible-playbook"))


@dataclass(frozen=True)
class Seconds:
    """What a task takes."""

    wall: float
    cpu: float


def measure(subjects: Sequence[Subject], env: Mapping[str, str], rounds: int, directory: Path) -> dict[str, Seconds]:
    """The medians of some rounds; in each round every subject has its turn, so that all see the same machine."""
    found: dict[str, list[Seconds]] = {subject.name: [] for subject in subjects}
    for number in range(rounds):
        for subject in subjects:
            one, many = (_play(subject, count, env, directory) for count in (1, MANY))
            taken = Seconds((many.wall - one.wall) / (MANY - 1), (many.cpu - one.cpu) / (MANY - 1))
            found[subject.name].append(taken)
            progress(f"round {number + 1} of {rounds}: {subject.name}: {taken.wall:.3f} s a task")
    return {
        name: Seconds(statistics.median(one.wall for one in all_), statistics.median(one.cpu for one in all_))
        for name, all_ in found.items()
    }


def _play(subject: Subject, count: int, env: Mapping[str, str], directory: Path) -> Seconds:
    tasks = [{"name": subject.name, **subject.task}] * count
    path = playbook(directory, [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    cost = run([subject.program, str(path)], {**env, **subject.env})
    if cost.changed:
        raise RuntimeError(f"{subject.name} changed something:\n{cost.output[-2000:]}")
    return Seconds(cost.wall, cost.cpu)


def compare(seconds: Mapping[str, Seconds], base: str) -> str:
    rows = [
        (name, taken.wall, taken.cpu, taken.wall / seconds[base].wall, taken.cpu / seconds[base].cpu)
        for name, taken in seconds.items()
    ]
    return table(("task", "seconds", "CPU seconds", f"of {base}", "of its CPU"), rows)


def standing(lab: Lab) -> dict[str, Any]:
    """Tasks that find what they want, in a lab that gets a link for them."""
    link: BuiltLink = lab.build_link("bench")
    (site,) = link.sites
    endpoint = lab.world.azure[site.endpoint_id.lower()]
    zone = next(iter(lab.world.of_type("Microsoft.Network/privateDnsZones")))
    return {
        "azure_private_endpoint": {
            "resource_group": link.resource_group,
            "name": site.endpoint,
            "location": site.location,
            "subnet_id": site.subnet_id,
            "private_link_service_id": lab.world.target_of(endpoint),
            "manual_request": True,
        },
        "azure_private_dns_zone": {
            "resource_group": link.resource_group,
            "name": zone["name"],
            "links": [{"virtual_network_id": site.virtual_network_id}],
        },
        "atlas_endpoint_service": {"project_id": link.project_id, "region": site.location},
    }


def main(rounds: int) -> str:
    with Away() as away, tempfile.TemporaryDirectory() as directory:
        tasks = away.ask(standing)
        ours = [
            Subject(f"{name}, {door}", {f"privatelink.mongodb.{name}": options}, env)
            for name, options in tasks.items()
            for door, env in ((IN_PROCESS, {}), (AS_MODULE, {"PRIVATELINK_DOOR": "module"}))
        ]
        others = [
            Subject(PING, {PING: {}}),
            Subject(f"{PING}, pipelined", {PING: {}}, {"ANSIBLE_PIPELINING": "true"}),
            Subject(EMPTY, {"ansible.builtin.debug": {"msg": ""}}),
        ]
        seconds = measure([*others, *ours], surroundings(away.ask(Lab.environment)), rounds, Path(directory))
    reached = [
        Target(
            f"an unchanged {name}, in-process",
            seconds[f"{name}, {IN_PROCESS}"].wall / seconds[PING].wall,
            0.5,
            f"x {PING}",
        )
        for name in tasks
        if name.startswith("azure_")
    ]
    return f"{targets(reached)}\n\nMedians of {rounds} rounds:\n\n{compare(seconds, PING)}"
