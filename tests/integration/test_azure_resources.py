# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Azure's client through the lab: any resource by its path, with the same care as Microsoft's own clients."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import Client
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.versions import DNS_VERSION, NETWORK_VERSION
from ansible_collections.privatelink.mongodb.plugins.module_utils._engine import Waiter
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import (
    Busy,
    Denied,
    Failure,
    LostAnswer,
    NotFound,
    Raced,
    Unavailable,
    WaitTimeout,
)
from tests.lab.runtime import Lab
from tests.support.asserts import writes
from tests.support.azure import path

NETWORK = {"location": "eastus2", "properties": {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}}


@pytest.fixture
def azure(lab: Lab) -> Client:
    return client(lab)


def client(lab: Lab, **more: Any) -> Client:
    return Client({**lab.azure_options(), "auth_source": "auto", "cloud_environment": "AzureCloud", **more})


def test_life(lab: Lab, azure: Client) -> None:
    """Operations that take their time are followed to their end, both of creations and deletions."""
    network = path(lab, "virtualNetworks", "vnet-app")
    lab.world.pace = type(lab.world.pace)(virtual_network=0.3)
    heard: list[str] = []
    waiter = Waiter(20, 0.05, lambda _title, state, _elapsed: heard.append(state))
    assert azure.find(network, NETWORK_VERSION) is None
    azure.write("PUT", network, NETWORK_VERSION, NETWORK, waiter=waiter)
    found = azure.get(network, NETWORK_VERSION)
    assert found["properties"]["provisioningState"] == "Succeeded" and "InProgress" in heard
    assert azure.pages(network.rpartition("/")[0], NETWORK_VERSION) == [found]

    with pytest.raises(Raced):
        azure.write("PUT", network, NETWORK_VERSION, NETWORK, if_match="changed-meanwhile")
    azure.write("PUT", network, NETWORK_VERSION, NETWORK, if_match=found["etag"], waiter=waiter)
    azure.write("DELETE", network, NETWORK_VERSION, waiter=waiter)
    assert azure.find(network, NETWORK_VERSION) is None
    lab.world.pace = type(lab.world.pace)(virtual_network=60)
    with pytest.raises(WaitTimeout, match="virtual network vnet-app is still InProgress"):
        azure.write("PUT", network, NETWORK_VERSION, NETWORK, waiter=Waiter(0.1, 0.05))


def test_all_pages_are_read(lab: Lab, azure: Client) -> None:
    zones = path(lab, "privateDnsZones")
    for number in range(105):
        azure.write("PUT", f"{zones}/z{number}.example.com", DNS_VERSION, {"location": "global"})
    before = len(lab.requests)
    found = azure.pages(zones, DNS_VERSION)
    assert len({one["name"] for one in found}) == 105 and len(lab.requests) == before + 2


def test_a_name_cannot_leave_its_path(lab: Lab, azure: Client) -> None:
    for name in ("v?x=1", "v#x", "v x", "v(1)", "v%2F..%2Fother", "{v}"):
        assert azure.find(path(lab, "virtualNetworks", name), NETWORK_VERSION) is None
        assert lab.requests[-1].path.startswith(path(lab, "virtualNetworks", "v")[:-1])
        assert lab.requests[-1].path.endswith(f"?api-version={NETWORK_VERSION}")


CASES: list[tuple[dict[str, Any], str, type[Failure], str]] = [
    ({"effect": "refuse", "status": 401, "code": "ExpiredAuthenticationToken"}, "GET", Denied, "token"),
    ({"effect": "refuse", "status": 403, "code": "AuthorizationFailed"}, "GET", Denied, "read virtual network v"),
    ({"effect": "refuse", "status": 404, "code": "SubscriptionNotFound"}, "GET", NotFound, "subscription_id"),
    ({"effect": "refuse", "status": 502}, "GET", Unavailable, "read virtual network v"),
    ({"effect": "page"}, "GET", Unavailable, "read virtual network v: the answer is no JSON"),
    (
        {"effect": "refuse", "status": 429, "code": "AnotherOperationInProgress"},
        "PUT",
        Busy,
        "create or update virtual",
    ),
    ({"effect": "refuse", "status": 500}, "PUT", LostAnswer, "create or update virtual network v"),
    ({"effect": "cut"}, "PUT", LostAnswer, "did not answer the request to create or update virtual network v"),
]


@pytest.mark.parametrize(("fault", "method", "kind", "words"), CASES, ids=lambda value: str(value)[:40])
def test_failures(lab: Lab, azure: Client, fault: dict[str, Any], method: str, kind: type[Failure], words: str) -> None:
    """A read is repeated for a while, a write never is."""
    lab.traffic.inject(**fault, cloud="azure", method=method, times=99)
    network = path(lab, "virtualNetworks", "v")
    with pytest.raises(kind, match=words) as told:
        if method == "GET":
            azure.get(network, NETWORK_VERSION)
        else:
            azure.write(method, network, NETWORK_VERSION, NETWORK)
    assert told.value.fix and "\n" not in str(told.value)
    assert len(writes(lab)) == (method == "PUT")


def test_a_throttled_read_is_repeated(lab: Lab, azure: Client) -> None:
    lab.traffic.inject("throttle", cloud="azure", method="GET", seconds=0)
    lab.traffic.inject("refuse", cloud="azure", method="GET", status=503)
    assert azure.find(path(lab, "virtualNetworks", "v"), NETWORK_VERSION) is None


def test_nobody_is_there(lab: Lab) -> None:
    nowhere = client(lab, resource_manager_url="https://127.0.0.1:1")
    with pytest.raises(Failure, match="cannot be reached to read virtual network v"):
        nowhere.get(path(lab, "virtualNetworks", "v"), NETWORK_VERSION)


def test_who_cannot_sign_in(lab: Lab) -> None:
    with pytest.raises(Denied, match="cannot sign in"):
        client(lab, secret="wrong").get(path(lab, "virtualNetworks", "v"), NETWORK_VERSION)
