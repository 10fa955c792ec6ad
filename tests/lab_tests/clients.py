# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain clients in a network of the lab: they know its resolver, and nothing else of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.resolver
import pymongo

SILENCE = 0.25  # seconds after which nobody is expected to answer any more
DRIVER = {"serverSelectionTimeoutMS": 700, "connectTimeoutMS": 300, "socketTimeoutMS": 1000}


def ask(resolver: str, name: str, kind: str, tcp: bool = False) -> tuple[str, Any]:
    """(rcode, the values; without any, who says no), or ("silent", "") or ("truncated", "")."""
    host, port = resolver.split(":")
    send = dns.query.tcp if tcp else dns.query.udp
    try:
        answer = send(dns.message.make_query(name, kind), host, timeout=SILENCE, port=int(port))
    except dns.exception.Timeout:
        return "silent", ""
    if answer.flags & dns.flags.TC:
        return "truncated", ""
    values = sorted(rdata.to_text() for rrset in answer.answer for rdata in rrset)
    says_no = answer.authority[0][0].mname.to_text() if answer.authority else None
    return dns.rcode.to_text(answer.rcode()), values or says_no


@contextlib.contextmanager
def driver(
    resolver: str, srv_host: str, username: str, password: str, ca_path: str, **more: Any
) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    """PyMongo with what an application was given; all of this process asks the resolver meanwhile."""
    mine = dns.resolver.Resolver(configure=False)
    host, port = resolver.split(":")
    mine.nameservers, mine.port, mine.lifetime = [host], int(port), 1.0
    saved, dns.resolver.default_resolver = dns.resolver.default_resolver, mine
    dns.resolver.override_system_resolver(mine)
    try:
        with pymongo.MongoClient(
            f"mongodb+srv://{srv_host}/",
            username=username,
            password=password,
            tlsCAFile=ca_path,
            **{**DRIVER, **more},
        ) as client:
            yield client
    finally:
        dns.resolver.restore_system_resolver()
        dns.resolver.default_resolver = saved
