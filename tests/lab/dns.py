# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DNS as a client in a given virtual network sees it: linked private zones first, then public DNS.

`resolve` is the whole of the name resolution and touches no socket; `respond` adds the header checks and the faults;
`DnsServer` puts it on UDP and TCP. It answers as 168.63.129.16 does: recursion available, not authoritative even for
private zones (Microsoft's nslookup examples say "Non-authoritative answer"; MicrosoftDocs/azure-docs issue 53894).
"""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from tests.lab.listener import TcpListener

Event = dict[str, Any]
log = logging.getLogger(__name__)

MAX_HOPS = 16  # names in one CNAME chain
MAX_UDP = 4096  # bytes of a UDP answer, whatever the client's EDNS allows
IDLE_TIMEOUT = 10.0  # seconds that a TCP connection may stay silent

#: NxDomainRedirect rescues these types only. Source: azure-mgmt-privatedns 2.0, VirtualNetworkLink.resolution_policy.
REDIRECTED_TYPES = frozenset({"A", "AAAA", "CNAME"})

#: What a rebinding filter takes for private. Source: dnsmasq manual, --stop-dns-rebind.
REBIND_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
        *("::/127", "fc00::/7", "fe80::/10"),
    )
)


@dataclass(frozen=True)
class RecordSet:
    """`ttl` in seconds; `values` as rdata in presentation form. Names in them are absolute, with or without the dot."""

    ttl: int
    values: tuple[str, ...]


@dataclass(frozen=True)
class PrivateZone:
    """A private zone linked to the client's network. Keys of `records`: (relative name, '@' for the apex; type).

    Names are lower case. `*` is a wildcard. SOA and NS of the apex need not be given.
    """

    name: str
    records: Mapping[tuple[str, str], RecordSet]
    nxdomain_redirect: bool = False


@dataclass(frozen=True)
class PublicAnswer:
    """Public DNS on one name and type. `exists`: some type exists at the name or below it (else NXDOMAIN)."""

    exists: bool
    records: RecordSet | None
    zone: str


@functools.lru_cache(4096)
def checked_name(text: str) -> str:
    """A name as it is. Raises dns.exception.DNSException for what is none."""
    dns.name.from_text(text)
    return text


@functools.lru_cache(4096)
def checked(kind: str, records: RecordSet) -> RecordSet:
    """A record set as it is. Raises dns.exception.DNSException for values that are no rdata of their type."""
    for value in records.values:
        dns.rdata.from_text("IN", kind, value, origin=dns.name.root, relativize=False)
    return records


class View(Protocol):
    """What a listener needs to know. Names are lower case, without the trailing dot; types as in "SRV"."""

    def private_zones(self) -> Iterable[PrivateZone]:
        """The zones linked to the network this listener serves; none for the public view."""

    def public(self, name: str, rdtype: str) -> PublicAnswer:
        """What public DNS says."""

    def fault(self, name: str, rdtype: str) -> str | None:
        """None, or how this question goes wrong: one of `FAULTS`."""


FAULT_RCODES = {
    "nodata": dns.rcode.NOERROR,
    "no_such_type": dns.rcode.NOERROR,
    "nxdomain": dns.rcode.NXDOMAIN,
    "refused": dns.rcode.REFUSED,
    "servfail": dns.rcode.SERVFAIL,
}

#: These say no with the SOA of a public zone, as an authority does; without it an answer was emptied on its way.
DENIALS = ("no_such_type", "nxdomain")

#: The former give an empty answer with that code; `drop`: no answer; `truncate`: TC and no data over UDP;
#: `truncate_only`: the same, and no answer over TCP; `rebind`: answers from public DNS that hold a private address are
#: emptied.
FAULTS = frozenset({*FAULT_RCODES, "drop", "truncate", "truncate_only", "rebind"})

#: Every Azure private zone has this SOA, and it is how a client can tell that a private zone answered. Source: record
#: sets of exported zones. That NS names the same host is an assumption: private zones hold no NS record sets.
APEX_RECORDS = {
    "SOA": RecordSet(3600, ("azureprivatedns.net. azureprivatedns-host.microsoft.com. 1 3600 300 2419200 10",)),
    "NS": RecordSet(3600, ("azureprivatedns.net.",)),
}


@dataclass
class Resolution:
    """The outcome of following one question to its end. `public`: the part of `answer` that public DNS gave."""

    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    answer: list[dns.rrset.RRset] = field(default_factory=list)
    authority: list[dns.rrset.RRset] = field(default_factory=list)
    public: list[dns.rrset.RRset] = field(default_factory=list)


@dataclass(frozen=True)
class _Hop:
    """What one zone says about one name: its records of the type, else its alias, else whether the name exists."""

    exists: bool
    public: bool
    soa: dns.rrset.RRset
    records: dns.rrset.RRset | None
    alias: dns.rrset.RRset | None


def resolve(view: View, name: dns.name.Name, rdtype: str) -> Resolution:
    """Follows a question through private zones and public DNS; each CNAME target starts again from the top.

    Negative answers carry the SOA of the zone that said no. A chain without end is SERVFAIL. Raises
    dns.exception.SyntaxError if a record set on the way holds what is no rdata of its type.
    """
    found = Resolution()
    for _hop in range(MAX_HOPS):
        hop = _ask(view, name, rdtype)
        rrset = hop.records or hop.alias
        if rrset is None:
            found.rcode = dns.rcode.NOERROR if hop.exists else dns.rcode.NXDOMAIN
            found.authority.append(hop.soa)
            return found
        found.answer.append(rrset)
        if hop.public:
            found.public.append(rrset)
        if hop.records:
            return found
        name = rrset[0].target
    return Resolution(dns.rcode.SERVFAIL)


def _ask(view: View, name: dns.name.Name, rdtype: str) -> _Hop:
    """The most specific linked zone that holds the name answers alone, but for NxDomainRedirect; else public DNS."""
    zones = [zone for zone in view.private_zones() if name.is_subdomain(dns.name.from_text(zone.name))]
    if not zones:
        return _ask_public(view, name, rdtype)
    zone = max(zones, key=lambda zone: len(dns.name.from_text(zone.name)))
    hop = _ask_private(zone, name, rdtype)
    if not hop.exists and zone.nxdomain_redirect and rdtype in REDIRECTED_TYPES:
        return _ask_public(view, name, rdtype)
    return hop


def _ask_private(zone: PrivateZone, name: dns.name.Name, rdtype: str) -> _Hop:
    origin = dns.name.from_text(zone.name)
    owner = _owner(zone, name.canonicalize().relativize(origin))

    def records(kind: str) -> dns.rrset.RRset | None:
        own = zone.records.get((owner, kind)) if owner else None
        return _rrset(name, kind, own or (APEX_RECORDS.get(kind) if owner == "@" else None))

    return _Hop(owner is not None, False, _private_soa(zone, origin), records(rdtype), records("CNAME"))


def _owner(zone: PrivateZone, name: dns.name.Name) -> str | None:
    """The relative name whose records answer for `name`: itself, a wildcard (RFC 4592), or None for NXDOMAIN.

    A name without records but with some below it exists, and so hides a wildcard.
    """
    owners = [dns.name.from_text(owner, None) for owner, _kind in zone.records]

    def exists(candidate: dns.name.Name) -> bool:
        return candidate == dns.name.empty or any(owner.is_subdomain(candidate) for owner in owners)

    if exists(name):
        return name.to_text()
    encloser = name.parent()
    while not exists(encloser):
        encloser = encloser.parent()
    wildcard = dns.name.Name((b"*", *encloser.labels))
    return wildcard.to_text() if wildcard in owners else None


def _ask_public(view: View, name: dns.name.Name, rdtype: str) -> _Hop:
    answer = view.public(_text(name), rdtype)
    alias = view.public(_text(name), "CNAME")
    records, target = _rrset(name, rdtype, answer.records), _rrset(name, "CNAME", alias.records)
    return _Hop(answer.exists, True, _public_soa(answer.zone), records, target)


def _rrset(name: dns.name.Name, rdtype: str, records: RecordSet | None) -> dns.rrset.RRset | None:
    if records is None or not records.values:
        return None
    return dns.rrset.from_text_list(
        name, records.ttl, "IN", rdtype, records.values, origin=dns.name.root, relativize=False
    )


def _private_soa(zone: PrivateZone, origin: dns.name.Name) -> dns.rrset.RRset:
    return _negative_soa(origin, zone.records.get(("@", "SOA")) or APEX_RECORDS["SOA"])


def _public_soa(zone: str) -> dns.rrset.RRset:
    origin = dns.name.from_text(zone)
    return _negative_soa(origin, RecordSet(900, (f"ns.{origin} hostmaster.{origin} 1 7200 900 1209600 60",)))


def _negative_soa(origin: dns.name.Name, records: RecordSet) -> dns.rrset.RRset:
    """A SOA as negative answers carry it: the TTL is how long the "no" may be kept (RFC 2308 section 5)."""
    soa = _rrset(origin, "SOA", records)
    assert soa is not None
    soa.ttl = min(soa.ttl, soa[0].minimum)
    return soa


def _text(name: dns.name.Name) -> str:
    return name.canonicalize().to_text(omit_final_dot=True)


def respond(view: View, query: dns.message.Message, udp: bool) -> dns.message.Message | None:
    """The answer to a well-formed query, or None where none is sent. Raises ValueError for a fault not in `FAULTS`."""
    response = dns.message.make_response(query, recursion_available=True)
    if query.opcode() != dns.opcode.QUERY:
        response.set_rcode(dns.rcode.NOTIMP)
        return response
    if len(query.question) != 1:
        response.set_rcode(dns.rcode.FORMERR)
        return response
    question = query.question[0]
    if question.rdclass != dns.rdataclass.IN:
        response.set_rcode(dns.rcode.REFUSED)
        return response
    rdtype = dns.rdatatype.to_text(question.rdtype)
    fault = view.fault(_text(question.name), rdtype)
    if fault is not None and fault not in FAULTS:
        raise ValueError(f"unknown DNS fault: {fault}")
    if fault == "drop" or (fault == "truncate_only" and not udp):
        return None
    if fault in FAULT_RCODES:
        response.set_rcode(FAULT_RCODES[fault])
        if fault in DENIALS:
            response.authority = [_public_soa(view.public(_text(question.name), rdtype).zone)]
    elif fault in ("truncate", "truncate_only") and udp:
        response.flags |= dns.flags.TC
    else:
        found = resolve(view, question.name, rdtype)
        if fault != "rebind" or not _has_private_address(found.public):
            response.set_rcode(found.rcode)
            response.answer = found.answer
            response.authority = found.authority
    return response


def _has_private_address(rrsets: Iterable[dns.rrset.RRset]) -> bool:
    """A filter drops the whole answer, CNAMEs included (seen with dnsmasq 2.90: NOERROR, no data, no SOA)."""
    addresses = [
        ipaddress.ip_address(rdata.address)
        for rrset in rrsets
        if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)
        for rdata in rrset
    ]
    return any(address in network for address in addresses for network in REBIND_NETWORKS)


class DnsServer:
    """Serves one view on one address, UDP and TCP on the same port (0: the system chooses; see `port` once started).

    `on_query` is called for each query with client, transport, name, type, rcode (None: no answer sent) and answers.
    """

    def __init__(
        self,
        view: View,
        bind: str,
        port: int,
        on_query: Callable[[Event], None] | None = None,
        allow_any: bool = False,
    ) -> None:
        self._view = view
        self._on_query = on_query
        self._tcp = TcpListener(self._serve_tcp, bind, port, allow_any=allow_any)
        self._udp: asyncio.DatagramTransport | None = None

    @property
    def port(self) -> int:
        return self._tcp.port

    async def start(self) -> None:
        """Raises OSError when the address is taken."""
        await self._tcp.start()
        try:
            self._udp, _protocol = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Udp(self), local_addr=(self._tcp.bind, self.port)
            )
        except OSError:
            await self._tcp.stop()
            raise

    async def stop(self) -> None:
        """Closes the sockets and every open connection."""
        if self._udp is not None:
            self._udp.close()
            self._udp = None
        await self._tcp.stop()

    def view(self, client: str) -> View:
        """The DNS that a client is told, known by its address: here everybody the same."""
        return self._view

    def answer(self, data: bytes, client: str, udp: bool) -> bytes | None:
        """The wire answer to a wire query; None for what gets no answer. Never raises, whatever the bytes are."""
        try:
            query = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return _format_error(data)
        if query.flags & dns.flags.QR:
            return None
        try:
            response = respond(self.view(client), query, udp)
        except Exception:
            log.exception("cannot answer %s", query.question)
            response = dns.message.make_response(query, recursion_available=True)
            response.set_rcode(dns.rcode.SERVFAIL)
        self._report(query, response, client, udp)
        if response is None:
            return None
        size = min(max(query.payload, 512), MAX_UDP) if udp else 65535
        return response.to_wire(max_size=size, prefer_truncation=True)

    def _report(self, query: dns.message.Message, response: dns.message.Message | None, client: str, udp: bool) -> None:
        if self._on_query is None or not query.question:
            return
        question = query.question[0]
        answer = response.answer if response else []
        self._on_query(
            {
                "client": client,
                "transport": "udp" if udp else "tcp",
                "name": _text(question.name),
                "type": dns.rdatatype.to_text(question.rdtype),
                "rcode": dns.rcode.to_text(response.rcode()) if response else None,
                "answers": [line for rrset in answer for line in rrset.to_text().splitlines()],
            }
        )

    async def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = writer.get_extra_info("peername")[0]
        while True:
            size = await asyncio.wait_for(reader.readexactly(2), IDLE_TIMEOUT)
            query = await asyncio.wait_for(reader.readexactly(int.from_bytes(size, "big")), IDLE_TIMEOUT)
            answer = self.answer(query, client, udp=False)
            if answer is None:
                continue
            writer.write(len(answer).to_bytes(2, "big") + answer)
            await writer.drain()


def _format_error(data: bytes) -> bytes | None:
    """FORMERR for what has at least a query's header; nothing for the rest."""
    if len(data) < 12 or data[2] & 0x80:
        return None
    response = dns.message.QueryMessage(id=int.from_bytes(data[:2], "big"))
    response.flags = dns.flags.QR | dns.flags.RA
    response.set_rcode(dns.rcode.FORMERR)
    return response.to_wire()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)  # Python 3.11's is no subclass

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._server.answer(data, addr[0], udp=True)
        if answer is not None:
            self._transport.sendto(answer, addr)
