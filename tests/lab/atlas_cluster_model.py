# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our typed model of clusters in the Atlas Administration API, today's and those of older dates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tests.lab.atlas_base import ClusterName, HexId, Link, Model, Page, Provider, Tag, Timestamp

# fmt: off
InstanceSize = Literal[
    "M0", "M2", "M5", "M10", "M20", "M30", "M40", "M50", "M60", "M80", "M90", "M200",
    "R40", "R50", "R60", "R80", "R200", "R300", "R400",
    "M60_NVME", "M80_NVME", "M200_NVME", "M300_NVME", "M400_NVME", "M600_NVME",
]
# fmt: on


class ConnectionEndpoint(Model):
    endpointId: str
    providerName: Provider
    region: str


class PrivateEndpointString(Model):
    """One private-endpoint-aware connection string (there are no shard-optimised ones on Azure)."""

    connectionString: Annotated[str, StringConstraints(pattern="^mongodb://")]
    endpoints: list[ConnectionEndpoint]
    srvConnectionString: Annotated[str, StringConstraints(pattern=r"^mongodb\+srv://")]
    type: Literal["MONGOD", "MONGOS"]


class ConnectionStrings(Model):
    """`privateEndpoint` is absent, not empty, while a cluster has none (source: live recording of an Azure cluster)."""

    standard: Annotated[str, StringConstraints(pattern="^mongodb://")]
    standardSrv: Annotated[str, StringConstraints(pattern=r"^mongodb\+srv://")]
    privateEndpoint: Annotated[list[PrivateEndpointString], Field(min_length=1)] = Field(default_factory=list)


class HardwareSpec(Model):
    """Of a cluster on Azure, or of a tenant (M0 to M5)."""

    instanceSize: InstanceSize
    diskSizeGB: float
    nodeCount: int = 0


class RegionConfig(Model):
    """A tenant cluster (M0) names the cloud behind it in `backingProviderName`."""

    electableSpecs: HardwareSpec
    priority: Annotated[int, Field(ge=0, le=7)]
    providerName: Literal["AZURE", "TENANT"]
    backingProviderName: Provider = "AZURE"
    regionName: str


class ReplicationSpec(Model):
    id: HexId
    regionConfigs: list[RegionConfig]
    zoneId: HexId
    zoneName: str


class AnyCluster(Model):
    """What a cluster has under every date."""

    backupEnabled: bool
    clusterType: Literal["REPLICASET", "SHARDED", "GEOSHARDED"]
    connectionStrings: ConnectionStrings
    createDate: Timestamp
    diskWarmingMode: Literal["FULLY_WARMED", "VISIBLE_EARLIER"]
    encryptionAtRestProvider: Literal["NONE", "AWS", "AZURE", "GCP"]
    featureCompatibilityVersion: str
    globalClusterSelfManagedSharding: bool
    groupId: HexId
    id: HexId
    labels: list[Tag]
    links: list[Link]
    mongoDBMajorVersion: str
    mongoDBVersion: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    name: ClusterName
    paused: bool
    pitEnabled: bool
    rootCertType: Literal["ISRGROOTX1"]
    stateName: Literal["IDLE", "CREATING", "UPDATING", "DELETING", "REPAIRING"]
    tags: list[Tag]
    terminationProtectionEnabled: bool
    versionReleaseSystem: Literal["LTS", "CONTINUOUS"]


class Cluster(AnyCluster):
    """ClusterDescription20240805."""

    internalClusterRole: Literal["NONE"]
    redactClientLogData: bool
    replicationSpecs: list[ReplicationSpec]


class ClusterPage(Page):
    results: list[Cluster]


# -- 2023-02-01: the disk belongs to the whole cluster, and its shards are a number ------------------------------------


class AdvancedHardwareSpec(Model):
    instanceSize: InstanceSize
    nodeCount: int = 0


class AdvancedRegionConfig(Model):
    electableSpecs: AdvancedHardwareSpec
    priority: Annotated[int, Field(ge=0, le=7)]
    providerName: Literal["AZURE", "TENANT"]
    backingProviderName: Provider = "AZURE"
    regionName: str


class AdvancedReplicationSpec(Model):
    id: HexId
    numShards: Annotated[int, Field(ge=1)]
    regionConfigs: list[AdvancedRegionConfig]
    zoneId: HexId
    zoneName: str


class AdvancedCluster(AnyCluster):
    """AdvancedClusterDescription."""

    diskSizeGB: float
    replicationSpecs: list[AdvancedReplicationSpec]


class AdvancedClusterPage(Page):
    results: list[AdvancedCluster]


# -- 2023-01-01: one provider, and regions by name ---------------------------------------------------------------------


class RegionSpec(Model):
    analyticsNodes: int
    electableNodes: int
    priority: Annotated[int, Field(ge=0, le=7)]
    readOnlyNodes: int


class LegacyReplicationSpec(Model):
    id: HexId
    numShards: int
    regionsConfig: dict[str, RegionSpec]
    zoneName: str


class ProviderSettings(Model):
    """On Azure, or of a tenant."""

    backingProviderName: Provider = "AZURE"
    instanceSizeName: InstanceSize
    providerName: str
    regionName: str


class LegacyCluster(AnyCluster):
    """LegacyAtlasCluster."""

    diskSizeGB: Annotated[float, Field(ge=10, le=4096)] = 10.0  # not sent of a tenant
    mongoURI: str
    mongoURIUpdated: Timestamp
    mongoURIWithOptions: str
    numShards: Annotated[int, Field(ge=1, le=50)]
    providerBackupEnabled: bool
    providerSettings: ProviderSettings
    replicationFactor: Literal[3, 5, 7]
    replicationSpecs: list[LegacyReplicationSpec]
    srvAddress: str


class LegacyClusterPage(Page):
    results: list[LegacyCluster]


# -- more of clusters --------------------------------------------------------------------------------------------------


class ClusterStatus(Model):
    changeStatus: Literal["PENDING", "APPLIED"]


class BackupSettings(Model):
    enabled: bool


class FlexConnectionStrings(Model):
    standard: str
    standardSrv: str


class FlexProviderSettings(Model):
    backingProviderName: Provider
    diskSizeGB: float
    providerName: Literal["FLEX"]
    regionName: str


class FlexCluster(Model):
    backupSettings: BackupSettings
    clusterType: Literal["REPLICASET"]
    connectionStrings: FlexConnectionStrings
    createDate: Timestamp
    groupId: HexId
    id: HexId
    mongoDBVersion: str
    name: str
    providerSettings: FlexProviderSettings
    stateName: Literal["IDLE", "CREATING", "UPDATING", "DELETING", "REPAIRING"]
    terminationProtectionEnabled: bool
    versionReleaseSystem: Literal["LTS"]


class FlexClusterPage(Page):
    results: list[FlexCluster]
