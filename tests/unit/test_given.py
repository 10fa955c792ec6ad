# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What surveys and the command line give for a variable, turned into what it shall be."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, strategies

from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import InvalidInput
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._given import KINDS
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._given import given as taken

BLANKS: strategies.SearchStrategy[Any] = strategies.sampled_from([None, "", " ", "\n", "\t \n", [], {}, ()])
NAMES = strategies.text("abcdefghijklmnopqrstuvwxyz0123456789.-/_", min_size=1).filter(lambda one: one[0] != "-")
LISTS = strategies.lists(NAMES, min_size=1)
DICTS = strategies.dictionaries(NAMES, NAMES, min_size=1)


@given(BLANKS, strategies.sampled_from(sorted(KINDS)), strategies.integers(1))
def test_a_blank_is_the_default_of_every_kind(blank: Any, kind: str, default: int) -> None:
    assert taken(blank, kind, default) == default
    assert taken(blank, kind) == KINDS[kind].empty()


@given(strategies.sampled_from([[""], [None, " "], ",", ", ,\n", "[]", '[""]']))
def test_a_list_of_blanks_is_blank(blank: Any) -> None:
    assert taken(blank, "list", ["default"]) == ["default"]


@given(LISTS, strategies.sampled_from([",", ", ", "\n", "\r\n", " ,\n "]))
def test_a_list_is_the_same_in_every_spelling(items: list[str], between: str) -> None:
    for text in (between.join(items), between.join([*items, ""]), json.dumps(items), yaml.safe_dump(items)):
        assert taken(text, "list") == items
    assert taken(items, "list") == items


@given(DICTS, strategies.sampled_from([",", ", ", "\n", " "]))
def test_a_dictionary_is_the_same_in_every_spelling(pairs: dict[str, str], between: str) -> None:
    words = between.join(f"{name}={value}" for name, value in pairs.items())
    for text in (words, json.dumps(pairs), yaml.safe_dump(pairs)):
        assert taken(text, "dict") == pairs
    assert taken(pairs, "dict") == pairs


@given(strategies.integers(), strategies.floats(allow_nan=False, allow_infinity=False), strategies.booleans())
def test_numbers_and_booleans_are_the_same_as_text(whole: int, number: float, flag: bool) -> None:
    assert taken(f" {whole} ", "int", 1) == taken(whole, "int", 1) == whole
    assert taken(repr(number), "float", 1) == taken(number, "float", 1) == number
    for text in (flag, str(flag), "yes" if flag else "no", int(flag), "on" if flag else "off"):
        assert taken(text, "bool", not flag) is flag


@pytest.mark.parametrize(
    ("value", "kind", "allowed"),
    [
        ("maybe", "bool", "true or false"),
        ("1.5", "int", "a whole number"),
        ("a lot", "float", "a number"),
        ("[a", "list", "a list"),
        ({"a": 1}, "list", "a list"),
        ("{a", "dict", "a dictionary"),
        ("a word", "dict", "a dictionary"),
        ("7", "dict", "a dictionary"),
        (["a"], "dict", "a dictionary"),
    ],
)
def test_what_cannot_be_is_named_with_what_is_allowed(value: Any, kind: str, allowed: str) -> None:
    with pytest.raises(InvalidInput, match="my_variable") as caught:
        taken(value, kind, None, "my_variable")
    assert allowed in str(caught.value) and str(value) in str(caught.value)
