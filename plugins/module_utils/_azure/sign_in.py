# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Tokens for Azure Resource Manager: fetched through azure-identity, kept in the store of tokens.

azure-identity keeps tokens, too, and repeats requests; but only for one process, without regard to deadlines, and in
words of its own. So each fetch is a new credential that asks once.
"""

from __future__ import annotations

import contextlib
import os
import time
import typing as t
from pathlib import Path

from .._reuse import fingerprint
from .._tokens import Token, obtain, patiently
from .credentials import Cloud, Source, credential, limited, refused

try:
    from azure.core.credentials import AccessToken
    from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
    from azure.core.pipeline.transport import RequestsTransport
except ImportError:
    RequestsTransport = object  # type: ignore[assignment,misc,unused-ignore]

#: What says who signs in where neither options nor files of ours do.
_WHO = ("AZURE_", "IDENTITY_", "IMDS_", "MSI_")


class Credential:
    """What Azure's pipelines ask for tokens. Raises `Failure`s, so nothing has to tell its errors from those of ARM."""

    def __init__(self, source: Source, where: Cloud) -> None:
        self._source, self._where = source, where
        self._fetched: str | None = None
        self._claimed: Token | None = None
        #: Whether Azure took the last token that this object fetched.
        self.taken = False

    def get_token(self, *scopes: str, refused: str | None = None, **more: t.Any) -> AccessToken:
        """The token that is kept. `refused` is the one that Azure takes no more: the same is returned if another one
        would not help. Claims that Azure asks for are met by a token for this client alone."""
        if more.get("claims"):
            token = self._claimed = self._patiently(scopes, more)
        elif self._claimed and refused is None and self._claimed.serves(time.time()):
            token = self._claimed
        elif refused is not None and refused == self._fetched and not self.taken:
            return AccessToken(refused, 0)
        else:
            token = obtain(self._key(scopes), lambda: self._patiently(scopes, more), refused)
        return AccessToken(token.text, int(token.expires_on))

    def _patiently(self, scopes: tuple[str, ...], more: dict[str, t.Any]) -> Token:
        token = patiently(lambda: self._fetch(scopes, more), f"the sign-in of {self._source.title}")
        self._fetched, self.taken = token.text, False
        return token

    def _fetch(self, scopes: tuple[str, ...], more: dict[str, t.Any]) -> Token:
        """Asks once. Raises `TryLater` and `Failure`s."""
        issued = time.time()
        made, wire = self._make()
        try:
            found = made.get_token(*scopes, **more)
        except ClientAuthenticationError as error:
            status = wire.answer.status_code if wire.answer is not None else None
            headers = wire.answer.headers if wire.answer is not None else {}
            later = limited(self._source, error.message, status, headers)
            if later:
                raise later from None
            lost = isinstance(error.__cause__, AzureError) and not isinstance(error.__cause__, HttpResponseError)
            raise refused(error.message, self._source.title, reached=not lost) from None
        except AzureError as error:
            raise refused(error.message, self._source.title, reached=False) from None
        return Token(found.token, issued, float(found.expires_on))

    def _make(self) -> tuple[t.Any, _Wire]:
        wire = _Wire(connection_timeout=10, read_timeout=60, connection_verify=self._where.ca_path or True)
        return credential(self._source, self._where, wire), wire

    def _key(self, scopes: tuple[str, ...]) -> str:
        """Everything that says who signs in, and where."""
        source = self._source
        parts: list[t.Any] = ["azure", self._where.authority, scopes, source.kind, dict(source.values)]
        if source.kind == "service_principal":
            parts.append(_content(source.values["certificate_path"]))
        elif source.kind in ("managed_identity", "cli"):
            parts.append({name: value for name, value in os.environ.items() if name.startswith(_WHO)})
        if source.kind == "cli":  # az writes there who has logged in
            parts.append(_content(os.environ.get("AZURE_CONFIG_DIR") or "~/.azure", "azureProfile.json"))
        return fingerprint(parts)


class _Wire(RequestsTransport):  # type: ignore[misc,unused-ignore]
    """Keeps the last answer: azure-identity's errors do not always have the status that they come from."""

    answer: t.Any = None

    def send(self, request: t.Any, **more: t.Any) -> t.Any:
        self.answer = None
        self.answer = super().send(request, **more)
        return self.answer


def _content(*names: str | None) -> bytes:
    """What is in a file; nothing if it cannot be read."""
    with contextlib.suppress(OSError, TypeError):
        return Path(*t.cast("tuple[str, ...]", names)).expanduser().read_bytes()
    return b""
