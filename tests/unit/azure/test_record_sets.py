# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record sets: one spelling for what means the same, the way to ARM and back, and plans that touch nothing foreign."""

from __future__ import annotations

import ipaddress
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.ownership import MARK
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.private_dns_records import (
    PrivateDnsRecords,
    normalise,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.record_sets import (
    LONGEST_STRING,
    checked,
    from_arm,
    identity,
    relative_name,
    to_arm,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._engine import Plan
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Guarded, InvalidInput

ZONE = "ab123.mongodb.net"
LABELS = st.from_regex(r"[a-z_][a-z0-9-]{0,6}[a-z0-9]", fullmatch=True)
HOSTS = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
PORTS = st.integers(0, 65535).map(str)
VALUES = {
    "A": st.ip_addresses(v=4).map(str),
    "AAAA": st.ip_addresses(v=6).map(str),
    "CNAME": HOSTS,
    "SRV": st.tuples(PORTS, PORTS, PORTS, HOSTS).map(" ".join),
    "TXT": st.text(st.characters(exclude_categories=["Cs"]), max_size=700),
}


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(VALUES)))
    values = draw(st.lists(VALUES[kind], min_size=1, max_size=1 if kind == "CNAME" else 4))
    name = draw(HOSTS if kind == "CNAME" else st.just("@") | HOSTS)
    return checked({"name": name, "type": kind, "ttl": draw(st.integers(1, 9999)), "values": values}, ZONE)


SETS = st.lists(records(), max_size=5, unique_by=identity)


def arm(record: dict[str, Any], **properties: Any) -> dict[str, Any]:
    kind = f"Microsoft.Network/privateDnsZones/{record['type']}"
    return {"name": record["name"], "type": kind, "properties": {**to_arm(record), **properties}}


@given(records())
def test_to_arm_and_back(record: dict[str, Any]) -> None:
    assert from_arm(arm(record)) == record
    for one in to_arm(record).get("txtRecords", []):
        assert all(len(part.encode()) <= LONGEST_STRING for part in one["value"])


@given(records(), st.randoms())
def test_spelling_means_nothing(record: dict[str, Any], random: Random) -> None:
    values = list(record["value"])
    random.shuffle(values)
    if record["type"] in ("SRV", "CNAME"):
        values = [f"{one.upper()}." for one in values]
    if record["type"] == "AAAA":
        values = [ipaddress.ip_address(one).exploded.upper() for one in values]
    full = f"{ZONE}." if record["name"] == "@" else f"{record['name']}.{ZONE}."
    assert checked({**record, "name": full.upper(), "values": values * 2}, ZONE) == record


def test_names() -> None:
    assert relative_name("", ZONE) == relative_name("@", ZONE) == relative_name(f"{ZONE}.", ZONE) == "@"
    assert relative_name("_mongodb._tcp.C", ZONE) == "_mongodb._tcp.c"
    for wrong in ("a..b", "a b", f"x{ZONE}.", "other.example."):
        with pytest.raises(InvalidInput):
            relative_name(wrong, ZONE)


def test_other_types_are_left_alone() -> None:
    assert from_arm({"name": "@", "type": "Microsoft.Network/privateDnsZones/SOA", "properties": {}}) is None


def resource(asked: list[dict[str, Any]], **more: Any) -> PrivateDnsRecords:
    client: Any = SimpleNamespace(subscription="s")
    return PrivateDnsRecords(client, "rg", ZONE, asked, present=True, **more)


@given(SETS)
def test_needs_nothing_once_it_is_there(asked: list[dict[str, Any]]) -> None:
    there = resource(asked).predict(None, {"records": asked})
    assert resource(asked).plan(there, {"records": asked[::-1]}) == Plan()
    without_ttl = [{**one, "ttl": None} for one in asked]
    assert resource(asked).plan(there, {"records": without_ttl}) == Plan()
    assert (there or {"records": []})["records"] == [
        {**one, "fqdn": ZONE if one["name"] == "@" else f"{one['name']}.{ZONE}", "managed": True, "used_by": []}
        for one in sorted(asked, key=identity)
    ]


@given(SETS, SETS, st.booleans())
def test_foreign_record_sets_are_not_touched(
    there: list[dict[str, Any]], asked: list[dict[str, Any]], purge: bool
) -> None:
    half = [normalise(arm(one, metadata=MARK if index % 2 else {})) for index, one in enumerate(there)]
    current: dict[str, Any] = {"zone": ZONE, "records": [one for one in half if one]}
    foreign = {identity(one): one for one in current["records"] if not one["managed"]}
    desired = {"records": asked}
    records_ = resource(asked, purge=purge)
    try:
        plan = records_.plan(current, desired)
    except Guarded:
        assert any(
            foreign[identity(one)]["value"] != one["value"] or foreign[identity(one)]["ttl"] != one["ttl"]
            for one in asked
            if identity(one) in foreign
        )
        return
    assert not [step for step in plan.steps if identity(step.body) in foreign]
    after = records_.predict(current, desired)
    assert records_.plan(after, desired).steps == ()
    assert resource(asked, purge=purge, overwrite=True).plan(current, desired).notes == ()


@given(records(), records())
def test_a_change_keeps_the_marks_of_others(before: dict[str, Any], after: dict[str, Any]) -> None:
    after = {**after, "name": before["name"], "type": before["type"], "value": before["value"]}
    state = None
    for who, record in (("blue", before), ("green", before), ("green", after), ("BLUE", after)):
        state = resource([record], used_by=who).predict(state, {"records": [record]})
    (left,) = (state or {})["records"]
    assert left["used_by"] == ["blue", "green"] and left["ttl"] == after["ttl"]


@given(SETS, SETS, st.sets(st.sampled_from(["blue", "GREEN"])))
def test_who_leaves_takes_only_what_nobody_else_uses(
    blue: list[dict[str, Any]], green: list[dict[str, Any]], spelling: set[str]
) -> None:
    """Two share a zone; whatever they agree on belongs to both, and goes with the last one."""
    blue = [one for one in blue if identity(one) not in {identity(other) for other in green} or one in green]
    green = [one for one in green if identity(one) not in {identity(other) for other in blue} or one in blue]
    state = resource(blue, used_by="blue").predict(None, {"records": blue})
    state = resource(green, used_by="green").predict(state, {"records": green})
    left = resource([], used_by="GREEN" if spelling else "green", purge=True).predict(state, None)
    records_ = (left or {"records": []})["records"]
    assert sorted(map(identity, records_)) == sorted(map(identity, blue))
    assert all(one["used_by"] == ["blue"] for one in records_)
    assert resource(blue, used_by="blue", purge=True).plan(left, {"records": blue}) == Plan()
    assert resource([], used_by="blue", purge=True).predict(left, None) is None
