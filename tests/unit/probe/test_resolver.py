# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DNS answers as data: what counts as an answer, and what kind of "no" a negative one is."""

from __future__ import annotations

import functools
import ipaddress
from pathlib import Path

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import MissingLibrary
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe import resolver
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.host import normalise
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.resolver import (
    Answer,
    Server,
    ask,
    parse_server,
    read_response,
    system_servers,
)

NAME = "pl-0-eastus2-azure.ab123.mongodb.net"
PUBLIC_SOA = ("mongodb.net.", 60, "IN", "SOA", "ns.mongodb.net. hostmaster.mongodb.net. 1 7200 900 1209600 60")
PRIVATE_SOA = (
    *("ab123.mongodb.net.", 10, "IN", "SOA"),
    "AzurePrivateDNS.net. azureprivatedns-host.microsoft.com. 1 3600 300 2419200 10",
)

addresses = st.ip_addresses()
ports = st.integers(1, 65535)


@given(addresses, ports)
def test_servers_are_read_as_they_are_written(address: ipaddress.IPv4Address, port: int) -> None:
    server = Server(str(address), port)
    assert parse_server(str(server)) == server
    assert parse_server(str(address)) == Server(str(address), 53)


@given(st.text(max_size=30))
def test_what_is_no_server_is_a_value_error_or_an_address(text: str) -> None:
    try:
        server = parse_server(text)
    except ValueError:
        return
    assert ipaddress.ip_address(server.address)
    assert 0 < server.port < 65536


@pytest.mark.parametrize("text", ["", "dns.example.com", "10.0.0.4:0", "10.0.0.4:65536", "[::1]53", "[::1]:", "[::1"])
def test_no_server(text: str) -> None:
    with pytest.raises(ValueError):
        parse_server(text)


@given(st.text(alphabet="aB.-_ ", max_size=20))
def test_normalising_twice_changes_nothing(name: str) -> None:
    assert normalise(normalise(name)) == normalise(name)


def response(
    rdtype: str,
    answers: list[tuple[str, int, str, str, str]],
    authority: tuple[str, int, str, str, str] | None,
    rcode: str,
) -> dns.message.Message:
    message = dns.message.make_response(dns.message.make_query(NAME, rdtype))
    message.set_rcode(dns.rcode.from_text(rcode))
    message.answer = [dns.rrset.from_text(*rrset) for rrset in answers]
    message.authority = [dns.rrset.from_text(*authority)] if authority else []
    return dns.message.from_wire(message.to_wire())


@pytest.mark.parametrize(
    ("authority", "rcode", "symptom"),
    [
        (PRIVATE_SOA, "NXDOMAIN", "private_zone"),
        (PRIVATE_SOA, "NOERROR", "private_zone"),
        (PUBLIC_SOA, "NXDOMAIN", "nxdomain"),
        (PUBLIC_SOA, "NOERROR", "nodata"),
        (None, "NOERROR", "emptied"),
        (None, "NXDOMAIN", "nxdomain"),
        (None, "SERVFAIL", "server_failure"),
        (None, "REFUSED", "server_failure"),
    ],
)
def test_kinds_of_no(authority: tuple[str, int, str, str, str] | None, rcode: str, symptom: str) -> None:
    answer = read_response(response("A", [], authority, rcode), NAME, "A", "10.0.0.4:53")
    assert answer.symptom() == symptom
    assert answer.rcode == rcode
    assert rcode == "NOERROR" or rcode in answer.summary()
    assert (answer.private_zone is not None) == (authority is PRIVATE_SOA)


def test_aliases_are_followed_and_kept() -> None:
    alias = f"fc-1.privatelink.{NAME}"
    answers = [(f"{NAME}.", 300, "IN", "CNAME", f"{alias}."), (f"{alias}.", 10, "IN", "A", "10.0.0.4")]
    answer = read_response(response("A", answers, None, "NOERROR"), NAME, "A", "10.0.0.4:53")
    assert (answer.records, answer.aliases, answer.ttl) == (("10.0.0.4",), (alias,), 10)
    assert answer.symptom() is None
    gone = read_response(response("A", answers[:1], PRIVATE_SOA, "NXDOMAIN"), NAME, "A", "10.0.0.4:53")
    assert (gone.aliases, gone.symptom()) == ((alias,), "private_zone")


def test_the_strings_of_a_txt_record_make_one_text() -> None:
    answers = [(f"{NAME}.", 60, "IN", "TXT", '"authSource=admin" "&replicaSet=x"')]
    answer = read_response(response("TXT", answers, None, "NOERROR"), NAME, "TXT", "10.0.0.4:53")
    assert answer.records == ("authSource=admin&replicaSet=x",)


def test_nobody_to_ask() -> None:
    answer = ask([], NAME, "A", 1)
    assert answer == Answer(NAME, "A")
    assert (answer.symptom(), answer.summary()) == ("no_answer", "there is no DNS server to ask")


def test_the_systems_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = tmp_path / "resolv.conf"
    configuration.write_text("nameserver 10.0.0.4\nnameserver ::1\n")
    monkeypatch.setattr(dns.resolver, "Resolver", functools.partial(dns.resolver.Resolver, str(configuration)))
    assert system_servers() == (Server("10.0.0.4"), Server("::1"))
    configuration.unlink()
    assert system_servers() == ()


def test_without_dnspython(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver.require_dnspython()
    monkeypatch.setattr(resolver, "DNSPYTHON_ERROR", "No module named 'dns'")
    with pytest.raises(MissingLibrary, match="pip install dnspython"):
        resolver.require_dnspython()
