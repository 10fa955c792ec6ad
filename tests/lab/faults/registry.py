# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of one link by name, and of which product. The first line of a fault's docstring says what it plays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.lab.faults.link import AnyLink, Link
from tests.lab.faults.mongo_link import MongoLink

#: Those of links to Atlas, and to Azure DocumentDB. Some are of both.
LINK_FAULTS: dict[str, Callable[[Any], None]] = {}
MONGO_FAULTS: dict[str, Callable[[Any], None]] = {}
#: by the names that reports use
OF_PRODUCT = {"atlas": LINK_FAULTS, "mongo_cluster": MONGO_FAULTS}


def of_link(play: Callable[[Link], None]) -> Callable[[Link], None]:
    """Registers a fault of a link to Atlas under its function's name."""
    LINK_FAULTS[play.__name__] = play
    return play


def of_mongo_link(play: Callable[[MongoLink], None]) -> Callable[[MongoLink], None]:
    """Registers a fault of a link to Azure DocumentDB."""
    MONGO_FAULTS[play.__name__] = play
    return play


def of_any_link(play: Callable[[AnyLink], None]) -> Callable[[AnyLink], None]:
    """Registers a fault that a link to either may have."""
    LINK_FAULTS[play.__name__] = MONGO_FAULTS[play.__name__] = play
    return play


def products_of(name: str) -> tuple[str, ...]:
    """The products whose links may have a fault; none for a fault of the whole lab."""
    return tuple(product for product, played in OF_PRODUCT.items() if name in played)
