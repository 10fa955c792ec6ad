# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Azure DocumentDB clusters (Azure Cosmos DB for MongoDB vCore) in the lab's world, and who is connected to them.

Sources: examples and model of the resource provider's specification (Microsoft.DocumentDB/mongoClusters, private link
resources, private endpoint connections); names and port as users' public logs show them.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.lab.dns import RecordSet

DOMAIN = "mongocluster.cosmos.azure.com"
ZONE = f"privatelink.{DOMAIN}"
TYPE = "Microsoft.DocumentDB/mongoClusters"
GROUP_ID = "MongoCluster"  # the only sub-resource
PORT = 10260
#: The names that a node's certificate is for. That the private zone's are not among them is an assumption.
CERTIFIED = tuple(f"*.{prefix}{DOMAIN}" for prefix in ("", "global.", "ro.global."))


@dataclass
class Connection:
    """A private endpoint as the cluster sees it: a `privateEndpointConnection`."""

    endpoint_id: str
    status: str = "Pending"  # Approved, Rejected
    description: str = ""
    known_at: float = 0.0  # on the world's clock: when the endpoint is provisioned, and the cluster learns of it
    guid: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def name(self) -> str:
        return f"{self.endpoint_id.rpartition('/')[2]}.{self.guid}"

    def state(self, now: float) -> tuple[str, str]:
        """(status, description) as the endpoint's side sees it."""
        return (self.status, self.description) if now >= self.known_at else ("Pending", "Awaiting approval")


@dataclass
class MongoCluster:
    """A cluster; `group_id` is the resource id of its resource group.

    With high availability its node is known by two more names, `global` and `ro.global`, the second for reading only.
    """

    name: str
    group_id: str
    location: str
    tier: str = "M30"
    high_availability: bool = False
    public_network_access: str = "Enabled"
    server_version: str = "8.0"
    status: str = "Ready"  # Stopped, Provisioning, ...
    public_address: str = "203.0.113.40"  # for documentation (RFC 5737), so nobody is there
    hash: str = field(default_factory=lambda: secrets.token_hex(6))
    member: str = field(default_factory=lambda: f"c.{secrets.token_hex(7)[:13]}")
    users: dict[str, str] = field(default_factory=lambda: {"app": secrets.token_urlsafe(18)})
    connections: dict[str, Connection] = field(default_factory=dict)  # by the endpoint's id, lower case
    tags: dict[str, str] = field(default_factory=dict)
    primary: int | None = 0  # there is one node to be seen
    denied: dict[str, int] = field(default_factory=dict)  # commands that its users may not run, each with 13
    full: bool = False  # it has too many connections: each is closed after its hello
    documents: Any = None  # the mongod part keeps the cluster's data here

    @property
    def id(self) -> str:
        return f"{self.group_id}/providers/{TYPE}/{self.name}"

    def id_of(self, connection: Connection) -> str:
        """The resource id of a connection."""
        return f"{self.id}/privateEndpointConnections/{connection.name}"

    def forget(self, key: str) -> None:
        """A connection goes with its endpoint; or alone, and leaves an endpoint that is Disconnected. `key` is the id
        of either, lower case."""
        gone = [end for end, one in self.connections.items() if key in (end, self.id_of(one).lower())]
        for end in gone:
            del self.connections[end]

    @property
    def seed(self) -> str:
        """The host of the mongodb+srv:// connection string."""
        return f"{self.name}.{DOMAIN}"

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the cluster's node, relative to the domain and to the private zone; the first one takes writes
        (source: records that zone groups write, in public notes of users with and without high availability)."""
        node = f"fc-{self.hash}-000"
        return (f"{node}.global", f"{node}.ro.global") if self.high_availability else (node,)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The node's names in public DNS."""
        return tuple(f"{label}.{DOMAIN}" for label in self.labels)

    @property
    def seeds(self) -> tuple[str, ...]:
        """The hosts of all connection strings: the cluster's own, and the `global` one that follows the primary cluster
        (published for every cluster, but here only where a node has that name: unverified for the others)."""
        return (self.seed, f"{self.name}.global.{DOMAIN}") if self.high_availability else (self.seed,)

    @property
    def answers(self) -> bool:
        """Whether its node takes connections."""
        return self.status in ("Ready", "Updating")

    @property
    def public_records(self) -> dict[tuple[str, str], RecordSet]:
        """What anybody is told: where the seeds lead, and the node's address, behind a name of the private zone as soon
        as there is a private endpoint. No TXT record, since no public source shows one; the TTLs are not verified."""
        records = {
            (f"_mongodb._tcp.{seed}", "SRV"): RecordSet(60, (f"0 0 {PORT} {self.hosts[0]}.",)) for seed in self.seeds
        }
        address = RecordSet(60, (self.public_address,))
        for label, host in zip(self.labels, self.hosts, strict=True):
            if self.connections:
                records[(host, "CNAME")] = RecordSet(60, (f"{label}.{ZONE}.",))
                records[(f"{label}.{ZONE}", "A")] = address
            else:
                records[(host, "A")] = address
        return records
