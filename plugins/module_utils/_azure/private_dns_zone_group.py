# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The DNS zone group of a private endpoint: Azure itself writes the endpoint's records into private zones then.

The target names what is written (the `fqdns` of the endpoint's network interface). A Private Link Service names
nothing, so a zone group does nothing for Atlas.
"""

from __future__ import annotations

import typing as t

from .._engine import FAILED, PENDING, READY, Health, Plan, Readable, Resource, Step, Waiter
from .._errors import Busy, Guarded, InvalidInput
from . import ids
from .client import GONE, GONE_WITH_PARENT, Client

State = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

#: Source: Microsoft, private endpoint DNS integration.
MOST_ZONES = 5

#: What a new group is called, as by Azure's own tools.
DEFAULT = "default"

#: Without the endpoint there is no group; a missing resource group is a mistake of somebody who wants one.
NO_ENDPOINT = (*GONE, "ParentResourceNotFound")

#: A group must have gone before it can be made anew, so that is always waited for.
_PATIENCE = (600, 5)


def normalise(found: t.Mapping[str, t.Any]) -> State:
    """Pure: a zone group in the shape that the modules return."""
    properties = found.get("properties") or {}
    return {
        "id": found["id"],
        "name": found["name"],
        "provisioning_state": properties.get("provisioningState"),
        "zones": [_normalise_zone(one) for one in properties.get("privateDnsZoneConfigs") or []],
    }


def _normalise_zone(config: t.Mapping[str, t.Any]) -> State:
    properties = config.get("properties") or {}
    zone_id = str(properties.get("privateDnsZoneId"))
    return {
        "name": config["name"],
        "zone_id": zone_id,
        "zone": zone_id.rsplit("/", 1)[-1],
        "record_sets": [
            {
                "name": one.get("recordSetName"),
                "type": one.get("recordType"),
                "fqdn": one.get("fqdn"),
                "ttl": one.get("ttl"),
                "addresses": list(one.get("ipAddresses") or []),
                "provisioning_state": one.get("provisioningState"),
            }
            for one in properties.get("recordSets") or []
        ],
    }


def wanted(options: Options) -> State:
    """What was asked for: exactly these zones. Raises `InvalidInput`."""
    zones = [
        {
            "name": ids.checked_name(one["name"], "zones.name") if one.get("name") else None,
            "zone_id": one["zone_id"],
            "zone": ids.checked_id("zones.zone_id", one["zone_id"], ids.PRIVATE_DNS_ZONES).name,
        }
        for one in options["zones"] or []
    ]
    if not 1 <= len(zones) <= MOST_ZONES:
        raise InvalidInput("zones", [one["zone_id"] for one in zones], f"a list of 1 to {MOST_ZONES} zones")
    _refuse_twins("zones.zone_id", [one["zone_id"] for one in zones])
    _refuse_twins("zones.name", [one["name"] for one in zones if one["name"]])
    return {"zones": zones}


def _refuse_twins(option: str, given: list[str]) -> None:
    twin = next((one for index, one in enumerate(given) if any(ids.same(one, other) for other in given[:index])), None)
    if twin:
        raise InvalidInput(option, twin, "another one for each of the zones")


def _default_name(zone: t.Mapping[str, t.Any], taken: t.Collection[str]) -> str:
    """The zone's own name, with dashes as Azure's portal does, and with a number if that is taken: networks can use
    different zones of one name."""
    name = str(zone["zone"]).replace(".", "-")
    numbered = (f"{name}-{number}" for number in range(2, MOST_ZONES + 1))
    return next(one for one in (name, *numbered) if one.lower() not in taken)


class PrivateDnsZoneGroup(Resource):
    """Adopts or creates the endpoint's zone group. `desired` is what `wanted` returns: exactly these zones.

    Azure allows one group for each endpoint. Without a `name` that one is meant, whatever it is called; with one, a
    group of another name is refused. A zone cannot be exchanged in place (source: terraform-provider-azurerm issue
    27559), so the group is deleted and created again then, and the records are missing for some seconds.
    """

    kind, key = "private DNS zone group", "private_dns_zone_group"

    def __init__(self, client: Client, group: str, endpoint: str, name: str | None, *, present: bool) -> None:
        self._client, self._endpoint, self._asked = client, (group, endpoint), name
        self._name = name or DEFAULT
        self._endpoint_id = ids.build(client.subscription, group, ids.PRIVATE_ENDPOINTS, endpoint)
        self._absent = NO_ENDPOINT if present else GONE_WITH_PARENT
        self._etag: str | None = None
        self._other: str | None = None
        self.label = f"of private endpoint {group}/{endpoint}"

    def read(self) -> State | None:
        """Lists, because a group of another name is in the way of a new one."""
        groups = self._client.pages(f"{self._endpoint_id}/privateDnsZoneGroups", absent=self._absent)
        found = next((one for one in groups if self._asked is None or ids.same(one["name"], self._asked)), None)
        self._other = groups[0]["name"] if groups and not found else None
        if found is None:
            self._etag = None
            return None
        self._name, self._etag = found["name"], found.get("etag")
        return normalise(found)

    def plan(self, current: State | None, desired: State | None) -> Plan:
        if desired is None:
            going = current is None or current["provisioning_state"] == "Deleting"
            return Plan() if going else Plan((Step("delete", self.title()),))
        if current and current["provisioning_state"] == "Deleting":
            raise Busy(
                f"{self.title()} is being deleted", "it can be created again when it is gone", "Run again later."
            )
        if current is None and self._other:
            raise Guarded(
                f"{self.title()} is called {self._other}, not {self._name}",
                "Azure allows one zone group for each private endpoint",
                f"Ask for name={self._other}, or leave name out; or remove that group first.",
            )
        asked = _named(current, desired)
        if current is None:
            return Plan((Step("create", self.title(), {"zones": asked}),))
        return self._plan_change(current, asked)

    def _plan_change(self, current: State, asked: list[State]) -> Plan:
        """Zones come and go in place. One that keeps only its name, or gets only another name, is exchanged."""
        there, then = set(map(_identity, current["zones"])), set(map(_identity, asked))
        new, leaving = then - there, there - then
        what, body = self.title(), {"zones": asked}
        if any(one[0] == other[0] or one[1] == other[1] for one in new for other in leaving):
            note = f"{what} is deleted and created again: Azure does not exchange a zone in place."
            return Plan((Step("delete", what, body), Step("create", what, body)), notes=(note,))
        notes = tuple(
            f"{what} loses zone {one['zone_id']}, and with it the records there."
            for one in current["zones"]
            if _identity(one) in leaving
        )
        # As for the endpoint itself: what failed is sent again.
        failed = any(told in _BAD for told, _part in _told(current))
        return Plan((Step("update", what, body),) if new or leaving or failed else (), notes=notes)

    def predict(self, current: State | None, desired: State | None) -> State | None:
        if desired is None:
            return None
        known = {_identity(one): one for one in current["zones"]} if current else {}
        base = current or {"id": f"{self._endpoint_id}/privateDnsZoneGroups/{self._name}", "name": self._name}
        zones = [known.get(_identity(one)) or {**one, "record_sets": []} for one in _named(current, desired)]
        return {**base, "provisioning_state": "Succeeded", "zones": zones}

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        names = (*self._endpoint, self._name)
        if step.verb == "delete":
            # With zones in it, the next step makes the group anew.
            waiter = waiter or (Waiter(*_PATIENCE) if step.body else None)
            self._client.network.write("private_dns_zone_groups.begin_delete", *names, waiter=waiter)
            self._etag = None
            return
        configs = [
            {"name": one["name"], "properties": {"privateDnsZoneId": one["zone_id"]}} for one in step.body["zones"]
        ]
        self._client.network.write(
            "private_dns_zone_groups.begin_create_or_update",
            *names,
            body={"properties": {"privateDnsZoneConfigs": configs}},
            if_match=self._etag,
            waiter=waiter,
        )

    def health(self, state: State | None, wanted: bool) -> Health:
        if not wanted:
            return Health("gone") if state is None else Health(state["provisioning_state"], PENDING)
        if state is None:
            return Health("absent", PENDING)
        parts = _told(state)
        for told, part in parts:
            if told in _BAD:
                return Health(f"{told}{part}", FAILED, "Azure could not write the records", _AGAIN)
        for told, part in parts:
            if told not in ("Succeeded", None):
                return Health(f"{told}{part}", PENDING)
        return Health("Succeeded", READY)


_AGAIN = "Run again; the group is then sent once more."
_BAD = ("Failed", "Canceled")


def _told(group: State) -> list[tuple[str, str]]:
    """The states of a group and of each of its records, with words for which it is."""
    records = [one for zone in group["zones"] for one in zone["record_sets"]]
    return [(group["provisioning_state"], "")] + [
        (one["provisioning_state"], f" (record {one['fqdn']})") for one in records
    ]


def _named(current: State | None, desired: State) -> list[State]:
    """The zones that were asked for with their names: given, that of the same zone in the group, or the zone's own."""
    held = {one["zone_id"].lower(): one["name"] for one in (current or {"zones": []})["zones"]}
    given = {one["name"].lower() for one in desired["zones"] if one["name"]}
    kept = {zone_id: name for zone_id, name in held.items() if name.lower() not in given}
    taken = given | {kept[one["zone_id"].lower()].lower() for one in desired["zones"] if one["zone_id"].lower() in kept}
    zones = []
    for one in desired["zones"]:
        name = one["name"] or kept.get(one["zone_id"].lower()) or _default_name(one, taken)
        taken.add(name.lower())
        zones.append({**one, "name": name})
    return zones


def _identity(zone: t.Mapping[str, t.Any]) -> tuple[str, str]:
    return zone["name"].lower(), zone["zone_id"].lower()


class PrivateDnsZoneGroups(Readable):
    """The zone groups of a private endpoint: one, or none."""

    kind, key = "private DNS zone groups", "private_dns_zone_groups"

    def __init__(self, client: Client, group: str, endpoint: str) -> None:
        self._client = client
        endpoint_id = ids.build(client.subscription, group, ids.PRIVATE_ENDPOINTS, endpoint)
        self._path = f"{endpoint_id}/privateDnsZoneGroups"
        self.label = f"of private endpoint {group}/{endpoint}"

    def read(self) -> list[State]:
        return [normalise(one) for one in self._client.pages(self._path, absent=NO_ENDPOINT)]
