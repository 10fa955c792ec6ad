# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifacts of a report as a pure function: names that variables may have, and never a stale word."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.plugin_utils._report.artifacts import artifacts

STRING = "mongodb+srv://cluster0-pl-0.ab123.mongodb.net"
BROKEN = {"hop": "srv", "cause": "A zone hides it.", "fix": "Remove the zone.", "evidence": ["NXDOMAIN"]}
KEYS = {"ok", "summary", "hop", "cause", "fix", "connection_string"}


def link(name: str, ok: bool = True, *clusters: str) -> dict[str, Any]:
    strings = [{"cluster": cluster, "connection_string": f"{STRING}/{cluster}"} for cluster in clusters]
    summary = "It works." if ok else "It does not."
    return {
        "name": name,
        "ok": ok,
        "summary": summary,
        "broken": None if ok else BROKEN,
        "connection_strings": strings,
    }


def report(*links: dict[str, Any], not_verified: tuple[str, ...] = ()) -> dict[str, Any]:
    ok = all(one["ok"] for one in links) and not not_verified
    return {"ok": ok, "links": list(links), "not_verified": list(not_verified)}


def test_a_lone_link_needs_no_name() -> None:
    told = artifacts(report(link("orders-web", False, "cluster0")))
    assert told["private_link_ok"] is False and told["private_link_summary"] == "It does not."
    assert (told["private_link_hop"], told["private_link_cause"]) == ("srv", "A zone hides it.")
    assert told["private_link_connection_string"] == f"{STRING}/cluster0"
    own = {key: value for key, value in told.items() if key.startswith("private_link_orders_web_")}
    assert {key.replace("orders_web_", ""): value for key, value in own.items()} == {
        key: value for key, value in told.items() if key not in own
    }


def test_links_that_do_not_work_are_named() -> None:
    told = artifacts(report(link("a"), link("b", False), not_verified=("c",)))
    assert told["private_link_summary"] == "1 of 3 private links work; these do not: b (srv), c."
    assert (told["private_link_c_ok"], told["private_link_c_hop"]) == (False, "")
    assert "private_link_cause" not in told
    assert artifacts(report(link("a"), link("b")))["private_link_summary"] == "2 of 2 private links work."


def test_each_of_several_clusters_has_its_string() -> None:
    told = artifacts(report(link("a", True, "one", "to-two")))
    assert told["private_link_a_connection_string"] == told["private_link_a_connection_string_one"] == f"{STRING}/one"
    assert told["private_link_connection_string_to_two"] == f"{STRING}/to-two"


names = st.text(min_size=1, max_size=12)


@given(st.dictionaries(names, st.tuples(st.booleans(), st.lists(names, max_size=3)), max_size=4), st.sets(names))
def test_keys_are_flat_and_complete(links: dict[str, tuple[bool, list[str]]], missing: set[str]) -> None:
    told = artifacts(
        report(
            *(link(name, ok, *clusters) for name, (ok, clusters) in links.items()),
            not_verified=tuple(missing - set(links)),
        )
    )
    assert all(key.isidentifier() and key.isascii() and key.startswith("private_link_") for key in told)
    assert all(isinstance(value, (bool, str)) for value in told.values())
    assert {"private_link_ok", "private_link_summary"} <= set(told)
    for name in {*links, *missing}:
        assert {f"private_link_{re.sub('[^A-Za-z0-9_]', '_', name)}_{key}" for key in KEYS} <= set(told)
