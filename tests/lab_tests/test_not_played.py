# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab does not play is answered in words, once, and is never taken for "there is none"."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.network import NetworkManagementClient
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.lab.runtime import Lab
from tests.lab_tests.azure_server import GROUP, Azure, problem

NOT_PLAYED = (501, "NotPlayedByTheLab")
LIST = "See the list in tests/lab/README.md."


@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("GET", "{group}/providers/Microsoft.Network/publicIPAddresses/a", "Microsoft.Network/publicIPAddresses"),
        ("GET", "{group}/providers/Microsoft.Network/publicIPAddresses", "Microsoft.Network/publicIPAddresses"),
        ("PUT", "{group}/providers/Microsoft.Network/routeTables/a", "Microsoft.Network/routeTables"),
        ("GET", "{group}/providers/Microsoft.Nonsense/things/a", "Microsoft.Nonsense/things"),
        ("PUT", "{group}/providers/Microsoft.Authorization/locks/a", "Microsoft.Authorization/locks"),
        (
            "GET",
            "{group}/providers/Microsoft.Network/virtualNetworks/v/providers/Microsoft.Authorization/locks/a",
            "Microsoft.Authorization/locks",
        ),
        (
            "POST",
            "{group}/providers/Microsoft.Network/virtualNetworks/v/other",
            "Microsoft.Network/virtualNetworks/other",
        ),
        ("POST", "{group}/providers/Microsoft.Network/virtualNetworks/v", "Microsoft.Network/virtualNetworks"),
        ("GET", "{subscription}/tagNames", "Microsoft.Resources/subscriptions/tagNames"),
        ("GET", "{subscription}/providers/Microsoft.Nonsense", "Microsoft.Nonsense"),
        ("GET", "/providers/Microsoft.Authorization/roleDefinitions", "Microsoft.Authorization/roleDefinitions"),
        ("GET", "/nonsense", "Microsoft.Resources/nonsense"),
    ],
)
def test_arm_names_what_the_lab_does_not_play(azure: Azure, method: str, path: str, named: str) -> None:
    azure.add_network("v")
    subscription = f"/subscriptions/{azure.world.subscription_id}"
    address = path.format(subscription=subscription, group=f"{subscription}/resourceGroups/{GROUP}")
    answer = azure.call(method, address)
    assert problem(answer) == NOT_PLAYED
    assert answer.json()["error"]["message"] == f"The lab does not play {named} ({method} {address}). {LIST}"


def test_arm_looks_at_the_type_before_the_body(azure: Azure) -> None:
    """`az deployment group create` sends `template:` without quotes, which ARM takes."""
    deployment = azure.path("virtualNetworks", "v").replace(
        "Microsoft.Network/virtualNetworks", "Microsoft.Resources/deployments"
    )
    headers = {"Authorization": azure.call("GET", deployment).request.headers["Authorization"]}
    lenient: dict[str, Any] = {"data": b'{"properties": {template: {}}}', "headers": headers, "verify": azure.ca}
    answer = azure.session.put(f"{azure.url}{deployment}?api-version=2022-09-01", timeout=10, **lenient)
    assert problem(answer) == NOT_PLAYED
    network = azure.path("virtualNetworks", "v")
    answer = azure.session.put(f"{azure.url}{network}?api-version=2024-05-01", timeout=10, **lenient)
    assert problem(answer) == (400, "InvalidRequestContent")


def test_head_is_answered_without_a_body(azure: Azure) -> None:
    azure.add_network("v")
    group = f"/subscriptions/{azure.world.subscription_id}/resourceGroups/{GROUP}"
    for path, status in (
        (group, 204),
        (f"{group}-none", 404),
        (azure.path("virtualNetworks", "v"), 405),
        (azure.path("routeTables", "v"), 501),
    ):
        answer = azure.call("HEAD", path)
        assert (answer.status_code, answer.content) == (status, b"")


def test_the_azure_sdk_does_not_repeat_it_and_does_not_take_it_for_absence(azure: Azure) -> None:
    options: dict[str, Any] = {"credential_scopes": [f"{azure.url}/.default"], "connection_verify": azure.ca}
    client = NetworkManagementClient(azure.credential(), azure.world.subscription_id, azure.url, **options)
    azure.open.enter_context(client)
    begun = time.monotonic()
    for call in (client.public_ip_addresses.get, client.route_tables.get, client.network_security_groups.get):
        with pytest.raises(HttpResponseError, match="The lab does not play") as error:
            call(GROUP, "a")
        assert not isinstance(error.value, ResourceNotFoundError)
    assert time.monotonic() - begun < 5


def test_urllib3_does_not_repeat_it(azure: Azure) -> None:
    """With the list of states that its users give most."""
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=Retry(3, status_forcelist=[429, 500, 502, 503, 504])))
        address = f"{azure.url}{azure.path('routeTables', 'a')}?api-version=2024-05-01"
        headers = {"Authorization": azure.call("GET", azure.path("routeTables", "a")).request.headers["Authorization"]}
        assert problem(session.get(address, headers=headers, verify=azure.ca, timeout=10)) == NOT_PLAYED


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/common/oauth2/v2.0/devicecode"),
        ("GET", "/common/oauth2/v2.0/token"),
        ("GET", "/common/discovery/v2.0/keys"),
        ("GET", "/metadata/identity/oauth2/other"),
    ],
)
def test_entra_names_what_the_lab_does_not_play(lab: Lab, method: str, path: str) -> None:
    answer = requests.request(method, lab.url("entra") + path, verify=str(lab.ca_path), timeout=10)
    words = f"The lab does not play this part of Microsoft Entra ID ({method} {path}). {LIST}"
    assert (answer.status_code, answer.json()) == (501, {"error": "NotPlayedByTheLab", "error_description": words})


def test_entra_names_a_grant_that_the_lab_does_not_play(lab: Lab) -> None:
    path = "/common/oauth2/v2.0/token"
    form = {"grant_type": "password", "username": "ann", "password": "secret"}
    answer = requests.post(lab.url("entra") + path, form, verify=str(lab.ca_path), timeout=10)
    words = f"The lab does not play the grant type password (POST {path}). {LIST}"
    assert (answer.status_code, answer.json()["error_description"]) == (501, words)
