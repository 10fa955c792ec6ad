# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The private endpoint: a network interface in our subnet that leads to somebody's service."""

from __future__ import annotations

import typing as t

from .._engine import FAILED, PENDING, READY, Drift, Health, Plan, Readable, Resource, Step, Waiter
from .._errors import Busy, InvalidInput, NotFound
from . import ids
from .client import GONE, GONE_WITH_PARENT, Client, resend
from .ownership import checked_tags, guard, marked, merged

State = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

AUTOMATIC, MANUAL = "privateLinkServiceConnections", "manualPrivateLinkServiceConnections"
LONGEST_MESSAGE = 140  # source: Azure REST reference, requestMessage

#: In check mode, where no address was asked for: one that is for documentation only (RFC 5737).
PLACEHOLDER = "192.0.2.4"

#: A connection in one of these states never works again (source: Microsoft, private endpoint overview).
DEAD = ("Rejected", "Disconnected", "Removed")

_REMEDY = "Set recreate=true to delete the private endpoint and create it anew; it then gets another address."
_MESSAGE = "Requested with Ansible (privatelink.mongodb) for private endpoint {name}."


def normalise(found: t.Mapping[str, t.Any], interface: t.Mapping[str, t.Any] | None) -> State:
    """Pure: an endpoint, and its network interface if there is one, in the shape that the modules return.

    The address is the interface's: `customDnsConfigs` is empty for a Private Link Service without names, and as soon
    as a zone group is attached (source: pulumi-azure-native issue 3245).
    """
    properties = found["properties"]
    manual = properties.get(MANUAL) or []
    connection = (manual or properties.get(AUTOMATIC) or [{}])[0]
    inner = connection.get("properties") or {}
    state = inner.get("privateLinkServiceConnectionState") or {}
    interface_id = _interface_id(found)
    addresses = _addresses(interface)
    return {
        "id": found["id"],
        "name": found["name"],
        "location": found["location"],
        "subnet_id": (properties.get("subnet") or {}).get("id"),
        "target": inner.get("privateLinkServiceId"),
        "connection_name": connection.get("name"),
        "group_ids": list(inner.get("groupIds") or []),
        "manual_request": bool(manual),
        "provisioning_state": properties.get("provisioningState"),
        "connection_state": state.get("status"),
        "connection_description": state.get("description"),
        "network_interface_id": interface_id,
        "network_interface_name": interface_id.rsplit("/", 1)[-1] if interface_id else None,
        "ip_address": addresses[0]["ip_address"] if addresses else None,
        "ip_addresses": addresses,
        "application_security_groups": [one["id"] for one in properties.get("applicationSecurityGroups") or []],
        "tags": dict(found.get("tags") or {}),
    }


def _addresses(interface: t.Mapping[str, t.Any] | None) -> list[State]:
    configurations = sorted(_configurations(interface), key=lambda one: not one["properties"].get("primary"))
    return [
        {
            "ip_address": one["properties"].get("privateIPAddress"),
            "group_id": _link_of(one).get("groupId") or None,
            "member_name": _link_of(one).get("requiredMemberName") or None,
            "fqdns": list(_link_of(one).get("fqdns") or []),
        }
        for one in configurations
    ]


def _configurations(interface: t.Mapping[str, t.Any] | None) -> list[State]:
    return (interface or {}).get("properties", {}).get("ipConfigurations") or []


def _is_addressed(interface: t.Mapping[str, t.Any]) -> bool:
    """Whether an interface has all its addresses, which do not change any more."""
    configurations = _configurations(interface)
    return bool(configurations) and all(one["properties"].get("privateIPAddress") for one in configurations)


def _interface_id(found: t.Mapping[str, t.Any]) -> str | None:
    return next((one["id"] for one in found["properties"].get("networkInterfaces") or []), None)


def _link_of(configuration: t.Mapping[str, t.Any]) -> State:
    """Which part of the target an address leads to, and under which names. All is empty for a Private Link Service
    (source: EnterpriseDB/docs pull request 5435)."""
    return configuration["properties"].get("privateLinkConnectionProperties") or {}


def wanted(options: Options, subscription: str) -> State:
    """What was asked for, in the shape of a state; None (or missing) is "as it is", or a default for a new endpoint.

    Raises `InvalidInput`.
    """
    target, message = options["private_link_service_id"], options["request_message"]
    if message and len(message) > LONGEST_MESSAGE:
        raise InvalidInput("request_message", message, f"at most {LONGEST_MESSAGE} characters long")
    names = {name: options[name] for name in ("connection_name", "network_interface_name")}
    for one in options["application_security_groups"] or []:
        ids.checked_id("application_security_groups", one, ids.SECURITY_GROUPS)
    return {
        "location": ids.location(options["location"]) if options["location"] else None,
        "subnet_id": _subnet_id(options, subscription),
        "target": ids.checked_target("private_link_service_id", target) if target else None,
        **{name: ids.checked_name(value, name) if value else None for name, value in names.items()},
        "group_ids": options["group_ids"],
        "manual_request": options["manual_request"],
        "request_message": message or _MESSAGE.format(name=options["name"])[:LONGEST_MESSAGE],
        "ip_addresses": _static(options),
        "application_security_groups": options["application_security_groups"],
        "tags": checked_tags(options["tags"]),
    }


def _subnet_id(options: Options, subscription: str) -> str | None:
    given = options["subnet_id"]
    if given is None and options["virtual_network"]:
        group = options["virtual_network_resource_group"] or options["resource_group"]
        network, subnet = ids.checked_name(options["virtual_network"], "virtual_network"), options["subnet"]
        given = ids.build(
            subscription, ids.checked_group(group), ids.SUBNETS, network, ids.checked_name(subnet, "subnet")
        )
    if given and not ids.same(ids.checked_id("subnet_id", given, ids.SUBNETS).subscription, subscription):
        # Source: Microsoft, private endpoint overview: same region and subscription as the virtual network.
        raise InvalidInput("subnet_id", given, f"in the endpoint's own subscription {subscription}")
    return t.cast("str | None", given)


def _static(options: Options) -> list[State] | None:
    """The addresses asked for; the shorthand is for a service that takes one, without a group."""
    given = options["ip_configurations"]
    if options["private_ip_address"]:
        given = [{"private_ip_address": options["private_ip_address"]}]
    return given and [
        {
            "name": one.get("name") or f"ipconfig-{index}",
            "ip_address": ids.checked_address("private_ip_address", one["private_ip_address"]),
            "group_id": one.get("group_id"),
            "member_name": one.get("member_name"),
        }
        for index, one in enumerate(given)
    ]


class PrivateEndpoint(Resource):
    """Adopts the endpoint of this name or creates it. `desired` is what `wanted` returns.

    `wait_for` is "addressed" (its interface has an address, while Azure goes on), "provisioned" (Azure is done) or
    "approved" (the owner of the target lets it in, too).
    `near` is the subnet whose location a new endpoint gets, if none was asked for.
    """

    kind, key = "private endpoint", "private_endpoint"

    def __init__(
        self,
        client: Client,
        group: str,
        name: str,
        *,
        present: bool,
        force: bool = False,
        wait_for: str = "provisioned",
        near: str | None = None,
    ) -> None:
        self._client, self._names, self._force, self._wait_for = client, (group, name), force, wait_for
        self._place = (client.subscription, group)
        self._id = ids.build(*self._place, ids.PRIVATE_ENDPOINTS, name)
        self._absent = GONE if present else GONE_WITH_PARENT
        self._found: dict[str, t.Any] = {}
        self._last: State | None = None
        self._near = near
        self._location: str | None = None
        self._interface: dict[str, t.Any] | None = None
        self._gone = False
        self.label = f"{group}/{name}"

    def read(self) -> State | None:
        """The endpoint with its address. One that has just gone is still "Deleting" while its interface lingers: the
        interface keeps the subnet in use for up to minutes (source: terraform-provider-azurerm issue 28831)."""
        found = None if self._gone else self._client.find(self._id, absent=self._absent)
        if found is None:
            return self._read_what_is_left()
        self._found = found
        interface_id = _interface_id(found)
        if not (self._interface and ids.same(self._interface["id"], interface_id) and _is_addressed(self._interface)):
            self._interface = self._read_interface(interface_id)
        self._last = normalise(found, self._interface)
        return self._last

    def _read_what_is_left(self) -> State | None:
        self._gone = self._last is not None
        if self._last is None:
            self._location = self._location or self._read_location()
        elif self._read_interface(self._last["network_interface_id"]):
            return {**self._last, "provisioning_state": "Deleting"}
        return None

    def _read_location(self) -> str | None:
        place = ids.parse(self._near or "")
        if place is None:
            return None
        path = ids.build(place.subscription, place.group, ids.VIRTUAL_NETWORKS, place.names[0])
        network = self._client.find(path, absent=GONE_WITH_PARENT)
        return network and network["location"]

    def _read_interface(self, interface_id: str | None) -> dict[str, t.Any] | None:
        return self._client.find(interface_id, absent=GONE_WITH_PARENT) if interface_id else None

    def plan(self, current: State | None, desired: State | None) -> Plan:
        if desired is None:
            return self._plan_absent(current)
        if current is None:
            new = self._complete(desired)
            if not new["subnet_id"]:
                raise InvalidInput(
                    "subnet_id", None, "given, or virtual_network and subnet, for a new private endpoint"
                )
            _refuse_nameless(new)
            return Plan((Step("create", self.title(), new),))
        if current["provisioning_state"] == "Deleting":
            raise Busy(
                f"{self.title()} is being deleted", "it can be created again when it is gone", "Run again later."
            )
        drift = tuple(_drift(current, desired))
        if drift:
            _refuse_nameless(self._complete(desired))  # before anything is deleted for it
        change = _change(current, desired)
        # Azure's own cure for a failed provisioning is to send the same again, which also says why it fails.
        failed = current["provisioning_state"] in ("Failed", "Canceled")
        return Plan((Step("update", self.title(), change),) if (change or failed) and not drift else (), drift)

    def _plan_absent(self, current: State | None) -> Plan:
        if current is None or current["provisioning_state"] == "Deleting":
            return Plan()
        guard(self.title(), current["tags"], self._force)
        return Plan((Step("delete", self.title()),))

    def predict(self, current: State | None, desired: State | None) -> State | None:
        if desired is None:
            return None
        if current:
            return {**current, **_change(current, desired), "provisioning_state": "Succeeded"}
        desired = self._complete(desired)
        interface = desired["network_interface_name"]
        address = {"ip_address": PLACEHOLDER, "group_id": None, "member_name": None}
        addresses = [
            {**{name: one[name] for name in address}, "fqdns": []} for one in desired["ip_addresses"] or [address]
        ]
        return {
            "id": self._id,
            "name": self._names[1],
            "location": desired["location"],
            "subnet_id": desired["subnet_id"],
            "target": desired["target"],
            "connection_name": _connection_name(desired),
            "group_ids": desired["group_ids"] or [],
            "manual_request": desired["manual_request"],
            "provisioning_state": "Succeeded",
            "connection_state": "Pending" if desired["manual_request"] else "Approved",
            "connection_description": desired["request_message"] if desired["manual_request"] else None,
            "network_interface_id": interface and ids.build(*self._place, ids.NETWORK_INTERFACES, interface),
            "network_interface_name": interface,
            "ip_address": addresses[0]["ip_address"],
            "ip_addresses": addresses,
            "application_security_groups": desired["application_security_groups"] or [],
            "tags": marked(desired["tags"]),
        }

    def _complete(self, desired: State) -> State:
        """What was asked for, and for the rest: as the endpoint is that gets re-created, or the network's location."""
        old: State = self._last or {"location": self._location}
        kept = ("location", "subnet_id", "target", "connection_name", "group_ids", "application_security_groups")
        filled = {name: old.get(name) if desired[name] is None else desired[name] for name in kept}
        if desired["manual_request"] is None:
            filled["manual_request"] = old.get("manual_request", True)
        return {**desired, **filled, "tags": merged(old.get("tags"), desired["tags"])}

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        self._interface, self._gone = None, False
        if step.verb == "delete":
            self._client.network.write("private_endpoints.begin_delete", *self._names, waiter=waiter)
            return
        if step.verb == "create":
            body, etag = self._new(step.body), None
        else:
            body, etag = _changed(self._found, step.body), self._found.get("etag")
        if self._wait_for == "addressed":
            waiter = None
        # Not create-only: sent again, this creates nothing twice and changes nothing that was not asked for.
        self._client.network.write(
            "private_endpoints.begin_create_or_update", *self._names, body=body, if_match=etag, waiter=waiter
        )

    def _new(self, desired: t.Mapping[str, t.Any]) -> State:
        if not desired["target"]:
            raise InvalidInput(
                "private_link_service_id",
                None,
                "given for a new private endpoint (only check mode can do without)",
                ids.WHICH_TARGET,
            )
        connection = {
            "name": _connection_name(desired),
            "properties": {
                "privateLinkServiceId": desired["target"],
                "groupIds": desired["group_ids"] or [],
                **({"requestMessage": desired["request_message"]} if desired["manual_request"] else {}),
            },
        }
        properties: State = {
            "subnet": {"id": desired["subnet_id"]},
            (MANUAL if desired["manual_request"] else AUTOMATIC): [connection],
        }
        if desired["network_interface_name"]:
            properties["customNetworkInterfaceName"] = desired["network_interface_name"]
        if desired["ip_addresses"]:
            properties["ipConfigurations"] = [_ip_configuration(one) for one in desired["ip_addresses"]]
        if desired["application_security_groups"]:
            properties["applicationSecurityGroups"] = [{"id": one} for one in desired["application_security_groups"]]
        if not desired["location"]:
            network = desired["subnet_id"].rpartition("/subnets/")[0]
            raise NotFound(f"there is no virtual network {network}", "", "Create it first, or correct subnet_id.")
        return {"location": desired["location"], "tags": marked(desired["tags"]), "properties": properties}

    def health(self, state: State | None, wanted: bool) -> Health:
        if not wanted:
            return Health("gone") if state is None else Health(state["provisioning_state"], PENDING, _LINGERS)
        if state is None:
            return Health("absent", PENDING)
        provisioning, connection = state["provisioning_state"], state["connection_state"]
        if provisioning in ("Failed", "Canceled"):
            return Health(provisioning, FAILED, "Azure could not provision it", "Run again; it is then sent once more.")
        if connection in DEAD:
            return Health(connection, FAILED, _why(state), _REMEDY)
        if self._wait_for == "addressed" and provisioning != "Deleting" and state["ip_address"]:
            return Health(provisioning, READY)
        if provisioning != "Succeeded":
            return Health(provisioning, PENDING)
        if self._wait_for == "approved" and connection != "Approved":
            return Health(connection or "Pending", PENDING, _NOT_APPROVED, _APPROVE)
        return Health(provisioning, READY)


def _refuse_nameless(desired: t.Mapping[str, t.Any]) -> None:
    """A static address needs to be told which member of the target it is for, where the target has any (source:
    terraform-provider-azurerm issue 18443)."""
    for one in desired["ip_addresses"] or []:
        if desired["group_ids"] and not (one["group_id"] and one["member_name"]):
            raise InvalidInput(
                "private_ip_address",
                one["ip_address"],
                f"in ip_configurations, with group_id and member_name, for the sub-resource {desired['group_ids'][0]}",
                "The required_members that azure_private_link_resource_info returns are the names.",
            )


_LINGERS = "Azure removes the network interface some minutes after the endpoint, and it keeps the subnet in use"
_NOT_APPROVED = "the owner of the target has not approved the connection"
_APPROVE = (
    "Have it approved (for Atlas: register the endpoint with atlas_endpoint_interface; for Azure DocumentDB: by the "
    "owner of the cluster, with azure_private_endpoint_connection), then run again."
)


def _why(state: t.Mapping[str, t.Any]) -> str:
    return str(state["connection_description"] or "the owner of the target gave no reason")


def _connection_name(desired: t.Mapping[str, t.Any]) -> str | None:
    """Asked for, or the target's name: for Atlas that is the name of MongoDB's Private Link Service."""
    target = ids.parse(desired["target"] or "")
    alias = (desired["target"] or "").split(".")[0]  # its first label is the service's name
    return desired["connection_name"] or (target.name if target else alias or None)


def _lower(value: t.Any) -> t.Any:
    return sorted(one.lower() for one in value) if isinstance(value, list) else str(value).lower()


def _drift(current: State, desired: State) -> t.Iterator[Drift]:
    """What cannot change in place. Sources: pulumi-azure-native issue 3883 (subnet), terraform-provider-azurerm's
    ForceNew (the others)."""
    if current["connection_state"] in DEAD:
        status = f"{current['connection_state']} ({_why(current)})"
        yield Drift("connection_state", status, "Approved", _REMEDY)
    options = ("location", "subnet_id", "connection_name", "group_ids", "manual_request", "network_interface_name")
    for field, option in (("target", "private_link_service_id"), *((name, name) for name in options)):
        if desired[field] is not None and _lower(current[field]) != _lower(desired[field]):
            yield Drift(option, current[field], desired[field], _REMEDY)
    for one in desired["ip_addresses"] or []:
        member = one["member_name"]
        held = [
            known["ip_address"]
            for known in current["ip_addresses"]
            if member is None or ids.same(known["member_name"], member)
        ]
        if one["ip_address"] not in held:
            yield Drift("private_ip_address", ", ".join(held) or None, one["ip_address"], _REMEDY)


def _change(current: State, desired: State) -> State:
    """What can change in place and differs."""
    tags, groups = merged(current["tags"], desired["tags"]), desired["application_security_groups"]
    change: State = {} if tags == current["tags"] else {"tags": tags}
    if groups is not None and _lower(groups) != _lower(current["application_security_groups"]):
        change["application_security_groups"] = groups
    return change


def _changed(found: t.Mapping[str, t.Any], change: t.Mapping[str, t.Any]) -> State:
    """Pure: the endpoint as Azure sent it, with the change. A PUT replaces, so whatever is left out would be lost
    (source: terraform-provider-azurerm issue 24846)."""
    body = resend(found)
    if "tags" in change:
        body["tags"] = change["tags"]
    if "application_security_groups" in change:
        groups = [{"id": one} for one in change["application_security_groups"]]
        body["properties"]["applicationSecurityGroups"] = groups
    return body


def _ip_configuration(asked: t.Mapping[str, t.Any]) -> State:
    """A service behind a Private Link Service has no groups, and Azure refuses to be told one (source:
    MicrosoftDocs/azure-docs issue 112585)."""
    properties = {"privateIPAddress": asked["ip_address"]}
    if asked["group_id"]:
        properties["groupId"] = asked["group_id"]
    if asked["member_name"]:
        properties["memberName"] = asked["member_name"]
    return {"name": asked["name"], "properties": properties}


class PrivateEndpoints(Readable):
    """The endpoint of a name, those of a resource group, or all of the subscription; of these only those that connect
    to `target`, if one is given. With `wait_for` "approved", waits until the owner of the target has approved the one
    of that name."""

    kind, key = "private endpoints", "private_endpoints"

    def __init__(
        self, client: Client, group: str | None, name: str | None, wait_for: str | None, target: str | None = None
    ) -> None:
        self._client, self._group, self._name, self._wait_for = client, group, name, wait_for
        self._target = target
        self.label = f"{group}/{name}" if name else f"of {group or 'the subscription'}"
        self._one = (
            PrivateEndpoint(client, group, name, present=False, wait_for=wait_for or "provisioned")
            if group and name
            else None
        )

    def about(self) -> State:
        return {"subscription_id": self._client.subscription}

    def read(self) -> list[State]:
        return [one for one in self._all() if self._target is None or ids.same(one["target"], self._target)]

    def _all(self) -> list[State]:
        if self._one:
            found = self._one.read()
            return [found] if found else []
        endpoints = self._client.pages(self._scope(ids.PRIVATE_ENDPOINTS))
        # One list instead of one request for each endpoint.
        interfaces = self._client.pages(self._scope(ids.NETWORK_INTERFACES)) if endpoints else []
        known = {one["id"].lower(): one for one in interfaces}
        return [normalise(one, known.get((_interface_id(one) or "").lower())) for one in endpoints]

    def _scope(self, kind: str) -> str:
        return ids.collection(self._client.subscription, self._group, kind)

    def health(self, state: list[State], wanted: bool) -> Health:
        if not (self._one and self._wait_for):
            return Health("read")
        return self._one.health(state[0] if state else None, True)
