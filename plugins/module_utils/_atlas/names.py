# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Whether the domain of a cluster's names belongs to the cluster alone. Pure.

Atlas has named clusters in two ways (source: MongoDB's documentation of connection strings, and clusters of users):

- The hash is a domain: `cluster0-pl-0.ab123.mongodb.net` leads to `pl-0-eastus2-azure.ab123.mongodb.net`. Nothing else
  is in `ab123.mongodb.net` but names of the project's clusters.
- The hash ends the first label: `cluster0-pl-0-ab123.azure.mongodb.net` leads to
  `pl-0-eastus2-ab123.azure.mongodb.net`. All customers' older clusters on Azure are in `azure.mongodb.net`.
"""

from __future__ import annotations

import re
import typing as t

from .regions import pair
from .strings import through

Mapping = t.Mapping[str, t.Any]

#: Labels that mean a cloud, a service or a part of it, never a cluster. With a region they make a shared domain.
COMMON = frozenset(
    ("a", "aws", "azure", "gcp", "privatelink", "query", "search")  # of MongoDB
    + ("cosmos", "database", "documents", "global", "mongo", "mongocluster")  # of Azure
)
#: How the first label of a private name ends: the index of the endpoint, then perhaps a location, then perhaps a hash.
_SEED = re.compile(r"^.+-pl-\d+-(?:.+-)?([a-z0-9]{4,})$")
_TARGET = re.compile(r"^pl-\d+-.+-([a-z0-9]{4,})$")


def is_shared(domain: str) -> bool:
    """Whether a domain holds names of clusters of more than one customer, as far as the domain itself tells."""
    labels = domain.lower().rstrip(".").split(".")
    return all(label in COMMON or pair(label) for label in labels[:-2])


def in_shared_domain(cluster: Mapping, endpoint_id: str = "") -> list[dict[str, str]]:
    """The private names of a cluster that are directly below a shared domain: `host` and `domain`, each once.

    Only the strings through an endpoint count if one is given. A cluster that has no private strings yet is judged by
    its public name, which has the same shape.
    """
    entries = through(cluster, endpoint_id) if endpoint_id else cluster["private_endpoints"]
    found = [name for entry in entries for name in _names(entry) if is_shared(_parent(name)) or _ends_with_hash(entry)]
    public = str(cluster.get("standard_srv") or "").rpartition("/")[2].rpartition("@")[2].lower()
    if public and not cluster["private_endpoints"]:
        is_older = public.startswith(f"{cluster['name'].lower()}-") and "." in public
        found += [public] if is_older or is_shared(_parent(public)) else []
    return [{"host": name, "domain": _parent(name)} for name in dict.fromkeys(found)]


def _names(entry: Mapping) -> list[str]:
    """The name in a string and the hosts that it leads to."""
    return [*filter(None, [entry["srv_host"]]), *(one["host"] for one in entry["targets"])]


def _ends_with_hash(entry: Mapping) -> bool:
    """Whether the first labels of a string's name and of all its targets end with the same hash."""
    seed = _SEED.match(_label(entry["srv_host"] or ""))
    ends = {
        found[1] if found else "" for found in map(_TARGET.match, (_label(one["host"]) for one in entry["targets"]))
    }
    return seed is not None and ends == {seed[1]}


def _label(name: str) -> str:
    return name.lower().partition(".")[0]


def _parent(name: str) -> str:
    return name.partition(".")[2]
