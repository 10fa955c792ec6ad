# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tags a resource can have, and how long they may be; for record sets the same of their metadata.

Private DNS zones and their links have limits and words of their own (source: Azure/bicep-registry-modules issue 1541,
hashicorp/terraform-provider-azurerm issue 21749, Azure/azure-rest-api-specs issue 13600; for links the words are
inferred). All others: Microsoft, tag limitations; their code and words are plausible and unverified. That record sets
take 15 entries of metadata is what Microsoft says of "Azure DNS (Zone and A records)"; that those of private zones do,
and with which words they refuse more, is unverified.
"""

from __future__ import annotations

from typing import Any

from tests.lab.arm_call import ArmError, Call

MOST, MOST_IN_DNS = 50, 15
LONGEST_NAME, LONGEST_VALUE = 512, 256
IN_DNS = ("microsoft.network/privatednszones", "microsoft.network/privatednszones/virtualnetworklinks")
LIMITS = (
    f"A maximum of {MOST_IN_DNS} tags are allowed with keys no longer than {LONGEST_NAME} and values no longer than "
    f"{LONGEST_VALUE} characters."
)


def refuse(call: Call) -> None:
    """Raises what stands against the tags, or the metadata, of a PUT or a PATCH."""
    kind = call.id.type.lower()
    if kind in IN_DNS:
        if not _fits(call.body.get("tags"), MOST_IN_DNS):
            raise ArmError(400, "BadRequest", f"The resource tags are invalid. {LIMITS}", bare=True)
    elif kind.startswith(f"{IN_DNS[0]}/"):
        if not _fits(call.properties.get("metadata"), MOST_IN_DNS):
            raise ArmError(400, "BadRequest", f"The metadata is invalid. {LIMITS}", bare=True)
    elif not _fits(call.body.get("tags"), MOST):
        raise ArmError(
            400,
            "InvalidTags",
            f"The tags of resource '{call.id.name}' are invalid. A resource can have {MOST} tags, with names of up to "
            f"{LONGEST_NAME} and values of up to {LONGEST_VALUE} characters.",
        )


def _fits(given: Any, most: int) -> bool:
    tags: dict[str, Any] = given or {}
    lengths = all(len(name) <= LONGEST_NAME and len(str(value)) <= LONGEST_VALUE for name, value in tags.items())
    return len(tags) <= most and lengths
