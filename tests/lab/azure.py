# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Azure Resource Manager over HTTP: who asks, for what, and with which api-version; the rest is in `arm_*`."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.lab.arm_call import SUBSCRIPTIONS, ArmError, ArmId, Call, not_played, parse_id
from tests.lab.arm_core import Arm, OperationResults, OperationStatuses
from tests.lab.arm_dns import RESULTS, STATUSES, Links, Zones
from tests.lab.arm_endpoint import NetworkInterfaces, PrivateEndpoints
from tests.lab.arm_groups import ResourceGroups, Subscriptions, Tenants
from tests.lab.arm_mongo import ConnectionStrings, MongoClusters, PrivateEndpointConnections, PrivateLinkResources
from tests.lab.arm_network import AddressChecks, Subnets, VirtualNetworks
from tests.lab.arm_providers import DOING, FeatureActions, Features, ProviderActions, Providers
from tests.lab.arm_records import RECORDS, AllRecordSets, RecordSets
from tests.lab.arm_resources import Locations, Resources, Tags
from tests.lab.arm_zone_group import ZoneGroups
from tests.lab.bodies import parse, shortened
from tests.lab.entra import read_token
from tests.lab.world import Json, World

VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?", re.IGNORECASE | re.ASCII)
PUBLIC_AUDIENCES = ("https://management.azure.com", "https://management.core.windows.net")
METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]


def build_arm(world: World, base_url: Callable[[], str]) -> Arm:
    """All resource types of the lab."""
    arm = Arm(world, base_url)
    subnets = Subnets(arm)
    for kind in (
        Tenants(arm, f"{SUBSCRIPTIONS}/tenants"),
        Subscriptions(arm, f"{SUBSCRIPTIONS}/subscriptions"),
        ResourceGroups(arm),
        OperationResults(arm, f"{SUBSCRIPTIONS}/subscriptions/operationResults"),
        OperationStatuses(arm, "Microsoft.Network/locations/operations", running=200),
        OperationResults(arm, "Microsoft.Network/locations/operationResults"),
        OperationStatuses(arm, STATUSES, running=202),
        OperationResults(arm, RESULTS),
        OperationStatuses(arm, "Microsoft.DocumentDB/locations/mongoClusterAzureAsyncOperation", running=200),
        OperationResults(arm, "Microsoft.DocumentDB/locations/mongoClusterOperationResults"),
        Resources(arm, f"{SUBSCRIPTIONS}/subscriptions/resources"),
        Resources(arm, f"{SUBSCRIPTIONS}/subscriptions/resourceGroups/resources"),
        Locations(arm, f"{SUBSCRIPTIONS}/subscriptions/locations"),
        Tags(arm),
        Providers(arm),
        Features(arm),
        *(ProviderActions(arm, verb) for verb in DOING),
        *(FeatureActions(arm, verb) for verb in DOING),
        VirtualNetworks(arm, subnets),
        subnets,
        AddressChecks(arm),
        PrivateEndpoints(arm),
        NetworkInterfaces(arm),
        ZoneGroups(arm),
        MongoClusters(arm),
        ConnectionStrings(arm),
        PrivateLinkResources(arm),
        PrivateEndpointConnections(arm),
        Zones(arm),
        Links(arm),
        AllRecordSets(arm),
        *(RecordSets(arm, record) for record in RECORDS),
    ):
        arm.add(kind)
    return arm


def azure_routes(world: World, base_url: Callable[[], str], login_url: Callable[[], str] | None = None) -> list[Route]:
    """ARM's routes by themselves, to be served after Entra's on one origin. `login_url` is Entra's origin, where it
    is not ARM's own."""
    arm = build_arm(world, base_url)
    login = login_url or base_url

    async def metadata(request: Request) -> Response:
        cloud = cloud_metadata(base_url(), login())
        # A list in the old api-version, one object in the new one (source: azure-cli, `cloud.py`).
        return JSONResponse([cloud] if request.query_params.get("api-version", "") < "2022" else cloud)

    async def resource(request: Request) -> Response:
        raw = await request.body()
        headers = {
            "x-ms-request-id": str(uuid.uuid4()),
            "x-ms-correlation-request-id": request.headers.get("x-ms-correlation-request-id") or str(uuid.uuid4()),
        }
        world.sweep()
        try:
            client = authenticate(world, request, (base_url(), *PUBLIC_AUDIENCES), login())
            reply = arm.answer(read_call(arm, request, raw, client))
        except ArmError as error:
            return JSONResponse(error.body(), error.status, {**headers, **error.headers})
        is_java = "azsdk-java" in request.headers.get("user-agent", "")
        headers |= whole_seconds(reply.headers) if is_java else reply.headers
        if reply.body is None:
            return Response(status_code=reply.status, headers=headers)
        return JSONResponse(reply.body, reply.status, headers)

    return [Route("/metadata/endpoints", metadata), Route("/{path:path}", resource, methods=METHODS)]


def azure_app(world: World, base_url: Callable[[], str], login_url: Callable[[], str] | None = None) -> Starlette:
    """ARM on an origin of its own."""
    return Starlette(routes=azure_routes(world, base_url, login_url))


def whole_seconds(headers: dict[str, str]) -> dict[str, str]:
    """With `Retry-After` wherever there is an operation to ask for again, for Azure's SDK for Java: it reads nothing
    else, and waits 30 s where that is missing. ARM sends it to everyone, but azure-core for Python would then wait for
    longer than the lab needs."""
    asks_again = headers.keys() & {"Azure-AsyncOperation", "x-ms-retry-after-ms"}
    return {"Retry-After": "1", **headers} if asks_again else headers


def read_call(arm: Arm, request: Request, raw: bytes, client: str) -> Call:
    """Raises ArmError for what is not a request to a resource. The body comes last: only who plays a type knows what is
    well-formed for it (`az deployment` sends what json.loads does not read, and ARM takes it)."""
    version = request.query_params.get("api-version")
    if not version:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise ArmError(400, "MissingApiVersionParameter", message)
    if not VERSION.fullmatch(version):
        raise ArmError(400, "InvalidApiVersionParameter", f"The api-version '{shortened(version)}' is invalid.")
    path = request.url.path
    is_tenants = path.strip("/").lower() == "tenants"
    arm_id = ArmId("", None, SUBSCRIPTIONS, ("tenants",), ()) if is_tenants else parse_id(request.scope["path"])
    if arm_id is None or len(arm_id.types) - len(arm_id.names) not in (0, 1):
        raise not_played(request.method, path)
    arm.kind(arm_id, request.method)
    return Call(request.method, arm_id, dict(request.query_params), request.headers, read_body(raw), client)


def read_body(raw: bytes) -> Json:
    try:
        body = parse(raw) if raw else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ArmError(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.")
    return body


def authenticate(world: World, request: Request, audiences: tuple[str, ...], login: str) -> str:
    """The client id of the caller. Raises ArmError 401 with the challenge that Azure's clients expect."""
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        message = "The 'Authorization' header is missing or not a bearer token."
        raise challenge(world, login, "AuthenticationFailed", message)
    try:
        claims = read_token(world, token)
    except jwt.ExpiredSignatureError:
        raise challenge(world, login, "ExpiredAuthenticationToken", "The access token has expired.") from None
    except jwt.PyJWTError:
        raise challenge(world, login, "InvalidAuthenticationToken", "The access token is invalid.") from None
    if claims["aud"].rstrip("/") not in audiences:
        message = f"The access token has been obtained for wrong audience or resource '{claims['aud']}'."
        raise challenge(world, login, "InvalidAuthenticationTokenAudience", message)
    return str(claims["appid"])


def challenge(world: World, login: str, code: str, message: str) -> ArmError:
    where = f'Bearer authorization_uri="{login}/{world.tenant_id}"'
    header = f'{where}, error="invalid_token", error_description="{message}"'
    return ArmError(401, code, message, headers={"WWW-Authenticate": header})


def cloud_metadata(arm: str, login: str) -> Json:
    """What `az cloud register`, azure.azcollection and azurerm read of a cloud. `tenant` is "common" in every cloud of
    Azure, and azurerm takes any other word for an Azure Stack (source: go-azure-sdk, environments/azure_stack.go)."""
    names = ("portal", "media", "graphAudience", "graph", "batch", "gallery", "sqlManagement")
    more = ("vmImageAliasDoc", "activeDirectoryDataLake", "microsoftGraphResourceId")
    suffixes = ("acrLoginServer", "sqlServerHostname", "keyVaultDns", "mhsmDns", "storage", "synapseAnalytics")
    return {
        "name": "Lab",
        "resourceManager": arm,
        "authentication": {
            "loginEndpoint": login,
            "audiences": [arm],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        **{name: arm for name in (*names, *more)},
        "suffixes": {name: f"{name.lower()}.lab.invalid" for name in suffixes},
    }
