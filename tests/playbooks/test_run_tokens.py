# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One token of each cloud and identity serves a whole run of Ansible: all its plays, links and workers."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab import fleet
from tests.lab.demo import PLAYBOOKS, environment
from tests.lab.runtime import Lab
from tests.support.ansible import Play, Played

pytestmark = pytest.mark.full

ONE_OF_EACH = {"atlas": 1, "entra": 1}
#: Of Azure DocumentDB, Atlas is never asked.
EXPECTED = {"atlas": ONE_OF_EACH, "mongo_cluster": {"entra": 1}}
VERIFY = "privatelink.mongodb.verify"


def tokens(lab: Lab, since: int = 0) -> dict[str, int]:
    """How many were asked for."""
    asked = [one for one in lab.requests[since:] if one.is_token and one.method == "POST"]
    return dict(Counter(one.cloud for one in asked))


@contextlib.contextmanager
def playing(lab: Lab, *arguments: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A run in a process group of its own; it is ended if its end was not waited for."""
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "ansible-playbook"), *arguments],
        env={
            **environment({"environment": lab.environment()}),
            "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", ".venv/collections"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_STDOUT_CALLBACK": "default",
            **settings,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)


def played(lab: Lab, *arguments: str, **settings: str) -> Played:
    """A run that succeeds, without a word about forks."""
    with playing(lab, *arguments, **settings) as process:
        output, _nothing = process.communicate(timeout=280)
    assert process.returncode == 0, output[-6000:]
    assert "fork()" not in output and "Deprecat" not in output and "Traceback" not in output
    return Played(process.returncode, output)


@pytest.mark.parametrize("product", EXPECTED)
def test_a_new_link_takes_one_token_of_each_cloud_and_so_does_each_later_run(
    lab: Lab, play: Play, product: str
) -> None:
    for playbook in (f"{product}_private_link", "verify"):
        since = len(lab.requests)
        done = play(playbook, product=product)
        assert done.code == 0, done.output[-4000:]
        assert tokens(lab, since) == EXPECTED[product], playbook


@pytest.mark.parametrize(("product", "strategy"), [("atlas", "linear"), ("mongo_cluster", "free")])
def test_a_fleet_takes_one_token_of_each_cloud(lab: Lab, product: str, strategy: str) -> None:
    hosts = fleet.write(lab, fleet.seed(lab, 20, product))
    played(lab, PLAYBOOKS[product], "-i", str(hosts), "--forks", "10", "--check", ANSIBLE_STRATEGY=strategy)
    assert tokens(lab) == EXPECTED[product]


def test_two_identities_in_one_run_never_swap(lab: Lab, tmp_path: Path) -> None:
    """Each may see its own project only, and Azure knows one secret only."""
    projects = {f"team-{number}": lab.world.add_project(f"team-{number}") for number in range(2)}
    accounts = {
        name: lab.world.add_credential("service_account", {project.id: "GROUP_OWNER"})
        for name, project in projects.items()
    }
    place = {name: value for name, value in lab.atlas_options().items() if name in ("base_url", "ca_path")}
    hosts: dict[str, Any] = {
        f"{name}-{number}": {
            "ansible_connection": "local",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "own": {**place, "client_id": account.id, "client_secret": account.secret},
            "team": name,
        }
        for name, account in accounts.items()
        for number in range(5)
    }
    tasks = [
        {
            "name": "look",
            "privatelink.mongodb.atlas_project_info": {"project": "{{ team }}"},
            "register": "found",
            "loop": [1, 2],
        },
        {
            "name": "compare",
            "ansible.builtin.assert": {"that": "found.results | map(attribute='project.name') | unique == [team]"},
        },
    ]
    defaults = {"group/privatelink.mongodb.atlas": "{{ own }}"}
    plays = [{"hosts": "all", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}] * 2
    (tmp_path / "plays.yml").write_text(yaml.safe_dump(plays))
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    played(lab, str(tmp_path / "plays.yml"), "-i", str(tmp_path / "hosts.yml"), "--forks", "10")
    assert tokens(lab) == {"atlas": 2}


def test_the_inventory_of_links_and_the_run_share_their_tokens(lab: Lab, tmp_path: Path) -> None:
    lab.build_link("orders", dns="public")
    inventory = tmp_path / "company.private_links.yml"
    inventory.write_text(yaml.safe_dump({"plugin": "privatelink.mongodb.links", "products": ["atlas"]}))
    variables = tmp_path / "variables.yml"
    variables.write_text(yaml.safe_dump({"private_link_verify_probe": False}))
    with playing(lab, VERIFY, "-i", str(inventory), "-e", f"@{variables}") as process:
        output, _nothing = process.communicate(timeout=280)
    assert "orders" in output
    assert tokens(lab) == ONE_OF_EACH


def test_modules_sign_in_for_themselves(lab: Lab, play: Play) -> None:
    built = lab.build_link("orders", dns="public")
    done = play("verify", env={"PRIVATELINK_DOOR": "module"}, **lab.variables(built))
    assert done.code == 0, done.output[-4000:]
    assert all(1 < count <= 10 for count in tokens(lab).values())


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_killed_leaves_no_secret_in_its_directory(lab: Lab, tmp_path: Path, ending: int) -> None:
    built = lab.build_link("orders", dns="public")
    variables = tmp_path / "variables.yml"
    variables.write_text(yaml.safe_dump(lab.variables(built)))
    # Azure is asked first; by then both have been signed in to.
    lab.traffic.inject("slow", cloud="atlas", method="GET", path="/privateEndpoint", times=9, seconds=60)
    local = tmp_path / "local"
    with playing(lab, VERIFY, "-e", f"@{variables}", ANSIBLE_LOCAL_TEMP=str(local)) as process:
        until = time.monotonic() + 60
        while not (tokens(lab) == ONE_OF_EACH and any("/privateEndpoint" in one.path for one in lab.requests)):
            assert time.monotonic() < until and process.poll() is None
            time.sleep(0.02)
        os.killpg(process.pid, ending)
        process.communicate(timeout=60)
    left = [path for path in local.rglob("*") if path.is_file()]
    assert len([path for path in left if path.name.startswith("privatelink-")]) >= 2
    account = next(one for one in lab.world.credentials.values() if one.kind == "service_account")
    texts = [*lab.atlas_tokens.issued, account.secret, lab.world.client_secret, "eyJ"]
    for path in left:
        content = path.read_bytes()
        assert not [text for text in texts if text.encode() in content or text in str(path)], path
        assert not path.name.startswith("privatelink-") or content == b""
