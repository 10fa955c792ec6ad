# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole verification of many links of one lab in one run of the playbook, as a fleet's inventory has them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.lab.runtime import Lab
from tests.support.ansible import Ansible

Variables = Mapping[str, Any]


def verify(
    lab: Lab, links: Mapping[str, Variables], directory: Path, others: Mapping[str, Variables] | None = None
) -> dict[str, Any]:
    """Link name -> what the report says of it. `links` are the variables of each; those of `Lab.variables` will do.
    `others` are hosts that are no links. No file of the report may hold a password."""
    hosts = {name: {**variables, "ansible_connection": "local"} for name, variables in links.items()}
    for variables in hosts.values():
        variables["private_link_verify_report_directory"] = str(directory / "report")
        variables["private_link_verify_on_failure"] = "report"
        variables["ansible_python_interpreter"] = sys.executable
    inventory = {"private_links": {"hosts": hosts}, "applications": {"hosts": dict(others or {})}}
    settings = {"ANSIBLE_FORKS": "4", "ANSIBLE_PIPELINING": "true"}
    played = Ansible(lab, directory, [inventory], settings, seconds=1200).play("verify")
    if played.code:  # what failed first, and no more: there may be many links
        raise RuntimeError(played.output[played.output.find("[ERROR]") :][:3000])
    files = {path.name: path.read_text() for path in (directory / "report").iterdir()}
    assert set(files) == {"report.html", "report.json", "report.md", "report.prom"}
    secrets = [one["private_link_verify_password"] for one in links.values() if "private_link_verify_password" in one]
    for secret in [*secrets, *(c.secret for c in lab.world.credentials.values()), lab.world.client_secret]:
        assert not any(secret in text for text in (*files.values(), played.output))
    report = json.loads(files["report.json"])
    return {link["name"]: link for link in report["links"]}
