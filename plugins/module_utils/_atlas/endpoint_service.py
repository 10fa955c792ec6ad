# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The endpoint service: the Atlas side of Azure Private Link, one per project and region."""

from __future__ import annotations

import typing as t

from .._engine import FAILED, PENDING, READY, Drift, Health, Plan, Readable, Resource, Step, Waiter
from .._errors import Busy, Guarded
from . import regions
from .client import Client

State = dict[str, t.Any]

GONE = ("PRIVATE_ENDPOINT_SERVICE_NOT_FOUND",)


def base(project_id: str) -> str:
    """The collection of Azure endpoint services of a project."""
    return f"/groups/{project_id}/privateEndpoint/AZURE/endpointService"


def normalise(project_id: str, found: t.Mapping[str, t.Any]) -> State:
    """Pure: one service in the shape that the modules return."""
    region = regions.atlas_name(found.get("regionName") or "")
    return {
        "id": found.get("id"),
        "project_id": project_id,
        "region": region,
        "azure_location": regions.azure_location(region),
        "status": found.get("status") or "INITIATING",
        "error_message": found.get("errorMessage"),
        "private_link_service_name": found.get("privateLinkServiceName"),
        "private_link_service_id": found.get("privateLinkServiceResourceId"),
        "private_endpoints": list(found.get("privateEndpoints") or []),
    }


class EndpointService(Resource):
    """Adopts the region's service or creates it. `desired` is {"region": Atlas name}."""

    kind, key = "endpoint service", "endpoint_service"

    def __init__(self, client: Client, project_id: str, region: str) -> None:
        self._client, self._project_id, self._region = client, project_id, region
        self._id: str | None = None
        self.label = f"{project_id}/{region}"

    def read(self) -> State | None:
        """By id once it is known, by region before: Atlas can only list."""
        if self._id:
            found = self._client.find(f"{base(self._project_id)}/{self._id}", GONE)
        else:
            listed = self._client.get(base(self._project_id))
            found = next((one for one in listed if regions.same(one.get("regionName") or "", self._region)), None)
        self._id = found["id"] if found else None
        return normalise(self._project_id, found) if found else None

    def plan(self, current: State | None, desired: State | None) -> Plan:
        if desired is None:
            return self._plan_absent(current)
        notes: tuple[str, ...] = ()
        if not regions.is_documented(desired["region"]):
            notes = (f"MongoDB's documentation lists no Azure region {desired['region']}; it is tried all the same.",)
        if current is None:
            return Plan((Step("create", f"endpoint service {desired['region']}", desired),), notes=notes)
        if current["status"] == "DELETING":
            raise Busy(
                f"{self.title()} is being deleted", "it can be created again when it is gone", "Run again later."
            )
        if current["status"] == "FAILED":
            return Plan(drift=(Drift("status", f"FAILED ({_reason(current)})", "AVAILABLE", _REMEDY),))
        return Plan(notes=notes)

    def _plan_absent(self, current: State | None) -> Plan:
        if current is None or current["status"] == "DELETING":
            return Plan()
        if current["private_endpoints"]:
            raise Guarded(
                f"{self.title()} still has {len(current['private_endpoints'])} private endpoint(s)",
                "its removal would cut them off: " + ", ".join(current["private_endpoints"]),
                "Remove the endpoint interfaces first.",
            )
        return Plan((Step("delete", f"endpoint service {current['region']}", {"id": current["id"]}),))

    def predict(self, current: State | None, desired: State | None) -> State | None:
        if desired is None:
            return None
        created = {"id": "0" * 24, "regionName": desired["region"], "status": "AVAILABLE"}
        return current or normalise(self._project_id, created)

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        if step.verb == "create":
            path = f"/groups/{self._project_id}/privateEndpoint/endpointService"
            created = self._client.post(path, {"providerName": "AZURE", "region": step.body["region"]})
            self._id = created.get("id")
        else:
            self._client.delete(f"{base(self._project_id)}/{step.body['id']}")

    def health(self, state: State | None, wanted: bool) -> Health:
        if not wanted:
            return Health("gone") if state is None else Health(state["status"], PENDING)
        if state is None:
            return Health("absent", PENDING)
        if state["status"] in ("AVAILABLE", "WAITING_FOR_USER"):
            return Health(state["status"], READY)
        if state["status"] == "FAILED":
            return Health("FAILED", FAILED, _reason(state), _REMEDY)
        return Health(
            state["status"],
            PENDING,
            "Atlas builds a load balancer and a Private Link Service, which takes about a minute",
            "Run again to go on waiting; if it stays so, ask MongoDB support.",
        )


_REMEDY = "Set recreate=true to delete it and create it anew; its private endpoints must then be created anew too."


def _reason(state: t.Mapping[str, t.Any]) -> str:
    return str(state["error_message"] or "Atlas gave no reason")


class EndpointServices(Readable):
    """All services of a project, or the one of a region. One request: Atlas does not page this list."""

    kind, key = "endpoint services", "endpoint_services"

    def __init__(self, client: Client, project_id: str, region: str | None) -> None:
        self._client, self._project_id, self._region = client, project_id, region
        self.label = f"of {project_id}"

    def read(self) -> list[State]:
        found = [normalise(self._project_id, one) for one in self._client.get(base(self._project_id))]
        return [one for one in found if self._region is None or regions.same(one["region"], self._region)]
