# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable

ITERATIONS = 4096  # the least that MongoDB drivers accept
SALT_LENGTH = 28  # bytes; libmongoc refuses any other (mongoc-scram.c), DocumentDB has it as scramDefaultSaltLen


class Credential:
    """What a server keeps of a password (RFC 5802: StoredKey and ServerKey)."""

    def __init__(self, password: str) -> None:
        self.salt = os.urandom(SALT_LENGTH)
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), self.salt, ITERATIONS)
        self.stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
        self.server_key = hmac.digest(salted, b"Server Key", "sha256")


class Scram:
    """One conversation. Raises ValueError or KeyError: malformed message, unknown user, wrong proof."""

    def __init__(self, credentials: Callable[[str], Credential | None], client_first: str) -> None:
        self._gs2, self._bare = client_first[:3], client_first[3:]
        fields = self._fields(self._bare)
        credential = credentials(fields["n"].replace("=2C", ",").replace("=3D", "="))
        if credential is None:
            raise ValueError("unknown user")
        self._credential = credential
        self._nonce = fields["r"] + base64.b64encode(os.urandom(18)).decode()
        salt = base64.b64encode(credential.salt).decode()
        self.server_first = f"r={self._nonce},s={salt},i={ITERATIONS}"

    def finish(self, client_final: str) -> str:
        """Checks the client's proof and returns the server's."""
        fields = self._fields(client_final)
        message = f"{self._bare},{self.server_first},{client_final.rpartition(',p=')[0]}".encode()
        signature = hmac.digest(self._credential.stored_key, message, "sha256")
        key = bytes(a ^ b for a, b in zip(base64.b64decode(fields["p"]), signature, strict=True))
        genuine = hmac.compare_digest(hashlib.sha256(key).digest(), self._credential.stored_key)
        bound = base64.b64decode(fields["c"]) == self._gs2.encode() and fields["r"] == self._nonce
        if not (genuine and bound):
            raise ValueError("wrong proof")
        return "v=" + base64.b64encode(hmac.digest(self._credential.server_key, message, "sha256")).decode()

    @staticmethod
    def _fields(message: str) -> dict[str, str]:
        pairs = [part.partition("=") for part in message.split(",")]
        return {key: value for key, _equals, value in pairs}
