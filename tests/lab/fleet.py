# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet that is still to be built: projects, clusters and resource groups of many links, and their inventory.

The links get in each other's way as those of a company do: two share a virtual network that none of them has made yet,
two to Atlas share a project and so its endpoint service, and all private DNS zones are in one resource group.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.lab import links, mongo_links, regions
from tests.lab.runtime import Lab, Named, write_private
from tests.lab.world import Project

Variables = dict[str, Any]
REGIONS = ("eastus2", "westeurope")
MOST = 2 * (links.NETWORKS - 1)  # two in each virtual network


def seed(lab: Lab, count: int, product: str = "atlas") -> dict[str, Variables]:
    """Adds what `count` links to `atlas` or to `mongo_cluster` need before their first run; host name -> variables.
    Raises ValueError for a number that has no room."""
    check(count)
    planned = _to_atlas if product == "atlas" else _to_mongo_clusters
    return lab.change(lambda: planned(lab, count))


def check(count: int) -> int:
    """The number of links, if there is room for them; else raises ValueError."""
    if not 1 <= count <= MOST:
        raise ValueError(f"a lab has room for 1 to {MOST} links, not for {count}")
    return count


def inventory(hosts: Mapping[str, Variables]) -> Variables:
    """The inventory of these links. What is the same for all of them is said once."""
    first, *others = hosts.values()
    shared = {name: value for name, value in first.items() if all(name in o and o[name] == value for o in others)}
    own = {
        host: {name: value for name, value in variables.items() if name not in shared}
        for host, variables in hosts.items()
    }
    here = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    return {"private_links": {"hosts": own, "vars": {**here, **shared}}}


def write(lab: Lab, hosts: Mapping[str, Variables]) -> Path:
    """`inventory.yml` in the lab's directory; only its owner can read it, as it holds the run's credentials."""
    return write_private(lab.directory / "inventory.yml", yaml.safe_dump(inventory(hosts), sort_keys=False))


def _to_atlas(lab: Lab, count: int) -> dict[str, Variables]:
    """Four links join two projects and two networks, each to each."""
    projects: dict[int, Project] = {}
    group, hosts = _group(lab), {}
    for number in range(count):
        block, place = divmod(number, 4)
        owner, network, location = 1 + 2 * block + place % 2, 1 + 2 * block + place // 2, REGIONS[block % 2]
        if owner not in projects:
            projects[owner] = lab.world.add_project(f"project-{owner}")
            lab.world.add_cluster(projects[owner], "cluster0", [regions.atlas_name(location)])
            links.grant(lab.world, projects[owner])
        host = f"project-{owner}-vnet-{network}"
        link = links.planned_at(projects[owner], _site(lab, group, location, host, network))
        hosts[host] = _variables(lab, "atlas", link)
        lab.hosts[host] = Named(link.name, link.sites[0].endpoint)
    return hosts


def _to_mongo_clusters(lab: Lab, count: int) -> dict[str, Variables]:
    """Each link has a cluster of its own; two have one network, and all of them one zone."""
    group, hosts = _group(lab), {}
    for number in range(count):
        network = 1 + number // 2
        location = REGIONS[network % 2]
        cluster = lab.world.add_mongo_cluster(f"cluster-{number + 1}", "rg-links", location)
        host = f"{cluster.name}-vnet-{network}"
        link = mongo_links.planned_at(cluster, _site(lab, group, location, host, network))
        hosts[host] = _variables(lab, "mongo_cluster", link)
        lab.hosts[host] = Named(link.name, link.site.endpoint)
    return hosts


def _group(lab: Lab) -> str:
    """Makes the resource groups; the id of the one for clusters and private endpoints."""
    for name in ("rg-network", "rg-dns"):
        lab.world.add_resource_group(name, REGIONS[0])
    return str(lab.world.add_resource_group("rg-links", REGIONS[0])["id"])


def _site(lab: Lab, group: str, location: str, host: str, network: int) -> links.Site:
    return links.new_site(lab, group, location, f"pe-{host}", f"vnet-{network}", network)


def _variables(lab: Lab, product: str, link: mongo_links.AnyLink) -> Variables:
    shared = {f"{product}_private_link_virtual_network_resource_group": "rg-network"}
    return {**lab.variables(link), **shared, "private_link_dns_resource_group": "rg-dns"}
