# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is calling Atlas: API keys by HTTP Digest, service accounts by OAuth 2.0 client credentials.

Sources: live recordings by the Atlas CLI (challenge, 401 body); Atlas docs, "Service Accounts" (token, revocation and
their errors) and "AtlasGov" (SHA-256 challenge). How long a nonce lives is not published ("a short amount of time").
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs
from urllib.request import parse_http_list, parse_keqv_list

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.lab import atlas_model as model
from tests.lab.atlas_errors import Refusal
from tests.lab.world import Credential, World

REALM = "MMS Public API"
DigestAlgorithm = Literal["MD5", "SHA-256"]
_HASHES: dict[DigestAlgorithm, Callable[[bytes], str]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
}


class Unauthorized(Exception):
    """The caller is not known; `challenge` is the WWW-Authenticate header of the 401."""

    def __init__(self, challenge: str) -> None:
        super().__init__(challenge)
        self.challenge = challenge


@dataclass
class _Nonce:
    issued: float
    counts: set[int] = field(default_factory=set)


class Digest:
    """RFC 7616 with qop=auth. A nonce that is unknown or too old gets `stale=true`, a count used twice does not."""

    def __init__(self, world: World, algorithm: DigestAlgorithm, nonce_life: float) -> None:
        self._world = world
        self._algorithm: DigestAlgorithm = algorithm
        self._hash = _HASHES[algorithm]
        self._life = nonce_life
        self._nonces: dict[str, _Nonce] = {}

    def challenge(self, stale: bool = False) -> str:
        """A new nonce, in the words of the live challenge."""
        self._forget_old()
        nonce = base64.b64encode(secrets.token_bytes(24)).decode()
        self._nonces[nonce] = _Nonce(self._world.clock())
        return (
            f'Digest realm="{REALM}", domain="", nonce="{nonce}", algorithm={self._algorithm}, qop="auth", '
            f"stale={'true' if stale else 'false'}"
        )

    def credential(self, request: Request, answer: str) -> Credential:
        """The API key whose owner made this answer to a challenge, for exactly this request line."""
        try:
            given = parse_keqv_list(parse_http_list(answer))
        except (ValueError, IndexError):
            given = {}
        key = self._world.credentials.get(given.get("username", ""))
        if key is None or key.kind != "key" or not self._fits(request, given, key):
            raise Unauthorized(self.challenge())
        self._forget_old()
        nonce = self._nonces.get(given["nonce"])
        if nonce is None:
            raise Unauthorized(self.challenge(stale=True))
        count = int(given["nc"], 16)
        if count in nonce.counts:
            raise Unauthorized(self.challenge())
        nonce.counts.add(count)
        return key

    def _fits(self, request: Request, given: dict[str, str], key: Credential) -> bool:
        line = {"realm": REALM, "uri": target(request), "qop": "auth", "algorithm": self._algorithm}
        given = {"algorithm": "MD5", **given}
        parts = [given.get(name, "") for name in ("nonce", "nc", "cnonce", "response")]
        if any(given.get(name) != value for name, value in line.items()) or not all(parts) or not _is_count(parts[1]):
            return False
        nonce, count, cnonce, response = parts
        who = self._hash(f"{key.id}:{REALM}:{key.secret}".encode())
        what = self._hash(f"{request.method}:{given['uri']}".encode())
        expected = self._hash(f"{who}:{nonce}:{count}:{cnonce}:auth:{what}".encode())
        return hmac.compare_digest(expected.encode(), response.encode())

    def _forget_old(self) -> None:
        oldest = self._world.clock() - self._life
        self._nonces = {name: nonce for name, nonce in self._nonces.items() if nonce.issued > oldest}


def _is_count(text: str) -> bool:
    return len(text) == 8 and all(digit in "0123456789abcdefABCDEF" for digit in text)


def target(request: Request) -> str:
    """The request target as it was sent: encoded path and query."""
    query = request.scope["query_string"]
    return str((request.scope["raw_path"] + (b"?" + query if query else b"")).decode("latin-1"))


#: Requests that one client may send from one address in a window of seconds, and tokens of one service account that may
#: live at once (sources: pull requests 3791 of terraform-provider-mongodbatlas and 4656 of mongodb-atlas-cli, with the
#: answers; that refused requests do not count, and that there is no Retry-After, is inferred from these).
REQUESTS, WINDOW, LIVING = 10, 60.0, 100


class Tokens:
    """The OAuth 2.0 server. A token belongs to a service account until it expires or is revoked; it cannot be
    refreshed, and it can be had from any address (source: Admin API specification, info)."""

    def __init__(self, world: World, life: int) -> None:
        self._world = world
        self._life = life
        self._owners: dict[str, tuple[Credential, float]] = {}
        self._asked: dict[tuple[str, str], list[float]] = {}  # by client and address, on the world's clock
        #: Every token that was ever issued, for those who look where tokens must not be.
        self.issued: list[str] = []

    def credential(self, token: str) -> Credential:
        """The service account of a living token."""
        owner, until = self._owners.get(token, (None, 0.0))
        if owner is None or self._world.clock() >= until or owner.id not in self._world.credentials:
            # Inferred: RFC 6750 wants a Bearer challenge, no recording shows Atlas'.
            raise Unauthorized(f'Bearer realm="{REALM}", error="invalid_token"')
        return owner

    def revoke_all(self) -> None:
        """Every token handed out so far stops working."""
        self._owners.clear()

    async def issue(self, request: Request) -> Response:
        """POST /api/oauth/token."""
        if not self._may_ask(request):
            limited = Refusal("RATE_LIMITED", model.TOKEN_PATH, REQUESTS, int(WINDOW // 60))
            return JSONResponse(limited.body, limited.status, limited.headers)
        account = self._client(request)
        if account is None:
            return _oauth_error(401, "invalid_client", "Invalid credentials provided.")
        grant = (await _form(request)).get("grant_type")
        if grant is None:
            return _oauth_error(400, "invalid_request", "The parameter grant_type is missing.")
        if grant != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", f"The grant type {grant} is not supported.")
        now = self._world.clock()
        if sum(owner is account and until > now for owner, until in self._owners.values()) >= LIVING:
            words = "Access Token limit reached. Please use the existing Access Tokens or create a new Service Account."
            return _oauth_error(403, "access_denied", words)
        token = secrets.token_urlsafe(48)
        self.issued.append(token)
        self._owners[token] = (account, now + self._life)
        return _json(model.Token(access_token=token, expires_in=self._life, token_type="Bearer"))

    async def revoke(self, request: Request) -> Response:
        """POST /api/oauth/revoke. An unknown token is as good as revoked (RFC 7009)."""
        account = self._client(request)
        if account is None:
            return _oauth_error(401, "invalid_client", "Invalid credentials provided.")
        token = (await _form(request)).get("token")
        if token is None:
            return _oauth_error(400, "invalid_request", "The parameter token is missing.")
        if self._owners.get(token, (None, 0.0))[0] is account:
            del self._owners[token]
        return Response(status_code=200)

    def _may_ask(self, request: Request) -> bool:
        who = _basic(request)[0], request.client.host if request.client else ""
        now = self._world.clock()
        lately = [at for at in self._asked.get(who, []) if at > now - WINDOW]
        allowed = len(lately) < REQUESTS
        self._asked[who] = [*lately, now] if allowed else lately
        return allowed

    def _client(self, request: Request) -> Credential | None:
        name, secret = _basic(request)
        account = self._world.credentials.get(name)
        if account is None or account.kind != "service_account":
            return None
        return account if hmac.compare_digest(account.secret.encode(), secret.encode()) else None


def _basic(request: Request) -> tuple[str, str]:
    """The name and the secret of HTTP Basic; blank where there are none."""
    scheme, _space, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        name, _colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return (name, secret) if scheme.lower() == "basic" else ("", "")


async def _form(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return {}
    return {name: values[0] for name, values in parse_qs((await request.body()).decode("latin-1")).items()}


def _oauth_error(status: int, error: str, description: str) -> Response:
    return _json(model.OAuthError.model_validate({"error": error, "error_description": description}), status)


def _json(body: BaseModel, status: int = 200) -> Response:
    return JSONResponse(body.model_dump(), status, headers={"Cache-Control": "no-store"})


class Authenticator:
    """Either way to be somebody; whoever brings nothing gets the Digest challenge."""

    def __init__(self, digest: Digest, tokens: Tokens) -> None:
        self._digest = digest
        self._tokens = tokens

    def credential(self, request: Request) -> Credential:
        """Raises Unauthorized."""
        scheme, _space, rest = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._tokens.credential(rest.strip())
        if scheme.lower() == "digest":
            return self._digest.credential(request, rest)
        raise Unauthorized(self._digest.challenge())
