# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs playbooks as users do, against a lab in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.runtime import Lab
from tests.support.ansible import Ansible, Play


@pytest.fixture
def play(lab: Lab, tmp_path: Path) -> Play:
    """`play("atlas_private_link", "--check", atlas_private_link_region="...")`: variables beside the lab's own link,
    which is that of the `product`. A playbook that is none of ours is a path."""
    return Ansible(lab, tmp_path).play
