# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private endpoint services, their endpoints and regional mode in the simulated Atlas, as seen on the wire."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.lab_tests.atlas_server import CLUSTER_VERSION, VERSION, Atlas, key, refused, unknown_endpoint_id

# -- endpoint services -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["eastus2", "US_EAST_2"])
def test_service_is_made(atlas: Atlas, region: str) -> None:
    body = {"providerName": "AZURE", "region": region}
    made = atlas.call("POST", f"{atlas.group}/privateEndpoint/endpointService", body)
    ident = made.json()["id"]
    assert made.status_code == 201
    assert made.json() == {
        "cloudProvider": "AZURE",
        "errorMessage": None,
        "id": ident,
        "privateEndpoints": [],
        "privateLinkServiceName": None,
        "privateLinkServiceResourceId": None,
        "regionName": "US_EAST_2",
        "status": "INITIATING",
    }
    ready = atlas.call("GET", f"{atlas.services}/{ident}").json()
    assert (ready["status"], ready["privateLinkServiceName"]) == ("AVAILABLE", f"pls_{ident}")
    assert ready["privateLinkServiceResourceId"] == atlas.project.services[ident].pls_id
    assert atlas.call("GET", atlas.services).json() == [ready]


def test_service_takes_its_time(slow_atlas: Atlas) -> None:
    body = {"providerName": "AZURE", "region": "eastus2"}
    made = slow_atlas.call("POST", f"{slow_atlas.group}/privateEndpoint/endpointService", body).json()
    path = f"{slow_atlas.services}/{made['id']}"
    slow_atlas.clock.now += 58
    waiting = slow_atlas.call("GET", path).json()
    assert (waiting["status"], waiting["privateLinkServiceResourceId"]) == ("INITIATING", None)
    slow_atlas.clock.now += 2
    assert slow_atlas.call("GET", path).json()["status"] == "AVAILABLE"
    deleted = slow_atlas.call("DELETE", path)
    assert (deleted.status_code, deleted.json()) == (202, {})
    slow_atlas.clock.now += 30
    assert slow_atlas.call("DELETE", path).status_code == 202
    assert slow_atlas.call("GET", path).json()["status"] == "DELETING"
    slow_atlas.clock.now += 31
    refused(slow_atlas.call("GET", path), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")
    assert slow_atlas.call("GET", slow_atlas.services).json() == []


def test_service_fails_with_and_without_a_message(atlas: Atlas) -> None:
    atlas.world.next_service_outcome = "FAILED"
    service = atlas.world.add_service(atlas.project, "US_EAST_2")
    body = atlas.call("GET", f"{atlas.services}/{service.id}").json()
    assert (body["status"], body["privateLinkServiceName"]) == ("FAILED", None)
    assert body["errorMessage"]
    service.error = None
    assert atlas.call("GET", f"{atlas.services}/{service.id}").json()["errorMessage"] is None


def test_one_service_per_region(atlas: Atlas) -> None:
    path = f"{atlas.group}/privateEndpoint/endpointService"
    for region, status in (("eastus2", 201), ("westeurope", 201)):
        assert atlas.call("POST", path, {"providerName": "AZURE", "region": region}).status_code == status
    again = atlas.call("POST", path, {"providerName": "AZURE", "region": "US_EAST_2"})
    body = refused(again, 409, "PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION")
    assert body["detail"] == "A private endpoint service already exists for Azure region US_EAST_2."
    assert body["parameters"] == ["AZURE US_EAST_2"]
    assert len(atlas.project.services) == 2


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"providerName": "AZURE", "region": "eastus22"}, 400, "INVALID_REGION", None),
        ({"providerName": "AZURE", "region": "East US 2"}, 400, "INVALID_REGION", None),
        ({"providerName": "AZURE"}, 400, "MISSING_ATTRIBUTE", "region"),
        ({"providerName": "azure", "region": "eastus2"}, 400, "INVALID_ATTRIBUTE", "providerName"),
        ({"providerName": "AZURE", "region": 7}, 400, "INVALID_ATTRIBUTE", "region"),
        ({"providerName": "AZURE", "region": "eastus2", "tier": "M10"}, 400, "INVALID_ATTRIBUTE", "tier"),
        ({"providerName": "AWS", "region": "US_EAST_1"}, 404, "PROVIDER_UNSUPPORTED", None),
        (
            {"providerName": "AZURE", "region": "eastus2", "supportedRemoteRegions": ["x"]},
            404,
            "PROVIDER_UNSUPPORTED",
            None,
        ),
        (["AZURE"], 400, "INVALID_JSON", None),
    ],
)
def test_bad_service(atlas: Atlas, body: Any, status: int, code: str, field: str | None) -> None:
    error = refused(atlas.call("POST", f"{atlas.group}/privateEndpoint/endpointService", body), status, code)
    assert [item["field"] for item in error.get("badRequestDetail", {}).get("fields", [])] == ([field] if field else [])
    assert not atlas.project.services


def test_malformed_json(atlas: Atlas) -> None:
    answer = requests.post(
        f"{atlas.url}{atlas.group}/privateEndpoint/endpointService",
        data="{",
        headers={"Accept": VERSION, "Content-Type": VERSION},
        auth=key(atlas.owner),
        timeout=10,
    )
    refused(answer, 400, "MALFORMED_JSON")


def test_service_of_another_provider_or_project(atlas: Atlas) -> None:
    service = atlas.add_service()
    other = atlas.services.replace("AZURE", "AWS")
    assert atlas.call("GET", other).json() == []
    refused(atlas.call("GET", f"{other}/{service.id}"), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")
    refused(atlas.call("GET", atlas.services.replace("AZURE", "azure")), 400, "INVALID_PROVIDER")
    project = atlas.world.add_project("second")
    atlas.owner.roles[project.id] = "GROUP_OWNER"
    elsewhere = atlas.services.replace(atlas.project.id, project.id)
    refused(atlas.call("GET", f"{elsewhere}/{service.id}"), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")


def test_azure_service_cannot_be_updated(atlas: Atlas) -> None:
    service = atlas.add_service()
    path = f"{atlas.group}/privateEndpoint/endpointService/{service.id}"
    refused(atlas.call("PATCH", path, {"cloudProvider": "AWS"}), 404, "PROVIDER_UNSUPPORTED")
    refused(atlas.call("PATCH", path, {"cloudProvider": "AZURE"}), 400, "INVALID_ATTRIBUTE")


# -- endpoints ---------------------------------------------------------------------------------------------------------


def test_endpoint_life(slow_atlas: Atlas) -> None:
    cluster = slow_atlas.world.add_cluster(slow_atlas.project, "Cluster0", ["US_EAST_2"])
    service = slow_atlas.add_service()
    made = slow_atlas.register(service)
    ident = made.json()["privateEndpointResourceId"]
    path = slow_atlas.endpoint(service, ident)
    assert made.status_code == 201
    assert (made.json()["status"], made.json()["deleteRequested"]) == ("INITIATING", False)
    assert slow_atlas.call("GET", f"{slow_atlas.services}/{service.id}").json()["privateEndpoints"] == [ident]
    slow_atlas.clock.now += 76
    ready = slow_atlas.call("GET", path).json()
    assert (ready["status"], ready["errorMessage"], ready["privateEndpointIPAddress"]) == (
        "AVAILABLE",
        None,
        "10.0.0.4",
    )

    cluster_path = f"{slow_atlas.group}/clusters/{cluster.name}"
    body = slow_atlas.call("GET", cluster_path, accept=CLUSTER_VERSION).json()
    assert (body["stateName"], "privateEndpoint" in body["connectionStrings"]) == ("UPDATING", False)
    slow_atlas.clock.now += 181
    body = slow_atlas.call("GET", cluster_path, accept=CLUSTER_VERSION).json()
    assert body["stateName"] == "IDLE"
    host = f"pl-0-eastus2-azure.{cluster.hash}.mongodb.net"
    assert body["connectionStrings"]["privateEndpoint"] == [
        {
            "connectionString": f"mongodb://{host}:1024,{host}:1025,{host}:1026/"
            f"?ssl=true&authSource=admin&replicaSet={cluster.set_name}",
            "endpoints": [{"endpointId": ident, "providerName": "AZURE", "region": "US_EAST_2"}],
            "srvConnectionString": f"mongodb+srv://cluster0-pl-0.{cluster.hash}.mongodb.net",
            "type": "MONGOD",
        }
    ]

    refused(
        slow_atlas.call("DELETE", f"{slow_atlas.services}/{service.id}"),
        409,
        "CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS",
    )
    deleted = slow_atlas.call("DELETE", path)
    assert (deleted.status_code, deleted.json()) == (202, {})
    slow_atlas.clock.now += 30
    assert slow_atlas.call("DELETE", path).status_code == 202
    going = slow_atlas.call("GET", path).json()
    assert (going["status"], going["deleteRequested"]) == ("DELETING", True)
    refused(
        slow_atlas.call("DELETE", f"{slow_atlas.services}/{service.id}"),
        409,
        "CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS",
    )
    slow_atlas.clock.now += 31
    refused(slow_atlas.call("GET", path), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")
    assert slow_atlas.call("GET", f"{slow_atlas.services}/{service.id}").json()["status"] == "DELETING"
    slow_atlas.clock.now += 61
    refused(slow_atlas.call("GET", f"{slow_atlas.services}/{service.id}"), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")


def test_endpoint_shows_initiating_once_in_an_instant_world(atlas: Atlas) -> None:
    service = atlas.add_service()
    made = atlas.register(service).json()
    assert made["status"] == "INITIATING"
    assert atlas.call("GET", atlas.endpoint(service, made["privateEndpointResourceId"])).json()["status"] == "AVAILABLE"


def test_endpoint_id_in_the_path(atlas: Atlas) -> None:
    service = atlas.add_service()
    ident = atlas.register(service).json()["privateEndpointResourceId"]
    for spelling in (ident.upper(), ident.lower()):
        found = atlas.call("GET", atlas.endpoint(service, spelling)).json()
        assert found["privateEndpointResourceId"] == ident
    lower_hex = atlas.endpoint(service, ident).replace("%2F", "%2f")
    assert atlas.call("GET", lower_hex).status_code == 200
    refused(atlas.call("GET", f"{atlas.services}/{service.id}/endpoint/{ident}"), 501, "NotPlayedByTheLab")
    twice = atlas.endpoint(service, quote(ident, safe=""))
    refused(atlas.call("GET", twice), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")


def test_wrong_endpoint_fails_later(atlas: Atlas) -> None:
    service = atlas.add_service()
    body = {"id": unknown_endpoint_id(), "privateEndpointIPAddress": "10.0.0.4", "cloudProvider": "AZURE"}
    assert atlas.call("POST", f"{atlas.services}/{service.id}/endpoint", body).status_code == 201
    failed = atlas.call("GET", atlas.endpoint(service, body["id"])).json()
    assert failed["status"] == "FAILED"
    assert failed["errorMessage"]


def test_endpoint_is_registered_once(atlas: Atlas) -> None:
    service = atlas.add_service()
    ident = atlas.register(service).json()["privateEndpointResourceId"]
    body = {"id": ident.replace("resourceGroups", "resourcegroups"), "privateEndpointIPAddress": "10.0.0.5"}
    again = atlas.call("POST", f"{atlas.services}/{service.id}/endpoint", body)
    refused(again, 409, "PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"id": unknown_endpoint_id()}, "MISSING_ATTRIBUTE", "privateEndpointIPAddress"),
        ({"privateEndpointIPAddress": "10.0.0.4"}, "MISSING_ATTRIBUTE", "id"),
        ({"id": "pe", "privateEndpointIPAddress": "10.0.0.4"}, "INVALID_ATTRIBUTE", "id"),
        (
            {"id": unknown_endpoint_id(), "privateEndpointIPAddress": "10.0.0.256"},
            "INVALID_ATTRIBUTE",
            "privateEndpointIPAddress",
        ),
        (
            {"id": unknown_endpoint_id(), "privateEndpointIPAddress": "10.0.0.4", "cloudProvider": "AWS"},
            "INVALID_ATTRIBUTE",
            "cloudProvider",
        ),
    ],
)
def test_bad_endpoint(atlas: Atlas, body: dict[str, str], code: str, field: str) -> None:
    service = atlas.add_service()
    error = refused(atlas.call("POST", f"{atlas.services}/{service.id}/endpoint", body), 400, code)
    assert [item["field"] for item in error["badRequestDetail"]["fields"]] == [field]
    assert not service.interfaces


def test_endpoint_needs_a_ready_service(slow_atlas: Atlas) -> None:
    service = slow_atlas.world.add_service(slow_atlas.project, "US_EAST_2")
    refused(slow_atlas.register(service), 409, "PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS")


def test_endpoint_needs_a_payment_method(atlas: Atlas) -> None:
    atlas.project.payment_method = False
    body = refused(atlas.register(atlas.add_service()), 402, "NO_PAYMENT_INFORMATION_FOUND")
    assert body["detail"] == f"No payment information was found for group {atlas.project.id}."


def test_paused_cluster_in_the_region_blocks(atlas: Atlas) -> None:
    cluster = atlas.world.add_cluster(atlas.project, "Cluster0", ["US_EAST_2"], paused=True)
    refused(atlas.register(atlas.add_service("US_EAST_2")), 409, "CANNOT_UPDATE_PAUSED_CLUSTER")
    assert atlas.register(atlas.add_service("EUROPE_WEST")).status_code == 201
    cluster.paused = False
    assert atlas.register(atlas.project.services[next(iter(atlas.project.services))], "pe2").status_code == 201


def test_topology_rule(atlas: Atlas) -> None:
    code = "MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION"
    east, west = atlas.add_service("US_EAST_2"), atlas.add_service("EUROPE_WEST")
    assert atlas.register(east, "a").status_code == 201
    assert atlas.register(west, "b").status_code == 201
    refused(atlas.register(east, "c"), 409, code)
    assert atlas.call("DELETE", atlas.endpoint(west, next(iter(west.interfaces)))).status_code == 202
    assert atlas.register(east, "c").status_code == 201
    west = atlas.add_service("EUROPE_WEST")
    refused(atlas.register(west, "d"), 409, code)
    assert atlas.call("PATCH", f"{atlas.group}/privateEndpoint/regionalMode", {"enabled": True}).status_code == 202
    assert atlas.register(west, "d").status_code == 201


def test_deleting_the_last_endpoint_takes_the_service_along(atlas: Atlas) -> None:
    service = atlas.add_service()
    ident = atlas.register(service).json()["privateEndpointResourceId"]
    assert atlas.call("DELETE", atlas.endpoint(service, ident)).status_code == 202
    refused(atlas.call("GET", f"{atlas.services}/{service.id}"), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")


# -- regional mode -----------------------------------------------------------------------------------------------------


def test_regional_mode(atlas: Atlas) -> None:
    path = f"{atlas.group}/privateEndpoint/regionalMode"
    assert atlas.call("GET", path).json() == {"enabled": False}
    atlas.world.add_cluster(atlas.project, "Sharded", ["US_EAST_2"], type="SHARDED")
    on = atlas.call("PATCH", path, {"enabled": True})
    assert (on.status_code, on.json()) == (202, {"enabled": True})
    assert atlas.call("GET", path).json() == {"enabled": True}
    service = atlas.add_service()
    atlas.register(service)
    strings = atlas.call("GET", f"{atlas.group}/clusters/Sharded", accept=CLUSTER_VERSION).json()["connectionStrings"]
    assert "-pl-0-eastus2." in strings["privateEndpoint"][0]["srvConnectionString"]
    assert strings["privateEndpoint"][0]["type"] == "MONGOS"
    assert "replicaSet" not in strings["privateEndpoint"][0]["connectionString"]


def test_regional_mode_wants_sharded_clusters(atlas: Atlas) -> None:
    atlas.world.add_cluster(atlas.project, "Cluster0", ["US_EAST_2"])
    answer = atlas.call("PATCH", f"{atlas.group}/privateEndpoint/regionalMode", {"enabled": True})
    refused(answer, 409, "ATLAS_GENERAL_ERROR")
    assert not atlas.project.regional_mode


def test_regional_mode_cannot_be_left_with_too_many_endpoints(atlas: Atlas) -> None:
    path = f"{atlas.group}/privateEndpoint/regionalMode"
    atlas.call("PATCH", path, {"enabled": True})
    east, west = atlas.add_service("US_EAST_2"), atlas.add_service("EUROPE_WEST")
    for service, name in ((east, "a"), (east, "b"), (west, "c")):
        assert atlas.register(service, name).status_code == 201
    code = "MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION"
    refused(atlas.call("PATCH", path, {"enabled": False}), 409, code)
    assert atlas.call("DELETE", atlas.endpoint(west, next(iter(west.interfaces)))).status_code == 202
    assert atlas.call("PATCH", path, {"enabled": False}).json() == {"enabled": False}


@pytest.mark.parametrize("body", [{}, {"enabled": "true"}, {"enabled": True, "more": 1}])
def test_bad_regional_mode(atlas: Atlas, body: dict[str, Any]) -> None:
    answer = atlas.call("PATCH", f"{atlas.group}/privateEndpoint/regionalMode", body)
    assert (answer.status_code, answer.json()["error"]) == (400, 400)
