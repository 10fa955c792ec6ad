# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Azure's regions as Azure spells them for people (source: Microsoft, list of Azure regions). Only those in which
Atlas has clusters."""

from __future__ import annotations

#: group of geographies -> the names of its regions
LOCATIONS = {
    "US": (
        "Central US",
        "East US",
        "East US 2",
        "North Central US",
        "South Central US",
        "West Central US",
        "West US",
        "West US 2",
        "West US 3",
    ),
    "Canada": ("Canada Central", "Canada East"),
    "Mexico": ("Mexico Central",),
    "South America": ("Brazil South", "Brazil Southeast", "Chile Central"),
    "Europe": (
        "France Central",
        "France South",
        "Germany North",
        "Germany West Central",
        "Italy North",
        "North Europe",
        "Norway East",
        "Norway West",
        "Poland Central",
        "Spain Central",
        "Sweden Central",
        "Sweden South",
        "Switzerland North",
        "Switzerland West",
        "UK South",
        "UK West",
        "West Europe",
    ),
    "Middle East": ("Israel Central", "Qatar Central", "UAE Central", "UAE North"),
    "Africa": ("South Africa North", "South Africa West"),
    "Asia Pacific": (
        "Australia Central",
        "Australia Central 2",
        "Australia East",
        "Australia Southeast",
        "Central India",
        "East Asia",
        "Indonesia Central",
        "Japan East",
        "Japan West",
        "Korea Central",
        "Korea South",
        "Malaysia West",
        "New Zealand North",
        "South India",
        "Southeast Asia",
        "West India",
    ),
}
NAMES = [name for names in LOCATIONS.values() for name in names]
