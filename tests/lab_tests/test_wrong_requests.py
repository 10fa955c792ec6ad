# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong requests get the answer of the service that they were sent to: a 4xx in its own shape."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import requests

from tests.lab.bodies import DEEPEST, LARGEST, parse
from tests.lab.entra import issue_token
from tests.lab.runtime import Lab
from tests.lab_tests.azure_server import GROUP, REGION, Azure

CONNECTION = {"name": "c", "properties": {"privateLinkServiceId": "/subscriptions/x"}}
ENDPOINT = {"subnet": {"id": "/x"}, "privateLinkServiceConnections": [CONNECTION]}
SPACE = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
RANGE = {"addressPrefix": "10.0.0.0/24"}
NETWORK, SUBNET = "virtualNetworks", "virtualNetworks/subnets"
PE, ZONE = "privateEndpoints", "privateDnsZones"
CONTENT, FORMAT, BAD = "InvalidRequestContent", "InvalidRequestFormat", "BadRequest"

#: type, the members of the body beside a valid location, the code of the 400
WRONG: list[tuple[str, Any, str]] = [
    (NETWORK, {"location": 5, "properties": SPACE}, CONTENT),
    (NETWORK, {"location": ["eastus2"], "properties": SPACE}, CONTENT),
    (NETWORK, {"tags": ["a"], "properties": SPACE}, CONTENT),
    (NETWORK, {"tags": "a=b", "properties": SPACE}, CONTENT),
    (NETWORK, {"tags": {"a": {"b": "c"}}, "properties": SPACE}, CONTENT),
    (NETWORK, {"properties": "text"}, CONTENT),
    (NETWORK, {"properties": {"addressSpace": "10.0.0.0/16"}}, FORMAT),
    (NETWORK, {"properties": {"addressSpace": {"addressPrefixes": "10.0.0.0/16"}}}, FORMAT),
    (NETWORK, {"properties": {**SPACE, "subnets": "text"}}, FORMAT),
    (NETWORK, {"properties": {**SPACE, "subnets": [None]}}, FORMAT),
    (NETWORK, {"properties": {**SPACE, "subnets": [{"name": 5, "properties": RANGE}]}}, FORMAT),
    (NETWORK, {"properties": {**SPACE, "dhcpOptions": ["10.0.0.4"]}}, FORMAT),
    (SUBNET, {"properties": {**RANGE, "networkSecurityGroup": "nsg"}}, FORMAT),
    (SUBNET, {"properties": {**RANGE, "privateEndpointNetworkPolicies": "Sometimes"}}, FORMAT),
    (SUBNET, {"properties": {**RANGE, "privateEndpointNetworkPolicies": True}}, FORMAT),
    (PE, {"properties": {**ENDPOINT, "privateLinkServiceConnections": "text"}}, FORMAT),
    (PE, {"properties": {**ENDPOINT, "privateLinkServiceConnections": [None]}}, FORMAT),
    (PE, {"properties": {**ENDPOINT, "subnet": "link"}}, FORMAT),
    (PE, {"properties": {**ENDPOINT, "ipConfigurations": "text"}}, FORMAT),
    (PE, {"properties": {**ENDPOINT, "applicationSecurityGroups": ["text"]}}, FORMAT),
]


@pytest.fixture
def place(azure: Azure) -> Azure:
    azure.add_network()
    return azure


@pytest.mark.parametrize(("kind", "body", "code"), WRONG, ids=[f"{kind} {body}"[:70] for kind, body, _code in WRONG])
def test_wrong_json_type_is_refused_in_the_words_of_arm(place: Azure, kind: str, body: Any, code: str) -> None:
    names = ("vnet", "other") if kind == SUBNET else ("new",)
    path = place.path(kind, *names)

    answer = place.call("PUT", path, {"location": REGION, **body})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert place.call("GET", path).status_code == 404


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b'{"\\ud800": 1}',
        b"\xff\xfe\xfd",
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[1]",
        b"{",
    ],
    ids=["brackets", "braces", "nan", "infinity", "surrogate", "surrogate name", "bytes", "digits", "list", "cut"],
)
@pytest.mark.parametrize("cloud", ["azure", "atlas"])
def test_body_that_is_no_plain_json_object_is_refused(lab: Lab, cloud: str, raw: bytes) -> None:
    answer = send(lab, cloud, raw)

    assert answer.status_code == 400
    assert code_of(cloud, answer) in (CONTENT, "MALFORMED_JSON", "INVALID_JSON")


@pytest.mark.parametrize("cloud", ["azure", "atlas", "entra"])
def test_body_that_is_too_large_is_refused_before_it_is_read(lab: Lab, cloud: str) -> None:
    answer = send(lab, cloud, b'{"a": "' + b"x" * (LARGEST + 1) + b'"}')

    assert answer.status_code == 413
    assert code_of(cloud, answer)
    assert send(lab, cloud, b"{").status_code in (400, 401)


@pytest.mark.parametrize("cloud", ["azure", "atlas", "entra"])
def test_defect_of_the_lab_is_visible_and_answered(
    lab: Lab, cloud: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(lab.world, "sweep", fail)
    monkeypatch.setattr("tests.lab.entra._authenticate", lambda *_given: fail())
    answer = send(lab, cloud, b"grant_type=client_credentials&client_id=x&resource=y" if cloud == "entra" else b"{}")

    assert answer.status_code == 500
    assert code_of(cloud, answer) in ("InternalServerError", "UNEXPECTED_ERROR", "server_error")
    assert any("a defect" in str(record.exc_info) for record in caplog.records if record.levelno >= logging.ERROR)


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"", b"grant_type=client_credentials", b'{"grant_type": 1}'])
def test_entra_asks_for_what_a_form_lacks(lab: Lab, raw: bytes) -> None:
    answer = send(lab, "entra", raw)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.json()["error_codes"] == [900144]


def test_answer_never_repeats_a_huge_value(lab: Lab) -> None:
    huge = "x" * (LARGEST // 2)
    project = next(iter(lab.world.projects))
    path = f"/api/atlas/v2/groups/{project}/privateEndpoint/endpointService"
    atlas = send(lab, "atlas", json.dumps({"providerName": "AZURE", "region": huge}).encode(), path)
    azure = send(lab, "azure", json.dumps({"location": huge}).encode())

    assert 400 <= atlas.status_code < 500 and len(atlas.content) < 10_000
    assert 400 <= azure.status_code < 500 and len(azure.content) < 10_000


def test_depth_of_a_body_is_counted() -> None:
    nested: Any = 1
    for _level in range(DEEPEST - 1):
        nested = [nested]
    assert parse(json.dumps(nested).encode()) == nested
    with pytest.raises(ValueError, match="levels"):
        parse(json.dumps([[nested]]).encode())


@pytest.mark.parametrize("query", ["$top=-1", "$top=0", "$top=many", "$skiptoken=-1", "$skiptoken=x", "$top=1e3"])
def test_page_that_cannot_be_is_refused(azure: Azure, query: str) -> None:
    path = f"/subscriptions/{azure.world.subscription_id}/resourceGroups/{GROUP}/providers/Microsoft.Network/{ZONE}"
    url = f"{azure.url}{path}?api-version=2024-06-01&{query}"

    assert azure.call("GET", url).status_code == 400


def send(lab: Lab, cloud: str, raw: bytes, path: str = "") -> requests.Response:
    """Bytes as the body of a write, by somebody who may write."""
    project = next(iter(lab.world.projects))
    group = f"/subscriptions/{lab.world.subscription_id}/resourceGroups/rg-app"
    paths = {
        "azure": f"{group}/providers/Microsoft.Network/virtualNetworks/v?api-version=2024-05-01",
        "atlas": f"/api/atlas/v2/groups/{project}/privateEndpoint/endpointService",
        "entra": f"/{lab.world.tenant_id}/oauth2/v2.0/token",
    }
    headers = {"Content-Type": "application/json", "Accept": "application/vnd.atlas.2023-01-01+json"}
    if cloud == "azure":
        headers["Authorization"] = f"Bearer {issue_token(lab.world, lab.url('azure'))}"
    if cloud == "atlas":
        headers["Authorization"] = f"Bearer {atlas_token(lab)}"
    verify, method = str(lab.ca_path), "PUT" if cloud == "azure" else "POST"
    url = lab.url(cloud) + (path or paths[cloud])
    return requests.request(method, url, data=raw, headers=headers, verify=verify, timeout=20)


def atlas_token(lab: Lab) -> str:
    account = next(one for one in lab.world.credentials.values() if one.kind == "service_account")
    form = {"grant_type": "client_credentials"}
    url, login = lab.url("atlas") + "/api/oauth/token", (account.id, account.secret)
    return str(requests.post(url, form, auth=login, verify=str(lab.ca_path), timeout=10).json().get("access_token"))


def code_of(cloud: str, answer: requests.Response) -> str:
    body = answer.json()
    found = {"azure": lambda: body["error"]["code"], "atlas": lambda: body["errorCode"], "entra": lambda: body["error"]}
    return str(found[cloud]())
