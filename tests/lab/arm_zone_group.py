# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private DNS zone groups: they write the records of a private endpoint into private zones, and take them away.

Sources: Azure REST reference (private DNS zone groups), Microsoft (private endpoint DNS integration); the records' TTL
and metadata as users' exported templates show them. Not verified: whether records are there while the connection is
Pending (here they are), and whether a group takes away a record that another endpoint has overwritten (here it does
not). Error codes without a source in a comment are plausible and unverified.
"""

from __future__ import annotations

import copy
import uuid

from tests.lab.arm_call import ArmError, Call, Reply, parse_id
from tests.lab.arm_core import Arm, Kind
from tests.lab.arm_dns import ZONES
from tests.lab.arm_network import ZONE_GROUPS, NetworkKind, not_provisioned
from tests.lab.world import Json

MOST_ZONES = 5  # source: Microsoft, private endpoint DNS integration
TTL = 10
PREFIX = "privatelink."
RECORDS = f"{ZONES}/A"


def invalid(message: str, code: str = "InvalidRequestFormat", detail: str = "") -> ArmError:
    """`detail` is the code of what `message` says, under a general error."""
    if not detail:
        return ArmError(400, code, message)
    return ArmError(400, code, "Cannot parse the request.", details=((detail, message),))


def zone_name(config: Json) -> str:
    return str(config["properties"]["privateDnsZoneId"]).rpartition("/")[2].lower()


class ZoneGroups(NetworkKind):
    """One for each endpoint (source: Microsoft, private endpoint DNS integration)."""

    tracked = False
    nested = True

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, ZONE_GROUPS)

    def region(self, call: Call) -> str:
        return str(self._endpoint(call.id.path)["location"])

    def render(self, call: Call, body: Json) -> Json:
        shown = super().render(call, body)
        for config in shown["properties"]["privateDnsZoneConfigs"]:
            config["id"] = f"{body['id']}/privateDnsZoneConfigs/{config['name']}"
            config["etag"] = body["etag"]
            config["type"] = f"{ZONE_GROUPS}/privateDnsZoneConfigs"
            config["properties"]["provisioningState"] = shown["properties"]["provisioningState"]
            config["properties"]["recordSets"] = self._record_sets(self._endpoint(body["id"]), config)
        return shown

    def put(self, call: Call) -> Reply:
        current = self.current(call)
        configs = self._configs(call)
        for config in configs:
            zone = config["properties"]["privateDnsZoneId"]
            self.arm.authorize_linked(call, "Microsoft.Network/privateDnsZones/join/action", zone)
        self.refuse(call, current)
        self._refuse_place(call)
        old = current["properties"]["privateDnsZoneConfigs"] if current else []
        self._refuse_change(call, old, configs)
        body = self.body(call, None, {"privateDnsZoneConfigs": configs})
        self._write(self._endpoint(body["id"]), old, configs)
        return self.stored(call, body, self.world.pace.private_dns_zone_group, current is None)

    patch = Kind.patch

    def delete(self, call: Call) -> Reply:
        current = self.current(call)
        if current is None:
            return Reply(204)
        self.refuse(call, current)
        return self.gone(call, current, self.world.pace.private_dns_zone_group)

    def leaving(self, body: Json) -> None:
        self._write(self._endpoint(body["id"]), body["properties"]["privateDnsZoneConfigs"], [])

    # -- the request -----------------------------------------------------------------------------------------------

    def _configs(self, call: Call) -> list[Json]:
        """The zones of a PUT, as they are kept."""
        given = call.properties.get("privateDnsZoneConfigs") or []
        kept: list[Json] = [
            {
                "name": str(config.get("name") or ""),
                "properties": {"privateDnsZoneId": str((config.get("properties") or {}).get("privateDnsZoneId") or "")},
            }
            for config in given
        ]
        names = [config["name"].lower() for config in kept]
        twice = next((name for name in names if names.count(name) > 1), None)
        if not all(names):  # source: pulumi/pulumi-azure-native issue 2431
            raise invalid("Cannot parse the request.")
        if twice:  # source: hashicorp/terraform-provider-azurerm issue 28966
            message = f"Resource {call.id.path} has two child resources with the same name ({twice})."
            raise invalid(message, detail="DuplicateResourceName")
        if len(kept) > MOST_ZONES:
            message = f"Private Dns Zone group {call.id.path} has more than {MOST_ZONES} private dns zone configs."
            raise invalid(message, "PrivateDnsZoneGroupHasTooManyPrivateDnsZoneConfigs")
        unknown = [config["properties"]["privateDnsZoneId"] for config in kept if not self._is_zone(config)]
        if unknown:  # source: Azure/missionlz issue 1029
            message = f"Private Dns Zone group {call.id.path} has invalid private dns zone ids {', '.join(unknown)}."
            raise invalid(message, "InvalidPrivateDnsZoneIds")
        return kept

    def _is_zone(self, config: Json) -> bool:
        zone = self.world.azure.get(config["properties"]["privateDnsZoneId"].lower())
        return zone is not None and zone["type"] == ZONES

    def _refuse_place(self, call: Call) -> None:
        assert call.id.parent is not None
        if self.arm.busy(call.id.parent.key):
            raise not_provisioned(call.id.parent.path, call.id.path)
        others = [body for body in self.found(call) if body["id"].lower() != call.id.key]
        if others:  # source of the words: pulumi/pulumi-azure-native issue 2179
            message = "Cannot create more than one private dns zone groups in the private endpoint "
            raise invalid(message + call.id.parent.name, "MoreThanOnePrivateDnsZoneGroupInPrivateEndpoint")

    def _refuse_change(self, call: Call, old: list[Json], new: list[Json]) -> None:
        """The zone of a config stays (source: terraform-provider-azurerm pull request 29329)."""
        before = {config["name"].lower(): config["properties"]["privateDnsZoneId"].lower() for config in old}
        for config in new:
            zone = config["properties"]["privateDnsZoneId"].lower()
            if before.get(config["name"].lower(), zone) != zone:
                message = f"The private dns zone id of config {config['name']} in {call.id.path} cannot be changed."
                raise invalid(message, "CannotChangePrivateDnsZoneIdOnExistingPrivateDnsZoneConfig")

    # -- the records -----------------------------------------------------------------------------------------------

    def _endpoint(self, path: str) -> Json:
        own = parse_id(path)
        assert own is not None and own.parent is not None
        return self.world.azure[own.parent.key]

    def _labels(self, endpoint: Json, config: Json) -> list[str]:
        """The names, relative to the zone, that a group writes: none unless the zone is called as Microsoft recommends,
        `privatelink.` and the domain of the target's names (source: Microsoft, private endpoint DNS)."""
        zone = zone_name(config)
        if not zone.startswith(PREFIX):
            return []
        suffix = "." + zone.removeprefix(PREFIX)
        names = self.world.endpoint_names(endpoint)
        return [name.removesuffix(suffix) for name in names if name.endswith(suffix)]

    def _record_sets(self, endpoint: Json, config: Json) -> list[Json]:
        return [
            {
                "recordType": "A",
                "recordSetName": label,
                "fqdn": f"{label}.{zone_name(config)}",
                "ttl": TTL,
                "ipAddresses": [self.world.endpoint_ip(endpoint)],
                "provisioningState": "Succeeded",
            }
            for label in self._labels(endpoint, config)
        ]

    def _write(self, endpoint: Json, old: list[Json], new: list[Json]) -> None:
        """Writes the records of `new`, over any that are there, and removes what is left of those of `old`."""
        creator = f"created by private endpoint {endpoint['name']} with resource guid "
        creator += endpoint["properties"]["resourceGuid"]
        wanted = {key: body for config in new for key, body in self._bodies(endpoint, config, creator).items()}
        before = [key for config in old for key in self._bodies(endpoint, config, creator)]
        for key in before:
            found = self.world.azure.get(key)
            if key not in wanted and found and found["properties"].get("metadata", {}).get("creator") == creator:
                self.forget(key)
        self.world.azure.update(copy.deepcopy(wanted))

    def _bodies(self, endpoint: Json, config: Json, creator: str) -> dict[str, Json]:
        """The record sets of a zone that still exists, by their keys."""
        zone = self.world.azure.get(config["properties"]["privateDnsZoneId"].lower())
        found = {}
        for record in self._record_sets(endpoint, config) if zone else []:
            path = f"{zone['id']}/A/{record['recordSetName']}" if zone else ""
            properties = {
                "metadata": {"creator": creator},
                "fqdn": f"{record['fqdn']}.",
                "ttl": record["ttl"],
                "aRecords": [{"ipv4Address": address} for address in record["ipAddresses"]],
                "isAutoRegistered": False,
            }
            name = record["recordSetName"]
            body = {"id": path, "name": name, "type": RECORDS, "etag": str(uuid.uuid4()), "properties": properties}
            found[path.lower()] = body
        return found
