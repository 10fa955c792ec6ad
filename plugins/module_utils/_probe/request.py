# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What a probe is asked to do, checked before anything is sent."""

from __future__ import annotations

import ipaddress
import re
import typing as t
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from .._errors import InvalidInput
from .hop import HOPS, LOGGED_IN, with_needs
from .host import HOST, SRV_PREFIX, normalise
from .names import Port
from .resolver import Server, parse_server

SEED = re.compile(r"(?P<host>[^:]+)(:(?P<port>[0-9]{1,5}))?")
SCHEMES = ("mongodb+srv", "mongodb")
DEFAULT_PORT = 27017

#: The options of a connection string that matter here; what they are in a `Request`.
STRING_OPTIONS = {"authsource": "auth_source", "replicaset": "replica_set", "retrywrites": "retry_writes"}


@dataclass(frozen=True)
class Request:
    """One probe. Either `srv_host` is given or `ports`; `servers` is empty for the system's own resolver.

    `only_ports`, unless empty, are connected to instead of those of SRV or the string, which the driver always uses.
    `hops` is complete (with what the asked ones need), `asked` is what was asked for by name. `timeout` is in seconds.
    """

    srv_host: str | None
    ports: tuple[Port, ...]
    only_ports: frozenset[int]
    servers: tuple[Server, ...]
    expected: frozenset[str]
    username: str | None
    password: str | None = field(repr=False)
    auth_source: str | None
    replica_set: str | None
    retry_writes: bool
    database: str
    ca_path: str | None
    hops: tuple[str, ...]
    asked: frozenset[str]
    timeout: float

    @property
    def uri(self) -> str:
        """The connection string without credentials and options."""
        if self.srv_host:
            return f"mongodb+srv://{self.srv_host}/"
        return f"mongodb://{','.join(map(str, self.ports))}/"

    @property
    def title(self) -> str:
        """How messages call it."""
        return self.srv_host or ",".join(map(str, self.ports))


def from_options(options: t.Mapping[str, t.Any]) -> Request:
    """From a module's options. Raises `InvalidInput`; what may hold credentials is never repeated in it."""
    asked = frozenset(options["hops"] or ())
    if asked & set(LOGGED_IN) and not options["username"]:
        wanted = ", ".join(hop for hop in LOGGED_IN if hop in asked)
        raise InvalidInput("username", None, f"given for {wanted}", "Give username and password, or fewer hops.")
    if not options["timeout"] > 0:
        raise InvalidInput("timeout", options["timeout"], "more than 0 seconds")
    if options["connection_string"]:
        given = parse_connection_string(options["connection_string"])
    else:
        given = {"srv_host": _host("srv_host", options["srv_host"]), "ports": ()}
    return Request(
        srv_host=given["srv_host"],
        ports=given["ports"],
        only_ports=frozenset(_number(port) for port in options["ports"] or ()),
        servers=tuple(_server(text) for text in options["resolvers"] or ()),
        expected=frozenset(_address(text) for text in options["expected_addresses"] or ()),
        username=options["username"],
        password=options["password"],
        auth_source=options["auth_source"] or given.get("auth_source"),
        replica_set=given.get("replica_set"),
        retry_writes=options["retry_writes"] and given.get("retry_writes", "true").lower() != "false",
        database=options["database"],
        ca_path=options["ca_path"],
        hops=with_needs(asked or HOPS),
        asked=asked,
        timeout=options["timeout"],
    )


def parse_connection_string(text: str) -> dict[str, t.Any]:
    """`srv_host` and `ports`, and `auth_source`, `replica_set` and `retry_writes` where the string has them."""
    scheme, _separator, rest = text.strip().partition("://")
    if "@" in text:
        fix = "Take the user and the password out of it and give them as username and password."
        raise InvalidInput("connection_string", "(withheld)", "a connection string without credentials", fix)
    if scheme not in SCHEMES or not rest:
        raise InvalidInput("connection_string", text, "mongodb+srv://host/ or mongodb://host:port,host:port/")
    seeds, _question, query = rest.partition("?")
    seeds = seeds.partition("/")[0]
    options = {name.lower(): value for name, value in parse_qsl(query)}
    found: dict[str, t.Any] = {new: options[name] for name, new in STRING_OPTIONS.items() if name in options}
    if scheme == "mongodb+srv":
        return {**found, "srv_host": _host("connection_string", seeds), "ports": ()}
    return {**found, "srv_host": None, "ports": tuple(sorted({_port(seed) for seed in seeds.split(",")}))}


def _host(option: str, text: str) -> str:
    host = normalise(text)
    if host.startswith(SRV_PREFIX):
        host = host[len(SRV_PREFIX) :]
    if not HOST.fullmatch(host):
        shown = "(withheld)" if "@" in text else text
        raise InvalidInput(option, shown, "the host name of a mongodb+srv:// connection string, and nothing else")
    return host


def _port(seed: str) -> Port:
    parts = SEED.fullmatch(seed)
    host, port = (normalise(parts["host"]), int(parts["port"] or DEFAULT_PORT)) if parts else ("", 0)
    if not HOST.fullmatch(host) or not 0 < port < 65536:
        raise InvalidInput("connection_string", seed, "a list of host:port")
    return Port(host, port)


def _number(port: int) -> int:
    if not 0 < port < 65536:
        raise InvalidInput("ports", port, "a list of port numbers from 1 to 65535")
    return port


def _server(text: str) -> Server:
    try:
        return parse_server(text)
    except ValueError:
        raise InvalidInput("resolvers", text, "a list of IP addresses, each with :port if it is not 53") from None


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        raise InvalidInput("expected_addresses", text, "a list of IP addresses") from None
