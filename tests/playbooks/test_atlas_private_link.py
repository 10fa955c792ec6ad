# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample playbooks end to end: real ansible-playbook, real clients, one lab."""

from __future__ import annotations

import secrets
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.lab.runtime import Lab
from tests.lab.world import Project
from tests.support.ansible import LOCAL, Play
from tests.support.asserts import writes
from tests.support.modules import run_module


def test_first_run_creates_second_run_reads_each_thing_once_and_teardown_leaves_nothing(lab: Lab, play: Play) -> None:
    first = play("atlas_private_link").assert_ok()
    assert first.changed >= 5
    for line in ("AVAILABLE", "Approved", "ports 1024, 1025, 1026", "accept", "through mongodb+srv://cluster0-pl-0."):
        assert line in first.output
    assert "FAILED" not in first.output and "not checked" not in first.output

    seen = len(lab.requests)
    second = play("atlas_private_link").assert_ok()
    assert second.changed == 0
    later = [exchange for exchange in lab.requests[seen:] if not exchange.is_token and exchange.status != 401]
    assert [exchange.path for exchange in later if exchange.is_write] == []
    reads = Counter((exchange.cloud, exchange.path.partition("?")[0].lower()) for exchange in later)
    assert {path: count for path, count in reads.items() if count > 1} == {}

    before = writes(lab)
    checked = play("teardown", "--check", "--diff").assert_ok()
    assert checked.changed > 0 and writes(lab) == before
    gone = play("teardown", atlas_private_link_remove_virtual_network=True).assert_ok()
    assert gone.changed > 0
    left = {body["type"] for body in lab.world.azure.values()}
    assert left == {"Microsoft.Resources/resourceGroups"}
    project = next(iter(lab.world.projects.values()))
    assert project.services == {}

    before = writes(lab)
    again = play("teardown", atlas_private_link_remove_virtual_network=True).assert_ok()
    assert again.changed == 0 and writes(lab) == before


def test_check_mode_on_an_empty_world_passes_and_writes_nothing(lab: Lab, play: Play) -> None:
    checked = play("atlas_private_link", "--check", "--diff").assert_ok()
    assert checked.changed >= 3
    assert writes(lab) == []


@pytest.mark.full
def test_check_mode_on_a_standing_link_changes_nothing(lab: Lab, play: Play) -> None:
    play("atlas_private_link").assert_ok()
    before = writes(lab)
    assert play("atlas_private_link", "--check", "--diff").assert_ok().changed == 0
    assert writes(lab) == before


@pytest.mark.full
def test_a_service_of_someone_else_is_used_and_survives(lab: Lab, play: Play, project: Project) -> None:
    theirs = lab.world.add_service(project, "US_EAST_2")
    play("atlas_private_link").assert_ok()
    assert list(project.services) == [theirs.id]
    refused = play("teardown")
    assert refused.code != 0 and "atlas_private_link_remove_last_interface" in refused.output
    play("teardown", atlas_private_link_remove_last_interface=True).assert_ok()
    assert not any(body["type"].endswith("privateEndpoints") for body in lab.world.azure.values())


@pytest.mark.full
def test_a_cluster_zone_mirrors_srv_and_txt(lab: Lab, play: Play, project: Project) -> None:
    done = play("atlas_private_link", private_link_dns_mode="cluster_zone").assert_ok()
    assert "answers for every name below it" in done.output
    zone = next(body for body in lab.world.azure.values() if body["type"] == "Microsoft.Network/privateDnsZones")
    assert zone["name"] == f"{project.clusters['cluster0'].hash}.mongodb.net"
    kinds = {kind for _name, kind in lab.world.zone_records(zone["id"])}
    assert kinds >= {"A", "SRV", "TXT"}
    assert play("atlas_private_link", private_link_dns_mode="cluster_zone").assert_ok().changed == 0


@pytest.mark.full
def test_a_broken_hop_without_a_line_of_its_own_fails_the_play(lab: Lab, play: Play) -> None:
    """The resolver and TXT stand in no line of the list; what they bar must not pass as "not checked"."""
    play("atlas_private_link").assert_ok()
    lab.world.dns_faults[("*", "TXT")] = "servfail"
    play("atlas_private_link").assert_failed("The private link does not work")
    reported = play("atlas_private_link", private_link_verify_on_failure="report").assert_ok()
    assert "FAILED" in reported.output


@pytest.mark.full
def test_a_recreation_that_needs_a_new_registration_asks_first(lab: Lab, play: Play) -> None:
    play("atlas_private_link").assert_ok()
    moved = {
        "atlas_private_link_static_ip": lab.subnet_prefix().replace(".0/24", ".88"),
        "atlas_private_link_recreate": True,
    }
    before = writes(lab)
    play("atlas_private_link", **moved).assert_failed("atlas_private_link_remove_last_interface")
    assert writes(lab) == before
    drifted = play("atlas_private_link", atlas_private_link_static_ip=moved["atlas_private_link_static_ip"])
    drifted.assert_failed("cannot change in place")
    assert writes(lab) == before


@pytest.mark.full
def test_public_dns_needs_no_zone(lab: Lab, play: Play) -> None:
    play("atlas_private_link", private_link_dns_mode="public").assert_ok()
    assert not any("privateDnsZones" in body["type"] for body in lab.world.azure.values())


@pytest.mark.full
def test_every_option_of_the_guide_arrives(lab: Lab, play: Play) -> None:
    static = lab.subnet_prefix().replace(".0/24", ".77")
    play(
        "atlas_private_link",
        atlas_private_link_region="US_EAST_2",
        atlas_private_link_project="",
        atlas_private_link_project_id=next(iter(lab.world.projects)),
        atlas_private_link_connection_name="to-atlas",
        atlas_private_link_request_message="for the orders team",
        atlas_private_link_network_interface_name="nic-atlas",
        atlas_private_link_static_ip=static,
        atlas_private_link_tags={"team": "orders"},
    ).assert_ok()
    (endpoint,) = lab.world.of_type("Microsoft.Network/privateEndpoints")
    (connection,) = endpoint["properties"]["manualPrivateLinkServiceConnections"]
    assert connection["name"] == "to-atlas"
    assert connection["properties"]["requestMessage"] == "for the orders team"
    assert endpoint["tags"]["team"] == "orders"
    assert endpoint["properties"]["networkInterfaces"][0]["id"].endswith("/nic-atlas")
    assert lab.world.endpoint_ip(endpoint) == static


@pytest.mark.full
def test_two_links_of_an_inventory_share_a_project_and_a_service(lab: Lab, play: Play, project: Project) -> None:
    """Two virtual networks in one region: one endpoint service, two endpoints, made side by side."""
    link = lab.link_variables()
    shared = {name: value for name, value in link.items() if name.startswith("private_link_verify")}
    hosts = {}
    for number, name in enumerate(("orders", "billing")):
        network = lab.address_prefix(number).split("/")[0].rsplit(".", 1)[0]
        hosts[name] = {
            "atlas_private_link_endpoint_name": f"pe-{name}",
            "atlas_private_link_virtual_network": f"vnet-{name}",
            "atlas_private_link_address_prefixes": [lab.address_prefix(number)],
            "atlas_private_link_subnet_address_prefix": lab.subnet_prefix(number),
            "private_link_verify_resolvers": [f"{network}.2:{lab.dns_port}"],
        }
    common = {name: value for name, value in link.items() if name not in hosts["orders"]} | shared
    common |= LOCAL
    common.pop("private_link_verify_resolvers")
    inventory = {"private_links": {"hosts": hosts, "vars": common}}
    play("atlas_private_link", inventory=inventory).assert_ok()
    assert len(project.services) == 1
    assert len(lab.world.of_type("Microsoft.Network/privateEndpoints")) == 2
    assert play("atlas_private_link", inventory=inventory).assert_ok().changed == 0
    # Whoever goes first, the one that stays takes the service along when it goes.
    play("teardown", inventory=inventory, private_link_teardown_confirm="2").assert_ok()
    assert project.services == {} and not lab.world.of_type("Microsoft.Network/privateEndpoints")
    assert play("teardown", inventory=inventory, private_link_teardown_confirm="2").assert_ok().changed == 0


NEEDED = [
    f"atlas_private_link_{name}" for name in ("region", "resource_group", "endpoint_name", "virtual_network", "subnet")
]
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a mistyped region": ({"atlas_private_link_region": "eastsu2"}, "Did you mean"),
    "a region without nodes": ({"atlas_private_link_region": "westeurope"}, "Not linkable in EUROPE_WEST: cluster0."),
    "an unknown cluster": ({"atlas_private_link_clusters": ["nope"]}, "Not linkable in US_EAST_2: nope."),
    "an unknown project": ({"atlas_private_link_project": "nope"}, "no Atlas project called 'nope'"),
    "a wrong project id": (
        {"atlas_private_link_project": "", "atlas_private_link_project_id": "abc"},
        "24 hexadecimal digits",
    ),
    "another location than the network's": ({"atlas_private_link_location": "westeurope"}, "location"),
    "an endpoint's name that cannot be": ({"atlas_private_link_endpoint_name": "pe atlas"}, "1 to 80 letters"),
    "a link of which all but the project is blank": (
        dict.fromkeys(NEEDED, ""),
        f"{', '.join(NEEDED)} must not be empty",
    ),
    "the address of nobody's endpoint": (
        {"atlas_private_link_manage_endpoint": "no", "atlas_private_link_endpoint_ip_address": "10.0.0.4"},
        "it is not said whose address that is",
    ),
    "an address that is none": ({"atlas_private_link_static_ip": "10.0.0.400"}, "10.0.0.400"),
}


@pytest.mark.full
@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_one_line_and_makes_no_link(lab: Lab, play: Play, case: str) -> None:
    variables, words = REFUSED[case]
    before: list[str] = []
    if "location" in case:
        lab.world.add_resource_group("rg-network", "eastus2")
        run_module(
            "azure_virtual_network",
            resource_group="rg-network",
            name="vnet-app",
            location="eastus2",
            address_prefixes=[lab.address_prefix()],
            subnets=[{"name": "snet-endpoints", "address_prefix": lab.subnet_prefix()}],
            **lab.azure_options(),
        )
        variables = {**variables, "atlas_private_link_virtual_network_resource_group": "rg-network"}
        before = writes(lab)
    played = play("atlas_private_link", **variables).assert_failed(words)
    assert "Traceback" not in played.output
    assert writes(lab) == before


#: Fault, environment, words of the message, and how many writes succeeded before it.
BROKEN = {
    "wrong credentials": (None, {"MONGODB_ATLAS_CLIENT_SECRET": "wrong"}, "gave no token", 0),
    "wrong Azure secret": (None, {"AZURE_SECRET": "wrong"}, "secret", 0),
    "read only": ("read_only", {}, "Project Owner", 0),
    "access list": ("not_on_access_list", {}, "access list", 0),
    "paused": ("cluster_paused", {}, "resume them", 0),
    "no payment method": ("no_payment_method", {}, "payment method", 3),  # Atlas tells only when it registers
    "a service that fails": ("service_fails", {}, "status is 'FAILED", 2),  # the network was made meanwhile
    "an interface that fails": ("interface_fails", {}, "status is 'FAILED", 4),
}


@pytest.mark.full
@pytest.mark.parametrize("case", BROKEN)
def test_what_a_cloud_refuses_is_one_line_with_a_remedy(lab: Lab, play: Play, case: str) -> None:
    from tests.lab import faults

    fault, env, words, made = BROKEN[case]
    if fault:
        faults.inject(lab, fault)
    played = play("atlas_private_link", env=env).assert_failed(words)
    assert "Traceback" not in played.output
    assert sum(exchange.is_write and exchange.status < 300 for exchange in lab.requests) == made


@pytest.mark.full
def test_no_secret_is_ever_shown(lab: Lab, play: Play, project: Project, tmp_path: Path) -> None:
    """Canaries in every secret there is, the loudest output, diffs, and a failure as well as a success."""
    canaries = {"client": "canary-" + secrets.token_hex(8), "user": "canary-" + secrets.token_hex(8)}
    lab.world.client_secret = canaries["client"]
    project.clusters["cluster0"].users["app"] = canaries["user"]
    account = next(c for c in lab.world.credentials.values() if c.kind == "service_account")
    key = next(c for c in lab.world.credentials.values() if c.kind == "key")
    azure = {name: value for name, value in lab.azure_options().items() if name in ("tenant", "client_id", "secret")}
    for atlas in (
        {"client_id": account.id, "client_secret": account.secret},
        {"public_key": key.id, "private_key": key.secret},
    ):
        variables: dict[str, Any] = {"private_link_atlas_auth": atlas, "private_link_azure_auth": azure}
        log = tmp_path / "ansible.log"
        env = {"ANSIBLE_LOG_PATH": str(log), "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local")}
        played = play("atlas_private_link", "-vvvv", "--diff", env=env, **variables).assert_ok()
        failing = play("atlas_private_link", "-vvvv", env=env, private_link_verify_password="canary-wrong", **variables)
        failing.assert_failed()
        left = [path.read_text() for path in (tmp_path / "local").rglob("*") if path.is_file()]
        for shown in (played.output, failing.output, log.read_text(), *left):
            for secret in (*canaries.values(), account.secret, key.secret, "canary-wrong"):
                assert secret not in shown


@pytest.mark.full
def test_the_artifact_of_a_failed_run_can_be_taken_up_again(lab: Lab, play: Play) -> None:
    """A run that was cut off in the middle is simply run again."""
    lab.traffic.inject("refuse", method="POST", path="/endpoint$", status=400, code="ATLAS_GENERAL_ERROR")
    play("atlas_private_link").assert_failed()
    assert play("atlas_private_link").assert_ok().changed > 0
    assert len(lab.world.of_type("Microsoft.Network/privateEndpoints")) == 1


@pytest.mark.full
def test_the_playbook_of_the_other_product_does_not_pass_over_a_lone_link(lab: Lab, play: Play) -> None:
    for playbook, product, missing in (
        ("mongo_cluster_private_link", "atlas", "mongo_cluster_private_link_cluster"),
        ("atlas_private_link", "mongo_cluster", "atlas_private_link_region"),
    ):
        play(playbook, product=product).assert_failed(missing)
        assert lab.requests == []
