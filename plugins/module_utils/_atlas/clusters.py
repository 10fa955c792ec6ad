# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The clusters of a project, and waiting for their private connection strings."""

from __future__ import annotations

import typing as t

from .._engine import PENDING, Health, Readable
from .._errors import NotFound, Rejected
from .client import V2024, Client, segment
from .strings import normalise, through

State = dict[str, t.Any]


def read_all(client: Client, project_id: str) -> list[State]:
    """The dedicated clusters of a project (Atlas lists Flex clusters elsewhere)."""
    return [normalise(found) for found in client.pages(f"/groups/{project_id}/clusters", V2024)]


def read_dedicated(client: Client, project_id: str) -> list[State]:
    """The same of a project that may have none: where all are Flex clusters, Atlas refuses the list."""
    try:
        return read_all(client, project_id)
    except Rejected as error:
        if error.code != "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API":
            raise
        return []


class ConnectionInfo(Readable):
    """The clusters of a project with their private connection strings; can wait for those of one endpoint."""

    kind, key = "connection string", "clusters"

    def __init__(self, client: Client, project_id: str, names: t.Sequence[str], endpoint_id: str | None) -> None:
        self._client, self._project_id, self._names, self._endpoint_id = client, project_id, names, endpoint_id
        self.label = f"of {', '.join(names) or 'the project'}"

    def read(self) -> list[State]:
        """One request, however many clusters."""
        if len(self._names) == 1:
            return [self._one(self._names[0])]
        found = {one["name"]: one for one in read_all(self._client, self._project_id)}
        # Whoever is missing there is asked for, to hear why.
        return [found.get(name) or self._one(name) for name in self._names or found]

    def _one(self, name: str) -> State:
        try:
            return normalise(self._client.get(f"/groups/{self._project_id}/clusters/{segment(name)}", V2024))
        except NotFound as error:
            raise NotFound(
                f"there is no cluster {name!r} in the project",
                error.cause,
                "Check the name; Flex and free clusters do not support private endpoints.",
                code=error.code,
                http_status=error.http_status,
            ) from None

    def health(self, state: list[State], wanted: bool) -> Health:
        missing = [c for c in state if self._endpoint_id and not through(c, self._endpoint_id)]
        if not missing:
            return Health("present")
        return Health(
            "not yet there for " + ", ".join(f"{c['name']} ({c['state']})" for c in missing),
            PENDING,
            "Atlas publishes a cluster's private strings only when each of its regions has an AVAILABLE endpoint"
            + "".join(f"; {c['name']} runs in {', '.join(c['regions'])}" for c in missing if len(c["regions"]) > 1),
            "Wait longer (3 to 5 minutes are usual), resume paused clusters, and give every region of a multi-region "
            "cluster an endpoint.",
        )
