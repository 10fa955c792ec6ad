# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the playbook teardown refuses, before it has written anything."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab.runtime import Lab
from tests.support.ansible import Play, Played

pytestmark = pytest.mark.full

Json = dict[str, Any]
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}


def writes(lab: Lab) -> int:
    return sum(exchange.is_write for exchange in lab.requests)


def said(played: Played) -> str:
    return " ".join(played.output.split())


def inventory(path: Path, links: Mapping[str, Json]) -> str:
    """The path of an inventory of these links."""
    hosts = {name: {**variables, **LOCAL} for name, variables in links.items()}
    path.write_text(yaml.safe_dump({"private_links": {"hosts": hosts}}))
    return str(path)


@pytest.fixture
def of_inventory(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """All variables of links come from an inventory."""
    monkeypatch.setattr(lab, "link_variables", lambda _product: {})


def test_teardown_of_one_region_refuses_to_take_strings_of_the_other(lab: Lab, play: Play) -> None:
    link = lab.build_link("shop", regions=("eastus2", "westeurope"), nodes=5, dns="public")
    east, west = (site.endpoint for site in link.sites)
    (project,) = [one for one in lab.world.projects.values() if one.name == "shop"]
    cluster = project.clusters["cluster0"]
    given = lab.variables(link, 1)
    cases: list[tuple[list[str], Json]] = [
        (["--check"], {}),
        ([], {"atlas_private_link_remove_last_interface": True}),
        ([], {"atlas_private_link_manage_endpoint": False}),
    ]
    for arguments, variables in cases:
        before = writes(lab)
        refused = play("teardown", *arguments, **{**given, **variables})
        assert refused.code == 2 and writes(lab) == before
        assert f"cluster0 loses {link.srv_host} (also used through {east} in eastus2)" in said(refused)
        assert f"as soon as {west} in EUROPE_WEST is removed" in said(refused)
        assert "atlas_private_link_break_other_regions" in refused.output
    assert [one.seed for one in lab.world.private_strings(project, cluster)] == [link.srv_host]

    gone = play("teardown", **given, atlas_private_link_break_other_regions="yes")
    assert gone.code == 0, gone.output[-3000:]
    assert lab.world.private_strings(project, cluster) == []
    # The strings are gone already: no application loses any with the other link.
    assert play("teardown", **lab.variables(link, 0)).code == 0
    assert project.services == {}


def test_teardown_of_all_regions_in_one_run_is_what_was_asked_for(
    lab: Lab, play: Play, tmp_path: Path, of_inventory: None
) -> None:
    link = lab.build_link("shop", regions=("eastus2", "westeurope", "northeurope"), nodes=5, dns="public")
    (project,) = [one for one in lab.world.projects.values() if one.name == "shop"]
    hosts = {site.location: lab.variables(link, number) for number, site in enumerate(link.sites)}
    links = inventory(tmp_path / "links.yml", hosts)
    before = writes(lab)
    refused = play("teardown", "-i", links, "--limit", "eastus2,westeurope", private_link_teardown_confirm=2)
    assert refused.code == 2 and writes(lab) == before
    assert "in northeurope" in said(refused) and "in westeurope)" not in said(refused)
    gone = play("teardown", "-i", links, private_link_teardown_confirm=3)
    assert gone.code == 0, gone.output[-3000:]
    assert project.services == {} and lab.world.of_type("Microsoft.Network/privateEndpoints") == []


@pytest.fixture
def fleet(lab: Lab, tmp_path: Path, of_inventory: None) -> str:
    """An inventory of three links of projects of their own."""
    links = {name: lab.variables(lab.build_link(name, dns="public")) for name in ("orders", "billing", "search")}
    return inventory(tmp_path / "links.yml", links)


#: What is given -> what is said of it. Blank is not given, and a survey gives text.
WRONG: dict[str, Any] = {"nothing": {}, "blank": "", "null": None, "a wrong number": 2, "wrong text": "30"}


@pytest.mark.parametrize("case", WRONG)
def test_teardown_of_several_links_wants_their_number(lab: Lab, play: Play, fleet: str, case: str) -> None:
    given = WRONG[case]
    refused = play("teardown", "-i", fleet, **({} if given == {} else {"private_link_teardown_confirm": given}))
    assert refused.code == 2 and lab.requests == []
    found = f"private_link_teardown_confirm is {given or 'not given'}."
    assert "This run takes 3 links down (billing, orders, search)" in said(refused) and found in said(refused)
    assert "Set private_link_teardown_confirm to 3" in said(refused) and "with --limit" in said(refused)
    assert refused.changed == 0 and set(refused.recap) == {"billing"}  # the first one stops the run


def test_teardown_of_several_links_refuses_what_is_no_number(lab: Lab, play: Play, fleet: str) -> None:
    refused = play("teardown", "-i", fleet, private_link_teardown_confirm="yes")
    assert refused.code == 2 and lab.requests == []
    assert "private_link_teardown_confirm is 'yes': it must be a whole number" in said(refused)


def test_teardown_of_several_links_is_rehearsed_without_their_number(lab: Lab, play: Play, fleet: str) -> None:
    rehearsed = play("teardown", "-i", fleet, "--check")
    assert rehearsed.code == 0 and writes(lab) == 0 and rehearsed.changed > 0
    assert said(rehearsed).count("Set private_link_teardown_confirm to 3") == 1
    assert set(rehearsed.recap) == {"orders", "billing", "search"}


def test_teardown_counts_the_links_that_are_left_by_a_limit(lab: Lab, play: Play, fleet: str) -> None:
    refused = play("teardown", "-i", fleet, "--limit", "orders,orders,bill*", private_link_teardown_confirm="3")
    assert refused.code == 2 and lab.requests == [] and "takes 2 links down (billing, orders)" in said(refused)
    wrong = play("teardown", "-i", fleet, "--limit", "orders", private_link_teardown_confirm=3)
    assert wrong.code == 2 and lab.requests == [] and "takes 1 link down (orders)" in said(wrong)
    one = play("teardown", "-i", fleet, "--limit", "orders", private_link_teardown_confirm="")
    assert one.code == 0, one.output[-3000:]
    two = play("teardown", "-i", fleet, "--limit", "!orders", private_link_teardown_confirm="2")
    assert two.code == 0, two.output[-3000:]
    assert lab.world.of_type("Microsoft.Network/privateEndpoints") == []
