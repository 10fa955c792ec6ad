# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster as the Atlas Administration API shows it under older dates, for which the Atlas CLI and older SDKs ask.

Which fields there are is in the specification; what is derived from a cluster of several regions is inferred.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.lab.atlas_base import Page
from tests.lab.atlas_cluster_model import (
    AdvancedCluster,
    AdvancedClusterPage,
    AnyCluster,
    Cluster,
    ClusterPage,
    LegacyCluster,
    LegacyClusterPage,
)


def _parts(cluster: Cluster) -> tuple[dict[str, Any], dict[str, Any], float]:
    """What has stayed as it was, the replication spec without disks, and the size of the disks."""
    body = cluster.model_dump(exclude_unset=True)
    del body["internalClusterRole"], body["redactClientLogData"]
    (spec,) = body.pop("replicationSpecs")
    sizes = [region["electableSpecs"].pop("diskSizeGB") for region in spec["regionConfigs"]]
    return body, {"numShards": 1, **spec}, sizes[0]


def advanced(cluster: Cluster) -> AdvancedCluster:
    """As of 2023-02-01."""
    body, spec, size = _parts(cluster)
    return AdvancedCluster.model_validate({**body, "diskSizeGB": size, "replicationSpecs": [spec]})


def legacy(cluster: Cluster) -> LegacyCluster:
    """As of 2023-01-01."""
    body, spec, size = _parts(cluster)
    first = spec["regionConfigs"][0]
    nodes = {one["regionName"]: one["electableSpecs"].get("nodeCount", 3) for one in spec["regionConfigs"]}
    settings = {
        "instanceSizeName": first["electableSpecs"]["instanceSize"],
        **{name: first[name] for name in ("backingProviderName", "providerName", "regionName") if name in first},
    }
    regions = {
        one["regionName"]: {
            "analyticsNodes": 0,
            "electableNodes": nodes[one["regionName"]],
            "priority": one["priority"],
            "readOnlyNodes": 0,
        }
        for one in spec["regionConfigs"]
    }
    standard = body["connectionStrings"]["standard"]
    own = {"id": spec["id"], "numShards": 1, "regionsConfig": regions, "zoneName": spec["zoneName"]}
    return LegacyCluster.model_validate(
        {
            **body,
            **({} if first["providerName"] == "TENANT" else {"diskSizeGB": size}),
            "mongoURI": standard.partition("/?")[0],
            "mongoURIUpdated": body["createDate"],
            "mongoURIWithOptions": standard,
            "numShards": 1,
            "providerBackupEnabled": body["backupEnabled"],
            "providerSettings": settings,
            "replicationFactor": sum(nodes.values()),
            "replicationSpecs": [own],
            "srvAddress": body["connectionStrings"]["standardSrv"],
        }
    )


CONVERT: dict[str, Callable[[Cluster], AnyCluster]] = {"2023-01-01": legacy, "2023-02-01": advanced}
PAGES: dict[str, type[Page]] = {"2023-01-01": LegacyClusterPage, "2023-02-01": AdvancedClusterPage}


def cluster(document: Cluster, version: str) -> AnyCluster:
    """The cluster under a date."""
    return CONVERT[version](document) if version in CONVERT else document


def page(version: str) -> type[Page]:
    """The page of clusters under a date."""
    return PAGES.get(version, ClusterPage)
