# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The virtual network and its subnets: created, or completed, without touching what was not asked about."""

from __future__ import annotations

import typing as t

from .._engine import FAILED, PENDING, READY, Drift, Health, Plan, Resource, Step, Waiter
from .._errors import Busy, InvalidInput, NotFound
from . import ids, usage
from .client import GONE, GONE_WITH_PARENT, Client, Follow, resend
from .ownership import checked_tags, guard, marked, merged

State = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

#: Source: Microsoft, manage network policies for private endpoints.
DEFAULT_POLICIES = "Disabled"

#: Writes to one virtual network lock each other out, so each is followed to its end before the next one, with `wait` or
#: without.
_PATIENCE = (600, 5)


def normalise(found: t.Mapping[str, t.Any]) -> State:
    """Pure: a virtual network in the shape that the modules return."""
    properties = found["properties"]
    return {
        "id": found["id"],
        "name": found["name"],
        "location": found["location"],
        "address_prefixes": list((properties.get("addressSpace") or {}).get("addressPrefixes") or []),
        "dns_servers": list((properties.get("dhcpOptions") or {}).get("dnsServers") or []),
        "subnets": [_normalise_subnet(one) for one in properties.get("subnets") or []],
        "provisioning_state": properties.get("provisioningState"),
        "occupants": usage.occupants(found),
        "tags": dict(found.get("tags") or {}),
    }


def _normalise_subnet(found: t.Mapping[str, t.Any]) -> State:
    properties = found["properties"]
    one = properties.get("addressPrefix")
    return {
        "id": found["id"],
        "name": found["name"],
        "address_prefixes": list(properties.get("addressPrefixes") or ([one] if one else [])),
        "private_endpoint_network_policies": properties.get("privateEndpointNetworkPolicies") or DEFAULT_POLICIES,
        "network_security_group_id": (properties.get("networkSecurityGroup") or {}).get("id"),
        "route_table_id": (properties.get("routeTable") or {}).get("id"),
    }


def wanted(options: Options) -> State:
    """What was asked for; None is "as it is". Raises `InvalidInput`."""
    prefixes, servers = options["address_prefixes"], options["dns_servers"]
    return {
        "location": ids.location(options["location"]) if options["location"] else None,
        "address_prefixes": prefixes and [ids.checked_prefix("address_prefixes", one) for one in prefixes],
        "dns_servers": servers and [ids.checked_address("dns_servers", one) for one in servers],
        "subnets": [
            {
                "name": ids.checked_name(one["name"], "subnets.name"),
                "address_prefix": one["address_prefix"]
                and ids.checked_prefix("subnets.address_prefix", one["address_prefix"]),
                "private_endpoint_network_policies": one["private_endpoint_network_policies"],
            }
            for one in options["subnets"] or []
        ],
        "tags": checked_tags(options["tags"]),
    }


class VirtualNetwork(Resource):
    """Adopts the network of this name, adds what is missing from it, or creates it. `desired` is what `wanted`
    returns.

    Absent means: it has gone, unless something is in it, which is said in a note. With `force` Azure has the last word.
    """

    kind, key = "virtual network", "virtual_network"

    def __init__(self, client: Client, group: str, name: str, *, present: bool, force: bool = False) -> None:
        self._client, self._names, self._force = client, (group, name), force
        self._id = ids.build(client.subscription, group, ids.VIRTUAL_NETWORKS, name)
        self._absent = GONE if present else GONE_WITH_PARENT
        self._found: dict[str, t.Any] = {}
        self._begun: Follow | None = None
        self.label = f"{group}/{name}"

    def read(self) -> State | None:
        self._begun = None
        found = self._client.find(self._id, absent=self._absent)
        self._found = found or {}
        return normalise(found) if found else None

    def plan(self, current: State | None, desired: State | None) -> Plan:
        if desired is None:
            return self._plan_absent(current)
        if current is None:
            return self._plan_new(desired)
        if current["provisioning_state"] == "Deleting":
            raise Busy(
                f"{self.title()} is being deleted", "it can be created again when it is gone", "Run again later."
            )
        steps: list[Step] = []
        change = _change(current, desired)
        if change:
            steps.append(Step("update", self.title(), change))
        known = {one["name"].lower(): one for one in current["subnets"]}
        for one in desired["subnets"]:
            found, what = known.get(one["name"].lower()), f"subnet {one['name']} of {self.title()}"
            if found is None:
                if not one["address_prefix"]:
                    raise _no_subnet(what, current)
                steps.append(Step("create", what, {"subnet": one}))
            elif one["private_endpoint_network_policies"] not in (None, found["private_endpoint_network_policies"]):
                steps.append(Step("update", what, {"subnet": one}))
        drift = tuple(_drift(current, desired, known))
        return Plan(() if drift else tuple(steps), drift)

    def _plan_absent(self, current: State | None) -> Plan:
        if current is None or current["provisioning_state"] == "Deleting":
            return Plan()
        guard(self.title(), current["tags"], self._force)
        if current["occupants"] and not self._force:
            there = ", ".join(current["occupants"])
            return Plan(notes=(f"{self.title()} stays: in it is {there}. Remove that first, then run again.",))
        return Plan((Step("delete", self.title()),))

    def _plan_new(self, desired: State) -> Plan:
        if not desired["address_prefixes"]:
            raise NotFound(
                f"{self.title()} does not exist",
                "it is not created either, because address_prefixes was not given",
                "Correct resource_group and name, or give address_prefixes and location to create it.",
            )
        if not desired["location"]:
            raise InvalidInput("location", None, "given for a new virtual network")
        for one in desired["subnets"]:
            if not one["address_prefix"]:
                raise InvalidInput("address_prefix", None, f"given for a new subnet ({one['name']})")
        return Plan((Step("create", self.title(), desired),))

    def predict(self, current: State | None, desired: State | None) -> State | None:
        if desired is None:
            return current if current and not self.plan(current, None).steps else None
        if current is None:
            current = {
                "id": self._id,
                "name": self._names[1],
                "location": desired["location"],
                "address_prefixes": [],
                "dns_servers": [],
                "subnets": [],
                "provisioning_state": "Succeeded",
                "occupants": [],
                "tags": marked(desired["tags"]),
            }
        subnets = {one["name"].lower(): one for one in current["subnets"]}
        for one in desired["subnets"]:
            subnet = subnets.setdefault(one["name"].lower(), self._new_subnet(one))
            policies = one["private_endpoint_network_policies"] or subnet["private_endpoint_network_policies"]
            subnets[one["name"].lower()] = {**subnet, "private_endpoint_network_policies": policies}
        return {**current, **_change(current, desired), "subnets": list(subnets.values())}

    def _new_subnet(self, asked: State) -> State:
        return {
            "id": f"{self._id}/subnets/{asked['name']}",
            "name": asked["name"],
            "address_prefixes": [asked["address_prefix"]],
            "private_endpoint_network_policies": DEFAULT_POLICIES,
            "network_security_group_id": None,
            "route_table_id": None,
        }

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        self.finish(waiter or Waiter(*_PATIENCE))
        if step.verb == "delete":
            self._begin("virtual_networks.begin_delete")
        elif "subnet" in step.body:
            self._apply_subnet(step.verb == "create", step.body["subnet"])
        elif step.verb == "create":
            # A PUT replaces: one that somebody else created meanwhile would lose its subnets.
            self._begin("virtual_networks.begin_create_or_update", body=_new(step.body), create_only=True)
        elif set(step.body) == {"tags"}:
            self._client.network.write("virtual_networks.update_tags", *self._names, body={"tags": step.body["tags"]})
        else:
            body, etag = _changed(self._found, step.body), self._found.get("etag")
            self._begin("virtual_networks.begin_create_or_update", body=body, if_match=etag)

    def finish(self, waiter: Waiter | None) -> None:
        begun, self._begun = self._begun, None
        if begun and waiter:
            begun(waiter)

    def _begin(self, operation: str, *names: str, **more: t.Any) -> None:
        self._begun = self._client.network.begin(operation, *self._names, *names, **more)

    def _apply_subnet(self, create: bool, asked: t.Mapping[str, t.Any]) -> None:
        """Through the subnet and not through the network, so that nothing else can be hit. A new one has only what was
        asked for; an old one is read again and sent back with its policies changed."""
        found = {} if create else self._client.get(f"{self._id}/subnets/{asked['name']}")
        body = resend(found) if found else {"properties": {"addressPrefix": asked["address_prefix"]}}
        if asked["private_endpoint_network_policies"]:
            body["properties"]["privateEndpointNetworkPolicies"] = asked["private_endpoint_network_policies"]
        etag = found.get("etag")
        self._begin("subnets.begin_create_or_update", asked["name"], body=body, if_match=etag, create_only=create)

    def health(self, state: State | None, wanted: bool) -> Health:
        if state is None:
            return Health("gone") if not wanted else Health("absent", PENDING)
        provisioning = state["provisioning_state"]
        if not wanted and provisioning != "Deleting" and not self.plan(state, None).steps:
            return Health("still in use", READY)
        if not wanted or provisioning not in ("Succeeded", "Failed", "Canceled"):
            return Health(provisioning, PENDING)
        if provisioning != "Succeeded":
            return Health(provisioning, FAILED, "its last change failed", "See its activity log in Azure.")
        return Health(provisioning, READY)


def _no_subnet(what: str, current: State) -> NotFound:
    there = ", ".join(one["name"] for one in current["subnets"]) or "none"
    return NotFound(
        f"{what} does not exist",
        f"the network has these subnets: {there}",
        "Correct the name, or give its address_prefix to create it.",
    )


def _prefixes(values: t.Iterable[str]) -> set[str]:
    """As networks and not as text: IPv6 has more than one spelling."""
    return {ids.checked_prefix("address_prefixes", one) for one in values}


def _drift(current: State, desired: State, known: t.Mapping[str, State]) -> t.Iterator[Drift]:
    """What this module does not change in place: the location cannot, and a subnet's range is not ours to move."""
    remedy = "Ask for what exists, or choose another name."
    if desired["location"] and not ids.same(ids.location(current["location"]), desired["location"]):
        yield Drift("location", current["location"], desired["location"], remedy)
    for one in desired["subnets"]:
        found = known.get(one["name"].lower())
        if found and one["address_prefix"] and one["address_prefix"] not in _prefixes(found["address_prefixes"]):
            old = ", ".join(found["address_prefixes"])
            yield Drift(f"address_prefix of subnet {one['name']}", old, one["address_prefix"], remedy)


def _change(current: State, desired: State) -> State:
    """What differs of the network itself. Prefixes and tags are only ever added to."""
    change: State = {}
    known = _prefixes(current["address_prefixes"])
    missing = [one for one in desired["address_prefixes"] or [] if one not in known]
    if missing:
        change["address_prefixes"] = current["address_prefixes"] + missing
    if desired["dns_servers"] is not None and desired["dns_servers"] != current["dns_servers"]:
        change["dns_servers"] = desired["dns_servers"]
    tags = merged(current["tags"], desired["tags"])
    return {**change, "tags": tags} if tags != current["tags"] else change


def _new(desired: t.Mapping[str, t.Any]) -> State:
    properties: State = {
        "addressSpace": {"addressPrefixes": desired["address_prefixes"]},
        "subnets": [
            {
                "name": one["name"],
                "properties": {
                    "addressPrefix": one["address_prefix"],
                    "privateEndpointNetworkPolicies": one["private_endpoint_network_policies"] or DEFAULT_POLICIES,
                },
            }
            for one in desired["subnets"]
        ],
    }
    if desired["dns_servers"]:
        properties["dhcpOptions"] = {"dnsServers": desired["dns_servers"]}
    return {"location": desired["location"], "tags": marked(desired["tags"]), "properties": properties}


def _changed(found: t.Mapping[str, t.Any], change: t.Mapping[str, t.Any]) -> State:
    """Pure: the network as Azure sent it, subnets and all, with the change."""
    body = resend(found)
    properties = body["properties"]
    if "address_prefixes" in change:
        properties["addressSpace"] = {
            **properties.get("addressSpace", {}),
            "addressPrefixes": change["address_prefixes"],
        }
    if "dns_servers" in change:
        properties["dhcpOptions"] = {**properties.get("dhcpOptions", {}), "dnsServers": change["dns_servers"]}
    return {**body, "tags": change.get("tags", body.get("tags"))}
