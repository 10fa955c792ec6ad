# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's DNS, asked by dnspython's resolver over UDP and TCP, and its resolution as a pure function."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import dns.update
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.dns import DnsServer, PrivateZone, PublicAnswer, RecordSet, resolve
from tests.support.background import Run, background_loop

HASH = "ab123.mongodb.net"
HOST = f"pl-0-eastus2-azure.{HASH}"
SEED = f"cluster0-pl-0.{HASH}"
SRV = f"_mongodb._tcp.{SEED}"
VCORE = "mongocluster.cosmos.azure.com"
PRIVATE_VCORE = "privatelink.mongocluster.cosmos.azure.com"

Records = dict[tuple[str, str], RecordSet]


@dataclass
class FakeView:
    """A view whose parts the tests set."""

    zones: list[PrivateZone] = field(default_factory=list)
    records: Records = field(default_factory=dict)
    faults: dict[tuple[str, str], str] = field(default_factory=dict)

    def private_zones(self) -> list[PrivateZone]:
        return self.zones

    def public(self, name: str, rdtype: str) -> PublicAnswer:
        assert name == name.lower()
        assert not name.endswith(".")
        exists = any(owner == name or owner.endswith(f".{name}") for owner, _type in self.records)
        zone = VCORE if name.endswith(VCORE) else "mongodb.net"
        return PublicAnswer(exists, self.records.get((name, rdtype)), zone)

    def fault(self, name: str, rdtype: str) -> str | None:
        return self.faults.get((name, rdtype))


def one(*values: str) -> RecordSet:
    return RecordSet(60, values)


def public_records() -> Records:
    """What Atlas and vCore publish."""
    return {
        (SRV, "SRV"): one(*(f"0 0 {port} {HOST}." for port in (1024, 1025, 1026))),
        (SEED, "TXT"): one('"authSource=admin&replicaSet=atlas-x1y2z3-shard-0"'),
        (HOST, "A"): one("10.0.0.4"),
        (f"fc-1-000.{VCORE}", "CNAME"): one(f"fc-1-000.{PRIVATE_VCORE}."),
        (f"fc-1-000.{PRIVATE_VCORE}", "A"): one("203.0.113.7"),
        (f"other.{PRIVATE_VCORE}", "A"): one("203.0.113.8"),
        (f"other.{PRIVATE_VCORE}", "TXT"): one('"public"'),
    }


class Client:
    """Asks one server the way a machine's resolver would."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.resolver = dns.resolver.Resolver(configure=False)
        self.resolver.nameservers = ["127.0.0.1"]
        self.resolver.port = port
        self.resolver.lifetime = 1.0

    def ask(self, name: str, rdtype: str) -> list[str]:
        return sorted(rdata.to_text() for rdata in self.resolver.resolve(name, rdtype, search=False))

    def udp(self, query: dns.message.Message) -> dns.message.Message:
        return dns.query.udp(query, "127.0.0.1", port=self.port, timeout=2)

    def message(self, name: str, rdtype: str) -> dns.message.Message:
        return self.udp(dns.message.make_query(name, rdtype))

    def outcome(self, name: str, rdtype: str) -> tuple[str, str]:
        """(rcode, "owner mname" of the SOA that says so) of a negative answer."""
        response = self.message(name, rdtype)
        (soa,) = response.authority
        return dns.rcode.to_text(response.rcode()), f"{soa.name} {soa[0].mname}"


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with background_loop() as run:
        yield run


@pytest.fixture
def view() -> FakeView:
    return FakeView(records=public_records())


@pytest.fixture
def events() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def client(run: Run, view: FakeView, events: list[dict[str, Any]]) -> Iterator[Client]:
    server = DnsServer(view, "127.0.0.1", 0, events.append)
    run(server.start())
    yield Client(server.port)
    run(server.stop())


AZURE_SOA = "azureprivatedns.net."


def test_public_records_as_published(client: Client) -> None:
    assert client.ask(SRV, "SRV") == [f"0 0 {port} {HOST}." for port in (1024, 1025, 1026)]
    assert client.ask(SEED, "TXT") == ['"authSource=admin&replicaSet=atlas-x1y2z3-shard-0"']
    assert client.ask(HOST.upper(), "A") == ["10.0.0.4"]


def test_public_nodata_and_nxdomain(client: Client) -> None:
    assert client.outcome(SEED, "A") == ("NOERROR", "mongodb.net. ns.mongodb.net.")
    assert client.outcome(f"_tcp.{SEED}", "A")[0] == "NOERROR"
    assert client.outcome(f"nothing.{HASH}", "A") == ("NXDOMAIN", "mongodb.net. ns.mongodb.net.")


def test_answers_are_recursive_and_not_authoritative(client: Client, view: FakeView) -> None:
    view.zones = [PrivateZone(HOST, {("@", "A"): one("10.1.2.3")})]
    response = client.message(HOST, "A")
    assert response.flags & dns.flags.RA
    assert response.flags & dns.flags.RD
    assert not response.flags & dns.flags.AA


def test_a_cluster_zone_with_a_records_only_shadows_srv_and_txt(client: Client, view: FakeView) -> None:
    view.zones = [PrivateZone(HASH, {("pl-0-eastus2-azure", "A"): one("10.1.2.3")})]
    assert client.ask(HOST, "A") == ["10.1.2.3"]
    with pytest.raises(dns.resolver.NXDOMAIN):
        client.ask(SRV, "SRV")
    for name, rdtype in ((SRV, "SRV"), (SEED, "TXT")):
        assert client.outcome(name, rdtype) == ("NXDOMAIN", f"{HASH}. {AZURE_SOA}")


def test_a_host_zone_shadows_its_own_name_only(client: Client, view: FakeView) -> None:
    view.zones = [PrivateZone(HOST, {("@", "A"): one("10.1.2.3")})]
    assert client.ask(HOST, "A") == ["10.1.2.3"]
    assert len(client.ask(SRV, "SRV")) == 3
    assert len(client.ask(SEED, "TXT")) == 1
    assert client.outcome(HOST, "AAAA") == ("NOERROR", f"{HOST}. {AZURE_SOA}")
    assert client.outcome(f"below.{HOST}", "A") == ("NXDOMAIN", f"{HOST}. {AZURE_SOA}")


def test_the_most_specific_zone_answers_alone(client: Client, view: FakeView) -> None:
    view.zones = [
        PrivateZone(HOST, {("@", "TXT"): one('"child"')}),
        PrivateZone(HASH, {("pl-0-eastus2-azure", "A"): one("10.9.9.9")}),
    ]
    assert client.outcome(HOST, "A") == ("NOERROR", f"{HOST}. {AZURE_SOA}")
    assert client.ask(HOST, "TXT") == ['"child"']


def test_a_zone_does_not_catch_names_that_merely_end_alike(client: Client, view: FakeView) -> None:
    view.zones = [PrivateZone("123.mongodb.net", {})]
    assert client.ask(HOST, "A") == ["10.0.0.4"]


def test_empty_non_terminals_and_wildcards(client: Client, view: FakeView) -> None:
    view.zones = [PrivateZone(HASH, {("*", "A"): one("10.7.7.7"), ("a.b", "A"): one("10.1.1.1")})]
    soa = f"{HASH}. {AZURE_SOA}"
    assert client.ask(f"anything.{HASH}", "A") == ["10.7.7.7"]
    assert client.ask(f"any.thing.{HASH}", "A") == ["10.7.7.7"]
    assert client.outcome(f"anything.{HASH}", "TXT") == ("NOERROR", soa)
    assert client.outcome(f"b.{HASH}", "A") == ("NOERROR", soa)
    assert client.outcome(f"x.b.{HASH}", "A") == ("NXDOMAIN", soa)


def test_apex_soa_and_ns(client: Client, view: FakeView) -> None:
    view.zones = [PrivateZone(HASH, {})]
    assert client.ask(HASH, "SOA") == ["azureprivatedns.net. azureprivatedns-host.microsoft.com. 1 3600 300 2419200 10"]
    assert client.ask(HASH, "NS") == [AZURE_SOA]
    assert client.outcome(HASH, "A")[0] == "NOERROR"
    assert client.message(HASH, "A").authority[0].ttl == 10  # seconds that the "no" may be kept


def test_a_zones_own_soa_wins(client: Client, view: FakeView) -> None:
    soa = "azureprivatedns.net. ops.example.com. 7 3600 300 2419200 300"
    view.zones = [PrivateZone(HASH, {("@", "SOA"): RecordSet(60, (soa,))})]
    assert client.ask(HASH, "SOA") == [soa]
    (negative,) = client.message(f"x.{HASH}", "A").authority
    assert (negative[0].to_text(), negative.ttl) == (soa, 60)


def test_a_public_alias_leads_into_a_private_zone(client: Client, view: FakeView) -> None:
    name = f"fc-1-000.{VCORE}"
    assert client.ask(name, "A") == ["203.0.113.7"]
    view.zones = [PrivateZone(PRIVATE_VCORE, {("fc-1-000", "A"): one("10.0.0.9")})]
    assert client.ask(name, "A") == ["10.0.0.9"]
    chain = [rrset.name.to_text(omit_final_dot=True) for rrset in client.message(name, "A").answer]
    assert chain == [name, f"fc-1-000.{PRIVATE_VCORE}"]
    assert client.ask(name, "CNAME") == [f"fc-1-000.{PRIVATE_VCORE}."]


def test_an_alias_to_nothing_is_nxdomain_with_the_alias(client: Client, view: FakeView) -> None:
    view.zones = [PrivateZone(PRIVATE_VCORE, {})]
    response = client.message(f"fc-1-000.{VCORE}", "A")
    assert response.rcode() == dns.rcode.NXDOMAIN
    assert [rrset.rdtype for rrset in response.answer] == [dns.rdatatype.CNAME]
    assert response.authority[0].name == dns.name.from_text(PRIVATE_VCORE)


def test_an_alias_loop_is_servfail(client: Client, view: FakeView) -> None:
    view.zones = [PrivateZone(HASH, {("a", "CNAME"): one(f"b.{HASH}"), ("b", "CNAME"): one(f"a.{HASH}")})]
    assert client.message(f"a.{HASH}", "A").rcode() == dns.rcode.SERVFAIL


def test_nxdomain_redirect_rescues_addresses_and_aliases_only(client: Client, view: FakeView) -> None:
    other = f"other.{PRIVATE_VCORE}"
    zone = PrivateZone(PRIVATE_VCORE, {("fc-1-000", "A"): one("10.0.0.9")})
    view.zones = [zone]
    assert client.outcome(other, "A")[0] == "NXDOMAIN"

    view.zones = [PrivateZone(zone.name, zone.records, nxdomain_redirect=True)]
    assert client.ask(other, "A") == ["203.0.113.8"]
    assert client.outcome(other, "AAAA") == ("NOERROR", f"{VCORE}. ns.{VCORE}.")
    assert client.outcome(other, "CNAME")[0] == "NOERROR"
    assert client.outcome(other, "TXT") == ("NXDOMAIN", f"{PRIVATE_VCORE}. {AZURE_SOA}")
    assert client.outcome(other, "SRV")[0] == "NXDOMAIN"
    assert client.ask(f"fc-1-000.{PRIVATE_VCORE}", "A") == ["10.0.0.9"]
    assert client.outcome(f"fc-1-000.{PRIVATE_VCORE}", "AAAA")[1] == f"{PRIVATE_VCORE}. {AZURE_SOA}"


def test_a_rebinding_filter_empties_private_answers_of_public_dns(client: Client, view: FakeView) -> None:
    view.faults = {(HOST, "A"): "rebind", (SRV, "SRV"): "rebind"}
    response = client.message(HOST, "A")
    assert (response.rcode(), response.answer, response.authority) == (dns.rcode.NOERROR, [], [])
    with pytest.raises(dns.resolver.NoAnswer):
        client.ask(HOST, "A")
    assert len(client.ask(SRV, "SRV")) == 3

    view.zones = [PrivateZone(HOST, {("@", "A"): one("10.0.0.4")})]
    assert client.ask(HOST, "A") == ["10.0.0.4"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("servfail", dns.resolver.NoNameservers),
        ("refused", dns.resolver.NoNameservers),
        ("nxdomain", dns.resolver.NXDOMAIN),
        ("nodata", dns.resolver.NoAnswer),
        ("drop", dns.resolver.LifetimeTimeout),
        ("misspelt", dns.resolver.NoNameservers),
    ],
)
def test_faults_hit_one_question(client: Client, view: FakeView, fault: str, error: type[Exception]) -> None:
    view.faults = {(SEED, "TXT"): fault}
    with pytest.raises(error):
        client.ask(SEED, "TXT")
    assert len(client.ask(SRV, "SRV")) == 3


def test_the_truncate_fault_sends_clients_to_tcp(client: Client, view: FakeView, events: list[dict[str, Any]]) -> None:
    view.faults = {(SRV, "SRV"): "truncate"}
    assert client.message(SRV, "SRV").flags & dns.flags.TC
    events.clear()
    assert len(client.ask(SRV, "SRV")) == 3
    assert [event["transport"] for event in events] == ["udp", "tcp"]


def test_long_answers_are_truncated_over_udp_only(client: Client, view: FakeView) -> None:
    view.records[(SRV, "SRV")] = one(*(f"0 0 {port} {HOST}." for port in range(1024, 1064)))
    plain = client.message(SRV, "SRV")
    assert plain.flags & dns.flags.TC
    assert len(plain.to_wire()) <= 512
    roomy = client.udp(dns.message.make_query(SRV, "SRV", use_edns=0, payload=4096))
    assert not roomy.flags & dns.flags.TC
    assert roomy.edns == 0
    assert len(client.ask(SRV, "SRV")) == 40


def test_queries_are_reported(client: Client, events: list[dict[str, Any]], view: FakeView) -> None:
    view.faults = {(SEED, "TXT"): "drop"}
    client.ask(HOST, "A")
    with pytest.raises(dns.exception.Timeout):
        dns.query.udp(dns.message.make_query(SEED, "TXT"), "127.0.0.1", port=client.port, timeout=0.2)
    seen = {"client": "127.0.0.1", "transport": "udp"}
    assert events == [
        {**seen, "name": HOST, "type": "A", "rcode": "NOERROR", "answers": [f"{HOST}. 60 IN A 10.0.0.4"]},
        {**seen, "name": SEED, "type": "TXT", "rcode": None, "answers": []},
    ]


def test_what_is_no_lookup_gets_its_own_code(client: Client) -> None:
    update = dns.update.UpdateMessage(HASH)
    assert client.udp(update).rcode() == dns.rcode.NOTIMP
    empty = dns.message.QueryMessage()
    assert client.udp(empty).rcode() == dns.rcode.FORMERR
    assert client.udp(dns.message.make_query("version.bind", "TXT", "CH")).rcode() == dns.rcode.REFUSED


def test_a_malformed_packet_is_formerr_and_a_stray_answer_is_ignored(client: Client) -> None:
    query = dns.message.make_query(HOST, "A").to_wire()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(2)
        for data in (query[:-3], query + b"x"):
            sock.sendto(data, ("127.0.0.1", client.port))
            answer = dns.message.from_wire(sock.recv(512))
            assert (answer.id.to_bytes(2, "big"), answer.rcode()) == (query[:2], dns.rcode.FORMERR)
        sock.settimeout(0.2)
        stray = dns.message.make_response(dns.message.from_wire(query)).to_wire()
        for data in (b"", b"short", stray):
            sock.sendto(data, ("127.0.0.1", client.port))
            with pytest.raises(TimeoutError):
                sock.recv(512)
    assert client.ask(HOST, "A") == ["10.0.0.4"]


def test_an_impossible_record_is_servfail_for_its_name_only(client: Client, view: FakeView) -> None:
    view.records[("broken.mongodb.net", "A")] = one("not an address")
    assert client.message("broken.mongodb.net", "A").rcode() == dns.rcode.SERVFAIL
    assert client.ask(HOST, "A") == ["10.0.0.4"]


def test_stop_frees_the_port_and_ends_open_connections(run: Run, view: FakeView) -> None:
    server = DnsServer(view, "127.0.0.1", 0)
    run(server.start())
    address = ("127.0.0.1", server.port)
    with socket.create_connection(address, timeout=2) as idle:
        dns.query.tcp(dns.message.make_query(HOST, "A"), "127.0.0.1", timeout=2, sock=idle)
        idle.settimeout(2)
        run(server.stop())
        with contextlib.suppress(ConnectionResetError):
            assert idle.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=2)


@pytest.mark.parametrize("bind", ["0.0.0.0", "10.0.0.4", "128.0.0.1", "::1"])
def test_only_loopback_unless_told_otherwise(view: FakeView, bind: str) -> None:
    with pytest.raises(ValueError, match="listens on 127.0.0.0/8 only"):
        DnsServer(view, bind, 53)
    assert DnsServer(view, bind, 53, allow_any=True).port == 53


# -- Properties --------------------------------------------------------------------------------------------------------

labels = st.sampled_from(["a", "b", "c", "*"])
types = st.sampled_from(["A", "AAAA", "TXT", "CNAME", "SRV", "SOA"])
relative = st.lists(labels, min_size=1, max_size=3).map(".".join)
private_address = st.integers(1, 250).map(lambda last: f"10.0.0.{last}")
public_address = st.integers(1, 250).map(lambda last: f"203.0.113.{last}")
ZONES = ("z.test", "a.z.test", "y.test")


def record_sets(owners: st.SearchStrategy[str], addresses: st.SearchStrategy[str]) -> st.SearchStrategy[Records]:
    """Addresses, texts and aliases; an alias has its name for itself."""
    targets = st.tuples(relative, st.sampled_from(ZONES)).map(lambda parts: one(".".join(parts)))
    alias = targets.map(lambda target: {"CNAME": target})
    data = st.fixed_dictionaries({"A": addresses.map(one)}, optional={"TXT": addresses.map(lambda a: one(f'"{a}"'))})
    return st.dictionaries(owners, alias | data, max_size=5).map(
        lambda named: {(name, rdtype): records for name, sets in named.items() for rdtype, records in sets.items()}
    )


def zones() -> st.SearchStrategy[list[PrivateZone]]:
    records = record_sets(relative | st.just("@"), private_address)
    zone = st.builds(PrivateZone, st.sampled_from(ZONES), records, st.booleans())
    return st.lists(zone, max_size=3, unique_by=lambda zone: zone.name)


views = st.builds(
    FakeView,
    zones(),
    record_sets(st.tuples(relative, st.sampled_from(ZONES)).map(".".join), public_address),
    st.just({}),
)
names = st.tuples(st.lists(labels, max_size=3), st.sampled_from(ZONES)).map(lambda p: ".".join((*p[0], p[1])))


def zone_of(view: FakeView, name: dns.name.Name) -> PrivateZone | None:
    """The linked zone that should answer: written anew here, on strings."""
    text = "." + name.to_text(omit_final_dot=True)
    held = [zone for zone in view.zones if text.endswith("." + zone.name)]
    return max(held, key=lambda zone: len(zone.name), default=None)


@given(views, names, types)
def test_every_answer_is_data_of_the_zone_that_had_to_answer(view: FakeView, name: str, rdtype: str) -> None:
    found = resolve(view, dns.name.from_text(name), rdtype)
    for rrset in found.answer:
        zone = zone_of(view, rrset.name)
        kind = dns.rdatatype.to_text(rrset.rdtype)
        public = view.records.get((rrset.name.to_text(omit_final_dot=True), kind))
        if rrset in found.public:
            assert zone is None or (zone.nxdomain_redirect and rdtype in ("A", "AAAA", "CNAME"))
            assert public is not None
            held = [public]
        else:
            assert zone is not None
            held = [records for (_owner, own), records in zone.records.items() if own == kind]
        if kind != "SOA":
            shown = [rdata.to_text().rstrip(".") for rdata in rrset]
            assert shown in [list(records.values) for records in held]


@given(views, names, types)
def test_public_addresses_never_show_under_a_linked_zone_without_redirect(
    view: FakeView, name: str, rdtype: str
) -> None:
    view.zones = [PrivateZone(zone.name, zone.records) for zone in view.zones]
    for rrset in resolve(view, dns.name.from_text(name), rdtype).answer:
        if rrset.rdtype == dns.rdatatype.A:
            private = all(ipaddress.ip_address(rdata.address) in ipaddress.ip_network("10.0.0.0/8") for rdata in rrset)
            assert private == (zone_of(view, rrset.name) is not None)


@given(views, names, types)
def test_each_outcome_is_one_of_four(view: FakeView, name: str, rdtype: str) -> None:
    """Data; NODATA or NXDOMAIN with one SOA above the name that was missing; SERVFAIL for an endless chain."""
    found = resolve(view, dns.name.from_text(name), rdtype)
    if found.rcode == dns.rcode.SERVFAIL:
        assert not found.answer
        assert not found.authority
        return
    asked = [dns.name.from_text(name), *(r[0].target for r in found.answer if r.rdtype == dns.rdatatype.CNAME)]
    if found.answer and dns.rdatatype.to_text(found.answer[-1].rdtype) == rdtype:
        assert (found.rcode, found.authority) == (dns.rcode.NOERROR, [])
    else:
        (soa,) = found.authority
        assert soa.rdtype == dns.rdatatype.SOA
        zone = zone_of(view, asked[-1])
        if zone is not None and not zone.nxdomain_redirect:
            assert soa.name == dns.name.from_text(zone.name)
            below = [o for o, _t in zone.records if f"{o}.{zone.name}.".endswith(f".{asked[-1]}")]
            assert found.rcode == dns.rcode.NOERROR or not below
    assert [rrset.name for rrset in found.answer] == asked[: len(found.answer)]


@given(st.binary(max_size=64) | st.tuples(st.integers(0, 40), st.binary(max_size=8)))
def test_no_packet_raises(junk: bytes | tuple[int, bytes]) -> None:
    query = dns.message.make_query(SRV, "SRV", use_edns=0).to_wire()
    data = junk if isinstance(junk, bytes) else query[: junk[0]] + junk[1] + query[junk[0] + len(junk[1]) :]
    server = DnsServer(FakeView(records=public_records()), "127.0.0.1", 0)
    for udp in (True, False):
        answer = server.answer(data, "127.0.0.1", udp)
        assert answer is None or answer[:2] == data[:2]
