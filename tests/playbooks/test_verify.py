# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verification as people call it: several clients, other people's rights, little given, nothing given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.lab import faults
from tests.lab.mongo_links import BuiltMongoLink
from tests.lab.runtime import Lab
from tests.playbooks.verifying import verify
from tests.support.ansible import Play

CLIENTS: dict[str, dict[str, Any]] = {
    "app1": {"ansible_connection": "local"},
    # A port on which nobody listens.
    "app2": {"ansible_host": "127.0.0.1", "ansible_port": 1, "ansible_connection": "ssh", "ansible_ssh_timeout": 5},
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Links that are asked about in different ways, in one run."""
    with Lab("instant") as lab:
        built = {name: lab.build_link(name) for name in ("clients", "blind", "half-blind", "renamed", "beginner")}
        given: dict[str, dict[str, Any]] = {name: dict(lab.variables(link)) for name, link in built.items()}
        faults.inject(lab, "useless_zone", "clients")
        given["clients"]["private_link_verify_clients"] = ",".join(CLIENTS)  # as a survey gives it
        only_data = {
            "private_link_verify_control_plane": False,
            "private_link_verify_srv_hosts": [built["blind"].srv_host],
        }
        kept = ("private_link_verify_resolvers", "private_link_verify_ca_path")
        given["blind"] = {**{name: given["blind"][name] for name in kept}, **only_data}
        given["half-blind"]["private_link_verify_zones"] = "false"
        given["half-blind"]["private_link_verify_ports"] = [1024]
        faults.inject(lab, "outdated_srv_name", "renamed")
        given["beginner"]["private_link_verify_hops"] = ["address"]
        given |= _to_azure_documentdb(lab)
        return verify(lab, given, tmp_path_factory.mktemp("verify"), others=CLIENTS)


def _to_azure_documentdb(lab: Lab) -> dict[str, dict[str, Any]]:
    """The same for links to the other product, which stand in the same inventory and report."""
    names = ("vcore-blind", "vcore-half-blind", "vcore-by-id", "vcore-member", "vcore-hosts")
    built = {name: lab.build_mongo_link(name) for name in names}
    given: dict[str, dict[str, Any]] = {name: dict(lab.variables(link)) for name, link in built.items()}
    own = {name: value for name, value in given["vcore-blind"].items() if name.startswith("private_link_verify_")}
    only_data = {
        "private_link_verify_product": "mongo_cluster",
        "private_link_verify_control_plane": False,
        "private_link_verify_srv_hosts": [built["vcore-blind"].srv_host],
    }
    given["vcore-blind"] = {**own, **only_data}
    given["vcore-half-blind"]["private_link_verify_zones"] = "false"
    by_id = built["vcore-by-id"]
    named = {
        "private_link_verify_product": "mongo_cluster",
        "private_link_verify_cluster": by_id.cluster_id,
        "private_link_verify_resource_group": by_id.resource_group,
        "private_link_verify_endpoint_name": by_id.site.endpoint,
    }
    kept = {name: value for name, value in given["vcore-by-id"].items() if name.startswith("private_link_verify_")}
    given["vcore-by-id"] = {**kept, **named}
    (member,) = next(
        cluster.hosts for cluster in lab.world.mongo_clusters.values() if cluster.name == built["vcore-member"].name
    )
    given["vcore-member"]["private_link_verify_srv_hosts"] = [member]
    # Somebody else keeps the names: the client's network has no private zone at all.
    faults.inject(lab, "zone_group_missing", "vcore-hosts")
    lab.change(lambda: _publish(lab, built["vcore-hosts"]))
    return given


def _publish(lab: Lab, link: BuiltMongoLink) -> None:
    (found,) = faults.find(lab, "zone_group_missing", link.name)
    for host in found.addresses:
        found.publish(host, "A", *link.addresses)


def test_links_to_both_products_stand_in_one_report(reports: dict[str, Any]) -> None:
    products = {name: link["product"] for name, link in reports.items()}
    assert products["clients"] == "atlas" and products["vcore-by-id"] == "mongo_cluster"
    by_id = reports["vcore-by-id"]
    assert by_id["ok"] and [line["ok"] for line in by_id["lines"]] == [True] * 8
    assert {"label": "Public network access", "value": "Enabled"} in by_id["facts"]


def test_azure_documentdb_without_any_right_in_azure(reports: dict[str, Any]) -> None:
    found = reports["vcore-blind"]
    assert found["ok"] and found["control"] == []
    assert [line["ok"] for line in found["lines"]] == [None] * 4 + [True] * 4  # so no write was to be repeated
    half = reports["vcore-half-blind"]
    assert half["ok"] and [line["ok"] for line in half["lines"][:4]] == [True, True, None, True]


def test_the_name_of_a_node_is_no_name_for_an_application(reports: dict[str, Any]) -> None:
    broken = reports["vcore-member"]["broken"]
    assert (broken["hop"], broken["symptom"]) == ("connection_string", "member")


def test_names_that_somebody_else_keeps_are_no_fault(reports: dict[str, Any]) -> None:
    found = reports["vcore-hosts"]
    assert found["ok"] and found["summary"] == "The private link works."
    assert "all the same" in next(hop["message"] for hop in found["control"] if hop["hop"] == "zone_group")


def test_a_client_that_nobody_can_log_in_to(reports: dict[str, Any]) -> None:
    found = reports["clients"]
    assert [(probe["client"], probe["ok"]) for probe in found["probes"]] == [("app1", True), ("app2", False)]
    broken = found["broken"]
    assert (broken["hop"], broken["symptom"], broken["client"]) == ("client", "unreachable", "app2")
    assert "app1 reaches it" in " ".join(broken["evidence"])
    assert [finding["rule"] for finding in found["findings"]] == ["useless_zone"]


def test_without_any_right_in_either_cloud_the_data_path_is_proved(reports: dict[str, Any]) -> None:
    found = reports["blind"]
    assert found["ok"] and found["control"] == [] and found["findings"] == []
    assert [line["ok"] for line in found["lines"]] == [None] * 4 + [True] * 3 + [None]  # and no user was given
    assert "as far as it was looked at" in found["summary"]


def test_what_is_not_to_be_looked_at_is_not(reports: dict[str, Any]) -> None:
    found = reports["half-blind"]
    assert found["ok"]
    tcp = [hop["target"].rpartition(":")[2] for hop in found["probes"][0]["hops"] if hop["hop"] == "tcp"]
    assert tcp == ["1024"]
    hops = {hop["hop"] for hop in reports["beginner"]["probes"][0]["hops"]}
    assert hops == {"resolver", "srv", "address"} and reports["beginner"]["ok"]


def test_without_the_applications_name_the_current_one_is_proved(reports: dict[str, Any]) -> None:
    assert reports["renamed"]["ok"] and reports["renamed"]["probes"][0]["srv_host"].startswith("cluster0-pl-1.")


@pytest.mark.full
def test_a_link_that_does_not_work_fails_the_play_after_the_report(lab: Lab, play: Play, tmp_path: Path) -> None:
    link = lab.build_link("orders")
    faults.inject(lab, "rejected", "orders")
    variables = {**lab.variables(link), "private_link_verify_report_directory": str(tmp_path / "report")}
    played = play("verify", **variables)
    assert played.code == 2
    assert "the broken hop is connection" in played.output and "re-create the private endpoint" in played.output
    assert "Rejected" in (tmp_path / "report" / "report.md").read_text()
    assert link.password not in played.output


@pytest.mark.full
def test_clouds_that_cannot_be_looked_at_are_the_broken_hop(lab: Lab, play: Play, tmp_path: Path) -> None:
    link = lab.build_link("orders")
    faults.inject(lab, "not_on_access_list")
    report = tmp_path / "report"
    variables = {**lab.variables(link), "private_link_verify_report_directory": str(report)}
    played = play(
        "verify", **variables, private_link_verify_srv_hosts=f"mongodb+srv://app:{link.password}@{link.srv_host}/"
    )
    assert played.code == 2 and link.password not in played.output
    (found,) = json.loads((report / "report.json").read_text())["links"]
    assert (found["broken"]["hop"], found["broken"]["symptom"]) == ("control_plane", "cannot_look")
    assert "not allowed to access" in found["broken"]["cause"]
    assert [(probe["srv_host"], probe["ok"]) for probe in found["probes"]] == [(link.srv_host, True)]


@pytest.mark.full
def test_the_sample_playbook_takes_over_a_link_of_two_regions(lab: Lab, play: Play) -> None:
    link = lab.build_link("orders", regions=["eastus2", "westeurope"])
    # A report that cannot be written takes nothing from what was found out.
    nowhere = {"private_link_verify_report_directory": "/proc/nowhere"}
    played = play("atlas_private_link", **{**lab.variables(link), **nowhere}).assert_ok()
    assert "The private link works." in played.output and "there is no report" in played.output


@pytest.mark.full
def test_a_stale_record_of_somebody_is_corrected_if_that_is_asked_for(lab: Lab, play: Play) -> None:
    link = lab.build_link("orders")
    faults.inject(lab, "stale_private_zone", "orders")
    played = play("atlas_private_link", **lab.variables(link), private_link_dns_overwrite=True).assert_ok()
    assert "The private link works." in played.output


@pytest.mark.full
def test_a_record_that_somebody_changed_is_written_anew_if_that_is_asked_for(lab: Lab, play: Play) -> None:
    link = lab.build_mongo_link("orders")
    faults.inject(lab, "stale_private_record", "orders")
    wanted = {"product": "mongo_cluster", **lab.variables(link)}
    play("mongo_cluster_private_link", **wanted).assert_failed("Nothing was written to DNS")
    played = play("mongo_cluster_private_link", **wanted, private_link_dns_overwrite=True).assert_ok()
    assert "The private link works." in played.output


@pytest.mark.full
def test_what_may_break_some_day_is_said_although_the_link_works(lab: Lab, play: Play, tmp_path: Path) -> None:
    link = lab.build_mongo_link("orders")
    faults.inject(lab, "link_without_fallback", "orders")
    wanted = {**lab.variables(link), "private_link_verify_report_directory": str(tmp_path / "report")}
    played = play("verify", product="mongo_cluster", **wanted)
    assert played.code == 0 and "The private link works." in played.output
    assert "WARNING (risk): " in played.output and "without NxDomainRedirect" in played.output


@pytest.mark.full
def test_azure_that_cannot_be_looked_at_is_the_broken_hop(lab: Lab, play: Play, tmp_path: Path) -> None:
    link = lab.build_mongo_link("orders")
    faults.inject(lab, "request", cloud="azure", path="mongoClusters", effect="refuse", times=20)
    report = tmp_path / "report"
    given = {**lab.variables(link), "private_link_verify_product": "mongo_cluster"}
    played = play("verify", **{**given, "private_link_verify_report_directory": str(report)})
    assert played.code == 2 and link.password not in played.output
    (found,) = json.loads((report / "report.json").read_text())["links"]
    assert (found["product"], found["broken"]["hop"]) == ("mongo_cluster", "control_plane")


@pytest.mark.full
def test_which_cluster_must_be_said(lab: Lab, play: Play) -> None:
    played = play("verify", private_link_verify_product="mongo_cluster", private_link_verify_write_report=False)
    assert played.code == 2
    assert "Give private_link_verify_cluster" in played.output
    assert lab.requests == []


@pytest.mark.full
def test_which_link_must_be_said(lab: Lab, play: Play) -> None:
    played = play("verify", atlas_private_link_endpoint_name="", private_link_verify_write_report=False)
    assert played.code == 2
    assert "It is not said which link to verify" in played.output
    assert lab.requests == []
