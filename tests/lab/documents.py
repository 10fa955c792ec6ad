# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of a MongoDB cluster and the commands on them. Knows nothing of connections.

Filters are equality of whole fields, updates a replacement or `$set`. A command, an option, an operator or a stage that
is not played is refused in words, before anything is written: a wrong answer would be taken for the server's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bson.int64 import Int64
from bson.objectid import ObjectId
from bson.regex import Regex

Document = dict[str, Any]


class CommandError(Exception):
    """What a server answers instead of `ok: 1`."""

    def __init__(self, code: int, name: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.reply: Document = {"ok": 0.0, "errmsg": message, "code": code, "codeName": name, **more}


class Unsupported(CommandError):
    """What the lab does not play. Drivers report the code as it is, and repeat nothing because of it."""

    def __init__(self, what: str) -> None:
        super().__init__(115, "CommandNotSupported", f"not supported by the lab: {what}")


def select(documents: list[Document], query: Document, limit: int = 0) -> list[Document]:
    """The documents whose top-level fields equal the query's; `limit` 0 is all."""
    for key, value in query.items():
        operators = [inner for inner in value if inner.startswith("$")] if isinstance(value, dict) else []
        if operators or key.startswith("$") or "." in key or isinstance(value, Regex):
            raise Unsupported(f"the filter {key!r}; only whole fields are compared, by equality")
    found = [document for document in documents if all(_matches(document.get(key), query[key]) for key in query)]
    return found[: limit or None]


def _matches(value: Any, wanted: Any) -> bool:
    """Equality, of an array itself or of one of its members."""
    return _same(value, wanted) or (isinstance(value, list) and any(_same(member, wanted) for member in value))


def _same(one: Any, other: Any) -> bool:
    """As MongoDB compares: 1 is 1.0, but not true, and the order of fields counts."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


UPDATES = ("$set",)


def check_update(update: Any) -> None:
    """Raises for what is neither a replacement nor a `$set` of whole fields, even if no document is found for it."""
    operators = [key for key in update if key.startswith("$")] if isinstance(update, dict) else ["a pipeline"]
    if operators and (tuple(operators) != UPDATES or any("." in key for key in update["$set"])):
        raise Unsupported(f"the update {', '.join(operators)}; only a replacement or $set of whole fields")


def _updated(document: Document, update: Any) -> Document:
    """The document after a checked update; its `_id` stays."""
    changes = update.get("$set", update)
    if "_id" in changes and not _same(changes["_id"], document["_id"]):
        message = "Performing an update on the path '_id' would modify the immutable field '_id'"
        raise CommandError(66, "ImmutableField", message)
    return {**(document if "$set" in update else {"_id": document["_id"]}), **changes}


def _count(documents: list[Document], group: Document) -> list[Document]:
    ident = group.get("_id")
    constant = not isinstance(ident, (dict, list)) and not str(ident).startswith("$")
    if not constant or group != {"_id": ident, "n": {"$sum": 1}}:
        raise Unsupported("$group, except to count all documents")
    return [{"_id": group["_id"], "n": len(documents)}] if documents else []


STAGES: dict[str, Callable[[list[Document], Any], list[Document]]] = {
    "$match": select,
    "$skip": lambda documents, number: documents[number:],
    "$limit": lambda documents, number: documents[:number],
    "$group": _count,
}


#: Options of any command that change nothing here: sessions, what concerns several members, limits, notes.
ANYWHERE = {
    "$db",
    "lsid",
    "$clusterTime",
    "$readPreference",
    "txnNumber",
    "readConcern",
    "writeConcern",
    "maxTimeMS",
    "comment",
    "apiVersion",
    "apiStrict",
    "apiDeprecationErrors",
    "bypassDocumentValidation",
}
#: command -> its options that are played, or change nothing here: all documents come in one batch
OPTIONS = {
    "insert": "documents ordered",
    "update": "updates ordered",
    "delete": "deletes ordered",
    "find": "filter skip limit batchSize singleBatch noCursorTimeout allowPartialResults allowDiskUse",
    "aggregate": "pipeline cursor allowDiskUse",
    "count": "query skip limit",
    "findAndModify": "query update remove new upsert",
    "findandmodify": "query update remove new upsert",
    "drop": "",
    "listCollections": "filter nameOnly authorizedCollections cursor",
}
STATEMENTS = {"updates": "q u multi upsert", "deletes": "q limit"}
MEMBERS = 3


def check_options(command: str, body: Document) -> None:
    """Raises for what a command asks that is not played. An option that is empty or off asks nothing."""
    if "autocommit" in body:
        raise Unsupported("transactions")
    if command not in OPTIONS:
        return
    allowed = {command, *ANYWHERE, *OPTIONS[command].split()}
    asked = [option for option, value in body.items() if value and option not in allowed]
    for name, known in STATEMENTS.items():
        for statement in body.get(name, []):
            asked += [option for option, value in statement.items() if value and option not in known.split()]
    if asked:
        raise Unsupported(f"the option {asked[0]} of {command}")
    members = (body.get("writeConcern") or {}).get("w", 1)
    if members != "majority" and not (isinstance(members, int) and members <= MEMBERS):
        raise Unsupported(f"the write concern w: {members}; there are {MEMBERS} members")


def cursor(namespace: str, documents: list[Document]) -> Document:
    return {"cursor": {"firstBatch": documents, "id": Int64(0), "ns": namespace}}


@dataclass
class Collection:
    """One collection. A method per command: the command's body in, the reply's own fields out."""

    namespace: str
    documents: list[Document] = field(default_factory=list)
    exists: bool = False  # from its first document on, until it is dropped

    def insert(self, body: Document) -> Document:
        inserted, errors = 0, []
        for index, document in enumerate(body["documents"]):
            document.setdefault("_id", ObjectId())
            try:
                self._add(document)
                inserted += 1
            except CommandError as error:
                errors.append({**error.reply, "index": index})
                if body.get("ordered", True):
                    break
        return {"n": inserted, **({"writeErrors": errors} if errors else {})}

    def update(self, body: Document) -> Document:
        matched, modified, upserted, errors = 0, 0, [], []
        for statement in body["updates"]:
            check_update(statement["u"])
        for index, statement in enumerate(body["updates"]):
            found = select(self.documents, statement["q"], 0 if statement.get("multi") else 1)
            try:
                modified += sum(self._modify(document, statement["u"]) for document in found)
                matched += len(found)
                if not found and statement.get("upsert"):
                    upserted.append({"index": index, "_id": self._upsert(statement["q"], statement["u"])["_id"]})
            except CommandError as error:
                errors.append({**error.reply, "index": index})
                if body.get("ordered", True):
                    break
        reply = {"n": matched + len(upserted), "nModified": modified}
        more = {"upserted": upserted, "writeErrors": errors}
        return {**reply, **{name: found for name, found in more.items() if found}}

    def delete(self, body: Document) -> Document:
        deleted = 0
        for statement in body["deletes"]:
            for document in select(self.documents, statement["q"], statement["limit"]):
                self.documents.remove(document)
                deleted += 1
        return {"n": deleted}

    def find(self, body: Document) -> Document:
        found = select(self.documents, body.get("filter", {}))[body.get("skip", 0) :]
        return cursor(self.namespace, found[: abs(body.get("limit", 0)) or None])

    def aggregate(self, body: Document) -> Document:
        documents = self.documents
        for stage in body["pipeline"]:
            ((name, argument),) = stage.items()
            if name not in STAGES:
                raise Unsupported(f"the pipeline stage {name}")
            documents = STAGES[name](documents, argument)
        return cursor(self.namespace, documents)

    def count(self, body: Document) -> Document:
        found = select(self.documents, body.get("query", {}))[body.get("skip", 0) :]
        return {"n": len(found[: abs(body.get("limit", 0)) or None])}

    def find_and_modify(self, body: Document) -> Document:
        if not body.get("remove"):
            check_update(body["update"])
        query = body.get("query", {})
        found = select(self.documents, query, 1)
        before = dict(found[0]) if found else None
        if body.get("remove"):
            for document in found:
                self.documents.remove(document)
            return {"value": before, "lastErrorObject": {"n": len(found)}}
        status: Document = {"n": len(found), "updatedExisting": bool(found)}
        after = found[0] if found else None
        if after is not None:
            self._modify(after, body["update"])
        elif body.get("upsert"):
            after = self._upsert(query, body["update"])
            status.update(n=1, upserted=after["_id"])
        return {"value": after if body.get("new") else before, "lastErrorObject": status}

    def drop(self, body: Document) -> Document:
        self.documents.clear()
        self.exists = False
        return {"ns": self.namespace}

    def _modify(self, document: Document, update: Any) -> bool:
        changed = _updated(document, update)
        differs = changed != document
        document.clear()
        document.update(changed)
        return differs

    def _upsert(self, query: Document, update: Any) -> Document:
        idents = [source["_id"] for source in (query, update.get("$set", update)) if "_id" in source]
        document = _updated({"_id": idents[0] if idents else ObjectId(), **query}, update)
        self._add(document)
        return document

    def _add(self, document: Document) -> None:
        if select(self.documents, {"_id": document["_id"]}, 1):
            message = f"E11000 duplicate key error collection: {self.namespace} index: _id_"
            key = {"_id": document["_id"]}
            raise CommandError(11000, "DuplicateKey", message, keyPattern={"_id": 1}, keyValue=key)
        self.documents.append(document)
        self.exists = True


COLLECTION_COMMANDS: dict[str, Callable[[Collection, Document], Document]] = {
    "insert": Collection.insert,
    "update": Collection.update,
    "delete": Collection.delete,
    "find": Collection.find,
    "aggregate": Collection.aggregate,
    "count": Collection.count,
    "findAndModify": Collection.find_and_modify,
    "findandmodify": Collection.find_and_modify,
    "drop": Collection.drop,
}
WRITES = frozenset({"insert", "update", "delete", "findAndModify", "findandmodify", "drop"})
