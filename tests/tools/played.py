# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.tools.played: writes the list of what the lab plays into tests/lab/README.md.

Everything in it comes from the tables by which the lab answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from starlette.routing import Route

from tests.lab import atlas_base, atlas_model, documents, faults, mongod
from tests.lab.arm_providers import versions_of
from tests.lab.azure import build_arm
from tests.lab.entra import entra_routes
from tests.lab.faults.registry import OF_PRODUCT
from tests.lab.pace import PACES
from tests.lab.world import World
from tests.tools.stage import CHECKOUT

PAGE = CHECKOUT / "tests" / "lab" / "README.md"
BEGIN = "<!-- What follows is written by `make docs` from the lab's own tables. -->\n"
END = "<!-- Here ends what is written by `make docs`. -->\n"
BAR = "\\|"  # a bar that separates no cells
NAMES = {"atlas": "Of a link to Atlas", "mongo_cluster": "Of a link to Azure DocumentDB"}


def page() -> str:
    """The README, with the list as it should be."""
    before, begun, rest = PAGE.read_text().partition(BEGIN)
    _old, ended, after = rest.partition(END)
    if not (begun and ended):
        raise ValueError(f"{PAGE.name} lacks the lines {BEGIN!r} and {END!r}")
    return before + BEGIN + "\n" + "\n".join(_lines()) + "\n\n" + END + after


def write() -> None:
    """Bring the README up to date."""
    if PAGE.read_text() != page():
        PAGE.write_text(page())


def _lines() -> Iterator[str]:
    world = World(PACES["instant"])
    yield "### Azure Resource Manager"
    yield ""
    yield "The api-versions are those that the list of resource providers offers. `/metadata/endpoints` describes the"
    yield "cloud to clients, without signing in."
    yield ""
    yield from _table(("type", "methods", "api-versions"), _types(world))
    yield ""
    yield "### Microsoft Entra ID"
    yield ""
    yield from _table(("path", "methods"), _routes(entra_routes(world, str)))
    yield ""
    yield "### Atlas Administration API"
    yield ""
    yield f"The paths are below `{atlas_base.BASE}`, and the version is the date in the media type."
    yield ""
    yield from _table(("path", "method", "version"), _operations())
    yield ""
    yield f"`POST {atlas_model.TOKEN_PATH}` issues the tokens of service accounts,"
    yield f"`POST {atlas_model.REVOKE_PATH}` revokes them."
    yield ""
    yield "### Database"
    yield ""
    yield "What is not listed is refused as `not supported by the lab`, with code 115."
    yield ""
    yield from _table(("command", "options"), _commands())
    yield ""
    yield f"Stages of a pipeline: {_code(documents.STAGES)}. Filters compare whole fields, by equality. An update is a"
    yield f"replacement or {_code(documents.UPDATES)} of whole fields. `$group` counts all documents."
    yield ""
    yield "### Faults"
    yield ""
    for title, names in _faults().items():
        yield f"{title}:"
        yield ""
        yield from _table(("fault", "what it plays"), ((f"`{name}`", faults.describe(name)) for name in sorted(names)))
        yield ""


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    titles = list(head)
    yield f"| {' | '.join(titles)} |"
    yield f"|{' --- |' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', BAR) for cell in row)} |"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _types(world: World) -> Iterator[tuple[str, str, str]]:
    """A type that no provider lists takes any version: subscriptions, groups, providers and features."""
    kinds = build_arm(world, str).kinds.values()
    for kind in sorted(kinds, key=lambda one: one.type.lower()):
        versions = versions_of(kind.type)
        yield f"`{kind.type}`", ", ".join(kind.methods), f"{versions[-1]} to {versions[0]}" if versions else "any"


def _routes(routes: Iterable[Route]) -> Iterator[tuple[str, str]]:
    for route in routes:
        yield f"`{route.path}`", ", ".join(sorted((route.methods or set()) - {"HEAD"}))


def _operations() -> Iterator[tuple[str, str, str]]:
    for one in sorted(atlas_model.OPERATIONS, key=lambda operation: (operation.path, operation.method)):
        yield f"`{one.path or '/'}`", one.method, one.version


def _commands() -> Iterator[tuple[str, str]]:
    for name in sorted({*mongod.COMMANDS, *documents.COLLECTION_COMMANDS}):
        yield f"`{name}`", _code(documents.OPTIONS.get(name, "").split())


def _faults() -> dict[str, set[str]]:
    """Title -> faults: a fault of both products is listed once."""
    products: dict[str, dict[str, Callable[..., Any]]] = OF_PRODUCT
    both = set.intersection(*map(set, products.values()))
    titled = {NAMES[product]: set(played) - both for product, played in products.items()}
    return {"Of a link to either": both, **titled, "Of the whole lab": set(faults.LAB_FAULTS)}


if __name__ == "__main__":
    write()
