# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft Entra ID, as far as a service principal sees it: discovery, and tokens for a secret, a federated token or
a certificate; and the endpoint that gives a virtual machine the tokens of its managed identity. Error bodies and codes:
Microsoft, authentication and authorization error codes (AADSTS).
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import jwt
from cryptography import x509
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.lab import played
from tests.lab.bodies import shortened
from tests.lab.directory import Principal
from tests.lab.world import World

METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS"]
LIFETIME = 3599  # seconds; what Entra says of a token that lives for an hour
#: What Entra grants to people (source: Microsoft identity platform, protocols); the lab has service principals only.
OTHER_GRANTS = (
    "authorization_code",
    "password",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
)
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class EntraError(Exception):
    """A refusal: the HTTP status, OAuth's error, and the number behind AADSTS."""

    def __init__(self, status: int, error: str, number: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.number = number
        self.message = message

    def response(self) -> JSONResponse:
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        stamp = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
        words = shortened(self.message)
        text = f"AADSTS{self.number}: {words} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}"
        body = {
            "error": self.error,
            "error_description": text,
            "error_codes": [self.number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }
        return JSONResponse(body, self.status)


def issue_token(world: World, audience: str, lifetime: float = LIFETIME, principal: Principal | None = None) -> str:
    """An access token of a service principal (the lab's first, if none is given) for an audience; `lifetime` in
    seconds, negative for one that has expired."""
    now = int(time.time())
    who = principal or world.directory.principals[world.client_id]
    claims = {
        "aud": audience,
        "iss": f"https://sts.windows.net/{who.tenant_id}/",
        "iat": now,
        "nbf": now,
        "exp": now + int(lifetime),
        "tid": who.tenant_id,
        "appid": who.client_id,
        "oid": who.client_id,
        "sub": who.client_id,
        "idtyp": "app",
        "ver": "1.0",
    }
    return jwt.encode(claims, world.token_key, algorithm="HS256")


def read_token(world: World, token: str) -> dict[str, Any]:
    """The claims of a token that `issue_token` made. Raises jwt.ExpiredSignatureError, or another jwt.PyJWTError."""
    options: Any = {"verify_aud": False}
    return dict(jwt.decode(token, world.token_key, algorithms=["HS256"], options=options))


def entra_routes(world: World, base_url: Callable[[], str]) -> list[Route]:
    """The routes by themselves, to be served on one origin with ARM."""

    def checked(request: Request) -> str:
        tenant = str(request.path_params["tenant"])
        if tenant.lower() not in (*world.directory.tenants(), "common", "organizations"):
            raise EntraError(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
        return tenant

    async def configuration(request: Request) -> JSONResponse:
        try:
            tenant = checked(request)
        except EntraError as error:
            return error.response()
        home = f"{base_url()}/{tenant}"
        version = "/v2.0" if "v2.0" in request.url.path else ""
        return JSONResponse(
            {
                "issuer": f"{home}{version or '/'}",
                "authorization_endpoint": f"{home}/oauth2{version}/authorize",
                "token_endpoint": f"{home}/oauth2{version}/token",
                "device_authorization_endpoint": f"{home}/oauth2{version}/devicecode",
                "jwks_uri": f"{home}/discovery{version}/keys",
                "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "tenant_region_scope": None,
                "cloud_instance_name": base_url().partition("://")[2],
            }
        )

    async def instances(request: Request) -> JSONResponse:
        host = base_url().partition("://")[2]
        return JSONResponse(
            {
                "tenant_discovery_endpoint": f"{base_url()}/{world.tenant_id}/v2.0/.well-known/openid-configuration",
                "api-version": "1.1",
                "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
            }
        )

    async def token(request: Request) -> JSONResponse:
        body_sent = await request.body()
        try:
            tenant = checked(request)
            form = _form(body_sent)
            if form.get("grant_type") in OTHER_GRANTS:
                return not_played(request, f"the grant type {form['grant_type']}")
            _complete(form)
            audience = _audience(form)
            principal = _authenticate(world, form, tenant)
        except EntraError as error:
            return error.response()
        body: dict[str, Any] = {
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "ext_expires_in": LIFETIME,
            "access_token": issue_token(world, audience, principal=principal),
        }
        if "resource" in form:  # v1 sends text, and says for what the token is
            until = int(time.time()) + LIFETIME
            body |= {"expires_in": str(LIFETIME), "expires_on": str(until), "resource": audience}
        return JSONResponse(body)

    async def metadata(request: Request) -> JSONResponse:
        """What a virtual machine asks for the token of its managed identity. A program in App Service sends the header
        that its platform gave it instead (source: Microsoft, managed identities for App Service)."""
        known = request.headers.get("metadata") == "true" or "x-identity-header" in request.headers
        if not known or "resource" not in request.query_params:
            return JSONResponse({"error": "invalid_request", "error_description": "Required metadata is missing"}, 400)
        resource, until = request.query_params["resource"], int(time.time()) + LIFETIME
        return JSONResponse(
            {
                "access_token": issue_token(world, resource),
                "client_id": world.client_id,
                "expires_in": str(LIFETIME),
                "expires_on": str(until),
                "resource": resource,
                "token_type": "Bearer",
            }
        )

    return [
        Route("/metadata/identity/oauth2/token", metadata),
        Route("/common/discovery/instance", instances),
        Route("/{tenant}/v2.0/.well-known/openid-configuration", configuration),
        Route("/{tenant}/.well-known/openid-configuration", configuration),
        Route("/{tenant}/oauth2/v2.0/token", token, methods=["POST"]),
        Route("/{tenant}/oauth2/token", token, methods=["POST"]),
    ]


def entra_app(world: World, base_url: Callable[[], str]) -> Starlette:
    """Entra on an origin of its own."""
    return Starlette(
        routes=[
            *entra_routes(world, base_url),
            Route("/{path:path}", not_played, methods=METHODS),
        ]
    )


def not_played(request: Request, what: str = "this part of Microsoft Entra ID") -> JSONResponse:
    """Whatever else Entra or a virtual machine's metadata service can be asked for."""
    words = played.not_played(what, request.method, request.url.path)
    return JSONResponse({"error": played.CODE, "error_description": words}, played.STATUS)


def _form(body: bytes) -> dict[str, str]:
    """The fields of a form. What is no form has none of them (that Entra reads a wrong encoding so is inferred)."""
    try:
        form = dict(parse_qsl(body.decode()))
    except ValueError:
        form = {}
    return form


def _complete(form: dict[str, str]) -> None:
    """Raises what is said of a form without a field that each must have."""
    missing = next((name for name in ("grant_type", "client_id") if name not in form), None)
    if missing:
        message = f"The request body must contain the following parameter: '{missing}'."
        raise EntraError(400, "invalid_request", 900144, message)


def _audience(form: dict[str, str]) -> str:
    """For what a token is asked: v2's `scope` ends with /.default, v1 has `resource`."""
    grant = form.get("grant_type", "")
    if grant != "client_credentials":
        raise EntraError(400, "unsupported_grant_type", 70003, f"The grant type '{grant}' is not supported.")
    if "resource" in form:
        return form["resource"]
    scopes = form.get("scope", "").split()
    audiences = [scope.removesuffix("/.default") for scope in scopes if scope.endswith("/.default")]
    if not audiences:
        raise EntraError(400, "invalid_scope", 1002012, f"The scope '{' '.join(scopes)}' is not valid.")
    return audiences[0]


def _authenticate(world: World, form: dict[str, str], tenant: str) -> Principal:
    client = form.get("client_id", "")
    principal = world.directory.principals.get(client.lower())
    is_first = client.lower() == world.client_id
    if principal is None or (not is_first and principal.tenant_id != tenant.lower()):
        message = f"Application with identifier '{client}' was not found in the directory '{tenant}'."
        raise EntraError(400, "unauthorized_client", 700016, message)
    assertion = form.get("client_assertion")
    if assertion:
        if form.get("client_assertion_type") != ASSERTION or not _is_ours(world, assertion):
            raise EntraError(401, "invalid_client", 700027, "The client assertion failed signature validation.")
    elif not form.get("client_secret"):
        raise EntraError(401, "invalid_client", 7000216, "'client_assertion' or 'client_secret' is required.")
    elif form["client_secret"] != (world.client_secret if is_first else principal.client_secret):
        raise EntraError(401, "invalid_client", 7000215, f"Invalid client secret provided for app '{client}'.")
    return principal


def _is_ours(world: World, assertion: str) -> bool:
    """The federated token of the run, or signed with the key of the client's certificate."""
    if assertion == world.federated_token:
        return True
    if world.client_certificate is None:
        return False
    key: Any = x509.load_pem_x509_certificate(world.client_certificate).public_key()
    options: Any = {"verify_aud": False}
    try:
        claims = jwt.decode(assertion, key, algorithms=["RS256", "PS256"], options=options)
    except jwt.PyJWTError:
        return False
    return bool(claims.get("iss") == world.client_id)
