# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""examples/awx as data: what AWX would refuse, what points nowhere, and what jobs find in their environment.

The collection awx.awx is not in this environment, so configure.yml is read here, not run.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.awx.jobs import AWX, Loader, Values, injected, injected_azure, load, role_options
from tests.playbooks.test_blanks import REQUIRED
from tests.tools.stage import CHECKOUT

#: awx/main/fields.py, CredentialTypeInputField: what a field may have. The UI shows `default`; jobs never see it.
FIELD = {
    "type": "object",
    "required": ["id", "label"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[a-zA-Z_]+[a-zA-Z0-9_]*$"},
        "type": {"enum": ["string", "boolean"]},
        "format": {"enum": ["ssh_private_key", "url"]},
        "choices": {"type": "array", "minItems": 1, "items": {"type": "string"}, "uniqueItems": True},
        "label": {"type": "string"},
        "help_text": {"type": "string"},
        "multiline": {"type": "boolean"},
        "secret": {"type": "boolean"},
        "ask_at_runtime": {"type": "boolean"},
        "default": {"type": "string"},
    },
}
#: The whole type: kinds as CredentialTypeSerializer.validate wants them of one's own types, injectors as
#: CredentialTypeInjectorField does. Variables that could change how Ansible runs are refused.
CREDENTIAL_TYPE = {
    "type": "object",
    "required": ["name", "kind", "inputs", "injectors"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "maxLength": 512},
        "description": {"type": "string"},
        "kind": {"enum": ["cloud", "net"]},
        "inputs": {
            "type": "object",
            "required": ["fields"],
            "additionalProperties": False,
            "properties": {
                "fields": {"type": "array", "minItems": 1, "items": FIELD},
                "required": {"type": "array", "items": {"type": "string"}},
            },
        },
        "injectors": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "env": {
                    "type": "object",
                    "propertyNames": {"pattern": "^(?!ANSIBLE_)[a-zA-Z_]+[a-zA-Z0-9_]*$"},
                    "additionalProperties": {"type": "string", "pattern": "^[\\x00-\\x7F]*$"},
                },
            },
        },
    },
}
#: awx/api/views, JobTemplateSurveySpec._validate_spec_data: types, what each question has, and what defaults may be.
TYPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("text", "textarea", "password", "multiplechoice", "multiselect"), str),
    "integer": int,
    "float": (float, int),
}
SURVEY = {
    "type": "object",
    "required": ["name", "description", "spec"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "description": {"type": "string"},
        "spec": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["type", "question_name", "variable", "required"],
                "additionalProperties": False,
                "properties": {
                    "type": {"enum": list(TYPES)},
                    "question_name": {"type": "string"},
                    "question_description": {"type": "string"},
                    "variable": {"type": "string", "pattern": "^[a-z_]+$"},
                    "required": {"type": "boolean"},
                    "min": {"type": "integer"},
                    "max": {"type": "integer"},
                    "choices": {"type": "string"},
                    "default": {},
                },
            },
        },
    },
}
SURVEYS = sorted(path.stem for path in (AWX / "surveys").glob("*.yml"))
TEMPLATES: list[Values] = load("job_templates.yml")["awx_job_templates"]
PLAYBOOKS = sorted(path.stem for path in (CHECKOUT / "playbooks").glob("*.yml"))


# -- the credential type -------------------------------------------------------------------------------------------


def test_awx_takes_the_credential_type() -> None:
    made = load("credential_type.yml")
    jsonschema.validate(made, CREDENTIAL_TYPE)
    fields = [field["id"] for field in made["inputs"]["fields"]]
    assert len(set(fields)) == len(fields)
    named = {name for text in made["injectors"]["env"].values() for name in re.findall(r"{{ (\w+) }}", text)}
    assert named == set(fields)
    hidden = {field["id"] for field in made["inputs"]["fields"] if field.get("secret")}
    assert hidden == {"client_secret", "private_key"}
    # What AWX masks where it shows a job's environment (build_safe_env), by the variable's name.
    for name, text in made["injectors"]["env"].items():
        if any(field in text for field in hidden):
            assert re.search("API|TOKEN|KEY|SECRET|PASS", name), name


def test_jobs_find_what_the_collection_reads() -> None:
    env = injected(load("credential_type.yml"), {"client_id": "mdb_sa_id_1", "client_secret": "s"})
    blank = ("MONGODB_ATLAS_PUBLIC_API_KEY", "MONGODB_ATLAS_PRIVATE_API_KEY", "MONGODB_ATLAS_BASE_URL")
    assert env == {
        "MONGODB_ATLAS_CLIENT_ID": "mdb_sa_id_1",
        "MONGODB_ATLAS_CLIENT_SECRET": "s",
        **dict.fromkeys(blank, ""),
    }
    documented = "".join(
        (CHECKOUT / "plugins" / "doc_fragments" / f"_{cloud}.py").read_text() for cloud in ("atlas", "azure")
    )
    filled = injected_azure({"subscription": "s", "client": "c", "tenant": "t"})
    for name in (*env, *filled):
        assert name in documented, name


# -- surveys -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SURVEYS)
def test_awx_takes_the_survey(name: str) -> None:
    made = load(f"surveys/{name}.yml")
    jsonschema.validate(made, SURVEY)
    variables = [question["variable"] for question in made["spec"]]
    assert len(set(variables)) == len(variables)
    for question in made["spec"]:
        assert isinstance(question.get("default", ""), TYPES[question["type"]])
        if question["type"] in ("multiplechoice", "multiselect"):
            # AWX holds an answer that is none of the choices against the job, a blank one, too.
            choices = question["choices"].split("\n")
            assert question["default"] in choices and all(choice.strip() == choice for choice in choices)
        if question["type"] == "text" and not question["required"]:
            assert (question["default"], question["min"]) == ("", 0)


@pytest.mark.parametrize("name", SURVEYS)
def test_a_survey_asks_for_what_the_roles_take(name: str) -> None:
    options = role_options(name, "private_link_dns", "private_link_verify")
    asked = {question["variable"]: question for question in load(f"surveys/{name}.yml")["spec"]}
    assert set(asked) <= set(options)
    needed = {f"{name}_{option}" for option in REQUIRED[name.removesuffix("_private_link")]}
    assert needed <= {variable for variable, question in asked.items() if question["required"]}
    for variable, question in asked.items():
        option = options[variable]
        if question["type"] == "multiplechoice":
            allowed = option.get("choices", ["true", "false"])
            assert set(question["choices"].split("\n")) <= set(allowed), variable
        assert (question["type"] == "password") == variable.endswith("_password")


# -- job templates, project, configuration -------------------------------------------------------------------------


def test_job_templates_point_at_what_is_there() -> None:
    made = [task for task in tasks() if "awx.awx.inventory" in task][0]["loop"]
    given = [task for task in tasks() if "awx.awx.credential" in task][0]["loop"]
    for one in TEMPLATES:
        assert (AWX / "project" / one["playbook"]).is_file(), one["name"]
        assert one["inventory"] in made and set(one["credentials"]) <= {credential["name"] for credential in given}
        assert one["timeout"] > 0 and one.get("survey", SURVEYS[0]) in SURVEYS
        # Slices are for inventories; a link that a survey asks for is one host.
        assert ("survey" in one) == ("job_slice_count" not in one)
        # Two at once may each think that the other's link stays, and leave the service that they share.
        assert one.get("allow_simultaneous", True) == (one["playbook"] != "teardown.yml")
    assert len({one["name"] for one in TEMPLATES}) == len(TEMPLATES)
    assert {Path(one["playbook"]).stem for one in TEMPLATES} == set(PLAYBOOKS)


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_wrapper_is_one_that_awx_lists_and_calls_the_collection(name: str) -> None:
    """AWX shows files with such a line only (awx/main/utils/ansible.py)."""
    text = (AWX / "project" / f"{name}.yml").read_text()
    assert re.search(r"^\s*-?\s*(?:ansible\.builtin\.)?(?:hosts|include|import_playbook):", text, re.MULTILINE)
    (play,) = yaml.safe_load(text)
    assert play["ansible.builtin.import_playbook"] == f"privatelink.mongodb.{name}"


def test_the_project_asks_for_the_collection_and_prompts_for_nothing() -> None:
    (wanted,) = yaml.safe_load((AWX / "project" / "collections" / "requirements.yml").read_text())["collections"]
    assert wanted["name"] == "privatelink.mongodb"
    for folder in (CHECKOUT / "playbooks", CHECKOUT / "roles", AWX):
        for path in folder.rglob("*.yml"):
            assert not re.search(
                r"^\s*-?\s*(vars_prompt|ansible\.builtin\.pause|pause):", path.read_text(), re.MULTILINE
            ), path


def test_the_fleet_of_the_project_has_all_that_a_link_needs() -> None:
    inventory = AWX / "project" / "inventory"
    links = yaml.safe_load((inventory / "hosts.yml").read_text())["private_links"]["hosts"]
    shared = yaml.safe_load((inventory / "group_vars" / "private_links.yml").read_text())
    options = role_options("atlas_private_link", "private_link_dns")
    needed = {f"atlas_private_link_{option}" for option in REQUIRED["atlas"]}
    assert len(links) >= max(
        one.get("job_slice_count", 1) for one in TEMPLATES
    )  # or a slice has nothing to do, and fails
    for own in links.values():
        given = {name for name in {**shared, **own} if not name.startswith("ansible_")}
        assert needed <= given <= set(options)


def tasks() -> list[dict[str, Any]]:
    (play,) = yaml.load((AWX / "configure.yml").read_text(), Loader)
    found: list[dict[str, Any]] = play["tasks"]
    return found


def test_the_configuration_names_its_modules_in_full_and_files_that_exist() -> None:
    (play,) = yaml.load((AWX / "configure.yml").read_text(), Loader)
    assert all((AWX / name).is_file() for name in play["vars_files"])
    keywords = {"name", "loop", "loop_control", "no_log", "vars", "when"}
    for task in tasks():
        (module,) = set(task) - keywords
        assert module.startswith(("ansible.builtin.", "awx.awx.")), module
        assert ("no_log" in task) == (module == "awx.awx.credential")
    given = {name for file in play["vars_files"] for name in load(file)} | {"awx_credential_type"}
    used = set(re.findall(r"(?:{{[^}]*?|when: .*)\b(awx_\w+)", (AWX / "configure.yml").read_text()))
    assert used == given
    source = next(
        task["awx.awx.inventory_source"]["source_path"] for task in tasks() if "awx.awx.inventory_source" in task
    )
    assert (AWX / "project" / source).is_file()
