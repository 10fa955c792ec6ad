# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ARM ids and names: what is let through, what is refused, and what counts as the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import InvalidInput

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}[A-Za-z0-9_]", fullmatch=True)
KINDS = st.sampled_from([ids.PRIVATE_ENDPOINTS, ids.SUBNETS, ids.ZONE_LINKS, ids.VIRTUAL_NETWORKS])


@given(NAMES, KINDS, st.lists(NAMES, min_size=2, max_size=2))
def test_an_id_that_is_built_comes_apart_again(group: str, kind: str, names: list[str]) -> None:
    count = kind.count("/")
    built = ids.build(SUBSCRIPTION, group, kind, *names[:count])
    assert ids.parse(built) == (SUBSCRIPTION, group, kind, tuple(names[:count]))
    assert ids.same(built, built.upper())
    assert ids.checked_id("x", built.replace("resourceGroups", "resourcegroups"), kind).name == names[count - 1]


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    found = ids.parse(text)
    assert found is None or text.lower().startswith("/subscriptions/")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "vnet",
        "/subscriptions/x",
        "/subscriptions/x/resourceGroups/g/providers/Microsoft.Network/virtualNetworks",
        "/subscriptions/x/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
        "/subscriptions/x/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/",
    ],
)
def test_an_id_of_something_else_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput):
        ids.checked_id("virtual_network_id", value, ids.VIRTUAL_NETWORKS)


@given(NAMES)
def test_names(name: str) -> None:
    assert ids.checked_name(name) == name
    for wrong in (f"-{name}", f"{name}-", f"{name}/x", f"{name}\n", "", "ü" + name, name * 90):
        with pytest.raises(InvalidInput):
            ids.checked_name(wrong)


def test_groups() -> None:
    assert ids.checked_group("Rg_1-(a).b") == "Rg_1-(a).b"
    for wrong in ("", "rg.", "r g", "r/g", "x" * 91):
        with pytest.raises(InvalidInput):
            ids.checked_group(wrong)


def test_zones() -> None:
    assert ids.checked_zone("A.Example.NET.") == "a.example.net"
    for wrong in ("", "net", "a..net", "-a.net", "a b.net", ".".join("a" * 35), "a" * 64 + ".net"):
        with pytest.raises(InvalidInput):
            ids.checked_zone(wrong)


def test_targets() -> None:
    alias = "svc.3f4e2a.eastus2.azure.privatelinkservice"
    assert ids.checked_target("x", alias) == alias
    with pytest.raises(InvalidInput):
        ids.checked_target("x", "svc.eastus2.azure.com")


def test_addresses_and_ranges() -> None:
    assert ids.checked_address("x", "2001:DB8:0::1") == "2001:db8::1"
    assert ids.checked_prefix("x", "10.0.0.0/8") == "10.0.0.0/8"
    for wrong in ("10.0.0.256", "10.0.0.1/24", "host"):
        with pytest.raises(InvalidInput):
            ids.checked_address("x", wrong)
    for wrong in ("10.0.0.1/8", "10.0.0.0/33", "x"):
        with pytest.raises(InvalidInput):
            ids.checked_prefix("x", wrong)


def test_subscriptions_and_locations() -> None:
    assert ids.checked_subscription(SUBSCRIPTION.upper()) == SUBSCRIPTION.upper()
    for wrong in (None, "", "prod", SUBSCRIPTION[:-1]):
        with pytest.raises(InvalidInput):
            ids.checked_subscription(wrong)
    assert ids.location("East US 2") == "eastus2"
