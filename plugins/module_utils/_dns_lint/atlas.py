# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What the linter knows of MongoDB Atlas."""

from __future__ import annotations

import ipaddress
import typing as t

from .. import _dns_plan as plan
from .._atlas.names import in_shared_domain
from .._atlas.strings import through
from .naming import BREAKS, RISK, USELESS, Json, Mapping, Name, Needed, Rules, below

RULES: Rules = {
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


class Atlas:
    """Clusters have names of their own in public DNS, private ones included; nothing of them is shared."""

    rules: Rules = RULES
    unasked: tuple[str, ...] = plan.UNASKED

    def needed(self, facts: Mapping) -> Needed:
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

    def others(self, facts: Mapping) -> set[Name]:
        seeds = [plan.public_host(one) for one in facts.get("clusters") or []]
        seeds += [entry["srv_host"] for entry in _strings(facts, None)]
        return {name for seed in filter(None, seeds) for name in ((f"_mongodb._tcp.{seed}", "SRV"), (seed, "TXT"))}

    def homes(self, facts: Mapping, needed: Needed) -> set[str]:
        """The domain of the hosts; in a domain that holds clusters of other customers, the hosts themselves."""
        shared = {name["host"] for one in facts.get("clusters") or [] for name in in_shared_domain(one)}
        return {name if name in shared else plan.parent(name) for name, kind in needed if kind == "A"}

    def shared(self, facts: Mapping) -> set[str]:
        return set()

    def is_useless(self, zone: Mapping, here: t.Mapping[str, Mapping], needed: Needed, linked: t.Sequence[str]) -> bool:
        """The zone of Cosmos DB's older service is right for that service; only records of Atlas make it a mistake."""
        if zone["name"] != "privatelink.mongo.cosmos.azure.com":
            return True
        labels = {name.split(".")[0] for name, kind in needed if kind == "A"}
        addresses = {value for (_name, kind), values in needed.items() if kind == "A" for value in values or []}
        return any(one["name"].split(".")[0] in labels or addresses & set(one["value"]) for one in here.values())

    def is_strange(self, name: str, record: Mapping, homes: t.Collection[str]) -> bool:
        """A host of the cluster that is no target of a private link, and does not have its public address either."""
        inside = any((below(name, home) and name != home) or _is_beside(name, home) for home in homes)
        private = record["type"] == "CNAME" or any(ipaddress.ip_address(one).is_private for one in record["value"])
        # Those with -pri are Atlas's own names for peered networks, and do have private addresses.
        return inside and private and not name.startswith(("pl-", "*")) and not name.split(".")[0].endswith("-pri")


def _is_beside(name: str, host: str) -> bool:
    """Whether a name is another one of the same cluster in a shared domain: the hash ends the first labels of both."""
    ends = [one.partition(".")[0].rpartition("-")[2] for one in (name, host)]
    return name != host and plan.parent(name) == plan.parent(host) and ends[0] == ends[1]


def _strings(facts: Mapping, endpoint_id: str | None) -> list[Json]:
    clusters = facts.get("clusters") or []
    if endpoint_id:
        return [entry for cluster in clusters for entry in through(cluster, endpoint_id)]
    return [entry for cluster in clusters for entry in cluster["private_endpoints"]]
