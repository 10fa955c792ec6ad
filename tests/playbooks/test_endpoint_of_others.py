# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A link whose private endpoint somebody else makes: the play has no rights in Azure, and asks it nothing."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from typing import Any

import pytest

from tests.lab.runtime import Lab
from tests.lab.world import Project
from tests.support.ansible import Play, Played
from tests.support.modules import Run

pytestmark = pytest.mark.full

#: AWX passes what is not filled in as blanks.
NO_AZURE = {name: "" for name in ("AZURE_CLIENT_ID", "AZURE_SECRET", "AZURE_TENANT", "AZURE_SUBSCRIPTION_ID")}


def command(played: Played) -> dict[str, str]:
    """The flags of the command as they were printed, for those who copy it from there."""
    (line,) = (
        json.loads(text) for text in re.findall(r'^\s+("az network private-endpoint create .*"),$', played.output, re.M)
    )
    words = shlex.split(line)[4:]
    starts = [number for number, word in enumerate(words) if word.startswith("--")]
    return {words[a]: " ".join(words[a + 1 : b]) for a, b in itertools.pairwise([*starts, len(words)])}


def somebody_makes(lab: Lab, run: Run, flags: dict[str, str], prefix: str) -> dict[str, Any]:
    """What `az` does with these flags, by somebody with rights in Azure."""
    place = {**lab.azure_options(), "resource_group": flags["--resource-group"]}
    subnet = {"name": flags["--subnet"], "address_prefix": prefix}
    options = {"name": flags["--vnet-name"], "location": flags["--location"], "address_prefixes": [prefix]}
    network = run("azure_virtual_network", **place, **options, subnets=[subnet])["virtual_network"]
    made = run(
        "azure_private_endpoint",
        **place,
        name=flags["--name"],
        location=flags["--location"],
        subnet_id=network["subnets"][0]["id"],
        private_link_service_id=flags["--private-connection-resource-id"],
        connection_name=flags["--connection-name"],
        manual_request=flags["--manual-request"] == "true",
        request_message=flags["--request-message"],
        private_ip_address=dict(pair.split("=") for pair in flags["--ip-config"].split())["private-ip-address"],
        tags=dict(pair.split("=") for pair in flags["--tags"].split()),
    )
    return dict(made["private_endpoint"])


def test_the_life_of_a_link_with_an_endpoint_of_somebody_else(lab: Lab, play: Play, project: Project, run: Run) -> None:
    def ours(playbook: str, **variables: Any) -> Played:
        before = len(lab.requests)
        played = play(playbook, env=NO_AZURE, atlas_private_link_manage_endpoint="no", **variables).assert_ok()
        assert {exchange.cloud for exchange in lab.requests[before:]} == {"atlas"}
        return played

    address = lab.subnet_prefix().replace(".0/24", ".88")
    asked = ours(
        "atlas_private_link",
        atlas_private_link_static_ip=address,
        atlas_private_link_request_message="for 'orders', please",
        atlas_private_link_tags="team=orders",
        private_link_dns_mode="records",
    )
    (service,) = project.services.values()
    assert asked.changed == 1
    assert "It waits for its private endpoint" in asked.output
    flags = command(asked)
    assert flags["--private-connection-resource-id"].endswith(f"/privateLinkServices/pls_{service.id}")

    made = somebody_makes(lab, run, flags, lab.subnet_prefix())
    assert (made["ip_address"], made["connection_state"], made["tags"]["team"]) == (address, "Pending", "orders")

    told = {"atlas_private_link_endpoint_id": made["id"], "atlas_private_link_endpoint_ip_address": address}
    nowhere = dict.fromkeys(("resource_group", "endpoint_name", "virtual_network", "subnet"), "")
    blank = {f"atlas_private_link_{name}": value for name, value in nowhere.items()}
    linked = ours("atlas_private_link", private_link_dns_mode="records", **told, **blank)
    assert linked.changed == 1 and "Nothing is broken, as far as it was looked at" in linked.output
    assert "a driver connects" in linked.output and re.search(r"not checked +Azure private endpoint", linked.output)

    again = ours("atlas_private_link")
    assert again.changed == 0 and "FAILED" not in again.output
    assert ours("verify").changed == 0

    gone = ours("teardown", atlas_private_link_remove_service="always")
    assert project.services == {} and "has to delete it" in gone.output
    assert made["id"].lower() in {key.lower() for key in lab.world.azure}
