# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own typed model of the Atlas Administration API v2: what each call takes and answers.

`OPERATIONS` is the table of calls, `MODELS` the shape of every body. The simulated Atlas reads its requests and builds
its answers through them, so nothing else can enter or leave; `problems` checks any recorded exchange against them.
A test compares all of it with MongoDB's OpenAPI document, where that document is (it is not part of this project).

Attributes carry the API's own names. A key that Atlas leaves out (rather than sends as null) is one that nobody set.
Sources: Admin API specification (sync of 2026-08-21); live recordings by MongoDB's Atlas CLI, 2025-03 to 2026-08.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from tests.lab import atlas_cluster_model as clusters
from tests.lab import atlas_project_model as projects
from tests.lab import played
from tests.lab.atlas_base import (
    PRIVATE_ENDPOINTS,
    ClusterName,
    GroupName,
    HexId,
    Link,
    Model,
    Operation,
    Page,
    Provider,
    RateLimit,
    Tag,
    Timestamp,
)

#: The dates that a media type may carry, oldest first (source: Atlas Go SDK, openapi/versions.json, 2026-08).
VERSIONS = (
    "2023-01-01",
    "2023-02-01",
    "2023-10-01",
    "2023-11-15",
    "2024-05-30",
    "2024-08-05",
    "2024-10-23",
    "2024-11-13",
    "2025-02-19",
    "2025-03-12",
)

_BYTE = r"(25[0-5]|(2[0-4]|1[0-9]|[1-9]|)[0-9])"
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

IPv4 = Annotated[str, StringConstraints(pattern=rf"^({_BYTE}\.){{3}}{_BYTE}$")]
#: The resource id of an Azure private endpoint (source: Admin API specification, `privateEndpoints` of a service).
AzureEndpointId = Annotated[
    str,
    StringConstraints(
        pattern=rf"^/subscriptions/{_UUID}/resource[gG]roups/[-\w._()]+"
        r"/providers/Microsoft\.Network/privateEndpoints/[-\w._()]+$"
    ),
]


# -- errors ------------------------------------------------------------------------------------------------------------


class FieldViolation(Model):
    description: str
    field: str


class BadRequestDetail(Model):
    fields: list[FieldViolation]


class ApiError(Model):
    """Every answer that is not 2xx, as `application/json`."""

    error: int
    errorCode: str
    reason: str
    detail: str
    parameters: list[str | int] | None = None
    badRequestDetail: BadRequestDetail | None = None


# -- system and projects -----------------------------------------------------------------------------------------------


class RoleAssignment(Model):
    groupId: HexId
    roleName: str


class ApiKey(Model):
    accessList: list[dict[str, str]]
    id: HexId
    publicKey: str
    roles: list[RoleAssignment]


class SystemStatus(Model):
    """`apiKey` is null when a service account asks (inferred: the Go SDK has it as required and nullable)."""

    apiKey: ApiKey | None
    appName: str
    build: str
    links: list[Link]
    throttling: bool


class Group(Model):
    clusterCount: int
    created: Timestamp
    id: HexId
    links: list[Link]
    name: GroupName
    orgId: HexId
    tags: list[Tag]
    withDefaultAlertsSettings: bool


class GroupPage(Page):
    results: list[Group]


# -- private endpoint services -----------------------------------------------------------------------------------------


class CreateServiceRequest(Model):
    """`region` in either spelling, `eastus2` or `US_EAST_2`; the last two are for GCP and AWS."""

    providerName: Provider
    region: str
    portMappingEnabled: bool = False
    supportedRemoteRegions: Annotated[list[str], Field(max_length=35)] | None = None


class UpdateServiceRequest(Model):
    """For AWS only: an Azure service cannot be changed."""

    cloudProvider: Literal["AWS"]
    supportedRemoteRegions: Annotated[list[str], Field(max_length=35)] | None = None


class Service(Model):
    """AzurePrivateLinkConnection: the names are null until the service is AVAILABLE, `regionName` is Atlas' spelling
    whatever was sent (source: live recordings)."""

    cloudProvider: Literal["AZURE"]
    errorMessage: str | None
    id: HexId
    privateEndpoints: list[AzureEndpointId]
    privateLinkServiceName: Annotated[str, StringConstraints(pattern=r"^pls_[0-9a-f]{24}$")] | None
    privateLinkServiceResourceId: str | None
    regionName: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_]+$")]
    status: Literal["INITIATING", "AVAILABLE", "WAITING_FOR_USER", "FAILED", "DELETING"]


class CreateEndpointRequest(Model):
    """CreateAzureEndpointRequest: `id` is the private endpoint's resource id; the provider is that of the path."""

    id: AzureEndpointId
    privateEndpointIPAddress: IPv4
    cloudProvider: Literal["AZURE"] = "AZURE"


class Endpoint(Model):
    """AzurePrivateEndpoint."""

    cloudProvider: Literal["AZURE"]
    deleteRequested: bool
    errorMessage: str | None
    privateEndpointConnectionName: Annotated[str, StringConstraints(pattern=rf"^{_UUID}%2F[-\w._()]+%2F[-\w._()]+$")]
    privateEndpointIPAddress: IPv4
    privateEndpointResourceId: AzureEndpointId
    status: Literal["INITIATING", "AVAILABLE", "FAILED", "DELETING"]


class RegionalMode(Model):
    enabled: bool


class Empty(Model):
    """`{}`, what a delete answers."""


# -- the calls ---------------------------------------------------------------------------------------------------------


_ENDPOINT_LIMIT = RateLimit("private endpoint services", "GROUP", 4000, 2000)
_CLUSTER_LIMIT = RateLimit("clusters", "GROUP", 10000, 5000)
_FLEX_LIMIT = RateLimit("flex clusters", "GROUP", 1200, 500)
_PROJECT_LIMIT = RateLimit("project", "GROUP", 1200, 500)
_PROJECTS_LIMIT = RateLimit("projects", "USER", 1200, 500)


_SERVICES = PRIVATE_ENDPOINTS
_GROUP = "/groups/{groupId}"
_OF_PROVIDER = f"{_SERVICES}/{{cloudProvider}}/endpointService"
_SERVICE = f"{_OF_PROVIDER}/{{endpointServiceId}}"
_ENDPOINT = f"{_SERVICE}/endpoint/{{endpointId}}"
_CLUSTER = "/groups/{groupId}/clusters/{clusterName}"
_CLUSTERS_SUNSET = date(2027, 7, 1)  # their `x-sunset`

#: Any call may be refused with these. Those of a malformed path parameter, the wrong method, a media type, a sunset and
#: an outage are in the documentation only, that of a body that is too large is inferred; the rest is in the
#: specification of each call, but for the lab's own 501.
REFUSALS = frozenset({400, 401, 403, 404, 405, 406, 410, 413, 415, 429, 500, played.STATUS, 503})

#: The decoded parts of a path.
PARAMETERS: dict[str, Any] = {
    "groupId": HexId,
    "groupName": GroupName,
    "clusterName": ClusterName,
    "cloudProvider": Provider,
    "endpointServiceId": HexId,
    "endpointId": AzureEndpointId,
}

#: The live status codes where there is a recording (they differ from the specification's: 201 and 202 for 200 and 204);
#: the two of the endpoints follow the services' (inferred).
OPERATIONS = (
    Operation("system_status", "GET", "", SystemStatus, _PROJECTS_LIMIT, None),
    Operation("list_groups", "GET", "/groups", GroupPage, _PROJECTS_LIMIT, None),
    Operation("get_group_by_name", "GET", "/groups/byName/{groupName}", Group, _PROJECTS_LIMIT, None, refusals=(409,)),
    Operation("get_group", "GET", "/groups/{groupId}", Group, _PROJECT_LIMIT),
    Operation(
        "list_clusters",
        "GET",
        "/groups/{groupId}/clusters",
        clusters.ClusterPage,
        _CLUSTER_LIMIT,
        version="2024-08-05",
        older={"2023-01-01": clusters.LegacyClusterPage, "2023-02-01": clusters.AdvancedClusterPage},
        sunset=_CLUSTERS_SUNSET,
    ),
    Operation(
        "get_cluster",
        "GET",
        _CLUSTER,
        clusters.Cluster,
        _CLUSTER_LIMIT,
        version="2024-08-05",
        older={"2023-01-01": clusters.LegacyCluster, "2023-02-01": clusters.AdvancedCluster},
        sunset=_CLUSTERS_SUNSET,
        refusals=(409,),
    ),
    Operation("get_cluster_status", "GET", f"{_CLUSTER}/status", clusters.ClusterStatus, _CLUSTER_LIMIT),
    Operation(
        "get_process_arguments",
        "GET",
        f"{_CLUSTER}/processArgs",
        projects.ProcessArguments,
        _CLUSTER_LIMIT,
        version="2024-08-05",
        older={"2023-01-01": projects.OldProcessArguments},
    ),
    Operation(
        "get_auto_scaling",
        "GET",
        f"{_CLUSTER}/autoScalingConfiguration",
        projects.AutoScaling,
        _CLUSTER_LIMIT,
        version="2024-08-05",
    ),
    Operation(
        "list_flex_clusters",
        "GET",
        "/groups/{groupId}/flexClusters",
        clusters.FlexClusterPage,
        _FLEX_LIMIT,
        version="2024-11-13",
    ),
    Operation(
        "get_flex_cluster",
        "GET",
        "/groups/{groupId}/flexClusters/{clusterName}",
        clusters.FlexCluster,
        _FLEX_LIMIT,
        version="2024-11-13",
    ),
    Operation("get_regional_mode", "GET", f"{_SERVICES}/regionalMode", RegionalMode, _ENDPOINT_LIMIT),
    Operation(
        "set_regional_mode",
        "PATCH",
        f"{_SERVICES}/regionalMode",
        RegionalMode,
        _ENDPOINT_LIMIT,
        "write",
        202,
        RegionalMode,
        refusals=(409,),
    ),
    Operation(
        "create_service",
        "POST",
        f"{_SERVICES}/endpointService",
        Service,
        _ENDPOINT_LIMIT,
        "write",
        201,
        CreateServiceRequest,
        refusals=(409,),  # source: Terraform provider, issue 1872
    ),
    Operation(
        "update_service",
        "PATCH",
        f"{_SERVICES}/endpointService/{{endpointServiceId}}",
        Service,
        _ENDPOINT_LIMIT,
        "write",
        200,
        UpdateServiceRequest,
    ),
    Operation("list_services", "GET", _OF_PROVIDER, list[Service], _ENDPOINT_LIMIT),
    Operation("get_service", "GET", _SERVICE, Service, _ENDPOINT_LIMIT),
    Operation(
        "delete_service",
        "DELETE",
        _SERVICE,
        Empty,
        _ENDPOINT_LIMIT,
        "write",
        202,
        refusals=(409,),  # source: Terraform provider, pull request 4128
    ),
    Operation(
        "create_endpoint",
        "POST",
        f"{_SERVICE}/endpoint",
        Endpoint,
        _ENDPOINT_LIMIT,
        "write",
        201,
        CreateEndpointRequest,
        refusals=(402, 409),
    ),
    Operation("get_endpoint", "GET", _ENDPOINT, Endpoint, _ENDPOINT_LIMIT),
    Operation("delete_endpoint", "DELETE", _ENDPOINT, Empty, _ENDPOINT_LIMIT, "write", 202),
    Operation("list_organizations", "GET", "/orgs", projects.OrganizationPage, _PROJECTS_LIMIT, None),
    Operation("list_containers", "GET", f"{_GROUP}/containers", projects.ContainerPage, _PROJECT_LIMIT),
    Operation("list_all_containers", "GET", f"{_GROUP}/containers/all", projects.ContainerPage, _PROJECT_LIMIT),
    Operation("list_peers", "GET", f"{_GROUP}/peers", projects.NothingPage, _PROJECT_LIMIT),
    Operation("list_access_list", "GET", f"{_GROUP}/accessList", projects.NothingPage, _PROJECT_LIMIT),
    Operation("list_database_users", "GET", f"{_GROUP}/databaseUsers", projects.DatabaseUserPage, _PROJECT_LIMIT),
    Operation("list_teams", "GET", f"{_GROUP}/teams", projects.NothingPage, _PROJECT_LIMIT),
    Operation(
        "list_users",
        "GET",
        f"{_GROUP}/users",
        projects.NothingPage,
        _PROJECT_LIMIT,
        version="2025-02-19",
        older={"2023-01-01": projects.NothingPage},
    ),
    Operation("list_limits", "GET", f"{_GROUP}/limits", list[projects.Limit], _PROJECT_LIMIT),
    Operation("get_settings", "GET", f"{_GROUP}/settings", projects.Settings, _PROJECT_LIMIT),
    Operation("get_addresses", "GET", f"{_GROUP}/ipAddresses", projects.Addresses, _PROJECT_LIMIT),
    Operation("get_managed_slow_ms", "GET", f"{_GROUP}/managedSlowMs", bool, _PROJECT_LIMIT),
)


class Token(Model):
    """What the token endpoint answers; `expires_in` in seconds."""

    access_token: str
    expires_in: int
    token_type: Literal["Bearer"]


class OAuthError(Model):
    error: Literal["access_denied", "invalid_client", "invalid_request", "unsupported_grant_type"]
    error_description: str


TOKEN_PATH = "/api/oauth/token"
REVOKE_PATH = "/api/oauth/revoke"

#: name of a body -> its model, for whoever wants to validate or to document one.
MODELS: dict[str, Any] = {
    "ApiError": ApiError,
    "OAuthError": OAuthError,
    "Token": Token,
    **{f"{operation.name}.answer": operation.answer for operation in OPERATIONS},
    **{f"{operation.name}.answer.{date}": shape for operation in OPERATIONS for date, shape in operation.older.items()},
    **{f"{operation.name}.request": operation.request for operation in OPERATIONS if operation.request},
}


def find(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation of a request and its decoded path parameters; `path` as it was sent, without the query. HEAD asks
    what GET asks."""
    method = "GET" if method == "HEAD" else method
    for operation in OPERATIONS:
        parameters = operation.parameters(path)
        if parameters is not None and operation.method == method:
            return operation, parameters
    return None


def problems(method: str, path: str, request: Any, status: int, answer: Any) -> list[str]:
    """What is wrong with an exchange by this model; empty when it is right. A request that was refused may be of any
    shape, that is what it was refused for. `path` as it was sent, with its query. An answer to HEAD may
    be kept or not."""
    path, _mark, query = path.partition("?")
    if path in (TOKEN_PATH, REVOKE_PATH):
        answered = Token if path == TOKEN_PATH else None
        refused = ApiError if status == 429 else OAuthError
        return _misfits("answer", (answered if status == 200 else refused), answer)
    match = find(method, path)
    if status >= 400:
        allowed = REFUSALS.union(match[0].refusals if match else ())
        found = [] if status in allowed else [f"status: {status} is not one of {sorted(allowed)}"]
        if method == "HEAD" and answer is None:
            return found
        found += _misfits("answer", ApiError, answer)
        return found or ([] if answer["error"] == status else [f"answer.error: {answer['error']} in a {status}"])
    if match is None:
        return [f"{method} {path}: no such operation"]
    operation, parameters = match
    wrong = [] if status == operation.status else [f"status: {status}, not {operation.status}"]
    for name, value in parameters.items():
        wrong += _misfits(f"path.{name}", PARAMETERS[name], value)
    wrong += _misfits("request", operation.request, request)
    if method == "HEAD" and answer is None:
        return wrong
    if "envelope=true" in query.split("&"):
        answer = _opened(status, answer)
    shapes = (operation.answer, *operation.older.values())
    misfits = [_misfits("answer", shape, answer) for shape in shapes]
    return wrong + ([] if [] in misfits else misfits[0])


def is_page(body: Any) -> bool:
    """Whether a body is a page of a list."""
    return isinstance(body, dict) and "results" in body


def _opened(status: int, answer: Any) -> Any:
    """What is in an envelope of this status; anything else as it is."""
    if not isinstance(answer, dict) or answer.get("status") != status:
        return answer
    return {name: answer[name] for name in answer if name != "status"} if is_page(answer) else answer.get("content")


class Recorded(Protocol):
    """An exchange as the lab's traffic log keeps it; `status` 0 for one that was cut off."""

    cloud: str
    method: str
    path: str
    status: int
    request: Any
    response: Any

    @property
    def is_token(self) -> bool: ...


def violations(exchanges: Iterable[Recorded]) -> list[str]:
    """What is wrong with all requests to Atlas and their answers. The log keeps no bodies of sign-in traffic, so there
    is nothing to check."""
    return [
        f"{one.method} {one.path} {one.status}: {problem}"
        for one in exchanges
        if one.cloud == "atlas" and one.status and not one.is_token
        for problem in problems(one.method, one.path, one.request, one.status, one.response)
    ]


def _misfits(what: str, shape: Any, body: Any) -> list[str]:
    """No shape means no body."""
    if shape is None:
        return [] if body is None else [f"{what}: a body where none belongs"]
    try:
        TypeAdapter(shape).validate_python(body)
    except ValidationError as error:
        return [f"{'.'.join(map(str, (what, *item['loc'])))}: {item['msg']}" for item in error.errors()]
    return []
