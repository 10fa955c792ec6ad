# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The records of a private DNS zone: any number of record sets in one task, with one listing and only needed writes."""

from __future__ import annotations

import typing as t

from .._engine import Health, Plan, Readable, Resource, Step, Waiter
from .._errors import Guarded, InvalidInput
from . import ids, usage
from .client import GONE, GONE_WITH_PARENT, Client
from .ownership import (
    MARK,
    MORE_USERS,
    MOST_IN_DNS,
    is_ours,
    is_user,
    may_use,
    unused,
    use,
    users,
    with_user,
)
from .record_sets import checked, from_arm, identity, title, to_arm

State = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

#: Seconds, for a new record set. Atlas publishes its own records with the same.
DEFAULT_TTL = 60

#: A listing's 404s that say that there is no zone.
NO_ZONE = (*GONE, "ParentResourceNotFound")


def normalise(found: t.Mapping[str, t.Any]) -> State | None:
    """Pure: one record set in the shape that the modules return; None for a type that is not managed here."""
    record = from_arm(found)
    if record is None:
        return None
    fqdn = str(found["properties"].get("fqdn") or "").rstrip(".").lower()
    metadata = found["properties"].get("metadata")
    return {**record, "fqdn": fqdn or None, "managed": is_ours(metadata), "used_by": users(metadata)}


def _path(client: Client, group: str, zone: str) -> str:
    """The listing of the record sets of all types."""
    return f"{ids.build(client.subscription, group, ids.PRIVATE_DNS_ZONES, zone)}/ALL"


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
    left alone, unless `overwrite`. `used_by` says for whom all this is: what others use as well stays for them, and
    `purge` is about what this one uses. Private endpoints that do not exist any more use nothing. Users that are not
    listed are there as long as a private endpoint is in a network that the zone is linked to.
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
        used_by: str | None = None,
    ) -> None:
        self._client, self._names, self._purge, self._overwrite = client, (group, zone), purge, overwrite
        self._path = _path(client, group, zone)
        self._asked, self._used_by = {identity(one) for one in asked}, used_by
        self._present, self._absent = present, NO_ZONE if present else GONE_WITH_PARENT
        self._etags: dict[tuple[str, str], str] = {}
        self._metadata: dict[tuple[str, str], dict[str, str]] = {}
        self._known: dict[tuple[str, str], State] = {}
        self._gone: frozenset[str] = frozenset()
        self._more_are_gone = False
        self._wrote = False
        self.label = zone

    def read(self) -> State | None:
        """One listing of all types. A zone that does not exist has no records: check mode can then still say what a
        playbook would do that creates it, and a real write says that it is missing. After our writes nothing is listed
        again, because each was answered with what it left, and reads of private DNS are few."""
        if not self._wrote:
            self._list()
        self._wrote = False
        return self._state(self._known.values())

    def _list(self) -> None:
        self._known = {}
        for one in self._client.pages(self._path, absent=self._absent):
            record = normalise(one)
            if record and (identity(record) in self._asked or (self._purge and self._is_mine(record))):
                self._etags[identity(record)] = one.get("etag") or ""
                self._metadata[identity(record)] = dict(one["properties"].get("metadata") or {})
                self._known[identity(record)] = record
        self._look_for_others()

    def _look_for_others(self) -> None:
        """Who of those that use what is to be removed is still there. Nothing is asked where nothing is removed."""
        shared = [self._others(one) for key, one in self._known.items() if self._used_by and self._may_leave(key)]
        self._gone, self._more_are_gone = frozenset(), False
        self._gone = usage.gone(self._client, {text for one in shared for text in one})
        if any(set(one) - self._gone == set(MORE_USERS.values()) for one in shared):
            links = self._client.pages(f"{self._path.rpartition('/')[0]}/virtualNetworkLinks", absent=NO_ZONE)
            self._more_are_gone = not usage.endpoints_near(self._client, links, str(self._used_by))

    def _may_leave(self, key: tuple[str, str]) -> bool:
        return key not in self._asked or not self._present

    def _is_mine(self, record: State) -> bool:
        return bool(record["managed"]) and (self._used_by is None or may_use(self._used_by, record["used_by"]))

    def _others(self, record: State) -> list[str]:
        """Who else uses a record set; nobody is asked if we do not say who we are."""
        found = usage.others(record["used_by"], self._used_by, self._gone)
        return [] if self._more_are_gone and found == list(MORE_USERS.values()) else found

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
                body = {**record, "ttl": record["ttl"] or DEFAULT_TTL, "used_by": with_user(self._used_by, [])}
                steps.append(Step("create", title(record), body))
            elif _differs(found, record):
                body = {
                    **record,
                    "ttl": record["ttl"] or found["ttl"],
                    "used_by": with_user(self._used_by, found["used_by"]),
                }
                steps.append(Step("update", title(record), body))
                if not (found["managed"] or self._overwrite):
                    foreign.append(found)
            elif found["managed"] and with_user(self._used_by, found["used_by"]) != found["used_by"]:
                steps.append(
                    Step("update", title(record), {**found, "used_by": with_user(self._used_by, found["used_by"])})
                )
        if foreign:
            raise self._guarded(foreign)
        leaving, notes = self._leaving([one for key, one in known.items() if key not in asked])
        # What goes, goes first: a CNAME can only stand where nothing else does.
        return Plan((*leaving, *steps), notes=notes)

    def _leaving(self, unwanted: list[State]) -> tuple[list[Step], tuple[str, ...]]:
        """The steps that remove these record sets, and a note for each that stays."""
        steps, notes = [], []
        for one in unwanted:
            others = self._others(one)
            if not (one["managed"] or self._overwrite):
                notes.append(self._staying(one, "this collection did not create it"))
            elif not others:
                steps.append(Step("delete", title(one), one))
            else:
                notes.append(self._staying(one, f"it is used by {', '.join(others)}"))
                if is_user(self._used_by, one["used_by"]):
                    steps.append(Step("update", title(one), {**one, "used_by": others}))
        return steps, tuple(notes)

    def _staying(self, record: State, reason: str) -> str:
        return f"The record set {title(record)} of zone {self.label} stays: {reason}."

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
            self._follow(known, step)
        return self._state(known.values())

    def _follow(self, known: dict[tuple[str, str], State], step: Step) -> None:
        """What a step leaves."""
        if step.verb == "delete":
            del known[identity(step.body)]
            return
        record = {name: step.body[name] for name in ("name", "type", "ttl", "value", "used_by")}
        known[identity(step.body)] = {**record, "fqdn": self._fqdn(step.body["name"]), "managed": True}

    def _fqdn(self, name: str) -> str:
        return self._names[1] if name == "@" else f"{name}.{self._names[1]}"

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        key = identity(step.body)
        names, etag = (*self._names, *key), self._etags.get(key)
        self._wrote = False  # until it is answered
        if step.verb == "delete":
            self._client.dns.write("record_sets.delete", *names, if_match=etag)
        else:
            self._put(step, names, etag)
        self._follow(self._known, step)
        self._wrote = True

    def _put(self, step: Step, names: tuple[str, ...], etag: str | None) -> None:
        create = step.verb == "create"
        metadata = {**({} if create else unused(self._metadata.get(identity(step.body)))), **MARK}
        named = {name: text for one in step.body["used_by"] for name, text in use(one).items()}
        if len(metadata) + len(named) > MOST_IN_DNS:  # entries of others come first
            room = MOST_IN_DNS - len(metadata) - len(MORE_USERS)
            named = {**dict(sorted(named.items() - MORE_USERS.items())[: max(room, 0)]), **MORE_USERS}
        body = {"properties": {**to_arm(step.body), "metadata": {**metadata, **named}}}
        self._client.dns.write(
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
        self._client, self._path, self._name, self._type = client, _path(client, group, zone), name, kind
        self.label = zone

    def read(self) -> State:
        found = self._client.pages(self._path, absent=NO_ZONE)
        records = [record for record in map(normalise, found) if record and self._fits(record)]
        return {"zone": self.label, "records": sorted(records, key=identity)}

    def _fits(self, record: State) -> bool:
        return self._name in (None, record["name"]) and self._type in (None, record["type"])
