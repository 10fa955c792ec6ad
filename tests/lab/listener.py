# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP listener that stays on loopback and ends when told to: what the lab's own protocols (DNS, MongoDB) share."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
HANDSHAKE_TIMEOUT = 5.0  # seconds; a client that connects and says nothing does not hold up `stop` for longer

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def require_loopback(bind: str, allow_any: bool) -> None:
    """Raises ValueError for an address outside 127.0.0.0/8, unless `allow_any` (a network namespace of our own)."""
    if not allow_any and ipaddress.ip_address(bind) not in LOOPBACK:
        raise ValueError(f"the lab listens on {LOOPBACK} only, not on {bind}")


class TcpListener:
    """Runs `serve` for every connection. `port` 0 lets the system choose; `port` then holds the choice once started."""

    def __init__(
        self, serve: Serve, bind: str, port: int, *, ssl_context: ssl.SSLContext | None = None, allow_any: bool = False
    ) -> None:
        require_loopback(bind, allow_any)
        self.bind = bind
        self.port = port
        self._serve = serve
        self._ssl = ssl_context
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Raises OSError when the address is taken."""
        timeout = HANDSHAKE_TIMEOUT if self._ssl else None
        self._server = await asyncio.start_server(
            self._accept, self.bind, self.port, ssl=self._ssl, ssl_handshake_timeout=timeout
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Closes the listening socket and every open connection."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        tasks = list(self._open.values())
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)  # asyncio has reported what went wrong in them

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:  # accepted just before `stop`
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._open[writer] = task
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, asyncio.TimeoutError, OSError):
            pass  # the client went away, or `stop` closed its connection
        finally:
            del self._open[writer]
            writer.close()
