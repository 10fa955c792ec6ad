# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Azure: clusters of Azure DocumentDB, their connections, and private endpoints to them."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from tests.lab.mongo_cluster import MongoCluster
from tests.lab_tests.azure_server import (
    GROUP,
    REGION,
    Azure,
    code,
    endpoint_refusal,
    interface_of,
    problem,
    put_endpoint,
    settle,
    settled_network,
)

DISABLED = {"properties": {"publicNetworkAccess": "Disabled"}}
APPROVAL = "Microsoft.DocumentDB/mongoClusters/PrivateEndpointConnectionsApproval/action"
VERSION = "2025-09-01"


@pytest.fixture
def cluster(azure: Azure) -> MongoCluster:
    return azure.world.add_mongo_cluster("orders", GROUP, REGION, tags={"team": "shop"})


@pytest.fixture
def subnet(azure: Azure) -> str:
    return azure.add_network()


def body_for(azure: Azure, subnet: str, cluster: MongoCluster, manual: bool = False, **properties: Any) -> Any:
    """The body of a private endpoint to a cluster."""
    return azure.endpoint(subnet, cluster.id, manual, "MongoCluster", **properties)


def address_config(azure: Azure, endpoint: Any) -> Any:
    return interface_of(azure, endpoint)["properties"]["ipConfigurations"][0]["properties"]


def endpoint_state(azure: Azure, name: str = "pe") -> tuple[str, str]:
    """(status, description) as the endpoint's side has it."""
    properties = azure.network.private_endpoints.get(GROUP, name)["properties"]
    arrays = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
    found = next(item for array in arrays for item in properties[array])["properties"]
    state = found["privateLinkServiceConnectionState"]
    return state["status"], state["description"]


def connections(azure: Azure) -> list[Any]:
    return list(azure.mongo.private_endpoint_connections.list_by_mongo_cluster(GROUP, "orders"))


def states(azure: Azure) -> list[tuple[str, str]]:
    """(status, description) of each connection as the cluster's side has it."""
    found = [one.properties.private_link_service_connection_state for one in connections(azure)]
    return [(state.status, state.description) for state in found]


def decide(azure: Azure, status: str, description: str) -> Any:
    name = connections(azure)[0].name
    wanted = {"properties": {"privateLinkServiceConnectionState": {"status": status, "description": description}}}
    return azure.mongo.private_endpoint_connections.begin_create(GROUP, "orders", name, wanted).result()


# -- the cluster ---------------------------------------------------------------------------------------------------


def test_a_cluster_is_shown_alone_in_its_group_and_in_the_subscription(azure: Azure, cluster: MongoCluster) -> None:
    azure.world.add_resource_group("rg-other", REGION)
    azure.world.add_mongo_cluster("second", "rg-other", REGION)
    clusters = azure.mongo.mongo_clusters
    shown = clusters.get(GROUP, "Orders")
    assert (shown.id, shown.name, shown.location, shown.tags) == (cluster.id, "orders", REGION, {"team": "shop"})
    properties = shown.properties
    assert (properties.provisioning_state, properties.cluster_status) == ("Succeeded", "Ready")
    assert (properties.compute.tier, properties.high_availability.target_mode) == ("M30", "Disabled")
    assert properties.connection_string == (
        "mongodb+srv://<user>:<password>@orders.mongocluster.cosmos.azure.com/"
        "?tls=true&authMechanism=SCRAM-SHA-256&retrywrites=false&maxIdleTimeMS=120000"
    )
    assert clusters.list_connection_strings(GROUP, "orders").connection_strings[0].connection_string == (
        properties.connection_string
    )
    assert cluster.users["app"] not in str(shown.as_dict())
    assert [one.name for one in clusters.list_by_resource_group(GROUP)] == ["orders"]
    assert [one.name for one in clusters.list()] == ["orders", "second"]
    with pytest.raises(ResourceNotFoundError) as error:
        clusters.get(GROUP, "none")
    assert code(error) == (404, "ResourceNotFound")


def test_the_api_version_decides_about_newer_properties(azure: Azure, cluster: MongoCluster) -> None:
    for version, expected in [("2024-07-01", False), ("2025-09-01", False), ("2026-06-01", True)]:
        properties = azure.call("GET", cluster.id, version=version).json()["properties"]
        assert ("networkBypassMode" in properties) is expected


def test_public_network_access_and_tags_can_be_patched(azure: Azure, cluster: MongoCluster) -> None:
    clusters = azure.mongo.mongo_clusters
    changed = clusters.begin_update(GROUP, "orders", DISABLED).result()
    assert (changed.properties.public_network_access, changed.tags) == ("Disabled", {"team": "shop"})
    changed = clusters.begin_update(GROUP, "orders", {"tags": {"a": "b"}}).result()
    assert (changed.properties.public_network_access, changed.tags) == ("Disabled", {"a": "b"})
    for body in ({"properties": {"publicNetworkAccess": "Off"}}, {"properties": {"serverVersion": "9"}}):
        with pytest.raises(HttpResponseError) as error:
            clusters.begin_update(GROUP, "orders", body)
        assert code(error) == (400, "BadRequest")
    assert cluster.public_network_access == "Disabled"


def test_a_cluster_is_updating_for_a_while(slow_azure: Azure) -> None:
    cluster = slow_azure.world.add_mongo_cluster("orders", GROUP, REGION)
    begun = slow_azure.call("PATCH", cluster.id, DISABLED, VERSION)
    assert (begun.status_code, begun.content) == (202, b"")
    status, result = begun.headers["Azure-AsyncOperation"], begun.headers["Location"]
    assert slow_azure.call("GET", cluster.id, version=VERSION).json()["properties"]["provisioningState"] == "Updating"
    assert slow_azure.call("GET", status).json() == {"status": "InProgress"}
    assert slow_azure.call("GET", result).status_code == 202
    assert problem(slow_azure.call("PATCH", cluster.id, DISABLED, VERSION)) == (429, "AnotherOperationInProgress")
    settle(slow_azure)
    assert slow_azure.call("GET", status).json() == {"status": "Succeeded"}
    assert slow_azure.call("GET", result).json()["properties"]["publicNetworkAccess"] == "Disabled"


def test_a_cluster_tells_what_can_be_connected_to(azure: Azure, cluster: MongoCluster) -> None:
    (resource,) = azure.mongo.private_links.list_by_mongo_cluster(GROUP, "orders")
    properties = resource.properties
    assert (resource.name, properties.group_id) == ("MongoCluster", "MongoCluster")
    assert properties.required_members == [cluster.member]
    assert properties.required_zone_names == ["privatelink.mongocluster.cosmos.azure.com"]
    named = azure.call("GET", f"{cluster.id}/privateLinkResources/MongoCluster", version=VERSION)
    assert named.json()["id"] == resource.id
    assert azure.call("GET", f"{cluster.id}/privateLinkResources/Sql", version=VERSION).status_code == 404
    missing = azure.call("GET", f"{cluster.id}x/privateLinkResources", version=VERSION)
    assert problem(missing) == (404, "ParentResourceNotFound")


# -- connections ---------------------------------------------------------------------------------------------------


def test_an_automatic_connection_is_approved(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    endpoint = put_endpoint(azure, body_for(azure, subnet, cluster))
    assert endpoint_state(azure) == ("Approved", "Auto-Approved")
    (connection,) = connections(azure)
    assert connection.name.startswith("pe.")
    assert connection.properties.private_endpoint.id == endpoint["id"]
    assert (connection.properties.group_ids, connection.properties.provisioning_state) == (
        ["MongoCluster"],
        "Succeeded",
    )
    assert states(azure) == [("Approved", "Auto-Approved")]
    (listed,) = azure.mongo.mongo_clusters.get(GROUP, "orders").properties.private_endpoint_connections
    assert listed.id == connection.id


def test_a_manual_connection_waits_for_the_owner(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    put_endpoint(azure, body_for(azure, subnet, cluster, manual=True))
    assert (endpoint_state(azure), states(azure)) == (("Pending", "please"), [("Pending", "please")])
    approved = decide(azure, "Approved", "welcome")
    assert approved.properties.private_link_service_connection_state.status == "Approved"
    assert (endpoint_state(azure), states(azure)) == (("Approved", "welcome"), [("Approved", "welcome")])
    decide(azure, "Rejected", "not you")
    assert (endpoint_state(azure), states(azure)) == (("Rejected", "not you"), [("Rejected", "not you")])
    with pytest.raises(HttpResponseError) as error:
        decide(azure, "Perhaps", "")
    assert code(error) == (400, "BadRequest")


def test_only_an_endpoint_makes_a_connection(azure: Azure, cluster: MongoCluster) -> None:
    wanted = {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}
    with pytest.raises(ResourceNotFoundError):
        azure.mongo.private_endpoint_connections.begin_create(GROUP, "orders", "pe.none", wanted)
    assert azure.call("DELETE", f"{cluster.id}/privateEndpointConnections/none", version=VERSION).status_code == 204


def test_a_connection_is_known_to_the_cluster_once_its_endpoint_is_provisioned(slow_azure: Azure) -> None:
    cluster = slow_azure.world.add_mongo_cluster("orders", GROUP, REGION)
    subnet = settled_network(slow_azure)
    path = slow_azure.path("privateEndpoints", "pe")
    assert slow_azure.call("PUT", path, body_for(slow_azure, subnet, cluster)).status_code == 201
    assert (endpoint_state(slow_azure)[0], connections(slow_azure)) == ("Pending", [])
    slow_azure.clock.now += slow_azure.world.pace.private_endpoint
    assert (endpoint_state(slow_azure)[0], len(connections(slow_azure))) == ("Approved", 1)
    slow_azure.call("PUT", path, body_for(slow_azure, subnet, cluster) | {"tags": {"a": "b"}})
    assert endpoint_state(slow_azure)[0] == "Approved"


def test_a_connection_ends_from_either_side(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    body = body_for(azure, subnet, cluster)
    put_endpoint(azure, body)
    azure.mongo.private_endpoint_connections.begin_delete(GROUP, "orders", connections(azure)[0].name).result()
    assert (endpoint_state(azure)[0], connections(azure)) == ("Disconnected", [])
    put_endpoint(azure, body)
    assert (endpoint_state(azure)[0], connections(azure)) == ("Disconnected", [])
    azure.network.private_endpoints.begin_delete(GROUP, "pe").result()
    put_endpoint(azure, body)
    assert endpoint_state(azure)[0] == "Approved"
    azure.network.private_endpoints.begin_delete(GROUP, "pe").result()
    assert connections(azure) == []


def test_an_endpoint_outlives_its_cluster(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    put_endpoint(azure, body_for(azure, subnet, cluster))
    azure.mongo.mongo_clusters.begin_delete(GROUP, "orders").result()
    assert list(azure.mongo.mongo_clusters.list()) == []
    assert endpoint_state(azure)[0] == "Disconnected"


# -- endpoints -----------------------------------------------------------------------------------------------------


def test_the_interface_and_the_endpoint_tell_the_names(azure: Azure, subnet: str) -> None:
    cluster = azure.world.add_mongo_cluster("orders", GROUP, REGION, high_availability=True)
    endpoint = put_endpoint(azure, body_for(azure, subnet, cluster))
    config = address_config(azure, endpoint)
    assert config["privateLinkConnectionProperties"] == {
        "groupId": "MongoCluster",
        "requiredMemberName": cluster.member,
        "fqdns": list(cluster.hosts),
    }
    assert len(cluster.hosts) == 2
    assert endpoint["properties"]["customDnsConfigs"] == [
        {"fqdn": host, "ipAddresses": [config["privateIPAddress"]]} for host in cluster.hosts
    ]


def test_an_automatic_connection_needs_the_right_to_approve(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    azure.world.rights.denied.add(APPROVAL)
    assert endpoint_refusal(azure, body_for(azure, subnet, cluster)) == (403, "LinkedAuthorizationFailed")
    put_endpoint(azure, body_for(azure, subnet, cluster, manual=True))
    assert states(azure) == [("Pending", "please")]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], "MissingParameterOnPrivateLinkServiceConnection"),
        (["mongocluster"], "InvalidValuesForRequestParameters"),
        (["MongoCluster", "Sql"], "InvalidValuesForRequestParameters"),
    ],
)
def test_the_group_is_mongocluster(
    azure: Azure, cluster: MongoCluster, subnet: str, groups: list[str], expected: str
) -> None:
    body = body_for(azure, subnet, cluster)
    body["properties"]["privateLinkServiceConnections"][0]["properties"]["groupIds"] = groups
    assert endpoint_refusal(azure, body) == (400, expected)
    assert cluster.connections == {}


def test_a_missing_cluster_is_refused(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    body = body_for(azure, subnet, cluster)
    body["properties"]["privateLinkServiceConnections"][0]["properties"]["privateLinkServiceId"] += "x"
    assert endpoint_refusal(azure, body) == (400, "InvalidPrivateLinkServiceId")


def test_a_static_address_is_for_the_required_member(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    def static(**member: str) -> list[Any]:
        return [{"name": "fixed", "properties": {"privateIPAddress": "10.20.1.77", **member}}]

    wrong = "PrivateEndpointIpConfigurationMissingMemberNamesRequiredByFps"
    for member in ({}, {"groupId": "MongoCluster", "memberName": "MongoCluster"}, {"memberName": cluster.member}):
        assert endpoint_refusal(azure, body_for(azure, subnet, cluster, ipConfigurations=static(**member))) == (
            400,
            wrong,
        )
    right = static(groupId="MongoCluster", memberName=cluster.member)
    config = address_config(azure, put_endpoint(azure, body_for(azure, subnet, cluster, ipConfigurations=right)))
    assert (config["privateIPAddress"], config["privateIPAllocationMethod"]) == ("10.20.1.77", "Static")


def test_the_providers_must_be_registered(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    azure.world.providers["Microsoft.DocumentDB"].set("NotRegistered")
    assert endpoint_refusal(azure, body_for(azure, subnet, cluster)) == (409, "MissingSubscriptionRegistration")
    assert problem(azure.call("PATCH", cluster.id, DISABLED, VERSION)) == (409, "MissingSubscriptionRegistration")
    assert azure.call("GET", cluster.id, version=VERSION).status_code == 200
    azure.world.providers["Microsoft.DocumentDB"].set("Registered")
    azure.world.providers["Microsoft.Network"].set("Unregistered")
    answer = azure.call("PUT", azure.path("privateEndpoints", "pe"), body_for(azure, subnet, cluster))
    assert problem(answer) == (409, "MissingSubscriptionRegistration")
    (detail,) = answer.json()["error"]["details"]
    assert (detail["code"], detail["target"]) == ("MissingSubscriptionRegistration", "Microsoft.Network")


def test_a_resource_group_takes_everything_along(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    put_endpoint(azure, body_for(azure, subnet, cluster))
    group = f"/subscriptions/{azure.world.subscription_id}/resourceGroups/{GROUP}"
    assert azure.call("DELETE", group).status_code == 202
    assert problem(azure.call("GET", cluster.id, version=VERSION)) == (404, "ResourceGroupNotFound")
    assert azure.world.mongo_clusters == {}
