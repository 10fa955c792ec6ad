# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What Azure says of a private link to Azure DocumentDB, hop by hop: pure functions of its facts.

The facts: {id, cluster_id, mongo_cluster, private_link_resources, private_endpoint, private_endpoint_connection,
private_dns_zone_group, zones, virtual_network_ids}.
"""

from __future__ import annotations

import typing as t

from ..._dns_plan import OTHER_ZONES, parent, private_names, public_name, required_zones, written_by_group
from ..._probe.hop import Hop, skipped
from ..product import Facts, State, failed, lower, named, ok, words
from ..zones import addresses_in

#: How a cluster's status keeps clients away; in any other it takes connections (source: the resource provider's
#: specification, clusterStatus).
NOT_READY = {
    "Stopped": "stopped",
    "Stopping": "stopped",
    "Starting": "provisioning",
    "Provisioning": "provisioning",
    "Dropping": "deleting",
}
#: The same of its provisioning, where there is no status yet.
NOT_PROVISIONED = {"InProgress": "provisioning", "Dropping": "deleting", "Failed": "failed", "Canceled": "failed"}

#: What the names contain by which a highly available cluster may be read only (source: records that zone groups write,
#: in users' public notes).
READ_ONLY = ".ro.global."


def cluster(facts: Facts, _srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    """There, and taking connections."""
    found = facts["mongo_cluster"]
    if found is None:
        yield failed("cluster", "missing", "there is no cluster of this name", {"id": facts.get("cluster_id")})
        return
    status, provisioning = found.get("cluster_status"), found.get("provisioning_state")
    seen = {
        **named(found, "name", "location", "tier", "high_availability", "server_version", "public_network_access"),
        "cluster_status": status,
        "provisioning_state": provisioning,
    }
    symptom = NOT_READY.get(status) if status else NOT_PROVISIONED.get(provisioning)
    message = f"{found['name']} is {status or provisioning}"
    if symptom:
        yield failed("cluster", symptom, message, seen, found["name"])
    else:
        yield ok("cluster", f"{message}, {found.get('tier')} in {found['location']}", seen, found["name"])


def private_endpoint(facts: Facts, _srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    """There, with an address, and leading to the right part of the right cluster."""
    hop, endpoint = "private_endpoint", facts["private_endpoint"]
    if endpoint is None:
        yield failed(hop, "missing", "there is no private endpoint of this name", {"id": facts.get("id")})
        return
    wanted = str(facts.get("cluster_id") or (facts.get("mongo_cluster") or {}).get("id") or "")
    known = [one["group_id"] for one in facts.get("private_link_resources") or [] if one.get("group_id")]
    name, state, groups = endpoint["name"], endpoint["provisioning_state"], endpoint.get("group_ids") or []
    seen = {
        **named(endpoint, "id", "provisioning_state", "ip_address", "network_interface_id", "subnet_id", "location"),
        "connects_to": endpoint.get("target"),
        "group_ids": groups,
    }
    if state in ("Failed", "Deleting"):
        yield failed(hop, state.lower(), f"{name} is {state}", seen)
    elif wanted and (endpoint.get("target") or "").lower() != wanted.lower():
        yield failed(hop, "other_target", f"{name} connects to something else", {**seen, "cluster_id": wanted})
    elif known and not set(lower(groups)) & set(lower(known)):
        message = f"{name} connects to {words(groups)}, not to {words(known)}"
        yield failed(hop, "wrong_group", message, {**seen, "wanted": known})
    elif not endpoint.get("ip_address"):
        yield failed(hop, "no_address", f"{name} has no address yet ({state})", seen)
    else:
        yield ok(hop, f"{name} is {state} at {endpoint['ip_address']}", seen)


def connection(facts: Facts, _srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    """Approved, and both sides say so. What the cluster's side says goes first: there it is decided."""
    endpoint = facts["private_endpoint"] or {}
    mine = endpoint.get("connection_state")
    told = facts.get("private_endpoint_connection")
    looked = "private_endpoint_connection" in facts
    theirs = told["status"] if told else None
    description = (told or {}).get("description") or endpoint.get("connection_description") or ""
    seen = {
        "endpoint_says": mine,
        "cluster_says": theirs,
        "connection_description": description.rstrip("."),
        "cluster_id": facts.get("cluster_id"),
        "manual_request": endpoint.get("manual_request"),
    }
    message = f"{mine or 'unknown'} on the endpoint's side"
    message += f", {theirs or 'not there'} on the cluster's" if looked else ""
    if looked and not told:
        yield failed("connection", "removed", message, seen)
    elif looked and theirs != mine:
        yield failed("connection", "disagree", message, seen)
    elif mine == "Approved":
        yield ok("connection", message, seen)
    else:
        yield failed("connection", (mine or "unknown").lower(), message, seen)


def zone_group(facts: Facts, _srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    """The endpoint's records are kept in the zone that clients are led to, and are those of its network interface."""
    hop, group, required = "zone_group", facts["private_dns_zone_group"], required_zones(facts)
    if group is None:
        yield _without_group(facts, required)
        return
    bound = [one["zone"].lower() for one in group["zones"]]
    seen = {"zone_group": group["name"], "provisioning_state": group["provisioning_state"], "zones": bound}
    seen["required"] = required
    if group["provisioning_state"] == "Failed":
        yield failed(hop, "failed", f"the zone group {group['name']} is Failed", seen)
    elif required and not set(required) & set(bound):
        yield failed(hop, "wrong_zone", f"the zone group writes into {words(bound)}, not {words(required)}", seen)
    else:
        yield _records(facts, seen)


def _without_group(facts: Facts, required: t.Sequence[str]) -> Hop:
    """Records may be kept by hand; but then they must be there."""
    hop, names = "zone_group", private_names(facts)
    seen = {"required": list(required), "zones": [zone["name"] for zone in facts.get("zones") or []]}
    if names and all(_held(facts, name, address) for name, address in names.items()):
        return ok(hop, f"no zone group, but {words(required)} holds the endpoint's address", seen)
    wrong = [zone["name"] for zone in facts.get("zones") or [] if _is_meant(facts, zone)]
    if wrong:
        return failed(hop, "wrong_zone", f"no zone group, only a zone {words(wrong)}", {**seen, "zones": wrong})
    return failed(hop, "missing", "the private endpoint has no DNS zone group", seen)


def _is_meant(facts: Facts, zone: State) -> bool:
    """Whether somebody keeps the endpoint's address in a zone where no client looks for it."""
    address = (facts.get("private_endpoint") or {}).get("ip_address")
    held = (value for record in zone.get("records") or [] for value in record["value"])
    return zone["name"].lower() in OTHER_ZONES and address in held


def _held(facts: Facts, name: str, address: str | None) -> bool:
    found = (addresses_in(zone, name) for zone in facts.get("zones") or [])
    return any(held is not None and address in (None, *held) for held in found)


def _records(facts: Facts, seen: State) -> Hop:
    """What the zone says now, or, if nobody read it, what the group says that it wrote."""
    hop, endpoint, names = "zone_group", facts.get("private_endpoint") or {}, private_names(facts)
    written = [record for zone in required_zones(facts) for record in written_by_group(facts, zone)]
    addresses = [one["ip_address"] for one in endpoint.get("ip_addresses") or []] or [endpoint.get("ip_address")]
    wanted = [one for one in addresses if one]
    told = {**seen, "network_interface": wanted}
    if not written:
        return failed(hop, "no_records", "the zone group has written no record", told)
    for record in written:
        name, said = record["fqdn"].lower().rstrip("."), _now(facts, record)
        about = {**told, "record": name, "said": said}
        if said is None:
            return failed(hop, "record_missing", f"{name} is not in its zone any more", about, name)
        right = [names[name] or ""] if names.get(name) else wanted
        if not set(said) & set(right):
            message = f"{name} is {words(said)}, the endpoint is at {words(right)}"
            return failed(hop, "other_address", message, {**about, "network_interface": right}, name)
    records = [record["fqdn"] for record in written]
    return ok(hop, f"the zone group keeps {words(wanted)} in {words(seen['zones'])}", {**told, "records": records})


def _now(facts: Facts, record: State) -> list[str] | None:
    """The values of a record in the zone that the group is bound to; what the group says if that zone was not read."""
    name = record["fqdn"].lower().rstrip(".")
    bound = [one for one in facts["private_dns_zone_group"]["zones"] if record in one["record_sets"]]
    ids = lower(one["zone_id"] for one in bound)
    for zone in facts.get("zones") or []:
        if zone["id"].lower() in ids:
            return addresses_in(zone, name)
    return list(record["addresses"])


def zone_link(facts: Facts, _srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    """Each network of the clients, or else the endpoint's, sees the zone with the endpoint's records."""
    networks = facts.get("virtual_network_ids") or _networks(facts)
    required, names = required_zones(facts), private_names(facts)
    zones = [zone for zone in facts["zones"] if zone["name"].lower() in required]
    bound = (facts.get("private_dns_zone_group") or {}).get("zones") or []
    mine = {one["zone_id"].lower() for one in bound if one["zone"].lower() in required}
    read = {zone["id"].lower() for zone in zones}
    if not networks:
        yield skipped("zone_link", None, "it is not known which network the clients are in")
    for network in networks:
        name = network.rpartition("/")[2]
        linked = [zone for zone in zones if _link(zone, network)]
        seen = {"virtual_network": name, "required": required, "zones": [zone["id"] for zone in linked]}
        seen["exists"] = [zone["id"] for zone in zones]
        if not linked and mine - read:
            yield skipped("zone_link", name, "the zone is in a subscription that was not looked at")
        elif not linked:
            yield failed("zone_link", "missing", f"no zone {words(required)} is linked to {name}", seen, name)
        elif mine & {zone["id"].lower() for zone in linked} or _holds(linked, names):
            policies = [_link(zone, network).get("resolution_policy") for zone in linked]
            message = f"{words(zone['name'] for zone in linked)} is linked to {name}"
            yield ok("zone_link", message, {**seen, "resolution_policies": policies}, name)
        else:
            message = f"{name} uses another zone {words(required)} than the endpoint's"
            yield failed("zone_link", "other_zone", message, seen, name)


def _holds(zones: t.Sequence[State], names: t.Mapping[str, str | None]) -> bool:
    """Whether these zones have the endpoint's records, whoever wrote them."""
    return bool(names) and all(_held({"zones": zones}, name, address) for name, address in names.items())


def _networks(facts: Facts) -> list[str]:
    subnet = (facts.get("private_endpoint") or {}).get("subnet_id") or ""
    return [subnet.rpartition("/subnets/")[0]] if "/subnets/" in subnet else []


def _link(zone: State, network: str) -> State:
    """A zone's link to a network; empty if there is none."""
    found = (one for one in zone["links"] if (one["virtual_network_id"] or "").lower() == network.lower())
    return next(found, {})


def connection_string(facts: Facts, srv_hosts: t.Sequence[str]) -> t.Iterator[Hop]:
    """The cluster's own string; and that the application's names are of it."""
    hop, found = "connection_string", facts["mongo_cluster"] or {}
    host = found.get("srv_host")
    if not host:
        yield failed(hop, "missing", "the cluster has no connection string", named(found, "name", "cluster_status"))
        return
    yield ok(hop, f"{found['name']} has mongodb+srv://{host}/", {"srv_host": host, "options": found.get("options")})
    label, domain = host.split(".")[0], parent(host)
    # The name that follows the primary cluster is as good (source: connection strings in users' public notes).
    good = [host.lower(), f"{label}.global.{domain}".lower()]
    zones = required_zones(facts)
    members = {public_name(name, zone) for zone in zones for name in private_names(facts) if name.endswith(zone)}
    for asked in srv_hosts:
        if asked.lower() not in good:
            symptom = _wrong(asked.lower(), domain, members)
            seen = {"srv_host": asked, "current": host, "domain": domain}
            yield failed(hop, symptom, f"{asked} is not the name in the cluster's connection string", seen, asked)


def _wrong(asked: str, domain: str, members: t.Collection[str]) -> str:
    """What a name is that is not the cluster's."""
    if READ_ONLY in asked:
        return "read_only"
    if asked in members:
        return "member"
    return "other_name" if asked.endswith(f".{domain}") else "other_product"
