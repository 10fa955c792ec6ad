# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the Azure modules share."""

from __future__ import annotations

from typing import Any

NETWORK = {
    "name": "vnet-app",
    "location": "eastus2",
    "address_prefixes": ["127.20.0.0/16"],
    "subnets": [{"name": "endpoints", "address_prefix": "127.20.1.0/24"}],
}


def azure(lab: Any, **more: Any) -> dict[str, Any]:
    """Options for an Azure module: who signs in, and the seeded resource group."""
    return {**lab.azure_options(), "resource_group": "rg-app", "wait_delay": 0.05, "wait_timeout": 20, **more}


def signed_in(lab: Any, **more: Any) -> dict[str, Any]:
    """The same for a module that never waits."""
    return {**lab.azure_options(), **more}


def writes(lab: Any) -> list[str]:
    """Every write that a client sent, as "METHOD path" without the query."""
    return [f"{one.method} {one.path.split('?')[0]}" for one in lab.requests if one.is_write]


def reads(lab: Any) -> list[str]:
    """Every read of a resource."""
    return [one.path.split("?")[0] for one in lab.requests if one.cloud == "azure" and one.method == "GET"]


def path(lab: Any, *names: str) -> str:
    """The id of a resource of Microsoft.Network in the seeded group."""
    group = f"/subscriptions/{lab.world.subscription_id}/resourceGroups/rg-app"
    return "/".join([group, "providers/Microsoft.Network", *names])


def stored(lab: Any, *names: str) -> dict[str, Any]:
    """A resource as the world has it."""
    found: dict[str, Any] = lab.world.azure[path(lab, *names).lower()]
    return found


def assert_predicted(predicted: dict[str, Any], real: dict[str, Any], *server_assigned: str) -> None:
    """Check mode said what then happened, but for what only the cloud can know."""
    assert predicted["changed"] is real["changed"] is True
    one, other = predicted["diff"]["after"], real["diff"]["after"]
    assert {k: v for k, v in one.items() if k not in server_assigned} == {
        k: v for k, v in other.items() if k not in server_assigned
    }
    assert one.keys() == other.keys()


def assert_unchanged(lab: Any, result: dict[str, Any], before: list[str]) -> None:
    """Nothing changed, nothing was written since `before`."""
    assert result["changed"] is False, result
    assert writes(lab) == before


def assert_refused(result: dict[str, Any], *words: str) -> None:
    """A failure in one line that holds these words and says what to do."""
    assert result.get("failed") is True, result
    assert all(word in result["msg"] for word in words), result["msg"]
    assert "\n" not in result["msg"] and "Traceback" not in result["msg"]
    assert result["error"]["cause"] and result["error"]["fix"], result["error"]
