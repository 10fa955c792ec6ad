# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Asks DNS servers one question and keeps everything that they say, errors included."""

from __future__ import annotations

import ipaddress
import re
import time
import typing as t
from dataclasses import dataclass, replace

from .._errors import MissingLibrary
from .host import normalise

try:
    import dns.exception
    import dns.message
    import dns.query
    import dns.rcode
    import dns.rdatatype
    import dns.resolver
except ImportError as error:
    DNSPYTHON_ERROR: str | None = str(error)
else:
    DNSPYTHON_ERROR = None

#: Datagrams get lost: each server is asked this often within one timeout.
TRIES = 2

SERVER = re.compile(r"(?:\[(?P<bracketed>[^\]]+)\]|(?P<plain>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?")

#: What settles a question; after anything else a resolver asks its next server.
FINAL = ("NOERROR", "NXDOMAIN")

#: The primary name server in the SOA of every Azure private zone. Source: record sets of exported zones.
AZURE_PRIVATE_DNS = "azureprivatedns.net"


def require_dnspython() -> None:
    """Raises `MissingLibrary`."""
    if DNSPYTHON_ERROR:
        raise MissingLibrary("dnspython", DNSPYTHON_ERROR)


@dataclass(frozen=True)
class Server:
    """A DNS server."""

    address: str
    port: int = 53

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def parse_server(text: str) -> Server:
    """From "address", "address:port" or "[address]:port". Raises ValueError for anything else."""
    parts = SERVER.fullmatch(text.strip())
    address, port = (parts["bracketed"] or parts["plain"], parts["port"]) if parts else (text.strip(), None)
    server = Server(str(ipaddress.ip_address(address)), int(port or 53))
    if not 0 < server.port < 65536:
        raise ValueError(f"{port} is no port")
    return server


def system_servers() -> tuple[Server, ...]:
    """The servers that this machine is configured to ask; none if there is no such configuration."""
    try:
        resolver = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        return ()
    return tuple(Server(str(address), resolver.port) for address in resolver.nameservers)


@dataclass(frozen=True)
class Answer:
    """What DNS said to one question. `rcode` is None if nobody answered.

    `records` are in presentation form, a TXT record as the text that its strings make together; `aliases` the names
    that CNAME records led to; `zone` and `primary` come from the SOA of a negative answer (or of the SOA asked for);
    `failures` says of each server that gave no usable answer why; `truncated` that one of them had an answer that needs
    TCP, which then failed. `ttl` is in seconds.
    """

    name: str
    rdtype: str
    rcode: str | None = None
    server: str | None = None
    records: tuple[str, ...] = ()
    ttl: int | None = None
    aliases: tuple[str, ...] = ()
    zone: str | None = None
    primary: str | None = None
    failures: tuple[str, ...] = ()
    truncated: bool = False

    @property
    def private_zone(self) -> str | None:
        """The Azure private zone that answered, if it was one and says so."""
        return self.zone if self.primary == AZURE_PRIVATE_DNS else None

    def symptom(self) -> str | None:
        """None if there are records; else how the answer lacks them, in one word."""
        if self.records:
            return None
        if self.rcode is None:
            return "tcp_blocked" if self.truncated else "no_answer"
        if self.rcode not in FINAL:
            return "server_failure"
        if self.private_zone:
            return "private_zone"
        if self.rcode == "NXDOMAIN":
            return "nxdomain"
        return "nodata" if self.zone else "emptied"

    def summary(self) -> str:
        """The outcome in a few words: "NXDOMAIN from 10.0.0.4:53 (zone abc.mongodb.net)"."""
        if self.rcode is None:
            return "; ".join(self.failures) or "there is no DNS server to ask"
        empty = "no data" if self.rcode == "NOERROR" and not self.records else self.rcode
        zone = f" (zone {self.zone})" if self.zone else ""
        return f"{', '.join(self.records) or empty} from {self.server}{zone}"

    def observed(self) -> dict[str, t.Any]:
        """As plain data."""
        lists = {"records": list(self.records), "aliases": list(self.aliases), "failures": list(self.failures)}
        return {**self.__dict__, **lists}


def ask(servers: t.Sequence[Server], name: str, rdtype: str, timeout: float) -> Answer:
    """Asks the servers in turn, as a machine's own resolver does, over UDP and, for long answers, TCP.

    The first NOERROR or NXDOMAIN counts; after SERVFAIL, REFUSED or silence the next one is asked. `timeout`, in
    seconds, is for all of them together.
    """
    answer, failures = Answer(name, rdtype), []
    turns = [server for _try in range(TRIES) for server in servers]
    deadline = time.monotonic() + timeout
    while turns:
        server, share = turns[0], (deadline - time.monotonic()) / len(turns)
        del turns[0]
        try:
            found = _exchange(server, name, rdtype, share)
        except _TcpFailed as problem:
            failures.append(f"{server}: the answer is too long for UDP, and over TCP there is {problem}")
            answer = replace(answer, truncated=True)
            continue
        except (OSError, EOFError, dns.exception.DNSException) as problem:
            failures.append(f"{server}: {_words(problem)}")
            continue
        if found.rcode in FINAL:
            return replace(found, failures=tuple(failures))
        failures.append(f"{server}: {found.rcode}")
        answer = found
        turns = [other for other in turns if other != server]
    return replace(answer, failures=tuple(failures))


class _TcpFailed(Exception):
    """A truncated answer could not be fetched over TCP, for this reason."""


def _exchange(server: Server, name: str, rdtype: str, timeout: float) -> Answer:
    query = dns.message.make_query(name, rdtype)
    deadline = time.monotonic() + max(timeout, 0.001)
    try:
        response = dns.query.udp(query, server.address, max(timeout, 0.001), server.port, raise_on_truncation=True)
    except dns.message.Truncated:
        left = max(deadline - time.monotonic(), 0.001)
        try:
            response = dns.query.tcp(query, server.address, left, server.port)
        except (OSError, EOFError, dns.exception.Timeout) as problem:
            raise _TcpFailed(_words(problem)) from None
    return read_response(response, name, rdtype, str(server))


def read_response(response: dns.message.Message, name: str, rdtype: str, server: str) -> Answer:
    """A message as an `Answer`. Raises DNSException for a chain of aliases without end."""
    answer = Answer(name, rdtype, dns.rcode.to_text(response.rcode()), server)
    soa = next((rrset for rrset in response.authority if rrset.rdtype == dns.rdatatype.SOA), None)
    if isinstance(response, dns.message.QueryMessage) and answer.rcode in FINAL:
        chain = response.resolve_chaining()
        answer = replace(answer, aliases=tuple(normalise(str(r[0].target)) for r in chain.cnames))
        if chain.answer is not None:
            soa = chain.answer if rdtype == "SOA" else None
            records = tuple(sorted(_present(rdata, rdtype) for rdata in chain.answer))
            answer = replace(answer, records=records, ttl=chain.minimum_ttl)
    if soa is not None:
        answer = replace(answer, zone=normalise(str(soa.name)), primary=normalise(str(soa[0].mname)))
    return answer


def _present(rdata: t.Any, rdtype: str) -> str:
    if rdtype == "TXT":
        return b"".join(rdata.strings).decode("utf-8", "backslashreplace")
    return str(rdata.to_text())


def _words(problem: Exception) -> str:
    if isinstance(problem, dns.exception.Timeout):
        return "no answer in time"
    return " ".join(str(problem).split()) or type(problem).__name__
