# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Azure: what private DNS zone groups write, and take away."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from tests.lab.mongo_cluster import ZONE, MongoCluster
from tests.lab_tests.azure_server import (
    DNS_VERSION,
    GROUP,
    REGION,
    Azure,
    code,
    problem,
    put_endpoint,
    settle,
    settled_network,
)


@pytest.fixture
def cluster(azure: Azure) -> MongoCluster:
    return azure.world.add_mongo_cluster("orders", GROUP, REGION)


@pytest.fixture
def subnet(azure: Azure) -> str:
    return azure.add_network()


def add_zone(azure: Azure, name: str = ZONE) -> str:
    azure.call("PUT", azure.path("privateDnsZones", name), {"location": "global"}, DNS_VERSION)
    return azure.path("privateDnsZones", name)


def add_endpoint(azure: Azure, subnet: str, cluster: MongoCluster, name: str = "pe", manual: bool = False) -> Any:
    body = azure.endpoint(subnet, cluster.id, manual, "MongoCluster")
    return put_endpoint(azure, body, name)


def put(azure: Azure, *zones: str, endpoint: str = "pe", name: str = "default", first: int = 0) -> Any:
    """Writes a zone group whose configs are called zone0, zone1, ..."""
    configs = [
        {"name": f"zone{first + number}", "properties": {"privateDnsZoneId": zone}} for number, zone in enumerate(zones)
    ]
    groups = azure.network.private_dns_zone_groups
    body = {"properties": {"privateDnsZoneConfigs": configs}}
    return groups.begin_create_or_update(GROUP, endpoint, name, body).result()


def refusal(azure: Azure, *zones: str, **more: Any) -> tuple[int | None, str | None]:
    with pytest.raises(HttpResponseError) as error:
        put(azure, *zones, **more)
    return code(error)


def records(azure: Azure, zone: str = ZONE) -> dict[str, list[str]]:
    """The A records of a zone, by relative name."""
    found = azure.dns.record_sets.list_by_type(GROUP, zone, "A")
    return {one.name: [record.ipv4_address for record in one.properties.a_records] for one in found}


# -- records -------------------------------------------------------------------------------------------------------


def test_a_group_writes_the_records_of_its_endpoint(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    endpoint = add_endpoint(azure, subnet, cluster)
    group = put(azure, add_zone(azure))
    (label,) = cluster.labels
    (config,) = group["properties"]["privateDnsZoneConfigs"]
    assert (group["name"], group["properties"]["provisioningState"]) == ("default", "Succeeded")
    assert config["properties"]["recordSets"] == [
        {
            "recordType": "A",
            "recordSetName": label,
            "fqdn": f"{label}.{ZONE}",
            "ttl": 10,
            "ipAddresses": ["10.20.1.4"],
            "provisioningState": "Succeeded",
        }
    ]
    written = azure.dns.record_sets.get(GROUP, ZONE, "A", label).properties
    guid = endpoint["properties"]["resourceGuid"]
    assert (written.ttl, written.a_records[0].ipv4_address) == (10, "10.20.1.4")
    assert written.metadata == {"creator": f"created by private endpoint pe with resource guid {guid}"}


def test_with_high_availability_there_are_two_names(azure: Azure, subnet: str) -> None:
    cluster = azure.world.add_mongo_cluster("orders", GROUP, REGION, high_availability=True)
    add_endpoint(azure, subnet, cluster)
    put(azure, add_zone(azure))
    assert records(azure) == dict.fromkeys(cluster.labels, ["10.20.1.4"])
    assert cluster.labels[1].endswith(".ro.global")


def test_a_pending_connection_has_its_records(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    add_endpoint(azure, subnet, cluster, manual=True)
    put(azure, add_zone(azure))
    assert list(records(azure)) == list(cluster.labels)


def test_only_a_zone_of_the_recommended_name_gets_records(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    add_endpoint(azure, subnet, cluster)
    names = ("privatelink.mongocluster.azure.com", "mongocluster.cosmos.azure.com", ZONE)
    group = put(azure, *(add_zone(azure, name) for name in names))
    assert [bool(records(azure, name)) for name in names] == [False, False, True]
    sets = [config["properties"]["recordSets"] for config in group["properties"]["privateDnsZoneConfigs"]]
    assert [len(found) for found in sets] == [0, 0, 1]


def test_a_private_link_service_has_no_names_to_write(azure: Azure, subnet: str) -> None:
    azure.add_endpoint(subnet, azure.add_service().pls_id)
    (config,) = put(azure, add_zone(azure))["properties"]["privateDnsZoneConfigs"]
    assert (config["properties"]["recordSets"], records(azure)) == ([], {})


def test_records_go_with_the_group_or_with_the_endpoint(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    zone = add_zone(azure)
    add_endpoint(azure, subnet, cluster)
    put(azure, zone)
    azure.network.private_dns_zone_groups.begin_delete(GROUP, "pe", "default").result()
    assert records(azure) == {}
    put(azure, zone)
    assert records(azure)
    azure.network.private_endpoints.begin_delete(GROUP, "pe").result()
    assert records(azure) == {}
    assert azure.call("DELETE", azure.path("privateEndpoints/privateDnsZoneGroups", "pe", "default")).status_code == 204


def test_the_second_endpoint_takes_over_the_record_of_the_first(
    azure: Azure, cluster: MongoCluster, subnet: str
) -> None:
    zone = add_zone(azure)
    (label,) = cluster.labels
    for name, address in (("one", "10.20.1.4"), ("two", "10.20.1.5")):
        add_endpoint(azure, subnet, cluster, name)
        put(azure, zone, endpoint=name)
        assert records(azure) == {label: [address]}
    azure.network.private_dns_zone_groups.begin_delete(GROUP, "two", "default").result()
    assert records(azure) == {}


def test_the_first_endpoint_leaves_what_the_second_has_taken_over(
    azure: Azure, cluster: MongoCluster, subnet: str
) -> None:
    zone = add_zone(azure)
    for name in ("one", "two"):
        add_endpoint(azure, subnet, cluster, name)
        put(azure, zone, endpoint=name)
    azure.network.private_endpoints.begin_delete(GROUP, "one").result()
    assert records(azure) == {cluster.labels[0]: ["10.20.1.5"]}


def test_users_may_delete_the_records_and_the_zone(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    add_endpoint(azure, subnet, cluster)
    put(azure, add_zone(azure))
    azure.dns.record_sets.delete(GROUP, ZONE, "A", cluster.labels[0])
    assert records(azure) == {}
    put(azure, azure.path("privateDnsZones", ZONE))
    assert records(azure)
    azure.dns.private_zones.begin_delete(GROUP, ZONE).result()
    azure.network.private_dns_zone_groups.begin_delete(GROUP, "pe", "default").result()
    with pytest.raises(ResourceNotFoundError):
        azure.network.private_dns_zone_groups.get(GROUP, "pe", "default")


def test_the_endpoint_shows_its_names_only_without_a_group(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    def names() -> list[str]:
        shown = azure.network.private_endpoints.get(GROUP, "pe")["properties"]["customDnsConfigs"]
        return [config["fqdn"] for config in shown]

    add_endpoint(azure, subnet, cluster)
    assert names() == list(cluster.hosts)
    put(azure, add_zone(azure))
    assert names() == []
    azure.network.private_dns_zone_groups.begin_delete(GROUP, "pe", "default").result()
    assert names() == list(cluster.hosts)


# -- the group -----------------------------------------------------------------------------------------------------


def test_an_endpoint_has_one_group(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    add_endpoint(azure, subnet, cluster)
    zone = add_zone(azure)
    put(azure, zone)
    assert refusal(azure, zone, name="other") == (400, "MoreThanOnePrivateDnsZoneGroupInPrivateEndpoint")
    assert [group["name"] for group in azure.network.private_dns_zone_groups.list("pe", GROUP)] == ["default"]
    assert azure.network.private_dns_zone_groups.get(GROUP, "pe", "Default")["name"] == "default"


def test_a_group_has_zones_that_exist_five_at_most(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    add_endpoint(azure, subnet, cluster)
    zones = [add_zone(azure, f"zone{number}.test") for number in range(6)]
    assert refusal(azure, *zones) == (400, "PrivateDnsZoneGroupHasTooManyPrivateDnsZoneConfigs")
    assert refusal(azure, zones[0] + "x") == (400, "InvalidPrivateDnsZoneIds")
    assert refusal(azure, subnet) == (400, "InvalidPrivateDnsZoneIds")
    path = azure.path("privateEndpoints/privateDnsZoneGroups", "pe", "default")
    twice = [{"name": "same", "properties": {"privateDnsZoneId": zone}} for zone in zones[:2]]
    answer = azure.call("PUT", path, {"properties": {"privateDnsZoneConfigs": twice}})
    assert problem(answer) == (400, "InvalidRequestFormat")
    assert answer.json()["error"]["details"][0]["code"] == "DuplicateResourceName"
    assert len(put(azure, *zones[:5])["properties"]["privateDnsZoneConfigs"]) == 5


def test_zones_can_be_added_and_removed_but_not_swapped(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    add_endpoint(azure, subnet, cluster)
    other, zone = add_zone(azure, "other.test"), add_zone(azure)
    put(azure, other)
    swapped = "CannotChangePrivateDnsZoneIdOnExistingPrivateDnsZoneConfig"
    assert refusal(azure, zone) == (400, swapped)
    put(azure, other, zone)
    assert records(azure)
    put(azure, other)
    assert records(azure) == {}
    put(azure, zone, first=1)
    assert records(azure)


def test_a_zone_must_be_allowed_and_the_endpoint_there(azure: Azure, cluster: MongoCluster, subnet: str) -> None:
    zone = add_zone(azure)
    assert refusal(azure, zone) == (404, "ParentResourceNotFound")
    add_endpoint(azure, subnet, cluster)
    azure.world.rights.denied.add("Microsoft.Network/privateDnsZones/join/action")
    assert refusal(azure, zone) == (403, "LinkedAuthorizationFailed")
    assert records(azure) == {}


def test_a_group_takes_its_time(slow_azure: Azure) -> None:
    cluster = slow_azure.world.add_mongo_cluster("orders", GROUP, REGION)
    subnet, zone = settled_network(slow_azure), add_zone(slow_azure)
    settle(slow_azure)
    body = slow_azure.endpoint(subnet, cluster.id, group="MongoCluster")
    slow_azure.call("PUT", slow_azure.path("privateEndpoints", "pe"), body)
    path = slow_azure.path("privateEndpoints/privateDnsZoneGroups", "pe", "default")
    group = {"properties": {"privateDnsZoneConfigs": [{"name": "zone", "properties": {"privateDnsZoneId": zone}}]}}
    assert problem(slow_azure.call("PUT", path, group)) == (429, "RetryableError")
    settle(slow_azure)
    begun = slow_azure.call("PUT", path, group)
    assert (begun.status_code, begun.json()["properties"]["provisioningState"]) == (201, "Updating")
    assert problem(slow_azure.call("PUT", path, group)) == (429, "AnotherOperationInProgress")
    settle(slow_azure)
    assert slow_azure.call("GET", path).json()["properties"]["provisioningState"] == "Succeeded"
    assert slow_azure.call("PUT", path, group).status_code == 200
    settle(slow_azure)
    assert slow_azure.call("DELETE", path).status_code == 202
    settle(slow_azure)
    assert problem(slow_azure.call("GET", path)) == (404, "NotFound")
