# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Azure: lists of resources, tags, locations, and which addresses are free."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError

from tests.lab import regions
from tests.lab.locations import LOCATIONS, NAMES
from tests.lab_tests.azure_server import DNS_VERSION, GROUP, REGION, Azure, code, interface_of, problem

VERSION = "2021-04-01"
TAGS = "/providers/Microsoft.Resources/tags/default"


def group(azure: Azure, name: str = GROUP) -> str:
    return f"/subscriptions/{azure.world.subscription_id}/resourceGroups/{name}"


def listed(azure: Azure, home: str, **query: str) -> list[dict[str, Any]]:
    text = "&".join(f"${name}={value}" for name, value in query.items())
    answer = azure.call("GET", f"{home}/resources?api-version={VERSION}&{text}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["value"]
    return found


def add_some(azure: Azure) -> str:
    """A network, an endpoint with its interface, a zone with a link; the network's id."""
    subnet = azure.add_network()
    network = subnet.partition("/subnets/")[0]
    azure.add_endpoint(subnet, azure.add_service().pls_id)
    zone = azure.path("privateDnsZones", "a.example.net")
    link = {"location": "global", "properties": {"virtualNetwork": {"id": network}, "registrationEnabled": False}}
    azure.call("PUT", zone, {"location": "global", "tags": {"Owner": "net"}}, version=DNS_VERSION)
    azure.call("PUT", f"{zone}/virtualNetworkLinks/app", link, version=DNS_VERSION)
    azure.call("PUT", f"{zone}/A/host", {"properties": {"ttl": 60, "aRecords": []}}, version=DNS_VERSION)
    return network


def test_the_resources_of_a_group_are_those_with_a_location(azure: Azure) -> None:
    add_some(azure)
    azure.world.add_resource_group("rg-empty", REGION)
    found = listed(azure, group(azure))
    assert sorted(one["type"].rpartition("/")[2] for one in found) == [
        "networkInterfaces",
        "privateDnsZones",
        "privateEndpoints",
        "virtualNetworkLinks",
        "virtualNetworks",
    ]
    link = next(one for one in found if one["type"].endswith("virtualNetworkLinks"))
    assert (link["name"], link["location"]) == ("a.example.net/app", "global")
    assert listed(azure, group(azure, "RG-Empty")) == []
    answer = azure.call("GET", f"{group(azure, 'rg-none')}/resources")
    assert problem(answer) == (404, "ResourceGroupNotFound")
    whole = listed(azure, f"/subscriptions/{azure.world.subscription_id}")
    assert {one["id"] for one in found} <= {one["id"] for one in whole}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("resourceType eq 'microsoft.network/virtualnetworks'", ["vnet"]),
        ("name eq 'VNET'", ["vnet"]),
        ("name eq 'vnet' and resourceType eq 'Microsoft.Network/privateEndpoints'", []),
        ("resourceType eq 'Microsoft.Network/privateEndpoints' and resourceGroup eq 'rg-link'", ["pe"]),
        ("location ne 'eastus2'", ["a.example.net", "app"]),
        ("tagName eq 'owner' and tagValue eq 'net'", ["a.example.net"]),
        ("tagName eq 'owner' and tagValue eq 'other'", []),
    ],
)
def test_resources_are_filtered(azure: Azure, text: str, names: list[str]) -> None:
    add_some(azure)
    found = listed(azure, group(azure), filter=text)
    assert sorted(one["id"].rsplit("/", 1)[-1] for one in found) == names


@pytest.mark.parametrize("text", ["substringof('v', name)", "name eq 'a' or name eq 'b'", "plan eq 'x'", "nonsense"])
def test_a_filter_that_is_not_played_is_not_ignored(azure: Azure, text: str) -> None:
    answer = azure.call("GET", f"{group(azure)}/resources?api-version={VERSION}&$filter={text}")
    assert problem(answer) == (501, "NotPlayedByTheLab")
    assert text in answer.json()["error"]["message"]


def test_a_list_shows_clusters_and_states_and_what_may_be_read(azure: Azure) -> None:
    add_some(azure)
    cluster = azure.world.add_mongo_cluster("shop", GROUP, REGION, tags={"team": "shop"})
    (shown,) = listed(azure, group(azure), filter="name eq 'shop'", expand="provisioningState")
    assert (shown["id"], shown["tags"], shown["provisioningState"]) == (cluster.id, {"team": "shop"}, "Succeeded")
    azure.call("PUT", f"{cluster.id}{TAGS}", {"properties": {"tags": {"team": "net"}}})
    assert cluster.tags == {"team": "net"}
    azure.world.rights.denied |= {"Microsoft.Network/privateEndpoints/read"}
    assert not [one for one in listed(azure, group(azure)) if one["type"].endswith("/privateEndpoints")]


def test_the_locations_are_those_that_the_collection_knows(azure: Azure) -> None:
    answer = azure.call("GET", f"/subscriptions/{azure.world.subscription_id}/locations")
    found = {one["name"]: one for one in answer.json()["value"]}
    assert found["eastus2"]["displayName"] == "East US 2"
    assert found["eastus2"]["regionalDisplayName"] == "(US) East US 2"
    assert len(found) == len(NAMES) == sum(map(len, LOCATIONS.values()))
    assert all(regions.azure_location(one["displayName"]) == name for name, one in found.items())
    assert all(map(regions.is_known, found))


def test_tags_are_merged_replaced_and_removed(azure: Azure) -> None:
    network = add_some(azure)
    for scope in (network, group(azure), azure.path("privateEndpoints", "pe")):
        place = f"{scope}{TAGS}"

        def patch(operation: str, place: str = place, **tags: str) -> Any:
            answer = azure.call("PATCH", place, {"operation": operation, "properties": {"tags": tags}})
            return answer.json()["properties"]["tags"]

        made = azure.call("PUT", place, {"properties": {"tags": {"a": "1", "b": "2"}}}).json()
        assert (made["id"], made["type"], made["name"]) == (place, "Microsoft.Resources/tags", "default")
        assert patch("Merge", b="3", c="4") == {"a": "1", "b": "3", "c": "4"}
        assert patch("Delete", b="3", c="other") == {"a": "1", "c": "4"}
        assert azure.call("GET", scope).json()["tags"] == {"a": "1", "c": "4"}
        assert patch("Replace", d="5") == {"d": "5"}
        assert azure.call("DELETE", place).status_code == 200
        assert azure.call("GET", place).json()["properties"] == {"tags": {}}


def test_tags_that_cannot_be_set_are_refused(azure: Azure) -> None:
    subnet = azure.add_network()
    body = {"properties": {"tags": {"a": "1"}}}
    network = subnet.partition("/subnets/")[0]
    many = {"properties": {"tags": {str(number): "" for number in range(51)}}}
    for call, expected in [
        (azure.call("PUT", f"{network}-none{TAGS}", body), (404, "ResourceNotFound")),
        (azure.call("PUT", f"{group(azure, 'rg-none')}{TAGS}", body), (404, "ResourceGroupNotFound")),
        (azure.call("PUT", f"{network}{TAGS}", {"tags": {}}), (400, "InvalidRequestContent")),
        (azure.call("PUT", f"{network}{TAGS}", many), (400, "InvalidTags")),
        (azure.call("PATCH", f"{network}{TAGS}", {**body, "operation": "Add"}), (400, "InvalidTagOperation")),
        (azure.call("PUT", f"{subnet}{TAGS}", body), (501, "NotPlayedByTheLab")),
        (azure.call("GET", f"/subscriptions/{azure.world.subscription_id}{TAGS}"), (501, "NotPlayedByTheLab")),
        (azure.call("POST", f"{network}{TAGS}", body), (501, "NotPlayedByTheLab")),
    ]:
        assert problem(call) == expected
    azure.world.rights.denied |= {"Microsoft.Resources/tags/write"}
    assert problem(azure.call("PUT", f"{network}{TAGS}", body)) == (403, "AuthorizationFailed")


def test_an_endpoint_shows_its_interfaces_when_asked(azure: Azure) -> None:
    add_some(azure)
    plain = azure.network.private_endpoints.get(GROUP, "pe")
    whole = azure.network.private_endpoints.get(GROUP, "pe", expand="networkInterfaces")
    (config,) = whole["properties"]["networkInterfaces"][0]["properties"]["ipConfigurations"]
    assert config["properties"]["privateIPAddress"] == "10.20.1.4"
    assert whole["properties"]["networkInterfaces"] == [interface_of(azure, plain)]
    assert list(plain["properties"]["networkInterfaces"][0]) == ["id"]


@pytest.mark.parametrize(
    ("address", "available", "reserved", "others"),
    [
        ("10.20.1.9", True, False, 0),
        ("10.20.1.4", False, False, 5),
        ("10.20.1.0", False, True, 5),
        ("10.20.1.255", False, True, 5),
    ],
)
def test_a_network_says_which_addresses_are_free(
    azure: Azure, address: str, available: bool, reserved: bool, others: int
) -> None:
    add_some(azure)
    found = azure.network.virtual_networks.check_ip_address_availability(GROUP, "vnet", ip_address=address)
    assert (found["available"], found["isPlatformReserved"]) == (available, reserved)
    free = found.get("availableIPAddresses") or []
    assert free == [f"10.20.1.{number}" for number in range(5, 5 + others)]


@pytest.mark.parametrize("address", ["10.20.9.9", "nonsense"])
def test_an_address_outside_of_all_subnets_is_refused(azure: Azure, address: str) -> None:
    azure.add_network()
    with pytest.raises(HttpResponseError) as error:
        azure.network.virtual_networks.check_ip_address_availability(GROUP, "vnet", ip_address=address)
    assert code(error)[0] == 400
