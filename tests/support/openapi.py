# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchanges with Atlas, held against the vendor's own OpenAPI document where that stands.

The document is MongoDB's and not part of this project. It is looked for at PRIVATELINK_ATLAS_OPENAPI, then beside the
checkout; `LOCATION` is None where it is not.

OpenAPI's discriminators, readOnly and writeOnly have no JSON Schema of their own, and its `oneOf` often fits twice (a
region that two clouds have). So the schema is made plain for each body first, and jsonschema then checks the body.
Unlike OpenAPI, a property that the document does not know is an error here.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

from jsonschema import Draft202012Validator

from tests.lab import atlas_model

Schema = dict[str, Any]
Direction = Literal["request", "answer"]

ENVIRONMENT = "PRIVATELINK_ATLAS_OPENAPI"
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "specs" / "atlas-private-link.openapi.json"

#: Calls of the same API that the cut document leaves out; `atlas_model.problems` checks them.
LEFT_OUT = re.compile(r"/api/oauth/(token|revoke)|/api/atlas/v2(/groups(/[^/]+/flexClusters(/[^/]+)?)?)?/?")

_GROUP = "/api/atlas/v2/groups/{groupId}/privateEndpoint"
_SERVICE = f"{_GROUP}/{{cloudProvider}}/endpointService/{{endpointServiceId}}"
#: Statuses that Atlas gives and the document does not list. 201 and 202: live recordings of the Atlas CLI, those of the
#: endpoints by analogy; 409: Terraform provider, issue 1872 and pull request 4128.
LIVE_STATUSES = {
    ("post", f"{_GROUP}/endpointService"): {201, 409},
    ("delete", _SERVICE): {202, 409},
    ("patch", f"{_GROUP}/regionalMode"): {202},
    ("post", f"{_SERVICE}/endpoint"): {201},
    ("delete", f"{_SERVICE}/endpoint/{{endpointId}}"): {202},
}
#: Any call may get these: malformed path parameter, maintenance, media type, sunset, outage (source: Atlas docs).
ANYWHERE = {400, 405, 406, 410, 503}
#: Null in live recordings, though the document gives them no null.
LIVE_NULLS = {
    ("AzurePrivateLinkConnection", "errorMessage"),
    ("AzurePrivateLinkConnection", "privateLinkServiceName"),
    ("AzurePrivateLinkConnection", "privateLinkServiceResourceId"),
    ("AzurePrivateEndpoint", "errorMessage"),
}
#: Strings and numbers in live recordings, objects in the document.
LIVE_ANYTHING = {("ApiError", "parameters")}
DATE_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"
SCALAR_KEYS = ("type", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength", "maxItems", "minItems")


def locate() -> Path | None:
    """The document, or None."""
    named = os.environ.get(ENVIRONMENT)
    path = Path(named) if named else BESIDE
    return path if path.is_file() else None


LOCATION = locate()
MISSING = f"MongoDB's OpenAPI document is not here (set {ENVIRONMENT} to its path)"


@cache
def document() -> Schema:
    """Raises FileNotFoundError where the document does not stand."""
    if LOCATION is None:
        raise FileNotFoundError(MISSING)
    loaded: Schema = json.loads(LOCATION.read_text(encoding="utf-8"))
    return loaded


def check_exchange(method: str, path: str, request_json: Any, status: int, response_json: Any) -> list[str]:
    """What is wrong with an exchange by the vendor's document; empty when it is right. `path` as it was sent; a query
    is ignored; None stands for no body. Of a request that was refused nothing is asked."""
    path = path.partition("?")[0]
    if LEFT_OUT.fullmatch(path):
        return []
    found = _operation(method.lower(), path)
    if found is None:
        return [] if status == 404 else [f"{method} {path}: not in the document"]
    template, operation = found
    if status >= 400:
        return _check_status(method, template, operation, status) + _body("answer", _ERROR, response_json)
    wrong = _check_status(method, template, operation, status)
    wrong += _check_path(operation, template, path)
    provider = _values(template, path).get("cloudProvider")
    wrong += _body("request", _request_schema(operation), request_json, provider)
    return wrong + _body("answer", _answer_schema(operation), response_json, provider)


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
    """What is wrong with all that Atlas was asked and answered: by our own model, and by the vendor's document where
    that stands. Of sign-in traffic the log keeps no bodies, so there is nothing to check."""
    found = []
    for one in exchanges:
        if one.cloud == "atlas" and one.status and not one.is_token:
            exchange = (one.method, one.path, one.request, one.status, one.response)
            wrong = atlas_model.problems(*exchange) + (check_exchange(*exchange) if LOCATION else [])
            found += [f"{one.method} {one.path} {one.status}: {text}" for text in wrong]
    return found


_ERROR: Schema = {"$ref": "#/components/schemas/ApiError"}


def _operation(method: str, path: str) -> tuple[str, Schema] | None:
    """The path template and the operation; of several templates the one with the most literal segments."""
    fitting = [
        template
        for template, operations in document()["paths"].items()
        if method in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    ]
    if not fitting:
        return None
    best = min(fitting, key=lambda template: template.count("{"))
    return best, document()["paths"][best][method]


def _values(template: str, path: str) -> dict[str, str]:
    pairs = zip(template.split("/"), path.split("/"), strict=True)
    return {name[1:-1]: value for name, value in pairs if name.startswith("{")}


def _check_status(method: str, template: str, operation: Schema, status: int) -> list[str]:
    allowed = {int(code) for code in operation["responses"]} | ANYWHERE
    allowed |= LIVE_STATUSES.get((method.lower(), template), set())
    return [] if status in allowed else [f"status: {status} is not one of {sorted(allowed)}"]


def _check_path(operation: Schema, template: str, path: str) -> list[str]:
    values, wrong = _values(template, path), []
    for parameter in map(_resolved, operation["parameters"]):
        if parameter["in"] == "path":
            schema = {key: value for key, value in parameter["schema"].items() if key in SCALAR_KEYS}
            wrong += _errors(f"path.{parameter['name']}", schema, values[parameter["name"]])
    return wrong


def _request_schema(operation: Schema) -> Schema | None:
    return _newest(operation["requestBody"]["content"]) if "requestBody" in operation else None


def _answer_schema(operation: Schema) -> Schema | None:
    success = next(response for code, response in operation["responses"].items() if code.startswith("2"))
    return _newest(success["content"])


def _newest(content: Schema) -> Schema | None:
    schema: Schema | None = content[max(content)].get("schema")
    return schema


def _body(what: Direction, schema: Schema | None, body: Any, provider: str | None = None) -> list[str]:
    if schema is None:
        return [] if body in (None, {}) else [f"{what}: a body where the document has none"]
    return _errors(what, _plain(schema, body, what, provider), body)


def _errors(what: str, schema: Schema, value: Any) -> list[str]:
    return [
        f"{'.'.join([what, *map(str, error.absolute_path)])}: {error.message}"
        for error in Draft202012Validator(schema).iter_errors(value)
    ]


# -- OpenAPI made plain ------------------------------------------------------------------------------------------------


def _resolved(schema: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Any = document()
    for key in schema["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    resolved: Schema = found
    return resolved


def _plain(
    schema: Schema, value: Any, direction: Direction, provider: str | None, inside: tuple[str, ...] = ()
) -> Schema:
    """A JSON Schema for just this value. `provider` decides where a body leaves its discriminator to the path;
    `inside` are the components on the way here, because a variant refers to its base and the base to its variants."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _plain(_resolved(schema), value, direction, provider, (*inside, name))
    if value is None and schema.get("nullable"):
        return {}
    variant = _variant(schema, value, provider)
    if variant and variant.rpartition("/")[2] not in inside:
        return _plain({"$ref": variant}, value, direction, provider, inside)
    if isinstance(value, dict) and schema.get("type") == "object":
        return _plain_object(schema, value, direction, provider, inside)
    plain = {key: schema[key] for key in SCALAR_KEYS if key in schema}
    if "oneOf" in schema:
        plain.pop("type", None)  # "object" in the document even where all variants are strings
    if schema.get("format") == "date-time":
        plain["pattern"] = DATE_TIME
    if "oneOf" in schema:
        plain["anyOf"] = [_plain(one, value, direction, provider, inside) for one in schema["oneOf"]]
    if isinstance(value, list) and "items" in schema:
        plain["prefixItems"] = [_plain(schema["items"], item, direction, provider) for item in value]
    return plain


def _variant(schema: Schema, value: Any, provider: str | None) -> str | None:
    if "discriminator" not in schema or not isinstance(value, dict):
        return None
    tag = value.get(schema["discriminator"]["propertyName"], provider)
    variant: str | None = schema["discriminator"]["mapping"].get(tag)
    return variant


def _plain_object(
    schema: Schema, value: dict[str, Any], direction: Direction, provider: str | None, inside: tuple[str, ...]
) -> Schema:
    if "oneOf" in schema and "discriminator" not in schema:
        rest = {key: part for key, part in schema.items() if key != "oneOf"}
        merged = [{"type": "object", "allOf": [rest, one]} for one in schema["oneOf"]]
        return {"anyOf": [_plain(one, value, direction, provider, inside) for one in merged]}
    hidden = "readOnly" if direction == "request" else "writeOnly"
    properties: Schema = {}
    required: list[str] = []
    others: Any = schema.get("additionalProperties", False)
    for part in schema.get("allOf", []):
        base = _plain(part, value, direction, provider, inside)
        properties |= base["properties"]
        required += base["required"]
    for name, inner in schema.get("properties", {}).items():
        if not _resolved(inner).get(hidden):
            properties[name] = _plain_property(inside, name, inner, value.get(name), direction, provider)
    required += [name for name in schema.get("required", []) if name in properties]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": others}


def _plain_property(
    inside: tuple[str, ...], name: str, schema: Schema, value: Any, direction: Direction, provider: str | None
) -> Schema:
    place = (inside[-1] if inside else "", name)
    if place in LIVE_ANYTHING or (value is None and place in LIVE_NULLS):
        return {}
    return _plain(schema, value, direction, provider)
