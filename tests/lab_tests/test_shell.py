# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a started lab: what a shell exports after having read them, and who can sign in with that."""

from __future__ import annotations

import os
import ssl
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.credentials import choose
from tests.lab import shell
from tests.lab.runtime import Lab
from tests.support.modules import Run

ZONES, SERVICES = "azure_private_dns_zone_info", "atlas_endpoint_service_info"
ELSEWHERE = ("AZURE_", "ARM_", "MONGODB_ATLAS_", "IDENTITY_", "MSI_")


@pytest.fixture
def started(lab: Lab) -> Lab:
    lab.write_state()
    return lab


def exported(lab: Lab, *scripts: str) -> dict[str, str]:
    """The environment of a shell that read these files one after the other."""
    read = "; ".join(f". {lab.directory / name}" for name in scripts)
    plain = {"PATH": os.environ["PATH"]}
    done = subprocess.run(["bash", "-euc", f"{read}; env -0"], env=plain, capture_output=True, text=True, check=True)
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)


def use(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith(ELSEWHERE)]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        if name.startswith((*ELSEWHERE, "REQUESTS_")):
            monkeypatch.setenv(name, value)


def test_only_the_owner_reads_what_is_written(started: Lab) -> None:
    modes = {name: stat.S_IMODE((started.directory / name).stat().st_mode) for name in shell.NAMES}
    assert set(modes.values()) == {0o600}


WAYS = {
    "env.sh": "service_principal",
    "certificate.sh": "service_principal",
    "workload-identity.sh": "workload_identity",
    "managed-identity.sh": "managed_identity",
}


@pytest.mark.parametrize("script", WAYS)
def test_each_way_to_sign_in_at_entra_works(
    started: Lab, run: Run, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    use(monkeypatch, exported(started, "env.sh", script))
    source = choose({"auth_source": "auto"})
    assert source.kind == WAYS[script]
    assert bool(source.values["secret"]) == (script == "env.sh")
    assert "failed" not in run(ZONES, resource_group="rg-app")


@pytest.mark.parametrize("script", WAYS)
def test_the_last_file_that_was_read_decides(started: Lab, script: str) -> None:
    alone, last = exported(started, "env.sh", script), exported(started, *WAYS, script)
    assert {**last, "PATH": ""} == {**alone, "PATH": ""}


def test_the_first_file_ends_all_other_ways(started: Lab) -> None:
    alone, last = exported(started, "env.sh"), exported(started, *WAYS, "atlas-key.sh", "env.sh")
    assert {**last, "PATH": ""} == {**alone, "PATH": ""}


def test_a_virtual_machine_has_the_identity_too(started: Lab, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = exported(started, "env.sh", "managed-identity.sh")
    del environment["IDENTITY_ENDPOINT"], environment["IDENTITY_HEADER"]
    use(monkeypatch, environment)
    assert "failed" not in run(ZONES, resource_group="rg-app", auth_source="managed_identity")


def test_the_api_key_takes_the_place_of_the_service_account(
    started: Lab, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for scripts, tokens in ((["env.sh"], 1), (["env.sh", "atlas-key.sh"], 0)):
        use(monkeypatch, exported(started, *scripts))
        before = len(started.atlas_tokens.issued)
        assert "failed" not in run(SERVICES, project="rehearsal")
        assert len(started.atlas_tokens.issued) - before == tokens


def test_terraform_and_the_atlas_cli_find_their_names(started: Lab) -> None:
    found, world = exported(started, "env.sh"), started.world
    arm = started.url("azure")
    expected: dict[str, Any] = {
        "ARM_METADATA_HOSTNAME": arm.removeprefix("https://"),
        "ARM_ENVIRONMENT": "custom",
        "ARM_RESOURCE_MANAGER_ENDPOINT": arm,
        "ARM_RESOURCE_MANAGER_AUDIENCE": arm,
        "ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST": arm,
        "ARM_DISABLE_INSTANCE_DISCOVERY": "true",
        "ARM_TENANT_ID": world.tenant_id,
        "ARM_SUBSCRIPTION_ID": world.subscription_id,
        "ARM_CLIENT_ID": world.client_id,
        "ARM_CLIENT_SECRET": world.client_secret,
        "MONGODB_ATLAS_OPS_MANAGER_URL": f"{started.url('atlas')}/",
        "MONGODB_ATLAS_PROJECT_ID": next(iter(world.projects)),
    }
    assert {name: found[name] for name in expected} == expected


def test_what_go_trusts_is_the_lab_and_the_public_authorities(started: Lab) -> None:
    context = ssl.create_default_context(cafile=exported(started, "env.sh")["SSL_CERT_FILE"])
    subjects = [str(one["subject"]) for one in context.get_ca_certs()]
    assert len(subjects) > 20 and any("privatelink.mongodb lab" in one for one in subjects)
    assert Path(started.ca_path).read_text() in (started.directory / "trusted.pem").read_text()
