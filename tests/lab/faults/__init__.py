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

from tests.lab.faults import control, driver, names, path  # noqa: F401  # they register theirs
from tests.lab.faults.link import find
from tests.lab.faults.registry import LINK_FAULTS
from tests.lab.faults.whole import LAB_FAULTS

if TYPE_CHECKING:
    from tests.lab.runtime import Lab

__all__ = ["FAULTS", "LAB_FAULTS", "LINK_FAULTS", "apply", "describe", "find", "inject"]

FAULTS: dict[str, Callable[..., None]] = {**LAB_FAULTS, **LINK_FAULTS}


def inject(lab: Lab, name: str, link: str = "", **settings: Any) -> str:
    """Injects a fault by name and says what it plays. Everything is in place when it returns. `link` is the name of the
    project whose link it hits (empty: every link). Raises ValueError or TypeError for a name, a link or a setting that
    does not exist. Within the lab's own thread, use `apply`."""
    return lab.change(lambda: apply(lab, name, link, **settings))


def apply(lab: Lab, name: str, link: str = "", **settings: Any) -> str:
    """As `inject`, but the lab's ports follow later."""
    if name in LINK_FAULTS:
        for found in find(lab, link):
            LINK_FAULTS[name](found, **settings)
    elif name in LAB_FAULTS:
        LAB_FAULTS[name](lab, **settings)
    else:
        raise ValueError(f"there is no fault {name!r}; there are {', '.join(FAULTS)}")
    return describe(name)


def describe(name: str) -> str:
    """What a fault plays, in one line."""
    return (FAULTS[name].__doc__ or "").split("\n")[0]
