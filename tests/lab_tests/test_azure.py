# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Entra and ARM, as Microsoft's clients see them: sign-in, conventions, networks, private endpoints."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import jwt
import pytest
import trustme
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.identity import CertificateCredential, ClientAssertionCredential

from tests.lab.arm_core import retry_after
from tests.lab.entra import issue_token
from tests.lab.pace import PACES
from tests.lab_tests.azure_server import GROUP, REGION, SPACE, Azure, code, problem, settle

# -- signing in ----------------------------------------------------------------------------------------------------


def test_a_secret_buys_a_token_for_the_audience_that_was_asked_for(azure: Azure) -> None:
    token = azure.credential().get_token("https://management.azure.com/.default")
    claims = jwt.decode(token.token, options={"verify_signature": False})
    assert claims["aud"] == "https://management.azure.com"
    assert claims["tid"] == azure.world.tenant_id
    assert token.expires_on == pytest.approx(time.time() + 3599, abs=30)


@pytest.mark.parametrize(
    ("change", "number"),
    [({"client_secret": "wrong"}, "AADSTS7000215"), ({"client_id": "0" * 8 + "-0000-0000-0000-" + "0" * 12}, "700016")],
)
def test_a_wrong_secret_or_client_is_named(azure: Azure, change: dict[str, str], number: str) -> None:
    with pytest.raises(ClientAuthenticationError, match=number):
        azure.credential(**change).get_token(f"{azure.url}/.default")


def test_an_unknown_tenant_is_named_by_discovery_and_by_the_token_endpoint(azure: Azure) -> None:
    strange = "00000000-0000-0000-0000-00000000dead"
    with pytest.raises(ClientAuthenticationError):
        azure.credential(tenant_id=strange).get_token(f"{azure.url}/.default")
    for path in ("v2.0/.well-known/openid-configuration", "oauth2/v2.0/token"):
        method = "GET" if "known" in path else "POST"
        answer = azure.session.request(method, f"{azure.url}/{strange}/{path}", verify=azure.ca, data={}, timeout=10)
        assert (answer.status_code, answer.json()["error_codes"]) == (400, [90002])


def test_a_federated_token_and_a_certificate_buy_tokens_too(azure: Azure, tmp_path: Path) -> None:
    identity = {"tenant_id": azure.world.tenant_id, "client_id": azure.world.client_id, **azure.identity}
    federated = ClientAssertionCredential(func=lambda: azure.world.federated_token, **identity)
    assert azure.open.enter_context(federated).get_token("x/.default")
    forged = ClientAssertionCredential(func=lambda: "not.a.token", **identity)
    with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
        azure.open.enter_context(forged).get_token("x/.default")

    issued = trustme.CA().issue_cert("client.invalid", key_type=trustme.KeyType.RSA)
    issued.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "client.pem"))
    path = str(tmp_path / "client.pem")
    by_certificate = azure.open.enter_context(CertificateCredential(certificate_path=path, **identity))
    with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
        by_certificate.get_token("x/.default")
    azure.world.client_certificate = issued.cert_chain_pems[0].bytes()
    assert by_certificate.get_token("x/.default")


def test_the_first_version_of_the_token_endpoint_still_answers(azure: Azure) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": azure.world.client_id,
        "client_secret": azure.world.client_secret,
        "resource": azure.url,
    }
    url = f"{azure.url}/{azure.world.tenant_id}/oauth2/token"
    answer = azure.session.post(url, form, verify=azure.ca, timeout=10).json()
    assert (answer["resource"], answer["expires_in"]) == (azure.url, "3599")


# -- conventions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (lambda world, url: None, "AuthenticationFailed"),
        (lambda world, url: "nonsense", "InvalidAuthenticationToken"),
        (lambda world, url: issue_token(world, url, lifetime=-60), "ExpiredAuthenticationToken"),
        (lambda world, url: issue_token(world, "https://vault.azure.net"), "InvalidAuthenticationTokenAudience"),
    ],
)
def test_without_a_good_token_there_is_a_challenge(azure: Azure, token: Any, expected: str) -> None:
    text = token(azure.world, azure.url)
    headers = {"Authorization": f"Bearer {text}"} if text else {}
    url = f"{azure.url}/subscriptions?api-version=2022-12-01"
    answer = azure.session.get(url, headers=headers, verify=azure.ca, timeout=10)
    assert problem(answer) == (401, expected)
    assert f'authorization_uri="{azure.url}/{azure.world.tenant_id}"' in answer.headers["WWW-Authenticate"]


def test_what_the_gateway_refuses(azure: Azure) -> None:
    network = azure.path("virtualNetworks", "vnet")
    foreign = network.replace(azure.world.subscription_id, azure.world.mongo_subscription_id)
    lost = azure.path("virtualNetworks/subnets", "nowhere", "s")
    body = {"location": REGION, "properties": {}}
    for call, expected in [
        (azure.call("GET", network, version=None), (400, "MissingApiVersionParameter")),
        (azure.call("GET", network, version="latest"), (400, "InvalidApiVersionParameter")),
        (azure.call("GET", foreign), (404, "SubscriptionNotFound")),
        (azure.call("GET", network.replace(GROUP, "rg-none")), (404, "ResourceGroupNotFound")),
        (azure.call("GET", network), (404, "ResourceNotFound")),
        (azure.call("PUT", lost, body), (404, "ParentResourceNotFound")),
        (azure.call("PUT", network, [1]), (400, "InvalidRequestContent")),
        (azure.call("PUT", network, {"properties": {}}), (400, "LocationRequired")),
        (azure.call("PUT", network, body), (400, "InvalidRequestFormat")),
    ]:
        assert problem(call) == expected
    assert azure.call("DELETE", network).status_code == 204
    assert azure.call("DELETE", lost).status_code == 204


def test_a_missing_permission_names_the_action(azure: Azure) -> None:
    subnet = azure.add_network()
    azure.world.rights.denied = {"Microsoft.Network/privateEndpoints/write"}
    body = azure.endpoint(subnet, azure.add_service().pls_id)
    with pytest.raises(HttpResponseError, match="Microsoft.Network/privateEndpoints/write") as error:
        azure.network.private_endpoints.begin_create_or_update(GROUP, "pe", body)
    assert code(error) == (403, "AuthorizationFailed")
    azure.world.rights.denied = {"Microsoft.Network/virtualNetworks/subnets/join/action"}
    with pytest.raises(HttpResponseError) as error:
        azure.network.private_endpoints.begin_create_or_update(GROUP, "pe", body)
    assert code(error) == (403, "LinkedAuthorizationFailed")


def test_ids_are_found_in_any_case_and_kept_in_the_first(azure: Azure) -> None:
    subnet = azure.add_network("VNet-One")
    answer = azure.call(
        "GET", subnet.upper().replace("/SUBSCRIPTIONS", "/subscriptions"), x_ms_correlation_request_id="abc"
    )
    assert answer.json()["id"] == subnet
    assert answer.headers["x-ms-request-id"]
    assert answer.headers["x-ms-correlation-request-id"] == "abc"
    azure.add_network("vnet-one")
    assert [network["name"] for network in azure.network.virtual_networks.list_all()] == ["VNet-One"]


def test_subscriptions_tenants_and_groups(azure: Azure) -> None:
    version = "2022-12-01"
    subscription = f"/subscriptions/{azure.world.subscription_id}"
    assert azure.call("GET", "/tenants", version=version).json()["value"][0]["tenantId"] == azure.world.tenant_id
    listed = azure.call("GET", "/subscriptions", version=version).json()["value"]
    assert [item["subscriptionId"] for item in listed] == [
        azure.world.subscription_id,
        azure.world.other_subscription_id,
    ]
    assert azure.call("GET", subscription, version=version).json()["state"] == "Enabled"
    group = f"{subscription}/resourcegroups/rg-new"
    assert azure.call("HEAD", group).status_code == 404
    assert problem(azure.call("GET", group)) == (404, "ResourceGroupNotFound")
    assert azure.call("PUT", group, {"location": "West Europe", "tags": {"a": "b"}}).status_code == 201
    assert azure.call("GET", group).json()["location"] == "westeurope"
    assert problem(azure.call("PUT", group, {"location": REGION})) == (409, "InvalidResourceGroupLocation")
    assert {g["name"] for g in azure.call("GET", f"{subscription}/resourceGroups").json()["value"]} == {GROUP, "rg-new"}
    gone = azure.call("DELETE", group)
    assert (gone.status_code, azure.call("GET", gone.headers["Location"]).status_code) == (202, 204)
    assert azure.call("HEAD", group).status_code == 404


def test_other_tools_find_the_cloud_by_its_metadata(azure: Azure) -> None:
    for version, unwrap in (("2019-05-01", True), ("2022-09-01", False)):
        url = f"{azure.url}/metadata/endpoints?api-version={version}"
        found = azure.session.get(url, verify=azure.ca, timeout=10).json()
        cloud = found[0] if unwrap else found
        assert (cloud["resourceManager"], cloud["authentication"]["loginEndpoint"]) == (azure.url, azure.url)
        assert cloud["authentication"]["tenant"] == "common"


# -- long-running operations ---------------------------------------------------------------------------------------


def test_an_operation_runs_even_where_nothing_takes_time(azure: Azure) -> None:
    body = {"location": REGION, "properties": {"addressSpace": {"addressPrefixes": [SPACE]}}}
    path = azure.path("virtualNetworks", "vnet")
    created = azure.call("PUT", path, body)
    assert (created.status_code, created.json()["properties"]["provisioningState"]) == (201, "Updating")
    assert "Retry-After" not in created.headers
    assert azure.call("GET", created.headers["Azure-AsyncOperation"]).json() == {"status": "Succeeded"}
    assert azure.call("GET", path).json()["properties"]["provisioningState"] == "Succeeded"
    assert azure.call("PUT", path, body).status_code == 200


def test_an_operation_takes_its_time(slow_azure: Azure) -> None:
    body = {"location": REGION, "properties": {"addressSpace": {"addressPrefixes": [SPACE]}}}
    path = slow_azure.path("virtualNetworks", "vnet")
    created = slow_azure.call("PUT", path, body)
    assert created.headers["Retry-After"] == "5"
    running = slow_azure.call("GET", created.headers["Azure-AsyncOperation"])
    assert (running.status_code, running.json(), running.headers["Retry-After"]) == (200, {"status": "InProgress"}, "5")
    assert slow_azure.call("GET", path).json()["properties"]["provisioningState"] == "Updating"
    settle(slow_azure)
    assert slow_azure.call("GET", created.headers["Azure-AsyncOperation"]).json() == {"status": "Succeeded"}

    deleted = slow_azure.call("DELETE", path)
    assert (deleted.status_code, deleted.text) == (202, "")
    assert slow_azure.call("GET", deleted.headers["Location"]).status_code == 202
    assert slow_azure.call("GET", path).json()["properties"]["provisioningState"] == "Deleting"
    assert problem(slow_azure.call("PUT", path, body)) == (429, "AnotherOperationInProgress")
    settle(slow_azure)
    assert slow_azure.call("GET", deleted.headers["Location"]).status_code == 204
    assert slow_azure.call("GET", deleted.headers["Azure-AsyncOperation"]).json() == {"status": "Succeeded"}
    assert problem(slow_azure.call("GET", path)) == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("seconds", "headers"),
    [(0, {}), (0.3, {"x-ms-retry-after-ms": "300"}), (1.5, {"Retry-After": "1"}), (35, {"Retry-After": "10"})],
)
def test_how_long_a_client_is_asked_to_wait(seconds: float, headers: dict[str, str]) -> None:
    assert retry_after(seconds) == headers


def test_the_sdk_for_java_is_told_whole_seconds(azure: Azure) -> None:
    body = {"location": REGION, "properties": {"addressSpace": {"addressPrefixes": [SPACE]}}}
    agents = {"azsdk-java-azure-resourcemanager-network/2.50.0 (21; Linux)": "1", "azsdk-python-mgmt-network/30": None}
    for pace, waits in (("demo", "300"), ("instant", None)):
        azure.world.pace = PACES[pace]
        for agent, whole in agents.items():
            path = azure.path("virtualNetworks", f"{pace}-{whole}")
            created = azure.call("PUT", path, body, User_Agent=agent)
            answers = [created, azure.call("GET", created.headers["Azure-AsyncOperation"], User_Agent=agent)]
            for answer in answers if waits else [created]:
                told = answer.headers.get("x-ms-retry-after-ms"), answer.headers.get("Retry-After")
                assert told == (waits, whole)


def test_two_writes_in_one_network_lock_each_other_out(slow_azure: Azure) -> None:
    space = {"addressSpace": {"addressPrefixes": [SPACE]}}
    slow_azure.call("PUT", slow_azure.path("virtualNetworks", "vnet"), {"location": REGION, "properties": space})
    first = slow_azure.path("virtualNetworks/subnets", "vnet", "a")
    second = slow_azure.path("virtualNetworks/subnets", "vnet", "b")
    prefix = {"properties": {"addressPrefix": "10.20.1.0/24"}}
    assert problem(slow_azure.call("PUT", first, prefix)) == (429, "AnotherOperationInProgress")
    settle(slow_azure)
    assert slow_azure.call("PUT", first, prefix).status_code == 201
    other = {"properties": {"addressPrefix": "10.20.2.0/24"}}
    assert problem(slow_azure.call("PUT", second, other)) == (429, "AnotherOperationInProgress")
    settle(slow_azure)

    service = slow_azure.add_service()
    settle(slow_azure)
    endpoint = slow_azure.path("privateEndpoints", "pe")
    assert slow_azure.call("PUT", endpoint, slow_azure.endpoint(first, service.pls_id)).status_code == 201
    assert problem(slow_azure.call("PUT", first, prefix)) == (429, "AnotherOperationInProgress")  # its interface comes
    slow_azure.clock.now += slow_azure.world.pace.virtual_network
    locked = slow_azure.call("PUT", first, prefix)
    assert problem(locked) == (429, "RetryableError")
    assert locked.json()["error"]["details"][0]["code"] == "ReferencedResourceNotProvisioned"
    assert slow_azure.call("PUT", second, other).status_code == 201


def test_an_endpoint_in_a_subnet_that_is_being_written_fails_later_and_can_be_put_again(slow_azure: Azure) -> None:
    service = slow_azure.add_service()
    space = {"addressSpace": {"addressPrefixes": [SPACE]}}
    slow_azure.call("PUT", slow_azure.path("virtualNetworks", "vnet"), {"location": REGION, "properties": space})
    settle(slow_azure)
    subnet = slow_azure.path("virtualNetworks/subnets", "vnet", "link")
    slow_azure.call("PUT", subnet, {"properties": {"addressPrefix": "10.20.1.0/24"}})
    path = slow_azure.path("privateEndpoints", "pe")
    accepted = slow_azure.call("PUT", path, slow_azure.endpoint(subnet, service.pls_id))
    assert accepted.status_code == 201
    settle(slow_azure)
    failed = slow_azure.call("GET", accepted.headers["Azure-AsyncOperation"])
    assert (failed.status_code, failed.json()["status"]) == (200, "Failed")
    assert failed.json()["error"]["details"][0]["code"] == "ReferencedResourceNotProvisioned"
    assert slow_azure.call("GET", path).json()["properties"]["provisioningState"] == "Failed"
    again = slow_azure.call("PUT", path, slow_azure.endpoint(subnet, service.pls_id))
    settle(slow_azure)
    assert slow_azure.call("GET", again.headers["Azure-AsyncOperation"]).json() == {"status": "Succeeded"}
    assert slow_azure.state() == ("Succeeded", "Pending")


# -- networks ------------------------------------------------------------------------------------------------------


def put_network(azure: Azure, subnets: list[dict[str, Any]], space: str = SPACE) -> Any:
    body = {
        "location": "East US 2",
        "tags": {"team": "shop"},
        "properties": {"addressSpace": {"addressPrefixes": [space]}, "subnets": subnets},
    }
    return azure.network.virtual_networks.begin_create_or_update(GROUP, "vnet", body).result()


def subnet_body(name: str, prefix: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "properties": {"addressPrefix": prefix, **more}}


def test_a_network_comes_back_with_its_defaults(azure: Azure) -> None:
    put_network(
        azure, [subnet_body("a", "10.20.1.0/24"), {"name": "b", "properties": {"addressPrefixes": ["10.20.2.0/24"]}}]
    )
    network = azure.network.virtual_networks.get(GROUP, "VNET")
    assert (network["location"], network["tags"], network["etag"][:3]) == (REGION, {"team": "shop"}, 'W/"')
    assert network["properties"]["dhcpOptions"] == {"dnsServers": []}
    first, second = network["properties"]["subnets"]
    assert first["properties"]["privateEndpointNetworkPolicies"] == "Disabled"
    assert first["properties"]["privateLinkServiceNetworkPolicies"] == "Enabled"
    assert first["properties"]["delegations"] == []
    assert second["properties"]["addressPrefixes"] == ["10.20.2.0/24"]
    assert "addressPrefix" not in second["properties"]


def test_putting_a_network_replaces_its_subnets(azure: Azure) -> None:
    table = azure.add_other("routeTables", "rt")
    put_network(azure, [subnet_body("a", "10.20.1.0/24", routeTable=table), subnet_body("b", "10.20.2.0/24")])
    put_network(azure, [subnet_body("b", "10.20.3.0/24"), subnet_body("c", "10.20.1.0/24")])
    listed = list(azure.network.subnets.list(GROUP, "vnet"))
    assert [(s["name"], s["properties"]["addressPrefix"]) for s in listed] == [
        ("b", "10.20.3.0/24"),
        ("c", "10.20.1.0/24"),
    ]
    assert "routeTable" not in listed[1]["properties"]


def test_a_subnet_keeps_what_was_sent_and_only_that(azure: Azure) -> None:
    azure.add_network()
    sent = {
        "addressPrefix": "10.20.9.0/24",
        "routeTable": azure.add_other("routeTables", "rt"),
        "natGateway": azure.add_other("natGateways", "nat"),
        "networkSecurityGroup": azure.add_other("networkSecurityGroups", "nsg"),
        "privateEndpointNetworkPolicies": "NetworkSecurityGroupEnabled",
    }
    before = azure.network.virtual_networks.get(GROUP, "vnet")["etag"]
    azure.network.subnets.begin_create_or_update(GROUP, "vnet", "s", {"properties": sent}).result()
    kept = azure.network.subnets.get(GROUP, "vnet", "s")["properties"]
    assert {name: kept[name] for name in sent} == sent
    assert azure.network.virtual_networks.get(GROUP, "vnet")["etag"] != before
    del sent["natGateway"]
    azure.network.subnets.begin_create_or_update(GROUP, "vnet", "s", {"properties": sent}).result()
    assert azure.network.subnets.get(GROUP, "vnet", "s").properties.nat_gateway is None


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("10.20.1.128/25", "NetcfgSubnetRangesOverlap"),
        ("10.21.0.0/24", "NetcfgSubnetRangeOutsideVnet"),
        ("10.20.300.0/24", "InvalidAddressPrefixFormat"),
    ],
)
def test_a_subnet_needs_a_range_of_its_own_in_the_network(azure: Azure, prefix: str, expected: str) -> None:
    azure.add_network()
    body = {"properties": {"addressPrefix": prefix}}
    with pytest.raises(HttpResponseError) as error:
        azure.network.subnets.begin_create_or_update(GROUP, "vnet", "s", body)
    assert code(error) == (400, expected)
    with pytest.raises(HttpResponseError) as error:
        put_network(azure, [subnet_body("a", "10.20.1.0/24"), subnet_body("b", prefix)])
    assert code(error) == (400, expected)
    assert [s["name"] for s in azure.network.subnets.list(GROUP, "vnet")] == ["link"]


def test_what_an_endpoint_uses_cannot_go(azure: Azure) -> None:
    subnet = azure.add_network()
    azure.add_endpoint(subnet, azure.add_service().pls_id)
    shown = azure.network.subnets.get(GROUP, "vnet", "link")["properties"]
    assert [endpoint["id"] for endpoint in shown["privateEndpoints"]] == [azure.path("privateEndpoints", "pe")]
    emptied = {"location": REGION, "properties": {"addressSpace": {"addressPrefixes": [SPACE]}}}
    network = azure.path("virtualNetworks", "vnet")
    for refused in (azure.call("DELETE", subnet), azure.call("DELETE", network), azure.call("PUT", network, emptied)):
        assert problem(refused) == (400, "InUseSubnetCannotBeDeleted")
    with pytest.raises(HttpResponseError) as error:
        put_network(azure, [subnet_body("link", "10.20.2.0/24")])
    assert code(error) == (400, "InUsePrefixCannotBeDeleted")
    azure.network.private_endpoints.begin_delete(GROUP, "pe").result()
    azure.network.virtual_networks.begin_delete(GROUP, "vnet").result()
    with pytest.raises(ResourceNotFoundError):
        azure.network.subnets.get(GROUP, "vnet", "link")
    assert list(azure.network.virtual_networks.list(GROUP)) == []


def test_a_network_stays_where_it_is_and_writes_can_be_conditional(azure: Azure) -> None:
    azure.add_network()
    path = azure.path("virtualNetworks", "vnet")
    body = {"location": "westus", "properties": {"addressSpace": {"addressPrefixes": [SPACE]}}}
    assert problem(azure.call("PUT", path, body)) == (409, "InvalidResourceLocation")
    assert problem(azure.call("PUT", path, {**body, "location": REGION}, If_Match='W/"old"')) == (
        412,
        "PreconditionFailed",
    )
    etag = azure.call("GET", path).headers["ETag"]
    assert azure.call("PUT", path, {**body, "location": REGION}, If_Match=etag).status_code == 200
    azure.network.virtual_networks.update_tags(GROUP, "vnet", {"tags": {"x": "y"}})
    assert azure.network.virtual_networks.get(GROUP, "vnet")["tags"] == {"x": "y"}


def test_a_network_may_lie_on_loopback(azure: Azure) -> None:
    subnet = azure.add_network(space="127.9.0.0/16", subnet="127.9.1.0/24")
    azure.add_endpoint(subnet, azure.add_service().pls_id)
    endpoint = azure.world.azure[azure.path("privateEndpoints", "pe").lower()]
    assert azure.world.endpoint_ip(endpoint) == "127.9.1.4"
