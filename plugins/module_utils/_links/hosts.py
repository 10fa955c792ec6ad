# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Links as hosts of an inventory: their names, groups, and the variables that this collection's roles take. Pure."""

from __future__ import annotations

import hashlib
import re
import typing as t
from collections import Counter
from dataclasses import dataclass

from .._atlas.regions import azure_location
from .._atlas.strings import through
from .._azure import ids
from .._diagnosis.facts import to_prove
from .._diagnosis.zones import zones_with
from .._dns_plan import parent
from .health import addresses, health, zone_findings, zones_near
from .pairing import ATLAS, Json, Link, Mapping, pair

#: The group that the playbooks run on.
LINKS = "private_links"


@dataclass(frozen=True)
class Host:
    """A host of the inventory; `groups` are names that Ansible takes as they are."""

    name: str
    groups: tuple[str, ...]
    variables: Mapping


@dataclass(frozen=True)
class _Dns:
    """What serves the names of a link: `zones` with a role's mode that keeps them as they are, for these networks."""

    mode: str
    zones: t.Sequence[Mapping] = ()
    networks: t.Sequence[str] = ()
    #: Those of the zones of a zone group.
    names: t.Sequence[str] = ()


def hosts(world: Mapping) -> list[Host]:
    """One for each link of a world as `reading.read` returns it, by name."""
    zones = [zone for subscription in world["subscriptions"] for zone in subscription["private_dns_zones"]]
    links = pair(world)
    return sorted((_host(link, name, zones) for link, name in zip(links, _names(links))), key=lambda one: one.name)


def _host(link: Link, name: str, zones: t.Sequence[Mapping]) -> Host:
    near = zones_near(link, zones)
    found = zone_findings(link, near)
    told = health(link, found)
    dns = _dns(link, near)
    about = {
        **_about(link),
        "health": told,
        "findings": found,
        "zones": [{"id": one["id"], "name": one["name"], "virtual_networks": _linked(one)} for one in dns.zones],
        "virtual_networks": list(dns.networks),
    }
    return Host(name, tuple(_groups(link, told)), {**_role_variables(link, dns), "private_link": about})


# -- names and groups ------------------------------------------------------------------------------------------------


def _names(links: t.Sequence[Link]) -> list[str]:
    """Where two would have one name, both get a part of the hash of their ids, so that none depends on the order."""
    plain = [_name(link) for link in links]
    twins = {name for name, count in Counter(plain).items() if count > 1}
    return [f"{name}-{_digest(link)}" if name in twins else name for link, name in zip(links, plain)]


def _name(link: Link) -> str:
    owner = (link.facts.get("project") or {}).get("name") or (link.facts.get("cluster_id") or "").rpartition("/")[2]
    parts = [owner or "unknown", _region(link), link.id.rpartition("/")[2]]
    return re.sub(r"[^a-z0-9_.]+", "-", "-".join(filter(None, parts)).lower()).strip("-.")


def _digest(link: Link) -> str:
    registration = link.registration or {}
    text = f"{link.id} {link.target if registration else ''} {registration.get('id', '')}"
    return hashlib.sha256(text.lower().encode()).hexdigest()[:8]


def _region(link: Link) -> str:
    """As Azure spells it: that of the endpoint service or of the cluster, or else the private endpoint's."""
    service, cluster = link.facts.get("endpoint_service"), link.facts.get("mongo_cluster")
    if service:
        return azure_location(service["region"])
    return ids.location(str((cluster or link.endpoint or {}).get("location") or ""))


def _groups(link: Link, told: t.Sequence[str]) -> t.Iterator[str]:
    if _is_whole(link):
        yield LINKS
    yield link.facts["product"]
    yield from told
    if _region(link):
        yield f"region_{_word(_region(link))}"
    if link.endpoint and link.endpoint["connection_state"]:
        yield f"connection_{_word(link.endpoint['connection_state'])}"
    if link.facts["product"] == ATLAS and link.registration:
        yield f"atlas_status_{_word(link.registration['status'])}"


def _is_whole(link: Link) -> bool:
    """Whether both halves are there and name each other, so that the roles find what they look for."""
    return link.by == "id"


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower())


# -- variables -------------------------------------------------------------------------------------------------------


def _about(link: Link) -> Json:
    """What was found, without what others of the same project have."""
    facts = link.facts
    cluster = facts.get("mongo_cluster")
    names = ("project", "endpoint_service", "endpoint_interface", "private_endpoint", "private_endpoint_connection")
    return {
        "product": facts["product"],
        "id": link.id,
        "region": _region(link),
        "clusters": [one["name"] for one in facts.get("clusters") or ([cluster] if cluster else [])],
        "cluster_id": facts.get("cluster_id"),
        **{name: facts.get(name) for name in (*names, "private_dns_zone_group")},
        "ip_addresses": addresses(link),
        "srv_hosts": to_prove(facts)["srv_hosts"],
    }


def _role_variables(link: Link, dns: _Dns) -> Json:
    """What the roles take, as far as it is known. Nothing is in it that would have them change what stands."""
    place = ids.parse(link.id)
    if place is None:
        return {}
    own = _atlas(link) if link.facts["product"] == ATLAS else _mongo_cluster(link)
    prefix = f"{link.facts['product']}_private_link"
    subnet = ids.parse((link.endpoint or {}).get("subnet_id") or "")
    variables = {
        "private_link_azure_subscription_id": place.subscription,
        f"{prefix}_resource_group": place.group,
        f"{prefix}_endpoint_name": place.name,
        **own,
        **_dns_variables(dns),
    }
    if subnet:
        variables[f"{prefix}_virtual_network"], variables[f"{prefix}_subnet"] = subnet.names
        variables[f"{prefix}_virtual_network_resource_group"] = subnet.group
    return variables


def _atlas(link: Link) -> Json:
    project, service = link.facts["project"], link.facts["endpoint_service"]
    if not (project and service):
        return {}
    connected = [one["name"] for one in link.facts["clusters"] if through(one, link.id)]
    return {
        "atlas_private_link_project_id": project["id"],
        "atlas_private_link_region": service["region"],
        # The role would wait for the strings of others.
        **({"atlas_private_link_clusters": connected} if connected else {}),
    }


def _mongo_cluster(link: Link) -> Json:
    endpoint = link.endpoint or {}
    return {
        "mongo_cluster_private_link_cluster": link.facts["cluster_id"],
        "mongo_cluster_private_link_approval": "manual" if endpoint.get("manual_request") else "automatic",
    }


# -- names in private DNS --------------------------------------------------------------------------------------------


def _dns(link: Link, near: t.Sequence[Mapping]) -> _Dns:
    """Which of these zones serve a link, and in which mode of private_link_dns. A zone that no network is linked to
    serves nobody; where several networks use different zones, only those that use all of them count."""
    if link.facts["product"] == ATLAS:
        return _dns_of_atlas(link, near)
    return _dns_of_mongo_cluster(link, near)


def _dns_of_mongo_cluster(link: Link, near: t.Sequence[Mapping]) -> _Dns:
    """The role leaves a zone group alone whose zones are in another subscription; of others it must know the zones."""
    bound = (link.facts["private_dns_zone_group"] or {}).get("zones") or []
    names = [one["zone"] for one in bound]
    zones = [one for one in near if one["id"].lower() in {known["zone_id"].lower() for known in bound}]
    if zones and len(zones) == len(bound):
        return _Dns("zone_group", zones, _networks([[one] for one in zones]), names)
    place, homes = ids.parse(link.id), [ids.parse(one["zone_id"]) for one in bound]
    is_kept = any(place and home and not ids.same(home.subscription, place.subscription) for home in homes)
    return _Dns("zone_group", names=names) if is_kept and not zones else _Dns("public")


def _dns_of_atlas(link: Link, near: t.Sequence[Mapping]) -> _Dns:
    proof = to_prove(link.facts)
    targets = [name.lower() for name in proof["targets"]]
    holding = list({one["id"]: one for one, _held in zones_with({"zones": near}, targets)}.values())
    for mode, names in (("host_zones", targets), ("cluster_zone", [parent(name) for name in targets])):
        of_each = [[one for one in holding if one["name"].lower() == name] for name in dict.fromkeys(names)]
        networks = _networks(of_each)
        if networks:
            return _Dns(mode, [one for zones in of_each for one in zones], networks)
    return _Dns("public")


def _networks(of_each: t.Sequence[t.Sequence[Mapping]]) -> list[str]:
    """The networks that use a zone of each name."""
    linked = [{network.lower(): network for zone in zones for network in _linked(zone)} for zones in of_each]
    common = set.intersection(*(set(one) for one in linked)) if linked else set()
    return sorted(linked[0][one] for one in common) if linked else []


def _linked(zone: Mapping) -> list[str]:
    return [one["virtual_network_id"] for one in zone["links"] if one["virtual_network_id"]]


def _dns_variables(dns: _Dns) -> Json:
    variables: Json = {"private_link_dns_mode": dns.mode}
    if dns.zones:
        place = ids.checked_id("id", min(one["id"] for one in dns.zones), ids.PRIVATE_DNS_ZONES)
        variables["private_link_dns_resource_group"] = (
            f"/subscriptions/{place.subscription}/resourceGroups/{place.group}"
        )
        variables["private_link_dns_links"] = [{"virtual_network_id": one} for one in dns.networks]
    if dns.names:
        variables["private_link_dns_zone_names"] = list(dns.names)
    return variables
