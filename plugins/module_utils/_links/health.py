# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What is right or wrong with a link, as far as both clouds tell: pure data."""

from __future__ import annotations

import typing as t

from .._azure.private_dns_zone import is_related
from .._azure.private_endpoint import DEAD
from .._diagnosis.facts import to_prove
from .._dns_lint.lint import findings
from .._dns_lint.naming import BREAKS
from .pairing import Json, Link, Mapping

HEALTHY = "healthy"

#: States of connections, registrations and endpoint services. Any other one is on its way.
_GOOD = {"Approved", "AVAILABLE", "WAITING_FOR_USER"}
_DEAD = {*DEAD, "REJECTED"}
_FAILED = {"Failed", "Canceled", "FAILED"}

#: A name -> whether it holds. A link may have several of them; one that has none is healthy.
_RULES: t.Mapping[str, t.Callable[[Link], bool]] = {
    "orphan_endpoint": lambda link: link.registration is None and link.is_seen,
    "unseen_target": lambda link: link.registration is None and not link.is_seen,
    "orphan_registration": lambda link: link.endpoint is None and link.is_seen,
    "unseen_endpoint": lambda link: link.endpoint is None and not link.is_seen,
    "id_mismatch": lambda link: link.by == "address",
    "wrong_target": lambda link: _both(link) and _differ((link.endpoint or {})["target"], link.target),
    "ip_mismatch": lambda link: _both(link) and _differ(*addresses(link).values()),
    "disconnected": lambda link: bool(_states(link) & _DEAD),
    "failed": lambda link: bool(_states(link) & _FAILED) or (link.endpoint or {}).get("provisioning_state") in _FAILED,
    "pending": lambda link: bool(_states(link) - _GOOD - _DEAD - _FAILED),
}


def health(link: Link, found: t.Sequence[Mapping]) -> list[str]:
    """The names that hold for a link; `found` is what `zone_findings` says of it."""
    names = [name for name, holds in _RULES.items() if holds(link)]
    broken = {one["rule"] for one in found if one["severity"] == BREAKS}
    names += ["shadowing_zone"] if "shadow_zone" in broken else []
    names += ["stale_records"] if broken - {"shadow_zone"} else []
    return names or [HEALTHY]


def addresses(link: Link) -> dict[str, str | None]:
    """The link's address on each side; None where it is not known. Of Azure DocumentDB only the endpoint has one."""
    return {
        "registered": (link.registration or {}).get("ip_address"),
        "private_endpoint": (link.endpoint or {}).get("ip_address"),
    }


def zones_near(link: Link, zones: t.Sequence[Mapping]) -> list[Json]:
    """Those of the zones that decide over the names of a link."""
    proof = to_prove(link.facts)
    return [dict(one) for one in zones if is_related(one, proof["domains"], proof["for_user"])]


def zone_findings(link: Link, near: t.Sequence[Mapping]) -> list[Json]:
    """What these zones do to the clients of a whole link."""
    return findings(near, link.facts) if _both(link) else []


def _both(link: Link) -> bool:
    return link.registration is not None and link.endpoint is not None


def _differ(one: str | None, other: str | None) -> bool:
    """Whether both are known and are not the same."""
    return bool(one and other) and str(one).lower() != str(other).lower()


def _states(link: Link) -> set[str]:
    """What the clouds say of each part that is there; a part that says nothing is on its way."""
    service = link.facts.get("endpoint_service")
    parts = ((link.endpoint, "connection_state"), (link.registration, "status"), (service, "status"))
    return {part[name] or "Pending" for part, name in parts if part is not None}
