# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a call to Azure Resource Manager is made of: ids, errors, preconditions.

Bodies and headers here and in the other `arm_*` modules follow azure-cli's live recordings of Microsoft.Network and of
private DNS (repository Azure/azure-cli, `*/tests/latest/recordings`), where no other source is given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.lab import played
from tests.lab.bodies import shortened
from tests.lab.world import Json

LONGEST_MESSAGE = 4000  # characters; a message that repeats a few ids stays whole
SUBSCRIPTIONS = "Microsoft.Resources"  # the namespace of subscriptions and resource groups
TAGS = re.compile(r"(?P<scope>/subscriptions/.+)/providers/Microsoft\.Resources/tags/default/?", re.IGNORECASE)


class ArmError(Exception):
    """An answer that is an error. `details` are (code, message) or (code, message, target); `bare` leaves out the
    "error" envelope, as the private DNS provider does in what it refuses at once (source: azure-cli recording, record
    set If-Match failure)."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: tuple[tuple[str, ...], ...] = (),
        bare: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.bare = bare
        self.headers = dict(headers or {})

    def error(self) -> Json:
        error: Json = {"code": self.code, "message": shortened(self.message, LONGEST_MESSAGE)}
        if self.details:
            names = ("code", "message", "target")
            texts = [[shortened(text, LONGEST_MESSAGE) for text in detail] for detail in self.details]
            error["details"] = [dict(zip(names, detail, strict=False)) for detail in texts]
        return error

    def body(self) -> Json:
        return self.error() if self.bare else {"error": self.error()}


def not_played(method: str, path: str) -> ArmError:
    """A request that the lab has no answer to. Names the type of the innermost resource in the path, which for a lock
    or a role assignment is not the type of what it is of."""
    _scope, found, inner = path.rpartition("/providers/")
    namespace, *pairs = inner.split("/") if found else (SUBSCRIPTIONS, *path.strip("/").split("/"))
    return ArmError(played.STATUS, played.CODE, played.not_played("/".join((namespace, *pairs[::2])), method, path))


@dataclass(frozen=True)
class ArmId:
    """A path below /subscriptions. A collection has one type more than it has names."""

    subscription: str
    group: str | None
    namespace: str
    types: tuple[str, ...]
    names: tuple[str, ...]
    scope: str = ""  # the id of the resource that an extension, such as tags, is of

    @property
    def type(self) -> str:
        return "/".join((self.namespace, *self.types))

    @property
    def name(self) -> str:
        return self.names[-1]

    @property
    def is_collection(self) -> bool:
        return len(self.types) > len(self.names)

    @property
    def group_path(self) -> str:
        return f"/subscriptions/{self.subscription}" + (f"/resourceGroups/{self.group}" if self.group else "")

    @property
    def path(self) -> str:
        pairs = "".join(f"/{kind}/{name}" for kind, name in zip(self.types, self.names, strict=False))
        if self.scope:
            return f"{self.scope}/providers/{self.namespace}{pairs}"
        return pairs if self.namespace == SUBSCRIPTIONS else f"{self.group_path}/providers/{self.namespace}{pairs}"

    @property
    def address(self) -> str:
        """The path that a request asked for: of a collection, too."""
        return f"{self.path}/{self.types[-1]}" if self.is_collection else self.path

    @property
    def key(self) -> str:
        return self.path.lower()

    @property
    def parent(self) -> ArmId | None:
        if len(self.types) < 2:
            return None
        return ArmId(self.subscription, self.group, self.namespace, self.types[:-1], self.names[: len(self.types) - 1])


def parse_id(path: str) -> ArmId | None:
    """The id in a path, or None. Subscriptions, groups and providers themselves count as types of Microsoft.Resources,
    as in role actions."""
    tags = TAGS.fullmatch(path)
    if tags:
        of = parse_id(tags["scope"])
        return of and ArmId(of.subscription, of.group, SUBSCRIPTIONS, ("tags",), ("default",), tags["scope"])
    parts = [part for part in path.split("/") if part]
    words = [part.lower() for part in parts]
    if not words or words[0] != "subscriptions":
        return None
    about_provider = words[2:3] == ["providers"] and (len(parts) < 5 or words[4:] in (["register"], ["unregister"]))
    if "providers" not in words or about_provider:
        return ArmId(parts[1] if parts[1:] else "", None, SUBSCRIPTIONS, tuple(parts[::2]), tuple(parts[1::2]))
    at = words.index("providers")
    if at not in (2, 4) or (at == 4 and words[2] != "resourcegroups") or len(parts) < at + 3:
        return None
    rest = parts[at + 2 :]
    return ArmId(parts[1], parts[3] if at == 4 else None, parts[at + 1], tuple(rest[::2]), tuple(rest[1::2]))


@dataclass(frozen=True)
class Call:
    """One request. `body` is {} where none was sent; header names are case-insensitive."""

    method: str
    id: ArmId
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json
    client: str  # who asks: the client id and the object id of the token

    @property
    def properties(self) -> Json:
        return self.body.get("properties") or {}

    @property
    def version(self) -> str:
        return self.query["api-version"]


@dataclass
class Reply:
    status: int
    body: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)


def normal_location(location: str) -> str:
    return location.replace(" ", "").lower()


def in_progress() -> ArmError:
    """429, so that azure-core tries again by itself (source: hashicorp/terraform issue 7153)."""
    return ArmError(
        429,
        "AnotherOperationInProgress",
        "Another operation on this or dependent resource is in progress.",
        headers={"Retry-After": "1"},
    )


def not_registered(namespace: str) -> ArmError:
    """Source: Azure/azure-sdk-for-node issue 2305, Azure/OpenShift issue 21."""
    message = (
        f"The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how "
        "to register subscriptions."
    )
    code = "MissingSubscriptionRegistration"
    return ArmError(409, code, message, details=((code, message, namespace),))


def linked_refusal(call: Call, action: str, linked: str) -> ArmError:
    """Source: MicrosoftDocs/azure-docs issue 96892."""
    return ArmError(
        403,
        "LinkedAuthorizationFailed",
        f"The client '{call.client}' with object id '{call.client}' has permission to perform action "
        f"'{call.id.type}/write' on scope '{call.id.path}'; however, it does not have permission to perform action "
        f"'{action}' on the linked scope(s) '{linked}' or the linked scope(s) are invalid.",
    )


def foreign_refusal(call: Call, action: str, tenant: str, subscription: str) -> ArmError:
    """The same across tenants, without a token of the other one (source: Azure/azure-cli-extensions issue 7143)."""
    return ArmError(
        403,
        "LinkedAuthorizationFailed",
        f"The client has permission to perform action '{action}' on scope '{call.id.path}', however the current tenant "
        f"'{tenant}' is not authorized to access linked subscription '{subscription}'.",
    )


def precondition(call: Call, current: Json | None, what: str, *, bare: bool = False) -> ArmError | None:
    """What If-Match and If-None-Match say against a write, or None."""
    wanted = call.headers.get("if-match")
    if call.headers.get("if-none-match") == "*" and current is not None:
        reason = "exists already and hence cannot be created again."
    elif wanted and (current is None or (wanted != "*" and _opaque(wanted) != _opaque(current["etag"]))):
        reason = "has been modified (etag mismatch)."
    else:
        return None
    return ArmError(412, "PreconditionFailed", f"{what} {reason}", bare=bare)


def _opaque(etag: str) -> str:
    return etag.removeprefix("W/").strip('"')
