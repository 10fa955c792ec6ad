# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""private_link_probe when names are looked up: each fault provoked for real."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from ansible_collections.privatelink.mongodb.plugins.module_utils._probe import driver, probe
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.resolver import parse_server
from tests.integration.private_link_probe.probing import (
    ENDPOINT,
    HASH,
    HOST,
    SEED,
    SRV,
    TXT,
    Link,
    hop_of,
    records,
    statuses,
)
from tests.lab.dns import PrivateZone


def test_nobody_answers(link: Link) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dead:
        dead.bind(("127.0.0.2", 0))
        start = time.monotonic()
        report = link.broken("resolver", "no_answer", resolvers=[f"127.0.0.2:{dead.getsockname()[1]}"], timeout=0.5)
        assert time.monotonic() - start < 1.5
    assert {hop["status"] for hop in report["hops"][1:]} == {"skipped"}
    assert {hop["skipped_because"] for hop in report["hops"][1:]} == {"resolver"}


def test_a_shadow_zone(link: Link) -> None:
    link.names.zones = [PrivateZone(HASH, {("pl-0-eastus2-azure", "A"): records(ENDPOINT)})]
    report = link.broken("srv", "private_zone")
    assert f"private DNS zone {HASH}" in report["cause"]
    assert hop_of(report, "resolver")["observed"]["private_zone"] == HASH
    assert hop_of(report, "srv")["observed"]["rcode"] == "NXDOMAIN"
    assert statuses(report)["txt"] == "failed"
    assert hop_of(report, "tcp")["skipped_because"] == "srv"


def test_a_host_zone_is_its_cure(link: Link) -> None:
    link.names.public_records[HOST, "A"] = records("10.9.9.9")
    link.names.zones = [PrivateZone(HOST, {("@", "A"): records(ENDPOINT)})]
    assert link.probe()["probe"]["ok"]


def test_a_mirror_without_txt(link: Link) -> None:
    own = {("pl-0-eastus2-azure", "A"): records(ENDPOINT)}
    own["_mongodb._tcp.cluster0-pl-0", "SRV"] = link.names.public_records[SRV, "SRV"]
    link.names.zones = [PrivateZone(HASH, own)]
    report = link.broken("txt", "private_zone")
    assert statuses(report)["tls"] == "ok"
    assert hop_of(report, "hello")["skipped_because"] == "txt"


@pytest.mark.parametrize(
    ("name", "rdtype", "fault", "hop", "symptom"),
    [
        (SRV, "SRV", "nxdomain", "srv", "nxdomain"),
        (SRV, "SRV", "nodata", "srv", "emptied"),
        (SRV, "SRV", "servfail", "srv", "server_failure"),
        (SRV, "SRV", "drop", "srv", "no_answer"),
        (SEED, "TXT", "servfail", "txt", "server_failure"),
        (SEED, "TXT", "drop", "txt", "no_answer"),
        (HOST, "A", "rebind", "address", "emptied"),
        (HOST, "A", "refused", "address", "server_failure"),
        (HOST, "A", "drop", "address", "no_answer"),
        (HOST, "A", "nxdomain", "address", "nxdomain"),
    ],
)
def test_answers_that_are_none(link: Link, name: str, rdtype: str, fault: str, hop: str, symptom: str) -> None:
    if symptom == "nxdomain":  # as public DNS says it, with the zone's SOA
        del link.names.public_records[name, rdtype]
    else:
        link.names.faults[name, rdtype] = fault
    link.broken(hop, symptom, timeout=0.5)


def test_txt_failing_does_not_stop_the_addresses(link: Link) -> None:
    link.names.faults[SEED, "TXT"] = "servfail"
    found = statuses(link.broken("txt", "server_failure"))
    assert [found[hop] for hop in ("address", "expected_address", "tcp", "tls")] == ["ok"] * 4
    assert found["hello"] == "skipped"


def test_no_txt_at_all_is_not_an_error(link: Link) -> None:
    del link.names.public_records[SEED, "TXT"]
    assert link.probe()["probe"]["ok"]


@pytest.mark.parametrize(
    ("txt", "symptom"),
    [((TXT, '"authSource=admin"'), "several_records"), (('"authSource=admin&tls=false"',), "strange_option")],
)
def test_txt_that_drivers_refuse(link: Link, txt: tuple[str, ...], symptom: str) -> None:
    link.names.public_records[SEED, "TXT"] = records(*txt)
    link.broken("txt", symptom)


def test_targets_outside_the_parent_domain(link: Link) -> None:
    link.names.public_records[SRV, "SRV"] = records(f"0 0 {link.ports[0]} db.example.com.")
    link.names.public_records["db.example.com", "A"] = records(ENDPOINT)
    report = link.broken("parent_domain", "outside")
    assert f"db.example.com:{link.ports[0]}" in report["cause"]


def test_a_zone_that_lost_its_record(link: Link) -> None:
    link.names.zones = [PrivateZone(HOST, {})]
    assert HOST in link.broken("address", "private_zone")["cause"]


def test_a_name_without_an_address(link: Link) -> None:
    link.names.public_records[HOST, "TXT"] = link.names.public_records.pop((HOST, "A"))
    link.broken("address", "nodata")


@pytest.mark.parametrize(
    ("address", "expected", "symptom"),
    [("127.10.20.9", [ENDPOINT], "unexpected"), ("203.0.113.7", [ENDPOINT], "public"), ("203.0.113.7", None, "public")],
)
def test_the_wrong_address(link: Link, address: str, expected: list[str] | None, symptom: str) -> None:
    link.names.public_records[HOST, "A"] = records(address)
    report = link.broken("expected_address", symptom, expected_addresses=expected, hops=["expected_address"])
    assert address in report["cause"]


@pytest.fixture
def at_home(link: Link, monkeypatch: pytest.MonkeyPatch) -> Iterator[Link]:
    """This process takes the lab's DNS for the machine's own."""
    server = parse_server(link.options["resolvers"].pop())
    monkeypatch.setattr(probe, "system_servers", lambda: (server,))
    with driver.resolving_with([server], 2):
        yield link


def test_the_machines_own_resolver(at_home: Link) -> None:
    report = at_home.probe()["probe"]
    assert report["ok"]
    assert hop_of(report, "address")["observed"]["system"] == [ENDPOINT]


def test_a_stale_line_in_the_hosts_file(at_home: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    own = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.10.20.9", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: own)
    report = at_home.broken("expected_address", "hosts_file", hops=["expected_address"])
    assert report["targets"][0]["addresses"] == ["127.10.20.9"]
