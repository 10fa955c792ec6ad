# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One link as it stands in a lab's world, however it came to be: what faults change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.lab.dns import RecordSet
from tests.lab.links import Clouds, Records
from tests.lab.mongo_cluster import MongoCluster
from tests.lab.world import Cluster, Door, Interface, Json, PrivateString, Project, Service, World

if TYPE_CHECKING:
    from tests.lab.runtime import Lab

ZONES = "Microsoft.Network/privateDnsZones"
ENDPOINTS = "Microsoft.Network/privateEndpoints"
OTHER = "-other"  # ends the names of the projects that a fault makes beside the link's own


@dataclass(frozen=True)
class AnyLink(ABC):
    """What connects networks to clusters. All of it is read from the world anew each time. `only` is the name of one of
    its endpoints, if that one alone is meant."""

    lab: Lab
    only: str = field(default="", kw_only=True)

    @property
    @abstractmethod
    def name(self) -> str:
        """That of the project or cluster that the link leads to."""

    @property
    @abstractmethod
    def stands(self) -> bool:
        """Whether there is something to break."""

    @property
    @abstractmethod
    def clusters(self) -> Sequence[Cluster | MongoCluster]:
        """Where it leads."""

    @property
    @abstractmethod
    def known_endpoints(self) -> list[Json]:
        """All that lead to the clusters."""

    @property
    def endpoints(self) -> list[Json]:
        """Those that are meant. Raises ValueError if there is none."""
        found = [one for one in self.known_endpoints if self.only in ("", one["name"])]
        if not found:
            kind = "project" if isinstance(self, Link) else "cluster"
            raise ValueError(f"the {kind} {self.name!r} has no private endpoint: build the link first")
        return found

    @property
    def label(self) -> str:
        """What to call it."""
        return self.only or self.name

    @property
    @abstractmethod
    def seeds(self) -> list[str]:
        """The hosts of the connection strings."""

    @property
    @abstractmethod
    def addresses(self) -> dict[str, str]:
        """target host -> the address that clients should be told"""

    @property
    def world(self) -> World:
        return self.lab.world

    @property
    def clouds(self) -> Clouds:
        return Clouds(self.world)

    # -- Azure -----------------------------------------------------------------------------------------------------

    @property
    def networks(self) -> list[str]:
        """The ids of the virtual networks with the endpoints."""
        subnets = [endpoint["properties"]["subnet"]["id"] for endpoint in self.endpoints]
        return list(dict.fromkeys(subnet.partition("/subnets/")[0] for subnet in subnets))

    @property
    def group_id(self) -> str:
        return str(self.endpoints[0]["id"].partition("/providers/")[0])

    def unused_address(self, endpoint: Json) -> str:
        """A private address beside an endpoint's that nothing has. Raises ValueError if its subnet is full."""
        address = self.world.free_address(self.world.azure[endpoint["properties"]["subnet"]["id"].lower()])
        if address is None:
            raise ValueError(f"the subnet of {endpoint['id']} is full")
        return address

    # -- the data path ---------------------------------------------------------------------------------------------

    @property
    def doors(self) -> list[Door]:
        doors = [door for door in self.world.doors() if door.cluster in self.clusters]
        if not self.only:
            return doors
        addresses = [self.world.endpoint_ip(endpoint) for endpoint in self.endpoints]
        return [door for door in doors if door.bind in addresses]

    def obstruct(self, fault: str, doors: list[Door] | None = None) -> None:
        """Puts one of `doors.FAULTS` in the way of all ports, or these."""
        for door in self.doors if doors is None else doors:
            self.world.door_faults[(door.bind, door.port)] = fault

    # -- DNS -------------------------------------------------------------------------------------------------------

    @property
    def srv_names(self) -> list[str]:
        return [f"_mongodb._tcp.{seed}" for seed in self.seeds]

    @property
    def zones(self) -> dict[str, str]:
        """The names and ids of the private DNS zones that are linked to the networks."""
        networks = {network.lower() for network in self.networks}
        links = [
            link
            for link in self.world.of_type(f"{ZONES}/virtualNetworkLinks")
            if link["properties"]["virtualNetwork"]["id"].lower() in networks
        ]
        ids = [str(link["id"].rpartition("/virtualNetworkLinks/")[0]) for link in links]
        return {ident.rpartition("/")[2]: ident for ident in ids}

    def put_zone(self, name: str, records: Records) -> None:
        """A zone as somebody makes it by hand, linked to the networks; if there is one, these records go into it."""
        zone = self.zones.get(name)
        if zone is None:
            self.clouds.put_zone(self.group_id, name, self.networks, records)
            return
        for (relative, kind), values in records.items():
            self.clouds.put_records(zone, relative, kind, values)

    def break_names(self, fault: str, kind: str, names: list[str]) -> None:
        """Has one of `dns.FAULTS` happen to questions of a type for these names, wherever they are asked."""
        for name in names:
            self.world.dns_faults[(name, kind)] = fault

    def break_resolver(self, fault: str, kind: str = "*") -> None:
        """Has it happen to every question, or those of a type, that is asked in the link's networks."""
        for network in self.networks:
            self.world.view_faults[(network.lower(), "*", kind)] = fault

    def publish(self, name: str, kind: str, *values: str) -> None:
        """What clients are told of a name: in public DNS, and in a linked private zone that holds the record set."""
        texts = tuple(f'"{value}"' for value in values) if kind == "TXT" else values
        self.world.published[(name, kind)] = RecordSet(60, texts)
        for zone, ident in self.zones.items():
            relative = "@" if name == zone else name.removesuffix(f".{zone}")
            if (relative, kind) in self.world.zone_records(ident):
                self.clouds.put_records(ident, relative, kind, values)


@dataclass(frozen=True)
class Link(AnyLink):
    """An Atlas project and what connects it."""

    project: Project

    @property
    def name(self) -> str:
        return self.project.name

    @property
    def stands(self) -> bool:
        return bool(self.interfaces)

    @property
    def clusters(self) -> list[Cluster]:
        return list(self.project.clusters.values())

    @property
    def services(self) -> list[Service]:
        return list(self.project.services.values())

    @property
    def interfaces(self) -> list[Interface]:
        found = [interface for service in self.services for interface in service.interfaces.values()]
        return [one for one in found if self._is_meant(one.endpoint_id)]

    @property
    def strings(self) -> list[PrivateString]:
        found = [string for cluster in self.clusters for string in self.world.private_strings(self.project, cluster)]
        return [one for one in found if any(self._is_meant(ident) for ident, _region in one.interfaces)]

    def _is_meant(self, endpoint_id: str) -> bool:
        return self.only.lower() in ("", endpoint_id.rpartition("/")[2].lower())

    @property
    def known_endpoints(self) -> list[Json]:
        """Those that are registered, or that point to one of the services."""
        registered = {key for service in self.services for key in service.interfaces}
        targets = {service.pls_id.lower() for service in self.services}
        return [
            endpoint
            for endpoint in self.world.of_type(ENDPOINTS)
            if endpoint["id"].lower() in registered or self.world.target_of(endpoint).lower() in targets
        ]

    @property
    def seeds(self) -> list[str]:
        return [string.seed for string in self.strings]

    @property
    def addresses(self) -> dict[str, str]:
        """target host -> the address that was registered for it"""
        return {host: address for string in self.strings for host, address in string.addresses}

    @property
    def domains(self) -> list[str]:
        return list(dict.fromkeys(seed.partition(".")[2] for seed in self.seeds))


def links_of(lab: Lab) -> list[Link]:
    """Of all projects but those that a fault made beside a link's own."""
    projects = [project for project in lab.world.projects.values() if not project.name.endswith(OTHER)]
    return [Link(lab, project) for project in projects]
