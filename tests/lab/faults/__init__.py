# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, by name: the faults that a person, a test or a rehearsal can inject into a running lab, and heal.

Most are faults of one link: each changes what belongs to that link only, so that one lab can hold many links with a
fault of its own each. Those of the whole lab concern single requests, credentials and what is created next.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.lab.arm_call import ArmError
from tests.lab.atlas_errors import Refusal
from tests.lab.faults import control, driver, mongo_cluster, names, path, whole
from tests.lab.faults.called import called, suggestion
from tests.lab.faults.link import AnyLink, links_of
from tests.lab.faults.mongo_link import mongo_links_of
from tests.lab.faults.registry import LINK_FAULTS, MONGO_FAULTS, products_of
from tests.lab.faults.undo import Injected, changes
from tests.lab.faults.whole import LAB_FAULTS
from tests.lab.links import at_once

if TYPE_CHECKING:
    from tests.lab.runtime import Lab

__all__ = [
    "FAULTS",
    "LAB_FAULTS",
    "LINK_FAULTS",
    "MONGO_FAULTS",
    "TOPICS",
    "apply",
    "check",
    "describe",
    "find",
    "heal",
    "in_place",
    "inject",
    "mend",
    "products_of",
]

FAULTS: dict[str, Callable[..., None]] = {**LAB_FAULTS, **LINK_FAULTS, **MONGO_FAULTS}
_TOPICS = {
    "clouds": control,
    "names": names,
    "path": path,
    "driver": driver,
    "documentdb": mongo_cluster,
    "lab": whole,
}
#: topic -> the names of its faults
TOPICS = {
    topic: [name for name, play in FAULTS.items() if play.__module__ == module.__name__]
    for topic, module in _TOPICS.items()
}


def inject(lab: Lab, name: str, link: str = "", **settings: Any) -> str:
    """Injects a fault by name and says what it plays. Everything is in place when it returns. `link` is any name of the
    link that it hits: of the project, the cluster of Azure DocumentDB, the endpoint, or the host in the inventory
    (empty: every link that may have it). Raises ValueError for a name, a link or a setting that does not exist. Within
    the lab's own thread, use `apply`."""
    return lab.change(lambda: apply(lab, name, link, **settings))


def heal(lab: Lab, name: str = "", link: str = "") -> list[str]:
    """Undoes the faults of that name (empty: all) and of that link (empty: every one); what was undone. Raises
    ValueError if no such fault is in place. Within the lab's own thread, use `mend`."""
    return lab.change(lambda: mend(lab, name, link))


def apply(lab: Lab, name: str, link: str = "", **settings: Any) -> str:
    """As `inject`, but the lab's ports follow later."""
    check(name)
    if not products_of(name):
        if link:
            raise ValueError(f"the fault {name} hits the whole lab: leave out link={link}")
        _refuse_unknown(name, settings)
        _inject(lab, Injected(name, lambda: LAB_FAULTS[name](lab, **settings), repeats=name != "request"))
        return describe(name)
    if settings:
        raise ValueError(f"the fault {name} has no setting {', '.join(settings)}: only link=NAME")
    for found in find(lab, name, link):
        # `found` is of this moment, and the function reads the world anew when it is called again.
        _inject(lab, Injected(name, lambda found=found: FAULTS[name](found), found.label, called(found)))  # type: ignore[misc]
    return describe(name)


def _refuse_unknown(name: str, settings: Iterable[str]) -> None:
    known = list(inspect.signature(LAB_FAULTS[name]).parameters.values())[1:]
    named = [one.name for one in known if one.kind is not one.VAR_KEYWORD]
    unknown = [setting for setting in settings if setting not in named]
    if unknown and len(named) == len(known):
        allowed = f"only {', '.join(named)}" if named else "it takes none"
        raise ValueError(f"the fault {name} has no setting {', '.join(unknown)}: {allowed}")


def _inject(lab: Lab, fault: Injected) -> None:
    with at_once(lab.world):  # what one step of a fault begins must be done when the next one comes
        try:
            fault.changes = changes(lab, fault.play)
        except (ArmError, Refusal, LookupError, AttributeError, AssertionError, StopIteration):
            there = "; ".join(dict.fromkeys(map(str, in_place(lab)))) or "none"
            raise ValueError(
                f"{fault} finds nothing to break as things are: build the link first, or heal it; in place: {there}"
            ) from None
    lab.injected.append(fault)


def in_place(lab: Lab) -> list[Injected]:
    """The faults that were injected, and neither healed nor repaired, nor used up."""
    found: list[Injected] = []
    for one in reversed(lab.injected):
        if one.holds(found):
            found.insert(0, one)
    lab.injected[:] = found
    return found


def mend(lab: Lab, name: str = "", link: str = "") -> list[str]:
    """As `heal`, but the lab's ports follow later. Later faults may have changed the same things, so they are undone
    first and injected again afterwards."""
    if name:
        check(name)
    known = in_place(lab)
    wanted = [one for one in known if name in ("", one.name) and (not link or link in one.called)]
    if not wanted:
        there = "; ".join(dict.fromkeys(map(str, known)))
        asked = " ".join(part for part in (name, link and f"link={link}") if part)
        raise ValueError(
            f"the fault {asked} is not in place: {there} is" if there and asked else "no fault is in place"
        )
    first = known.index(wanted[0])
    undone = [one for one in known[first:] if one in wanted or one.repeats]
    for one in reversed(undone):
        for change in reversed(one.changes):
            change.undo()
        lab.injected.remove(one)
    for one in undone:
        if one not in wanted:
            with contextlib.suppress(ValueError):  # what it broke was only there because of another fault
                _inject(lab, one)
    return list(dict.fromkeys(map(str, wanted)))


def check(name: str) -> str:
    """The name of a fault. Raises ValueError if there is none of that name."""
    if name not in FAULTS:
        raise ValueError(f"there is no fault {name!r}.{suggestion(name, FAULTS)} The command faults lists all of them")
    return name


def find(lab: Lab, fault: str, link: str = "") -> list[AnyLink]:
    """The link of that name that may have the fault; if it is empty, all that stand, or all that may come to stand if
    none does yet. Raises ValueError if there is no such link."""
    products = products_of(fault)
    found: list[AnyLink] = [*(links_of(lab) if "atlas" in products else [])]
    found += mongo_links_of(lab) if "mongo_cluster" in products else []
    if not link:
        return [one for one in found if one.stands] or found
    named = [one for one in found if link == one.name] or _of_endpoint(lab, found, link)
    if not named:
        known = [name for one in found for name in called(one)]
        other = [name for one in (*links_of(lab), *mongo_links_of(lab)) for name in called(one)]
        if link in other and link not in known:
            fits = "Azure DocumentDB" if products == ("mongo_cluster",) else "Atlas"
            raise ValueError(f"{fault} is a fault of links to {fits} only, and {link!r} is none")
        raise ValueError(
            f"there is no link {link!r}.{suggestion(link, known)} Links that may have the fault: "
            f"{'; '.join(_listed(one) for one in found) or 'none'}"
        )
    return named


def _of_endpoint(lab: Lab, found: list[AnyLink], link: str) -> list[AnyLink]:
    """The one with that endpoint, by the endpoint's own name or the host's in the inventory."""
    if link in lab.hosts and lab.hosts[link].endpoint not in lab.endpoint_names():
        if any(one.name == lab.hosts[link].leads_to for one in found):
            raise ValueError(f"the link {link!r} has no private endpoint yet: build it first")
        return []
    endpoint = lab.hosts[link].endpoint if link in lab.hosts else link
    return [
        replace(one, only=endpoint) for one in found if endpoint in [known["name"] for known in one.known_endpoints]
    ]


def _listed(link: AnyLink) -> str:
    name, *others = called(link)
    return name + (f" ({', '.join(others)})" if others else "")


def describe(name: str) -> str:
    """What a fault plays, in one line."""
    return (FAULTS[name].__doc__ or "").split("\n")[0]
