# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names, places, references and versions that Azure refuses are refused here, and nothing is kept of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.lab import arm_names, arm_versions
from tests.lab_tests.azure_server import GROUP, REGION, Azure, problem

ZONE = "privatelink.example.net"
SPACE = {"addressSpace": {"addressPrefixes": ["10.30.0.0/16"]}}


@pytest.mark.parametrize(
    ("name", "location", "code"),
    [
        ("rg-new", "atlantis", "LocationNotAvailableForResourceGroup"),
        ("rg-new", "global", "LocationNotAvailableForResourceGroup"),
        ("rg-new", "US_EAST_2", "LocationNotAvailableForResourceGroup"),
        ("x" * 91, REGION, "InvalidResourceGroup"),
        ("x" * 200, REGION, "InvalidResourceGroup"),
        ("dot.", REGION, "InvalidResourceGroup"),
        ("a b", REGION, "InvalidResourceGroup"),
        ("a*b", REGION, "InvalidResourceGroup"),
    ],
)
def test_resource_group_that_cannot_be_is_refused(azure: Azure, name: str, location: str, code: str) -> None:
    path = f"/subscriptions/{azure.world.subscription_id}/resourceGroups/{name}"

    assert problem(azure.call("PUT", path, {"location": location})) == (400, code)
    assert azure.call("GET", path).status_code == 404


@pytest.mark.parametrize("name", ["x" * 90, "a", "(a)", "_", "größe", "a.b-c_d"])
def test_resource_group_that_can_be_is_made_and_goes(azure: Azure, name: str) -> None:
    path = f"/subscriptions/{azure.world.subscription_id}/resourceGroups/{name}"

    assert azure.call("PUT", path, {"location": "West US 3"}).status_code == 201
    assert azure.call("DELETE", path).status_code == 202


@pytest.mark.parametrize("kind", ["virtualNetworks", "virtualNetworks/subnets", "privateEndpoints"])
@pytest.mark.parametrize("name", ["-bad-", "bad-", "bad.", ".bad", "a b", "x" * 81, "grö", "a:b", "_a"])
def test_resource_with_a_wrong_name_is_refused(azure: Azure, kind: str, name: str) -> None:
    subnet = azure.add_network()
    names = ("vnet", name) if "subnets" in kind else (name,)
    bodies: dict[str, Any] = {
        "virtualNetworks": {"location": REGION, "properties": SPACE},
        "virtualNetworks/subnets": {"properties": {"addressPrefix": "10.20.9.0/24"}},
        "privateEndpoints": azure.endpoint(subnet, azure.add_service().pls_id),
    }

    assert problem(azure.call("PUT", azure.path(kind, *names), bodies[kind])) == (400, "InvalidResourceName")
    assert azure.call("GET", azure.path(kind, *names)).status_code == 404


@pytest.mark.parametrize("name", [None, "", "-bad-", "x" * 81])
def test_part_of_a_resource_needs_a_name(azure: Azure, name: str | None) -> None:
    subnet, target = azure.add_network(), azure.add_service().pls_id
    endpoint = azure.endpoint(subnet, target)
    endpoint["properties"]["manualPrivateLinkServiceConnections"][0]["name"] = name
    config = {"name": name, "properties": {"privateIPAddress": "10.20.1.9"}}
    parts = [{"name": name, "properties": {"addressPrefix": "10.30.1.0/24"}}]
    network = {"location": REGION, "properties": {**SPACE, "subnets": parts}}

    for kind, body in (
        ("privateEndpoints", endpoint),
        ("privateEndpoints", azure.endpoint(subnet, target, ipConfigurations=[config])),
        ("virtualNetworks", network),
    ):
        assert problem(azure.call("PUT", azure.path(kind, "new"), body)) == (400, "InvalidResourceName")
        assert azure.call("GET", azure.path(kind, "new")).status_code == 404


@pytest.mark.parametrize("name", ["a b.example.net", "local", "a..b", "x" * 64 + ".net", "a.b.", "*.net", "ä.net"])
def test_zone_with_a_wrong_name_is_refused(azure: Azure, name: str) -> None:
    answer = azure.call("PUT", azure.path("privateDnsZones", name), {"location": "global"})

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


@pytest.mark.parametrize("name", ["bad..label", "x" * 64, "a b", ".a", "a.", "a.*", "ä", ".".join(["x" * 60] * 4)])
def test_record_set_with_a_wrong_name_is_refused(azure: Azure, name: str) -> None:
    body = {"properties": {"ttl": 60, "aRecords": [{"ipv4Address": "10.1.1.1"}]}}

    assert put_records(azure, "A", name, body) == 400


@pytest.mark.parametrize("name", ["@", "*", "*.a", "_mongodb._tcp.a", "a-b_c", "x" * 63])
def test_record_set_with_a_good_name_is_kept(azure: Azure, name: str) -> None:
    body = {"properties": {"ttl": 60, "aRecords": [{"ipv4Address": "10.1.1.1"}]}}

    assert put_records(azure, "A", name, body) == 201


@pytest.mark.parametrize("target", ["not a name..x", "bad..name", "x" * 64, "", None, "a b.net", ".a", "ä.net"])
def test_record_with_a_wrong_target_is_refused(azure: Azure, target: Any) -> None:
    bodies: dict[str, Callable[[Any], Any]] = {
        "CNAME": lambda name: {"cnameRecord": {"cname": name}},
        "SRV": lambda name: {"srvRecords": [{"priority": 0, "weight": 0, "port": 1, "target": name}]},
        "MX": lambda name: {"mxRecords": [{"preference": 1, "exchange": name}]},
        "PTR": lambda name: {"ptrRecords": [{"ptrdname": name}]},
    }
    for kind, records in bodies.items():
        assert put_records(azure, kind, kind, {"properties": {"ttl": 60, **records(target)}}) == 400
        assert put_records(azure, kind, kind, {"properties": {"ttl": 60, **records("a.example.net.")}}) == 201


@pytest.mark.parametrize("server", ["not-an-address", "10.0.0", "10.0.0.4/32", "dns.example.net"])
def test_dns_server_that_is_no_address_is_refused(azure: Azure, server: str) -> None:
    properties = {**SPACE, "dhcpOptions": {"dnsServers": ["10.0.0.4", server]}}
    path = azure.path("virtualNetworks", "new")

    assert azure.call("PUT", path, {"location": REGION, "properties": properties}).status_code == 400
    assert azure.call("GET", path).status_code == 404


@pytest.mark.parametrize("kind", ["networkSecurityGroup", "routeTable", "natGateway"])
def test_subnet_cannot_refer_to_what_does_not_exist(azure: Azure, kind: str) -> None:
    azure.add_network()
    path = azure.path("virtualNetworks/subnets", "vnet", "new")
    for reference in (azure.path(f"{kind}s", "none"), "none", ""):
        properties: dict[str, Any] = {"addressPrefix": "10.20.9.0/24", kind: {"id": reference}}
        assert problem(azure.call("PUT", path, {"properties": properties})) == (400, "InvalidResourceReference")
    properties = {"addressPrefix": "10.20.9.0/24", kind: azure.add_other(f"{kind}s", "there")}
    assert azure.call("PUT", path, {"properties": properties}).status_code in (200, 201)


@pytest.mark.parametrize("version", ["1999-01-01", "2024-05-02", "2099-01-01", "2024-05-01-preview", "2014-04-01"])
def test_version_that_a_type_does_not_have_is_refused(azure: Azure, version: str) -> None:
    answer = azure.call("GET", azure.path("virtualNetworks", "x"), version=version)

    assert problem(answer) == (400, "NoRegisteredProviderFound")
    assert "2024-05-01" in answer.json()["error"]["message"]
    group = f"/subscriptions/{azure.world.subscription_id}/resourceGroups/{GROUP}"
    assert azure.call("GET", group, version="1999-01-01").json()["error"]["code"] == "InvalidApiVersionParameter"


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("Microsoft.Network/virtualNetworks", "2024-05-01"),
        ("Microsoft.Network/virtualNetworks", "2025-07-01"),
        ("microsoft.network/privatednszones", "2024-06-01"),
        ("Microsoft.Network/privateDnsZones/A", "2018-09-01"),
        ("Microsoft.DocumentDB/mongoClusters", "2024-10-01-PREVIEW"),
        ("Microsoft.Authorization/locks", "2020-05-01"),
    ],
)
def test_version_that_a_type_has_is_taken(kind: str, version: str) -> None:
    assert arm_versions.exists(kind, version)


def test_regions_are_those_of_azure() -> None:
    assert all(map(arm_names.is_region, [*arm_names.available(), *arm_names.OTHER_REGIONS]))
    assert not any(map(arm_names.is_region, ["atlantis", "global", "us_east_2", ""]))


def put_records(azure: Azure, kind: str, name: str, body: dict[str, Any]) -> int:
    azure.call("PUT", azure.path("privateDnsZones", ZONE), {"location": "global"})
    return azure.call("PUT", azure.path(f"privateDnsZones/{kind}", ZONE, name), body).status_code
