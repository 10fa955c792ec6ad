# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the lab in namespaces of its own, as root or not, and runs programs in there."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.reality.inside import CLIENTS
from tests.support.ansible import Played
from tests.support.environment import COLLECTIONS
from tests.support.tools import SEARCH_PATH

ROOT = Path(__file__).resolve().parents[2]
#: Whoever calls is root in there, and nobody special here. With the first process in there all others end.
UNSHARE = ("unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child")
PROGRAMS = os.pathsep.join([str(Path(sys.executable).parent), SEARCH_PATH])
#: What every test needs.
NEEDED = ("unshare", "nsenter", "mount", "ip")
STOP_SECONDS = 30


@dataclass(frozen=True)
class Reality:
    """The running lab: `directory` can be seen from inside only; `clients` are process ids there, by name;
    `environment` and `links` are what a user gives to a control node, and hold secrets."""

    process: subprocess.Popen[str]
    directory: Path
    pid: int
    clients: dict[str, int]
    environment: dict[str, str]
    links: dict[str, dict[str, Any]]
    srv_host: str  # in the connection string of the link that stands

    def run(
        self,
        *command: str,
        client: str | None = None,
        cwd: Path = ROOT,
        given: str = "",
        env: dict[str, str] | None = None,
        timeout: float = 240,
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program where the clouds and the control node are, or on a client (as its administrator)."""
        enter = ["nsenter", "--preserve-credentials", "--target", str(self.pid), "--user", "--net", "--mount", "--pid"]
        if client:
            enter += ["nsenter", "--target", str(self.clients[client]), "--net", "--mount"]
        surroundings = {
            "PATH": PROGRAMS,
            "HOME": str(self.directory / "home"),
            "TMPDIR": str(self.directory),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.run(
            [*enter, "env", f"--chdir={cwd}", *command],
            input=given,
            env={**surroundings, **(env or {})},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def read(self, name: str) -> str:
        """A file of the lab's directory."""
        return self.run("cat", str(self.directory / name)).stdout

    def write(self, name: str, text: str) -> Path:
        """Makes a file in the lab's directory; the path is good inside."""
        path = self.directory / name
        done = self.run("sh", "-c", f'mkdir -p "{path.parent}" && cat > "{path}"', given=text)
        assert done.returncode == 0, done.stderr
        return path

    def inject(self, fault: str) -> None:
        """Plays one of the lab's faults of a link on the one that stands."""
        self._say(fault)

    def writes(self) -> int:
        """How many requests so far asked a cloud to change something."""
        return int(self._say("")["writes"])

    def _say(self, line: str) -> Any:
        assert self.process.stdin and self.process.stdout
        print(line, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def play(self, playbook: str, link: str, *clients: str, python: str = sys.executable, **variables: Any) -> Played:
        """A playbook of this collection on one of the `links` (`standing` is built already), with these clients and
        with what a user would set: names, credentials and the CA, but no address of anything. `python` is that of the
        clients; this one has dnspython and PyMongo."""
        inventory = self.write("inventory.yml", yaml.safe_dump(self._inventory(python)))
        given = {**self.links[link], "private_link_verify_clients": list(clients), **variables}
        done = self.run(
            "ansible-playbook",
            f"privatelink.mongodb.{playbook}",
            *("--inventory", str(inventory)),
            *("--extra-vars", f"@{self.write('link.yml', yaml.safe_dump(given))}"),
            env={
                **self.environment,
                "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
                "ANSIBLE_HOME": str(self.directory / "ansible"),
                "ANSIBLE_NOCOLOR": "1",
            },
        )
        return Played(done.returncode, done.stdout + done.stderr)

    def report(self) -> Any:
        """What the last verification wrote of its one link."""
        (link,) = json.loads(self.read("report/report.json"))["links"]
        return link

    def _inventory(self, python: str) -> dict[str, Any]:
        here = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        ssh = {
            "ansible_ssh_common_args": f"-F {self.directory}/ssh_config",
            "ansible_python_interpreter": python,
        }
        clients = {name: {"ansible_host": address} for name, address in CLIENTS.items()}
        return {
            "private_links": {"hosts": {"rehearsal": here}},
            "clients": {"hosts": clients, "vars": ssh},
        }


def forbidden() -> str | None:
    """Why there can be no namespaces here, in one line; None if there can."""
    tried = "mount -t proc proc /proc && ip link add name probe0 type veth peer name probe1"
    done = subprocess.run(
        [*UNSHARE, "sh", "-c", tried], capture_output=True, text=True, env={"PATH": PROGRAMS}, timeout=30, check=False
    )
    return f"user namespaces are forbidden ({' '.join(done.stderr.split())})" if done.returncode else None


@contextlib.contextmanager
def started() -> Iterator[Reality]:
    """A lab in namespaces of its own, which ends with this context, or with this process, however that ends."""
    with (
        tempfile.TemporaryDirectory(prefix="reality-") as directory,
        tempfile.TemporaryFile("w+") as log,
    ):
        process = subprocess.Popen(
            [*UNSHARE, sys.executable, "-m", "tests.reality.inside", directory],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
            env={"PATH": PROGRAMS, "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        assert process.stdin and process.stdout
        try:
            state = process.stdout.readline()
            if not state:
                log.seek(0)
                raise RuntimeError(f"the lab did not start:\n{log.read()}")
            yield Reality(process, Path(directory), **json.loads(state))
        finally:
            process.stdin.close()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
