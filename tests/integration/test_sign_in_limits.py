# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in services that limit requests, or are out of order: they are waited for, and called what they are."""

from __future__ import annotations

import time
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from ansible_collections.privatelink.mongodb.plugins.module_utils import _tokens
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.client import Client
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Denied
from tests.lab.runtime import Lab
from tests.lab.world import Credential
from tests.support.asserts import assert_refused
from tests.support.azure import signed_in
from tests.support.modules import Run

pytestmark = pytest.mark.full

ZONES = "azure_private_dns_zone_info"
SERVICES = "atlas_endpoint_service_info"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in life, but a hundred times as fast."""
    monkeypatch.setattr(_tokens, "THROTTLED", 0.15)
    monkeypatch.setattr(_tokens, "PATIENCE", 3.0)
    monkeypatch.setattr(_tokens, "OUTAGE", 3.0)


def account(lab: Lab) -> Credential:
    return next(one for one in lab.world.credentials.values() if one.kind == "service_account")


def atlas(lab: Lab, **more: Any) -> dict[str, Any]:
    """Options: the lab's service account signs in."""
    who = account(lab)
    place = {name: value for name, value in lab.atlas_options().items() if name in ("base_url", "ca_path")}
    return {**place, "client_id": who.id, "client_secret": who.secret, "project": "rehearsal", **more}


def use_up(lab: Lab, times: int = 10) -> None:
    """Others ask Atlas for tokens of the same service account."""
    who = account(lab)
    for _request in range(times):
        requests.post(
            f"{lab.url('atlas')}/api/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(who.id, who.secret),
            verify=str(lab.ca_path),
            timeout=10,
        )


def statuses(lab: Lab, path: str = "/api/oauth/token") -> list[int]:
    return [one.status for one in lab.requests if path in one.path]


# -- Atlas -------------------------------------------------------------------------------------------------------------


def test_the_limit_of_atlas_is_waited_for(lab: Lab, run: Run) -> None:
    began = time.monotonic()
    lab.world.clock = lambda: began + (time.monotonic() - began) * 100
    use_up(lab)
    assert run(SERVICES, **atlas(lab))["endpoint_services"] == []
    refused = statuses(lab)[10:]
    assert refused[-1] == 200 and refused[0] == 429 and set(refused[:-1]) == {429}


def test_a_limit_that_lasts_is_called_a_limit(lab: Lab, run: Run) -> None:
    use_up(lab)
    refused = run(SERVICES, **atlas(lab))
    assert_refused(refused, "Atlas limits token requests", "10 a minute", account(lab).id, "; waited 3 s", "API key")
    assert "client_secret" not in refused["msg"] and refused["error"]["http_status"] == 429
    assert "Atlas limits token requests: 10 a minute" in refused["error"]["cause"]  # what a report tells
    assert refused["error"]["code"] == "RATE_LIMITED"


def test_the_limit_is_waited_for_until_the_deadline_of_the_task(lab: Lab, run: Run) -> None:
    use_up(lab)
    began = time.monotonic()
    refused = run("atlas_endpoint_service", **atlas(lab, region="westeurope", wait_timeout=1))
    assert_refused(refused, "Atlas limits token requests", "; waited 1 s")
    assert time.monotonic() - began < 3


def test_too_many_living_tokens_are_called_that(lab: Lab, run: Run) -> None:
    for _minute in range(10):
        use_up(lab)
        now = lab.world.clock() + 61
        lab.world.clock = partial(float, now)
    refused = run(SERVICES, **atlas(lab))
    assert_refused(refused, "Atlas limits access tokens", "100 at a time", "live an hour", "API key")
    assert "client_secret" not in refused["msg"] and refused["error"]["http_status"] == 403


@pytest.mark.parametrize(
    "fault",
    [
        {"effect": "refuse", "status": 500},
        {"effect": "refuse", "status": 502},
        {"effect": "refuse", "status": 503},
        {"effect": "throttle", "seconds": 1},
        {"effect": "cut"},
        {"effect": "drop"},
    ],
    ids=lambda fault: f"{fault['effect']} {fault.get('status', '')}".strip(),
)
def test_one_failure_of_the_token_endpoint_does_no_harm(lab: Lab, run: Run, fault: dict[str, Any]) -> None:
    lab.traffic.inject(**fault, cloud="atlas", path="/api/oauth/token", times=2)
    assert run(SERVICES, **atlas(lab))["endpoint_services"] == []
    assert statuses(lab)[-1] == 200


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"effect": "refuse", "status": 503}, "Atlas issues no tokens at the moment"),
        ({"effect": "throttle", "seconds": 100000}, "it asks to wait for 100000 s"),
        ({"effect": "page"}, "is not from Atlas"),
        ({"effect": "cut"}, "did not answer"),
    ],
    ids=["out of order", "a day", "a page of a proxy", "no answer"],
)
def test_what_lasts_is_not_called_a_wrong_secret(lab: Lab, run: Run, fault: dict[str, Any], words: str) -> None:
    lab.traffic.inject(**fault, cloud="atlas", path="/api/oauth/token", times=99)
    began = time.monotonic()
    refused = run(SERVICES, **atlas(lab))
    assert_refused(refused, words)
    assert "client_secret" not in refused["msg"] and time.monotonic() - began < 10


def test_a_wrong_secret_is_called_that_at_once(lab: Lab, run: Run) -> None:
    assert_refused(run(SERVICES, **atlas(lab, client_secret="wrong")), "gave no token", "client_secret")
    assert statuses(lab) == [401]


def test_a_project_of_others_costs_few_tokens(lab: Lab) -> None:
    """Atlas says 401 then, as if the token were at fault."""
    other = lab.world.add_project("of others")
    client = Client(atlas(lab))
    for _task in range(20):
        with pytest.raises(Denied, match="does not accept these credentials for this project"):
            client.get(f"/groups/{other.id}")
    assert statuses(lab) == [200] * (1 + _tokens.REPLACED)


class Elsewhere(BaseHTTPRequestHandler):
    """Another host, which asks whoever comes for credentials."""

    seen: list[str | None] = []

    def do_GET(self) -> None:
        self.seen.append(self.headers.get("Authorization"))
        self.send_response(401)
        self.send_header("WWW-Authenticate", "Bearer")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


def test_another_host_is_given_no_token(lab: Lab) -> None:
    """Where a redirect leads, a token is not asked for anew."""
    other = HTTPServer(("127.0.0.1", 0), Elsewhere)
    Thread(target=other.serve_forever, daemon=True).start()

    def redirected(answer: requests.Response, **_more: Any) -> requests.Response:
        """What a proxy could make of an answer of Atlas."""
        if "/api/atlas/v2/x" in answer.url:
            answer.status_code, answer.headers["Location"] = 302, f"http://localhost:{other.server_port}/x"
        return answer

    client = Client(atlas(lab))
    client._session.hooks["response"].append(redirected)
    with pytest.raises(Denied):
        client.get("/x")
    other.shutdown()
    assert Elsewhere.seen == [None]


# -- Azure -------------------------------------------------------------------------------------------------------------


def in_a_machine(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Options: the managed identity of the machine that this is signs in."""
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", lab.url("entra"))
    names = ("subscription_id", "resource_manager_url", "ca_path")
    return {**{name: lab.azure_options()[name] for name in names}, "auth_source": "managed_identity"}


TOKEN, DISCOVERY, MACHINE = "oauth2/v2.0/token", "openid-configuration", "/metadata/identity/oauth2/token"
BUSY: list[tuple[str, dict[str, Any]]] = [
    (TOKEN, {"effect": "throttle", "seconds": 1}),
    (TOKEN, {"effect": "refuse", "status": 500}),
    (TOKEN, {"effect": "refuse", "status": 503}),
    (TOKEN, {"effect": "cut"}),
    (TOKEN, {"effect": "drop"}),
    (DISCOVERY, {"effect": "throttle", "seconds": 1}),
    (DISCOVERY, {"effect": "refuse", "status": 503}),
    (MACHINE, {"effect": "throttle", "seconds": 1}),
    (MACHINE, {"effect": "refuse", "status": 404}),
    (MACHINE, {"effect": "refuse", "status": 410}),
    (MACHINE, {"effect": "refuse", "status": 500}),
    (MACHINE, {"effect": "drop"}),
]


@pytest.mark.parametrize(
    ("path", "fault"),
    BUSY,
    ids=[f"{path.rpartition('/')[2]} {fault['effect']} {fault.get('status', '')}" for path, fault in BUSY],
)
def test_one_failure_of_azures_sign_in_does_no_harm(
    lab: Lab, run: Run, monkeypatch: pytest.MonkeyPatch, path: str, fault: dict[str, Any]
) -> None:
    who = in_a_machine(lab, monkeypatch) if path == MACHINE else signed_in(lab)
    lab.traffic.inject(**fault, cloud="entra", path=path, times=2)
    assert run(ZONES, **who)["private_dns_zones"] == []
    assert len(statuses(lab, path)) == 3


@pytest.mark.parametrize(
    ("path", "fault", "words"),
    [
        (TOKEN, {"effect": "throttle", "seconds": 1}, "Microsoft Entra limits token requests"),
        (TOKEN, {"effect": "throttle", "seconds": 100000}, "it asks to wait for 100000 s"),
        (DISCOVERY, {"effect": "throttle", "seconds": 1}, "Microsoft Entra limits token requests"),
        (DISCOVERY, {"effect": "refuse", "status": 503}, "cannot be reached"),
        (MACHINE, {"effect": "throttle", "seconds": 1}, "the managed identity endpoint limits token requests"),
        (MACHINE, {"effect": "refuse", "status": 503}, "cannot be reached"),
    ],
)
def test_what_lasts_is_called_what_it_is(
    lab: Lab, run: Run, monkeypatch: pytest.MonkeyPatch, path: str, fault: dict[str, Any], words: str
) -> None:
    who = in_a_machine(lab, monkeypatch) if path == MACHINE else signed_in(lab)
    lab.traffic.inject(**fault, cloud="entra", path=path, times=99)
    began = time.monotonic()
    refused = run(ZONES, **who)
    assert_refused(refused, words)
    assert "tenant" not in refused["error"]["fix"] and time.monotonic() - began < 10


def test_azures_sign_in_is_waited_for_until_the_deadline_of_the_task(lab: Lab, run: Run) -> None:
    lab.traffic.inject("throttle", cloud="entra", path=TOKEN, times=99, seconds=1)
    options = {"resource_group": "rg-app", "name": "vnet", "location": "eastus2", "address_prefixes": ["10.9.0.0/16"]}
    refused = run("azure_virtual_network", **signed_in(lab), **options, wait_timeout=2)
    assert_refused(refused, "Microsoft Entra limits token requests", "; waited 1 s")


@pytest.mark.parametrize("source", ["secret", "workload", "machine"])
def test_every_kind_of_identity_keeps_its_token(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str
) -> None:
    from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import Client as Azure

    who = signed_in(lab)
    if source == "machine":
        who = in_a_machine(lab, monkeypatch)
    if source == "workload":
        (tmp_path / "token").write_text(lab.world.federated_token)
        monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(tmp_path / "token"))
        who = {**who, "secret": None, "auth_source": "workload_identity"}
    for _client in range(3):
        options = {"auth_source": "auto", "cloud_environment": "AzureCloud", **who}
        assert Azure(options).pages(f"/subscriptions/{lab.world.subscription_id}/resourceGroups", "2021-04-01")
    path = MACHINE if source == "machine" else TOKEN
    assert statuses(lab, path) == [200]
