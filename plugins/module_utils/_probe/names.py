# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The hops in DNS: the resolver, SRV, TXT, the targets' parent domain, their addresses, and whether these are right.

Source of what a driver accepts: the MongoDB drivers' specification "Initial DNS Seedlist Discovery".
"""

from __future__ import annotations

import ipaddress
import socket
import typing as t
from concurrent.futures import TimeoutError as StillRunning
from functools import partial
from urllib.parse import parse_qsl

from .hop import Check, Hop, in_background, side_by_side
from .host import normalise
from .resolver import Answer, Server, ask

#: The options that a driver takes from TXT; any other is an error.
TXT_OPTIONS = {"authsource", "replicaset", "loadbalanced"}

#: Addresses that never come from the public internet: private use, shared (Azure allows it in virtual networks),
#: loopback, link-local. Source: RFC 1918, 6598, 1122, 3927, 4193, 4291.
PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("fc00::/7", "::1/128", "fe80::/10"),
    )
)


NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Port(t.NamedTuple):
    """A host name and a port, as SRV gives them."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parent_domain(host: str) -> str:
    """The domain in which a driver accepts SRV targets: the host's name without its first label, if it has three."""
    labels = host.split(".")
    return ".".join(labels[1:] if len(labels) > 2 else labels)


def is_private(address: str) -> bool:
    """Whether the address is one that the public internet does not route."""
    number = ipaddress.ip_address(address)
    return any(number in network for network in PRIVATE_NETWORKS)


def untranslated(address: str) -> str:
    """The IPv4 address that an address of the well-known NAT64 prefix stands for (RFC 6052); any other as it is."""
    number = ipaddress.ip_address(address)
    return str(ipaddress.ip_address(int(number) & 0xFFFFFFFF)) if number in NAT64 else address


def reach_resolvers(servers: t.Sequence[Server], domain: str, timeout: float) -> Hop:
    """Asks each server for the SOA of a domain: any answer but a refusal will do, and this shows private zones."""
    check = Check("resolver")
    answers = side_by_side([partial(ask, [server], domain, "SOA", timeout) for server in servers])
    silent = [str(server) for server, answer in zip(servers, answers) if answer.rcode is None]
    observed = {"servers": [str(server) for server in servers], "answers": [answer.observed() for answer in answers]}
    if not servers:
        return check.failed("not_configured", "this machine has no DNS server configured", **observed)
    if len(silent) == len(servers):
        return check.failed("no_answer", f"no answer from {', '.join(silent)}", **observed)
    if all(answer.rcode in (None, "REFUSED") for answer in answers):
        refusing = [str(server) for server, answer in zip(servers, answers) if answer.rcode]
        return check.failed("refused", f"{', '.join(refusing)} refuses to answer", **observed)
    zone = next((answer.private_zone for answer in answers if answer.private_zone), None)
    parts = [f"{len(servers) - len(silent)} of {len(servers)} DNS servers answer"]
    parts += [f"{', '.join(silent)} does not" if silent else "", f"{zone} is a private zone here" if zone else ""]
    return check.ok("; ".join(part for part in parts if part), **observed, private_zone=zone)


def look_up_srv(servers: t.Sequence[Server], host: str, timeout: float) -> Hop:
    """The hosts and ports of the cluster, in `observed["targets"]` as "host:port"."""
    check = Check("srv")
    answer = ask(servers, f"_mongodb._tcp.{host}", "SRV", timeout)
    symptom = answer.symptom()
    if symptom:
        return check.failed(symptom, f"no SRV record: {answer.summary()}", **answer.observed())
    targets = [str(port) for port in srv_targets(answer.records)]
    return check.ok(f"{len(targets)} targets: {', '.join(targets)}", **answer.observed(), targets=targets)


def srv_targets(records: t.Iterable[str]) -> list[Port]:
    """From SRV records in presentation form ("priority weight port target")."""
    fields = [record.split() for record in records]
    return sorted({Port(normalise(target), int(port)) for _priority, _weight, port, target in fields})


def look_up_txt(servers: t.Sequence[Server], host: str, timeout: float) -> Hop:
    """The driver's options. None at all is fine, unless a private zone stands where the public record would be."""
    check = Check("txt")
    answer = ask(servers, host, "TXT", timeout)
    symptom, options = txt_symptom(answer)
    observed = {**answer.observed(), "options": options}
    if symptom:
        return check.failed(symptom, f"no usable TXT record: {answer.summary()}", **observed)
    if not answer.records:
        return check.ok("no TXT record: the driver's own defaults apply", **observed)
    return check.ok(f"one record: {answer.records[0]}", **observed)


def txt_symptom(answer: Answer) -> tuple[str | None, list[str]]:
    """Pure: what a driver would find wrong, and the names of the options."""
    if len(answer.records) > 1:
        return "several_records", []
    if answer.records:
        options = [name for name, _value in parse_qsl(answer.records[0], keep_blank_values=True)]
        strange = [name for name in options if name.lower() not in TXT_OPTIONS]
        return ("strange_option" if strange or not options else None), options
    symptom = answer.symptom()
    return (symptom if symptom in ("private_zone", "no_answer", "tcp_blocked", "server_failure") else None), []


def stay_in_domain(host: str, targets: t.Iterable[str]) -> Hop:
    """Whether all targets are within the parent domain of the SRV host, outside of which a driver refuses to go."""
    check = Check("parent_domain")
    domain = parent_domain(host)
    outside = [target for target in targets if not target.partition(":")[0].endswith(f".{domain}")]
    if outside:
        message = f"not within {domain}: {', '.join(outside)}"
        return check.failed("outside", message, domain=domain, outside=outside)
    return check.ok(f"all targets are within {domain}", domain=domain, outside=[])


def find_addresses(servers: t.Sequence[Server], host: str, timeout: float, use_system: bool) -> Hop:
    """The addresses of a host, in `observed["addresses"]`.

    With `use_system` the machine's own look-up decides, hosts file included, since that is what a driver will use;
    DNS is asked beside it to explain what is found.
    """
    check = Check("address", host)
    system = in_background(lambda: _system_addresses(host)) if use_system else None
    a, aaaa = side_by_side([partial(ask, servers, host, kind, timeout) for kind in ("A", "AAAA")])
    in_dns = [*a.records, *aaaa.records]
    observed: dict[str, t.Any] = {**a.observed(), "aaaa": aaaa.observed(), "dns": in_dns, "system": None}
    addresses, problem = in_dns, ""
    if system:
        try:
            addresses = system.result(timeout)
        except (OSError, StillRunning) as error:
            addresses, problem = [], str(error) or "no answer in time"
        observed["system"] = addresses
    if addresses:
        by_hosts_file = " (not from DNS)" if set(addresses) != set(in_dns) else ""
        return check.ok(f"{host} is {', '.join(addresses)}{by_hosts_file}", **observed, addresses=addresses)
    symptom = a.symptom() or "system_only"
    words = f"the system's look-up: {problem}; DNS: {a.summary()}" if problem else a.summary()
    return check.failed(symptom, f"{host} has no address: {words}", **observed, addresses=[])


def _system_addresses(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_kind, address in found))


def compare_addresses(host: str, observed: t.Mapping[str, t.Any], expected: t.Collection[str]) -> Hop:
    """Whether a host's addresses (of `find_addresses`) are those of the endpoints or, if none are given, private."""
    check = Check("expected_address", host)
    addresses = observed["addresses"]
    # Endpoints in networks with addresses of their own choice tell nothing by not being private.
    foreign = all(is_private(address) for address in expected)
    public = [address for address in addresses if foreign and not is_private(untranslated(address))]
    wrong = [address for address in addresses if untranslated(address) not in expected] if expected else public
    seen = {"addresses": addresses, "expected": sorted(expected), "wrong": wrong, "dns": observed["dns"]}
    if not wrong:
        return check.ok(f"{', '.join(addresses)} is {'as expected' if expected else 'private'}", **seen)
    message = f"{host} is {', '.join(wrong)}, not {' or '.join(sorted(expected)) or 'private'}"
    if set(public) & set(wrong):
        return check.failed("public", message, **seen)
    if not set(wrong) & set(observed["dns"]):
        return check.failed("hosts_file", message, **seen)
    return check.failed("unexpected", message, **seen)
