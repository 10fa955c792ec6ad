# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""From symptom to cause and fix, as data: what is said of every product, unless it has words of its own.

The texts may use what the hop observed and its target, as those of `_probe.signatures` may.
Sources: Atlas' and Azure's troubleshooting pages, and faults played in full runs.
"""

from __future__ import annotations

from .._probe.signatures import SIGNATURES, Diagnosis
from .product import Product, Signatures

SHARED: Signatures = {
    **SIGNATURES,
    ("client", "unreachable"): Diagnosis(
        "Ansible cannot log in to the client {client}: {error}.",
        "Mend its connection (address, key, user) and run again; nothing was found out about the link from there.",
    ),
    ("client", "cannot_probe"): Diagnosis(
        "The probe could not run on {client}: {error}",
        "{advice}",
    ),
    ("control_plane", "cannot_look"): Diagnosis("Both clouds could not be looked at: {error}", "{advice}"),
    ("address", "zone_not_seen"): Diagnosis(
        "The private zone {private_zone} holds the address of {target}, but this client's DNS server ({server}) does "
        "not answer from it ({rcode}): it is not the resolver of a virtual network that the zone is linked to.",
        "Let that server forward {private_zone} to 168.63.129.16 from within a linked network, or link the zone to "
        "this client's network ({linked} is linked).",
    ),
    ("expected_address", "stale_record"): Diagnosis(
        "The private zone {private_zone} still says {wrong} for {target}; the private endpoint has {expected} now.",
        "Correct the A record in {private_zone} (the role private_link_dns does, for zones that it made).",
    ),
}


def catalogue(product: Product) -> Signatures:
    """Everything that can be said of a product's links, for one who looks up a hop and its symptom."""
    return {**SHARED, **product.signatures}
