# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who there is in Azure: tenants, the subscriptions that trust them, and service principals."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field

from tests.lab.rights import Rights


def guid() -> str:
    return str(uuid.uuid4())


@dataclass
class Principal:
    """A service principal of a tenant. It may do what its `rights` say, in its `subscriptions` alone (None: in all of
    its tenant)."""

    tenant_id: str
    client_id: str = field(default_factory=guid)
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    subscriptions: set[str] | None = None
    rights: Rights = field(default_factory=Rights)

    def reaches(self, subscription: str) -> bool:
        """Whether it has a role in a subscription that trusts its tenant."""
        return self.subscriptions is None or subscription.lower() in self.subscriptions


@dataclass
class Directory:
    """The tenant of each subscription, and the service principals by client id, the first one first."""

    subscriptions: dict[str, str] = field(default_factory=dict)
    principals: dict[str, Principal] = field(default_factory=dict)

    def add_subscription(self, tenant_id: str = "") -> str:
        """A new subscription; of a new tenant, if none is given."""
        subscription = guid()
        self.subscriptions[subscription] = tenant_id or guid()
        return subscription

    def add_principal(self, *subscriptions: str, tenant_id: str = "") -> Principal:
        """A new service principal of the tenant that these subscriptions trust, with every right in them; or with every
        right in a tenant."""
        tenant = tenant_id or self.subscriptions[subscriptions[0]]
        made = Principal(tenant, subscriptions=set(subscriptions) or None)
        self.principals[made.client_id] = made
        return made

    def tenants(self) -> set[str]:
        return {*self.subscriptions.values(), *(one.tenant_id for one in self.principals.values())}

    def seen_by(self, principal: Principal | None) -> list[str]:
        """The subscriptions that somebody sees in a list; None sees all."""
        return [
            subscription
            for subscription, tenant in self.subscriptions.items()
            if principal is None or (tenant == principal.tenant_id and principal.reaches(subscription))
        ]
