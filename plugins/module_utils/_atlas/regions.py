# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Atlas region names and Azure locations, in both directions.

Source: MongoDB's reference page "Microsoft Azure" (table Azure Region / Location / Atlas Region), 2026-08; the New
Zealand alias from the Admin API's OpenAPI document. Both spellings are accepted by the API, which always answers with
the Atlas one; there is no rule that derives one from the other, hence the table.
"""

from __future__ import annotations

import difflib
import re

#: Azure location -> Atlas region, for the pairs that MongoDB documents.
DOCUMENTED = {
    "centralus": "US_CENTRAL",
    "eastus": "US_EAST",
    "eastus2": "US_EAST_2",
    "northcentralus": "US_NORTH_CENTRAL",
    "westus": "US_WEST",
    "westus2": "US_WEST_2",
    "westus3": "US_WEST_3",
    "westcentralus": "US_WEST_CENTRAL",
    "southcentralus": "US_SOUTH_CENTRAL",
    "brazilsouth": "BRAZIL_SOUTH",
    "brazilsoutheast": "BRAZIL_SOUTHEAST",
    "canadaeast": "CANADA_EAST",
    "canadacentral": "CANADA_CENTRAL",
    "chilecentral": "CHILE_CENTRAL",
    "mexicocentral": "MEXICO_CENTRAL",
    "northeurope": "EUROPE_NORTH",
    "westeurope": "EUROPE_WEST",
    "uksouth": "UK_SOUTH",
    "ukwest": "UK_WEST",
    "francecentral": "FRANCE_CENTRAL",
    "francesouth": "FRANCE_SOUTH",
    "italynorth": "ITALY_NORTH",
    "germanywestcentral": "GERMANY_WEST_CENTRAL",
    "germanynorth": "GERMANY_NORTH",
    "polandcentral": "POLAND_CENTRAL",
    "switzerlandnorth": "SWITZERLAND_NORTH",
    "switzerlandwest": "SWITZERLAND_WEST",
    "norwayeast": "NORWAY_EAST",
    "norwaywest": "NORWAY_WEST",
    "swedencentral": "SWEDEN_CENTRAL",
    "swedensouth": "SWEDEN_SOUTH",
    "spaincentral": "SPAIN_CENTRAL",
    "eastasia": "ASIA_EAST",
    "southeastasia": "ASIA_SOUTH_EAST",
    "australiacentral": "AUSTRALIA_CENTRAL",
    "australiacentral2": "AUSTRALIA_CENTRAL_2",
    "australiaeast": "AUSTRALIA_EAST",
    "australiasoutheast": "AUSTRALIA_SOUTH_EAST",
    "centralindia": "INDIA_CENTRAL",
    "southindia": "INDIA_SOUTH",
    "westindia": "INDIA_WEST",
    "indonesiacentral": "INDONESIA_CENTRAL",
    "japaneast": "JAPAN_EAST",
    "japanwest": "JAPAN_WEST",
    "koreacentral": "KOREA_CENTRAL",
    "koreasouth": "KOREA_SOUTH",
    "malaysiawest": "MALAYSIA_WEST",
    "newzealandnorth": "NEW_ZEALAND_NORTH",
    "uaenorth": "UAE_NORTH",
    "uaecentral": "UAE_CENTRAL",
    "qatarcentral": "QATAR_CENTRAL",
    "israelcentral": "ISRAEL_CENTRAL",
    "southafricanorth": "SOUTH_AFRICA_NORTH",
    "southafricawest": "SOUTH_AFRICA_WEST",
}

#: Pairs that follow the naming pattern but stand in no public table (China, Government, canary).
UNDOCUMENTED = {
    "chinaeast": "CHINA_EAST",
    "chinanorth": "CHINA_NORTH",
    "germanycentral": "GERMANY_CENTRAL",
    "germanynortheast": "GERMANY_NORTH_EAST",
    "eastus2euap": "US_EAST_2_EUAP",
    "usgovarizona": "US_GOV_ARIZONA",
    "usgovtexas": "US_GOV_TEXAS",
    "usgovvirginia": "US_GOV_VIRGINIA",
}


def fold(name: str) -> str:
    """The part of a region's name that means something: letters and digits, lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


_BY_FOLD = {
    fold(spelling): (location, region)
    for location, region in {**DOCUMENTED, **UNDOCUMENTED}.items()
    for spelling in (location, region)
}


def pair(name: str) -> tuple[str, str] | None:
    """C(eastus2), C(East US 2) or C(US_EAST_2) -> C(("eastus2", "US_EAST_2")); None for a name nobody documents."""
    return _BY_FOLD.get(fold(name))


def atlas_name(name: str) -> str:
    """The Atlas spelling; an unknown name comes back as it was, because MongoDB adds regions before we hear of them."""
    known = pair(name)
    return known[1] if known else name


def azure_location(name: str) -> str:
    """The Azure spelling; an unknown name comes back folded."""
    known = pair(name)
    return known[0] if known else fold(name)


def same(one: str, other: str) -> bool:
    """Whether two spellings mean one region."""
    return atlas_name(one) == atlas_name(other) or fold(one) == fold(other)


def is_documented(name: str) -> bool:
    """Whether MongoDB's documentation lists this region for Azure."""
    known = pair(name)
    return known is not None and known[0] in DOCUMENTED


def suggestions(name: str) -> list[str]:
    """Up to three known spellings that look like a mistyped name."""
    close = difflib.get_close_matches(fold(name), list(_BY_FOLD), n=3, cutoff=0.6)
    return sorted({_BY_FOLD[spelling][0] for spelling in close})
