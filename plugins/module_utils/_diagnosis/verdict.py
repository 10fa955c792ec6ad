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
from urllib.parse import parse_qsl

from .._probe.hop import FAILED, HOPS, OK, SKIPPED, Hop
from .._probe.signatures import diagnose
from .catalogue import CATALOGUE
from .control import Facts, State, control_hops

Probe = dict[str, t.Any]

CLIENT, CONTROL_PLANE = "client", "control_plane"
TITLES: t.Mapping[str, str] = {
    CONTROL_PLANE: "Look at the clouds",
    "cluster": "Cluster",
    "endpoint_service": "Endpoint service",
    "private_endpoint": "Private endpoint",
    "endpoint_interface": "Registration with Atlas",
    "connection": "Azure connection",
    "registered_address": "One address on both sides",
    "connection_string": "Private connection string",
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

#: Where a walk may end because SRV or TXT records, though well-formed, are not those that Atlas has.
AFTER_RECORDS = ("address", "expected_address", "tcp", "tls", "hello", "authentication")


def verdict(
    facts: Facts,
    results: t.Sequence[State] = (),
    findings: t.Sequence[State] = (),
    srv_hosts: t.Sequence[str] = (),
    trouble: State | None = None,
) -> dict[str, t.Any]:
    """What is true of one link.

    `facts` as in `control`; `results` what private_link_probe returned for each client and name, as a loop over
    [client, name] registers it; `findings` those of the DNS linter; `srv_hosts` the names that the application uses;
    `trouble` the result of the task that could not look at the clouds, if one could not.
    Shape: {ok, summary, broken, facts, lines, findings, control, probes}. `ok` is false if a hop failed, or if nothing
    was proved because there was no name to probe.
    """
    control = [_trouble(trouble)] if trouble else control_hops(facts, srv_hosts)
    probes = [_probe(result, facts) for result in results]
    broken = _broken(control, probes, findings)
    lines = done(control, probes)
    return {
        "ok": broken is None and bool(probes),
        "summary": _summary(broken, probes, lines),
        "broken": broken,
        "facts": _facts(facts),
        "lines": lines,
        "findings": list(findings),
        "control": [_shown(hop) for hop in control],
        "probes": probes,
    }


def _shown(hop: Hop) -> dict[str, t.Any]:
    return {**hop.result(), "title": TITLES[hop.hop], "plane": "data" if hop.hop in DATA else "control"}


def _probe(result: State, facts: Facts) -> Probe:
    """One client's probe. One that could not run is a broken hop of its own."""
    client, srv_host = result["item"]
    found = result.get("probe")
    if found is None:
        symptom = "unreachable" if result.get("unreachable") else "cannot_probe"
        seen = {"client": client, **_said(result, INSTALL)}
        hops = [Hop(CLIENT, FAILED, seen["error"], client, symptom, observed=seen)]
        hops += [Hop(name, SKIPPED, f"not tried, because of {CLIENT}", skipped_because=CLIENT) for name in HOPS]
        return _judged(client, srv_host, hops, [])
    string = _string(facts, srv_host)
    hops = [_refined(Hop(**hop), facts, string) for hop in found["hops"]]
    broken = next((hop.hop for hop in hops if hop.status == FAILED), None)
    if broken in AFTER_RECORDS:
        hops = [_against_the_api(hop, string) for hop in hops]
    return _judged(client, srv_host, hops, found["targets"])


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


def _judged(client: str, srv_host: str | None, hops: t.Sequence[Hop], targets: t.Sequence[State]) -> Probe:
    broken = next((hop for hop in hops if hop.status == FAILED), None)
    cause, fix = diagnose(broken, hops, CATALOGUE) if broken else (None, None)
    return {
        "client": client,
        "srv_host": srv_host,
        "ok": broken is None,
        "broken_hop": broken and broken.hop,
        "symptom": broken and broken.symptom,
        "cause": cause,
        "fix": fix,
        "hops": [_shown(hop) for hop in hops],
        "targets": list(targets),
    }


def _refined(hop: Hop, facts: Facts, string: State | None) -> Hop:
    """A failed look-up, held against the names that Atlas has and the private zones that exist in Azure."""
    if (hop.hop, hop.symptom) == ("srv", "nxdomain") and string:
        return replace(hop, symptom="hidden")
    if hop.status != FAILED or hop.hop not in ("address", "expected_address"):
        return hop
    for zone, held in _zones_with(facts, hop.target or ""):
        seen = {**hop.observed, "private_zone": zone["name"]}
        if hop.hop == "address" and hop.symptom in UNRESOLVED:
            linked = [link["virtual_network_id"].rpartition("/")[2] for link in zone["links"]]
            return replace(hop, symptom="zone_not_seen", observed={**seen, "linked": linked})
        if hop.symptom == "unexpected" and set(held) & set(hop.observed["wrong"]):
            return replace(hop, symptom="stale_record", observed=seen)
    return hop


def _string(facts: Facts, srv_host: str | None) -> State | None:
    """The connection string of that name, as the API has it."""
    strings = [entry for cluster in facts.get("clusters") or [] for entry in cluster["private_endpoints"]]
    return next((entry for entry in strings if entry["srv_host"] == srv_host and entry.get("targets")), None)


def _against_the_api(hop: Hop, string: State | None) -> Hop:
    """A record that says something else than the API does: mirrored once and not kept in sync, or still cached."""
    if string is None or hop.status == FAILED:
        return hop
    if hop.hop == "srv":
        said, api = sorted(hop.observed["targets"]), sorted(f"{one['host']}:{one['port']}" for one in string["targets"])
    elif hop.hop == "txt" and hop.status == OK:
        said, api = (_options(one) for one in (dict(parse_qsl("&".join(hop.observed["records"]))), string["options"]))
    else:
        return hop
    if said == api:
        return hop
    seen = {**hop.observed, "said": said, "api": api}
    return replace(
        hop,
        status=FAILED,
        symptom="outdated",
        message=f"{', '.join(said) or 'nothing'} differs from the API",
        observed=seen,
    )


def _options(options: t.Mapping[str, str]) -> list[str]:
    """Those that a driver cannot do without; the names' letter case means nothing."""
    return sorted(f"{name}={value}" for name, value in options.items() if name.lower() in ("authsource", "replicaset"))


def _zones_with(facts: Facts, host: str) -> t.Iterator[tuple[State, list[str]]]:
    """The linked private zones that hold an A record for a host, most specific first, and its addresses."""
    for zone in sorted(facts.get("zones") or [], key=lambda zone: -len(zone["name"])):
        name = zone["name"].lower()
        if zone["links"] and (host == name or host.endswith(f".{name}")):
            relative = "@" if host == name else host[: -len(name) - 1]
            for record in zone.get("records") or []:
                if (record["name"].lower(), record["type"]) == (relative, "A"):
                    yield zone, list(record["value"])


def _broken(
    control: t.Sequence[Hop], probes: t.Sequence[Probe], findings: t.Sequence[State]
) -> dict[str, t.Any] | None:
    """The first broken hop, why, what to do, the evidence, and what could not be tried because of it."""
    first = next((hop for hop in control if hop.status == FAILED), None)
    if first:
        cause, fix = diagnose(first, control, CATALOGUE)
        later = [hop.hop for hop in control if hop.skipped_because == first.hop]
        skipped = later + ([] if probes else list(HOPS))
        return _sentence(_shown(first), None, cause, fix, [first.message], skipped)
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


def _summary(broken: State | None, probes: t.Sequence[Probe], lines: t.Sequence[State]) -> str:
    if broken:
        where = f" as seen from {broken['client']}" if broken["client"] else ""
        return f"The private link does not work: the broken hop is {broken['hop']}{where}."
    if not probes:
        return "The private link was not proved: there was no connection string to probe."
    if any(line["ok"] is None for line in lines):
        return "Nothing is broken, as far as it was looked at; not everything was."
    return "The private link works."


def _facts(facts: Facts) -> list[dict[str, str]]:
    """What a reader needs to know which link this is."""
    project, service = facts.get("project") or {}, facts.get("endpoint_service") or {}
    endpoint, interface = facts.get("private_endpoint") or {}, facts.get("endpoint_interface") or {}
    found = (
        ("Atlas project", project.get("name")),
        ("Region", " = ".join(filter(None, (service.get("region"), service.get("azure_location"))))),
        ("Clusters", ", ".join(cluster["name"] for cluster in facts.get("clusters") or [])),
        ("Endpoint service", service.get("id")),
        ("Private Link Service", service.get("private_link_service_id")),
        ("Private endpoint", endpoint.get("id") or facts.get("id")),
        ("Subnet", endpoint.get("subnet_id")),
        ("Address of the network interface", endpoint.get("ip_address")),
        ("Address registered with Atlas", interface.get("ip_address")),
        ("Private zones", facts.get("zones_error") and f"not looked at: {facts['zones_error']}"),
    )
    return [{"label": label, "value": str(value)} for label, value in found if value]


#: The lines of "What done looks like": what is asked, and the hops that answer it. Those of a probe are asked for each.
CONTROL_LINES: t.Sequence[tuple[str, tuple[str, ...]]] = (
    ("Atlas private endpoint is available", ("endpoint_service", "endpoint_interface")),
    ("Azure private endpoint connection is approved", ("private_endpoint", "connection")),
    ("the same address on both sides", ("registered_address",)),
    ("a connection string through the endpoint", ("cluster", "connection_string")),
)
#: And what is good about it, in words.
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


def done(control: t.Sequence[Hop], probes: t.Sequence[Probe]) -> list[dict[str, t.Any]]:
    """Is it done? Line by line: {check, ok (None: not looked at), observed}."""
    lines = []
    for check, names in CONTROL_LINES:
        hops = [_shown(hop) for hop in control if hop.hop in names]
        lines.append(_line(check, hops, "; ".join(hop["message"] for hop in hops if hop["hop"] == names[-1])))
    several = len({probe["client"] for probe in probes}) > 1
    for probe in probes:
        words = _words(probe)
        seen_from = f", from {probe['client']}" if several else ""
        for check, names, good in PROBE_LINES:
            hops = [hop for hop in probe["hops"] if hop["hop"] in names]
            lines.append(_line(check.format_map(words) + seen_from, hops, good.format_map(words)))
    if not probes:
        broken = next((hop.hop for hop in control if hop.status == FAILED), None)
        why = f"not tried, because of {broken}" if broken else "there was no connection string to probe"
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
