# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record sets of private DNS zones: synchronous, with etags (source: azure-cli's live recordings of private DNS)."""

from __future__ import annotations

import ipaddress
import json
import uuid
from collections.abc import Callable, Iterator

from tests.lab.arm_call import ArmError, Call, Reply, precondition
from tests.lab.arm_core import Arm
from tests.lab.arm_dns import LINKS, ZONES, DnsKind, refused
from tests.lab.arm_names import is_domain
from tests.lab.world import Json

LONGEST_TTL = 2147483647
MOST_RECORDS = 20  # in a set; source: Microsoft, DNS limits for private zones
LONGEST_STRING = 255  # of a TXT record


def _ipv4(record: Json) -> bool:
    return isinstance(ipaddress.ip_address(record["ipv4Address"]), ipaddress.IPv4Address)


def _ipv6(record: Json) -> bool:
    return isinstance(ipaddress.ip_address(record["ipv6Address"]), ipaddress.IPv6Address)


def _numbers(*names: str) -> Callable[[Json], bool]:
    return lambda record: all(0 <= int(record[name]) <= 65535 for name in names)


def _domain(name: str) -> Callable[[Json], bool]:
    return lambda record: is_domain(record[name])


def _srv(record: Json) -> bool:
    """The target "." says that there is no such service (source: RFC 2782)."""
    return (record["target"] == "." or is_domain(record["target"])) and _numbers("priority", "weight", "port")(record)


def _mx(record: Json) -> bool:
    return is_domain(record["exchange"]) and _numbers("preference")(record)


#: type -> the property with the records, the property that tells two of them apart in a message, and what is valid
RECORDS: dict[str, tuple[str, str, Callable[[Json], bool]]] = {
    "A": ("aRecords", "ipv4Address", _ipv4),
    "AAAA": ("aaaaRecords", "ipv6Address", _ipv6),
    "CNAME": ("cnameRecord", "cname", _domain("cname")),
    "MX": ("mxRecords", "exchange", _mx),
    "PTR": ("ptrRecords", "ptrdname", _domain("ptrdname")),
    "SRV": ("srvRecords", "target", _srv),
    "TXT": ("txtRecords", "value", lambda record: all(len(text) <= LONGEST_STRING for text in record["value"])),
    "SOA": ("soaRecord", "host", lambda record: True),
}


class RecordSets(DnsKind):
    """The record sets of one type."""

    tracked = False
    nested = True

    def __init__(self, arm: Arm, kind: str) -> None:
        super().__init__(arm, f"{ZONES}/{kind}")
        self.kind = kind
        self.property, self.distinct, self.valid = RECORDS[kind]

    def missing(self, call: Call) -> ArmError:
        """The words are those of public DNS zones; that they come without an envelope here is unverified."""
        where = f"does not exist in resource group '{call.id.group}' of subscription '{call.id.subscription}'."
        return ArmError(404, "NotFound", f"The resource record '{call.id.name}' {where}", bare=True)

    def list_all(self, call: Call) -> Reply:
        return self.page(call, with_suffix(call, self.found(call)))

    def put(self, call: Call) -> Reply:
        return self._write(call, self.current(call), call.properties)

    def patch(self, call: Call) -> Reply:
        """Replaces the properties that are sent."""
        current = self.required(call)
        return self._write(call, current, {**current["properties"], **call.properties})

    def _write(self, call: Call, current: Json | None, properties: Json) -> Reply:
        error = precondition(call, current, f"The Record set {call.id.name}", bare=True)
        if error:
            raise error
        kept = self._properties(call, properties)
        self._check_place(call, current)
        path = self.path(call)
        body = {"id": path, "name": path.rsplit("/", 1)[-1], "type": self.type, "etag": str(uuid.uuid4())}
        self.world.azure[call.id.key] = {**body, "properties": kept}
        shown = self.render(call, self.world.azure[call.id.key])
        return Reply(201 if current is None else 200, shown, {"ETag": shown["etag"]})

    def _properties(self, call: Call, given: Json) -> Json:
        assert call.id.parent is not None
        ttl = given.get("ttl")
        if not isinstance(ttl, int) or not 1 <= ttl <= LONGEST_TTL:
            raise refused(f"The TTL of record set '{call.id.name}' must be from 1 to {LONGEST_TTL}.")
        zone = self.world.azure[call.id.parent.key]["name"]
        fqdn = f"{zone}." if call.id.name == "@" else f"{call.id.name}.{zone}."
        result: Json = {"metadata": given["metadata"]} if given.get("metadata") else {}
        return {**result, "fqdn": fqdn, "ttl": ttl, **self._records(call, given), "isAutoRegistered": False}

    def _records(self, call: Call, given: Json) -> Json:
        value = given.get(self.property)
        single = self.property.endswith("Record")  # CNAME and SOA
        records = [value] if single and value else value or []
        if len(records) > MOST_RECORDS:
            raise refused(f"Record set '{call.id.name}' may not contain more than {MOST_RECORDS} records.")
        try:
            valid = all(self.valid(record) for record in records)
        except (KeyError, TypeError, ValueError):
            valid = False
        if not valid:
            raise refused(f"A record of type '{self.kind}' in record set '{call.id.name}' is invalid.")
        if len({json.dumps(record, sort_keys=True) for record in records}) < len(records):
            raise refused(  # source: Azure/azure-cli issue 22886
                f"The list of record sets of type '{self.kind}' may not contain multiple entries with the same "
                f"'{self.distinct}'."
            )
        if single:
            return {self.property: records[0]} if records else {}
        return {self.property: records}

    def _check_place(self, call: Call, current: Json | None) -> None:
        """Where a record set may stand (source: Microsoft, private DNS records: a CNAME is alone, and not at @)."""
        assert call.id.parent is not None
        if self.kind == "SOA" and current is None:
            raise refused("A zone has one SOA record set, at '@'.")
        if self.kind == "CNAME" and call.id.name == "@":
            raise refused("A CNAME record set cannot be at the apex of a zone.")
        for other in RECORDS:
            key = f"{call.id.parent.key}/{other.lower()}/{call.id.name.lower()}"
            if other != self.kind and "CNAME" in (other, self.kind) and key in self.world.azure:
                raise refused(f"Record set '{call.id.name}' conflicts with one of type '{other}' with the same name.")

    def delete(self, call: Call) -> Reply:
        current = self.current(call)
        if self.kind == "SOA":
            raise refused("The SOA record set of a zone cannot be deleted.")
        if current is None:
            return Reply(204)
        error = precondition(call, current, f"The Record set {call.id.name}", bare=True)
        if error:
            raise error
        self.forget(call.id.key)
        return Reply(200)


class AllRecordSets(DnsKind):
    """`{zone}/ALL`: the record sets of every type in one listing."""

    nested = True

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, f"{ZONES}/ALL")

    def list_all(self, call: Call) -> Reply:
        assert call.id.parent is not None
        prefix = call.id.parent.key + "/"
        below = [body for key, body in list(self.world.azure.items()) if key.startswith(prefix)]
        return self.page(call, with_suffix(call, (body for body in below if body["type"] != LINKS)))


def with_suffix(call: Call, bodies: Iterator[Json]) -> list[Json]:
    """The record sets whose name ends with `$recordsetnamesuffix`."""
    suffix = (call.query.get("$recordsetnamesuffix") or "").lower()
    return [body for body in bodies if body["name"].lower().endswith(suffix)]
