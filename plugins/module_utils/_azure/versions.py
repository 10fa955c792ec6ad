# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Which version of Azure's API is spoken: for each family of resources one that every cloud, the sovereign ones too,
has had for a while."""

from __future__ import annotations

import re
import typing as t

from .._errors import InvalidInput
from . import ids

#: Source: azure-mgmt-network 28.1.
NETWORK_VERSION = "2024-05-01"
#: Source: azure-mgmt-privatedns 1.2. `resolutionPolicy` of zone links needs it.
DNS_VERSION = "2024-06-01"
#: The first stable one (source: the resource provider's specification), which has all that is used here.
MONGO_VERSION = "2024-07-01"
#: Sources: azure-mgmt-resource, its features and resources clients.
FEATURES_VERSION = "2021-07-01"
PROVIDERS_VERSION = "2021-04-01"

#: Types of which the version need not be looked up, and with them that of all that is in them.
_KNOWN = {
    ids.MONGO_CLUSTERS.lower(): MONGO_VERSION,
    ids.PRIVATE_DNS_ZONES.lower(): DNS_VERSION,
    ids.NETWORK_INTERFACES.lower(): NETWORK_VERSION,
    ids.PRIVATE_ENDPOINTS.lower(): NETWORK_VERSION,
    ids.PRIVATE_LINK_SERVICES.lower(): NETWORK_VERSION,
    ids.VIRTUAL_NETWORKS.lower(): NETWORK_VERSION,
}


def known(path: str) -> str | None:
    """The version for what a path leads to, or None where its provider must be asked."""
    return _KNOWN.get("/".join(path.lower().rpartition("/providers/")[2].split("/")[:2]))


def checked_version(value: str, option: str = "api_version") -> str:
    """A version as it is, or `InvalidInput`."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(-\w+)?", value, re.ASCII):
        raise InvalidInput(option, value, "a version of Azure's API, such as 2024-07-01")
    return value


def newest(provider: t.Mapping[str, t.Any], kind: str) -> str | None:
    """Pure: the newest version of a resource type, a stable one if there is any, or None for an unknown type.
    `provider` is what ARM answers to GET /subscriptions/{id}/providers/{namespace}."""
    name = kind.partition("/")[2]
    versions = next(
        (
            one.get("apiVersions") or []
            for one in provider.get("resourceTypes") or []
            if ids.same(one.get("resourceType"), name)
        ),
        [],
    )
    return max((one for one in versions if len(one) == len("2024-07-01")), default=max(versions, default=None))
