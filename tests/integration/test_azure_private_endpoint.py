# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""azure_private_endpoint and its info twin through the lab: life, drift, every state of a connection, and refusals."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from typing import Any

import pytest

from tests.lab import faults
from tests.lab.runtime import Lab
from tests.lab.world import Project, Service, Timeline
from tests.support.asserts import assert_predicted, assert_refused, assert_unchanged, writes
from tests.support.azure import NETWORK, azure, path, reads, signed_in, stored
from tests.support.modules import Run

MODULE, INFO = "azure_private_endpoint", "azure_private_endpoint_info"
SERVER_ASSIGNED = ("ip_address", "ip_addresses", "network_interface_id", "network_interface_name")
ENDPOINTS, INTERFACES = "Microsoft.Network/privateEndpoints", "Microsoft.Network/networkInterfaces"


@pytest.fixture
def service(lab: Lab, run: Run, project: Project) -> Service:
    """MongoDB's Private Link Service, and a network of ours with two subnets."""
    subnets = [*NETWORK["subnets"], {"name": "more", "address_prefix": "127.20.2.0/24"}]
    run("azure_virtual_network", **azure(lab, **{**NETWORK, "subnets": subnets}))
    return lab.world.add_service(project, "US_EAST_2")


@pytest.fixture
def options(lab: Lab, service: Service) -> dict[str, Any]:
    return azure(
        lab,
        name="pe-atlas",
        virtual_network="vnet-app",
        subnet="endpoints",
        private_link_service_id=service.pls_id,
    )


def test_life(lab: Lab, run: Run, service: Service, options: dict[str, Any]) -> None:
    done = writes(lab)
    predicted = run(MODULE, check_mode=True, **options)
    assert writes(lab) == done
    created = run(MODULE, **options)
    assert_predicted(predicted, created, *SERVER_ASSIGNED)
    assert writes(lab)[len(done) :] == [f"PUT {path(lab, 'privateEndpoints', 'pe-atlas')}"]
    endpoint = created["private_endpoint"]
    assert endpoint["connection_state"] == "Pending" and endpoint["provisioning_state"] == "Succeeded"
    assert endpoint["ip_address"] == "127.20.1.4" and endpoint["connection_name"] == service.pls_name
    assert endpoint["location"] == "eastus2"  # the network's

    done, asked = writes(lab), len(reads(lab))
    assert_unchanged(lab, run(MODULE, **options), done)
    assert len(reads(lab)) == asked + 2  # the endpoint and its interface
    by_id = {key: value for key, value in options.items() if key not in ("virtual_network", "subnet")}
    by_id |= {"subnet_id": endpoint["subnet_id"].upper(), "location": "East US 2", "name": "PE-Atlas"}
    assert_unchanged(lab, run(MODULE, **by_id), done)
    assert_unchanged(lab, run(MODULE, **azure(lab, name="pe-atlas")), done)

    assert run(MODULE, **azure(lab, name="pe-atlas", state="absent"))["changed"]
    assert lab.world.of_type(ENDPOINTS) == lab.world.of_type(INTERFACES) == []
    done = writes(lab)
    assert_unchanged(lab, run(MODULE, **azure(lab, name="pe-atlas", state="absent")), done)
    gone = {**azure(lab, name="pe-atlas", state="absent"), "resource_group": "no-such-group"}
    assert_unchanged(lab, run(MODULE, **gone), done)


def test_ids_in_another_spelling(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    """Case means nothing, also where a network is looked up for its location."""
    spelled = {key: value for key, value in options.items() if key not in ("virtual_network", "subnet")}
    subnet = path(lab, "virtualNetworks", "vnet-app", "subnets", "endpoints").upper()
    made = run(MODULE, **spelled, subnet_id=subnet)
    assert made["changed"] and made["private_endpoint"]["location"] == "eastus2"


def test_everything_chosen(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    chosen = {
        **options,
        "location": "eastus2",
        "private_ip_address": "127.20.1.77",
        "network_interface_name": "nic-atlas",
        "connection_name": "to-atlas",
        "request_message": "Payments team, ticket 4711",
        "tags": {"owner": "payments"},
    }
    predicted = run(MODULE, check_mode=True, **chosen)
    created = run(MODULE, **chosen)
    assert_predicted(predicted, created)
    endpoint = created["private_endpoint"]
    assert endpoint["network_interface_id"] == path(lab, "networkInterfaces", "nic-atlas")
    assert endpoint["connection_description"] == "Payments team, ticket 4711"
    assert endpoint["tags"] == {"managed-by": "privatelink.mongodb", "owner": "payments"}
    assert_unchanged(lab, run(MODULE, **chosen), writes(lab))
    addresses = [{"private_ip_address": "127.20.1.77"}]
    shorthand = {key: value for key, value in chosen.items() if key != "private_ip_address"}
    assert_unchanged(lab, run(MODULE, **shorthand, ip_configurations=addresses), writes(lab))


def test_changes_in_place_keep_the_rest(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    run(MODULE, **options, private_ip_address="127.20.1.9")
    groups = [lab.world.add_other(path(lab, "applicationSecurityGroups", name))["id"] for name in ("one", "two")]
    endpoint = stored(lab, "privateEndpoints", "pe-atlas")
    endpoint["properties"]["applicationSecurityGroups"] = [{"id": one} for one in groups]
    endpoint["tags"]["cost-center"] = "4711"

    tagged = {**options, "tags": {"owner": "payments"}}
    assert_predicted(run(MODULE, check_mode=True, **tagged), run(MODULE, **tagged))
    kept = stored(lab, "privateEndpoints", "pe-atlas")
    assert kept["tags"] == {"managed-by": "privatelink.mongodb", "cost-center": "4711", "owner": "payments"}
    assert [one["id"] for one in kept["properties"]["applicationSecurityGroups"]] == groups
    assert kept["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"] == "127.20.1.9"

    grouped = {**options, "application_security_groups": [groups[1].upper()]}
    assert run(MODULE, **grouped)["changed"]
    done = writes(lab)
    assert_unchanged(lab, run(MODULE, **grouped), done)
    assert_unchanged(lab, run(MODULE, **options), done)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("location", "westeurope"),
        ("subnet", "more"),
        ("connection_name", "other"),
        ("group_ids", ["MongoCluster"]),
        ("manual_request", False),
        ("network_interface_name", "nic-other"),
        ("private_ip_address", "127.20.1.99"),
        ("private_link_service_id", "other.3f4e.eastus2.azure.privatelinkservice"),
    ],
)
def test_drift(lab: Lab, run: Run, options: dict[str, Any], field: str, value: Any) -> None:
    run(MODULE, **options)
    done = writes(lab)
    for check_mode in (True, False):
        refused = run(MODULE, check_mode=check_mode, **{**options, field: value})
        assert_refused(refused, "subnet_id" if field == "subnet" else field, "recreate=true")
    assert writes(lab) == done


def test_recreate(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    run(MODULE, **options, tags={"owner": "payments"})
    # Only what changes is named: the rest is as it was.
    moved = azure(lab, name="pe-atlas", virtual_network="vnet-app", subnet="more", recreate=True)
    done = writes(lab)
    predicted = run(MODULE, check_mode=True, **moved)
    assert writes(lab) == done
    made = run(MODULE, **moved)
    assert_predicted(predicted, made, *SERVER_ASSIGNED, "connection_description")
    assert made["private_endpoint"]["ip_address"] == "127.20.2.4"
    assert made["private_endpoint"]["target"] == options["private_link_service_id"]
    assert made["private_endpoint"]["tags"]["owner"] == "payments"
    assert [one.split()[0] for one in writes(lab)[len(done) :]] == ["DELETE", "PUT"]

    stored(lab, "privateEndpoints", "pe-atlas")["tags"] = {}
    done = writes(lab)
    for check_mode in (True, False):
        assert_refused(run(MODULE, check_mode=check_mode, **{**moved, "subnet": "endpoints"}), "not created by")
    assert writes(lab) == done


def test_connection_states(lab: Lab, run: Run, service: Service, options: dict[str, Any]) -> None:
    endpoint = run(MODULE, **options)["private_endpoint"]
    waiting = {**options, "wait_for": "approved"}
    assert_refused(run(MODULE, **{**waiting, "wait_timeout": 1}), "still Pending", "atlas_endpoint_interface")
    assert run(MODULE, check_mode=True, **waiting)["changed"] is False  # does not wait

    lab.world.register(service, endpoint["id"], endpoint["ip_address"])
    approved = run(MODULE, **waiting)
    assert approved["changed"] is False and approved["private_endpoint"]["connection_state"] == "Approved"

    for status in ("Rejected", "Disconnected"):
        lab.world.forced_connection[endpoint["id"].lower()] = status
        for check_mode in (True, False):
            assert_refused(run(MODULE, check_mode=check_mode, **options), status, "recreate=true")
    again = run(MODULE, **options, recreate=True)
    assert again["changed"] and again["private_endpoint"]["connection_state"] == "Approved"


def test_absent_waits_for_the_interface(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    run(MODULE, **options)
    faults.inject(lab, "interface_lingers", seconds=0.5)
    assert run(MODULE, **azure(lab, name="pe-atlas", state="absent"))["changed"]
    assert lab.world.of_type(INTERFACES) == []
    assert run("azure_virtual_network", **azure(lab, name="vnet-app", state="absent"))["changed"]


def test_absent_leaves_what_others_created(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    run(MODULE, **options)
    stored(lab, "privateEndpoints", "pe-atlas")["tags"] = {"managed-by": "terraform"}
    done = writes(lab)
    for check_mode in (True, False):
        refused = run(MODULE, check_mode=check_mode, **azure(lab, name="pe-atlas", state="absent"))
        assert_refused(refused, "not created by this collection", "force=true")
    assert writes(lab) == done
    assert run(MODULE, **azure(lab, name="pe-atlas", state="absent", force=True))["changed"]


def test_locked_subnet(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    """Azure accepts the request, and its operation ends as Failed with a RetryableError: it is sent again."""
    subnet = path(lab, "virtualNetworks", "vnet-app", "subnets", "endpoints").lower()
    lab.world.timelines[subnet] = Timeline(lab.world.clock, "Updating").then("Succeeded", 0.7)
    done = len(writes(lab))
    made = run(MODULE, **options)
    assert made["changed"] and made["private_endpoint"]["provisioning_state"] == "Succeeded"
    assert len(writes(lab)) > done + 1

    stored(lab, "privateEndpoints", "pe-atlas")
    lab.world.timelines[subnet] = Timeline(lab.world.clock, "Updating").then("Succeeded", 60)
    refused = run(MODULE, **{**options, "name": "pe-other", "wait_timeout": 1})
    assert_refused(refused, "busy", "not in Succeeded state")
    refused = run(MODULE, **{**options, "name": "pe-third", "wait": False, "tags": {"a": "b"}})
    assert refused["changed"]  # not waiting means not knowing: the next run finds it failed and sends it again


def test_its_address_is_there_before_it_is(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    """Atlas can be told while Azure still works on it. What fails meanwhile is sent again by who waits for it."""
    lab.world.pace = replace(lab.world.pace, private_endpoint=1.5)
    made = run(MODULE, **options, wait_for="addressed")
    assert made["changed"] and made["private_endpoint"]["provisioning_state"] == "Updating"
    assert made["private_endpoint"]["ip_address"] == "127.20.1.4"
    again = run(MODULE, **options)
    assert not again["changed"] and again["private_endpoint"]["provisioning_state"] == "Succeeded"
    key = path(lab, "privateEndpoints", "pe-atlas").lower()
    lab.world.timelines[key] = Timeline(lab.world.clock, "Updating").then("Failed", 0.3)
    again = run(MODULE, **options)
    assert again["changed"] and again["private_endpoint"]["provisioning_state"] == "Succeeded"
    lab.world.timelines[key] = Timeline(lab.world.clock, "Failed")
    lab.traffic.inject("refuse", cloud="azure", method="PUT", status=400, code="SubnetIsFull")
    assert_refused(run(MODULE, **options, wait_for="addressed"), "another subnet")


def test_an_address_may_come_late(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    run(MODULE, **options)
    (interface,) = lab.world.of_type(INTERFACES)
    (configuration,) = interface["properties"]["ipConfigurations"]
    address = configuration["properties"].pop("privateIPAddress")
    timer = threading.Timer(0.5, lambda: configuration["properties"].update(privateIPAddress=address))
    timer.start()
    found = run(MODULE, **options, wait_for="addressed")
    timer.join()
    assert found["private_endpoint"]["ip_address"] == address


def test_failed_provisioning_is_sent_again(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    run(MODULE, **options)
    key = path(lab, "privateEndpoints", "pe-atlas").lower()
    lab.world.timelines[key] = Timeline(lab.world.clock, "Failed")
    assert run(MODULE, check_mode=True, **options)["changed"]
    healed = run(MODULE, **options)
    assert healed["changed"] and healed["private_endpoint"]["provisioning_state"] == "Succeeded"


def test_lost_answers(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    lab.traffic.inject("cut", cloud="azure", method="PUT", path="privateEndpoints")
    done = len(writes(lab))
    assert run(MODULE, **options)["changed"]
    assert len(writes(lab)) == done + 1
    lab.traffic.inject("cut", cloud="azure", method="DELETE", path="privateEndpoints")
    assert run(MODULE, **azure(lab, name="pe-atlas", state="absent"))["changed"]
    assert lab.world.of_type(ENDPOINTS) == []


def test_predicted_before_the_service_exists(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    early = {**options, "private_link_service_id": None}
    predicted = run(MODULE, check_mode=True, **early)["private_endpoint"]
    assert predicted["target"] is None and predicted["connection_state"] == "Pending"
    assert predicted["id"] == path(lab, "privateEndpoints", "pe-atlas") and predicted["ip_address"] == "192.0.2.4"
    assert run(MODULE, check_mode=True, **{**early, "virtual_network": "later"})["changed"]
    done = writes(lab)
    assert_refused(run(MODULE, **early), "private_link_service_id", "atlas_endpoint_service")
    assert_refused(run(MODULE, **{**options, "virtual_network": "later"}), "later", "Create it first")
    assert writes(lab) == done


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "pe/atlas"}, ["name", "'pe/atlas'"]),
        ({"resource_group": "rg app"}, ["resource_group"]),
        ({"virtual_network": None, "subnet": None, "subnet_id": "/nonsense"}, ["subnet_id", "virtualNetworks"]),
        ({"private_link_service_id": "pls_1"}, ["private_link_service_id", "resource id or an alias"]),
        ({"private_ip_address": "10.0.0.256"}, ["private_ip_address", "IP address"]),
        ({"private_ip_address": "10.99.0.4"}, ["does not belong", "address of the subnet"]),
        ({"private_ip_address": "127.20.1.1"}, ["reserved", "first four"]),
        ({"application_security_groups": ["/x"]}, ["application_security_groups"]),
        ({"request_message": "x" * 141}, ["request_message", "140"]),
        ({"subscription_id": "mine"}, ["subscription_id", "AZURE_SUBSCRIPTION_ID"]),
        ({"subscription_id": str(uuid.uuid4())}, ["could not be found", "Check subscription_id"]),
        ({"subnet": "none"}, ["was not found", "Create it first"]),
        ({"virtual_network": None, "subnet": None}, ["subnet_id", "for a new private endpoint"]),
        ({"manual_request": False}, ["PrivateEndpointConnectionsApproval", "manual_request=true"]),
        ({"ca_path": "/no/such/file"}, ["ca_path", "exists"]),
        ({"resource_manager_url": "http://127.0.0.1"}, ["resource_manager_url", "TLS"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_bad_input(lab: Lab, run: Run, options: dict[str, Any], wrong: dict[str, Any], words: list[str]) -> None:
    done = len(writes(lab))
    assert_refused(run(MODULE, **{**options, **wrong}), *words)
    accepted = [one for one in lab.requests if one.is_write and one.status < 300]
    assert len(accepted) == done and lab.world.of_type(ENDPOINTS) == []


def test_unknown_target(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    unknown = options["private_link_service_id"].rpartition("/")[0] + "/pls_0"
    assert_refused(run(MODULE, **{**options, "private_link_service_id": unknown}), "private_link_service_id")


def test_permissions(lab: Lab, run: Run, options: dict[str, Any]) -> None:
    lab.world.rights.denied.add("Microsoft.Network/virtualNetworks/subnets/join/action")
    assert_refused(run(MODULE, **options), "allows Microsoft.Network/virtualNetworks/subnets/join/action")
    lab.world.rights.denied.add("Microsoft.Network/privateEndpoints/read")
    assert_refused(run(MODULE, **options), "allows Microsoft.Network/privateEndpoints/read")


def test_info(lab: Lab, run: Run, service: Service, options: dict[str, Any]) -> None:
    assert run(INFO, **signed_in(lab))["private_endpoints"] == []
    first = run(MODULE, **options)["private_endpoint"]
    second = run(MODULE, **{**options, "name": "pe-second"})["private_endpoint"]
    done, asked = writes(lab), len(reads(lab))
    listed = run(INFO, **signed_in(lab, resource_group="rg-app"))
    assert listed["private_endpoints"] == [first, second] and len(reads(lab)) == asked + 2
    assert run(INFO, **signed_in(lab))["private_endpoints"] == [first, second]
    assert run(INFO, check_mode=True, **azure(lab, name="pe-second"))["private_endpoints"] == [second]
    assert run(INFO, **azure(lab, name="none"))["private_endpoints"] == []

    waiting = azure(lab, name="pe-atlas", wait_for="approved")
    assert run(INFO, check_mode=True, **waiting)["private_endpoints"] == [first]
    assert_refused(run(INFO, **{**waiting, "wait_timeout": 1}), "still Pending")
    lab.world.register(service, first["id"], first["ip_address"])
    assert run(INFO, **waiting)["private_endpoints"][0]["connection_state"] == "Approved"
    lab.world.forced_connection[first["id"].lower()] = "Rejected"
    assert_refused(run(INFO, **waiting), "Rejected", "recreate=true")
    assert writes(lab) == done
