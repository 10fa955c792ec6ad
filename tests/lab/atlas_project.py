# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other clients than this collection ask of a project: what follows from the world, and defaults for the rest.

Nothing of it can be changed in the lab.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from tests.lab import atlas_project_model as model
from tests.lab.atlas_documents import PROVIDER, TENANT_SIZES, derived_id, is_flex
from tests.lab.atlas_errors import Refusal

if TYPE_CHECKING:
    from tests.lab.atlas import Call

NODES_LIMIT = "atlas.project.deployment.nodesPerPrivateLinkRegion"


def list_organizations(call: Call) -> BaseModel:
    found = dict.fromkeys(project.org_id for project in call.readable())
    organizations = [
        model.Organization(id=one, isDeleted=False, links=[call.documents.link(f"/orgs/{one}")], name=f"org-{one}")
        for one in found
    ]
    return model.OrganizationPage(**call.page(organizations))


def list_containers(call: Call) -> BaseModel:
    """Those of one provider, AWS unless it is named (source: specification)."""
    provider = call.query.get("providerName", "AWS")
    if provider not in ("AWS", "AZURE", "GCP"):
        raise Refusal("INVALID_PROVIDER", provider)
    return model.ContainerPage(**call.page(_containers(call) if provider == PROVIDER else []))


def list_all_containers(call: Call) -> BaseModel:
    return model.ContainerPage(**call.page(_containers(call)))


def _containers(call: Call) -> list[model.Container]:
    """One in each region that has nodes of a cluster or an endpoint service, which creates it (source: specification).
    The address ranges after the first, 192.168.248.0/21, are inferred."""
    project = call.project
    dedicated = [one for one in project.clusters.values() if not is_flex(one) and one.instance_size not in TENANT_SIZES]
    places = [region for cluster in dedicated for region in cluster.regions]
    places += [service.region for service in project.services.values()]
    return [
        model.Container(
            atlasCidrBlock=f"192.168.{248 - 8 * (number % 32)}.0/21",
            azureSubscriptionId=call.world.mongo_subscription_id,
            id=derived_id(project.id, "container", region),
            providerName=PROVIDER,
            provisioned=True,
            region=region,
            vnetName=f"vnet_{derived_id(project.id, 'vnet', region)}",
        )
        for number, region in enumerate(dict.fromkeys(places))
    ]


def list_database_users(call: Call) -> BaseModel:
    """The users of the project's clusters. Their roles are inferred: the lab lets them read and write everything."""
    names = dict.fromkeys(name for cluster in call.project.clusters.values() for name in cluster.users)
    users = [
        model.DatabaseUser(
            awsIAMType="NONE",
            databaseName="admin",
            groupId=call.project.id,
            labels=[],
            ldapAuthType="NONE",
            links=[call.documents.link(f"/groups/{call.project.id}/databaseUsers/admin/{name}")],
            oidcAuthType="NONE",
            roles=[model.DatabaseRole(databaseName="admin", roleName="readWriteAnyDatabase")],
            scopes=[],
            username=name,
            x509Type="NONE",
        )
        for name in names
    ]
    return model.DatabaseUserPage(**call.page(users))


def list_peers(call: Call) -> BaseModel:
    return model.NothingPage(**call.page([]))


def list_access_list(call: Call) -> BaseModel:
    return model.NothingPage(**call.page([]))


def list_teams(call: Call) -> BaseModel:
    return model.NothingPage(**call.page([]))


def list_users(call: Call) -> BaseModel:
    return model.NothingPage(**call.page([]))


def list_limits(call: Call) -> list[model.Limit]:
    """Two of them; their numbers: specification, setProjectLimit."""
    clusters, services = call.project.clusters.values(), call.project.services.values()
    regions = {service.region for service in services if service.interfaces}
    nodes = max((sum(one.nodes for one in clusters if region in one.regions) for region in regions), default=0)
    return [
        model.Limit(
            currentUsage=len(clusters),
            defaultLimit=25,
            maximumLimit=100,
            name="atlas.project.deployment.clusters",
            value=25,
        ),
        model.Limit(currentUsage=nodes, defaultLimit=50, maximumLimit=90, name=NODES_LIMIT, value=50),
    ]


def get_settings(_call: Call) -> BaseModel:
    """Those of a new project (source: tests of MongoDB's Kubernetes operator)."""
    return model.Settings(
        isCollectDatabaseSpecificsStatisticsEnabled=True,
        isDataExplorerEnabled=True,
        isExtendedStorageSizesEnabled=False,
        isPerformanceAdvisorEnabled=True,
        isRealtimePerformancePanelEnabled=True,
        isSchemaAdvisorEnabled=True,
    )


def get_addresses(call: Call) -> BaseModel:
    """No cluster of the lab has a public address."""
    clusters = [
        model.ClusterAddresses(clusterName=name, inbound=[], outbound=[])
        for name, cluster in call.project.clusters.items()
        if not is_flex(cluster)
    ]
    return model.Addresses(groupId=call.project.id, services=model.AddressesOfServices(clusters=clusters))


def get_managed_slow_ms(_call: Call) -> bool:
    return True


def get_process_arguments(call: Call) -> BaseModel:
    """The defaults of a new cluster (inferred from those that Terraform's provider shows)."""
    call.dedicated()
    both: dict[str, Any] = {
        "changeStreamOptionsPreAndPostImagesExpireAfterSeconds": None,
        "chunkMigrationConcurrency": None,
        "defaultWriteConcern": None,
        "javascriptEnabled": True,
        "minimumEnabledTlsProtocol": "TLS1_2",
        "noTableScan": False,
        "oplogMinRetentionHours": None,
        "oplogSizeMB": None,
        "sampleRefreshIntervalBIConnector": None,
        "sampleSizeBIConnector": None,
        "transactionLifetimeLimitSeconds": None,
    }
    if call.version == "2023-01-01":
        return model.OldProcessArguments.model_validate(
            {**both, "defaultReadConcern": None, "failIndexKeyTooLong": None}
        )
    own: dict[str, Any] = {
        "customOpensslCipherConfigTls12": [],
        "customOpensslCipherConfigTls13": [],
        "defaultMaxTimeMS": None,
        "queryStatsLogVerbosity": 1,
        "tlsCipherConfigMode": "DEFAULT",
    }
    return model.ProcessArguments.model_validate({**both, **own})


def get_auto_scaling(call: Call) -> BaseModel:
    """Cluster-wide is what the Atlas CLI makes by default (source: its documentation)."""
    call.dedicated()
    return model.AutoScaling(autoScalingMode="CLUSTER_WIDE_SCALING")


HANDLERS = (
    list_organizations,
    list_containers,
    list_all_containers,
    list_database_users,
    list_peers,
    list_access_list,
    list_teams,
    list_users,
    list_limits,
    get_settings,
    get_addresses,
    get_managed_slow_ms,
    get_process_arguments,
    get_auto_scaling,
)
