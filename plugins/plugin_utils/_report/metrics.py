# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE to the collection.

"""The report as metrics for the textfile collector of node_exporter, in Prometheus' text format (0.0.4)."""

from __future__ import annotations

import re
import typing as t
from datetime import datetime, timezone

#: Labels, in braces -> value.
Samples = dict[str, t.Any]

SEVERITIES = ("breaks", "risk", "useless")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def metrics(report: dict[str, t.Any]) -> str:
    """The file's text. A series may stand there only once: hops with the same target (a host with two addresses) are
    told as one, which is ok if all are, with the longest time."""
    links = report["links"]
    probes = [(link, probe) for link in links for probe in link["probes"]]
    ok, durations, certificates = _hops(links)
    families: list[tuple[str, str, Samples]] = [
        ("last_run_timestamp_seconds", "When the links were verified.", {"": _seconds(report["generated_at"])}),
        (
            "link_up",
            "Whether the link works from all clients (1) or not (0).",
            {_labels(link=link["name"]): int(link["ok"]) for link in links},
        ),
        (
            "link_verified",
            "Whether the link was verified (1), or its run failed before (0).",
            {
                **{_labels(link=link["name"]): 1 for link in links},
                **{_labels(link=name): 0 for name in report["not_verified"]},
            },
        ),
        (
            "findings",
            "DNS zones that the linter objects to.",
            {
                _labels(link=link["name"], severity=severity): [f["severity"] for f in link["findings"]].count(severity)
                for link in links
                for severity in SEVERITIES
            },
        ),
        (
            "up",
            "Whether the cluster can be used from the client (1) or not (0).",
            {_labels(**_path(link, probe)): int(probe["ok"]) for link, probe in probes},
        ),
        ("hop_ok", "Whether the hop is well (1) or broken (0). Hops that were skipped are left out.", ok),
        ("hop_duration_seconds", "How long the hop took.", durations),
        (
            "certificate_expiry_timestamp_seconds",
            "When the certificate shown at the target expires.",
            certificates,
        ),
    ]
    return "".join(_family(f"privatelink_{name}", text, series) for name, text, series in families)


def _hops(links: list[dict[str, t.Any]]) -> tuple[Samples, Samples, Samples]:
    """Whether the hops are ok, how long they took, and when certificates expire."""
    ok: Samples = {}
    durations: Samples = {}
    certificates: Samples = {}
    for link in links:
        for probe in [{"client": None, "srv_host": None, "hops": link["control"]}, *link["probes"]]:
            path = _path(link, probe)
            for hop in probe["hops"]:
                if hop["status"] == "skipped":
                    continue
                series = _labels(**path, hop=hop["hop"], target=hop["target"])
                ok[series] = min(ok.get(series, 1), int(hop["status"] == "ok"))
                durations[series] = max(durations.get(series, 0), hop["milliseconds"] / 1000)
                ends = hop["observed"].get("not_after") if hop["hop"] == "tls" else None
                if ends and MOMENT.fullmatch(ends):
                    certificate = _labels(**path, target=hop["target"])
                    certificates[certificate] = min(certificates.get(certificate, _seconds(ends)), _seconds(ends))
    return ok, durations, certificates


def _path(link: dict[str, t.Any], probe: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"link": link["name"], "client": probe["client"], "srv_host": probe["srv_host"]}


def _family(name: str, text: str, series: Samples) -> str:
    samples = [f"{name}{labels} {value}\n" for labels, value in series.items()]
    return "".join([f"# HELP {name} {text}\n", f"# TYPE {name} gauge\n", *samples])


def _labels(**labels: t.Any) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: t.Any) -> str:
    text = "" if value is None else str(value)
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _seconds(moment: str) -> int:
    """Since 1970, of a time in UTC."""
    return int(datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())
