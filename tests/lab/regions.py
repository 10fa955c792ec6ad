# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's table of regions, for the lab.

Loaded from its file, so that a lab runs from any checkout, wherever Ansible looks for collections.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

_FILE = Path(__file__).parents[2] / "plugins" / "module_utils" / "_atlas" / "regions.py"
_SPEC = importlib.util.spec_from_file_location("lab_regions", _FILE)
assert _SPEC and _SPEC.loader
_TABLE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_TABLE)


def atlas_name(name: str) -> str:
    """The Atlas spelling of a region."""
    return str(_TABLE.atlas_name(name))


def azure_location(name: str) -> str:
    """The Azure spelling of a region."""
    return str(_TABLE.azure_location(name))


def is_known(name: str) -> bool:
    """Whether either cloud has it."""
    return _TABLE.pair(name) is not None
