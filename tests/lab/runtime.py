# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running lab on loopback: every cloud, resolver and database node of a world, in one thread.

Which ports are open follows from the world: a resolver for each virtual network, a database node for each approved
private endpoint. `_sync` compares the two after every request and a few times a second, and opens or closes the rest.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import secrets
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import trustme
import uvicorn
import yaml

from tests.lab import doors, links, mongo_cluster, mongo_links, regions, shell
from tests.lab.atlas import atlas_app
from tests.lab.atlas_auth import Tokens
from tests.lab.azure import azure_app
from tests.lab.control import control_app
from tests.lab.directory import Principal
from tests.lab.dns import DnsServer
from tests.lab.doors import Listener
from tests.lab.entra import entra_app
from tests.lab.faults.undo import Injected
from tests.lab.gateway import Gateway
from tests.lab.guard import left_out, log
from tests.lab.mongo_cluster import MongoCluster
from tests.lab.mongod import Member, MongodServer, ReplicaSet
from tests.lab.pace import PACES
from tests.lab.traffic import App, Exchange, Traffic, watched
from tests.lab.world import Cluster, Door, Project, World

HOST = "127.0.0.1"
SYNC_SECONDS = 0.1
CHANGE_SECONDS = 30.0  # the longest that a change from another thread may take
T = TypeVar("T")
WAIT_DELAYS = {"instant": 0.2, "demo": 0.5, "real": 30}  # seconds: as often as each pace is worth looking at


class Named(NamedTuple):
    """What a host of an inventory means: the project or cluster that its link leads to, and its endpoint's name."""

    leads_to: str
    endpoint: str


class Lab:
    """A world and everything that plays it.

    Use as a context manager. `directory` receives `ca.pem` and, for other processes, `lab.json` (mode 0600: it holds
    the run's random credentials).
    """

    server_names: tuple[str, ...] = (HOST, "localhost")  # in the certificate of the clouds' servers
    allow_any = False  # whether it may listen outside of loopback

    def __init__(self, pace: str = "instant", directory: Path | None = None) -> None:
        self.world = World(PACES[pace])
        self.traffic = Traffic()
        self._atlas = atlas_app(self.world)
        self.pace = pace
        self._temporary = None if directory else tempfile.TemporaryDirectory(prefix="lab-")
        self.directory = (directory or Path(self._temporary.name if self._temporary else ".")).resolve()
        self.directory.mkdir(parents=True, exist_ok=True)
        self.ca = trustme.CA(organization_name="privatelink.mongodb lab")
        self.ca_path = self.directory / "ca.pem"
        self.control_token = secrets.token_urlsafe(24)
        self.injected: list[Injected] = []  # faults, in the order in which they came
        self.hosts: dict[str, Named] = {}  # the links of inventories that were made for this lab
        self.stopping = threading.Event()
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._listeners: dict[Any, Listener] = {}
        self._sockets = {name: listening_socket() for name in ("atlas", "azure", "control")}
        self.dns_port = _free_dns_port()
        self._claim = _claim_network()
        self._certificates: dict[tuple[str, str], Path] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()
        self._thread = threading.Thread(target=self._run, name="lab", daemon=True)

    # -- what clients need -----------------------------------------------------------------------------------------

    def url(self, name: str) -> str:
        """The origin of `atlas`, `azure`, `entra` (the sign-in service, here beside ARM) or `control`."""
        return f"https://{HOST}:{self._sockets['azure' if name == 'entra' else name].getsockname()[1]}"

    def endpoint_names(self) -> set[str]:
        return {str(endpoint["name"]) for endpoint in self.world.of_type("Microsoft.Network/privateEndpoints")}

    def holds(self, address: str) -> bool:
        """Whether something can be reached at an address of a virtual network."""
        return address.startswith("127.")

    @property
    def atlas_tokens(self) -> Tokens:
        """Atlas' OAuth server."""
        return self._atlas.state.atlas.tokens  # type: ignore[no-any-return]

    @property
    def requests(self) -> list[Exchange]:
        return self.traffic.exchanges

    def resolver(self, vnet_id: str | None = None) -> str:
        """`address:port` of the resolver that clients in a virtual network use (None: public DNS).

        Azure maps its resolver into every network at the third address (source: Microsoft, virtual network FAQ).
        """
        return f"{self._resolver_address(vnet_id) if vnet_id else HOST}:{self.dns_port}"

    def resolvers(self) -> dict[str, str]:
        """The resolver of each virtual network, by its id."""
        found = {}
        for network in self.world.of_type("Microsoft.Network/virtualNetworks"):
            with left_out(f"the resolver of {network['id']}"):
                found[network["id"]] = self.resolver(network["id"])
        return found

    def address_prefix(self, number: int = 0) -> str:
        """A /24 on loopback for the 1st, 2nd, ... 255th virtual network; no other running lab uses it."""
        second = self._claim.getsockname()[0].split(".")[1]
        return f"127.{second}.{number}.0/24"

    def subnet_prefix(self, number: int = 0) -> str:
        """The whole of `address_prefix`: a subnet may fill its network, and leaves the resolver's address free."""
        return self.address_prefix(number)

    def build_link(self, name: str, **options: Any) -> links.BuiltLink:
        """A whole healthy link, made at once, whatever the pace; `options` as in `links.Plan`."""
        return self.change(lambda: links.build(self, links.Plan(name, **options)))

    def build_mongo_link(self, name: str, **options: Any) -> mongo_links.BuiltMongoLink:
        """The same to a new cluster of Azure DocumentDB; `options` as in `mongo_links.MongoPlan`."""
        return self.change(lambda: mongo_links.build(self, mongo_links.MongoPlan(name, **options)))

    def link_variables(self, product: str = "atlas") -> dict[str, Any]:
        """Variables for the playbooks: one link in the seeded world, to `atlas` or to a `mongo_cluster`, with its
        network still to be made (it may be one for both)."""
        if product == "mongo_cluster":
            return self.variables(mongo_links.planned(self, next(iter(self.world.mongo_clusters.values())), 0))
        return self.variables(links.planned(self, next(iter(self.world.projects.values())), 0))

    def variables(self, link: mongo_links.AnyLink, site: int = 0) -> dict[str, Any]:
        """Variables for the playbooks: a link's part in one of its regions."""
        if isinstance(link, mongo_links.BuiltMongoLink):
            place, own = link.site, mongo_links.variables(link, WAIT_DELAYS[self.pace])
        else:
            place, own = link.sites[site], self._atlas_variables(link, link.sites[site])
        return {
            **own,
            "private_link_verify_resolvers": [place.resolver],
            "private_link_verify_username": link.username,
            "private_link_verify_password": link.password,
            "private_link_verify_ca_path": str(self.ca_path),
            "private_link_verify_report_directory": str(self.directory / "report"),
        }

    def _atlas_variables(self, link: links.BuiltLink, place: links.Site) -> dict[str, Any]:
        return {
            "atlas_private_link_project": link.name,
            "atlas_private_link_region": place.location,
            "atlas_private_link_clusters": list(link.clusters),
            "atlas_private_link_resource_group": link.resource_group,
            "atlas_private_link_endpoint_name": place.endpoint,
            "atlas_private_link_virtual_network": place.virtual_network,
            "atlas_private_link_subnet": place.subnet,
            "atlas_private_link_address_prefixes": [place.address_prefix],
            "atlas_private_link_subnet_address_prefix": place.subnet_prefix,
            "atlas_private_link_location": place.location,
            "atlas_private_link_wait_delay": WAIT_DELAYS[self.pace],
            "private_link_dns_wait_delay": WAIT_DELAYS[self.pace],
        }

    def environment(self) -> dict[str, str]:
        """Environment variables that point the collection (and azure-identity) at this lab. Holds secrets."""
        world = self.world
        account = next(c for c in world.credentials.values() if c.kind == "service_account")
        return {
            "AZURE_TENANT": world.tenant_id,
            "AZURE_SUBSCRIPTION_ID": world.subscription_id,
            "AZURE_CLIENT_ID": world.client_id,
            "AZURE_SECRET": world.client_secret,
            "AZURE_AUTHORITY_HOST": self.url("azure"),
            "AZURE_RESOURCE_MANAGER_URL": self.url("azure"),
            "MONGODB_ATLAS_BASE_URL": self.url("atlas"),
            "MONGODB_ATLAS_CLIENT_ID": account.id,
            "MONGODB_ATLAS_CLIENT_SECRET": account.secret,
            "REQUESTS_CA_BUNDLE": str(self.ca_path),
        }

    def atlas_options(self) -> dict[str, Any]:
        """Authentication options for this collection's Atlas modules: the project owner's API key."""
        key = next(c for c in self.world.credentials.values() if c.kind == "key")
        return {
            "base_url": self.url("atlas"),
            "public_key": key.id,
            "private_key": key.secret,
            "ca_path": str(self.ca_path),
        }

    def azure_options(self) -> dict[str, Any]:
        """Authentication options for this collection's Azure modules: a service principal."""
        return {
            "subscription_id": self.world.subscription_id,
            "tenant": self.world.tenant_id,
            "client_id": self.world.client_id,
            "secret": self.world.client_secret,
            "authority_url": self.url("azure"),
            "resource_manager_url": self.url("azure"),
            "ca_path": str(self.ca_path),
        }

    def credentials(self, principal: Principal) -> dict[str, str]:
        """Who signs in, as options of this collection's Azure modules: `world.other` or `world.foreign`."""
        return {"tenant": principal.tenant_id, "client_id": principal.client_id, "secret": principal.client_secret}

    def seed(self, project: str = "rehearsal", cluster: str = "cluster0", location: str = "eastus2") -> Project:
        """What a user has before the first run: a project with an M10 cluster and credentials, and a resource group
        with a cluster of Azure DocumentDB."""
        made = self.world.add_project(project)
        self.world.add_cluster(made, cluster, [regions.atlas_name(location)])
        self.world.add_credential("key", {made.id: "GROUP_OWNER"})
        self.world.add_credential("service_account", {made.id: "GROUP_OWNER"})
        self.world.add_resource_group("rg-app", location)
        self.world.add_mongo_cluster("mongo0", "rg-app", location)
        return made

    # -- life ------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Lab:
        self.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self.stop()

    def start(self) -> None:
        """Returns when every port is open."""
        self.ca.cert_pem.write_to_path(str(self.ca_path))
        self._thread.start()
        self._ready.wait(30)
        if self._error or not self._ready.is_set():
            raise RuntimeError(f"the lab did not start: {self._error or 'no port opened within 30 s'}")

    def stop(self) -> None:
        self.stopping.set()
        self._thread.join(30)
        self._claim.close()
        if self._temporary:
            self._temporary.cleanup()

    def write_state(
        self, product: str = "atlas", inventories: Sequence[Path] = (), products: Sequence[str] = ()
    ) -> Path:
        """For other processes: lab.json says where everything listens, env.sh and link.yml point the collection here,
        at a link of that product, and the rest of `shell.files` other programs. They hold the run's credentials and are
        readable by their owner alone. `inventories` are a user's own, with links to `products`."""
        state = {
            "pid": os.getpid(),
            "pace": self.pace,
            "product": product,
            "products": list(products or [product]),
            "inventories": [str(path) for path in inventories],
            "ca": str(self.ca_path),
            "control": self.url("control"),
            "token": self.control_token,
            "environment": self.environment(),
            "resolver": self.resolver(),
        }
        for name, text in shell.files(self).items():
            write_private(self.directory / name, text)
        write_private(self.directory / "link.yml", yaml.safe_dump(self.link_variables(product), sort_keys=False))
        return write_private(self.directory / "lab.json", json.dumps(state, indent=2))

    # -- inside the thread -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # the thread that waits in start() must hear of it
            self._error = error
            log.critical("the lab ends", exc_info=error)
        finally:
            self._ready.set()
            self.stopping.set()  # the process ends with its lab

    async def _serve(self) -> None:
        arm = azure_app(self.world, lambda: self.url("azure"))
        entra = entra_app(self.world, lambda: self.url("entra"))
        apps = {
            "atlas": watched(self._atlas, "atlas", self.traffic, self._sync),
            "azure": _one_origin(
                watched(arm, "azure", self.traffic, self._sync), watched(entra, "entra", self.traffic, self._sync)
            ),
            "control": control_app(self),
        }
        certificate = self._certificate(*self.server_names)
        servers = [uvicorn.Server(_config(app, certificate)) for app in apps.values()]
        self._loop = asyncio.get_running_loop()
        await self._sync()
        tasks = [
            asyncio.create_task(server.serve(sockets=[self._sockets[name]]))
            for name, server in zip(apps, servers, strict=True)
        ]
        while not all(server.started for server in servers):
            await asyncio.sleep(0.01)
        self._ready.set()
        while not self.stopping.is_set():
            began = self._loop.time()
            await self._sync()
            await asyncio.sleep(max(SYNC_SECONDS, 4 * (self._loop.time() - began)))  # many links leave time for clients
        for server in servers:
            server.should_exit = server.force_exit = True
            for connection in list(server.server_state.connections):
                connection.transport.abort()  # type: ignore[union-attr]  # a TLS farewell would wait for the client
        await asyncio.gather(*tasks)
        for listener in self._listeners.values():
            await listener.stop()

    def change(self, make: Callable[[], T]) -> T:
        """Changes the world while nobody looks at it, and returns when every port follows from it. Within the lab's own
        thread, await `changed`."""
        if self._loop is None:
            return make()
        return asyncio.run_coroutine_threadsafe(self.changed(make), self._loop).result(CHANGE_SECONDS)

    async def changed(self, make: Callable[[], T]) -> T:
        made = make()
        await self._sync()
        return made

    async def _sync(self) -> None:
        """Opens what the world says is reachable and closes what is not any more."""
        async with self._lock:
            with left_out("what has gone"):
                self.world.sweep()
            wanted = dict(self._wanted())
            for key in [key for key in self._listeners if key not in wanted]:
                with left_out(f"the end of {key}"):
                    await self._listeners.pop(key).stop()
            for key in [key for key in wanted if key not in self._listeners]:
                # An address that another network already holds has one listener, as in life.
                with left_out(str(key)), contextlib.suppress(OSError):
                    listener = self._listener(wanted[key])
                    await listener.start()
                    self._listeners[key] = listener

    def _wanted(self) -> Iterator[tuple[Any, Any]]:
        """Networks with other addresses than loopback ones may exist; nobody can reach anything in them."""
        yield ("dns", None), None
        for network, resolver in self.resolvers().items():
            if self.holds(resolver.rpartition(":")[0]):
                yield ("dns", network.lower()), network
        for door in self.world.doors():
            if self.holds(door.bind) and door.fault != doors.REFUSED:
                yield (door.bind, door.port, door.members, door.fault), door

    def _listener(self, wanted: str | Door | None) -> Listener:
        if not isinstance(wanted, Door):
            return DnsServer(self.world.view(wanted), self.resolver(wanted).rpartition(":")[0], self.dns_port)
        if wanted.fault in doors.STANDINS:
            return doors.STANDINS[wanted.fault](wanted.bind, wanted.port, self.allow_any)
        return self._server(wanted)

    def _server(self, door: Door) -> MongodServer:
        """What answers at a port of a cluster."""
        cluster = door.cluster
        members = [Member(host, port) for host, port in door.members]
        kind: type[MongodServer]
        names: tuple[str, ...]
        if isinstance(cluster, Cluster):
            kind, names = MongodServer, (f"*.{cluster.shared_domain or f'{cluster.hash}.{self.world.domain}'}",)
        else:
            kind, names = Gateway, mongo_cluster.CERTIFIED
        return kind(
            _data(cluster),
            lambda: members,
            door.node,
            door.bind,
            door.port,
            self._context(names, door.fault),
            require_sni=True,
            allow_any=self.allow_any,
        )

    def _resolver_address(self, vnet_id: str) -> str:
        network = self.world.azure[vnet_id.lower()]
        prefix = network["properties"]["addressSpace"]["addressPrefixes"][0]
        return links.resolver_address(prefix)

    def _certificate(self, *names: str, fault: str = "") -> Path:
        key = (names[0], fault)
        if key not in self._certificates:
            path = self.directory / f"{len(self._certificates)}.pem"
            write_private(path, doors.CERTIFICATES[fault](self.ca, *names).decode())
            self._certificates[key] = path
        return self._certificates[key]

    def _context(self, names: Sequence[str], fault: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate(*names, fault=fault))
        return context


def _data(cluster: Cluster | MongoCluster) -> ReplicaSet:
    if cluster.documents is None:
        set_name = cluster.set_name if isinstance(cluster, Cluster) and cluster.type == "REPLICASET" else None
        cluster.documents = ReplicaSet(set_name, cluster.users, cluster)
    return cluster.documents  # type: ignore[no-any-return]


def _one_origin(arm: App, entra: App) -> App:
    """ARM and the sign-in service on one address, told apart by path: loopback has no host names to do it by."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        signing_in = "/oauth2/" in path or "/.well-known/" in path or "/discovery/" in path
        await (entra if signing_in else arm)(scope, receive, send)

    return serve


def _config(app: Any, certificate: Path) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ssl_certfile=str(certificate),
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=120,
    )


def listening_socket(host: str = HOST, port: int = 0) -> socket.socket:
    # With the protocol named, asyncio sets TCP_NODELAY; without it every small answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def write_private(path: Path, text: str) -> Path:
    """Writes a file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    return path


def _claim_network() -> socket.socket:
    """A socket in a 127.x.0.0/16 that no other lab on this machine holds: addresses below it are this lab's alone."""
    for second in random.sample(range(1, 255), 254):
        claim = socket.socket()
        try:
            claim.bind((f"127.{second}.255.254", 1024))
            return claim
        except OSError:
            claim.close()
    raise RuntimeError("every 127.x.0.0/16 is in use")


def _free_dns_port() -> int:
    """A port that is free for UDP and TCP; every virtual network's resolver uses the same one, on its own address."""
    for _attempt in range(50):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((HOST, 0))
            port = int(tcp.getsockname()[1])
            with contextlib.suppress(OSError):
                udp.bind((HOST, port))
                return port
    raise RuntimeError("no port is free for DNS")
