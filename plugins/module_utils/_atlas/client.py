# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The Atlas Admin API: who we are, versioned media types, retries that cannot create twice, and typed errors.

Knows HTTP and Atlas' conventions, no resource and no Ansible.
"""

from __future__ import annotations

import os
import re
import time
import typing as t
from urllib.parse import quote

from .._errors import (
    Busy,
    Denied,
    Failure,
    InvalidInput,
    LostAnswer,
    MissingLibrary,
    NoCredentials,
    NotFound,
    Raced,
    Rejected,
    Unavailable,
)
from .._options import ATLAS, environment
from .._reuse import fingerprint, once
from .._tokens import Token, TryLater, obtain, patiently

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase, HTTPDigestAuth
    from urllib3.util.retry import Retry
except ImportError as error:
    REQUESTS_ERROR: str | None = str(error)
    AuthBase = object  # type: ignore[assignment,misc]
else:
    REQUESTS_ERROR = None

#: The version date of every private endpoint operation (source: Admin API specification, 2026-08: they have one each).
V2023 = "2023-01-01"
#: Clusters: the earlier dates of this operation carry a sunset of 2027-07-01.
V2024 = "2024-08-05"

TIMEOUT = (10, 60)  # seconds to connect, seconds to answer
ROOT = "/api/atlas/v2"
TOKEN_PATH = "/api/oauth/token"

Json = t.Any


class Credentials(t.NamedTuple):
    """A service account (client id and secret) or an API key (public and private), and where it came from."""

    kind: str
    name: str
    secret: str
    source: str


def credentials(options: t.Mapping[str, t.Any]) -> Credentials:
    """Options first, the environment only if no option was given; a service account before an API key.

    Raises `InvalidInput` when one half of a pair is missing, `NoCredentials` when there is nothing at all.
    """
    given = {name: options.get(name) for name in ("client_id", "client_secret", "public_key", "private_key")}
    source = "options"
    if not any(given.values()):
        source = "environment"
        given = {
            "client_id": environment("MONGODB_ATLAS_CLIENT_ID"),
            "client_secret": environment("MONGODB_ATLAS_CLIENT_SECRET"),
            "public_key": environment("MONGODB_ATLAS_PUBLIC_KEY", "MONGODB_ATLAS_PUBLIC_API_KEY"),
            "private_key": environment("MONGODB_ATLAS_PRIVATE_KEY", "MONGODB_ATLAS_PRIVATE_API_KEY"),
        }
    for kind, name, secret in (
        ("service account", "client_id", "client_secret"),
        ("API key", "public_key", "private_key"),
    ):
        ident, key = given[name], given[secret]
        if ident and key:
            return Credentials(kind, ident, key, source)
        if ident or key:
            missing, other = (secret, name) if ident else (name, secret)
            raise InvalidInput(
                missing,
                None,
                f"given together with {other}, in the same place ({source})",
                f"Give {missing} there, too, or take {other} away.",
            )
    raise NoCredentials(
        "no Atlas credentials were given",
        "neither options nor environment variables name a service account or an API key",
        "Set client_id and client_secret (MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET), or public_key and "
        "private_key (MONGODB_ATLAS_PUBLIC_KEY, MONGODB_ATLAS_PRIVATE_KEY).",
    )


class _ServiceAccount(AuthBase):
    """OAuth2 client credentials: the token that is kept, and another one where Atlas stops taking it (they live 1 h).
    No other host is given any."""

    def __init__(self, client: Client, account: Credentials) -> None:
        self._client, self._account = client, account
        self._key = fingerprint(["atlas", client.base_url, *account])

    def __call__(self, request: t.Any) -> t.Any:
        request.headers["Authorization"] = _bearer(self._token())
        request.register_hook("response", self._renew)
        return request

    def _renew(self, response: t.Any, **kwargs: t.Any) -> t.Any:
        request = response.request
        sent = request.headers.get("Authorization", "")
        ours = request.url.startswith(f"{self._client.base_url}/")
        if response.status_code != 401 or not ours or getattr(request, "renewed", False):
            return response
        response.content  # noqa: B018  (drains the answer, so that its connection can be used again)
        another = _bearer(self._token(refused=sent.partition(" ")[2]))
        if another == sent:
            return response
        again = request.copy()
        again.renewed = True
        again.headers["Authorization"] = another
        return response.connection.send(again, **kwargs)

    def _token(self, refused: str | None = None) -> str:
        title = f"the sign-in of service account {self._account.name}"
        return obtain(self._key, lambda: patiently(self._fetch, title), refused).text

    def _fetch(self) -> Token:
        return self._client.token(self._account)


def _bearer(text: str) -> str:
    return f"Bearer {text}"


class Client:
    """One HTTP session with Atlas. Methods return parsed JSON and raise `Failure`s; a read is repeated on 429, 5xx and
    broken connections, a write never (after a lost answer it raises `LostAnswer`, and the engine looks first)."""

    def __init__(self, options: t.Mapping[str, t.Any]) -> None:
        if REQUESTS_ERROR:
            raise MissingLibrary("requests", REQUESTS_ERROR)
        self.base_url = str(options["base_url"]).rstrip("/")
        if not re.match(r"https://[^/]+$", self.base_url):
            raise InvalidInput(
                "base_url", self.base_url, "an https origin without a path, as https://cloud.mongodb.com"
            )
        self._verify = options.get("ca_path") or environment("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") or True
        if self._verify is not True and not os.path.exists(str(self._verify)):
            raise InvalidInput("ca_path", self._verify, "a file that exists (it may come from REQUESTS_CA_BUNDLE)")
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "privatelink.mongodb (Ansible collection)"
        retry = Retry(
            total=6,
            connect=2,
            backoff_factor=0.5,
            status_forcelist=[429, 500, 502, 503, 504],
            allowed_methods=["GET"],
            raise_on_status=False,
        )
        self._session.mount(self.base_url, HTTPAdapter(max_retries=retry))
        self._account = credentials(options)
        self._session.auth = (
            HTTPDigestAuth(self._account.name, self._account.secret)
            if self._account.kind == "API key"
            else _ServiceAccount(self, self._account)
        )

    def get(self, path: str, version: str = V2023, **query: t.Any) -> Json:
        """GET; raises `NotFound` for any 404."""
        return self._call("GET", path, version, query=query)

    def find(self, path: str, absent: t.Collection[str], version: str = V2023) -> Json | None:
        """GET something that may not exist: None only for a 404 with one of these error codes."""
        try:
            return self._call("GET", path, version)
        except NotFound as error:
            if error.code in absent:
                return None
            raise

    def pages(self, path: str, version: str = V2023) -> list[Json]:
        """All `results` of a paginated list."""
        found: list[Json] = []
        while True:
            page = self.get(path, version, itemsPerPage=500, pageNum=len(found) // 500 + 1)
            found += page["results"]
            if len(page["results"]) < 500:
                return found

    def post(self, path: str, body: Json) -> Json:
        return self._call("POST", path, V2023, body=body)

    def patch(self, path: str, body: Json) -> Json:
        return self._call("PATCH", path, V2023, body=body)

    def delete(self, path: str) -> None:
        self._call("DELETE", path, V2023)

    def token(self, account: Credentials) -> Token:
        """A bearer token for a service account, asked for once. Raises `TryLater` and `Failure`s."""
        issued = time.time()
        try:
            response = self._send(
                "POST",
                f"{self.base_url}{TOKEN_PATH}",
                data={"grant_type": "client_credentials"},
                headers={"Accept": "application/json"},
                auth=(account.name, account.secret),
            )
        except LostAnswer as lost:
            raise TryLater("no answer", lost.what, lost.cause, "Run again.") from None
        body = _json(response)
        if response.status_code == 200 and "access_token" in body:
            return Token(str(body["access_token"]), issued, issued + (_seconds(body.get("expires_in")) or 3600.0))
        raise no_token(account.name, response.status_code, body, response.headers)

    def _call(self, method: str, path: str, version: str, body: Json = None, query: t.Any = None) -> Json:
        media = f"application/vnd.atlas.{version}+json"
        headers = {"Accept": media, **({"Content-Type": media} if body is not None else {})}
        response = self._send(method, f"{self.base_url}{ROOT}{path}", json=body, params=query or None, headers=headers)
        if response.status_code < 300:
            if response.content and not _is_json(response):
                raise Unavailable(
                    f"the answer to {method} {path} is not from Atlas",
                    f"HTTP {response.status_code} with {response.headers.get('Content-Type', 'no type')}",
                    "Check base_url, and whether a proxy answers in its place.",
                )
            return _json(response)
        who = f"{self._account.kind} {self._account.name}"
        raise translate(method, path, response.status_code, _json(response), response.headers, who)

    def _send(self, method: str, url: str, **more: t.Any) -> t.Any:
        what = f"{method} {url}"
        try:
            # `verify` is given per request: environment variables would override the session's.
            return self._session.request(method, url, timeout=TIMEOUT, verify=self._verify, **more)
        except requests.exceptions.SSLError as error:
            raise Unavailable(
                f"no secure connection to Atlas for {what}",
                _root(error),
                "Check base_url; behind a proxy that intercepts TLS, give its CA with ca_path.",
            ) from None
        except requests.exceptions.ConnectTimeout as error:
            raise _unreachable(what, error) from None
        except requests.exceptions.RequestException as error:
            if method == "GET" or _never_sent(error):
                raise _unreachable(what, error) from None
            raise LostAnswer(
                f"Atlas did not answer {what}",
                _root(error),
                "Run again: what happened meanwhile is read first, nothing is created twice.",
            ) from None


#: The client for these options: one for as long as the process and the environment stay the same, with its token (or
#: the answer to Atlas' digest challenge) and its connections.
connect = once(Client, ATLAS.options)


def segment(text: str) -> str:
    """One path segment, with slashes encoded too, as Atlas wants Azure resource ids."""
    return quote(text, safe="")


def translate(
    method: str,
    path: str,
    status: int,
    body: t.Mapping[str, t.Any],
    headers: t.Mapping[str, str],
    who: str = "API key or service account",
) -> Failure:
    """Pure: the typed error for an Atlas answer to `who`. 401, 402 and 403 are told apart by status, not by code,
    because a bad key's 401 carries only UNEXPECTED_ERROR (source: live recordings of MongoDB's own CLI)."""
    code = str(body.get("errorCode") or "")
    detail = str(body.get("detail") or body.get("reason") or f"HTTP {status}")
    fields = [
        f"{item.get('field')}: {item.get('description')}"
        for item in (body.get("badRequestDetail") or {}).get("fields") or []
    ]
    about: dict[str, t.Any] = {
        "code": code or None,
        "http_status": status,
        "request_id": headers.get("X-Request-Id") or headers.get("x-request-id"),
    }
    what = f"Atlas refused {method} {path}"
    cause = "; ".join([detail, *fields])
    if status == 401:
        return Denied(
            "Atlas does not accept these credentials for this project",
            cause,
            f"Check the {who}: its secret, that it was added to the project (it belongs to one organization), and that "
            f"it has the role {_role(method)} there.",
            **about,
        )
    if status == 402:
        return Denied(
            "Atlas wants a payment method first",
            cause,
            "Add a payment method to the organization (or settle its invoice), then run again.",
            **about,
        )
    if status == 403 and ("ACCESS_LIST" in code or "WHITELIST" in code):
        return Denied(
            "the API access list of these credentials does not let this machine in",
            cause,
            "Add the machine's address to the access list of the key or service account.",
            **about,
        )
    if status == 403:
        return Denied(
            f"these credentials may not {method} {path}",
            cause,
            f"Give the {who} the role {_role(method)} in the project.",
            **about,
        )
    if status == 404 and method == "DELETE":
        return Raced(what, cause, **about)
    if status == 404:
        return NotFound(
            what, cause, "Check the project and the ids; a project of another organization is not visible.", **about
        )
    if status == 409 and method == "POST":
        return Raced(what, cause, _FIXES.get(code, _FIX), **about)
    if status == 409 and method == "DELETE":
        return Busy(what, cause, "Something attached to it is still being removed; run again later.", **about)
    if status == 410:
        return Rejected(what, cause, "Atlas has retired this API version: update the collection.", **about)
    if status == 429 or status == 405 and "UPGRADE" in code or status == 503 and method != "GET":
        retry_after = headers.get("Retry-After") or ""
        wait = float(retry_after) if retry_after.isdigit() else None
        return Busy(what, cause, "Run again later.", retry_after=wait, **about)
    if status >= 500 and method != "GET":
        return LostAnswer(what, cause, "Run again: what happened meanwhile is read first.", **about)
    if status >= 500:
        return Unavailable(what, cause, "Run again later; if it stays, see MongoDB's status page.", **about)
    return Rejected(what, cause, _FIXES.get(code, _FIX), **about)


def no_token(account: str, status: int, body: t.Mapping[str, t.Any], headers: t.Mapping[str, str]) -> Exception:
    """Pure: why a service account got no token. OAuth errors have a shape of their own.

    The limits are those of MongoDB's documentation and clients (sources: terraform-provider-mongodbatlas pull request
    3791, mongodb-atlas-cli pull request 4656): ten requests a minute, and a hundred tokens that live.
    """
    code = str(body.get("error") if isinstance(body.get("error"), str) else body.get("errorCode") or "")
    detail = str(body.get("error_description") or body.get("detail") or f"HTTP {status}")
    about: dict[str, t.Any] = {"code": code or None, "http_status": status}
    what = "Atlas gave no token for the service account"
    if status == 429:
        return TryLater(
            "Atlas limits token requests",
            what,
            "Atlas limits token requests: 10 a minute for one service account from one address, and those of "
            f"{account} are used up ({detail})",
            f"Run again later. {_SHARED}",
            retry_after=_seconds(headers.get("Retry-After")) or None,
            **about,
        )
    if status >= 500:
        return TryLater(
            f"Atlas answers HTTP {status}",
            what,
            f"Atlas issues no tokens at the moment ({detail})",
            "Run again later; if it stays, see MongoDB's status page.",
            retry_after=_seconds(headers.get("Retry-After")) or None,
            **about,
        )
    if code == "access_denied" and "limit" in detail.lower():
        return Unavailable(
            what,
            f"Atlas limits access tokens: 100 at a time for one service account, and {account} has as many ({detail})",
            f"They live an hour: run again later. {_SHARED}",
            **about,
        )
    if status < 400:
        return Unavailable(
            f"the answer to POST {TOKEN_PATH} is not from Atlas",
            f"HTTP {status} with {headers.get('Content-Type', 'no type')}",
            "Check base_url, and whether a proxy answers in its place.",
            **about,
        )
    return Denied(
        what,
        detail,
        "Check client_id and client_secret, and that the secret has not expired.",
        **about,
    )


_SHARED = "One run takes one token; runs at once need service accounts of their own, or an API key, which has no limit."


def _seconds(value: t.Any) -> float:
    """A number of seconds that a server sent; 0 if it is none."""
    text = str(value)
    return float(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0.0


def _role(method: str) -> str:
    """What an operation on private endpoints or clusters needs in the project (source: Admin API specification, role
    requirements)."""
    return "Project Read Only (GROUP_READ_ONLY)" if method == "GET" else "Project Owner (GROUP_OWNER)"


_FIX = "Correct what the cause names, then run again."
_FIXES = {
    "CANNOT_UPDATE_PAUSED_CLUSTER": "Resume the paused clusters of the project, then run again.",
    "ATLAS_GENERAL_ERROR": "If the cause names capacity, try later or ask MongoDB support; else correct what it names.",
    "MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION": (
        "Keep to one endpoint in each region, or to one region, or enable the mode with atlas_regional_mode."
    ),
}


def _is_json(response: t.Any) -> bool:
    try:
        response.json()
    except ValueError:
        return False
    return True


def _json(response: t.Any) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", response.json()) if _is_json(response) else {}


def _root(error: BaseException) -> str:
    """The innermost reason of a wrapped network error, in one line."""
    while True:
        inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        if not isinstance(inner, BaseException):
            return " ".join(str(error).split()) or type(error).__name__
        error = inner


def _never_sent(error: BaseException) -> bool:
    return "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)


def _unreachable(what: str, error: BaseException) -> Unavailable:
    return Unavailable(f"Atlas cannot be reached for {what}", _root(error), "Check base_url, DNS, proxy and firewall.")
