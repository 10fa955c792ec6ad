# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the whole lab: single requests, credentials, and what is created next. Keyword arguments are settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.lab.dns import FAULTS as DNS_FAULTS
from tests.lab.faults.settings import read

if TYPE_CHECKING:
    from tests.lab.runtime import Lab


def request(lab: Lab, **settings: Any) -> None:
    """A request goes wrong: effect=slow|refuse|throttle|cut|drop|page; cloud, method, path, times, seconds, status."""
    given = {name: read(name, value) for name, value in settings.items()}
    lab.traffic.inject(given.pop("effect", "refuse"), **given)


def service_fails(lab: Lab) -> None:
    """The next endpoint service that is created ends in FAILED."""
    lab.world.next_service_outcome = "FAILED"


def interface_fails(lab: Lab) -> None:
    """The next endpoint interface that is registered ends in FAILED."""
    lab.world.next_interface_outcome = "FAILED"


def interface_lingers(lab: Lab, seconds: float = 60) -> None:
    """The network interface of a deleted private endpoint stays for some seconds: its subnet cannot be deleted yet.

    It happens now and then in Azure (sources: Azure/azure-rest-api-specs issue 32752; issue 28831 of
    terraform-provider-azurerm, in which it took up to ten minutes).
    """
    lab.world.lingering = seconds


def old_versions_gone(lab: Lab) -> None:
    """Atlas serves clusters under no date before 2024-08-05 any more (410 VERSION_GONE), as from 2027-07-01 on."""
    lab.world.old_versions_gone = True


def no_payment_method(lab: Lab) -> None:
    """Atlas answers 402 to what costs money."""
    for project in lab.world.projects.values():
        project.payment_method = False


def not_on_access_list(lab: Lab) -> None:
    """The Atlas credentials may not be used from this machine (403)."""
    for credential in lab.world.credentials.values():
        credential.allowed = False


def read_only(lab: Lab) -> None:
    """The Atlas credentials are Project Read Only in every project."""
    for credential in lab.world.credentials.values():
        credential.roles = dict.fromkeys(credential.roles, "GROUP_READ_ONLY")


def dns(lab: Lab, effect: str = "servfail", name: str = "*", type: str = "*") -> None:  # noqa: A002
    """Resolvers misbehave: effect=servfail|nodata|nxdomain|drop|..., for a name and a type."""
    if effect not in DNS_FAULTS:
        raise ValueError(f"effect is {effect!r}: one of {', '.join(sorted(DNS_FAULTS))}")
    lab.world.dns_faults[(name, type)] = effect


LAB_FAULTS: dict[str, Callable[..., None]] = {
    made.__name__: made
    for made in (
        request,
        service_fails,
        interface_fails,
        interface_lingers,
        old_versions_gone,
        no_payment_method,
        not_on_access_list,
        read_only,
        dns,
    )
}
