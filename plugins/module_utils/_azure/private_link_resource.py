# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What a resource offers to private endpoints: groups (sub-resources), their members and the names of their zones."""

from __future__ import annotations

import typing as t

from .._engine import Readable
from .._errors import NotFound
from . import ids
from .client import GONE_WITH_PARENT, Client

State = dict[str, t.Any]


def normalise(found: t.Mapping[str, t.Any]) -> State:
    """Pure: a private link resource in the shape that the module returns."""
    properties = found.get("properties") or {}
    return {
        "id": found.get("id"),
        "name": found.get("name"),
        "group_id": properties.get("groupId"),
        "required_members": list(properties.get("requiredMembers") or []),
        "required_zone_names": list(properties.get("requiredZoneNames") or []),
    }


class PrivateLinkResources(Readable):
    """All private link resources of a resource of any type. Without `version` that is found out."""

    kind, key = "private link resources", "private_link_resources"

    def __init__(self, client: Client, resource_id: str, version: str | None) -> None:
        self._client, self._id, self._version = client, resource_id, version
        self.label = f"of {resource_id}"

    def read(self) -> list[State]:
        version = self._client.version_of(self._id, self._version)
        try:
            found = self._client.pages(f"{self._id}/privateLinkResources", version)
        except NotFound as error:
            raise self._why(error, version) from None
        return [normalise(one) for one in found]

    def _why(self, error: NotFound, version: str) -> NotFound:
        """A 404 can mean the resource, or that its type has no such thing; the resource itself tells."""
        place = ids.parse(self._id)
        if place is None or error.http_status != 404:
            return error
        about: dict[str, t.Any] = {"code": error.code, "http_status": 404, "request_id": error.request_id}
        if self._client.find(self._id, version, absent=GONE_WITH_PARENT) is None:
            return NotFound(f"there is no {place.kind} {self._id}", error.cause, "Correct resource_id.", **about)
        return NotFound(
            f"{place.kind} has no private link resources in version {version} of its API",
            error.cause,
            "A Private Link Service needs none: leave group_ids of its endpoint out. For anything else correct "
            "resource_id, or give an api_version that has them.",
            **about,
        )
