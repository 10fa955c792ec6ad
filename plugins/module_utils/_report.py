# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""When is a private link done? The answer line by line, from what both clouds and the probes said: pure data."""

from __future__ import annotations

import typing as t

Line = dict[str, t.Any]

#: The probe's hops that make up one line: SRV answer, private address, TCP, and the driver.
_LOOKUP, _ADDRESS, _TCP = ("srv", "parent_domain"), ("address", "expected_address"), ("tcp",)
_DRIVER = ("tls", "hello", "authentication", "create", "read", "update", "delete")


def done(link: t.Mapping[str, t.Any], probes: t.Sequence[t.Mapping[str, t.Any]]) -> list[Line]:
    """Each line is {check, ok (None: not looked at), observed}.

    `link` is what the role atlas_private_link returns, `probes` what private_link_probe returned for each of its
    connection strings (and each client).
    """
    interface, endpoint = link.get("endpoint_interface") or {}, link.get("private_endpoint") or {}
    registered, nic = interface.get("ip_address"), endpoint.get("ip_address")
    lines = [
        _line("Atlas private endpoint is AVAILABLE", interface.get("status") == "AVAILABLE", interface.get("status")),
        _line(
            "Azure private endpoint is Approved",
            endpoint.get("connection_state") == "Approved",
            endpoint.get("connection_state"),
        ),
        _line(
            "Atlas holds the address of the endpoint's network interface",
            nic is not None and registered == nic,
            f"{registered} registered, {nic} on the network interface",
        ),
    ]
    for probe in probes:
        name = probe["srv_host"]
        lines += [
            _hops(probe, f"SRV of {name} names its targets", _LOOKUP),
            _hops(probe, f"the targets of {name} resolve to the endpoint's address", _ADDRESS),
            _hops(probe, f"every port of {name} accepts TCP", _TCP),
            _hops(probe, f"a driver creates, reads, updates and deletes through {name}", _DRIVER),
        ]
    if not probes:
        lines.append(_line("a connection string goes through the endpoint", None, "no cluster has one"))
    return lines


def _line(check: str, ok: bool | None, observed: t.Any) -> Line:
    return {"check": check, "ok": ok, "observed": str(observed if observed is not None else "nothing")}


def _hops(probe: t.Mapping[str, t.Any], check: str, names: t.Sequence[str]) -> Line:
    """One line for some hops: the failures if there are any, else what was seen, else why nothing was."""
    hops = [hop for hop in probe["hops"] if hop["hop"] in names]
    failed = [hop for hop in hops if hop["status"] == "failed"]
    skipped = [hop for hop in hops if hop["status"] == "skipped"]
    told = failed or skipped or hops
    ok = False if failed else None if skipped or not hops else True
    return _line(check, ok, "; ".join(dict.fromkeys(hop["message"] for hop in told)))


def text(lines: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
    """The lines as people read them."""
    marks = {True: "ok", False: "FAILED", None: "not checked"}
    return [f"{marks[line['ok']]:>11}  {line['check']}: {line['observed']}" for line in lines]
