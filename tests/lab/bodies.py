# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Request bodies: what can be read as JSON and be written again, and how large and deep it may be."""

from __future__ import annotations

import json
from typing import Any, NoReturn

#: Bytes of a request (source: Microsoft, Resource Manager limits: 4 MB; for Atlas and Entra inferred).
LARGEST = 4 * 1024 * 1024
DEEPEST = 64  # source: Newtonsoft.Json, JsonReader.MaxDepth; that the clouds keep its default is inferred
LONGEST_ECHO = 200  # characters of a value that an error repeats


def parse(raw: bytes) -> Any:
    """The JSON of a body. Raises ValueError for anything that the lab could not send back: NaN, infinity, half of a
    surrogate pair, or too many levels."""
    try:
        found = json.loads(raw, parse_constant=_refused, parse_float=_finite)
    except RecursionError:
        raise ValueError("too many levels") from None
    level: list[Any] = [found]
    for _depth in range(DEEPEST):
        for text in level:
            if isinstance(text, str):
                text.encode()  # UnicodeEncodeError is a ValueError
        below = [one for one in level if isinstance(one, dict | list)]
        level = [part for one in below for part in ([*one, *one.values()] if isinstance(one, dict) else one)]
        if not level:
            return found
    raise ValueError("too many levels")


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number


def shortened(text: str, most: int = LONGEST_ECHO) -> str:
    """A text as an error repeats it: never the whole of a huge value."""
    return text if len(text) <= most else f"{text[:most]}..."
