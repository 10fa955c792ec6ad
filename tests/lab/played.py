# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab answers to a request that it does not play.

The clouds answer 404 for what they do not have, and clients take a 404 for "there is none": a module then reports that
a resource is absent which exists. So the lab says 501, which azure-core, urllib3 and azure-cli neither repeat nor take
for absence, with a code that no cloud has. It cannot know which of these requests a real cloud would refuse, too.
"""

from __future__ import annotations

STATUS = 501
CODE = "NotPlayedByTheLab"


def not_played(what: str, method: str, path: str) -> str:
    """The words, for `what` of the cloud a request asked for."""
    return f"The lab does not play {what} ({method} {path}). See the list in tests/lab/README.md."
