# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No test is left out in silence: sessions of pytest in processes of their own, and what CI installs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import tools
from tests.tools.skips import summary
from tests.tools.stage import CHECKOUT

SESSION = """
import pytest
from tests.support import tools

tools.PACKAGES |= {"no-sshd": "openssh-server", "no-browser": "chromium"}

def test_runs(): pass
def test_needs_sshd(): tools.needs("no-sshd")
def test_needs_sshd_too(): tools.needs("sh", "no-sshd")
def test_needs_a_browser(): tools.needs("no-browser")
def test_needs_python(): tools.lacks("Python 3.9", "pyenv install 3.9")
def test_needs_another_platform(): tools.impossible("only Linux has namespaces")
@pytest.mark.xfail(strict=True)
def test_fails_as_expected(): raise AssertionError
"""
#: Skips that do not say what is missing, and so have no place here.
OTHERS = """
@pytest.mark.skip
def test_marked(): pass
@pytest.mark.skipif(True, reason="never")
def test_marked_with_a_condition(): pass
@pytest.fixture
def absent(): pytest.skip("no fixture")
def test_without_its_fixture(absent): pass
"""
MODULE = 'import pytest\npytest.importorskip("no_such_library")\n'


def session(directory: Path, ci: str, *sources: str) -> str:
    """What a session says about the tests of these files."""
    for number, source in enumerate(sources):
        (directory / f"test_{number}.py").write_text(source)
    options = ("-q", "-rf", "-p", "tests.tools.skips", "-p", "no:cacheprovider", "-c", os.devnull)
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(directory)],
        cwd=CHECKOUT,
        env={**os.environ, "CI": ci, "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def test_a_session_ends_with_what_was_not_run_and_the_commands_that_make_it_run(tmp_path: Path) -> None:
    said = session(tmp_path, "", SESSION).splitlines()
    assert said[-2] == (
        "5 tests were not run (no-sshd, no-browser, Python 3.9, impossible here: only Linux has namespaces). "
        "To run them: apt-get install chromium openssh-server && pyenv install 3.9"
    )
    assert said[-1].startswith("1 passed, 5 skipped, 1 xfailed in ")
    assert not [line for line in said if "SKIPPED" in line]


def test_in_ci_a_test_that_is_left_out_fails_unless_its_platform_forbids_it(tmp_path: Path) -> None:
    said = session(tmp_path, "true", SESSION + OTHERS)
    assert re.search(r"^4 failed, 1 passed, 1 skipped, 1 xfailed, 3 errors in ", said, re.MULTILINE)
    assert (
        "CI leaves out no test, but this one was: needs no-sshd; install it with: apt-get install openssh-server"
        in said
    )
    assert "1 test was not run (impossible here: only Linux has namespaces)." in said.splitlines()


def test_in_ci_a_file_that_is_left_out_fails(tmp_path: Path) -> None:
    assert re.search("^1 error in ", session(tmp_path, "true", MODULE), re.MULTILINE)


def test_the_line_about_skips_joins_packages_and_repeats_nothing() -> None:
    assert summary(["not today"]) == "1 test was not run (not today)."
    needed = ["needs nft; install it with: apt-get install nftables"] * 3
    assert summary(needed) == "3 tests were not run (nft). To run them: apt-get install nftables"


def test_no_test_is_left_out_but_through_the_helper() -> None:
    """The plugin finds a skip when it happens, this finds it before."""
    own = {Path(tools.__file__), Path(__file__)}
    found = [
        f"{path.relative_to(CHECKOUT)}: {line.strip()}"
        for path in CHECKOUT.glob("tests/**/*.py")
        if path not in own
        for line in path.read_text().splitlines()
        if re.search(r"pytest\.skip\(|mark\.skip|skipif|importorskip", line)
    ]
    assert found == []


@pytest.fixture
def install(tmp_path: Path) -> Callable[[str], tuple[int, str, list[str]]]:
    """Runs `.ci/install` where there is nothing but a shell and Python; its status, what it says, and what apt-get was
    asked for. apt-get always talks, and fails where its arguments contain a word."""
    for program in ("bash", "dirname", "env"):
        (tmp_path / program).symlink_to(str(tools.find(program)))
    asked = tmp_path / "asked"
    scripts = {
        "apt-get": f'echo "$*" >> "{asked}"; echo noise; [[ -z $FAIL || "$*" != *"$FAIL"* ]]',
        "sudo": '[[ $1 == --non-interactive ]] && "${@:2}"',
    }
    for program, script in scripts.items():
        (tmp_path / program).write_text(f"#!{tmp_path}/bash\n{script}\n")
        (tmp_path / program).chmod(0o755)

    def run(fail: str) -> tuple[int, str, list[str]]:
        asked.write_text("")
        env = {"PATH": str(tmp_path), "PYTHON": sys.executable, "FAIL": fail}
        command = [str(tmp_path / "bash"), str(CHECKOUT / ".ci/install")]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr, asked.read_text().splitlines()

    return run


def test_ci_installs_what_is_missing_with_one_update_and_talks_only_when_it_fails(
    install: Callable[[str], tuple[int, str, list[str]]],
) -> None:
    status, said, asked = install("")
    assert (status, said, len(asked)) == (0, "", 2)
    update, packages = asked
    assert update == "--quiet=2 update"
    assert re.fullmatch("--quiet=2 --yes install --no-install-recommends chromium .*util-linux", packages)
    advice = f"The tests need these packages. As root: apt-get install {packages.rpartition('recommends ')[2]}\n"
    assert install("update") == (1, f"noise\n{advice}", [update])
    assert install("install") == (1, f"noise\nnoise\n{advice}", asked)
