# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a connection or a driver reports to a symptom, and from a symptom to words."""

from __future__ import annotations

import errno
import ssl
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo.errors import (
    AutoReconnect,
    ConfigurationError,
    NotPrimaryError,
    OperationFailure,
    ServerSelectionTimeoutError,
)

from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.driver import (
    auth_symptom,
    crud_symptom,
    hello_symptom,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.hop import HOPS, Hop
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.signatures import SIGNATURES, diagnose
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.tcp import tcp_symptom
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.tls import describe, handshake_symptom

#: What the hops observe when they fail; the texts may use nothing else. The tests of private_link_probe prove it.
DNS = {"name", "rdtype", "rcode", "server", "records", "ttl", "aliases", "zone", "primary", "failures"}
OBSERVED = {
    "resolver": {"servers", "answers"},
    "srv": DNS,
    "txt": {*DNS, "options"},
    "parent_domain": {"domain", "outside"},
    "address": {*DNS, "aaaa", "dns", "system", "addresses"},
    "expected_address": {"addresses", "expected", "wrong", "dns"},
    "tcp": {"host", "address", "port", "timeout", "error"},
    "tls": {"address", "server_name", "verify_code", "error", *describe({})},
    "hello": {"driver", "topology", "set_name", "primary", "members", "error", "code"},
    "authentication": {"username", "error", "code"},
    **dict.fromkeys(("create", "read", "update", "delete"), {"username", "namespace", "id", "error", "code"}),
}


@pytest.mark.parametrize(("hop", "symptom"), list(SIGNATURES))
def test_each_text_uses_only_what_its_hop_observes(hop: str, symptom: str) -> None:
    used = {name for text in SIGNATURES[hop, symptom] for _text, name, *_rest in string.Formatter().parse(text) if name}
    assert used <= OBSERVED[hop] | {"target", "targets"}
    assert all(text.endswith(".") for text in SIGNATURES[hop, symptom])


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.sampled_from(list(SIGNATURES)) | st.tuples(st.sampled_from(HOPS), st.text(max_size=8)),
    st.dictionaries(st.sampled_from(sorted(set().union(*OBSERVED.values()))), plain),
    st.none() | st.text(max_size=10),
)
def test_any_failed_hop_has_a_diagnosis(key: tuple[str, str], observed: dict[str, object], target: str | None) -> None:
    hop = Hop(key[0], "failed", "it broke", target, key[1], None, observed)
    cause, fix = diagnose(hop, [hop])
    assert cause
    assert fix


def test_all_targets_of_one_symptom_are_named() -> None:
    hops = [
        Hop("tcp", "failed", "", f"host:{port}", symptom, None, {"address": "10.0.0.4", "port": port})
        for port, symptom in ((1024, "timeout"), (1025, "refused"), (1026, "timeout"))
    ]
    assert "host:1024, host:1026" in diagnose(hops[0], hops).cause


def test_an_unknown_symptom_is_told_as_it_was_seen() -> None:
    hop = Hop("tcp", "failed", "host:1024: something new", "host:1024", "error")
    assert diagnose(hop, [hop]).cause == "host:1024: something new."


@pytest.mark.parametrize(
    ("error", "symptom"),
    [
        (TimeoutError("timed out"), "timeout"),
        (TimeoutError(errno.ETIMEDOUT, "timed out"), "timeout"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "refused"),
        (OSError(errno.ENETUNREACH, "unreachable"), "unreachable"),
        (OSError(errno.EHOSTUNREACH, "no route"), "unreachable"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), "error"),
    ],
)
def test_tcp_symptoms(error: OSError, symptom: str) -> None:
    assert tcp_symptom(error) == symptom


@pytest.mark.parametrize(
    ("error", "symptom"),
    [
        (TimeoutError("timed out"), "timeout"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), "closed"),
        (ssl.SSLEOFError(8, "EOF occurred"), "closed"),
        (OSError(errno.EIO, "odd"), "error"),
    ],
)
def test_handshake_symptoms(error: OSError, symptom: str) -> None:
    assert handshake_symptom(error) == symptom


UP = {"member": "a:1024", "type": "RSSecondary", "error": None}
DOWN = {"member": "b:1025", "type": "Unknown", "error": "timed out"}


@pytest.mark.parametrize(
    ("error", "members", "symptom"),
    [
        (ServerSelectionTimeoutError(""), [UP, UP], "no_primary"),
        (ServerSelectionTimeoutError(""), [UP, DOWN], "members_unreachable"),
        (ServerSelectionTimeoutError(""), [DOWN, DOWN], "unreachable"),
        (ServerSelectionTimeoutError(""), [], "wrong_set"),
        (ConfigurationError("no SRV"), [], "configuration"),
    ],
)
def test_hello_symptoms(error: Exception, members: list[dict[str, object]], symptom: str) -> None:
    assert hello_symptom(error, members) == symptom


@pytest.mark.parametrize(
    ("error", "login", "operation"),
    [
        (OperationFailure("bad auth", 8000), "wrong_credentials", "not_authorized"),
        (OperationFailure("Authentication failed.", 18), "wrong_credentials", "error"),
        (OperationFailure("not authorized", 13), "error", "not_authorized"),
        (OperationFailure("not primary", 10107), "error", "not_primary"),
        (AutoReconnect("connection closed"), "closed", "closed"),
        (NotPrimaryError("not primary", {"code": 10107}), "closed", "not_primary"),
        (OperationFailure("no such command", 59), "error", "error"),
        (OperationFailure("Retryable writes are not supported. Please disable them.", 2), "error", "retry_refused"),
    ],
)
def test_driver_symptoms(error: Exception, login: str, operation: str) -> None:
    assert (auth_symptom(error), crud_symptom(error)) == (login, operation)
