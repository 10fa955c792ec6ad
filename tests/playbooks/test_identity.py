# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials and subscription of a link are said once, in any way, and every task of every role obeys."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab import fleet, links
from tests.lab.demo import environment
from tests.lab.rights import Assignment, Role
from tests.lab.runtime import Lab
from tests.support.ansible import Play, Played

ALL = Role("all", ("*",))
JOIN_NETWORKS = Role("join", ("Microsoft.Network/virtualNetworks/join/action",))
JOIN_ZONES = Role("join", ("Microsoft.Network/privateDnsZones/join/action",))
COLLECTIONS = Path(__file__).parents[2] / ".venv" / "collections"
#: What of the environment says who signs in, and to which subscription.
SAYS = (
    *("AZURE_SUBSCRIPTION_ID", "AZURE_TENANT", "AZURE_CLIENT_ID", "AZURE_SECRET"),
    *("MONGODB_ATLAS_CLIENT_ID", "MONGODB_ATLAS_CLIENT_SECRET"),
)

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]


def subscriptions(lab: Lab, path: str = "") -> set[str]:
    """The subscriptions of all requests to ARM, or of those to such a path."""
    paths = [one.path for one in lab.requests if one.cloud == "azure" and re.search(path, one.path)]
    return {found.lower() for one in paths for found in re.findall(r"^/subscriptions/([^/?]+)", one)}


def succeeded(played: Played) -> Played:
    assert played.code == 0, played.output[-6000:]
    return played


def ways(lab: Lab) -> dict[str, dict[str, Any]]:
    """The ways in which a link says it; what `surroundings` holds is said by the environment."""
    subscription, who = lab.world.subscription_id, lab.credentials(lab.world.directory.principals[lab.world.client_id])
    account = next(one for one in lab.world.credentials.values() if one.kind == "service_account")
    atlas = {"client_id": account.id, "client_secret": account.secret}
    signed_in = {name: value for name, value in lab.environment().items() if name in SAYS}
    return {
        "dictionary": {
            "private_link_atlas_auth": atlas,
            "private_link_azure_auth": {**who, "subscription_id": subscription},
        },
        "dictionary_and_subscription": {
            "private_link_atlas_auth": atlas,
            "private_link_azure_auth": who,
            "private_link_azure_subscription_id": subscription,
        },
        "module_defaults": {
            "defaults_of_atlas": atlas,
            "defaults_of_azure": {**who, "subscription_id": subscription},
        },
        "subscription": {
            "private_link_azure_subscription_id": subscription,
            "surroundings": {**signed_in, "AZURE_SUBSCRIPTION_ID": ""},
        },
    }


def environments(lab: Lab) -> dict[str, dict[str, str]]:
    """What the environment may name: nothing, another team with its subscription, or the same as the link."""
    other = lab.credentials(lab.world.other)
    return {
        "none": {},
        "other": {
            "AZURE_SUBSCRIPTION_ID": lab.world.other_subscription_id,
            "AZURE_TENANT_ID": other["tenant"],
            "AZURE_CLIENT_ID": other["client_id"],
            "AZURE_CLIENT_SECRET": other["secret"],
        },
        "same": {name: value for name, value in lab.environment().items() if name in SAYS},
    }


#: Each way where the environment names another team, and where it names nothing or the same.
PAIRS = (
    *[(way, "other") for way in ("dictionary", "dictionary_and_subscription", "module_defaults", "subscription")],
    *[(way, "none") for way in ("dictionary", "module_defaults")],
    ("module_defaults", "same"),
)


def hosts(lab: Lab, product: str) -> dict[str, dict[str, Any]]:
    """A link for each pair."""
    seeded, known, around = fleet.seed(lab, len(PAIRS), product), ways(lab), environments(lab)
    return {
        name: {
            **variables,
            **known[way],
            "surroundings": surroundings(known[way].get("surroundings", {}), around[other]),
        }
        for (name, variables), (way, other) in zip(seeded.items(), PAIRS, strict=True)
    }


def surroundings(own: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """A link that takes its credentials from the environment has them there, beside another subscription."""
    if not own:
        return other
    return {**own, **{name: value for name, value in other.items() if name == "AZURE_SUBSCRIPTION_ID"}}


def include(role: str, tasks: str = "main", **variables: Any) -> dict[str, Any]:
    task = {"ansible.builtin.include_role": {"name": f"privatelink.mongodb.{role}", "tasks_from": tasks}}
    return {"name": f"{role} {tasks}", **task, "vars": variables}


def run(lab: Lab, directory: Path, inventory: dict[str, Any], *tasks: dict[str, Any], **environ: str) -> Played:
    """Runs a playbook of somebody else, who includes roles; nothing but the lab's addresses is in its environment."""
    play = {
        "name": "Somebody else's playbook",
        "hosts": "private_links",
        "gather_facts": False,
        "environment": "{{ surroundings | default({}) }}",
        "module_defaults": {
            "group/privatelink.mongodb.atlas": "{{ defaults_of_atlas | default({}) }}",
            "group/privatelink.mongodb.azure": "{{ defaults_of_azure | default({}) }}",
        },
        "tasks": list(tasks),
    }
    (directory / "theirs.yml").write_text(yaml.safe_dump([play], sort_keys=False))
    (directory / "hosts.yml").write_text(yaml.safe_dump(inventory, sort_keys=False))
    known = environment({"environment": lab.environment()})
    done = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-playbook"), "theirs.yml", "-i", "hosts.yml"],
        cwd=directory,
        env={
            **{name: value for name, value in known.items() if name not in SAYS},
            "ANSIBLE_COLLECTIONS_PATH": str(Path(os.environ.get("ANSIBLE_COLLECTIONS_PATH", COLLECTIONS)).resolve()),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_STDOUT_CALLBACK": "default",
            **environ,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    return Played(done.returncode, done.stdout + done.stderr)


@pytest.mark.parametrize("product", ["atlas", "mongo_cluster"])
def test_every_task_of_every_role_goes_to_the_subscription_of_its_link(lab: Lab, tmp_path: Path, product: str) -> None:
    seeded = hosts(lab, product)
    for variables in seeded.values():  # they share services, and are taken down side by side
        variables["atlas_private_link_remove_last_interface"] = True
    if product == "mongo_cluster":
        for variables in seeded.values():
            variables["mongo_cluster_private_link_public_network_access"] = "Disabled"
    # There the same could be done: what goes astray is green.
    for group in ("rg-app", "rg-links", "rg-network", "rg-dns"):
        lab.world.add_resource_group(group, "eastus2", lab.world.other_subscription_id)
    inventory = {"all": {"children": fleet.inventory(seeded)}}
    own = f"{product}_private_link"
    access = [] if product == "atlas" else [include(own, "public_access")]
    built = run(
        lab, tmp_path, inventory, include(own), include("private_link_dns"), include("private_link_verify"), *access
    )
    assert subscriptions(lab) == {lab.world.subscription_id}, built.output[-3000:]
    succeeded(built)
    # As another run does, without what the first one knew.
    removed = run(
        lab,
        tmp_path,
        inventory,
        include("private_link_verify"),
        include(own, **{f"{own}_state": "absent"}),
        include("private_link_dns", private_link_dns_state="absent"),
    )
    assert subscriptions(lab) == {lab.world.subscription_id}, removed.output[-3000:]
    succeeded(removed)
    assert not [one for one in lab.requests if one.status in (401, 403)]
    assert not lab.world.of_type("Microsoft.Network/privateEndpoints")
    assert not lab.world.of_type("Microsoft.Network/privateDnsZones")


def own_rights(lab: Lab, *beside: Assignment) -> None:
    """The team of the link may do everything in its subscription and, beside that, only this."""
    own = f"/subscriptions/{lab.world.subscription_id}"
    lab.world.rights.assignments = [Assignment(ALL, own), *beside]


def test_a_hub_of_another_team_has_credentials_and_a_subscription_of_its_own(lab: Lab, play: Play) -> None:
    hub = f"/subscriptions/{lab.world.other_subscription_id}"
    lab.world.add_resource_group("rg-hub", "eastus2", lab.world.other_subscription_id)
    own = f"/subscriptions/{lab.world.subscription_id}"
    own_rights(lab, Assignment(JOIN_ZONES, hub))
    other = lab.world.other
    other.subscriptions = {lab.world.other_subscription_id, lab.world.subscription_id}
    other.rights.assignments = [Assignment(ALL, hub), Assignment(JOIN_NETWORKS, own)]
    variables = {
        "private_link_dns_resource_group": f"{hub}/resourceGroups/rg-hub",
        "private_link_dns_azure_auth": lab.credentials(other),
    }
    for playbook, product in (("atlas_private_link", "atlas"), ("mongo_cluster_private_link", "mongo_cluster")):
        succeeded(play(playbook, product=product, **variables))
        assert play(playbook, product=product, **variables).changed == 0
        zones = lab.world.of_type("Microsoft.Network/privateDnsZones")
        assert zones and {zone["id"].split("/")[2] for zone in zones} == {lab.world.other_subscription_id}
        succeeded(play("teardown", product=product, **variables))
        assert not lab.world.of_type("Microsoft.Network/privateDnsZones")
    assert subscriptions(lab, "/privateDnsZones") == {lab.world.other_subscription_id}
    assert subscriptions(lab, "/(privateEndpoints|virtualNetworks|mongoClusters)/") == {lab.world.subscription_id}
    assert not [one for one in lab.requests if one.status in (401, 403)]


def test_a_hub_of_another_tenant_serves_its_own_networks(lab: Lab, play: Play) -> None:
    subscription = lab.world.foreign_subscription_id
    group = str(lab.world.add_resource_group("rg-hub", "eastus2", subscription)["id"])
    site = links.new_site(lab, group, "eastus2", "none", "vnet-hub", 9)
    lab.change(lambda: links.make_network(links.Clouds(lab.world), site))
    variables = {
        # By a name and a subscription, which is another way to say it.
        "private_link_dns_resource_group": "rg-hub",
        "private_link_dns_azure_auth": {**lab.credentials(lab.world.foreign), "subscription_id": subscription},
        "private_link_dns_links": [{"virtual_network_id": site.virtual_network_id}],
        "private_link_verify_resolvers": [lab.resolver(site.virtual_network_id)],
    }
    succeeded(play("atlas_private_link", **variables))
    succeeded(play("verify", **variables))
    assert subscriptions(lab, "/privateDnsZones") == {subscription}
    assert subscriptions(lab, "/privateEndpoints/") == {lab.world.subscription_id}
    succeeded(play("teardown", **variables))
    assert not lab.world.of_type("Microsoft.Network/privateDnsZones")
    assert not [one for one in lab.requests if one.status in (401, 403)]


def test_a_cluster_of_another_tenant_is_read_approved_and_closed_by_its_owner(lab: Lab, play: Play) -> None:
    subscription = lab.world.foreign_subscription_id
    lab.world.add_resource_group("rg-theirs", "eastus2", subscription)
    cluster = lab.world.add_mongo_cluster("theirs", "rg-theirs", "eastus2", subscription)
    username, password = next(iter(cluster.users.items()))
    variables = {
        "mongo_cluster_private_link_cluster": cluster.id,
        "mongo_cluster_private_link_approval": "manual",
        "mongo_cluster_private_link_cluster_azure_auth": lab.credentials(lab.world.foreign),
        "mongo_cluster_private_link_public_network_access": "Disabled",
        "private_link_verify_username": username,
        "private_link_verify_password": password,
    }
    succeeded(play("mongo_cluster_private_link", product="mongo_cluster", **variables))
    succeeded(play("verify", product="mongo_cluster", **variables))
    assert cluster.public_network_access == "Disabled"
    succeeded(play("teardown", product="mongo_cluster", **variables))
    assert subscriptions(lab, "/mongoClusters/") == {subscription}
    paths = [one.path for one in lab.requests if one.path.lower().startswith(f"/subscriptions/{subscription}")]
    assert all("Microsoft.DocumentDB" in path for path in paths)
    assert not [one for one in lab.requests if one.status in (401, 403)]


def test_a_wrong_dictionary_stops_the_play_before_any_request(lab: Lab, play: Play) -> None:
    for variable in ("private_link_azure_auth", "private_link_dns_azure_auth"):
        played = play("atlas_private_link", "-vvv", **{variable: {"tenent": "x", "secret": "hush-hush"}})
        assert played.code == 2 and f"{variable} has names that are no such options (tenent)" in played.output
        assert "hush-hush" not in played.output


def test_an_endpoint_of_another_subscription_with_the_same_name_stays(lab: Lab, play: Play, project: Any) -> None:
    """Both are registered; one is named by its subscription, or by nothing."""
    succeeded(play("atlas_private_link"))
    (service,) = project.services.values()
    (ours,), (interface,) = service.interfaces, service.interfaces.values()
    same = interface.endpoint_id.replace(lab.world.subscription_id, lab.world.other_subscription_id)
    theirs = same.lower()
    lab.change(lambda: lab.world.azure.update({theirs: {**lab.world.azure[ours], "id": same}}))
    lab.change(lambda: lab.world.register(service, same, "127.0.0.9"))
    link = {"atlas_private_link_manage_endpoint": False, "atlas_private_link_remove_last_interface": True}
    refused = play("teardown", **link)
    refused.assert_failed("2 private endpoints pe-atlas of a resource group", "or atlas_private_link_endpoint_id")
    assert set(service.interfaces) == {ours, theirs}
    succeeded(play("teardown", atlas_private_link_subscription_id=lab.world.subscription_id, **link))
    assert set(service.interfaces) == {theirs}
    # The same names again, where only the other one is registered.
    # (Both have one address here, so that the cluster's nodes cannot know which one a client went through.)
    succeeded(play("atlas_private_link", private_link_verify_on_failure="report"))
    assert {ours, theirs} == set(service.interfaces)
    host = f"pl-{service.interfaces[ours].index}-eastus2-azure."
    assert all(zone["name"].startswith(host) for zone in lab.world.of_type("Microsoft.Network/privateDnsZones"))
