# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook of the README, as a reader copies it, against the lab: it ends in a proof by a driver."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.hop import DRIVER
from tests.lab.runtime import Lab
from tests.support.ansible import LOCAL, Ansible
from tests.tools.stage import CHECKOUT

USER = ("private_link_verify_username", "private_link_verify_password")
LOOKUP = re.compile(r"{{ lookup\('ansible\.builtin\.env', '(\w+)'\) }}")
#: How a page asks for the value of an environment variable.
EXPORT = re.compile(r"\b([A-Z_]+)=…")


def playbook_of_the_readme() -> str:
    (found,) = re.findall(r"^```yaml\n(.*?)^```$", (CHECKOUT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return str(found)


def variables_of_the_readme() -> dict[str, Any]:
    (play,) = yaml.safe_load(playbook_of_the_readme())
    return dict(play["vars"])


def quickstart() -> dict[str, Any]:
    page = (CHECKOUT / "docs" / "docsite" / "rst" / "quickstart.rst").read_text()
    (block,) = re.findall(r"code-block:: yaml\+jinja\n\n((?:   .*\n)+)", page)
    return dict(yaml.safe_load(block))


def example(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((CHECKOUT / "examples" / name).read_text()))


@pytest.mark.parametrize(
    "given",
    [variables_of_the_readme(), quickstart(), example("my-link.yml"), example("my-mongo-cluster-link.yml")],
    ids=["README", "quickstart", "my-link", "my-mongo-cluster-link"],
)
def test_an_example_takes_its_database_user_from_the_environment(given: dict[str, Any]) -> None:
    assert all(LOOKUP.fullmatch(given[name]) for name in USER), "no user: no proof; no lookup: a secret in a file"


@pytest.mark.parametrize("page", ["README.md", "docs/docsite/rst/quickstart.rst"])
def test_a_page_exports_every_variable_that_its_example_reads(page: str) -> None:
    text = (CHECKOUT / page).read_text()
    assert set(LOOKUP.findall(text)) <= set(EXPORT.findall(text))


@pytest.mark.full
def test_the_playbook_of_the_readme_ends_in_a_proof(lab: Lab, tmp_path: Path) -> None:
    # The lab has other names and addresses, which outrank those of the playbook. The user comes as the README says.
    link = lab.link_variables()
    asked = {name: LOOKUP.fullmatch(variables_of_the_readme()[name]) for name in USER}
    user = {found[1]: link.pop(name) for name, found in asked.items() if found}
    (tmp_path / "link.yml").write_text(yaml.safe_dump(link))
    (tmp_path / "site.yml").write_text(playbook_of_the_readme())
    readme = Ansible(lab, tmp_path, [{"all": {"hosts": {"localhost": LOCAL}}}], user, tmp_path)
    output = readme.play(tmp_path / "site.yml", "-e", "@link.yml").assert_ok().output
    assert "not checked" not in output
    assert user["MONGODB_PASSWORD"] not in output
    (verified,) = json.loads((lab.directory / "report" / "report.json").read_text())["links"]
    assert verified["ok"] is True
    (probe,) = verified["probes"]
    assert {hop["hop"]: hop["status"] for hop in probe["hops"] if hop["hop"] in DRIVER} == dict.fromkeys(DRIVER, "ok")
