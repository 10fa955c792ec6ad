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

DOMAIN = "mongocluster.cosmos.azure.com"
ZONE = f"privatelink.{DOMAIN}"
TYPE = "Microsoft.DocumentDB/mongoClusters"
GROUP_ID = "MongoCluster"  # the only sub-resource
PORT = 10260


@dataclass
class Connection:
    """A private endpoint as the cluster sees it: a `privateEndpointConnection`."""

    endpoint_id: str
    status: str = "Pending"  # Approved, Rejected
    description: str = ""
    guid: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def name(self) -> str:
        return f"{self.endpoint_id.rpartition('/')[2]}.{self.guid}"


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
    documents: Any = None  # the mongod part keeps the cluster's data here

    @property
    def id(self) -> str:
        return f"{self.group_id}/providers/{TYPE}/{self.name}"

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
