# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON types of the bodies that ARM takes. They are checked before a kind sees a body, so a kind finds each member
that is named here absent, null, or of its type. Members that are not named here may be anything.

Sources: the models in Azure/azure-rest-api-specs. The code and the words of Microsoft.Network: public logs of "Cannot
parse the request" with the detail InvalidJson; those of the other providers are plausible and unverified.
"""

from __future__ import annotations

from typing import Any

from tests.lab.arm_call import ArmError, Call
from tests.lab.bodies import shortened

#: A Python type, a tuple of allowed words, [the shape of each item], or {member: shape}, with "*" for all members.
Shape = Any

WORDS = {str: "a string", int: "an integer", bool: "a Boolean", dict: "an object", list: "an array"}
TAGS = {"*": str}
ID = {"id": str}
SUBNET: Shape = {
    "name": str,
    "properties": {
        "addressPrefix": str,
        "addressPrefixes": [str],
        "defaultOutboundAccess": bool,
        "delegations": [dict],
        "natGateway": ID,
        "networkSecurityGroup": ID,
        "privateEndpointNetworkPolicies": (
            *("Disabled", "Enabled"),
            *("NetworkSecurityGroupEnabled", "RouteTableEnabled"),
        ),
        "privateLinkServiceNetworkPolicies": ("Disabled", "Enabled"),
        "routeTable": ID,
        "serviceEndpoints": [dict],
    },
}
CONNECTION: Shape = {
    "name": str,
    "properties": {"privateLinkServiceId": str, "groupIds": [str], "requestMessage": str},
}
SHAPES: dict[str, Shape] = {
    "microsoft.network/virtualnetworks": {
        "addressSpace": {"addressPrefixes": [str]},
        "dhcpOptions": {"dnsServers": [str]},
        "enableDdosProtection": bool,
        "flowTimeoutInMinutes": int,
        "privateEndpointVNetPolicies": ("Disabled", "Basic"),
        "subnets": [SUBNET],
        "virtualNetworkPeerings": [dict],
    },
    "microsoft.network/virtualnetworks/subnets": SUBNET["properties"],
    "microsoft.network/privateendpoints": {
        "applicationSecurityGroups": [ID],
        "customNetworkInterfaceName": str,
        "ipConfigurations": [{"name": str, "properties": {"groupId": str, "memberName": str, "privateIPAddress": str}}],
        "ipVersionType": ("IPv4", "IPv6", "DualStack"),
        "manualPrivateLinkServiceConnections": [CONNECTION],
        "privateLinkServiceConnections": [CONNECTION],
        "subnet": ID,
    },
    "microsoft.network/privateendpoints/privatednszonegroups": {
        "privateDnsZoneConfigs": [{"name": str, "properties": {"privateDnsZoneId": str}}]
    },
    "microsoft.network/privatednszones/virtualnetworklinks": {
        "registrationEnabled": bool,
        "resolutionPolicy": str,
        "virtualNetwork": ID,
    },
    "microsoft.documentdb/mongoclusters": {"publicNetworkAccess": str},
    "microsoft.documentdb/mongoclusters/privateendpointconnections": {
        "privateLinkServiceConnectionState": {"status": str, "description": str}
    },
}
RECORDS: Shape = {
    "ttl": int,
    "metadata": TAGS,
    "aRecords": [{"ipv4Address": str}],
    "aaaaRecords": [{"ipv6Address": str}],
    "cnameRecord": {"cname": str},
    "mxRecords": [{"exchange": str, "preference": int}],
    "ptrRecords": [{"ptrdname": str}],
    "soaRecord": {
        **{name: int for name in ("expireTime", "minimumTtl", "refreshTime", "retryTime", "serialNumber")},
        "email": str,
        "host": str,
    },
    "srvRecords": [{"port": int, "priority": int, "target": str, "weight": int}],
    "txtRecords": [{"value": [str]}],
}
ZONE = "microsoft.network/privatednszones"


def refuse(call: Call) -> None:
    """Raises what a provider answers to a PUT or a PATCH whose JSON is not of its types."""
    kind = call.id.type.lower()
    wrong = complaint({"location": str, "tags": TAGS, "properties": dict}, call.body, "")
    if wrong:
        raise ArmError(
            400, "InvalidRequestContent", f"The request content was invalid and could not be deserialized: '{wrong}'."
        )
    shape = SHAPES.get(kind, RECORDS if kind.startswith(f"{ZONE}/") else {})
    wrong = complaint(shape, call.properties, "properties")
    if wrong and kind.startswith(ZONE):
        raise ArmError(400, "BadRequest", f"The request body is invalid. {wrong}", bare=True)
    if wrong and kind.startswith("microsoft.network/"):
        raise cannot_parse(wrong, "InvalidJson")
    if wrong:
        raise ArmError(400, "BadRequest", f"The request body is invalid. {wrong}")


def cannot_parse(message: str, detail: str) -> ArmError:
    """How Microsoft.Network refuses a body; `detail` is the code of what is wrong with it."""
    return ArmError(400, "InvalidRequestFormat", "Cannot parse the request.", details=((detail, message),))


def complaint(shape: Shape, value: Any, path: str) -> str | None:
    """What is wrong with a value that is not null, and where."""
    expected: Any = type(shape) if isinstance(shape, dict | list) else str if isinstance(shape, tuple) else shape
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        found = WORDS.get(type(value), "another value")
        return f"Expected {WORDS[expected]}, found {found}. Path '{path}'."
    if isinstance(shape, tuple) and value.lower() not in [word.lower() for word in shape]:
        return f"The value '{shortened(value)}' is not one of {', '.join(shape)}. Path '{path}'."
    parts: list[tuple[Shape, Any, str]] = []
    if isinstance(shape, list):
        parts = [(shape[0], one, f"{path}[{index}]") for index, one in enumerate(value)]
    elif isinstance(shape, dict):
        named = {name: shape.get(name, shape.get("*")) for name in value}
        parts = [
            (named[name], one, f"{path}.{shortened(name)}".lstrip("."))
            for name, one in value.items()
            if named[name] is not None and one is not None
        ]
    return next((wrong for wrong in (complaint(*part) for part in parts) if wrong), None)
