# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's own fleet in the lab: how its inventory is read, what is made for it, and what is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab import demo, faults, inventory, users_fleet
from tests.lab.inventory import Told
from tests.lab.runtime import Lab

GUID = "11111111-2222-3333-4444-555555555555"
OTHER = GUID.replace("1", "9")
NETWORKS = "providers/Microsoft.Network/virtualNetworks"
ATLAS = {
    "atlas_private_link_project": "orders",
    "atlas_private_link_region": "eastus2",
    "atlas_private_link_resource_group": "rg-links",
    "atlas_private_link_endpoint_name": "pe-orders",
    "atlas_private_link_virtual_network": "vnet-app",
    "atlas_private_link_subnet": "snet",
}
VCORE = {
    "mongo_cluster_private_link_cluster": "catalogue",
    "mongo_cluster_private_link_resource_group": "rg-links",
    "mongo_cluster_private_link_endpoint_name": "pe-catalogue",
    "mongo_cluster_private_link_virtual_network": "vnet-app",
    "mongo_cluster_private_link_subnet": "snet",
}


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("instant") as running:
        running.seed()
        yield running


def provided(lab: Lab, **hosts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Host -> what it has only here."""
    told = [Told(host, values, frozenset(values)) for host, values in hosts.items()]
    path = users_fleet.provide(lab, told)
    assert set(yaml.safe_load(path.read_text())["all"]["hosts"]) == set(hosts)
    return {host: yaml.safe_load((path.parent / "host_vars" / f"{host}.yml").read_text()) for host in hosts}


def ids(lab: Lab, kind: str) -> set[str]:
    return {one["id"].partition("/resourceGroups/")[2] for one in lab.world.of_type(kind)}


def test_an_inventory_is_read_as_ansible_reads_it(tmp_path: Path) -> None:
    """Group and host variables, templates and several sources. Passwords are not read."""
    first, second = tmp_path / "one" / "hosts.yml", tmp_path / "two.yml"
    (first.parent / "group_vars").mkdir(parents=True)
    first.write_text(yaml.safe_dump({"links": {"hosts": {"orders": {}, "app1": {}}}}))
    (first.parent / "group_vars" / "links.yml").write_text(
        'atlas_private_link_endpoint_name: "pe-{{ inventory_hostname }}"\n'
        'private_link_verify_password: "{{ vault_that_is_not_here }}"\n'
        f'private_link_azure_auth: {{subscription_id: "{GUID}", secret: "not read"}}\n'
    )
    second.write_text(yaml.safe_dump({"all": {"hosts": {"orders": {"atlas_private_link_project": "orders"}}}}))
    orders, app = inventory.read([first, second])
    assert (orders.host, orders.products, app.products) == ("orders", ["atlas"], [])
    assert dict(orders.values) == {
        "atlas_private_link_project": "orders",
        "atlas_private_link_endpoint_name": "pe-orders",
        "private_link_azure_subscription_id": GUID,
    }
    assert "private_link_verify_password" in orders.named


def test_an_inventory_that_cannot_be_read_is_said_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "hosts.yml"
    path.write_text("links: {hosts: {orders: {atlas_private_link_project: '{{ nothing_of_that_name }}'}}}")
    with pytest.raises(ValueError, match="host orders: its variables cannot be read: .*nothing_of_that_name"):
        inventory.read([path])
    path.write_text("links: [")
    with pytest.raises(ValueError, match="Ansible cannot read the inventory: "):
        inventory.read([path])
    with pytest.raises(ValueError, match="no-such-file does not exist"):
        inventory.read([tmp_path / "no-such-file"])


def test_links_find_what_they_need_and_are_not_there_themselves(lab: Lab) -> None:
    more = {
        "private_link_azure_subscription_id": GUID,
        "atlas_private_link_virtual_network_resource_group": "rg-network",
        "private_link_dns_resource_group": f"/subscriptions/{OTHER}/resourceGroups/rg-hub",
        "private_link_azure_auth": {"secret": "theirs"},
    }
    hub = {"virtual_network_id": f"/subscriptions/{GUID}/resourceGroups/rg-hub/{NETWORKS}/hub"}
    given = provided(
        lab,
        orders={**ATLAS, **more, "atlas_private_link_clusters": ["one", "two"]},
        catalogue={**VCORE, "private_link_dns_links": [hub]},
        app1={},
    )
    assert ids(lab, "Microsoft.Network/privateEndpoints") == set()
    assert ids(lab, "Microsoft.Network/virtualNetworks") == {
        f"{group}/{NETWORKS}/{name}"
        for group, name in (("rg-network", "vnet-app"), ("rg-links", "vnet-app"), ("rg-hub", "hub"))
    }
    assert {
        f"/subscriptions/{OTHER}/resourcegroups/rg-hub",
        f"/subscriptions/{GUID}/resourcegroups/rg-links",
    } <= set(lab.world.azure)
    assert {lab.world.directory.subscriptions[one] for one in (GUID, OTHER)} == {lab.world.tenant_id}
    (orders,) = [one for one in lab.world.projects.values() if one.name == "orders"]
    assert {(name, *cluster.regions) for name, cluster in orders.clusters.items()} == {
        ("one", "US_EAST_2"),
        ("two", "US_EAST_2"),
    }
    assert given["orders"]["private_link_verify_password"] == orders.clusters["two"].users["app"]
    assert given["orders"]["private_link_azure_auth"] == {}
    assert given["orders"]["private_link_azure_subscription_id"] == GUID
    assert given["orders"]["private_link_verify_resolvers"] != given["catalogue"]["private_link_verify_resolvers"]
    assert given["app1"]["ansible_connection"] == "local"
    assert "private_link_verify_password" not in given["app1"]


def test_addresses_that_the_user_gives_are_replaced_and_the_network_is_left_to_the_role(lab: Lab) -> None:
    prefix = "atlas_private_link_"
    ranges = {f"{prefix}address_prefixes": ["10.0.0.0/16"], f"{prefix}subnet_address_prefix": "10.0.1.0/24"}
    given = provided(
        lab,
        web={**ATLAS, **ranges, f"{prefix}static_ip": "10.0.1.7"},
        batch={**ATLAS, **ranges, f"{prefix}subnet": "snet-2", f"{prefix}endpoint_name": "pe-batch"},
    )
    assert ids(lab, "Microsoft.Network/virtualNetworks") == set()
    assert given["web"][f"{prefix}static_ip"] == ""
    assert given["web"][f"{prefix}address_prefixes"] == given["batch"][f"{prefix}address_prefixes"]
    assert given["web"][f"{prefix}subnet_address_prefix"] != given["batch"][f"{prefix}subnet_address_prefix"]
    assert all(one[f"{prefix}subnet_address_prefix"].startswith("127.") for one in given.values())


def test_one_cluster_in_two_regions_and_a_project_by_its_id(lab: Lab) -> None:
    ident = "0123456789abcdef01234567"
    atlas = {**ATLAS, "atlas_private_link_project_id": ident, "atlas_private_link_clusters": ["one"]}
    west = {
        "atlas_private_link_region": "EUROPE_WEST",
        "atlas_private_link_endpoint_name": "pe-west",
        "atlas_private_link_virtual_network": "vnet-west",
    }
    provided(lab, east=atlas, west={**atlas, **west})
    assert lab.world.projects[ident].clusters["one"].regions == ["US_EAST_2", "EUROPE_WEST"]


@pytest.mark.parametrize(
    ("hosts", "words"),
    [
        ({"a": {}}, "no host of the inventory is a link: a link has the variable atlas_private_link_project or"),
        *(
            ({"a": {name: value for name, value in told.items() if name != missing}}, f"host a: {missing} is missing")
            for told, missing in (
                *(
                    (ATLAS, f"atlas_private_link_{name}")
                    for name in ("region", "resource_group", "endpoint_name", "subnet")
                ),
                *((VCORE, f"mongo_cluster_private_link_{name}") for name in ("resource_group", "virtual_network")),
            )
        ),
        (
            {"a": {**ATLAS, "atlas_private_link_region": "moon"}},
            "host a: atlas_private_link_region is 'moon': a region of Atlas on Azure",
        ),
        (
            {"a": {**ATLAS, "private_link_azure_subscription_id": "mine"}},
            "host a: private_link_azure_subscription_id names the subscription 'mine': a GUID",
        ),
        (
            {"a": {**ATLAS, "atlas_private_link_clusters": "one"}},
            "host a: atlas_private_link_clusters is 'one': a list",
        ),
        (
            {"a": {**ATLAS, "private_link_dns_resource_group": "/subscriptions/x"}},
            "host a: private_link_dns_resource_group is '/subscriptions/x': the name of a resource group",
        ),
        ({"a": {**ATLAS, "private_link_dns_links": ["hub"]}}, "host a: private_link_dns_links has an entry without"),
        (
            {"a": ATLAS, "b": {**ATLAS, "atlas_private_link_project": "billing"}},
            "host b: atlas_private_link_endpoint_name is 'pe-orders', as the host a calls its endpoint",
        ),
        (
            {
                "a": ATLAS,
                "b": {
                    **ATLAS,
                    "atlas_private_link_endpoint_name": "pe-b",
                    "atlas_private_link_location": "westeurope",
                },
            },
            "host b: atlas_private_link_location is 'westeurope', but the host a has the same virtual network in",
        ),
        (
            {
                "a": VCORE,
                "b": {
                    **VCORE,
                    "mongo_cluster_private_link_endpoint_name": "pe-b",
                    "mongo_cluster_private_link_cluster_resource_group": "rg-other",
                },
            },
            "host b: mongo_cluster_private_link_cluster is 'catalogue' in /subscriptions/",
        ),
    ],
)
def test_what_is_missing_or_contradicts_itself_names_host_and_variable(
    lab: Lab, hosts: dict[str, dict[str, Any]], words: str
) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        provided(lab, **hosts)
    assert words in str(error.value) and "\n" not in str(error.value)


def test_a_lab_for_a_fleet_starts_and_ends_by_the_commands_that_it_prints(tmp_path: Path) -> None:
    """In any directory; what holds secrets is gone afterwards."""
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(yaml.safe_dump({"links": {"hosts": {"orders": ATLAS}}}))
    directory = tmp_path / "a lab"
    words = demo.command(directory, "start", "--pace", "instant", "--inventory", str(hosts))
    started = subprocess.run(words, shell=True, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    try:
        assert f"-i {hosts} -i '{directory}/inventory.yml'" in started
        assert "mongo_cluster_private_link" not in started
        listed = subprocess.run(
            demo.command(directory, "show"), shell=True, cwd="/", check=True, capture_output=True, text=True
        ).stdout
        assert {"rehearsal", "orders"} == {project["name"] for project in json.loads(listed)["projects"]}
    finally:
        subprocess.run(demo.command(directory, "stop"), shell=True, cwd="/", check=True)
    assert sorted(path.name for path in directory.iterdir() if path.is_file()) == ["ca.pem", "lab.log"]
    assert list((directory / "host_vars").iterdir()) == []
    refused = subprocess.run(demo.command(directory, "stop"), shell=True, check=False, capture_output=True, text=True)
    assert refused.stderr.strip().endswith(f"Start one: {demo.command(directory, 'start')}")


def test_a_lab_that_was_killed_is_cleared_away(tmp_path: Path) -> None:
    subprocess.run(demo.command(tmp_path, "start", "--pace", "instant"), shell=True, check=True, capture_output=True)
    process = json.loads((tmp_path / "lab.json").read_text())["pid"]
    os.kill(process, signal.SIGKILL)
    for command, words in (("show", f"The lab in {tmp_path} does not answer; see {tmp_path}/lab.log."), ("stop", "")):
        told = subprocess.run(demo.command(tmp_path, command), shell=True, check=False, capture_output=True, text=True)
        assert (told.returncode, told.stderr.strip()) == (1 if words else 0, words)
    assert not (tmp_path / "lab.json").exists() and not (tmp_path / "env.sh").exists()


def test_a_lab_that_cannot_be_as_asked_says_so_in_a_sentence(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(yaml.safe_dump({"links": {"hosts": {"orders": {"atlas_private_link_project": "orders"}}}}))
    command = [sys.executable, "-m", "tests.lab", "--directory", str(tmp_path), "start", "--inventory", str(hosts)]
    refused = subprocess.run(command, check=False, capture_output=True, text=True)
    assert refused.returncode == 1
    assert refused.stderr == "host orders: atlas_private_link_resource_group is missing: it has no default\n"


def test_faults_take_the_name_of_a_host(lab: Lab) -> None:
    provided(lab, web=ATLAS)
    with pytest.raises(ValueError, match="the link 'web' has no private endpoint yet: build it first"):
        faults.inject(lab, "rejected", link="web")
