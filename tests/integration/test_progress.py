# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is heard of a task while it waits: in a terminal, and in the event stream from which AWX takes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import ansible_runner
import pytest
import yaml

from tests.integration.test_doors import COLLECTION, local, playbook
from tests.lab import faults
from tests.lab.demo import environment
from tests.lab.runtime import Lab
from tests.support.environment import COLLECTIONS
from tests.support.modules import Run

pytestmark = pytest.mark.timeout(600)

LINE = re.compile(
    r"^(?:\[(?P<link>\S+)\] )?(?P<title>(?:endpoint service|virtual network) \S+): (?P<state>.+) \d+:\d\d$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Line:
    """One line of progress: whose it is, the name of what is waited for, and its state."""

    link: str | None
    name: str
    state: str


def lines(output: str) -> list[Line]:
    found = LINE.finditer(output.replace("\r", ""))
    return [Line(one["link"], re.split("[ /]", one["title"])[-1], one["state"]) for one in found]


@pytest.fixture
def slow() -> Iterator[Lab]:
    """A lab in which there is something to wait for, even if this machine is slow."""
    with Lab("demo") as running:
        slowed = ("service", "service_delete", "interface_delete", "virtual_network")
        running.world.pace = replace(running.world.pace, **dict.fromkeys(slowed, 1.5))
        faults.inject(running, "interface_lingers", seconds=1.5)
        running.seed()
        yield running


# -- in a terminal -------------------------------------------------------------------------------------------------

#: Task -> its keywords. Each makes a network of its own, so that its lines can be told from those of other tasks.
HEARD: dict[str, dict[str, Any]] = {
    "plain": {},
    "blank": {"vars": {"privatelink_progress": ""}, "environment": {"PRIVATELINK_PROGRESS": ""}},
    "asked-for": {"vars": {"privatelink_progress": "{{ 'Yes' }}"}, "environment": {"PRIVATELINK_PROGRESS": "on"}},
}
SILENT: dict[str, dict[str, Any]] = {
    "off-by-variable": {"vars": {"privatelink_progress": "{{ 'of' ~ 'f' }}"}},
    "off-by-environment": {"environment": {"PRIVATELINK_PROGRESS": "0"}},
    "off-before-on": {"vars": {"privatelink_progress": True}, "environment": {"PRIVATELINK_PROGRESS": "False"}},
    "hidden": {"no_log": True},
    "rehearsed": {"check_mode": True},
    "by-module": {"vars": {"privatelink_door": "module"}},
}
NONSENSE = {
    "variable": ({"vars": {"privatelink_progress": "loud"}}, "the variable privatelink_progress is 'loud'"),
    "environment": ({"environment": {"PRIVATELINK_PROGRESS": "2"}}, "PRIVATELINK_PROGRESS is '2'"),
}


def network(name: str, **keywords: Any) -> dict[str, Any]:
    options = {"name": f"{name}-{{{{ inventory_hostname }}}}", **keywords.pop("options", {})}
    return {"name": name, f"{COLLECTION}.azure_virtual_network": options, **keywords}


def test_a_wait_is_heard_of_by_whoever_wants_to_hear_of_it(slow: Lab, tmp_path: Path) -> None:
    """Two links at once, with the strategy that lets each go at its own speed."""
    place = {"resource_group": "rg-app", "location": "eastus2", "address_prefixes": ["127.9.0.0/16"]}
    options = {**place, **slow.azure_options(), "secret": "{{ secret }}", "wait_delay": 0.2}
    tasks = [
        *(network(name, **keywords) for name, keywords in {**HEARD, **SILENT}.items()),
        *(network(name, **keywords, ignore_errors=True) for name, (keywords, _words) in NONSENSE.items()),
        network("looped", options={"name": "{{ item }}-{{ inventory_hostname }}"}, loop=["first", "second"]),
        network("secret", options={"name": "n{{ secret }}n"}, when="inventory_hostname == 'shop'"),
        network("plain"),  # has settled by now
        network("looped", options={"name": "first-{{ inventory_hostname }}", "state": "absent"}),
    ]
    play = {
        "hosts": "all",
        "gather_facts": False,
        "module_defaults": {f"{COLLECTION}.azure_virtual_network": options},
        "tasks": tasks,
    }
    hosts = {link: local(secret=slow.azure_options()["secret"]) for link in ("shop", "localhost")}
    done = playbook(tmp_path, slow, [play], hosts, ANSIBLE_STRATEGY="free")

    for host, link in (("shop", "shop"), ("localhost", None)):
        told: dict[str, list[str]] = {}
        for line in lines(done.output):
            if line.link == link:
                told.setdefault(line.name.removesuffix(f"-{host}"), []).append(line.state)
        hidden = {"n********n": ["InProgress", "Succeeded"]} if host == "shop" else {}
        assert told == {
            **dict.fromkeys((*HEARD, "second"), ["InProgress", "Succeeded"]),
            "first": ["InProgress", "Succeeded", "InProgress", "gone"],
            **hidden,
        }
        for name in ("plain", "off-by-variable", "by-module"):
            assert not done.results[name][host]["failed"], name
        for name, (_keywords, words) in NONSENSE.items():
            failed = done.results[name][host]
            assert failed["failed"] and f"{words}: it must be true or false" in failed["msg"]
    assert slow.azure_options()["secret"] not in done.output


# -- in ansible-runner, as AWX runs it -----------------------------------------------------------------------------


def events(lab: Lab, directory: Path, tasks: list[dict[str, Any]], **env: str) -> list[dict[str, Any]]:
    """Runs a playbook for two links, and gives the events in their order."""
    project = next(iter(lab.world.projects.values()))
    options = {**lab.atlas_options(), "project_id": project.id, "region": "{{ region }}", "wait_delay": 0.5}
    play = {"hosts": "all", "gather_facts": False, "module_defaults": {f"{COLLECTION}.atlas_endpoint_service": options}}
    (directory / "project").mkdir()
    (directory / "project" / "play.yml").write_text(yaml.safe_dump([{**play, "tasks": tasks}]))
    done = ansible_runner.run(
        private_data_dir=str(directory),
        playbook="play.yml",
        inventory={"all": {"hosts": {"east": local(region="eastus2"), "west": local(region="westus")}}},
        envvars={
            **environment({"environment": lab.environment()}),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            **env,
        },
        quiet=True,
        timeout=120,
    )
    found = list(done.events)
    assert done.rc == 0, "\n".join(event["stdout"] for event in found)
    return found


def service(name: str, **options: Any) -> dict[str, Any]:
    return {"name": name, f"{COLLECTION}.atlas_endpoint_service": options}


def test_awx_is_told_of_a_wait_while_it_lasts(slow: Lab, tmp_path: Path) -> None:
    found = events(
        slow,
        tmp_path,
        [
            service("create"),
            service("settled"),
            service("remove", state="absent", wait=False),
            service("create anew"),
        ],
    )
    tasks = {
        event["uuid"]: event["event_data"]["task"] for event in found if event["event"] == "playbook_on_task_start"
    }
    told: dict[tuple[str, str], dict[str, datetime]] = {}
    for event in found:
        for line in lines(event["stdout"]):
            assert event["event"] == "verbose"
            moments = told.setdefault((tasks[event["parent_uuid"]], str(line.link)), {})
            moments[line.state] = datetime.fromisoformat(event["created"])

    busy = "busy (it can be created again when it is gone)"
    for link in ("east", "west"):
        assert list(told.pop(("create", link))) == ["INITIATING", "AVAILABLE"]
        moments = told.pop(("create anew", link))
        assert list(moments) == [busy, "INITIATING", "AVAILABLE"]
        # Each as it happened, not when the task had ended.
        assert (moments["INITIATING"] - moments[busy]).total_seconds() > 0.5
        assert (moments["AVAILABLE"] - moments["INITIATING"]).total_seconds() > 0.5
    assert told == {}


def test_awx_can_be_spared_the_lines(slow: Lab, tmp_path: Path) -> None:
    found = events(slow, tmp_path, [service("create")], PRIVATELINK_PROGRESS="no")
    assert [event["event"] for event in found if event["event"] == "runner_on_ok"] == ["runner_on_ok"] * 2
    assert [line for event in found for line in lines(event["stdout"])] == []


# -- what it costs -------------------------------------------------------------------------------------------------


def test_each_look_of_a_wait_is_one_request(slow: Lab, run: Run) -> None:
    (site,) = slow.build_link("orders").sites
    atlas = {**slow.atlas_options(), "project": "orders", "wait_delay": 0.1}
    azure = {**slow.azure_options(), "wait_delay": 0.1}
    service, endpoint = {"endpoint_service_id": site.service_id}, {"private_endpoint_id": site.endpoint_id}
    group = site.endpoint_id.split("/")[4]
    begun: list[tuple[str, dict[str, Any]]] = [
        ("atlas_endpoint_service", {**atlas, "region": "westus"}),
        ("atlas_endpoint_service", {**atlas, "region": "westus", "state": "absent"}),
        ("atlas_endpoint_interface", {**atlas, **service, **endpoint, "state": "absent", "remove_last": True}),
        ("azure_private_endpoint", {**azure, "resource_group": group, "name": site.endpoint, "state": "absent"}),
    ]
    for module, options in begun:
        before = len(slow.requests)
        assert run(module, **options)["changed"], module
        asked = Counter(one.path.split("?")[0] for one in slow.requests[before:] if one.method == "GET")
        (_first, most), *others = asked.most_common()
        assert most >= 4 and all(times <= 3 for _path, times in others), (module, asked)
