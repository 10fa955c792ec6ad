# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a fault that happens to single requests, as people type them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

EFFECTS = ("slow", "refuse", "throttle", "cut", "drop", "page")
CLOUDS = ("atlas", "azure", "entra", "*")
METHODS = ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "*")
LONGEST = 3600  # seconds
MOST_TIMES = 1_000_000


def read(name: str, value: Any) -> Any:
    """The value of a setting. Raises ValueError for one that is not allowed, and for a setting that does not exist."""
    if name not in SETTINGS:
        raise ValueError(f"the fault request has no setting {name!r}: one of {', '.join(SETTINGS)}")
    reader, allowed = SETTINGS[name]
    try:
        return reader(value)
    except (TypeError, ValueError, OverflowError, re.error):
        raise ValueError(f"{name} is {value!r}: {allowed}") from None


def _one_of(known: tuple[str, ...]) -> Callable[[Any], str]:
    def reader(value: Any) -> str:
        found = {one.lower(): one for one in known}.get(str(value).lower())
        if found is None:
            raise ValueError
        return found

    return reader


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def reader(value: Any) -> int:
        if isinstance(value, (bool, float)) or not least <= int(value) <= most:
            raise ValueError
        return int(value)

    return reader


def _seconds(value: Any) -> float:
    found = float(value)
    if isinstance(value, bool) or not math.isfinite(found) or not 0 <= found <= LONGEST:
        raise ValueError
    return found


def _pattern(value: Any) -> str:
    return re.compile(str(value)).pattern


#: name -> how it is read, and what is allowed
SETTINGS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "effect": (_one_of(EFFECTS), f"one of {', '.join(EFFECTS)}"),
    "cloud": (_one_of(CLOUDS), f"one of {', '.join(CLOUDS)}"),
    "method": (_one_of(METHODS), f"one of {', '.join(METHODS)}"),
    "path": (_pattern, "a regular expression that is searched in the path"),
    "times": (_whole(1, MOST_TIMES), f"a whole number from 1 to {MOST_TIMES}"),
    "seconds": (_seconds, f"a number from 0 to {LONGEST}, such as 2 or 0.15"),
    "status": (_whole(400, 599), "a whole number from 400 to 599"),
    "code": (str, "a text"),
    "detail": (str, "a text"),
}
