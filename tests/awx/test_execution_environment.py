# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container image gets: ansible-builder finds it all, and it is little. Images themselves are not built here."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml
from filelock import FileLock
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.hop import HOPS
from tests.lab.demo import environment
from tests.lab.runtime import Lab
from tests.support.environment import PROGRAMS
from tests.support.tools import lacks
from tests.tools.interpreters import find
from tests.tools.stage import CACHE, CHECKOUT, stage

MEGABYTES = 110
PAGE = CHECKOUT / "docs" / "docsite" / "rst" / "awx.rst"


def builder(*arguments: str | Path) -> str:
    done = subprocess.run([PROGRAMS / "ansible-builder", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def requirements(name: str) -> list[Requirement]:
    lines = (CHECKOUT / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


# -- what ansible-builder makes of it ------------------------------------------------------------------------------


def test_the_builder_finds_what_the_collection_declares() -> None:
    collections = stage("clean").parents[2]
    found = yaml.safe_load(builder("introspect", collections))
    declared = {str(Requirement(line.partition("#")[0])) for line in found["python"]}
    assert declared == {str(one) for one in requirements("meta/ee-requirements.txt")}
    assert found["system"] == []  # no compiler, no package of the distribution


def test_execution_environments_get_the_lower_bounds() -> None:
    """The lower bounds of requirements.txt, and no upper ones: other collections may want something newer."""
    assert [(one.name, str(one.specifier)) for one in requirements("meta/ee-requirements.txt")] == [
        (one.name, next(str(bound) for bound in one.specifier if bound.operator == ">="))
        for one in requirements("requirements.txt")
    ]


def test_the_builder_takes_the_example(tmp_path: Path) -> None:
    definition = CHECKOUT / "examples" / "ee" / "execution-environment.yml"
    builder("create", "-f", definition, "-c", tmp_path, "--output-filename", "Containerfile")
    recipe = (tmp_path / "Containerfile").read_text()
    made = yaml.safe_load(definition.read_text())
    assert (
        made["images"]["base_image"]["name"] in recipe and made["dependencies"]["ansible_core"]["package_pip"] in recipe
    )
    built = tmp_path / "_build"
    asked = yaml.safe_load((built / "requirements.yml").read_text())
    assert asked == yaml.safe_load((CHECKOUT / "examples/awx/project/collections/requirements.yml").read_text())
    assert "python" not in made["dependencies"], "the collection declares its libraries itself"
    assert (built / "bindep.txt").read_text().split("\n")[0] == made["dependencies"]["system"][0]


# -- what it weighs ------------------------------------------------------------------------------------------------


def closure(wanted: Iterable[Requirement]) -> dict[str, importlib.metadata.Distribution]:
    """What is installed here for these requirements and, in turn, for theirs; by name."""
    found: dict[str, importlib.metadata.Distribution] = {}
    seen: set[str] = set()
    left = list(wanted)
    while left:
        one = left.pop()
        if str(one) in seen:
            continue
        seen.add(str(one))
        distribution = importlib.metadata.distribution(one.name)
        found[canonicalize_name(one.name)] = distribution
        left += _required(distribution, one.extras)
    return found


def _required(distribution: importlib.metadata.Distribution, extras: set[str]) -> Iterator[Requirement]:
    for requirement in map(Requirement, distribution.requires or []):
        if not requirement.marker or any(requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def imported(path: Path) -> Iterator[str]:
    """The top-level packages that a file imports by name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


def test_requirements_bring_every_library_that_plugins_import() -> None:
    """Those that a plugin can do without, too: without PyMongo a link that works ends as "not checked"."""
    brings = {*closure(requirements("requirements.txt")), *closure([Requirement("ansible-core")])}
    distributions = importlib.metadata.packages_distributions()
    packages = {name for path in CHECKOUT.glob("plugins/**/*.py") for name in imported(path)}
    for package in packages - sys.stdlib_module_names - {"ansible_collections"}:
        assert {canonicalize_name(name) for name in distributions[package]} & brings, package


def test_what_the_collection_needs_is_listed_and_little() -> None:
    found = closure(requirements("requirements.txt"))
    files = [file.locate() for one in found.values() for file in one.files or [] if "__pycache__" not in file.parts]
    size = sum(path.stat().st_size for path in map(Path, map(str, files)) if path.is_file())
    assert 10e6 < size < MEGABYTES * 1e6, f"{size / 1e6:.0f} MB"
    (listed,) = re.findall(r"^\.\. closure\n\n(.*?)\n\n", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert set(found) <= set(re.findall(r"``([a-z0-9-]+)``", listed)), sorted(found)


# -- where the probe runs ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def old_python() -> Path:
    """Python 3.9, the oldest on which private_link_probe runs, with nothing but dnspython; kept between runs."""
    python = find("3.9")
    if not python:
        lacks("Python 3.9", "pyenv install 3.9")
    made = CACHE / "python3.9"
    with FileLock(CACHE / "python3.9.lock"):
        if not (made / "ready").exists():
            subprocess.run([python, "-m", "venv", "--clear", made], check=True)
            (dnspython,) = (str(one) for one in requirements("requirements.txt") if one.name == "dnspython")
            pip = ("-m", "pip", "-q", "--disable-pip-version-check", "install")
            subprocess.run([made / "bin" / "python", *pip, dnspython], check=True)
            (made / "ready").touch()
    return made / "bin" / "python"


@pytest.mark.full
def test_the_probe_runs_on_python_3_9(lab: Lab, old_python: Path) -> None:
    link = lab.build_link("orders")
    (site,) = link.sites
    options = {
        "srv_host": link.srv_host,
        "expected_addresses": [site.address],
        "resolvers": [site.resolver],
        "ca_path": str(lab.ca_path),
    }
    ran = subprocess.run(
        [
            *(PROGRAMS / "ansible", "localhost", "-m", "privatelink.mongodb.private_link_probe"),
            *("-a", json.dumps(options), "-e", f"ansible_python_interpreter={old_python}"),
        ],
        env={**environment({"environment": lab.environment()}), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    probe = json.loads(ran.stdout.partition(" => ")[2])["probe"]
    hops = [(hop["hop"], hop["status"]) for hop in probe["hops"]]
    assert {name for name, status in hops if status == "ok"} == set(HOPS[: HOPS.index("hello")])
    assert {name for name, status in hops if status == "skipped"} == set(HOPS[HOPS.index("hello") :])
    assert all("PyMongo cannot be imported" in hop["message"] for hop in probe["hops"] if hop["status"] == "skipped")
