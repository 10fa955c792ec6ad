# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of private_link_probe share: DNS as a test sets it, a replica set, and a probe of both."""

from __future__ import annotations

import contextlib
import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import trustme

from tests.lab.dns import PrivateZone, PublicAnswer, RecordSet
from tests.lab.mongod import Member, MongodServer, ReplicaSet
from tests.support.background import Run

HASH = "ab123.mongodb.net"
HOST = f"pl-0-eastus2-azure.{HASH}"
SEED = f"cluster0-pl-0.{HASH}"
SRV = f"_mongodb._tcp.{SEED}"
ENDPOINT = "127.10.20.4"
TXT = '"authSource=admin&replicaSet=atlas-x1y2z3-shard-0"'
USER, PASSWORD = "app", "s3cret-canary"
PATH = ["resolver", "srv", "txt", "parent_domain", "address", "expected_address"]
DRIVER = ["hello", "authentication", "create", "read", "update", "delete"]

Probe = Callable[..., dict[str, Any]]


def records(*values: str) -> RecordSet:
    return RecordSet(60, values)


@dataclass
class Names:
    """DNS as the tests set it."""

    public_records: dict[tuple[str, str], RecordSet] = field(default_factory=dict)
    zones: list[PrivateZone] = field(default_factory=list)
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def private_zones(self) -> list[PrivateZone]:
        return self.zones

    def public(self, name: str, rdtype: str) -> PublicAnswer:
        exists = any(owner == name or owner.endswith(f".{name}") for owner, _type in self.public_records)
        return PublicAnswer(exists, self.public_records.get((name, rdtype)), "mongodb.net")

    def fault(self, name: str, rdtype: str) -> str | None:
        return self.faults.get((name, rdtype))


@dataclass
class Link:
    """A cluster of three ports behind one address, its names, and how to probe it."""

    run: Run
    names: Names
    cluster: ReplicaSet
    servers: list[MongodServer]
    options: dict[str, Any]
    module: Probe

    @property
    def ports(self) -> list[int]:
        return [server.port for server in self.servers]

    def publish(self, ports: list[int]) -> None:
        """Writes these ports into SRV."""
        self.names.public_records[SRV, "SRV"] = records(*(f"0 0 {port} {HOST}." for port in ports))

    def probe(self, **options: Any) -> dict[str, Any]:
        """The module's result; an option that is None is left out."""
        given = {**self.options, **options}
        return self.module("private_link_probe", **{name: value for name, value in given.items() if value is not None})

    def broken(self, hop: str, symptom: str, **options: Any) -> dict[str, Any]:
        """The report of a probe that must fail at this hop; its cause and fix may leave nothing open."""
        result = self.probe(**options)
        report: dict[str, Any] = result["probe"]
        assert result["failed"]
        assert (report["broken_hop"], report["symptom"]) == (hop, symptom)
        assert result["error"]["cause"] == report["cause"]
        assert result["msg"].startswith(f"{report['srv_host']} is not usable from here, the broken hop is {hop}: ")
        assert result["msg"].endswith(report["fix"])
        assert "unknown" not in report["cause"] + report["fix"]
        assert PASSWORD not in json.dumps(result)
        return report


def statuses(report: dict[str, Any]) -> dict[str, str]:
    """hop -> status; of a hop with several targets, the statuses that occur."""
    found: dict[str, list[str]] = {}
    for hop in report["hops"]:
        found.setdefault(hop["hop"], []).append(hop["status"])
    return {hop: "/".join(sorted(set(seen))) for hop, seen in found.items()}


def hop_of(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(hop for hop in report["hops"] if hop["hop"] == name)


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


@contextlib.contextmanager
def serving(run: Run, *servers: Any) -> Iterator[None]:
    started = []
    try:
        for server in servers:
            run(server.start())
            started.append(server)
        yield
    finally:
        for server in started:
            run(server.stop())


@contextlib.contextmanager
def replica_set(run: Run, cluster: ReplicaSet, certificate: trustme.LeafCert) -> Iterator[list[MongodServer]]:
    members: list[Member] = []
    servers = [
        MongodServer(cluster, lambda: members, index, ENDPOINT, 0, server_context(certificate), require_sni=True)
        for index in range(3)
    ]
    with serving(run, *servers):
        members += [Member(HOST, server.port) for server in servers]
        yield servers
