# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX makes them of examples/awx: a private data directory each, run by ansible-runner.

What AWX does is written down after its sources (24.6.1): awx/main/tasks/jobs.py (directory, environment),
awx/main/models/mixins.py (answers of a survey), awx/main/utils/safe_yaml.py (how they are written: every text of them
is `!unsafe`, and ansible-core 2.19 and newer read a blank one as null, awx issue 16205),
awx_plugins/credentials/injectors.py (the built-in Azure credential) and Inventory.get_sliced_hosts (slices).
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ansible_runner
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tests.lab.runtime import Lab
from tests.support.environment import COLLECTIONS
from tests.tools.stage import CHECKOUT

AWX = CHECKOUT / "examples" / "awx"
SECONDS = 240  # the longest that one job may take

Values = dict[str, Any]
Inputs = Mapping[str, str]


class Unsafe(str):
    """Text that Ansible must not take for a template."""


class Loader(yaml.SafeLoader):
    """Reads `!unsafe`, too."""


class Dumper(yaml.SafeDumper):
    """Writes it."""


Loader.add_constructor("!unsafe", lambda _loader, node: Unsafe(node.value))
Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


def load(name: str) -> Any:
    """A file of examples/awx."""
    return yaml.load((AWX / name).read_text(), Loader)  # a safe loader with one more tag


def survey(name: str) -> list[Values]:
    """The questions of a survey."""
    questions: list[Values] = load(f"surveys/{name}.yml")["spec"]
    return questions


def template(name: str) -> Values:
    """The job template of this name."""
    (found,) = (one for one in load("job_templates.yml")["awx_job_templates"] if one["name"] == name)
    return dict(found)


def role_options(*roles: str) -> dict[str, Values]:
    """The options of these roles by name."""
    options: dict[str, Values] = {}
    for role in roles:
        specs = yaml.safe_load((CHECKOUT / "roles" / role / "meta" / "argument_specs.yml").read_text())
        options.update(specs["argument_specs"]["main"]["options"])
    return options


def injected(credential_type: Values, inputs: Inputs) -> dict[str, str]:
    """The environment of a credential of one's own type: every field is known, and blank if it was left out."""
    known = {field["id"]: inputs.get(field["id"], "") for field in credential_type["inputs"]["fields"]}
    sandbox = ImmutableSandboxedEnvironment()
    env = credential_type["injectors"]["env"]
    return {name: sandbox.from_string(text).render(**known) for name, text in env.items()}


def injected_azure(inputs: Inputs) -> dict[str, str]:
    """That of the built-in type, Microsoft Azure Resource Manager."""
    env = {"AZURE_SUBSCRIPTION_ID": inputs["subscription"]}
    if inputs.get("client") and inputs.get("tenant"):
        named = {"AZURE_CLIENT_ID": "client", "AZURE_TENANT": "tenant", "AZURE_SECRET": "secret"}
    else:
        named = {"AZURE_AD_USER": "username", "AZURE_PASSWORD": "password"}
    return {**env, **{name: inputs.get(field, "") for name, field in named.items()}}


def extra_variables(questions: Sequence[Values], answers: Values, of_template: Values) -> Values:
    """Variables of the template, over them the survey's defaults, over these the answers, which are never templates."""
    defaults = {one["variable"]: one["default"] for one in questions if "default" in one}
    asked = {one["variable"] for one in questions}
    assert set(answers) <= asked, f"nobody asked for {set(answers) - asked}"
    answered = {**defaults, **answers}
    missing = [one["variable"] for one in questions if one["required"] and one["variable"] not in answered]
    assert not missing, f"no answer for {missing}"
    return {**of_template, **{name: Unsafe(text) for name, text in answered.items()}}


def sliced(inventory: Values, number: int, count: int) -> Values:
    """The inventory with every `count`-th host from the `number`-th on, as the job of one slice sees it."""
    hosts = sorted({host for group in inventory.values() for host in group["hosts"]})[number - 1 :: count]
    return {
        name: {**group, "hosts": {host: told for host, told in group["hosts"].items() if host in hosts}}
        for name, group in inventory.items()
    }


@dataclass
class Done:
    """How a job ended: AWX's word for it, its events, and where the runner left them."""

    status: str
    events: list[Values]
    directory: Path

    @property
    def output(self) -> str:
        return "\n".join(event["stdout"] for event in self.events)

    @property
    def artifacts(self) -> Values:
        """What the job hands to the next one of a workflow."""
        (end,) = (event for event in self.events if event["event"] == "playbook_on_stats")
        told: Values = end["event_data"]["artifact_data"]
        return told

    def left_behind(self) -> Iterator[tuple[Path, str]]:
        """The files that AWX takes from the runner, and their text. The `command` is the runner's own note of what it
        was given, with the environment; AWX throws it away."""
        for path in (self.directory / "artifacts").rglob("*"):
            if path.is_file() and path.name != "command":
                yield path, path.read_text()


class Jobs:
    """Launches job templates of examples/awx, with these credentials; jobs have the lab's addresses beside them."""

    def __init__(self, directory: Path, lab: Lab, atlas: Inputs, azure: Inputs) -> None:
        self.directory, self.numbers = directory, itertools.count(1)
        beside = ("AZURE_AUTHORITY_HOST", "AZURE_RESOURCE_MANAGER_URL", "REQUESTS_CA_BUNDLE")
        self.env = {
            **{name: value for name, value in lab.environment().items() if name in beside},
            **injected(load("credential_type.yml"), atlas),
            **injected_azure(azure),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS.resolve()),
            "ANSIBLE_FORCE_COLOR": "True",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "PATH": os.environ["PATH"],
        }

    def launch(
        self,
        name: str,
        inventory: Values,
        answers: Values | None = None,
        *,
        arguments: str = "",
        more: Values | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> Done:
        """Runs a job to its end, or until `cancel` says so. `more` are further variables of the template."""
        made = template(name)
        questions = survey(made["survey"]) if "survey" in made else []
        variables = extra_variables(questions, answers or {}, {**(more or {}), "awx_job_template_name": name})
        arguments += " --check" if made.get("job_type") == "check" else ""
        arguments += " --diff" if made.get("diff_mode") else ""
        directory = self.directory / str(next(self.numbers))
        shutil.copytree(AWX / "project", directory / "project", ignore=shutil.ignore_patterns("inventory"))
        for path, text in {
            "env/envvars": yaml.safe_dump(self.env),
            "env/extravars": yaml.dump(variables, Dumper=Dumper),
            "env/cmdline": f"{arguments} --forks {made.get('forks', 5)}",
            "env/settings": json.dumps({"job_timeout": SECONDS, "pexpect_timeout": 0.2}),
            "inventory/hosts.yml": yaml.safe_dump(inventory),
        }.items():
            (directory / path).parent.mkdir(exist_ok=True)
            (directory / path).write_text(text)
        ended = ansible_runner.run(
            private_data_dir=str(directory), playbook=made["playbook"], quiet=True, cancel_callback=cancel
        )
        return Done(ended.status, list(ended.events), directory)
