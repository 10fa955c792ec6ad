# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that only a driver meets: the replica set, signing in, and what the user may do."""

from __future__ import annotations

import secrets

from tests.lab.documents import WRITES
from tests.lab.faults.control import another_region
from tests.lab.faults.link import OTHER, AnyLink, Link
from tests.lab.faults.registry import of_any_link, of_link
from tests.lab.world import FIRST_PORT


@of_any_link
def too_many_connections(link: AnyLink) -> None:
    """The cluster has too many connections: it says hello, and closes."""
    for cluster in link.clusters:
        cluster.full = True


@of_link
def no_primary(link: Link) -> None:
    """The cluster elects a new primary: all members answer, none takes writes."""
    for cluster in link.clusters:
        cluster.primary = None


@of_link
def primary_unreachable(link: Link) -> None:
    """The members name a primary in another region that is in no SRV record and that the client cannot reach."""
    for string in link.strings:
        cluster = string.cluster
        region = link.world.location(another_region(cluster.regions))
        host = f"pl-0-{region}-azure.{cluster.hash}.{link.world.domain}"
        address = link.unused_address(link.endpoints[0])
        port = FIRST_PORT + 10 * link.strings.index(string)
        cluster.lost_primary = (host, address, port)
        cluster.primary = 0
        link.publish(host, "A", address)


@of_any_link
def wrong_password(link: AnyLink) -> None:
    """The user's password was changed, and the application has the old one."""
    for cluster in link.clusters:
        cluster.users.update(dict.fromkeys(cluster.users, secrets.token_urlsafe(18)))


@of_any_link
def user_removed(link: AnyLink) -> None:
    """The user does not exist any more."""
    for cluster in link.clusters:
        cluster.users.clear()


@of_link
def user_of_another_project(link: Link) -> None:
    """The user exists, but in another project than the cluster's."""
    users = dict(link.clusters[0].users)
    user_removed(link)
    other = link.world.add_project(f"{link.project.name}{OTHER}")
    link.world.add_cluster(other, link.clusters[0].name, list(link.clusters[0].regions), users=users)


@of_link
def user_without_write(link: Link) -> None:
    """The user may read but not write (the server's code 13)."""
    _deny(link, 13)


@of_link
def user_without_write_by_atlas(link: Link) -> None:
    """The user may read but not write (code 8000, as Atlas' own front end says it)."""
    _deny(link, 8000)


@of_link
def not_primary_on_write(link: Link) -> None:
    """The member that says it is the primary refuses writes, because it has just stepped down (code 10107)."""
    _deny(link, 10107)


def _deny(link: Link, code: int) -> None:
    for cluster in link.clusters:
        cluster.denied.update(dict.fromkeys(WRITES, code))


@of_any_link
def user_without_read(link: AnyLink) -> None:
    """The user may write but not read (code 13)."""
    for cluster in link.clusters:
        cluster.denied.update(dict.fromkeys(("find", "aggregate", "count"), 13))
