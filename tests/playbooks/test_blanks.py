# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role variables as surveys give them: everything as text, and blank where nobody filled anything in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab.runtime import Lab
from tests.support.ansible import Play, Played
from tests.support.asserts import writes

pytestmark = pytest.mark.full

ROLES = Path(__file__).resolve().parents[2] / "roles"
#: What each product's own role cannot do without.
REQUIRED = {
    "atlas": ["project", "region", "resource_group", "endpoint_name", "virtual_network", "subnet"],
    "mongo_cluster": ["cluster", "resource_group", "endpoint_name", "virtual_network", "subnet"],
}
#: What the lab must be told: where its networks, its names and its certificates are, and where files may be written.
OF_THE_LAB = [
    "atlas_private_link_location",
    "mongo_cluster_private_link_location",
    "atlas_private_link_address_prefixes",
    "atlas_private_link_subnet_address_prefix",
    "mongo_cluster_private_link_address_prefixes",
    "mongo_cluster_private_link_subnet_address_prefix",
    "private_link_verify_resolvers",
    "private_link_verify_ca_path",
    "private_link_verify_report_directory",
    "private_link_verify_username",
    "private_link_verify_password",
]


def blanks() -> dict[str, str]:
    """Every variable of every role, blank, those of the other product included."""
    found = [yaml.safe_load(path.read_text()) for path in ROLES.glob("*/meta/argument_specs.yml")]
    return {name: "" for specs in found for name in specs["argument_specs"]["main"]["options"]}


def answers(lab: Lab, product: str) -> dict[str, Any]:
    """What somebody who filled in the required fields only has given, lists as text."""
    own = [f"{product}_private_link_{name}" for name in REQUIRED[product]]
    told = {name: value for name, value in lab.link_variables(product).items() if name in [*own, *OF_THE_LAB]}
    return {name: ", ".join(value) if isinstance(value, list) else value for name, value in told.items()}


def survey(play: Play, playbook: str, variables: dict[str, str]) -> Played:
    return play(playbook, "-e", json.dumps(variables)).assert_ok()


#: What the roles do anyway, in words; a survey has no other way to say so.
IN_WORDS: dict[str, dict[str, str]] = {
    "atlas": {
        "atlas_private_link_state": "present",
        "atlas_private_link_clusters": "cluster0\n",
        "atlas_private_link_manage_endpoint": "yes",
        "atlas_private_link_tags": "managed-by=privatelink.mongodb",
        "atlas_private_link_recreate": "false",
        "atlas_private_link_wait_timeout": "600",
        "atlas_private_link_wait_delay": "0.5",
        "private_link_dns_mode": "host_zones",
        "private_link_dns_tags": '{"managed-by": "privatelink.mongodb"}',
    },
    "mongo_cluster": {
        "mongo_cluster_private_link_state": "present",
        "mongo_cluster_private_link_approval": "automatic",
        "mongo_cluster_private_link_approve": "True",
        "mongo_cluster_private_link_tags": "managed-by: privatelink.mongodb",
        "mongo_cluster_private_link_register_providers": "no",
        "mongo_cluster_private_link_recreate": "no",
        "mongo_cluster_private_link_wait_timeout": "600",
        "mongo_cluster_private_link_wait_delay": "0.5",
        "private_link_dns_mode": "zone_group",
        "private_link_dns_fallback_to_internet": "yes",
    },
}
FOR_BOTH = {
    "private_link_dns_ttl": "60",
    "private_link_dns_overwrite": "no",
    "private_link_dns_on_finding": "fail",
    "private_link_dns_wait_timeout": "600",
    "private_link_verify_probe": "true",
    "private_link_verify_zones": "true",
    "private_link_verify_ports": "",
    "private_link_verify_hops": "srv, tcp",
    "private_link_verify_clients": "localhost\n",
    "private_link_verify_timeout": "5",
    "private_link_verify_write_report": "false",
}


@pytest.mark.parametrize("product", ["atlas", "mongo_cluster"])
def test_what_is_left_blank_is_the_default(lab: Lab, play: Play, product: str) -> None:
    """Built with everything blank, the same link is there already for somebody who spells every default out as text."""
    playbook, blank, given = f"{product}_private_link", blanks(), answers(lab, product)
    # What teardown.yml sets is blank, too.
    built = survey(play, playbook, {**blank, **given, "__private_link_state": ""})
    assert built.changed >= 4 and "FAILED" not in built.output and "not checked" not in built.output
    assert (lab.directory / "report" / "report.html").exists()

    network = next(key for key, body in lab.world.azure.items() if body["type"].endswith("/virtualNetworks"))
    links = json.dumps([{"virtual_network_id": lab.world.azure[network]["id"]}])
    words = {**blank, **given, **FOR_BOTH, **IN_WORDS[product], "private_link_dns_links": links}
    before = writes(lab)
    again = survey(play, playbook, words)
    assert again.changed == 0 and writes(lab) == before
    assert "not checked" in again.output and "The report is in" not in again.output

    survey(play, "verify", {**blank, **given})
    # Either way takes it down: the playbook for that (for Atlas, tests/awx have it), or the state.
    if product == "atlas":
        gone = survey(play, playbook, {**blank, **given, "atlas_private_link_state": "absent"})
        assert "nothing to prove" in gone.output
    else:
        survey(play, "teardown", {**blank, **given})
    assert not any(body["type"].endswith("/privateEndpoints") for body in lab.world.azure.values())


def test_what_must_not_be_blank_or_cannot_be_is_named(lab: Lab, play: Play) -> None:
    blank, given = blanks(), answers(lab, "atlas")
    nothing = play("atlas_private_link", "-e", json.dumps(blank))
    assert nothing.code == 2 and writes(lab) == []
    for name in REQUIRED["atlas"]:
        assert f"atlas_private_link_{name}" in nothing.output
    wrong = {**blank, **given, "atlas_private_link_recreate": "maybe"}
    odd = play("atlas_private_link", "-e", json.dumps(wrong))
    odd.assert_failed("atlas_private_link_recreate is 'maybe': it must be true or false")
    odd = play("mongo_cluster_private_link", "-e", json.dumps(blank))
    assert odd.code == 2 and "mongo_cluster_private_link_cluster" in odd.output and writes(lab) == []
