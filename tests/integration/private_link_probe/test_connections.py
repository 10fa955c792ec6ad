# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""private_link_probe when it connects, shakes hands and signs in: each fault provoked for real."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.integration.private_link_probe.probing import (
    DRIVER,
    ENDPOINT,
    HOST,
    SEED,
    USER,
    Link,
    hop_of,
    records,
    replica_set,
    serving,
    statuses,
)
from tests.lab.documents import COLLECTION_COMMANDS, CommandError
from tests.lab.listener import TcpListener
from tests.support.background import Run


@contextlib.contextmanager
def full_backlog(address: str) -> Iterator[int]:
    """A port at which new connections get no answer: its listener never accepts, and its queue is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((address, 0), backlog=0))
        port: int = listener.getsockname()[1]
        for _client in range(8):
            client = stack.enter_context(socket.socket())
            client.settimeout(0.2)
            try:
                client.connect((address, port))
            except TimeoutError:
                break
        else:
            pytest.fail("the queue does not fill up on this system")
        yield port


def test_one_port_of_three_is_dropped(link: Link) -> None:
    with full_backlog(ENDPOINT) as silent:
        link.publish([*link.ports[:2], silent])
        start = time.monotonic()
        report = link.broken("tcp", "timeout_of_some", timeout=1.0)
        assert time.monotonic() - start < 3.0  # three ports, one timeout
    assert f"{HOST}:{silent}" in report["cause"]
    assert statuses(report)["tls"] == "ok/skipped"
    assert hop_of(report, "hello")["skipped_because"] == "tcp"


def test_all_ports_dropped_cost_one_timeout(link: Link) -> None:
    with full_backlog(ENDPOINT) as one, full_backlog(ENDPOINT) as two, full_backlog(ENDPOINT) as three:
        link.publish([one, two, three])
        start = time.monotonic()
        report = link.broken("tcp", "timeout", timeout=1.0)
        assert time.monotonic() - start < 3.0  # three ports, one timeout
    assert statuses(report)["tcp"] == "failed"
    assert report["cause"].count(HOST) == 3


def test_one_port_of_three_is_closed(link: Link) -> None:
    link.run(link.servers[2].stop())
    report = link.broken("tcp", "refused")
    assert statuses(report)["tcp"] == "failed/ok"
    assert f"{HOST}:{link.ports[2]}" in report["cause"]


# -- TLS ---------------------------------------------------------------------------------------------------------------


def test_another_authority(link: Link, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    report = link.broken("tls", "unknown_ca", ca_path=str(tmp_path / "other.pem"))
    assert "trustme" in report["cause"]
    assert hop_of(report, "tls")["observed"]["names"] == [HOST]


def valid_from(start: datetime.datetime, days: int = 30) -> Callable[[trustme.CA], trustme.LeafCert]:
    return lambda ca: ca.issue_cert(HOST, not_before=start, not_after=start + datetime.timedelta(days))


@pytest.mark.parametrize(
    ("issue", "symptom", "evidence"),
    [
        (valid_from(datetime.datetime(2020, 1, 1)), "expired", "2020-01-31"),
        (valid_from(datetime.datetime(2200, 1, 1)), "not_yet_valid", "2200-01-01"),
        (lambda ca: ca.issue_cert("proxy.example.com"), "wrong_name", "proxy.example.com"),
    ],
)
def test_a_certificate_that_does_not_hold(
    link: Link, authority: trustme.CA, issue: Callable[[trustme.CA], trustme.LeafCert], symptom: str, evidence: str
) -> None:
    with replica_set(link.run, link.cluster, issue(authority)) as servers:
        link.publish([server.port for server in servers])
        report = link.broken("tls", symptom)
    assert evidence in report["cause"]
    assert statuses(report)["hello"] == "skipped"


@contextlib.contextmanager
def plain_server(run: Run, reply: bytes) -> Iterator[int]:
    """Says this to whoever sends something, and closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(reply)
        await writer.drain()

    listener = TcpListener(serve, ENDPOINT, 0)
    with serving(run, listener):
        yield listener.port


@pytest.mark.parametrize(
    ("reply", "symptom"),
    [
        (b"", "closed"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not_tls"),
        (b"\x15\x03\x03\x00\x02\x02\x50", "internal_error"),
    ],
)
def test_what_answers_is_not_the_cluster(link: Link, reply: bytes, symptom: str) -> None:
    with plain_server(link.run, reply) as port:
        link.publish([port])
        link.broken("tls", symptom)


def test_a_handshake_without_an_answer(link: Link) -> None:
    with socket.create_server((ENDPOINT, 0)) as listener:
        link.publish([listener.getsockname()[1]])
        link.broken("tls", "timeout", timeout=0.5)


# -- Driver ------------------------------------------------------------------------------------------------------------


def test_a_wrong_password(link: Link) -> None:
    report = link.broken("authentication", "wrong_credentials", password="another")
    assert report["cause"] == f"The network path is fine, but the login of {USER} was refused."
    assert hop_of(report, "authentication")["observed"]["code"] == 8000
    assert statuses(report)["hello"] == "ok"
    assert {hop_of(report, name)["skipped_because"] for name in DRIVER[2:]} == {"authentication"}
    link.broken("authentication", "wrong_credentials", auth_source="elsewhere")


def test_a_txt_record_of_another_replica_set(link: Link) -> None:
    link.names.public_records[SEED, "TXT"] = records('"authSource=admin&replicaSet=atlas-old-shard-0"')
    assert "atlas-old-shard-0" in link.broken("hello", "wrong_set", timeout=1.0)["cause"]


def test_no_primary(link: Link) -> None:
    link.publish(link.ports[1:])
    link.run(link.servers[0].stop())
    report = link.broken("hello", "members_unreachable", timeout=1.0)
    assert f"{HOST}:{link.ports[0]}" in report["cause"]


def test_a_document_that_cannot_be_updated_is_still_deleted(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_collection: object, _body: object) -> dict[str, Any]:
        raise CommandError(8000, "AtlasError", "user is not allowed to do action [update]")

    monkeypatch.setitem(COLLECTION_COMMANDS, "update", refuse)
    report = link.broken("update", "not_authorized")
    assert statuses(report)["delete"] == "ok"
    assert "privatelink_probe.privatelink_probe" in report["cause"]
    assert all(not found.documents for found in link.cluster.collections.values())
