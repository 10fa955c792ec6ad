# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What private DNS zones do to the clients of a private link, before they find out: pure data.

A virtual network asks its linked private zones first. The most specific one answers for every name in it, and what it
does not hold does not exist there, whatever public DNS says (source: Microsoft, fallback to internet for private DNS
zones). Links with the policy NxDomainRedirect ask public DNS for missing addresses, but not for SRV and TXT.
"""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass, field

from . import _dns_plan as plan
from ._atlas.clusters import through
from ._errors import InvalidInput

Json = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]
#: A full name and the type of its records.
Name = tuple[str, str]

#: How bad it is: the application does not connect; it may not some day; it has no effect.
BREAKS, RISK, USELESS = "breaks", "risk", "useless"

#: rule -> severity, what is the matter, what is safe.
RULES = {
    "shadow_zone": (
        BREAKS,
        "The private zone {zone} answers for every name below it and does not hold {names}, so a client in {networks} "
        "cannot look them up.",
        "Unlink {zone} from {networks}, or mirror these names in it with private_link_dns_mode=cluster_zone. A zone "
        "for each target host, as private_link_dns_mode=host_zones makes it, hides nothing.",
    ),
    "stale_address": (
        BREAKS,
        "In the private zone {zone}, {names} leads to {got}, but the private endpoint has {wanted}.",
        "Correct the record, or unlink {zone} from {networks}. The role corrects records that it made by itself, and "
        "this one too with private_link_dns_overwrite=true.",
    ),
    "stale_srv": (
        BREAKS,
        "In the private zone {zone}, the SRV record {names} has {got}, but the cluster has {wanted}.",
        "Correct the record, or let private_link_dns_mode=cluster_zone do it (with private_link_dns_overwrite=true if "
        "the role did not make it). With private_link_dns_mode=host_zones the SRV record stays in public DNS.",
    ),
    "stale_txt": (
        BREAKS,
        "In the private zone {zone}, the TXT record {names} has {got}, but the cluster has {wanted}.",
        "Correct the record, or let private_link_dns_mode=cluster_zone do it (with private_link_dns_overwrite=true if "
        "the role did not make it). With private_link_dns_mode=host_zones the TXT record stays in public DNS.",
    ),
    "several_txt": (
        BREAKS,
        "In the private zone {zone}, {names} has several TXT records ({got}); drivers refuse more than one.",
        "Keep the one record {wanted}, or let private_link_dns_mode=cluster_zone keep it.",
    ),
    "hidden_names": (
        RISK,
        "The private zone {zone} answers for every name below it in {networks}, and does not hold {names}, so these "
        "do not resolve there.",
        "Use only the private connection strings there, or private_link_dns_mode=host_zones, which hides nothing.",
    ),
    "parent_zone": (
        RISK,
        "The private zone {zone} hides all names below it from {networks}, also those of clusters that have nothing to "
        "do with this link.",
        "Replace it by a zone for each target host, as private_link_dns_mode=host_zones makes it.",
    ),
    "foreign_host_record": (
        RISK,
        "The private zone {zone} has private addresses for {names}, which are no targets of a private connection "
        "string. Clients of the public string are led to where nobody answers.",
        "Remove these records. Only the targets of the private connection strings (pl-...) lead to a private endpoint.",
    ),
    "unlinked_zone": (
        RISK,
        "The private zone {zone} holds {names} but is not linked to {networks}, so clients there do not see it.",
        "Link it there (private_link_dns_links){removal}.",
    ),
    "double_zone": (
        RISK,
        "There is another private zone {zone} that {networks} use instead, so what is written into this one has no "
        "effect.",
        "Keep the linked one; a virtual network can only be linked to one zone of a name.",
    ),
    "useless_zone": (
        USELESS,
        "No client asks for a name in the private zone {zone}: the cluster's names do not lie in it.",
        "It can go when no network is linked to it. Private links to MongoDB Atlas need no zone; those that help are "
        "made by private_link_dns_mode=host_zones.",
    ),
}


@dataclass
class Seen:
    """A rule that holds for a zone: for which names, in which networks."""

    zone: Mapping
    rule: str
    names: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    got: str = ""
    wanted: str = ""

    def finding(self) -> Json:
        """In the shape that the report takes."""
        severity, message, fix = RULES[self.rule]
        words = {
            "zone": self.zone["name"],
            "names": _listed(self.names),
            "networks": _listed([one.rsplit("/", 1)[-1] for one in self.networks]) or "linked networks",
            "got": self.got,
            "wanted": self.wanted,
            "removal": "" if self.zone["links"] else ", or remove it if public DNS is enough",
        }
        return {
            "rule": self.rule,
            "severity": severity,
            "zone": self.zone["name"],
            "zone_id": self.zone["id"],
            "virtual_networks": self.networks,
            "hides": self.names if self.rule in ("shadow_zone", "hidden_names") else [],
            "message": message.format(**words),
            "fix": fix.format(**words),
        }


def findings(
    zones: t.Sequence[Mapping],
    facts: Mapping,
    virtual_network_ids: t.Sequence[str] = (),
    planned: t.Sequence[Mapping] = (),
) -> list[Json]:
    """What is wrong with the zones that these virtual networks use.

    If none is named, these are the network of the endpoint and those that are linked to a zone with a target of the
    link: clients may be elsewhere than the endpoint. A zone that any network is linked to is then no unlinked one.

    `zones` is what azure_private_dns_zone_info returns with `record_sets`. `facts` is what is known of the link:
    `clusters`, `private_endpoint` (or only its `id`), `endpoint_interface`, and for strings that go through several
    endpoints either `addresses` (host -> address) or `endpoint_services` and `endpoint_interfaces`. `planned` are zones
    that are about to be written; they count as if they stood already.

    Raises `InvalidInput` for zones without their records, because what they hide is not known.
    """
    if any(one["records"] is None for one in zones):
        raise InvalidInput("zones", "without records", "read with record_sets=true")
    named, needed, others = list(virtual_network_ids), _needed(facts), _others(facts)
    world = _with_planned(zones, planned, named or _network_of(facts))
    networks = named or _likely(world, facts, needed)
    seen: dict[tuple[t.Any, ...], Seen] = {}
    for network in networks:
        for one in _judged(_linked_to(world, network), network, needed, others):
            key = (one.zone["id"], one.zone["name"], one.rule, *(one.names if one.wanted else ()))
            known = seen.setdefault(key, one)
            known.names += [name for name in one.names if name not in known.names]
            known.networks += [name for name in one.networks if name not in known.networks]
    ours = (facts.get("private_endpoint") or {}).get("id") or facts.get("id") if named else None
    odd = [
        one
        for one in _odd(world, networks, needed, ours)
        if (one.zone["id"], one.zone["name"], "shadow_zone") not in seen
    ]
    order = [BREAKS, RISK, USELESS]
    made = [one.finding() for one in (*seen.values(), *odd)]
    return sorted(made, key=lambda one: (order.index(one["severity"]), one["zone"], one["rule"]))


def _likely(world: t.Sequence[Mapping], facts: Mapping, needed: t.Mapping[Name, t.Any]) -> list[str]:
    """Where clients of the link are, as far as zones tell, each network once."""
    linked = [link["virtual_network_id"] for zone in world if _held(zone, needed) for link in zone["links"]]
    return list({one.lower(): one for one in [*linked, *_network_of(facts)] if one}.values())


def _network_of(facts: Mapping) -> list[str]:
    subnet = (facts.get("private_endpoint") or {}).get("subnet_id") or ""
    return [subnet.rpartition("/subnets/")[0]] if "/subnets/" in subnet else []


# -- what clients ask for --------------------------------------------------------------------------------------------


def _needed(facts: Mapping) -> dict[Name, list[str] | None]:
    """What the clients of this link look up, and what they must get; None where that is not known."""
    endpoint = facts.get("private_endpoint") or {}
    address = endpoint.get("ip_address") or (facts.get("endpoint_interface") or {}).get("ip_address")
    known = facts.get("addresses") or plan.addresses(
        facts.get("clusters") or [], facts.get("endpoint_services") or [], facts.get("endpoint_interfaces") or []
    )
    found: dict[Name, list[str] | None] = {}
    for entry in _strings(facts, endpoint.get("id") or facts.get("id")):
        hosts = plan.hosts(entry)
        for host in hosts:
            alone = len(hosts) == len(entry["endpoint_ids"]) == 1
            value = (address if alone else None) or known.get(host)
            found[(host, "A")] = [value] if value else None
        if entry["srv_host"]:
            found[(f"_mongodb._tcp.{entry['srv_host']}", "SRV")] = sorted(plan.srv_values(entry))
            found[(entry["srv_host"], "TXT")] = [plan.txt_value(entry)]
    return found


def _strings(facts: Mapping, endpoint_id: str | None) -> list[Json]:
    clusters = facts.get("clusters") or []
    if endpoint_id:
        return [entry for cluster in clusters for entry in through(cluster, endpoint_id)]
    return [entry for cluster in clusters for entry in cluster["private_endpoints"]]


def _others(facts: Mapping) -> set[Name]:
    """What clients of the same clusters look up that do not use this link."""
    seeds = [plan.public_host(one) for one in facts.get("clusters") or []]
    seeds += [entry["srv_host"] for entry in _strings(facts, None)]
    return {name for seed in filter(None, seeds) for name in ((f"_mongodb._tcp.{seed}", "SRV"), (seed, "TXT"))}


# -- what they are told ----------------------------------------------------------------------------------------------


def _judged(
    linked: t.Sequence[Mapping],
    network: str,
    needed: t.Mapping[Name, list[str] | None],
    others: t.Collection[Name],
) -> t.Iterator[Seen]:
    """What one network is told about each name."""
    for name, kind in [*needed, *(one for one in sorted(others) if one not in needed)]:
        zone = _answering(linked, name)
        if zone is None:
            continue
        answer, wanted = _answer(zone, network, name, kind), needed.get((name, kind))
        if not answer:
            rule = "shadow_zone" if (name, kind) in needed else "hidden_names"
            yield Seen(zone, rule, [f"{name} ({kind})"], [network])
        elif wanted and answer != _ELSEWHERE and _meaning(kind, answer) != _meaning(kind, wanted):
            rule = {"A": "stale_address", "SRV": "stale_srv", "TXT": "stale_txt"}[kind]
            rule = "several_txt" if kind == "TXT" and len(answer) > 1 else rule
            yield Seen(zone, rule, [name], [network], _listed(answer), _listed(wanted))


def _meaning(kind: str, values: t.Sequence[str]) -> list[t.Any]:
    """What drivers make of records: priority, weight and the order of options mean nothing to them (source: MongoDB's
    seedlist specification)."""
    if kind == "SRV":
        return sorted(one.split()[2:] for one in values)
    return sorted(sorted(one.split("&")) for one in values) if kind == "TXT" else sorted(values)


#: The answer does not come from the zone.
_ELSEWHERE = ["elsewhere"]


def _answering(linked: t.Sequence[Mapping], name: str) -> Mapping | None:
    """The most specific of the zones that hold a name."""
    return max((one for one in linked if _below(name, one["name"])), key=lambda one: len(one["name"]), default=None)


def _answer(zone: Mapping, network: str, name: str, kind: str) -> list[str]:
    """What a zone says to a question; nothing if it says that there is nothing."""
    relative = name[: -len(zone["name"])].rstrip(".") or "@"
    records = {(one["name"], one["type"]): one["value"] for one in zone["records"]}
    exists = {owner for owner, _type in records}
    for owner in [relative] if relative in exists else _wildcards(relative):
        if (owner, "CNAME") in records:
            return _ELSEWHERE
        if (owner, kind) in records:
            return list(records[(owner, kind)])
    redirected = kind == "A" and any(
        one["resolution_policy"] == "NxDomainRedirect" for one in zone["links"] if _same(one, network)
    )
    return _ELSEWHERE if redirected else []


def _wildcards(relative: str) -> list[str]:
    labels = [] if relative == "@" else relative.split(".")
    return [".".join(["*", *labels[cut:]]) for cut in range(1, len(labels) + 1)]


# -- what is odd about a zone ----------------------------------------------------------------------------------------


def _odd(
    world: t.Sequence[Mapping],
    networks: t.Sequence[str],
    needed: t.Mapping[Name, list[str] | None],
    ours: str | None,
) -> t.Iterator[Seen]:
    targets = [name for name, kind in needed if kind == "A"]
    homes = {plan.parent(host) for host in targets}
    for zone in world:
        linked = [one for one in networks if _is_linked(zone, one)]
        here = _hosts(zone)
        if zone["name"] in plan.UNASKED:
            if _is_meant_for_us(zone, here, needed):
                yield Seen(zone, "useless_zone", networks=linked)
            continue
        if linked and any(_below(home, zone["name"]) and home != zone["name"] for home in homes):
            yield Seen(zone, "parent_zone", networks=linked)
        strange = [name for name, one in here.items() if name not in targets and _is_strange(name, one, homes)]
        if linked and strange:
            yield Seen(zone, "foreign_host_record", strange, linked)
        yield from _unasked(zone, world, networks, _held(zone, needed), ours)


def _hosts(zone: Mapping) -> dict[str, Mapping]:
    return {_full(one, zone): one for one in zone["records"] if one["type"] in ("A", "CNAME")}


def _held(zone: Mapping, needed: t.Mapping[Name, t.Any]) -> list[str]:
    """The targets of the link that a zone has addresses for."""
    return [name for name in _hosts(zone) if (name, "A") in needed]


def _unasked(
    zone: Mapping, world: t.Sequence[Mapping], networks: t.Sequence[str], held: list[str], ours: str | None
) -> t.Iterator[Seen]:
    """A zone that holds a target, and that a network does not ask. A zone that others are linked to is there for them,
    unless the endpoint `ours` uses it."""
    without = [one for one in networks if not _is_linked(zone, one)]
    twins = [one for one in world if one is not zone and one["name"] == zone["name"]]
    instead = [one for one in without if any(_is_linked(twin, one) for twin in twins)]
    lost = [one for one in without if not any(_answering(_linked_to(world, one), name) for name in held)]
    if instead and not zone["links"]:
        yield Seen(zone, "double_zone", networks=instead)
    elif held and lost and (not zone["links"] or _is_used(zone, ours)):
        yield Seen(zone, "unlinked_zone", held, lost)


def _is_used(zone: Mapping, endpoint_id: str | None) -> bool:
    users = [one.lower() for record in zone["records"] for one in record.get("used_by") or []]
    return (endpoint_id or "").lower() in users


def _is_meant_for_us(zone: Mapping, here: t.Mapping[str, Mapping], needed: t.Mapping[Name, list[str] | None]) -> bool:
    """The zone of Cosmos DB's older service is right for that service; only records of Atlas make it a mistake."""
    if zone["name"] != "privatelink.mongo.cosmos.azure.com":
        return True
    labels = {name.split(".")[0] for name, kind in needed if kind == "A"}
    addresses = {value for (_name, kind), values in needed.items() if kind == "A" for value in values or []}
    return any(one["name"].split(".")[0] in labels or addresses & set(one["value"]) for one in here.values())


def _is_strange(name: str, record: Mapping, homes: t.Collection[str]) -> bool:
    """A host of the cluster that is no target of a private link, and that does not have its public address either."""
    inside = any(_below(name, home) and name != home for home in homes)
    private = record["type"] == "CNAME" or any(ipaddress.ip_address(one).is_private for one in record["value"])
    # Those with -pri are Atlas's own names for peered networks, and do have private addresses.
    return inside and private and not name.startswith(("pl-", "*")) and not name.split(".")[0].endswith("-pri")


# -- small things ----------------------------------------------------------------------------------------------------


def _with_planned(zones: t.Sequence[Mapping], planned: t.Sequence[Mapping], networks: t.Sequence[str]) -> list[Json]:
    """The zones as they will be: a planned record replaces ours, and is there if nobody has one."""
    world = [{**one, "name": one["name"].lower()} for one in zones]
    for one in planned:
        zone = next((known for known in world if known["id"] == one.get("id", "") and one.get("id")), None)
        if zone is None:
            zone = {"id": None, "name": one["zone"], "links": [], "records": []}
            world.append(zone)
        asked = [link["virtual_network_id"] for link in one["links"]] if "links" in one else networks
        new = [
            {"virtual_network_id": ident, "resolution_policy": None} for ident in asked if not _is_linked(zone, ident)
        ]
        zone["links"] = [*zone["links"], *new]
        records = {(record["type"], record["name"]): record for record in zone["records"]}
        for record in one["records"]:
            if records.get((record["type"], record["name"]), {}).get("managed", True):
                records[(record["type"], record["name"])] = {**record, "value": sorted(record["values"])}
        zone["records"] = list(records.values())
    return world


def _same(link: Mapping, network: str) -> bool:
    return (link["virtual_network_id"] or "").lower() == network.lower()


def _is_linked(zone: Mapping, network: str) -> bool:
    return any(_same(one, network) for one in zone["links"])


def _linked_to(world: t.Sequence[Mapping], network: str) -> list[Mapping]:
    return [one for one in world if _is_linked(one, network)]


def _below(name: str, domain: str) -> bool:
    return f".{name}".endswith(f".{domain}")


def _full(record: Mapping, zone: Mapping) -> str:
    return str(zone["name"] if record["name"] == "@" else f"{record['name']}.{zone['name']}")


def _listed(items: t.Sequence[str]) -> str:
    return ", ".join(items)
