# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in to Azure through the lab: every kind of credential, what goes wrong, and that no secret gets out."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from ansible_collections.privatelink.mongodb.plugins.module_utils import _tokens
from tests.lab.runtime import Lab
from tests.support.asserts import assert_refused
from tests.support.azure import azure, signed_in
from tests.support.modules import Run

MODULE = "azure_private_dns_zone_info"
OURS = ("AZURE_", "IDENTITY_", "MSI_", "REQUESTS_CA", "CURL_CA")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credential lies about, and there is no az command."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", str(tmp_path))


def where(lab: Lab) -> dict[str, Any]:
    """Options for where to sign in, without who."""
    names = ("subscription_id", "authority_url", "resource_manager_url", "ca_path")
    return {name: value for name, value in lab.azure_options().items() if name in names}


def works(result: dict[str, Any]) -> bool:
    return result.get("private_dns_zones") == []


def certificate(lab: Lab, path: Path) -> Path:
    """A self-signed certificate that the lab's application knows, with its key, in one file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "app")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    lab.world.client_certificate = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(lab.world.client_certificate + private)
    return path


def test_environment(lab: Lab, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    assert works(run(MODULE))
    monkeypatch.setenv("AZURE_CLIENT_SECRET", lab.world.client_secret)
    monkeypatch.setenv("AZURE_TENANT_ID", lab.world.tenant_id)
    monkeypatch.setenv("AZURE_SECRET", "")  # AWX passes what was left empty as blank
    monkeypatch.setenv("AZURE_TENANT", " ")
    assert works(run(MODULE, subscription_id="", secret=""))


def test_certificate(lab: Lab, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {**where(lab), "tenant": lab.world.tenant_id, "client_id": lab.world.client_id}
    path = certificate(lab, tmp_path / "app.pem")
    assert works(run(MODULE, **options, certificate_path=str(path)))
    other = certificate(lab, tmp_path / "other.pem")
    assert_refused(run(MODULE, **options, certificate_path=str(path)), "AADSTS700027", "certificate_path")
    other.write_text("no certificate")
    assert_refused(run(MODULE, **options, certificate_path=str(other)), "cannot be used", "certificate_path")
    assert_refused(run(MODULE, **options, certificate_path="/no/such/file"), "No such file")


def test_workload_identity(lab: Lab, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = tmp_path / "token"
    token.write_text(lab.world.federated_token)
    monkeypatch.setenv("AZURE_TENANT_ID", lab.world.tenant_id)
    monkeypatch.setenv("AZURE_CLIENT_ID", lab.world.client_id)
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(token))
    assert works(run(MODULE, **where(lab)))
    token.write_text("no token")
    assert_refused(run(MODULE, **where(lab)), "workload identity", "AADSTS700027")


def test_nothing_to_sign_in_with(lab: Lab, run: Run) -> None:
    assert_refused(run(MODULE, **where(lab)), "no Azure credentials", "AZURE_SECRET")
    half = {**where(lab), "client_id": lab.world.client_id, "secret": lab.world.client_secret}
    assert_refused(run(MODULE, **half), "tenant is not given", "in the options")
    assert_refused(run(MODULE, **where(lab), auth_source="cli"), "az login", "cannot sign in")
    assert [one for one in lab.requests if one.cloud == "azure"] == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"secret": "wrong-and-secret"}, ["the secret is wrong", "AADSTS7000215", "from the options"]),
        ({"client_id": "11111111-2222-3333-4444-555555555555"}, ["AADSTS700016", "client_id"]),
        ({"tenant": "11111111-2222-3333-4444-555555555555"}, ["no such tenant", "Check tenant"]),
        ({"tenant": "no tenant"}, ["cannot be used", "tenant"]),
        ({"authority_url": "https://127.0.0.1:9"}, ["cannot be reached", "authority_url"]),
        ({"resource_manager_url": "https://127.0.0.1:9"}, ["cannot be reached", "resource_manager_url"]),
        ({"ca_path": ""}, ["ca_path", "CERTIFICATE_VERIFY_FAILED"]),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_refused(lab: Lab, run: Run, wrong: dict[str, str], words: list[str]) -> None:
    result = run(MODULE, **signed_in(lab, **wrong))
    assert_refused(result, *words)
    text = json.dumps({key: value for key, value in result.items() if key != "invocation"})
    assert lab.world.client_secret not in text and "wrong-and-secret" not in text


def test_sign_in_service_is_down(lab: Lab, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tokens, "OUTAGE", 2)
    lab.traffic.inject("refuse", cloud="entra", status=503, times=99)
    assert_refused(run(MODULE, **signed_in(lab)), "cannot be reached")


def test_expired_token_is_renewed_by_a_new_task(lab: Lab, run: Run) -> None:
    lab.traffic.inject("refuse", cloud="azure", status=401, code="ExpiredAuthenticationToken", times=9)
    refused = run(MODULE, **signed_in(lab))
    assert_refused(refused, "does not accept the token")
    assert refused["error"]["code"] == "ExpiredAuthenticationToken"
    lab.traffic.faults.clear()
    assert works(run(MODULE, **signed_in(lab)))


SCRIPT = """
import json, sys
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import run
from ansible_collections.privatelink.mongodb.plugins.modules.azure_virtual_network import SPEC, build
options = {name: one.get("default") for name, one in SPEC.options.items()} | json.load(sys.stdin)
changed = run(build(options), options, check_mode=False).changed
print(json.dumps([changed, [name for name in ("azure.mgmt.network", "azure.mgmt.privatedns") if name in sys.modules]]))
"""


def test_clients_that_only_write_are_imported_when_something_is_written(lab: Lab) -> None:
    """One takes half a second."""
    options = azure(lab, name="vnet-app", location="eastus2", address_prefixes=["10.9.0.0/16"])

    def changed_and_imported() -> Any:
        command, env = [sys.executable, "-c", SCRIPT], {"PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            command, env=env, input=json.dumps(options), stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout)

    assert changed_and_imported() == [True, ["azure.mgmt.network"]]
    assert changed_and_imported() == [False, []]
