# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Clusters as a private link sees them: tier, regions, and the connection strings that go through an endpoint. Pure."""

from __future__ import annotations

import typing as t
from urllib.parse import parse_qsl, urlsplit

from . import regions

State = dict[str, t.Any]

#: Tiers that private endpoints do not support (source: Atlas docs, free and shared tier limitations).
UNSUPPORTED_TIERS = ("M0", "M2", "M5", "FLEX")


def normalise(cluster: t.Mapping[str, t.Any]) -> State:
    """Pure: one cluster document (2024-08-05) in the shape that the modules return."""
    configs = [config for spec in cluster.get("replicationSpecs") or [] for config in spec.get("regionConfigs") or []]
    sizes = {(config.get("electableSpecs") or {}).get("instanceSize") for config in configs} - {None}
    strings = cluster.get("connectionStrings") or {}
    return {
        "name": cluster["name"],
        "state": cluster.get("stateName"),
        "paused": bool(cluster.get("paused")),
        "type": cluster.get("clusterType"),
        "instance_sizes": sorted(sizes),
        "supported": bool(sizes) and not sizes & set(UNSUPPORTED_TIERS),
        "regions": list(dict.fromkeys(_region(config) for config in configs)),
        "standard_srv": strings.get("standardSrv"),
        "private_endpoints": [_private(entry) for entry in strings.get("privateEndpoint") or []],
    }


def _region(config: t.Mapping[str, t.Any]) -> str:
    """C(AZURE/US_EAST_2). New Zealand has two Atlas names; one of them is used throughout."""
    name = config["regionName"]
    return f"{config['providerName']}/{regions.atlas_name(name) if config['providerName'] == 'AZURE' else name}"


def _private(entry: t.Mapping[str, t.Any]) -> State:
    return {
        "srv_connection_string": entry.get("srvConnectionString"),
        "connection_string": entry.get("connectionString"),
        "srv_host": urlsplit(entry.get("srvConnectionString") or "").netloc.rpartition("@")[2] or None,
        "type": entry.get("type"),
        "endpoint_ids": [item["endpointId"] for item in entry.get("endpoints") or [] if item.get("endpointId")],
        **parse(entry.get("connectionString") or ""),
    }


def parse(standard: str) -> State:
    """Pure: hosts, ports and options of a `mongodb://` string. Names and ports are always read, never constructed:
    their pattern has changed before and the index in them moves (source: Atlas docs, connection changes)."""
    parts = urlsplit(standard)
    hosts = [item.rpartition(":") for item in parts.netloc.rpartition("@")[2].split(",") if item]
    return {
        "targets": [{"host": host.lower(), "port": int(port)} for host, _colon, port in hosts if port.isdigit()],
        "options": {name: value for name, value in parse_qsl(parts.query) if name not in ("ssl", "tls")},
    }


def through(cluster: t.Mapping[str, t.Any], endpoint_id: str) -> list[State]:
    """Pure: the private strings of a cluster that go through this endpoint."""
    wanted = endpoint_id.lower()
    return [e for e in cluster["private_endpoints"] if wanted in (known.lower() for known in e["endpoint_ids"])]
