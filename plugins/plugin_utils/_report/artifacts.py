# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE to the collection.

"""The report as artifacts of a job: what the next job of a workflow, or a person in AWX, wants to know of it."""

from __future__ import annotations

import re
import typing as t

PREFIX = "private_link"
NOT_VERIFIED = "The private link was not verified: its run failed before."


def artifacts(report: t.Mapping[str, t.Any]) -> dict[str, bool | str]:
    """Flat names of variables -> texts and truth values, without secrets.

    Each link has `private_link_<link>_ok`, `…_summary`, `…_hop`, `…_cause`, `…_fix` and `…_connection_string`, where
    `<link>` is its name with an underscore for whatever no variable's name may have. Names with the link in them stay
    apart when jobs of one workflow, or slices of one job, are put together: AWX does not say which of two equal ones it
    keeps (source: AWX userguide, workflows). `private_link_ok` and `private_link_summary` are about all links, and if
    there is but one, `private_link_cause` and so on are its own.

    What does not apply is an empty text: an older job's would be seen if the name was missing.
    """
    links = {link["name"]: _of_link(link) for link in report["links"]}
    links.update({name: _told(ok=False, summary=NOT_VERIFIED) for name in report["not_verified"]})
    told = {f"{PREFIX}_{_part(name)}_{key}": value for name, own in links.items() for key, value in own.items()}
    alone = next(iter(links.values())) if len(links) == 1 else {"summary": _summary(links)}
    return {**told, **{f"{PREFIX}_{key}": value for key, value in {**alone, "ok": report["ok"]}.items()}}


def _of_link(link: t.Mapping[str, t.Any]) -> dict[str, bool | str]:
    broken = link["broken"] or {}
    strings = [(one["cluster"], one["connection_string"]) for one in link["connection_strings"]]
    each = {f"connection_string_{_part(cluster)}": string for cluster, string in reversed(strings)}
    return {
        **_told(link["ok"], link["summary"], **{key: broken.get(key, "") for key in ("hop", "cause", "fix")}),
        **({"connection_string": strings[0][1]} if strings else {}),
        **(each if len(each) > 1 else {}),
    }


def _told(ok: bool, summary: str, **broken: str) -> dict[str, bool | str]:
    return {"ok": ok, "summary": summary, **dict.fromkeys(("hop", "cause", "fix", "connection_string"), ""), **broken}


def _summary(links: t.Mapping[str, t.Mapping[str, bool | str]]) -> str:
    bad = [name if not told["hop"] else f"{name} ({told['hop']})" for name, told in links.items() if not told["ok"]]
    good = f"{len(links) - len(bad)} of {len(links)} private links work"
    return f"{good}; these do not: {', '.join(bad)}." if bad else f"{good}."


def _part(name: str) -> str:
    """A part of a variable's name."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)
