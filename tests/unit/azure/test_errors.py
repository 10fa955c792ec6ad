# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer of Azure means: the type of the error decides what the engine does next."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.credentials import refused
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.errors import LOCKS, codes, translate, words
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import (
    Busy,
    Denied,
    Failure,
    Guarded,
    LostAnswer,
    NotFound,
    Raced,
    Rejected,
    Unavailable,
)


def test_neither_a_policy_nor_an_expired_token_is_a_matter_of_roles() -> None:
    def fix(status: int, code: str) -> str:
        return translate("write it", status, {"error": {"code": code, "message": "no"}}, {}, write=True).fix

    by_policy = fix(403, "RequestDisallowedByPolicy")
    assert "policy" in by_policy and "Contributor" not in by_policy
    assert fix(401, "ExpiredAuthenticationToken").startswith("Run again")
    assert "on the cluster for Azure DocumentDB" in fix(403, "AuthorizationFailed")


def answer(code: str, message: str = "Because.", *details: tuple[str, str]) -> dict[str, Any]:
    inner: dict[str, Any] = {"code": code, "message": message}
    if details:
        inner["details"] = [{"code": one, "message": text} for one, text in details]
    return {"error": inner}


def meaning(status: int, body: Any, *, write: bool = True, **headers: str) -> Failure:
    return translate("create private endpoint pe", status, body, headers, write=write)


LINKED = (
    "The client 'x' has permission to perform action 'Microsoft.Network/privateEndpoints/write' on scope 'a'; however, "
    "it does not have permission to perform action '{}' on the linked scope(s) 'b' or the linked scope(s) are invalid."
)
UNREGISTERED = "The subscription is not registered to use namespace 'Some.Provider'. See https://aka.ms/rps-not-found."
CASES = [
    (401, answer("InvalidAuthenticationToken"), Denied, "tenant"),
    (403, answer("AuthorizationFailed", "may not perform action 'a/b/write' over scope 's'"), Denied, "a/b/write"),
    (403, answer("LinkedAuthorizationFailed", LINKED.format("v/subnets/join/action")), Denied, "v/subnets/join/action"),
    (
        403,
        answer("LinkedAuthorizationFailed", LINKED.format("PrivateEndpointConnectionsApproval/action")),
        Denied,
        "manual_request=true",
    ),
    (
        403,
        answer("LinkedAuthorizationFailed", "... is not authorized to access linked subscription 's'."),
        Denied,
        "manual_request=true",
    ),
    (403, {}, Denied, "Network Contributor"),
    (404, answer("SubscriptionNotFound"), NotFound, "subscription_id"),
    (404, answer("ResourceGroupNotFound"), NotFound, "resource group"),
    (404, answer("ResourceNotFound"), NotFound, "Create it"),
    (400, answer("InvalidResourceReference"), NotFound, "same location"),
    (409, answer("ScopeLocked"), Guarded, "lock"),
    (412, {}, Raced, ""),
    (400, answer("PreconditionFailed"), Raced, ""),
    (200, answer("PreconditionFailed"), Raced, ""),
    (429, answer("TooManyRequests"), Busy, ""),
    (429, answer("RetryableError", "x", ("ReferencedResourceNotProvisioned", "y")), Busy, ""),
    (200, answer("RetryableError", "x", ("RetryableErrorDueToAnotherOperation", "y")), Busy, ""),
    (409, answer("AnotherOperationInProgress"), Busy, ""),
    (409, answer("CannotDeleteResource"), Busy, ""),
    (400, answer("Outer", json.dumps(answer("RetryableError", "inside"))), Busy, ""),
    (503, {}, Busy, ""),
    (500, {}, LostAnswer, "Run again"),
    (409, answer("MissingSubscriptionRegistration", UNREGISTERED), Rejected, "az provider register -n Some.Provider."),
    (409, answer("MissingSubscriptionRegistration"), Rejected, "az provider register -n Microsoft.Network."),
    (409, answer("FeatureRegistrationUnsupported"), Rejected, "support"),
    (400, answer("NoRegisteredProviderFound"), Rejected, "api_version"),
    (404, answer("InvalidResourceNamespace"), NotFound, "Microsoft.DocumentDB"),
    (400, answer("SubnetIsFull"), Rejected, "another subnet"),
    (400, {"code": "BadRequest", "message": "zones with overlapping namespaces."}, Rejected, "that one"),
    (400, answer("MissingParameterOnPrivateLinkServiceConnection"), Rejected, "MongoCluster"),
    (400, answer("InvalidPrivateDnsZoneIds"), Rejected, "azure_private_dns_zone"),
    (400, answer("PrivateEndpointIpConfigurationMissingMemberNamesRequiredByFps"), Rejected, "required_members"),
    (400, answer("Some", "Cannot create more than one private dns zone groups in it"), Rejected, "Leave name out"),
    (400, answer("InvalidValues", "Values for request parameters are invalid: GroupId: x."), Rejected, "group_ids"),
    (418, "no JSON", Rejected, "run again"),
]


@pytest.mark.parametrize(("status", "body", "kind", "fix"), CASES)
def test_meaning(status: int, body: Any, kind: type[Failure], fix: str) -> None:
    failure = meaning(status, body)
    assert isinstance(failure, kind)
    assert (
        fix in failure.fix
        and failure.cause
        and "create private endpoint pe" in f"{failure.what} create private endpoint pe"
    )


def test_a_right_is_given_where_it_can_be() -> None:
    """What was to be written may not exist, so no role can be assigned to it; what is linked to exists."""
    group, zone = "/subscriptions/s/resourceGroups/g", "/subscriptions/s/resourceGroups/g/providers/n/zones/z"
    message = (
        f"The client 'c' with object id 'o' does not have authorization to perform action 'a/read' over scope '{zone}'"
    )
    assert f"allows a/read: az role assignment create --assignee o --role <role> --scope {group} (" in str(
        meaning(403, answer("AuthorizationFailed", message))
    )
    linked = LINKED.format("a/join/action").replace("'b'", f"'{zone}'")
    assert f"--scope {zone} (" in meaning(403, answer("LinkedAuthorizationFailed", linked)).fix


def test_reading_never_loses_anything() -> None:
    for status in (500, 502, 503, 504):
        assert isinstance(meaning(status, {}, write=False), Unavailable)


def test_what_is_kept_of_an_answer() -> None:
    headers: dict[str, Any] = {"x-ms-request-id": "r-1", "Retry-After": "7"}
    failure = meaning(429, answer("RetryableError", "Outer.", ("AnotherOperationInProgress", "Inner.")), **headers)
    assert isinstance(failure, Busy)
    assert (failure.retry_after, failure.request_id, failure.http_status) == (7.0, "r-1", 429)
    assert failure.code == "RetryableError" and "Outer.; Inner." in failure.cause
    assert meaning(200, answer("Failed")).http_status is None


@given(st.sampled_from(sorted(LOCKS)), st.integers(0, 3), st.sampled_from([200, 400, 409, 429]))
def test_a_lock_is_seen_at_any_depth(code: str, depth: int, status: int) -> None:
    error: dict[str, Any] = {"code": code, "message": "locked"}
    for level in range(depth):
        error = {"code": f"Outer{level}", "message": "outer", "details": [error]}
    assert codes(error)[-1] == code
    assert isinstance(meaning(status, {"error": error}), Busy)


@given(
    st.integers(200, 599),
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda one: st.lists(one) | st.dictionaries(st.sampled_from(["error", "code", "message", "details", "x"]), one),
    ),
    st.booleans(),
)
def test_whatever_comes_is_one_line_with_a_remedy(status: int, body: Any, write: bool) -> None:
    failure = translate("read", status, body, {}, write=write)
    result = failure.result()
    assert "\n" not in result["msg"] and result["error"]["cause"]
    assert failure.fix


def test_words_say_nothing_twice() -> None:
    assert words(answer("A", "Same.", ("B", "Same."), ("C", "More."))["error"]) == "Same.; More."


SIGN_IN = "Authentication failed: AADSTS{}: Something. Trace ID: 1a-2b Correlation ID: 3c Timestamp: now"


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("7000215", "the secret is wrong"),
        ("7000222", "the secret has expired"),
        ("700016", "no application"),
        ("90002", "no such tenant"),
        ("700027", "certificate"),
        ("999999", "Something"),
    ],
)
def test_sign_in(code: str, cause: str) -> None:
    failure = refused(SIGN_IN.format(code), "the service principal x from the options")
    assert isinstance(failure, Denied)
    assert cause in failure.cause and failure.fix and failure.code == f"AADSTS{code}"
    assert failure.request_id == "1a-2b" and "Trace ID" not in str(failure)


def test_sign_in_without_an_answer() -> None:
    assert isinstance(refused("Connection refused", "who", reached=False), Unavailable)
    assert isinstance(refused("Authentication failed: HTTP Error: 503", "who"), Unavailable)
    unknown = refused("Unable to get authority configuration for https://x", "who")
    assert isinstance(unknown, Denied) and "tenant" in unknown.fix
