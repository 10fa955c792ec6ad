# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE to the collection.

"""What of an inventory is a template and what is data, for all versions of ansible-core.

From 2.19 on a text is data unless it is said to be a template; before, it was a template unless it was said to be
unsafe. What somebody wrote into a cloud must never be evaluated.
"""

from __future__ import annotations

import typing as t

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core < 2.19
    from ansible.utils.unsafe_proxy import wrap_var

    def trust_as_template(value: str) -> str:  # type: ignore[misc,unused-ignore]
        """The text as it is."""
        return value

    _untrusted = wrap_var
else:

    def _untrusted(value: str) -> str:
        """The text as it is."""
        return value


#: What no template is without: a brace, or the header that chooses other marks than braces (`#jinja2:`).
_MARKS = ("{", "#jinja2:")


def as_template(value: str) -> str:
    """A text that we wrote, to be evaluated where it is used."""
    return trust_as_template(value)


def as_data(value: t.Any) -> t.Any:
    """The value, of which no text is ever evaluated. One that can be no template is not marked as data:
    ansible-inventory shows what is marked in a form of its own."""
    if isinstance(value, dict):
        return {name: as_data(one) for name, one in value.items()}
    if isinstance(value, list):
        return [as_data(one) for one in value]
    if isinstance(value, str):
        return _untrusted(value) if any(mark in value for mark in _MARKS) else trust_as_template(value)
    return value
