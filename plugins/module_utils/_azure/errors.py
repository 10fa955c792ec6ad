# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What Azure Resource Manager's errors mean, as typed errors. Pure: no SDK is needed to read this."""

from __future__ import annotations

import json
import re
import typing as t

from .._errors import Busy, Denied, Failure, Guarded, LostAnswer, NotFound, Raced, Rejected, Unavailable

Json = t.Any

#: A lock on the resource, or on one that it needs: it goes away by itself (sources: terraform-provider-azurerm 21293
#: and 28112, pulumi-azure-native 1024, Microsoft on throttling of Microsoft.Network).
LOCKS = frozenset(
    {
        "AnotherOperationInProgress",
        "CannotDeleteResource",
        "OperationNotAllowedOnResourceInTransition",
        "ReferencedResourceNotProvisioned",
        "RetryableError",
        "RetryableErrorDueToAnotherOperation",
        "StorageAccountOperationInProgress",
    }
)

#: What to do about a refusal, by its code.
_FIXES = {
    "CannotChangeSubnetOnExistingPrivateEndpoint": "Set recreate=true to delete it and create it anew.",
    "FeatureRegistrationUnsupported": "Microsoft alone can give access to this feature: ask its support.",
    "InUseSubnetCannotBeDeleted": "Remove what is in the subnet first; a private endpoint's network interface can stay "
    "for some minutes after the endpoint.",
    "InvalidApiVersionParameter": "Give an api_version that Azure names.",
    "InvalidPrivateDnsZoneIds": "Create the zone first (azure_private_dns_zone), or correct zones.zone_id.",
    "InvalidResourceLocation": "It exists in another location: ask for that one, or remove it first.",
    "MissingParameterOnPrivateLinkServiceConnection": "Set group_ids to what azure_private_link_resource_info "
    "returns: MongoCluster for Azure DocumentDB.",
    "MissingSubscriptionRegistration": "Register the resource provider {namespace}: with azure_provider_feature, or "
    "az provider register -n {namespace}.",
    "NetcfgSubnetRangeOutsideVnet": "Correct address_prefix, or add a prefix that holds it to address_prefixes.",
    "NetcfgSubnetRangesOverlap": "Give the subnet a free range of the virtual network.",
    "NoRegisteredProviderFound": "Give an api_version and a location that Azure names.",
    "PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled": "Set private_endpoint_network_policies of "
    "the subnet to Disabled.",
    "PrivateEndpointIpConfigurationMissingMemberNamesRequiredByFps": "Correct ip_configurations: one address for each "
    "of the required_members that azure_private_link_resource_info returns, with its group_id and member_name.",
    "PrivateEndpointWithIpConfigurationsCannotHaveGroupIdsOrMemberNames": "Leave group_id and member_name out: "
    "a Private Link Service has none.",
    "PrivateIPAddressIsAllocated": "Choose an address of the subnet that nobody has, or let Azure choose.",
    "PrivateIPAddressInReservedRange": "Azure keeps the first four and the last address of a subnet for itself.",
    "PrivateIPAddressNotInSubnet": "Choose an address of the subnet, or let Azure choose.",
    "SubnetIsFull": "Use another subnet, or free addresses in this one.",
}

#: The same for refusals that are told by their words only: (words, what to do).
_WORDS = (
    ("overlapping namespaces", "The network is linked to another zone of this name: use that one, or unlink it there."),
    (
        "more than one private dns zone group",
        "Leave name out to use the group that is there, or remove that first.",
    ),
    ("parameters are invalid: GroupId", "Correct group_ids: azure_private_link_resource_info returns the known ones."),
    ("ResolutionPolicy not supported", "Leave resolution_policy out: only privatelink zones take it."),
    ("does not exist or is not visible", "Check private_link_service_id; take it from the service that owns it."),
    ("Virtual network resource not found", "Check virtual_network_id."),
    ("Invalid private link service id", "Check private_link_service_id; take it from the service that owns it."),
)

#: What is not allowed, and where. Of a link, Azure says first what is allowed (sources: MicrosoftDocs/azure-docs issue
#: 96892, kubernetes-sigs/external-dns issue 1973).
_REFUSED = re.compile(
    r"perform action '(?P<action>[^']+)' (?:over scope|on the (?P<linked>linked) scope\(s\)) '(?P<scope>[^']*)'"
)


def error_in(body: Json) -> dict[str, t.Any]:
    """The error of an answer, whichever envelope it came in. Private DNS sends some without any."""
    if not isinstance(body, dict):
        return {}
    inner = body.get("error")
    return inner if isinstance(inner, dict) else body


def codes(error: t.Mapping[str, t.Any]) -> list[str]:
    """All codes in an error, the outermost first. The telling one can be in `details`, or in JSON inside `message`."""
    found = [str(error["code"])] if error.get("code") else []
    for detail in filter(None, [*_details(error), _embedded(error.get("message"))]):
        found += codes(detail)
    return found


def _details(error: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    details = error.get("details")
    return [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []


def _embedded(message: t.Any) -> dict[str, t.Any]:
    try:
        return error_in(json.loads(message))
    except (TypeError, ValueError):
        return {}


def words(error: t.Mapping[str, t.Any]) -> str:
    """The messages of an error and its details, in one line."""
    found = []
    for detail in [error, *_details(error)]:
        inner = _embedded(detail.get("message"))
        text = words(inner) if inner else " ".join(str(detail.get("message") or "").split())
        if text and text not in found:
            found.append(text)
    return "; ".join(found)


def translate(what: str, status: int, body: Json, headers: t.Mapping[str, str], *, write: bool) -> Failure:
    """The typed error for an answer of ARM, or for an operation that ended as Failed (then `status` is 200).

    `what` is what was tried ("read virtual network app"), `write` whether that may have changed something.
    """
    error = error_in(body)
    found = codes(error)
    code = found[0] if found else ""
    cause = words(error) or (f"HTTP {status}" if status >= 300 else "Azure gave no reason")
    about: dict[str, t.Any] = {
        "code": next((one for one in found if one in LOCKS or one in _FIXES), code) or None,
        "http_status": status if status >= 300 else None,
        "request_id": headers.get("x-ms-request-id"),
    }
    clause = f"Azure refused to {what}"
    if LOCKS.intersection(found) or status == 429 or (status == 503 and write):
        return Busy(clause, cause, "Run again later.", retry_after=_seconds(headers.get("Retry-After")), **about)
    if status == 412 or "PreconditionFailed" in found:
        about["http_status"] = 412  # also where an operation ends so
        return Raced(clause, cause, "Somebody else changed it meanwhile: run again.", **about)
    if "ScopeLocked" in found:
        return Guarded(clause, cause, "Remove the management lock, or leave the resource as it is.", **about)
    if status == 401:
        fix = "Check tenant, subscription_id and cloud_environment."
        if "ExpiredAuthenticationToken" in found:
            fix = "Run again, with a new token; if it stays, set this machine's clock."
        return Denied("Azure does not accept the token", cause, fix, **about)
    if status == 403 or "LinkedAuthorizationFailed" in found:
        return Denied(clause, cause, _permission(found, cause), **about)
    if status == 404 or "InvalidResourceReference" in found:
        return NotFound(clause, cause, _missing(found), **about)
    if status >= 500:
        fix = "Run again later; if it stays, see Azure's status page."
        return LostAnswer(clause, cause, fix, **about) if write else Unavailable(clause, cause, fix, **about)
    fix = next((_FIXES[one] for one in found if one in _FIXES), "").format(namespace=_namespace(cause))
    fix = fix or next((remedy for text, remedy in _WORDS if text.lower() in cause.lower()), "")
    return Rejected(clause, cause, fix or "Correct what Azure names, and run again.", **about)


def _namespace(cause: str) -> str:
    """The resource provider that a refusal names."""
    return next(iter(re.findall(r"namespace '([\w.]+)'", cause)), "Microsoft.Network")


def _permission(found: t.Collection[str], cause: str) -> str:
    if "RequestDisallowedByPolicy" in found:
        return "No role helps against a policy: change what it names, or have its owner exempt this resource."
    asked = _REFUSED.search(cause)
    if asked is None and "linked subscription" in cause:
        return (
            "The target belongs to another tenant: set manual_request=true, so that its owner approves the connection."
        )
    if asked is None:
        return (
            "Give the signed-in identity a role that allows this: Network Contributor and Private DNS Zone Contributor "
            "for networks and DNS, Contributor on the cluster for Azure DocumentDB."
        )
    grant = _grant(asked["action"], asked["scope"], asked["linked"] is not None, cause)
    if "PrivateEndpointConnectionsApproval" in asked["action"]:
        return f"Set manual_request=true, so that the owner of the target approves the connection. Or: {grant}"
    return grant


def _grant(action: str, scope: str, linked: bool, cause: str) -> str:
    """How to give a right: on what is linked to, which exists; else on the resource group or the subscription, because
    what was to be written may not exist yet."""
    who = next(iter(re.findall(r"object id '([^']+)'", cause)), "<object id>")
    where = scope if linked else scope.partition("/providers/")[0]
    return (
        f"Give the signed-in identity a role that allows {action}: az role assignment create --assignee {who} --role "
        f"<role> --scope {where} (it takes some minutes to work). The guide on least privilege has a role for each job."
    )


def _missing(found: t.Collection[str]) -> str:
    if "SubscriptionNotFound" in found:
        return "Check subscription_id, and that the identity may see the subscription."
    if "ResourceGroupNotFound" in found:
        return "Create the resource group first, or correct its name."
    if "InvalidResourceNamespace" in found:
        return "Correct the name of the resource provider: it is one such as Microsoft.DocumentDB."
    return "Create it first, or correct its name; it must also be in the same location."


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.strip().isdigit() else None
