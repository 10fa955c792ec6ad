# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles in examples/rights, action by action: with one less, the module that needs it fails and names it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from tests.lab.arm_network import JOINS
from tests.lab.rights import Assignment, Role
from tests.lab.runtime import Lab
from tests.lab.world import Project, Timeline
from tests.support.asserts import assert_refused
from tests.support.azure import NETWORK, azure, path, signed_in, stored
from tests.support.modules import Run
from tests.tools.stage import CHECKOUT

FILES = CHECKOUT / "examples" / "rights" / "azure"

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
#: In the order of the steps that take them.
OPTIONAL = (
    "Microsoft.Resources/subscriptions/providers/read",
    "Microsoft.DocumentDB/register/action",
    "Microsoft.Features/providers/features/read",
    "Microsoft.Features/providers/features/register/action",
    "Microsoft.Network/applicationSecurityGroups/joinIpConfiguration/action",
    f"{NETWORKS}/subnets/read",
    *JOINS.values(),
    f"{NETWORKS}/delete",
)


@dataclass(frozen=True)
class Step:
    """A task of a job, and what it needs, in an order in which the lack of one does not hide the lack of another."""

    module: str
    options: dict[str, Any]
    actions: Sequence[str]


def role(name: str) -> Role:
    return Role.load(FILES / f"{name}.json")


def prove(
    lab: Lab, run: Run, allowed: Role, steps: Sequence[Step], scope: str = "", beside: Sequence[Assignment] = ()
) -> None:
    """Every action of the role is needed by a step, which fails without it; with all of them each step succeeds. The
    role is assigned to the scope (the subscription), `beside` others."""
    assert sorted(action for step in steps for action in step.actions) == sorted(allowed.actions)
    where = scope or f"/subscriptions/{lab.world.subscription_id}"
    for step in steps:
        for action in step.actions:
            lab.world.rights.assignments = [*beside, Assignment(allowed.without(action), where)]
            result = run(step.module, **step.options)
            to_whom = (
                f"az role assignment create --assignee {lab.world.client_id} --role <role> --scope /subscriptions/"
            )
            assert_refused(result, f"allows {action}: {to_whom}")
            assert result["error"]["http_status"] == 403
        lab.world.rights.assignments = [*beside, Assignment(allowed, where)]
        assert not run(step.module, **step.options).get("failed")
    lab.world.rights.assignments = None


def building(lab: Lab, target: str, zone: str, **how: Any) -> list[Step]:
    """Network, private endpoint, zone and link. The zone is started, and then read until it is there: so do roles."""
    subnets = [*NETWORK["subnets"], {"name": "more", "address_prefix": "127.20.2.0/24"}]
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


def looking(lab: Lab) -> list[Step]:
    """What a verification reads of the endpoint and of names, and a teardown first."""
    zones = [f"{ZONES}/read", f"{LINKS}/read", f"{ZONES}/ALL/read"]
    return [
        Step("azure_private_endpoint_info", signed_in(lab), [f"{ENDPOINTS}/read", INTERFACES]),
        Step("azure_private_dns_zone_info", signed_in(lab, record_sets=True), zones),
    ]


def removing(lab: Lab, zone: str) -> list[Step]:
    gone = azure(lab, name=zone, state="absent")
    return [
        Step("azure_private_dns_zone", gone, [f"{LINKS}/delete", f"{ZONES}/delete", DNS_OPERATIONS]),
        Step("azure_private_endpoint", azure(lab, name="pe-app", state="absent"), [f"{ENDPOINTS}/delete", OPERATIONS]),
    ]


def test_roles_for_atlas(lab: Lab, run: Run, project: Project) -> None:
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


def test_roles_for_documentdb(lab: Lab, run: Run) -> None:
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


def test_roles_that_other_teams_grant(lab: Lab, run: Run, project: Project) -> None:
    """The network is in one resource group, the zone in another; only the endpoint is in ours."""
    (cluster,) = lab.world.mongo_clusters.values()
    for group in ("rg-hub", "rg-dns"):
        lab.world.add_resource_group(group, "eastus2")
    network = run("azure_virtual_network", **{**azure(lab, **NETWORK), "resource_group": "rg-hub"})["virtual_network"]
    link = {"virtual_network_id": network["id"]}
    zone = run("azure_private_dns_zone", **{**azure(lab, name=CLUSTER_ZONE, links=[link]), "resource_group": "rg-dns"})
    zone_id = zone["private_dns_zone"]["id"]
    ours = f"/subscriptions/{lab.world.subscription_id}/resourceGroups/rg-app"

    seen = {**azure(lab, name="vnet-app", subnets=[{"name": "endpoints"}]), "resource_group": "rg-hub"}
    target = {"private_link_service_id": cluster.id, "group_ids": ["MongoCluster"], "manual_request": False}
    subnet = {"location": "eastus2", "subnet_id": network["subnets"][0]["id"]}
    joining = [
        Step("azure_virtual_network", seen, [f"{NETWORKS}/read"]),
        Step("azure_private_endpoint", azure(lab, name="pe-app", **subnet, **target), [JOIN_SUBNET]),
        Step("azure_private_dns_zone", azure(lab, name=ATLAS_ZONE, links=[link], wait=False), [JOIN_NETWORK]),
    ]
    beside = [Assignment(role("documentdb-apply"), ours)]
    prove(lab, run, role("others-network"), joining, network["id"], beside)

    looked = signed_in(lab, resource_group="rg-dns", name=CLUSTER_ZONE, record_sets=True)
    bound = azure(lab, private_endpoint="pe-app", zones=[{"zone_id": zone_id}])
    binding = [
        Step("azure_private_dns_zone_info", looked, [f"{ZONES}/read", f"{LINKS}/read", f"{ZONES}/ALL/read"]),
        Step("azure_private_dns_zone_group", bound, [f"{ZONES}/join/action"]),
    ]
    prove(lab, run, role("others-zone"), binding, zone_id, beside)


def test_rights_that_only_some_options_need(lab: Lab, run: Run) -> None:
    """What has to be asked for, or stands only where others put something. The guide lists it; no role has it."""
    (cluster,) = lab.world.mongo_clusters.values()
    place = f"/subscriptions/{lab.world.subscription_id}/resourceGroups/rg-app/providers/Microsoft.Network"
    target = {"private_link_service_id": cluster.id, "group_ids": ["MongoCluster"], "manual_request": False}
    endpoint = azure(lab, name="pe-app", virtual_network="vnet-app", subnet="endpoints", location="eastus2", **target)
    run("azure_virtual_network", **azure(lab, **NETWORK))
    run("azure_virtual_network", **azure(lab, **{**NETWORK, "name": "vnet-spare"}))
    run("azure_private_endpoint", **endpoint)
    lab.world.providers["Microsoft.DocumentDB"].set("NotRegistered")
    lab.world.features["Microsoft.DocumentDB/Preview"] = Timeline(lab.world.clock, "NotRegistered")
    kept = {name: {"id": lab.world.add_other(f"{place}/{name}s/shared")["id"]} for name in JOINS}
    lab.world.add_other(f"{place}/applicationSecurityGroups/app")
    stored(lab, "virtualNetworks", "vnet-app", "subnets", "endpoints")["properties"].update(kept)

    provider = {**signed_in(lab), "namespace": "Microsoft.DocumentDB", "wait_delay": 0.05}
    grouped = {**endpoint, "application_security_groups": [f"{place}/applicationSecurityGroups/app"]}
    filtered = azure(
        lab, name="vnet-app", subnets=[{"name": "endpoints", "private_endpoint_network_policies": "Enabled"}]
    )
    steps = [
        Step("azure_provider_feature", provider, OPTIONAL[:2]),
        Step("azure_provider_feature", {**provider, "feature": "Preview"}, OPTIONAL[2:4]),
        Step("azure_private_endpoint", grouped, OPTIONAL[4:5]),
        Step("azure_virtual_network", filtered, OPTIONAL[5:9]),
        Step("azure_virtual_network", azure(lab, name="vnet-spare", state="absent"), OPTIONAL[9:]),
    ]
    beside = [Assignment(role("documentdb-apply"), f"/subscriptions/{lab.world.subscription_id}")]
    prove(lab, run, Role("options", OPTIONAL), steps, beside=beside)


def test_the_guide_names_exactly_these_rights() -> None:
    """Its tables have a row for each action, with the roles that have it."""
    guide = (CHECKOUT / "docs" / "docsite" / "rst" / "least_privilege.rst").read_text()
    told = dict(re.findall(r"^   \* - ``(Microsoft[^`]+)``\n     - (.+)$", guide, re.MULTILINE))
    having: dict[str, list[str]] = {action: [] for action in OPTIONAL}
    for file in sorted(FILES.glob("*.json")):
        for action in role(file.stem).actions:
            having.setdefault(action, []).append(f"``{file.stem}``")
    assert {action: names for action, names in told.items() if action not in OPTIONAL} == {
        action: ", ".join(names) for action, names in having.items() if names
    }
    assert told.keys() == having.keys()


def test_roles_in_atlas(lab: Lab, run: Run, project: Project) -> None:
    """A role too little is named, with who lacks it; the roles of the examples are enough."""
    roles = yaml.safe_load((FILES.parent / "atlas.yml").read_text())
    key = next(one for one in lab.world.credentials.values() if one.kind == "key")
    service = {"project_id": project.id, "region": "eastus2", "wait_delay": 0.05, **lab.atlas_options()}
    read = {"project_id": project.id, **lab.atlas_options()}

    key.roles = {}
    assert_refused(run("atlas_project_info", **read), f"API key {key.id}", "Project Read Only (GROUP_READ_ONLY)")
    key.roles = {project.id: roles["verify"]}
    assert not run("atlas_project_info", **read).get("failed")
    for state in ("present", "absent"):
        key.roles = {project.id: roles["verify"]}
        refused = run("atlas_endpoint_service", **service, state=state)
        assert_refused(refused, f"Give the API key {key.id} the role Project Owner (GROUP_OWNER) in the project.")
        key.roles = {project.id: roles["apply" if state == "present" else "teardown"]}
        assert run("atlas_endpoint_service", **service, state=state)["changed"]
