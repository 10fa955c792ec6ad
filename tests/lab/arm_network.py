# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual networks and subnets: ranges, defaults, what is in use, and the lock that a write takes.

A virtual network is kept without its subnets, which are resources of their own; ARM's `subnets` are put together when
somebody looks. Error codes: Azure REST reference and the issues of hashicorp/terraform-provider-azurerm.
"""

from __future__ import annotations

import copy
import ipaddress
import itertools
import uuid

from tests.lab.arm_call import ArmError, Call, Reply, in_progress, precondition
from tests.lab.arm_core import Arm, Kind, Operation
from tests.lab.arm_names import refuse_resource
from tests.lab.arm_shapes import cannot_parse
from tests.lab.bodies import shortened
from tests.lab.world import Json, World

NETWORKS = "Microsoft.Network/virtualNetworks"
SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
ENDPOINTS = "Microsoft.Network/privateEndpoints"
ZONE_GROUPS = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups"
INTERFACES = "Microsoft.Network/networkInterfaces"

LONGEST_PREFIX = 29
Range = ipaddress.IPv4Network | ipaddress.IPv6Network
#: What a subnet can refer to, and the right that referring to it takes (source: Microsoft, virtual network
#: permissions).
JOINS = {
    "networkSecurityGroup": "Microsoft.Network/networkSecurityGroups/join/action",
    "routeTable": "Microsoft.Network/routeTables/join/action",
    "natGateway": "Microsoft.Network/natGateways/join/action",
}
READ_ONLY = ("provisioningState", "ipConfigurations", "privateEndpoints", "resourceGuid", "purpose")


def new_etag() -> str:
    return f'W/"{uuid.uuid4()}"'


def ranges(prefixes: list[str], owner: str) -> list[Range]:
    """The ranges of a network or a subnet. Sources: Azure/azure-service-operator issue 997 (the words for what is no
    range), Microsoft, virtual network FAQ (the smallest range is a /29; that its code is this one is unverified)."""
    found = []
    for prefix in prefixes:
        try:
            network = ipaddress.ip_network(prefix)
        except ValueError:
            network = None
        if network is None or "/" not in str(prefix):
            raise ArmError(
                400,
                "InvalidAddressPrefixFormat",
                f"Address prefix {prefix} of resource {owner} is not formatted correctly. It should follow CIDR "
                "notation, for example 10.0.0.0/24.",
            )
        if network.version == 4 and network.prefixlen > LONGEST_PREFIX:
            message = f"Address prefix {prefix} of resource {owner} is smaller than /{LONGEST_PREFIX}."
            raise ArmError(400, "InvalidAddressPrefix", message)
        found.append(network)
    return found


def refuse_address(server: str) -> None:
    """An address of `dnsServers`. A blank one is how az takes them away (source: help of `az network vnet update`);
    the code is unverified."""
    try:
        ipaddress.ip_address(server or "0.0.0.0")
    except ValueError:
        raise cannot_parse(f"'{shortened(server)}' is not an IP address.", "InvalidIPAddress") from None


def prefixes_in(properties: Json) -> list[str]:
    return World.prefixes_of({"properties": properties})


def inside(inner: Range, outer: list[Range]) -> bool:
    return any(inner.version == net.version and inner.subnet_of(net) for net in outer)  # type: ignore[arg-type]


class NetworkKind(Kind):
    """A resource of Microsoft.Network: `Azure-AsyncOperation`, weak etags, and "Updating" even while it is new
    (source: azure-cli recordings of 2022)."""

    def render(self, call: Call, body: Json) -> Json:
        shown = copy.deepcopy(body)
        shown["properties"]["provisioningState"] = self.arm.state(body["id"])
        return shown

    def refuse(self, call: Call, current: Json | None) -> None:
        """Raises the 412 or the lock that stands against a write."""
        error = precondition(call, current, f"Resource {call.id.path}")
        if error:
            raise error
        if self.arm.busy(call.id.key):
            raise in_progress()

    def body(self, call: Call, location: str | None, properties: Json) -> Json:
        path = self.path(call)
        body: Json = {"name": path.rsplit("/", 1)[-1], "id": path, "etag": new_etag(), "type": self.type}
        if location:
            body["location"] = location
        if "tags" in call.body:
            body["tags"] = call.body["tags"] or {}
        return {**body, "properties": properties}

    def operation(self, call: Call, seconds: float, leaves: str | None, error: ArmError | None = None) -> Operation:
        where = f"/subscriptions/{call.id.subscription}/providers/Microsoft.Network/locations/{self.region(call)}"
        return self.arm.start(f"{where}/operations", f"{where}/operationResults", seconds, error, leaves)

    def region(self, call: Call) -> str:
        return str(self.world.azure[call.id.key]["location"])

    def stored(self, call: Call, body: Json, seconds: float, created: bool, error: ArmError | None = None) -> Reply:
        """Keeps a body and answers as Microsoft.Network does: done later, but shown at once as Updating."""
        key = body["id"].lower()
        self.world.azure[key] = body
        shown = self.render(call, body)
        shown["properties"]["provisioningState"] = "Updating"
        self.begin(key, "Updating", "Failed" if error else "Succeeded", seconds)
        operation = self.operation(call, seconds, key, error)
        return Reply(201 if created else 200, shown, self.arm.links(call, operation, location=False))

    def patch(self, call: Call) -> Reply:
        """Tags are all that can be patched; at once (source: azure-mgmt-network, `update_tags`)."""
        current = self.required(call)
        current["tags"] = call.body.get("tags") or {}
        current["etag"] = new_etag()
        return Reply(200, self.render(call, current))

    def gone(self, call: Call, current: Json, seconds: float) -> Reply:
        operation = self.operation(call, seconds, None)
        self.remove(current, seconds)
        return Reply(202, headers=self.arm.links(call, operation, location=True))


def not_provisioned(used: str, user: str, status: int = 429) -> ArmError:
    """Source: hashicorp/terraform-provider-azurerm issue 21293."""
    return ArmError(
        status,
        "RetryableError",
        "A retryable error occurred.",
        details=(
            (
                "ReferencedResourceNotProvisioned",
                f"Cannot proceed with operation because resource {used} used by resource {user} is not in Succeeded "
                "state. Resource is in Updating state.",
            ),
        ),
        headers={"Retry-After": "1"},
    )


def not_found(call: Call, path: str) -> ArmError:
    """Source: Azure/azure-cli issue 13614."""
    return ArmError(
        400,
        "InvalidResourceReference",
        f"Resource {path} referenced by resource {call.id.path} was not found. Please make sure that the referenced "
        "resource exists, and that both resources are in the same region.",
    )


class VirtualNetworks(NetworkKind):
    """PUT replaces everything, the list of subnets too."""

    def __init__(self, arm: Arm, subnets: Subnets) -> None:
        super().__init__(arm, NETWORKS)
        self.subnets = subnets

    def render(self, call: Call, body: Json) -> Json:
        shown = super().render(call, body)
        below = self.world.of_type(SUBNETS, body["id"] + "/")
        shown["properties"]["subnets"] = [self.subnets.render(call, subnet) for subnet in below]
        return shown

    def put(self, call: Call) -> Reply:
        current = self.current(call)
        location = self.location(call, current)
        self.refuse(call, current)
        prefixes = (call.properties.get("addressSpace") or {}).get("addressPrefixes") or []
        if not prefixes:
            raise ArmError(400, "InvalidRequestFormat", "addressSpace.addressPrefixes is required.")
        sent = call.properties.get("subnets") or []
        for subnet in sent:
            refuse_resource(subnet.get("name"))
        wanted = {subnet["name"]: self.subnets.shape(call, subnet) for subnet in sent}
        body = self.body(call, location, self._properties(call, current))
        check_ranges(body["name"], prefixes, {name: prefixes_in(shape) for name, shape in wanted.items()})
        self._replace_subnets(body["id"], wanted)
        return self.stored(call, body, self.world.pace.virtual_network, current is None)

    def _replace_subnets(self, network: str, wanted: dict[str, Json]) -> None:
        """All or nothing: raises before anything is replaced when one of them cannot be."""
        paths = {name: f"{network}/subnets/{name}" for name in wanted}
        shapes = {paths[name].lower(): shape for name, shape in wanted.items()}
        old = {subnet["id"].lower(): subnet for subnet in self.world.of_type(SUBNETS, network + "/")}
        for key, subnet in old.items():
            self.subnets.refuse_change(subnet, shapes.get(key))
        for key in old:
            self.forget(key)
        for path in paths.values():
            kept = old[path.lower()]["id"] if path.lower() in old else path
            self.subnets.keep(kept, shapes[path.lower()], self.world.pace.virtual_network)

    def _properties(self, call: Call, current: Json | None) -> Json:
        given = {key: value for key, value in call.properties.items() if key not in (*READ_ONLY, "subnets")}
        given["dhcpOptions"] = {"dnsServers": [], **(given.get("dhcpOptions") or {})}
        for server in given["dhcpOptions"]["dnsServers"] or []:
            refuse_address(server)
        guid = current["properties"]["resourceGuid"] if current else str(uuid.uuid4())
        defaults = {"virtualNetworkPeerings": [], "enableDdosProtection": False}
        return {"resourceGuid": guid, "privateEndpointVNetPolicies": "Disabled", **defaults, **given}

    def refuse(self, call: Call, current: Json | None) -> None:
        super().refuse(call, current)
        self.subnets.refuse_locked(call.id.path, call.id.key)

    def delete(self, call: Call) -> Reply:
        current = self.current(call)
        if current is None:
            return Reply(204)
        self.refuse(call, current)
        for subnet in self.world.of_type(SUBNETS, current["id"] + "/"):
            self.subnets.refuse_change(subnet, None)
        return self.gone(call, current, self.world.pace.virtual_network)


class Subnets(NetworkKind):
    tracked = False
    nested = True

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, SUBNETS)

    def region(self, call: Call) -> str:
        assert call.id.parent is not None
        return str(self.world.azure[call.id.parent.key]["location"])

    def render(self, call: Call, body: Json) -> Json:
        shown = super().render(call, body)
        users = self.users(body["id"])
        if users:
            shown["properties"]["ipConfigurations"] = [{"id": config} for config in users]
        endpoints = [{"id": endpoint["id"]} for endpoint in endpoints_in(self, body["id"])]
        if endpoints:
            shown["properties"]["privateEndpoints"] = endpoints
        return shown

    def shape(self, call: Call, given: Json) -> Json:
        """A subnet's properties as Azure keeps them: what was sent, and the defaults (source: Microsoft, manage
        network policies for private endpoints: disabled by default)."""
        properties = given.get("properties") or {}
        for name, action in JOINS.items():
            if properties.get(name):
                other = str(properties[name].get("id"))
                self.arm.authorize_linked(call, action, other)
                if other.lower() not in self.world.azure:
                    raise not_found(call, other)
        if not (properties.get("addressPrefix") or properties.get("addressPrefixes")):
            raise ArmError(400, "InvalidRequestFormat", "addressPrefix or addressPrefixes is required.")
        defaults = {
            "delegations": [],
            "privateEndpointNetworkPolicies": "Disabled",
            "privateLinkServiceNetworkPolicies": "Enabled",
        }
        sent = {key: value for key, value in properties.items() if key not in READ_ONLY and value is not None}
        return {**defaults, **sent}

    def keep(self, path: str, properties: Json, seconds: float) -> Json:
        body = {
            "name": path.rsplit("/", 1)[-1],
            "id": path,
            "etag": new_etag(),
            "type": SUBNETS,
            "properties": properties,
        }
        self.world.azure[path.lower()] = body
        self.begin(path, "Updating", "Succeeded", seconds)
        return body

    def users(self, subnet_id: str) -> list[str]:
        """The ids of the IP configurations in a subnet."""
        return [
            config["id"]
            for nic in self.world.of_type(INTERFACES)
            for config in nic["properties"]["ipConfigurations"]
            if config["properties"]["subnet"]["id"].lower() == subnet_id.lower()
        ]

    def refuse_change(self, subnet: Json, properties: Json | None) -> None:
        """Raises when a subnet cannot become this (None: cannot go) because addresses in it are in use."""
        users = self.users(subnet["id"])
        if not users:
            return
        if properties is None:
            raise ArmError(
                400,
                "InUseSubnetCannotBeDeleted",
                f"Subnet {subnet['name']} is in use by {users[0]} and cannot be deleted. In order to delete the "
                "subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.",
            )
        kept = ranges(prefixes_in(properties), subnet["id"])
        for address in self.world.addresses_in(subnet["id"]):
            if not inside(ipaddress.ip_network(address), kept):
                prefix = self.world.prefixes_of(subnet)[0]
                raise ArmError(
                    400,
                    "InUsePrefixCannotBeDeleted",
                    f"IpPrefix {prefix} on Subnet {subnet['name']} has active allocations and cannot be deleted.",
                )

    def refuse_locked(self, user: str, network: str, subnet: str | None = None) -> None:
        """Raises the lock on a virtual network in which something is being written: another subnet, or an endpoint
        (only in `subnet`, if given)."""
        keys = [network, *(body["id"] for body in self.world.of_type(SUBNETS, network + "/"))]
        if any(self.arm.busy(key) for key in keys):
            raise in_progress()
        for endpoint in endpoints_in(self, subnet or network):
            if self.arm.busy(endpoint["id"]):
                raise not_provisioned(endpoint["id"], user)

    def put(self, call: Call) -> Reply:
        assert call.id.parent is not None
        current = self.current(call)
        self.refuse(call, current)
        self.refuse_locked(call.id.path, call.id.parent.key, call.id.key)
        network = self.world.azure[call.id.parent.key]
        properties = self.shape(call, call.body)
        siblings = {
            subnet["name"]: self.world.prefixes_of(subnet)
            for subnet in self.world.of_type(SUBNETS, network["id"] + "/")
            if subnet["id"].lower() != call.id.key
        }
        wanted = {**siblings, call.id.name: prefixes_in(properties)}
        check_ranges(network["name"], network["properties"]["addressSpace"]["addressPrefixes"], wanted)
        if current is not None:
            self.refuse_change(current, properties)
        network["etag"] = new_etag()
        body = self.keep(self.path(call), properties, self.world.pace.virtual_network)
        return self.stored(call, body, self.world.pace.virtual_network, current is None)

    def delete(self, call: Call) -> Reply:
        assert call.id.parent is not None
        current = self.current(call)
        if current is None:
            return Reply(204)
        self.refuse(call, current)
        self.refuse_change(current, None)
        self.refuse_locked(call.id.path, call.id.parent.key, call.id.key)
        self.world.azure[call.id.parent.key]["etag"] = new_etag()
        return self.gone(call, current, self.world.pace.virtual_network)

    patch = Kind.patch


class AddressChecks(Kind):
    """`CheckIPAddressAvailability` of a virtual network, from which `az network vnet list-available-ips` lives, too:
    whether an address is free, and if not, up to five that are (source: Azure REST reference, Virtual Networks - Check
    IP Address Availability). The code for an address outside of all subnets is unverified."""

    nested = True

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, f"{NETWORKS}/CheckIPAddressAvailability")

    def get(self, call: Call) -> Reply:
        raise self._refused(call)

    def list_all(self, call: Call) -> Reply:
        asked = call.query.get("ipAddress", "")
        try:
            address = ipaddress.ip_address(asked)
        except ValueError:
            raise ArmError(400, "InvalidIPAddress", f"'{asked}' is not an IP address.") from None
        for subnet in self.world.of_type(SUBNETS, f"{call.id.path}/"):
            for network in ranges(self.world.prefixes_of(subnet), subnet["id"]):
                if address in network:
                    return self._state(subnet, network, asked)
        message = f"Private static IP address {asked} does not belong to the range of any subnet in {call.id.path}."
        raise ArmError(400, "PrivateIPAddressNotInAnySubnet", message)

    def _state(self, subnet: Json, network: Range, asked: str) -> Reply:
        taken = set(self.world.addresses_in(subnet["id"]))
        usable = (str(network[number]) for number in range(4, network.num_addresses - 1))
        free = (address for address in usable if address not in taken)
        offset = int(ipaddress.ip_address(asked)) - int(network.network_address)
        reserved = offset < 4 or offset == network.num_addresses - 1
        if not reserved and asked not in taken:
            return Reply(200, {"available": True, "isPlatformReserved": False})
        others = list(itertools.islice(free, 5))
        return Reply(200, {"available": False, "availableIPAddresses": others, "isPlatformReserved": reserved})


def check_ranges(network: str, prefixes: list[str], subnets: dict[str, list[str]]) -> None:
    """Raises when a subnet lies outside its virtual network or over another subnet."""
    space = ranges(prefixes, network)
    taken: list[Range] = []
    for name, subnet in subnets.items():
        for found in ranges(subnet, name):
            if not inside(found, space):
                raise ArmError(
                    400,
                    "NetcfgSubnetRangeOutsideVnet",
                    f"Subnet '{name}' is not valid because its IP address range is outside the IP address range of "
                    f"virtual network '{network}'.",
                )
            if any(found.overlaps(other) for other in taken if other.version == found.version):
                raise ArmError(
                    400,
                    "NetcfgSubnetRangesOverlap",
                    f"Subnet '{name}' is not valid because its IP address range overlaps with that of an existing "
                    f"subnet in virtual network '{network}'.",
                )
            taken.append(found)


def endpoints_in(kind: Kind, place: str) -> list[Json]:
    """The private endpoints in a virtual network or a subnet, by its id."""
    prefix = place.lower() + "/"
    return [
        endpoint
        for endpoint in kind.world.of_type(ENDPOINTS)
        if (endpoint["properties"]["subnet"]["id"].lower() + "/").startswith(prefix)
    ]
