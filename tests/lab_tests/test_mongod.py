# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's MongoDB as PyMongo meets it: `mongodb+srv://`, the lab's own DNS, TLS with names, three ports."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import secrets
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bson
import dns.resolver
import pytest
import trustme
from pymongo import DeleteOne, InsertOne, MongoClient, ReplaceOne, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, NotPrimaryError, OperationFailure
from pymongo.write_concern import WriteConcern

from tests.lab.dns import DnsServer, PrivateZone, PublicAnswer, RecordSet
from tests.lab.mongod import EXHAUST_ALLOWED, MORE_TO_COME, OP_MSG, OP_QUERY, OP_REPLY, Member, MongodServer, ReplicaSet
from tests.support.background import Run, background_loop

DOMAIN = "ab123.mongodb.net"
HOSTS = (f"pl-0-eastus2-azure.{DOMAIN}", f"pl-1-eastus2-azure.{DOMAIN}")
SEED = f"cluster0-pl-0.{DOMAIN}"
SET_NAME = "atlas-x1y2z3-shard-0"
PASSWORD = secrets.token_urlsafe(18)


@dataclass
class PublicView:
    """Public DNS only: what Atlas publishes for one private endpoint."""

    records: dict[tuple[str, str], RecordSet]

    def private_zones(self) -> list[PrivateZone]:
        return []

    def public(self, name: str, rdtype: str) -> PublicAnswer:
        return PublicAnswer(
            any(owner == name for owner, _type in self.records), self.records.get((name, rdtype)), DOMAIN
        )

    def fault(self, name: str, rdtype: str) -> str | None:
        return None


@dataclass
class Site:
    """Three members behind one address, seen under `host`."""

    run: Run
    ca: trustme.CA
    replica_set: ReplicaSet
    host: str = HOSTS[0]
    servers: list[MongodServer] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)

    def members(self) -> list[Member]:
        return [Member(self.host, server.port) for server in self.servers]

    def server(self, index: int, **options: Any) -> MongodServer:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*HOSTS).configure_cert(context)
        return MongodServer(
            self.replica_set, self.members, index, "127.0.0.1", 0, context, on_sni=self.names.append, **options
        )

    def client_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.ca.configure_trust(context)
        return context

    def connect(self, port: int, name: str | None = HOSTS[0]) -> ssl.SSLSocket:
        context = self.client_context()
        context.check_hostname = name is not None
        return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=5), server_hostname=name)


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with background_loop() as run:
        yield run


@pytest.fixture
def site(run: Run) -> Iterator[Site]:
    site = Site(run, trustme.CA(), ReplicaSet(SET_NAME, {"app": PASSWORD}))
    site.servers = [site.server(index, require_sni=True) for index in range(3)]
    for server in site.servers:
        run(server.start())
    yield site
    run(stop_all(site.servers))


async def stop_all(servers: list[MongodServer]) -> None:
    await asyncio.gather(*(server.stop() for server in servers))


@pytest.fixture
def ca_file(site: Site, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    site.ca.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def resolver(run: Run, site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The lab's DNS becomes this process' resolver: for SRV and TXT, and for the hosts' addresses.

    Not by dnspython's override_system_resolver: before dnspython 2.9 its getaddrinfo has no parameter called `type`,
    which PyMongo 4.15 passes by name.
    """
    records = {
        (f"_mongodb._tcp.{SEED}", "SRV"): RecordSet(60, tuple(f"0 0 {s.port} {HOSTS[0]}." for s in site.servers)),
        (SEED, "TXT"): RecordSet(60, (f'"authSource=admin&replicaSet={SET_NAME}"',)),
        **{(host, "A"): RecordSet(60, ("127.0.0.1",)) for host in HOSTS},
    }
    server = DnsServer(PublicView(records), "127.0.0.1", 0)
    run(server.start())
    mine = dns.resolver.Resolver(configure=False)
    mine.nameservers = ["127.0.0.1"]
    mine.port = server.port
    system = socket.getaddrinfo

    def getaddrinfo(host: str, *args: Any, **options: Any) -> Any:
        return system(mine.resolve(host, "A")[0].to_text() if host in HOSTS else host, *args, **options)

    monkeypatch.setattr(dns.resolver, "default_resolver", mine)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield
    run(server.stop())


@contextlib.contextmanager
def pymongo_client(ca_file: str, userinfo: str, **options: Any) -> Iterator[MongoClient[dict[str, Any]]]:
    uri = options.pop("uri", f"mongodb+srv://{userinfo}@{SEED}/?retryWrites=true&w=majority")
    client: MongoClient[dict[str, Any]] = MongoClient(
        uri, tlsCAFile=ca_file, serverSelectionTimeoutMS=5000, connectTimeoutMS=5000, **options
    )
    try:
        yield client
    finally:
        client.close()


@pytest.fixture
def client(resolver: None, ca_file: str) -> Iterator[MongoClient[dict[str, Any]]]:
    with pymongo_client(ca_file, f"app:{PASSWORD}") as client:
        yield client


Client = MongoClient[dict[str, Any]]


def test_a_document_lives_and_dies(client: Client) -> None:
    collection = client.shop.orders
    ident = collection.insert_one({"item": "a", "n": 1}).inserted_id
    assert collection.find_one({"_id": ident}) == {"_id": ident, "item": "a", "n": 1}
    result = collection.update_one({"_id": ident}, {"$set": {"n": 2}})
    assert (result.matched_count, result.modified_count) == (1, 1)
    assert collection.update_one({"_id": ident}, {"$set": {"n": 2}}).modified_count == 0
    collection.replace_one({"item": "a"}, {"item": "b"})
    assert list(collection.find()) == [{"_id": ident, "item": "b"}]
    assert collection.delete_one({"_id": ident}).deleted_count == 1
    assert collection.find_one({"_id": ident}) is None


def test_upserts(client: Client) -> None:
    collection = client.shop.upserts
    first = collection.update_one({"item": "a"}, {"$set": {"n": 1}}, upsert=True)
    assert first.matched_count == 0
    assert collection.find_one({"_id": first.upserted_id}) == {"_id": first.upserted_id, "item": "a", "n": 1}
    assert collection.replace_one({"_id": 7}, {"n": 2}, upsert=True).upserted_id == 7
    assert collection.replace_one({"_id": 7}, {"n": 3}, upsert=True).upserted_id is None
    assert collection.find_one({"_id": 7}) == {"_id": 7, "n": 3}


def test_many(client: Client) -> None:
    collection = client.shop.many
    collection.insert_many([{"_id": n, "even": n % 2 == 0} for n in range(10)])
    assert collection.count_documents({}) == 10
    assert collection.count_documents({"even": True}) == 5
    assert collection.count_documents({"even": True}, skip=1, limit=3) == 3
    assert collection.count_documents({"even": "no such value"}) == 0
    assert collection.estimated_document_count() == 10
    assert [document["_id"] for document in collection.find({"even": False}).skip(1).limit(2)] == [3, 5]
    assert collection.update_many({"even": True}, {"$set": {"seen": True}}).modified_count == 5
    assert collection.delete_many({"even": True}).deleted_count == 5
    assert collection.count_documents({"seen": True}) == 0
    assert client.shop.list_collection_names() == ["many"]
    collection.drop()
    assert client.shop.list_collection_names() == []


def test_find_one_and(client: Client) -> None:
    collection = client.shop.found
    collection.insert_one({"_id": 1, "n": 1})
    assert collection.find_one_and_update({"_id": 1}, {"$set": {"n": 2}}) == {"_id": 1, "n": 1}
    replaced = collection.find_one_and_replace({"_id": 1}, {"m": 3}, return_document=ReturnDocument.AFTER)
    assert replaced == {"_id": 1, "m": 3}
    upserted = collection.find_one_and_update(
        {"_id": 2}, {"$set": {"n": 1}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    assert upserted == {"_id": 2, "n": 1}
    assert collection.find_one_and_update({"_id": 3}, {"$set": {"n": 1}}) is None
    assert collection.find_one_and_delete({"_id": 1}) == {"_id": 1, "m": 3}
    assert collection.find_one_and_delete({"_id": 1}) is None


def test_bulk_and_unacknowledged_writes(client: Client) -> None:
    collection = client.shop.bulk
    result = collection.bulk_write(
        [InsertOne({"_id": 1}), UpdateOne({"_id": 1}, {"$set": {"n": 1}}), ReplaceOne({"_id": 2}, {}, upsert=True)]
    )
    assert (result.inserted_count, result.modified_count, result.upserted_ids) == (1, 1, {2: 2})
    assert collection.bulk_write([DeleteOne({"_id": 1}), DeleteOne({"_id": 9})]).deleted_count == 1
    unacknowledged = collection.with_options(write_concern=WriteConcern(w=0))
    unacknowledged.insert_one({"_id": 3})
    deadline = time.monotonic() + 5
    while collection.find_one({"_id": 3}) is None:
        assert time.monotonic() < deadline


def test_duplicate_keys(client: Client) -> None:
    collection = client.shop.duplicates
    collection.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError):
        collection.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError):
        collection.replace_one({"_id": 1, "n": 1}, {"n": 2}, upsert=True)
    with pytest.raises(BulkWriteError):
        collection.insert_many([{"_id": 1}, {"_id": 2}])
    assert collection.count_documents({}) == 1
    with pytest.raises(BulkWriteError):
        collection.insert_many([{"_id": 1}, {"_id": 2}], ordered=False)
    assert collection.count_documents({}) == 2


def test_what_the_lab_cannot_do_it_says(client: Client) -> None:
    collection = client.shop.limits
    attempts: list[Callable[[], object]] = [
        lambda: collection.find_one({"n": {"$gt": 1}}),
        lambda: collection.find_one({"a.b": 1}),
        lambda: collection.find_one({"$or": [{"n": 1}]}),
        lambda: list(collection.find().sort("n", 1)),
        lambda: collection.find_one({}, {"n": 1}),
        lambda: collection.find_one_and_delete({}, sort=[("n", 1)]),
        lambda: collection.update_one({"_id": 1}, {"$inc": {"n": 1}}, upsert=True),
        lambda: collection.update_one({"_id": 1}, [{"$set": {"n": 1}}], upsert=True),
        lambda: collection.update_one({"_id": 1}, {"$set": {"a.b": 1}}, upsert=True),
        lambda: list(collection.aggregate([{"$project": {"n": 1}}])),
        lambda: list(collection.aggregate([{"$group": {"_id": "$n"}}])),
        lambda: list(collection.aggregate([{"$group": {"_id": "$t", "n": {"$sum": 1}}}])),
        lambda: list(client.shop.aggregate([{"$listLocalSessions": {}}])),
        lambda: collection.find_one({"t": re.compile("^x")}),
        lambda: collection.find_one({}, hint="n_1"),
        lambda: collection.find_one({}, collation={"locale": "en"}),
        lambda: collection.update_one({"_id": 1}, {"$inc": {"n": 1}}),
        lambda: collection.delete_one({}, hint="n_1"),
        lambda: collection.with_options(write_concern=WriteConcern(w=50)).insert_one({"_id": 1}),
        lambda: collection.create_index("n"),
        lambda: list(collection.list_indexes()),
        lambda: collection.distinct("n"),
        lambda: client.list_database_names(),
        lambda: client.admin.command("frobnicate"),
        lambda: client.admin.command("bulkWrite", 1, ops=[], nsInfo=[]),  # which wire version 25 invites
        lambda: in_transaction(client, collection),
    ]
    for attempt in attempts:
        with pytest.raises(OperationFailure, match="not supported by the lab") as failure:
            attempt()
        assert failure.value.code == 115
    assert collection.count_documents({}) == 0


def in_transaction(client: Client, collection: Any) -> None:
    with client.start_session() as session, session.start_transaction():
        collection.insert_one({"_id": 1}, session=session)


def test_small_talk(client: Client) -> None:
    assert client.admin.command("ping")["ok"] == 1.0
    assert client.server_info()["versionArray"] == [8, 0, 0, 0]
    assert client.shop.command({"killCursors": "c", "cursors": [bson.Int64(5)]})["cursorsNotFound"] == [5]
    with client.start_session() as session:
        client.shop.sessions.insert_one({"_id": 1}, session=session)


def test_the_driver_sees_three_members_by_name(client: Client, site: Site) -> None:
    client.admin.command("ping")
    description = client.topology_description
    assert description.topology_type_name == "ReplicaSetWithPrimary"
    assert description.replica_set_name == SET_NAME
    assert client.primary == (HOSTS[0], site.servers[0].port)
    deadline = time.monotonic() + 5
    while client.secondaries != {(HOSTS[0], server.port) for server in site.servers[1:]}:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert set(site.names) == {HOSTS[0]}


def test_members_that_move_are_followed(client: Client, site: Site) -> None:
    client.shop.moving.insert_one({"_id": 1})
    site.host = HOSTS[1]
    deadline = time.monotonic() + 5
    while client.primary != (HOSTS[1], site.servers[0].port):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert {host for host, _port in client.nodes} == {HOSTS[1]}
    assert client.shop.moving.find_one({}) == {"_id": 1}


@pytest.mark.parametrize(
    ("userinfo", "options"),
    [("app:wrong", {}), (f"nobody:{PASSWORD}", {}), (f"app:{PASSWORD}", {"authSource": "shop"})],
    ids=["password", "user", "authSource"],
)
def test_bad_credentials(resolver: None, ca_file: str, userinfo: str, options: dict[str, Any]) -> None:
    with (
        pymongo_client(ca_file, userinfo, **options) as client,
        pytest.raises(OperationFailure, match="bad auth : authentication failed") as failure,
    ):
        client.admin.command("ping")
    assert failure.value.code == 8000
    assert failure.value.details is not None
    assert failure.value.details["codeName"] == "AtlasError"


def test_a_changed_password_counts_at_the_next_login(resolver: None, site: Site, ca_file: str) -> None:
    with pymongo_client(ca_file, f"app:{PASSWORD}") as client:
        client.admin.command("ping")
    site.replica_set.users = {"app": "another"}
    with pymongo_client(ca_file, f"app:{PASSWORD}") as client, pytest.raises(OperationFailure):
        client.admin.command("ping")
    with pymongo_client(ca_file, "app:another") as client:
        client.admin.command("ping")


def test_only_scram_sha_256(resolver: None, ca_file: str) -> None:
    with (
        pymongo_client(ca_file, f"app:{PASSWORD}", authMechanism="SCRAM-SHA-1") as client,
        pytest.raises(OperationFailure) as failure,
    ):
        client.admin.command("ping")
    assert failure.value.code == 334


def test_without_credentials(resolver: None, ca_file: str) -> None:
    with pymongo_client(ca_file, "", uri=f"mongodb+srv://{SEED}/") as client:
        assert client.admin.command("ping")["ok"] == 1.0
        with pytest.raises(OperationFailure, match="command insert requires authentication") as failure:
            client.shop.orders.insert_one({})
    assert failure.value.code == 13


def test_only_the_primary_writes(resolver: None, site: Site, ca_file: str) -> None:
    uri = f"mongodb://app:{PASSWORD}@{HOSTS[0]}:{site.servers[1].port}/?tls=true&directConnection=true"
    with pymongo_client(ca_file, "", uri=uri) as client:
        assert client.shop.orders.count_documents({}) == 0
        with pytest.raises(NotPrimaryError) as failure:
            client.shop.orders.insert_one({})
    assert isinstance(failure.value.details, dict)
    assert failure.value.details["code"] == 10107


def test_a_handshake_without_a_server_name_is_refused(site: Site, run: Run) -> None:
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        site.connect(site.servers[0].port, name=None)
    lenient = site.server(0)
    run(lenient.start())
    with site.connect(lenient.port, name=None):
        pass
    run(lenient.stop())
    assert site.names == [None, None]


def test_servers_do_not_share_a_tls_context(site: Site, run: Run) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    first, second = (MongodServer(site.replica_set, site.members, index, "127.0.0.1", 0, context) for index in range(2))
    run(first.start())
    with pytest.raises(ValueError, match="a TLS context of its own"):
        run(second.start())
    run(first.stop())
    run(second.start())
    run(second.stop())


def test_stop_is_prompt_and_ends_open_connections(site: Site) -> None:
    server = site.servers[0]
    with site.connect(server.port) as idle, site.connect(server.port) as waiting:
        send(waiting, OP_MSG, 1, awaited_hello(server, 60_000, EXHAUST_ALLOWED))
        started = time.monotonic()
        site.run(server.stop())
        assert time.monotonic() - started < 2
        for sock in (idle, waiting):
            with contextlib.suppress(ConnectionResetError, ssl.SSLEOFError):
                assert sock.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=2)


def test_only_loopback_unless_told_otherwise(site: Site) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with pytest.raises(ValueError, match="listens on 127.0.0.0/8 only"):
        MongodServer(site.replica_set, site.members, 0, "10.0.0.4", 1024, context)
    assert MongodServer(site.replica_set, site.members, 0, "10.0.0.4", 1024, context, allow_any=True).port == 1024


def test_no_password_is_logged(
    resolver: None, ca_file: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = secrets.token_urlsafe(18)
    with pymongo_client(ca_file, f"app:{PASSWORD}") as client:
        client.admin.command("ping")
    with pymongo_client(ca_file, f"app:{wrong}") as client, pytest.raises(OperationFailure):
        client.admin.command("ping")
    out, err = capfd.readouterr()
    for secret in (PASSWORD, wrong):
        assert secret not in caplog.text + out + err


# -- Byte by byte ------------------------------------------------------------------------------------------------------


def send(sock: ssl.SSLSocket, opcode: int, ident: int, payload: bytes) -> None:
    sock.sendall(struct.pack("<iiii", 16 + len(payload), ident, 0, opcode) + payload)


def receive(sock: ssl.SSLSocket) -> tuple[tuple[int, int, int], bytes]:
    """((id, response to, opcode), payload) of one message."""
    with sock.makefile("rb") as stream:
        length, *header = struct.unpack("<iiii", stream.read(16))
        return (header[0], header[1], header[2]), stream.read(length - 16)


def test_the_old_handshake(site: Site) -> None:
    with site.connect(site.servers[1].port) as sock:
        query = struct.pack("<i", 0) + b"admin.$cmd\0" + struct.pack("<ii", 0, -1) + bson.encode({"isMaster": 1})
        send(sock, OP_QUERY, 77, query)
        (_ident, response_to, opcode), payload = receive(sock)
    assert (response_to, opcode) == (77, OP_REPLY)
    reply = bson.decode(payload[20:])
    ports = [server.port for server in site.servers]
    assert reply["hosts"] == [f"{HOSTS[0]}:{port}" for port in ports]
    assert (reply["me"], reply["primary"]) == (f"{HOSTS[0]}:{ports[1]}", f"{HOSTS[0]}:{ports[0]}")
    assert (reply["ismaster"], reply["secondary"], reply["setName"]) == (False, True, SET_NAME)
    assert reply["localTime"].year >= 2026


def awaited_hello(server: MongodServer, milliseconds: int, flags: int) -> bytes:
    hello = {"hello": 1, "topologyVersion": server.topology_version(), "maxAwaitTimeMS": milliseconds, "$db": "admin"}
    return struct.pack("<Ib", flags, 0) + bson.encode(hello)


def test_an_exhaust_hello_answers_each_change(site: Site) -> None:
    server = site.servers[0]
    with site.connect(server.port) as sock:
        send(sock, OP_MSG, 2, awaited_hello(server, 60_000, EXHAUST_ALLOWED))
        answered = 2
        for host in (HOSTS[1], HOSTS[0]):
            site.host = host
            (ident, response_to, _opcode), payload = receive(sock)
            assert (struct.unpack_from("<I", payload)[0], response_to) == (MORE_TO_COME, answered)
            assert bson.decode(payload[5:])["primary"] == f"{host}:{server.port}"
            answered = ident


def test_an_awaited_hello_ends_in_time(site: Site) -> None:
    server = site.servers[0]
    with site.connect(server.port) as sock:
        started = time.monotonic()
        send(sock, OP_MSG, 1, awaited_hello(server, 200, 0))
        _header, payload = receive(sock)
        assert 0.15 < time.monotonic() - started < 2
        assert struct.unpack_from("<I", payload)[0] == 0


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        struct.pack("<iiii", 21, 1, 0, OP_MSG) + struct.pack("<Ib", 0, 9),
        struct.pack("<iiii", 36, 1, 0, OP_MSG) + b"\xff" * 20,
        struct.pack("<iiii", 20, 1, 0, OP_QUERY) + b"abcd",
        struct.pack("<iiii", 2**31 - 1, 1, 0, OP_MSG),
    ],
    ids=["http", "no-section", "no-bson", "short-query", "huge"],
)
def test_what_is_no_message_ends_the_connection(site: Site, data: bytes) -> None:
    with site.connect(site.servers[0].port) as sock:
        sock.sendall(data)
        with contextlib.suppress(ConnectionResetError):
            assert sock.recv(1) == b""
    with site.connect(site.servers[0].port):
        pass
