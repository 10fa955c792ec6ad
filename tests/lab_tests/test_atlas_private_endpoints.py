# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private endpoint services, their endpoints and regional mode in the simulated Atlas, as seen on the wire."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.lab_tests.atlas_server import CLUSTER_VERSION, VERSION, Lab, key, refused, unknown_endpoint_id

# -- endpoint services -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["eastus2", "US_EAST_2"])
def test_service_is_made(here: Lab, region: str) -> None:
    body = {"providerName": "AZURE", "region": region}
    made = here.call("POST", f"{here.group}/privateEndpoint/endpointService", body)
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
    ready = here.call("GET", f"{here.services}/{ident}").json()
    assert (ready["status"], ready["privateLinkServiceName"]) == ("AVAILABLE", f"pls_{ident}")
    assert ready["privateLinkServiceResourceId"] == here.project.services[ident].pls_id
    assert here.call("GET", here.services).json() == [ready]


def test_service_takes_its_time(slow: Lab) -> None:
    body = {"providerName": "AZURE", "region": "eastus2"}
    path = f"{slow.services}/{slow.call('POST', f'{slow.group}/privateEndpoint/endpointService', body).json()['id']}"
    slow.clock.now += 58
    waiting = slow.call("GET", path).json()
    assert (waiting["status"], waiting["privateLinkServiceResourceId"]) == ("INITIATING", None)
    slow.clock.now += 2
    assert slow.call("GET", path).json()["status"] == "AVAILABLE"
    deleted = slow.call("DELETE", path)
    assert (deleted.status_code, deleted.json()) == (202, {})
    slow.clock.now += 30
    assert slow.call("DELETE", path).status_code == 202
    assert slow.call("GET", path).json()["status"] == "DELETING"
    slow.clock.now += 31
    refused(slow.call("GET", path), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")
    assert slow.call("GET", slow.services).json() == []


def test_service_fails_with_and_without_a_message(here: Lab) -> None:
    here.world.next_service_outcome = "FAILED"
    service = here.world.add_service(here.project, "US_EAST_2")
    body = here.call("GET", f"{here.services}/{service.id}").json()
    assert (body["status"], body["privateLinkServiceName"]) == ("FAILED", None)
    assert body["errorMessage"]
    service.error = None
    assert here.call("GET", f"{here.services}/{service.id}").json()["errorMessage"] is None


def test_one_service_per_region(here: Lab) -> None:
    path = f"{here.group}/privateEndpoint/endpointService"
    for region, status in (("eastus2", 201), ("westeurope", 201)):
        assert here.call("POST", path, {"providerName": "AZURE", "region": region}).status_code == status
    again = here.call("POST", path, {"providerName": "AZURE", "region": "US_EAST_2"})
    body = refused(again, 409, "PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION")
    assert body["detail"] == "A private endpoint service already exists for Azure region US_EAST_2."
    assert body["parameters"] == ["AZURE US_EAST_2"]
    assert len(here.project.services) == 2


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
def test_bad_service(here: Lab, body: Any, status: int, code: str, field: str | None) -> None:
    error = refused(here.call("POST", f"{here.group}/privateEndpoint/endpointService", body), status, code)
    assert [item["field"] for item in error.get("badRequestDetail", {}).get("fields", [])] == ([field] if field else [])
    assert not here.project.services


def test_malformed_json(here: Lab) -> None:
    answer = requests.post(
        f"{here.url}{here.group}/privateEndpoint/endpointService",
        data="{",
        headers={"Accept": VERSION, "Content-Type": VERSION},
        auth=key(here.owner),
        timeout=10,
    )
    refused(answer, 400, "MALFORMED_JSON")


def test_service_of_another_provider_or_project(here: Lab) -> None:
    service = here.add_service()
    other = here.services.replace("AZURE", "AWS")
    assert here.call("GET", other).json() == []
    refused(here.call("GET", f"{other}/{service.id}"), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")
    refused(here.call("GET", here.services.replace("AZURE", "azure")), 400, "INVALID_PROVIDER")
    project = here.world.add_project("second")
    here.owner.roles[project.id] = "GROUP_OWNER"
    elsewhere = here.services.replace(here.project.id, project.id)
    refused(here.call("GET", f"{elsewhere}/{service.id}"), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")


def test_azure_service_cannot_be_updated(here: Lab) -> None:
    service = here.add_service()
    path = f"{here.group}/privateEndpoint/endpointService/{service.id}"
    refused(here.call("PATCH", path, {"cloudProvider": "AWS"}), 404, "PROVIDER_UNSUPPORTED")
    refused(here.call("PATCH", path, {"cloudProvider": "AZURE"}), 400, "INVALID_ATTRIBUTE")


# -- endpoints ---------------------------------------------------------------------------------------------------------


def test_endpoint_life(slow: Lab) -> None:
    cluster = slow.world.add_cluster(slow.project, "Cluster0", ["US_EAST_2"])
    service = slow.add_service()
    made = slow.register(service)
    ident = made.json()["privateEndpointResourceId"]
    path = slow.endpoint(service, ident)
    assert made.status_code == 201
    assert (made.json()["status"], made.json()["deleteRequested"]) == ("INITIATING", False)
    assert slow.call("GET", f"{slow.services}/{service.id}").json()["privateEndpoints"] == [ident]
    slow.clock.now += 76
    ready = slow.call("GET", path).json()
    assert (ready["status"], ready["errorMessage"], ready["privateEndpointIPAddress"]) == (
        "AVAILABLE",
        None,
        "10.0.0.4",
    )

    cluster_path = f"{slow.group}/clusters/{cluster.name}"
    body = slow.call("GET", cluster_path, accept=CLUSTER_VERSION).json()
    assert (body["stateName"], "privateEndpoint" in body["connectionStrings"]) == ("UPDATING", False)
    slow.clock.now += 181
    body = slow.call("GET", cluster_path, accept=CLUSTER_VERSION).json()
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

    refused(slow.call("DELETE", f"{slow.services}/{service.id}"), 409, "CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS")
    deleted = slow.call("DELETE", path)
    assert (deleted.status_code, deleted.json()) == (202, {})
    slow.clock.now += 30
    assert slow.call("DELETE", path).status_code == 202
    going = slow.call("GET", path).json()
    assert (going["status"], going["deleteRequested"]) == ("DELETING", True)
    refused(slow.call("DELETE", f"{slow.services}/{service.id}"), 409, "CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS")
    slow.clock.now += 31
    refused(slow.call("GET", path), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")
    assert slow.call("GET", f"{slow.services}/{service.id}").json()["status"] == "DELETING"
    slow.clock.now += 61
    refused(slow.call("GET", f"{slow.services}/{service.id}"), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")


def test_endpoint_shows_initiating_once_in_an_instant_world(here: Lab) -> None:
    service = here.add_service()
    made = here.register(service).json()
    assert made["status"] == "INITIATING"
    assert here.call("GET", here.endpoint(service, made["privateEndpointResourceId"])).json()["status"] == "AVAILABLE"


def test_endpoint_id_in_the_path(here: Lab) -> None:
    service = here.add_service()
    ident = here.register(service).json()["privateEndpointResourceId"]
    for spelling in (ident.upper(), ident.lower()):
        found = here.call("GET", here.endpoint(service, spelling)).json()
        assert found["privateEndpointResourceId"] == ident
    lower_hex = here.endpoint(service, ident).replace("%2F", "%2f")
    assert here.call("GET", lower_hex).status_code == 200
    refused(here.call("GET", f"{here.services}/{service.id}/endpoint/{ident}"), 404, "RESOURCE_NOT_FOUND")
    twice = here.endpoint(service, quote(ident, safe=""))
    refused(here.call("GET", twice), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")


def test_wrong_endpoint_fails_later(here: Lab) -> None:
    service = here.add_service()
    body = {"id": unknown_endpoint_id(), "privateEndpointIPAddress": "10.0.0.4", "cloudProvider": "AZURE"}
    assert here.call("POST", f"{here.services}/{service.id}/endpoint", body).status_code == 201
    failed = here.call("GET", here.endpoint(service, body["id"])).json()
    assert failed["status"] == "FAILED"
    assert failed["errorMessage"]


def test_endpoint_is_registered_once(here: Lab) -> None:
    service = here.add_service()
    ident = here.register(service).json()["privateEndpointResourceId"]
    body = {"id": ident.replace("resourceGroups", "resourcegroups"), "privateEndpointIPAddress": "10.0.0.5"}
    again = here.call("POST", f"{here.services}/{service.id}/endpoint", body)
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
def test_bad_endpoint(here: Lab, body: dict[str, str], code: str, field: str) -> None:
    service = here.add_service()
    error = refused(here.call("POST", f"{here.services}/{service.id}/endpoint", body), 400, code)
    assert [item["field"] for item in error["badRequestDetail"]["fields"]] == [field]
    assert not service.interfaces


def test_endpoint_needs_a_ready_service(slow: Lab) -> None:
    service = slow.world.add_service(slow.project, "US_EAST_2")
    refused(slow.register(service), 409, "PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS")


def test_endpoint_needs_a_payment_method(here: Lab) -> None:
    here.project.payment_method = False
    body = refused(here.register(here.add_service()), 402, "NO_PAYMENT_INFORMATION_FOUND")
    assert body["detail"] == f"No payment information was found for group {here.project.id}."


def test_paused_cluster_in_the_region_blocks(here: Lab) -> None:
    cluster = here.world.add_cluster(here.project, "Cluster0", ["US_EAST_2"], paused=True)
    refused(here.register(here.add_service("US_EAST_2")), 409, "CANNOT_UPDATE_PAUSED_CLUSTER")
    assert here.register(here.add_service("EUROPE_WEST")).status_code == 201
    cluster.paused = False
    assert here.register(here.project.services[next(iter(here.project.services))], "pe2").status_code == 201


def test_topology_rule(here: Lab) -> None:
    code = "MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION"
    east, west = here.add_service("US_EAST_2"), here.add_service("EUROPE_WEST")
    assert here.register(east, "a").status_code == 201
    assert here.register(west, "b").status_code == 201
    refused(here.register(east, "c"), 409, code)
    assert here.call("DELETE", here.endpoint(west, next(iter(west.interfaces)))).status_code == 202
    assert here.register(east, "c").status_code == 201
    west = here.add_service("EUROPE_WEST")
    refused(here.register(west, "d"), 409, code)
    assert here.call("PATCH", f"{here.group}/privateEndpoint/regionalMode", {"enabled": True}).status_code == 202
    assert here.register(west, "d").status_code == 201


def test_deleting_the_last_endpoint_takes_the_service_along(here: Lab) -> None:
    service = here.add_service()
    ident = here.register(service).json()["privateEndpointResourceId"]
    assert here.call("DELETE", here.endpoint(service, ident)).status_code == 202
    refused(here.call("GET", f"{here.services}/{service.id}"), 404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")


# -- regional mode -----------------------------------------------------------------------------------------------------


def test_regional_mode(here: Lab) -> None:
    path = f"{here.group}/privateEndpoint/regionalMode"
    assert here.call("GET", path).json() == {"enabled": False}
    here.world.add_cluster(here.project, "Sharded", ["US_EAST_2"], type="SHARDED")
    on = here.call("PATCH", path, {"enabled": True})
    assert (on.status_code, on.json()) == (202, {"enabled": True})
    assert here.call("GET", path).json() == {"enabled": True}
    service = here.add_service()
    here.register(service)
    strings = here.call("GET", f"{here.group}/clusters/Sharded", accept=CLUSTER_VERSION).json()["connectionStrings"]
    assert "-pl-0-eastus2." in strings["privateEndpoint"][0]["srvConnectionString"]
    assert strings["privateEndpoint"][0]["type"] == "MONGOS"
    assert "replicaSet" not in strings["privateEndpoint"][0]["connectionString"]


def test_regional_mode_wants_sharded_clusters(here: Lab) -> None:
    here.world.add_cluster(here.project, "Cluster0", ["US_EAST_2"])
    answer = here.call("PATCH", f"{here.group}/privateEndpoint/regionalMode", {"enabled": True})
    refused(answer, 409, "ATLAS_GENERAL_ERROR")
    assert not here.project.regional_mode


def test_regional_mode_cannot_be_left_with_too_many_endpoints(here: Lab) -> None:
    path = f"{here.group}/privateEndpoint/regionalMode"
    here.call("PATCH", path, {"enabled": True})
    east, west = here.add_service("US_EAST_2"), here.add_service("EUROPE_WEST")
    for service, name in ((east, "a"), (east, "b"), (west, "c")):
        assert here.register(service, name).status_code == 201
    code = "MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION"
    refused(here.call("PATCH", path, {"enabled": False}), 409, code)
    assert here.call("DELETE", here.endpoint(west, next(iter(west.interfaces)))).status_code == 202
    assert here.call("PATCH", path, {"enabled": False}).json() == {"enabled": False}


@pytest.mark.parametrize("body", [{}, {"enabled": "true"}, {"enabled": True, "more": 1}])
def test_bad_regional_mode(here: Lab, body: dict[str, Any]) -> None:
    answer = here.call("PATCH", f"{here.group}/privateEndpoint/regionalMode", body)
    assert (answer.status_code, answer.json()["error"]) == (400, 400)
