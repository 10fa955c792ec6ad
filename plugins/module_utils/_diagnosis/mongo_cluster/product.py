# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Azure DocumentDB, which was called Azure Cosmos DB for MongoDB vCore."""

from __future__ import annotations

from ..product import ControlHop, Product, Station
from . import facts, hops, signatures, walk

ENDPOINT, GROUP, LINK = "private_endpoint", "zone_group", "zone_link"

MONGO_CLUSTER = Product(
    name="mongo_cluster",
    hops=(
        ControlHop("cluster", "Cluster", "mongo_cluster", hops.cluster),
        ControlHop(ENDPOINT, "Private endpoint", ENDPOINT, hops.private_endpoint),
        ControlHop("connection", "Connection on both sides", ENDPOINT, hops.connection, ("cluster", ENDPOINT)),
        ControlHop(GROUP, "DNS zone group", "private_dns_zone_group", hops.zone_group, (ENDPOINT, "connection"), True),
        ControlHop(LINK, "Link of the private zone", "zones", hops.zone_link, (ENDPOINT, "connection", GROUP), True),
        ControlHop("connection_string", "Connection string", "mongo_cluster", hops.connection_string, ("cluster",)),
    ),
    lines=(
        ("Azure private endpoint connection is approved on both sides", (ENDPOINT, "connection")),
        ("a zone group keeps the endpoint's address in DNS", (GROUP,)),
        ("the private zone is linked to the network", (LINK,)),
        ("a connection string of the cluster", ("cluster", "connection_string")),
    ),
    stations=(
        Station(("Private", "zone"), (GROUP, LINK)),
        Station(("Private", "endpoint"), (ENDPOINT,)),
        Station(("Private", "link"), ("connection",)),
        Station(("Cluster's", "port"), ("tcp",)),
        Station(("TLS", ""), ("tls",)),
        Station(("Cluster", ""), ("cluster", "connection_string", "hello")),
    ),
    signatures=signatures.SIGNATURES,
    labels=facts.labels,
    names=facts.names,
    refine=walk.refine,
)
