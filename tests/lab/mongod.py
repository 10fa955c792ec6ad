# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A MongoDB replica set that real drivers take for one: the wire protocol over TLS, SCRAM-SHA-256, and enough CRUD.

A `ReplicaSet` is a cluster's documents and users. A `MongodServer` is one port on which one of its members answers; it
knows the members under the names and ports of the network it serves, since a driver goes where `hello` sends it.
Sources: the MongoDB drivers' public specifications (message format, hello, SDAM, authentication), and what PyMongo 4.6
to 4.20 and the Node driver 7 were seen to ask for.
"""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import bson
from bson.int64 import Int64
from bson.objectid import ObjectId

from tests.lab.documents import (
    COLLECTION_COMMANDS,
    WRITES,
    Collection,
    CommandError,
    Document,
    Unsupported,
    check_options,
    cursor,
    select,
)
from tests.lab.listener import TcpListener
from tests.lab.scram import Credential, Scram

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
CHECKSUM_PRESENT, MORE_TO_COME, EXHAUST_ALLOWED = 1, 1 << 1, 1 << 16
MAX_MESSAGE = 48_000_000  # bytes
TOPOLOGY_POLL = 0.1  # seconds between looks at the members while a client awaits a change


class Conditions(Protocol):
    """How a cluster is at this moment; its servers look anew each time."""

    @property
    def primary(self) -> int | None:
        """The index of the member that takes writes; None during an election."""

    @property
    def denied(self) -> Mapping[str, int]:
        """Commands that are refused, with one of the codes of `DENIALS`."""

    @property
    def full(self) -> bool:
        """Whether there are too many connections: each is closed once its hello was answered."""


@dataclass(frozen=True)
class Healthy:
    primary: int | None = 0
    denied: Mapping[str, int] = field(default_factory=dict)
    full: bool = False


#: code -> (its name, message). 8000 are the words of Atlas' own front end, 13 those of a mongod.
DENIALS = {
    13: ("Unauthorized", "not authorized on {database} to execute command {{ {command}: {collection!r} }}"),
    8000: ("AtlasError", "user is not allowed to do action [{command}] on [{database}.{collection}]"),
    10107: ("NotWritablePrimary", "not primary"),
}


def denial(code: int, body: Document) -> CommandError:
    """The refusal of a command."""
    command = next(iter(body))
    name, message = DENIALS[code]
    return CommandError(code, name, message.format(database=body["$db"], command=command, collection=body[command]))


class ReplicaSet:
    """A cluster's documents and users (name -> password, read at each login, so a password may change).

    A `set_name` of None makes it a sharded cluster: every server is a mongos, which takes writes.
    """

    def __init__(self, set_name: str | None, users: Mapping[str, str], conditions: Conditions | None = None) -> None:
        self.set_name = set_name
        self.users = users
        self.conditions = conditions or Healthy()
        self.collections: dict[str, Collection] = {}
        self._credentials: dict[tuple[str, str], Credential] = {}

    def credential(self, user: str) -> Credential | None:
        """None for a user there is not."""
        if user not in self.users:
            return None
        key = (user, self.users[user])
        if key not in self._credentials:
            self._credentials[key] = Credential(self.users[user])
        return self._credentials[key]

    def collection(self, database: str, name: Any) -> Collection:
        if not isinstance(name, str):
            raise Unsupported(f"a command on the database {database!r} itself, instead of a collection")
        return self.collections.setdefault(f"{database}.{name}", Collection(f"{database}.{name}"))

    def list_collections(self, database: str, query: Document) -> Document:
        names = [name for name, found in self.collections.items() if found.exists]
        entries = [
            {"name": name.partition(".")[2], "type": "collection", "options": {}, "info": {"readOnly": False}}
            for name in names
            if name.startswith(f"{database}.")
        ]
        return cursor(f"{database}.$cmd.listCollections", select(entries, query))


@dataclass(frozen=True)
class Request:
    """One message from a client; `flags` are OP_MSG's, 0 for OP_QUERY."""

    id: int
    opcode: int
    flags: int
    body: Document


async def read_request(reader: asyncio.StreamReader) -> Request:
    """Raises ValueError, struct.error or a BSON error for what is no message of these two kinds."""
    length, ident, _response_to, opcode = struct.unpack("<iiii", await reader.readexactly(16))
    if not 16 < length <= MAX_MESSAGE or opcode not in (OP_QUERY, OP_MSG):
        raise ValueError(f"opcode {opcode} of {length} bytes")
    data = await reader.readexactly(length - 16)
    if opcode == OP_QUERY:  # flags, cstring, skip, limit, document
        return Request(ident, opcode, 0, bson.decode(data[data.index(b"\0", 4) + 9 :]))
    (flags,) = struct.unpack_from("<I", data)
    return Request(ident, opcode, flags, _sections(data[4:-4] if flags & CHECKSUM_PRESENT else data[4:]))


def _sections(data: bytes) -> Document:
    """Kind 0 is the body, kind 1 a named sequence of documents that belongs into it."""
    body: Document = {}
    sequences: Document = {}
    while data:
        (size,) = struct.unpack_from("<i", data, 1)
        if size < 4:
            raise ValueError("a section shorter than its own length")
        section, kind, data = data[1 : 1 + size], data[0], data[1 + size :]
        if kind == 0:
            body = bson.decode(section)
        else:
            name, _zero, documents = section[4:].partition(b"\0")
            sequences[name.decode()] = bson.decode_all(documents)
    return {**body, **sequences}


def encode_reply(request: Request, ident: int, response_to: int, flags: int, reply: Document) -> bytes:
    document = bson.encode(reply)
    if request.opcode == OP_QUERY:  # flags, cursor id, start, number of documents
        opcode, prefix = OP_REPLY, struct.pack("<iqii", 8, 0, 0, 1)
    else:
        opcode, prefix = OP_MSG, struct.pack("<Ib", flags, 0)
    length = 16 + len(prefix) + len(document)
    return struct.pack("<iiii", length, ident, response_to, opcode) + prefix + document


class Connection:
    """One client's connection to one member."""

    user_database: str | None = "admin"  # Atlas keeps every user there: a lost authSource ends here (None: anywhere)

    def __init__(self, server: MongodServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._server_name = server.server_name(writer)
        self._set = server.replica_set
        self._reader = reader
        self._writer = writer
        self._sent = 0
        self._scram: Scram | None = None
        self._skip_empty_exchange = False
        self._authenticated = False

    async def serve(self) -> None:
        """Answers until the client goes, or sends what is no message."""
        while True:
            try:
                request = await read_request(self._reader)
            except (ValueError, struct.error, bson.errors.BSONError):
                return
            if self._set.conditions.full and COMMANDS.get(next(iter(request.body), "")) != "hello":
                return
            await self._answer(request)

    async def _answer(self, request: Request) -> None:
        """One reply; to an exhaust `hello` one after the other, whenever the topology changed or the time is up."""
        body, response_to = request.body, request.id
        while True:
            awaits = "maxAwaitTimeMS" in body and "topologyVersion" in body
            if awaits:
                await self._topology_change(body)
            reply = self.run(body)
            if request.flags & MORE_TO_COME:
                return
            stream = awaits and bool(request.flags & EXHAUST_ALLOWED) and reply["ok"] == 1.0
            self._sent += 1
            flags = MORE_TO_COME if stream else 0
            self._writer.write(encode_reply(request, self._sent, response_to, flags, reply))
            await self._writer.drain()
            if not stream or self._writer.is_closing():
                return
            response_to = self._sent
            body["topologyVersion"] = reply["topologyVersion"]

    async def _topology_change(self, body: Document) -> None:
        clock = asyncio.get_running_loop().time
        deadline = clock() + body["maxAwaitTimeMS"] / 1000
        while self._server.topology_version() == body["topologyVersion"] and clock() < deadline:
            if self._writer.is_closing():
                return
            await asyncio.sleep(TOPOLOGY_POLL)

    def run(self, body: Document) -> Document:
        """The reply to one command."""
        name = next(iter(body), "")
        try:
            if name not in COMMANDS and name not in COLLECTION_COMMANDS:
                raise Unsupported(f"the command {name!r}")
            if not self._authenticated and name not in PUBLIC_COMMANDS:
                raise CommandError(13, "Unauthorized", f"command {name} requires authentication")
            check_options(name, body)
            self.check(name, body)
            if name in COMMANDS:
                reply: Document = getattr(self, COMMANDS[name])(body)
            else:
                reply = COLLECTION_COMMANDS[name](self._set.collection(body["$db"], body[name]), body)
        except CommandError as error:
            return error.reply
        return {**reply, "ok": 1.0}

    def check(self, name: str, body: Document) -> None:
        """Raises CommandError for a command that may not be run here."""
        if name in WRITES and not self._server.is_primary:
            raise denial(10107, body)
        if name in self._set.conditions.denied:
            raise denial(self._set.conditions.denied[name], body)

    def authentication_failed(self) -> CommandError:
        """Atlas' own words; it does not tell an unknown user from a wrong password."""
        return CommandError(8000, "AtlasError", "bad auth : authentication failed")

    def hello(self, body: Document) -> Document:
        reply = self._server.describe()
        if "saslSupportedMechs" in body:
            reply["saslSupportedMechs"] = ["SCRAM-SHA-256"]
        if "speculativeAuthenticate" in body:
            speculative = body["speculativeAuthenticate"]
            started = self.run({**speculative, "$db": speculative.get("db")})
            if started["ok"]:  # else it is left out, and the client hears why when it asks in earnest
                reply["speculativeAuthenticate"] = started
        return reply

    def sasl_start(self, body: Document) -> Document:
        if body["mechanism"] != "SCRAM-SHA-256":
            raise CommandError(334, "MechanismUnavailable", "only SCRAM-SHA-256 is enabled")
        if self.user_database not in (None, body["$db"]):
            raise self.authentication_failed()
        try:
            self._scram = Scram(self._set.credential, bytes(body["payload"]).decode())
        except (ValueError, KeyError):
            raise self.authentication_failed() from None
        self._skip_empty_exchange = bool(body.get("options", {}).get("skipEmptyExchange"))
        return self._sasl_reply(self._scram.server_first, done=False)

    def sasl_continue(self, body: Document) -> Document:
        scram, self._scram = self._scram, None
        if scram is None:
            if self._authenticated and not body["payload"]:
                return self._sasl_reply("", done=True)
            raise self.authentication_failed()
        try:
            proof = scram.finish(bytes(body["payload"]).decode())
        except (ValueError, KeyError):
            raise self.authentication_failed() from None
        self._authenticated = True
        return self._sasl_reply(proof, done=self._skip_empty_exchange)

    @staticmethod
    def _sasl_reply(payload: str, done: bool) -> Document:
        return {"conversationId": 1, "done": done, "payload": payload.encode()}

    def acknowledge(self, body: Document) -> Document:
        return {}

    def build_info(self, body: Document) -> Document:
        return {"version": "8.0.0", "versionArray": [8, 0, 0, 0], "modules": [], "maxBsonObjectSize": 16 << 20}

    def kill_cursors(self, body: Document) -> Document:
        return {"cursorsKilled": [], "cursorsNotFound": body["cursors"], "cursorsAlive": [], "cursorsUnknown": []}

    def list_collections(self, body: Document) -> Document:
        return self._set.list_collections(body["$db"], body.get("filter", {}))


#: command -> method of `Connection`
COMMANDS = {
    "hello": "hello",
    "isMaster": "hello",
    "ismaster": "hello",
    "saslStart": "sasl_start",
    "saslContinue": "sasl_continue",
    "ping": "acknowledge",
    "buildInfo": "build_info",
    "buildinfo": "build_info",
    "endSessions": "acknowledge",
    "killCursors": "kill_cursors",
    "listCollections": "list_collections",
}
PUBLIC_COMMANDS = frozenset(
    {"hello", "isMaster", "ismaster", "saslStart", "saslContinue", "ping", "buildInfo", "buildinfo"}
)


@dataclass(frozen=True)
class Member:
    """A member as one network sees it: the host in its certificate and in DNS, and its port there."""

    host: str
    port: int


class MongodServer:
    """One port, on which the member `index` of `members()` answers; the set's conditions say which is the primary.

    `members` is asked anew for each `hello`. The context's SNI callback is this server's until `stop`, so each server
    needs a context of its own (ValueError otherwise). `on_sni` gets each handshake's server name, or None;
    `require_sni` ends handshakes without one, as Atlas does (asyncio closes before the TLS alert is out, so a client
    sees an early end of file where Atlas may say "internal error").
    """

    connection = Connection

    def __init__(
        self,
        replica_set: ReplicaSet,
        members: Callable[[], Sequence[Member]],
        index: int,
        bind: str,
        port: int,
        ssl_context: ssl.SSLContext,
        on_sni: Callable[[str | None], None] | None = None,
        require_sni: bool = False,
        allow_any: bool = False,
    ) -> None:
        self.replica_set = replica_set
        self._members = members
        self._index = index
        self._ssl = ssl_context
        self._on_sni = on_sni
        self._require_sni = require_sni
        self._server_names: WeakKeyDictionary[ssl.SSLObject, str | None] = WeakKeyDictionary()
        self._process_id = ObjectId()
        self._known: tuple[Member, ...] = ()
        self._primary: int | None = None
        self._version = 0
        self._listener = TcpListener(self._serve, bind, port, ssl_context=ssl_context, allow_any=allow_any)

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def is_primary(self) -> bool:
        return self.replica_set.set_name is None or self._index == self.replica_set.conditions.primary

    async def start(self) -> None:
        """Raises OSError when the address is taken, ValueError when another server uses the same TLS context."""
        if self._ssl.sni_callback is not None:
            raise ValueError("each server needs a TLS context of its own")
        await self._listener.start()
        self._ssl.sni_callback = self._sni

    async def stop(self) -> None:
        """Closes the listening socket and every open connection."""
        if self._ssl.sni_callback == self._sni:
            self._ssl.sni_callback = None
        await self._listener.stop()

    def topology_version(self) -> Document:
        """Counts how often the members, or the primary, were seen to change."""
        members, primary = tuple(self._members()), self.replica_set.conditions.primary
        if (members, primary) != (self._known, self._primary):
            self._known, self._primary = members, primary
            self._version += 1
        return {"processId": self._process_id, "counter": Int64(self._version)}

    def describe(self) -> Document:
        """The body of `hello`, and of its old name."""
        version = self.topology_version()
        place = {"msg": "isdbgrid"} if self.replica_set.set_name is None else self._place()
        return {
            "helloOk": True,
            "isWritablePrimary": self.is_primary,
            "ismaster": self.is_primary,
            **place,
            "topologyVersion": version,
            "maxBsonObjectSize": 16 << 20,
            "maxMessageSizeBytes": MAX_MESSAGE,
            "maxWriteBatchSize": 100_000,
            "localTime": datetime.now(timezone.utc),
            "logicalSessionTimeoutMinutes": 30,
            "minWireVersion": 0,
            "maxWireVersion": 25,
            "readOnly": False,
        }

    def _place(self) -> Document:
        """This member and the others, as the one that was asked knows them."""
        hosts = [f"{member.host}:{member.port}" for member in self._known]
        return {
            "secondary": not self.is_primary,
            "setName": self.replica_set.set_name,
            "setVersion": 1,
            "hosts": hosts,
            **({} if self._primary is None else {"primary": hosts[self._primary]}),
            "me": hosts[self._index],
        }

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.connection(self, reader, writer).serve()

    def server_name(self, client: asyncio.StreamWriter) -> str | None:
        """The server name that a client asked for in its handshake."""
        return self._server_names.get(client.get_extra_info("ssl_object"))

    def _sni(self, connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> int | None:
        self._server_names[connection] = name
        if self._on_sni is not None:
            self._on_sni(name)
        if name is None and self._require_sni:
            return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        return None
