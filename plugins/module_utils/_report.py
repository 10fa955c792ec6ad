# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""When is a private link done? The answer line by line, from what both clouds and the probes said: pure data."""

from __future__ import annotations

import typing as t

Line = dict[str, t.Any]
Report = t.Mapping[str, t.Any]

#: The probe's hops that make up each line.
LOOKUP, ADDRESS, TCP = ("srv", "parent_domain"), ("address", "expected_address"), ("tcp",)
DRIVER = ("tls", "hello", "authentication", "create", "read", "update", "delete")


def done(link: t.Mapping[str, t.Any], probes: t.Sequence[Report]) -> list[Line]:
    """Each line is {check, ok (None: not looked at), observed}.

    `link` is what the role atlas_private_link returns, `probes` what private_link_probe returned for each of its
    connection strings (and each client).
    """
    interface, endpoint = link.get("endpoint_interface") or {}, link.get("private_endpoint") or {}
    status, state = interface.get("status"), endpoint.get("connection_state")
    registered, nic = interface.get("ip_address"), endpoint.get("ip_address")
    lines = [
        _line("Atlas private endpoint", status == "AVAILABLE", status),
        _line("Azure private endpoint connection", state == "Approved", state),
        _line(
            "the same address on both sides",
            nic is not None and registered == nic,
            f"{registered} registered with Atlas, {nic} on the network interface",
        ),
    ]
    for probe in probes:
        targets = probe["targets"]
        hosts = ", ".join(dict.fromkeys(target["host"] for target in targets))
        ports = ", ".join(str(target["port"]) for target in targets)
        addresses = ", ".join(dict.fromkeys(address for target in targets for address in target["addresses"]))
        lines += [
            _hops(probe, f"SRV record of {probe['srv_host']}", LOOKUP, f"{hosts}, ports {ports}"),
            _hops(probe, "its targets resolve to the endpoint", ADDRESS, addresses),
            _hops(probe, "TCP on every port of the SRV record", TCP, f"{ports} accept"),
            _hops(probe, "create, read, update, delete", DRIVER, f"through mongodb+srv://{probe['srv_host']}"),
        ]
    if not probes:
        lines.append(_line("a connection string through the endpoint", False, "no cluster has one"))
    return lines


def _line(check: str, ok: bool | None, observed: t.Any) -> Line:
    return {"check": check, "ok": ok, "observed": str(observed if observed is not None else "nothing")}


def _hops(probe: Report, check: str, names: t.Sequence[str], good: str) -> Line:
    """One line for some hops: what failed, else why something was not looked at, else what was found."""
    hops = [hop for hop in probe["hops"] if hop["hop"] in names]
    # A hop that another one barred is as bad as that one, which may stand in no line of its own (resolver, TXT).
    failed = [hop["message"] for hop in hops if hop["status"] == "failed" or hop["skipped_because"]]
    skipped = [hop["message"] for hop in hops if hop["status"] == "skipped"]
    if failed:
        return _line(check, False, "; ".join(failed))
    if skipped or not hops:
        return _line(check, None, skipped[0] if skipped else "not asked for")
    return _line(check, True, good)


def text(lines: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
    """The lines as people read them, in three columns."""
    marks = {True: "ok", False: "FAILED", None: "not checked"}
    width = max((len(line["check"]) for line in lines), default=0)
    return [f"{marks[line['ok']]:>11}  {line['check']:<{width}}  {line['observed']}" for line in lines]
