# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters with older names, directly in a domain that holds the clusters of all customers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.lab.links import BuiltLink
from tests.lab.runtime import Lab
from tests.support.ansible import Play, Played

pytestmark = pytest.mark.full

DOMAIN = "azure.mongodb.net"
RECORDS = {"private_link_dns_mode": "records", "private_link_dns_records_layout": "cluster_zone"}


def zones(lab: Lab) -> list[str]:
    return sorted(zone["name"] for zone in lab.world.of_type("Microsoft.Network/privateDnsZones"))


def writes(lab: Lab) -> int:
    return sum(exchange.is_write for exchange in lab.requests)


def older(lab: Lab) -> BuiltLink:
    """A link to a cluster with an older name, with the zone that release 0.9.0 made for it."""
    link = lab.build_link("shop", shared_domain=DOMAIN, dns="cluster_zone")
    (zone,) = lab.world.of_type("Microsoft.Network/privateDnsZones")
    for network in lab.world.of_type("Microsoft.Network/privateDnsZones/virtualNetworkLinks"):
        network["tags"] = zone["tags"]
    assert zones(lab) == [DOMAIN]
    return link


def succeeded(played: Played) -> Played:
    assert played.code == 0, played.output[-6000:]
    return played


def test_zone_of_a_shared_domain_is_refused_before_the_link_is_built(lab: Lab, play: Play, project: Any) -> None:
    cluster = project.clusters["cluster0"]
    cluster.shared_domain = DOMAIN
    for arguments, asked in (([], {"private_link_dns_mode": "cluster_zone"}), (["--check"], RECORDS)):
        refused = play("atlas_private_link", *arguments, **asked)
        assert refused.code == 2 and writes(lab) == 0
        name = list(asked)[-1]
        text = " ".join(refused.output.split())
        assert f"{name} is cluster_zone, but cluster0-{cluster.hash}.{DOMAIN} is directly in {DOMAIN}" in text
        assert "Use host_zones" in text
    built = succeeded(play("atlas_private_link"))
    assert "The private link works." in built.output
    assert zones(lab) == [f"pl-0-eastus2-{cluster.hash}.{DOMAIN}"]


def test_zone_of_a_shared_domain_that_an_older_release_made_is_named_and_removed(
    lab: Lab, play: Play, tmp_path: Any
) -> None:
    link = older(lab)
    given = {**lab.variables(link), "private_link_verify_report_directory": str(tmp_path / "report")}
    succeeded(play("verify", **given))
    (found,) = json.loads((tmp_path / "report" / "report.json").read_text())["links"]
    (finding,) = [one for one in found["findings"] if one["rule"] == "parent_zone"]
    assert finding["severity"] == "risk" and finding["zone"] == DOMAIN and "host_zones" in finding["fix"]
    before = writes(lab)
    refused = play("atlas_private_link", **given, private_link_dns_mode="cluster_zone")
    assert refused.code == 2 and writes(lab) == before and f"but {link.srv_host} is directly in" in refused.output
    succeeded(play("atlas_private_link", **given, private_link_dns_mode="host_zones"))
    assert zones(lab) == [f"pl-0-eastus2-{link.srv_host.rpartition('-')[2]}"]


@pytest.mark.parametrize("mode", ["cluster_zone", ""])
def test_teardown_removes_the_zone_of_a_shared_domain(lab: Lab, play: Play, mode: str) -> None:
    link = older(lab)
    succeeded(play("teardown", **lab.variables(link), private_link_dns_mode=mode))
    assert zones(lab) == []


def test_zone_names_of_public_domains_are_refused(lab: Lab, play: Play) -> None:
    link = lab.build_mongo_link("orders", dns="none")
    public = ["mongocluster.cosmos.azure.com"]
    given = {**lab.variables(link), "private_link_dns_zone_names": public, "private_link_dns_mode": "zone_group"}
    refused = play("mongo_cluster_private_link", product="mongo_cluster", **given)
    assert refused.code == 2 and "zone_names is 'mongocluster.cosmos.azure.com'" in " ".join(refused.output.split())
    assert zones(lab) == []
