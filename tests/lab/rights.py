# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's service principal may do in Azure: role definitions, each assigned to a scope (source: Microsoft,
"Understand Azure role definitions" and "Understand scope for Azure RBAC")."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Role:
    """Which actions a role allows. A wildcard stands for any number of characters, slashes too; case means nothing."""

    name: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Role:
        """A role from a file as `az role definition create` takes it. `AssignableScopes` does not matter here. Raises
        OSError and ValueError."""
        found: Any = json.loads(path.read_text())
        if not isinstance(found, dict) or not found.get("Name") or not isinstance(found.get("Actions"), list):
            raise ValueError(
                f"{path} is no role definition: it needs Name and Actions, as az role definition create does"
            )
        return cls(str(found["Name"]), tuple(found["Actions"]), tuple(found.get("NotActions") or ()))

    def allows(self, action: str) -> bool:
        return _any(self.actions, action) and not _any(self.not_actions, action)

    def without(self, action: str) -> Role:
        """The same role with one action less."""
        return Role(self.name, tuple(one for one in self.actions if one != action), self.not_actions)


def _any(patterns: tuple[str, ...], action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


@dataclass(frozen=True)
class Assignment:
    """A role at a scope: a subscription, a resource group or a resource, and all that is in it."""

    role: Role
    scope: str


@dataclass
class Rights:
    """What is allowed: everything, until `assign` gives the first role; and never what is in `denied`. `demanded` are
    the actions that were needed so far, and allowed."""

    assignments: list[Assignment] | None = None
    denied: set[str] = field(default_factory=set)  # e.g. "Microsoft.Network/privateEndpoints/write"
    demanded: set[str] = field(default_factory=set)

    def assign(self, role: Role, scope: str) -> None:
        self.assignments = [*(self.assignments or []), Assignment(role, scope)]

    def allows(self, action: str, scope: str, *, below: bool = False) -> bool:
        """Whether an action is allowed at a scope, or, with `below`, anywhere in it."""
        if action.lower() in {denied.lower() for denied in self.denied}:
            return False
        if self.assignments is not None and not any(
            one.role.allows(action) and (_within(scope, one.scope) or (below and _within(one.scope, scope)))
            for one in self.assignments
        ):
            return False
        self.demanded.add(action)
        return True


def _within(inner: str, outer: str) -> bool:
    return f"{inner.lower()}/".startswith(f"{outer.lower().rstrip('/')}/")
