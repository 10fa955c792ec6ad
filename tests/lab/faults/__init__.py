# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, by name: the faults that a person, a test or a rehearsal can inject into a running lab.

Most are faults of one link: each changes what belongs to that link only, so that one lab can hold many links with a
fault of its own each. Those of the whole lab concern single requests, credentials and what is created next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.lab.faults import control, driver, mongo_cluster, names, path  # noqa: F401  # they register theirs
from tests.lab.faults.link import AnyLink, links_of
from tests.lab.faults.mongo_link import mongo_links_of
from tests.lab.faults.registry import LINK_FAULTS, MONGO_FAULTS, products_of
from tests.lab.faults.whole import LAB_FAULTS
from tests.lab.links import at_once

if TYPE_CHECKING:
    from tests.lab.runtime import Lab

__all__ = ["FAULTS", "LAB_FAULTS", "LINK_FAULTS", "MONGO_FAULTS", "apply", "describe", "find", "inject", "products_of"]

#: product -> what a link to it is named after
LEADS_TO = {"atlas": "project", "mongo_cluster": "cluster"}
FAULTS: dict[str, Callable[..., None]] = {**LAB_FAULTS, **LINK_FAULTS, **MONGO_FAULTS}


def inject(lab: Lab, name: str, link: str = "", **settings: Any) -> str:
    """Injects a fault by name and says what it plays. Everything is in place when it returns. `link` is the name of the
    project or the cluster whose link it hits (empty: every link that may have it). Raises ValueError or TypeError for a
    name, a link or a setting that does not exist. Within the lab's own thread, use `apply`."""
    return lab.change(lambda: apply(lab, name, link, **settings))


def apply(lab: Lab, name: str, link: str = "", **settings: Any) -> str:
    """As `inject`, but the lab's ports follow later."""
    if products_of(name):
        with at_once(lab.world):  # what one step of a fault begins must be done when the next one comes
            for found in find(lab, name, link):
                FAULTS[name](found, **settings)
    elif name in LAB_FAULTS:
        LAB_FAULTS[name](lab, **settings)
    else:
        raise ValueError(f"there is no fault {name!r}; there are {', '.join(FAULTS)}")
    return describe(name)


def find(lab: Lab, fault: str, link: str = "") -> list[AnyLink]:
    """The link of that name that may have the fault; if it is empty, all that stand, or all that may come to stand if
    none does yet. Raises ValueError if there is no such link."""
    products = products_of(fault)
    found: list[AnyLink] = [*(links_of(lab) if "atlas" in products else [])]
    found += mongo_links_of(lab) if "mongo_cluster" in products else []
    named = [one for one in found if link in ("", one.name)]
    if not named:
        known = ", ".join(one.name for one in found) or "none"
        kinds = " or ".join(LEADS_TO[product] for product in products)
        raise ValueError(f"there is no {kinds} {link!r}; there are {known}")
    return [one for one in named if one.stands] or named


def describe(name: str) -> str:
    """What a fault plays, in one line."""
    return (FAULTS[name].__doc__ or "").split("\n")[0]
