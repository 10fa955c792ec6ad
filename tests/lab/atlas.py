# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MongoDB Atlas on loopback: the Administration API v2 and its OAuth server, as MongoDB's own clients know them.

A request goes through the same gates as in Atlas: credential (401), access list (403), rate limit (429), path (404),
media type (406, 410, 415), path parameters (400), project (404) and role in it (401, 403), body (400), and then the
call itself. The order of the gates is inferred; each gate's answer has its source beside it in `atlas_errors`.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone
from email.utils import format_datetime
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.lab import atlas_cluster_model as clusters
from tests.lab import atlas_model as model
from tests.lab import atlas_older, atlas_project, played, regions
from tests.lab.atlas_auth import Authenticator, Digest, DigestAlgorithm, Tokens, Unauthorized
from tests.lab.atlas_base import BASE, HEX_ID, UNVERSIONED, Link, Operation, RateLimit
from tests.lab.atlas_documents import PROVIDER, Documents, is_flex
from tests.lab.atlas_errors import Refusal
from tests.lab.bodies import parse
from tests.lab.world import Cluster, Credential, Interface, Project, Service, World

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
MEDIA_TYPE = re.compile(r"application/vnd\.atlas\.(\d{4}-\d{2}-\d{2})\+json")
M = TypeVar("M", bound=BaseModel)


class Buckets:
    """Token buckets: a call takes one token from that of its project or credential."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._levels: dict[tuple[str, str], tuple[float, float]] = {}  # -> (tokens, when)

    def take(self, limit: RateLimit, owner: str, path: str) -> int:
        """How many tokens are left; Refusal 429 when there is none to take."""
        now, rate = self._clock(), limit.refill / 60
        level, since = self._levels.get((limit.name, owner), (limit.capacity, now))
        level = min(limit.capacity, level + (now - since) * rate)
        if level < 1:
            wait = math.ceil((1 - level) / rate)
            words = (path.lstrip("/"), wait, limit.capacity, limit.refill, 60)
            raise Refusal("RATE_LIMITED_TOKEN_BUCKET", *words, headers={"Retry-After": str(wait)})
        self._levels[(limit.name, owner)] = (level - 1, now)
        return int(level - 1)


@dataclass(frozen=True)
class Call:
    """What a handler needs: the gates are behind it. `body` is of the operation's request model."""

    world: World
    documents: Documents
    credential: Credential
    parameters: dict[str, str]
    query: dict[str, str]
    path: str
    body: Any = None
    version: str = ""  # the date under which the answer is served

    @property
    def project(self) -> Project:
        return self.world.projects[self.parameters["groupId"]]

    def readable(self) -> list[Project]:
        """The projects in which the credential has a role."""
        return [project for project in self.world.projects.values() if project.id in self.credential.roles]

    def azure_services(self) -> dict[str, Service]:
        """The services of the provider in the path: the lab has none but Azure's."""
        provider = self.parameters["cloudProvider"]
        if provider not in ("AWS", "AZURE", "GCP"):
            raise Refusal("INVALID_PROVIDER", provider)
        return self.project.services if provider == PROVIDER else {}

    def service(self) -> Service:
        ident = self.parameters["endpointServiceId"]
        service = self.azure_services().get(ident)
        if service is None:
            raise Refusal("PRIVATE_ENDPOINT_SERVICE_NOT_FOUND", ident)
        return service

    def interface(self) -> Interface:
        """The same code as for the service (source: MongoDB's Kubernetes operator, which maps one code for both)."""
        ident = self.parameters["endpointId"]
        interface = self.service().interfaces.get(ident.lower())
        if interface is None:
            raise Refusal("PRIVATE_ENDPOINT_SERVICE_NOT_FOUND", ident)
        return interface

    def cluster(self) -> Cluster:
        name = self.parameters["clusterName"]
        cluster = self.project.clusters.get(name)
        if cluster is None:
            raise Refusal("CLUSTER_NOT_FOUND", name, self.project.id)
        return cluster

    def dedicated(self) -> Cluster:
        """The cluster, which is none of Flex."""
        cluster = self.cluster()
        if is_flex(cluster):
            raise Refusal("CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API", cluster.name)
        return cluster

    def page(self, items: list[M]) -> dict[str, Any]:
        """A page of a list, with its links."""
        size, number = self._number("itemsPerPage", 100, 500), self._number("pageNum", 1)
        links = [self._page_link(number, size, "self")]
        if number > 1:
            links.append(self._page_link(number - 1, size, "previous"))
        if number * size < len(items):
            links.append(self._page_link(number + 1, size, "next"))
        page = {"links": links, "results": items[(number - 1) * size : number * size]}
        return page if self.query.get("includeCount") == "false" else {**page, "totalCount": len(items)}

    def _number(self, name: str, default: int, most: int | None = None) -> int:
        text = self.query.get(name, str(default))
        if not text.isdecimal() or int(text) < 1 or (most is not None and int(text) > most):
            raise Refusal("INVALID_QUERY_PARAMETER", name)
        return int(text)

    def _page_link(self, number: int, size: int, rel: str) -> Link:
        path = self.path.removeprefix(BASE)
        return self.documents.link(f"{path}?pageNum={number}&itemsPerPage={size}", rel)


# -- the calls ---------------------------------------------------------------------------------------------------------


def system_status(call: Call) -> BaseModel:
    return call.documents.system_status(call.credential)


def list_groups(call: Call) -> BaseModel:
    return model.GroupPage(**call.page([call.documents.group(project) for project in call.readable()]))


def get_group_by_name(call: Call) -> BaseModel:
    name = call.parameters["groupName"]
    named = [project for project in call.world.projects.values() if project.name == name]
    readable = [project for project in call.readable() if project.name == name]
    if len(readable) > 1:
        raise Refusal("MULTIPLE_GROUPS")
    if not readable:
        raise Refusal("USER_CANNOT_ACCESS_GROUP") if named else Refusal("GROUP_NAME_NOT_FOUND", name)
    return call.documents.group(readable[0])


def get_group(call: Call) -> BaseModel:
    return call.documents.group(call.project)


def list_clusters(call: Call) -> BaseModel:
    found = [cluster for cluster in call.project.clusters.values() if not is_flex(cluster)]
    documents = [call.documents.cluster(call.project, cluster) for cluster in found]
    page = call.page([atlas_older.cluster(document, call.version) for document in documents])
    return atlas_older.page(call.version)(**page)


def get_cluster(call: Call) -> BaseModel:
    return atlas_older.cluster(call.documents.cluster(call.project, call.dedicated()), call.version)


def get_cluster_status(call: Call) -> BaseModel:
    """Only what users change counts here, and nobody changes a cluster in the lab (source: specification)."""
    call.dedicated()
    return clusters.ClusterStatus(changeStatus="APPLIED")


def list_flex_clusters(call: Call) -> BaseModel:
    found = [cluster for cluster in call.project.clusters.values() if is_flex(cluster)]
    documents = [call.documents.flex_cluster(call.project, cluster) for cluster in found]
    return clusters.FlexClusterPage(**call.page(documents))


def get_flex_cluster(call: Call) -> BaseModel:
    cluster = call.cluster()
    if not is_flex(cluster):
        raise Refusal("CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API", cluster.name)
    return call.documents.flex_cluster(call.project, cluster)


def get_regional_mode(call: Call) -> BaseModel:
    return model.RegionalMode(enabled=call.project.regional_mode)


def set_regional_mode(call: Call) -> BaseModel:
    """On: the project may hold sharded clusters only. Off: its endpoints must be what is allowed without (source:
    specification; Atlas docs, regionalized private endpoints)."""
    wanted, project = call.body.enabled, call.project
    if wanted and any(cluster.type == "REPLICASET" for cluster in project.clusters.values()):
        raise Refusal("ATLAS_GENERAL_ERROR", "all clusters of the project must be sharded clusters")
    if not wanted and not _fits_without_regional_mode(_endpoints_by_region(project)):
        raise Refusal("MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION")
    project.regional_mode = wanted
    return model.RegionalMode(enabled=wanted)


def create_service(call: Call) -> BaseModel:
    wanted, project = call.body, call.project
    if wanted.providerName != PROVIDER or wanted.supportedRemoteRegions:
        raise Refusal("PROVIDER_UNSUPPORTED", wanted.providerName)
    region = _atlas_region(wanted.region)
    if region is None:
        raise Refusal("INVALID_REGION", wanted.region, PROVIDER)
    if any(service.region == region for service in project.services.values()):
        code = "PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION"
        raise Refusal(code, region, parameters=[f"{PROVIDER} {region}"])  # the form of the live one for AWS
    return call.documents.service(call.world.add_service(project, region), "INITIATING")


def update_service(call: Call) -> BaseModel:
    """For AWS only, and there is nothing of AWS here."""
    ident = call.parameters["endpointServiceId"]
    if ident in call.project.services:
        raise Refusal("PROVIDER_UNSUPPORTED", PROVIDER)
    raise Refusal("PRIVATE_ENDPOINT_SERVICE_NOT_FOUND", ident)


def list_services(call: Call) -> list[model.Service]:
    return [call.documents.service(service) for service in call.azure_services().values()]


def get_service(call: Call) -> BaseModel:
    return call.documents.service(call.service())


def delete_service(call: Call) -> BaseModel:
    """409 while an endpoint is attached, or still going away (source: Terraform provider, pull request 4128). A
    second delete starts nothing anew (inferred)."""
    service = call.service()
    if service.interfaces:
        raise Refusal("CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS")
    if service.timeline.now() != "DELETING":
        call.world.delete_service(service)
    return model.Empty()


def create_endpoint(call: Call) -> BaseModel:
    """Atlas does not look at Azure now: a wrong id ends in FAILED later (source: Atlas troubleshooting page)."""
    service, project, wanted = call.service(), call.project, call.body
    if not project.payment_method:
        raise Refusal("NO_PAYMENT_INFORMATION_FOUND", project.id)
    if service.timeline.now() != "AVAILABLE":
        raise Refusal("PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS", service.id)
    if wanted.id.lower() in service.interfaces:
        raise Refusal("PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS", wanted.id)
    for cluster in project.clusters.values():
        if cluster.paused and service.region in cluster.regions:
            raise Refusal("CANNOT_UPDATE_PAUSED_CLUSTER", cluster.name)
    after = _endpoints_by_region(project) + Counter([service.region])
    if not project.regional_mode and not _fits_without_regional_mode(after):
        raise Refusal("MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION")
    interface = call.world.register(service, wanted.id, wanted.privateEndpointIPAddress)
    return call.documents.endpoint(interface, "INITIATING")


def get_endpoint(call: Call) -> BaseModel:
    return call.documents.endpoint(call.interface())


def delete_endpoint(call: Call) -> BaseModel:
    interface = call.interface()
    if not interface.delete_requested:
        call.world.unregister(interface)
    return model.Empty()


def _endpoints_by_region(project: Project) -> Counter[str]:
    counts = {service.region: len(service.interfaces) for service in project.services.values() if service.interfaces}
    return Counter(counts)


def _fits_without_regional_mode(endpoints: Counter[str]) -> bool:
    """One endpoint in each of several regions, or several in one region and none elsewhere (source: Atlas docs,
    private endpoint limitations)."""
    return len(endpoints) <= 1 or max(endpoints.values()) == 1


def _atlas_region(name: str) -> str | None:
    """Atlas' spelling of a region in either spelling, or None for anything else."""
    spellings = (regions.atlas_name(name), regions.azure_location(name))
    return spellings[0] if regions.is_known(name) and name in spellings else None


HANDLERS: dict[str, Callable[[Call], Any]] = {
    handler.__name__: handler
    for handler in (
        system_status,
        list_groups,
        get_group_by_name,
        get_group,
        list_clusters,
        get_cluster,
        get_cluster_status,
        list_flex_clusters,
        get_flex_cluster,
        get_regional_mode,
        set_regional_mode,
        create_service,
        update_service,
        list_services,
        get_service,
        delete_service,
        create_endpoint,
        get_endpoint,
        delete_endpoint,
        *atlas_project.HANDLERS,
    )
}


# -- the gates ---------------------------------------------------------------------------------------------------------


class Atlas:
    """The API of one world. `tokens.revoke_all()` makes every client fetch a new token."""

    def __init__(self, world: World, digest_algorithm: DigestAlgorithm, token_life: int, nonce_life: float) -> None:
        self.world = world
        self.tokens = Tokens(world, token_life)
        self._authenticator = Authenticator(Digest(world, digest_algorithm, nonce_life), self.tokens)
        self._buckets = Buckets(world.clock)
        self._created = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    async def answer(self, request: Request) -> Response:
        """Any request. The path is taken as it was sent: decoded, an Azure id would fall apart at its slashes."""
        self.world.sweep()
        path = request.scope["raw_path"].decode("latin-1")
        if request.method == "POST" and path == model.TOKEN_PATH:
            return await self.tokens.issue(request)
        if request.method == "POST" and path == model.REVOKE_PATH:
            return await self.tokens.revoke(request)
        try:
            return await self._call(request, path)
        except Unauthorized as error:
            return _unauthorized(error.challenge)
        except Refusal as refusal:
            return _json(refusal.status, model.ApiError(**refusal.body), "application/json", request, refusal.headers)

    async def _call(self, request: Request, path: str) -> Response:
        credential = self._authenticator.credential(request)
        if not credential.allowed:
            raise Refusal("IP_ADDRESS_NOT_ON_ACCESS_LIST", request.client.host if request.client else "127.0.0.1")
        match = model.find(request.method, path)
        if match is None:
            raise Refusal(played.CODE, path.removeprefix(BASE), request.method, path)
        operation, parameters = match
        limit = operation.limit
        owner = parameters["groupId"] if limit.scope == "GROUP" else credential.id
        left = self._buckets.take(limit, owner, path)
        version = operation.version
        if not path.startswith(UNVERSIONED):
            version = _check_media_types(request, operation, self.world.old_versions_gone)
        _check_ids(parameters)
        self._check_role(operation, parameters, credential)
        call = Call(
            self.world,
            Documents(self.world, str(request.base_url).rstrip("/"), self._created),
            credential,
            parameters,
            dict(request.query_params),
            path,
            _body(operation, await request.body()),
            version,
        )
        answer = TypeAdapter(operation.shape(version)).validate_python(HANDLERS[operation.name](call))
        headers = {"RateLimit-Limit": str(limit.capacity), "RateLimit-Remaining": str(left)}
        headers |= _warnings(operation, version)
        media_type = f"application/vnd.atlas.{version}+json;charset=utf-8"
        if path.startswith(UNVERSIONED):
            media_type = "application/json"
        return _json(operation.status, answer, media_type, request, headers)

    def _check_role(self, operation: Operation, parameters: dict[str, str], credential: Credential) -> None:
        if operation.role is None:
            return
        ident = parameters["groupId"]
        if ident not in self.world.projects:
            raise Refusal("GROUP_NOT_FOUND", ident)
        role = credential.roles.get(ident)
        if role is None:
            raise Refusal("USER_CANNOT_ACCESS_GROUP")
        if operation.role == "write" and role != "GROUP_OWNER":
            raise Refusal("ACCESS_FORBIDDEN")


def _check_media_types(request: Request, operation: Operation, old_are_gone: bool) -> str:
    """The date under which the answer is served."""
    offers = [offer.partition(";")[0].strip() for offer in request.headers.get("accept", "").split(",")]
    dates = [match[1] for match in map(MEDIA_TYPE.fullmatch, offers) if match]
    if not dates or dates[0] not in model.VERSIONS:
        raise Refusal("INVALID_VERSION_DATE")
    version = operation.served(dates[0])
    if version is None:
        raise Refusal("INVALID_VERSION_DATE")
    if old_are_gone and operation.sunset and version in operation.older:
        raise Refusal("VERSION_GONE", version)
    sent = request.headers.get("content-type", "").partition(";")[0].strip()
    if operation.request and sent != "application/json" and not MEDIA_TYPE.fullmatch(sent):
        raise Refusal("UNSUPPORTED_MEDIA_TYPE", sent)
    return version


def _warnings(operation: Operation, version: str) -> dict[str, str]:
    """The headers of a date that will not be served for ever (source: Atlas docs, versioned API; their form follows RFC
    8594, and that `Deprecation` has the date of the next version is inferred)."""
    if operation.sunset is None or version not in operation.older:
        return {}
    newer = min(date for date in (*operation.older, operation.version) if date > version)
    return {"Deprecation": _http_date(date.fromisoformat(newer)), "Sunset": _http_date(operation.sunset)}


def _http_date(day: date) -> str:
    return format_datetime(datetime(day.year, day.month, day.day, tzinfo=timezone.utc), usegmt=True)


def _check_ids(parameters: dict[str, str]) -> None:
    for name in ("groupId", "endpointServiceId"):
        if name in parameters and not HEX_ID.fullmatch(parameters[name]):
            raise Refusal("PATH_PARAM_PARSE_ERROR")


def _body(operation: Operation, content: bytes) -> BaseModel | None:
    if operation.request is None:
        return None
    try:
        data = parse(content)
    except ValueError:
        raise Refusal("MALFORMED_JSON") from None
    if not isinstance(data, dict):
        raise Refusal("INVALID_JSON")
    try:
        return operation.request.model_validate(data)
    except ValidationError as error:
        wrong = [(".".join(map(str, item["loc"])), item["msg"]) for item in error.errors()]
        missing = error.errors()[0]["type"] == "missing"
        code = "MISSING_ATTRIBUTE" if missing else "INVALID_ATTRIBUTE"
        raise Refusal(code, wrong[0][0], fields=wrong) from None


def _json(status: int, body: Any, media_type: str, request: Request, headers: dict[str, str]) -> Response:
    """What nobody set is not sent; what was set to None is sent as null. With `envelope=true` the status stands in the
    body, too: in that of a page, or around any other (source: specification). Whether an error gets one is unverified;
    here it does not, because it has its status in it."""
    data = TypeAdapter(Any).dump_python(body, exclude_unset=True)
    if request.query_params.get("envelope") == "true" and status < 400:
        data = {**data, "status": status} if model.is_page(data) else {"content": data, "status": status}
    indent = 2 if request.query_params.get("pretty") == "true" else None
    separators = None if indent else (",", ":")
    text = json.dumps(data, sort_keys=True, indent=indent, separators=separators)
    return Response(text, status, {**headers, "Content-Type": media_type})


def _unauthorized(challenge: str) -> Response:
    """The body of the live 401: its code does not say why, and it has no parameters."""
    body = model.ApiError(
        error=401,
        reason="Unauthorized",
        detail="You are not authorized for this resource.",
        errorCode="UNEXPECTED_ERROR",
    )
    text = json.dumps(body.model_dump(exclude_unset=True), indent=2, separators=(",", " : "))
    return Response(text, 401, {"WWW-Authenticate": challenge, "Content-Type": "application/json"})


def atlas_app(
    world: World, digest_algorithm: DigestAlgorithm = "MD5", token_life: int = 3600, nonce_life: float = 60.0
) -> Starlette:
    """Atlas over a world. `digest_algorithm` "SHA-256" is what Atlas for Government challenges with; lives in seconds.
    The app's `state.atlas` is the `Atlas` inside."""
    atlas = Atlas(world, digest_algorithm, token_life, nonce_life)
    app = Starlette(routes=[Route("/{path:path}", atlas.answer, methods=METHODS)])
    app.state.atlas = atlas
    return app
