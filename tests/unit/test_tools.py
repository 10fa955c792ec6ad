# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools of the test suite themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.remember import fingerprint, unless_passed
from tests.tools.stage import NOT_SHIPPED, checked_out

FILES = ["pyproject.toml"]


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collects the checks that ran, outside of CI."""
    monkeypatch.delenv("CI", raising=False)
    return []


def test_remember_passed_check_does_not_run_again(checks: list[str], tmp_path: Path) -> None:
    for _run in range(2):
        unless_passed("lint", FILES, lambda: checks.append("lint"), tmp_path)
    assert checks == ["lint"]


def test_remember_changed_input_runs_the_check_again(checks: list[str], tmp_path: Path) -> None:
    for files in (FILES, [*FILES, "galaxy.yml"], FILES):
        unless_passed("lint", files, lambda: checks.append("lint"), tmp_path)
    assert checks == ["lint"] * 3


def test_remember_failed_check_runs_again(checks: list[str], tmp_path: Path) -> None:
    unless_passed("lint", FILES, lambda: checks.append("lint"), tmp_path)
    with pytest.raises(ZeroDivisionError):
        unless_passed("lint", [*FILES, "galaxy.yml"], lambda: 1 / 0, tmp_path)
    unless_passed("lint", FILES, lambda: checks.append("lint"), tmp_path)
    assert checks == ["lint"] * 2


def test_remember_ci_runs_every_check(checks: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    for _run in range(2):
        unless_passed("lint", FILES, lambda: checks.append("lint"), tmp_path)
    assert checks == ["lint"] * 2


def test_fingerprint_depends_on_names_and_contents(tmp_path: Path) -> None:
    for name, content in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).write_text(content)
    assert len({fingerprint([name], tmp_path) for name in "abc"}) == 3
    assert fingerprint("ab", tmp_path) == fingerprint("ba", tmp_path)


def test_checked_out_leaves_out_what_users_do_not_get() -> None:
    shipped = checked_out(NOT_SHIPPED)
    assert "tests/lab/world.py" in shipped and "tests/unit/test_tools.py" in checked_out()
    assert not [path for path in shipped if path.startswith(NOT_SHIPPED)]
