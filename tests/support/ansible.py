# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts Ansible's programs as users do, in a process of their own, against a lab in this one.

Ansible(lab, tmp_path).play("atlas_private_link", "--check", atlas_private_link_region="...").assert_ok()
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.lab.demo import environment
from tests.lab.runtime import Lab
from tests.support.environment import COLLECTIONS, program

#: The fixture `play`: `Ansible(lab, tmp_path).play`.
Play = Callable[..., "Played"]
Inventory = Path | str | Mapping[str, Any]
#: Task -> host -> result. Of a role's task the name alone.
Results = dict[str, dict[str, dict[str, Any]]]

CALLBACKS = Path(__file__).parent / "callback"
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
SHOWN = 6000  # the characters of an output that a failed assertion shows


@dataclass(frozen=True)
class Played:
    """How a program ended: its return code, everything that it printed, and the results of a run that records them."""

    code: int
    output: str
    results: Results = field(default_factory=dict)

    @property
    def recap(self) -> dict[str, dict[str, int]]:
        """Host -> `ok`, `changed`, `failed` ... -> the number of tasks."""
        lines = re.findall(r"^(\S+)\s+: (ok=.*)$", self.output, re.MULTILINE)
        return {host: {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", counts)} for host, counts in lines}

    @property
    def changed(self) -> int:
        """The tasks that changed something, of all hosts."""
        return sum(host["changed"] for host in self.recap.values())

    @property
    def text(self) -> str:
        """The output with a single space wherever it has any, since Ansible breaks lines anywhere."""
        return " ".join(self.output.split())

    def assert_ok(self) -> Played:
        assert self.code == 0, self.output[-SHOWN:]
        return self

    def assert_failed(self, *words: str) -> Played:
        """A host failed, and all these words are in the output."""
        assert self.code == 2, self.output[-SHOWN:]
        missing = [one for one in words if one not in self.text]
        assert not missing, f"{missing} is not in:\n{self.output[-SHOWN:]}"
        return self


@dataclass(frozen=True)
class Running:
    """A program that runs meanwhile."""

    process: subprocess.Popen[str]
    recorded: Path | None
    seconds: float

    def ended(self) -> Played:
        """Waits for its end."""
        printed, complaints = self.process.communicate(timeout=self.seconds)
        return Played(self.process.returncode, printed + complaints, _results(self.recorded) if self.recorded else {})


@dataclass(frozen=True)
class Ansible:
    """Where programs run, and what all of them get.

    lab: its addresses and credentials are in the environment; None: there are no clouds.
    directory: gets the files that a run needs; what is in them may be secret.
    inventory: paths, host lists, or what a file of YAML would hold; without any, a playbook gets the lab's own link.
    env: more variables of the environment.
    record: whether `Played.results` is filled.
    seconds: the longest that a run may take.
    """

    lab: Lab | None
    directory: Path
    inventory: Sequence[Inventory] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    record: bool = False
    seconds: float = 280

    def play(
        self,
        playbook: str | Path | Sequence[Mapping[str, Any]],
        *arguments: str,
        env: Mapping[str, str] | None = None,
        product: str = "atlas",
        inventory: Inventory | None = None,
        **variables: Any,
    ) -> Played:
        """Runs a playbook to its end: one of this collection by its name, any other by its path, or its plays.

        The variables are added to those of the lab's own link, which is that of the `product`; with an inventory they
        are all that there is.
        """
        with self.playing(playbook, *arguments, env=env, product=product, inventory=inventory, **variables) as running:
            return running.ended()

    @contextmanager
    def playing(
        self,
        playbook: str | Path | Sequence[Mapping[str, Any]],
        *arguments: str,
        env: Mapping[str, str] | None = None,
        product: str = "atlas",
        inventory: Inventory | None = None,
        **variables: Any,
    ) -> Iterator[Running]:
        """As `play`, but goes on meanwhile. At the end of the block it is stopped if it still runs."""
        inventories = [*self.inventory, *([] if inventory is None else [inventory])]
        if self.lab and not inventories:
            variables = {**self.lab.link_variables(product), **variables}
        command = ["ansible-playbook", self._playbook(playbook), *self._inventories(inventories)]
        if variables:
            command += ["-e", f"@{self._file('variables', variables)}"]
        with self._started([*command, *arguments], env) as running:
            yield running

    def run(self, name: str, *arguments: str, env: Mapping[str, str] | None = None) -> Played:
        """Runs any of Ansible's programs on the inventory, such as `ansible-inventory`."""
        with self._started([name, *self._inventories(self.inventory), *arguments], env) as running:
            return running.ended()

    @contextmanager
    def _started(self, command: Sequence[str], env: Mapping[str, str] | None) -> Iterator[Running]:
        recorded = self._file("recorded") if self.record else None
        settings = surroundings(self.lab.environment() if self.lab else {})
        settings["ANSIBLE_STDOUT_CALLBACK"] = "default"
        if recorded:
            settings["ANSIBLE_STDOUT_CALLBACK"] = "recorded"
            settings["ANSIBLE_CALLBACK_PLUGINS"] = str(CALLBACKS)
            settings["RECORDED"] = str(recorded)
        with subprocess.Popen(
            [program(command[0]), *command[1:]],
            cwd=self.cwd,
            env={**settings, **self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield Running(process, recorded, self.seconds)
            finally:
                process.kill()

    def _playbook(self, playbook: str | Path | Sequence[Mapping[str, Any]]) -> str:
        if isinstance(playbook, str | Path):
            name = str(playbook)
            return name if "." in name else f"privatelink.mongodb.{name}"
        return str(self._file("playbook", list(playbook)))

    def _inventories(self, inventories: Sequence[Inventory]) -> list[str]:
        paths = [str(self._file("inventory", one) if isinstance(one, Mapping) else one) for one in inventories]
        return [argument for path in paths for argument in ("-i", path)]

    def _file(self, name: str, content: Any = None) -> Path:
        """A new file, as runs may go on side by side; only its owner may read it."""
        self.directory.mkdir(exist_ok=True)
        handle, path = tempfile.mkstemp(".yml", f"{name}-", self.directory)
        with open(handle, "w", encoding="utf-8") as file:
            if content is not None:
                yaml.safe_dump(content, file, sort_keys=False)
        return Path(path)


def surroundings(clouds: Mapping[str, str]) -> dict[str, str]:
    """The environment of Ansible's programs; `clouds` is what a lab adds to it, and holds secrets."""
    return {
        **environment({"environment": clouds}),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_NOCOLOR": "1",
    }


def _results(recorded: Path) -> Results:
    found: Results = {}
    for line in recorded.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        found.setdefault(one["task"].rpartition(" : ")[2], {})[one["host"]] = one["result"]
    return found
