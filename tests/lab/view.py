# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients in one place are told: private zones linked to their network, then public DNS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.lab.dns import PrivateZone, PublicAnswer
from tests.lab.mongo_cluster import DOMAIN

if TYPE_CHECKING:
    from tests.lab.world import World


def _quoted(strings: list[str]) -> str:
    return " ".join('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in strings)


#: type -> the rdata of a record set's properties in ARM
RDATA: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "A": lambda p: [r["ipv4Address"] for r in p.get("aRecords", [])],
    "AAAA": lambda p: [r["ipv6Address"] for r in p.get("aaaaRecords", [])],
    "CNAME": lambda p: [p["cnameRecord"]["cname"].rstrip(".") + "."] if p.get("cnameRecord") else [],
    "SRV": lambda p: [
        f"{r['priority']} {r['weight']} {r['port']} {r['target'].rstrip('.')}." for r in p.get("srvRecords", [])
    ],
    "TXT": lambda p: [_quoted(r["value"]) for r in p.get("txtRecords", [])],
}


@dataclass(frozen=True)
class View:
    """The DNS of one place: the private zones linked to its network, then the public records."""

    world: World
    vnet_id: str | None

    def private_zones(self) -> list[PrivateZone]:
        if self.vnet_id is None or self.vnet_id.lower() in self.world.custom_dns:
            return []
        return self.world.linked_zones(self.vnet_id)

    def public(self, name: str, rdtype: str) -> PublicAnswer:
        records = self.world.public_records()
        exists = any(owner == name or owner.endswith("." + name) for owner, _type in records)
        zone = DOMAIN if f".{name}".endswith(f".{DOMAIN}") else self.world.domain
        return PublicAnswer(exists, records.get((name, rdtype)), zone)

    def fault(self, name: str, rdtype: str) -> str | None:
        here = self.vnet_id.lower() if self.vnet_id else None
        for key in ((name, rdtype), (name, "*"), ("*", rdtype), ("*", "*")):
            fault = self.world.view_faults.get((here, *key)) or self.world.dns_faults.get(key)
            if fault:
                return fault
        return None
