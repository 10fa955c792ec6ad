# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Host names, as they are written and as they are compared."""

from __future__ import annotations

import re

#: At least two labels, the last of which no address can have.
HOST = re.compile(r"(?=.{1,253}$)([a-z0-9_][a-z0-9_-]{0,62}\.)+[a-z][a-z0-9-]{0,62}")
SRV_PREFIX = "_mongodb._tcp."


def normalise(name: str) -> str:
    """Lower case, without the final dot."""
    return name.strip().lower().rstrip(". ")
