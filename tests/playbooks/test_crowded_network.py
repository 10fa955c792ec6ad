# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks where a network and its zone have as many links and tags as Azure allows."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ownership
from tests.lab import fleet, links, mongo_links
from tests.lab.demo import PLAYBOOKS
from tests.lab.runtime import Lab
from tests.playbooks.test_fleet import Fleet
from tests.support.ansible import Play
from tests.support.asserts import writes

pytestmark = pytest.mark.full

ZONES, LINKS = "Microsoft.Network/privateDnsZones", "Microsoft.Network/privateDnsZones/virtualNetworkLinks"
NETWORKS, ENDPOINTS = "Microsoft.Network/virtualNetworks", "Microsoft.Network/privateEndpoints"
CROWD = 14  # private endpoints that release 0.9.0 marked on one link: with its own mark, all that Azure allows


def crowded(lab: Lab) -> links.Site:
    """A network with as many links to Azure DocumentDB as release 0.9.0 could make."""
    group = f"/subscriptions/{lab.world.subscription_id}/resourceGroups/rg-app"
    clouds, place = links.Clouds(lab.world), links.new_site(lab, group, "eastus2", "pe", "vnet-app", 1)
    links.make_network(clouds, place)
    users = []
    for number in range(CROWD):
        cluster = lab.world.add_mongo_cluster(f"old-{number}", "rg-app", "eastus2")
        site = links.new_site(lab, group, "eastus2", f"pe-old-{number}", "vnet-app", 1)
        clouds.put(site.endpoint_id, mongo_links._endpoint(cluster, site, "automatic"))
        mongo_links._bind(clouds, site)
        users.append(site.endpoint_id)
    (link,), (zone,) = lab.world.of_type(LINKS), lab.world.of_type(ZONES)
    link["tags"] = {**links.MARK, **{name: text for user in users for name, text in ownership.use(user).items()}}
    zone["tags"] = {**links.MARK, **ownership.use(users[0])}
    return place


@pytest.mark.timeout(900)
def test_links_come_and_go_in_a_network_whose_marks_are_full(lab: Lab) -> None:
    place = lab.change(lambda: crowded(lab))
    group = place.group_id
    hosts: dict[str, dict[str, Any]] = {}
    for number in range(2):
        cluster = lab.world.add_mongo_cluster(f"new-{number}", "rg-app", "eastus2")
        site = links.new_site(lab, group, "eastus2", f"pe-new-{number}", "vnet-app", 1)
        hosts[cluster.name] = {
            **lab.variables(mongo_links.planned_at(cluster, site)),
            "mongo_cluster_private_link_remove_virtual_network": True,
            "private_link_dns_tags": {f"tag-{n}": "x" for n in range(13)},
        }
    made = Fleet(lab, fleet.write(lab, hosts))
    made.ansible.play(PLAYBOOKS["mongo_cluster"]).assert_ok()
    assert {name: link["ok"] for name, link in made.report().items()} == dict.fromkeys(hosts, True)
    (zone,), (link,) = lab.world.of_type(ZONES), lab.world.of_type(LINKS)
    assert len(link["tags"]) == 15 and len(lab.world.zone_records(zone["id"])) == CROWD + 2
    assert len(zone["tags"]) == 15  # the old mark is there as long as there is room for it
    before = writes(lab)
    assert made.ansible.play(PLAYBOOKS["mongo_cluster"]).assert_ok().changed == 0 and writes(lab) == before

    gone = made.ansible.play("privatelink.mongodb.teardown", "--limit", "new-0").assert_ok()
    assert "pe-old-3 in subnet" in gone.text
    assert len(lab.world.of_type(NETWORKS)) == len(lab.world.of_type(LINKS)) == 1
    assert len(lab.world.of_type(ENDPOINTS)) == len(lab.world.zone_records(zone["id"])) == CROWD + 1
    made.ansible.play("privatelink.mongodb.verify", "--limit", "new-1").assert_ok()
    assert made.report()["new-1"]["ok"]

    def clear() -> None:
        for number in range(CROWD):
            links.Clouds(lab.world).delete(f"{group}/providers/{ENDPOINTS}/pe-old-{number}")

    lab.change(clear)
    made.ansible.play("privatelink.mongodb.teardown", "--limit", "new-1").assert_ok()
    for kind in (NETWORKS, ENDPOINTS, ZONES, LINKS):
        assert lab.world.of_type(kind) == [], kind


@pytest.mark.parametrize(
    ("product", "option", "most"),
    [
        ("atlas", "atlas_private_link_tags", 48),
        ("mongo_cluster", "mongo_cluster_private_link_tags", 49),
    ],
)
def test_a_role_refuses_more_tags_than_azure_allows(lab: Lab, play: Play, product: str, option: str, most: int) -> None:
    tags = {f"tag-{number}": "x" for number in range(most + 1)}
    played = play(f"{product}_private_link", product=product, **{option: tags})
    played.assert_failed(f"{option} has {most + 1} tags and may have {most}")
    assert [one for one in lab.requests if one.is_write and one.status < 400] == []


def test_the_role_for_dns_refuses_more_tags_than_a_zone_can_have(lab: Lab, play: Play) -> None:
    link = lab.variables(lab.build_link("orders", dns="public"))
    tags = {f"tag-{number}": "x" for number in range(14)}
    played = play(
        "atlas_private_link", **{**link, "private_link_dns_mode": "host_zones", "private_link_dns_tags": tags}
    )
    played.assert_failed("private_link_dns_tags has 14 tags and may have 13")
    assert lab.world.of_type(ZONES) == []
