# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which private link a role acts on, as a table: what happened on a host before, what the variables say, the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies

from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Undecided
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._in_hand import (
    DNS,
    MAKERS,
    VERIFY,
    Choice,
    begun,
    choose,
    known,
    variables,
)

Json = dict[str, Any]
SUBSCRIPTION, OTHER = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
NOW, BEFORE = "this play", "an earlier play"
ATLAS, MONGO = MAKERS["atlas"], MAKERS["mongo_cluster"]


def endpoint(name: str, subscription: str = SUBSCRIPTION) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/{name}"


def atlas(name: str, **more: Any) -> Json:
    """The variables of a link to Atlas."""
    telling = {"project": "shop", "region": "eastus2", "resource_group": "rg", "endpoint_name": name, **more}
    return {f"{ATLAS}_{end}": value for end, value in telling.items()}


def mongo(name: str, **more: Any) -> Json:
    telling = {"cluster": "ledger", "resource_group": "rg", "endpoint_name": name, **more}
    return {f"{MONGO}_{end}": value for end, value in telling.items()}


class Host:
    """What the roles and Ansible do on a host, one after the other."""

    def __init__(self) -> None:
        self.made: list[Json] = []
        self.results: dict[str, Json] = {}

    def link(self, variables: Json, play: str = NOW, fails: bool = False, subscription: str = SUBSCRIPTION) -> Host:
        product = "atlas" if f"{ATLAS}_endpoint_name" in variables else "mongo_cluster"
        maker = MAKERS[product]
        self.made = begun(known(self.made, self.results, play), maker, variables, play)
        name, state = variables[f"{maker}_endpoint_name"], variables.get(f"{maker}_state")
        result: Json = {"private_endpoint": {"id": endpoint(name, subscription)}}
        if state == "absent":
            result["state"] = "absent"
        elif product == "atlas":
            project = {"id": "0" * 24, "name": variables[f"{maker}_project"]}
            result.update(project=project, endpoint_service={"region": "US_EAST_2"})
        self.results[product] = {} if fails else result
        return self

    def choose(self, role: str, variables: Json | None = None, play: str = NOW) -> Choice:
        found = choose(known(self.made, self.results, play), role, variables or {}, play)
        self.made = found.made
        return found

    def dns(self, variables: Json | None = None) -> Host:
        self.choose(DNS, variables)
        return self


def name(choice: Choice) -> str:
    return str(choice.link["private_endpoint"]["id"]).rpartition("/")[2] if choice.link else ""


A, B, M, N = atlas("pe-a"), atlas("pe-b"), mongo("pe-m"), mongo("pe-n")
GONE = atlas("pe-a", state="absent")
#: Case -> host, the role's variables, the endpoint of the link in hand.
TAKEN: dict[str, tuple[Host, Json, str]] = {
    "the only link": (Host().link(A), {}, "pe-a"),
    "no link at all": (Host(), {}, ""),
    "no link, but variables": (Host(), A, ""),
    "the last of two products": (Host().link(M).dns().link(A), {}, "pe-a"),
    "the last of two products, the other way round": (Host().link(A).dns().link(M), {}, "pe-m"),
    "the last of one product": (Host().link(A).dns().link(B), {}, "pe-b"),
    "one that is taken down after one that stays": (Host().link(M).dns().link(GONE), GONE, "pe-a"),
    "one that is named although another came later": (Host().link(A).link(B).link(M), A, "pe-a"),
    "one that is named in other letters": (
        Host().link(A),
        atlas("PE-A", resource_group="RG", region="US_EAST_2"),
        "pe-a",
    ),
    "one whose endpoint is named by its id": (
        Host().link(A).link(B),
        {f"{ATLAS}_endpoint_id": endpoint("pe-a")},
        "pe-a",
    ),
    "one whose cluster is named by its id": (
        Host().link(M),
        {f"{MONGO}_cluster": "/subscriptions/s/resourceGroups/rg/providers/Microsoft.DocumentDB/mongoClusters/ledger"},
        "pe-m",
    ),
    "what many links have in common decides nothing": (
        Host().link(A).dns().link(B),
        {f"{ATLAS}_region": "eastus2", f"{ATLAS}_resource_group": "rg", f"{ATLAS}_project": "shop"},
        "pe-b",
    ),
    "one link that was made twice": (Host().link(A).link(A), {}, "pe-a"),
    "the same link after a failure": (Host().link(A, fails=True).link(A), A, "pe-a"),
    "a named one after another that failed": (Host().link(A).dns().link(B, fails=True), A, "pe-a"),
    "a named one after another that was refused for blanks": (Host().link(A).link(atlas(""), fails=True), A, "pe-a"),
    "the role's own id": (Host().link(A).link(B), {"private_link_dns_endpoint_id": endpoint("PE-A").upper()}, "pe-a"),
    "an id that no link of the host has": (Host().link(A), {"private_link_dns_endpoint_id": endpoint("pe")}, ""),
    "the id of the same name elsewhere": (
        Host().link(A),
        {"private_link_dns_endpoint_id": endpoint("pe-a", OTHER)},
        "",
    ),
    "one of an earlier play, if it is named": (Host().link(A, BEFORE), A, "pe-a"),
    "none of an earlier play, if it is not named": (Host().link(A, BEFORE), {}, ""),
    "this play's before an earlier one's": (Host().link(A, BEFORE).link(M), {}, "pe-m"),
}
#: The same, with words of the refusal.
REFUSED: dict[str, tuple[Host, Json, list[str]]] = {
    "another link is named": (Host().link(A), B, ["pe-b", "pe-a", "private_link_dns_endpoint_id"]),
    "a name that only begins alike": (Host().link(atlas("pe-ab")), A, ["pe-ab"]),
    "a link to another product is named": (Host().link(A), M, ["pe-m", "pe-a"]),
    "another project is named": (Host().link(A), atlas("pe-a", project="Shop"), ["project Shop"]),
    "the last one failed": (Host().link(A).dns().link(B, fails=True), {}, [ATLAS, "not finished", "rg/pe-b"]),
    "the last one failed, of the other product": (Host().link(A).dns().link(M, fails=True), {}, [MONGO, "rg/pe-m"]),
    "it failed when it was made again": (Host().link(A).dns().link(A, fails=True), A, ["not finished"]),
    "it was skipped": (Host().link(A).dns(), B, ["another private link"]),
    "two may be meant": (Host().link(A).link(B), {}, ["2 private links", endpoint("pe-a"), endpoint("pe-b")]),
    "two of two products may be meant": (Host().link(M).link(A), {**M, **A}, [endpoint("pe-a"), endpoint("pe-m")]),
    "two of one name may be meant": (
        Host().link(A).link(A, subscription=OTHER),
        A,
        [endpoint("pe-a"), endpoint("pe-a", OTHER)],
    ),
    "it was made, and is to be gone": (Host().link(A), GONE, [f"{ATLAS}_state is absent", "pe-a"]),
}


@pytest.mark.parametrize(("host", "said", "taken"), TAKEN.values(), ids=TAKEN)
def test_a_role_takes_the_link_that_is_named_or_was_made_last(host: Host, said: Json, taken: str) -> None:
    found = host.choose(DNS, said)
    assert name(found) == taken and bool(found.product) == bool(taken)


@pytest.mark.parametrize(("host", "said", "words"), REFUSED.values(), ids=REFUSED)
def test_a_role_refuses_where_its_variables_do_not_fit(host: Host, said: Json, words: list[str]) -> None:
    with pytest.raises(Undecided) as refused:
        host.choose(DNS, said)
    told = str(refused.value)
    assert [word for word in words if word.lower() not in told.lower()] == []
    assert "\n" not in told and told.endswith(".")


def test_verify_looks_itself_for_a_link_that_is_named() -> None:
    assert Host().link(A).choose(VERIFY, B)[:2] == ("", {})
    assert Host().link(A).link(B, fails=True).choose(VERIFY, B)[:2] == ("", {})
    assert name(Host().link(A).link(M).choose(VERIFY, {**B, "private_link_verify_product": "mongo_cluster"})) == "pe-m"
    assert name(Host().link(A).link(B).choose(VERIFY, {**B, "private_link_verify_endpoint_name": "pe-a"})) == "pe-a"
    assert Host().link(A).choose(VERIFY, {"private_link_verify_link": {"id": "mine"}})[:2] == ("", {})
    with pytest.raises(Undecided, match="private_link_verify_product"):
        Host().link(A).link(B).choose(VERIFY)


def test_tasks_of_a_maker_go_on_with_its_last_link_only() -> None:
    assert name(Host().link(M).link(A).choose(MONGO, M)) == "pe-m"
    with pytest.raises(Undecided, match="another private link"):
        Host().link(M).link(N).choose(MONGO, M)
    with pytest.raises(Undecided, match="not finished"):
        Host().link(M).link(N, fails=True).choose(MONGO, N)


def test_a_result_that_was_handed_over_by_a_variable_is_taken() -> None:
    host = Host()
    host.results["atlas"] = {"private_endpoint": {"id": endpoint("pe-a")}}
    assert name(host.choose(DNS)) == "pe-a"


@given(
    strategies.lists(strategies.sampled_from([A, B, GONE, M, N]), max_size=5),
    strategies.sampled_from([A, B, M, N, {}]),
    strategies.sampled_from([DNS, VERIFY]),
)
def test_a_link_that_contradicts_the_variables_is_never_taken(links: list[Json], said: Json, role: str) -> None:
    host = Host()
    for one in links:
        host.link(one)
    try:
        taken = name(host.choose(role, said))
    except Undecided:
        taken = ""
    named = [value for end, value in said.items() if end.endswith("endpoint_name")]
    assert taken in ("", *(named or ("pe-a", "pe-b", "pe-m", "pe-n")))


@pytest.mark.parametrize("role", [DNS, VERIFY, ATLAS, MONGO])
def test_variables_that_tell_links_apart_are_options_of_the_roles(role: str) -> None:
    specs = "".join(path.read_text() for path in Path(__file__).parents[2].glob("roles/*/meta/argument_specs.yml"))
    assert [one for one in variables(role) if f"      {one}:\n" not in specs] == []
