# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What the linter knows of Azure DocumentDB (formerly Azure Cosmos DB for MongoDB vCore)."""

from __future__ import annotations

import typing as t

from .. import _dns_plan as plan
from .naming import BREAKS, RISK, USELESS, Mapping, Name, Needed, Rules

RULES: Rules = {
    "shadow_zone": (
        BREAKS,
        "The private zone {zone} answers for every name below it and does not hold {names}, so a client in {networks} "
        "cannot look them up.",
        "If the zone begins with privatelink, have the zone group of this cluster's endpoint write into it "
        "(private_link_dns_mode=zone_group), or let its link look up publicly what it lacks "
        "(private_link_dns_fallback_to_internet=true). Unlink any other zone from {networks}.",
    ),
    "stale_address": (
        BREAKS,
        "In the private zone {zone}, {names} leads to {got}, but the private endpoint has {wanted}.",
        "If this is the address of another endpoint to the cluster, leave it, and give this endpoint a zone in another "
        "resource group (private_link_dns_resource_group) that its network is linked to: endpoints to one cluster "
        "cannot share a zone. If not, private_link_dns_overwrite=true has its zone group write the record anew.",
    ),
    "parent_zone": (
        RISK,
        "The private zone {zone} hides all names below it from {networks}, also those of clusters that have nothing to "
        "do with this link, and their SRV records.",
        "Unlink it from {networks}: the zone that begins with privatelink, as private_link_dns_mode=zone_group makes "
        "it, is all that a private endpoint needs.",
    ),
    "no_fallback": (
        RISK,
        "The private zone {zone} is linked to {networks} without NxDomainRedirect: clusters whose private endpoints "
        "are elsewhere, and which have no record in this zone, cannot be found from there.",
        "Set the resolution policy NxDomainRedirect on the link; private_link_dns_fallback_to_internet=true does so on "
        "links that the role private_link_dns made.",
    ),
    "unlinked_zone": (
        RISK,
        "The private zone {zone} holds {names} but is not linked to {networks}, so clients there are told the public "
        "address.",
        "Link it there (private_link_dns_links).",
    ),
    "double_zone": (
        RISK,
        "There is another private zone {zone} that {networks} use instead, so what is written into this one has no "
        "effect.",
        "Keep the linked one, and bind the endpoint's zone group to it; a virtual network can only be linked to one "
        "zone of a name.",
    ),
    "useless_zone": (
        USELESS,
        "No client asks for a name in the private zone {zone}: the cluster's names lead into another one.",
        "Bind the endpoint's zone group to the zone that the cluster asks for (private_link_dns_mode=zone_group); this "
        "one can go when no network is linked to it.",
    ),
}


class MongoCluster:
    """All clusters have their names in one public domain; those of nodes are aliases that lead into one private zone,
    which the endpoints of all clusters in a network share. SRV records are public (source: public notes of users)."""

    rules: Rules = RULES
    unasked: tuple[str, ...] = plan.OTHER_ZONES

    def needed(self, facts: Mapping) -> Needed:
        found: dict[Name, list[str] | None] = {}
        seed = (facts.get("mongo_cluster") or {}).get("srv_host")
        if seed:
            found[(f"_mongodb._tcp.{seed}", "SRV")] = None
        for name, address in plan.node_names(facts).items():
            found[(name, "A")] = [address] if address else None
        return found

    def others(self, facts: Mapping) -> set[Name]:
        return set()

    def homes(self, facts: Mapping, needed: Needed) -> set[str]:
        return self.shared(facts)

    def shared(self, facts: Mapping) -> set[str]:
        return set(plan.required_zones(facts))

    def is_useless(self, zone: Mapping, here: t.Mapping[str, Mapping], needed: Needed, linked: t.Sequence[str]) -> bool:
        """The zone of the other product is right for that; only the endpoint's address in it makes it a mistake."""
        addresses = {value for values in needed.values() for value in values or []}
        ours = any(addresses & set(one["value"]) for one in here.values())
        return ours or bool(linked) and zone["name"] == "privatelink.mongocluster.azure.com"

    def is_strange(self, name: str, record: Mapping, homes: t.Collection[str]) -> bool:
        return False
