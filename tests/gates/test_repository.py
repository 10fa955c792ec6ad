# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files for contributors and the forge agree with the project: workflows, hooks, forms, CONTRIBUTING, versions."""

from __future__ import annotations

import ast
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.tools.stage import CHECKOUT

GITHUB = CHECKOUT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
FORMS = sorted(path for path in GITHUB.glob("ISSUE_TEMPLATE/*.yml") if path.stem != "config")
#: Source: GitHub, syntax of issue forms.
FORM = {
    "type": "object",
    "required": ["name", "description", "body"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 3},
        "description": {"type": "string", "minLength": 3},
        "labels": {"type": "array", "items": {"type": "string"}},
        "body": {
            "type": "array",
            "contains": {"properties": {"type": {"not": {"const": "markdown"}}}},
            "items": {
                "type": "object",
                "required": ["type", "attributes"],
                "additionalProperties": False,
                "properties": {
                    "type": {"enum": ["markdown", "textarea", "input", "dropdown", "checkboxes"]},
                    "id": {"type": "string", "pattern": "^[a-zA-Z0-9_-]+$"},
                    "attributes": {"type": "object", "anyOf": [{"required": ["label"]}, {"required": ["value"]}]},
                    "validations": {"type": "object", "properties": {"required": {"type": "boolean"}}},
                },
            },
        },
    },
}


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            yield f"{path.stem}/{name}", job


JOBS = dict(jobs())


def pythons() -> dict[str, tuple[str, ...]]:
    """PYTHONS of the noxfile, which cannot be imported here: ansible-core -> the Pythons that it runs on."""
    for node in ast.parse((CHECKOUT / "noxfile.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PYTHONS":
            return dict(ast.literal_eval(node.value))
    raise AssertionError("noxfile.py has no PYTHONS")


def by_number(versions: set[str]) -> list[str]:
    return sorted(versions, key=lambda version: [int(part) for part in version.split(".")])


# -- workflows -----------------------------------------------------------------------------------------------------


def test_workflows_run_the_matrix_of_the_noxfile() -> None:
    supported = {version for versions in pythons().values() for version in versions}
    assert JOBS["ci/test"]["strategy"]["matrix"]["python"] == by_number(supported)
    nightly = JOBS["nightly/matrix"]
    assert nightly["strategy"]["matrix"]["core"] == list(pythons())
    (installed,) = (
        step["with"]["python-version"] for step in nightly["steps"] if "setup-python" in step.get("uses", "")
    )
    assert set(installed.split()) == supported | {"3.9"}  # the oldest on which the probe runs


def test_workflows_run_the_targets_that_developers_run() -> None:
    commands = [shlex.split(step["run"]) for job in JOBS.values() for step in job["steps"] if "run" in step]
    made = {words[1] for words in commands if words[0] == "make"}
    assert {"test", "test-matrix", "test-worlds"} <= made and [".ci/run"] in commands
    assert "make test-all\n" in (CHECKOUT / ".ci" / "run").read_text()
    makefile = (CHECKOUT / "Makefile").read_text()
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in made | {"test-all"})
    assert {words[0] for words in commands} <= {"make", ".ci/install", ".ci/run", "sudo"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_and_does_not_pile_up(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["group"]
    assert "pull_request_target" not in workflow["on"], "it would hand secrets to the code of strangers"
    for name, job in workflow["jobs"].items():
        assert "permissions" not in job and job["timeout-minutes"] <= 360, name
        used = [step for step in job["steps"] if "uses" in step]
        assert all(re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]) for step in used), name
        (checkout,) = (step["with"] for step in used if step["uses"].startswith("actions/checkout@"))
        assert checkout["persist-credentials"] is False, name
        if any("test-worlds" not in step.get("run", "test-worlds") for step in job["steps"]):
            assert checkout["fetch-depth"] == 0, f"{name} runs gates, which read the history"


# -- hooks ---------------------------------------------------------------------------------------------------------


def test_hooks_use_the_tools_of_the_environment_and_no_network() -> None:
    config = load(CHECKOUT / ".pre-commit-config.yaml")
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    hooks = {hook["id"]: hook for repository in config["repos"] for hook in repository["hooks"]}
    assert set(hooks) == {"ruff", "ruff-format", "yamllint", "antsibull-changelog", "fragments"}
    for hook in hooks.values():
        program, *_arguments = shlex.split(hook["entry"])
        assert hook["language"] == "system" and program.startswith(".venv/bin/"), hook["id"]
        assert (Path(sys.executable).parent / Path(program).name).exists(), program
    stages = {stage for hook in hooks.values() for stage in hook.get("stages", ["pre-commit"])}
    assert set(config["default_install_hook_types"]) == stages


# -- forms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_is_one_that_the_forge_takes(path: Path) -> None:
    form = load(path)
    jsonschema.validate(form, FORM)
    asked = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(set(asked)) == len(asked)
    for part in form["body"]:
        options = part["attributes"].get("options", [])
        assert (part["type"] == "dropdown") == bool(options) and len(set(options)) == len(options)


def test_the_bug_form_asks_for_what_a_diagnosis_needs() -> None:
    body = {part.get("id"): part for part in load(GITHUB / "ISSUE_TEMPLATE" / "bug.yml")["body"]}
    assert {"product", "versions", "task", "expected", "actual", "report"} <= set(body)
    assert "no secrets" in body["report"]["attributes"]["description"]
    required = {name for name, part in body.items() if part.get("validations", {}).get("required")}
    assert required == set(body) - {None, "report"}


# -- documents -----------------------------------------------------------------------------------------------------


def test_contributing_names_files_that_exist() -> None:
    """What is in upper case stands for a name. Files of modules are named without their folder where that was named."""
    text = re.sub(r"```.*?```", "", (CHECKOUT / "CONTRIBUTING.md").read_text(), flags=re.DOTALL)
    named = {word for word in re.findall(r"`([\w./-]+)`", text) if "/" in word or word.endswith((".py", ".yml"))}
    named = {word for word in named if not re.search(r"[A-Z]{4}|^/|\d\.\d", word)}
    assert len(named) > 30
    known = {path.name for path in (CHECKOUT / "plugins").rglob("*.py")} | {"changelogs/fragments"}
    assert sorted(word for word in named if word not in known and not (CHECKOUT / word).exists()) == []


def test_contributing_says_how_each_target_is_used() -> None:
    targets = re.findall(r"^([a-z-]+):.*##", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
    text = (CHECKOUT / "CONTRIBUTING.md").read_text()
    assert [name for name in targets if f"make {name}" not in text] == ["help", "bench-peers", "clean"]


def test_the_version_is_the_same_in_the_role_that_reports_it() -> None:
    reported = load(CHECKOUT / "roles" / "private_link_verify" / "vars" / "main.yml")
    assert reported["__private_link_verify_collection_version"] == load(CHECKOUT / "galaxy.yml")["version"]
