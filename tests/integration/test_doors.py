# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two doors, one result: every module as a module and inside Ansible's own process, on the same world."""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lab.links import BuiltLink
from tests.lab.runtime import Lab
from tests.support import returns
from tests.support.ansible import LOCAL, Ansible, Played
from tests.support.environment import COLLECTIONS

HERE = Path(__file__).parent
COLLECTION = "privatelink.mongodb"
ACTIONS = (HERE.parents[1] / "plugins" / "action").glob("*.py")
MODULES = sorted(path.stem for path in ACTIONS if "(InProcess)" in path.read_text())
OWN = "{{ inventory_hostname }}"  # in the names of what each door makes for itself
#: What no two calls have in common, or (traceback) what shows where the code ran.
MASKED = {"etag", "request_id", "milliseconds", "exception"}

pytestmark = pytest.mark.timeout(600)


def door(played: Played, task: str) -> str:
    """Which door a task took, and why, as Ansible tells it at -vvv."""
    (found,) = set(re.findall(rf"^<\S+> {re.escape(task)} runs (.*)", played.output, re.MULTILINE))
    return str(found)


def playbook(directory: Path, lab: Lab, plays: list[dict[str, Any]], hosts: dict[str, Any], **env: str) -> Played:
    """Runs plays as a user does, with everything that Ansible can tell."""
    settings = {"ANSIBLE_PIPELINING": "true", **env}
    ansible = Ansible(lab, directory, [{"all": {"hosts": hosts}}], settings, record=True, seconds=500)
    return ansible.play(plays, "-vvvv").assert_ok()


def local(**variables: Any) -> dict[str, Any]:
    return {**LOCAL, **variables}


def secrets(lab: Lab, link: BuiltLink) -> dict[str, str]:
    """Variables: what must not be seen anywhere. Ansible quotes playbooks in its errors, so it stands elsewhere."""
    return {
        "private_key": lab.atlas_options()["private_key"],
        "secret": lab.azure_options()["secret"],
        "password": link.password,
    }


def defaults(lab: Lab) -> dict[str, Any]:
    """`module_defaults`: who signs in, and what the tasks of a family have in common."""
    return {
        f"group/{COLLECTION}.atlas": {**lab.atlas_options(), "private_key": "{{ private_key }}"},
        f"group/{COLLECTION}.azure": {**lab.azure_options(), "secret": "{{ secret }}"},
        **{f"{COLLECTION}.{name}": {"project": "orders"} for name in MODULES if name.startswith("atlas_")},
    }


# -- one result through both doors ---------------------------------------------------------------------------------


def cases(lab: Lab, link: BuiltLink) -> dict[str, tuple[str, dict[str, Any], dict[str, Any]]]:
    """Name -> module, options, keywords of the task. The built link is only read, but in check mode."""
    (site,) = link.sites
    group = {"resource_group": link.resource_group}
    mine = {**group, "name": f"vnet-{OWN}", "location": site.location, "address_prefixes": ["10.9.0.0/16"]}
    endpoint = {**group, "name": site.endpoint}
    service = {"endpoint_service_id": site.service_id}
    interface = {**service, "private_endpoint_id": site.endpoint_id}
    records = [{"name": "@", "type": "A", "values": ["10.9.0.4"]}, {"name": "t", "type": "TXT", "values": ["a b"]}]
    zone = {**group, "zone": f"{OWN}.example.com"}
    probe = {"srv_host": link.srv_host, "resolvers": [link.resolver], "expected_addresses": [site.address]}
    user = {"username": link.username, "password": "{{ password }}", "ca_path": str(lab.ca_path)}
    rehearsed = {"check_mode": True, "diff": True}
    blank = {"certificate_path": "", "auth_source": None}
    cluster = next(iter(lab.world.mongo_clusters.values()))
    zones = site.endpoint_id.replace(f"privateEndpoints/{site.endpoint}", "privateDnsZones")
    its = {"resource_group": "rg-app", "name": cluster.name}
    return {
        "project": ("atlas_project_info", {}, {}),
        "service stands": ("atlas_endpoint_service", {"region": site.location}, {"diff": True}),
        "service rehearsed": ("atlas_endpoint_service", {"region": "westeurope"}, rehearsed),
        "service of an undocumented region": ("atlas_endpoint_service", {"region": "chinaeast"}, rehearsed),
        "services": ("atlas_endpoint_service_info", {}, {}),
        "interface stands": ("atlas_endpoint_interface", {**interface, "ip_address": site.address}, {}),
        "interface removed": (
            "atlas_endpoint_interface",
            {**interface, "state": "absent", "remove_last": True},
            rehearsed,
        ),
        "interfaces": ("atlas_endpoint_interface_info", service, {}),
        "connections": ("atlas_connection_info", {"private_endpoint_id": site.endpoint_id}, {}),
        "regional mode": ("atlas_regional_mode", {"enabled": False}, {"diff": True}),
        "network": ("azure_virtual_network", {**mine, "tags": {"since": "2026-01-01"}}, {"diff": True}),
        "network again": ("azure_virtual_network", mine, {"diff": True}),
        "endpoint rehearsed": (
            "azure_private_endpoint",
            {**endpoint, "tags": {"team": "orders"}},
            {"check_mode": True},
        ),
        "endpoint": ("azure_private_endpoint_info", endpoint, {}),
        "connection rehearsed": (
            "azure_private_endpoint_connection",
            {"resource_id": cluster.id, "private_endpoint_id": site.endpoint_id},
            rehearsed,
        ),
        "zone group rehearsed": (
            "azure_private_dns_zone_group",
            {**group, "private_endpoint": site.endpoint, "zones": [{"zone_id": f"{zones}/db.example.com"}]},
            rehearsed,
        ),
        "zone groups": ("azure_private_dns_zone_group_info", {**group, "private_endpoint": site.endpoint}, {}),
        "zone": ("azure_private_dns_zone", {**group, "name": f"{OWN}.example.com"}, {"diff": True}),
        "zones": ("azure_private_dns_zone_info", {**group, "name": f"{OWN}.example.com", **blank}, {}),
        "records": ("azure_private_dns_records", {**zone, "records": records}, {"diff": True}),
        "record sets": ("azure_private_dns_records_info", zone, {}),
        "mongo cluster rehearsed": (
            "azure_mongo_cluster",
            {**its, "public_network_access": "Disabled", "force": True},
            rehearsed,
        ),
        "mongo cluster": ("azure_mongo_cluster_info", its, {}),
        "link resources": ("azure_private_link_resource_info", {"resource_id": cluster.id}, {}),
        "provider stands": ("azure_provider_feature", {"namespace": "Microsoft.DocumentDB"}, {"diff": True}),
        "no such feature": (
            "azure_provider_feature",
            {"namespace": "Microsoft.DocumentDB", "feature": "None", "if_unknown": "ignore"},
            {},
        ),
        "probe": ("private_link_probe", {**probe, **user}, {}),
    }


def failures(link: BuiltLink) -> dict[str, tuple[str, dict[str, Any], str]]:
    """Name -> module, options, words of the message."""
    group = {"resource_group": link.resource_group}
    return {
        "no such option": ("atlas_project_info", {"colour": "red"}, "Unsupported parameters for"),
        "no such option within": (
            "azure_virtual_network",
            {**group, "name": "v", "subnets": [{"name": "s", "colour": "red"}]},
            "subnets.colour",
        ),
        "an option is missing": ("atlas_endpoint_service", {}, "missing required arguments: region"),
        "an option is blank": ("atlas_endpoint_service", {"region": ""}, "missing required arguments: region"),
        # The secret stands where its value is repeated in the message.
        "a wrong choice": (
            "azure_private_dns_zone_info",
            {"auth_source": "{{ secret }}"},
            "must be one of",
        ),
        "no such project": ("atlas_project_info", {"project": "nope"}, "no Atlas project called"),
        "no such cluster": (
            "azure_mongo_cluster",
            {**group, "name": "nope", "public_network_access": "Enabled"},
            "databaseAccounts",
        ),
        "no such zone": (
            "azure_private_dns_zone_group",
            {**group, "private_endpoint": link.sites[0].endpoint, "zones": [{"zone_id": "/nowhere"}]},
            "zones.zone_id",
        ),
        "no such group": ("azure_private_endpoint_info", {"resource_group": "rg-nope"}, "rg-nope"),
        "sign-in refused": ("azure_private_dns_zone_info", {**group, "client_id": "wrong"}, "cannot sign in"),
        "broken hop": (
            "private_link_probe",
            {"srv_host": "no.such.host", "resolvers": [link.resolver]},
            "no.such.host",
        ),
    }


def comparable(value: Any, host: str) -> Any:
    """A result without what differs from call to call, and with one name for both hosts."""
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if not name.startswith("_ansible")}
        return {name: "masked" if name in MASKED else comparable(one, host) for name, one in kept.items()}
    if isinstance(value, list):
        items = [comparable(one, host) for one in value]
        # The driver lists members in any order.
        return sorted(items, key=str) if items and "member" in items[0] else items
    return re.sub(rf"{host}|(?<=^probe-)[0-9a-f-]{{36}}$", "SOME", value) if isinstance(value, str) else value


@pytest.mark.full
def test_every_module_gives_the_same_result_through_both_doors(lab: Lab, tmp_path: Path) -> None:
    """One run, in which two hosts do the same tasks at the same time: one in Ansible's process, one by modules."""
    link = lab.build_link("orders")
    done, refused = cases(lab, link), failures(link)
    assert {module for module, _options, _keywords in done.values()} == set(MODULES)
    tasks = [
        {"name": name, f"{COLLECTION}.{module}": options, **keywords}
        for name, (module, options, keywords) in done.items()
    ]
    tasks += [{"name": name, f"{COLLECTION}.{module}": options} for name, (module, options, _words) in refused.items()]
    play = {"hosts": "all", "gather_facts": False, "ignore_errors": True, "module_defaults": defaults(lab)}
    hosts = {f"door-{door}": local(privatelink_door=door, **secrets(lab, link)) for door in ("process", "module")}
    both = playbook(tmp_path, lab, [{**play, "tasks": tasks}], hosts)

    assert list(both.results) == [*done, *refused]
    for task, results in both.results.items():
        inside, outside = results["door-process"], results["door-module"]
        assert inside["invocation"]["module_args"], task
        assert comparable(inside, "door-process") == comparable(outside, "door-module"), task
        if task in done:
            code = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{done[task][0]}")
            assert not inside["failed"], (task, inside)
            told = {name: value for name, value in inside.items() if not name.startswith("_ansible")}
            assert returns.violations(code, told) == [], task
        else:
            assert inside["failed"] and refused[task][2] in inside["msg"], (task, inside)
        assert f"\n<door-process> {task} runs in this process\n" in both.output
        assert f"\n<door-module> {task} runs as a module: it was told so\n" in both.output

    found = {task: results["door-process"] for task, results in both.results.items()}
    assert found["network"]["changed"] and found["network"]["diff"]["after"]
    assert not found["network again"]["changed"]
    assert found["endpoint rehearsed"]["changed"] and "diff" not in found["endpoint rehearsed"]
    assert "no Azure region" in str(found["service of an undocumented region"]["warnings"])

    # At -vvvv, with diffs, in results, in a message that repeats the value, and in a failure after the sign-in.
    text = both.output + json.dumps(both.results)
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in text
    assert [name for name, secret in secrets(lab, link).items() if secret in text] == []


# -- the ordinary way where it is needed, and everything else that Ansible does with a task ------------------------

LOOK = f"{COLLECTION}.atlas_project_info"
#: Task -> what it is given, and why it then needs the module.
ORDINARY: dict[str, tuple[dict[str, Any], str]] = {
    "async": ({"async": 60, "poll": 1}, "it is asynchronous"),
    "become": ({"become": True}, "it is to run as another user"),
    "interpreter": ({"vars": {"ansible_python_interpreter": "{{ other_python }}"}}, "another Python is configured"),
    "delegated": ({"delegate_to": "there"}, "its host is not this machine"),
    "environment": ({"environment": {"PYTHONUNBUFFERED": "1"}}, "its environment has PYTHONUNBUFFERED"),
    "told by the environment": ({"environment": {"PRIVATELINK_DOOR": "module"}}, "it was told so"),
    "told by a variable": ({"vars": {"privatelink_door": "{{ 'mod' ~ 'ule' }}"}}, "it was told so"),
}
ASYNC = {"ansible_job_id", "finished", "results_file", "started", "stderr", "stderr_lines", "stdout", "stdout_lines"}


def script(path: Path, line: str) -> str:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return str(path)


def around(lab: Lab, link: BuiltLink, directory: Path) -> Played:
    """One run, with the strategy that is not the default one."""
    here = local(
        **secrets(lab, link),
        other_python=script(directory / "python", f'exec {shlex.quote(sys.executable)} "$@"'),
        # Becomes nobody else: it only has the form of a become method.
        ansible_become_exe=script(directory / "sudo", 'while [ "$1" != /bin/sh ]; do shift; done; exec "$@"'),
    )
    # A host that is reached by ssh, as far as Ansible can tell.
    ssh = script(directory / "ssh", 'for command; do :; done; exec /bin/sh -c "$command"')
    there = {**local(**secrets(lab, link)), "ansible_connection": "ssh", "ansible_ssh_executable": ssh}
    look: dict[str, Any] = {LOOK: {"project": link.name}}
    wrong = lab.environment()["MONGODB_ATLAS_CLIENT_ID"] + "x"
    tasks = [
        {"name": "look", **look},
        *({"name": name, **look, **keywords} for name, (keywords, _reason) in ORDINARY.items()),
        {"name": "told nonsense", **look, "vars": {"privatelink_door": "front"}, "ignore_errors": True},
        {
            "name": "loop",
            **look,
            "environment": {"MONGODB_ATLAS_CLIENT_ID": "{{ item }}"},
            "loop": [wrong, "{{ lookup('env', 'MONGODB_ATLAS_CLIENT_ID') }}", wrong],
            "register": "looped",
            "ignore_errors": True,
        },
        {"name": "short", "atlas_project_info": {"project": "{{ looped.results[1].project.name }}"}},
    ]
    elsewhere = [{"name": "back home", **look, "delegate_to": "localhost"}, {"name": "afar", **look}]
    options = defaults(lab)
    options.pop(f"group/{COLLECTION}.atlas")  # who signs in there is the environment's to say
    # Those of one module are not those of its family.
    options[f"{COLLECTION}.atlas_endpoint_service"] = {"region": "westeurope"}
    common = {"gather_facts": False, "collections": [COLLECTION], "module_defaults": options}
    plays = [{"hosts": "here", **common, "tasks": tasks}, {"hosts": "there", **common, "tasks": elsewhere}]
    return playbook(directory, lab, plays, {"here": here, "there": there}, ANSIBLE_STRATEGY="free")


def test_a_task_goes_the_ordinary_way_where_it_must_and_all_else_works_as_with_modules(
    lab: Lab, tmp_path: Path
) -> None:
    done = around(lab, lab.build_link("orders"), tmp_path)
    look = comparable(done.results["look"]["here"], "here")
    assert door(done, "look") == "in this process"
    for task, (_keywords, reason) in ORDINARY.items():
        assert door(done, task) == f"as a module: {reason}"
        found = {name: value for name, value in done.results[task]["here"].items() if name not in ASYNC}
        assert comparable(found, "here") == look, task

    # The host that counts is the one that does the task.
    assert door(done, "back home") == "in this process"
    assert door(done, "afar") == "as a module: its host is not this machine"
    for task in ("back home", "afar"):
        assert comparable(done.results[task]["there"], "there") == look, task

    nonsense = done.results["told nonsense"]["here"]
    assert nonsense["failed"] and "privatelink_door is 'front': it must be module or process" in nonsense["msg"]

    # Each item of a loop has its own environment, though all share a process.
    assert door(done, "loop") == "in this process"
    first, second, third = done.results["loop"]["here"]["results"]
    # The message alone: ansible-core 2.21 leaves `failed` out of the results of single items.
    assert all("gave no token" in one["msg"] for one in (first, third))
    assert second["project"]["name"] == "orders"

    assert door(done, "short") == "in this process"
    assert done.results["short"]["here"]["project"]["name"] == "orders"


# -- imports -------------------------------------------------------------------------------------------------------

LIBRARIES = ["azure", "azure.mgmt.network", "azure.mgmt.privatedns", "dns", "pymongo", "requests"]
IMPORTED = {
    "atlas_project_info": ["requests"],
    "azure_mongo_cluster_info": ["azure", "requests"],
    "azure_private_endpoint": ["azure", "requests"],
    "private_link_probe": ["dns", "pymongo"],
}


def in_a_controller(code: str, door: str = "process") -> Any:
    """What the expression `found` is, after this code, in a process of its own: who imports what belongs to Ansible's
    controller makes a controller of this one, whose modules then warn on the terminal instead of in their results."""
    env = {**os.environ, "PYTHONPATH": str(COLLECTIONS), "PRIVATELINK_DOOR": door}
    begin = "import json, sys\nfrom ansible.plugins.loader import init_plugin_loader\ninit_plugin_loader()"
    command = [sys.executable, "-c", f"{begin}\n{code}\nprint(json.dumps(found))"]
    return json.loads(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)


DOOR = f"from ansible_collections.{COLLECTION}.plugins.plugin_utils import _in_process"


@pytest.mark.parametrize("door", ["process", "module"])
@pytest.mark.parametrize("module", IMPORTED)
def test_an_action_plugin_imports_what_its_module_needs_and_no_more(module: str, door: str) -> None:
    """The process that forks the workers pays for it, so nothing is imported that no task could use."""
    loaded = f"import ansible_collections.{COLLECTION}.plugins.action.{module}"
    found = in_a_controller(f"{loaded}\nfound = [name for name in {LIBRARIES} if name in sys.modules]", door)
    assert found == (IMPORTED[module] if door == "process" else [])


def test_a_missing_library_is_the_modules_to_report() -> None:
    libraries = "(['no_such_library'], _in_process.ATLAS)"
    loaded = f"[_in_process.load('atlas_project_info', one) is not None for one in {libraries}]"
    assert in_a_controller(f"{DOOR}\nfound = {loaded}") == [False, True]


def test_the_python_of_ansible_is_told_from_others() -> None:
    """The file behind a virtual environment's Python has other libraries than the environment."""
    names = ["auto", "auto_silent", "", None, sys.executable, "/nowhere/python3", "/usr/bin/env python3"]
    real = os.path.realpath(sys.executable)
    found = in_a_controller(f"{DOOR}\nfound = [_in_process.is_this(name) for name in {[*names, real]}]")
    assert found == [True] * 5 + [False] * 2 + [real == sys.executable]
