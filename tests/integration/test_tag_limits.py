# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Azure's limits of tags: any number of endpoints shares a zone, its links, a record set and a network, users' own tags
get their room, and what release 0.9.0 marked is understood."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ownership
from tests.lab import links, mongo_cluster
from tests.lab.arm_call import ArmError
from tests.lab.runtime import Lab
from tests.lab.world import Json, Project
from tests.support.asserts import assert_refused, assert_unchanged, writes
from tests.support.azure import NETWORK, azure, path, reads, signed_in, stored
from tests.support.modules import Run

MODULE, INFO, RECORDS = "azure_private_dns_zone", "azure_private_dns_zone_info", "azure_private_dns_records"
GROUP, ENDPOINT = "azure_private_dns_zone_group", "azure_private_endpoint"
SHARED, ZONE = mongo_cluster.ZONE, "ab123.mongodb.net"
ZONES, LINKS = "Microsoft.Network/privateDnsZones", "Microsoft.Network/privateDnsZones/virtualNetworkLinks"
MARK = {"managed-by": "privatelink.mongodb"}


def many(count: int, value: str = "x") -> dict[str, str]:
    return {f"tag-{number}": value for number in range(count)}


@pytest.fixture
def network(lab: Lab, run: Run) -> str:
    return str(run("azure_virtual_network", **azure(lab, **NETWORK))["virtual_network"]["id"])


def endpoints(lab: Lab, targets: Sequence[str], first: int = 0) -> list[str]:
    """Private endpoints in the network, made at once; their ids."""

    def make() -> list[str]:
        clouds, made = links.Clouds(lab.world), []
        with links.at_once(lab.world):
            for number, target in enumerate(targets, first):
                groups = [mongo_cluster.GROUP_ID] if "mongoClusters" in target else []
                array = "privateLinkServiceConnections" if groups else "manualPrivateLinkServiceConnections"
                connection = {"privateLinkServiceId": target, "groupIds": groups, "requestMessage": "please"}
                subnet = {"id": f"{path(lab, 'virtualNetworks', 'vnet-app')}/subnets/endpoints"}
                properties = {"subnet": subnet, array: [{"name": "c", "properties": connection}]}
                body = {"location": "eastus2", "tags": MARK, "properties": properties}
                made.append(str(clouds.put(path(lab, "privateEndpoints", f"pe-{number}"), body)["id"]))
        return made

    return lab.change(make)


def clusters(lab: Lab, count: int, first: int = 0) -> list[str]:
    return [lab.world.add_mongo_cluster(f"db-{n}", "rg-app", "eastus2").id for n in range(first, first + count)]


def bind(lab: Lab, run: Run, network: str, endpoint: str) -> None:
    """What the roles write for an endpoint to Azure DocumentDB."""
    link = {"virtual_network_id": network, "resolution_policy": "NxDomainRedirect"}
    zone = run(MODULE, **azure(lab, name=SHARED, links=[link], used_by=endpoint))["private_dns_zone"]
    name = endpoint.rpartition("/")[2]
    run(GROUP, **azure(lab, private_endpoint=name, zones=[{"zone_id": zone["id"]}]))


def tear_down(lab: Lab, run: Run, endpoint: str, *, unbind: bool = False) -> list[dict[str, Any]]:
    """What the roles remove with an endpoint, in their order; what they say of the zones that stay."""
    name = endpoint.rpartition("/")[2]
    if unbind:
        run(GROUP, **azure(lab, private_endpoint=name, state="absent"))
    lab.change(lambda: links.Clouds(lab.world).delete(endpoint))
    found = run(INFO, **signed_in(lab, used_by=endpoint))["private_dns_zones"]
    left = []
    for zone in found:
        run(RECORDS, **azure(lab, zone=zone["name"], records=[], purge=True, used_by=endpoint))
        left.append(run(MODULE, **azure(lab, name=zone["name"], state="absent", used_by=endpoint)))
    return left


def assert_nothing_of_ours(lab: Lab) -> None:
    assert lab.world.of_type(ZONES) == lab.world.of_type(LINKS) == []


# -- the lab -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "most"),
    [(("privateDnsZones", ZONE), 15), (("privateDnsZones", ZONE, "virtualNetworkLinks", "vnet-app"), 15)]
    + [(("virtualNetworks", "vnet-app"), 50), (("privateDnsZones", ZONE, "A", "db"), 15)],
)
def test_the_lab_refuses_one_tag_too_many_and_long_ones(
    lab: Lab, run: Run, network: str, place: tuple[str, ...], most: int
) -> None:
    run(MODULE, **azure(lab, name=ZONE, links=[{"virtual_network_id": network}]))
    run(RECORDS, **azure(lab, zone=ZONE, records=[{"name": "db", "type": "A", "values": ["10.0.0.4"]}]))
    clouds, there = links.Clouds(lab.world), stored(lab, *place)

    def body(tags: Json) -> Json:
        properties = {**there["properties"], **({"metadata": tags} if place[-2] == "A" else {})}
        return {"location": there.get("location"), "tags": tags, "properties": properties}

    clouds.put(there["id"], body(many(most)))
    for wrong in (many(most + 1), {"x" * 513: "x"}, {"x": "x" * 257}):
        with pytest.raises(ArmError) as refused:
            clouds.put(there["id"], body(wrong))
        assert refused.value.status == 400 and ("15 tags" in refused.value.message) is (most == 15)


# -- users' own tags -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("used_by", "most"), [({}, 14), ({"used_by": "blue"}, 13)])
def test_tags_that_a_zone_has_no_room_for_are_refused_before_anything_is_written(
    lab: Lab, run: Run, used_by: dict[str, str], most: int
) -> None:
    before = writes(lab)
    for check_mode in (True, False):
        wrong = azure(lab, name=ZONE, tags=many(most + 1), **used_by)
        assert_refused(run(MODULE, check_mode=check_mode, **wrong), "tags", str(most + 1), f"at most {most} tags", "15")
    for tags in ({"x" * 513: "x"}, {"x": "x" * 257}, {"": "x"}):
        assert_refused(run(MODULE, **azure(lab, name=ZONE, tags=tags)), "tags", "characters")
    assert writes(lab) == before
    made = run(MODULE, **azure(lab, name=ZONE, tags=many(most), **used_by))
    assert len(made["private_dns_zone"]["tags"]) == 15
    done = writes(lab)
    assert_refused(run(MODULE, **azure(lab, name=ZONE, tags={"one": "more"})), "16", "at most 0 tags")
    assert_unchanged(lab, run(MODULE, **azure(lab, name=ZONE, tags=many(2), **used_by)), done)


def test_tags_that_a_network_or_an_endpoint_has_no_room_for_are_refused(lab: Lab, run: Run, network: str) -> None:
    before = writes(lab)
    assert_refused(run("azure_virtual_network", **azure(lab, name="vnet-app", tags=many(50))), "at most 49 tags", "50")
    (endpoint,) = endpoints(lab, clusters(lab, 1))
    name = endpoint.rpartition("/")[2]
    assert_refused(run(ENDPOINT, **azure(lab, name=name, tags=many(50))), "at most 49 tags", "50")
    assert writes(lab) == before
    assert run("azure_virtual_network", **azure(lab, name="vnet-app", tags=many(49)))["changed"]


def test_old_marks_make_room_for_a_users_tags(lab: Lab, run: Run) -> None:
    run(MODULE, **azure(lab, name=ZONE))
    old = {name: text for number in range(12) for name, text in ownership.use(f"user-{number}").items()}
    stored(lab, "privateDnsZones", ZONE)["tags"] = {**MARK, "used-by-whom": "the team", **old}
    done = writes(lab)
    assert_unchanged(lab, run(MODULE, **azure(lab, name=ZONE, used_by="user-3")), done)
    tags = run(MODULE, **azure(lab, name=ZONE, tags=many(5)))["private_dns_zone"]["tags"]
    assert tags.items() >= {**MARK, **many(5), "used-by-whom": "the team"}.items() and len(tags) == 15


# -- what release 0.9.0 marked -------------------------------------------------------------------------------------


def as_before(lab: Lab, users: Sequence[str], *names: str) -> Json:
    """Marks a zone or a link as release 0.9.0 did."""
    found = stored(lab, *names)
    found["tags"] = {**MARK, **{name: text for user in users for name, text in ownership.use(user).items()}}
    return found


def test_a_link_of_before_is_left_as_it_is_and_goes_with_the_last_endpoint_that_exists(
    lab: Lab, run: Run, network: str
) -> None:
    old = endpoints(lab, clusters(lab, 14))
    for one in old:
        bind(lab, run, network, one)
    link = as_before(lab, old, "privateDnsZones", SHARED, "virtualNetworkLinks", "vnet-app")
    as_before(lab, old[:1], "privateDnsZones", SHARED)
    before, done = dict(link["tags"]), writes(lab)
    for one in old[:2]:
        bind(lab, run, network, one)
    assert writes(lab) == done and len(before) == 15

    (new,) = endpoints(lab, clusters(lab, 1, 14), 14)
    bind(lab, run, network, new)
    assert stored(lab, "privateDnsZones", SHARED, "virtualNetworkLinks", "vnet-app")["tags"] == before
    for one in old[:-1]:  # by hand, so that their marks stay
        lab.change(lambda one=one: links.Clouds(lab.world).delete(one))  # type: ignore[misc]
    (left,) = tear_down(lab, run, old[-1])
    assert left["private_dns_zone"]["bound_endpoints"] == ["pe-14"] and left["private_dns_zone"]["other_users"] == []
    assert "pe-14" in str(left["warnings"])
    tear_down(lab, run, new)
    assert_nothing_of_ours(lab)


def test_an_endpoint_that_cannot_be_read_counts(lab: Lab, run: Run, network: str) -> None:
    first, second = endpoints(lab, clusters(lab, 2))
    run(MODULE, **azure(lab, name=ZONE, links=[{"virtual_network_id": network}], used_by=first))
    lab.change(lambda: links.Clouds(lab.world).delete(first))
    lab.world.rights.denied.add("Microsoft.Network/privateEndpoints/read")
    absent = azure(lab, name=ZONE, state="absent", used_by=second)
    assert run(MODULE, **absent)["private_dns_zone"]["other_users"] == [first]
    assert run(INFO, **signed_in(lab, used_by=second))["private_dns_zones"] == []
    lab.world.rights.denied.clear()
    assert [one["name"] for one in run(INFO, **signed_in(lab, used_by=second))["private_dns_zones"]] == [ZONE]
    assert "private_dns_zone" not in run(MODULE, **absent)


def test_a_new_zone_without_records_is_its_endpoints_as_long_as_that_exists(lab: Lab, run: Run, network: str) -> None:
    """Another link's teardown must not take it away while its own run is about to write into it."""
    first, second = endpoints(lab, clusters(lab, 2))
    run(MODULE, **azure(lab, name=SHARED, links=[{"virtual_network_id": network}], used_by=first))
    assert tear_down(lab, run, second) == []
    assert "private_dns_zone" in run(MODULE, **azure(lab, name=SHARED, state="absent", used_by=second))
    made_to_stay = azure(lab, name="example.net", links=[{"virtual_network_id": network}])
    run(MODULE, **made_to_stay)
    tear_down(lab, run, first)
    assert [one["name"] for one in lab.world.of_type(ZONES)] == ["example.net"]


# -- record sets ---------------------------------------------------------------------------------------------------


def test_a_record_set_of_many_lists_some_and_goes_with_the_last(lab: Lab, run: Run, network: str) -> None:
    users = endpoints(lab, clusters(lab, 24))
    run(MODULE, **azure(lab, name=ZONE, links=[{"virtual_network_id": network}], used_by=users[0]))
    shared = [{"name": "db", "type": "A", "values": ["10.0.0.4"]}]
    run(RECORDS, **azure(lab, zone=ZONE, records=shared))
    stored(lab, "privateDnsZones", ZONE, "A", "db")["properties"]["metadata"] |= many(3)
    for user in users:
        run(RECORDS, **azure(lab, zone=ZONE, records=shared, used_by=user, purge=True))
    done = writes(lab)
    for user in (users[0], users[-1]):
        again = run(RECORDS, **azure(lab, zone=ZONE, records=shared, used_by=user, purge=True))
        assert_unchanged(lab, again, done)
    metadata = stored(lab, "privateDnsZones", ZONE, "A", "db")["properties"]["metadata"]
    assert len(metadata) == 15 and metadata.items() >= many(3).items()
    for number, user in enumerate(users):
        assert stored(lab, "privateDnsZones", ZONE, "A", "db"), number
        tear_down(lab, run, user)
    assert_nothing_of_ours(lab)


# -- acceptance ----------------------------------------------------------------------------------------------------


@pytest.mark.full
@pytest.mark.timeout(600)
def test_twenty_endpoints_to_azure_documentdb_share_a_network(lab: Lab, run: Run, network: str) -> None:
    made = endpoints(lab, clusters(lab, 20))
    for one in made:
        bind(lab, run, network, one)
    done = writes(lab)
    bind(lab, run, network, made[-1])
    assert writes(lab) == done
    zone = stored(lab, "privateDnsZones", SHARED)
    assert len(lab.world.zone_records(zone["id"])) == 20

    (left,) = tear_down(lab, run, made[0], unbind=True)
    assert len(lab.world.zone_records(zone["id"])) == 19 and len(lab.world.of_type(LINKS)) == 1
    assert len(left["private_dns_zone"]["bound_endpoints"]) == 19 and "pe-7" in str(left["warnings"])
    for one in made[1:19]:  # no mark leads from them to the zone, and there is nothing to do in it
        kept = run("azure_virtual_network", **azure(lab, name="vnet-app", state="absent"))
        assert not kept["changed"] and f"{one.rpartition('/')[2]} in subnet endpoints" in str(kept["warnings"])
        assert tear_down(lab, run, one, unbind=True) == []
        assert len(lab.world.of_type(LINKS)) == 1
    asked = len(reads(lab))
    tear_down(lab, run, made[19], unbind=True)
    assert_nothing_of_ours(lab)
    assert len([one for one in reads(lab)[asked:] if "privateDnsZones" in one]) <= 25
    network_left = run("azure_virtual_network", **azure(lab, name="vnet-app", state="absent"))
    assert network_left["changed"] and "virtual_network" not in network_left


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", ["cluster_zone", "host_zones"])
def test_sixty_links_to_atlas_share_a_network(lab: Lab, run: Run, project: Project, network: str, mode: str) -> None:
    service = lab.world.add_service(project, "US_EAST_2")
    made = endpoints(lab, [service.pls_id] * 60)
    for number, one in enumerate(made):
        address = {"name": f"pl-{number}", "type": "A", "values": [lab.world.endpoint_ip(lab.world.azure[one.lower()])]}
        zone, records = (ZONE, [address, {"name": f"db-{number}", "type": "TXT", "values": ["authSource=admin"]}])
        if mode == "host_zones":
            zone, records = f"pl-{number}.{ZONE}", [{**address, "name": "@"}]
        run(MODULE, **azure(lab, name=zone, links=[{"virtual_network_id": network}], used_by=one))
        run(RECORDS, **azure(lab, zone=zone, records=records, purge=True, used_by=one))
    before = json.dumps([one for one in lab.world.of_type(ZONES) if "pl-7." not in one["name"]])

    tear_down(lab, run, made[7])
    assert json.dumps(lab.world.of_type(ZONES)) == before
    others = [one for one in lab.world.azure if "/a/" in one]
    assert len(others) == 59 and len(lab.world.of_type(LINKS)) == (1 if mode == "cluster_zone" else 59)
    for one in [*made[:7], *made[8:]] if mode == "cluster_zone" else made[:3]:
        tear_down(lab, run, one)
    if mode == "cluster_zone":
        assert_nothing_of_ours(lab)
    else:
        assert len(lab.world.of_type(ZONES)) == len(lab.world.of_type(LINKS)) == 56
