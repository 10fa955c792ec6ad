# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One link at the pace of real clouds, beside the longest chain of things that must wait for each other."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.bench.away import Away, seed
from tests.bench.document import Target, progress, table, targets
from tests.bench.surroundings import build
from tests.lab.pace import PACES, Pace
from tests.lab.runtime import Lab


@dataclass(frozen=True)
class Step:
    """Something that a cloud does: how long it takes (seconds), and the steps without which it cannot begin."""

    seconds: float
    after: tuple[str, ...] = ()


def ends(steps: Mapping[str, Step]) -> dict[str, float]:
    """When each step has ended at the earliest, in seconds from the beginning."""
    found: dict[str, float] = {}

    def end(name: str) -> float:
        if name not in found:
            found[name] = steps[name].seconds + max(map(end, steps[name].after), default=0.0)
        return found[name]

    for name in steps:
        end(name)
    return found


def longest(steps: Mapping[str, Step]) -> list[str]:
    """The steps on the critical path, in their order."""
    ended = ends(steps)
    chain = [max(ended, key=lambda name: ended[name])]
    while before := steps[chain[0]].after:
        chain.insert(0, max(before, key=lambda name: ended[name]))
    return chain


def steps_of(product: str, pace: Pace) -> dict[str, Step]:
    """What the clouds do for a new link. A private endpoint's address is in the answer to its creation, so that it can
    be registered while it is still being provisioned; a host zone is named after the connection string's host."""
    network = Step(pace.virtual_network)
    if product == "atlas":
        return {
            "virtual network": network,
            "endpoint service": Step(pace.service),
            "private endpoint": Step(pace.private_endpoint, ("virtual network", "endpoint service")),
            "endpoint interface": Step(pace.interface, ("virtual network", "endpoint service")),
            "connection strings": Step(pace.connection_strings, ("endpoint interface",)),
            "private DNS zone": Step(pace.private_dns_zone, ("connection strings",)),
            "virtual network link": Step(pace.virtual_network_link, ("private DNS zone",)),
        }
    return {
        "virtual network": network,
        "private endpoint": Step(pace.private_endpoint, ("virtual network",)),
        "private DNS zone": Step(pace.private_dns_zone),
        "virtual network link": Step(pace.virtual_network_link, ("private DNS zone", "virtual network")),
        "zone group": Step(pace.private_dns_zone_group, ("private DNS zone", "private endpoint")),
    }


@dataclass(frozen=True)
class Built:
    """How long the sample playbook took for a new link, in seconds, and its requests."""

    wall: float
    requests: int


PRODUCTS = ("atlas", "mongo_cluster")


def main(pace: str = "real") -> str:
    with ThreadPoolExecutor(len(PRODUCTS)) as both:
        built = dict(zip(PRODUCTS, both.map(lambda product: _build(product, pace), PRODUCTS), strict=True))
    parts = [targets(_target(product, pace, one) for product, one in built.items())]
    for product, one in built.items():
        steps = steps_of(product, PACES[pace])
        ended, chain = ends(steps), longest(steps)
        rows = [
            (name, step.seconds, ended[name] - step.seconds, ended[name], "yes" if name in chain else "")
            for name, step in steps.items()
        ]
        shown = table(("the clouds' part", "takes", "from", "to", "critical"), rows)
        parts.append(
            f"`{product}`: {one.wall:.1f} s for a critical path of {max(ended.values()):.0f} s, with {one.requests} "
            f"requests in all (seconds at the pace `{pace}`):\n\n{shown}"
        )
    return "\n\n".join(parts)


def _target(product: str, pace: str, built: Built) -> Target:
    path = max(ends(steps_of(product, PACES[pace])).values())
    return Target(f"`{product}`, one link: 1.05 x the critical path + 5 s", built.wall, 1.05 * path + 5, "s")


def _build(product: str, pace: str) -> Built:
    with Away(pace) as away, tempfile.TemporaryDirectory() as directory:
        away.ask(seed)
        links = {"bench": away.ask(Lab.link_variables, product)}
        progress(f"{product}: one link at the pace {pace} takes some minutes")
        cost = build(away, links, Path(directory), product=product)
        progress(f"{product}: {cost.wall:.1f} s")
        return Built(cost.wall, len(away.requests()))
