# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What drivers check of the lab's SCRAM-SHA-256 before they answer it."""

from __future__ import annotations

import base64

from tests.lab.scram import Credential, Scram


def test_the_first_answer_has_a_salt_of_the_length_that_libmongoc_demands() -> None:
    """libmongoc: "invalid salt length" for anything but the 28 bytes of a server."""
    credential = Credential("secret")
    answer = Scram({"app": credential}.get, "n,,n=app,r=abc").server_first
    fields = dict(part.split("=", 1) for part in answer.split(","))
    assert len(base64.b64decode(fields["s"])) == 28
    assert fields["i"] == "4096"
