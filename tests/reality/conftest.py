# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab in namespaces of its own, for the tests of one file."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.reality.outside import NEEDED, Reality, forbidden, started
from tests.support.tools import impossible, needs


@pytest.fixture(scope="session", autouse=True)
def namespaces() -> None:
    """All tests here need them."""
    if sys.platform != "linux":
        impossible("only Linux has network namespaces")
    needs(*NEEDED)
    if reason := forbidden():
        impossible(reason)


@pytest.fixture(scope="module")
def reality() -> Iterator[Reality]:
    with started() as running:
        yield running
