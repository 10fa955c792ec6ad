# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every model of the Atlas Administration API is made of, and what a call is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

BASE = "/api/atlas/v2"
#: The API before there were dates in media types. Its private endpoint calls are deprecated and still served, with the
#: same bodies (source: Terraform provider, which imports by them).
UNVERSIONED = "/api/atlas/v1.0"
PRIVATE_ENDPOINTS = "/groups/{groupId}/privateEndpoint"

HEX_ID = re.compile(r"[a-f0-9]{24}")
HexId = Annotated[str, StringConstraints(pattern=r"^([a-f0-9]{24})$")]
Timestamp = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
ClusterName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9-]*$")]
#: With a space too, unlike in the specification: the first project of an organization is "Project 0".
GroupName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Provider = Literal["AWS", "AZURE", "GCP"]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Link(Model):
    href: str
    rel: str


class Tag(Model):
    key: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    value: Annotated[str, StringConstraints(min_length=1, max_length=255)]


class Page(Model):
    """`totalCount` is there unless `includeCount=false`."""

    links: list[Link]
    totalCount: int = Field(default=0, ge=0)


@dataclass(frozen=True)
class RateLimit:
    """A token bucket, one per project or per credential; `refill` tokens a minute (source: Atlas docs, rate limits)."""

    name: str
    scope: Literal["GROUP", "USER"]
    capacity: int
    refill: int


@dataclass(frozen=True)
class Operation:
    """One call. `role` is what the credential needs in the project (None: nothing), `version` the date of the answer's
    media type, `older` the shapes of answers under older dates and `sunset` their last day, `refusals` the statuses
    beside those of `REFUSALS`."""

    name: str
    method: str
    path: str
    answer: Any
    limit: RateLimit
    role: Literal["read", "write"] | None = "read"
    status: int = 200
    request: type[Model] | None = None
    version: str = "2023-01-01"
    older: Mapping[str, Any] = field(default_factory=dict)
    sunset: date | None = None
    refusals: tuple[int, ...] = ()

    def parameters(self, path: str) -> dict[str, str] | None:
        """The decoded path parameters, or None for the path of another operation. `path` as it was sent: an Azure id
        is one segment only while its slashes are encoded."""
        if path.startswith(UNVERSIONED) and self.path.startswith(PRIVATE_ENDPOINTS):
            path = BASE + path.removeprefix(UNVERSIONED)
        wanted, given = (BASE + self.path).split("/"), (BASE if path == f"{BASE}/" else path).split("/")
        if len(wanted) != len(given):
            return None
        found = {}
        for want, have in zip(wanted, given, strict=True):
            if want.startswith("{"):
                found[want[1:-1]] = unquote(have)
            elif want != have:
                return None
        return found

    def shape(self, version: str) -> Any:
        """What is answered under a date that is served."""
        return self.older.get(version, self.answer)

    def served(self, wanted: str) -> str | None:
        """The newest date that is not newer than the wanted one, or None (source: Atlas docs, versioned API)."""
        return max((date for date in (*self.older, self.version) if date <= wanted), default=None)
