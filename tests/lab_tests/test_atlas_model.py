# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Atlas against our model of its API, call by call; and what the model finds wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.atlas_model import problems
from tests.lab_tests.atlas_server import (
    ADVANCED_VERSION,
    CLUSTER_VERSION,
    VERSION,
    Atlas,
    Exchange,
    unknown_endpoint_id,
)


def check(exchange: Exchange) -> list[str]:
    return problems(exchange.method, exchange.path, exchange.request, exchange.status, exchange.answer)


def life_cycle(atlas: Atlas) -> None:
    """Every call that the lab plays, in every state that it shows, and each way to be refused."""
    path = f"{atlas.group}/privateEndpoint"
    atlas.world.add_cluster(atlas.project, "Cluster0", ["US_EAST_2"])
    atlas.world.add_cluster(atlas.project, "Free", ["US_EAST_2"], instance_size="M0")
    atlas.world.add_cluster(atlas.project, "Sharded", ["EUROPE_WEST"], type="SHARDED", paused=True)
    atlas.world.add_cluster(atlas.project, "Flex", ["EUROPE_WEST"], instance_size="FLEX")
    for name in ("Cluster0", "Free", "Sharded", "Flex", "none"):
        atlas.call("GET", f"{atlas.group}/clusters/{name}", accept=CLUSTER_VERSION)
        atlas.call("GET", f"{atlas.group}/clusters/{name}/status")
        for older in (VERSION, ADVANCED_VERSION):
            atlas.call("GET", f"{atlas.group}/clusters/{name}", accept=older)
            atlas.call("GET", f"{atlas.group}/clusters/{name}/processArgs", accept=older)
    atlas.call("GET", f"{atlas.group}/clusters", accept=CLUSTER_VERSION)
    atlas.call("GET", atlas.group)
    atlas.call("GET", f"/api/atlas/v2/groups/{'1' * 24}")
    atlas.call("GET", f"/api/atlas/v2/groups/byName/{atlas.project.name}")
    atlas.call("GET", "/api/atlas/v2/groups/byName/none")
    atlas.call("GET", f"{path}/regionalMode")
    atlas.call("PATCH", f"{path}/regionalMode", {"enabled": True})
    atlas.call("PATCH", f"{path}/regionalMode", {"enabled": False})
    atlas.call("GET", atlas.services)

    ident = atlas.call("POST", f"{path}/endpointService", {"providerName": "AZURE", "region": "eastus2"}).json()["id"]
    atlas.call("POST", f"{path}/endpointService", {"providerName": "AZURE", "region": "US_EAST_2"})
    atlas.call("POST", f"{path}/endpointService", {"providerName": "AZURE", "region": "nowhere"})
    atlas.call("POST", f"{path}/endpointService", {"providerName": "AZURE"})
    service = atlas.project.services[ident]
    atlas.call("GET", f"{atlas.services}/{ident}")
    atlas.register(service)
    atlas.clock.now += 60
    atlas.call("GET", f"{atlas.services}/{ident}")
    endpoint = atlas.endpoint(service, atlas.register(service).json()["privateEndpointResourceId"])
    atlas.register(service)
    atlas.call("GET", endpoint)
    wrong = {"id": unknown_endpoint_id(), "privateEndpointIPAddress": "10.0.0.5", "cloudProvider": "AZURE"}
    atlas.call("POST", f"{atlas.services}/{ident}/endpoint", wrong)
    atlas.call("POST", f"{atlas.services}/{ident}/endpoint", {"id": "pe"})
    atlas.clock.now += 80
    for state in (endpoint, atlas.endpoint(service, wrong["id"])):
        atlas.call("GET", state)
    atlas.call("GET", f"{atlas.group}/clusters/Cluster0", accept=CLUSTER_VERSION)
    atlas.clock.now += 200
    atlas.call("GET", f"{atlas.group}/clusters/Cluster0", accept=CLUSTER_VERSION)
    atlas.call("GET", f"{atlas.group}/clusters", accept=CLUSTER_VERSION)
    atlas.call("GET", atlas.services)

    atlas.call("DELETE", f"{atlas.services}/{ident}")
    for gone in (endpoint, atlas.endpoint(service, wrong["id"])):
        atlas.call("DELETE", gone)
        atlas.call("GET", gone)
    atlas.clock.now += 61
    atlas.call("GET", endpoint)
    atlas.call("GET", f"{atlas.services}/{ident}")
    atlas.call("DELETE", f"{atlas.services}/{ident}")
    atlas.clock.now += 61
    atlas.call("GET", f"{atlas.services}/{ident}")
    atlas.world.next_service_outcome = "FAILED"
    atlas.world.add_service(atlas.project, "US_EAST_2")
    atlas.clock.now += 60
    atlas.call("GET", atlas.services)
    atlas.project.payment_method = False
    atlas.register(atlas.add_service("EUROPE_WEST"))
    atlas.owner.allowed = False
    atlas.call("GET", atlas.group)


def test_life_cycle(slow_atlas: Atlas) -> None:
    life_cycle(slow_atlas)
    wrong = {f"{e.method} {e.path} {e.status}": found for e in slow_atlas.exchanges if (found := check(e))}
    assert not wrong
    played = {e.status for e in slow_atlas.exchanges}
    assert played >= {200, 201, 202, 400, 402, 403, 404, 409}
    states = {e.answer["status"] for e in slow_atlas.exchanges if isinstance(e.answer, dict) and "status" in e.answer}
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
TOKEN = {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}
GROUP = f"/api/atlas/v2/groups/{'a' * 24}"
SERVICES = f"{GROUP}/privateEndpoint/AZURE/endpointService"
ENDPOINTS = f"{SERVICES}/{'a' * 24}/endpoint"
ENDPOINT_ID = unknown_endpoint_id()


TAKEN = {"id": ENDPOINT_ID, "privateEndpointIPAddress": "10.0.0.4"}
ENDPOINT: dict[str, Any] = {
    "cloudProvider": "AZURE",
    "deleteRequested": False,
    "errorMessage": None,
    "privateEndpointConnectionName": f"{'0' * 8}-0000-0000-0000-{'0' * 12}%2Frg%2Fpe",
    "privateEndpointIPAddress": "10.0.0.4",
    "privateEndpointResourceId": ENDPOINT_ID,
    "status": "INITIATING",
}
CREATE = f"{GROUP}/privateEndpoint/endpointService"
ENCODED_ID = ENDPOINT_ID.replace("/", "%2F")
UNAUTHORIZED = {"error": 401, "errorCode": "USER_UNAUTHORIZED", "reason": "Unauthorized", "detail": "Sign in."}

#: What is wrong -> method, path, request, status, answer. One thing is wrong in each.
WRONG: dict[str, tuple[str, str, Any, int, Any]] = {
    "status": ("GET", SERVICES, None, 201, [SERVICE]),
    "answer.0.id": ("GET", SERVICES, None, 200, [SERVICE | {"id": "b"}]),
    "answer": ("GET", SERVICES, None, 200, {"results": [SERVICE]}),
    "answer.0.status": ("GET", SERVICES, None, 200, [SERVICE | {"status": "DONE"}]),
    "answer.0.regionName": ("GET", SERVICES, None, 200, [SERVICE | {"regionName": None}]),
    "answer.0.surprise": ("GET", SERVICES, None, 200, [SERVICE | {"surprise": 1}]),
    "path.cloudProvider": ("GET", SERVICES.replace("AZURE", "azure"), None, 200, [SERVICE]),
    "path.endpointServiceId": ("GET", f"{SERVICES}/short", None, 200, SERVICE),
    "path.endpointId": ("DELETE", f"{ENDPOINTS}/{ENDPOINT_ID.replace('/', '-')}", None, 202, {}),
    f"GET {GROUP}/nothing": ("GET", f"{GROUP}/nothing", None, 200, {}),
    "answer.errorCode": ("GET", SERVICES, None, 404, {"error": 404, "reason": "Not Found", "detail": "None."}),
    "status of a refusal": ("GET", SERVICES, None, 418, UNAUTHORIZED | {"error": 418}),
    "answer.error": ("GET", SERVICES, None, 403, UNAUTHORIZED),
    "request": ("GET", SERVICES, {}, 200, [SERVICE]),
    "request.providerName": ("POST", CREATE, {"region": "eastus2"}, 201, SERVICE),
    "request.id": ("POST", CREATE, {"providerName": "AZURE", "region": "eastus2", "id": "a" * 24}, 201, SERVICE),
    "request.privateEndpointIPAddress": ("POST", ENDPOINTS, {"id": ENDPOINT_ID}, 201, ENDPOINT),
    "request.privateEndpointResourceId": ("POST", ENDPOINTS, TAKEN | {"privateEndpointResourceId": "x"}, 201, ENDPOINT),
    "answer.id": ("POST", ENDPOINTS, TAKEN, 201, ENDPOINT | {"id": ENDPOINT_ID}),
    "answer.deleted": ("DELETE", f"{SERVICES}/{'a' * 24}", None, 202, {"deleted": True}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_exchange_is_found(wrong: str) -> None:
    (found,) = problems(*WRONG[wrong])
    assert found.startswith(f"{wrong.partition(' of ')[0]}: ")


@pytest.mark.parametrize("text", ["10.0.0.07", "10.0.0.256", "10.0.0", "10.0.0.4.", "::1", "10.0.0.4\n"])
def test_a_text_that_is_no_ipv4_address_is_found(text: str) -> None:
    assert problems("POST", ENDPOINTS, TAKEN | {"privateEndpointIPAddress": text}, 201, ENDPOINT)


def test_right_exchanges_pass() -> None:
    assert problems("GET", SERVICES, None, 200, [SERVICE]) == []
    assert problems("POST", ENDPOINTS, TAKEN, 201, ENDPOINT) == []
    assert problems("POST", ENDPOINTS, TAKEN | {"cloudProvider": "AZURE"}, 201, ENDPOINT) == []
    assert problems("DELETE", f"{ENDPOINTS}/{ENCODED_ID}", None, 202, {}) == []
    assert problems("GET", SERVICES, None, 401, UNAUTHORIZED) == []
    assert problems("POST", "/api/oauth/token", None, 200, TOKEN) == []
