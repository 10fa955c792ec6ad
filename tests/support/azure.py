# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the Azure modules share: their options, and the resources of the seeded world."""

from __future__ import annotations

from typing import Any

from tests.lab.runtime import Lab

NETWORK: dict[str, Any] = {
    "name": "vnet-app",
    "location": "eastus2",
    "address_prefixes": ["127.20.0.0/16"],
    "subnets": [{"name": "endpoints", "address_prefix": "127.20.1.0/24"}],
}


def azure(lab: Lab, **more: Any) -> dict[str, Any]:
    """Options for an Azure module: who signs in, and the seeded resource group."""
    return {**lab.azure_options(), "resource_group": "rg-app", "wait_delay": 0.05, "wait_timeout": 20, **more}


def signed_in(lab: Lab, **more: Any) -> dict[str, Any]:
    """The same for a module that never waits."""
    return {**lab.azure_options(), **more}


def reads(lab: Lab) -> list[str]:
    """Every read of a resource."""
    return [one.path.split("?")[0] for one in lab.requests if one.cloud == "azure" and one.method == "GET"]


def path(lab: Lab, *names: str) -> str:
    """The id of a resource of Microsoft.Network in the seeded group."""
    group = f"/subscriptions/{lab.world.subscription_id}/resourceGroups/rg-app"
    return "/".join([group, "providers/Microsoft.Network", *names])


def stored(lab: Lab, *names: str) -> dict[str, Any]:
    """A resource as the world has it."""
    found: dict[str, Any] = lab.world.azure[path(lab, *names).lower()]
    return found
