# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated Entra and ARM on one loopback port with TLS, and Microsoft's own clients for them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
import uvicorn
from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.mongocluster import MongoClusterMgmtClient
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.privatedns import PrivateDnsManagementClient
from starlette.applications import Starlette

from tests.lab import arm_versions
from tests.lab.arm_call import parse_id
from tests.lab.azure import azure_routes
from tests.lab.entra import entra_routes, issue_token
from tests.lab.pace import PACES
from tests.lab.world import Service, World
from tests.lab_tests.atlas_server import Clock

GROUP = "rg-link"
REGION = "eastus2"
SPACE = "10.20.0.0/16"
NETWORK_VERSION = "2024-05-01"
DNS_VERSION = "2024-06-01"


@dataclass
class Azure:
    """A world with a resource group, and everything to talk to it."""

    world: World
    clock: Clock
    url: str
    ca: str
    open: ExitStack  # closes clients: a server waits for their TLS connections before it ends
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.open.enter_context(self.session)

    def credential(self, **changes: Any) -> ClientSecretCredential:
        given = {
            "tenant_id": self.world.tenant_id,
            "client_id": self.world.client_id,
            "client_secret": self.world.client_secret,
            **changes,
        }
        return self.open.enter_context(ClientSecretCredential(**given, **self.identity))

    @property
    def identity(self) -> dict[str, Any]:
        """Options that lead azure-identity here."""
        return {"authority": self.url, "disable_instance_discovery": True, "connection_verify": self.ca}

    @cached_property
    def network(self) -> Any:
        return self._client(NetworkManagementClient)

    @cached_property
    def dns(self) -> Any:
        return self._client(PrivateDnsManagementClient)

    @cached_property
    def mongo(self) -> Any:
        return self._client(MongoClusterMgmtClient)

    def _client(self, kind: Any) -> Any:
        options = {"credential_scopes": [f"{self.url}/.default"], "connection_verify": self.ca, "retry_total": 0}
        return self.open.enter_context(kind(self.credential(), self.world.subscription_id, self.url, **options))

    def path(self, kind: str, *names: str) -> str:
        """The id of a resource of Microsoft.Network in the group, e.g. path("virtualNetworks/subnets", "v", "s")."""
        types = kind.split("/")
        pairs = "".join(f"/{one}/{name}" for one, name in zip(types, names, strict=True))
        return f"/subscriptions/{self.world.subscription_id}/resourceGroups/{GROUP}/providers/Microsoft.Network{pairs}"

    def call(
        self, method: str, path: str, body: Any = None, version: str | None = "", **headers: str
    ) -> requests.Response:
        """A call without an SDK; `path` may be a whole URL. An underscore in a header's name means a hyphen. Without a
        version it is one that the type has, with None there is none."""
        token = issue_token(self.world, self.url)
        if version == "":
            version = version_of(path)
        address = path if path.startswith("https://") else self.url + path
        return self.session.request(
            method,
            address,
            params={"api-version": version} if version and "api-version=" not in address else None,
            json=body,
            headers={"Authorization": f"Bearer {token}", **{k.replace("_", "-"): v for k, v in headers.items()}},
            verify=self.ca,
            timeout=10,
        )

    def add_network(self, name: str = "vnet", space: str = SPACE, subnet: str = "10.20.1.0/24") -> str:
        """A virtual network with the subnet `link`; the subnet's id."""
        properties = {
            "addressSpace": {"addressPrefixes": [space]},
            "subnets": [{"name": "link", "properties": {"addressPrefix": subnet}}],
        }
        body = {"location": REGION, "properties": properties}
        self.network.virtual_networks.begin_create_or_update(GROUP, name, body).result()
        return self.path("virtualNetworks/subnets", name, "link")

    def add_other(self, kind: str, name: str) -> dict[str, str]:
        """A reference to a resource of another team."""
        return {"id": self.world.add_other(self.path(kind, name))["id"]}

    def add_service(self) -> Service:
        """MongoDB's Private Link Service of a new project."""
        return self.world.add_service(self.world.add_project("shop"), "US_EAST_2")

    def endpoint(
        self, subnet: str, target: str, manual: bool = True, group: str = "", **properties: Any
    ) -> dict[str, Any]:
        """The body of a private endpoint."""
        array = "manualPrivateLinkServiceConnections" if manual else "privateLinkServiceConnections"
        connection: dict[str, Any] = {"privateLinkServiceId": target, "requestMessage": "please"}
        if group:
            connection["groupIds"] = [group]
        return {
            "location": REGION,
            "properties": {
                "subnet": {"id": subnet},
                array: [{"name": "atlas", "properties": connection}],
                **properties,
            },
        }

    def add_endpoint(self, subnet: str, target: str, name: str = "pe") -> Any:
        body = self.endpoint(subnet, target)
        return self.network.private_endpoints.begin_create_or_update(GROUP, name, body).result()

    def state(self, name: str = "pe") -> tuple[str, str]:
        """(provisioningState, connection status) of an endpoint."""
        properties = self.network.private_endpoints.get(GROUP, name)["properties"]
        connection = properties["manualPrivateLinkServiceConnections"][0]["properties"]
        return properties["provisioningState"], connection["privateLinkServiceConnectionState"]["status"]


def version_of(path: str) -> str:
    """An api-version that the type of this resource has."""
    found = parse_id(path)
    kind = found.type if found else ""
    return NETWORK_VERSION if arm_versions.exists(kind, NETWORK_VERSION) else arm_versions.newest(kind)


def settle(azure: Azure) -> None:
    """Lets everything finish that has begun."""
    azure.clock.now += 1000


def settled_network(azure: Azure) -> str:
    """As `add_network`, in an Azure whose clock is set by hand."""
    subnets = [{"name": "link", "properties": {"addressPrefix": "10.20.1.0/24"}}]
    properties = {"addressSpace": {"addressPrefixes": [SPACE]}, "subnets": subnets}
    azure.call("PUT", azure.path("virtualNetworks", "vnet"), {"location": REGION, "properties": properties})
    settle(azure)
    return azure.path("virtualNetworks/subnets", "vnet", "link")


def put_endpoint(azure: Azure, body: dict[str, Any], name: str = "pe") -> Any:
    """Makes or changes a private endpoint, and waits for it."""
    return azure.network.private_endpoints.begin_create_or_update(GROUP, name, body).result()


def endpoint_refusal(azure: Azure, body: dict[str, Any]) -> tuple[int | None, str | None]:
    """The status and the code with which a private endpoint is refused."""
    with pytest.raises(HttpResponseError) as error:
        put_endpoint(azure, body)
    return code(error)


def interface_of(azure: Azure, endpoint: Any) -> Any:
    """The network interface of a private endpoint."""
    name = endpoint["properties"]["networkInterfaces"][0]["id"].rsplit("/", 1)[-1]
    return azure.network.network_interfaces.get(GROUP, name)


def code(error: pytest.ExceptionInfo[HttpResponseError]) -> tuple[int | None, str | None]:
    """The status and the code that an SDK raised."""
    return error.value.status_code, error.value.error.code if error.value.error else None


def problem(answer: requests.Response) -> tuple[int, str]:
    """The status and the code of an answer that is an error."""
    return answer.status_code, answer.json()["error"]["code"]


@contextmanager
def serve_azure(pace: str, directory: Path) -> Iterator[Azure]:
    """Entra and ARM on a free port of 127.0.0.1. With a pace other than instant the clock is set by hand."""
    authority = trustme.CA()
    certificate = directory / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    clock = Clock()
    world = World(PACES[pace], clock)
    world.add_resource_group(GROUP, REGION)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Connections inherit it; asyncio does not set it on a socket that it has not made, and 40 ms a call add up.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        app = Starlette(routes=[*entra_routes(world, lambda: url), *azure_routes(world, lambda: url)])
        # No grace at the end: azure-core leaves a connection open after an error, until the error itself goes.
        quick: dict[str, Any] = {"lifespan": "off", "timeout_graceful_shutdown": 0, "log_level": "critical"}
        server = uvicorn.Server(uvicorn.Config(app, ssl_certfile=str(certificate), **quick))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            with ExitStack() as stack:
                yield Azure(world, clock, url, str(directory / "ca.pem"), stack)
        finally:
            server.should_exit = True
            thread.join(timeout=10)
