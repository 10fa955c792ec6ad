# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our model of the Atlas API against MongoDB's OpenAPI document. `conftest.py` collects this only where that is."""

from __future__ import annotations

import json

from tests.support import openapi


def test_the_model_says_what_the_vendors_document_says() -> None:
    location = openapi.locate()
    assert location
    assert openapi.differences(json.loads(location.read_text(encoding="utf-8"))) == []
