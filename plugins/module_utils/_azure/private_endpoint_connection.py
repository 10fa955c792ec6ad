# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The other side of a private endpoint: the connection as its target sees it, to be approved or rejected there.

Of all types of resources. There is no action for it: the connection's state is written (source: the specifications of
Microsoft.DocumentDB and Microsoft.Network).
"""

from __future__ import annotations

import typing as t

from .._engine import FAILED, PENDING, READY, Drift, Health, Plan, Resource, Step, Waiter
from .._errors import Busy, Denied, NotFound
from . import ids
from .client import GONE_WITH_PARENT, Client
from .private_endpoint import normalise as normalise_endpoint

State = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

#: The option `state`, and what it means for the connection.
STATUS = {"approved": "Approved", "rejected": "Rejected"}

#: From these no way leads back (sources: MicrosoftDocs/azure-docs issue 115121 and pull request 86823; of Azure
#: DocumentDB unverified).
_FINAL = ("Rejected", "Disconnected")

_BUSY = ("Creating", "Updating", "Deleting")


def normalise(found: t.Mapping[str, t.Any]) -> State:
    """Pure: a connection in the shape that the modules return."""
    properties = found.get("properties") or {}
    state = properties.get("privateLinkServiceConnectionState") or {}
    return {
        "id": found["id"],
        "name": found["name"],
        "private_endpoint_id": (properties.get("privateEndpoint") or {}).get("id"),
        "group_ids": list(properties.get("groupIds") or []),
        "status": state.get("status"),
        "description": state.get("description"),
        "provisioning_state": properties.get("provisioningState"),
    }


def wanted(options: Options) -> State | None:
    """What was asked for; None is "gone", a description of None "as it is"."""
    status = STATUS.get(options["state"])
    return {"status": status, "description": options["description"]} if status else None


class PrivateEndpointConnection(Resource):
    """Decides on the connection of an endpoint to a target. `desired` is what `wanted` returns, and `status` the one in
    it, or None.

    Nobody can create a connection but the endpoint; it appears at the target some time after that was made, and has a
    name that nobody can know.
    """

    kind, key = "private endpoint connection", "private_endpoint_connection"

    def __init__(self, client: Client, target: str, endpoint: str, version: str | None, status: str | None) -> None:
        self._place = ids.checked_id("private_endpoint_id", endpoint, ids.PRIVATE_ENDPOINTS)
        self._client, self._target, self._endpoint = client, target, endpoint
        self._version = client.version_of(target, version)
        self._status = status
        self._absent = () if status else GONE_WITH_PARENT
        self._found: dict[str, t.Any] = {}
        self.label = f"of {self._place.group}/{self._place.name} to {target.rsplit('/', 1)[-1]}"

    def read(self) -> State | None:
        """By the endpoint's id. One that was made anew under its name may have left a dead connection behind."""
        path = f"{self._target}/privateEndpointConnections"
        known = [one for one in self._client.pages(path, self._version, absent=self._absent) if self._is_mine(one)]
        alive = [one for one in known if normalise(one)["status"] != "Disconnected"]
        self._found = next(iter(alive or known), {})
        return normalise(self._found) if self._found else None

    def _is_mine(self, found: t.Mapping[str, t.Any]) -> bool:
        return ids.same(normalise(found)["private_endpoint_id"], self._endpoint)

    def plan(self, current: State | None, desired: State | None) -> Plan:
        if desired is None:
            going = current is None or current["provisioning_state"] == "Deleting"
            return Plan() if going else Plan((Step("delete", self.title()),))
        step = Step("update", self.title(), _change(desired))
        if current is None:
            return Plan((step,))
        same = current["status"] == desired["status"]
        if same and desired["description"] in (None, current["description"]) and not _failed(current):
            return Plan()
        if current["status"] in _FINAL and not same:
            return Plan(drift=(Drift("status", current["status"], desired["status"], _REMEDY),))
        if current["provisioning_state"] in _BUSY:
            raise Busy(f"{self.title()} is {current['provisioning_state']}", "", "Run again later.")
        return Plan((step,))

    def predict(self, current: State | None, desired: State | None) -> State | None:
        if desired is None:
            return None
        new = {
            "id": f"{self._target}/privateEndpointConnections/{self._place.name}",
            "name": self._place.name,
            "private_endpoint_id": self._endpoint,
            "group_ids": [],
        }
        return {**(current or new), **_change(desired), "provisioning_state": "Succeeded"}

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        if not self._found:
            self._refuse_hopeless()
            raise Busy(f"there is no {self.title()} yet", "the target does not list it", "Run again later.")
        more: State = {"if_match": self._found.get("etag"), "waiter": waiter}
        path = str(self._found["id"])
        if step.verb == "delete":
            self._client.write("DELETE", path, self._version, **more)
            return
        # Only what is to be written: some providers refuse the rest (source: Azure/azure-cli issue 20424).
        properties = {
            "privateEndpoint": {"id": self._found["properties"]["privateEndpoint"]["id"]},
            "privateLinkServiceConnectionState": dict(step.body),
        }
        self._client.write("PUT", path, self._version, {"properties": properties}, **more)

    def _refuse_hopeless(self) -> None:
        """Raises `NotFound` if there will never be such a connection, as far as the endpoint may be looked at: it can
        belong to somebody else."""
        try:
            found = self._client.find(self._endpoint, absent=GONE_WITH_PARENT)
        except (Denied, NotFound):
            return
        if found is None:
            raise NotFound(f"there is no private endpoint {self._endpoint}", "", "Create it first, or correct its id.")
        target = normalise_endpoint(found, None)["target"]
        if ids.parse(target or "") and not ids.same(target, self._target):  # else it is an alias
            raise NotFound(
                f"{self.title()} does not exist",
                f"this private endpoint connects to {target}",
                "Correct resource_id or private_endpoint_id.",
            )

    def health(self, state: State | None, wanted: bool) -> Health:
        if not wanted:
            return Health("gone") if state is None else Health(str(state["provisioning_state"]), PENDING)
        if state is None:
            return Health("absent", PENDING)
        if _failed(state):
            return Health(state["provisioning_state"], FAILED, "Azure could not carry the decision out", "Run again.")
        if state["provisioning_state"] in _BUSY:
            return Health(state["provisioning_state"], PENDING)
        if state["status"] == self._status:
            return Health(str(self._status), READY)
        if state["status"] in _FINAL:
            return Health(state["status"], FAILED, "somebody else decided otherwise meanwhile", _REMEDY)
        return Health(str(state["status"]), PENDING)


_REMEDY = (
    "Azure never connects it again: delete the private endpoint and create it anew (azure_private_endpoint with "
    "recreate=true), then decide on its new connection."
)


def _failed(state: State) -> bool:
    return state["provisioning_state"] in ("Failed", "Canceled")


def _change(desired: State) -> State:
    """What is written. The description is what the owner of the endpoint is told."""
    status = desired["status"]
    return {"status": status, "description": desired["description"] or f"{status} with Ansible (privatelink.mongodb)."}
