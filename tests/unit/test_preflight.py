# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project says of a link that is asked for, whatever is in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.preflight import preflight
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import InvalidInput, Undecided

HERE, ELSEWHERE = "US_EAST_2", "EUROPE_WEST"
LINK: dict[str, Any] = {"region": HERE, "resource_group": "rg-app", "endpoint_name": "pe-atlas"}
GROUP = "/subscriptions/1/resourceGroups/{}/providers/Microsoft.Network/privateEndpoints/{}"
MINE, THEIRS = GROUP.format("rg-app", "pe-atlas"), GROUP.format("rg-app", "pe-atlas-2")
ABROAD = GROUP.format("rg", "pe")


def cluster(name: str, endpoints: list[list[str]], **more: Any) -> dict[str, Any]:
    strings = [{"endpoint_ids": ids} for ids in endpoints]
    shape = {"regions": [f"AZURE/{HERE}"], "supported": True, "paused": False, "private_endpoints": strings}
    return {"name": name, **shape, **more}


clusters = st.builds(
    cluster,
    st.sampled_from(("orders", "billing", "search")),
    st.lists(st.lists(st.sampled_from((MINE, THEIRS, ABROAD)), max_size=2, unique=True), max_size=2),
    regions=st.lists(st.sampled_from((f"AZURE/{HERE}", f"AZURE/{ELSEWHERE}", f"AWS/{HERE}")), max_size=2),
    supported=st.booleans(),
    paused=st.booleans(),
)
services = st.lists(
    st.builds(
        lambda region, ids: {"id": region, "region": region, "status": "AVAILABLE", "private_endpoints": ids},
        st.sampled_from((HERE, ELSEWHERE)),
        st.lists(st.sampled_from((MINE, THEIRS, ABROAD)), max_size=3, unique=True),
    ),
    max_size=2,
    unique_by=lambda one: one["region"],
)
projects = st.fixed_dictionaries(
    {
        "can_write": st.sampled_from((True, False, None)),
        "regional_mode": st.booleans(),
        "clusters": st.lists(clusters, max_size=3, unique_by=lambda one: one["name"]),
        "endpoint_services": services,
    }
)
asked = st.lists(st.sampled_from(("orders", "billing", "nobody")), max_size=2, unique=True)


@given(projects, asked)
def test_what_is_said_holds_together(project: dict[str, Any], names: list[str]) -> None:
    found = preflight(project, **LINK, clusters=names)
    linkable = [c["name"] for c in project["clusters"] if c["supported"] and f"AZURE/{HERE}" in c["regions"]]
    assert found["clusters"] == (names or linkable)
    assert found["not_linkable"] == [name for name in found["clusters"] if name not in linkable]
    assert ("not_linkable" in found["obstacles"]) == (not found["clusters"] or bool(found["not_linkable"]))
    assert ("read_only" in found["obstacles"]) == (project["can_write"] is False)
    assert "paused" not in found["obstacles"] or (found["paused"] and not found["is_registered"])
    assert {one["name"] for one in found["connected"]} <= set(found["clusters"])
    assert found["is_registered"] or not (found["connected"] or found["is_crossing"])
    assert found["is_registered"] == (MINE in found["service"].get("private_endpoints", []))


@given(projects, asked)
def test_spelling_does_not_matter(project: dict[str, Any], names: list[str]) -> None:
    spelled: dict[str, Any] = {"region": "East US 2", "resource_group": "RG-App", "endpoint_name": "PE-Atlas"}
    assert preflight(project, **spelled, clusters=" , ".join(names)) == preflight(project, **LINK, clusters=names)


@given(projects)
def test_atlas_takes_several_regions_or_several_endpoints(project: dict[str, Any]) -> None:
    counts = {one["region"]: set(one["private_endpoints"]) for one in project["endpoint_services"]}
    here, elsewhere = counts.get(HERE, set()) | {MINE}, counts.get(ELSEWHERE, set())
    fits = project["regional_mode"] or not elsewhere or len(here) == len(elsewhere) == 1
    assert ("crowded" not in preflight(project, **LINK)["obstacles"]) == fits


def test_a_string_through_several_endpoints_is_told() -> None:
    service = {"id": "s", "region": HERE, "status": "AVAILABLE", "private_endpoints": [MINE.upper()]}
    project = {"can_write": True, "regional_mode": True, "endpoint_services": [service]}
    for ids, crossing in (([MINE], False), ([MINE, ABROAD], True)):
        found = preflight({**project, "clusters": [cluster("orders", [ids])]}, **LINK)
        assert (found["is_crossing"], [one["name"] for one in found["connected"]]) == (crossing, ["orders"])


NAMESAKE = MINE.replace("/subscriptions/1/", "/subscriptions/11/")
#: What is registered, the id of the endpoint as far as it is known -> the registered id that is meant, the candidates.
MEANT: dict[str, tuple[list[str], str, str, list[str]]] = {
    "only one has the name": ([MINE, THEIRS], "", MINE, [MINE]),
    "one of two has the id": ([NAMESAKE, MINE], MINE, MINE, [MINE]),
    "one of two has the id in other letters": ([NAMESAKE, MINE.upper()], MINE, MINE.upper(), [MINE.upper()]),
    "the only one of the name has another id": ([NAMESAKE], MINE, "", []),
    "two have the name": ([NAMESAKE, MINE], "", "", [NAMESAKE, MINE]),
    "no one has the name": ([THEIRS], "", "", []),
}


@pytest.mark.parametrize(("registered", "known", "meant", "candidates"), MEANT.values(), ids=MEANT)
def test_an_endpoint_is_known_by_its_whole_id(
    registered: list[str], known: str, meant: str, candidates: list[str]
) -> None:
    service = {"id": "s", "region": HERE, "status": "AVAILABLE", "private_endpoints": registered}
    linked = cluster("orders", [[NAMESAKE]])
    project = {"can_write": True, "regional_mode": True, "endpoint_services": [service], "clusters": [linked]}
    found = preflight(project, **LINK, endpoint_id=known)
    assert (found["private_endpoint_id"], found["is_registered"]) == (meant, bool(meant))
    assert found["candidates"] == candidates and found["connected"] == []
    if len(candidates) > 1:
        with pytest.raises(Undecided) as refused:
            preflight(project, **LINK, endpoint_id=known, must_be_known=True)
        for word in (*candidates, "atlas_private_link_subscription_id", "atlas_private_link_endpoint_id"):
            assert word in str(refused.value)
    else:
        assert preflight(project, **LINK, endpoint_id=known, must_be_known=True) == found


def test_a_region_that_nobody_has_is_refused() -> None:
    project = {"can_write": True, "regional_mode": False, "clusters": [], "endpoint_services": []}
    with pytest.raises(InvalidInput, match="atlantis"):
        preflight(project, **{**LINK, "region": "atlantis"})
