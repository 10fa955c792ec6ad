# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Which private DNS zones and records make a client find a cluster through its private endpoint: pure data."""

from __future__ import annotations

import typing as t

from ._atlas.names import in_shared_domain, is_shared
from ._atlas.regions import azure_location
from ._atlas.strings import through
from ._errors import InvalidInput

Record = dict[str, t.Any]
Zone = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]

MODES = ("host_zones", "cluster_zone")
#: The mode of services whose private endpoint names its zones, and has Azure keep the records in them.
ZONE_GROUP = "zone_group"

#: How the zone begins in which Azure keeps the private addresses of a service; after it comes the domain of the
#: service's public names (source: Microsoft, private endpoint DNS).
PRIVATE_LINK = "privatelink."

#: Any other option in the TXT record makes drivers refuse the name (source: MongoDB's seedlist specification).
TXT_OPTIONS = ("authSource", "replicaSet", "loadBalanced")

#: Zones that people make for a cluster of Azure, and that no client of it ever asks: the one is of another product, the
#: other of nobody (source: Microsoft's list of zone names, which has privatelink.mongocluster.cosmos.azure.com).
OTHER_ZONES = ("privatelink.mongo.cosmos.azure.com", "privatelink.mongocluster.azure.com")

#: Those that people make for a link to Atlas (source: MongoDB's connection strings, which have no such names).
UNASKED = ("privatelink.mongodb.net", *OTHER_ZONES)


def zones(
    clusters: t.Sequence[Mapping],
    endpoint_id: str,
    address: str,
    mode: str = "host_zones",
    ttl: int | str = 60,
    addresses: t.Mapping[str, str] | None = None,
    zone_names: t.Sequence[str] = (),
) -> list[Zone]:
    """The zones for every connection string of these clusters that goes through one endpoint.

    `clusters` is what atlas_connection_info returns. `host_zones` gives one zone per target host with an apex A record:
    it shadows that name and nothing else. `cluster_zone` gives the zone that holds all names of the cluster, with SRV
    and TXT mirrored, because a linked private zone answers for every name below it. `addresses` (host -> address) is
    for strings that run through several endpoints, where one address does not say which host it belongs to. `ttl`
    (seconds) may be a text, as variables of the command line are.

    Without clusters, `addresses` are all there is to know: `host_zones` gives a zone for each of its hosts, and
    `zone_group` the zones of `zone_names` with the records that a zone group writes for them.

    Raises `InvalidInput` for an unknown mode, for a time that is no number, for a host whose address is not known, and
    for a zone that would hide the names of other customers' clusters.
    """
    if mode not in (*MODES, ZONE_GROUP):
        raise InvalidInput("mode", mode, " or ".join((*MODES, ZONE_GROUP)))
    strings = [entry for cluster in clusters for entry in through(cluster, endpoint_id)]
    known = {host.lower(): value for host, value in (addresses or {}).items()}
    seconds = _seconds(ttl)
    if mode == ZONE_GROUP:
        return [
            {"zone": _bindable(zone), "records": list(_foreseen(zone.lower(), known, seconds))} for zone in zone_names
        ]
    if not clusters and mode == "host_zones":
        return [{"zone": _own(host), "records": [_address("@", value, seconds)]} for host, value in known.items()]
    if mode == "cluster_zone":
        _refuse_shared([name for one in clusters for name in in_shared_domain(one, endpoint_id)])
    found: dict[str, dict[tuple[str, str], Record]] = {}
    for entry in strings:
        for zone, record in _records(entry, address, mode, seconds, known):
            found.setdefault(_own(zone), {})[(record["name"], record["type"])] = record
    return [{"zone": zone, "records": list(records.values())} for zone, records in sorted(found.items())]


def _seconds(ttl: int | str) -> int:
    if not str(ttl).strip().isdigit():
        raise InvalidInput("ttl", ttl, "a number of seconds")
    return int(ttl)


def _foreseen(zone: str, addresses: t.Mapping[str, str], ttl: int) -> t.Iterator[Record]:
    domain = "." + zone[len(PRIVATE_LINK) :] if zone.startswith(PRIVATE_LINK) else None
    for host, value in addresses.items():
        if domain and host.endswith(domain):
            yield _address(host[: -len(domain)], value, ttl)


def _address(name: str, value: str, ttl: int) -> Record:
    return {"name": name, "type": "A", "ttl": ttl, "values": [value]}


def _refuse_shared(names: t.Sequence[Mapping]) -> None:
    """Never a zone for a domain that holds clusters of other customers: it would hide all of them."""
    for name in names:
        raise InvalidInput(
            "mode",
            "cluster_zone",
            "host_zones, because a cluster's domain must be its own",
            f"{name['host']} is directly in {name['domain']}, which holds clusters of other customers, too. A private "
            f"zone {name['domain']} would hide all of them.",
        )


def _own(zone: str) -> str:
    """A zone that is for one host or one cluster; never a domain that holds clusters of other customers."""
    if is_shared(zone) or zone.startswith(PRIVATE_LINK):
        raise InvalidInput(
            "zone",
            zone,
            "the name of a host of a cluster, or the domain of one cluster alone",
            "A zone for any other domain would hide names of other clusters. Check private_link_dns_addresses.",
        )
    return zone


def _bindable(zone: str) -> str:
    """A zone that a zone group may write into: that of a service's private links, never one of public names."""
    name = zone.lower().rstrip(".")
    private = name.startswith(PRIVATE_LINK) and name not in UNASKED[:1]
    if not private and is_shared(name):
        raise InvalidInput(
            "zone_names",
            zone,
            "names of zones that begin with privatelink, as azure_private_link_resource_info returns them",
            "Any other zone of the service would hide the names of all its clusters.",
        )
    return zone


def _records(
    entry: Mapping, address: str, mode: str, ttl: int, addresses: t.Mapping[str, str]
) -> t.Iterator[tuple[str, Record]]:
    for host in hosts(entry):
        value = addresses.get(host) or (address if len(hosts(entry)) == 1 else None)
        if value is None:
            raise InvalidInput("addresses", dict(addresses), f"a mapping that names the address of {host} too")
        zone, name = (host, "@") if mode == "host_zones" else (parent(host), host.split(".")[0])
        yield zone, _address(name, value, ttl)
    if mode == "cluster_zone":
        seed = entry["srv_host"]
        label = seed.split(".")[0]
        yield parent(seed), {"name": f"_mongodb._tcp.{label}", "type": "SRV", "ttl": ttl, "values": srv_values(entry)}
        yield parent(seed), {"name": label, "type": "TXT", "ttl": ttl, "values": [txt_value(entry)]}


def hosts(entry: Mapping) -> list[str]:
    """The target hosts of a connection string, each once."""
    return list(dict.fromkeys(target["host"] for target in entry["targets"]))


def srv_values(entry: Mapping) -> list[str]:
    """The SRV records of a connection string. Atlas gives all of them priority and weight 0."""
    return [f"0 0 {target['port']} {target['host']}" for target in entry["targets"]]


def txt_value(entry: Mapping) -> str:
    """The one TXT record of a connection string."""
    return "&".join(f"{name}={value}" for name, value in entry["options"].items() if name in TXT_OPTIONS)


def parent(host: str) -> str:
    """The domain that a name is in; empty for a name of one label."""
    return host.partition(".")[2]


def domains(clusters: t.Sequence[Mapping]) -> list[str]:
    """The domains whose private zones decide what clients of these clusters are told: those that hold the clusters'
    names, and those where people look for them in vain. What `related_to` of azure_private_dns_zone_info takes."""
    names = [host for cluster in clusters for entry in cluster["private_endpoints"] for host in hosts(entry)]
    names += [entry["srv_host"] for cluster in clusters for entry in cluster["private_endpoints"] if entry["srv_host"]]
    names += filter(None, map(public_host, clusters))
    found = sorted(filter(None, {parent(name) for name in names}))
    return [*found, *UNASKED] if found else []


def public_host(cluster: Mapping) -> str:
    """The host of a cluster's public mongodb+srv:// string; empty if it has none."""
    return str(cluster.get("standard_srv") or "").rpartition("/")[2].rpartition("@")[2].lower()


def addresses(
    clusters: t.Sequence[Mapping], services: t.Sequence[Mapping], interfaces: t.Sequence[Mapping]
) -> dict[str, str]:
    """Target host -> registered address, for every host of which it is certain.

    A string says which endpoints it goes through and which hosts it names, but not which host is whose. It is certain
    where there is one of each, and where the location of an endpoint's service stands in the name of exactly one host
    (source: the two forms of names in MongoDB's documentation, pl-0-eastus2.<hash> and pl-0-westeurope-azure.<hash>).
    `services` is `endpoint_services` of atlas_project_info, `interfaces` what atlas_endpoint_interface_info returns; of
    two for one endpoint the last one counts.
    """
    regions = {known.lower(): one["region"] for one in services for known in one["private_endpoints"]}
    registered = {one["private_endpoint_id"].lower(): one["ip_address"] for one in interfaces}
    found: dict[str, str] = {}
    for entry in [entry for cluster in clusters for entry in cluster["private_endpoints"]]:
        known = [endpoint.lower() for endpoint in entry["endpoint_ids"]]
        for host in hosts(entry):
            owners = known if len(known) == len(hosts(entry)) == 1 else _in_region(host, known, regions)
            if len(owners) == 1 and owners[0] in registered:
                found[host] = registered[owners[0]]
    return found


def _in_region(host: str, endpoints: t.Sequence[str], regions: t.Mapping[str, str]) -> list[str]:
    """The endpoints whose service is in the location that the name of a host tells."""
    parts = host.split(".")[0].split("-")
    return [one for one in endpoints if one in regions and azure_location(regions[one]) in parts]


# -- Azure DocumentDB: the zones and names of a link's facts -----------------------------------------------------------


def required_zones(facts: Mapping) -> list[str]:
    """The zones that a cluster's private link resources ask for; if nobody read them, that of its own domain."""
    read = [zone.lower() for one in facts.get("private_link_resources") or [] for zone in one["required_zone_names"]]
    domain = parent(str((facts.get("mongo_cluster") or {}).get("srv_host") or "").lower())
    return list(dict.fromkeys(read)) or ([PRIVATE_LINK + domain] if domain else [])


def private_names(facts: Mapping) -> dict[str, str | None]:
    """A node's names in the required zones -> the endpoint's address for it, None if that is not certain.

    The network interface names nodes as public DNS does, whose alias leads into the zone; a zone group says what it
    has written. Empty if neither is known.
    """
    endpoint = facts.get("private_endpoint") or {}
    told = {
        fqdn.lower().rstrip("."): one["ip_address"]
        for one in endpoint.get("ip_addresses") or []
        for fqdn in one.get("fqdns") or []
    }
    addresses = {one["ip_address"] for one in endpoint.get("ip_addresses") or []} or {endpoint.get("ip_address")}
    only = addresses.pop() if len(addresses) == 1 else None
    found: dict[str, str | None] = {}
    for zone in required_zones(facts):
        written = [record["fqdn"].lower().rstrip(".") for record in written_by_group(facts, zone)]
        for fqdn in [*told, *written]:
            label = _within(fqdn, zone) or _within(fqdn, zone[len(PRIVATE_LINK) :])
            if label:
                found.setdefault(f"{label}.{zone}", told.get(fqdn) or only)
    return found


def written_by_group(facts: Mapping, zone: str) -> list[Record]:
    """The record sets that the endpoint's zone group says it keeps in a zone of that name."""
    bound = (facts.get("private_dns_zone_group") or {}).get("zones") or []
    return [record for one in bound if one["zone"].lower() == zone for record in one["record_sets"]]


def node_names(facts: Mapping) -> dict[str, str | None]:
    """As `private_names`, but each node by both of its names, that which clients ask for first."""
    found: dict[str, str | None] = {}
    for name, address in private_names(facts).items():
        zone = next(one for one in required_zones(facts) if name.endswith(f".{one}"))
        found.update({public_name(name, zone): address, name: address})
    return found


def public_name(private: str, zone: str) -> str:
    """What clients ask for, whose alias is a name in a required zone."""
    return f"{_within(private, zone)}.{zone[len(PRIVATE_LINK) :]}"


def _within(name: str, domain: str) -> str | None:
    """A name relative to a domain; None if it is not below it."""
    return name[: -len(domain) - 1] if name.endswith(f".{domain}") else None
