# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The endpoint interface: an Azure private endpoint that is registered with an Atlas endpoint service."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from .._engine import FAILED, PENDING, READY, Drift, Health, Plan, Readable, Resource, Step, Waiter
from .._errors import Busy, Guarded, InvalidInput
from .client import Client, segment
from .endpoint_service import GONE as SERVICE_GONE
from .endpoint_service import base

State = dict[str, t.Any]

#: Atlas answers the first of these for a missing endpoint too; the others stand in its documentation.
GONE = (*SERVICE_GONE, "PRIVATE_ENDPOINT_NOT_FOUND", "PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND")

_ENDPOINT_ID = re.compile(
    r"/subscriptions/[0-9a-f-]{36}/resourceGroups/[-\w._()]+/providers/Microsoft\.Network/privateEndpoints/[-\w._()]+",
    re.IGNORECASE,
)
_SERVICE_ID = re.compile(r"[0-9a-f]{24}")


def checked_service_id(value: str) -> str:
    """An endpoint service's id as it is, or `InvalidInput`."""
    if not _SERVICE_ID.fullmatch(value):
        raise InvalidInput("endpoint_service_id", value, "24 hexadecimal digits, as atlas_endpoint_service returns")
    return value


def checked_endpoint_id(value: str) -> str:
    """An Azure private endpoint's resource id as it is, or `InvalidInput`."""
    if not _ENDPOINT_ID.fullmatch(value):
        raise InvalidInput(
            "private_endpoint_id",
            value,
            "/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Network/privateEndpoints/<name>",
            "Give the id of the private endpoint, not of its network interface or of the Private Link Service.",
        )
    return value


def checked_address(value: str) -> str:
    """An IPv4 address as Atlas takes it, or `InvalidInput`."""
    try:
        return str(ipaddress.IPv4Address(value))
    except ValueError:
        raise InvalidInput(
            "ip_address", value, "the IPv4 address of the private endpoint's network interface"
        ) from None


def normalise(service_id: str, found: t.Mapping[str, t.Any]) -> State:
    """Pure: one endpoint in the shape that the modules return. A missing status means "in progress"."""
    return {
        "endpoint_service_id": service_id,
        "private_endpoint_id": found.get("privateEndpointResourceId"),
        "ip_address": found.get("privateEndpointIPAddress"),
        "connection_name": found.get("privateEndpointConnectionName"),
        "status": found.get("status") or "INITIATING",
        "error_message": found.get("errorMessage"),
        "delete_requested": bool(found.get("deleteRequested")),
    }


class EndpointInterface(Resource):
    """Registers a private endpoint. `desired` is {"private_endpoint_id", "ip_address"}.

    `removes` says that a removal is in view (absent, or recreate): then the service is read too, because Atlas removes
    a service with its last endpoint (source: Admin API specification, delete private endpoint).
    """

    kind, key = "endpoint interface", "endpoint_interface"

    def __init__(
        self, client: Client, project_id: str, service_id: str, endpoint_id: str, removes: bool, remove_last: bool
    ) -> None:
        self._client, self._service_id, self._endpoint_id = client, service_id, endpoint_id
        self._service = f"{base(project_id)}/{service_id}"
        self._removes, self._remove_last = removes, remove_last
        self.label = endpoint_id.rsplit("/", 1)[-1]

    def read(self) -> State | None:
        found = self._client.find(f"{self._service}/endpoint/{segment(self._endpoint_id)}", GONE)
        if found is None:
            return None
        state = normalise(self._service_id, found)
        return {**state, "last": self._is_last() if self._removes and not _leaving(state) else None}

    def _is_last(self) -> bool:
        service = self._client.find(self._service, SERVICE_GONE) or {}
        others = {known.lower() for known in service.get("privateEndpoints") or []} - {self._endpoint_id.lower()}
        return not others

    def plan(self, current: State | None, desired: State | None) -> Plan:
        if desired is None:
            return self._plan_absent(current)
        if current is None:
            return Plan((Step("create", f"endpoint interface {self.label}", desired),))
        if _leaving(current):
            raise Busy(
                f"{self.title()} is being removed", "it can be registered again when it is gone", "Run again later."
            )
        drift = []
        if current["ip_address"] != desired["ip_address"]:
            drift.append(Drift("ip_address", current["ip_address"], desired["ip_address"], _NEW_ADDRESS))
        if current["status"] in ("FAILED", "REJECTED"):
            drift.append(Drift("status", f"{current['status']} ({_reason(current)})", "AVAILABLE", _REPAIR))
        return Plan(drift=tuple(drift))

    def _plan_absent(self, current: State | None) -> Plan:
        if current is None or _leaving(current):
            return Plan()
        if current.get("last") and not self._remove_last:
            raise Guarded(
                f"{self.title()} is the last one of its endpoint service",
                "Atlas may remove the whole service with it, and with the service its Private Link Service id",
                "Set remove_last=true if that is what you want; to replace the endpoint, register the new one first.",
            )
        return Plan((Step("delete", f"endpoint interface {self.label}"),))

    def predict(self, current: State | None, desired: State | None) -> State | None:
        if desired is None:
            return None
        registered = {
            "privateEndpointResourceId": desired["private_endpoint_id"],
            "privateEndpointIPAddress": desired["ip_address"],
            "status": "AVAILABLE",
        }
        return current or {**normalise(self._service_id, registered), "last": None}

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        if step.verb == "create":
            body = {"id": step.body["private_endpoint_id"], "privateEndpointIPAddress": step.body["ip_address"]}
            self._client.post(f"{self._service}/endpoint", body)
        else:
            self._client.delete(f"{self._service}/endpoint/{segment(self._endpoint_id)}")

    def health(self, state: State | None, wanted: bool) -> Health:
        if not wanted:
            return Health("gone") if state is None else Health(state["status"], PENDING)
        if state is None:
            return Health("absent", PENDING)
        if state["status"] == "AVAILABLE":
            return Health("AVAILABLE", READY)
        if state["status"] in ("FAILED", "REJECTED"):
            return Health(state["status"], FAILED, _reason(state), _REPAIR)
        return Health(
            state["status"],
            PENDING,
            "Atlas has not accepted the connection yet; if that lasts, the endpoint id is wrong, or the private "
            "endpoint is connected to another Private Link Service, or it was deleted in Azure",
            "Compare the private endpoint's target with private_link_service_id of the endpoint service.",
        )


_NEW_ADDRESS = (
    "Atlas cannot change a registered address: give the private endpoint its old address back as a static one, or set "
    "recreate=true, which cuts the connections until it is registered again."
)
_REPAIR = (
    "Check the private endpoint's id and address and that it targets this service, then set recreate=true to "
    "register it anew."
)


def _leaving(state: t.Mapping[str, t.Any]) -> bool:
    return state["status"] == "DELETING" or bool(state["delete_requested"])


def _reason(state: t.Mapping[str, t.Any]) -> str:
    return str(state["error_message"] or "Atlas gave no reason")


class EndpointInterfaces(Readable):
    """All interfaces of a service, or one. Atlas cannot list them: the service's ids are read one by one, and an id
    whose endpoint has gone meanwhile is left out."""

    kind, key = "endpoint interfaces", "endpoint_interfaces"

    def __init__(self, client: Client, project_id: str, service_id: str, endpoint_id: str | None) -> None:
        self._client, self._service_id, self._endpoint_id = client, service_id, endpoint_id
        self._service = f"{base(project_id)}/{service_id}"
        self.label = f"of {service_id}"

    def read(self) -> list[State]:
        if self._endpoint_id:
            ids = [self._endpoint_id]
        else:
            ids = list((self._client.find(self._service, SERVICE_GONE) or {}).get("privateEndpoints") or [])
        found = [self._client.find(f"{self._service}/endpoint/{segment(ident)}", GONE) for ident in ids]
        return [normalise(self._service_id, one) for one in found if one is not None]
