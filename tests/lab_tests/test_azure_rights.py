# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Azure's role-based access control in the lab: what a role allows, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.__main__ import main
from tests.lab.rights import Rights, Role
from tests.lab_tests.azure_server import GROUP, REGION, Azure

NETWORK = "Microsoft.Network/virtualNetworks"
NAMES = ("networkSecurityGroups", "routeTables", "natGateways")


def code(error: pytest.ExceptionInfo[HttpResponseError]) -> tuple[int | None, str | None]:
    return error.value.status_code, error.value.error.code if error.value.error else None


@given(st.text("aB/*.", max_size=8), st.text("aB/.", max_size=8))
def test_an_action_is_allowed_by_itself_in_any_case_and_by_wildcards_before_it(action: str, rest: str) -> None:
    assert Role("r", (action,)).allows(action.swapcase())
    assert Role("r", (f"{action}*",)).allows(action + rest)
    assert not Role("r", ("*",), (action,)).allows(action)
    assert not Role("r", (f"x{action}",)).allows(action)


@pytest.mark.parametrize("wrong", [[], {}, {"Name": "r"}, {"Actions": []}, {"Name": "r", "Actions": "*"}])
def test_what_is_no_role(wrong: Any) -> None:
    with pytest.raises(ValueError, match="Name or Actions"):
        Role.parse(wrong)


def test_what_cannot_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="must be the id"):
        Rights().give([Role("r", ("*",))], "rg-app")
    (tmp_path / "role.json").write_text("[]")
    for file, words in (("role.json", "Name or Actions"), ("missing.json", "No such file")):
        monkeypatch.setattr("sys.argv", ["lab", "rights", str(tmp_path / file)])
        with pytest.raises(SystemExit):
            main()
        assert words in capsys.readouterr().err


def test_a_role_reaches_as_far_as_its_scope(azure: Azure) -> None:
    subnet = azure.add_network()
    network = subnet.partition("/subnets/")[0]
    other = azure.world.add_resource_group("rg-other", REGION)["id"]
    hidden = network.replace(GROUP, "rg-other")
    body = azure.call("GET", network).json()
    assert azure.call("PUT", hidden, {"location": REGION, "properties": body["properties"]}).status_code == 201
    everywhere = f"/subscriptions/{azure.world.subscription_id}/providers/{NETWORK}"

    def seen(path: str) -> list[str] | int:
        answer = azure.call("GET", path)
        return [one["id"] for one in answer.json()["value"]] if answer.ok else answer.status_code

    azure.world.rights.give([Role("reader", (f"{NETWORK}/read",))], network)
    assert azure.call("GET", network).ok and seen(everywhere) == [network]
    client = azure.world.client_id
    words = f"The client '{client}' with object id '{client}' does not have authorization to perform action "
    refusal = f"{words}'{NETWORK}/read' over scope '{hidden}' or the scope is invalid."
    assert azure.call("GET", hidden).json()["error"]["message"].startswith(refusal)
    assert azure.call("DELETE", network).status_code == 403
    assert seen(f"{other}/providers/{NETWORK}") == 403
    azure.world.rights.give([Role("reader", ("*/read",))], other)
    assert seen(everywhere) == [hidden]
    azure.world.rights.give([Role("none", ("Some.Other/*",))], other)
    assert seen(everywhere) == 403
    azure.world.rights.give([Role("writer", ("*",))], hidden)
    begun = azure.call("PUT", hidden, {"location": REGION, "properties": body["properties"]})
    assert azure.call("GET", begun.headers["Azure-AsyncOperation"]).status_code == 403  # it is the group's, at least
    azure.world.rights.give([Role("writer", ("*",))], other)
    assert azure.call("GET", begun.headers["Azure-AsyncOperation"]).ok
    azure.world.rights.give([], other)
    assert seen(everywhere) == [network, hidden]


def test_what_a_resource_refers_to_must_be_joined(azure: Azure) -> None:
    subnet = azure.add_network()
    place = f"/subscriptions/{azure.world.subscription_id}/resourceGroups/{GROUP}/providers/Microsoft.Network"
    for kind in NAMES:
        azure.world.rights.denied = {f"Microsoft.Network/{kind}/join/action"}
        linked = {kind.removesuffix("s"): {"id": f"{place}/{kind}/x"}}
        answer = azure.call("PUT", subnet, {"properties": {"addressPrefix": "10.20.1.0/24", **linked}})
        assert answer.json()["error"]["code"] == "LinkedAuthorizationFailed"
    azure.world.rights.denied = {"Microsoft.Network/applicationSecurityGroups/joinIpConfiguration/action"}
    body = azure.endpoint(subnet, azure.add_service().pls_id)
    body["properties"]["applicationSecurityGroups"] = [{"id": f"{place}/applicationSecurityGroups/x"}]
    with pytest.raises(HttpResponseError) as error:
        azure.network.private_endpoints.begin_create_or_update(GROUP, "pe", body)
    assert code(error) == (403, "LinkedAuthorizationFailed")
