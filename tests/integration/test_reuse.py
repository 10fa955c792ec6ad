# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client and one token for a process: the items of a loop share them, another identity gets its own, and what is
taken no more is renewed."""

from __future__ import annotations

import secrets
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import Client, connect
from ansible_collections.privatelink.mongodb.plugins.module_utils._engine import Waiter
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Denied
from tests.integration.test_doors import COLLECTION, door, local, playbook
from tests.lab.runtime import Lab
from tests.support.ansible import Played
from tests.support.azure import path

ZONES: dict[str, Any] = {f"{COLLECTION}.azure_private_dns_zone_info": {"resource_group": "rg-app"}}
SERVICES: dict[str, Any] = {f"{COLLECTION}.atlas_endpoint_service_info": {"project": "rehearsal"}}


def signed_in(lab: Lab) -> dict[str, int]:
    """How often somebody signed in: tokens, and answers to Atlas' digest challenge."""
    return dict(
        Counter(one.cloud for one in lab.requests if one.is_token and one.method == "POST" or one.status == 401)
    )


def loop(lab: Lab, directory: Path, task: dict[str, Any], items: list[dict[str, str]]) -> Played:
    """Runs a task in a loop over environments."""
    play = {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [{"name": "loop", **task, "loop": items, "environment": "{{ item }}"}],
    }
    return playbook(directory, lab, [play], {"here": local()})


def identities(lab: Lab, directory: Path) -> dict[str, tuple[dict[str, Any], dict[str, str], dict[str, str]]]:
    """Cloud -> a task, and the environments of two who can do it."""
    federated = directory / "federated"
    federated.write_text(lab.world.federated_token)
    key = next(one for one in lab.world.credentials.values() if one.kind == "key")
    account = {"MONGODB_ATLAS_CLIENT_ID": "", "MONGODB_ATLAS_CLIENT_SECRET": ""}
    return {
        "entra": (ZONES, {}, {"AZURE_SECRET": "", "AZURE_FEDERATED_TOKEN_FILE": str(federated)}),
        "atlas": (
            SERVICES,
            {},
            {**account, "MONGODB_ATLAS_PUBLIC_KEY": key.id, "MONGODB_ATLAS_PRIVATE_KEY": key.secret},
        ),
    }


@pytest.mark.parametrize("cloud", ["entra", "atlas"])
def test_the_items_of_a_loop_share_what_is_the_same(lab: Lab, tmp_path: Path, cloud: str) -> None:
    task, one, other = identities(lab, tmp_path)[cloud]
    done = loop(lab, tmp_path, task, [one, other, one, other, one])
    assert door(done, "loop") == "in this process"
    assert len(done.results["loop"]["here"]["results"]) == 5
    assert signed_in(lab) == {cloud: 2}


def client(lab: Lab, **more: Any) -> Client:
    return connect({**lab.azure_options(), "auth_source": "auto", "cloud_environment": "AzureCloud", **more})


def test_a_client_is_known_by_all_that_it_is_made_of(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client(lab)
    assert client(lab, name="of something else") is first
    assert client(lab, secret="another") is not first
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert client(lab) is not first
    monkeypatch.undo()
    assert client(lab) is first


def test_a_token_that_is_taken_no_more_is_renewed(lab: Lab) -> None:
    """For reads, writes and operations that are followed, with the clients that are there."""
    azure, network = client(lab), path(lab, "virtualNetworks", "vnet-app")
    body = {"location": "eastus2", "properties": {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}}
    assert azure.find(network) is None

    def revoke() -> None:
        lab.world.token_key = secrets.token_bytes(32)

    revoke()
    assert azure.find(network) is None
    azure.network.write("virtual_networks.begin_create_or_update", "rg-app", "vnet-app", body=body)
    revoke()
    azure.write("DELETE", network, waiter=Waiter(20, 0.05))
    revoke()
    azure.network.write("virtual_networks.begin_create_or_update", "rg-app", "vnet-app", body=body)
    assert azure.get(network)["name"] == "vnet-app"


def test_a_token_that_was_never_taken_is_not_asked_for_again(lab: Lab) -> None:
    lab.traffic.inject("refuse", cloud="azure", status=401, code="InvalidAuthenticationToken", times=9)
    with pytest.raises(Denied, match="does not accept the token"):
        client(lab).get(path(lab, "virtualNetworks", "v"))
    assert signed_in(lab) == {"entra": 1, "azure": 1}
