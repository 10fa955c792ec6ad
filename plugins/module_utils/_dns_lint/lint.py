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

import typing as t
from dataclasses import dataclass, field

from .._azure.record_sets import meaning
from .._errors import InvalidInput
from .atlas import Atlas
from .mongo_cluster import MongoCluster
from .naming import BREAKS, RISK, USELESS, Json, Mapping, Name, Naming, Needed, Rules, below

NAMINGS: t.Mapping[str, Naming] = {"atlas": Atlas(), "mongo_cluster": MongoCluster()}


@dataclass
class Seen:
    """A rule that holds for a zone: for which names, in which networks."""

    zone: Mapping
    rule: str
    names: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    got: str = ""
    wanted: str = ""

    def finding(self, rules: Rules) -> Json:
        """In the shape that the report takes."""
        severity, message, fix = rules[self.rule]
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

    `zones` is what azure_private_dns_zone_info returns with `record_sets`. `facts` is what is known of the link. To
    Atlas: `clusters`, `private_endpoint` (or only its `id`), `endpoint_interface`, and for strings that go through
    several endpoints either `addresses` (host -> address) or `endpoint_services` and `endpoint_interfaces`. To a
    `product` "mongo_cluster": `mongo_cluster`, `private_link_resources`, `private_endpoint`, `private_dns_zone_group`.
    `planned` are zones that are about to be written; they count as if they stood already.

    Raises `InvalidInput` for zones without their records, because what they hide is not known.
    """
    if any(one["records"] is None for one in zones):
        raise InvalidInput("zones", "without records", "read with record_sets=true")
    naming = NAMINGS[facts.get("product") or "atlas"]
    named, needed, others = list(virtual_network_ids), naming.needed(facts), naming.others(facts)
    world = _with_planned(zones, planned, named or _network_of(facts))
    networks = named or _likely(world, facts, needed, naming.shared(facts))
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
        for one in _odd(world, networks, facts, naming, ours)
        if (one.zone["id"], one.zone["name"], "shadow_zone") not in seen
    ]
    order = [BREAKS, RISK, USELESS]
    made = [one.finding(naming.rules) for one in (*seen.values(), *odd)]
    return sorted(made, key=lambda one: (order.index(one["severity"]), one["zone"], one["rule"]))


def _likely(world: t.Sequence[Mapping], facts: Mapping, needed: Needed, shared: t.Collection[str]) -> list[str]:
    """Where clients of the link are, as far as zones tell, each network once."""
    telling = [one for one in world if (_is_meant(one, facts, needed) if one["name"] in shared else _held(one, needed))]
    linked = [link["virtual_network_id"] for zone in telling for link in zone["links"]]
    return list({one.lower(): one for one in [*linked, *_network_of(facts)] if one}.values())


def _is_meant(zone: Mapping, facts: Mapping, needed: Needed) -> bool:
    """Whether a zone is for this endpoint: its zone group writes there, or its address is there. Another endpoint to
    the same target has the same names in another zone of this name."""
    bound = (facts.get("private_dns_zone_group") or {}).get("zones") or []
    if (zone["id"] or "").lower() in {one["zone_id"].lower() for one in bound if one.get("zone_id")}:
        return True
    hosts = _hosts(zone)
    return any(needed[(name, "A")] in (None, hosts[name]["value"]) for name in _held(zone, needed))


def _network_of(facts: Mapping) -> list[str]:
    subnet = (facts.get("private_endpoint") or {}).get("subnet_id") or ""
    return [subnet.rpartition("/subnets/")[0]] if "/subnets/" in subnet else []


# -- what they are told ----------------------------------------------------------------------------------------------


def _judged(
    linked: t.Sequence[Mapping],
    network: str,
    needed: Needed,
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
        elif wanted and answer != _ELSEWHERE and meaning(kind, answer) != meaning(kind, wanted):
            rule = {"A": "stale_address", "SRV": "stale_srv", "TXT": "stale_txt"}[kind]
            rule = "several_txt" if kind == "TXT" and len(answer) > 1 else rule
            yield Seen(zone, rule, [name], [network], _listed(answer), _listed(wanted))


#: The answer does not come from the zone.
_ELSEWHERE = ["elsewhere"]


def _answering(linked: t.Sequence[Mapping], name: str) -> Mapping | None:
    """The most specific of the zones that hold a name."""
    return max((one for one in linked if below(name, one["name"])), key=lambda one: len(one["name"]), default=None)


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
    return _ELSEWHERE if kind == "A" and _redirects(zone, network) else []


def _redirects(zone: Mapping, network: str) -> bool:
    """Whether a network looks up publicly what a zone lacks."""
    return any(one["resolution_policy"] == "NxDomainRedirect" for one in zone["links"] if _same(one, network))


def _wildcards(relative: str) -> list[str]:
    labels = [] if relative == "@" else relative.split(".")
    return [".".join(["*", *labels[cut:]]) for cut in range(1, len(labels) + 1)]


# -- what is odd about a zone ----------------------------------------------------------------------------------------


def _odd(
    world: t.Sequence[Mapping], networks: t.Sequence[str], facts: Mapping, naming: Naming, ours: str | None
) -> t.Iterator[Seen]:
    needed = naming.needed(facts)
    targets = [name for name, kind in needed if kind == "A"]
    homes, shared = naming.homes(facts, needed), naming.shared(facts)
    for zone in world:
        linked = [one for one in networks if _is_linked(zone, one)]
        here = _hosts(zone)
        if zone["name"] in naming.unasked:
            if naming.is_useless(zone, here, needed, linked):
                yield Seen(zone, "useless_zone", networks=linked)
            continue
        if linked and any(below(home, zone["name"]) and home != zone["name"] for home in homes):
            yield Seen(zone, "parent_zone", networks=linked)
        strange = [name for name, one in here.items() if name not in targets and naming.is_strange(name, one, homes)]
        if linked and strange:
            yield Seen(zone, "foreign_host_record", strange, linked)
        without = [one for one in linked if not _redirects(zone, one)] if zone["name"] in shared else []
        if without:
            yield Seen(zone, "no_fallback", networks=without)
        held = _held(zone, needed)
        if held or zone["name"] not in shared:  # a twin that holds none of our records is somebody else's
            yield from _unasked(zone, world, networks, held, ours)


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


# -- small things ----------------------------------------------------------------------------------------------------


def _with_planned(zones: t.Sequence[Mapping], planned: t.Sequence[Mapping], networks: t.Sequence[str]) -> list[Json]:
    """The zones as they will be: a planned record replaces ours, and is there if nobody has one."""
    world = [{**one, "name": one["name"].lower()} for one in zones]
    for one in planned:
        zone = next((known for known in world if known["id"] == one.get("id", "") and one.get("id")), None)
        if zone is None:
            zone = {"id": None, "name": one["zone"], "links": [], "records": []}
            world.append(zone)
        asked = one["links"] if "links" in one else [{"virtual_network_id": network} for network in networks]
        zone["links"] = _with_links(zone["links"], asked)
        records = {(record["type"], record["name"]): record for record in zone["records"]}
        for record in one["records"]:
            if records.get((record["type"], record["name"]), {}).get("managed", True):
                records[(record["type"], record["name"])] = {**record, "value": sorted(record["values"])}
        zone["records"] = list(records.values())
    return world


def _with_links(found: t.Sequence[Mapping], asked: t.Sequence[Mapping]) -> list[Json]:
    """Links as they will be: new ones, and the policy of those that are asked for one."""
    policies = {one["virtual_network_id"].lower(): one.get("resolution_policy") for one in asked}
    kept = [
        {**one, "resolution_policy": policies.get(one["virtual_network_id"].lower()) or one["resolution_policy"]}
        for one in found
    ]
    known = {one["virtual_network_id"].lower() for one in found}
    new = [one for one in asked if one["virtual_network_id"].lower() not in known]
    return [*kept, *({"resolution_policy": None, **one} for one in new)]


def _same(link: Mapping, network: str) -> bool:
    return (link["virtual_network_id"] or "").lower() == network.lower()


def _is_linked(zone: Mapping, network: str) -> bool:
    return any(_same(one, network) for one in zone["links"])


def _linked_to(world: t.Sequence[Mapping], network: str) -> list[Mapping]:
    return [one for one in world if _is_linked(one, network)]


def _full(record: Mapping, zone: Mapping) -> str:
    return str(zone["name"] if record["name"] == "@" else f"{record['name']}.{zone['name']}")


def _listed(items: t.Sequence[str]) -> str:
    return ", ".join(items)
