# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.tools.catalogue: writes the catalogue of diagnoses into docs/docsite/rst/diagnosis.rst.

The texts are the signatures of the collection; how to rehearse each is what test_diagnosis.py proves.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.catalogue import catalogue
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.products import PRODUCTS
from ansible_collections.privatelink.mongodb.plugins.module_utils._diagnosis.verdict import CONTROL_PLANE, titles
from ansible_collections.privatelink.mongodb.plugins.module_utils._dns_lint.lint import NAMINGS
from ansible_collections.privatelink.mongodb.plugins.module_utils._dns_lint.naming import BREAKS, RISK, USELESS
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.signatures import Diagnosis
from tests.playbooks.test_diagnosis import CASES, MONGO_CASES, Case
from tests.tools.stage import CHECKOUT

PAGE = CHECKOUT / "docs" / "docsite" / "rst" / "diagnosis.rst"
BEGIN = ".. What follows is written by `make docs` from the collection's own signatures.\n"
NAMES = {"atlas": "Atlas", "mongo_cluster": "Azure DocumentDB"}
DEMOS = {"atlas": "", "mongo_cluster": "PRODUCT=vcore "}
FAULTS = {"atlas": CASES, "mongo_cluster": MONGO_CASES}
PARSE = string.Formatter().parse
#: What is an option, a module, or an option with its value.
IDENTIFIER = re.compile(r"\b[a-z]+(?:_[a-z]+)+(?:=\w+)?")
SEVERITIES = {BREAKS: "clients do not connect", RISK: "they may not, some day", USELESS: "no effect"}


def page() -> str:
    """The page, with the catalogue as it should be."""
    before, found, _old = PAGE.read_text().partition(BEGIN)
    if not found:
        raise ValueError(f"{PAGE.name} has no line {BEGIN!r}")
    return before + BEGIN + "\n" + "\n".join(_lines()) + "\n"


def write() -> None:
    """Bring the page up to date."""
    if PAGE.read_text() != page():
        PAGE.write_text(page())


def _lines() -> Iterator[str]:
    yield from _heading("The catalogue", "-")
    for hop, title in _titles().items():
        entries = list(_entries(hop))
        if entries:
            yield from ["", *_heading(title, "~"), "", f"Hop ``{hop}``:"]
            for entry in entries:
                yield from ["", *entry]
    yield from ["", *_heading("Findings about zones", "~"), ""]
    yield "What the linter says of private zones: in the report, and as the result of the filter ``dns_findings``."
    for product, naming in NAMINGS.items():
        for rule, (severity, message, fix) in naming.rules.items():
            yield from ["", f"``{rule}`` ({NAMES[product]}; {SEVERITIES[severity]})", *_fields(message, fix)]


def _heading(title: str, underline: str) -> list[str]:
    return [title, underline * len(title)]


def _titles() -> dict[str, str]:
    """hop -> its title, in the order in which links are judged."""
    named = {hop: title for product in PRODUCTS.values() for hop, title in titles(product).items()}
    control = [hop.name for product in PRODUCTS.values() for hop in product.hops]
    return {hop: named[hop] for hop in dict.fromkeys([CONTROL_PLANE, *control, *named])}


def _entries(hop: str) -> Iterator[list[str]]:
    """All that can be said of a hop: what is said of one product only carries its name."""
    said: dict[tuple[str, Diagnosis], list[str]] = {}
    for product in PRODUCTS.values():
        for (of, symptom), diagnosis in catalogue(product).items():
            if of == hop and hop in titles(product):
                said.setdefault((symptom, diagnosis), []).append(product.name)
    for (symptom, diagnosis), products in sorted(said.items(), key=lambda item: item[0][0]):
        only = f" ({NAMES[products[0]]})" if len(products) < len(PRODUCTS) else ""
        faults = [(name, case.fault) for name in products for case in FAULTS[name] if _shows(case, hop, symptom)]
        demos = [f"``make demo {DEMOS[name]}FAULT={fault}``" for name, fault in dict.fromkeys(faults)]
        yield [f"``{symptom}``{only}", *_fields(*diagnosis), *([f"  :Rehearse: {', '.join(demos)}"] if demos else [])]


def _shows(case: Case, hop: str, symptom: str) -> bool:
    """Whether the demo shows it: its link is built as links are if nothing is said."""
    return (case.hop, case.symptom, case.built) == (hop, symptom, {})


def _fields(cause: str, fix: str) -> list[str]:
    """Cause, fix, and what of the observation is in them."""
    evidence = dict.fromkeys(name for _literal, name, *_more in PARSE(cause + fix) if name)
    shown = [f"  :Evidence: {', '.join(f'*{name}*' for name in evidence)}"] if evidence else []
    return [f"  :Cause: {_text(cause)}", f"  :Fix: {_text(fix)}", *shown]


def _text(text: str) -> str:
    """As reStructuredText: names of options as literals, and what a report fills in set apart."""
    parts = []
    for literal, name, *_more in PARSE(text):
        parts += [IDENTIFIER.sub(r"``\g<0>``", re.sub(r"[*`|]", r"\\\g<0>", literal)), f"*{name}*" if name else ""]
    # Marks need something other than a letter around them, which a blank that is not shown is, too.
    return re.sub(r"(?<=[\w/])(?=\*\w+\*)|(?<=\w\*)(?=[\w/])", r"\\ ", "".join(parts))


if __name__ == "__main__":
    write()
