# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private endpoints and their network interfaces.

An endpoint is provisioned, with its interface and its address, while its connection still waits for the owner of the
service: the connection's state is read from the world each time. Error codes without a source in a comment are
plausible and unverified: no public record shows what Azure answers there.
"""

from __future__ import annotations

import ipaddress
import uuid

from tests.lab.arm_call import ArmError, Call, Reply, linked_refusal, parse_id
from tests.lab.arm_core import Arm, Kind
from tests.lab.arm_mongo import APPROVAL
from tests.lab.arm_names import refuse_resource
from tests.lab.arm_network import (
    ENDPOINTS,
    INTERFACES,
    ZONE_GROUPS,
    NetworkKind,
    not_found,
    not_provisioned,
    ranges,
)
from tests.lab.mongo_cluster import GROUP_ID, TYPE, Connection, MongoCluster
from tests.lab.world import GONE, Json

ARRAYS = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
#: Source: Microsoft, permissions of Microsoft.Network.
JOIN_GROUP = "Microsoft.Network/applicationSecurityGroups/joinIpConfiguration/action"
LONGEST_MESSAGE = 140  # source: Azure REST reference, privateLinkServiceConnections.requestMessage


class PrivateEndpoints(NetworkKind):
    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, ENDPOINTS)

    def render(self, call: Call, body: Json) -> Json:
        shown = super().render(call, body)
        status, description = self.world.connection_state(body)
        for array in ARRAYS:
            for connection in shown["properties"][array]:
                message = connection["properties"].get("requestMessage")
                connection["etag"] = shown["etag"]
                connection["properties"]["provisioningState"] = "Succeeded"
                connection["properties"]["privateLinkServiceConnectionState"] = {
                    "status": status,
                    "description": message if message and status == "Pending" else description,
                    "actionsRequired": "None",
                }
        if not self.world.of_type(ZONE_GROUPS, body["id"] + "/"):  # source: terraform-provider-azurerm, documentation
            addresses = [self.world.endpoint_ip(body)]
            names = self.world.endpoint_names(body)
            shown["properties"]["customDnsConfigs"] = [{"fqdn": name, "ipAddresses": addresses} for name in names]
        if call.method == "GET" and call.query.get("$expand", "").lower() == "networkinterfaces":
            interfaces = (self.world.azure[one["id"].lower()] for one in shown["properties"]["networkInterfaces"])
            kind = self.arm.kinds[INTERFACES.lower()]
            shown["properties"]["networkInterfaces"] = [kind.render(call, one) for one in interfaces]
        return shown

    def put(self, call: Call) -> Reply:
        current = self.current(call)
        location = self.location(call, current)
        array, connection = self._connection(call)
        if array == ARRAYS[0]:
            self._authorize_target(call, connection)
        self.arm.authorize_linked(call, "Microsoft.Network/virtualNetworks/subnets/join/action", self._subnet_id(call))
        for group in call.properties.get("applicationSecurityGroups") or []:
            self.arm.authorize_linked(call, JOIN_GROUP, str(group.get("id")))
            if str(group.get("id")).lower() not in self.world.azure:
                raise not_found(call, str(group.get("id")))
        for config in call.properties.get("ipConfigurations") or []:
            refuse_resource(config.get("name"))
        if call.properties.get("customNetworkInterfaceName"):
            refuse_resource(call.properties["customNetworkInterfaceName"])
        self.refuse(call, current)
        if current is None:
            self._check_target(call, connection)
        else:
            self._refuse_change(call, current, array, connection)
        subnet = self._subnet(call, location)
        body = self.body(call, location, self._properties(call, current, array, connection))
        error = self._waits_for(subnet, body)
        if current is None:
            nic = self._interface(call, body, subnet)
            body["properties"]["networkInterfaces"] = [{"id": nic["id"]}]
            self.world.azure[nic["id"].lower()] = nic
            self.begin(nic["id"], "Updating", "Succeeded", self.world.pace.private_endpoint)
            if error is None:
                # Its interface is put into the subnet, which another endpoint then finds "Updating" (source:
                # hashicorp/terraform-provider-azurerm issue 21293; for how long is an estimate).
                self.begin(subnet["id"], "Updating", "Succeeded", self.world.pace.virtual_network)
        self._connect(body, new=current is None)
        return self.stored(call, body, self.world.pace.private_endpoint, current is None, error)

    def delete(self, call: Call) -> Reply:
        """The interface goes with its endpoint. Where `World.lingering` says so, it goes later, and keeps its subnet in
        use until then."""
        current = self.current(call)
        if current is None:
            return Reply(204)
        self.refuse(call, current)
        seconds = self.world.pace.private_endpoint
        for link in current["properties"]["networkInterfaces"]:
            self.begin(link["id"], "Succeeded", GONE, seconds + (0.0 if self.world.hurried else self.world.lingering))
        self.world.forced_connection.pop(call.id.key, None)
        return self.gone(call, current, seconds)

    patch = Kind.patch

    # -- the request -----------------------------------------------------------------------------------------------

    def _connection(self, call: Call) -> tuple[str, Json]:
        """The array and the one connection in it."""
        given = [(array, item) for array in ARRAYS for item in call.properties.get(array) or []]
        if len(given) != 1:
            raise ArmError(
                400,
                "InvalidRequestFormat",
                f"A private endpoint needs exactly one private link service connection, not {len(given)}.",
            )
        array, connection = given[0]
        refuse_resource(connection.get("name"))
        properties = connection.get("properties") or {}
        if len(properties.get("requestMessage") or "") > LONGEST_MESSAGE:
            message = f"The request message of {connection.get('name')} has more than {LONGEST_MESSAGE} characters."
            raise ArmError(400, "PrivateLinkServiceConnectionRequestMessageTooLong", message)
        return array, {"name": connection.get("name"), "properties": properties}

    def _authorize_target(self, call: Call, connection: Json) -> None:
        """An automatic connection needs a right on the target, so a target in a foreign subscription is refused before
        anybody looks whether it exists (source: Azure/azure-sdk-for-go issue 14306)."""
        target = str(connection["properties"].get("privateLinkServiceId"))
        owner = parse_id(target)
        if owner is not None and owner.subscription.lower() not in self.world.directory.subscriptions:
            raise linked_refusal(call, "PrivateEndpointConnectionsApproval/action", target)
        if owner is not None and owner.type.lower() == TYPE.lower():
            self.arm.authorize_linked(call, APPROVAL, target)

    def _check_target(self, call: Call, connection: Json) -> None:
        target = str(connection["properties"].get("privateLinkServiceId"))
        cluster = self.world.mongo_clusters.get(target.lower())
        if cluster is not None:
            self._check_group(call, connection)
            return
        available = [s for _project, s in self.world.services() if s.timeline.now() == "AVAILABLE"]
        if target.lower() in [service.pls_id.lower() for service in available]:
            return
        if target.startswith("/") and parse_id(target) is None:  # source: Azure/azure-cli issue 15353
            where = "properties.privateLinkServiceConnections[0].properties.privateLinkServiceId"
            raise ArmError(400, "LinkedInvalidPropertyId", f"Property id '{target}' at path '{where}' is invalid.")
        if "/privatelinkservices/" in target.lower():  # source: Azure/azure-powershell issue 24514
            raise ArmError(
                400,
                "ThirdPartyPrivateLinkServiceProvidedDuringPrivateEndpointCreationDoesNotExistOrIsNotVisible",
                f"Third-party Private Link Service Id {target} does not exist or is not visible.",
            )
        # An alias, or a resource of another type (source: hashicorp/terraform-provider-azurerm pull request 32095).
        message = f"PrivateLinkServiceId Invalid private link service id {target}"
        raise ArmError(400, "InvalidPrivateLinkServiceId", message)

    def _check_group(self, call: Call, connection: Json) -> None:
        """Raises what a cluster refuses. Source of the code and the words for a missing group: Azure/azure-cli issue
        15136; of the form for a wrong one: Azure/azure-cli issue 16750, about storage."""
        self.arm.require_registered(TYPE.partition("/")[0])
        groups = connection["properties"].get("groupIds") or []
        if not groups:
            path = f"{call.id.path}/{ARRAYS[0]}/{connection['name']}"
            raise ArmError(
                400,
                "MissingParameterOnPrivateLinkServiceConnection",
                f"Private link service connection {path} is missing required parameter 'group Id'.",
            )
        if groups != [GROUP_ID]:
            raise ArmError(
                400,
                "InvalidValuesForRequestParameters",
                f"Call to {TYPE} failed. Error message: Values for request parameters are invalid: GroupId: "
                f"{', '.join(groups)}.",
            )

    def _connect(self, body: Json, *, new: bool) -> None:
        """Makes a cluster know of its endpoint: approved, when the caller has the right to do that, or with a request
        for its owner."""
        cluster = self.world.mongo_cluster_behind(body)
        key = body["id"].lower()
        if cluster is None:
            return
        manual = body["properties"][ARRAYS[1]]
        if new:
            known_at = self.world.clock() + self.world.pace.private_endpoint
            cluster.connections[key] = Connection(body["id"], "Approved", "Auto-Approved", known_at)
        if manual and (new or key in cluster.connections and cluster.connections[key].status == "Pending"):
            cluster.connections[key].status = "Pending"
            cluster.connections[key].description = manual[0]["properties"].get("requestMessage", "")

    def _refuse_change(self, call: Call, current: Json, array: str, connection: Json) -> None:
        """What a PUT cannot change in place. Only the subnet's code is known from a live answer (source:
        pulumi/pulumi-azure-native issue 3883); the others are unverified."""
        old = current["properties"]
        before = next(item for name in ARRAYS for item in old[name])
        nic = str(call.properties.get("customNetworkInterfaceName") or "")
        addresses = call.properties.get("ipConfigurations") or []
        changes = {
            "Subnet": self._subnet_id(call).lower() != old["subnet"]["id"].lower(),
            "PrivateLinkConnection": not old[array] or target_of(before) != target_of(connection),
            "CustomNetworkInterfaceName": bool(nic) and nic.lower() != old["customNetworkInterfaceName"].lower(),
            "IpConfigurations": bool(addresses) and places(addresses) != places(old["ipConfigurations"]),
        }
        for what, changed in changes.items():
            if changed:
                raise ArmError(
                    400,
                    f"CannotChange{what}OnExistingPrivateEndpoint",
                    f"{what} of private endpoint {current['id']} cannot be changed once it exists.",
                )

    def _subnet_id(self, call: Call) -> str:
        return str((call.properties.get("subnet") or {}).get("id"))

    def _subnet(self, call: Call, location: str) -> Json:
        """The subnet of a PUT. Azure looks for it in the endpoint's own region, so another region is "not found"
        (source: Azure/azure-cli issue 13614)."""
        path = self._subnet_id(call)
        subnet = self.world.azure.get(path.lower())
        network = self.world.azure.get(path.lower().partition("/subnets/")[0])
        if subnet is None or network is None or network["location"] != location:
            raise not_found(call, path)
        return subnet

    def _waits_for(self, subnet: Json, body: Json) -> ArmError | None:
        """Why the operation will fail although the PUT is accepted: the subnet is still being written."""
        network = subnet["id"].lower().partition("/subnets/")[0]
        busy = next((key for key in (subnet["id"], network) if self.arm.busy(key)), None)
        return not_provisioned(busy, body["id"]) if busy else None

    # -- what is kept ----------------------------------------------------------------------------------------------

    def _properties(self, call: Call, current: Json | None, array: str, connection: Json) -> Json:
        old = current["properties"] if current else {}
        path = self.path(call)
        properties = connection["properties"]
        kept = {
            "name": connection["name"],
            "id": f"{path}/{array}/{connection['name']}",
            "type": f"{ENDPOINTS}/{array}",
            "properties": {
                key: properties[key]
                for key in ("privateLinkServiceId", "groupIds", "requestMessage")
                if properties.get(key) is not None
            },
        }
        addresses = old.get("ipConfigurations") or [
            {**config, "id": f"{path}/ipConfigurations/{config.get('name')}", "type": f"{ENDPOINTS}/ipConfigurations"}
            for config in call.properties.get("ipConfigurations") or []
        ]
        result: Json = {
            "resourceGuid": old.get("resourceGuid") or str(uuid.uuid4()),
            **{name: [kept] if name == array else [] for name in ARRAYS},
            "customNetworkInterfaceName": old.get("customNetworkInterfaceName")
            or call.properties.get("customNetworkInterfaceName")
            or "",
            "subnet": {"id": self._subnet_id(call)},
            "ipConfigurations": addresses,
            "networkInterfaces": old.get("networkInterfaces", []),
            "customDnsConfigs": [],
            "ipVersionType": call.properties.get("ipVersionType") or "IPv4",
        }
        groups = call.properties.get("applicationSecurityGroups")
        return {**result, "applicationSecurityGroups": groups} if groups else result

    def _interface(self, call: Call, body: Json, subnet: Json) -> Json:
        """The network interface of a new endpoint. Its shape for a third-party service: source EnterpriseDB/docs
        pull request 5435; its default name: Azure REST examples."""
        properties = body["properties"]
        name = properties["customNetworkInterfaceName"] or f"{body['name']}.nic.{uuid.uuid4()}"
        path = f"{body['id'].partition('/providers/')[0]}/providers/{INTERFACES}/{name}"
        if path.lower() in self.world.azure:
            raise attached(path)
        config = self._address(body, subnet, self.world.mongo_cluster_behind(body))
        config["id"] = f"{path}/ipConfigurations/{config['name']}"
        return {
            "name": name,
            "id": path,
            "etag": body["etag"],
            "type": INTERFACES,
            "location": body["location"],
            "properties": {
                "resourceGuid": str(uuid.uuid4()),
                "ipConfigurations": [config],
                "dnsSettings": {"dnsServers": [], "appliedDnsServers": []},
                "enableAcceleratedNetworking": False,
                "enableIPForwarding": False,
                "hostedWorkloads": [],
                "tapConfigurations": [],
                "nicType": "Standard",
                "privateEndpoint": {"id": body["id"]},
            },
        }

    def _address(self, body: Json, subnet: Json, cluster: MongoCluster | None) -> Json:
        configs = body["properties"]["ipConfigurations"]
        if configs:
            self._check_member(body, configs, cluster)
        address = self._static(configs[0], subnet) if configs else self.world.free_address(subnet)
        if address is None:
            prefix = self.world.prefixes_of(subnet)[0]
            message = f"Subnet {subnet['name']} with address prefix {prefix} does not have enough capacity."
            raise ArmError(400, "SubnetIsFull", message)
        return {
            "name": configs[0]["name"] if configs else f"privateEndpointIpConfig.{uuid.uuid4()}",
            "etag": body["etag"],
            "type": f"{INTERFACES}/ipConfigurations",
            "properties": {
                "provisioningState": "Succeeded",
                "privateIPAddress": address,
                "privateIPAllocationMethod": "Static" if configs else "Dynamic",
                "subnet": {"id": subnet["id"]},
                "primary": True,
                "privateIPAddressVersion": "IPv4",
                "privateLinkConnectionProperties": {
                    "groupId": GROUP_ID if cluster else "",
                    "requiredMemberName": cluster.member if cluster else "",
                    "fqdns": list(cluster.hosts) if cluster else [],
                },
            },
        }

    def _check_member(self, body: Json, configs: list[Json], cluster: MongoCluster | None) -> None:
        """Raises when static addresses are not for the members of the target. Sources: MicrosoftDocs/azure-docs issue
        112585 (a Private Link Service has no groups), hashicorp/terraform-provider-azurerm issue 21781 (others do)."""
        asked = [config.get("properties") or {} for config in configs]
        members = [(str(one.get("groupId") or ""), str(one.get("memberName") or "")) for one in asked]
        wanted = (GROUP_ID, cluster.member) if cluster else ("", "")
        if set(members) == {wanted}:
            return
        if cluster is None:
            raise ArmError(
                400,
                "PrivateEndpointWithIpConfigurationsCannotHaveGroupIdsOrMemberNames",
                f"IP configuration {configs[0].get('name')} cannot have a groupId or a memberName for this service.",
            )
        given = "; ".join(
            f"PrivateIPAddress: {one.get('privateIPAddress')}, GroupId: {group}, MemberName: {member}"
            for one, (group, member) in zip(asked, members, strict=True)
        )
        raise ArmError(
            400,
            "PrivateEndpointIpConfigurationMissingMemberNamesRequiredByFps",
            f"Private Endpoint {body['id']} contains static ipconfigurations: [{given}] and its missing these "
            f"membernames/groupids requested by Private Link service [GroupId: {GROUP_ID}, MemberName: "
            f"{cluster.member}]. Private Endpoint needs to be reconfigured with missing memberNames.",
        )

    def _static(self, config: Json, subnet: Json) -> str:
        """The address that was asked for. Source of the codes: Microsoft, common deployment errors, and live NIC
        errors."""
        address = str((config.get("properties") or {}).get("privateIPAddress"))
        try:
            number = ipaddress.ip_address(address)
        except ValueError:
            raise ArmError(400, "InvalidIPAddress", f"'{address}' is not an IP address.") from None
        networks = ranges(self.world.prefixes_of(subnet), subnet["id"])
        network = next((net for net in networks if number in net), None)
        if network is None:
            message = f"Private static IP address {address} does not belong to the range of subnet {subnet['name']}."
            raise ArmError(400, "PrivateIPAddressNotInSubnet", message)
        offset = int(number) - int(network.network_address)
        if offset < 4 or offset == network.num_addresses - 1:
            message = f"Private static IP address {address} falls within the reserved range of subnet {subnet['name']}."
            raise ArmError(400, "PrivateIPAddressInReservedRange", message)
        if address in self.world.addresses_in(subnet["id"]):
            raise ArmError(400, "PrivateIPAddressIsAllocated", f"IP address {address} is already allocated.")
        return address


def target_of(connection: Json) -> tuple[str, str, list[str]]:
    """What a connection is and where it leads, comparable."""
    properties = connection["properties"]
    target = str(properties.get("privateLinkServiceId")).lower()
    return str(connection["name"]).lower(), target, properties.get("groupIds") or []


def places(configs: list[Json]) -> set[str]:
    return {str((config.get("properties") or {}).get("privateIPAddress")) for config in configs}


def attached(path: str) -> ArmError:
    """Source: Azure/azure-sdk-for-python issue 18911."""
    message = f"Network interface {path} is attached to a private endpoint and cannot be modified."
    return ArmError(400, "CannotModifyNicAttachedToPrivateEndpoint", message)


class NetworkInterfaces(NetworkKind):
    """The interfaces of private endpoints, which nobody may write. There are no others in the lab."""

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, INTERFACES)

    def put(self, call: Call) -> Reply:
        raise attached(self.required(call)["id"])

    patch = Kind.patch

    def delete(self, call: Call) -> Reply:
        current = self.current(call)
        if current is None:
            return Reply(204)
        message = f"Network Interface {current['id']} is currently in use by a private endpoint and cannot be deleted."
        raise ArmError(400, "NicInUseWithPrivateEndpoint", message)  # unverified
