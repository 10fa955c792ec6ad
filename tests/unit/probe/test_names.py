# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a driver accepts in DNS, and which addresses are right, as pure functions and as properties."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.names import (
    Port,
    compare_addresses,
    find_addresses,
    is_private,
    parent_domain,
    srv_targets,
    stay_in_domain,
    txt_symptom,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.resolver import Answer

HOST = "pl-0-eastus2-azure.ab123.mongodb.net"

labels = st.text("abcxyz0189-", min_size=1, max_size=8)
hosts = st.lists(labels, min_size=2, max_size=5).map(".".join)


@given(hosts, labels)
def test_a_sibling_is_within_the_parent_domain_and_a_stranger_is_not(host: str, label: str) -> None:
    domain = parent_domain(host)
    assert host == domain or host.endswith(f".{domain}")
    assert stay_in_domain(host, [f"{label}.{domain}:1024"]).status == "ok"
    for stranger in (f"{label}.example.org", f"evil{domain}", domain):
        hop = stay_in_domain(host, [f"{label}.{domain}:1024", f"{stranger}:1024"])
        assert (hop.symptom, hop.observed["outside"]) == ("outside", [f"{stranger}:1024"])


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("cluster0-pl-0.ab123.mongodb.net", "ab123.mongodb.net"),
        ("cluster.mongocluster.cosmos.azure.com", "mongocluster.cosmos.azure.com"),
        ("a.example.com", "example.com"),
        ("example.com", "example.com"),
    ],
)
def test_parent_domains(host: str, domain: str) -> None:
    assert parent_domain(host) == domain


targets = st.lists(st.tuples(hosts, st.integers(1, 65535)), max_size=6)


@given(targets, st.randoms())
def test_targets_do_not_depend_on_order_spelling_or_repetition(found: list[tuple[str, int]], random: Random) -> None:
    records = [f"0 0 {port} {host.upper()}." for host, port in found]
    shuffled = records * 2
    random.shuffle(shuffled)
    assert srv_targets(records) == srv_targets(shuffled) == sorted({Port(host, port) for host, port in found})


@pytest.mark.parametrize(
    ("answer", "symptom"),
    [
        (Answer("n", "TXT", "NOERROR", "s", ("authSource=admin&replicaSet=x",)), None),
        (Answer("n", "TXT", "NOERROR", "s", ("AUTHSOURCE=admin",)), None),
        (Answer("n", "TXT", "NOERROR", "s", ("authSource=admin&ssl=true",)), "strange_option"),
        (Answer("n", "TXT", "NOERROR", "s", ("v=spf1 -all",)), "strange_option"),
        (Answer("n", "TXT", "NOERROR", "s", ("not an option",)), "strange_option"),
        (Answer("n", "TXT", "NOERROR", "s", ("a=b", "authSource=admin")), "several_records"),
        (Answer("n", "TXT", "NXDOMAIN", "s"), None),
        (Answer("n", "TXT", "NOERROR", "s"), None),
        (Answer("n", "TXT", "NXDOMAIN", "s", zone="z", primary="azureprivatedns.net"), "private_zone"),
        (Answer("n", "TXT", "SERVFAIL", "s"), "server_failure"),
        (Answer("n", "TXT"), "no_answer"),
    ],
)
def test_what_drivers_make_of_txt(answer: Answer, symptom: str | None) -> None:
    assert txt_symptom(answer)[0] == symptom


@given(st.ip_addresses())
def test_what_is_global_is_not_private(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert not (address.is_global and is_private(str(address)))


@pytest.mark.parametrize(
    ("address", "private"),
    [
        *[("10.0.0.4", True), ("172.31.255.1", True), ("192.168.1.1", True), ("100.64.0.1", True), ("fd00::1", True)],
        *[("20.50.1.1", False), ("172.32.0.1", False), ("203.0.113.7", False), ("2603:1030::1", False)],
    ],
)
def test_private_addresses(address: str, private: bool) -> None:
    assert is_private(address) is private


def compared(found: list[str], expected: set[str], in_dns: list[str] | None = None) -> str | None:
    observed = {"addresses": found, "dns": found if in_dns is None else in_dns}
    return compare_addresses(HOST, observed, expected).symptom


def test_right_and_wrong_addresses() -> None:
    assert compared(["10.0.0.4"], {"10.0.0.4", "10.1.0.4"}) is None
    assert compared(["10.0.0.4"], set()) is None
    assert compared(["20.50.1.1"], {"20.50.1.1"}) is None  # a virtual network may use public addresses
    assert compared(["10.0.0.4", "10.0.0.5"], {"10.0.0.4"}) == "unexpected"
    assert compared(["20.50.1.1"], set()) == "public"
    assert compared(["10.0.0.4", "20.50.1.1"], {"10.0.0.4"}) == "public"
    assert compared(["10.0.0.9"], {"10.0.0.4"}, in_dns=["10.0.0.4"]) == "hosts_file"


addresses = st.lists(st.ip_addresses(v=4).map(str), min_size=1, max_size=4, unique=True)


@given(addresses, addresses)
def test_addresses_are_right_exactly_if_all_are_expected(found: list[str], expected: list[str]) -> None:
    assert (compared(found, set(expected)) is None) == (set(found) <= set(expected))
    assert compared(found, set(found)) is None


def entry(address: str) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))]


def test_the_systems_own_look_up_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: entry("10.0.0.4"))
    hop = find_addresses([], HOST, 1, use_system=True)
    assert (hop.status, hop.observed["addresses"], hop.observed["dns"]) == ("ok", ["10.0.0.4"], [])
    assert "not from DNS" in hop.message
    assert find_addresses([], HOST, 1, use_system=False).symptom == "no_answer"


def test_a_system_that_does_not_know_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_a: object, **_k: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    hop = find_addresses([], HOST, 1, use_system=True)
    assert (hop.status, hop.observed["system"]) == ("failed", [])
    assert "Name or service not known" in hop.message


def test_a_system_that_hangs_costs_one_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: release.wait(10))
    start = time.monotonic()
    hop = find_addresses([], HOST, 0.2, use_system=True)
    release.set()
    assert time.monotonic() - start < 2
    assert "no answer in time" in hop.message
