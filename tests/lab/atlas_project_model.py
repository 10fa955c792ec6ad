# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our typed model of what other clients ask of a project in the Atlas Administration API: Terraform's data sources, the
Atlas CLI, MongoDB's SDKs. None of it is in the part of the specification that our models are compared with; its source
is the Atlas Go SDK (v20250312 and, for older dates, v20240530), where no other is given.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from tests.lab.atlas_base import HexId, Link, Model, Page


class NothingPage(Page):
    """A list of which the lab has nothing."""

    results: Annotated[list[Any], Field(max_length=0)]


class Organization(Model):
    id: HexId
    isDeleted: bool
    links: list[Link]
    name: str


class OrganizationPage(Page):
    results: list[Organization]


class Container(Model):
    """AzureCloudProviderContainer: Atlas' own virtual network in a region."""

    atlasCidrBlock: str
    azureSubscriptionId: str
    id: HexId
    providerName: Literal["AZURE"]
    provisioned: bool
    region: str
    vnetName: str


class ContainerPage(Page):
    results: list[Container]


class DatabaseRole(Model):
    databaseName: str
    roleName: str


class DatabaseUser(Model):
    awsIAMType: Literal["NONE"]
    databaseName: Literal["admin"]
    groupId: HexId
    labels: list[Any]
    ldapAuthType: Literal["NONE"]
    links: list[Link]
    oidcAuthType: Literal["NONE"]
    roles: list[DatabaseRole]
    scopes: list[Any]
    username: str
    x509Type: Literal["NONE"]


class DatabaseUserPage(Page):
    results: list[DatabaseUser]


class Limit(Model):
    currentUsage: int
    defaultLimit: int
    maximumLimit: int
    name: str
    value: int


class Settings(Model):
    """GroupSettings."""

    isCollectDatabaseSpecificsStatisticsEnabled: bool
    isDataExplorerEnabled: bool
    isExtendedStorageSizesEnabled: bool
    isPerformanceAdvisorEnabled: bool
    isRealtimePerformancePanelEnabled: bool
    isSchemaAdvisorEnabled: bool


class ClusterAddresses(Model):
    clusterName: str
    inbound: list[str]
    outbound: list[str]


class AddressesOfServices(Model):
    clusters: list[ClusterAddresses]


class Addresses(Model):
    groupId: HexId
    services: AddressesOfServices


# -- of a cluster ------------------------------------------------------------------------------------------------------


class ProcessArguments(Model):
    """ClusterDescriptionProcessArgs20240805; null means that the cluster has the default."""

    changeStreamOptionsPreAndPostImagesExpireAfterSeconds: int | None
    chunkMigrationConcurrency: int | None
    customOpensslCipherConfigTls12: list[str]
    customOpensslCipherConfigTls13: list[str]
    defaultMaxTimeMS: int | None
    defaultWriteConcern: str | None
    javascriptEnabled: bool
    minimumEnabledTlsProtocol: Literal["TLS1_2"]
    noTableScan: bool
    oplogMinRetentionHours: float | None
    oplogSizeMB: int | None
    queryStatsLogVerbosity: Literal[1, 3]
    sampleRefreshIntervalBIConnector: int | None
    sampleSizeBIConnector: int | None
    tlsCipherConfigMode: Literal["DEFAULT"]
    transactionLifetimeLimitSeconds: int | None


class OldProcessArguments(Model):
    """ClusterDescriptionProcessArgs."""

    changeStreamOptionsPreAndPostImagesExpireAfterSeconds: int | None
    chunkMigrationConcurrency: int | None
    defaultReadConcern: str | None
    defaultWriteConcern: str | None
    failIndexKeyTooLong: bool | None
    javascriptEnabled: bool
    minimumEnabledTlsProtocol: Literal["TLS1_2"]
    noTableScan: bool
    oplogMinRetentionHours: float | None
    oplogSizeMB: int | None
    sampleRefreshIntervalBIConnector: int | None
    sampleSizeBIConnector: int | None
    transactionLifetimeLimitSeconds: int | None


class AutoScaling(Model):
    """ClusterDescriptionAutoScalingModeConfiguration."""

    autoScalingMode: Literal["CLUSTER_WIDE_SCALING", "INDEPENDENT_SHARD_SCALING"]
