# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on the way from the client to the cluster's ports, and in the TLS handshake there."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.faults.control import another_region
from tests.lab.faults.link import AnyLink, Link
from tests.lab.faults.registry import of_any_link, of_link
from tests.lab.links import join


@of_any_link
def ports_filtered(link: AnyLink) -> None:
    """A security group or a firewall drops every packet to the endpoint."""
    link.obstruct("filtered")


@of_link
def one_port_filtered(link: Link) -> None:
    """A firewall rule allows some of the cluster's ports only; packets to the last one are dropped."""
    link.obstruct("filtered", link.doors[-1:])


@of_any_link
def ports_refused(link: AnyLink) -> None:
    """The endpoint's address is reached, but nothing listens at any port."""
    link.obstruct("refused")


@of_link
def one_port_refused(link: Link) -> None:
    """One of the cluster's ports refuses connections."""
    link.obstruct("refused", link.doors[-1:])


@of_link
def region_not_peered(link: Link) -> None:
    """The primary is in a region whose network is not peered with the client's: packets to its endpoint are dropped."""
    link = replace(link, only="")  # the clusters have other regions, whichever endpoint is meant
    cluster = link.clusters[0]
    if len(cluster.regions) == 1:
        region = another_region(cluster.regions)
        for one in link.clusters:
            one.regions.append(region)
        join(link.lab, link.project, link.world.location(region))
    last = f"-{link.world.location(cluster.regions[-1])}-"
    there = [door for door in link.doors if last in door.members[door.node][0]]
    link.obstruct("filtered", there)
    for one in link.clusters:
        one.primary = min(door.node for door in there if door.cluster is one)


@of_any_link
def tls_intercepted(link: AnyLink) -> None:
    """A proxy inspects TLS: the certificate has the right name, but another authority issued it."""
    link.obstruct("other_authority")


@of_any_link
def tls_self_signed(link: AnyLink) -> None:
    """The certificate is signed by nobody but itself."""
    link.obstruct("self_signed")


@of_any_link
def tls_wrong_name(link: AnyLink) -> None:
    """The certificate is for another name: another server, or a proxy, answers."""
    link.obstruct("wrong_name")


@of_any_link
def tls_expired(link: AnyLink) -> None:
    """The certificate has expired, or the client's clock is ahead."""
    link.obstruct("expired")


@of_any_link
def tls_not_yet_valid(link: AnyLink) -> None:
    """The certificate is not valid yet, or the client's clock is behind."""
    link.obstruct("not_yet_valid")


@of_any_link
def plain_text_server(link: AnyLink) -> None:
    """What answers at the ports does not speak TLS."""
    link.obstruct("plain_text")


@of_link
def sni_lost(link: Link) -> None:
    """A middlebox strips the TLS server name, and Atlas ends the handshake with the alert "internal error"."""
    link.obstruct("sni_lost")


@of_any_link
def handshake_closed(link: AnyLink) -> None:
    """Connections are accepted and closed during the TLS handshake."""
    link.obstruct("handshake_closed")


@of_any_link
def handshake_silent(link: AnyLink) -> None:
    """Connections are accepted, and the TLS handshake gets no answer."""
    link.obstruct("handshake_silent")
