# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's service principal may do in Azure: role definitions, each assigned to a scope (source: Microsoft,
"Understand Azure role definitions" and "Understand scope for Azure RBAC")."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
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
        """A role from a file as `az role definition create` takes it. Raises OSError and ValueError."""
        return cls.parse(json.loads(path.read_text()))

    @classmethod
    def parse(cls, definition: Any) -> Role:
        """The content of such a file; `AssignableScopes` means nothing here. Raises ValueError."""
        match definition:
            case {"Name": str(name), "Actions": list(actions)}:
                return cls(name, tuple(actions), tuple(definition.get("NotActions") or ()))
        raise ValueError("this is no role definition as az role definition create takes it: Name or Actions is missing")

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
    """What is allowed: everything, as long as `assignments` is None; and never what is in `denied`. `demanded` are the
    actions that were needed so far, and allowed."""

    assignments: list[Assignment] | None = None
    denied: set[str] = field(default_factory=set)  # e.g. "Microsoft.Network/privateEndpoints/write"
    demanded: set[str] = field(default_factory=set)

    def give(self, roles: Sequence[Role], scope: str) -> None:
        """Takes everything else away; with no role, everything is allowed again. Raises ValueError."""
        if not scope.startswith("/subscriptions/"):
            raise ValueError(f"scope is {scope!r}: it must be the id of a subscription, a resource group or a resource")
        self.assignments = [Assignment(role, scope) for role in roles] or None

    def allows(self, action: str, scope: str) -> bool:
        return self._granted(action, lambda role: _within(scope, role))

    def allows_in(self, action: str, subscription: str, scope: str, *, of_resources: bool) -> bool:
        """Whether a role at the scope, at a resource group of the subscription, or (`of_resources`) at one of its
        resources allows an action."""

        def reaches(role: str) -> bool:
            return _within(role, subscription) and (of_resources or "/providers/" not in role)

        return self._granted(action, lambda role: _within(scope, role) or reaches(role))

    def _granted(self, action: str, reaches: Callable[[str], bool]) -> bool:
        """Whether a role with a scope that reaches allows an action; if so, it is kept that it was demanded."""
        given = self.assignments
        allowed = given is None or any(one.role.allows(action) and reaches(one.scope) for one in given)
        if not allowed or action.lower() in {denied.lower() for denied in self.denied}:
            return False
        self.demanded.add(action)
        return True


def _within(inner: str, outer: str) -> bool:
    return f"{inner.lower()}/".startswith(f"{outer.lower().rstrip('/')}/")
