# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's own fleet in the lab: what its links need before their first run, and what must differ for them here.

The links themselves are left to the playbooks. The lab's addresses are on loopback, so address ranges, resolvers and
database users come from the lab, in host variables beside the user's inventory.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.lab import links, regions
from tests.lab.inventory import AUTH, Told
from tests.lab.mongo_cluster import MongoCluster
from tests.lab.runtime import WAIT_DELAYS, Lab, Named, write_private
from tests.lab.world import Project, object_id

Variables = dict[str, Any]
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
GROUP = re.compile(r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)", re.IGNORECASE)
SUBNETS = 8  # at most so many in one of the lab's networks


@dataclass
class Network:
    """A virtual network that links name, and who named it first."""

    id: str
    host: str
    location: str
    prefix: str
    exists: bool = False
    subnets: list[str] = field(default_factory=list)

    def subnet_prefix(self, name: str) -> str:
        if len(self.subnets) == 1:
            return self.prefix
        return str(list(ipaddress.ip_network(self.prefix).subnets(3))[self.subnets.index(name)])


@dataclass
class Need:
    """One link that is to be: a host and a product."""

    told: Told
    product: str
    network: Network | None
    subnet: str
    user: tuple[str, str]

    def named(self, name: str) -> str:
        return f"{self.product}_private_link_{name}"


class Fleet:
    """Makes what links need. Raises ValueError, with host and variable, for what is missing or contradicts itself."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.networks: dict[str, Network] = {}
        self.projects: dict[str, Project] = {}
        self.passwords: dict[str, str] = {}
        self.clusters: dict[str, tuple[str, MongoCluster]] = {}  # by name: whose, and which
        self.endpoints: dict[str, str] = {}  # id -> whose

    def provide(self, hosts: Sequence[Told]) -> dict[str, Variables]:
        """Host -> the variables that it has only here."""
        needs = [self._need(told, product) for told in hosts for product in told.products]
        if not needs:
            raise ValueError(
                "no host of the inventory is a link: a link has the variable atlas_private_link_project or "
                "mongo_cluster_private_link_cluster"
            )
        for network in self.networks.values():
            if network.exists:
                self._make(network)
        given: dict[str, Variables] = {told.host: dict(LOCAL) for told in hosts}
        for told in hosts:
            if told.products:
                given[told.host].update({name: {} for name in AUTH if name in told.named})
                self._keep_subscription(told, given[told.host])
            else:
                given[told.host]["ansible_become"] = False
        for need in needs:
            given[need.told.host].update(self._here(need))
        return given

    def _need(self, told: Told, product: str) -> Need:
        prefix = f"{product}_private_link_"
        theirs = product == "atlas" and told.values.get(f"{prefix}manage_endpoint") is False
        place = f"{prefix}resource_group"
        home = self._group(told, place, "" if theirs else told.need(place))
        network, subnet = None, ""
        if not theirs:
            endpoint = told.need(f"{prefix}endpoint_name")
            self._claim(told, f"{prefix}endpoint_name", f"{home}/{endpoint}")
            subnet = told.need(f"{prefix}subnet")
            network = self._network(told, product, home, subnet)
            self._hub(told, home, network)
        where = network.location if network else ""
        leads_to, user = self._project(told) if product == "atlas" else self._cluster(told, home, where)
        if not theirs:
            self.lab.hosts[told.host] = Named(leads_to, told.get(f"{prefix}endpoint_name"))
        return Need(told, product, network, subnet, user)

    # -- Azure -----------------------------------------------------------------------------------------------------

    def _subscription(self, told: Told, name: str, ident: str) -> str:
        """Has a subscription of the first service principal's tenant with that id."""
        if not GUID.fullmatch(ident):
            raise told.wrong(name, f"names the subscription {ident!r}: a GUID")
        world = self.lab.world
        world.directory.subscriptions.setdefault(ident.lower(), world.tenant_id)
        return ident.lower()

    def _group(self, told: Told, name: str, value: str, location: str = "eastus2") -> str:
        """The id of a resource group, which is there afterwards, by its name or id."""
        match = GROUP.match(value)
        if value.startswith("/") and not match:
            raise told.wrong(
                name, f"is {value!r}: the name of a resource group, or /subscriptions/.../resourceGroups/NAME"
            )
        given = told.get("private_link_azure_subscription_id")
        if match:
            subscription, value = self._subscription(told, name, match["subscription"]), match["group"]
        elif given:
            subscription = self._subscription(told, "private_link_azure_subscription_id", given)
        else:
            subscription = self.lab.world.subscription_id
        path = f"/subscriptions/{subscription}/resourceGroups/{value}"
        if value and path.lower() not in self.lab.world.azure:
            self.lab.world.add_resource_group(value, location, subscription)
        return path

    def _claim(self, told: Told, name: str, endpoint: str) -> None:
        other = self.endpoints.setdefault(endpoint.lower(), told.host)
        if other != told.host:
            raise told.wrong(name, f"is {endpoint.rpartition('/')[2]!r}, as the host {other} calls its endpoint")

    def _network(self, told: Told, product: str, home: str, subnet: str) -> Network:
        prefix = f"{product}_private_link_"
        own = f"{prefix}virtual_network_resource_group"
        group = self._group(told, own, told.get(own)) if told.get(own) else home
        location = told.get(f"{prefix}location")
        if location and not regions.is_known(location):
            raise told.wrong(f"{prefix}location", f"is {location!r}: a region of Azure")
        if not location and product == "atlas":
            location = self._region(told)
        path = f"{group}/providers/Microsoft.Network/virtualNetworks/{told.need(f'{prefix}virtual_network')}"
        network = self._known(told, path, regions.azure_location(location) if location else "")
        if told.get(f"{prefix}location") and regions.azure_location(location) != network.location:
            raise told.wrong(
                f"{prefix}location",
                f"is {location!r}, but the host {network.host} has the same virtual network in {network.location!r}",
            )
        network.exists = network.exists or not told.values.get(f"{prefix}address_prefixes")
        if subnet not in network.subnets:
            network.subnets.append(subnet)
        if len(network.subnets) > SUBNETS:
            raise told.wrong(
                f"{prefix}subnet", f"is one of more than {SUBNETS} in a network, for which the lab has no room"
            )
        return network

    def _known(self, told: Told, path: str, location: str) -> Network:
        if path.lower() not in self.networks:
            number = len(self.networks) + 1
            if number >= links.NETWORKS:
                raise ValueError(
                    f"the inventory has more than {links.NETWORKS - 1} virtual networks: the lab has no room"
                )
            made = Network(path, told.host, location or "eastus2", self.lab.address_prefix(number))
            self.networks[path.lower()] = made
        return self.networks[path.lower()]

    def _hub(self, told: Told, home: str, network: Network) -> None:
        """The resource group of the zones, and more networks that are to be linked to them."""
        name = "private_link_dns_resource_group"
        self._group(told, name, told.get(name) or home)
        for link in told.many("private_link_dns_links"):
            ident = str(link.get("virtual_network_id", "")) if isinstance(link, dict) else ""
            if not GROUP.match(ident) or "/virtualNetworks/" not in ident:
                raise told.wrong(
                    "private_link_dns_links", "has an entry without virtual_network_id, a network's resource id"
                )
            self._group(told, "private_link_dns_links", ident)
            hub = self._known(told, ident, network.location)
            if hub is not network:
                hub.exists = True

    def _make(self, network: Network) -> None:
        clouds = links.Clouds(self.lab.world)
        subnets = [
            {"name": name, "properties": {"addressPrefix": network.subnet_prefix(name)}} for name in network.subnets
        ]
        space = {"addressSpace": {"addressPrefixes": [network.prefix]}, "subnets": subnets}
        with links.at_once(self.lab.world):
            clouds.put(network.id, {"location": network.location, "properties": space})

    # -- what links lead to ----------------------------------------------------------------------------------------

    @staticmethod
    def _region(told: Told) -> str:
        region = told.need("atlas_private_link_region")
        if not regions.is_known(region):
            raise told.wrong("atlas_private_link_region", f"is {region!r}: a region of Atlas on Azure, such as eastus2")
        return region

    def _project(self, told: Told) -> tuple[str, tuple[str, str]]:
        """The project with the clusters that the host names, or one in its region."""
        world = self.lab.world
        ident, name = told.get("atlas_private_link_project_id"), told.get("atlas_private_link_project")
        if ident and not re.fullmatch(r"[0-9a-f]{24}", ident):
            raise told.wrong("atlas_private_link_project_id", f"is {ident!r}: 24 hexadecimal digits")
        key = ident or name
        if key not in self.projects:
            project = Project(name or f"project-{ident[:6]}", ident or object_id())
            world.projects[project.id] = self.projects[key] = project
            links.grant(world, project)
            self.passwords[key] = secrets.token_urlsafe(18)
        project, region = self.projects[key], regions.atlas_name(self._region(told))
        users = {"app": self.passwords[key]}
        there = [one for one in project.clusters.values() if region in one.regions]
        for cluster in map(str, told.many("atlas_private_link_clusters")):
            if cluster not in project.clusters:
                world.add_cluster(project, cluster, [region], users=users)
            elif region not in project.clusters[cluster].regions:
                project.clusters[cluster].regions.append(region)
        if not there and not told.many("atlas_private_link_clusters"):
            world.add_cluster(project, f"cluster{len(project.clusters)}", [region], users=users)
        return project.name, ("app", self.passwords[key])

    def _cluster(self, told: Told, home: str, location: str) -> tuple[str, tuple[str, str]]:
        name, own = "mongo_cluster_private_link_cluster", "mongo_cluster_private_link_cluster_resource_group"
        value = told.need(name)
        if value.startswith("/"):
            if "/mongoClusters/" not in value:
                raise told.wrong(name, f"is {value!r}: the name of a cluster, or its resource id")
            group = self._group(told, name, value)
        else:
            group = self._group(told, own, told.get(own)) if told.get(own) else home
        cluster = value.rstrip("/").rpartition("/")[2]
        other = self.clusters.get(cluster.lower())
        if other and other[1].group_id.lower() != group.lower():
            raise told.wrong(
                name, f"is {cluster!r} in {group}, but that of the host {other[0]} is in {other[1].group_id}"
            )
        if not other:
            subscription, place = group.split("/")[2], group.rpartition("/")[2]
            made = self.lab.world.add_mongo_cluster(cluster, place, location or "eastus2", subscription)
            self.clusters[cluster.lower()] = (told.host, made)
        found = self.clusters[cluster.lower()][1]
        return found.name, next(iter(found.users.items()))

    # -- what differs ----------------------------------------------------------------------------------------------

    def _keep_subscription(self, told: Told, given: Variables) -> None:
        """The credentials that named it are not used here."""
        if told.get("private_link_azure_subscription_id"):
            given["private_link_azure_subscription_id"] = told.get("private_link_azure_subscription_id")

    def _here(self, need: Need) -> Variables:
        lab, told = self.lab, need.told
        delay = WAIT_DELAYS[lab.pace]
        given: Variables = {
            need.named("wait_delay"): delay,
            "private_link_dns_wait_delay": delay,
            "private_link_dns_hosts_path": str(lab.directory / "hosts"),  # not that of this machine
            "private_link_verify_username": need.user[0],
            "private_link_verify_password": need.user[1],
            "private_link_verify_ca_path": str(lab.ca_path),
            "private_link_verify_report_directory": str(lab.directory / "report"),
        }
        if need.network is None:
            return given
        given["private_link_verify_resolvers"] = [f"{links.resolver_address(need.network.prefix)}:{lab.dns_port}"]
        here = {
            "address_prefixes": [need.network.prefix],
            "subnet_address_prefix": need.network.subnet_prefix(need.subnet),
            "static_ip": "",
        }
        return {
            **given,
            **{need.named(name): value for name, value in here.items() if told.values.get(need.named(name))},
        }


def provide(lab: Lab, hosts: Sequence[Told]) -> Path:
    """Makes what the hosts' links need, and writes `inventory.yml` and `host_vars` into the lab's directory."""
    given = lab.change(lambda: Fleet(lab).provide(hosts))
    beside = lab.directory / "host_vars"
    beside.mkdir(mode=0o700, exist_ok=True)
    for host, variables in given.items():
        write_private(beside / f"{host}.yml", yaml.safe_dump(variables, sort_keys=False))
    known = {"all": {"hosts": {host: None for host in given}}}
    return write_private(lab.directory / "inventory.yml", yaml.safe_dump(known, sort_keys=False))
