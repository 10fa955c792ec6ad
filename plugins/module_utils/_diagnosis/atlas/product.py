# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""MongoDB Atlas."""

from __future__ import annotations

from ..product import ControlHop, Product, Station
from . import facts, hops, signatures, walk

SERVICE, ENDPOINT, INTERFACE = "endpoint_service", "private_endpoint", "endpoint_interface"

ATLAS = Product(
    name="atlas",
    hops=(
        ControlHop("cluster", "Cluster", "clusters", hops.clusters),
        ControlHop(SERVICE, "Endpoint service", SERVICE, hops.endpoint_service),
        ControlHop(ENDPOINT, "Private endpoint", ENDPOINT, hops.private_endpoint),
        ControlHop(INTERFACE, "Registration with Atlas", INTERFACE, hops.endpoint_interface, (SERVICE, ENDPOINT)),
        ControlHop("connection", "Azure connection", ENDPOINT, hops.connection, (SERVICE, ENDPOINT, INTERFACE)),
        ControlHop(
            "registered_address", "One address on both sides", ENDPOINT, hops.registered_address, (ENDPOINT, INTERFACE)
        ),
        ControlHop(
            "connection_string",
            "Private connection string",
            "clusters",
            hops.connection_strings,
            ("cluster", SERVICE, ENDPOINT, INTERFACE),
        ),
    ),
    lines=(
        ("Atlas private endpoint is available", (SERVICE, INTERFACE)),
        ("Azure private endpoint connection is approved", (ENDPOINT, "connection")),
        ("the same address on both sides", ("registered_address",)),
        ("a connection string through the endpoint", ("cluster", "connection_string")),
    ),
    stations=(
        Station(("Private", "endpoint"), (ENDPOINT,)),
        Station(("Private", "link"), (INTERFACE, "connection", "registered_address")),
        Station(("Endpoint", "service"), (SERVICE,)),
        Station(("Load balancer", "ports"), ("tcp",)),
        Station(("TLS", ""), ("tls",)),
        Station(("Cluster", ""), ("cluster", "connection_string", "hello")),
    ),
    signatures=signatures.SIGNATURES,
    labels=facts.labels,
    names=facts.names,
    refine=walk.refine,
)
