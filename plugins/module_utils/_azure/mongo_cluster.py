# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Clusters of Azure DocumentDB, which was called Azure Cosmos DB for MongoDB vCore: what they are, who is connected
privately, and whether the public may come in.

Source of all property names: the resource provider's specification, Microsoft.DocumentDB/mongoClusters 2024-07-01.
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import parse_qsl

from .._engine import FAILED, PENDING, Health, Plan, Readable, Resource, Step, Waiter
from .._errors import Busy, Guarded, InvalidInput, NotFound
from . import ids
from .client import GONE_WITH_PARENT, Client
from .private_endpoint_connection import normalise as connection

State = dict[str, t.Any]

#: States of provisioning that end by themselves (source: the specification; all others are final).
CHANGING = ("InProgress", "Updating", "Dropping")

#: Scheme, hosts, path and options of a connection string. Who signs in stands before the hosts: Azure sends
#: placeholders there. Another @ would be part of a password that is not encoded.
_STRING = re.compile(r"(mongodb(?:\+srv)?://)(?:[^@/?]*@)?([^@/?]+)(/[^@?]*)?(?:\?([^@]*))?", re.ASCII)

_OTHER_PRODUCT = (
    "Check name, resource_group and subscription_id. A request unit (RU) account of Azure Cosmos DB for MongoDB is "
    "another product (Microsoft.DocumentDB/databaseAccounts), which this module does not know."
)


def checked_cluster(value: str, option: str = "name") -> str:
    """The name of a cluster as it is, or `InvalidInput`. Source: the specification's pattern and lengths."""
    if not 3 <= len(value) <= 40 or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value, re.ASCII | re.IGNORECASE):
        raise InvalidInput(option, value, "3 to 40 letters or digits, with single hyphens between them")
    return value


def connection_string(found: str | None) -> State:
    """Pure: a connection string without who signs in, its host if that is a name for SRV records, and its options.
    Of what is no connection string nothing is kept."""
    parts = _STRING.fullmatch(found or "")
    if not parts:
        return {"connection_string": None, "srv_host": None, "options": {}}
    scheme, hosts, path, query = parts.groups()
    return {
        "connection_string": f"{scheme}{hosts}{path or '/'}{'?' if query else ''}{query or ''}",
        "srv_host": hosts.lower() if "+srv" in scheme else None,
        "options": {name.lower(): value for name, value in parse_qsl(query or "", keep_blank_values=True)},
    }


def normalise(found: t.Mapping[str, t.Any]) -> State:
    """Pure: a cluster in the shape that the modules return."""
    properties = found["properties"]

    def part(name: str, inner: str) -> t.Any:
        return (properties.get(name) or {}).get(inner)

    return {
        "id": found["id"],
        "name": found["name"],
        "location": found["location"],
        "provisioning_state": properties.get("provisioningState"),
        "cluster_status": properties.get("clusterStatus"),
        "tier": part("compute", "tier"),
        "high_availability": part("highAvailability", "targetMode"),
        "shard_count": part("sharding", "shardCount"),
        "server_version": properties.get("serverVersion"),
        "public_network_access": properties.get("publicNetworkAccess"),
        **connection_string(properties.get("connectionString")),
        "administrator": part("administrator", "userName"),
        "private_endpoint_connections": [connection(one) for one in properties.get("privateEndpointConnections") or []],
        "tags": dict(found.get("tags") or {}),
    }


class MongoCluster(Resource):
    """A cluster that exists: whether it can be reached publicly. `desired` is {"public_network_access": "Enabled" or
    "Disabled"}. It is neither created nor removed.

    While no connection is approved, turning the public off is refused unless `force`: nobody could connect then.
    """

    kind, key = "mongo cluster", "mongo_cluster"

    def __init__(self, client: Client, group: str, name: str, *, force: bool = False) -> None:
        self._client, self._force = client, force
        self._id = ids.build(client.subscription, group, ids.MONGO_CLUSTERS, name)
        self._last: State | None = None
        self.label = f"{group}/{name}"

    def read(self) -> State | None:
        found = self._client.find(self._id, absent=GONE_WITH_PARENT)
        self._last = normalise(found) if found else None
        return self._last

    def plan(self, current: State | None, desired: State | None) -> Plan:
        if current is None or desired is None:
            raise NotFound(f"there is no {ids.MONGO_CLUSTERS} {self._id}", "", _OTHER_PRODUCT)
        if current["public_network_access"] == desired["public_network_access"]:
            return Plan()
        if desired["public_network_access"] == "Disabled" and not self._force and not _has_a_private_path(current):
            raise Guarded(
                f"public network access of {self.title()} cannot be turned off yet",
                "none of its private endpoint connections is approved, so nobody could connect to it any more",
                "Connect a private endpoint and have it approved first, or set force=true.",
            )
        return Plan((Step("update", self.title(), desired),))

    def predict(self, current: State | None, desired: State | None) -> State | None:
        return {**(current or {}), **(desired or {})}

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        state = (self._last or {}).get("provisioning_state")
        if state in CHANGING:
            raise Busy(f"{self.title()} cannot be changed now", f"it is {state}", "Run again later.")
        body = {"properties": {"publicNetworkAccess": step.body["public_network_access"]}}
        self._client.write("PATCH", self._id, body=body, waiter=waiter)

    def health(self, state: State | None, wanted: bool) -> Health:
        if state is None:
            return Health("gone", FAILED, "somebody removed it", "Create it again, or correct name.")
        provisioning = state["provisioning_state"]
        if provisioning in CHANGING:
            return Health(provisioning, PENDING)
        if provisioning != "Succeeded":
            return Health(provisioning, FAILED, "its last change did not succeed", "See its activity log in Azure.")
        return Health(provisioning)


def _has_a_private_path(cluster: State) -> bool:
    return any(one["status"] == "Approved" for one in cluster["private_endpoint_connections"])


class MongoClusters(Readable):
    """The cluster of a name, those of a resource group, or all of the subscription."""

    kind, key = "mongo clusters", "mongo_clusters"

    def __init__(self, client: Client, group: str | None, name: str | None) -> None:
        self._client, self._name = client, name
        self._path = ids.collection(client.subscription, group, ids.MONGO_CLUSTERS)
        self.label = f"{group}/{name}" if name else f"of {group or 'the subscription'}"

    def about(self) -> State:
        return {"subscription_id": self._client.subscription}

    def read(self) -> list[State]:
        if not self._name:
            return [normalise(one) for one in self._client.pages(self._path)]
        found = self._client.find(f"{self._path}/{self._name}", absent=GONE_WITH_PARENT)
        return [normalise(found)] if found else []
