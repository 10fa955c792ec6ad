# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The TCP hop: every address and port that a driver may use, all at once."""

from __future__ import annotations

import errno
import socket
import typing as t
from dataclasses import dataclass, replace
from functools import partial

from .hop import OK, Check, Hop, side_by_side

UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EINVAL)


@dataclass(frozen=True)
class Endpoint:
    """A host's name, a port, and one of the host's addresses."""

    host: str
    port: int
    address: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def connect_all(endpoints: t.Sequence[Endpoint], timeout: float) -> list[Hop]:
    """One hop an endpoint, in their order. Silence is told apart by what else answers: other ports of the same address,
    or other addresses only."""
    hops = side_by_side([partial(connect, endpoint, timeout) for endpoint in endpoints])
    open_at = {endpoint.address for endpoint, hop in zip(endpoints, hops) if hop.status == OK}
    return [
        replace(hop, symptom="timeout_of_some" if endpoint.address in open_at else "timeout_of_address")
        if hop.symptom == "timeout" and open_at
        else hop
        for endpoint, hop in zip(endpoints, hops)
    ]


def connect(endpoint: Endpoint, timeout: float) -> Hop:
    """Opens a connection and closes it again."""
    check = Check("tcp", str(endpoint))
    seen = {"host": endpoint.host, "address": endpoint.address, "port": endpoint.port, "timeout": timeout}
    try:
        with socket.create_connection((endpoint.address, endpoint.port), timeout) as connection:
            return check.ok(f"{endpoint} accepts at {endpoint.address}", **seen, local=connection.getsockname()[0])
    except OSError as error:
        return check.failed(tcp_symptom(error), f"{endpoint} at {endpoint.address}: {error}", **seen, error=str(error))


def tcp_symptom(error: OSError) -> str:
    """Pure: why there is no connection, in one word."""
    if isinstance(error, (socket.timeout, TimeoutError)):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "unreachable" if error.errno in UNREACHABLE else "error"
