# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What both clouds say of a private link to Atlas, hop by hop: pure functions of its facts.

The facts: {project, clusters, endpoint_service, endpoint_services, private_endpoint, endpoint_interface, zones}.
"""

from __future__ import annotations

import ipaddress
import typing as t

from ..._probe.hop import Hop, skipped
from ..product import Facts, State, failed, lower, ok, words

#: How a service's alias ends; it does not tell which service it is (source: Microsoft, private link service overview).
ALIAS = ".azure.privatelinkservice"

#: Atlas' states of services and interfaces. WAITING_FOR_USER is AWS' word for a service without an interface; the
#: enumeration is shared (source: Admin API specification).
GOOD = ("AVAILABLE", "WAITING_FOR_USER")
ATLAS_SYMPTOMS = {"INITIATING": "initiating", "FAILED": "failed", "REJECTED": "rejected", "DELETING": "deleting"}


def clusters(facts: Facts, _srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    """Each cluster that was asked for: there, dedicated, in the service's region, running."""
    service = facts.get("endpoint_service") or {}
    known = {cluster["name"]: cluster for cluster in facts["clusters"]}
    wanted = facts.get("wanted_clusters") or list(known)
    if not wanted:
        yield failed("cluster", "none", "the project has no dedicated cluster with nodes in this region")
    for name in wanted:
        cluster = known.get(name)
        if cluster is None:
            seen = {"clusters": sorted(known)}
            yield failed("cluster", "missing", f"there is no cluster {name} in the project", seen, name)
            continue
        seen = {key: cluster.get(key) for key in ("name", "state", "paused", "instance_sizes", "regions")}
        region = f"AZURE/{service['region']}" if service.get("region") else None
        if not cluster["supported"]:
            yield failed("cluster", "unsupported", f"{name} is of tier {words(seen['instance_sizes'])}", seen, name)
        elif cluster["paused"]:
            yield failed("cluster", "paused", f"{name} is paused", seen, name)
        elif region and region not in cluster["regions"]:
            yield failed("cluster", "elsewhere", f"{name} has no nodes in {region}", {**seen, "region": region}, name)
        else:
            yield ok("cluster", f"{name} is {cluster['state']}, in {words(cluster['regions'])}", seen, name)


def endpoint_service(facts: Facts, _srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    service, endpoint = facts["endpoint_service"], facts.get("private_endpoint") or {}
    if service is None:
        lost = endpoint.get("connection_state") == "Disconnected"
        message = "the project has no endpoint service in this region"
        yield failed("endpoint_service", "vanished" if lost else "missing", message, {"region": facts.get("region")})
        return
    seen = {key: service.get(key) for key in ("id", "region", "status", "error_message", "private_link_service_id")}
    yield _of_atlas("endpoint_service", f"the endpoint service in {service['region']}", service["status"], seen)


def _of_atlas(hop: str, title: str, status: str, seen: State) -> Hop:
    if status in GOOD:
        return ok(hop, f"{title} is {status}", seen)
    reason = (seen.get("error_message") or "no reason given").rstrip(".")
    told = {**seen, "error_message": reason}
    message = f"{title} is {status}" + (f" ({reason})" if status == "FAILED" else "")
    return failed(hop, ATLAS_SYMPTOMS.get(status, "unknown_state"), message, told)


def private_endpoint(facts: Facts, _srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    endpoint, service = facts["private_endpoint"], facts.get("endpoint_service") or {}
    if endpoint is None:
        yield failed(
            "private_endpoint", "missing", "there is no private endpoint of this name", {"id": facts.get("id")}
        )
        return
    names = ("id", "provisioning_state", "ip_address", "network_interface_id", "subnet_id", "location")
    target, wanted = endpoint.get("target") or "", service.get("private_link_service_id")
    seen = {**{key: endpoint.get(key) for key in names}, "connects_to": target}
    state = endpoint["provisioning_state"]
    if state in ("Failed", "Deleting"):
        yield failed("private_endpoint", state.lower(), f"{endpoint['name']} is {state}", seen)
    elif wanted and target.lower() != wanted.lower() and not target.lower().endswith(ALIAS):
        message = f"{endpoint['name']} connects to another service than Atlas'"
        yield failed("private_endpoint", "other_service", message, {**seen, "private_link_service_id": wanted})
    elif not endpoint.get("ip_address"):
        yield failed("private_endpoint", "no_address", f"{endpoint['name']} has no address yet ({state})", seen)
    else:
        yield ok("private_endpoint", f"{endpoint['name']} is {state} at {endpoint['ip_address']}", seen)


def endpoint_interface(facts: Facts, _srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    interface, endpoint = facts["endpoint_interface"], facts.get("private_endpoint") or {}
    state = endpoint.get("connection_state")
    if interface is None:
        message = f"the private endpoint is not registered with Atlas (Azure shows {state or 'nothing'})"
        yield failed("endpoint_interface", "not_registered", message, {"connection_state": state})
        return
    names = ("private_endpoint_id", "ip_address", "status", "error_message", "connection_name")
    seen = {**{key: interface.get(key) for key in names}, "connection_state": state}
    status = "DELETING" if interface.get("delete_requested") else interface["status"]
    yield _of_atlas("endpoint_interface", "the registration with Atlas", status, seen)


def connection(facts: Facts, _srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    endpoint = facts.get("private_endpoint") or {}
    state = endpoint.get("connection_state")
    seen = {
        "connection_state": state,
        "connection_description": (endpoint.get("connection_description") or "").rstrip("."),
    }
    message = f"Azure shows the connection as {state or 'unknown'}"
    if state == "Approved":
        yield ok("connection", message, seen)
    else:
        yield failed("connection", (state or "unknown").lower(), message, seen)


def registered_address(facts: Facts, _srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    """A registered address cannot be changed, and Atlas publishes it in DNS whatever it is (source: Admin API
    specification: an endpoint can be created and deleted only)."""
    interface, endpoint = facts.get("endpoint_interface") or {}, facts.get("private_endpoint") or {}
    seen = {"network_interface": endpoint.get("ip_address"), "registered": interface.get("ip_address")}
    if not seen["network_interface"] or not seen["registered"]:
        yield skipped("registered_address", None, "there are no two addresses to compare")
    elif ipaddress.ip_address(seen["network_interface"]) == ipaddress.ip_address(seen["registered"]):
        yield ok("registered_address", f"{seen['registered']} on the network interface and with Atlas", seen)
    else:
        message = f"{seen['network_interface']} on the network interface, {seen['registered']} registered with Atlas"
        yield failed("registered_address", "mismatch", message, seen)


def connection_strings(facts: Facts, srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    """A connection string through this endpoint for every cluster; and the application's own, if it was told."""
    endpoint_id = str((facts.get("private_endpoint") or {}).get("id") or facts.get("id") or "").lower()
    wanted = facts.get("wanted_clusters")
    current: dict[str, str] = {}
    for cluster in facts["clusters"]:
        if wanted and cluster["name"] not in wanted:
            continue
        strings = [entry for entry in cluster["private_endpoints"] if endpoint_id in lower(entry["endpoint_ids"])]
        current.update({entry["srv_host"]: cluster["name"] for entry in strings if entry["srv_host"]})
        yield _string(facts, cluster, strings)
    for host in srv_hosts:
        if host.lower() not in lower(current):
            public = [
                c["name"] for c in facts["clusters"] if (c["standard_srv"] or "").lower().endswith(f"//{host.lower()}")
            ]
            seen = {"srv_host": host, "current": sorted(current), "public_string_of": public}
            message = f"{host} is not the name of a connection string through this endpoint"
            yield failed("connection_string", "public_string" if public else "outdated", message, seen, host)


def _string(facts: Facts, cluster: State, strings: t.Sequence[State]) -> Hop:
    name = cluster["name"]
    seen: dict[str, t.Any] = {"cluster": name, "state": cluster["state"], "regions": cluster["regions"]}
    if strings:
        hosts = [entry["srv_host"] or entry["connection_string"] for entry in strings]
        return ok("connection_string", f"{name} has {words(hosts)}", {**seen, "srv_hosts": hosts}, name)
    services = facts.get("endpoint_services") or []
    served = {f"AZURE/{service['region']}" for service in services if _is_served(facts, service)}
    bare = [region for region in cluster["regions"] if region not in served] if services else []
    message = f"{name} has no connection string through this endpoint"
    if bare:
        return failed("connection_string", "region_without_endpoint", message, {**seen, "without": bare}, name)
    return failed("connection_string", "updating" if cluster["state"] == "UPDATING" else "missing", message, seen, name)


def _is_served(facts: Facts, service: State) -> bool:
    """Whether an available endpoint is registered with a service; any, if nobody looked at their states."""
    interfaces = facts.get("endpoint_interfaces")
    if interfaces is None:
        return bool(service["private_endpoints"])
    return any(one["endpoint_service_id"] == service["id"] and one["status"] in GOOD for one in interfaces)
