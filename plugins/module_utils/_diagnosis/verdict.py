# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""One verdict over a private link: both clouds, the clients' probes and the DNS linter together; pure data.

The first broken hop is the first one in the order in which a link is built (control planes), then the first one on the
way from the clients. What is known from both sides makes its symptom more exact.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._probe.hop import FAILED, HOPS, OK, SKIPPED, Hop
from .._probe.signatures import diagnose
from .catalogue import catalogue
from .control import control_hops
from .product import Facts, Product, State
from .products import product_of
from .zones import linked_to, zones_with

Probe = dict[str, t.Any]

CLIENT, CONTROL_PLANE = "client", "control_plane"
TITLES: t.Mapping[str, str] = {
    CONTROL_PLANE: "Look at the clouds",
    CLIENT: "Client",
    "resolver": "DNS server",
    "srv": "SRV record",
    "txt": "TXT record",
    "parent_domain": "Parent domain",
    "address": "Address record",
    "expected_address": "The endpoint's address",
    "tcp": "TCP",
    "tls": "TLS",
    "hello": "Hello",
    "authentication": "Sign-in",
    "create": "Create",
    "read": "Read",
    "update": "Update",
    "delete": "Delete",
}
DATA = (*HOPS, CLIENT)

#: What to do about a probe that did not run, if nobody knows better.
INSTALL = (
    "It needs Python 3.9 and dnspython, and pymongo for the driver's hops: install them there, or set "
    "private_link_verify_venv to have them installed in an environment of their own."
)

#: How a name may fail to resolve although a private zone holds it.
UNRESOLVED = ("emptied", "nxdomain", "nodata")


def verdict(
    facts: Facts,
    results: t.Sequence[State] = (),
    findings: t.Sequence[State] = (),
    srv_hosts: t.Sequence[str] = (),
    trouble: State | None = None,
    probed: bool = True,
) -> dict[str, t.Any]:
    """What is true of one link.

    `facts` as in `control`; `results` what private_link_probe returned for each client and name, as a loop over
    [client, name] registers it; `findings` those of the DNS linter; `srv_hosts` the names that the application uses;
    `trouble` the result of the task that could not look at the clouds, if one could not; `probed` whether the data path
    was to be probed at all.
    Shape: {ok, summary, broken, connection_strings, facts, lines, findings, control, probes}. `ok` is
    false if a hop failed, or if nothing was proved because there was no name to probe.
    """
    product = product_of(facts)
    probes = [_probe(result, facts, product) for result in results]
    control = [_trouble(trouble)] if trouble else _excused(control_hops(facts, srv_hosts), probes, product)
    shown = [_shown(hop, product) for hop in control]
    broken = _broken(shown, control, probes, findings, product)
    lines = done(shown, probes, product, probed)
    return {
        "ok": broken is None and (bool(probes) or not probed),
        "summary": _summary(broken, lines, proved=bool(probes) or not probed),
        "broken": broken,
        "connection_strings": product.names(facts)["connection_strings"],
        "facts": _facts(facts, product),
        "lines": lines,
        "findings": list(findings),
        "control": shown,
        "probes": probes,
    }


def titles(product: Product) -> dict[str, str]:
    """What people call each hop."""
    return {**{hop.name: hop.title for hop in product.hops}, **TITLES}


def _shown(hop: Hop, product: Product) -> dict[str, t.Any]:
    plane = "data" if hop.hop in DATA else "control"
    return {**hop.result(), "title": titles(product)[hop.hop], "plane": plane}


def _excused(control: t.Sequence[Hop], probes: t.Sequence[Probe], product: Product) -> list[Hop]:
    """Names may be served in other ways than ours: where every client is told the right address, nothing is broken."""
    seen = [hop["status"] for probe in probes for hop in probe["hops"] if hop["hop"] == "expected_address"]
    if len(seen) < len(probes) or set(seen) != {OK}:
        return list(control)
    for_names = {hop.name for hop in product.hops if hop.serves_names}
    return [_excuse(hop) if hop.hop in for_names and _is_to_blame(hop, for_names) else hop for hop in control]


def _is_to_blame(hop: Hop, for_names: t.Collection[str]) -> bool:
    return hop.status == FAILED or hop.skipped_because in for_names


def _excuse(hop: Hop) -> Hop:
    message = f"{hop.message}; clients are told the right address all the same"
    return replace(hop, status=OK, symptom=None, skipped_because=None, message=message)


def _probe(result: State, facts: Facts, product: Product) -> Probe:
    """One client's probe. One that could not run is a broken hop of its own."""
    client, srv_host = result["item"]
    found = result.get("probe")
    if found is None:
        symptom = "unreachable" if result.get("unreachable") else "cannot_probe"
        seen = {"client": client, **_said(result, INSTALL)}
        hops = [Hop(CLIENT, FAILED, seen["error"], client, symptom, observed=seen)]
        hops += [Hop(name, SKIPPED, f"not tried, because of {CLIENT}", skipped_because=CLIENT) for name in HOPS]
        return _judged(client, srv_host, hops, [], product)
    walked = [Hop(**hop) for hop in found["hops"]]
    aliases = {hop.target: hop.observed.get("aliases") or [] for hop in walked if hop.hop == "address"}
    hops = [_held_against_zones(hop, facts, [hop.target or "", *aliases.get(hop.target, [])]) for hop in walked]
    return _judged(client, srv_host, product.refine(hops, facts, srv_host), found["targets"], product)


def _trouble(result: State) -> Hop:
    seen = _said(result, "Read what the task says, and run again.")
    return Hop(CONTROL_PLANE, FAILED, seen["error"], symptom="cannot_look", observed=seen)


def _said(result: State, advice: str) -> dict[str, str]:
    """What a failed task says in one line, and what it says to do."""
    error = result.get("error") or {}
    return {
        "error": " ".join(str(error.get("cause") or result.get("msg") or "no reason given").split()),
        "advice": error.get("fix") or advice,
    }


def _judged(
    client: str, srv_host: str | None, hops: t.Sequence[Hop], targets: t.Sequence[State], product: Product
) -> Probe:
    broken = next((hop for hop in hops if hop.status == FAILED), None)
    cause, fix = diagnose(broken, hops, catalogue(product)) if broken else (None, None)
    return {
        "client": client,
        "srv_host": srv_host,
        "ok": broken is None,
        "broken_hop": broken and broken.hop,
        "symptom": broken and broken.symptom,
        "cause": cause,
        "fix": fix,
        "hops": [_shown(hop, product) for hop in hops],
        "targets": list(targets),
    }


def _held_against_zones(hop: Hop, facts: Facts, names: t.Sequence[str]) -> Hop:
    """A failed look-up, held against the private zones that exist in Azure; `names` are the host's and its aliases."""
    if hop.status != FAILED or hop.hop not in ("address", "expected_address"):
        return hop
    for zone, held in zones_with(facts, names):
        seen = {**hop.observed, "private_zone": zone["name"]}
        if hop.hop == "address" and hop.symptom in UNRESOLVED:
            return replace(hop, symptom="zone_not_seen", observed={**seen, "linked": linked_to(zone)})
        if hop.symptom == "unexpected" and set(held) & set(hop.observed["wrong"]):
            return replace(hop, symptom="stale_record", observed=seen)
    return hop


def _broken(
    shown: t.Sequence[State],
    control: t.Sequence[Hop],
    probes: t.Sequence[Probe],
    findings: t.Sequence[State],
    product: Product,
) -> dict[str, t.Any] | None:
    """The first broken hop, why, what to do, the evidence, and what could not be tried because of it."""
    first = next((hop for hop in control if hop.status == FAILED), None)
    if first:
        cause, fix = diagnose(first, control, catalogue(product))
        later = [hop.hop for hop in control if hop.skipped_because == first.hop]
        skipped = later + ([] if probes else list(HOPS))
        return _sentence(shown[control.index(first)], None, cause, fix, [first.message], skipped)
    failing = [probe for probe in probes if not probe["ok"]]
    if not failing:
        return None
    probe = min(failing, key=lambda one: DATA.index(one["broken_hop"]))
    hop = next(hop for hop in probe["hops"] if hop["status"] == FAILED)
    alike = [h["message"] for h in probe["hops"] if (h["status"], h["hop"]) == (FAILED, hop["hop"])]
    evidence = [*alike, *_elsewhere(probe, probes), *_noted(hop, findings)]
    skipped = list(dict.fromkeys(h["hop"] for h in probe["hops"] if h["skipped_because"] == hop["hop"]))
    return _sentence(hop, probe, probe["cause"], probe["fix"], evidence, skipped)


def _sentence(
    hop: State, probe: Probe | None, cause: str, fix: str, evidence: t.Sequence[str], skipped: t.Sequence[str]
) -> dict[str, t.Any]:
    return {
        **{name: hop[name] for name in ("hop", "title", "plane", "symptom", "target")},
        "client": probe and probe["client"],
        "srv_host": probe and probe["srv_host"],
        "cause": cause,
        "fix": fix,
        "evidence": list(evidence),
        "skipped": list(skipped),
    }


def _elsewhere(broken: Probe, probes: t.Sequence[Probe]) -> t.Iterator[str]:
    """The same name from other clients: it tells a client's own trouble from the link's."""
    others = [p for p in probes if p["srv_host"] == broken["srv_host"] and p["client"] != broken["client"]]
    well = [probe["client"] for probe in others if probe["ok"]]
    badly = [f"{probe['client']} ({probe['broken_hop']})" for probe in others if not probe["ok"]]
    if well:
        yield f"{', '.join(well)} reaches it: what is broken is on this client's side, {broken['client']}"
    if badly:
        yield f"also broken from {', '.join(badly)}"


def _noted(hop: State, findings: t.Sequence[State]) -> list[str]:
    """What the linter has to say of zones, when it is names that are broken."""
    in_dns = hop["hop"] in HOPS[: HOPS.index("expected_address") + 1]
    return [finding["message"] for finding in findings if in_dns and finding["severity"] == "breaks"]


def _summary(broken: State | None, lines: t.Sequence[State], proved: bool) -> str:
    if broken:
        where = f" as seen from {broken['client']}" if broken["client"] else ""
        return f"The private link does not work: the broken hop is {broken['hop']}{where}."
    if not proved:
        return "The private link was not proved: there was no connection string to probe."
    if any(line["ok"] is None for line in lines):
        return "Nothing is broken, as far as it was looked at; not everything was."
    return "The private link works."


def _facts(facts: Facts, product: Product) -> list[dict[str, str]]:
    """What a reader needs to know which link this is."""
    zones = ("Private zones", facts.get("zones_error") and f"not looked at: {facts['zones_error']}")
    return [{"label": label, "value": str(value)} for label, value in [*product.labels(facts), zones] if value]


#: The lines of "What done looks like" for each client's probe: what is asked, the hops that answer it, and what
#: is good about it, in words.
PROBE_LINES: t.Sequence[tuple[str, tuple[str, ...], str]] = (
    (
        "SRV record of {srv_host} returns targets",
        (CLIENT, "resolver", "srv", "txt", "parent_domain"),
        "{hosts}, ports {ports}",
    ),
    ("its targets resolve to the endpoint", ("address", "expected_address"), "{addresses}"),
    ("TCP on every port of the SRV record", ("tcp",), "{ports} accept"),
    (
        "a driver connects, creates, reads, updates, deletes",
        ("tls", *HOPS[HOPS.index("hello") :]),
        "through mongodb+srv://{srv_host}",
    ),
)


def done(
    control: t.Sequence[State], probes: t.Sequence[Probe], product: Product, probed: bool = True
) -> list[dict[str, t.Any]]:
    """Is it done? Line by line: {check, ok (None: not looked at), observed}."""
    lines = []
    for check, names in product.lines:
        hops = [hop for hop in control if hop["hop"] in names]
        lines.append(_line(check, hops, "; ".join(hop["message"] for hop in hops if hop["hop"] == names[-1])))
    several = len({probe["client"] for probe in probes}) > 1
    for probe in probes:
        words = _words(probe)
        seen_from = f", from {probe['client']}" if several else ""
        for check, names, good in PROBE_LINES:
            hops = [hop for hop in probe["hops"] if hop["hop"] in names]
            lines.append(_line(check.format_map(words) + seen_from, hops, good.format_map(words)))
    if not probes:
        broken = next((hop["hop"] for hop in control if hop["status"] == FAILED), None)
        why = "there was no connection string to probe" if probed else "it was not to be probed"
        why = f"not tried, because of {broken}" if broken else why
        named = (check.format(srv_host="the cluster") for check, *_rest in PROBE_LINES)
        lines += [{"check": check, "ok": None, "observed": why} for check in named]
    return lines


def _words(probe: Probe) -> dict[str, str]:
    targets = probe["targets"]
    return {
        "srv_host": str(probe["srv_host"]),
        "hosts": ", ".join(dict.fromkeys(target["host"] for target in targets)),
        "ports": ", ".join(dict.fromkeys(str(target["port"]) for target in targets)),
        "addresses": ", ".join(dict.fromkeys(address for target in targets for address in target["addresses"])),
    }


def _line(check: str, hops: t.Sequence[State], good: str) -> dict[str, t.Any]:
    """What failed, else why something was not looked at, else what is good."""
    failed = [hop["message"] for hop in hops if hop["status"] == FAILED]
    skipped = [hop["message"] for hop in hops if hop["status"] == SKIPPED]
    if failed:
        return {"check": check, "ok": False, "observed": "; ".join(dict.fromkeys(failed))}
    if skipped or not hops:
        return {"check": check, "ok": None, "observed": skipped[0] if skipped else "not looked at"}
    return {"check": check, "ok": True, "observed": good}
