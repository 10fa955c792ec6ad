# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Azure: private DNS zones, links and record sets."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError

from tests.lab.dns import RecordSet
from tests.lab_tests.azure_server import DNS_VERSION, GROUP, REGION, Azure, code, problem, settle

ZONE = "pl-0-eastus2-azure.ab123.mongodb.net"
LINKED_ZONE = "privatelink.mongocluster.cosmos.azure.com"
CREATE_ONLY: dict[str, Any] = {"etag": "*", "match_condition": MatchConditions.IfMissing}


def add_zone(azure: Azure, name: str = ZONE, **more: Any) -> Any:
    body = {"location": "global", "tags": {"team": "shop"}}
    return azure.dns.private_zones.begin_create_or_update(GROUP, name, body, **more).result()


def link_body(azure: Azure, network: str = "vnet", **more: Any) -> dict[str, Any]:
    properties = {"virtualNetwork": {"id": azure.path("virtualNetworks", network)}, "registrationEnabled": False}
    return {"location": "global", "properties": {**properties, **more}}


def add_link(azure: Azure, zone: str, name: str, body: dict[str, Any], **more: Any) -> Any:
    return azure.dns.virtual_network_links.begin_create_or_update(GROUP, zone, name, body, **more).result()


def put(azure: Azure, kind: str, name: str, properties: dict[str, Any], **more: Any) -> Any:
    body = {"properties": {"ttl": 60, **properties}}
    return azure.dns.record_sets.create_or_update(GROUP, ZONE, kind, name, body, **more)


def a(*addresses: str) -> dict[str, Any]:
    return {"aRecords": [{"ipv4Address": address} for address in addresses]}


# -- zones ---------------------------------------------------------------------------------------------------------


def test_a_zone_has_an_soa_record_and_counts_what_it_holds(azure: Azure) -> None:
    zone = add_zone(azure)
    assert (zone["location"], zone["tags"]) == ("global", {"team": "shop"})
    azure.add_network()
    put(azure, "A", "@", a("10.20.1.4"))
    add_link(azure, ZONE, "link", link_body(azure))
    properties = azure.dns.private_zones.get(GROUP, ZONE)["properties"]
    assert (properties["numberOfRecordSets"], properties["numberOfVirtualNetworkLinks"]) == (2, 1)
    assert (properties["maxNumberOfRecordSets"], properties["provisioningState"]) == (25000, "Succeeded")
    soa = azure.dns.record_sets.get(GROUP, ZONE, "SOA", "@")["properties"]
    assert (soa["fqdn"], soa["soaRecord"]["serialNumber"]) == (f"{ZONE}.", 1)
    assert [z["name"] for z in azure.dns.private_zones.list()] == [ZONE]
    assert [z["name"] for z in azure.dns.private_zones.list_by_resource_group(GROUP)] == [ZONE]


def test_what_is_wrong_with_a_zone_comes_out_of_the_operation(azure: Azure) -> None:
    path = azure.path("privateDnsZones", ZONE)
    body = {"location": "global"}
    first = azure.call("PUT", path, body, version=DNS_VERSION, If_None_Match="*")
    assert (first.status_code, first.json()) == (202, {})
    done = azure.call("GET", first.headers["Location"])
    assert (done.status_code, done.json()["name"]) == (200, ZONE)
    second = azure.call("PUT", path, body, version=DNS_VERSION, If_None_Match="*")
    assert second.status_code == 202
    status = azure.call("GET", second.headers["Azure-AsyncOperation"])
    assert (status.status_code, status.json()["status"]) == (200, "Failed")
    assert status.json()["error"]["code"] == "PreconditionFailed"
    assert problem(azure.call("GET", second.headers["Location"])) == (412, "PreconditionFailed")
    with pytest.raises(HttpResponseError, match="PreconditionFailed"):
        add_zone(azure, **CREATE_ONLY)
    with pytest.raises(HttpResponseError, match="PreconditionFailed"):
        add_zone(azure, etag="stale", match_condition=MatchConditions.IfNotModified)
    etag = azure.dns.private_zones.get(GROUP, ZONE)["etag"]
    assert add_zone(azure, etag=etag, match_condition=MatchConditions.IfNotModified)["etag"] != etag


def test_a_zone_takes_its_time(slow_azure: Azure) -> None:
    path = slow_azure.path("privateDnsZones", ZONE)
    accepted = slow_azure.call("PUT", path, {"location": "global"}, version=DNS_VERSION)
    assert accepted.headers["Retry-After"] == "10"
    running = slow_azure.call("GET", accepted.headers["Azure-AsyncOperation"])
    assert (running.status_code, running.json()) == (202, {"status": "InProgress"})
    assert slow_azure.call("GET", path).json()["properties"]["provisioningState"] == "Creating"
    settle(slow_azure)
    assert slow_azure.call("GET", accepted.headers["Azure-AsyncOperation"]).json() == {"status": "Succeeded"}


def test_a_zone_is_global_and_has_a_proper_name(azure: Azure) -> None:
    path = azure.path("privateDnsZones", ZONE)
    refused = azure.call("PUT", path, {"location": REGION}, version=DNS_VERSION)
    assert problem(refused) == (400, "LocationNotAvailableForResourceType")
    single = azure.call("PUT", azure.path("privateDnsZones", "local"), {"location": "global"}, version=DNS_VERSION)
    assert (single.status_code, single.json()["code"]) == (400, "BadRequest")


def test_a_put_without_tags_drops_them_and_a_patch_sets_them(azure: Azure) -> None:
    add_zone(azure)
    azure.dns.private_zones.begin_create_or_update(GROUP, ZONE, {"location": "global"}).result()
    assert azure.dns.private_zones.get(GROUP, ZONE).tags is None
    azure.dns.private_zones.begin_update(GROUP, ZONE, {"tags": {"x": "y"}}).result()
    assert azure.dns.private_zones.get(GROUP, ZONE)["tags"] == {"x": "y"}


def test_a_zone_goes_with_its_records_but_not_with_its_links(azure: Azure) -> None:
    add_zone(azure)
    azure.add_network()
    add_link(azure, ZONE, "link", link_body(azure))
    with pytest.raises(HttpResponseError, match="virtualNetworkLinks/link") as error:
        azure.dns.private_zones.begin_delete(GROUP, ZONE)
    assert code(error) == (409, "CannotDeleteResource")
    azure.dns.virtual_network_links.begin_delete(GROUP, ZONE, "link").result()
    azure.dns.private_zones.begin_delete(GROUP, ZONE).result()
    with pytest.raises(ResourceNotFoundError):
        azure.dns.private_zones.get(GROUP, ZONE)
    with pytest.raises(ResourceNotFoundError) as missing:
        put(azure, "A", "@", a("10.20.1.4"))
    assert code(missing) == (404, "ParentResourceNotFound")
    add_zone(azure)
    assert [r["name"] for r in azure.dns.record_sets.list(GROUP, ZONE)] == ["@"]


# -- links ---------------------------------------------------------------------------------------------------------


def test_a_link_is_provisioned_before_it_works(slow_azure: Azure) -> None:
    slow_azure.call("PUT", slow_azure.path("privateDnsZones", ZONE), {"location": "global"}, version=DNS_VERSION)
    space = {"addressSpace": {"addressPrefixes": ["10.20.0.0/16"]}}
    slow_azure.call("PUT", slow_azure.path("virtualNetworks", "vnet"), {"location": REGION, "properties": space})
    settle(slow_azure)
    path = slow_azure.path("privateDnsZones/virtualNetworkLinks", ZONE, "link")
    accepted = slow_azure.call("PUT", path, link_body(slow_azure), version=DNS_VERSION)

    def states() -> tuple[str, str]:
        properties = slow_azure.call("GET", path).json()["properties"]
        return properties["provisioningState"], properties["virtualNetworkLinkState"]

    assert states() == ("Creating", "InProgress")
    slow_azure.clock.now += slow_azure.world.pace.virtual_network_link / 2
    assert slow_azure.call("GET", accepted.headers["Azure-AsyncOperation"]).json() == {"status": "Succeeded"}
    assert states() == ("Succeeded", "InProgress")
    settle(slow_azure)
    assert states() == ("Succeeded", "Completed")
    slow_azure.call("DELETE", path, version=DNS_VERSION)
    assert states() == ("Deleting", "Completed")
    settle(slow_azure)
    assert problem(slow_azure.call("GET", path)) == (404, "ResourceNotFound")


def test_one_network_takes_one_zone_of_a_name(azure: Azure) -> None:
    add_zone(azure)
    azure.add_network()
    add_link(azure, ZONE, "link", link_body(azure))
    azure.call("PUT", f"/subscriptions/{azure.world.subscription_id}/resourceGroups/rg-two", {"location": REGION})
    azure.dns.private_zones.begin_create_or_update("rg-two", ZONE, {"location": "global"}).result()
    links = azure.dns.virtual_network_links
    with pytest.raises(HttpResponseError, match="overlapping namespaces") as error:
        links.begin_create_or_update("rg-two", ZONE, "link", link_body(azure)).result()
    assert code(error) == (200, "BadRequest")
    with pytest.raises(ResourceNotFoundError):
        links.get("rg-two", ZONE, "link")
    add_zone(azure, "ab123.mongodb.net")
    add_link(azure, "ab123.mongodb.net", "link", link_body(azure))
    assert [link["name"] for link in links.list(GROUP, "ab123.mongodb.net")] == ["link"]


def test_what_is_wrong_with_a_link(azure: Azure) -> None:
    add_zone(azure)
    azure.add_network()
    azure.add_network("second", "10.30.0.0/16", "10.30.1.0/24")
    with pytest.raises(HttpResponseError, match="Virtual network resource not found"):
        add_link(azure, ZONE, "link", link_body(azure, "nowhere"))
    unclear = link_body(azure)
    del unclear["properties"]["registrationEnabled"]
    with pytest.raises(HttpResponseError, match="registration setting is invalid") as error:
        add_link(azure, ZONE, "link", unclear)
    assert code(error) == (400, "BadRequest")
    link = add_link(azure, ZONE, "link", link_body(azure), **CREATE_ONLY)
    with pytest.raises(HttpResponseError, match="PreconditionFailed") as late:
        add_link(azure, ZONE, "link", link_body(azure), **CREATE_ONLY)
    assert late.value.status_code == 200
    add_link(azure, ZONE, "link", link_body(azure), etag=link["etag"], match_condition=MatchConditions.IfNotModified)
    with pytest.raises(HttpResponseError, match="cannot be changed"):
        add_link(azure, ZONE, "link", link_body(azure, "second"))


def test_only_a_private_link_zone_has_a_resolution_policy(azure: Azure) -> None:
    add_zone(azure)
    add_zone(azure, LINKED_ZONE)
    azure.add_network()
    for policy in ("Default", "NxDomainRedirect"):
        with pytest.raises(HttpResponseError, match="ResolutionPolicy not supported") as error:
            add_link(azure, ZONE, "link", link_body(azure, resolutionPolicy=policy))
        assert code(error) == (400, "BadRequest")
    link = add_link(azure, LINKED_ZONE, "link", link_body(azure))
    assert link["properties"]["resolutionPolicy"] == "Default"
    link = add_link(azure, LINKED_ZONE, "link", link_body(azure, resolutionPolicy="NxDomainRedirect"))
    assert link["properties"]["resolutionPolicy"] == "NxDomainRedirect"
    path = azure.path("privateDnsZones/virtualNetworkLinks", LINKED_ZONE, "link")
    assert "resolutionPolicy" not in azure.call("GET", path, version="2018-09-01").json()["properties"]
    azure.dns.virtual_network_links.begin_update(GROUP, LINKED_ZONE, "link", {"tags": {"x": "y"}}).result()
    link = azure.dns.virtual_network_links.get(GROUP, LINKED_ZONE, "link")
    assert (link["tags"], link["properties"]["resolutionPolicy"]) == ({"x": "y"}, "NxDomainRedirect")
    zones = azure.world.linked_zones(azure.path("virtualNetworks", "vnet"))
    assert [(zone.name, zone.nxdomain_redirect) for zone in zones] == [(LINKED_ZONE, True)]


# -- record sets ---------------------------------------------------------------------------------------------------


def test_record_sets_of_all_kinds_become_dns_data(azure: Azure) -> None:
    add_zone(azure)
    created = put(azure, "A", "@", {**a("10.20.1.4"), "metadata": {"managed-by": "us"}})
    assert (created["properties"]["fqdn"], created["properties"]["metadata"]) == (f"{ZONE}.", {"managed-by": "us"})
    assert created["properties"]["isAutoRegistered"] is False
    srv = [{"priority": 0, "weight": 0, "port": port, "target": "pl-0.mongodb.net"} for port in (1024, 1025)]
    put(azure, "SRV", "_mongodb._tcp.Cluster0", {"srvRecords": srv})
    put(azure, "TXT", "cluster0", {"txtRecords": [{"value": ["authSource=admin", "&replicaSet=rs"]}]})
    put(azure, "CNAME", "alias", {"cnameRecord": {"cname": "host.example.com"}})
    put(azure, "AAAA", "six", {"aaaaRecords": [{"ipv6Address": "fd00::4"}]})
    zone = azure.path("privateDnsZones", ZONE)
    assert azure.world.zone_records(zone) == {
        ("@", "A"): RecordSet(60, ("10.20.1.4",)),
        ("six", "AAAA"): RecordSet(60, ("fd00::4",)),
        ("alias", "CNAME"): RecordSet(60, ("host.example.com.",)),
        ("_mongodb._tcp.cluster0", "SRV"): RecordSet(60, ("0 0 1024 pl-0.mongodb.net.", "0 0 1025 pl-0.mongodb.net.")),
        ("cluster0", "TXT"): RecordSet(60, ('"authSource=admin" "&replicaSet=rs"',)),
    }
    azure.dns.record_sets.delete(GROUP, ZONE, "A", "@")
    azure.dns.record_sets.delete(GROUP, ZONE, "A", "@")
    assert ("@", "A") not in azure.world.zone_records(zone)
    with pytest.raises(ResourceNotFoundError) as error:
        azure.dns.record_sets.get(GROUP, ZONE, "A", "@")
    assert code(error) == (404, "NotFound")


def test_etags_guard_record_sets(azure: Azure) -> None:
    add_zone(azure)
    first = put(azure, "A", "@", a("10.20.1.4"), **CREATE_ONLY)
    with pytest.raises(ResourceExistsError):
        put(azure, "A", "@", a("10.20.1.5"), **CREATE_ONLY)
    second = put(azure, "A", "@", a("10.20.1.5"), etag=first["etag"], match_condition=MatchConditions.IfNotModified)
    assert second["etag"] != first["etag"]
    stale = {"etag": first["etag"], "match_condition": MatchConditions.IfNotModified}
    with pytest.raises(ResourceModifiedError):
        put(azure, "A", "@", a("10.20.1.6"), **stale)
    with pytest.raises(ResourceModifiedError):
        azure.dns.record_sets.delete(GROUP, ZONE, "A", "@", **stale)
    path = azure.path("privateDnsZones/A", ZONE, "@")
    bare = azure.call("PUT", path, {"properties": {"ttl": 60}}, version=DNS_VERSION, If_Match=first["etag"])
    assert (bare.status_code, bare.json()["code"]) == (412, "PreconditionFailed")
    absent = azure.call("PUT", path[:-1] + "new", {"properties": {"ttl": 60}}, version=DNS_VERSION, If_Match="*")
    assert absent.status_code == 412
    assert azure.dns.record_sets.get(GROUP, ZONE, "A", "@")["properties"]["aRecords"] == [{"ipv4Address": "10.20.1.5"}]
    third = put(azure, "A", "@", a(), etag=second["etag"], match_condition=MatchConditions.IfNotModified)
    assert third["properties"]["aRecords"] == []


def test_a_patch_changes_what_it_names(azure: Azure) -> None:
    add_zone(azure)
    put(azure, "A", "host", {**a("10.20.1.4"), "metadata": {"a": "b"}})
    patch = {"properties": {"metadata": {"c": "d"}}}
    azure.dns.record_sets.update(GROUP, ZONE, "A", "host", patch)
    kept = azure.dns.record_sets.get(GROUP, ZONE, "A", "host")["properties"]
    assert (kept["metadata"], kept["ttl"], kept["aRecords"]) == ({"c": "d"}, 60, [{"ipv4Address": "10.20.1.4"}])


@pytest.mark.parametrize(
    ("kind", "name", "properties", "words"),
    [
        ("A", "x", a("10.20.1.4", "10.20.1.4"), "may not contain multiple entries with the same 'ipv4Address'"),
        ("A", "x", a("fd00::4"), "invalid"),
        ("A", "x", a(*(f"10.20.1.{i}" for i in range(21))), "more than 20"),
        ("A", "x", {**a("10.20.1.4"), "ttl": 0}, "TTL"),
        ("TXT", "x", {"txtRecords": [{"value": ["x" * 256]}]}, "invalid"),
        ("SRV", "x", {"srvRecords": [{"priority": 0, "weight": 0, "port": 70000, "target": "t"}]}, "invalid"),
        ("CNAME", "@", {"cnameRecord": {"cname": "host.example.com"}}, "apex"),
        ("CNAME", "taken", {"cnameRecord": {"cname": "host.example.com"}}, "conflicts"),
        ("A", "alias", a("10.20.1.4"), "conflicts"),
        ("SOA", "x", {"soaRecord": {"host": "h"}}, "one SOA"),
    ],
)
def test_records_that_cannot_be(azure: Azure, kind: str, name: str, properties: dict[str, Any], words: str) -> None:
    add_zone(azure)
    put(azure, "A", "taken", a("10.20.1.4"))
    put(azure, "CNAME", "alias", {"cnameRecord": {"cname": "host.example.com"}})
    with pytest.raises(HttpResponseError, match=words) as error:
        put(azure, kind, name, properties)
    assert code(error) == (400, "BadRequest")
    assert azure.dns.private_zones.get(GROUP, ZONE)["properties"]["numberOfRecordSets"] == 3


def test_listings_come_in_pages(azure: Azure) -> None:
    add_zone(azure)
    for i in range(105):
        put(azure, "A", f"host{i:03}", a("10.20.1.4"))
    for i in range(3):
        put(azure, "TXT", f"host{i:03}", {"txtRecords": [{"value": ["x"]}]})
    listing = azure.path("privateDnsZones", ZONE) + "/ALL"
    first = azure.call("GET", listing, version=DNS_VERSION).json()
    assert len(first["value"]) == 100
    assert len(azure.call("GET", first["nextLink"]).json()["value"]) == 9
    assert len(list(azure.dns.record_sets.list(GROUP, ZONE))) == 109
    assert len(list(azure.dns.record_sets.list(GROUP, ZONE, top=7))) == 109
    assert len(list(azure.dns.record_sets.list_by_type(GROUP, ZONE, "A"))) == 105
    suffix = list(azure.dns.record_sets.list(GROUP, ZONE, recordsetnamesuffix="t002", top=1))
    assert sorted(record["type"].rsplit("/", 1)[-1] for record in suffix) == ["A", "TXT"]
