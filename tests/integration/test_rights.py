# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Azure roles in examples/rights, action by action: with one less, the module that needs it fails and names it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.integration.azure_helpers import NETWORK, assert_refused, azure, path, signed_in
from tests.lab.rights import Role
from tests.tools.stage import CHECKOUT

ATLAS_ZONE, CLUSTER_ZONE = "ab123.mongodb.net", "privatelink.mongocluster.cosmos.azure.com"
ENDPOINTS, NETWORKS = "Microsoft.Network/privateEndpoints", "Microsoft.Network/virtualNetworks"
ZONES, CLUSTERS = "Microsoft.Network/privateDnsZones", "Microsoft.DocumentDB/mongoClusters"
GROUPS, LINKS, CONNECTIONS = (
    f"{ENDPOINTS}/privateDnsZoneGroups",
    f"{ZONES}/virtualNetworkLinks",
    f"{CLUSTERS}/privateEndpointConnections",
)
APPROVAL = f"{CLUSTERS}/PrivateEndpointConnectionsApproval/action"
JOIN_NETWORK, JOIN_SUBNET = f"{NETWORKS}/join/action", f"{NETWORKS}/subnets/join/action"
INTERFACES = "Microsoft.Network/networkInterfaces/read"
OPERATIONS = "Microsoft.Network/locations/operations/read"
DNS_OPERATIONS = "Microsoft.Network/privateDnsOperationStatuses/read"
RECORDS = [
    {"name": "@", "type": "A", "values": ["127.20.1.4"]},
    {"name": "_mongodb._tcp", "type": "SRV", "values": ["0 0 1024 pl-0.ab123.mongodb.net"]},
    {"name": "@", "type": "TXT", "values": ["authSource=admin"]},
]
KINDS = ("A", "SRV", "TXT")


@dataclass(frozen=True)
class Step:
    """A task of a job, and what it needs, in an order in which the lack of one does not hide the lack of another."""

    module: str
    options: dict[str, Any]
    actions: Sequence[str]


def role(name: str) -> Role:
    return Role.load(CHECKOUT / "examples" / "rights" / "azure" / f"{name}.json")


def prove(lab: Any, run: Any, allowed: Role, steps: Sequence[Step]) -> None:
    """Every action of the role is needed by a step, which fails without it; with all of them each step succeeds."""
    assert sorted(action for step in steps for action in step.actions) == sorted(allowed.actions)
    rights, subscription = lab.world.rights, f"/subscriptions/{lab.world.subscription_id}"
    for step in steps:
        for action in step.actions:
            rights.give([allowed.without(action)], subscription)
            result = run(step.module, **step.options)
            assert_refused(result, f"allows {action}:", f"--assignee {lab.world.client_id}", f"--scope {subscription}")
            assert result["error"]["http_status"] == 403
        rights.give([allowed], subscription)
        assert not run(step.module, **step.options).get("failed")
    rights.give([], subscription)


def building(lab: Any, target: str, zone: str, **how: Any) -> list[Step]:
    """Network, private endpoint, zone and link. The zone is started, and then read until it is there: so do roles."""
    subnets = [*NETWORK["subnets"], {"name": "more", "address_prefix": "127.20.2.0/24"}]  # type: ignore[misc]
    place = {"virtual_network": "vnet-app", "subnet": "endpoints", "private_link_service_id": target}
    joining = [JOIN_SUBNET] if how["manual_request"] else [APPROVAL, JOIN_SUBNET]
    started = azure(lab, name=zone, wait=False)
    linked = {**started, "links": [{"virtual_network_id": path(lab, "virtualNetworks", "vnet-app")}]}
    return [
        Step("azure_virtual_network", azure(lab, **NETWORK), [f"{NETWORKS}/read", f"{NETWORKS}/write", OPERATIONS]),
        Step("azure_virtual_network", azure(lab, **{**NETWORK, "subnets": subnets}), [f"{NETWORKS}/subnets/write"]),
        Step(
            "azure_private_endpoint",
            azure(lab, name="pe-app", location="eastus2", **place, **how),
            [f"{ENDPOINTS}/read", f"{ENDPOINTS}/write", *joining, INTERFACES],
        ),
        Step("azure_private_dns_zone", started, [f"{ZONES}/read", f"{ZONES}/write", f"{LINKS}/read"]),
        Step("azure_private_dns_zone", linked, [JOIN_NETWORK, f"{LINKS}/write"]),
    ]


def looking(lab: Any) -> list[Step]:
    """What a verification reads of the endpoint and of names, and a teardown first."""
    zones = [f"{ZONES}/read", f"{LINKS}/read", f"{ZONES}/ALL/read"]
    return [
        Step("azure_private_endpoint_info", signed_in(lab), [f"{ENDPOINTS}/read", INTERFACES]),
        Step("azure_private_dns_zone_info", signed_in(lab, record_sets=True), zones),
    ]


def removing(lab: Any, zone: str) -> list[Step]:
    gone = azure(lab, name=zone, state="absent")
    return [
        Step("azure_private_dns_zone", gone, [f"{LINKS}/delete", f"{ZONES}/delete", DNS_OPERATIONS]),
        Step("azure_private_endpoint", azure(lab, name="pe-app", state="absent"), [f"{ENDPOINTS}/delete", OPERATIONS]),
    ]


def test_roles_for_atlas(lab: Any, run: Any, project: Any) -> None:
    target = lab.world.add_service(project, "US_EAST_2").pls_id
    records = azure(lab, zone=ATLAS_ZONE, records=RECORDS)
    written = [f"{ZONES}/ALL/read", *(f"{ZONES}/{kind}/write" for kind in KINDS)]
    writing = Step("azure_private_dns_records", records, written)
    purging = Step(
        "azure_private_dns_records",
        {**records, "records": [], "purge": True},
        [f"{ZONES}/{kind}/delete" for kind in KINDS],
    )
    prove(lab, run, role("atlas-apply"), [*building(lab, target, ATLAS_ZONE, manual_request=True), writing])
    prove(lab, run, role("atlas-verify"), looking(lab))
    prove(lab, run, role("atlas-teardown"), [*looking(lab), purging, *removing(lab, ATLAS_ZONE)])


def test_roles_for_documentdb(lab: Any, run: Any) -> None:
    (cluster,) = lab.world.mongo_clusters.values()
    zone_id = path(lab, "privateDnsZones", CLUSTER_ZONE)
    bound = azure(lab, private_endpoint="pe-app", zones=[{"zone_id": zone_id}])
    cluster_look = Step("azure_mongo_cluster_info", signed_in(lab, resource_group="rg-app"), [f"{CLUSTERS}/read"])
    offer = Step(
        "azure_private_link_resource_info",
        signed_in(lab, resource_id=cluster.id),
        [f"{CLUSTERS}/privateLinkResources/read"],
    )
    made = building(lab, cluster.id, CLUSTER_ZONE, manual_request=False, group_ids=["MongoCluster"])
    joined = f"{ZONES}/join/action"
    binding = Step("azure_private_dns_zone_group", bound, [f"{GROUPS}/read", joined, f"{GROUPS}/write"])
    records = Step("azure_private_dns_zone_info", signed_in(lab, record_sets=True), [f"{ZONES}/ALL/read"])
    prove(lab, run, role("documentdb-apply"), [cluster_look, offer, *made, binding, records])

    about = signed_in(lab, resource_group="rg-app", private_endpoint="pe-app")
    group = Step("azure_private_dns_zone_group_info", about, [f"{GROUPS}/read"])
    prove(lab, run, role("documentdb-verify"), [cluster_look, offer, *looking(lab), group])

    decided = {"resource_id": cluster.id, "private_endpoint_id": path(lab, "privateEndpoints", "pe-app")}
    decision = {**signed_in(lab), **decided, "description": "Ticket 4711", "wait_delay": 0.05, "wait_timeout": 20}
    connection = [f"{CONNECTIONS}/read", f"{CONNECTIONS}/write", APPROVAL]
    shut = azure(lab, name=cluster.name, public_network_access="Disabled")
    owning = [
        Step("azure_private_endpoint_connection", decision, connection),
        Step("azure_mongo_cluster", shut, [f"{CLUSTERS}/read", f"{CLUSTERS}/write"]),
    ]
    prove(lab, run, role("documentdb-owner"), owning)

    unbound = azure(lab, private_endpoint="pe-app", state="absent")
    unbinding = Step("azure_private_dns_zone_group", unbound, [f"{GROUPS}/delete"])
    leaving = [*looking(lab), group, cluster_look, unbinding, *removing(lab, CLUSTER_ZONE)]
    prove(lab, run, role("documentdb-teardown"), leaving)
