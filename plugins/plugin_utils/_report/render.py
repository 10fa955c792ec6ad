# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE to the collection.

"""The four files of a report. Plain Jinja, which escapes every value of a page by itself; Ansible's own would not."""

from __future__ import annotations

import json
import os
import re
import typing as t

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateRuntimeError

from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.products import PRODUCTS, path_of
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._report.metrics import metrics


class NotAReport(Exception):
    """What was given is not the document of report.schema.json; the message says what is amiss."""


def render(report: dict[str, t.Any]) -> dict[str, str]:
    """File name -> text. `report` is the document of report.schema.json, plain as JSON is. Raises NotAReport."""
    try:
        return {
            "report.html": PAGE.get_template("report.html.j2").render(report=report),
            "report.json": json.dumps(report, indent=2) + "\n",
            "report.md": TEXT.get_template("report.md.j2").render(report=report),
            "report.prom": metrics(report),
        }
    except KeyError as error:
        raise NotAReport(f"a part of it has no key {error}") from error
    except (TemplateRuntimeError, AttributeError, TypeError, ValueError) as error:
        raise NotAReport(str(error)) from error


def headline(report: dict[str, t.Any]) -> str:
    """The verdict over all links in a few words."""
    links, missing = report["links"], report["not_verified"]
    bad, count = [link for link in links if not link["ok"]], len(links) + len(missing)
    if links and count == 1:
        return "Works" if not bad else "Does not work" if links[0]["broken"] else "Not proved"
    told = []
    if bad:
        told.append(f"{len(bad)} of {count} links {'does' if len(bad) == 1 else 'do'} not work")
    if missing:
        told.append(f"{len(missing)} of {count} {'was' if len(missing) == 1 else 'were'} not verified")
    return ", ".join(told) or (f"All {count} links work" if links else "No links")


def stations(link: dict[str, t.Any]) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """The drawn path of a link: the words of each station, and the hops that belong to it."""
    if link["product"] not in PRODUCTS:
        raise ValueError(f"product is {link['product']!r}, not {' or '.join(PRODUCTS)}")
    return [(station.words, station.hops) for station in path_of(PRODUCTS[link["product"]])]


def duration(milliseconds: float) -> str:
    """As people read it."""
    if milliseconds >= 1000:
        return f"{round(milliseconds / 1000, 1)} s"
    return f"{round(milliseconds) if milliseconds >= 10 else round(milliseconds, 1)} ms"


def shown(value: t.Any) -> str:
    """Evidence of any shape: texts as they are, lists line by line, all else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and not any(isinstance(item, dict) for item in value):
        return "\n".join(map(str, value))
    return json.dumps(value, indent=2, sort_keys=True)


def one_line(value: t.Any) -> str:
    """Without line breaks, which would end a row or a block of Markdown."""
    return re.sub(r"\s+", " ", str(value))


def markdown(value: t.Any) -> str:
    """A value as a text within Markdown, in which nothing is markup."""
    return one_line(re.sub(r"([\\`*_\[\]<>|#~&])", r"\\\1", str(value)))


def ticket(link: dict[str, t.Any]) -> str:
    """What is broken, as Markdown that also reads well as plain text: for report.md and, to be copied, for the page."""
    return TEXT.get_template("ticket.md.j2").render(broken=link["broken"]).strip()


def _environment(autoescape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(os.path.join(os.path.dirname(__file__), "templates")),
        autoescape=autoescape,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    for function in (duration, headline, markdown, one_line, shown, stations, ticket):
        environment.filters[function.__name__] = function
    return environment


#: The page's templates, and those of Markdown, which escape by the filter `markdown`.
PAGE, TEXT = _environment(autoescape=True), _environment(autoescape=False)
