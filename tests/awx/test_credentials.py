# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What examples/awx/configure.yml would store as credentials, and that it refuses blank or incomplete ones first.

Its tasks of the collection awx.awx, which is not in this environment, are left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.awx.jobs import AWX, Loader

AZURE = {
    "AZURE_SUBSCRIPTION_ID": "subscription-1",
    "AZURE_TENANT": "tenant-1",
    "AZURE_CLIENT_ID": "client-1",
    "AZURE_SECRET": "hush-azure",
}
ACCOUNT = {"MONGODB_ATLAS_CLIENT_ID": "account-1", "MONGODB_ATLAS_CLIENT_SECRET": "hush-account"}
KEY = {"MONGODB_ATLAS_PUBLIC_KEY": "public-1", "MONGODB_ATLAS_PRIVATE_KEY": "hush-key"}
OTHER_KEY = {"MONGODB_ATLAS_PUBLIC_API_KEY": "public-2", "MONGODB_ATLAS_PRIVATE_API_KEY": "hush-other-key"}
NONE = {"client_id": "", "client_secret": "", "public_key": "", "private_key": ""}


@dataclass
class Configured:
    """How the play ended, and what it was about to store."""

    code: int
    output: str
    stored: dict[str, Any]

    @property
    def refusals(self) -> list[str]:
        return [line for line in self.output.splitlines() if "Nothing was stored in AWX" in line]


Configure = Callable[..., Configured]


@pytest.fixture
def configure(tmp_path: Path) -> Configure:
    """`configure(env, **variables)`: all tasks before the first one of awx.awx, then a note of the credentials."""

    def run(env: dict[str, str], **variables: Any) -> Configured:
        (play,) = yaml.load((AWX / "configure.yml").read_text(), Loader)
        first = next(number for number, task in enumerate(play["tasks"]) if any("awx.awx." in key for key in task))
        assert not any("awx.awx." in str(task) for task in play["tasks"][:first])
        note = tmp_path / "credentials.json"
        stored = "{{ {'atlas': awx_atlas_credential, 'azure': awx_azure_credential} | to_json }}"
        play["tasks"] = [*play["tasks"][:first], {"ansible.builtin.copy": {"content": stored, "dest": str(note)}}]
        play["vars_files"] = [str(AWX / name) for name in play["vars_files"]]
        (tmp_path / "configure.yml").write_text(yaml.safe_dump([play]).replace("file: ", f"file: {AWX}/"))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "MONGODB_"))}
        done = subprocess.run(
            [Path(sys.executable).parent / "ansible-playbook", "configure.yml", "-e", json.dumps(variables)],
            cwd=tmp_path,
            env={**kept, **env, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_LOCALHOST_WARNING": "false"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Configured(
            done.returncode, done.stdout + done.stderr, json.loads(note.read_text()) if note.exists() else {}
        )

    return run


@pytest.mark.full
@pytest.mark.parametrize(
    ("env", "stored"),
    [
        (ACCOUNT, {"client_id": "account-1", "client_secret": "hush-account"}),
        ({**KEY, **OTHER_KEY}, {"public_key": "public-1", "private_key": "hush-key"}),
        ({**dict.fromkeys(KEY, " "), **OTHER_KEY}, {"public_key": "public-2", "private_key": "hush-other-key"}),
    ],
    ids=["service account", "both names", "blank first name"],
)
def test_both_documented_names_of_an_atlas_credential_are_stored(
    configure: Configure, env: dict[str, str], stored: dict[str, str]
) -> None:
    configured = configure({**AZURE, **env})
    assert configured.code == 0, configured.output
    assert configured.stored["atlas"] == {**NONE, **stored}


@pytest.mark.full
def test_both_documented_names_of_an_azure_credential_are_stored(configure: Configure) -> None:
    other_names = {"AZURE_TENANT": "AZURE_TENANT_ID", "AZURE_SECRET": "AZURE_CLIENT_SECRET"}
    configured = configure({**KEY, **{other_names.get(name, name): value for name, value in AZURE.items()}})
    assert configured.code == 0, configured.output
    assert list(configured.stored["azure"].values()) == list(AZURE.values())


@pytest.mark.full
@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({**AZURE, **dict.fromkeys(KEY, "  ")}, "awx_atlas_credential is blank: set MONGODB_ATLAS_CLIENT_ID and"),
        ({**AZURE, "MONGODB_ATLAS_PUBLIC_API_KEY": "p"}, "awx_atlas_credential is incomplete (only public_key): set"),
        (
            {**AZURE, **KEY, "MONGODB_ATLAS_CLIENT_SECRET": "hush"},
            "awx_atlas_credential is incomplete (only client_secret,",
        ),
        (KEY, "awx_azure_credential has no subscription, tenant, client, secret: set AZURE_SUBSCRIPTION_ID,"),
        ({**KEY, **AZURE, "AZURE_SECRET": ""}, "awx_azure_credential has no secret: set"),
    ],
    ids=["no Atlas", "half a key", "half an account", "no Azure", "no Azure secret"],
)
def test_a_blank_credential_is_refused_in_one_sentence_before_anything_is_stored(
    configure: Configure, env: dict[str, str], words: str
) -> None:
    configured = configure(env)
    assert configured.code == 2 and configured.stored == {}
    assert words in " ".join(configured.refusals), configured.output
    assert "hush" not in configured.output and "Traceback" not in configured.output


@pytest.mark.full
def test_a_credential_that_is_made_by_hand_is_not_asked_for(configure: Configure) -> None:
    configured = configure(AZURE, awx_credentials=["Azure"])
    assert configured.code == 0, configured.output
