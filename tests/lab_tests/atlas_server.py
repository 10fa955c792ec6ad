# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated Atlas on a loopback port, a clock that is set by hand, and an Azure private endpoint to register."""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests
import uvicorn
from requests.auth import AuthBase, HTTPDigestAuth
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from tests.lab.atlas import atlas_app
from tests.lab.atlas_auth import DigestAlgorithm
from tests.lab.pace import PACES, Pace
from tests.lab.world import Credential, Project, Service, World

VERSION = "application/vnd.atlas.2023-01-01+json"
ADVANCED_VERSION = "application/vnd.atlas.2023-02-01+json"
CLUSTER_VERSION = "application/vnd.atlas.2024-08-05+json"
FLEX_VERSION = "application/vnd.atlas.2024-11-13+json"


@dataclass
class Clock:
    """Seconds that pass when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class HttpServer:
    """One server for many worlds, because starting and stopping one takes longer than most tests."""

    def __init__(self) -> None:
        self.url = ""
        self.app: Starlette | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@contextmanager
def open_http_server() -> Iterator[HttpServer]:
    """Plain HTTP on a free port of 127.0.0.1."""
    http_server = HttpServer()
    # The protocol by its number: asyncio sets TCP_NODELAY only where it sees it, and every answer takes 40 ms without.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(http_server, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            http_server.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield http_server
        finally:
            server.should_exit = True
            thread.join(timeout=10)


@dataclass
class Exchange:
    """A call as it went over the wire; `path` with its query, bodies as JSON (None: none)."""

    method: str
    path: str
    request: Any
    status: int
    answer: Any


@dataclass
class Atlas:
    """A world with a project, an owner's key, and the API over it. Every call is kept in `exchanges`."""

    world: World
    clock: Clock
    project: Project
    owner: Credential
    url: str
    app: Starlette
    session: requests.Session
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def group(self) -> str:
        return f"/api/atlas/v2/groups/{self.project.id}"

    @property
    def services(self) -> str:
        return f"{self.group}/privateEndpoint/AZURE/endpointService"

    def endpoint(self, service: Service, endpoint_id: str) -> str:
        return f"{self.services}/{service.id}/endpoint/{quote(endpoint_id, safe='')}"

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        accept: str | None = VERSION,
        auth: AuthBase | None = None,
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        """As the owner unless told otherwise."""
        accepted = {"Accept": accept} if accept else {}
        answer = self.session.request(
            method,
            self.url + path,
            json=body,
            headers={"Content-Type": VERSION, **accepted, **(headers or {})} if body is not None else accepted,
            auth=auth or HTTPDigestAuth(self.owner.id, self.owner.secret),
            timeout=10,
        )
        document = answer.json() if answer.content else None
        self.exchanges.append(Exchange(method, path, body, answer.status_code, document))
        return answer

    def add_service(self, region: str = "US_EAST_2") -> Service:
        """A service that is AVAILABLE."""
        service = self.world.add_service(self.project, region)
        service.timeline.set("AVAILABLE")
        return service

    def add_private_endpoint(self, service: Service, name: str = "pe", address: str = "10.0.0.4") -> str:
        """An Azure private endpoint with a manual connection to the service, and its network interface; its id."""
        group = f"/subscriptions/{self.world.subscription_id}/resourceGroups/rg/providers/Microsoft.Network"
        ident, nic = f"{group}/privateEndpoints/{name}", f"{group}/networkInterfaces/{name}-nic"
        connection = {"name": name, "properties": {"privateLinkServiceId": service.pls_id}}
        self.world.azure[ident.lower()] = {
            "id": ident,
            "type": "Microsoft.Network/privateEndpoints",
            "properties": {
                "manualPrivateLinkServiceConnections": [connection],
                "networkInterfaces": [{"id": nic}],
            },
        }
        self.world.azure[nic.lower()] = {
            "id": nic,
            "type": "Microsoft.Network/networkInterfaces",
            "properties": {"ipConfigurations": [{"properties": {"privateIPAddress": address}}]},
        }
        return ident

    def register(self, service: Service, name: str = "pe", address: str = "10.0.0.4") -> requests.Response:
        """Makes a private endpoint and tells Atlas of it."""
        body = {"id": self.add_private_endpoint(service, name, address), "privateEndpointIPAddress": address}
        return self.call("POST", f"{self.services}/{service.id}/endpoint", body)


def unknown_endpoint_id(name: str = "nowhere") -> str:
    return f"/subscriptions/{uuid.uuid4()}/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/{name}"


@contextmanager
def serve_atlas(
    http_server: HttpServer,
    pace: Pace = PACES["instant"],
    digest_algorithm: DigestAlgorithm = "MD5",
) -> Iterator[Atlas]:
    clock = Clock()
    world = World(pace, clock)
    project = world.add_project("shop-prod")
    owner = world.add_credential("key", {project.id: "GROUP_OWNER"})
    http_server.app = atlas_app(world, digest_algorithm)
    with requests.Session() as session:
        yield Atlas(world, clock, project, owner, http_server.url, http_server.app, session)


def key(credential: Credential) -> HTTPDigestAuth:
    return HTTPDigestAuth(credential.id, credential.secret)


def refused(answer: requests.Response, status: int, code: str) -> dict[str, Any]:
    """The error's body, which must be what Atlas sends for this status and code."""
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["errorCode"], body["error"]) == (status, code, status), answer.text
    assert answer.headers["Content-Type"] == "application/json"
    return body
