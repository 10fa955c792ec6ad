# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates: each runs a tool on the checkout, or on a copy of it, and shows what the tool said only if it objects.

The fast ones belong to `make test`. The slow ones run in `make test-all`, again only if their input changed.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.support.environment import PROGRAMS
from tests.tools.remember import unless_passed
from tests.tools.stage import CHECKOUT, NOT_SHIPPED, checked_out, stage

# The first run installs the environments of ansible-test.
pytestmark = pytest.mark.timeout(1800)

CHECKS = {
    "ruff check": ["ruff", "check", "--quiet"],
    "ruff format": ["ruff", "format", "--check", "--quiet", "--diff"],
    "mypy": ["mypy", "-p", "ansible_collections.privatelink.mongodb.plugins", "-p", "tests"],
    "yamllint": ["yamllint", "--strict", "."],
    "antsibull-changelog": ["antsibull-changelog", "lint"],
    "fragments": ["python", "-m", "tests.tools.fragments"],
}
STAGED_CHECKS = {
    "ansible-lint": ["ansible-lint", "-q", "--nocolor"],
    "antsibull-docs": [
        *["antsibull-docs", "lint-collection-docs", "--plugin-docs"],
        *["--validate-collection-refs", "all", "--check-extra-docs-refs", "."],
    ],
}
TOP_LEVEL = {
    *["CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "FILES.json", "LICENSE", "LICENSES", "MAINTAINERS"],
    *[
        "MANIFEST.json",
        "README.md",
        "REUSE.toml",
        "SECURITY.md",
        "changelogs",
        "docs",
        "examples",
        "meta",
        "playbooks",
        "plugins",
        "requirements.txt",
        "roles",
        "tests",
    ],
}
# Nothing listens there: a tool that should stay offline, and does not, fails.
NO_SERVER = "http://127.0.0.1:9/"


def run(
    command: list[str],
    cwd: Path = CHECKOUT,
    collections: Path | None = None,
    programs: Path = PROGRAMS,
    **more: str,
) -> str:
    """Run a program of this environment, or of the one with these programs, and with more variables of the environment.
    Fail the test with its output if it fails, else return its standard output."""
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "ANSIBLE_GALAXY_SERVER": NO_SERVER, **more}
    if collections:
        env["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    command = [str(programs / command[0]), *command[1:]]
    result = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.fail(f"$ {shlex.join(command)}\n{result.stdout}{result.stderr}", pytrace=False)
    return result.stdout


@pytest.mark.parametrize("command", CHECKS.values(), ids=CHECKS)
def test_check(command: list[str]) -> None:
    run(command)


def test_reuse() -> None:
    run(["reuse", "lint", "--lines"], cwd=stage("clean"))


@pytest.mark.full
@pytest.mark.parametrize("name", STAGED_CHECKS)
def test_staged_check(name: str) -> None:
    collection = stage("clean")
    unless_passed(
        name, checked_out(), lambda: run(STAGED_CHECKS[name], cwd=collection, collections=collection.parents[2])
    )


@pytest.mark.full
def test_docs() -> None:
    unless_passed("docs", checked_out(NOT_SHIPPED), lambda: run(["python", "-m", "tests.tools.docs"]))


@pytest.mark.full
def test_sanity() -> None:
    assert not list(CHECKOUT.glob("tests/sanity/ignore*")), "sanity must pass without ignore files"
    unless_passed("sanity", checked_out(NOT_SHIPPED), lambda: run(["python", "-m", "tests.tools.sanity"]))


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("artifact")
    run(["ansible-galaxy", "collection", "build", "--output-path", str(directory)], cwd=stage("clean"))
    return next(directory.glob("privatelink-mongodb-*.tar.gz"))


@pytest.fixture(scope="module")
def installed(artifact: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collections path that holds the installed artifact."""
    directory = tmp_path_factory.mktemp("collections")
    install = ["ansible-galaxy", "collection", "install", str(artifact), "--offline", "-p", str(directory)]
    run(install, collections=directory)
    return directory


@pytest.mark.full
def test_artifact_holds_what_users_need_and_nothing_else(artifact: Path) -> None:
    with tarfile.open(artifact) as archive:
        names = [member.name for member in archive.getmembers()]
    assert {name.partition("/")[0] for name in names} == TOP_LEVEL
    assert {name.split("/")[1] for name in names if name.startswith("tests/")} == {
        *["__init__.py", "lab", "lab-requirements.txt"]
    }
    assert not [name for name in names if re.search(r"__pycache__|\.pyc$|/\.", name)]
    assert {f"roles/{role.name}/README.md" for role in CHECKOUT.glob("roles/*")} <= set(names)


@pytest.mark.full
def test_galaxy_takes_the_artifact(artifact: Path, tmp_path: Path) -> None:
    log = run(
        ["python", "-m", "galaxy_importer.main", artifact.name],
        cwd=artifact.parent,
        collections=tmp_path,  # not the checkout: it would be found there, and the artifact would not be looked at
        programs=CHECKOUT / ".venv" / "galaxy" / "bin",
        GALAXY_IMPORTER_CHECK_REQUIRED_TAGS="true",
        GALAXY_IMPORTER_RUN_ANSIBLE_LINT="false",  # its own gate above is stricter
    )
    assert not re.findall(r"^(?:WARNING|ERROR|CRITICAL): .*", log, re.MULTILINE)
    assert log.endswith("Importer processing completed successfully\n")


@pytest.mark.full
def test_installed_artifact_lists_every_module(installed: Path) -> None:
    listing = run(["ansible-doc", "--list", "--json", "privatelink.mongodb"], collections=installed)
    modules = {f"privatelink.mongodb.{path.stem}" for path in CHECKOUT.glob("plugins/modules/*.py")}
    assert set(json.loads(listing)) == modules


@pytest.mark.full
def test_installed_playbooks_are_found_by_name(installed: Path) -> None:
    playbooks = [f"privatelink.mongodb.{path.stem}" for path in CHECKOUT.glob("playbooks/*.yml")]
    assert playbooks
    run(["ansible-playbook", "--syntax-check", "--inventory", "localhost,", *playbooks], collections=installed)


@pytest.mark.full
def test_installed_artifact_carries_a_lab_that_starts(installed: Path) -> None:
    run(["python", "-m", "tests.lab", "--help"], cwd=installed / "ansible_collections" / "privatelink" / "mongodb")
