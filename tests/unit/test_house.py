# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The house keeps its shape: arrows point one way, modules are thin, and what is written twice agrees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.privatelink.mongodb.plugins.module_utils._options import ATLAS, AZURE
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._identity import TOGETHER
from tests.support.returns import violations_of

ROOT = Path(__file__).resolve().parents[2]
UTILS = ROOT / "plugins" / "module_utils"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
#: Modules that are documentation only: what they do is done on the controller, by an action plugin that is no door.
ACTIONS = ["private_link_context", "private_link_report"]
#: All others, whose action plugin decides through which of two doors a task goes.
WITH_DOORS = [name for name in MODULES if name not in ACTIONS]
#: Plugins that have a page in the documentation.
DOCUMENTED = sorted(path for kind in ("modules", "filter", "inventory") for path in ROOT.glob(f"plugins/{kind}/*.py"))
ATTRIBUTES = "privatelink.mongodb._attributes"
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())

#: Which parts of module_utils a part may import. Doors know everything; nobody knows the doors or Ansible.
MAY_IMPORT = {
    "_errors": set(),
    "_options": set(),
    "_engine": {"_errors"},
    "_reuse": set(),
    "_tokens": {"_engine", "_errors"},
    "_doors": {"_engine", "_errors", "_options", "_tokens"},
    "_dns_lint": {"_errors", "_atlas", "_azure", "_dns_plan"},
    "_dns_place": {"_azure"},
    "_dns_plan": {"_errors", "_atlas"},
    "_links": {"_atlas", "_azure", "_diagnosis", "_dns_lint", "_dns_plan", "_errors"},
    "_diagnosis": {"_atlas", "_diagnosis", "_dns_plan", "_probe"},
    "_atlas": {"_atlas", "_engine", "_errors", "_options", "_reuse", "_tokens"},
    "_azure": {"_azure", "_engine", "_errors", "_options", "_reuse", "_tokens"},
    "_probe": {"_probe", "_engine", "_errors"},
}
#: The only parts that may import Ansible.
ANSIBLE = {"_doors", "_options"}


def part(path: Path) -> str:
    return path.relative_to(UTILS).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """The absolute names a file of module_utils imports; relative ones are resolved, starting with a dot."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = path.parent
            for _up in range(node.level - 1):
                base = base.parent
            if node.level:
                inside = base.relative_to(UTILS).parts + tuple((node.module or "").split("."))
                names = [p for p in inside if p] or [alias.name for alias in node.names]
                found.add("." + names[0])
            else:
                found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", sorted(UTILS.rglob("*.py")), ids=lambda path: str(path.relative_to(UTILS)))
def test_arrows_point_one_way(path: Path) -> None:
    for name in imports(path):
        if name.startswith("."):
            assert name[1:] in MAY_IMPORT[part(path)] | {part(path)}, f"{path.name} imports {name}"
        if name.split(".")[0] == "ansible":
            assert part(path) in ANSIBLE, f"{path.name} imports {name}"
        assert "tests" not in name.split(".")


def test_nothing_in_the_plugins_knows_the_lab() -> None:
    for path in (ROOT / "plugins").rglob("*.py"):
        assert not re.search(r"\blab\b", path.read_text(), re.IGNORECASE), path


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_thin(name: str) -> None:
    source = (ROOT / "plugins" / "modules" / f"{name}.py").read_text()
    docs = sum(
        node.end_lineno - node.lineno + 1
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        and getattr(node.targets[0], "id", "") in ("DOCUMENTATION", "EXAMPLES", "RETURN")
        if node.end_lineno
    )
    code = [line for line in source.splitlines() if line.strip() and not line.startswith("#")]
    assert len(code) - docs <= 60


#: How a module's name starts -> the libraries that its action plugin imports.
FAMILIES = {"atlas_": "ATLAS", "azure_": "AZURE", "private_link_probe": "PROBE"}


@pytest.mark.parametrize("name", WITH_DOORS)
def test_a_module_has_an_action_plugin_that_loads_it_and_nothing_else(name: str) -> None:
    """Action plugins know the in-process door only, and that knows the doors."""
    (family,) = (family for start, family in FAMILIES.items() if name.startswith(start))
    code = (ROOT / "plugins" / "action" / f"{name}.py").read_text()
    assert f'    module = load("{name}", {family})\n' in code
    ours = re.findall(r"^from ansible_collections\S+?plugins\.(\S+) import (.*)", code, re.MULTILINE)
    assert ours == [("plugin_utils._in_process", f"{family}, InProcess, load")]
    door = (ROOT / "plugins" / "plugin_utils" / "_in_process.py").read_text()
    assert re.findall(r"^from ansible_collections\S+?plugins\.(\S+) import", door, re.MULTILINE) == [
        "module_utils._doors",
        "plugin_utils._run_tokens",
    ]


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_alone_is_documented_and_asks_no_host_for_anything(name: str) -> None:
    documented = ast.parse((ROOT / "plugins" / "modules" / f"{name}.py").read_text()).body
    assert [ast.unparse(node).partition(" =")[0] for node in documented] == [
        *["from __future__ import annotations", "DOCUMENTATION", "EXAMPLES", "RETURN"]
    ]
    code = (ROOT / "plugins" / "action" / f"{name}.py").read_text()
    assert "    _requires_connection = False\n" in code
    assert not re.search(r"\b(_connection|_execute_module|_low_level_execute_command|_in_process)\b", code)
    assert len(code.splitlines()) <= 70


def test_there_are_action_plugins_for_modules_only() -> None:
    """Ansible finds them by name: a redirect would make the module_defaults of one module those of its family."""
    assert sorted(path.stem for path in (ROOT / "plugins" / "action").glob("*.py")) == MODULES


def test_action_groups_hold_every_module_of_their_cloud() -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
    for cloud in ("atlas", "azure"):
        assert groups[cloud] == [name for name in MODULES if name.startswith(f"{cloud}_")]
    for name in MODULES:
        text = (ROOT / "plugins" / "modules" / f"{name}.py").read_text()
        for cloud in ("atlas", "azure"):
            documented = f"privatelink.mongodb._attributes.actiongroup_{cloud}" in text
            assert documented == name.startswith(f"{cloud}_"), name


def documented(path: Path, name: str) -> dict[str, Any]:
    """DOCUMENTATION or RETURN of a plugin."""
    constants = {
        getattr(node.targets[0], "id", ""): node.value
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
    }
    parsed = yaml.safe_load(ast.literal_eval(constants[name])) if name in constants else None
    return parsed or {}


def leaves(returned: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, described in returned.items():
        if described.get("contains"):
            yield from leaves(described["contains"], f"{path}{name}.")
        else:
            yield f"{path}{name}", described


@pytest.mark.parametrize("path", DOCUMENTED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_plugin_says_what_it_supports_what_is_alike_and_what_results_look_like(path: Path) -> None:
    documentation = documented(path, "DOCUMENTATION")
    assert documentation["seealso"]
    if path.parent.name == "modules":
        supports = set(documentation.get("attributes", {}))
        fragments = documentation.get("extends_documentation_fragment", [])
        assert supports >= {"check_mode", "diff_mode", "idempotent"} or f"{ATTRIBUTES}.info_module" in fragments
    for name, described in leaves(documented(path, "RETURN")):
        assert "sample" in described, name
        assert violations_of(name, described, described["sample"]) == []


def test_every_module_has_a_test() -> None:
    def tests(folder: str) -> str:
        return "".join(path.read_text() for path in (ROOT / "tests" / folder).rglob("test_*.py"))

    modules, actions = tests("integration"), tests("playbooks")
    assert [name for name in WITH_DOORS if f'"{name}"' not in modules] == []
    assert [name for name in ACTIONS if f'"privatelink.mongodb.{name}"' not in actions] == []


@pytest.mark.parametrize("name", MODULES)
def test_the_readme_and_the_examples_name_every_module(name: str) -> None:
    readme = (ROOT / "README.md").read_text()
    assert f"`{name}`" in readme or (name.endswith("_info") and f"`{name.removesuffix('_info')}`, `…_info`" in readme)


def test_every_health_of_a_link_is_documented() -> None:
    told = re.findall(r'^    "(\w+)": lambda', (UTILS / "_links" / "health.py").read_text(), re.MULTILINE)
    for path in ("plugins/inventory/links.py", "docs/docsite/rst/adoption.rst"):
        text = (ROOT / path).read_text()
        assert [name for name in (*told, "healthy", "shadowing_zone", "stale_records") if name not in text] == []


def test_the_variables_of_a_link_know_every_option_about_signing_in() -> None:
    for family, spec in (("atlas", ATLAS), ("azure", AZURE)):
        assert sorted(name for names in TOGETHER[family] for name in names) == sorted(spec.options)


def cloud_tasks(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Module and options of each task for a cloud, however deep in blocks."""
    if isinstance(node, dict):
        for name, value in node.items():
            if re.match(r"privatelink\.mongodb\.(atlas|azure)_", name) and isinstance(value, dict):
                yield name, value
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from cloud_tasks(inner)


@pytest.mark.parametrize("path", [*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("playbooks/*.yml")], ids=str)
def test_no_task_omits_an_option_about_signing_in(path: Path) -> None:
    """What is omitted takes the place of what `module_defaults` say, and the environment would be asked."""
    for module, options in cloud_tasks(yaml.safe_load(path.read_text())):
        for names in TOGETHER[module.rpartition(".")[2].partition("_")[0]]:
            for name in names:
                assert "omit" not in str(options.get(name, "")), f"{module}: {name}"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_says_the_same_in_specs_defaults_and_readme(role: str) -> None:
    folder = ROOT / "roles" / role
    specs: dict[str, Any] = yaml.safe_load((folder / "meta" / "argument_specs.yml").read_text())
    options = specs["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((folder / "defaults" / "main.yml").read_text())
    readme = (folder / "README.md").read_text()
    assert set(options) == set(defaults) | {name for name, option in options.items() if option.get("required")}
    for name, option in options.items():
        assert f"`{name}`" in readme, name
        assert name.startswith(f"{role}_"), name
        if "default" in option:
            assert option["default"] == defaults[name], name
        elif not option.get("required"):
            assert defaults[name] in ("", [], {}), f"{name} has no default in its spec, so it must be blank"


@pytest.mark.parametrize("role", ROLES)
def test_blanks_mean_the_default_of_the_spec(role: str) -> None:
    """Ansible itself refuses no blank, and what tasks make of one is what is documented. A blank can be null: with
    ansible-core 2.19 and newer, answers in AWX are. Its check of arguments takes null for a list without a default, and
    for choices with one."""
    folder = ROOT / "roles" / role
    specs = yaml.safe_load((folder / "meta" / "argument_specs.yml").read_text())["argument_specs"]
    options: dict[str, Any] = {name: option for spec in specs.values() for name, option in spec["options"].items()}
    for name, option in options.items():
        assert option["type"] in ("str", "raw") or (option["type"], option.get("elements")) == ("list", "str"), name
        assert option.get("required") or "" in option.get("choices", [""]), f"{name} may be blank"
        assert (option["type"], "default" in option) != ("list", True), f"{name} may be null"
        assert option.get("required") or "default" in option or "choices" not in option, f"{name} may be null"
    text = "".join(path.read_text() for path in folder.rglob("*.yml") if path.parent.name in ("tasks", "vars"))
    for name, option in options.items():
        bare = re.search(rf"{{{{ {name} }}}}", text) and "default" not in option and not option.get("required")
        assert not bare, f"{name} has its default from elsewhere, which a blank must not hide"
    uses = re.findall(rf"({role}_\w+)\s*\|\s*privatelink.mongodb.given\('\w+', (.+?), '(\w+)'\)", text)
    assert uses
    for name, default, named in uses:
        assert name == named
        if "default" in options[name]:
            assert yaml.safe_load(default.replace("inventory_hostname", "")) == options[name]["default"], name


@pytest.mark.parametrize("role", ROLES)
def test_a_role_includes_by_literal_names_if_it_imports(role: str) -> None:
    """Before ansible-core 2.19, a file that was included by a name made of variables can import nothing."""
    text = "\n".join(path.read_text() for path in sorted((ROOT / "roles" / role / "tasks").glob("*.yml")))
    templated = re.findall(r"include_tasks:\n\s+file: .*\{\{", text)
    assert not (templated and "import_tasks" in text)


def _keywords(found: Any, name: str) -> Iterator[Any]:
    """All values of a keyword, at any depth of a file of tasks or plays."""
    for key, value in found.items() if isinstance(found, dict) else enumerate(found if isinstance(found, list) else []):
        if key == name:
            yield value
        yield from _keywords(value, name)


PLAYED = sorted([*ROOT.glob("roles/*/*/*.yml"), *ROOT.glob("playbooks/*.yml")])


@pytest.mark.parametrize("path", PLAYED, ids=lambda path: str(path.relative_to(ROOT)))
def test_check_mode_is_only_ever_switched_on(path: Path) -> None:
    """Whatever else `check_mode` says may switch off what a play, a block or an include has switched on."""
    text = path.read_text()
    assert set(_keywords(yaml.safe_load(text), "check_mode")) <= {True}


@pytest.mark.parametrize("path", [*PLAYED, *sorted(ROOT.glob("roles/*/templates/*"))], ids=lambda path: path.name)
def test_no_condition_takes_the_command_line_for_the_task(path: Path) -> None:
    """Ansible's variables know of `--check` and `--diff` alone."""
    assert not re.search(r"\bansible_(check|diff)_mode\b", path.read_text())
