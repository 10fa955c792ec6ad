# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client meets at a cluster's port when something stands between: a firewall, a proxy, a wrong certificate.

`STANDINS` answer instead of the cluster; `CERTIFICATES` are shown by the cluster's own server. Nothing at all listens
at a port that is `REFUSED`.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import socket
from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.lab.listener import Serve, TcpListener, require_loopback

REFUSED = "refused"
MOST_CONNECTIONS = 8  # to a listener with a backlog of 0; Linux takes one or two
ESTABLISHED = 1  # the first byte of TCP_INFO (source: Linux, tcp_states.h)
INTERNAL_ERROR = b"\x15\x03\x03\x00\x02\x02\x50"  # a fatal TLS alert (source: RFC 8446, sections 5.1 and 6)


class Listener(Protocol):
    """Something that listens at a port."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...


class Filtered:
    """A port at which a firewall drops every packet.

    Without root there is no firewall, so its queue of connections is filled up and nobody takes one out: Linux then
    drops each further SYN without an answer.
    """

    def __init__(self, bind: str, port: int, allow_any: bool = False) -> None:
        require_loopback(bind, allow_any)
        self._address = (bind, port)
        self._open = contextlib.ExitStack()

    async def start(self) -> None:
        """Raises OSError when the address is taken, or if this system's queue does not fill up."""
        listener = self._open.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(self._address)
            listener.listen(0)
            if all(self._connects() for _client in range(MOST_CONNECTIONS)):
                raise OSError("a listening socket's queue does not fill up on this system")
        except OSError:
            self._open.close()
            raise

    def _connects(self) -> bool:
        client = self._open.enter_context(socket.socket())
        client.setblocking(False)
        client.connect_ex(self._address)
        return client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == ESTABLISHED

    async def stop(self) -> None:
        self._open.close()


async def _say(words: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers whatever is said first with these bytes, and hangs up."""
    await reader.read(1)
    writer.write(words)
    await writer.drain()


async def _say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    while await reader.read(4096):
        pass


def _speaking(serve: Serve) -> Callable[[str, int, bool], Listener]:
    return lambda bind, port, allow_any: TcpListener(serve, bind, port, allow_any=allow_any)


STANDINS: Mapping[str, Callable[[str, int, bool], Listener]] = {
    "filtered": Filtered,
    "handshake_silent": _speaking(_say_nothing),
    "handshake_closed": _speaking(partial(_say, b"")),
    "plain_text": _speaking(partial(_say, b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")),
    "sni_lost": _speaking(partial(_say, INTERNAL_ERROR)),
}


def _valid(year: int, ca: trustme.CA, *names: str) -> bytes:
    """A certificate for one month of that year."""
    begin = datetime.datetime(year, 1, 1)
    return _pem(ca.issue_cert(*names, not_before=begin, not_after=begin + datetime.timedelta(days=30)))


def _pem(certificate: trustme.LeafCert) -> bytes:
    return certificate.private_key_and_cert_chain_pem.bytes()


def _self_signed(_ca: trustme.CA, *names: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Self-signed")])
    today = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(today - datetime.timedelta(1)).not_valid_after(today + datetime.timedelta(365))
    alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    builder = builder.add_extension(alternatives, critical=False)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    return private + builder.sign(key, hashes.SHA256()).public_bytes(pem)


#: fault ("" for none) -> key and certificate for host names in PEM, from the lab's authority unless it says otherwise
CERTIFICATES: Mapping[str, Callable[..., bytes]] = {
    "": lambda ca, *names: _pem(ca.issue_cert(*names)),
    "other_authority": lambda _ca, *names: _pem(trustme.CA(organization_name="TLS inspection").issue_cert(*names)),
    "wrong_name": lambda ca, *_names: _pem(ca.issue_cert("proxy.example.com")),
    "expired": partial(_valid, 2020),
    "not_yet_valid": partial(_valid, 2200),
    "self_signed": _self_signed,
}

FAULTS = (REFUSED, *STANDINS, *(fault for fault in CERTIFICATES if fault))
