# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The TLS hop: the handshake with the host's name, the certificate, and what is wrong with it."""

from __future__ import annotations

import socket
import ssl
import typing as t
from datetime import datetime, timezone

from .._errors import InvalidInput
from .hop import Check, Hop
from .tcp import Endpoint

#: OpenSSL's numbers for why a certificate is not accepted (x509_vfy.h).
VERIFY_SYMPTOMS = {
    9: "not_yet_valid",
    10: "expired",
    18: "unknown_ca",
    19: "unknown_ca",
    20: "unknown_ca",
    21: "unknown_ca",
    62: "wrong_name",
    64: "wrong_name",
}

#: Parts of OpenSSL's reasons for handshakes that end before a certificate could be looked at.
REASON_SYMPTOMS = {
    "ALERT_INTERNAL_ERROR": "internal_error",
    "UNEXPECTED_EOF": "closed",
    "WRONG_VERSION_NUMBER": "not_tls",
    "HTTP_REQUEST": "not_tls",
}

# X509_V_FLAG_PARTIAL_CHAIN and X509_V_FLAG_NO_CHECK_TIME; Python has names for neither before 3.10.
ANY_ANCHOR_AT_ANY_TIME = 0x80000 | 0x200000


def verifying_context(ca_path: str | None) -> ssl.SSLContext:
    """Verifies chain and name, against the system's authorities or those of a PEM file. Raises `InvalidInput`."""
    try:
        return ssl.create_default_context(cafile=ca_path)
    except (OSError, ssl.SSLError) as error:
        raise InvalidInput("ca_path", ca_path, "a readable file of PEM certificates", str(error)) from None


def shake_hands(endpoint: Endpoint, context: ssl.SSLContext, timeout: float) -> Hop:
    """A verified handshake; if the certificate is refused, two unverified ones to see what it says."""
    check = Check("tls", str(endpoint))
    seen: dict[str, t.Any] = {"address": endpoint.address, "server_name": endpoint.host}
    try:
        with _connect(endpoint, context, timeout) as connection:
            seen.update(version=connection.version(), **describe(connection.getpeercert() or {}))
            words = f"{endpoint} has a valid certificate from {seen['issuer']} for {seen['days_left']} more days"
            return check.ok(words, **seen)
    except ssl.SSLCertVerificationError as error:
        seen.update(verify_code=error.verify_code, error=error.verify_message, **_evidence(endpoint, timeout))
        return check.failed(
            VERIFY_SYMPTOMS.get(error.verify_code, "refused"), f"{endpoint}: {error.verify_message}", **seen
        )
    except OSError as error:
        return check.failed(handshake_symptom(error), f"{endpoint}: {error}", **seen, error=str(error))


def handshake_symptom(error: OSError) -> str:
    """Pure: why a handshake broke off, in one word."""
    if isinstance(error, (socket.timeout, TimeoutError)):
        return "timeout"
    if isinstance(error, (ssl.SSLEOFError, ConnectionResetError)):
        return "closed"
    reason = getattr(error, "reason", None) or ""
    return next((symptom for part, symptom in REASON_SYMPTOMS.items() if part in reason), "error")


def describe(certificate: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Pure: a certificate of `getpeercert` as plain data; times are ISO 8601 in UTC."""
    ends = _time(certificate.get("notAfter"))
    return {
        "subject": _name(certificate.get("subject", ())),
        "issuer": _name(certificate.get("issuer", ())),
        "names": [value for _kind, value in certificate.get("subjectAltName", ())],
        "not_before": str(_time(certificate.get("notBefore")) or "unknown").replace("+00:00", "Z").replace(" ", "T"),
        "not_after": str(ends or "unknown").replace("+00:00", "Z").replace(" ", "T"),
        "days_left": (ends - datetime.now(timezone.utc)).days if ends else None,
    }


def _time(text: str | None) -> datetime | None:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), timezone.utc) if text else None


def _name(distinguished: t.Iterable[t.Iterable[tuple[str, str]]]) -> str:
    return ", ".join(f"{kind}={value}" for part in distinguished for kind, value in part)


def _connect(endpoint: Endpoint, context: ssl.SSLContext, timeout: float) -> ssl.SSLSocket:
    connection = socket.create_connection((endpoint.address, endpoint.port), timeout)
    try:
        return context.wrap_socket(connection, server_hostname=endpoint.host)
    except BaseException:
        connection.close()
        raise


def _evidence(endpoint: Endpoint, timeout: float) -> dict[str, t.Any]:
    """What the certificate says that was refused.

    Python only reads out certificates that it verified. So the certificate is fetched unverified, and then verified
    against itself. Nothing is sent over these connections.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with _connect(endpoint, context, timeout) as connection:
            shown = connection.getpeercert(True)
        context.load_verify_locations(cadata=shown or b"")
        context.verify_flags = ssl.VerifyFlags(ANY_ANCHOR_AT_ANY_TIME)
        context.verify_mode = ssl.CERT_REQUIRED
        with _connect(endpoint, context, timeout) as connection:
            return describe(connection.getpeercert() or {})
    except (OSError, ValueError):
        return describe({})
