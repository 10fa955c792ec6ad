# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Azure: private endpoints, their connections and their network interfaces."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

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


@pytest.fixture
def target(azure: Azure) -> str:
    return azure.add_service().pls_id


@pytest.fixture
def subnet(azure: Azure) -> str:
    return azure.add_network()


def address_of(azure: Azure, endpoint: Any) -> str:
    return str(interface_of(azure, endpoint)["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"])


# -- the connection ------------------------------------------------------------------------------------------------


def test_an_endpoint_is_provisioned_with_an_address_while_it_waits_for_approval(
    azure: Azure, subnet: str, target: str
) -> None:
    endpoint = azure.add_endpoint(subnet, target)
    properties = endpoint["properties"]
    connection = properties["manualPrivateLinkServiceConnections"][0]["properties"]
    assert properties["provisioningState"] == "Succeeded"
    assert properties["privateLinkServiceConnections"] == []
    assert (properties["customDnsConfigs"], properties["ipConfigurations"]) == ([], [])
    assert connection["privateLinkServiceConnectionState"] == {
        "status": "Pending",
        "description": "please",
        "actionsRequired": "None",
    }
    nic = interface_of(azure, endpoint)["properties"]
    assert nic["privateEndpoint"]["id"] == endpoint["id"]
    config = nic["ipConfigurations"][0]["properties"]
    assert (config["privateIPAddress"], config["privateIPAllocationMethod"]) == ("10.20.1.4", "Dynamic")
    assert config["privateLinkConnectionProperties"] == {"groupId": "", "requiredMemberName": "", "fqdns": []}


def test_the_connection_follows_what_atlas_does(slow_azure: Azure) -> None:
    service = slow_azure.add_service()
    settle(slow_azure)
    body = slow_azure.endpoint(settled_network(slow_azure), service.pls_id)
    slow_azure.call("PUT", slow_azure.path("privateEndpoints", "pe"), body)
    assert slow_azure.state() == ("Updating", "Pending")
    settle(slow_azure)
    assert slow_azure.state() == ("Succeeded", "Pending")
    slow_azure.world.register(service, slow_azure.path("privateEndpoints", "pe"), "10.20.1.4")
    assert slow_azure.state() == ("Succeeded", "Pending")
    settle(slow_azure)
    assert slow_azure.state() == ("Succeeded", "Approved")
    slow_azure.world.delete_service(service)
    assert slow_azure.state() == ("Succeeded", "Disconnected")
    settle(slow_azure)
    assert slow_azure.state() == ("Succeeded", "Disconnected")


def test_a_rejected_connection_is_forgotten_with_its_endpoint(azure: Azure, subnet: str, target: str) -> None:
    azure.add_endpoint(subnet, target)
    azure.world.forced_connection[azure.path("privateEndpoints", "pe").lower()] = "Rejected"
    assert azure.state() == ("Succeeded", "Rejected")
    azure.network.private_endpoints.begin_delete(GROUP, "pe").result()
    azure.add_endpoint(subnet, target)
    assert azure.state() == ("Succeeded", "Pending")


def test_an_automatic_connection_needs_a_right_on_the_target(azure: Azure, subnet: str, target: str) -> None:
    assert endpoint_refusal(azure, azure.endpoint(subnet, target, manual=False)) == (403, "LinkedAuthorizationFailed")


def test_the_target_must_exist(slow_azure: Azure) -> None:
    subnet, path = settled_network(slow_azure), slow_azure.path("privateEndpoints", "pe")
    service = slow_azure.add_service()
    unseen = "ThirdPartyPrivateLinkServiceProvidedDuringPrivateEndpointCreationDoesNotExistOrIsNotVisible"
    alias = "pls.0b1f6471-1bf0-4dda-aec3-cb9272f09590.eastus2.azure.privatelinkservice"
    for target, expected in [
        (service.pls_id, unseen),
        (service.pls_id.replace("pls_", "pls_x"), unseen),
        (alias, "InvalidPrivateLinkServiceId"),
        ("/not/an/id", "LinkedInvalidPropertyId"),
    ]:
        assert problem(slow_azure.call("PUT", path, slow_azure.endpoint(subnet, target))) == (400, expected)
    settle(slow_azure)
    assert slow_azure.call("PUT", path, slow_azure.endpoint(subnet, service.pls_id)).status_code == 201


# -- the request ---------------------------------------------------------------------------------------------------


def test_the_subnet_must_exist_in_the_same_region(azure: Azure, subnet: str, target: str) -> None:
    wanted = azure.endpoint(subnet, target)
    for body in (
        azure.endpoint(subnet + "x", target),
        azure.endpoint(subnet.replace("/vnet/", "/other/"), target),
        {**wanted, "location": "westus"},
    ):
        assert endpoint_refusal(azure, body) == (400, "InvalidResourceReference")
    put_endpoint(azure, wanted)
    assert endpoint_refusal(azure, {**wanted, "location": "westus"}) == (409, "InvalidResourceLocation")


def test_there_is_one_connection_with_a_short_message(azure: Azure, subnet: str, target: str) -> None:
    body = azure.endpoint(subnet, target)
    array = body["properties"]["manualPrivateLinkServiceConnections"]
    array[0]["properties"]["requestMessage"] = "x" * 141
    assert endpoint_refusal(azure, body) == (400, "PrivateLinkServiceConnectionRequestMessageTooLong")
    array[0]["properties"]["requestMessage"] = "x" * 140
    put_endpoint(azure, body)
    array.append({"name": "second", "properties": {"privateLinkServiceId": target}})
    assert endpoint_refusal(azure, body) == (400, "InvalidRequestFormat")


def test_a_static_address_a_name_for_the_interface_and_groups(azure: Azure, subnet: str, target: str) -> None:
    group = [azure.add_other("applicationSecurityGroups", "asg")]
    static = [{"name": "fixed", "properties": {"privateIPAddress": "10.20.1.77"}}]
    body = azure.endpoint(subnet, target, ipConfigurations=static, applicationSecurityGroups=group)
    body["properties"]["customNetworkInterfaceName"] = "nic-atlas"
    endpoint = put_endpoint(azure, {**body, "tags": {"owner": "shop"}})
    assert (endpoint["tags"], endpoint["properties"]["applicationSecurityGroups"]) == ({"owner": "shop"}, group)
    assert endpoint["properties"]["customNetworkInterfaceName"] == "nic-atlas"
    nic = azure.network.network_interfaces.get(GROUP, "nic-atlas")
    config = nic["properties"]["ipConfigurations"][0]
    assert (config["name"], config["properties"]["privateIPAllocationMethod"]) == ("fixed", "Static")
    assert config["properties"]["privateIPAddress"] == "10.20.1.77"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"privateIPAddress": "10.20.1.4"}, "PrivateIPAddressIsAllocated"),
        ({"privateIPAddress": "10.20.2.4"}, "PrivateIPAddressNotInSubnet"),
        ({"privateIPAddress": "10.20.1.1"}, "PrivateIPAddressInReservedRange"),
        ({"privateIPAddress": "10.20.1.255"}, "PrivateIPAddressInReservedRange"),
        ({"privateIPAddress": "10.20.1"}, "InvalidIPAddress"),
        (
            {"privateIPAddress": "10.20.1.9", "groupId": "g", "memberName": "m"},
            "PrivateEndpointWithIpConfigurationsCannotHaveGroupIdsOrMemberNames",
        ),
    ],
)
def test_a_static_address_must_be_free_and_in_the_subnet(
    azure: Azure, subnet: str, target: str, config: dict[str, str], expected: str
) -> None:
    azure.add_endpoint(subnet, target)
    static = [{"name": "fixed", "properties": config}]
    with pytest.raises(HttpResponseError) as error:
        put_endpoint(azure, azure.endpoint(subnet, target, ipConfigurations=static), "other")
    assert code(error) == (400, expected)
    with pytest.raises(ResourceNotFoundError):
        azure.network.private_endpoints.get(GROUP, "other")


def test_a_subnet_can_be_full(azure: Azure, target: str) -> None:
    subnet = azure.add_network(subnet="10.20.1.0/29")
    for name in ("a", "b", "c"):
        azure.add_endpoint(subnet, target, name)
    assert endpoint_refusal(azure, azure.endpoint(subnet, target)) == (400, "SubnetIsFull")


# -- changes -------------------------------------------------------------------------------------------------------


def test_tags_message_and_groups_can_change_and_a_put_replaces_them(azure: Azure, subnet: str, target: str) -> None:
    group = [azure.add_other("applicationSecurityGroups", "asg")]
    first = put_endpoint(azure, azure.endpoint(subnet, target, applicationSecurityGroups=group))
    changed = {**azure.endpoint(subnet, target), "tags": {"a": "b"}}
    changed["properties"]["manualPrivateLinkServiceConnections"][0]["properties"]["requestMessage"] = "again"
    answer = azure.call("PUT", azure.path("privateEndpoints", "PE"), changed)
    assert answer.status_code == 200
    second = azure.network.private_endpoints.get(GROUP, "pe")
    assert (second["tags"], second["etag"] == first["etag"]) == ({"a": "b"}, False)
    assert second["properties"].get("applicationSecurityGroups") is None
    state = second["properties"]["manualPrivateLinkServiceConnections"][0]["properties"]
    assert state["privateLinkServiceConnectionState"]["description"] == "again"
    assert address_of(azure, second) == address_of(azure, first)


def test_what_cannot_change_is_refused(azure: Azure, subnet: str, target: str) -> None:
    azure.network.subnets.begin_create_or_update(
        GROUP, "vnet", "second", {"properties": {"addressPrefix": "10.20.2.0/24"}}
    ).result()
    static = [{"name": "fixed", "properties": {"privateIPAddress": "10.20.1.9"}}]
    put_endpoint(azure, azure.endpoint(subnet, target))
    renamed = azure.endpoint(subnet, target)
    renamed["properties"]["manualPrivateLinkServiceConnections"][0]["name"] = "other"
    for body, what in [
        (azure.endpoint(subnet.replace("/link", "/second"), target), "Subnet"),
        (azure.endpoint(subnet, azure.add_service().pls_id), "PrivateLinkConnection"),
        (renamed, "PrivateLinkConnection"),
        (azure.endpoint(subnet, target, customNetworkInterfaceName="nic"), "CustomNetworkInterfaceName"),
        (azure.endpoint(subnet, target, ipConfigurations=static), "IpConfigurations"),
    ]:
        assert endpoint_refusal(azure, body) == (400, f"CannotChange{what}OnExistingPrivateEndpoint")
    assert azure.state() == ("Succeeded", "Pending")


# -- interfaces and endings ----------------------------------------------------------------------------------------


def test_endpoints_and_interfaces_are_listed_in_group_and_subscription(azure: Azure, subnet: str, target: str) -> None:
    azure.add_endpoint(subnet, target, "one")
    azure.add_endpoint(subnet, target, "two")
    clients = azure.network
    assert [e["name"] for e in clients.private_endpoints.list(GROUP)] == ["one", "two"]
    assert [e["name"] for e in clients.private_endpoints.list_by_subscription()] == ["one", "two"]
    for listed in (clients.network_interfaces.list(GROUP), clients.network_interfaces.list_all()):
        assert [nic["name"].partition(".nic.")[0] for nic in listed] == ["one", "two"]


def test_nobody_may_write_the_interface_of_an_endpoint(azure: Azure, subnet: str, target: str) -> None:
    endpoint = azure.add_endpoint(subnet, target)
    path = endpoint["properties"]["networkInterfaces"][0]["id"]
    assert problem(azure.call("PUT", path, {"location": REGION})) == (400, "CannotModifyNicAttachedToPrivateEndpoint")
    assert azure.call("DELETE", path).status_code == 400
    taken = azure.endpoint(subnet, target, customNetworkInterfaceName=path.rsplit("/", 1)[-1])
    with pytest.raises(HttpResponseError) as error:
        put_endpoint(azure, taken, "other")
    assert code(error) == (400, "CannotModifyNicAttachedToPrivateEndpoint")


@pytest.mark.parametrize("lingering", [0, 60])
def test_the_interface_goes_with_its_endpoint_unless_it_lingers(slow_azure: Azure, lingering: int) -> None:
    slow_azure.world.lingering = lingering
    service, subnet = slow_azure.add_service(), settled_network(slow_azure)
    path = slow_azure.path("privateEndpoints", "pe")
    slow_azure.call("PUT", path, slow_azure.endpoint(subnet, service.pls_id))
    settle(slow_azure)
    nic = slow_azure.call("GET", path).json()["properties"]["networkInterfaces"][0]["id"]
    assert slow_azure.call("DELETE", path).status_code == 202
    slow_azure.clock.now += slow_azure.world.pace.private_endpoint
    assert problem(slow_azure.call("GET", path)) == (404, "ResourceNotFound")
    if lingering:
        assert slow_azure.call("GET", nic).status_code == 200
        assert problem(slow_azure.call("DELETE", subnet)) == (400, "InUseSubnetCannotBeDeleted")
        slow_azure.clock.now += lingering
    assert problem(slow_azure.call("GET", nic)) == (404, "ResourceNotFound")
    assert slow_azure.call("DELETE", subnet).status_code == 202
