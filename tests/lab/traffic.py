# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the clients and the clouds: the log of every request, and the faults that can happen to one."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from tests.lab.bodies import LARGEST, parse, shortened
from tests.lab.guard import log

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

Headers = Sequence[tuple[bytes, bytes]]

DETAILS = {
    413: f"The size of the request exceeds the maximum of {LARGEST} bytes.",
    500: "The lab cannot answer this because of a defect; its log says more.",
}
_READS = ("GET", "HEAD", "OPTIONS")


@dataclass
class Exchange:
    """One request and its answer. Bodies are kept parsed; no header is kept, so no credential is."""

    cloud: str  # "atlas", "azure" or "entra"
    method: str
    path: str  # still encoded, with the query
    status: int = 0
    request: Any = None
    response: Any = None
    injected: bool = False  # a fault had a hand in the answer

    @property
    def is_token(self) -> bool:
        """Sign-in traffic: neither a read nor a write of a resource."""
        return self.cloud == "entra" or "/api/oauth/" in self.path

    @property
    def is_write(self) -> bool:
        return self.method not in _READS and not self.is_token and self.status != 401


@dataclass
class Fault:
    """Something that happens to the next `times` requests that match.

    `effect`: slow (answers after `seconds`), refuse (answers `status` with `code` and does nothing), throttle (429 with
    Retry-After `seconds`, rounded up to whole ones), cut (does what was asked, then drops the connection without an
    answer), drop (drops it before doing anything), page (a proxy answers 200 with a page of its own).
    """

    effect: str
    cloud: str = "*"
    method: str = "*"
    path: str = ".*"  # regular expression, searched in the encoded path
    times: int = 1
    seconds: float = 1.0
    status: int = 503
    code: str = "SERVICE_UNAVAILABLE"
    detail: str = "Injected by the lab."

    def matches(self, exchange: Exchange) -> bool:
        return (
            self.times > 0
            and self.cloud in ("*", exchange.cloud)
            and self.method in ("*", exchange.method)
            and re.search(self.path, exchange.path) is not None
        )


@dataclass
class Traffic:
    """The log and the pending faults, shared by all clouds of a lab."""

    exchanges: list[Exchange] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def inject(self, effect: str, **more: Any) -> Fault:
        fault = Fault(effect, **more)
        self.faults.append(fault)
        return fault

    def take(self, exchange: Exchange) -> Fault | None:
        fault = next((one for one in self.faults if one.matches(exchange)), None)
        if fault:
            fault.times -= 1
            if not fault.times:
                self.faults[:] = [one for one in self.faults if one is not fault]
        return fault


def watched(app: App, cloud: str, traffic: Traffic, after: Callable[[], Awaitable[None]]) -> App:
    """An ASGI app around a cloud's: logs, injects faults, and calls `after` each request that reached the cloud."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        body = await _body(receive)
        query = scope["query_string"].decode("latin-1")
        path = scope["raw_path"].decode("latin-1").split("?")[0] + (f"?{query}" if query else "")
        exchange = Exchange(cloud, scope["method"], path, request=_parsed(body or b""))
        if exchange.is_token:
            exchange.request = None  # it holds a secret
        traffic.exchanges.append(exchange)
        if body is None:
            return await _answer(exchange, send, 413, failure(cloud, 413), [(b"connection", b"close")])
        fault = traffic.take(exchange)
        exchange.injected = fault is not None
        if fault and fault.effect == "drop":
            return _abort(send)
        if fault and fault.effect == "page":
            exchange.status = 200
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
            return await send({"type": "http.response.body", "body": b"<html>Please sign in to the network.</html>"})
        if fault and fault.effect in ("refuse", "throttle"):
            return await _refuse(fault, exchange, send)
        if fault and fault.effect == "slow":
            await asyncio.sleep(fault.seconds)
        answer = _Answer()
        try:
            await app(scope, _replay(body), answer)
        except Exception:  # a defect of the lab, which its log shows and no client should wait for
            log.exception("%s cannot answer %s %s", cloud, exchange.method, shortened(exchange.path))
            answer = _Answer()
            await _answer(exchange, answer, 500, failure(cloud, 500))
        exchange.status = answer.start["status"]
        exchange.response = None if exchange.is_token else _parsed(answer.body)
        await after()
        if fault and fault.effect == "cut":
            return _abort(send)
        await send(answer.start)
        await send({"type": "http.response.body", "body": answer.body})

    return serve


class _Answer:
    """Collects what an app sends."""

    def __init__(self) -> None:
        self.start: dict[str, Any] = {}
        self.body = b""

    async def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")


async def _body(receive: Receive) -> bytes | None:
    """A body, or None for one that is too large, of which the rest is not read."""
    parts: list[bytes] = []
    while sum(map(len, parts)) <= LARGEST:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    body = b"".join(parts)
    return body if len(body) <= LARGEST else None


def _replay(body: bytes) -> Receive:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _parsed(body: bytes) -> Any:
    try:
        return parse(body) if body else None
    except ValueError:
        return None


def _abort(send: Send) -> None:
    """Drops the connection as a failing network would; uvicorn's `send` belongs to the object that holds it."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]


def failure(cloud: str, status: int, code: str = "", detail: str = "") -> dict[str, Any]:
    """The body of an answer that no part of a cloud gives: one to an injected fault, to a body that is too large, or in
    place of a defect. The codes for the latter two are plausible and unverified."""
    detail = detail or DETAILS[status]
    if cloud == "atlas":
        code = code or {413: "PAYLOAD_TOO_LARGE"}.get(status, "UNEXPECTED_ERROR")
        phrase = HTTPStatus(status).phrase
        return {"detail": detail, "error": status, "errorCode": code, "parameters": [], "reason": phrase}
    if cloud == "entra":
        code = code or {413: "invalid_request"}.get(status, "server_error")
        return {"error": code, "error_description": detail, "error_codes": [90033]}
    code = code or {413: "RequestContentTooLarge"}.get(status, "InternalServerError")
    return {"error": {"code": code, "message": detail}}


async def _refuse(fault: Fault, exchange: Exchange, send: Send) -> None:
    throttled = fault.effect == "throttle"
    status = 429 if throttled else fault.status
    code = fault.code
    if throttled:
        code = "RATE_LIMITED_TOKEN_BUCKET" if exchange.cloud == "atlas" else "TooManyRequests"
    headers = [(b"retry-after", str(math.ceil(fault.seconds)).encode())] if throttled else []
    await _answer(exchange, send, status, failure(exchange.cloud, status, code, fault.detail), headers)


async def _answer(exchange: Exchange, send: Send, status: int, body: Any, headers: Headers = ()) -> None:
    exchange.status, exchange.response = status, body
    sent = [(b"content-type", b"application/json"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
