# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test matrix (`make test-matrix`): every supported ansible-core with every Python that it runs on.

The sanity tests run with the first of these Pythons that is here: what they find does not depend on it.
`make test-slice` runs `oldest_core` and `newest_core`, with the options of pytest that stand after `--`. In CI a
Python that is missing is an error.
"""

from __future__ import annotations

import os
from pathlib import Path

import nox

from tests.tools.interpreters import find, search_path

# Source: the release notes of ansible-core, "Control node Python versions".
PYTHONS = {
    "2.16": ("3.10", "3.11", "3.12"),
    "2.17": ("3.10", "3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}
SUITES = ("tests/unit", "tests/lab_tests", "tests/integration", "tests/playbooks", "tests/awx")

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
# A Python that is not here is reported as skipped, in the summary's one line for it.
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = "CI" in os.environ
os.environ["PATH"] = search_path()


@nox.session
@nox.parametrize(
    "python,core",
    [
        nox.param(python, core, id=f"{core}-python{python}", tags=[core])
        for core, pythons in PYTHONS.items()
        for python in pythons
    ],
)
def matrix(session: nox.Session, core: str) -> None:
    """Run all suites and, once for each ansible-core, its sanity tests."""
    session.install("-qq", f"ansible-core=={core}.*", "-r", "tests/requirements.txt")
    if session.python == next(filter(find, PYTHONS[core])):
        session.run("python", "-m", "tests.tools.sanity", silent=True)
    run_suites(session)


@nox.session(python=PYTHONS["2.16"][0], tags=["2.16"])
def oldest(session: nox.Session) -> None:
    """Run all suites with the oldest supported version of everything that the modules import."""
    constraints = Path(session.create_tmp()) / "oldest.txt"
    lines = Path("requirements.txt").read_text().splitlines()
    constraints.write_text("".join(line.partition(",")[0].replace(">=", "==") + "\n" for line in lines))
    session.install("-qq", "ansible-core==2.16.*", "-r", "tests/requirements.txt", "-c", str(constraints))
    run_suites(session)


@nox.session(python=next(filter(find, reversed(PYTHONS["2.16"])), PYTHONS["2.16"][-1]))
def oldest_core(session: nox.Session) -> None:
    """Run all suites with the oldest supported ansible-core, and the newest fitting versions of everything else."""
    session.install("-qq", "ansible-core==2.16.*", "-r", "tests/requirements.txt")
    run_suites(session)


@nox.session(python=next(filter(find, reversed(PYTHONS["2.21"])), PYTHONS["2.21"][-1]))
def newest_core(session: nox.Session) -> None:
    """Run all suites with the newest supported ansible-core."""
    session.install("-qq", "ansible-core==2.21.*", "-r", "tests/requirements.txt")
    run_suites(session)


def run_suites(session: nox.Session) -> None:
    options = session.posargs or ["-n", "2", "--dist", "worksteal"]
    session.run("python", "-m", "pytest", "-q", "-p", "tests.tools.quiet", *options, *SUITES)
