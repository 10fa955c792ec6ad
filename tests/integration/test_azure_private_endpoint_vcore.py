# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private endpoints of vCore clusters, and what their owners decide about them, through the lab."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from tests.lab.mongo_cluster import MongoCluster
from tests.lab.runtime import Lab
from tests.lab.world import Project, Timeline
from tests.support.asserts import assert_predicted, assert_refused, assert_unchanged, writes
from tests.support.azure import NETWORK, azure, path, signed_in
from tests.support.modules import Run

MODULE, INFO, DECISION = "azure_private_endpoint", "azure_private_endpoint_info", "azure_private_endpoint_connection"
SERVER_ASSIGNED = ("ip_address", "ip_addresses", "network_interface_id", "network_interface_name")
APPROVAL = "Microsoft.DocumentDB/mongoClusters/PrivateEndpointConnectionsApproval/action"


@pytest.fixture
def cluster(lab: Lab, run: Run) -> MongoCluster:
    """The seeded cluster, and a network of ours."""
    run("azure_virtual_network", **azure(lab, **NETWORK))
    return next(iter(lab.world.mongo_clusters.values()))


@pytest.fixture
def options(lab: Lab, cluster: MongoCluster) -> dict[str, Any]:
    """An endpoint that is approved at once."""
    return azure(
        lab,
        name="pe-orders",
        virtual_network="vnet-app",
        subnet="endpoints",
        private_link_service_id=cluster.id,
        group_ids=["MongoCluster"],
        manual_request=False,
    )


@pytest.fixture
def requested(options: dict[str, Any]) -> dict[str, Any]:
    """One that has to be approved."""
    return {**options, "manual_request": True, "request_message": "Orders team, ticket 4711"}


def decision(lab: Lab, cluster: MongoCluster, **more: Any) -> dict[str, Any]:
    """Options to decide on the endpoint."""
    about = {"resource_id": cluster.id, "private_endpoint_id": path(lab, "privateEndpoints", "pe-orders")}
    return {**lab.azure_options(), "wait_delay": 0.05, "wait_timeout": 20, **about, **more}


def member(cluster: MongoCluster, address: str) -> list[dict[str, str]]:
    return [{"private_ip_address": address, "group_id": "MongoCluster", "member_name": cluster.member}]


# -- the endpoint --------------------------------------------------------------------------------------------------


def test_automatic_approval(lab: Lab, run: Run, cluster: MongoCluster, options: dict[str, Any]) -> None:
    predicted = run(MODULE, check_mode=True, **options, wait_for="approved")
    created = run(MODULE, **options, wait_for="approved")
    assert_predicted(predicted, created, *SERVER_ASSIGNED, "connection_description")
    endpoint = created["private_endpoint"]
    assert endpoint["connection_state"] == "Approved" and endpoint["manual_request"] is False
    assert endpoint["connection_name"] == cluster.name and endpoint["group_ids"] == ["MongoCluster"]
    assert endpoint["ip_addresses"] == [
        {
            "ip_address": "127.20.1.4",
            "group_id": "MongoCluster",
            "member_name": cluster.member,
            "fqdns": list(cluster.hosts),
        }
    ]
    assert_unchanged(lab, run(MODULE, **{**options, "group_ids": ["mongocluster"]}), writes(lab))
    assert run(MODULE, **azure(lab, name="pe-orders", state="absent"))["changed"]
    assert cluster.connections == {}


def test_everything_chosen(lab: Lab, run: Run, cluster: MongoCluster, requested: dict[str, Any]) -> None:
    groups = [lab.world.add_other(path(lab, "applicationSecurityGroups", "asg-db"))["id"]]
    chosen = {
        **requested,
        "ip_configurations": member(cluster, "127.20.1.77"),
        "network_interface_name": "nic-orders",
        "connection_name": "to-orders",
        "application_security_groups": groups,
        "tags": {"owner": "orders"},
    }
    predicted = run(MODULE, check_mode=True, **chosen)
    created = run(MODULE, **chosen)
    assert_predicted(predicted, created, "ip_addresses")  # their names are the cluster's
    endpoint = created["private_endpoint"]
    assert endpoint["connection_state"] == "Pending"
    assert endpoint["connection_description"] == "Orders team, ticket 4711"
    assert endpoint["network_interface_name"] == "nic-orders" and endpoint["ip_address"] == "127.20.1.77"
    assert endpoint["application_security_groups"] == groups and endpoint["tags"]["owner"] == "orders"
    assert_unchanged(lab, run(MODULE, **chosen), writes(lab))
    # One that is there may be named by its address alone.
    only = {**requested, "private_ip_address": "127.20.1.77"}
    assert_unchanged(lab, run(MODULE, **only), writes(lab))


@pytest.mark.parametrize(
    ("field", "value"),
    [("manual_request", True), ("group_ids", ["Other"]), ("network_interface_name", "nic"), ("connection_name", "c")],
)
def test_drift(lab: Lab, run: Run, options: dict[str, Any], field: str, value: Any) -> None:
    run(MODULE, **options)
    done = writes(lab)
    for check_mode in (True, False):
        assert_refused(run(MODULE, check_mode=check_mode, **{**options, field: value}), field, "recreate=true")
    assert writes(lab) == done


def test_an_address_is_moved_by_a_new_endpoint(
    lab: Lab, run: Run, cluster: MongoCluster, options: dict[str, Any]
) -> None:
    run(MODULE, **options)
    moved = {**options, "ip_configurations": member(cluster, "127.20.1.99")}
    assert_refused(run(MODULE, **moved), "private_ip_address", "recreate=true")
    again = run(MODULE, **moved, recreate=True)
    assert again["changed"] and again["private_endpoint"]["ip_address"] == "127.20.1.99"
    assert again["private_endpoint"]["connection_state"] == "Approved"

    # Nothing is deleted for what Azure would then refuse.
    done = writes(lab)
    nameless = azure(lab, name="pe-orders", private_ip_address="127.20.1.100", recreate=True)
    for check_mode in (True, False):
        assert_refused(run(MODULE, check_mode=check_mode, **nameless), "member_name", "required_members")
    assert writes(lab) == done


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"group_ids": None}, ["group Id", "MongoCluster", "azure_private_link_resource_info"]),
        ({"group_ids": ["Sql"]}, ["GroupId: Sql", "Correct group_ids"]),
        ({"private_ip_address": "127.20.1.9"}, ["private_ip_address", "MongoCluster", "ip_configurations"]),
        (
            {
                "ip_configurations": [
                    {"private_ip_address": "127.20.1.9", "group_id": "MongoCluster", "member_name": "x"}
                ]
            },
            ["missing these membernames", "required_members"],
        ),
    ],
    ids=["no group", "wrong group", "no member", "wrong member"],
)
def test_bad_input(lab: Lab, run: Run, options: dict[str, Any], wrong: dict[str, Any], words: list[str]) -> None:
    assert_refused(run(MODULE, **{**options, **wrong}), *words)
    assert lab.world.of_type("Microsoft.Network/privateEndpoints") == []


def test_no_right_to_approve(lab: Lab, run: Run, options: dict[str, Any], requested: dict[str, Any]) -> None:
    lab.world.rights.denied.add(APPROVAL)
    where = f"--scope {options['private_link_service_id']}"
    assert_refused(run(MODULE, **options), "manual_request=true", "Or: Give the signed-in identity a role", where)
    assert run(MODULE, **requested)["private_endpoint"]["connection_state"] == "Pending"


def test_view_private_endpoints(
    lab: Lab, run: Run, project: Project, cluster: MongoCluster, options: dict[str, Any], requested: dict[str, Any]
) -> None:
    service = lab.world.add_service(project, "US_EAST_2")
    atlas = {name: value for name, value in options.items() if name not in ("group_ids", "manual_request")}
    run(MODULE, **{**atlas, "name": "pe-atlas", "private_link_service_id": service.pls_id})
    run(MODULE, **options)
    run(MODULE, **{**requested, "name": "pe-waiting"})
    everybody = run(INFO, **signed_in(lab))["private_endpoints"]
    assert run(INFO, **signed_in(lab, resource_group="rg-app"))["private_endpoints"] == everybody
    assert [(one["name"], one["connection_state"], one["ip_address"]) for one in everybody] == [
        ("pe-atlas", "Pending", "127.20.1.4"),
        ("pe-orders", "Approved", "127.20.1.5"),
        ("pe-waiting", "Pending", "127.20.1.6"),
    ]
    mine = run(INFO, **signed_in(lab, target=cluster.id.upper()))["private_endpoints"]
    assert [one["name"] for one in mine] == ["pe-orders", "pe-waiting"]
    assert mine == [one for one in everybody if one["target"] == cluster.id]
    assert_refused(run(INFO, **signed_in(lab, target="mongo0")), "target", "resource id or an alias")


# -- the decision --------------------------------------------------------------------------------------------------


def test_approval(lab: Lab, run: Run, cluster: MongoCluster, requested: dict[str, Any]) -> None:
    endpoint = run(MODULE, **requested)["private_endpoint"]
    decided = decision(lab, cluster, description="Approved in ticket 4711")
    done = writes(lab)
    predicted = run(DECISION, check_mode=True, **decided)
    assert writes(lab) == done
    approved = run(DECISION, **decided)
    assert_predicted(predicted, approved)
    connection = approved["private_endpoint_connection"]
    assert connection["status"] == "Approved" and connection["private_endpoint_id"] == endpoint["id"]
    assert approved["diff"]["before"]["status"] == "Pending"
    assert approved["diff"]["before"]["description"] == "Orders team, ticket 4711"
    (written,) = writes(lab)[len(done) :]
    assert written == f"PUT {connection['id']}"

    seen = run(INFO, **azure(lab, name="pe-orders", wait_for="approved"))["private_endpoints"][0]
    assert (seen["connection_state"], seen["connection_description"]) == ("Approved", "Approved in ticket 4711")
    done = writes(lab)
    shouted = {**decided, "private_endpoint_id": endpoint["id"].upper(), "resource_id": cluster.id.upper()}
    for again in (decided, decision(lab, cluster), {**shouted, "api_version": "2025-09-01"}):
        assert_unchanged(lab, run(DECISION, **again), done)
    assert run(DECISION, **decision(lab, cluster, description="By hand"))["changed"]
    assert cluster.connections[endpoint["id"].lower()].description == "By hand"


def test_automatic_approval_needs_no_decision(
    lab: Lab, run: Run, cluster: MongoCluster, options: dict[str, Any]
) -> None:
    run(MODULE, **options)
    assert_unchanged(lab, run(DECISION, **decision(lab, cluster)), writes(lab))


def test_rejection_is_for_good(lab: Lab, run: Run, cluster: MongoCluster, requested: dict[str, Any]) -> None:
    run(MODULE, **requested)
    rejected = run(DECISION, **decision(lab, cluster, state="rejected"))
    assert rejected["private_endpoint_connection"]["status"] == "Rejected"
    assert rejected["private_endpoint_connection"]["description"] == "Rejected with Ansible (privatelink.mongodb)."
    done = writes(lab)
    assert_unchanged(lab, run(DECISION, **decision(lab, cluster, state="rejected")), done)
    for check_mode in (True, False):
        refused = run(DECISION, check_mode=check_mode, **decision(lab, cluster))
        assert_refused(refused, "'Rejected'", "'Approved'", "recreate=true")
        assert_refused(run(MODULE, check_mode=check_mode, **requested), "Rejected", "recreate=true")
    assert writes(lab) == done
    assert run(MODULE, **requested, recreate=True)["private_endpoint"]["connection_state"] == "Pending"
    assert run(DECISION, **decision(lab, cluster))["private_endpoint_connection"]["status"] == "Approved"


def test_removal(lab: Lab, run: Run, cluster: MongoCluster, options: dict[str, Any]) -> None:
    run(MODULE, **options)
    gone = decision(lab, cluster, state="absent")
    done = writes(lab)
    assert run(DECISION, check_mode=True, **gone)["changed"] and writes(lab) == done
    assert run(DECISION, **gone)["changed"] and cluster.connections == {}
    assert_unchanged(lab, run(DECISION, **gone), writes(lab))
    assert_refused(run(MODULE, **options), "Disconnected", "recreate=true")
    nowhere = {**gone, "resource_id": f"{cluster.id}-gone"}
    assert_unchanged(lab, run(DECISION, **nowhere), writes(lab))


def test_a_connection_that_comes_late(lab: Lab, run: Run, cluster: MongoCluster, requested: dict[str, Any]) -> None:
    lab.world.pace = replace(lab.world.pace, private_endpoint=1.0)
    run(MODULE, **requested, wait=False)
    early = run(DECISION, **decision(lab, cluster, wait=False))
    assert_refused(early, "no private endpoint connection", "does not list it")
    assert run(DECISION, check_mode=True, **decision(lab, cluster))["changed"]
    assert run(DECISION, **decision(lab, cluster))["private_endpoint_connection"]["status"] == "Approved"


def test_waits_until_the_decision_is_carried_out(
    lab: Lab, run: Run, cluster: MongoCluster, requested: dict[str, Any]
) -> None:
    run(MODULE, **requested)
    lab.world.pace = replace(lab.world.pace, mongo_cluster=0.5)
    begun = run(DECISION, **decision(lab, cluster, wait=False))["private_endpoint_connection"]
    assert begun["provisioning_state"] == "Creating"
    ended = run(DECISION, **decision(lab, cluster))
    assert ended["changed"] is False
    assert ended["private_endpoint_connection"]["provisioning_state"] == "Succeeded"
    lab.world.timelines[begun["id"].lower()] = Timeline(lab.world.clock, "Failed")
    assert run(DECISION, **decision(lab, cluster))["changed"]


def test_lost_answers(lab: Lab, run: Run, cluster: MongoCluster, requested: dict[str, Any]) -> None:
    run(MODULE, **requested)
    lab.traffic.inject("cut", cloud="azure", method="PUT", path="privateEndpointConnections")
    done = len(writes(lab))
    assert run(DECISION, **decision(lab, cluster))["changed"]
    assert len(writes(lab)) == done + 1


def test_wrong_ids(lab: Lab, run: Run, cluster: MongoCluster, options: dict[str, Any]) -> None:
    run(MODULE, **options)
    other = lab.world.add_mongo_cluster("mongo1", "rg-app", "eastus2")
    done = writes(lab)
    later = decision(lab, cluster, private_endpoint_id=path(lab, "privateEndpoints", "later"))
    assert run(DECISION, check_mode=True, **later)["private_endpoint_connection"]["status"] == "Approved"
    for wrong, words in (
        ({"private_endpoint_id": path(lab, "privateEndpoints", "none")}, ["no private endpoint", "Create it first"]),
        ({"resource_id": other.id}, ["connects to", cluster.id, "Correct resource_id"]),
        ({"resource_id": f"{cluster.id}-none"}, ["could not be found", "Create it first"]),
        ({"resource_id": "mongo0"}, ["resource_id", "id of an Azure resource"]),
        ({"resource_id": ".example/x", "api_version": "2024-07-01"}, ["resource_id", "id of an Azure resource"]),
        ({"private_endpoint_id": cluster.id}, ["private_endpoint_id", "privateEndpoints"]),
        ({"api_version": "new"}, ["api_version", "2024-07-01"]),
    ):
        assert_refused(run(DECISION, **decision(lab, cluster, **wrong)), *words)
    assert writes(lab) == done
    lab.world.rights.denied.add("Microsoft.DocumentDB/mongoClusters/privateEndpointConnections/read")
    assert_refused(run(DECISION, **decision(lab, cluster)), "Give the signed-in identity")


def test_endpoints_of_another_subscription(lab: Lab, run: Run, cluster: MongoCluster) -> None:
    """Theirs cannot be looked at, so it is waited for."""
    theirs = path(lab, "privateEndpoints", "pe").replace(lab.world.subscription_id, str(uuid.uuid4()))
    refused = run(DECISION, **decision(lab, cluster, private_endpoint_id=theirs, wait_timeout=1))
    assert_refused(refused, "does not list it", "still busy")


def test_connections_of_others_stay(lab: Lab, run: Run, cluster: MongoCluster, requested: dict[str, Any]) -> None:
    run(MODULE, **requested)
    run(MODULE, **{**requested, "name": "pe-other"})
    run(DECISION, **decision(lab, cluster))
    assert [one.status for one in cluster.connections.values()] == ["Approved", "Pending"]
    run(DECISION, **decision(lab, cluster, state="absent"))
    assert [one.status for one in cluster.connections.values()] == ["Pending"]
