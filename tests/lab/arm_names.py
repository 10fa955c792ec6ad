# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names and places Azure takes.

Sources: Microsoft, naming rules for Azure resources (lengths and characters); public logs of Microsoft.Network's
InvalidResourceName and of Resource Manager's InvalidResourceGroup and LocationNotAvailableForResourceGroup (codes and
words). The words of private DNS are plausible and unverified.
"""

from __future__ import annotations

import re

from tests.lab import regions
from tests.lab.arm_call import ArmError, Call, normal_location
from tests.lab.bodies import shortened

#: Letters of any language may be in the name of a group, which does not end with a dot.
GROUP = re.compile(r"[\w().-]{0,89}[\w()-]")
LONGEST = {"microsoft.network/virtualnetworks": 64, "microsoft.network/privateendpoints": 64}
USUAL = 80
LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
LONGEST_DOMAIN = 253
ZONES = "microsoft.network/privatednszones"

#: Azure's regions that Atlas has none in (source: Microsoft, list of Azure regions; the sovereign clouds' too).
# fmt: off
OTHER_REGIONS = frozenset((
    "austriaeast", "belgiumcentral", "brazilus", "centraluseuap", "chinaeast", "chinaeast2", "chinaeast3",
    "chinanorth", "chinanorth2", "chinanorth3", "denmarkeast", "eastus2euap", "indonesiacentral", "israelcentral",
    "israelnorthwest", "jioindiacentral", "jioindiawest", "koreasouth", "malaysiasouth", "malaysiawest",
    "newzealandnorth", "qatarcentral", "southafricawest", "southcentralus2", "southeastus", "southindia",
    "taiwannorth", "taiwannorthwest", "uaecentral", "usdodcentral", "usdodeast", "usgovarizona", "usgovtexas",
    "usgovvirginia",
))
# fmt: on


def is_region(location: str) -> bool:
    """Whether Azure has a region, in its own spelling."""
    known = regions.is_known(location) and regions.azure_location(location) == location
    return known or location in OTHER_REGIONS


def group_location(call: Call) -> str:
    """The location of a resource group."""
    location = normal_location(call.body["location"])
    if not is_region(location):
        raise ArmError(
            400,
            "LocationNotAvailableForResourceGroup",
            f"The provided location '{shortened(location)}' is not available for resource group. List of available "
            f"regions is '{','.join(available())}'.",
        )
    return location


def available() -> list[str]:
    """Some of the regions, as ARM lists them."""
    return ["centralus", "eastus", "eastus2", "northeurope", "westeurope", "westus", "westus2", "westus3"]


def refuse_group(name: str) -> None:
    """Raises what is answered to a wrong name of a resource group."""
    if not GROUP.fullmatch(name):
        raise ArmError(
            400,
            "InvalidResourceGroup",
            f"The provided resource group name '{shortened(name)}' is invalid. The name can have up to 90 letters, "
            "digits, '-', '.', '(', ')' or '_', and cannot end with '.'.",
        )


def refuse(call: Call) -> None:
    """Raises what is answered to a PUT of a resource with a wrong name."""
    kind = call.id.type.lower()
    if kind == ZONES:
        refuse_domain(call.id.name, "The zone name", least=2)
    elif kind == f"{ZONES}/virtualnetworklinks":
        refuse_resource(call.id.name, kind, bare=True)
    elif kind.startswith(f"{ZONES}/"):
        _refuse_record_set(call)
    elif kind.startswith("microsoft.network/"):
        refuse_resource(call.id.name, kind)


def refuse_resource(name: str | None, kind: str = "", *, bare: bool = False) -> None:
    """The name of a resource of Microsoft.Network, or of a part of one."""
    longest = LONGEST.get(kind, USUAL)
    if not re.fullmatch(rf"[A-Za-z0-9]([\w.-]{{0,{longest - 2}}}\w)?", name or "", re.ASCII):
        raise ArmError(
            400,
            "InvalidResourceName",
            f"Resource name {shortened(name or '')} is invalid. The name can be up to {longest} characters long. It "
            "must begin with a word character, and it must end with a word character or with '_'. The name may contain "
            "word characters or '.', '-', '_'.",
            bare=bare,
        )


def is_domain(name: str | None, *, wildcard: bool = False) -> bool:
    """Whether DNS can hold a name: labels of 1 to 63 characters, 253 in all."""
    if not name:
        return False
    labels = name.removesuffix(".").split(".")
    if wildcard and labels[0] == "*":
        labels = labels[1:]
    return len(name.removesuffix(".")) <= LONGEST_DOMAIN and all(LABEL.fullmatch(label) for label in labels)


def refuse_domain(name: str, what: str, *, least: int = 1, most: int = 34) -> None:
    """A zone has 2 to 34 labels (source: Microsoft, private DNS zones overview)."""
    if not is_domain(name) or name.endswith(".") or not least <= name.count(".") + 1 <= most:
        raise ArmError(400, "BadRequest", f"{what} '{shortened(name)}' is invalid.", bare=True)


def _refuse_record_set(call: Call) -> None:
    assert call.id.parent is not None
    name = call.id.name
    whole = f"{name}.{call.id.parent.name}"
    fits = name == "@" or (is_domain(name, wildcard=True) and not name.endswith(".") and len(whole) <= LONGEST_DOMAIN)
    if not fits:
        message = f"The record set name '{shortened(name)}' is invalid."
        raise ArmError(400, "BadRequest", message, bare=True)
