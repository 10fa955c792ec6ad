# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""From symptom to cause and fix, as data. The hops classify what they see; here is what it means.

The texts may use what the hop observed, its target as {target}, and all targets with the same symptom as {targets}.
Sources: the drivers' specifications, Atlas' and Azure's troubleshooting pages, and faults played against real clients.
"""

from __future__ import annotations

import typing as t

from .hop import Hop


class Diagnosis(t.NamedTuple):
    """Why a hop is broken and what to do, in words for a ticket."""

    cause: str
    fix: str


_NO_SERVER = Diagnosis(
    "The DNS server does not answer questions of type {rdtype} for {name} ({failures}).",
    "Ask the same question of another resolver; let this one answer or forward it, or point the client elsewhere.",
)
_TCP_BLOCKED = Diagnosis(
    "The answer to {rdtype} {name} is too long for one UDP packet, and the DNS server cannot be asked over TCP "
    "({failures}).",
    "Let this client reach its DNS servers on TCP port 53, too.",
)
_CLOSED = Diagnosis(
    "The cluster said hello and then closed the connection ({error}): it has too many open connections, or something "
    "between cuts them.",
    "Look at the cluster's connection count, and at the idle timeout and connection limit of firewalls between.",
)
_SERVER_FAILURE = Diagnosis(
    "The DNS server refuses or fails to answer ({rcode} for {rdtype} {name} from {server}).",
    "Look at that server's log and forwarders: it must be able to resolve public names under this domain.",
)

SIGNATURES: t.Mapping[tuple[str, str], Diagnosis] = {
    ("resolver", "not_configured"): Diagnosis(
        "This machine has no DNS server configured.",
        "Configure one (168.63.129.16 inside an Azure virtual network), or name one in the option resolvers.",
    ),
    ("resolver", "no_answer"): Diagnosis(
        "None of the DNS servers answers: {servers}.",
        "Let this client reach them on UDP and TCP port 53 (security group, firewall, VPN), or name one that it can "
        "reach; 168.63.129.16 answers inside Azure virtual networks only.",
    ),
    ("resolver", "refused"): Diagnosis(
        "The DNS servers refuse to answer this client: {servers}.",
        "Add this client's network to those that the server answers (allow-query, allow-recursion), or name another "
        "resolver; 168.63.129.16 answers inside Azure virtual networks.",
    ),
    ("srv", "private_zone"): Diagnosis(
        "The private DNS zone {zone}, linked to this client's network, answers for {name} and does not hold it. It "
        "hides the public SRV record.",
        "Unlink the zone {zone} and use one zone for each SRV target host instead, or copy the SRV and TXT records "
        "into it. Fallback to internet does not help: it never covers SRV and TXT.",
    ),
    ("srv", "nxdomain"): Diagnosis(
        "There is no SRV record {name}: the connection string is outdated or mistyped, or the resolver cannot see the "
        "public name.",
        "Read the private endpoint's connection string from the API again (its index and name change with the "
        "endpoints) and never build it by hand; then compare with another resolver.",
    ),
    ("srv", "nodata"): Diagnosis(
        "The name {name} exists, but without an SRV record.",
        "Use the host of a mongodb+srv:// connection string as the API returns it, not one of the members' names.",
    ),
    ("srv", "emptied"): Diagnosis(
        "The resolver {server} answers SRV {name} with nothing at all: it filters the answer.",
        "Let that resolver pass SRV records, or use another one.",
    ),
    ("srv", "no_answer"): _NO_SERVER,
    ("srv", "tcp_blocked"): _TCP_BLOCKED,
    ("srv", "server_failure"): _SERVER_FAILURE,
    ("txt", "private_zone"): Diagnosis(
        "The private DNS zone {zone} answers for {name} and holds no TXT record, so that drivers lose authSource and "
        "replicaSet.",
        "Copy the public TXT record into the zone {zone}, as one record; or unlink it and use one zone for each SRV "
        "target host instead.",
    ),
    ("txt", "several_records"): Diagnosis(
        "{name} has more than one TXT record; drivers refuse that.",
        "Keep one TXT record only, with all options in one string (authSource=...&replicaSet=...).",
    ),
    ("txt", "strange_option"): Diagnosis(
        "The TXT record of {name} holds something other than authSource, replicaSet and loadBalanced ({records}); "
        "drivers refuse that.",
        "Make the TXT record exactly what the public one says.",
    ),
    ("txt", "no_answer"): _NO_SERVER,
    ("txt", "tcp_blocked"): _TCP_BLOCKED,
    ("txt", "server_failure"): Diagnosis(
        "The DNS server fails on the TXT record ({rcode} for {name} from {server}); drivers give up on that, even if "
        "all else is well.",
        "Mend that resolver (a missing TXT record must be answered with no data, not with an error), or use another.",
    ),
    ("parent_domain", "outside"): Diagnosis(
        "SRV targets lie outside {domain} ({outside}); drivers refuse to follow them.",
        "Use the SRV host that belongs to these targets; an SRV record under a domain of one's own cannot work.",
    ),
    ("address", "emptied"): Diagnosis(
        "The resolver {server} gives an empty answer for {name}: a DNS rebinding filter drops private addresses that "
        "come from public DNS.",
        "Exempt the domain from the filter (dnsmasq: rebind-domain-ok), or link a private DNS zone named {name} with "
        "an A record at its apex.",
    ),
    ("address", "private_zone"): Diagnosis(
        "The private DNS zone {zone} answers for {name} and holds no address for it.",
        "Add an A record for {name} with the private endpoint's address to the zone {zone}, or unlink the zone.",
    ),
    ("address", "nxdomain"): Diagnosis(
        "The SRV target {name} does not exist in DNS (zone {zone}).",
        "Check that the private endpoint is registered and available: only then is its name published. If SRV comes "
        "from a zone of one's own, bring it up to date.",
    ),
    ("address", "nodata"): Diagnosis(
        "{name} exists in DNS, but without an address (zone {zone}).",
        "Check that the private endpoint is registered with its IP address, or add the A record to the zone that "
        "answers.",
    ),
    ("address", "no_answer"): _NO_SERVER,
    ("address", "tcp_blocked"): _TCP_BLOCKED,
    ("address", "server_failure"): _SERVER_FAILURE,
    ("address", "system_only"): Diagnosis(
        "DNS knows {name} ({dns}), but this machine's own look-up does not find it.",
        "Look at how this machine resolves names (nsswitch.conf, systemd-resolved, hosts file).",
    ),
    ("expected_address", "public"): Diagnosis(
        "{target} resolves to a public address ({wrong}): traffic would not take the private endpoint.",
        "Use the private endpoint's connection string; for a cluster behind a privatelink zone, link that zone to this "
        "client's network.",
    ),
    ("expected_address", "hosts_file"): Diagnosis(
        "{target} is {wrong} here, while DNS says {dns}: a line in this machine's hosts file (or another local source) "
        "decides.",
        "Correct or remove that line.",
    ),
    ("expected_address", "unexpected"): Diagnosis(
        "{target} resolves to {wrong}, which is not the private endpoint's address ({expected}): a record or a "
        "registration is left from an earlier endpoint.",
        "Compare three addresses: the endpoint's network interface, the one registered with the cluster's provider, "
        "and this answer. Register the endpoint again, or correct the record in the private zone.",
    ),
    ("tcp", "timeout"): Diagnosis(
        "Nothing answers at {address} on port {port} ({targets}): packets are dropped on the way.",
        "Allow TCP from this client to {address} on ports 1024-65535 (security groups on both subnets, firewall, "
        "routes), peer the networks, and check that the endpoint's connection is approved.",
    ),
    ("tcp", "timeout_of_some"): Diagnosis(
        "{address} answers on other ports but not at {targets}: a rule allows only some of the cluster's ports.",
        "Allow the whole range 1024-65535 to {address}; ports differ by cluster and change.",
    ),
    ("tcp", "timeout_of_address"): Diagnosis(
        "Nothing answers at {address} ({targets}), while the cluster's members elsewhere do: the network of that "
        "region's endpoint cannot be reached from here.",
        "Peer this client's network with that of the endpoint at {address}, or allow TCP to it on ports 1024-65535. A "
        "primary in that region cannot be reached until then.",
    ),
    ("tcp", "refused"): Diagnosis(
        "{address} is reached but refuses {targets}: nothing listens there.",
        "Use the ports of the SRV record, and check that the cluster is not paused and that {address} is the private "
        "endpoint's address.",
    ),
    ("tcp", "unreachable"): Diagnosis(
        "There is no route from this machine to {address}.",
        "Run the probe where the application runs; peer its network with the endpoint's, or add the route.",
    ),
    ("tls", "expired"): Diagnosis(
        "The certificate of {target} expired on {not_after} (issued by {issuer}), or this machine's clock is wrong.",
        "Check the clock; if it is right, whoever issued the certificate must renew it.",
    ),
    ("tls", "not_yet_valid"): Diagnosis(
        "The certificate of {target} is valid from {not_before} only: this machine's clock is probably behind.",
        "Set the clock (NTP).",
    ),
    ("tls", "wrong_name"): Diagnosis(
        "The certificate of {target} is for {names} (issued by {issuer}): another server, or a proxy, answers.",
        "Connect by the names of the SRV record, never by address or alias; take the client out of TLS inspection.",
    ),
    ("tls", "unknown_ca"): Diagnosis(
        "The certificate of {target} was issued by {issuer}, which this machine does not trust: TLS is intercepted, or "
        "the authority is missing here.",
        "Exempt this traffic from TLS inspection; or install the authority, or name its file in ca_path, if it is "
        "meant to be there.",
    ),
    ("tls", "internal_error"): Diagnosis(
        "{target} broke the handshake off with an internal error: the server name got lost on the way, or the cluster "
        "has too many open connections.",
        "Take proxies that drop the TLS server name (SNI) out of the way, and look at the cluster's connection count.",
    ),
    ("tls", "closed"): Diagnosis(
        "{target} accepted the connection and closed it during the TLS handshake.",
        "Look for a firewall or proxy that inspects TLS, and at the cluster's connection count.",
    ),
    ("tls", "timeout"): Diagnosis(
        "{target} accepted the connection but did not answer the TLS handshake.",
        "Look for a firewall or proxy between, and for a path MTU that drops large packets.",
    ),
    ("tls", "not_tls"): Diagnosis(
        "What answers at {target} does not speak TLS.",
        "Use the hosts and ports of the SRV record.",
    ),
    ("hello", "no_primary"): Diagnosis(
        "The members answer, but none of them is the primary ({members}).",
        "Wait for the election to end; if it lasts, look at the cluster's state. With several regions, the primary may "
        "be where this client has no endpoint.",
    ),
    ("hello", "members_unreachable"): Diagnosis(
        "Not all members of the replica set can be reached, and none of the others is the primary ({members}).",
        "Peer the networks of all regions that have an endpoint, or give each region of the cluster an endpoint.",
    ),
    ("hello", "wrong_set"): Diagnosis(
        "The members belong to another replica set than the connection string or its TXT record says ({error}).",
        "Bring the TXT record up to date if it is a copy, and read the connection string from the API again.",
    ),
    ("hello", "unreachable"): Diagnosis(
        "The driver reached no member although TCP and TLS went well ({members}).",
        "Read each member's error; check that the driver uses the same resolver and the same authority file.",
    ),
    ("authentication", "wrong_credentials"): Diagnosis(
        "The network path is fine, but the login of {username} was refused.",
        "Check the password (special characters are not to be percent-encoded here), that the user exists in the "
        "cluster's own project, and authSource, which is admin and comes from the TXT record.",
    ),
    **{(hop, "closed"): _CLOSED for hop in ("authentication", "create", "read", "update", "delete")},
    **{
        (hop, "not_authorized"): Diagnosis(
            "The network path and the login are fine, but {username} may not do this in {namespace}.",
            "Grant the user readWrite on that database, or name another one in the option database.",
        )
        for hop in ("create", "read", "update", "delete")
    },
    **{
        (hop, "retry_refused"): Diagnosis(
            "The cluster refuses writes that the driver may repeat by itself (retryable writes).",
            "Put retryWrites=false into the application's connection string, as the cluster's own has it, and "
            "retry_writes=false here.",
        )
        for hop in ("create", "update", "delete")
    },
    **{
        (hop, "not_primary"): Diagnosis(
            "The member that was asked is no longer the primary.",
            "Run the probe again after the election; with retry_writes=true, drivers repeat such a write themselves.",
        )
        for hop in ("create", "read", "update", "delete")
    },
}


class _Words(dict[str, str]):
    """What the texts may use, as words."""

    def __missing__(self, _key: str) -> str:
        return "unknown"


def diagnose(
    broken: Hop, hops: t.Iterable[Hop], signatures: t.Mapping[tuple[str, str], Diagnosis] = SIGNATURES
) -> Diagnosis:
    """Pure: the diagnosis of a failed hop; its own message where no signature fits."""
    known = signatures.get((broken.hop, broken.symptom or ""))
    if known is None:
        return Diagnosis(f"{broken.message}.", "Look at what the hop observed, in the result of this task.")
    alike = [hop.target for hop in hops if (hop.hop, hop.symptom) == (broken.hop, broken.symptom)]
    words = _Words({name: _words(value) for name, value in broken.observed.items()})
    words.update(target=_words(broken.target), targets=_words(alike))
    return Diagnosis(*(text.format_map(words) for text in known))


def _words(value: t.Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_words(item) for item in value) or "nothing"
    if isinstance(value, dict):
        return " ".join(str(item) for item in value.values() if item is not None)
    return "unknown" if value is None else str(value)
