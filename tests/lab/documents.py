# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of a MongoDB cluster and the commands on them. Knows nothing of connections.

Filters are equality of whole fields, updates a replacement or `$set`; what is not supported says so (code 2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bson.int64 import Int64
from bson.objectid import ObjectId

Document = dict[str, Any]


class CommandError(Exception):
    """What a server answers instead of `ok: 1`."""

    def __init__(self, code: int, name: str, message: str) -> None:
        super().__init__(message)
        self.reply: Document = {"ok": 0.0, "errmsg": message, "code": code, "codeName": name}


def _unsupported(what: str) -> CommandError:
    return CommandError(2, "BadValue", f"not supported by the lab: {what}")


def select(documents: list[Document], query: Document, limit: int = 0) -> list[Document]:
    """The documents whose top-level fields equal the query's; `limit` 0 is all."""
    for key, value in query.items():
        operators = [inner for inner in value if inner.startswith("$")] if isinstance(value, dict) else []
        if operators or key.startswith("$") or "." in key:
            raise _unsupported(f"the filter {key!r}; only whole fields are compared, by equality")
    found = [document for document in documents if all(document.get(key) == query[key] for key in query)]
    return found[: limit or None]


def _updated(document: Document, update: Any) -> Document:
    """The document after a replacement or a `$set` of whole fields; its `_id` stays."""
    operators = [key for key in update if key.startswith("$")] if isinstance(update, dict) else ["a pipeline"]
    if not operators:
        return {"_id": document["_id"], **{key: value for key, value in update.items() if key != "_id"}}
    if operators != ["$set"] or any("." in key for key in update["$set"]):
        raise _unsupported(f"the update {', '.join(operators)}; only a replacement or $set of whole fields")
    return {**document, **update["$set"]}


def _count(documents: list[Document], group: Document) -> list[Document]:
    if group != {"_id": group.get("_id"), "n": {"$sum": 1}}:
        raise _unsupported("$group, except to count all documents")
    return [{"_id": group["_id"], "n": len(documents)}] if documents else []


STAGES: dict[str, Callable[[list[Document], Any], list[Document]]] = {
    "$match": select,
    "$skip": lambda documents, number: documents[number:],
    "$limit": lambda documents, number: documents[:number],
    "$group": _count,
}


def _reject(body: Document, *options: str) -> None:
    for option in options:
        if body.get(option):
            raise _unsupported(f"the option {option}")


def cursor(namespace: str, documents: list[Document]) -> Document:
    return {"cursor": {"firstBatch": documents, "id": Int64(0), "ns": namespace}}


@dataclass
class Collection:
    """One collection. A method per command: the command's body in, the reply's own fields out."""

    namespace: str
    documents: list[Document] = field(default_factory=list)

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
        matched, modified, upserted = 0, 0, []
        for index, statement in enumerate(body["updates"]):
            found = select(self.documents, statement["q"], 0 if statement.get("multi") else 1)
            matched += len(found)
            modified += sum(self._modify(document, statement["u"]) for document in found)
            if not found and statement.get("upsert"):
                upserted.append({"index": index, "_id": self._upsert(statement["q"], statement["u"])["_id"]})
        reply = {"n": matched + len(upserted), "nModified": modified}
        return {**reply, "upserted": upserted} if upserted else reply

    def delete(self, body: Document) -> Document:
        deleted = 0
        for statement in body["deletes"]:
            for document in select(self.documents, statement["q"], statement["limit"]):
                self.documents.remove(document)
                deleted += 1
        return {"n": deleted}

    def find(self, body: Document) -> Document:
        _reject(body, "sort", "projection")
        found = select(self.documents, body.get("filter", {}))[body.get("skip", 0) :]
        return cursor(self.namespace, found[: abs(body.get("limit", 0)) or None])

    def aggregate(self, body: Document) -> Document:
        documents = self.documents
        for stage in body["pipeline"]:
            ((name, argument),) = stage.items()
            if name not in STAGES:
                raise _unsupported(f"the pipeline stage {name}")
            documents = STAGES[name](documents, argument)
        return cursor(self.namespace, documents)

    def count(self, body: Document) -> Document:
        return {"n": len(select(self.documents, body.get("query", {}), body.get("limit", 0)))}

    def find_and_modify(self, body: Document) -> Document:
        _reject(body, "sort", "fields")
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
        return {"ns": self.namespace}

    def _modify(self, document: Document, update: Any) -> bool:
        changed = _updated(document, update)
        differs = changed != document
        document.clear()
        document.update(changed)
        return differs

    def _upsert(self, query: Document, update: Any) -> Document:
        idents = [source["_id"] for source in (query, update) if isinstance(source, dict) and "_id" in source]
        document = _updated({"_id": idents[0] if idents else ObjectId(), **query}, update)
        self._add(document)
        return document

    def _add(self, document: Document) -> None:
        if select(self.documents, {"_id": document["_id"]}, 1):
            message = f"E11000 duplicate key error collection: {self.namespace} index: _id_"
            raise CommandError(11000, "DuplicateKey", message)
        self.documents.append(document)


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
