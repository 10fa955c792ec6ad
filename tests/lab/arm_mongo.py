# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Azure DocumentDB in Resource Manager: clusters, their private link resources and private endpoint connections.

Bodies, status codes and headers follow the examples of the provider's specification (Azure/azure-rest-api-specs,
DocumentDB.MongoCluster.Management, api-versions 2024-07-01 to 2025-04-01-preview). Error codes are plausible and
unverified where no source is named.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.lab import mongo_cluster
from tests.lab.arm_call import ArmError, Call, Reply, in_progress
from tests.lab.arm_core import Arm, Kind, Operation
from tests.lab.mongo_cluster import GROUP_ID, Connection, MongoCluster
from tests.lab.world import GONE, Json

CLUSTERS = mongo_cluster.TYPE
CONNECTIONS = f"{CLUSTERS}/privateEndpointConnections"
LINK_RESOURCES = f"{CLUSTERS}/privateLinkResources"
CONNECTION_STRINGS = f"{CLUSTERS}/listConnectionStrings"
APPROVAL = f"{CLUSTERS}/PrivateEndpointConnectionsApproval/action"
STATUSES = "mongoClusterAzureAsyncOperation"
RESULTS = "mongoClusterOperationResults"
BYPASS_VERSION = "2026-06-01"  # the first with networkBypassMode
STATUSES_TO_WRITE = ("Approved", "Rejected", "Pending")


def refused(message: str) -> ArmError:
    return ArmError(400, "BadRequest", message)


def connection_string(cluster: MongoCluster) -> str:
    """With placeholders for the user (source of the options: connection strings in users' public code)."""
    options = "tls=true&authMechanism=SCRAM-SHA-256&retrywrites=false&maxIdleTimeMS=120000"
    return f"mongodb+srv://<user>:<password>@{cluster.seed}/?{options}"


class DocumentDbKind(Kind):
    """A cluster or something in it; the bodies are made from the world's cluster each time."""

    def cluster(self, call: Call) -> MongoCluster | None:
        """The cluster that a call is about, whatever it wants of it."""
        of = call.id.parent if len(call.id.types) > 1 else call.id
        return self.world.mongo_clusters.get(of.key) if of else None

    def required_cluster(self, call: Call) -> MongoCluster:
        cluster = self.cluster(call)
        if cluster is None:
            raise self.missing(call)
        return cluster

    def operation(self, call: Call, leaves: str | None) -> Operation:
        location = self.required_cluster(call).location
        where = f"/subscriptions/{call.id.subscription}/providers/Microsoft.DocumentDB/locations/{location}"
        seconds = self.world.pace.mongo_cluster
        return self.arm.start(f"{where}/{STATUSES}", f"{where}/{RESULTS}", seconds, leaves=leaves)

    def accepted(self, call: Call) -> Reply:
        operation = self.operation(call, call.id.path)
        return Reply(202, headers=self.arm.links(call, operation, location=True))

    def going(self, call: Call) -> Reply:
        """The answer to a deletion names only `Location`."""
        links = self.arm.links(call, self.operation(call, None), location=True)
        del links["Azure-AsyncOperation"]
        return Reply(202, headers=links)


class MongoClusters(DocumentDbKind):
    """Clusters, which nobody can create here."""

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, CLUSTERS)

    def current(self, call: Call) -> Json | None:
        cluster = self.cluster(call)
        return self._body(cluster) if cluster else None

    def found(self, call: Call) -> Iterator[Json]:
        home = call.id.group_path.lower() + "/"
        yield from (self._body(one) for key, one in list(self.world.mongo_clusters.items()) if key.startswith(home))

    def render(self, call: Call, body: Json) -> Json:
        if call.version >= BYPASS_VERSION:
            body["properties"]["networkBypassMode"] = "None"
        return body

    def _body(self, cluster: MongoCluster) -> Json:
        state = self.arm.state(cluster.id)
        connections = self.arm.kinds[CONNECTIONS.lower()]
        assert isinstance(connections, PrivateEndpointConnections)
        return {
            "id": cluster.id,
            "name": cluster.name,
            "type": CLUSTERS,
            "location": cluster.location,
            "tags": dict(cluster.tags),
            "properties": {
                "provisioningState": "Dropping" if state == "Deleting" else state,
                "clusterStatus": cluster.status,
                "administrator": {"userName": next(iter(cluster.users), "")},
                "serverVersion": cluster.server_version,
                "storage": {"sizeGb": 128},
                "compute": {"tier": cluster.tier},
                "sharding": {"shardCount": 1},
                "highAvailability": {
                    "targetMode": "ZoneRedundantPreferred" if cluster.high_availability else "Disabled"
                },
                "backup": {},
                "previewFeatures": [],
                "infrastructureVersion": "2.0",
                "publicNetworkAccess": cluster.public_network_access,
                "connectionString": connection_string(cluster),
                "privateEndpointConnections": list(connections.bodies(cluster)),
                "replica": {"replicationState": "Active", "role": "Primary"},
            },
        }

    def patch(self, call: Call) -> Reply:
        """Tags and public network access are all that can be patched here."""
        cluster = self.required_cluster(call)
        unknown = set(call.properties) - {"publicNetworkAccess"} or set(call.body) - {"tags", "properties"}
        access = call.properties.get("publicNetworkAccess", cluster.public_network_access)
        if unknown:
            raise refused(f"The lab cannot patch {', '.join(sorted(unknown))} of a cluster.")
        if access not in ("Enabled", "Disabled"):
            raise refused(f"The value '{access}' of publicNetworkAccess is invalid.")
        if self.arm.busy(cluster.id):
            raise in_progress()
        cluster.public_network_access = access
        cluster.tags = call.body.get("tags", cluster.tags) or {}
        self.begin(cluster.id, "Updating", "Succeeded", self.world.pace.mongo_cluster)
        return self.accepted(call)

    def delete(self, call: Call) -> Reply:
        cluster = self.cluster(call)
        if cluster is None:
            return Reply(204)
        reply = self.going(call)
        self.remove(self._body(cluster), self.world.pace.mongo_cluster)
        return reply


class ConnectionStrings(DocumentDbKind):
    """The action `listConnectionStrings`."""

    nested = True
    verbs = ("POST",)

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, CONNECTION_STRINGS)

    def answer(self, call: Call) -> Reply:
        if call.method not in self.verbs or not call.id.is_collection:
            raise self._refused(call)
        shown = {
            "connectionString": connection_string(self.required_cluster(call)),
            "description": "default connection string",
            "name": "Self",
        }
        return Reply(200, {"connectionStrings": [shown]})


class PrivateLinkResources(DocumentDbKind):
    tracked = False
    nested = True

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, LINK_RESOURCES)

    def current(self, call: Call) -> Json | None:
        return next((body for body in self.found(call) if body["name"].lower() == call.id.name.lower()), None)

    def found(self, call: Call) -> Iterator[Json]:
        cluster = self.required_cluster(call)
        yield {
            "id": f"{cluster.id}/privateLinkResources/{GROUP_ID}",
            "name": GROUP_ID,
            "type": LINK_RESOURCES,
            "properties": {
                "groupId": GROUP_ID,
                "requiredMembers": [cluster.member],
                "requiredZoneNames": [mongo_cluster.ZONE],
            },
        }


class PrivateEndpointConnections(DocumentDbKind):
    """Those whose endpoint is provisioned. That a rejected one can be approved again is unverified."""

    tracked = False
    nested = True

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, CONNECTIONS)

    def current(self, call: Call) -> Json | None:
        return next((body for body in self.found(call) if body["name"].lower() == call.id.name.lower()), None)

    def found(self, call: Call) -> Iterator[Json]:
        return self.bodies(self.required_cluster(call))

    def bodies(self, cluster: MongoCluster) -> Iterator[Json]:
        for connection in list(cluster.connections.values()):
            status, description = self._state(connection)
            if connection.known_at <= self.world.clock() and status != "Disconnected":
                yield self._body(cluster, connection, status, description)

    def _state(self, connection: Connection) -> tuple[str, str]:
        """Both sides agree, as long as there are both."""
        endpoint = self.world.azure.get(connection.endpoint_id.lower())
        return self.world.connection_state(endpoint) if endpoint else connection.state(self.world.clock())

    def _body(self, cluster: MongoCluster, connection: Connection, status: str, description: str) -> Json:
        path = cluster.id_of(connection)
        return {
            "id": path,
            "name": connection.name,
            "type": CONNECTIONS,
            "properties": {
                "provisioningState": self.arm.state(path),
                "privateEndpoint": {"id": connection.endpoint_id},
                "groupIds": [GROUP_ID],
                "privateLinkServiceConnectionState": {
                    "status": status,
                    "description": description,
                    "actionsRequired": "None",
                },
            },
        }

    def _named(self, call: Call) -> Connection | None:
        """The connection that a call names, if the cluster knows it."""
        body = self.current(call)
        cluster = self.required_cluster(call)
        return cluster.connections[body["properties"]["privateEndpoint"]["id"].lower()] if body else None

    def put(self, call: Call) -> Reply:
        """Approves or rejects; a connection that nobody asked for cannot be made. That it takes this right, too, is
        inferred from Microsoft's built-in role "Azure AI Enterprise Network Connection Approver"."""
        self.arm.authorize(call, APPROVAL, call.id.path)
        connection = self._named(call)
        if connection is None:
            raise self.missing(call)
        if self.arm.busy(call.id.key):
            raise in_progress()
        wanted = call.properties.get("privateLinkServiceConnectionState") or {}
        if wanted.get("status") not in STATUSES_TO_WRITE:
            raise refused(f"The status '{wanted.get('status')}' of the private endpoint connection is invalid.")
        connection.status = wanted["status"]
        connection.description = wanted.get("description") or ""
        self.world.forced_connection.pop(connection.endpoint_id.lower(), None)
        self.begin(call.id.key, "Creating", "Succeeded", self.world.pace.mongo_cluster)
        return self.accepted(call)

    def delete(self, call: Call) -> Reply:
        """The endpoint stays behind, Disconnected."""
        if self._named(call) is None:
            return Reply(204)
        self.begin(call.id.key, "Deleting", GONE, self.world.pace.mongo_cluster)
        return self.going(call)
