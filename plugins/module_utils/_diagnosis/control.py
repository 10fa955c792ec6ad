# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The hops that clients cannot see: what both clouds say of a private link, in the order in which it is built.

Pure functions of the link's facts, which are a dictionary of what the info modules return:
{project, clusters, endpoint_service, endpoint_services, private_endpoint, endpoint_interface, zones}. A key that is
missing was not looked at; None was looked for and is not there.
"""

from __future__ import annotations

import ipaddress
import typing as t

from .._probe.hop import FAILED, OK, Hop, skipped

Facts = t.Mapping[str, t.Any]
State = t.Mapping[str, t.Any]

CONTROL = (
    "cluster",
    "endpoint_service",
    "private_endpoint",
    "endpoint_interface",
    "connection",
    "registered_address",
    "connection_string",
)

#: A hop that follows from another one is not looked at when that one is broken: its state is a consequence.
FOLLOWS: t.Mapping[str, tuple[str, ...]] = {
    "cluster": (),
    "endpoint_service": (),
    "private_endpoint": (),
    "endpoint_interface": ("endpoint_service", "private_endpoint"),
    "connection": ("endpoint_service", "private_endpoint", "endpoint_interface"),
    "registered_address": ("private_endpoint", "endpoint_interface"),
    "connection_string": ("cluster", "endpoint_service", "private_endpoint", "endpoint_interface"),
}

#: The fact that a hop is read from.
SOURCE = {
    "cluster": "clusters",
    "endpoint_service": "endpoint_service",
    "private_endpoint": "private_endpoint",
    "endpoint_interface": "endpoint_interface",
    "connection": "private_endpoint",
    "registered_address": "private_endpoint",
    "connection_string": "clusters",
}

#: How a service's alias ends; it does not tell which service it is (source: Microsoft, private link service overview).
ALIAS = ".azure.privatelinkservice"

#: Atlas' states of services and interfaces. WAITING_FOR_USER is AWS' word for a service without an interface; the
#: enumeration is shared (source: Admin API specification).
GOOD = ("AVAILABLE", "WAITING_FOR_USER")
ATLAS_SYMPTOMS = {"INITIATING": "initiating", "FAILED": "failed", "REJECTED": "rejected", "DELETING": "deleting"}


def control_hops(facts: Facts, srv_hosts: t.Sequence[str] = ()) -> list[Hop]:
    """All hops in order; several for the clusters and for the connection strings where there are several.

    `srv_hosts` are the names that the application uses, if they are given: they are held against what the API says.
    Empty if no control plane was looked at.
    """
    if not any(source in facts for source in SOURCE.values()):
        return []
    hops: list[Hop] = []
    for name in CONTROL:
        if SOURCE[name] not in facts:
            hops.append(skipped(name, None, "not looked at"))
            continue
        found = list(_CHECKS[name](facts)) if name != "connection_string" else list(_strings(facts, srv_hosts))
        because = next((hop.hop for hop in hops if hop.status == FAILED and hop.hop in FOLLOWS[name]), None)
        hops += [_consequence(hop, because) if because and hop.status == FAILED else hop for hop in found]
    return hops


def _consequence(hop: Hop, because: str) -> Hop:
    return skipped(hop.hop, hop.target, f"{hop.message}; follows from {because}", because)


def _ok(hop: str, message: str, observed: State | None = None, target: str | None = None) -> Hop:
    return Hop(hop, OK, message, target, observed=dict(observed or {}))


def _failed(hop: str, symptom: str, message: str, observed: State | None = None, target: str | None = None) -> Hop:
    return Hop(hop, FAILED, message, target, symptom, observed=dict(observed or {}))


def _clusters(facts: Facts) -> t.Iterator[Hop]:
    """Each cluster that was asked for: there, dedicated, in the service's region, running."""
    service = facts.get("endpoint_service") or {}
    known = {cluster["name"]: cluster for cluster in facts["clusters"]}
    wanted = facts.get("wanted_clusters") or list(known)
    if not wanted:
        yield _failed("cluster", "none", "the project has no dedicated cluster with nodes in this region")
    for name in wanted:
        cluster = known.get(name)
        if cluster is None:
            seen = {"clusters": sorted(known)}
            yield _failed("cluster", "missing", f"there is no cluster {name} in the project", seen, name)
            continue
        seen = {key: cluster.get(key) for key in ("name", "state", "paused", "instance_sizes", "regions")}
        region = f"AZURE/{service['region']}" if service.get("region") else None
        if not cluster["supported"]:
            yield _failed("cluster", "unsupported", f"{name} is of tier {_words(seen['instance_sizes'])}", seen, name)
        elif cluster["paused"]:
            yield _failed("cluster", "paused", f"{name} is paused", seen, name)
        elif region and region not in cluster["regions"]:
            yield _failed("cluster", "elsewhere", f"{name} has no nodes in {region}", {**seen, "region": region}, name)
        else:
            yield _ok("cluster", f"{name} is {cluster['state']}, in {_words(cluster['regions'])}", seen, name)


def _service(facts: Facts) -> t.Iterator[Hop]:
    service, endpoint = facts["endpoint_service"], facts.get("private_endpoint") or {}
    if service is None:
        lost = endpoint.get("connection_state") == "Disconnected"
        message = "the project has no endpoint service in this region"
        yield _failed("endpoint_service", "vanished" if lost else "missing", message, {"region": facts.get("region")})
        return
    seen = {key: service.get(key) for key in ("id", "region", "status", "error_message", "private_link_service_id")}
    yield _of_atlas("endpoint_service", f"the endpoint service in {service['region']}", service["status"], seen)


def _of_atlas(hop: str, title: str, status: str, seen: State) -> Hop:
    if status in GOOD:
        return _ok(hop, f"{title} is {status}", seen)
    reason = (seen.get("error_message") or "no reason given").rstrip(".")
    words = {**seen, "error_message": reason}
    message = f"{title} is {status}" + (f" ({reason})" if status == "FAILED" else "")
    return _failed(hop, ATLAS_SYMPTOMS.get(status, "unknown_state"), message, words)


def _endpoint(facts: Facts) -> t.Iterator[Hop]:
    endpoint, service = facts["private_endpoint"], facts.get("endpoint_service") or {}
    if endpoint is None:
        yield _failed(
            "private_endpoint", "missing", "there is no private endpoint of this name", {"id": facts.get("id")}
        )
        return
    names = ("id", "provisioning_state", "ip_address", "network_interface_id", "subnet_id", "location")
    target, wanted = endpoint.get("target") or "", service.get("private_link_service_id")
    seen = {**{key: endpoint.get(key) for key in names}, "connects_to": target}
    state = endpoint["provisioning_state"]
    if state in ("Failed", "Deleting"):
        yield _failed("private_endpoint", state.lower(), f"{endpoint['name']} is {state}", seen)
    elif wanted and target.lower() != wanted.lower() and not target.lower().endswith(ALIAS):
        message = f"{endpoint['name']} connects to another service than Atlas'"
        yield _failed("private_endpoint", "other_service", message, {**seen, "private_link_service_id": wanted})
    elif not endpoint.get("ip_address"):
        yield _failed("private_endpoint", "no_address", f"{endpoint['name']} has no address yet ({state})", seen)
    else:
        yield _ok("private_endpoint", f"{endpoint['name']} is {state} at {endpoint['ip_address']}", seen)


def _interface(facts: Facts) -> t.Iterator[Hop]:
    interface, endpoint = facts["endpoint_interface"], facts.get("private_endpoint") or {}
    state = endpoint.get("connection_state")
    if interface is None:
        message = f"the private endpoint is not registered with Atlas (Azure shows {state or 'nothing'})"
        yield _failed("endpoint_interface", "not_registered", message, {"connection_state": state})
        return
    names = ("private_endpoint_id", "ip_address", "status", "error_message", "connection_name")
    seen = {**{key: interface.get(key) for key in names}, "connection_state": state}
    status = "DELETING" if interface.get("delete_requested") else interface["status"]
    yield _of_atlas("endpoint_interface", "the registration with Atlas", status, seen)


def _connection(facts: Facts) -> t.Iterator[Hop]:
    endpoint = facts.get("private_endpoint") or {}
    state = endpoint.get("connection_state")
    seen = {
        "connection_state": state,
        "connection_description": (endpoint.get("connection_description") or "").rstrip("."),
    }
    message = f"Azure shows the connection as {state or 'unknown'}"
    if state == "Approved":
        yield _ok("connection", message, seen)
    else:
        yield _failed("connection", (state or "unknown").lower(), message, seen)


def _address(facts: Facts) -> t.Iterator[Hop]:
    """A registered address cannot be changed, and Atlas publishes it in DNS whatever it is (source: Admin API
    specification: an endpoint can be created and deleted only)."""
    interface, endpoint = facts.get("endpoint_interface") or {}, facts.get("private_endpoint") or {}
    seen = {"network_interface": endpoint.get("ip_address"), "registered": interface.get("ip_address")}
    if not seen["network_interface"] or not seen["registered"]:
        yield skipped("registered_address", None, "there are no two addresses to compare")
    elif ipaddress.ip_address(seen["network_interface"]) == ipaddress.ip_address(seen["registered"]):
        yield _ok("registered_address", f"{seen['registered']} on the network interface and with Atlas", seen)
    else:
        message = f"{seen['network_interface']} on the network interface, {seen['registered']} registered with Atlas"
        yield _failed("registered_address", "mismatch", message, seen)


def _strings(facts: Facts, srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    """A connection string through this endpoint for every cluster; and the application's own, if it was told."""
    endpoint_id = str((facts.get("private_endpoint") or {}).get("id") or facts.get("id") or "").lower()
    wanted = facts.get("wanted_clusters")
    current: dict[str, str] = {}
    for cluster in facts["clusters"]:
        if wanted and cluster["name"] not in wanted:
            continue
        strings = [entry for entry in cluster["private_endpoints"] if endpoint_id in _lower(entry["endpoint_ids"])]
        current.update({entry["srv_host"]: cluster["name"] for entry in strings if entry["srv_host"]})
        yield _string(facts, cluster, strings)
    for host in srv_hosts:
        if host.lower() not in _lower(current):
            public = [
                c["name"] for c in facts["clusters"] if (c["standard_srv"] or "").lower().endswith(f"//{host.lower()}")
            ]
            seen = {"srv_host": host, "current": sorted(current), "public_string_of": public}
            message = f"{host} is not the name of a connection string through this endpoint"
            yield _failed("connection_string", "public_string" if public else "outdated", message, seen, host)


def _string(facts: Facts, cluster: State, strings: t.Sequence[State]) -> Hop:
    name = cluster["name"]
    seen: dict[str, t.Any] = {"cluster": name, "state": cluster["state"], "regions": cluster["regions"]}
    if strings:
        hosts = [entry["srv_host"] or entry["connection_string"] for entry in strings]
        return _ok("connection_string", f"{name} has {_words(hosts)}", {**seen, "srv_hosts": hosts}, name)
    services = facts.get("endpoint_services") or []
    served = {f"AZURE/{service['region']}" for service in services if _is_served(facts, service)}
    bare = [region for region in cluster["regions"] if region not in served] if services else []
    message = f"{name} has no connection string through this endpoint"
    if bare:
        return _failed("connection_string", "region_without_endpoint", message, {**seen, "without": bare}, name)
    return _failed(
        "connection_string", "updating" if cluster["state"] == "UPDATING" else "missing", message, seen, name
    )


def _is_served(facts: Facts, service: State) -> bool:
    """Whether an available endpoint is registered with a service; any, if nobody looked at their states."""
    interfaces = facts.get("endpoint_interfaces")
    if interfaces is None:
        return bool(service["private_endpoints"])
    return any(one["endpoint_service_id"] == service["id"] and one["status"] in GOOD for one in interfaces)


def _lower(texts: t.Iterable[str]) -> list[str]:
    return [text.lower() for text in texts]


def _words(texts: t.Iterable[str]) -> str:
    return ", ".join(texts) or "nothing"


_CHECKS: t.Mapping[str, t.Callable[[Facts], t.Iterator[Hop]]] = {
    "cluster": _clusters,
    "endpoint_service": _service,
    "private_endpoint": _endpoint,
    "endpoint_interface": _interface,
    "connection": _connection,
    "registered_address": _address,
}
