# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway of an Azure DocumentDB cluster: to a driver, one mongos.

Source, unless it says otherwise: the gateway of the open DocumentDB project (documentdb/documentdb on GitHub,
pg_documentdb_gw), which the service runs; how far the service differs from it was not verified.
"""

from __future__ import annotations

from datetime import datetime, timezone

from tests.lab.documents import WRITES, CommandError, Document
from tests.lab.mongod import MAX_MESSAGE, Connection, MongodServer

#: By a server name with this in it, a cluster with high availability is there for reading only (source: public notes of
#: users). That the gateway knows by the server name is an assumption.
READ_ONLY = ".ro.global."


class GatewayConnection(Connection):
    """One client's connection."""

    user_database = None

    @property
    def read_only(self) -> bool:
        return READ_ONLY in (self._server_name or "")

    def check(self, name: str, body: Document) -> None:
        """Raises CommandError for a command that may not be run here.

        A retryable write is refused because the service's own connection strings say retrywrites=false. The words are
        those of Azure Cosmos DB for MongoDB; that this product refuses it is not verified, and the open gateway takes
        such a write for an ordinary one. A client that works here works with both.
        """
        if name in WRITES and self.read_only:
            raise CommandError(20, "IllegalOperation", "Cannot execute the operation on this replica cluster")
        if name in WRITES and "txnNumber" in body:
            option = 'Please disable retryable writes by specifying "retrywrites=false" in the connection string'
            message = f"Retryable writes are not supported. {option} or an equivalent driver specific config."
            raise CommandError(2, "BadValue", message)
        if name in self._set.conditions.denied:
            raise CommandError(13, "Unauthorized", "User is not authorized to perform this action")

    def authentication_failed(self) -> CommandError:
        """What a wrong password leads to; the open gateway tells an unknown user apart, which does not matter here."""
        return CommandError(18, "AuthenticationFailed", "Invalid key")

    def hello(self, body: Document) -> Document:
        """No `topologyVersion`, so clients ask now and then; nothing that would speed up the sign-in."""
        return {
            "isWritablePrimary": True,
            "ismaster": True,
            "msg": "isdbgrid",
            "maxBsonObjectSize": 16 << 20,
            "maxMessageSizeBytes": MAX_MESSAGE,
            "maxWriteBatchSize": 100_000,
            "localTime": datetime.now(timezone.utc),
            "logicalSessionTimeoutMinutes": 30,
            "minWireVersion": 0,
            "maxWireVersion": 25,
            "readOnly": self.read_only,
            "saslSupportedMechs": ["SCRAM-SHA-256"],
        }


class Gateway(MongodServer):
    """A port on which it answers, whatever the address."""

    connection = GatewayConnection
