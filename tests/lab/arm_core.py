# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every Azure resource has in common: who answers a call, and long-running operations.

A resource type is a `Kind`. `Arm` checks what ARM's gateway checks (provider, subscription, permission, resource group,
parent) and then lets the kind answer.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from tests.lab import arm_names, arm_shapes, arm_tags, arm_versions
from tests.lab.arm_call import (
    SUBSCRIPTIONS,
    ArmError,
    ArmId,
    Call,
    Reply,
    foreign_refusal,
    in_progress,
    linked_refusal,
    normal_location,
    not_played,
    not_registered,
    parse_id,
)
from tests.lab.bodies import shortened
from tests.lab.directory import Principal
from tests.lab.world import GONE, Json, Timeline, World

ACTIONS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
GLOBAL = "global"
BUSY = ("Creating", "Updating", "Deleting")
LONGEST_DELAY = 10  # seconds; what Microsoft.Network asks for between two polls


@dataclass
class Operation:
    """A long-running operation; `result` is the id of the resource it leaves, None for a deletion."""

    timeline: Timeline
    seconds: float
    status_path: str
    result_path: str
    error: ArmError | None
    result: str | None


def retry_after(seconds: float) -> dict[str, str]:
    """Whole seconds, as ARM sends them. A lab that is faster than that says milliseconds, which azure-core reads too,
    and says nothing when there is nothing to wait for (azure-core takes 0 for "not given", and then waits 30 s)."""
    if seconds <= 0:
        return {}
    if seconds < 1:
        return {"x-ms-retry-after-ms": str(int(seconds * 1000))}
    return {"Retry-After": str(min(LONGEST_DELAY, int(seconds)))}


def unavailable(kind: str, location: str, regions: str = "") -> ArmError:
    """Source: Microsoft, common deployment errors."""
    return ArmError(
        400,
        "LocationNotAvailableForResourceType",
        f"The provided location '{shortened(location)}' is not available for resource type '{kind}'. List of available "
        f"regions for the resource type is '{regions or ','.join(arm_names.available())}'.",
    )


class Kind:
    """A resource type. Subclasses answer what they support; the rest is not played."""

    tracked = True  # ARM itself knows these resources, so its own 404 answers for a missing one
    nested = False  # lives below a parent of another kind, which must exist
    verbs: tuple[str, ...] = ()  # what a kind answers that has an `answer` of its own

    def __init__(self, arm: Arm, type_: str) -> None:
        self.arm = arm
        self.world = arm.world
        self.type = type_

    def action(self, call: Call) -> str | None:
        """What a caller must be allowed to do, if anything."""
        return f"{self.type}/{ACTIONS.get(call.method, 'action')}"

    @property
    def methods(self) -> tuple[str, ...]:
        """What is played of it: the list of what is played is made from this."""
        written = (name for name in ACTIONS if name != "GET")
        own = (name for name in written if getattr(type(self), name.lower()) is not getattr(Kind, name.lower()))
        return self.verbs or ("GET", *own)

    def answer(self, call: Call) -> Reply:
        if call.id.is_collection and call.method == "GET":
            return self.list_all(call)
        methods = {"GET": self.get, "HEAD": self.head, "PUT": self.put, "PATCH": self.patch, "DELETE": self.delete}
        if call.id.is_collection or call.method not in methods:
            raise self._refused(call)
        return methods[call.method](call)

    def get(self, call: Call) -> Reply:
        body = self.render(call, self.required(call))
        return Reply(200, body, {"ETag": body["etag"]} if "etag" in body else {})

    def list_all(self, call: Call) -> Reply:
        return Reply(200, {"value": [self.render(call, body) for body in self.found(call)]})

    def head(self, call: Call) -> Reply:
        raise self._refused(call)

    def put(self, call: Call) -> Reply:
        raise self._refused(call)

    def patch(self, call: Call) -> Reply:
        raise self._refused(call)

    def delete(self, call: Call) -> Reply:
        raise self._refused(call)

    def render(self, call: Call, body: Json) -> Json:
        """A stored body as ARM shows it now."""
        return copy.deepcopy(body)

    def _refused(self, call: Call) -> ArmError:
        """ARM itself says 405 to a HEAD where a provider does not implement it (source: Azure REST reference,
        Resources - Check Existence By ID). To all else Azure may well have an answer."""
        if call.method == "HEAD":
            return ArmError(405, "MethodNotAllowed", f"The resource does not support http method '{call.method}'.")
        return not_played(call.method, call.id.address)

    def current(self, call: Call) -> Json | None:
        return self.world.azure.get(call.id.key)

    def required(self, call: Call) -> Json:
        body = self.current(call)
        if body is None:
            raise self.missing(call)
        return body

    def missing(self, call: Call) -> ArmError:
        if not self.tracked:
            return ArmError(404, "NotFound", f"Resource {call.id.path} not found.")
        name = "/".join(f"{kind}/{name}" for kind, name in zip(call.id.types, call.id.names, strict=True))
        where = f"under resource group '{call.id.group}' was not found."
        return ArmError(404, "ResourceNotFound", f"The Resource '{call.id.namespace}/{name}' {where}")

    def found(self, call: Call) -> Iterator[Json]:
        """The resources of a collection: of a parent, a group, or the subscription."""
        home = call.id.parent.path if call.id.parent else call.id.group_path
        yield from self.world.of_type(self.type, home + "/")

    def path(self, call: Call) -> str:
        """The resource's id, with group and parent spelled as they were when they were made."""
        current = self.current(call)
        if current is not None:
            return str(current["id"])
        parent = call.id.parent
        if parent is not None:
            return f"{self.world.azure[parent.key]['id']}/{self.type.rsplit('/', 1)[-1]}/{call.id.name}"
        return f"{self.world.azure[call.id.group_path.lower()]['id']}/providers/{self.type}/{call.id.name}"

    def location(self, call: Call, current: Json | None) -> str:
        """The location in a PUT; it cannot change."""
        if not call.body.get("location"):
            raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
        location = normal_location(call.body["location"])
        if location != GLOBAL and not arm_names.is_region(location):
            raise unavailable(self.type, location)
        if current is not None and current["location"] != location:
            raise ArmError(
                409,
                "InvalidResourceLocation",
                f"The resource '{current['name']}' already exists in location '{current['location']}' in resource "
                f"group '{call.id.group}'. A resource with the same name cannot be created in location '{location}'.",
            )
        return location

    def begin(self, key: str, first: str, then: str, seconds: float) -> None:
        self.world.timelines[key.lower()] = Timeline(self.world.clock, first).then(then, seconds)

    def forget(self, key: str) -> None:
        self.world.azure.pop(key, None)
        self.world.timelines.pop(key, None)

    def remove(self, body: Json, seconds: float) -> None:
        """Lets a resource and everything below it go away after `seconds`."""
        key = body["id"].lower()
        everything = [*self.world.azure, *self.world.mongo_clusters]
        for child in [key, *(other for other in everything if other.startswith(key + "/"))]:
            if self.arm.state(child) != "Deleting":
                self.begin(child, "Deleting", GONE, seconds)
                self.arm.tell_leaving(child)

    def leaving(self, body: Json) -> None:
        """What ends at once when a resource of this kind begins to go away."""


class Arm:
    """Azure Resource Manager: the kinds, the operations that run, and the checks before any kind is asked."""

    def __init__(self, world: World, base_url: Callable[[], str]) -> None:
        self.world = world
        self.base_url = base_url
        self.kinds: dict[str, Kind] = {}
        self.operations: dict[str, Operation] = {}

    def add(self, kind: Kind) -> None:
        self.kinds[kind.type.lower()] = kind

    def state(self, key: str) -> str:
        timeline = self.world.timelines.get(key.lower())
        return timeline.now() if timeline else "Succeeded"

    def busy(self, key: str) -> bool:
        return self.state(key) in BUSY

    def answer(self, call: Call) -> Reply:
        """Raises ArmError for whatever ARM's gateway or the resource provider refuses."""
        kind = self.kind(call.id, call.method)
        arm_versions.refuse(call)
        if call.id.subscription:
            self._check_tenant(call)
        action = kind.action(call)
        if action:
            self.authorize(call, action, call.id.path)
        if call.method not in ("GET", "HEAD", "DELETE"):
            self.require_registered(call.id.namespace)
        if call.id.group and call.id.group_path.lower() not in self.world.azure:
            raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{call.id.group}' could not be found.")
        parent = call.id.parent
        if kind.nested and parent and self.current(call, parent) is None:
            if call.method == "DELETE":
                return Reply(204)
            raise ArmError(
                404,
                "ParentResourceNotFound",
                f"Failed to perform '{ACTIONS.get(call.method, 'action')}' on resource(s) of type "
                f"'{'/'.join(call.id.types)}', because the parent resource '{parent.path}' could not be found.",
            )
        going = "Deleting" in (self.state(call.id.key), self.state(parent.key if parent else ""))
        if going and call.method in ("PUT", "PATCH"):
            raise in_progress()
        if call.method in ("PUT", "PATCH"):
            arm_shapes.refuse(call)
            arm_tags.refuse(call)
        if call.method == "PUT" and not call.id.is_collection:
            arm_names.refuse(call)
        reply = kind.answer(call)
        is_list = call.method == "GET" and call.id.is_collection
        if action and is_list and not call.id.group and call.id.namespace != SUBSCRIPTIONS:
            self._hide(call, reply, action)
        return reply

    def _hide(self, call: Call, reply: Reply, action: str) -> None:
        """Takes what the caller may not read from a list of the subscription's resources."""
        assert reply.body is not None
        listed = reply.body["value"]
        reply.body["value"] = [one for one in listed if self.may(call, action, one["id"])]

    def kind(self, ident: ArmId, method: str) -> Kind:
        """The kind that a request is about. Raises ArmError for one that the lab does not play; that Azure does not
        have it either, as with a mistyped type, the lab cannot know."""
        kind = self.kinds.get(ident.type.lower())
        if kind is None:
            raise not_played(method, ident.address)
        return kind

    def current(self, call: Call, other: ArmId) -> Json | None:
        """Another resource than the one that a call is about, as it is kept, or None."""
        return self.kinds[other.type.lower()].current(replace(call, id=other))

    def tell_leaving(self, key: str) -> None:
        """Tells its kind that a resource begins to go away."""
        body = self.world.azure.get(key)
        kind = self.kinds.get(body["type"].lower()) if body else None
        if body and kind:
            kind.leaving(body)

    def require_registered(self, namespace: str) -> None:
        """Raises when the subscription is not registered with a resource provider that needs it."""
        state = self.world.registration(namespace)
        if state is not None and state.now() != "Registered":
            raise not_registered(namespace)

    def authorize(self, call: Call, action: str, scope: str) -> None:
        """Raises what a caller is told who lacks a right."""
        if not self._allowed(call, action, scope):
            raise ArmError(
                403,
                "AuthorizationFailed",
                f"The client '{call.client}' with object id '{call.client}' does not have authorization to perform "
                f"action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, "
                "please refresh your credentials.",
            )

    def _allowed(self, call: Call, action: str, scope: str) -> bool:
        """To read what belongs to the subscription, a role at a resource group is enough (source: Microsoft, "Track
        asynchronous Azure operations"), and for lists, which leave out what one may not read, one at any resource. That
        whoever may read nothing of the kind gets no empty list, but a refusal, is inferred."""
        if call.method not in ("GET", "HEAD") or call.id.group:
            return self.may(call, action, scope)
        principal, subscription = self.principal(call), f"/subscriptions/{call.id.subscription}"
        if principal is None:
            return True
        return (not call.id.subscription or principal.reaches(call.id.subscription)) and principal.rights.allows_in(
            action, subscription, scope, of_resources=call.id.is_collection
        )

    def may(self, call: Call, action: str, scope: str) -> bool:
        """Whether the caller has a right at a resource."""
        principal, place = self.principal(call), parse_id(scope)
        if principal is None:
            return True
        return (place is None or principal.reaches(place.subscription)) and principal.rights.allows(action, scope)

    def principal(self, call: Call) -> Principal | None:
        """Who asks; None for somebody who may do everything."""
        return self.world.directory.principals.get(call.client)

    def _check_tenant(self, call: Call) -> None:
        """A subscription trusts one tenant (source: Azure/azure-sdk-for-net issue 49391)."""
        tenant, principal = self.world.directory.subscriptions.get(call.id.subscription.lower()), self.principal(call)
        if tenant is None:
            message = f"The subscription '{call.id.subscription}' could not be found."
            raise ArmError(404, "SubscriptionNotFound", message)
        if principal and tenant != principal.tenant_id:
            message = (
                f"The access token is from the wrong issuer 'https://sts.windows.net/{principal.tenant_id}/'. It must "
                f"match the tenant 'https://sts.windows.net/{tenant}/' associated with this subscription. Please use "
                f"the authority (URL) 'https://login.windows.net/{tenant}' to get the token."
            )
            header = f'Bearer authorization_uri="https://login.windows.net/{tenant}", error="invalid_token"'
            raise ArmError(401, "InvalidAuthenticationTokenTenant", message, headers={"WWW-Authenticate": header})

    def authorize_linked(self, call: Call, action: str, linked: str) -> None:
        """The right to use another resource that a body refers to, e.g. `.../subnets/join/action`."""
        principal, place = self.principal(call), parse_id(linked)
        tenant = self.world.directory.subscriptions.get(place.subscription.lower()) if place else None
        if principal and place and tenant not in (None, principal.tenant_id):
            raise foreign_refusal(call, action, principal.tenant_id, place.subscription)
        if not self.may(call, action, linked):
            raise linked_refusal(call, action, linked)

    def start(
        self, status: str, result: str, seconds: float, error: ArmError | None = None, leaves: str | None = None
    ) -> Operation:
        """Begins an operation whose two addresses are `status` and `result` plus a new id."""
        name = str(uuid.uuid4())
        end = "Failed" if error else "Succeeded"
        timeline = Timeline(self.world.clock, "InProgress").then(end, seconds)
        operation = Operation(timeline, seconds, f"{status}/{name}", f"{result}/{name}", error, leaves)
        self.operations[name] = operation
        return operation

    def links(self, call: Call, operation: Operation, *, location: bool) -> dict[str, str]:
        """The headers that tell a client where to ask how an operation goes."""
        version = f"?api-version={call.version}"
        headers = {"Azure-AsyncOperation": self.base_url() + quote(operation.status_path) + version}
        if location:
            headers["Location"] = self.base_url() + quote(operation.result_path) + version
        return {**headers, **retry_after(operation.seconds)}


class Operations(Kind):
    """Where operations are looked at."""

    def action(self, call: Call) -> str | None:
        """Microsoft lists a permission for this, but none for the operations of mongo clusters: no role could have it
        (source: Microsoft, Azure permissions for networking and for databases)."""
        return None if self.type.startswith("Microsoft.DocumentDB/") else super().action(call)


class OperationStatuses(Operations):
    """Where `Azure-AsyncOperation` points. The private DNS provider answers 202 while an operation runs."""

    def __init__(self, arm: Arm, type_: str, running: int) -> None:
        super().__init__(arm, type_)
        self.running = running

    def get(self, call: Call) -> Reply:
        operation = required_operation(self.arm, call)
        status = operation.timeline.now()
        if status == "InProgress":
            return Reply(self.running, {"status": status}, retry_after(operation.seconds))
        if operation.error:
            return Reply(200, {"status": status, "error": operation.error.error()})
        return Reply(200, {"status": status})


class OperationResults(Operations):
    """Where `Location` points: 202 while the operation runs, then the resource, 204 after a deletion, or the error."""

    def get(self, call: Call) -> Reply:
        operation = required_operation(self.arm, call)
        if operation.timeline.now() == "InProgress":
            return Reply(202, headers=self.arm.links(call, operation, location=True))
        if operation.error:
            raise operation.error
        left = parse_id(operation.result or "")
        body = self.arm.current(call, left) if left else None
        return Reply(204) if body is None else Reply(200, self.arm.kinds[body["type"].lower()].render(call, body))


def required_operation(arm: Arm, call: Call) -> Operation:
    operation = arm.operations.get(call.id.name)
    if operation is None:
        raise ArmError(404, "OperationNotFound", f"The operation '{call.id.name}' was not found.")
    return operation
