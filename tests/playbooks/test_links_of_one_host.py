# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several links on one host: a role acts on the link that it was called for, never on one that was left over."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.lab.demo import environment
from tests.lab.runtime import Lab
from tests.playbooks.recording import Json, recorded

ATLAS, MONGO, DNS, VERIFY = (
    f"privatelink.mongodb.{role}"
    for role in ("atlas_private_link", "mongo_cluster_private_link", "private_link_dns", "private_link_verify")
)
ZONES = "Microsoft.Network/privateDnsZones"


def included(role: str, **variables: object) -> Json:
    return {"ansible.builtin.include_role": {"name": role}, "vars": variables}


def refused(name: str, role: str, **variables: object) -> Json:
    """The role fails, and the play goes on; the task of this name has the failure."""
    shown = {"name": name, "ansible.builtin.debug": {"var": "ansible_failed_result"}}
    done = {"name": "Stop", "ansible.builtin.fail": {"msg": "This was not refused."}}
    return {"block": [included(role, **variables), done], "rescue": [shown]}


def own(link: Json, role: str) -> Json:
    """The variables of the role that makes the link."""
    return {name: value for name, value in link.items() if name.startswith(f"{role}_")}


def test_a_play_acts_on_each_of_its_links_and_on_no_other(lab: Lab, tmp_path: Path) -> None:
    ledger = own(lab.variables(lab.build_mongo_link("ledger")), "mongo_cluster_private_link")
    north, south, gone = (
        own(lab.variables(lab.build_link(name, dns="public")), "atlas_private_link")
        for name in ("north", "south", "gone")
    )
    names = [link["atlas_private_link_endpoint_name"] for link in (north, south, gone)]
    names.append(ledger["mongo_cluster_private_link_endpoint_name"])
    absent = {"atlas_private_link_state": "absent", "atlas_private_link_remove_last_interface": True}
    common = {
        "private_link_verify_probe": False,
        "private_link_verify_report_directory": str(tmp_path / "report"),
        "private_link_dns_wait_delay": 0.2,
    }
    # The roles after the first one need no variables of their own.
    classic = [{"role": ATLAS, "vars": north}, DNS, VERIFY, {"role": ATLAS, "vars": south}, DNS, VERIFY]
    plays: list[Json] = [
        {"roles": classic},
        {"tasks": [included(ATLAS, **gone), included(DNS)]},
        # The link to Azure DocumentDB stays.
        {
            "tasks": [
                *(included(MONGO, **ledger), included(DNS), included(VERIFY)),
                *(included(ATLAS, **gone, **absent), included(DNS), included(VERIFY)),
            ]
        },
        {
            "tasks": [
                *(included(ATLAS, **north), included(DNS)),
                refused("link", ATLAS, **{**south, "atlas_private_link_clusters": ["nope"]}),
                refused("unfinished", DNS, private_link_dns_state="absent"),
                refused("another", DNS, **{**north, "atlas_private_link_endpoint_name": "pe-other"}),
                *(included(ATLAS, **north), included(MONGO, **ledger)),
                refused("several", VERIFY),
            ]
        },
        {"tasks": [refused("earlier", DNS, private_link_dns_state="absent")]},
    ]
    playbook = tmp_path / "play.yml"
    playbook.write_text(
        yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "vars": common, **one} for one in plays])
    )
    played, results = recorded(playbook, env=environment({"environment": lab.environment()}))
    assert played.code == 0, played.output[-6000:]

    verified = [one["result"]["ansible_facts"] for one in results if one["task"].endswith("proof | Sum up")]
    endpoints = [
        fact["value"].rpartition("/")[2]
        for one in verified
        for fact in one["private_link_verify_result"]["facts"]
        if fact["label"] == "Private endpoint"
    ]
    assert endpoints == [names[0], names[1], names[3]]
    writes = [f"{one.method} {one.path}".lower() for one in lab.requests if one.is_write]
    zones = {
        one.partition("/privatednszones/")[2].split("?")[0].split("/")[0] for one in writes if "privatednszones" in one
    }
    kept = {str(body["name"]).lower() for body in lab.world.of_type(ZONES)}
    assert len(zones & kept) == 2 and len(zones - kept) == 1
    assert not [one for one in writes if "mongocluster" in one or names[3].lower() in one]
    told = {one["task"]: one["result"].get("ansible_failed_result", {}) for one in results}
    assert "Not linkable" in told["link"]["msg"]
    assert (
        f"was not finished for {south['atlas_private_link_resource_group']}/{names[1]}".lower()
        in told["unfinished"]["msg"].lower()
    )
    assert "another private link" in told["another"]["msg"] and "pe-other" in told["another"]["msg"]
    assert names[0] in told["several"]["msg"] and names[3] in told["several"]["msg"]
    assert told["several"]["error"]["code"] == "Undecided"
    assert "private_link_dns_endpoint_id is empty" in told["earlier"]["msg"]
