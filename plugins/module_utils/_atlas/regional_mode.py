# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The regionalized private endpoint mode of a project: opt-in, and hard to undo."""

from __future__ import annotations

import typing as t

from .._engine import PENDING, Health, Plan, Resource, Step, Waiter
from .._errors import Guarded
from . import clusters
from .client import Client

State = dict[str, t.Any]


class RegionalMode(Resource):
    """`desired` is {"enabled": bool}. A change needs `confirm`, because connection strings of multi-region sharded
    clusters change with it and replica sets can no longer be created (source: Atlas docs, enable regionalized private
    endpoints)."""

    kind, key = "regionalized private endpoint mode", "regional_mode"

    def __init__(self, client: Client, project_id: str, enabled: bool, confirm: bool) -> None:
        self._client, self._project_id, self._enabled, self._confirm = client, project_id, enabled, confirm
        self._path = f"/groups/{project_id}/privateEndpoint/regionalMode"
        self._affected: State | None = None
        self.label = f"of project {project_id}"

    def read(self) -> State:
        enabled = bool(self._client.get(self._path)["enabled"])
        if enabled != self._enabled and self._affected is None:
            self._affected = affected(clusters.read_all(self._client, self._project_id))
        return {"project_id": self._project_id, "enabled": enabled, **(self._affected or affected([]))}

    def plan(self, current: State | None, desired: State | None) -> Plan:
        if current is None or desired is None or current["enabled"] == desired["enabled"]:
            return Plan()  # the setting always exists: it is never None in practice
        if desired["enabled"] and current["replica_sets"]:
            raise Guarded(
                f"the {self.title()} cannot be enabled",
                f"Atlas allows it only without replica sets, and these exist: {', '.join(current['replica_sets'])}",
                "Convert them to sharded clusters or move them to another project first.",
            )
        if not self._confirm:
            raise Guarded(
                f"the {self.title()} would be {'enabled' if desired['enabled'] else 'disabled'}",
                "connection strings change for these sharded multi-region clusters: "
                + (", ".join(current["clusters_that_change"]) or "none at present"),
                "Set confirm=true to change it; applications then need the new connection strings.",
            )
        return Plan((Step("update", "regionalized private endpoint mode", desired),))

    def predict(self, current: State | None, desired: State | None) -> State | None:
        return {**(current or {}), **(desired or {})}

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        self._client.patch(self._path, {"enabled": step.body["enabled"]})

    def health(self, state: State | None, wanted: bool) -> Health:
        if state and state["enabled"] == self._enabled:
            return Health("enabled" if self._enabled else "disabled")
        return Health("changing", PENDING, "Atlas is rewriting connection strings", "Run again to go on waiting.")


def affected(listed: t.Sequence[t.Mapping[str, t.Any]]) -> State:
    """Pure: which clusters the mode changes, and which replica sets stand in its way."""
    return {
        "clusters_that_change": [
            one["name"] for one in listed if one["type"] != "REPLICASET" and len(one["regions"]) > 1
        ],
        "replica_sets": [one["name"] for one in listed if one["type"] == "REPLICASET"],
    }
