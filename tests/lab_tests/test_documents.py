# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's database answers as a MongoDB server does, or refuses in words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.documents import COLLECTION_COMMANDS, Collection, CommandError, check_options
from tests.lab.mongod import ReplicaSet


def ask(collection: Collection, **body: Any) -> dict[str, Any]:
    """The reply to a command; its name is the first key, and its value plays no part here."""
    command = next(iter(body))
    check_options(command, body)
    return COLLECTION_COMMANDS[command](collection, body)


def holding(*documents: dict[str, Any]) -> Collection:
    collection = Collection("shop.orders")
    ask(collection, insert="orders", documents=[{"_id": number, **one} for number, one in enumerate(documents)])
    return collection


@pytest.mark.parametrize(
    ("stored", "wanted", "found"),
    [
        ([1, 2], 2, True),
        ([1, 2], [1, 2], True),
        ([1, 2], [2, 1], False),
        ([[2]], 2, False),
        (["a", True], 1, False),
        (1, True, False),
        (0, False, False),
        (True, True, True),
        (1, 1.0, True),
        ({"x": 1, "y": 2}, {"x": 1, "y": 2}, True),
        ({"x": 1, "y": 2}, {"y": 2, "x": 1}, False),
        ({"x": 1}, {"x": True}, False),
        ([{"x": 1}], {"x": 1}, True),
        (None, None, True),
        ([None], None, True),
        ("1", 1, False),
    ],
)
def test_a_filter_compares_as_mongodb_does(stored: Any, wanted: Any, found: bool) -> None:
    answer = ask(holding({"a": stored}), find="orders", filter={"a": wanted})
    assert bool(answer["cursor"]["firstBatch"]) is found


@pytest.mark.parametrize("update", [{"$set": {"_id": 77}}, {"_id": 77, "a": 2}, {"_id": False}])
def test_an_id_cannot_be_changed(update: dict[str, Any]) -> None:
    collection = holding({"a": 1})
    answer = ask(collection, update="orders", updates=[{"q": {"a": 1}, "u": update}])
    assert (answer["n"], answer["writeErrors"][0]["code"]) == (0, 66)
    with pytest.raises(CommandError, match="immutable field '_id'"):
        ask(collection, findAndModify="orders", query={"a": 1}, update=update)
    assert collection.documents == [{"_id": 0, "a": 1}]


def test_an_upsert_takes_the_id_of_its_update() -> None:
    collection = holding()
    ask(collection, update="orders", updates=[{"q": {"a": 1}, "u": {"$set": {"_id": 7}}, "upsert": True}])
    assert collection.documents == [{"_id": 7, "a": 1}]


def test_a_duplicate_names_its_key() -> None:
    answer = ask(holding({}), insert="orders", documents=[{"_id": 0}])
    error = answer["writeErrors"][0]
    assert (error["code"], error["keyPattern"], error["keyValue"]) == (11000, {"_id": 1}, {"_id": 0})


def test_an_emptied_collection_is_still_listed_until_it_is_dropped() -> None:
    cluster = ReplicaSet("set", {})

    def listed() -> list[str]:
        return [one["name"] for one in cluster.list_collections("shop", {})["cursor"]["firstBatch"]]

    collection = cluster.collection("shop", "orders")
    ask(collection, find="orders")
    assert listed() == []
    ask(collection, insert="orders", documents=[{"_id": 1}])
    ask(collection, delete="orders", deletes=[{"q": {}, "limit": 0}])
    assert listed() == ["orders"]
    ask(collection, drop="orders")
    assert listed() == []


def test_a_count_skips() -> None:
    assert ask(holding({}, {}, {}), count="orders", skip=1, limit=5) == {"n": 2}


@pytest.mark.parametrize(
    "body",
    [
        {"find": "orders", "hint": {"a": 1}},
        {"find": "orders", "min": {"a": 1}},
        {"find": "orders", "tailable": True},
        {"count": "orders", "collation": {"locale": "en"}},
        {"aggregate": "orders", "pipeline": [], "let": {"a": 1}},
        {"update": "orders", "updates": [{"q": {}, "u": {"$set": {"a": 2}}, "arrayFilters": [{"x": 1}]}]},
        {"update": "orders", "updates": [{"q": {"a": 9}, "u": {"$push": {"a": 2}}}]},
        {"delete": "orders", "deletes": [{"q": {}, "limit": 1, "collation": {"locale": "en"}}]},
        {"delete": "orders", "deletes": [{"q": {}, "limit": 1}], "writeConcern": {"w": 50}},
        {"delete": "orders", "deletes": [{"q": {}, "limit": 1}], "writeConcern": {"w": "datacentre"}},
        {"findAndModify": "orders", "query": {"a": 9}, "update": [{"$set": {"a": 2}}]},
        {"insert": "orders", "documents": [{"_id": 9}], "txnNumber": 1, "autocommit": False},
    ],
)
def test_what_is_not_played_is_refused_before_anything_is_written(body: dict[str, Any]) -> None:
    collection = holding({"a": 1})
    with pytest.raises(CommandError, match="not supported by the lab: ") as error:
        ask(collection, **body)
    assert (error.value.reply["code"], error.value.reply["codeName"]) == (115, "CommandNotSupported")
    assert collection.documents == [{"_id": 0, "a": 1}]


@pytest.mark.parametrize("body", [{"sort": {}}, {"projection": {}}, {"hint": None}, {"tailable": False}])
def test_an_option_that_asks_nothing_is_taken(body: dict[str, Any]) -> None:
    assert len(ask(holding({}), **{"find": "orders", **body})["cursor"]["firstBatch"]) == 1
