# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the documentation is what it says: playbooks pass Ansible's syntax check, tasks and roles are given
options that exist, commands name playbooks, targets and faults that exist. What the documentation names exists, too."""

from __future__ import annotations

import ast
import contextlib
import json
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab.__main__ import command_line
from tests.support.environment import program
from tests.tools import catalogue, played
from tests.tools.stage import CHECKOUT

COLLECTION = "privatelink.mongodb"
MARKDOWN = [path for part in ("*.md", "docs/*.md", "*/*/README.md") for path in sorted(CHECKOUT.glob(part))]
PAGES = sorted(CHECKOUT.glob("docs/docsite/rst/*.rst"))
PLUGINS = [
    path for kind in ("modules", "filter", "inventory") for path in sorted(CHECKOUT.glob(f"plugins/{kind}/*.py"))
]
ROLES = sorted(path.name for path in (CHECKOUT / "roles").iterdir())

#: Variables of ours that no role has: of the sample playbooks, and of all tasks.
SHARED = {"private_link_atlas_auth", "private_link_azure_auth", "private_link_azure_subscription_id"}
SHARED |= {"private_link_teardown_confirm", "privatelink_door", "privatelink_progress"}
#: Commands that are not ours to check.
OTHERS = {"ansible-builder", "ansible-doc", "ansible-galaxy", "ansible-inventory", "ansible-navigator", "az", "cd"}
OTHERS |= {
    ".",
    "antsibull-changelog",
    "atlas",
    "chromium",
    "export",
    "git",
    "mongosh",
    "pip",
    "pre-commit",
    "sed",
    "sudo",
}
#: What a changelog fragment may be about.
SECTIONS = {name for name, _title in yaml.safe_load((CHECKOUT / "changelogs" / "config.yaml").read_text())["sections"]}
SECTIONS |= {"release_summary", "trivial"}

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
DIRECTIVE = re.compile(r"^( *)\.\. code-block:: (\S+)\n((?:\1 +:.*\n)*)\n((?:\1 +.*\n|\n)+)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """An example: where it stands, what it is written in, and its text."""

    file: str
    number: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}#{self.number}"


def blocks_of(path: Path) -> Iterator[Block]:
    text, file = path.read_text(), str(path.relative_to(CHECKOUT))
    if path.suffix == ".py":
        found = [("yaml", examples) for examples in _constants(text, "EXAMPLES")]
    elif path.suffix == ".md":
        found = [(language, textwrap.dedent(code)) for _indent, language, code in FENCE.findall(text)]
    else:
        found = [(language, textwrap.dedent(code)) for _indent, language, _options, code in DIRECTIVE.findall(text)]
    for number, (language, code) in enumerate(found, 1):
        is_yaml = language.lower() in ("yaml", "yaml+jinja")
        for part in re.split(r"^---\n", code, flags=re.MULTILINE) if is_yaml else [code]:
            if part.strip():
                yield Block(file, number, "yaml" if is_yaml else language, part)


def _constants(source: str, name: str) -> Iterator[str]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            yield ast.literal_eval(node.value)


BLOCKS = [block for path in [*MARKDOWN, *PAGES, *PLUGINS] for block in blocks_of(path)]


def written_in(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


@cache
def options_of(role: str) -> frozenset[str]:
    """All that a role takes, at any of its entry points."""
    specs = yaml.safe_load((CHECKOUT / "roles" / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]
    return frozenset(name for entry in specs.values() for name in entry.get("options", {}))


@cache
def variables() -> frozenset[str]:
    """All variables that a user may set."""
    return frozenset().union(SHARED, *map(options_of, ROLES))


def test_every_block_is_in_a_language_that_is_checked() -> None:
    assert {block.language for block in BLOCKS} <= {"yaml", "console", "json", "text"}
    for path in PAGES:
        literal = [line for line in path.read_text().splitlines() if line.endswith("::") and not line.startswith("..")]
        assert not literal, f"{path.name} has a block without a language"
        assert path.read_text().count(".. code-block::") == len({block.number for block in blocks_of(path)}), path.name


def test_json_is_json() -> None:
    for block in written_in("json"):
        assert json.loads(block.text), block


# -- YAML


def parts_of(block: Block) -> list[dict[str, Any]]:
    """The plays, tasks, or the one dictionary of a block."""
    parsed = yaml.safe_load(block.text)
    return parsed if isinstance(parsed, list) else [parsed]


def is_play(part: dict[str, Any]) -> bool:
    return bool(part.keys() & {"hosts", "import_playbook", "ansible.builtin.import_playbook"})


def is_list(block: Block) -> bool:
    return isinstance(yaml.safe_load(block.text), list)


def tasks_in(part: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary in plays and tasks, those of blocks and handlers, too."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from tasks_in(inner)


@pytest.mark.parametrize("block", [block for block in written_in("yaml") if not is_list(block)], ids=str)
def test_a_file_of_variables_names_those_that_exist(block: Block) -> None:
    """Other dictionaries are named by a key: inventories of the plugin, requirements, execution environments."""
    (given,) = parts_of(block)
    if given.keys() <= SECTIONS:
        return
    if given.keys() & {"plugin", "collections", "dependencies", "version"}:
        assert str(given.get("plugin", COLLECTION)).startswith(COLLECTION)
        return
    assert {name for name in given if not name.startswith("ansible_")} <= variables()


def test_playbooks_and_tasks_pass_the_syntax_check(tmp_path: Path) -> None:
    playbooks: list[Path] = []
    for block in filter(is_list, written_in("yaml")):
        parts = parts_of(block)
        text = block.text
        if not all(map(is_play, parts)):
            assert not any(map(is_play, parts)), f"{block} mixes plays and tasks"
            text = "- hosts: localhost\n  tasks:\n" + textwrap.indent(text, "    ")
        playbooks.append(tmp_path / f"{str(block).replace('/', '-')}-{len(playbooks)}.yml")
        playbooks[-1].write_text(text)
    assert len(playbooks) > 30
    command = [program("ansible-playbook"), "--syntax-check", "-i", "localhost,"]
    checked = subprocess.run([*command, *map(str, playbooks)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout[-1000:] + checked.stderr


@cache
def module_options() -> dict[str, set[str]]:
    modules = [f"{COLLECTION}.{path.stem}" for path in CHECKOUT.glob("plugins/modules/*.py")]
    command = [program("ansible-doc"), "--json", *modules]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {name: set(one["doc"]["options"]) for name, one in told.items()}


@pytest.mark.parametrize("block", [block for block in written_in("yaml") if is_list(block)], ids=str)
def test_tasks_and_roles_are_given_what_they_take(block: Block) -> None:
    for part in tasks_in(parts_of(block)):
        for module in part.keys() & module_options().keys():
            assert set(part[module] or {}) <= module_options()[module]
        named = part.get("role") or (part.get("ansible.builtin.include_role") or {}).get("name") or ""
        role = str(named).removeprefix(f"{COLLECTION}.")
        if role in ROLES:
            assert {name for name in part.get("vars", {}) if name.startswith(tuple(ROLES))} <= variables()


# -- commands


def commands_of(block: Block) -> Iterator[list[str]]:
    """The words of each command: without a prompt, comments, and what is set for it alone."""
    text = re.sub(r"^\$ ", "", block.text, flags=re.MULTILINE).replace("\\\n", " ")
    for line in text.splitlines():
        # A pipe or a list is several commands.
        for command in re.split(r" (?:&&|\|) ", line):
            words = shlex.split(command, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words:
                yield [words[0].removeprefix(".venv/bin/"), *words[1:]]


@pytest.mark.parametrize("block", written_in("console"), ids=str)
def test_commands_name_what_exists(block: Block) -> None:
    for words in commands_of(block):
        if words[0] == "make":
            check_make(words[1:])
        elif words[0] == "ansible-playbook":
            check_playbooks(words[1:])
        elif words[:3] == ["python", "-m", "tests.lab"]:
            check_lab(words[3:])
        elif words[0] == "pytest":
            assert all((CHECKOUT / word).exists() for word in words if word.startswith("tests/"))
        elif words[0] == "python":
            path = CHECKOUT / words[2].replace(".", "/")
            assert path.exists() or path.with_suffix(".py").exists() or words[2] in sys.stdlib_module_names | {"pytest"}
        else:
            assert words[0] in OTHERS, f"say here how {words[0]} is checked"


def check_make(words: list[str]) -> None:
    makefile = (CHECKOUT / "Makefile").read_text()
    given = dict(word.split("=", 1) for word in words if "=" in word)
    for target in (word for word in words if "=" not in word):
        assert re.search(rf"^{target}:.*##", makefile, re.MULTILINE), target
    for name in given:
        assert f"$({name})" in makefile, name
    if "demo" in words:
        options = [
            ["--" + name.lower(), value] for name, value in given.items() if name in ("PRODUCT", "PACE", "FAULT")
        ]
        check_lab(["demo", *(word for option in options for word in option)])


def check_playbooks(words: list[str]) -> None:
    for word in words:
        if word.startswith(f"{COLLECTION}."):
            assert (CHECKOUT / "playbooks" / f"{word.removeprefix(f'{COLLECTION}.')}.yml").exists(), word
        if word.removeprefix("@").startswith("examples/"):
            assert (CHECKOUT / word.removeprefix("@")).exists(), word


def check_lab(words: list[str]) -> None:
    """The lab's own parser ends the process if it does not understand, and also after its help, then with 0."""
    with contextlib.suppress(SystemExit) if "--help" in words else contextlib.nullcontext():
        command_line().parse_args(words)


# -- prose


@pytest.mark.parametrize("path", [*MARKDOWN, *PAGES], ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_what_the_text_names_exists(path: Path) -> None:
    text = path.read_text()
    for role in ROLES:
        for name in set(re.findall(rf"\b{role}_[a-z_]*[a-z]\b(?!_?\*)", text)):
            assert name in variables() or name == f"{role}_result" or name in ROLES, name
    for target in re.findall(r"(?:\.\. image::|!\[[^]]*\]\()\s*([^\s)]+)", text):
        assert (path.parent / target).exists(), target
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)\s]+)\)", text):
        assert (path.parent / target.partition("#")[0]).exists(), target
    for name in re.findall(r"github\.com/privatelink/mongodb/(?:tree|blob)/main/([\w./-]+)", text):
        assert (CHECKOUT / name).exists(), name


def test_the_catalogue_of_diagnoses_is_current() -> None:
    assert catalogue.PAGE.read_text() == catalogue.page(), "make docs brings it up to date"


def test_the_list_of_what_the_lab_plays_is_current() -> None:
    assert played.PAGE.read_text() == played.page(), "make docs brings it up to date"


def test_the_table_of_contents_has_every_page() -> None:
    contents = yaml.safe_load((CHECKOUT / "docs" / "docsite" / "extra-docs.yml").read_text())
    assert sorted(page for one in contents["sections"] for page in one["toctree"]) == [path.stem for path in PAGES]
