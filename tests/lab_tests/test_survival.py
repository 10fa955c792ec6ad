# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that is in the world, and nothing that a client sends, ends a lab."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.lab.entra import issue_token
from tests.lab.runtime import Lab
from tests.lab.world import World
from tests.lab_tests.clients import ask

NETWORK = "Microsoft.Network/virtualNetworks"


def azure(lab: Lab, method: str, path: str, body: Any = None, version: str = "2024-05-01") -> requests.Response:
    """One call to ARM; `path` from the resource group on."""
    group = f"/subscriptions/{lab.world.subscription_id}/resourceGroups/rg-app"
    return requests.request(
        method,
        f"{lab.url('azure')}{group}{path}",
        params={"api-version": version},
        json=body,
        headers={"Authorization": f"Bearer {issue_token(lab.world, lab.url('azure'))}"},
        verify=str(lab.ca_path),
        timeout=10,
    )


def control(lab: Lab, method: str, path: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {lab.control_token}"}
    return requests.request(method, lab.url("control") + path, headers=headers, verify=str(lab.ca_path), timeout=10)


def broken_network(world: World, body: dict[str, Any]) -> None:
    path = f"/subscriptions/{world.subscription_id}/resourceGroups/rg-app/providers/{NETWORK}/broken"
    world.azure[path.lower()] = {"id": path, "name": "broken", "type": NETWORK, "location": "eastus2", **body}


def broken_endpoint(world: World) -> None:
    endpoint = world.of_type("Microsoft.Network/privateEndpoints")[0]
    endpoint["properties"]["networkInterfaces"] = None


BROKEN: dict[str, Callable[[World], None]] = {
    "network of one address": lambda w: broken_network(
        w, {"properties": {"addressSpace": {"addressPrefixes": ["127.9.9.9/32"]}}}
    ),
    "network of a number": lambda w: broken_network(w, {"properties": {"addressSpace": {"addressPrefixes": [5]}}}),
    "network without properties": lambda w: broken_network(w, {}),
    "endpoint without an interface": broken_endpoint,
}


@pytest.mark.parametrize("breaks", BROKEN.values(), ids=BROKEN)
def test_broken_resource_is_left_out_and_the_rest_goes_on(
    lab: Lab, breaks: Callable[[World], None], caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = lab.build_link("broken-one"), lab.build_link("whole-one")
    del broken
    seed = next(
        string.seed
        for project in lab.world.projects.values()
        if project.name == "whole-one"
        for cluster in project.clusters.values()
        for string in lab.world.private_strings(project, cluster)
    )
    lab.change(lambda: breaks(lab.world))
    lab.change(lambda: None)

    assert control(lab, "GET", "/world").status_code == 200
    assert azure(lab, "GET", "", version="2021-04-01").status_code == 200
    assert ask(whole.sites[0].resolver, f"_mongodb._tcp.{seed}", "SRV")[0] == "NOERROR"
    said = [record for record in caplog.records if record.name == "lab" and record.levelno >= logging.ERROR]
    assert len({record.getMessage() for record in said}) == len(said) >= 1
    assert control(lab, "POST", "/stop").status_code == 200
    assert lab.stopping.is_set()


RECORDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "empty label": ("A", "bad..label", {"aRecords": [{"ipv4Address": "10.1.1.1"}]}),
    "long label": ("A", "x" * 64, {"aRecords": [{"ipv4Address": "10.1.1.1"}]}),
    "address": ("A", "addr", {"aRecords": [{"ipv4Address": "ten"}]}),
    "alias": ("CNAME", "alias", {"cnameRecord": {"cname": "not a name..x"}}),
    "service": ("SRV", "_s._tcp", {"srvRecords": [{"priority": 0, "weight": 0, "port": 1, "target": "bad..name"}]}),
    "no value": ("TXT", "text", {"txtRecords": [None]}),
}


@pytest.mark.parametrize(("kind", "name", "properties"), RECORDS.values(), ids=RECORDS)
def test_broken_record_does_not_take_its_zone_along(lab: Lab, kind: str, name: str, properties: dict[str, Any]) -> None:
    link = lab.build_link("one")
    zone = next(body["id"] for body in lab.world.of_type("Microsoft.Network/privateDnsZones"))
    path = f"{zone}/{kind}/{name}"
    broken = {"id": path, "name": name, "type": f"Microsoft.Network/privateDnsZones/{kind}"}
    before = ask(link.sites[0].resolver, zone.rpartition("/")[2], "SOA")

    lab.change(lambda: lab.world.azure.update({path.lower(): {**broken, "properties": {"ttl": 60, **properties}}}))

    assert before[0] == "NOERROR"
    assert ask(link.sites[0].resolver, zone.rpartition("/")[2], "SOA") == before


@pytest.mark.parametrize("prefix", ["127.9.9.9/32", "127.9.9.8/31", "127.9.9.8/30", "10.0.0.1", 5, None, "", "x/y"])
def test_network_that_azure_refuses_is_refused(lab: Lab, prefix: Any) -> None:
    path = f"/providers/{NETWORK}/tiny"
    body = {"location": "eastus2", "properties": {"addressSpace": {"addressPrefixes": [prefix]}}}

    assert azure(lab, "PUT", path, body).status_code == 400
    assert azure(lab, "GET", path).status_code == 404
    assert control(lab, "GET", "/world").status_code == 200


@pytest.mark.parametrize("prefix", ["10.0.0.0/30", "10.0.0.4/32", "10.0.0.9/24"])
def test_subnet_that_azure_refuses_is_refused(lab: Lab, prefix: str) -> None:
    subnets = [{"name": "a", "properties": {"addressPrefix": prefix}}]
    properties = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": subnets}

    refused = azure(lab, "PUT", f"/providers/{NETWORK}/n", {"location": "eastus2", "properties": properties})

    assert refused.status_code == 400
