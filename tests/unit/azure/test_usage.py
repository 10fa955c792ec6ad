# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who still uses what several share: what marks and record sets say, how many marks there may be, and what goes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids, ownership, usage
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_dns_zone import PrivateDnsZone
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.virtual_network import VirtualNetwork
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import InvalidInput

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
CLIENT: Any = SimpleNamespace(subscription=SUBSCRIPTION)
ENDPOINTS = [ids.build(SUBSCRIPTION, "rg", ids.PRIVATE_ENDPOINTS, f"pe-{number}") for number in range(40)]
USERS = st.lists(st.sampled_from([*ENDPOINTS, "blue", "green"]), unique=True)
ME, OTHER, GONE = ENDPOINTS[:3]
MORE = next(iter(ownership.MORE_USERS.values()))


# -- marks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "used_by", "expected"),
    [
        ([], ME, []),
        ([ME], ME, []),
        ([ME.upper()], ME, []),
        ([ME, OTHER], ME, [OTHER]),
        ([ME, GONE], ME, []),
        ([OTHER, GONE], ME, [OTHER]),
        ([ME, "blue"], ME, ["blue"]),
        ([ME, MORE], ME, [MORE]),
        ([OTHER], None, []),
    ],
)
def test_users_beside_one(texts: list[str], used_by: str | None, expected: list[str]) -> None:
    assert usage.others(texts, used_by, {GONE}) == expected


@given(USERS, st.randoms(use_true_random=False))
def test_a_record_set_has_few_entries_and_forgets_nobody(users: list[str], chance: Any) -> None:
    texts: list[str] = []
    for user in users:
        texts = ownership.with_user(user, texts)
        assert ownership.with_user(user, texts) == texts and ownership.may_use(user, texts)
    assert len(texts) <= ownership.MOST_USERS + 1
    assert all(ownership.may_use(user, texts) for user in users)
    left = [*users]
    chance.shuffle(left)
    while left:
        user = left.pop()
        texts = usage.others(texts, user)
        assert texts or not left  # there is a user as long as there is one


@given(USERS)
def test_a_thing_has_one_mark_of_its_users(users: list[str]) -> None:
    for user in users:
        tags = ownership.marked({"team": "dns"}, user)
        assert len(tags) == 3 and ownership.users(tags) == [user] and ownership.is_for_users(tags)
        for other in users:
            left = ownership.unused(tags, other)
            assert ownership.is_for_users(left) and ownership.is_ours(left) and left["team"] == "dns"
            assert ownership.users(left) == ([] if other == user else [user])
    assert not ownership.is_for_users(ownership.marked(None))
    assert not ownership.is_for_users({**ownership.MARK, "used-by-whom": "the team"})


@given(
    st.dictionaries(st.text("abc", min_size=1), st.text("abc"), max_size=20),
    st.dictionaries(st.text("abc", min_size=1), st.text("abc"), max_size=20),
    USERS,
)
def test_tags_stay_within_the_limit_and_only_old_marks_go(
    current: dict[str, str], wanted: dict[str, str], users: list[str]
) -> None:
    old = {name: text for user in users for name, text in ownership.use(user).items()}
    there = {**ownership.MARK, **current, **old}
    own = {**ownership.MARK, **current, **wanted}
    if {**there, **wanted} == there:
        assert ownership.merged(there, wanted, ownership.MOST_IN_DNS) == there
    elif len(own) > ownership.MOST_IN_DNS:
        with pytest.raises(InvalidInput, match="Azure allows 15"):
            ownership.merged(there, wanted, ownership.MOST_IN_DNS)
    else:
        tags = ownership.merged(there, wanted, ownership.MOST_IN_DNS)
        assert own.items() <= tags.items() <= {**own, **old}.items()
        assert len(tags) == min(len({**own, **old}), ownership.MOST_IN_DNS)


# -- record sets of zone groups ------------------------------------------------------------------------------------


def test_endpoints_are_known_by_what_their_zone_groups_wrote() -> None:
    def record(metadata: Any) -> dict[str, Any]:
        return {"properties": {"metadata": metadata} if metadata is not None else {}}

    creators = [f"created by private endpoint {name} with resource guid 0123-45" for name in ("pe-2", "pe-1", "pe-2")]
    records = [*(record({"creator": one}) for one in creators), record(None), record({}), record({"creator": "me"})]
    assert usage.bound(records) == ["pe-1", "pe-2"]


# -- zones and links -----------------------------------------------------------------------------------------------

LINK_TAGS = {
    "for me": ownership.marked(None, ME),
    "for another": ownership.marked(None, OTHER),
    "for any": {**ownership.MARK, ownership.MADE_FOR: ownership.ANY_ENDPOINT},
    "of 0.9.0": {**ownership.MARK, **ownership.use(GONE)},
    "to stay": ownership.marked(None),
    "of others": {"team": "network"},
}


def zone(links: list[str], tags: str, **more: Any) -> dict[str, Any]:
    return {
        "name": "z.example.net",
        "tags": LINK_TAGS[tags],
        "links": [
            {
                "name": f"link-{n}",
                "virtual_network_id": f"n{n}",
                "provisioning_state": "Succeeded",
                "tags": LINK_TAGS[one],
            }
            for n, one in enumerate(links)
        ],
        "provisioning_state": "Succeeded",
        "foreign_record_sets": [],
        "bound_endpoints": [],
        "other_users": [],
        **more,
    }


@given(
    st.lists(st.sampled_from(sorted(LINK_TAGS)), max_size=4),
    st.sampled_from(sorted(LINK_TAGS)),
    st.lists(st.just(OTHER), max_size=1),
    st.lists(st.just("pe-9"), max_size=1),
    st.lists(st.just("A by-hand"), max_size=1),
)
def test_a_zone_and_its_links_go_with_the_last_user(
    links: list[str], tags: str, users: list[str], bound: list[str], foreign: list[str]
) -> None:
    there = zone(links, tags, other_users=users, bound_endpoints=bound, foreign_record_sets=foreign)
    resource = PrivateDnsZone(CLIENT, "rg", "z.example.net", {"links": []}, present=False, used_by=ME)
    plan = resource.plan(there, None)
    removed = [step.what for step in plan.steps if step.verb == "delete"]
    cut = [one for one in removed if one.startswith("link ")]
    stay = [one for one in links if one in ("to stay", "of others")]
    if users or bound:
        assert not removed
        assert all(name in plan.notes[0] for name in [*users, *bound, *(f"link-{n}" for n in range(len(links)))])
    else:
        assert len(cut) == len(links) - len(stay)
        assert (len(cut) < len(removed)) is not bool(stay or foreign or tags == "of others")
    after = resource.predict(there, None)
    assert (after is None) is (len(cut) < len(removed))
    assert after is None or not [step for step in resource.plan(after, None).steps]  # it is done at once


# -- virtual networks ----------------------------------------------------------------------------------------------


def network(*subnets: dict[str, Any], peerings: tuple[str, ...] = ()) -> dict[str, Any]:
    named = [{"name": f"subnet-{n}", "properties": one} for n, one in enumerate(subnets)]
    return {"properties": {"subnets": named, "virtualNetworkPeerings": [{"name": one} for one in peerings]}}


CONFIG = {"id": ids.build(SUBSCRIPTION, "rg", f"{ids.NETWORK_INTERFACES}/ipConfigurations", "nic-1", "c")}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"properties": {}}, []),
        (network(), []),
        (network({}, {"delegations": [{"name": "d"}], "networkSecurityGroup": {"id": "nsg"}}), []),
        (network({"ipConfigurations": [CONFIG]}), ["nic-1 in subnet subnet-0"]),
        (network({"privateEndpoints": [{"id": ME}], "ipConfigurations": [CONFIG]}), ["pe-0 in subnet subnet-0"]),
        (network({}, {"serviceAssociationLinks": [{"id": "sal"}]}), ["sal in subnet subnet-1"]),
        (network(peerings=("to-hub",)), ["peering to-hub"]),
    ],
)
def test_what_is_in_a_network(found: dict[str, Any], expected: list[str]) -> None:
    assert usage.occupants(found) == expected


@pytest.mark.parametrize("occupants", [[], ["pe-1 in subnet s"]])
@pytest.mark.parametrize("force", [False, True])
def test_a_network_goes_when_nothing_is_in_it(occupants: list[str], force: bool) -> None:
    there = {"tags": ownership.MARK, "provisioning_state": "Succeeded", "occupants": occupants}
    resource = VirtualNetwork(CLIENT, "rg", "vnet", present=False, force=force)
    plan = resource.plan(there, None)
    assert bool(plan.steps) is (force or not occupants) and all(
        one in str(plan.notes) for one in occupants if not force
    )
    assert (resource.predict(there, None) is None) is bool(plan.steps)
