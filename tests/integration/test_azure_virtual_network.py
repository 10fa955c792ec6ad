# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""azure_virtual_network through the lab: reader, creator, completer; and what it must never touch."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.runtime import Lab
from tests.support.asserts import assert_predicted, assert_refused, assert_unchanged, writes
from tests.support.azure import NETWORK, azure, path, reads, stored
from tests.support.modules import Run

MODULE = "azure_virtual_network"
SUBNET = ("virtualNetworks", "vnet-app", "subnets", "endpoints")


def test_life(lab: Lab, run: Run) -> None:
    options = azure(lab, **NETWORK)
    predicted = run(MODULE, check_mode=True, **options)
    assert writes(lab) == []
    created = run(MODULE, **options)
    assert_predicted(predicted, created)
    assert created["virtual_network"]["subnets"][0]["private_endpoint_network_policies"] == "Disabled"
    done = writes(lab)
    assert done == [f"PUT {path(lab, 'virtualNetworks', 'vnet-app')}"]

    asked_before = len(reads(lab))
    assert_unchanged(lab, run(MODULE, **options), done)
    assert len(reads(lab)) == asked_before + 1
    spelled = {**options, "location": "East US 2", "name": "VNET-APP"}
    assert_unchanged(lab, run(MODULE, **spelled), done)

    assert run(MODULE, **azure(lab, name="vnet-app", state="absent"))["changed"]
    assert lab.world.of_type("Microsoft.Network/virtualNetworks") == []
    done = writes(lab)
    assert_unchanged(lab, run(MODULE, **azure(lab, name="vnet-app", state="absent")), done)
    gone = {**azure(lab, name="vnet-app", state="absent"), "resource_group": "no-such-group"}
    assert_unchanged(lab, run(MODULE, **gone), done)


def test_reader(lab: Lab, run: Run) -> None:
    run(MODULE, **azure(lab, **NETWORK))
    done, asked_before = writes(lab), len(reads(lab))
    found = run(MODULE, **azure(lab, name="vnet-app", subnets=[{"name": "Endpoints"}]))
    assert_unchanged(lab, found, done)
    assert len(reads(lab)) == asked_before + 1
    assert found["virtual_network"]["subnets"][0]["id"] == path(lab, *SUBNET)

    for check_mode in (True, False):
        missing = run(MODULE, check_mode=check_mode, **azure(lab, name="other"))
        assert_refused(missing, "rg-app/other does not exist", "address_prefixes")
        missing = run(MODULE, check_mode=check_mode, **azure(lab, name="vnet-app", subnets=[{"name": "other"}]))
        assert_refused(missing, "subnet other", "endpoints", "address_prefix")
    assert writes(lab) == done


def test_completes_without_touching_anything_else(lab: Lab, run: Run) -> None:
    """What a colleague set up (a second subnet, a route table, a NAT gateway, a peering, a tag) stays as it is."""
    run(MODULE, **azure(lab, **NETWORK, tags={"owner": "platform"}))
    network, subnet = stored(lab, "virtualNetworks", "vnet-app"), stored(lab, *SUBNET)
    foreign = {
        "routeTable": {"id": path(lab, "routeTables", "rt")},
        "natGateway": {"id": path(lab, "natGateways", "nat")},
        "networkSecurityGroup": {"id": path(lab, "networkSecurityGroups", "nsg")},
        "delegations": [{"name": "d", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}],
        "serviceEndpoints": [{"service": "Microsoft.Storage"}],
    }
    for kind, name in (("routeTables", "rt"), ("natGateways", "nat"), ("networkSecurityGroups", "nsg")):
        lab.world.add_other(path(lab, kind, name))
    subnet["properties"].update(foreign)
    network["properties"]["virtualNetworkPeerings"] = [{"name": "hub"}]
    network["tags"]["cost-center"] = "4711"

    options = azure(lab, name="vnet-app", subnets=[{"name": "endpoints"}])
    options["subnets"][0]["private_endpoint_network_policies"] = "NetworkSecurityGroupEnabled"
    predicted = run(MODULE, check_mode=True, **options)
    assert_predicted(predicted, run(MODULE, **options))
    assert stored(lab, *SUBNET)["properties"].items() >= foreign.items()

    wider = azure(lab, name="vnet-app", address_prefixes=["127.21.0.0/16"], dns_servers=["127.20.0.4"], tags={"a": 1})
    wider["subnets"] = [{"name": "more", "address_prefix": "127.21.1.0/24"}]
    before = len(writes(lab))
    predicted = run(MODULE, check_mode=True, **wider)
    assert_predicted(predicted, run(MODULE, **wider))
    assert [one.rpartition("/")[2] for one in writes(lab)[before:]] == ["vnet-app", "more"]
    done = writes(lab)
    assert_unchanged(lab, run(MODULE, **wider), done)

    assert stored(lab, *SUBNET)["properties"].items() >= foreign.items()
    kept = stored(lab, "virtualNetworks", "vnet-app")
    assert kept["properties"]["addressSpace"]["addressPrefixes"] == ["127.20.0.0/16", "127.21.0.0/16"]
    assert kept["properties"]["dhcpOptions"] == {"dnsServers": ["127.20.0.4"]}
    assert kept["properties"]["virtualNetworkPeerings"] == [{"name": "hub"}]
    assert kept["tags"] == {"managed-by": "privatelink.mongodb", "owner": "platform", "cost-center": "4711", "a": "1"}

    run(MODULE, **azure(lab, name="vnet-app", tags={"a": "2"}))
    assert [one.split()[0] for one in writes(lab)[len(done) :]] == ["PATCH"]


def test_drift(lab: Lab, run: Run) -> None:
    run(MODULE, **azure(lab, **NETWORK))
    done = writes(lab)
    for check_mode in (True, False):
        moved = run(MODULE, check_mode=check_mode, **azure(lab, name="vnet-app", location="westeurope"))
        assert_refused(moved, "location", "'eastus2'", "'westeurope'")
        other = azure(lab, name="vnet-app", subnets=[{"name": "endpoints", "address_prefix": "127.20.2.0/24"}])
        assert_refused(run(MODULE, check_mode=check_mode, **other), "127.20.1.0/24", "127.20.2.0/24")
    assert writes(lab) == done


def test_absent_leaves_what_others_created(lab: Lab, run: Run) -> None:
    run(MODULE, **azure(lab, **NETWORK))
    del stored(lab, "virtualNetworks", "vnet-app")["tags"]
    done = writes(lab)
    for check_mode in (True, False):
        refused = run(MODULE, check_mode=check_mode, **azure(lab, name="vnet-app", state="absent"))
        assert_refused(refused, "not created by this collection", "force=true")
    assert writes(lab) == done
    assert run(MODULE, **azure(lab, name="vnet-app", state="absent", force=True))["changed"]
    assert lab.world.of_type("Microsoft.Network/virtualNetworks") == []


def test_refusals(lab: Lab, run: Run) -> None:
    options = azure(lab, **NETWORK)
    no_group = run(MODULE, **{**options, "resource_group": "no-such-group"})
    assert_refused(no_group, "no-such-group", "Create the resource group first")
    assert no_group["error"]["code"] == "ResourceGroupNotFound" and no_group["error"]["request_id"]
    for wrong in ({"address_prefixes": ["127.20.0.1/16"]}, {"name": "-x"}, {"resource_group": "x."}):
        assert_refused(run(MODULE, **{**options, **wrong}), next(iter(wrong)))
    outside = {**options, "subnets": [{"name": "endpoints", "address_prefix": "127.99.1.0/24"}]}
    assert_refused(run(MODULE, **outside), "outside", "address_prefixes")
    assert lab.world.of_type("Microsoft.Network/virtualNetworks") == []

    lab.world.rights.denied.add("Microsoft.Network/virtualNetworks/write")
    assert_refused(run(MODULE, **options), "a role that allows Microsoft.Network/virtualNetworks/write")
    lab.world.rights.denied.add("Microsoft.Network/virtualNetworks/read")
    denied = run(MODULE, check_mode=True, **options)
    assert_refused(denied, "Microsoft.Network/virtualNetworks/read")
    assert denied["error"]["http_status"] == 403


def test_bad_weather(lab: Lab, run: Run) -> None:
    """A throttled read, a lock, and an answer that gets lost: it is created all the same, and once."""
    lab.traffic.inject("throttle", cloud="azure", method="GET", seconds=0)
    lab.traffic.inject("refuse", cloud="azure", method="PUT", status=429, code="AnotherOperationInProgress")
    lab.traffic.inject("cut", cloud="azure", method="PUT")
    made = run(MODULE, **azure(lab, **NETWORK))
    assert made["changed"] and made["virtual_network"]["provisioning_state"] == "Succeeded"
    assert len(writes(lab)) == 2  # the refused one and the one whose answer got lost

    lab.traffic.inject("refuse", cloud="azure", method="PUT", status=412, code="PreconditionFailed", times=6)
    adding = azure(lab, name="vnet-app", subnets=[{"name": "more", "address_prefix": "127.20.2.0/24"}])
    assert run(MODULE, **adding)["changed"]  # others were faster, time and again


def test_does_not_wait_if_not_asked(lab: Lab, run: Run) -> None:
    more = {"name": "more", "address_prefix": "127.20.2.0/24"}
    options = azure(lab, **NETWORK, wait=False)
    lab.world.pace = replace(lab.world.pace, virtual_network=60)
    begun = run(MODULE, **options)
    assert begun["changed"] and begun["virtual_network"]["provisioning_state"] == "Updating"
    lab.world.pace, lab.world.timelines = replace(lab.world.pace, virtual_network=0), {}
    assert run(MODULE, **{**options, "subnets": [*options["subnets"], more], "tags": {"a": "b"}})["changed"]
    assert run(MODULE, **azure(lab, name="vnet-app", state="absent", wait=False))["changed"]
