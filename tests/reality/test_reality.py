# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as its users run it: default endpoints, clients reached by ssh, Azure's resolver, real firewalls."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reality.outside import PROGRAMS, ROOT, Reality
from tests.support.tools import SYSTEM_PYTHON, VENV, needs

pytestmark = pytest.mark.full

HELLO = Path(__file__).parent / "hello"
CACHE = ROOT / ".venv" / "cache"
WORKS = "The private link works."
HELLO_SAYS = ("msg: 'hello private endpoint'", "updated over private link", "DELETED count: 0")
#: Those of the connection string that Azure shows.
OPTIONS = "tls=true&authMechanism=SCRAM-SHA-256&retrywrites=false&maxIdleTimeMS=120000"
NO_REPORT: dict[str, Any] = {"private_link_verify_write_report": False}

#: What stands between the clients and the link's network, 10.2: security groups, and a network that is not peered.
FIREWALL = """
table inet firewall {
  chain arriving {
    type filter hook input priority filter
    iifname "dropped" tcp dport 1024-1026 drop
    iifname "partly" tcp dport 1025 drop
    iifname "refused" tcp dport 1024-1026 reject with tcp reset
    iifname "stranger" ip daddr 10.2.0.0/16 drop
  }
}
"""


def wheels(python: str) -> Path:
    """What the probe needs, for the version of this Python, where the clients' pip can find it."""
    tell = "import sys; print('%d.%d' % sys.version_info[:2])"
    version = subprocess.run([python, "-c", tell], capture_output=True, text=True, check=True).stdout.strip()
    ready = CACHE / f"wheels-{version}"
    if not ready.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as directory:
            made = Path(directory) / "wheels"
            wanted = ["--only-binary=:all:", f"--python-version={version}", f"--dest={made}", "dnspython", "pymongo"]
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *wanted]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, done.stderr
            made.rename(ready)
    return ready


def test_a_link_is_built_with_default_endpoints_and_the_second_run_changes_nothing(reality: Reality) -> None:
    """The client has nothing but its system's Python, and a package index: the role makes it an environment."""
    needs("sshd", "ssh", VENV)
    told = {**reality.environment, **reality.links["planned"]}
    assert [name for name in told if re.search("url|host|resolver|ca_path", name, re.IGNORECASE)] == []
    reality.write(
        "planned/home/.config/pip/pip.conf", f"[global]\nno-index = true\nfind-links = {wheels(SYSTEM_PYTHON)}\n"
    )
    client = {
        "python": SYSTEM_PYTHON,
        "private_link_verify_venv": str(reality.directory / "planned/home/probe"),
        **NO_REPORT,
    }

    first = reality.play("atlas_private_link", "planned", "planned", **client).assert_ok()
    assert first.changed >= 5 and WORKS in first.output

    before = reality.writes()
    second = reality.play("atlas_private_link", "planned", "planned", **client).assert_ok()
    assert second.changed == 0 and reality.writes() == before and WORKS in second.output


def targets(reality: Reality, client: str) -> dict[str, str]:
    """For each host behind the connection string: who says, asked by a client, that it has no AAAA record."""
    script = """
import sys
import dns.resolver
for host in sorted({str(found.target) for found in dns.resolver.resolve("_mongodb._tcp." + sys.argv[1], "SRV")}):
    answer = dns.resolver.resolve(host, "AAAA", raise_on_no_answer=False)
    print(host, answer.response.authority[0][0].mname)
"""
    done = reality.run(sys.executable, "-c", script, reality.srv_host, client=client)
    assert done.returncode == 0, done.stderr
    return dict(line.split() for line in done.stdout.splitlines())


def test_the_one_resolver_tells_each_network_what_is_linked_to_it(reality: Reality) -> None:
    assert set(targets(reality, "app").values()) == {"azureprivatedns.net."}
    assert set(targets(reality, "peered").values()) == {"ns.mongodb.net."}


def test_the_lab_takes_no_address_in_a_network_that_is_in_use(reality: Reality) -> None:
    done = reality.run(sys.executable, "-c", "from tests.lab.reality import Network; Network()")
    assert done.returncode and "this network is in use" in done.stderr


def members(pid: int) -> Iterator[int]:
    """The processes that are in the same PID namespace as one, seen from outside of it."""
    namespace = Path(f"/proc/{pid}/ns/pid").readlink()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "ns/pid").readlink() == namespace:
                yield int(process.name)
        except OSError:
            continue  # gone, or somebody else's


def interrupted(how: signal.Signals) -> tuple[list[int], Path]:
    """Starts a lab in another process and interrupts that; the lab's processes, and the directory it had."""
    script = (
        "import time; from tests.reality.outside import started\n"
        "with started() as reality: print(reality.pid, reality.directory, flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PATH": PROGRAMS},
    )
    with owner:
        assert owner.stdout
        pid, directory = owner.stdout.readline().split()
        processes = list(members(int(pid)))
        owner.send_signal(how)
    return processes, Path(directory)


def remaining(processes: list[int], seconds: float = 10) -> list[int]:
    """Those of the processes that are still there after that time, if any are."""
    deadline = time.monotonic() + seconds
    while found := [process for process in processes if Path(f"/proc/{process}").exists()]:
        if time.monotonic() > deadline:
            return found
        time.sleep(0.05)
    return []


def test_nothing_stays_behind_whoever_is_interrupted() -> None:
    processes, directory = interrupted(signal.SIGINT)
    assert len(processes) > 1 and remaining(processes) == []
    assert not directory.exists()

    processes, directory = interrupted(signal.SIGKILL)
    assert len(processes) > 1 and remaining(processes) == []
    directory.rmdir()  # nobody was left to remove the mount point, and it is empty


def test_firewalls_are_told_apart_and_only_a_peered_network_reaches_the_link(reality: Reality) -> None:
    needs("sshd", "ssh", "nft")
    blocked = reality.run("nft", "--file", "-", given=FIREWALL)
    assert blocked.returncode == 0, blocked.stderr
    clients = ("app", "peered", "dropped", "partly", "refused", "stranger")
    played = reality.play("verify", "standing", *clients, private_link_verify_timeout=1)
    reality.run("nft", "delete", "table", "inet", "firewall")
    assert played.code == 2 and played.changed == 0, played.output[-6000:]
    report = reality.report()
    assert {probe["client"]: (probe["broken_hop"], probe["symptom"]) for probe in report["probes"]} == {
        "app": (None, None),
        "peered": (None, None),
        "dropped": ("tcp", "timeout"),
        "partly": ("tcp", "timeout_of_some"),
        "refused": ("tcp", "refused"),
        "stranger": ("tcp", "timeout"),
    }
    broken = report["broken"]
    assert (broken["hop"], broken["symptom"], broken["client"]) == ("tcp", "timeout", "dropped")
    assert "tls" in broken["skipped"] and "delete" in broken["skipped"]


def test_a_hosts_file_is_enough_where_dns_cannot_be_changed(reality: Reality) -> None:
    """The office's resolver takes private addresses out of its answers."""
    needs("sshd", "ssh")
    reality.inject("wrong_resolver")
    (target,) = targets(reality, "office")
    assert reality.run("getent", "ahostsv4", target, client="office").stdout == ""
    before = reality.writes()
    played = reality.play("atlas_private_link", "standing", "office", private_link_dns_mode="hosts_file", **NO_REPORT)
    played.assert_ok()
    assert played.changed == 1 and reality.writes() == before and WORKS in played.output


def node_modules() -> Path:
    """The hello world with its driver, installed once for each version of the lock file."""
    lock = (HELLO / "package-lock.json").read_bytes()
    ready = CACHE / f"hello-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not ready.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as directory:
            made = Path(shutil.copytree(HELLO, Path(directory) / "hello"))
            npm = str(Path(sys.executable).parent / "npm")
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", f"--cache={directory}/cache"]
            done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, done.stderr
            made.rename(ready)
    return ready


def hello(reality: Reality, client: str, uri: str) -> subprocess.CompletedProcess[str]:
    """Runs the guide's program, as it stands, on a client."""
    dotenv = reality.write("hello/.env", f'MONGODB_URI="{uri}"\nMONGODB_DB="pe_demo"\n')
    trust = {"NODE_EXTRA_CA_CERTS": str(reality.directory / "ca.pem")}
    program = str(node_modules() / "index.js")
    return reality.run("node", program, client=client, cwd=dotenv.parent, env=trust, timeout=60)


def login(link: dict[str, Any]) -> str:
    return f"{link['private_link_verify_username']}:{link['private_link_verify_password']}"


def test_the_guides_hello_world_runs_unmodified(reality: Reality) -> None:
    where = f"{login(reality.links['standing'])}@{reality.srv_host}"
    done = hello(reality, "app", f"mongodb+srv://{where}/?retryWrites=true&w=majority")
    assert done.returncode == 0, done.stdout + done.stderr
    for words in HELLO_SAYS:
        assert words in done.stdout


#: So that every module for this product has something to do.
MONGO = {
    **NO_REPORT,
    "mongo_cluster_private_link_approval": "manual",
    "mongo_cluster_private_link_public_network_access": "Disabled",
}


@pytest.fixture(scope="module")
def mongo_uri(reality: Reality) -> str:
    """The connection string of the Azure DocumentDB cluster without its options. The playbook has linked it to a
    network by now, with default endpoints."""
    needs("sshd", "ssh")
    link = reality.links["mongo_cluster"]
    assert [name for name in link if re.search("url|host|resolver|ca_path", name, re.IGNORECASE)] == []
    first = reality.play("mongo_cluster_private_link", "mongo_cluster", "planned", **MONGO).assert_ok()
    assert first.changed >= 3 and WORKS in first.output  # the network may be there already, for the link to Atlas
    return f"mongodb+srv://{login(link)}@{link['mongo_cluster_private_link_cluster']}.mongocluster.cosmos.azure.com"


def test_an_azure_documentdb_cluster_is_linked_and_the_second_run_changes_nothing(
    reality: Reality, mongo_uri: str
) -> None:
    before = reality.writes()
    second = reality.play("mongo_cluster_private_link", "mongo_cluster", "planned", **MONGO).assert_ok()
    assert second.changed == 0 and reality.writes() == before and WORKS in second.output
    alone = reality.play("verify", "mongo_cluster", "planned", **NO_REPORT)
    assert alone.code == 0 and WORKS in alone.output, alone.output[-6000:]


def test_its_connection_string_is_enough_for_drivers(reality: Reality, mongo_uri: str) -> None:
    """PyMongo and Node's driver know nothing but the string and the CA."""
    script = """
import sys
import pymongo
with pymongo.MongoClient(sys.stdin.read()) as client:
    orders = client.app.orders
    orders.insert_one({"_id": 1})
    print(orders.count_documents({}), *client.nodes)
    orders.delete_one({"_id": 1})
"""
    trust = {"SSL_CERT_FILE": str(reality.directory / "ca.pem"), "PYTHONWARNINGS": "ignore"}
    uri = f"{mongo_uri}/?{OPTIONS}"
    done = reality.run(sys.executable, "-c", script, client="planned", given=uri, env=trust, timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"1 \('fc-[0-9a-f]{12}-000\.mongocluster\.cosmos\.azure\.com', 10260\)\n", done.stdout)

    done = hello(reality, "planned", uri)
    assert done.returncode == 0, done.stdout + done.stderr
    for words in HELLO_SAYS:
        assert words in done.stdout

    done = hello(reality, "planned", f"{mongo_uri}/?retryWrites=true&w=majority")
    assert done.returncode != 0 and "Retryable writes are not supported" in done.stderr
