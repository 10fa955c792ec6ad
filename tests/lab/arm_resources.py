# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ARM itself knows of all resources: the lists of them, their tags, and the locations of a subscription.

Shapes: Azure REST reference of Microsoft.Resources (resources, tags) and of subscriptions (locations).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.lab import arm_tags
from tests.lab.arm_call import SUBSCRIPTIONS, ArmError, Call, Reply, normal_location, not_played, parse_id
from tests.lab.arm_core import Arm, Kind
from tests.lab.locations import LOCATIONS
from tests.lab.mongo_cluster import TYPE as MONGO_CLUSTERS
from tests.lab.world import Json

CLAUSE = re.compile(r"\s*(\w+)\s+(eq|ne)\s+'((?:[^']|'')*)'\s*", re.IGNORECASE)
#: What a list can be filtered by -> what it is of a resource. Tags come in pairs.
FIELDS: dict[str, Callable[[Json], str]] = {
    "resourcetype": lambda one: str(one["type"]),
    "name": lambda one: str(one["name"]),
    "location": lambda one: str(one["location"]),
    "resourcegroup": lambda one: str(one["id"]).split("/")[4],
}


class Resources(Kind):
    """The resources of a subscription or of a group. Those that have a location are listed, as in Azure: links of
    private zones are, subnets and record sets are not. Who may not read a resource does not see it; that somebody who
    may read none gets an empty list is unverified. When a resource was made or changed is not kept."""

    def action(self, call: Call) -> str | None:
        return None

    def get(self, call: Call) -> Reply:
        raise self._refused(call)

    def list_all(self, call: Call) -> Reply:
        wanted = self._filter(call)
        top = call.query.get("$top", "")
        found = [self._shown(call, one) for one in self.found(call) if all(fits(one) for fits in wanted)]
        return Reply(200, {"value": found[: int(top) if top.isdecimal() else None]})

    def found(self, call: Call) -> Iterator[Json]:
        home = call.id.path.lower()
        if "/resourcegroups/" in home and home not in self.world.azure:
            raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{call.id.name}' could not be found.")
        kept = [one for one in self.world.azure.values() if "location" in one and "/providers/" in one["id"]]
        clusters = [
            {"id": one.id, "name": one.name, "type": MONGO_CLUSTERS, "location": one.location, "tags": one.tags}
            for one in self.world.mongo_clusters.values()
        ]
        for one in [*kept, *clusters]:
            inside = one["id"].lower().startswith(home + "/")
            if inside and self.arm.may(call, f"{one['type']}/read", one["id"]):
                yield one

    def _shown(self, call: Call, one: Json) -> Json:
        """The name of a nested resource has its parent's before it."""
        place = parse_id(one["id"])
        names = "/".join(place.names) if place else one["name"]
        shown = {"id": one["id"], "name": names, "type": one["type"], "location": one["location"]}
        if one.get("tags"):
            shown["tags"] = dict(one["tags"])
        if "provisioningState" in call.query.get("$expand", ""):
            shown["provisioningState"] = self.arm.state(one["id"])
        return shown

    def _filter(self, call: Call) -> list[Callable[[Json], bool]]:
        """What a resource must be to be listed. Azure knows more operators than are played."""
        text, fits, tag = call.query.get("$filter", ""), list[Callable[[Json], bool]](), ""
        for part in re.split(r"\s+and\s+", text, flags=re.IGNORECASE) if text.strip() else []:
            clause = CLAUSE.fullmatch(part)
            name, operator, value = clause.groups() if clause else ("", "", "")
            name, value = name.lower(), value.replace("''", "'").lower()
            if name == "tagname" and operator.lower() == "eq":
                tag = value
                fits.append(lambda one, tag=tag: tag in _folded(one))  # type: ignore[misc]
            elif name == "tagvalue" and operator.lower() == "eq" and tag:
                fits.append(lambda one, tag=tag, value=value: _folded(one).get(tag) == value)  # type: ignore[misc]
            elif name in FIELDS:
                fits.append(_comparison(FIELDS[name], value, operator.lower() == "eq"))
            else:
                raise not_played(call.method, f"{call.id.address}?$filter={text}")
        return fits


def _comparison(field: Callable[[Json], str], value: str, equal: bool) -> Callable[[Json], bool]:
    return lambda one: (field(one).lower() == value) is equal


def _folded(one: Json) -> dict[str, str]:
    return {str(name).lower(): str(value).lower() for name, value in (one.get("tags") or {}).items()}


class Locations(Kind):
    """The regions that a subscription can use; `az account list-locations`."""

    def get(self, call: Call) -> Reply:
        raise self._refused(call)

    def list_all(self, call: Call) -> Reply:
        home = f"/subscriptions/{call.id.subscription}/locations"
        value = [
            {
                "id": f"{home}/{normal_location(name)}",
                "name": normal_location(name),
                "type": "Region",
                "displayName": name,
                "regionalDisplayName": f"({group}) {name}",
                "metadata": {"regionType": "Physical", "geographyGroup": group},
            }
            for group, names in LOCATIONS.items()
            for name in names
        ]
        return Reply(200, {"value": value})


class Tags(Kind):
    """The tags of a resource or a group, by themselves: PUT replaces all, PATCH merges, replaces or deletes some. Those
    of a subscription, and of what has no location, are not played."""

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, f"{SUBSCRIPTIONS}/tags")

    def get(self, call: Call) -> Reply:
        return self._answer(call, self._tags(call))

    def put(self, call: Call) -> Reply:
        return self._set(call, self._sent(call))

    def patch(self, call: Call) -> Reply:
        tags, sent = self._tags(call), self._sent(call)
        operation = str(call.body.get("operation")).lower()
        if operation == "merge":
            return self._set(call, {**tags, **sent})
        if operation == "replace":
            return self._set(call, sent)
        if operation == "delete":
            return self._set(call, {name: value for name, value in tags.items() if sent.get(name) != value})
        message = "The operation must be Merge, Replace or Delete."  # unverified
        raise ArmError(400, "InvalidTagOperation", message)

    def delete(self, call: Call) -> Reply:
        self._set(call, {})
        return Reply(200)

    def _tags(self, call: Call) -> dict[str, str]:
        """Those of the resource at the scope, which must exist."""
        scope = parse_id(call.id.scope)
        if scope is None or scope.type.lower() == f"{SUBSCRIPTIONS}/subscriptions".lower():
            raise not_played(call.method, call.id.address)
        target = replace(call, id=scope)
        kind = self.arm.kind(scope, call.method)
        body = kind.current(target)
        if body is None:
            raise kind.missing(target)
        if "location" not in body:
            raise not_played(call.method, call.id.address)
        return dict(body.get("tags") or {})

    def _sent(self, call: Call) -> dict[str, str]:
        tags = call.properties.get("tags")
        if not isinstance(tags, dict):
            raise ArmError(400, "InvalidRequestContent", "The request content has no properties.tags.")
        return tags

    def _set(self, call: Call, tags: dict[str, str]) -> Reply:
        self._tags(call)
        scope = parse_id(call.id.scope)
        assert scope is not None
        arm_tags.refuse(replace(call, id=scope, body={"tags": tags}))
        cluster = self.world.mongo_clusters.get(scope.key)
        if cluster is not None:
            cluster.tags = tags
        else:
            body = self.world.azure[scope.key]
            body["tags"] = tags
            if "etag" in body:
                body["etag"] = f'W/"{uuid.uuid4()}"' if str(body["etag"]).startswith("W/") else str(uuid.uuid4())
        return self._answer(call, tags)

    def _answer(self, call: Call, tags: dict[str, str]) -> Reply:
        body = {"id": call.id.path, "name": "default", "type": self.type, "properties": {"tags": tags}}
        return Reply(200, body)
