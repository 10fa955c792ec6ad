# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which credentials and which subscription a task gets: options, module_defaults and the variables of its link."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Failure, InvalidInput
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._identity import OF_THE_PART, completed

OURS = {"tenant": "ours", "client_id": "app", "secret": "hush-hush"}
HUB = {"tenant": "hub", "client_id": "dns", "certificate_path": "/hub.pem"}


def azure(arguments: dict[str, Any], **variables: Any) -> dict[str, Any]:
    return completed(arguments, "azure", variables.get)


@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        ({}, {}, {}),
        ({"name": "pe"}, {"private_link_azure_auth": OURS}, {"name": "pe", **OURS}),
        # Blank is not given, here as everywhere.
        ({"secret": "", "ca_path": ""}, {"private_link_azure_auth": {**OURS, "ca_path": ""}}, {"ca_path": "", **OURS}),
        ({}, {"private_link_azure_auth": None, "private_link_azure_subscription_id": ""}, {}),
        # A survey has only text.
        ({}, {"private_link_azure_auth": "tenant=ours, client_id=app, secret=hush-hush"}, OURS),
        ({}, {"private_link_azure_auth": '{"auth_source": "cli"}'}, {"auth_source": "cli"}),
        # Options of the task count, and halves of two identities never meet.
        ({"auth_source": "cli"}, {"private_link_azure_auth": OURS}, {"auth_source": "cli"}),
        ({"client_id": "mine"}, {"private_link_azure_auth": OURS}, {"client_id": "mine"}),
        # "auto" says nothing.
        ({"auth_source": "auto"}, {"private_link_azure_auth": OURS}, OURS),
        # A subscription goes with credentials from anywhere, and so do addresses, but not with half of another cloud's.
        ({"subscription_id": "s"}, {"private_link_azure_auth": OURS}, {"subscription_id": "s", **OURS}),
        (HUB, {"private_link_azure_subscription_id": "s"}, {"subscription_id": "s", **HUB}),
        (
            {"cloud_environment": "AzureChinaCloud"},
            {"private_link_azure_auth": {"resource_manager_url": "https://arm", "ca_path": "/ca"}},
            {"cloud_environment": "AzureChinaCloud", "ca_path": "/ca"},
        ),
        # The variable of its own counts before the dictionary, and options of the task before both.
        (
            {},
            {"private_link_azure_auth": {"subscription_id": "a"}, "private_link_azure_subscription_id": "b"},
            {"subscription_id": "b"},
        ),
        ({"subscription_id": "c"}, {"private_link_azure_subscription_id": "b"}, {"subscription_id": "c"}),
        # Credentials of a part take the place of all others; its subscription is the task's.
        (
            {**OURS, "subscription_id": "s"},
            {OF_THE_PART: "hub_auth", "hub_auth": {**HUB, "subscription_id": "h"}},
            {**HUB, "subscription_id": "s"},
        ),
        (OURS, {OF_THE_PART: "hub_auth", "hub_auth": {}}, OURS),
        (OURS, {OF_THE_PART: "hub_auth"}, OURS),
        ({}, {OF_THE_PART: "hub_auth", "hub_auth": "", "private_link_azure_auth": OURS}, OURS),
        (OURS, {OF_THE_PART: "", "hub_auth": HUB}, OURS),
    ],
)
def test_credentials_and_subscription(
    arguments: dict[str, Any], variables: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert azure(arguments, **variables) == expected


def test_atlas_has_variables_of_its_own() -> None:
    variables = {
        "private_link_atlas_auth": {"client_id": "mdb", "client_secret": "hush", "base_url": "https://gov"},
        "private_link_azure_auth": OURS,
        "private_link_azure_subscription_id": "s",
        OF_THE_PART: "private_link_azure_auth",
    }
    given = {"client_id": "mdb", "client_secret": "hush"}
    assert completed({}, "atlas", variables.get) == {**given, "base_url": "https://gov"}
    keys = {"public_key": "p", "private_key": "q"}
    assert completed(keys, "atlas", variables.get) == {**keys, "base_url": "https://gov"}


def test_other_modules_get_nothing() -> None:
    variables = {"private_link_azure_auth": OURS, "private_link_atlas_auth": 5}
    assert completed({"srv_host": "h"}, "private", variables.get) == {"srv_host": "h"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"tenent": "x", "secret": "hush-hush"}, "has names that are no such options (tenent)"),
        ("hush-hush", "is something else than a dictionary"),
        (["hush-hush"], "is something else than a dictionary"),
        ("tenant=x, hush-hush=y", "has names that are no such options:"),
        ({"secret": ["hush-hush"]}, "has something else than a text as secret"),
        ({"secret": {"value": "hush-hush"}}, "has something else than a text as secret"),
    ],
)
@pytest.mark.parametrize("variable", ["private_link_azure_auth", "private_link_dns_azure_auth"])
def test_a_wrong_dictionary_is_named_and_not_shown(value: Any, words: str, variable: str) -> None:
    with pytest.raises(Failure) as refused:
        azure({}, **{OF_THE_PART: "private_link_dns_azure_auth", variable: value})
    told = str(refused.value)
    assert f"{variable} {words}" in told and f"Correct {variable}" in told
    assert "hush-hush" not in told
    assert refused.value.result()["error"]["code"] == "InvalidInput"


SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("rg-app", (None, "rg-app")),
        (f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-app", (SUBSCRIPTION, "rg-app")),
        (f"/Subscriptions/{SUBSCRIPTION}/resourcegroups/rg-app/", (SUBSCRIPTION, "rg-app")),
    ],
)
def test_a_resource_group_is_given_by_name_or_by_id(value: str, expected: tuple[str | None, str]) -> None:
    assert ids.checked_place(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "rg/app",
        "",
        "/",
        f"/subscriptions/{SUBSCRIPTION}",
        "/subscriptions/mine/resourceGroups/rg",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/a.b",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg.",
    ],
)
def test_what_is_neither_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput, match="resource_group"):
        ids.checked_place(value)
