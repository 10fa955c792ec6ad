# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Which private DNS zones and records make a client find a cluster through its private endpoint: pure data."""

from __future__ import annotations

import typing as t

from ._atlas.clusters import through
from ._errors import InvalidInput

Record = dict[str, t.Any]
Zone = dict[str, t.Any]

MODES = ("host_zones", "cluster_zone")

#: Any other option in the TXT record makes drivers refuse the name (source: MongoDB's seedlist specification).
TXT_OPTIONS = ("authSource", "replicaSet", "loadBalanced")


def zones(
    clusters: t.Sequence[t.Mapping[str, t.Any]],
    endpoint_id: str,
    address: str,
    mode: str = "host_zones",
    ttl: int = 60,
    addresses: t.Mapping[str, str] | None = None,
) -> list[Zone]:
    """The zones for every connection string of these clusters that goes through one endpoint.

    `clusters` is what atlas_connection_info returns. `host_zones` gives one zone per target host with an apex A record:
    it shadows that name and nothing else. `cluster_zone` gives the zone that holds all names of the cluster, with SRV
    and TXT mirrored, because a linked private zone answers for every name below it. `addresses` (host -> address) is
    for strings that run through several endpoints, where one address does not say which host it belongs to.

    Raises `InvalidInput` for an unknown mode, and for a host whose address is not known.
    """
    if mode not in MODES:
        raise InvalidInput("mode", mode, " or ".join(MODES))
    strings = [entry for cluster in clusters for entry in through(cluster, endpoint_id)]
    found: dict[str, dict[tuple[str, str], Record]] = {}
    for entry in strings:
        for zone, record in _records(entry, address, mode, ttl, addresses or {}):
            found.setdefault(zone, {})[(record["name"], record["type"])] = record
    return [{"zone": zone, "records": list(records.values())} for zone, records in sorted(found.items())]


def _records(
    entry: t.Mapping[str, t.Any], address: str, mode: str, ttl: int, addresses: t.Mapping[str, str]
) -> t.Iterator[tuple[str, Record]]:
    hosts = list(dict.fromkeys(target["host"] for target in entry["targets"]))
    for host in hosts:
        value = addresses.get(host) or (address if len(hosts) == 1 else None)
        if value is None:
            raise InvalidInput("addresses", dict(addresses), f"a mapping that names the address of {host} too")
        zone, name = (host, "@") if mode == "host_zones" else (_parent(host), host.split(".")[0])
        yield zone, {"name": name, "type": "A", "ttl": ttl, "values": [value]}
    if mode == "cluster_zone":
        seed = entry["srv_host"]
        label = seed.split(".")[0]
        srv = [f"0 0 {target['port']} {target['host']}" for target in entry["targets"]]
        text = "&".join(f"{name}={value}" for name, value in entry["options"].items() if name in TXT_OPTIONS)
        yield _parent(seed), {"name": f"_mongodb._tcp.{label}", "type": "SRV", "ttl": ttl, "values": srv}
        yield _parent(seed), {"name": label, "type": "TXT", "ttl": ttl, "values": [text]}


def _parent(host: str) -> str:
    return host.split(".", 1)[1]
