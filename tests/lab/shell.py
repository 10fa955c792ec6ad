# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files with which a shell, and every program in it, is pointed at a running lab: `env.sh` first, and then at most
one file for each cloud that signs in in another way. They hold the run's credentials.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import trustme

if TYPE_CHECKING:
    from tests.lab.runtime import Lab

#: All that `files` makes.
NAMES = (
    "env.sh",
    "atlas-key.sh",
    "certificate.sh",
    "workload-identity.sh",
    "managed-identity.sh",
    "client.pem",
    "federated-token",
    "trusted.pem",
)


def files(lab: Lab) -> dict[str, str]:
    """File name -> content. Registers the certificate that it hands out with the service principal."""
    certificate = lab.ca.issue_cert("client.invalid", key_type=trustme.KeyType.RSA)
    lab.world.client_certificate = certificate.cert_chain_pems[0].bytes()
    return {
        "env.sh": _environment(lab),
        **_ways(_at_entra(lab)),
        **_ways(_at_atlas(lab)),
        "client.pem": certificate.private_key_and_cert_chain_pem.bytes().decode(),
        "federated-token": lab.world.federated_token,
        "trusted.pem": Path(certifi.where()).read_text(encoding="utf-8") + lab.ca.cert_pem.bytes().decode(),
    }


#: A way to sign in: its file, what that says, and what it exports. The first one of a cloud is that of env.sh.
Way = tuple[str, str, dict[str, str]]


def _at_entra(lab: Lab) -> list[Way]:
    token, machine = str(lab.directory / "federated-token"), f"{lab.url('entra')}/metadata/identity/oauth2/token"
    secret = lab.world.client_secret
    return [
        ("env.sh", "", {"AZURE_SECRET": secret, "ARM_CLIENT_SECRET": secret}),
        (
            "certificate.sh",
            "The service principal signs in with a certificate.",
            {"AZURE_CLIENT_CERTIFICATE_PATH": str(lab.directory / "client.pem")},
        ),
        (
            "workload-identity.sh",
            "The service principal signs in with a federated token, as in Kubernetes.",
            {
                "AZURE_TENANT_ID": lab.world.tenant_id,
                "AZURE_FEDERATED_TOKEN_FILE": token,
                "ARM_USE_OIDC": "true",
                "ARM_OIDC_TOKEN_FILE_PATH": token,
            },
        ),
        (
            "managed-identity.sh",
            "This machine has a managed identity.",
            {
                "AZURE_POD_IDENTITY_AUTHORITY_HOST": lab.url("entra"),
                "IDENTITY_ENDPOINT": machine,
                "IDENTITY_HEADER": "lab",
                "ARM_USE_MSI": "true",
                "ARM_MSI_ENDPOINT": machine,
            },
        ),
    ]


def _at_atlas(lab: Lab) -> list[Way]:
    account, key = (
        next(one for one in lab.world.credentials.values() if one.kind == kind) for kind in ("service_account", "key")
    )
    names = ("MONGODB_ATLAS_PUBLIC_API_KEY", "MONGODB_ATLAS_PUBLIC_KEY")
    secrets = ("MONGODB_ATLAS_PRIVATE_API_KEY", "MONGODB_ATLAS_PRIVATE_KEY")
    return [
        ("env.sh", "", {"MONGODB_ATLAS_CLIENT_ID": account.id, "MONGODB_ATLAS_CLIENT_SECRET": account.secret}),
        (
            "atlas-key.sh",
            "Atlas takes an API key instead of the service account.",
            {**dict.fromkeys(names, key.id), **dict.fromkeys(secrets, key.secret)},
        ),
    ]


def _ways(ways: Sequence[Way]) -> dict[str, str]:
    """The script of each way but the first. It takes back what the others export, so that one credential is left."""
    return {name: _script(title, settings, _others(ways, settings)) for name, title, settings in ways[1:]}


def _others(ways: Sequence[Way], own: Iterable[str]) -> list[str]:
    return sorted({name for _file, _title, settings in ways for name in settings} - set(own))


def _environment(lab: Lab) -> str:
    """A shell script after which ansible-playbook and `python -m tests.lab` are the ones that run here."""
    world, arm = lab.world, lab.url("azure")
    project = next(iter(world.projects.values()))
    made = Path(sys.prefix) / "collections"  # where make puts the checkout
    collections = os.environ.get("ANSIBLE_COLLECTIONS_PATH") or (str(made) if made.is_dir() else "")
    groups = {
        "Ansible, and what else uses Azure's SDK for Python": {
            **lab.environment(),
            **({"ANSIBLE_COLLECTIONS_PATH": collections} if collections else {}),
        },
        "Programs in Go and others: the public authorities and the lab's": {
            "SSL_CERT_FILE": str(lab.directory / "trusted.pem"),
        },
        "Terraform: azurerm, and azapi, which needs the four names from ARM_ENVIRONMENT on": {
            "ARM_TENANT_ID": world.tenant_id,
            "ARM_SUBSCRIPTION_ID": world.subscription_id,
            "ARM_CLIENT_ID": world.client_id,
            "ARM_CLIENT_SECRET": world.client_secret,
            "ARM_METADATA_HOSTNAME": arm.partition("://")[2],
            "ARM_DISABLE_INSTANCE_DISCOVERY": "true",
            "ARM_ENVIRONMENT": "custom",
            "ARM_RESOURCE_MANAGER_ENDPOINT": arm,
            "ARM_RESOURCE_MANAGER_AUDIENCE": arm,
            "ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST": arm,
        },
        "The Atlas CLI. Terraform's mongodbatlas reads the names MONGODB_ATLAS_... above": {
            "MONGODB_ATLAS_OPS_MANAGER_URL": f"{lab.url('atlas')}/",
            "MONGODB_ATLAS_ORG_ID": project.org_id,
            "MONGODB_ATLAS_PROJECT_ID": project.id,
        },
    }
    entra, atlas = _at_entra(lab), _at_atlas(lab)
    others = [*_others(entra, entra[0][2]), *_others(atlas, atlas[0][2])]
    scripts = [_script("Another way to sign in ends here", {}, others)]
    scripts += [_script(title, settings) for title, settings in groups.items()]
    return "\n".join([*scripts, f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"', ""])


def _script(title: str, settings: Mapping[str, str], dropped: Iterable[str] = ()) -> str:
    lines = [f"# {title}", *(f"unset {name}" for name in dropped)]
    return "\n".join([*lines, *(f"export {name}={shlex.quote(value)}" for name, value in settings.items()), ""])
