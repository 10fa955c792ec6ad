# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Atlas says when it refuses: the codes, their HTTP status and their words, each with where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from tests.lab import played
from tests.lab.bodies import shortened

LONGEST_WORD = 1000  # characters of a value in a message: an id of Azure stays whole

#: code -> (HTTP status, detail). "docs" is the page "Atlas Administration API Error Codes", of which only an older copy
#: still lists the private link codes; "inferred" marks what no source gives.
ERRORS: dict[str, tuple[int, str]] = {
    "GROUP_NOT_FOUND": (404, "No group with ID %s exists."),  # live
    "GROUP_NAME_NOT_FOUND": (404, 'No group with name "%s" exists.'),  # docs
    "MULTIPLE_GROUPS": (409, "Multiple groups exist with the specified name."),  # docs
    "CLUSTER_NOT_FOUND": (404, "No cluster named %s exists in group %s."),  # live
    "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API": (400, "Flex cluster %s cannot be used in the Cluster API."),  # live
    "CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API": (400, "Cluster %s cannot be used in the Flex API."),  # live
    played.CODE: (played.STATUS, played.not_played("%s", "%s", "%s")),
    "PATH_PARAM_PARSE_ERROR": (
        400,
        "One or more path parameter in the request URI is malformed.",  # seen by users of other tools
    ),
    "INVALID_VERSION_DATE": (406, "Invalid accept header or version date."),  # seen by users; docs say 400 or 406
    "VERSION_GONE": (410, "Version %s is no longer supported."),  # specification; words inferred
    "UNSUPPORTED_MEDIA_TYPE": (415, "Media type %s is not supported."),  # inferred
    "MALFORMED_JSON": (400, "Received JSON is malformed."),  # docs
    "INVALID_JSON": (400, "Received JSON does not match expected format."),  # docs
    "MISSING_ATTRIBUTE": (400, "The required attribute %s was not specified."),  # docs
    "INVALID_ATTRIBUTE": (400, "Invalid attribute %s specified."),  # docs
    "INVALID_QUERY_PARAMETER": (400, "Invalid query parameter %s specified."),  # docs
    "INVALID_PROVIDER": (400, "No provider %s exists."),  # docs
    "PROVIDER_UNSUPPORTED": (404, "Provider %s not currently supported."),  # docs
    "INVALID_REGION": (400, "No region %s exists for provider %s."),  # docs; for this call inferred
    "USER_CANNOT_ACCESS_GROUP": (401, "User cannot access this group."),  # docs
    # A role that does not suffice: MongoDB's own MCP server explains a 403 so; users of Terraform saw 401
    # USER_UNAUTHORIZED with an organisation's read-only key (its issue 1371). Which of the two is inferred.
    "ACCESS_FORBIDDEN": (403, "Access to this resource is forbidden for current user."),
    "IP_ADDRESS_NOT_ON_ACCESS_LIST": (403, "IP address %s is not allowed to access this resource."),  # live
    "NO_PAYMENT_INFORMATION_FOUND": (402, "No payment information was found for group %s."),  # docs
    "PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION": (
        409,
        "A private endpoint service already exists for Azure region %s.",  # live
    ),
    "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND": (404, "No private endpoint with ID %s exists."),  # live; words inferred
    "CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS": (
        409,
        "A PrivateLink with endpoints cannot be deleted. Please delete all endpoints and retry.",  # docs
    ),
    "PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS": (
        409,
        "The PrivateLink with the specified id %s is not ready to accept endpoint connection requests.",  # docs
    ),
    "PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS": (
        409,
        "The PrivateLink already contains an interface endpoint with the specified id %s.",  # docs
    ),
    "MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION": (
        409,
        "Projects with multiple private endpoints in the same region cannot support private endpoints in other "
        "regions.",  # docs; that switching regional mode off gives it too is inferred
    ),
    # Which code a paused cluster gives to a new private endpoint is inferred; that it blocks it is documented.
    "CANNOT_UPDATE_PAUSED_CLUSTER": (409, "Cannot update cluster %s while it is paused or being paused."),
    # Regional mode with replica sets in the project: 409 by the specification, code and words inferred.
    "ATLAS_GENERAL_ERROR": (409, "Reason: %s."),
    # Quoted in pull request 3791 of terraform-provider-mongodbatlas.
    "RATE_LIMITED": (429, "Resource %s is limited to %s requests every %s minutes."),
    "RATE_LIMITED_TOKEN_BUCKET": (
        429,
        "Rate limit exceeded for %s. Please retry after %s seconds. Request capacity: %s. Refill rate: %s per %s "
        "seconds.",  # docs
    ),
}


class Refusal(Exception):
    """An answer that is not 2xx: a code of `ERRORS`, what fills its words, the fields that are wrong."""

    def __init__(
        self,
        code: str,
        *words: str | int,
        parameters: Sequence[str | int] | None = None,
        fields: Sequence[tuple[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, template = ERRORS[code]
        words = tuple(shortened(word, LONGEST_WORD) if isinstance(word, str) else word for word in words)
        self.headers = {"X-Error-Code": code, **(headers or {})}
        self.body: dict[str, Any] = {
            "detail": template % words,
            "error": self.status,
            "errorCode": code,
            "parameters": list(words if parameters is None else parameters),
            "reason": HTTPStatus(self.status).phrase,
        }
        if fields:
            violations = [{"field": shortened(field), "description": text} for field, text in fields]
            self.body["badRequestDetail"] = {"fields": violations}
