# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Who we are for Azure: a credential of azure-identity, made from options or from the environment."""

from __future__ import annotations

import logging
import os
import re
import shutil
import typing as t
from dataclasses import dataclass, field

from .._errors import Denied, Failure, InvalidInput, MissingLibrary, NoCredentials, Unavailable
from .._options import environment
from .._tokens import TryLater

try:
    from azure import identity
except ImportError as error:
    IDENTITY_ERROR: str | None = str(error)
else:
    IDENTITY_ERROR = None

# What goes wrong is said once, by us; without a handler Python would print azure-identity's warnings as well.
logging.getLogger("azure").addHandler(logging.NullHandler())

Options = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Cloud:
    """Where to sign in (`authority`), where Azure Resource Manager is (`manager`), and for whom a token must be."""

    authority: str
    manager: str
    scope: str
    ca_path: str | None = None
    #: Whether the authority is one that only its owner knows, so that Microsoft's directory cannot vouch for it.
    private_authority: bool = False


#: Source: azure-identity AzureAuthorityHosts, azure-mgmt-core get_arm_endpoints.
CLOUDS = {
    "AzureCloud": Cloud(
        "https://login.microsoftonline.com",
        "https://management.azure.com",
        "https://management.azure.com/.default",
    ),
    "AzureUSGovernment": Cloud(
        "https://login.microsoftonline.us",
        "https://management.usgovcloudapi.net",
        "https://management.core.usgovcloudapi.net/.default",
    ),
    "AzureChinaCloud": Cloud(
        "https://login.chinacloudapi.cn",
        "https://management.chinacloudapi.cn",
        "https://management.chinacloudapi.cn/.default",
    ),
}


def cloud(options: Options) -> Cloud:
    """The cloud to talk to. Raises `InvalidInput` for an address that no token may be sent to, or a missing CA file."""
    named = CLOUDS[options["cloud_environment"]]
    authority = _origin(options, "authority_url") or named.authority
    manager = _origin(options, "resource_manager_url")
    ca_path = options.get("ca_path")
    if ca_path and not os.path.exists(ca_path):
        raise InvalidInput("ca_path", ca_path, "a file with CA certificates, which exists")
    return Cloud(
        authority,
        manager or named.manager,
        f"{manager}/.default" if manager else named.scope,
        ca_path,
        authority not in {one.authority for one in CLOUDS.values()},
    )


def _origin(options: Options, option: str) -> str | None:
    value = options.get(option)
    if not value:
        return None
    url = value if "://" in value else f"https://{value}"
    if not re.fullmatch(r"https://[^/]+/?", url):
        raise InvalidInput(option, value, "an origin such as https://management.azure.com, with TLS and without a path")
    return str(url).rstrip("/")


@dataclass(frozen=True)
class Source:
    """Which kind of credential to make, from what, and how to call it in an error. `values` may hold a secret."""

    kind: str
    title: str
    values: t.Mapping[str, t.Any] = field(default_factory=dict, repr=False)


def choose(options: Options) -> Source:
    """Decides who signs in. Options count as one set and the environment as another, which is only looked at if no
    credential option was given: halves of two identities never meet.

    Raises `InvalidInput` when a part is missing, `NoCredentials` when there is nothing at all.
    """
    names = ("tenant", "client_id", "secret", "certificate_path")
    given = {name: options.get(name) for name in names}
    place = "the options"
    if not any(given.values()):
        place = "environment variables"
        given = {
            "tenant": environment("AZURE_TENANT", "AZURE_TENANT_ID"),
            "client_id": environment("AZURE_CLIENT_ID"),
            "secret": environment("AZURE_SECRET", "AZURE_CLIENT_SECRET"),
            "certificate_path": environment("AZURE_CLIENT_CERTIFICATE_PATH"),
        }
    token_file = environment("AZURE_FEDERATED_TOKEN_FILE")
    wanted = options["auth_source"]
    if wanted == "auto":
        wanted = _automatic(given, token_file)
    title = f"the {wanted.replace('_', ' ')} {given['client_id'] or ''}".rstrip() + f" from {place}"
    if wanted == "service_principal":
        _complete(given, place, "tenant", "client_id")
        if not (given["secret"] or given["certificate_path"]):
            raise InvalidInput("secret", None, f"given, or certificate_path, together with client_id, in {place}")
        return Source(wanted, title, given)
    if wanted == "workload_identity":
        _complete(given, place, "tenant", "client_id")
        if not token_file:
            raise InvalidInput("AZURE_FEDERATED_TOKEN_FILE", None, "an environment variable with the token's file name")
        return Source(wanted, title, {**given, "token_file": token_file})
    if wanted == "managed_identity":
        return Source(wanted, title, given)
    return Source("cli", "whoever ran az login", {"tenant": given["tenant"]})


def _automatic(given: Options, token_file: str | None) -> str:
    if given["secret"] or given["certificate_path"]:
        return "service_principal"
    if token_file and given["client_id"]:
        return "workload_identity"
    if environment("IDENTITY_ENDPOINT", "MSI_ENDPOINT"):
        return "managed_identity"
    if shutil.which("az"):
        return "cli"
    raise NoCredentials(
        "no Azure credentials were given",
        "neither options nor environment variables name a secret, a certificate, a federated token or a managed "
        "identity, and there is no az command",
        "Set tenant, client_id and secret (AZURE_TENANT, AZURE_CLIENT_ID, AZURE_SECRET), or set auth_source.",
    )


def _complete(given: Options, place: str, *names: str) -> None:
    for name in names:
        if not given[name]:
            raise InvalidInput(
                name, None, f"given with the rest of the credential, in {place}", f"Give {name} there, too."
            )


#: Broken connections are tried again at once; what an answer means is decided here.
_TRIES = {"retry_total": 3, "retry_connect": 2, "retry_read": 2, "retry_status": 0}


def credential(source: Source, where: Cloud, transport: t.Any = None) -> t.Any:
    """The azure-identity credential. Asks for no token yet, so nothing is sent."""
    if IDENTITY_ERROR:
        raise MissingLibrary("azure-identity", IDENTITY_ERROR)
    values = source.values
    # With a given authority nobody is asked whether it is genuine: the question would go to the public cloud.
    wire: dict[str, t.Any] = {**_TRIES, "transport": transport}
    common = {"authority": where.authority, "disable_instance_discovery": where.private_authority, **wire}
    try:
        if source.kind == "managed_identity":
            return identity.ManagedIdentityCredential(client_id=values["client_id"], **wire)
        if source.kind == "cli":
            return identity.AzureCliCredential(tenant_id=values["tenant"] or "")
        if source.kind == "workload_identity":
            return identity.WorkloadIdentityCredential(
                tenant_id=values["tenant"],
                client_id=values["client_id"],
                token_file_path=values["token_file"],
                **common,
            )
        if values["secret"]:
            return identity.ClientSecretCredential(values["tenant"], values["client_id"], values["secret"], **common)
        return identity.CertificateCredential(
            values["tenant"], values["client_id"], certificate_path=values["certificate_path"], **common
        )
    except (ValueError, OSError) as error:
        raise Denied(
            f"{source.title} cannot be used", _line(error), "Correct tenant, client_id or certificate_path."
        ) from None


_FIXES = {
    "7000215": ("the secret is wrong", "Give the secret's value (not its id), or create a new one."),
    "7000222": ("the secret has expired", "Create a new client secret for the application."),
    "700016": ("the tenant has no application with this client_id", "Check client_id and tenant."),
    "7000112": ("the application is disabled", "Enable it in Microsoft Entra."),
    "90002": ("there is no such tenant", "Check tenant, and cloud_environment or authority_url."),
    "900023": ("the tenant is neither an id nor a domain name", "Check tenant."),
    "700027": ("the certificate is not one of the application's", "Register it, or give another certificate_path."),
    "700211": ("no federated credential of the application has this issuer", "Check its federated credentials."),
    "700213": ("no federated credential of the application has this subject", "Check its federated credentials."),
    "53003": ("a Conditional Access policy blocks the sign-in", "Sign in from where the policy allows it."),
    "500011": ("the tenant does not know this cloud", "Check cloud_environment and resource_manager_url."),
}


def limited(source: Source, message: str, status: int | None, headers: t.Mapping[str, str]) -> TryLater | None:
    """Pure: whether a sign-in that failed is worth another try, by the status of the last answer (None: there was
    none). A managed identity's endpoint says 404 and 410 while it is being updated (source: Microsoft, how to use
    managed identities to acquire an access token)."""
    virtual = source.kind == "managed_identity"
    service = "the managed identity endpoint" if virtual else "Microsoft Entra"
    wait = str(headers.get("Retry-After") or "")
    about: dict[str, t.Any] = {"http_status": status, "retry_after": float(wait) if _SECONDS.match(wait) else None}
    if status == 429:
        state = f"{service} limits token requests"
        cause = f"{state}, and refuses more for now ({_line(message)})"
        fix = "Run again later, or fewer playbooks at once."
        return TryLater(state, f"{source.title} cannot sign in to Azure", cause, fix, **about)
    if status is not None and (status >= 500 or virtual and status in (404, 410)):
        what = f"the sign-in service cannot be reached for {source.title}"
        fix = "Run again later; if it stays, check authority_url and proxy."
        return TryLater(f"{service} answers HTTP {status}", what, f"{service} answers HTTP {status}", fix, **about)
    return None


_SECONDS = re.compile(r"[0-9]{1,9}$", re.ASCII)


def refused(message: str, title: str, *, reached: bool = True) -> Failure:
    """Pure: the typed error for a sign-in that failed, from azure-identity's words. `title` says who tried; `reached`
    is False if no sign-in service answered at all."""
    text = _line(message)
    found = re.search(r"AADSTS(\d+)", text)
    if not reached or re.search(r"HTTP Error: 5\d\d", text):
        return Unavailable(
            f"the sign-in service cannot be reached for {title}",
            text,
            "Check authority_url, DNS and proxy; behind a proxy that intercepts TLS, give its CA with ca_path.",
        )
    cause, fix = text, "Check tenant, client_id and what belongs to them, or set auth_source."
    if found and found.group(1) in _FIXES:
        cause, fix = _FIXES[found.group(1)]
        cause = f"{cause} ({found.group(0)})"
    elif "authority configuration" in text:  # what MSAL says of an unknown tenant
        cause, fix = _FIXES["90002"]
    return Denied(
        f"{title} cannot sign in to Azure",
        cause,
        fix,
        code=found.group(0) if found else None,
        http_status=401 if found else None,
        request_id=next(iter(re.findall(r"Trace ID: ([0-9a-f-]+)", message)), None),
    )


def _line(message: object) -> str:
    """The first sentences of a message that goes on with trace ids and links, or with all that a server sent, which
    may hold a token."""
    text = re.split("Trace ID:|To mitigate this issue|Content:", str(message), maxsplit=1)[0]
    return " ".join(text.split()).removeprefix("Authentication failed: ").rstrip(". ")
