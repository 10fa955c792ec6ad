# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a module returns what its RETURN documents: no undocumented key, no missing one, no other type."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import yaml

#: Ansible's own, and `error`, which every module of this collection returns on failure (documented in its fragment).
COMMON = {"changed", "failed", "msg", "invocation", "diff", "warnings", "deprecations", "exception", "error"}

TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "dict": (dict,),
    "complex": (dict,),
    "list": (list,),
}


def violations(module: ModuleType, result: dict[str, Any]) -> list[str]:
    """What differs between a result and the module's documentation, as sentences."""
    documented = yaml.safe_load(module.RETURN) or {}
    found = {key: value for key, value in result.items() if key not in COMMON}
    problems = [f"{key} is returned but not documented" for key in found if key not in documented]
    for key, described in documented.items():
        if key in found:
            problems += violations_of(key, described, found[key])
        elif described.get("returned") == "always" and not result.get("failed"):
            problems.append(f"{key} is documented as always returned but is missing")
    return problems


def violations_of(path: str, described: dict[str, Any], value: Any) -> list[str]:
    """The same of one value, which may be a sample; `path` is what it is called."""
    if value is None:
        return []
    if not isinstance(value, TYPES.get(described["type"], object)):
        return [f"{path} is {type(value).__name__}, documented as {described['type']}"]
    if isinstance(value, list):
        inner = {"type": described.get("elements", "raw"), "contains": described.get("contains")}
        if inner["type"] == "raw":
            return []
        return [
            problem for index, item in enumerate(value) for problem in violations_of(f"{path}[{index}]", inner, item)
        ]
    if isinstance(value, dict) and described.get("contains"):
        contains = described["contains"]
        problems = [f"{path}.{key} is returned but not documented" for key in value if key not in contains]
        problems += [f"{path}.{key} is documented but not returned" for key in contains if key not in value]
        return problems + [
            p for key in value if key in contains for p in violations_of(f"{path}.{key}", contains[key], value[key])
        ]
    return []
