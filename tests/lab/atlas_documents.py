# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Atlas describes what is in the world: from the world's objects to the bodies of the API."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from tests.lab import atlas_cluster_model as clusters
from tests.lab import atlas_model as model
from tests.lab.atlas_base import BASE, Link
from tests.lab.world import Cluster, Credential, Interface, PrivateString, Project, Service, World

PROVIDER: Literal["AZURE"] = "AZURE"
FLEX = "FLEX"
TENANT_SIZES = ("M0",)
MONGODB_VERSION = "8.0.24"
_MAJOR = MONGODB_VERSION.rpartition(".")[0]


def is_flex(cluster: Cluster) -> bool:
    return cluster.instance_size == FLEX


def derived_id(*parts: str) -> str:
    """24 hex digits that stay the same for the same thing."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Documents:
    """`base_url` without a trailing slash, `created` as the API writes time."""

    world: World
    base_url: str
    created: str

    def link(self, path: str = "", rel: str = "self") -> Link:
        return Link(href=f"{self.base_url}{BASE}{path}", rel=rel)

    # -- projects --------------------------------------------------------------------------------------------------

    def system_status(self, credential: Credential) -> model.SystemStatus:
        return model.SystemStatus(
            apiKey=self._api_key(credential) if credential.kind == "key" else None,
            appName="MongoDB Atlas",
            build=hashlib.sha256(b"lab").hexdigest()[:40],
            links=[self.link()],
            throttling=False,
        )

    def _api_key(self, credential: Credential) -> model.ApiKey:
        return model.ApiKey(
            accessList=[],
            id=derived_id(credential.id),
            publicKey=credential.id,
            roles=[model.RoleAssignment(groupId=group, roleName=role) for group, role in credential.roles.items()],
        )

    def group(self, project: Project) -> model.Group:
        path = f"/groups/{project.id}"
        children = ("containers", "clusters", "databaseUsers", "peers", "processes", "whitelist")
        return model.Group(
            clusterCount=len(project.clusters),
            created=self.created,
            id=project.id,
            links=[
                self.link(path),
                *(self.link(f"{path}/{child}", f"https://cloud.mongodb.com/{child}") for child in children),
            ],
            name=project.name,
            orgId=project.org_id,
            tags=[],
            withDefaultAlertsSettings=True,
        )

    # -- clusters --------------------------------------------------------------------------------------------------

    def cluster(self, project: Project, cluster: Cluster) -> clusters.Cluster:
        return clusters.Cluster.model_validate(
            {
                "backupEnabled": False,
                "clusterType": cluster.type,
                "connectionStrings": self._connection_strings(project, cluster),
                "createDate": self.created,
                "diskWarmingMode": "FULLY_WARMED",
                "encryptionAtRestProvider": "NONE",
                "featureCompatibilityVersion": _MAJOR,
                "globalClusterSelfManagedSharding": False,
                "groupId": project.id,
                "id": cluster.id,
                "internalClusterRole": "NONE",
                "labels": [],
                "links": [self.link(f"/groups/{project.id}/clusters/{cluster.name}")],
                "mongoDBMajorVersion": _MAJOR,
                "mongoDBVersion": MONGODB_VERSION,
                "name": cluster.name,
                "paused": cluster.paused,
                "pitEnabled": False,
                "redactClientLogData": False,
                "replicationSpecs": [self._replication_spec(cluster)],
                "rootCertType": "ISRGROOTX1",
                "stateName": self.world.cluster_state(project, cluster),
                "tags": [],
                "terminationProtectionEnabled": False,
                "versionReleaseSystem": "LTS",
            }
        )

    def flex_cluster(self, project: Project, cluster: Cluster) -> clusters.FlexCluster:
        return clusters.FlexCluster(
            backupSettings=clusters.BackupSettings(enabled=True),
            clusterType="REPLICASET",
            connectionStrings=clusters.FlexConnectionStrings(
                standard=self._standard(cluster), standardSrv=self._standard_srv(cluster)
            ),
            createDate=self.created,
            groupId=project.id,
            id=cluster.id,
            mongoDBVersion=MONGODB_VERSION,
            name=cluster.name,
            providerSettings=clusters.FlexProviderSettings(
                backingProviderName=PROVIDER, diskSizeGB=5.0, providerName="FLEX", regionName=cluster.regions[0]
            ),
            stateName="IDLE",
            terminationProtectionEnabled=False,
            versionReleaseSystem="LTS",
        )

    @staticmethod
    def _replication_spec(cluster: Cluster) -> clusters.ReplicationSpec:
        share, extra = divmod(cluster.nodes, len(cluster.regions))
        tenant = cluster.instance_size in TENANT_SIZES
        configs = []
        for index, region in enumerate(cluster.regions):
            size: dict[str, str | float | int] = {"instanceSize": cluster.instance_size}
            size |= {"diskSizeGB": 0.5} if tenant else {"diskSizeGB": 10.0, "nodeCount": share + (index < extra)}
            config = {
                "electableSpecs": clusters.HardwareSpec.model_validate(size),
                "priority": max(7 - index, 0),
                "providerName": "TENANT" if tenant else PROVIDER,
                "regionName": region,
            }
            configs.append(
                clusters.RegionConfig.model_validate(config | ({"backingProviderName": PROVIDER} if tenant else {}))
            )
        return clusters.ReplicationSpec(
            id=derived_id(cluster.id, "spec"),
            regionConfigs=configs,
            zoneId=derived_id(cluster.id, "zone"),
            zoneName="Zone 1",
        )

    def _connection_strings(self, project: Project, cluster: Cluster) -> clusters.ConnectionStrings:
        return clusters.ConnectionStrings(
            standard=self._standard(cluster), standardSrv=self._standard_srv(cluster), **self._private(project, cluster)
        )

    def _private(self, project: Project, cluster: Cluster) -> dict[str, list[clusters.PrivateEndpointString]]:
        """Nothing for a free cluster: private endpoints need M10 or more (source: Atlas docs, free tier limits)."""
        if cluster.instance_size in TENANT_SIZES:
            return {}
        found = [self._private_string(string) for string in self.world.private_strings(project, cluster)]
        return {"privateEndpoint": found} if found else {}

    def _private_string(self, string: PrivateString) -> clusters.PrivateEndpointString:
        hosts = ",".join(f"{host}:{port}" for host, port in string.targets)
        return clusters.PrivateEndpointString(
            connectionString=f"mongodb://{hosts}/?{self._options(string.cluster)}",
            endpoints=[
                clusters.ConnectionEndpoint(endpointId=ident, providerName=PROVIDER, region=region)
                for ident, region in string.interfaces
            ],
            srvConnectionString=f"mongodb+srv://{string.seed}",
            type="MONGOD" if string.cluster.type == "REPLICASET" else "MONGOS",
        )

    def _standard(self, cluster: Cluster) -> str:
        labels = [f"{cluster.name.lower()}-shard-00-{node:02}" for node in range(cluster.nodes)]
        hosts = ",".join(f"{cluster.named(label, self.world.domain)}:27017" for label in labels)
        return f"mongodb://{hosts}/?{self._options(cluster)}"

    def _standard_srv(self, cluster: Cluster) -> str:
        return f"mongodb+srv://{cluster.named(cluster.name.lower(), self.world.domain)}"

    @staticmethod
    def _options(cluster: Cluster) -> str:
        """A sharded cluster is reached through mongos, which is no replica set."""
        members = f"&replicaSet={cluster.set_name}" if cluster.type == "REPLICASET" else ""
        return f"ssl=true&authSource=admin{members}"

    # -- private endpoints -----------------------------------------------------------------------------------------

    def service(self, service: Service, status: str | None = None) -> model.Service:
        """`status` overrides what the clock says: the answer to a create shows INITIATING even in an instant world."""
        status = status or service.timeline.now()
        exists = status not in ("INITIATING", "FAILED")
        return model.Service.model_validate(
            {
                "cloudProvider": PROVIDER,
                "errorMessage": service.error if status == "FAILED" else None,
                "id": service.id,
                "privateEndpoints": [interface.endpoint_id for interface in service.interfaces.values()],
                "privateLinkServiceName": service.pls_name if exists else None,
                "privateLinkServiceResourceId": service.pls_id if exists else None,
                "regionName": service.region,
                "status": status,
            }
        )

    def endpoint(self, interface: Interface, status: str | None = None) -> model.Endpoint:
        """`status` as in `service`."""
        status = status or interface.timeline.now()
        return model.Endpoint.model_validate(
            {
                "cloudProvider": PROVIDER,
                "deleteRequested": interface.delete_requested,
                "errorMessage": interface.error if status == "FAILED" else None,
                "privateEndpointConnectionName": interface.connection_name,
                "privateEndpointIPAddress": interface.ip_address,
                "privateEndpointResourceId": interface.endpoint_id,
                "status": status,
            }
        )
