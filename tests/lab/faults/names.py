# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults in DNS: zones that hide or lie, resolvers that filter or fail, records that drivers refuse.

Sources: tried with BIND 9.18 views (a zone that hides SRV) and dnsmasq 2.90 (the rebinding filter); the MongoDB
drivers' specification "Initial DNS Seedlist Discovery".
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.lab.faults.link import AnyLink, Link
from tests.lab.faults.registry import of_any_link, of_link
from tests.lab.links import cluster_zone

PUBLIC_ADDRESS = "203.0.113.10"  # for documentation (RFC 5737), so nobody is there


# -- private zones -----------------------------------------------------------------------------------------------------


@of_link
def shadow_zone(link: Link) -> None:
    """A private zone <hash>.mongodb.net with address records only hides the public SRV and TXT records."""
    _mirror(link, "A")


@of_link
def shadow_zone_without_txt(link: Link) -> None:
    """A private zone <hash>.mongodb.net mirrors address and SRV records, but not TXT."""
    _mirror(link, "A", "SRV")


@of_link
def mirrored_zone_with_stale_ports(link: Link) -> None:
    """A private zone mirrors an SRV record whose ports the cluster does not have any more."""
    targets = {string.seed: [(host, port + 500) for host, port in string.targets] for string in link.strings}
    _mirror(link, "A", "TXT")
    _mirror_srv(link, targets)


@of_link
def mirrored_zone_with_stale_targets(link: Link) -> None:
    """A private zone mirrors an SRV record whose targets do not exist any more, because their index has changed."""
    targets = {
        string.seed: [(host.replace("pl-", "pl-9", 1), port) for host, port in string.targets]
        for string in link.strings
    }
    _mirror(link, "A", "TXT")
    _mirror_srv(link, targets)


def _mirror(link: Link, *kinds: str) -> None:
    """A zone for all of a cluster's names that has these of its record types, and not the others."""
    for string in link.strings:
        for domain, records in cluster_zone(link.world, string).items():
            link.put_zone(domain, {key: values for key, values in records.items() if key[1] in kinds})
            for relative, kind in records:
                if kind not in kinds:
                    link.clouds.delete(f"{link.zones[domain]}/{kind}/{relative}")


def _mirror_srv(link: Link, targets: dict[str, list[tuple[str, int]]]) -> None:
    for seed, found in targets.items():
        label, _dot, domain = seed.partition(".")
        link.put_zone(domain, {(f"_mongodb._tcp.{label}", "SRV"): [f"0 0 {port} {host}" for host, port in found]})


@of_link
def mongodb_net_zone(link: Link) -> None:
    """A private zone mongodb.net hides all of Atlas' names."""
    link.put_zone(link.world.domain, {})


@of_link
def useless_zone(link: Link) -> None:
    """A private zone privatelink.mongodb.net, which no client ever asks, holds the addresses; the link itself works."""
    records = {(host.partition(".")[0], "A"): [address] for host, address in link.addresses.items()}
    link.put_zone(f"privatelink.{link.world.domain}", records)


@of_any_link
def zone_not_linked(link: AnyLink) -> None:
    """The private zones exist but are not linked to the network; the link works as far as public DNS does."""
    for network in link.networks:
        for zone in link.zones.values():
            link.clouds.delete(f"{zone}/virtualNetworkLinks/{network.rpartition('/')[2]}")


@of_link
def stale_private_zone(link: Link) -> None:
    """A private zone holds an earlier address, while the endpoint and Atlas agree on another."""
    address = link.unused_address(link.endpoints[0])
    for host in link.addresses:
        label, _dot, domain = host.partition(".")
        if domain in link.zones:
            link.put_zone(domain, {(label, "A"): [address]})
        else:
            link.put_zone(host, {("@", "A"): [address]})


# -- resolvers ---------------------------------------------------------------------------------------------------------


@of_any_link
def resolver_silent(link: AnyLink) -> None:
    """The resolver in the network answers no question."""
    link.break_resolver("drop")


@of_any_link
def resolver_refuses(link: AnyLink) -> None:
    """The resolver in the network refuses every question (REFUSED)."""
    link.break_resolver("refused")


@of_any_link
def answers_truncated(link: AnyLink) -> None:
    """The resolver truncates the long SRV answers, and the TCP that clients turn to is blocked."""
    link.break_resolver("truncate_only", "SRV")


@of_link
def rebind_filter(link: Link) -> None:
    """The network's own DNS server knows no private zone and drops private addresses from public answers."""
    for network in link.networks:
        link.world.custom_dns.add(network.lower())
    link.break_resolver("rebind", "A")


@of_any_link
def wrong_resolver(link: AnyLink) -> None:
    """A client asks a resolver outside of the network, which drops private addresses; the zone in Azure is right."""
    for host in link.addresses:
        link.world.view_faults[(None, host, "A")] = "rebind"


# -- SRV ---------------------------------------------------------------------------------------------------------------


@of_any_link
def srv_servfail(link: AnyLink) -> None:
    """Resolvers fail on the SRV record (SERVFAIL)."""
    link.break_names("servfail", "SRV", link.srv_names)


@of_any_link
def srv_silent(link: AnyLink) -> None:
    """Resolvers answer, but never a question for the SRV record."""
    link.break_names("drop", "SRV", link.srv_names)


@of_any_link
def srv_nodata(link: AnyLink) -> None:
    """The SRV name exists, but has no SRV record."""
    link.break_names("no_such_type", "SRV", link.srv_names)


@of_any_link
def srv_nxdomain(link: AnyLink) -> None:
    """The SRV name does not exist."""
    link.break_names("nxdomain", "SRV", link.srv_names)


@of_any_link
def srv_emptied(link: AnyLink) -> None:
    """A filter takes the SRV record out of the answer: neither data nor a zone that says no."""
    link.break_names("nodata", "SRV", link.srv_names)


@of_link
def srv_outside_domain(link: Link) -> None:
    """The SRV targets lie outside the name's own domain, where drivers refuse to go."""
    for string in link.strings:
        moved = {host: f"{host.partition('.')[0]}.db.example.com" for host, _address in string.addresses}
        for host, address in string.addresses:
            link.publish(moved[host], "A", address)
        targets = [f"0 0 {port} {moved[host]}." for host, port in string.targets]
        link.publish(f"_mongodb._tcp.{string.seed}", "SRV", *targets)


# -- TXT ---------------------------------------------------------------------------------------------------------------


@of_any_link
def txt_servfail(link: AnyLink) -> None:
    """Resolvers fail on the TXT record (SERVFAIL), and drivers give up."""
    link.break_names("servfail", "TXT", link.seeds)


@of_any_link
def txt_silent(link: AnyLink) -> None:
    """Resolvers answer, but never a question for the TXT record."""
    link.break_names("drop", "TXT", link.seeds)


@of_link
def txt_two_records(link: Link) -> None:
    """There are two TXT records, which drivers refuse."""
    _publish_txt(link, ["authSource=admin", "replicaSet={set_name}"])


@of_link
def txt_strange_option(link: Link) -> None:
    """The TXT record holds an option that drivers do not accept there."""
    _publish_txt(link, ["authSource=admin&replicaSet={set_name}&retryWrites=true"])


@of_link
def txt_wrong_replica_set(link: Link) -> None:
    """The TXT record names another replica set than the cluster's."""
    _publish_txt(link, ["authSource=admin&replicaSet=atlas-former-shard-0"])


@of_link
def txt_wrong_auth_source(link: Link) -> None:
    """The TXT record names a database that holds no users, so signing in fails."""
    _publish_txt(link, ["authSource=test&replicaSet={set_name}"])


def _publish_txt(link: Link, texts: Sequence[str]) -> None:
    for string in link.strings:
        values = [text.format(set_name=string.cluster.set_name) for text in texts]
        link.publish(string.seed, "TXT", *values)


# -- addresses ---------------------------------------------------------------------------------------------------------


@of_any_link
def address_nxdomain(link: AnyLink) -> None:
    """The SRV targets do not exist."""
    link.break_names("nxdomain", "A", list(link.addresses))


@of_any_link
def address_nodata(link: AnyLink) -> None:
    """The SRV targets exist, but have no address."""
    link.break_names("no_such_type", "A", list(link.addresses))


@of_any_link
def address_servfail(link: AnyLink) -> None:
    """Resolvers fail on the address of the SRV targets (SERVFAIL)."""
    link.break_names("servfail", "A", list(link.addresses))


@of_link
def public_address(link: Link) -> None:
    """The SRV targets resolve to a public address, as those of the public cluster do."""
    for host in link.addresses:
        link.publish(host, "A", PUBLIC_ADDRESS)


@of_link
def wrong_private_address(link: Link) -> None:
    """The SRV targets resolve to a private address that is not the endpoint's."""
    address = link.unused_address(link.endpoints[0])
    for host in link.addresses:
        link.publish(host, "A", address)
