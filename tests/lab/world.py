# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one truth of the lab: what exists in Atlas and in Azure, and what follows from it.

Nothing here speaks HTTP, DNS or BSON. The parts that do (`atlas`, `azure`, `dns`, `mongod`) read this world and change
it. Everything that happens later is a `Timeline`, evaluated when somebody looks, so there are no timers to wait for.
What two clouds decide together (is the connection approved? which strings does a cluster have? which addresses does
Atlas publish?) is derived on each look from the facts of both, never stored twice.
"""

from __future__ import annotations

import ipaddress
import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.lab import regions
from tests.lab.directory import Directory
from tests.lab.dns import PrivateZone, RecordSet, checked, checked_name
from tests.lab.guard import left_out
from tests.lab.mongo_cluster import PORT, MongoCluster
from tests.lab.pace import Pace
from tests.lab.view import RDATA, View

Json = dict[str, Any]
GONE = "GONE"
FIRST_PORT = 1024  # the first port of the Atlas load balancer on Azure (source: Atlas docs, connection strings)


def object_id() -> str:
    """24 hex digits, the shape of every Atlas id."""
    return secrets.token_hex(12)


def short(length: int = 6) -> str:
    """Lower-case letters and digits that start with a letter, as in Atlas' host names."""
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
    return secrets.choice(alphabet[:26]) + "".join(secrets.choice(alphabet) for _number in range(length - 1))


class Timeline:
    """A state that changes by itself: `then` adds what comes next and after how many seconds."""

    def __init__(self, clock: Callable[[], float], state: str) -> None:
        self._clock = clock
        self._phases: list[tuple[float, str]] = [(clock(), state)]

    def then(self, state: str, after: float) -> Timeline:
        """Adds a state that begins `after` seconds after the last one did."""
        self._phases.append((self._phases[-1][0] + after, state))
        return self

    def set(self, state: str) -> Timeline:
        """Forgets what was planned; the state is this one from now on."""
        self._phases = [(self._clock(), state)]
        return self

    def backdate(self, seconds: float) -> None:
        """All of it began that much earlier."""
        self._phases = [(at - seconds, state) for at, state in self._phases]

    def now(self) -> str:
        """The state at this moment."""
        moment = self._clock()
        return [state for at, state in self._phases if at <= moment][-1]

    def since(self) -> float:
        """When the present state began, on the world's clock."""
        moment = self._clock()
        return [at for at, _state in self._phases if at <= moment][-1]


@dataclass
class Cluster:
    """A dedicated cluster (or a Flex or M0 one, which private endpoints do not support)."""

    name: str
    regions: list[str]
    hash: str
    id: str = field(default_factory=object_id)
    type: str = "REPLICASET"
    instance_size: str = "M10"
    paused: bool = False
    nodes: int = 3
    set_name: str = field(default_factory=lambda: f"atlas-{short()}-shard-0")
    users: dict[str, str] = field(default_factory=dict)
    updating: bool = False  # a change is under way, and the private connection strings wait for it
    primary: int | None = 0  # which of the members; None during an election
    lost_primary: tuple[str, str, int] | None = None  # host, address, port of one that nobody here can reach
    denied: dict[str, int] = field(default_factory=dict)  # command -> the code with which it is refused
    full: bool = False  # it has too many connections: each is closed after its hello
    documents: Any = None  # the mongod part keeps the cluster's data here
    shared_domain: str = ""  # of an older cluster, whose names end with the hash: cluster0-ab123.azure.mongodb.net

    def named(self, label: str, domain: str) -> str:
        """One of the cluster's names, in a domain of its own below `domain` or in the one that it shares."""
        return f"{label}-{self.hash}.{self.shared_domain}" if self.shared_domain else f"{label}.{self.hash}.{domain}"


@dataclass
class Interface:
    """An Azure private endpoint that was registered with an endpoint service."""

    endpoint_id: str
    ip_address: str
    index: int
    timeline: Timeline
    connection_name: str
    error: str | None = None
    delete_requested: bool = False


@dataclass
class Service:
    """The endpoint service of a project in a region, and MongoDB's Private Link Service behind it."""

    id: str
    region: str
    pls_id: str
    timeline: Timeline
    error: str | None = None
    interfaces: dict[str, Interface] = field(default_factory=dict)

    @property
    def pls_name(self) -> str:
        return f"pls_{self.id}"


@dataclass
class Project:
    """An Atlas project (a "group" in the API)."""

    name: str
    id: str = field(default_factory=object_id)
    org_id: str = field(default_factory=object_id)
    regional_mode: bool = False
    payment_method: bool = True
    clusters: dict[str, Cluster] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)


@dataclass
class Credential:
    """An Atlas API key (public, private) or service account (client id, client secret) and its roles per project id."""

    kind: str  # "key" or "service_account"
    id: str
    secret: str
    roles: dict[str, str] = field(default_factory=dict)  # project id -> GROUP_OWNER, GROUP_READ_ONLY, ...
    allowed: bool = True  # False: the caller's address is not on the credential's access list


@dataclass(frozen=True)
class PrivateString:
    """One entry of a cluster's `connectionStrings.privateEndpoint`: hosts by region, ports, and whose endpoints."""

    cluster: Cluster
    seed: str  # the host of the mongodb+srv:// form
    targets: tuple[tuple[str, int], ...]
    addresses: tuple[tuple[str, str], ...]  # target host -> the address that was registered with Atlas
    interfaces: tuple[tuple[str, str], ...]  # (endpoint id, Atlas region)


@dataclass(frozen=True)
class Door:
    """A port that a cluster's node answers on, seen from one network."""

    cluster: Cluster | MongoCluster
    bind: str
    port: int
    node: int
    members: tuple[tuple[str, int], ...]
    fault: str = ""  # one of `doors.FAULTS`


class World:
    """Everything that exists. `azure` holds ARM resources by lower-case id, as ARM would return them."""

    def __init__(self, pace: Pace, clock: Callable[[], float] = time.monotonic) -> None:
        self.pace = pace
        self.clock = clock
        self.domain = "mongodb.net"
        self.directory = Directory()
        self.subscription_id = self.directory.add_subscription()
        self.tenant_id = self.directory.subscriptions[self.subscription_id]
        principal = self.directory.add_principal(tenant_id=self.tenant_id)
        # Another team of the same tenant, and another company: each with a subscription and a service principal.
        self.other_subscription_id = self.directory.add_subscription(self.tenant_id)
        self.other = self.directory.add_principal(self.other_subscription_id)
        self.foreign_subscription_id = self.directory.add_subscription()
        self.foreign = self.directory.add_principal(self.foreign_subscription_id)
        self.mongo_subscription_id = str(uuid.uuid4())
        self.client_id, self.client_secret = principal.client_id, principal.client_secret
        self.federated_token = secrets.token_urlsafe(24)  # the workload identity token that Entra accepts
        self.client_certificate: bytes | None = None  # PEM; an assertion signed with its key is accepted too
        self.token_key = secrets.token_bytes(32)  # signs the lab's access tokens
        self.rights = principal.rights  # of the first service principal, in Azure
        self.projects: dict[str, Project] = {}
        self.credentials: dict[str, Credential] = {}
        self.mongo_clusters: dict[str, MongoCluster] = {}  # by lower-case id
        self.providers = {name: Timeline(clock, "Registered") for name in ("Microsoft.Network", "Microsoft.DocumentDB")}
        self.features: dict[str, Timeline] = {}  # previews by "namespace/feature": NotRegistered, Registered, ...
        self.next_feature_outcome = "Registered"  # or Pending, where Microsoft decides
        self.azure: dict[str, Json] = {}
        self.timelines: dict[str, Timeline] = {}  # of ARM resources: provisioning, by lower-case id
        self.forced_connection: dict[str, str] = {}  # endpoint id (lower) -> Rejected, Disconnected, Pending
        self.next_service_outcome = "AVAILABLE"
        self.next_interface_outcome = "AVAILABLE"
        self.old_versions_gone = False  # Atlas is past the last day of the dates that have one
        self.hurried = False  # whether all that begins now is done at once
        self.lingering = 0.0  # seconds for which the network interface of a deleted private endpoint stays
        self.dns_faults: dict[tuple[str, str], str] = {}  # (name or '*', type or '*') -> fault
        self.view_faults: dict[tuple[str | None, str, str], str] = {}  # in one network (None: on the Internet)
        self.custom_dns: set[str] = set()  # networks (lower-case ids) whose DNS server knows no private zones
        self.published: dict[tuple[str, str], RecordSet | None] = {}  # (name, type) -> not what Atlas publishes
        self.door_faults: dict[tuple[str, int], str] = {}  # (address, port) -> one of `doors.FAULTS`
        self._ports: dict[tuple[str, str, str], int] = {}  # (project id, region, cluster id) -> first port

    # -- Atlas -----------------------------------------------------------------------------------------------------

    def add_project(self, name: str) -> Project:
        project = Project(name)
        self.projects[project.id] = project
        return project

    def add_credential(self, kind: str, roles: dict[str, str]) -> Credential:
        prefix = "mdb_sa_id_" if kind == "service_account" else ""
        name = prefix + (object_id() if prefix else short(8))
        secret = "mdb_sa_sk_" + secrets.token_urlsafe(24) if prefix else str(uuid.uuid4())
        credential = Credential(kind, name, secret, roles)
        self.credentials[name] = credential
        return credential

    def add_cluster(self, project: Project, name: str, regions: list[str], **more: Any) -> Cluster:
        hashes = {cluster.hash for cluster in project.clusters.values()}
        cluster = Cluster(name, regions, hashes.pop() if hashes else short(), **more)
        cluster.users.setdefault("app", secrets.token_urlsafe(18))
        project.clusters[name] = cluster
        return cluster

    def add_service(self, project: Project, region: str) -> Service:
        """A new endpoint service: INITIATING, then AVAILABLE (or what `next_service_outcome` says)."""
        ident = object_id()
        timeline = Timeline(self.clock, "INITIATING").then(self.next_service_outcome, self.pace.service)
        group = f"rg_{object_id()}_{short(8)}"
        service = Service(
            ident,
            region,
            f"/subscriptions/{self.mongo_subscription_id}/resourceGroups/{group}"
            f"/providers/Microsoft.Network/privateLinkServices/pls_{ident}",
            timeline,
        )
        if self.next_service_outcome == "FAILED":
            service.error = "A system failure has occurred."
        self.next_service_outcome = "AVAILABLE"
        project.services[ident] = service
        return service

    def delete_service(self, service: Service) -> None:
        service.timeline.set("DELETING").then(GONE, self.pace.service_delete)

    def register(self, service: Service, endpoint_id: str, ip_address: str) -> Interface:
        """Registers a private endpoint. Atlas checks nothing at once: a wrong id ends in FAILED, a wrong address
        in a wrong A record (source: Atlas troubleshooting page)."""
        used = {interface.index for interface in service.interfaces.values()}
        index = next(i for i in range(len(used) + 1) if i not in used)
        outcome = self.next_interface_outcome
        endpoint = self.azure.get(endpoint_id.lower())
        if outcome == "AVAILABLE" and (endpoint is None or self.target_of(endpoint).lower() != service.pls_id.lower()):
            outcome = "FAILED"
        self.next_interface_outcome = "AVAILABLE"
        interface = Interface(
            endpoint_id,
            ip_address,
            index,
            Timeline(self.clock, "INITIATING").then(outcome, self.pace.interface),
            f"{uuid.uuid4()}%2F{endpoint_id.rsplit('/', 1)[-1]}%2F{service.pls_name}",
            "The private endpoint could not be connected." if outcome == "FAILED" else None,
        )
        service.interfaces[endpoint_id.lower()] = interface
        return interface

    def unregister(self, interface: Interface) -> None:
        interface.delete_requested = True
        interface.timeline.set("DELETING").then(GONE, self.pace.interface_delete)

    def sweep(self) -> None:
        """Forgets what has finished going away; the last interface takes its service along (source: Admin API
        specification, delete private endpoint)."""
        for project in self.projects.values():
            for service in list(project.services.values()):
                gone = [key for key, item in service.interfaces.items() if item.timeline.now() == GONE]
                for key in gone:
                    del service.interfaces[key]
                if gone and not service.interfaces and service.timeline.now() != "DELETING":
                    self.delete_service(service)
                if service.timeline.now() == GONE:
                    del project.services[service.id]
        for key in [key for key, timeline in self.timelines.items() if timeline.now() == GONE]:
            self.azure.pop(key, None)
            self.mongo_clusters.pop(key, None)
            for cluster in self.mongo_clusters.values():
                cluster.forget(key)
            del self.timelines[key]

    def services(self) -> Iterator[tuple[Project, Service]]:
        for project in self.projects.values():
            for service in project.services.values():
                yield project, service

    # -- Azure -----------------------------------------------------------------------------------------------------

    def add_mongo_cluster(
        self, name: str, group: str, location: str, subscription: str = "", **more: Any
    ) -> MongoCluster:
        """A cluster of Azure DocumentDB in a resource group."""
        where = f"/subscriptions/{subscription or self.subscription_id}/resourceGroups/{group}"
        cluster = MongoCluster(name, where, location, **more)
        self.mongo_clusters[cluster.id.lower()] = cluster
        return cluster

    def mongo_cluster_behind(self, endpoint: Json) -> MongoCluster | None:
        """The cluster that a private endpoint connects to, if it is one."""
        return self.mongo_clusters.get(self.target_of(endpoint).lower())

    def registration(self, namespace: str) -> Timeline | None:
        """The state of the subscription's registration with a resource provider; None for those that need none."""
        names = {name.lower(): state for name, state in self.providers.items()}
        return names.get(namespace.lower())

    def add_resource_group(self, name: str, location: str, subscription: str = "") -> Json:
        path = f"/subscriptions/{subscription or self.subscription_id}/resourceGroups/{name}"
        body = {
            "id": path,
            "name": name,
            "type": "Microsoft.Resources/resourceGroups",
            "location": location,
            "properties": {"provisioningState": "Succeeded"},
        }
        self.azure[path.lower()] = body
        return body

    def add_other(self, path: str) -> Json:
        """A resource that another team looks after, e.g. a route table: it exists, and that is all."""
        kind = "/".join(path.partition("/providers/")[2].split("/")[:2])
        body = {"id": path, "name": path.rpartition("/")[2], "type": kind, "location": "eastus2", "properties": {}}
        self.azure[path.lower()] = body
        return body

    def of_type(self, kind: str, under: str = "") -> list[Json]:
        """ARM resources of a type (e.g. `Microsoft.Network/privateEndpoints`) whose id starts with `under`."""
        return [
            body
            for key, body in list(self.azure.items())
            if body["type"].lower() == kind.lower() and key.startswith(under.lower())
        ]

    @staticmethod
    def target_of(endpoint: Json) -> str:
        """The resource id that a private endpoint connects to."""
        properties = endpoint["properties"]
        connections = [
            *properties.get("privateLinkServiceConnections", []),
            *properties.get("manualPrivateLinkServiceConnections", []),
        ]
        return str(connections[0]["properties"]["privateLinkServiceId"]) if connections else ""

    def connection_state(self, endpoint: Json) -> tuple[str, str]:
        """(status, description) of an endpoint's connection: Pending until the owner of the target accepted it,
        Disconnected when the target has gone (source: Microsoft, private endpoint overview)."""
        key = endpoint["id"].lower()
        if key in self.forced_connection:
            status = self.forced_connection[key]
            return status, f"{status} by the owner of the service."
        mongo_cluster = self.mongo_cluster_behind(endpoint)
        if mongo_cluster and key in mongo_cluster.connections:
            return mongo_cluster.connections[key].state(self.clock())
        service = self.service_behind(self.target_of(endpoint))
        if service is not None and service.timeline.now() not in ("DELETING", GONE):
            interface = service.interfaces.get(key)
            state = interface.timeline.now() if interface else "INITIATING"
            if state in ("INITIATING", "FAILED"):
                return "Pending", "Awaiting approval"
            if state == "AVAILABLE":
                return "Approved", "Connection Approved"
        return "Disconnected", "The target was removed."

    def service_behind(self, target: str) -> Service | None:
        """The endpoint service whose Private Link Service this id is."""
        ident = target.rsplit("/", 1)[-1].lower().removeprefix("pls_")
        found = [project.services[ident] for project in self.projects.values() if ident in project.services]
        return next((service for service in found if service.pls_id.lower() == target.lower()), None)

    def endpoint_config(self, endpoint: Json) -> Json:
        """The IP configuration of the endpoint's network interface: the address and what it is for."""
        nic = self.azure[endpoint["properties"]["networkInterfaces"][0]["id"].lower()]
        found: Json = nic["properties"]["ipConfigurations"][0]["properties"]
        return found

    def endpoint_ip(self, endpoint: Json) -> str:
        """The private address on the endpoint's network interface."""
        return str(self.endpoint_config(endpoint)["privateIPAddress"])

    def endpoint_names(self, endpoint: Json) -> list[str]:
        """The target's public names that the address stands for; none for a Private Link Service."""
        return list(self.endpoint_config(endpoint)["privateLinkConnectionProperties"]["fqdns"])

    def free_address(self, subnet: Json) -> str | None:
        """The next free address of a subnet; Azure keeps the first four and the last one for itself (source:
        Microsoft, virtual network FAQ)."""
        used = set(self.addresses_in(subnet["id"]))
        networks = [ipaddress.ip_network(prefix) for prefix in self.prefixes_of(subnet)]
        usable = (network[i] for network in networks for i in range(4, network.num_addresses - 1))
        return next((str(ip) for ip in usable if str(ip) not in used), None)

    @staticmethod
    def prefixes_of(subnet: Json) -> list[str]:
        """A subnet's address prefixes; ARM keeps whichever of the two forms was sent."""
        properties = subnet["properties"]
        return list(properties.get("addressPrefixes") or [properties["addressPrefix"]])

    def addresses_in(self, subnet_id: str) -> list[str]:
        return [
            config["properties"]["privateIPAddress"]
            for nic in self.of_type("Microsoft.Network/networkInterfaces")
            for config in nic["properties"]["ipConfigurations"]
            if config["properties"]["subnet"]["id"].lower() == subnet_id.lower()
        ]

    # -- What follows from both ------------------------------------------------------------------------------------

    def cluster_state(self, project: Project, cluster: Cluster) -> str:
        """IDLE, or UPDATING while Atlas writes a cluster's private connection strings."""
        waiting = [
            interface
            for service in project.services.values()
            if service.region in cluster.regions
            for interface in service.interfaces.values()
            if interface.timeline.now() == "AVAILABLE"
            and self.clock() < interface.timeline.since() + self.pace.connection_strings
        ]
        return "UPDATING" if waiting or cluster.updating else "IDLE"

    def private_strings(self, project: Project, cluster: Cluster) -> list[PrivateString]:
        """A cluster's private connection strings. None until every one of its regions has an endpoint, and then only
        some minutes after that endpoint is AVAILABLE (source: Admin API specification, ClusterConnectionStrings)."""
        if cluster.instance_size in ("M0", "FLEX") or cluster.updating:
            return []
        ready: dict[str, list[Interface]] = {region: [] for region in cluster.regions}
        for service in project.services.values():
            for interface in service.interfaces.values():
                live = interface.timeline.now() == "AVAILABLE" and service.region in ready
                if live and self.clock() >= interface.timeline.since() + self.pace.connection_strings:
                    ready[service.region].append(interface)
        if not all(ready.values()):
            return []
        per_region = project.regional_mode or len(cluster.regions) == 1
        groups = (
            [[(region, one)] for region, found in ready.items() for one in sorted(found, key=lambda i: i.index)]
            if per_region
            else [[(region, found[0]) for region, found in ready.items()]]
        )
        return [self._string(project, cluster, group) for group in groups]

    def _string(self, project: Project, cluster: Cluster, group: list[tuple[str, Interface]]) -> PrivateString:
        index = group[0][1].index
        regional = f"-{self.location(group[0][0])}" if project.regional_mode else ""
        targets: list[tuple[str, int]] = []
        addresses: list[tuple[str, str]] = []
        for region, interface in group:
            host = self.target_host(cluster, region, interface)
            addresses.append((host, interface.ip_address))
            targets += [(host, port) for port in self.ports(project, region, cluster)]
        return PrivateString(
            cluster,
            cluster.named(f"{cluster.name.lower()}-pl-{index}{regional}", self.domain),
            tuple(targets),
            tuple(addresses),
            tuple((interface.endpoint_id, region) for region, interface in group),
        )

    def target_host(self, cluster: Cluster, region: str, interface: Interface) -> str:
        label = f"pl-{interface.index}-{self.location(region)}"
        return cluster.named(label if cluster.shared_domain else f"{label}-azure", self.domain)

    def location(self, region: str) -> str:
        return regions.azure_location(region)

    def ports(self, project: Project, region: str, cluster: Cluster) -> list[int]:
        """The load balancer's ports for a cluster's nodes in a region: unique in the region, from 1024 upward."""
        key = (project.id, region, cluster.id)
        if key not in self._ports:
            taken = [first + 50 for (owner, where, _c), first in self._ports.items() if (owner, where) == key[:2]]
            self._ports[key] = max(taken, default=FIRST_PORT)
        share, extra = divmod(cluster.nodes, len(cluster.regions))
        count = share + (1 if cluster.regions.index(region) < extra else 0)
        return [self._ports[key] + node for node in range(count)]

    def doors(self) -> list[Door]:
        """Every port on which a cluster can be reached through an approved private endpoint, at the address of the
        endpoint's own network interface, whatever was registered with Atlas."""
        found = list(self._mongo_doors())
        for project, service in self.services():
            for key, interface in list(service.interfaces.items()):
                with left_out(f"the way through {key}"):
                    endpoint = self.azure.get(key)
                    if endpoint is None or self.connection_state(endpoint)[0] != "Approved":
                        continue
                    for cluster in project.clusters.values():
                        dedicated = cluster.instance_size not in ("M0", "FLEX")
                        if service.region in cluster.regions and dedicated and not cluster.paused:
                            found += self._doors(project, service, interface, endpoint, cluster)
        clusters = [cluster for project in self.projects.values() for cluster in project.clusters.values()]
        lost = [(cluster, cluster.lost_primary) for cluster in clusters]
        return found + [Door(cluster, door[1], door[2], 0, (), "filtered") for cluster, door in lost if door]

    def _doors(
        self, project: Project, service: Service, interface: Interface, endpoint: Json, cluster: Cluster
    ) -> list[Door]:
        strings = self.private_strings(project, cluster)
        mine = [s.targets for s in strings if interface.endpoint_id in [e for e, _region in s.interfaces]]
        host = self.target_host(cluster, service.region, interface)
        ports = self.ports(project, service.region, cluster)
        members = mine[0] if mine else tuple((host, port) for port in ports)
        if cluster.lost_primary:
            members = ((cluster.lost_primary[0], cluster.lost_primary[2]), *members)
        address = self.endpoint_ip(endpoint)
        return [
            Door(
                cluster, address, port, members.index((host, port)), members, self.door_faults.get((address, port), "")
            )
            for port in ports
        ]

    def _mongo_doors(self) -> Iterator[Door]:
        """Those of Azure DocumentDB. Its public network access has no say in the private path (source: Microsoft,
        model of the resource provider); nobody answers at its public address."""
        for endpoint in self.of_type("Microsoft.Network/privateEndpoints"):
            with left_out(f"the way through {endpoint['id']}"):
                cluster = self.mongo_cluster_behind(endpoint)
                if not (cluster and cluster.answers and self.connection_state(endpoint)[0] == "Approved"):
                    continue
                address = self.endpoint_ip(endpoint)
                members = tuple((host, PORT) for host in cluster.hosts)
                yield Door(cluster, address, PORT, 0, members, self.door_faults.get((address, PORT), ""))

    # -- DNS -------------------------------------------------------------------------------------------------------

    def public_records(self) -> dict[tuple[str, str], RecordSet]:
        """What Atlas publishes: SRV and TXT for each private string, and the A record with the *registered* address
        (source: Atlas docs, Azure private link connection strings), TTL 60 s; and the names of Azure DocumentDB.
        `published` has the last word."""
        records: dict[tuple[str, str], RecordSet] = {}
        for project in self.projects.values():
            for cluster in project.clusters.values():
                members = f"&replicaSet={cluster.set_name}" if cluster.type == "REPLICASET" else ""
                options = f'"authSource=admin{members}"'
                for string in self.private_strings(project, cluster):
                    srv = tuple(f"0 0 {port} {host}." for host, port in string.targets)
                    records[(f"_mongodb._tcp.{string.seed}", "SRV")] = RecordSet(60, srv)
                    records[(string.seed, "TXT")] = RecordSet(60, (options,))
                    for host, address in string.addresses:
                        records[(host, "A")] = RecordSet(60, (address,))
        for mongo_cluster in self.mongo_clusters.values():
            records.update(mongo_cluster.public_records)
        for key, wrong in self.published.items():
            records.pop(key, None)
            if wrong is not None:
                records[key] = wrong
        return records

    def view(self, vnet_id: str | None) -> View:
        """What a resolver tells a client in a virtual network (None: somewhere on the Internet)."""
        return View(self, vnet_id)

    def linked_zones(self, vnet_id: str) -> list[PrivateZone]:
        zones = []
        for link in self.of_type("Microsoft.Network/privateDnsZones/virtualNetworkLinks"):
            with left_out(f"the zone of {link['id']}"):
                properties = link["properties"]
                if properties["virtualNetwork"]["id"].lower() != vnet_id.lower():
                    continue
                zone_id = link["id"].rsplit("/virtualNetworkLinks/", 1)[0]
                zone = self.azure.get(zone_id.lower())
                if zone is not None and checked_name(zone["name"]):
                    redirect = properties.get("resolutionPolicy") == "NxDomainRedirect"
                    zones.append(PrivateZone(zone["name"].lower(), self.zone_records(zone_id), redirect))
        return zones

    def zone_records(self, zone_id: str) -> dict[tuple[str, str], RecordSet]:
        """A private zone's record sets as DNS data: (relative name, type) -> RecordSet."""
        found = {}
        for kind, render in RDATA.items():
            for body in self.of_type(f"Microsoft.Network/privateDnsZones/{kind}", zone_id + "/"):
                with left_out(f"the record set {body['id']}"):
                    properties = body["properties"]
                    records = RecordSet(properties["ttl"], tuple(render(properties)))
                    found[(checked_name(body["name"].lower()), kind)] = checked(kind, records)
        return found
