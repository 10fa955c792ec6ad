# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The facts of a link, put together from what the info modules returned, and what there is to prove: pure functions."""

from __future__ import annotations

import re
import typing as t

from .._atlas.clusters import through
from .._atlas.endpoint_service import checked_region
from .._dns_plan import domains
from .._probe.request import SRV_PREFIX
from .._probe.resolver import normalise

State = t.Mapping[str, t.Any]


def looked(
    project: State,
    endpoints: State,
    interfaces: t.Sequence[State],
    *,
    region: str,
    resource_group: str,
    endpoint_name: str,
    clusters: t.Sequence[str] = (),
) -> dict[str, t.Any]:
    """The facts of a link that somebody looked at.

    `project` is what atlas_project_info returns, `endpoints` the whole result of azure_private_endpoint_info for this
    endpoint's name, `interfaces` those of all the project's endpoint services. `clusters` are the names of those that
    matter; if there are none, the dedicated ones in the region that have a connection string through the endpoint, or
    else all of them. What does not exist is None.

    Raises `InvalidInput` for a region that neither cloud has.
    """
    name = checked_region(region)
    places = "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Network/privateEndpoints/{}"
    endpoint_id = places.format(endpoints["subscription_id"], resource_group, endpoint_name)
    service = _first(one for one in project["endpoint_services"] if one["region"] == name)
    near = [one for one in project["clusters"] if one["supported"] and f"AZURE/{name}" in one["regions"]]
    named = [one for one in project["clusters"] if one["name"] in clusters]
    linked = [one for one in near if through(one, endpoint_id)]
    mine = (
        one
        for one in interfaces
        if service
        and one["endpoint_service_id"] == service["id"]
        and (one["private_endpoint_id"] or "").lower() == endpoint_id.lower()
    )
    return {
        "project": {"id": project["id"], "name": project["name"]},
        "id": endpoint_id,
        "region": name,
        "clusters": named or linked or near,
        "wanted_clusters": list(clusters),
        "endpoint_services": project["endpoint_services"],
        "endpoint_service": service,
        "private_endpoint": _first(endpoints["private_endpoints"]),
        "endpoint_interface": _first(mine),
        "endpoint_interfaces": list(interfaces),
    }


def to_prove(facts: State, srv_hosts: str | t.Sequence[str] = ()) -> dict[str, t.Any]:
    """{srv_hosts, asked, addresses, domains}: the names to probe, those of them that somebody asked for, the addresses
    that they may have, and the domains whose private zones decide over them.

    `srv_hosts` may be a list or separated by commas, and of each name only the host is kept, should it be a whole
    connection string. Strings of clusters in several regions go through several endpoints; the addresses of the others
    are those that were registered.
    """
    endpoint = facts.get("private_endpoint") or {}
    endpoint_id = endpoint.get("id") or facts.get("id") or ""
    clusters = facts.get("clusters") or []
    strings = [entry for cluster in clusters for entry in through(cluster, endpoint_id)]
    others = {known.lower() for entry in strings for known in entry["endpoint_ids"]} - {endpoint_id.lower()}
    registered = [
        one["ip_address"]
        for one in facts.get("endpoint_interfaces") or []
        if (one["private_endpoint_id"] or "").lower() in others
    ]
    addresses = [address for address in [endpoint.get("ip_address"), *registered] if address]
    given = srv_hosts.split(",") if isinstance(srv_hosts, str) else srv_hosts
    asked = _unique(host_of(name) for name in given)
    return {
        "srv_hosts": asked or _unique(entry["srv_host"] or "" for entry in strings),
        "asked": asked,
        "addresses": _unique(addresses),
        "domains": domains(clusters),
    }


def host_of(name: str) -> str:
    """The host of an SRV name in any spelling, or of a connection string; credentials are dropped."""
    host = normalise(re.split("[/?]", name.rpartition("@")[2].rpartition("://")[2])[0])
    return host[len(SRV_PREFIX) :] if host.startswith(SRV_PREFIX) else host


def _unique(texts: t.Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def _first(found: t.Iterable[State]) -> State | None:
    return next(iter(found), None)
