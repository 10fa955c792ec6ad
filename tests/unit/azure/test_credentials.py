# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who signs in: options and the environment never mix, blanks are unset, and every gap is named."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import credentials
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.credentials import CLOUDS, choose, cloud
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Denied, InvalidInput

PRINCIPAL = {"tenant": "t", "client_id": "c", "secret": "s-e-c-r-e-t"}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AZURE_", "IDENTITY_", "MSI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(shutil, "which", lambda name: None)


def options(**more: Any) -> dict[str, Any]:
    return {"auth_source": "auto", "cloud_environment": "AzureCloud", **more}


def test_options_before_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_ID", "other")
    found = choose(options(**PRINCIPAL))
    assert (found.kind, found.values["client_id"]) == ("service_principal", "c")
    assert "from the options" in found.title and "s-e-c-r-e-t" not in repr(found)
    with pytest.raises(InvalidInput, match="client_id is not given"):
        choose(options(tenant="t", secret="s"))


@pytest.mark.parametrize(
    "names",
    [
        ("AZURE_TENANT", "AZURE_CLIENT_ID", "AZURE_SECRET"),
        ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"),
        ("AZURE_TENANT", "AZURE_CLIENT_ID", "AZURE_CLIENT_CERTIFICATE_PATH"),
    ],
)
def test_environment(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]) -> None:
    for name in names:
        monkeypatch.setenv(name, name.lower())
    found = choose(options(secret=None, tenant=None))
    assert found.kind == "service_principal" and "environment" in found.title
    assert names[2].lower() in (found.values["secret"], found.values["certificate_path"])
    for name in names:
        with monkeypatch.context() as less:
            less.setenv(name, "  ")
            with pytest.raises((InvalidInput, Denied)):
                choose(options())


def test_order_of_the_automatic_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Denied, match="no Azure credentials"):
        choose(options())
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert choose(options()).kind == "cli"
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://localhost")
    assert choose(options()).kind == "managed_identity"
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", "/token")
    monkeypatch.setenv("AZURE_CLIENT_ID", "c")
    monkeypatch.setenv("AZURE_TENANT_ID", "t")
    assert choose(options()).kind == "workload_identity"
    monkeypatch.setenv("AZURE_SECRET", "s")
    assert choose(options()).kind == "service_principal"


def test_what_was_asked_for_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose(options(auth_source="managed_identity", client_id="mine")).values["client_id"] == "mine"
    assert choose(options(auth_source="cli", **PRINCIPAL)).kind == "cli"
    with pytest.raises(InvalidInput, match="AZURE_FEDERATED_TOKEN_FILE"):
        choose(options(auth_source="workload_identity", tenant="t", client_id="c"))
    with pytest.raises(InvalidInput, match="certificate_path"):
        choose(options(auth_source="service_principal", tenant="t", client_id="c"))


@pytest.mark.parametrize("name", CLOUDS)
def test_named_clouds(name: str) -> None:
    found = cloud(options(cloud_environment=name))
    assert found.scope.endswith("/.default") and not found.private_authority
    assert credentials.credential(choose(options(**PRINCIPAL)), found)


def test_an_address_of_ones_own() -> None:
    found = cloud(options(resource_manager_url="https://arm.example/", authority_url="login.example:8443"))
    assert (found.manager, found.scope) == ("https://arm.example", "https://arm.example/.default")
    assert (found.authority, found.private_authority) == ("https://login.example:8443", True)
    usual = cloud(options(authority_url="https://login.microsoftonline.com/"))
    assert not usual.private_authority
    for wrong in ("http://arm.example", "https://arm.example/path", "ftp://x"):
        with pytest.raises(InvalidInput):
            cloud(options(resource_manager_url=wrong))


@pytest.mark.parametrize("kind", ["managed_identity", "cli"])
def test_credentials_that_need_nothing(kind: str) -> None:
    assert credentials.credential(choose(options(auth_source=kind)), CLOUDS["AzureCloud"])


@pytest.mark.parametrize(
    ("kind", "status", "retry_after", "words", "wait"),
    [
        ("service_principal", 429, "7", "Microsoft Entra limits token requests", 7),
        ("service_principal", 429, "soon", "Microsoft Entra limits token requests", None),
        ("service_principal", 429, "\u00b2", "Microsoft Entra limits token requests", None),
        ("service_principal", 503, None, "cannot be reached", None),
        ("managed_identity", 429, "1", "the managed identity endpoint limits token requests", 1),
        ("managed_identity", 404, None, "cannot be reached", None),
        ("managed_identity", 410, None, "cannot be reached", None),
    ],
)
def test_a_busy_sign_in_service_is_tried_again(
    kind: str, status: int, retry_after: str | None, words: str, wait: float | None
) -> None:
    source = credentials.Source(kind, "the identity", {})
    found = credentials.limited(source, "busy", status, {"Retry-After": retry_after} if retry_after else {})
    assert (
        found is not None
        and words in str(found.failure(3.2))
        and (found.retry_after, found.http_status) == (wait, status)
    )
    assert "wait" in str(found.failure(3.2))


@pytest.mark.parametrize("status", [None, 200, 400, 401, 404, 410])
def test_a_refused_sign_in_is_not_tried_again(status: int | None) -> None:
    assert credentials.limited(credentials.Source("service_principal", "it", {}), "no", status, {}) is None


def test_what_a_sign_in_service_sent_is_not_repeated() -> None:
    """It may be a token that arrived in a broken answer."""
    words = 'JSON is invalid: Expecting value: line 1. Content: {"access_token":"eyJ-s-e-c-r-e-t"'
    assert "s-e-c-r-e-t" not in str(credentials.refused(words, "the service principal", reached=False))
