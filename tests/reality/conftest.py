# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab in namespaces of its own, for the tests of one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reality.outside import Reality, forbidden, missing, started

PACKAGES = {
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "nft": "nftables",
    "node": "nodejs",
    "npm": "npm",
}
Needs = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where there can be no namespaces, all tests here are skipped, and one line says why."""
    ours = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    if ours and (reason := forbidden()):
        for item in ours:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def reality() -> Iterator[Reality]:
    with started() as running:
        yield running


@pytest.fixture(scope="module")
def needs() -> Needs:
    """`needs("nft")`: skips what asks, where this program is not installed."""

    def check(*programs: str) -> None:
        for program in programs:
            if missing(program):
                pytest.skip(f"{program} is missing (Debian package {PACKAGES[program]})")

    return check
