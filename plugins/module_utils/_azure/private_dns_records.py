# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The records of a private DNS zone: any number of record sets in one task, with one listing and only needed writes."""

from __future__ import annotations

import typing as t

from .._engine import Health, Plan, Readable, Resource, Step, Waiter
from .._errors import Guarded, InvalidInput, NotFound
from .client import GONE, GONE_WITH_PARENT, Client
from .ownership import MARK, is_ours
from .record_sets import checked, from_arm, identity, title, to_arm

State = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

#: Seconds, for a new record set. Atlas publishes its own records with the same.
DEFAULT_TTL = 60

#: A listing's 404s that say that there is no zone.
_NO_ZONE = (*GONE, "ParentResourceNotFound")


def normalise(found: t.Mapping[str, t.Any]) -> State | None:
    """Pure: one record set in the shape that the modules return; None for a type that is not managed here."""
    record = from_arm(found)
    if record is None:
        return None
    fqdn = str(found["properties"].get("fqdn") or "").rstrip(".").lower()
    return {**record, "fqdn": fqdn or None, "managed": is_ours(found["properties"].get("metadata"))}


def wanted(options: Options, zone: str) -> list[State]:
    """The record sets that were asked for, each once. Raises `InvalidInput`."""
    records = [checked(one, zone) for one in options["records"]]
    known = set()
    for one in records:
        if identity(one) in known:
            raise InvalidInput("records", title(one), "named once, with all its values")
        known.add(identity(one))
        if options["state"] == "present" and one["value"] is None:
            raise InvalidInput(f"records.values of {title(one)}", None, "given")
    return records


class PrivateDnsRecords(Resource):
    """The record sets in `asked`, and with `purge` also those of ours that are not in it.

    A state is the zone's name and these record sets; None stands for a zone without any of them. `desired` is
    {"records": what `wanted` returns}. A record set is ours if its metadata says so; one that is not, and differs, is
    left alone, unless `overwrite`.
    """

    kind, key = "records of private DNS zone", "private_dns_records"

    def __init__(
        self,
        client: Client,
        group: str,
        zone: str,
        asked: list[State],
        *,
        present: bool,
        purge: bool = False,
        overwrite: bool = False,
    ) -> None:
        self._dns, self._names, self._purge, self._overwrite = client.dns, (group, zone), purge, overwrite
        self._asked = {identity(one) for one in asked}
        self._absent = _NO_ZONE if present else GONE_WITH_PARENT
        self._etags: dict[tuple[str, str], str] = {}
        self._metadata: dict[tuple[str, str], dict[str, str]] = {}
        self.label = zone

    def read(self) -> State | None:
        """One listing of all types. A zone that does not exist has no records: check mode can then still say what a
        playbook would do that creates it, and a real write says that it is missing."""
        try:
            listed = self._dns.pages("record_sets.list", *self._names)
        except NotFound as error:
            if error.code not in self._absent:
                raise
            listed = []
        records = []
        for one in listed:
            record = normalise(one)
            if record and (identity(record) in self._asked or (self._purge and record["managed"])):
                self._etags[identity(record)] = one.get("etag") or ""
                self._metadata[identity(record)] = dict(one["properties"].get("metadata") or {})
                records.append(record)
        return self._state(records)

    def _state(self, records: t.Iterable[State]) -> State | None:
        found = sorted(records, key=identity)
        return {"zone": self._names[1], "records": found} if found else None

    def plan(self, current: State | None, desired: State | None) -> Plan:
        known = {identity(one): one for one in (current or {"records": []})["records"]}
        asked = {identity(one): one for one in (desired or {"records": []})["records"]}
        steps, foreign = [], []
        for key, record in asked.items():
            found = known.get(key)
            if found is None:
                steps.append(Step("create", title(record), {**record, "ttl": record["ttl"] or DEFAULT_TTL}))
            elif not _differs(found, record):
                continue
            elif found["managed"] or self._overwrite:
                steps.append(Step("update", title(record), {**record, "ttl": record["ttl"] or found["ttl"]}))
            else:
                foreign.append(found)
        if foreign:
            raise self._guarded(foreign)
        leaving = [one for key, one in known.items() if key not in asked and (one["managed"] or self._overwrite)]
        staying = [one for key, one in known.items() if key not in asked and not (one["managed"] or self._overwrite)]
        # What goes, goes first: a CNAME can only stand where nothing else does.
        removals = [Step("delete", title(one), one) for one in leaving]
        notes = tuple(
            f"The record set {title(one)} of zone {self.label} stays: this collection did not create it."
            for one in staying
        )
        return Plan((*removals, *steps), notes=notes)

    def _guarded(self, foreign: list[State]) -> Guarded:
        names = "; ".join(f"{title(one)} is {', '.join(one['value'])}" for one in foreign)
        return Guarded(
            f"zone {self.label} has records that this collection did not create and that differ",
            names,
            "Set overwrite_foreign=true to replace them, or ask for what exists.",
        )

    def predict(self, current: State | None, desired: State | None) -> State | None:
        known = {identity(one): one for one in (current or {"records": []})["records"]}
        for step in self.plan(current, desired).steps:
            key = identity(step.body)
            if step.verb == "delete":
                del known[key]
            else:
                record = {name: step.body[name] for name in ("name", "type", "ttl", "value")}
                known[key] = {**record, "fqdn": self._fqdn(step.body["name"]), "managed": True}
        return self._state(known.values())

    def _fqdn(self, name: str) -> str:
        return self._names[1] if name == "@" else f"{name}.{self._names[1]}"

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        key = identity(step.body)
        names, etag = (*self._names, *key), self._etags.get(key)
        if step.verb == "delete":
            self._dns.write("record_sets.delete", *names, if_match=etag)
            return
        create = step.verb == "create"
        metadata = {**({} if create else self._metadata.get(key, {})), **MARK}
        body = {"properties": {**to_arm(step.body), "metadata": metadata}}
        self._dns.write(
            "record_sets.create_or_update",
            *names,
            body=body,
            create_only=create,
            if_match=None if create else etag,
        )

    def health(self, state: State | None, wanted: bool) -> Health:
        """Record sets are there, or gone, with the answer to the write."""
        return Health("written")


def _differs(found: State, asked: State) -> bool:
    return found["value"] != asked["value"] or asked["ttl"] not in (None, found["ttl"])


class RecordSets(Readable):
    """All record sets of a zone of the types that can be managed, or those of a name or a type. A zone that does not
    exist has none."""

    kind, key = "records of private DNS zone", "private_dns_records"

    def __init__(self, client: Client, group: str, zone: str, name: str | None, kind: str | None) -> None:
        self._dns, self._names, self._name, self._type = client.dns, (group, zone), name, kind
        self.label = zone

    def read(self) -> State:
        try:
            listed = self._dns.pages("record_sets.list", *self._names)
        except NotFound as error:
            if error.code not in _NO_ZONE:
                raise
            listed = []
        records = [record for record in map(normalise, listed) if record and self._fits(record)]
        return {"zone": self._names[1], "records": sorted(records, key=identity)}

    def _fits(self, record: State) -> bool:
        return self._name in (None, record["name"]) and self._type in (None, record["type"])
