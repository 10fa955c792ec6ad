# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Walks the hops in order and says which one is broken, why, and what to do."""

from __future__ import annotations

import typing as t
from functools import partial

from .._engine import Readable
from .._errors import MissingLibrary, ProbeFailed
from . import driver, names, tls
from .hop import DRIVER, FAILED, LOGGED_IN, NEEDS, WRITES, Hop, side_by_side, skipped
from .request import Request
from .resolver import require_dnspython, system_servers
from .signatures import diagnose
from .tcp import Endpoint, connect_all

T = t.TypeVar("T")

IN_SRV = ("srv", "txt", "parent_domain")


class Probe(Readable):
    """The state of the path to a cluster as this machine sees it.

    Shape: {ok, srv_host, hops: [Hop.result()], targets: [{host, port, addresses}], broken_hop, symptom, cause, fix}.
    """

    kind, key = "probe", "probe"

    def __init__(self, request: Request, *, fail: bool) -> None:
        """With `fail`, a broken hop is raised, as `ProbeFailed`."""
        self._request, self._fail = request, fail
        self.label = request.title

    def read(self) -> dict[str, t.Any]:
        return self._walk(write=True)

    def rehearse(self) -> dict[str, t.Any]:
        """The same without creating, updating or deleting a document."""
        return self._walk(write=False)

    def _walk(self, *, write: bool) -> dict[str, t.Any]:
        walk = Walk(self._request, write)
        hops = walk.go()
        report = {
            "ok": True,
            "srv_host": self._request.srv_host,
            "hops": [hop.result() for hop in hops],
            "targets": walk.targets(),
            **dict.fromkeys(("broken_hop", "symptom", "cause", "fix")),
        }
        broken = next((hop for hop in hops if hop.status == FAILED), None)
        if broken is None:
            return report
        cause, fix = diagnose(broken, hops)
        report.update(ok=False, broken_hop=broken.hop, symptom=broken.symptom, cause=cause, fix=fix)
        if self._fail:
            what = f"{self.label} is not usable from here, the broken hop is {broken.hop}"
            raise ProbeFailed(report, what, cause, fix)
        return report


class Walk:
    """One walk over the hops that were asked for."""

    def __init__(self, request: Request, write: bool) -> None:
        """Raises `MissingLibrary` or `InvalidInput`, before anything is sent."""
        require_dnspython()
        self._request = request
        self._reasons = reasons_to_skip(request, write)
        self._tls = tls.verifying_context(request.ca_path)
        self._hops: list[Hop] = []

    def go(self) -> list[Hop]:
        """All hops in order; one for each target where there are several."""
        self._names()
        self._connections()
        with driver.Session(self._request) as session:
            for name in DRIVER:
                self._one(name, getattr(session, name))
        return self._hops

    def targets(self) -> list[dict[str, t.Any]]:
        """Where the cluster's members are, as far as it was found out."""
        return [{"host": p.host, "port": p.port, "addresses": self._addresses(p.host)} for p in self._ports()]

    def _names(self) -> None:
        request, timeout = self._request, self._request.timeout
        servers = request.servers or system_servers()
        host = request.srv_host or request.ports[0].host
        self._one("resolver", partial(names.reach_resolvers, servers, names.parent_domain(host), timeout))
        self._one("srv", partial(names.look_up_srv, servers, host, timeout))
        self._one("txt", partial(names.look_up_txt, servers, host, timeout))
        self._one("parent_domain", lambda: names.stay_in_domain(host, self._observed("srv")["targets"]))
        hosts = sorted({port.host for port in self._ports()})
        find = partial(names.find_addresses, servers, timeout=timeout, use_system=not request.servers)
        self._each("address", hosts, lambda ready: side_by_side([partial(find, host) for host in ready]))
        self._each("expected_address", hosts, lambda ready: [self._compare(host) for host in ready])

    def _compare(self, host: str) -> Hop:
        return names.compare_addresses(host, self._observed("address", host), self._request.expected)

    def _connections(self) -> None:
        timeout, hello = self._request.timeout, partial(tls.shake_hands, context=self._tls)
        endpoints = [
            Endpoint(port.host, port.port, address)
            for port in self._doors()
            for address in self._addresses(port.host) or [""]
        ]
        self._each("tcp", endpoints, lambda ready: connect_all(ready, timeout))
        self._each("tls", endpoints, lambda ready: side_by_side([partial(hello, e, timeout=timeout) for e in ready]))

    def _one(self, name: str, check: t.Callable[[], Hop]) -> None:
        self._each(name, [None], lambda ready: [check() for _nothing in ready])

    def _each(self, name: str, targets: t.Sequence[T], run: t.Callable[[list[T]], list[Hop]]) -> None:
        """Has `run` make a hop for each target that nothing bars; the others are noted as skipped."""
        if name not in self._request.hops:
            return
        if not targets:  # because the hop that would have found them did not
            self._hops += [hop for hop in [self._bar(name, None)] if hop]
            return
        barred = {target: self._bar(name, None if target is None else str(target)) for target in targets}
        tried = iter(run([target for target in targets if not barred[target]]))
        self._hops += [hop or next(tried) for hop in barred.values()]

    def _bar(self, name: str, target: str | None) -> Hop | None:
        """The hop as skipped, if it is to be."""
        if name in self._reasons:
            return skipped(name, target, self._reasons[name])
        for hop in self._hops:
            because = hop.hop if hop.status == FAILED else hop.skipped_because
            if because and hop.hop in NEEDS[name] and related(hop.target, target):
                return skipped(name, target, f"not tried, because of {because}", because)
        return None

    def _observed(self, name: str, target: str | None = None) -> t.Mapping[str, t.Any]:
        """What was observed at a hop; nothing if it was not tried."""
        return next((hop.observed for hop in self._hops if (hop.hop, hop.target) == (name, target)), {})

    def _ports(self) -> list[names.Port]:
        return list(self._request.ports) or names.srv_targets(self._observed("srv").get("records", []))

    def _doors(self) -> list[names.Port]:
        """Where to connect to: the cluster's ports, unless others were asked for."""
        if not self._request.only_ports:
            return self._ports()
        hosts = sorted({port.host for port in self._ports()})
        return [names.Port(host, port) for host in hosts for port in sorted(self._request.only_ports)]

    def _addresses(self, host: str) -> list[str]:
        return list(self._observed("address", host).get("addresses", []))


def reasons_to_skip(request: Request, write: bool) -> dict[str, str]:
    """Pure: the hops that cannot or must not be tried, whatever the others find, and why.

    Raises `MissingLibrary` if a hop that was asked for by name needs a library that is not there.
    """
    reasons = {}
    if not request.srv_host:
        reasons.update(dict.fromkeys(IN_SRV, "the connection string names the hosts itself, so there is no SRV record"))
    if not write:
        reasons.update(dict.fromkeys(WRITES, "nothing is written in check mode"))
    if not request.username:
        reasons.update(dict.fromkeys(LOGGED_IN, "no credentials given"))
    if driver.PYMONGO_ERROR:
        if request.asked & set(DRIVER):
            raise MissingLibrary("pymongo", driver.PYMONGO_ERROR)
        reasons.update(dict.fromkeys(DRIVER, f"PyMongo cannot be imported here ({driver.PYMONGO_ERROR})"))
    return reasons


def related(one: str | None, other: str | None) -> bool:
    """Pure: whether two targets lie on one way: "host" and "host:port" do, and everything with None."""
    return one is None or other is None or one == other or other.startswith(f"{one}:")
