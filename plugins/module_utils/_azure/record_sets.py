# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Record sets as people write them, and as Azure Private DNS keeps them. Pure.

Here a record set is {"name", "type", "ttl", "value"}: `name` relative to the zone and in lower case, "@" for the zone
itself; `value` a list of texts in the usual presentation form, sorted, host names in lower case and without a trailing
dot. (Ansible allows no key "values" in what a module returns.)
"""

from __future__ import annotations

import ipaddress
import re
import typing as t

from .._errors import InvalidInput

State = dict[str, t.Any]

#: The types that can be managed. Others in a zone are left alone.
TYPES = ("A", "AAAA", "CNAME", "SRV", "TXT")
#: Source: Azure Private DNS, limits: seconds; records in a set; bytes of one string of a TXT record.
LONGEST_TTL, MOST_RECORDS, LONGEST_STRING = 2147483647, 20, 255

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_*]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*", re.IGNORECASE)


def identity(record: t.Mapping[str, t.Any]) -> tuple[str, str]:
    """What makes two record sets the same one: (type, name)."""
    return record["type"], record["name"]


def meaning(kind: str, values: t.Sequence[str]) -> list[t.Any]:
    """What drivers make of records: priority, weight and the order of options mean nothing to them (source: MongoDB's
    seedlist specification)."""
    if kind == "SRV":
        return sorted(one.split()[2:] for one in values)
    return sorted(sorted(one.split("&")) for one in values) if kind == "TXT" else sorted(values)


def title(record: t.Mapping[str, t.Any]) -> str:
    """How messages call a record set: "A @"."""
    return f"{record['type']} {record['name']}"


def relative_name(name: str, zone: str) -> str:
    """The name below the zone, from a relative one, or from a full one if it ends in a dot. Raises `InvalidInput`."""
    plain = name.lower()
    if plain.endswith("."):
        plain = plain.rstrip(".")
        if plain != zone and not plain.endswith(f".{zone}"):
            raise InvalidInput("records.name", name, f"relative, or end in {zone}.")
        plain = plain[: -len(zone)].rstrip(".")
    if plain not in ("", "@") and not _HOST.fullmatch(plain):
        raise InvalidInput("records.name", name, "a host name relative to the zone, or @ for the zone itself")
    return plain or "@"


def checked(given: t.Mapping[str, t.Any], zone: str) -> State:
    """A record set that was asked for, in the shape above; `ttl` and `value` may be None. Raises `InvalidInput`."""
    kind, ttl = given["type"], given["ttl"]
    name = relative_name(given["name"], zone)
    if ttl is not None and not 1 <= ttl <= LONGEST_TTL:
        raise InvalidInput("records.ttl", ttl, f"from 1 to {LONGEST_TTL} seconds")
    values = None if given["values"] is None else sorted({canonical(kind, one) for one in given["values"]})
    if kind == "CNAME" and name == "@":
        raise InvalidInput("records.type", kind, "another one at the apex of a zone, which cannot be an alias")
    if values is not None and not 1 <= len(values) <= (1 if kind == "CNAME" else MOST_RECORDS):
        most = "one value" if kind == "CNAME" else f"1 to {MOST_RECORDS} values"
        raise InvalidInput(f"records.values of {kind} {name}", given["values"], f"a list of {most}")
    return {"name": name, "type": kind, "ttl": ttl, "value": values}


def canonical(kind: str, value: str) -> str:
    """A value in the one spelling that is compared. Raises `InvalidInput`."""
    if kind in ("A", "AAAA"):
        return _address(kind, value)
    if kind == "CNAME":
        return _host(kind, value)
    if kind == "SRV":
        return _srv(value)
    return value


def _address(kind: str, value: str) -> str:
    try:
        return str(ipaddress.IPv4Address(value) if kind == "A" else ipaddress.IPv6Address(value))
    except ValueError:
        raise InvalidInput(f"value of a record of type {kind}", value, "an IP address of that kind") from None


def _host(kind: str, value: str) -> str:
    name = value.strip().rstrip(".").lower()
    if not _HOST.fullmatch(name):
        raise InvalidInput(f"value of a record of type {kind}", value, "a full host name")
    return name


def _srv(value: str) -> str:
    parts = value.split()
    if len(parts) != 4 or not all(one.isdigit() and int(one) <= 65535 for one in parts[:3]):
        raise InvalidInput("value of a record of type SRV", value, 'such as "0 0 1024 host.example.net"')
    return " ".join([*(str(int(one)) for one in parts[:3]), _host("SRV", parts[3])])


def from_arm(found: t.Mapping[str, t.Any]) -> State | None:
    """A record set as ARM returns it, in the shape above; None for a type that is not managed here."""
    kind = found["type"].rsplit("/", 1)[-1].upper()
    if kind not in TYPES:
        return None
    properties = found["properties"]
    return {
        "name": found["name"].lower(),
        "type": kind,
        "ttl": properties.get("ttl"),
        "value": sorted(_READERS[kind](properties)),
    }


def to_arm(record: t.Mapping[str, t.Any]) -> State:
    """The properties of a record set's body."""
    return {"ttl": record["ttl"], **_WRITERS[record["type"]](record["value"])}


def _read_srv(one: t.Mapping[str, t.Any]) -> str:
    return f"{one['priority']} {one['weight']} {one['port']} {one['target'].rstrip('.').lower()}"


def _write_srv(value: str) -> State:
    priority, weight, port, target = value.split()
    return {"priority": int(priority), "weight": int(weight), "port": int(port), "target": target}


def _strings(text: str) -> list[str]:
    """One text as the strings of one TXT record. Azure counts bytes; a character is not cut in two."""
    strings, rest = [], text
    while rest:
        cut = rest.encode()[:LONGEST_STRING].decode(errors="ignore")
        strings.append(cut)
        rest = rest[len(cut) :]
    return strings or [""]


_READERS: dict[str, t.Callable[[t.Mapping[str, t.Any]], list[str]]] = {
    "A": lambda p: [one["ipv4Address"] for one in p.get("aRecords") or []],
    "AAAA": lambda p: [str(ipaddress.IPv6Address(one["ipv6Address"])) for one in p.get("aaaaRecords") or []],
    "CNAME": lambda p: [p["cnameRecord"]["cname"].rstrip(".").lower()] if p.get("cnameRecord") else [],
    "SRV": lambda p: [_read_srv(one) for one in p.get("srvRecords") or []],
    "TXT": lambda p: ["".join(one["value"]) for one in p.get("txtRecords") or []],
}
_WRITERS: dict[str, t.Callable[[list[str]], State]] = {
    "A": lambda values: {"aRecords": [{"ipv4Address": one} for one in values]},
    "AAAA": lambda values: {"aaaaRecords": [{"ipv6Address": one} for one in values]},
    "CNAME": lambda values: {"cnameRecord": {"cname": values[0]}},
    "SRV": lambda values: {"srvRecords": [_write_srv(one) for one in values]},
    "TXT": lambda values: {"txtRecords": [{"value": _strings(one)} for one in values]},
}
