# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The products that a private link may lead to."""

from __future__ import annotations

from .atlas.product import ATLAS
from .mongo_cluster.product import MONGO_CLUSTER
from .product import Facts, Product, Station

PRODUCTS = {product.name: product for product in (ATLAS, MONGO_CLUSTER)}


def product_of(facts: Facts) -> Product:
    """That of a link: Atlas', unless its facts say another. Raises KeyError for one that there is not."""
    return PRODUCTS[facts.get("product") or ATLAS.name]


#: The stations before and behind those of a product.
TO_NAMES = (
    Station(("Client", ""), ("client",)),
    Station(("Resolver", ""), ("resolver",)),
    Station(("DNS", "records"), ("srv", "txt", "parent_domain", "address", "expected_address")),
)
TO_DOCUMENTS = (
    Station(("Sign-in", ""), ("authentication",)),
    Station(("Create, read,", "update, delete"), ("create", "read", "update", "delete")),
)


def path_of(product: Product) -> tuple[Station, ...]:
    """The way from a client to a document, station by station."""
    return (*TO_NAMES, *product.stations, *TO_DOCUMENTS)
