# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults by name. The first line of a fault's docstring says what it plays."""

from __future__ import annotations

from collections.abc import Callable

from tests.lab.faults.link import Link

OfLink = Callable[[Link], None]

LINK_FAULTS: dict[str, OfLink] = {}


def of_link(play: OfLink) -> OfLink:
    """Registers a fault of one link under its function's name."""
    LINK_FAULTS[play.__name__] = play
    return play
