# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole links at once: what a playbook would have made in a lab, made by the clouds' own code without the playbook.

Every write goes through the same handlers that answer requests, so the world afterwards is one that requests could
have led to. Names and marks are those that the collection's roles use.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import ipaddress
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.lab import atlas, atlas_model, regions
from tests.lab.arm_call import Call as ArmCall
from tests.lab.arm_call import parse_id
from tests.lab.arm_versions import newest
from tests.lab.atlas_documents import PROVIDER, Documents
from tests.lab.azure import build_arm
from tests.lab.pace import PACES
from tests.lab.world import Credential, Json, PrivateString, Project, World

if TYPE_CHECKING:
    from tests.lab.runtime import Lab

ORIGIN = "https://lab.invalid"  # stands in links that nobody follows
MARK = {"managed-by": "privatelink.mongodb"}
DNS_MODES = ("host_zones", "cluster_zone", "public")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
NETWORKS = 255  # as many as `Lab.address_prefix` has; the first one is for the link that is not built here

#: (name relative to the zone, type) -> values: addresses, "priority weight port target", or the text of a TXT record
Records = Mapping[tuple[str, str], Sequence[str]]


@dataclass(frozen=True)
class Plan:
    """What to build: a project `name` with these clusters, and an endpoint in each of the regions (in either cloud's
    spelling). `dns` is the mode of the role private_link_dns; `regional_mode` needs `sharded`."""

    name: str
    regions: Sequence[str] = ("eastus2",)
    clusters: Sequence[str] = ("cluster0",)
    nodes: int = 3
    sharded: bool = False
    regional_mode: bool = False
    dns: str = "host_zones"
    shared_domain: str = ""  # of older clusters, whose names are directly in it: azure.mongodb.net

    def __post_init__(self) -> None:
        """Raises ValueError for what cannot be built."""
        if not NAME.fullmatch(self.name):
            raise ValueError(f"name is {self.name!r}: 1 to 40 letters, digits and hyphens, a letter first")
        if self.dns not in DNS_MODES:
            raise ValueError(f"dns is {self.dns!r}: one of {', '.join(DNS_MODES)}")
        unknown = [region for region in self.regions if not regions.is_known(region)]
        if unknown or not self.regions:
            raise ValueError(f"regions are {list(self.regions)}: one or more that both clouds have")
        if self.nodes < len(self.regions):
            raise ValueError(f"nodes is {self.nodes}: one or more for each of {len(self.regions)} regions")
        if self.regional_mode and not self.sharded:
            raise ValueError("regional_mode is for sharded clusters only")


@dataclass(frozen=True)
class Site:
    """A link's part in one region; `resolver` is address:port, `address` and `service_id` are empty while planned."""

    group_id: str
    location: str
    endpoint: str
    virtual_network: str
    address_prefix: str
    subnet_prefix: str
    resolver: str
    subnet: str = "snet-endpoints"
    address: str = ""
    service_id: str = ""

    @property
    def virtual_network_id(self) -> str:
        return f"{self.group_id}/providers/Microsoft.Network/virtualNetworks/{self.virtual_network}"

    @property
    def subnet_id(self) -> str:
        return f"{self.virtual_network_id}/subnets/{self.subnet}"

    @property
    def endpoint_id(self) -> str:
        return f"{self.group_id}/providers/Microsoft.Network/privateEndpoints/{self.endpoint}"


@dataclass(frozen=True)
class BuiltLink:
    """Where everything is that a client or a playbook needs, as it was when the link was built."""

    name: str  # the project's
    project_id: str
    clusters: tuple[str, ...]
    sites: tuple[Site, ...]
    username: str
    password: str = field(repr=False)
    srv_hosts: tuple[str, ...] = ()

    @property
    def resource_group(self) -> str:
        return self.sites[0].group_id.rpartition("/")[2]

    @property
    def srv_host(self) -> str:
        return self.srv_hosts[0]

    @property
    def resolver(self) -> str:
        """Where a client in the first region's virtual network asks."""
        return self.sites[0].resolver

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(site.address for site in self.sites)


class Clouds:
    """Both clouds' handlers, called without HTTP by somebody who may do everything. Raises ArmError and Refusal."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._arm = build_arm(world, lambda: ORIGIN)

    def put(self, path: str, body: Json) -> Json:
        """Writes an ARM resource; what it is afterwards. Raises ArmError also for what fails after it was accepted."""
        return self.world.azure[self.write(path, body)]

    def write(self, path: str, body: Json) -> str:
        """The same for one that the world keeps in a way of its own; the lower-case id."""
        ident = parse_id(path)
        assert ident is not None, path
        reply = self._arm.answer(ArmCall("PUT", ident, {"api-version": newest(ident.type)}, {}, body, "lab"))
        status = reply.headers.get("Azure-AsyncOperation", "").partition("?")[0].rpartition("/")[2]
        error = self._arm.operations[status].error if status else None
        if error:
            raise error
        return ident.key

    def delete(self, path: str) -> None:
        ident = parse_id(path)
        assert ident is not None, path
        self._arm.answer(ArmCall("DELETE", ident, {"api-version": newest(ident.type)}, {}, {}, "lab"))
        self.world.sweep()

    def atlas(self, name: str, body: Json, **parameters: str) -> Any:
        """One of the Admin API's operations; the model of its answer."""
        operation = next(one for one in atlas_model.OPERATIONS if one.name == name)
        asked = operation.request.model_validate(body) if operation.request else None
        documents = Documents(self.world, ORIGIN, "2026-01-01T00:00:00Z")
        nobody = Credential("key", "", "")
        call = atlas.Call(self.world, documents, nobody, {"cloudProvider": PROVIDER, **parameters}, {}, "", asked)
        return atlas.HANDLERS[name](call)

    def put_zone(
        self, group_id: str, name: str, networks: Sequence[str], records: Records, owner: str = "", **policy: str
    ) -> str:
        """A private DNS zone with record sets and links to virtual networks; its id. `owner`: the endpoint it is for;
        without one, somebody made it by hand. `policy`: more properties of the links."""
        zone = f"{group_id}/providers/Microsoft.Network/privateDnsZones/{name}"
        used_by = {f"used-by-{hashlib.sha256(owner.lower().encode()).hexdigest()[:12]}": owner}
        metadata = {**MARK, **used_by} if owner else {}
        tags = {**MARK, "made-for": owner} if owner else {}
        known = self.world.azure.get(zone.lower(), {}).get("tags", tags)
        self.put(zone, {"location": "global", "tags": known})
        for network in networks:
            properties = {"virtualNetwork": {"id": network}, "registrationEnabled": False, **policy}
            link = f"{zone}/virtualNetworkLinks/{network.rpartition('/')[2]}"
            self.put(link, {"location": "global", "tags": tags, "properties": properties})
        for (relative, kind), values in records.items():
            self.put_records(zone, relative, kind, values, metadata)
        return zone

    def put_records(
        self, zone: str, relative: str, kind: str, values: Sequence[str], metadata: Json | None = None
    ) -> None:
        properties = {"ttl": 60, "metadata": metadata or {}, **_RECORDS[kind](values)}
        self.put(f"{zone}/{kind}/{relative}", {"properties": properties})


def _srv(value: str) -> Json:
    priority, weight, port, target = value.split()
    return {"priority": int(priority), "weight": int(weight), "port": int(port), "target": target.rstrip(".")}


_RECORDS = {
    "A": lambda values: {"aRecords": [{"ipv4Address": value} for value in values]},
    "SRV": lambda values: {"srvRecords": [_srv(value) for value in values]},
    "TXT": lambda values: {"txtRecords": [{"value": [value]} for value in values]},
}


@functools.cache
def resolver_address(address_prefix: str) -> str:
    """Azure maps its resolver into every network at the third address (source: Microsoft, virtual network FAQ)."""
    return str(ipaddress.ip_network(address_prefix)[2])


def build(lab: Lab, plan: Plan) -> BuiltLink:
    """Makes the link at once, whatever the lab's pace. Raises ValueError for a name that is taken."""
    with at_once(lab.world):
        return _build(lab, plan)


@contextlib.contextmanager
def at_once(world: World) -> Iterator[None]:
    """What begins here is done at once, whatever the pace, and whatever lingers."""
    before = world.pace, world.hurried
    world.pace, world.hurried = PACES["instant"], True
    try:
        yield
    finally:
        world.pace, world.hurried = before


def _build(lab: Lab, plan: Plan) -> BuiltLink:
    world = lab.world
    if plan.name in [project.name for project in world.projects.values()]:
        raise ValueError(f"there is a project {plan.name!r} already")
    clouds = Clouds(world)
    project = world.add_project(plan.name)
    grant(world, project)
    password = secrets.token_urlsafe(18)
    for cluster in plan.clusters:
        kind = "SHARDED" if plan.sharded else "REPLICASET"
        locations = [regions.atlas_name(region) for region in plan.regions]
        more = {"nodes": plan.nodes, "type": kind, "shared_domain": plan.shared_domain}
        world.add_cluster(project, cluster, locations, users={"app": password}, **more)
    if plan.regional_mode:
        clouds.atlas("set_regional_mode", {"enabled": True}, groupId=project.id)
    sites = tuple(join(lab, project, regions.azure_location(region)) for region in plan.regions)
    strings = [found for cluster in project.clusters.values() for found in world.private_strings(project, cluster)]
    if plan.dns != "public":
        publish(clouds, sites, strings, plan.dns)
    seeds = tuple(string.seed for string in strings)
    return BuiltLink(plan.name, project.id, tuple(plan.clusters), sites, "app", password, seeds)


def grant(world: World, project: Project) -> None:
    """Makes an API key and a service account owners of a project: those there are, or new ones."""
    kinds = {credential.kind for credential in world.credentials.values()}
    for kind in {"key", "service_account"} - kinds:
        world.add_credential(kind, {})
    for credential in world.credentials.values():
        credential.roles[project.id] = "GROUP_OWNER"


def planned(lab: Lab, project: Project, number: int) -> BuiltLink:
    """The link that a playbook is to make for the first cluster of a project, in the virtual network `number`."""
    group_id = f"/subscriptions/{lab.world.subscription_id}/resourceGroups/rg-app"
    location = lab.world.location(next(iter(project.clusters.values())).regions[0])
    return planned_at(project, new_site(lab, group_id, location, "pe-atlas", "vnet-app", number))


def planned_at(project: Project, site: Site) -> BuiltLink:
    """The same at a site of any names."""
    cluster = next(iter(project.clusters.values()))
    username, password = next(iter(cluster.users.items()))
    return BuiltLink(project.name, project.id, (cluster.name,), (site,), username, password)


def new_site(lab: Lab, group_id: str, location: str, endpoint: str, network: str, number: int) -> Site:
    """A part of a link with these names, in the virtual network `number`."""
    prefix = lab.address_prefix(number)
    resolver = f"{resolver_address(prefix)}:{lab.dns_port}"
    return Site(group_id, location, endpoint, network, prefix, lab.subnet_prefix(number), resolver)


def join(lab: Lab, project: Project, location: str) -> Site:
    """A virtual network in a region, an endpoint in it, and its registration with a project's endpoint service; all at
    once, and long enough ago for the connection strings to be there."""
    with at_once(lab.world):
        site = _join(lab, project, location)
    for interface in project.services[site.service_id].interfaces.values():
        interface.timeline.backdate(PACES[lab.pace].connection_strings)
    return site


def _join(lab: Lab, project: Project, location: str) -> Site:
    world, clouds = lab.world, Clouds(lab.world)
    group_id = f"/subscriptions/{world.subscription_id}/resourceGroups/rg-{project.name}"
    names = f"pe-{project.name}-{location}", f"vnet-{project.name}-{location}"
    site = new_site(lab, group_id, location, *names, free_network(lab))
    make_network(clouds, site)
    made = clouds.atlas("create_service", {"providerName": PROVIDER, "region": location}, groupId=project.id)
    service = project.services[made.id]
    connection = {"privateLinkServiceId": service.pls_id, "groupIds": [], "requestMessage": "privatelink.mongodb"}
    array = {"manualPrivateLinkServiceConnections": [{"name": service.pls_name, "properties": connection}]}
    body = {"location": location, "properties": {"subnet": {"id": site.subnet_id}, **array}}
    endpoint = clouds.put(site.endpoint_id, {**body, "tags": {**MARK, "atlas-endpoint-service": service.id}})
    address = world.endpoint_ip(endpoint)
    where = {"groupId": project.id, "endpointServiceId": service.id}
    clouds.atlas("create_endpoint", {"id": endpoint["id"], "privateEndpointIPAddress": address}, **where)
    return replace(site, address=address, service_id=service.id, resolver=lab.resolver(site.virtual_network_id))


def make_network(clouds: Clouds, site: Site) -> None:
    """The resource group, if there is none, and the virtual network with its subnet."""
    if site.group_id.lower() not in clouds.world.azure:
        clouds.put(site.group_id, {"location": site.location})
    subnets = [{"name": site.subnet, "properties": {"addressPrefix": site.subnet_prefix}}]
    space = {"addressSpace": {"addressPrefixes": [site.address_prefix]}, "subnets": subnets}
    clouds.put(site.virtual_network_id, {"location": site.location, "tags": MARK, "properties": space})


def free_network(lab: Lab) -> int:
    """The number of a virtual network that is not in use. Raises ValueError if all are."""
    used = {
        prefix
        for network in lab.world.of_type("Microsoft.Network/virtualNetworks")
        for prefix in network["properties"]["addressSpace"]["addressPrefixes"]
    }
    free = [number for number in range(1, NETWORKS) if lab.address_prefix(number) not in used]
    if not free:
        raise ValueError(f"this lab has room for {NETWORKS} virtual networks, and all are in use")
    return free[0]


def publish(clouds: Clouds, sites: Sequence[Site], strings: Sequence[PrivateString], mode: str) -> None:
    """The private DNS zones of a link, in the first region's resource group, linked to all of its networks."""
    zones: dict[str, dict[tuple[str, str], Sequence[str]]] = {}
    for string in strings:
        for zone, records in (host_zones if mode == "host_zones" else cluster_zone)(clouds.world, string).items():
            zones.setdefault(zone, {}).update(records)
    networks = [site.virtual_network_id for site in sites]
    for zone, records in zones.items():
        clouds.put_zone(sites[0].group_id, zone, networks, records, sites[0].endpoint_id)


def host_zones(_world: World, string: PrivateString) -> dict[str, Records]:
    """One zone for each target host, with an address at its apex."""
    return {host: {("@", "A"): [address]} for host, address in string.addresses}


def cluster_zone(world: World, string: PrivateString) -> dict[str, Records]:
    """The zone of all of a cluster's names, with SRV and TXT as Atlas publishes them."""
    domain = string.seed.partition(".")[2]
    label = string.seed.partition(".")[0]
    public = world.public_records()
    (text,) = public[(string.seed, "TXT")].values
    return {
        domain: {
            **{(host.partition(".")[0], "A"): [address] for host, address in string.addresses},
            (f"_mongodb._tcp.{label}", "SRV"): public[(f"_mongodb._tcp.{string.seed}", "SRV")].values,
            (label, "TXT"): [text.strip('"')],
        }
    }
