# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Atlas against MongoDB's OpenAPI document, where that stands (it is not part of this project)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab_tests.atlas_server import CLUSTER_VERSION, Exchange, Lab, unknown_endpoint_id
from tests.support import openapi
from tests.support.openapi import check_exchange

pytestmark = pytest.mark.skipif(openapi.LOCATION is None, reason=openapi.MISSING)


def check(exchange: Exchange) -> list[str]:
    return check_exchange(exchange.method, exchange.path, exchange.request, exchange.status, exchange.answer)


def life_cycle(here: Lab) -> None:
    """Every call of the document that the lab plays, in every state that it shows, and each way to be refused."""
    path = f"{here.group}/privateEndpoint"
    here.world.add_cluster(here.project, "Cluster0", ["US_EAST_2"])
    here.world.add_cluster(here.project, "Free", ["US_EAST_2"], instance_size="M0")
    here.world.add_cluster(here.project, "Sharded", ["EUROPE_WEST"], type="SHARDED", paused=True)
    here.world.add_cluster(here.project, "Flex", ["EUROPE_WEST"], instance_size="FLEX")
    for name in ("Cluster0", "Free", "Sharded", "Flex", "none"):
        here.call("GET", f"{here.group}/clusters/{name}", accept=CLUSTER_VERSION)
        here.call("GET", f"{here.group}/clusters/{name}/status")
    here.call("GET", f"{here.group}/clusters", accept=CLUSTER_VERSION)
    here.call("GET", here.group)
    here.call("GET", f"/api/atlas/v2/groups/{'1' * 24}")
    here.call("GET", f"/api/atlas/v2/groups/byName/{here.project.name}")
    here.call("GET", "/api/atlas/v2/groups/byName/none")
    here.call("GET", f"{path}/regionalMode")
    here.call("PATCH", f"{path}/regionalMode", {"enabled": True})
    here.call("PATCH", f"{path}/regionalMode", {"enabled": False})
    here.call("GET", here.services)

    ident = here.call("POST", f"{path}/endpointService", {"providerName": "AZURE", "region": "eastus2"}).json()["id"]
    here.call("POST", f"{path}/endpointService", {"providerName": "AZURE", "region": "US_EAST_2"})
    here.call("POST", f"{path}/endpointService", {"providerName": "AZURE", "region": "nowhere"})
    here.call("POST", f"{path}/endpointService", {"providerName": "AZURE"})
    service = here.project.services[ident]
    here.call("GET", f"{here.services}/{ident}")
    here.register(service)
    here.clock.now += 60
    here.call("GET", f"{here.services}/{ident}")
    endpoint = here.endpoint(service, here.register(service).json()["privateEndpointResourceId"])
    here.register(service)
    here.call("GET", endpoint)
    wrong = {"id": unknown_endpoint_id(), "privateEndpointIPAddress": "10.0.0.5", "cloudProvider": "AZURE"}
    here.call("POST", f"{here.services}/{ident}/endpoint", wrong)
    here.call("POST", f"{here.services}/{ident}/endpoint", {"id": "pe"})
    here.clock.now += 80
    for state in (endpoint, here.endpoint(service, wrong["id"])):
        here.call("GET", state)
    here.call("GET", f"{here.group}/clusters/Cluster0", accept=CLUSTER_VERSION)
    here.clock.now += 200
    here.call("GET", f"{here.group}/clusters/Cluster0", accept=CLUSTER_VERSION)
    here.call("GET", f"{here.group}/clusters", accept=CLUSTER_VERSION)
    here.call("GET", here.services)

    here.call("DELETE", f"{here.services}/{ident}")
    for gone in (endpoint, here.endpoint(service, wrong["id"])):
        here.call("DELETE", gone)
        here.call("GET", gone)
    here.clock.now += 61
    here.call("GET", endpoint)
    here.call("GET", f"{here.services}/{ident}")
    here.call("DELETE", f"{here.services}/{ident}")
    here.clock.now += 61
    here.call("GET", f"{here.services}/{ident}")
    here.world.next_service_outcome = "FAILED"
    here.world.add_service(here.project, "US_EAST_2")
    here.clock.now += 60
    here.call("GET", here.services)
    here.project.payment_method = False
    here.register(here.add_service("EUROPE_WEST"))
    here.owner.allowed = False
    here.call("GET", here.group)


def test_life_cycle(slow: Lab) -> None:
    life_cycle(slow)
    wrong = {f"{e.method} {e.path} {e.status}": found for e in slow.exchanges if (found := check(e))}
    assert not wrong
    played = {e.status for e in slow.exchanges}
    assert played >= {200, 201, 202, 400, 402, 403, 404, 409}
    states = {e.answer["status"] for e in slow.exchanges if isinstance(e.answer, dict) and "status" in e.answer}
    assert states == {"INITIATING", "AVAILABLE", "FAILED", "DELETING"}


SERVICE: dict[str, Any] = {
    "cloudProvider": "AZURE",
    "errorMessage": None,
    "id": "a" * 24,
    "privateEndpoints": [],
    "privateLinkServiceName": None,
    "privateLinkServiceResourceId": None,
    "regionName": "US_EAST_2",
    "status": "INITIATING",
}
GROUP = f"/api/atlas/v2/groups/{'a' * 24}"
SERVICES = f"{GROUP}/privateEndpoint/AZURE/endpointService"
ENDPOINTS = f"{SERVICES}/{'a' * 24}/endpoint"
ENDPOINT_ID = unknown_endpoint_id()


@pytest.mark.parametrize(
    ("method", "path", "request_json", "status", "answer"),
    [
        ("GET", SERVICES, None, 201, [SERVICE]),
        ("GET", SERVICES, {}, 200, [SERVICE | {"id": "b"}]),
        ("GET", SERVICES, None, 200, {"results": [SERVICE]}),
        ("GET", SERVICES, None, 200, [SERVICE | {"status": "DONE"}]),
        ("GET", SERVICES, None, 200, [SERVICE | {"regionName": None}]),
        ("GET", SERVICES, None, 200, [SERVICE | {"surprise": 1}]),
        ("GET", SERVICES.replace("AZURE", "azure"), None, 200, [SERVICE]),
        ("GET", f"{SERVICES}/short", None, 200, SERVICE),
        ("GET", f"{GROUP}/nothing", None, 200, {}),
        ("GET", SERVICES, None, 404, {"error": 404}),
        ("POST", f"{GROUP}/privateEndpoint/endpointService", {"region": "eastus2"}, 201, SERVICE),
        (
            "POST",
            f"{GROUP}/privateEndpoint/endpointService",
            {"providerName": "AZURE", "region": "eastus2", "id": "a" * 24},
            201,
            SERVICE,
        ),
        ("POST", ENDPOINTS, {"id": ENDPOINT_ID}, 201, {"cloudProvider": "AZURE"}),
        (
            "POST",
            ENDPOINTS,
            {"privateEndpointResourceId": ENDPOINT_ID, "privateEndpointIPAddress": "10.0.0.4"},
            201,
            {"cloudProvider": "AZURE"},
        ),
        ("POST", ENDPOINTS, {"id": ENDPOINT_ID, "privateEndpointIPAddress": "10.0.0.4"}, 201, {"id": ENDPOINT_ID}),
        ("DELETE", f"{SERVICES}/{'a' * 24}", None, 202, {"deleted": True}),
        ("DELETE", f"{ENDPOINTS}/{ENDPOINT_ID.replace('/', '-')}", None, 202, {}),
    ],
)
def test_wrong_exchanges_are_found(method: str, path: str, request_json: Any, status: int, answer: Any) -> None:
    assert check_exchange(method, path, request_json, status, answer)


def test_right_exchanges_pass() -> None:
    body = {"id": ENDPOINT_ID, "privateEndpointIPAddress": "10.0.0.4"}
    assert check_exchange("GET", SERVICES, None, 200, [SERVICE]) == []
    assert check_exchange("POST", ENDPOINTS, body, 201, {"cloudProvider": "AZURE"}) == []
    assert check_exchange("POST", ENDPOINTS, body | {"cloudProvider": "AZURE"}, 200, {"cloudProvider": "AZURE"}) == []
    assert check_exchange("DELETE", f"{ENDPOINTS}/{ENDPOINT_ID.replace('/', '%2F')}", None, 202, {}) == []
    assert check_exchange("POST", "/api/oauth/token", None, 200, {"access_token": "t"}) == []
