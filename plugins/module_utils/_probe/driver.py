# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The driver's hops: hello, authentication, and one document that is created, read, updated and deleted."""

from __future__ import annotations

import contextlib
import socket
import time
import typing as t
import uuid
import warnings
from datetime import datetime, timezone

from .hop import OK, Check, Hop
from .host import HOST, normalise
from .request import Request
from .resolver import Server, ask

try:
    import dns.nameserver
    import dns.resolver
    import pymongo
    from pymongo.errors import AutoReconnect, PyMongoError, ServerSelectionTimeoutError
except ImportError as error:
    PYMONGO_ERROR: str | None = str(error)
else:
    PYMONGO_ERROR = None

COLLECTION = "privatelink_probe"
APP_NAME = "privatelink.mongodb.private_link_probe"

#: Server codes. 8000 is Atlas' own, for a wrong password and for a missing privilege alike (live recordings 2026-08).
WRONG_CREDENTIALS = {18, 8000}
NOT_AUTHORIZED = {13, 8000}
NOT_PRIMARY = {10107, 11602, 13435, 13436}

#: Seconds for the other members to be heard from, once the primary is found: they are evidence, no more.
OTHERS = 0.5

#: PyMongo's names for members that accept writes.
WRITABLE = {"RSPrimary", "Mongos", "Standalone", "LoadBalancer"}


class Session:
    """A PyMongo client for the time of one probe. Leaves no document behind, whatever happens."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._client: t.Any = None
        self._key = {"_id": f"probe-{uuid.uuid4()}"}
        self._exists = self._may_exist = False
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_exception: object) -> None:
        with self._stack:
            if self._may_exist:
                with contextlib.suppress(PyMongoError):
                    self._collection.delete_one(self._key)

    def hello(self) -> Hop:
        """Finds the primary: seed list, monitors, the members' own view of the replica set."""
        check = Check("hello")
        self._stack.enter_context(warnings.catch_warnings())
        # PyMongo tells of every cluster in Azure that it may lack features; on stderr nobody knows which task said so.
        warnings.filterwarnings("ignore", message="You appear to be connected to")
        if self._request.servers:
            self._stack.enter_context(resolving_with(self._request.servers, self._request.timeout))
        try:
            self._client = self._stack.enter_context(pymongo.MongoClient(self._request.uri, **self._options()))
            self._client.is_primary  # noqa: B018  (waits for a member that accepts writes)
        except PyMongoError as error:
            seen = self._members()
            return self._failed(check, hello_symptom(error, seen["members"]), error, **seen)
        deadline = time.monotonic() + OTHERS
        while any(member["type"] == "Unknown" for member in self._members()["members"]) and time.monotonic() < deadline:
            time.sleep(0.005)
        seen = self._members()
        of_set = f" in the replica set {seen['set_name']}" if seen["set_name"] else ""
        return check.ok(f"{seen['primary']} accepts writes{of_set}", **seen)

    def authentication(self) -> Hop:
        """Logs in with the first command on a connection that the application would use."""
        check, username = Check("authentication"), self._request.username
        try:
            self._client.admin.command("ping")
        except PyMongoError as error:
            return self._failed(check, auth_symptom(error), error, username=username)
        return check.ok(f"logged in as {username}", username=username)

    def create(self) -> Hop:
        """Inserts one document whose id nobody else has."""
        document = {**self._key, "created_at": datetime.now(timezone.utc), "verified": False}
        self._may_exist = True  # even if no answer comes back
        hop = self._operate("create", "created", lambda documents: documents.insert_one(document).acknowledged)
        self._exists = hop.status == OK
        return hop

    def read(self) -> Hop:
        """Finds that document if it was created; else only sees whether reading is allowed."""
        found = "found" if self._exists else "may look for"
        return self._operate("read", found, lambda documents: documents.find_one(self._key) or not self._exists)

    def update(self) -> Hop:
        """Changes one field of it."""
        change = {"$set": {"verified": True}}
        return self._operate(
            "update", "updated", lambda documents: documents.update_one(self._key, change).matched_count
        )

    def delete(self) -> Hop:
        """Removes it."""
        hop = self._operate("delete", "deleted", lambda documents: documents.delete_one(self._key).deleted_count)
        self._may_exist = hop.status != OK
        return hop

    @property
    def _collection(self) -> t.Any:
        return self._client[self._request.database][COLLECTION]

    def _operate(self, name: str, done: str, operation: t.Callable[[t.Any], t.Any]) -> Hop:
        check = Check(name)
        namespace = f"{self._request.database}.{COLLECTION}"
        seen = {"username": self._request.username, "namespace": namespace, "id": self._key["_id"]}
        try:
            found = operation(self._collection)
        except PyMongoError as error:
            return self._failed(check, crud_symptom(error), error, **seen)
        if not found:
            return check.failed("lost", f"{seen['id']}, which was created, is not in {namespace}", **seen)
        return check.ok(f"{done} a document in {namespace}", **seen)

    def _failed(self, check: Check, symptom: str, error: Exception, **seen: t.Any) -> Hop:
        words = self._scrub(error)
        brief = _first_line(words)
        return check.failed(symptom, brief, **seen, error=brief, detail=words, code=code_of(error))

    def _options(self) -> dict[str, t.Any]:
        request = self._request
        milliseconds = int(request.timeout * 1000)
        given = {
            "username": request.username,
            "password": request.password,
            "authSource": request.auth_source if request.username else None,
            "replicaSet": request.replica_set,
            "tlsCAFile": request.ca_path,
        }
        return {
            "appname": APP_NAME,
            "tls": True,
            "retryWrites": request.retry_writes,
            "serverSelectionTimeoutMS": milliseconds,
            "connectTimeoutMS": milliseconds,
            "socketTimeoutMS": milliseconds,
            **{name: value for name, value in given.items() if value is not None},
        }

    def _members(self) -> dict[str, t.Any]:
        if self._client is None:
            return {"driver": pymongo.version, "topology": None, "set_name": None, "primary": None, "members": []}
        topology = self._client.topology_description
        members = [
            {
                "member": "{}:{}".format(*member.address),
                "type": member.server_type_name,
                "error": self._scrub(member.error) if member.error else None,
            }
            for _address, member in sorted(topology.server_descriptions().items())
        ]
        return {
            "driver": pymongo.version,
            "topology": topology.topology_type_name,
            "set_name": topology.replica_set_name,
            "primary": next((m["member"] for m in members if m["type"] in WRITABLE), None),
            "members": members,
        }

    def _scrub(self, error: object) -> str:
        text = str(error)
        return text.replace(self._request.password, "***") if self._request.password else text


@contextlib.contextmanager
def resolving_with(servers: t.Sequence[Server], timeout: float) -> t.Iterator[None]:
    """Makes this process resolve names with these servers, for SRV, TXT and addresses; puts everything back.

    dnspython could replace getaddrinfo as well, but up to 2.7 not with the signature that PyMongo calls.
    """
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [dns.nameserver.Do53Nameserver(server.address, server.port) for server in servers]
    resolver.lifetime = timeout
    system = socket.getaddrinfo

    def getaddrinfo(host: t.Any, port: t.Any, family: int = 0, *args: t.Any, **kwargs: t.Any) -> list[t.Any]:
        kinds = [kind for kind, its in (("A", socket.AF_INET), ("AAAA", socket.AF_INET6)) if family in (0, its)]
        name = host.decode() if isinstance(host, bytes) else host or ""
        if not HOST.fullmatch(normalise(name)):
            return system(host, port, family, *args, **kwargs)
        found = [address for kind in kinds for address in ask(servers, name, kind, timeout).records]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, f"{name} has no address")
        return [entry for address in found for entry in system(address, port, family, *args, **kwargs)]

    before, dns.resolver.default_resolver = dns.resolver.default_resolver, resolver
    socket.getaddrinfo = getaddrinfo
    try:
        yield
    finally:
        socket.getaddrinfo = system
        dns.resolver.default_resolver = before


def hello_symptom(error: Exception, members: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    """Pure: why no primary was found, in one word."""
    if not isinstance(error, ServerSelectionTimeoutError):
        return "configuration"
    if not members:  # each was found to be in another set, and dropped
        return "wrong_set"
    if all(member["type"] == "Unknown" for member in members):
        return "unreachable"
    return "members_unreachable" if any(member["type"] == "Unknown" for member in members) else "no_primary"


def auth_symptom(error: Exception) -> str:
    """Pure: why a login failed, in one word."""
    if code_of(error) in WRONG_CREDENTIALS:
        return "wrong_credentials"
    return "closed" if isinstance(error, AutoReconnect) else "error"


def crud_symptom(error: Exception) -> str:
    """Pure: why an operation failed, in one word."""
    code = code_of(error)
    if code in NOT_AUTHORIZED:
        return "not_authorized"
    if code in NOT_PRIMARY:
        return "not_primary"
    if "retryable writes are not supported" in str(error).lower():
        return "retry_refused"
    return "closed" if isinstance(error, AutoReconnect) else "error"


def code_of(error: Exception) -> int | None:
    """Pure: the server's number for an error. PyMongo keeps that of some in their details only."""
    return getattr(error, "code", None) or (getattr(error, "details", None) or {}).get("code")


def _first_line(text: str) -> str:
    return text.partition(", full error")[0].partition(", Timeout:")[0][:300]
