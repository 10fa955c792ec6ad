# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private DNS zones and their links to virtual networks.

A write is accepted with 202 and an empty object, and what is wrong with it (a precondition, a second zone of the same
name for one network) comes out of the operation. What is refused at once has no "error" envelope. Source: azure-cli's
live recordings of private DNS, 2019 to 2024.
"""

from __future__ import annotations

import copy
import re
import uuid
from urllib.parse import quote, urlencode

from tests.lab.arm_call import ArmError, Call, Reply, precondition
from tests.lab.arm_core import GLOBAL, Arm, Kind, Operation, unavailable
from tests.lab.world import Json

ZONES = "Microsoft.Network/privateDnsZones"
LINKS = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"
STATUSES = "Microsoft.Network/privateDnsOperationStatuses"
RESULTS = "Microsoft.Network/privateDnsOperationResults"
RESOLUTION_POLICY_VERSION = "2024-06-01"  # source: Microsoft, fallback to internet for private DNS zones
POLICIES = ("Default", "NxDomainRedirect")
COUNT = re.compile(r"[0-9]{1,9}")
PAGE = 100  # source: Azure REST reference, record sets list


def refused(message: str) -> ArmError:
    return ArmError(400, "BadRequest", message, bare=True)


class DnsKind(Kind):
    def page(self, call: Call, bodies: list[Json]) -> Reply:
        """One page of a listing: `$top` entries, and a link to the next ones."""
        top, start = (call.query.get(name) or number for name, number in (("$top", str(PAGE)), ("$skiptoken", "0")))
        if not (COUNT.fullmatch(top) and COUNT.fullmatch(start)) or int(top) < 1:
            raise refused("$top or $skiptoken is invalid.")
        return self._page(call, bodies, min(int(top), PAGE), int(start))

    def _page(self, call: Call, bodies: list[Json], top: int, start: int) -> Reply:
        kinds = self.arm.kinds
        value = [kinds[body["type"].lower()].render(call, body) for body in bodies[start : start + top]]
        shown: Json = {"value": value}
        if len(bodies) > start + top:
            query = urlencode({**call.query, "$top": top, "$skiptoken": start + top}, safe="$")
            shown["nextLink"] = f"{self.arm.base_url()}{quote(call.id.path)}/{call.id.types[-1]}?{query}"
        return Reply(200, shown)

    def list_all(self, call: Call) -> Reply:
        return self.page(call, list(self.found(call)))


class AsyncDnsKind(DnsKind):
    """Zones and links: `location` is global, and writes are operations."""

    tracked = True

    def operation(self, call: Call, seconds: float, leaves: str | None, error: ArmError | None = None) -> Operation:
        assert call.id.group is not None
        where = f"{call.id.group_path}/providers/"
        return self.arm.start(where + STATUSES, where + RESULTS, seconds, error, leaves)

    def accepted(self, call: Call, seconds: float, leaves: str | None, error: ArmError | None = None) -> Reply:
        operation = self.operation(call, seconds, leaves, error)
        body: Json | None = None if call.method == "DELETE" else {}
        return Reply(202, body, self.arm.links(call, operation, location=True))

    def location(self, call: Call, current: Json | None) -> str:
        location = super().location(call, current)
        if location != GLOBAL:
            raise unavailable(self.type, location, GLOBAL)
        return location

    def keep(self, call: Call, etag: str, properties: Json) -> Json:
        path = self.path(call)
        body: Json = {"id": path, "name": path.rsplit("/", 1)[-1], "type": self.type, "etag": etag}
        body["location"] = "global"
        if "tags" in call.body:
            body["tags"] = call.body["tags"] or {}
        body["properties"] = properties
        self.world.azure[path.lower()] = body
        return body

    def merged(self, call: Call, current: Json) -> Call:
        """A PATCH as the PUT that it amounts to."""
        properties = {**current["properties"], **call.properties}
        body = {"tags": current.get("tags", {}), **call.body, "location": "global", "properties": properties}
        return Call("PUT", call.id, call.query, call.headers, body, call.client)

    def patch(self, call: Call) -> Reply:
        return self.put(self.merged(call, self.required(call)))


class Zones(AsyncDnsKind):
    """Private DNS zones; each has an SOA record set from the start."""

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, ZONES)

    def render(self, call: Call, body: Json) -> Json:
        shown = copy.deepcopy(body)
        prefix = body["id"].lower() + "/"
        below = [key for key in list(self.world.azure) if key.startswith(prefix)]
        links = self.world.of_type(LINKS, prefix)
        registering = [link for link in links if link["properties"]["registrationEnabled"]]
        shown["properties"] = {
            "maxNumberOfRecordSets": 25000,
            "maxNumberOfVirtualNetworkLinks": 1000,
            "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
            "numberOfRecordSets": len(below) - len(links),
            "numberOfVirtualNetworkLinks": len(links),
            "numberOfVirtualNetworkLinksWithRegistration": len(registering),
            "provisioningState": self.arm.state(body["id"]),
        }
        return shown

    def put(self, call: Call) -> Reply:
        current = self.current(call)
        self.location(call, current)
        seconds = self.world.pace.private_dns_zone
        error = precondition(call, current, f"The Zone {call.id.name}")
        if error is None:
            body = self.keep(call, str(uuid.uuid4()), {})
            self.begin(call.id.key, "Updating" if current else "Creating", "Succeeded", seconds)
            if current is None:
                self._add_soa(body)
        return self.accepted(call, seconds, call.id.key, error)

    def _add_soa(self, zone: Json) -> None:
        path = f"{zone['id']}/SOA/@"
        self.world.azure[path.lower()] = {
            "id": path,
            "name": "@",
            "type": f"{ZONES}/SOA",
            "etag": str(uuid.uuid4()),
            "properties": {
                "fqdn": f"{zone['name']}.",
                "ttl": 3600,
                "soaRecord": {
                    "email": "azureprivatedns-host.microsoft.com",
                    "expireTime": 2419200,
                    "host": "azureprivatedns.net",
                    "minimumTtl": 10,
                    "refreshTime": 3600,
                    "retryTime": 300,
                    "serialNumber": 1,
                },
                "isAutoRegistered": False,
            },
        }

    def delete(self, call: Call) -> Reply:
        """A zone goes with its record sets, but not with its links (source: learntocloud/networking-lab issue 8)."""
        current = self.current(call)
        if current is None:
            return Reply(204)
        links = self.world.of_type(LINKS, current["id"] + "/")
        if links:
            nested = links[0]["id"].partition("/providers/")[2]
            raise ArmError(
                409,
                "CannotDeleteResource",
                f"Cannot delete resource while nested resources exist. Some existing nested resource IDs include: "
                f"'{nested}'. Please delete all nested resources before deleting this resource.",
            )
        error = precondition(call, current, f"The Zone {call.id.name}")
        if error is None:
            self.remove(current, self.world.pace.private_dns_zone)
        return self.accepted(call, self.world.pace.private_dns_zone, None, error)


class Links(AsyncDnsKind):
    """A link is provisioned half-way to the moment when it works (`virtualNetworkLinkState` Completed); source for the
    two: Microsoft, virtual network links."""

    nested = True

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, LINKS)

    def render(self, call: Call, body: Json) -> Json:
        shown = copy.deepcopy(body)
        properties = shown["properties"]
        if call.version < RESOLUTION_POLICY_VERSION:
            properties.pop("resolutionPolicy", None)
        state = self.arm.state(body["id"])
        settled = state not in ("Creating", "Updating", "InProgress")
        properties["provisioningState"] = "Succeeded" if state == "InProgress" else state
        properties["virtualNetworkLinkState"] = "Completed" if settled else "InProgress"
        return shown

    def put(self, call: Call) -> Reply:
        current = self.current(call)
        self.location(call, current)
        properties = self._properties(call)
        seconds = self.world.pace.virtual_network_link
        error = precondition(call, current, self._name(call)) or self._refusal(call, current, properties)
        if error is None:
            body = self.keep(call, f'"{uuid.uuid4()}"', properties)
            first = "Updating" if current else "Creating"
            self.begin(body["id"], first, "InProgress", seconds / 2)
            self.world.timelines[body["id"].lower()].then("Succeeded", seconds / 2)
        return self.accepted(call, seconds / 2, call.id.key, error)

    def _name(self, call: Call) -> str:
        assert call.id.parent is not None
        return f"The Virtual Network link '{call.id.name}' for the Private DNS zone '{call.id.parent.name}'"

    def _properties(self, call: Call) -> Json:
        """What a link keeps of a body; raises what is refused at once."""
        given = call.properties
        network = str((given.get("virtualNetwork") or {}).get("id") or "")
        registration = given.get("registrationEnabled")
        if not network:
            raise refused("The virtual network of the link is missing.")
        if not isinstance(registration, bool):  # source: Azure/azure-rest-api-specs issue 31176
            raise refused("The specified virtual network link registration setting is invalid.")
        self.arm.authorize_linked(call, "Microsoft.Network/virtualNetworks/join/action", network)
        properties: Json = {"registrationEnabled": registration, "virtualNetwork": {"id": network}}
        policy = self._policy(call)
        return {**properties, "resolutionPolicy": policy} if policy else properties

    def _policy(self, call: Call) -> str | None:
        """Only zones for private link have a resolution policy, and only in a new api-version (source:
        Azure/Azure-Landing-Zones issue 4088; that the name decides is unverified)."""
        assert call.id.parent is not None
        policy = call.properties.get("resolutionPolicy")
        private_link = call.id.parent.name.lower().startswith("privatelink.")
        if call.version < RESOLUTION_POLICY_VERSION:
            current = self.current(call)
            policy = current["properties"].get("resolutionPolicy") if current else None
        if policy is not None and not private_link:
            raise refused("ResolutionPolicy not supported for this zone.")
        if policy is not None and policy not in POLICIES:
            raise refused(f"The resolution policy '{policy}' is invalid.")
        return (policy or "Default") if private_link else None

    def _refusal(self, call: Call, current: Json | None, properties: Json) -> ArmError | None:
        """What comes out of the operation."""
        assert call.id.parent is not None
        network = properties["virtualNetwork"]["id"]
        if network.lower() not in self.world.azure:  # source: Azure/azure-cli issue 23351
            return ArmError(400, "BadRequest", f"Virtual network resource not found for '{network}'")
        if current is not None and current["properties"]["virtualNetwork"]["id"].lower() != network.lower():
            return ArmError(400, "BadRequest", "The virtual network of a link cannot be changed.")  # unverified
        zone = call.id.parent.name
        for other in self.world.of_type(LINKS):
            name = other["id"].split("/")[-3]
            same_network = other["properties"]["virtualNetwork"]["id"].lower() == network.lower()
            if same_network and name.lower() == zone.lower() and other["id"].lower() != call.id.key:
                return ArmError(  # source: Azure/AKS-docs issue 212, and live answers in public logs
                    400,
                    "BadRequest",
                    "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to "
                    f"link virtual network with '{name}' and '{zone}' zones.",
                )
        return None

    def delete(self, call: Call) -> Reply:
        current = self.current(call)
        if current is None:
            return Reply(204)
        error = precondition(call, current, self._name(call))
        if error is None:
            self.remove(current, self.world.pace.virtual_network_link)
        return self.accepted(call, self.world.pace.virtual_network_link, None, error)
