# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that share their tokens, as the workers of an Ansible run do: forked from one that did not sign in."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lab.runtime import Lab
from tests.lab.world import Credential

#: Forks a worker for each identity. Each reads its projects and its resource groups, and again for each of the files
#: "1", "2", ... that it waits for. Prints what each has read.
WORKERS = """
import json, os, sys, time
from ansible_collections.privatelink.mongodb.plugins.module_utils import _tokens
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.client import Client as Atlas
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import Client as Azure
from ansible_collections.privatelink.mongodb.plugins.plugin_utils import _run_tokens

told = json.load(sys.stdin)
if told["share"] == "before the fork":
    _run_tokens.share(told["directory"])

def work(number, who):
    if told["share"] == "after the fork":
        _run_tokens.share(told["directory"])
    usual = {"auth_source": "auto", "cloud_environment": "AzureCloud"}
    atlas, azure = Atlas(who["atlas"]), Azure({**usual, **who["azure"]})
    groups = f"/subscriptions/{azure.subscription}/resourceGroups"
    for turn in range(told["turns"] + 1):
        while turn and not os.path.exists(os.path.join(told["signals"], str(turn))):
            time.sleep(0.01)
        if turn:
            now = time.time() + told["late"]
            time.time = _tokens.STORE._clock = lambda: now
        found = [one["name"] for one in atlas.pages("/groups")], len(azure.pages(groups, "2021-04-01"))
        with open(os.path.join(told["signals"], f"{number}.{turn}"), "w") as file:
            json.dump(found, file)

children = []
for number, who in enumerate(told["workers"]):
    child = os.fork()
    if child == 0:
        try:
            work(number, who)
        finally:
            os._exit(0)
    children.append(child)
print(json.dumps(children), flush=True)
for child in children:
    os.waitpid(child, 0)
"""


class Workers:
    """The processes, and what they have read."""

    def __init__(self, directory: Path, **told: Any) -> None:
        self.signals, self.run = directory / "signals", directory / "run"
        self.signals.mkdir()
        self.run.mkdir(mode=0o700)
        self.count = len(told["workers"])
        told = {"share": "before the fork", "turns": 0, "late": 0, **told}
        told = {**told, "directory": str(self.run), "signals": str(self.signals)}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WORKERS],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(told))
        self.process.stdin.close()
        self.process.stdin = None
        self.children: list[int] = json.loads(self.process.stdout.readline())

    def read(self, turn: int = 0, of: int | None = None) -> list[Any]:
        """What each has read in a turn, when all (or as many as `of`) have."""
        wait_for(lambda: len(self._files(turn)) == (self.count if of is None else of))
        return [json.loads(path.read_text() or "null") for path in self._files(turn)]

    def _files(self, turn: int) -> list[Path]:
        return [path for path in sorted(self.signals.glob(f"*.{turn}")) if path.stat().st_size]

    def next(self, turn: int) -> None:
        (self.signals / str(turn)).touch()

    def end(self) -> None:
        """They end by themselves, and have nothing to say."""
        _out, errors = self.process.communicate(timeout=60)
        assert (self.process.returncode, errors) == (0, "")


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def identity(lab: Lab, account: Credential | None = None) -> dict[str, Any]:
    who = account or next(one for one in lab.world.credentials.values() if one.kind == "service_account")
    place = {name: value for name, value in lab.atlas_options().items() if name in ("base_url", "ca_path")}
    return {"atlas": {**place, "client_id": who.id, "client_secret": who.secret}, "azure": lab.azure_options()}


def tokens(lab: Lab) -> dict[str, int]:
    """How many were asked for."""
    return dict(Counter(one.cloud for one in lab.requests if one.is_token and one.method == "POST"))


def test_ten_workers_share_one_token_of_each_cloud(lab: Lab, tmp_path: Path) -> None:
    workers = Workers(tmp_path, workers=[identity(lab)] * 10)
    assert workers.read() == [[["rehearsal"], 1]] * 10
    workers.end()
    assert tokens(lab) == {"atlas": 1, "entra": 1}


def test_workers_of_two_identities_never_swap_tokens(lab: Lab, tmp_path: Path) -> None:
    other = lab.world.add_credential("service_account", {lab.world.add_project("other").id: "GROUP_OWNER"})
    workers = Workers(tmp_path, workers=[identity(lab), identity(lab, other)] * 5)
    found = workers.read()
    workers.end()
    assert [projects for projects, _groups in found] == [["rehearsal"], ["other"]] * 5
    assert tokens(lab) == {"atlas": 2, "entra": 1}


def test_a_wrong_secret_gets_no_token_of_the_right_one(lab: Lab, tmp_path: Path) -> None:
    wrong = identity(lab)
    wrong["atlas"] = {**wrong["atlas"], "client_secret": "wrong"}
    workers = Workers(tmp_path, workers=[identity(lab)] * 3 + [wrong])
    assert len(workers.read(of=3)) == 3
    workers.process.wait(60)
    assert [one.status for one in lab.requests if "/api/oauth/" in one.path].count(401) == 1
    assert len(list(workers.signals.glob("*.0"))) == 3


def test_ten_workers_whose_token_is_refused_renew_it_once(lab: Lab, tmp_path: Path) -> None:
    workers = Workers(tmp_path, workers=[identity(lab)] * 10, turns=2)
    workers.read()
    for turn in (1, 2):
        lab.atlas_tokens.revoke_all()
        lab.world.token_key = secrets.token_bytes(32)
        workers.next(turn)
        assert workers.read(turn) == [[["rehearsal"], 1]] * 10
        assert tokens(lab) == {"atlas": 1 + turn, "entra": 1 + turn}
    workers.end()


def test_ten_workers_renew_a_token_once_before_it_expires(lab: Lab, tmp_path: Path) -> None:
    workers = Workers(tmp_path, workers=[identity(lab)] * 10, turns=1, late=3600 - 299)
    workers.read()
    workers.next(1)
    assert workers.read(1) == [[["rehearsal"], 1]] * 10
    workers.end()
    assert tokens(lab) == {"atlas": 2, "entra": 2}


def test_a_worker_that_is_killed_while_it_signs_in_blocks_no_other(lab: Lab, tmp_path: Path) -> None:
    lab.traffic.inject("slow", cloud="atlas", path="/api/oauth/token", seconds=60)
    workers = Workers(tmp_path, workers=[identity(lab)] * 5)
    wait_for(lambda: tokens(lab) == {"atlas": 1})
    holder = next(pid for pid in workers.children if holds_a_lock(pid, workers.run))
    time.sleep(0.3)  # the others wait for it
    began = time.monotonic()
    os.kill(holder, signal.SIGKILL)
    assert workers.read(of=4) == [[["rehearsal"], 1]] * 4
    assert time.monotonic() - began < 30
    workers.end()
    assert tokens(lab) == {"atlas": 2, "entra": 1}


def holds_a_lock(pid: int, directory: Path) -> bool:
    """The lock of the token that Atlas was asked for is the only one for which others wait."""
    inodes = {path.stat().st_ino for path in directory.iterdir()}
    held = [line.split() for line in Path("/proc/locks").read_text().splitlines() if " FLOCK " in line]
    return any(int(line[4]) == pid and int(line[5].rpartition(":")[2]) in inodes for line in held)


def test_nothing_secret_is_on_the_disk_after_all_were_killed(lab: Lab, tmp_path: Path) -> None:
    workers = Workers(tmp_path, workers=[identity(lab)] * 3, turns=1)
    workers.read()
    for pid in [*workers.children, workers.process.pid]:
        os.kill(pid, signal.SIGKILL)
    workers.process.communicate(timeout=60)
    left = list(workers.run.iterdir())
    assert left and all(path.stat().st_size == 0 for path in left)
    who = identity(lab)["atlas"]
    texts = [*lab.atlas_tokens.issued, who["client_secret"], lab.world.client_secret]
    hashes = [hashlib.new(name, text.encode()).hexdigest() for text in texts for name in ("sha256", "md5", "blake2b")]
    names = " ".join(path.name for path in left)
    assert not [text for text in [*texts, *hashes] if text[:32] in names]


@pytest.mark.parametrize("share", ["after the fork", "never"])
def test_workers_without_common_memory_sign_in_for_themselves(lab: Lab, tmp_path: Path, share: str) -> None:
    workers = Workers(tmp_path, workers=[identity(lab)] * 3, share=share)
    assert workers.read() == [[["rehearsal"], 1]] * 3
    workers.end()
    assert tokens(lab) == {"atlas": 3, "entra": 3}
