# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Atlas projects: an id for a name, and what the preflight wants to know."""

from __future__ import annotations

import re
import typing as t

from .._engine import Readable
from .._errors import InvalidInput, NotFound
from . import clusters, endpoint_service
from .client import Client, segment

ID = re.compile(r"[0-9a-f]{24}")


def project_id(client: Client, options: t.Mapping[str, t.Any]) -> str:
    """The project's id, from `project_id` as it is or looked up by `project` (its name). Raises `NotFound`."""
    given = options.get("project_id")
    if given:
        if not ID.fullmatch(given):
            raise InvalidInput("project_id", given, "24 hexadecimal digits", "Use `project` to give a name.")
        return str(given)
    return str(_by_name(client, options["project"])["id"])


def _by_name(client: Client, name: str) -> t.Mapping[str, t.Any]:
    try:
        return t.cast("t.Mapping[str, t.Any]", client.get(f"/groups/byName/{segment(name)}"))
    except NotFound as error:
        raise NotFound(
            f"there is no Atlas project called {name!r}",
            error.cause,
            "Check the spelling and that the credentials were added to the project; names are case-sensitive.",
            code=error.code,
            http_status=error.http_status,
        ) from None


def find(client: Client, name: str) -> dict[str, str]:
    """{"id", "name"} of a project by either. Raises `NotFound`."""
    return _brief(client.get(f"/groups/{name}") if ID.fullmatch(name) else _by_name(client, name))


def visible(client: Client) -> list[dict[str, str]]:
    """{"id", "name"} of all projects that the credentials can see."""
    return [_brief(one) for one in client.pages("/groups")]


def _brief(project: t.Mapping[str, t.Any]) -> dict[str, str]:
    return {"id": project["id"], "name": project["name"]}


class ProjectInfo(Readable):
    """A project, what these credentials may do in it, its regional mode, clusters and endpoint services."""

    kind, key = "Atlas project", "project"

    def __init__(self, client: Client, options: t.Mapping[str, t.Any]) -> None:
        self._client, self._options = client, options
        self.label = str(options.get("project") or options.get("project_id"))

    def read(self) -> dict[str, t.Any]:
        if self._options.get("project_id"):
            found = self._client.get(f"/groups/{project_id(self._client, self._options)}")
        else:
            found = _by_name(self._client, self._options["project"])
        ident = found["id"]
        return {
            "id": ident,
            "name": found["name"],
            "organization_id": found["orgId"],
            "can_write": can_write(self._client.get(""), ident, found["orgId"]),
            "regional_mode": bool(self._client.get(f"/groups/{ident}/privateEndpoint/regionalMode")["enabled"]),
            "clusters": clusters.read_dedicated(self._client, ident),
            "endpoint_services": endpoint_service.EndpointServices(self._client, ident, None).read(),
        }


def can_write(status: t.Mapping[str, t.Any], ident: str, organization: str) -> bool | None:
    """Pure: whether the caller may change private endpoints (Project Owner), from Atlas' system status.

    None when Atlas does not say: it describes API keys there, and answers null for a service account.
    """
    key = status.get("apiKey")
    if not key or key.get("roles") is None:
        return None
    return any(
        (role.get("groupId") == ident and role.get("roleName") == "GROUP_OWNER")
        or (role.get("orgId") == organization and role.get("roleName") == "ORG_OWNER")
        for role in key["roles"]
    )
