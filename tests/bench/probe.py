# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a probe takes, beside the least that anybody could take for the same."""

from __future__ import annotations

import socket
import ssl
import statistics
import time
from collections.abc import Callable
from typing import Any

import pymongo

from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.driver import resolving_with
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.resolver import parse_server
from tests.bench.document import table
from tests.lab import faults
from tests.lab.links import BuiltLink
from tests.lab.runtime import Lab
from tests.support.modules import run_module

RUNS = 9
TIMEOUT = 2.0  # seconds


def seconds(work: Callable[[], Any], runs: int = RUNS) -> float:
    """The median of several runs, after one that is not counted."""
    work()
    taken = []
    for _run in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def probe(lab: Lab, link: BuiltLink, ok: bool) -> None:
    options: dict[str, Any] = {
        "username": link.username,
        "password": link.password,
        "ca_path": str(lab.ca_path),
        "timeout": TIMEOUT,
    }
    result = run_module(
        "private_link_probe",
        srv_host=link.srv_host,
        resolvers=[link.resolver],
        expected_addresses=list(link.addresses),
        on_failure="report",
        **options,
    )
    if result["probe"]["ok"] is not ok:
        raise RuntimeError(f"the probe of {link.name} says {result['probe']}")


def shake_hands(lab: Lab, link: BuiltLink) -> None:
    """A TLS handshake on each of the three ports, one after the other."""
    cluster = next(iter(lab.world.projects[link.project_id].clusters.values()))
    (string,) = lab.world.private_strings(lab.world.projects[link.project_id], cluster)
    context = ssl.create_default_context(cafile=str(lab.ca_path))
    for host, port in string.targets:
        with (
            socket.create_connection((link.addresses[0], port)) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            pass


def application(lab: Lab, link: BuiltLink) -> None:
    """What an application does anyway: connect by the SRV name, write, read and delete one document."""
    options: dict[str, Any] = {"username": link.username, "password": link.password, "tlsCAFile": str(lab.ca_path)}
    with (
        resolving_with([parse_server(link.resolver)], TIMEOUT),
        pymongo.MongoClient(f"mongodb+srv://{link.srv_host}/", **options) as client,
    ):
        documents = client["bench"]["bench"]
        documents.insert_one({"_id": 1})
        documents.find_one({"_id": 1})
        documents.delete_one({"_id": 1})


def main() -> str:
    with Lab("instant") as lab:
        healthy, dropped = lab.build_link("healthy"), lab.build_link("dropped")
        faults.inject(lab, "ports_filtered", "dropped")
        rows = {
            "TLS handshakes on three ports": seconds(lambda: shake_hands(lab, healthy)),
            "an application: connect, insert, find, delete": seconds(lambda: application(lab, healthy)),
            "a whole probe, healthy": seconds(lambda: probe(lab, healthy, True)),
            f"a whole probe, all ports dropped (timeout {TIMEOUT:.0f} s)": seconds(
                lambda: probe(lab, dropped, False), 3
            ),
        }
    base = rows["an application: connect, insert, find, delete"]
    return table(("what", "seconds", "of an application"), [(name, took, took / base) for name, took in rows.items()])
