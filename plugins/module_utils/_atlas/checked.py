# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What users may write, checked."""

from __future__ import annotations

from .._errors import InvalidInput
from . import regions


def checked_region(name: str) -> str:
    """The Atlas spelling of a region, or `InvalidInput` for one that no document knows."""
    if regions.pair(name) is None:
        near = regions.suggestions(name)
        raise InvalidInput(
            "region",
            name,
            "an Azure location such as eastus2 or an Atlas region such as US_EAST_2",
            f"Did you mean {' or '.join(near)}?" if near else "See the table of regions in MongoDB's documentation.",
        )
    return regions.atlas_name(name)
