# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""What the clients of a product ask for, as far as the linter must know, and how a zone is told to be theirs."""

from __future__ import annotations

import typing as t

Json = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]
#: A full name and the type of its records.
Name = tuple[str, str]
#: What clients look up, and what they must get; None where that is not known.
Needed = t.Mapping[Name, t.Optional[list[str]]]
#: rule -> how bad it is, what is the matter, what is safe.
Rules = t.Mapping[str, tuple[str, str, str]]

#: How bad it is: the application does not connect; it may not some day; it has no effect.
BREAKS, RISK, USELESS = "breaks", "risk", "useless"


class Naming(t.Protocol):
    """What differs between the products. `facts` are those of a link."""

    rules: Rules
    #: Zones that nobody asks for names of this product.
    unasked: tuple[str, ...]

    def needed(self, facts: Mapping) -> Needed:
        """What the clients of this link look up."""

    def others(self, facts: Mapping) -> set[Name]:
        """What clients of the same clusters look up that do not use this link."""

    def homes(self, facts: Mapping, needed: Needed) -> set[str]:
        """The narrowest zones that hold the targets and no names of strangers."""

    def shared(self, facts: Mapping) -> set[str]:
        """Zones that hold records of many clusters: what they lack should be looked up publicly."""

    def is_useless(self, zone: Mapping, here: t.Mapping[str, Mapping], needed: Needed, linked: t.Sequence[str]) -> bool:
        """Whether a zone that nobody asks was made for this link. `here` are its hosts' records by their full name,
        `linked` those of the clients' networks that it is linked to."""

    def is_strange(self, name: str, record: Mapping, homes: t.Collection[str]) -> bool:
        """Whether a host that is no target of the link leads where nobody answers."""


def below(name: str, domain: str) -> bool:
    """Whether a name is in a domain, or is it."""
    return f".{name}".endswith(f".{domain}")
