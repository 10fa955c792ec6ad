# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose connection strings Atlas withdraws with an endpoint."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.withdrawal import withdrawn

Json = dict[str, Any]
EAST, WEST, NORTH = "US_EAST_2", "EUROPE_WEST", "EUROPE_NORTH"
LOCATIONS = {EAST: "eastus2", WEST: "westeurope", NORTH: "northeurope"}
ENDPOINT = "/subscriptions/{}/resourceGroups/rg-app/providers/Microsoft.Network/privateEndpoints/{}"
IDS = {region: ENDPOINT.format("1", f"pe-{location}") for region, location in LOCATIONS.items()}
AWS = "vpce-0d00c26273372c6ef"


def cluster(*strings: list[str], name: str = "shop", regions: tuple[str, ...] = (EAST, WEST), **more: Any) -> Json:
    """What atlas_project_info returns of a cluster, with a private string for each list of endpoints."""
    shape = {"state": "IDLE", "paused": False, "regions": [f"AZURE/{one}" for one in regions]}
    entries = [
        {"endpoint_ids": ids, "srv_host": f"{name}-pl-{index}.ab123.mongodb.net", "targets": []}
        for index, ids in enumerate(strings)
    ]
    return {"name": name, "private_endpoints": entries, **shape, **more}


def project(*clusters: Json, regional_mode: bool = False, endpoints: Json | None = None) -> Json:
    registered = {region: [ident] for region, ident in IDS.items()} if endpoints is None else endpoints
    services = [{"region": region, "private_endpoints": ids} for region, ids in registered.items()]
    shape = {"id": "0" * 24, "name": "company", "regional_mode": regional_mode, "endpoint_services": services}
    return {**shape, "clusters": list(clusters)}


def link(at: str, **more: Any) -> Json:
    """The variables of a host."""
    place = {"project": "company", "region": LOCATIONS[at], "resource_group": "RG-App"}
    named = {**place, "endpoint_name": f"pe-{LOCATIONS[at]}", **more}
    return {f"atlas_private_link_{name}": value for name, value in named.items()}


BOTH, ALL = [IDS[EAST], IDS[WEST]], [IDS[EAST], IDS[WEST], IDS[NORTH]]
CHANGING = cluster(state="UPDATING")
#: The project, and which endpoints lose which clusters' strings when the one in the west goes.
CASES: dict[str, tuple[Json, dict[str, list[str]]]] = {
    "two regions": (project(cluster(BOTH)), {"shop": ["pe-eastus2"]}),
    "three regions": (project(cluster(ALL)), {"shop": ["pe-eastus2", "pe-northeurope"]}),
    "one region": (project(cluster([IDS[WEST]], regions=(WEST,))), {}),
    "two endpoints in one region": (project(cluster([IDS[WEST]], [ENDPOINT.format("1", "pe-2")], regions=(WEST,))), {}),
    "each region has strings of its own": (
        project(cluster([IDS[EAST]], [IDS[WEST]], type="SHARDED"), regional_mode=True),
        {},
    ),
    "another spelling of the ids": (project(cluster([one.upper() for one in BOTH])), {"shop": ["PE-EASTUS2"]}),
    "one of several clusters": (
        project(cluster(BOTH), cluster([IDS[EAST]], name="east", regions=(EAST,)), cluster(name="none")),
        {"shop": ["pe-eastus2"]},
    ),
    "several clusters": (
        project(cluster(BOTH), cluster(ALL, name="all")),
        {"shop": ["pe-eastus2"], "all": ["pe-eastus2", "pe-northeurope"]},
    ),
    "a paused cluster": (project(cluster(BOTH, paused=True)), {"shop": ["pe-eastus2"]}),
    "nodes in another cloud": (project(cluster([IDS[WEST], AWS])), {"shop": [AWS]}),
    "no strings, because a region has no endpoint": (project(cluster()), {}),
    "no strings for a moment": (project(CHANGING), {"shop": ["pe-eastus2"]}),
    "no strings for a moment, in the regionalized mode": (project(CHANGING, regional_mode=True), {}),
    "no strings, and a region without an endpoint": (project(CHANGING, endpoints={WEST: [IDS[WEST]], EAST: []}), {}),
    "no strings, and another region": (project(cluster(regions=(EAST, NORTH), state="UPDATING")), {}),
    "a cluster that is made or removed": (project(cluster(state="CREATING"), cluster(state="DELETING")), {}),
    "not registered any more": (project(cluster([IDS[EAST], IDS[NORTH]]), endpoints={EAST: [IDS[EAST]]}), {}),
}


@pytest.mark.parametrize("case", CASES)
def test_withdrawal_names_the_clusters_and_endpoints_that_lose_strings(case: str) -> None:
    given_project, expected = CASES[case]
    found = withdrawn(given_project, IDS[WEST].lower())
    assert {one["cluster"]: [end["name"] for end in one["endpoints"]] for one in found} == expected
    assert all(one["cluster"] in one["text"] for one in found)


def test_withdrawal_is_said_in_words() -> None:
    (found,) = withdrawn(project(cluster(ALL, paused=True)), IDS[WEST])
    strings, elsewhere = "shop-pl-0.ab123.mongodb.net", "pe-eastus2 in eastus2, pe-northeurope in northeurope"
    assert found["text"] == f"shop (paused) loses {strings} (also used through {elsewhere})"
    (found,) = withdrawn(project(CHANGING), IDS[WEST])
    assert "all private connection strings, which it does not show while it is UPDATING" in found["text"]


TWIN = ENDPOINT.format("2", "pe-eastus2")
TWINS = {EAST: [IDS[EAST], TWIN], WEST: [IDS[WEST]]}
#: The project, the links that leave with the west, and whether the east then loses nothing.
RUNS: dict[str, tuple[Json, list[Json], bool]] = {
    "the other region": (project(cluster(BOTH)), [link(EAST)], True),
    "the other region in the other spelling": (project(cluster(BOTH)), [link(EAST, region=EAST)], True),
    "the project by its id": (project(cluster(BOTH)), [link(EAST, project="", project_id="0" * 24)], True),
    "the endpoint by its id": (project(cluster(BOTH)), [link(EAST, endpoint_id=IDS[EAST].upper())], True),
    "another endpoint by its id": (project(cluster(BOTH)), [link(EAST, endpoint_id=TWIN)], False),
    "one of two other regions": (project(cluster(ALL)), [link(EAST)], False),
    "both other regions": (project(cluster(ALL)), [link(EAST), link(NORTH)], True),
    "another project": (project(cluster(BOTH)), [link(EAST, project="rehearsal")], False),
    "another name": (project(cluster(BOTH)), [link(EAST, endpoint_name="pe")], False),
    "another region": (project(cluster(BOTH)), [link(EAST, region="northeurope")], False),
    "another subscription": (project(cluster(BOTH)), [link(EAST, subscription_id="2")], False),
    "its subscription": (project(cluster(BOTH)), [link(EAST, subscription_id="1")], True),
    "one name in two subscriptions": (project(cluster(BOTH), endpoints=TWINS), [link(EAST)], False),
    "one of the two": (project(cluster(BOTH), endpoints=TWINS), [link(EAST, subscription_id="1")], True),
    "a link to Azure DocumentDB": (
        project(cluster(BOTH)),
        [{**link(EAST), "mongo_cluster_private_link_cluster": "orders"}],
        False,
    ),
    "a host without variables, and one with blanks": (
        project(cluster(BOTH)),
        [{}, link(EAST, region=None, project="", endpoint_name="")],
        False,
    ),
    "itself": (project(cluster(BOTH)), [link(WEST)], False),
}


@pytest.mark.parametrize("case", RUNS)
def test_withdrawal_harms_no_link_that_leaves_in_the_same_run(case: str) -> None:
    given_project, links, harmless = RUNS[case]
    assert (withdrawn(given_project, IDS[WEST], links) == []) is harmless


@given(st.lists(st.lists(st.sampled_from(ALL), min_size=1, unique=True), max_size=4), st.sets(st.sampled_from(ALL)))
def test_withdrawal_is_what_goes_through_this_and_a_staying_endpoint(
    strings: list[list[str]], leaving: set[str]
) -> None:
    links = [link(region) for region, ident in IDS.items() if ident in leaving]
    found = withdrawn(project(cluster(*strings)), IDS[WEST], links)
    gone = leaving | {IDS[WEST]}
    lost = {ident for one in strings if IDS[WEST] in one for ident in one} - gone
    assert {end["id"] for one in found for end in one["endpoints"]} == lost
