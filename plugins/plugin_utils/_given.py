# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE to the collection.

"""Role variables as surveys and the command line give them: as text, and blank where nothing was filled in."""

from __future__ import annotations

import json
import re
import typing as t

import yaml
from ansible.module_utils.common.validation import check_type_bool, check_type_dict, check_type_float, check_type_int

from ..module_utils._errors import InvalidInput

#: What texts that hold a list begin with, if it is not the list's items alone.
LISTS = ("[", "- ")


def given(value: t.Any, kind: str, default: t.Any = None, name: str = "the value", *, secret: bool = False) -> t.Any:
    """The value as `kind` (bool, int, float, list or dict), or the default if it is blank: None, text of nothing but
    white space, or a list or dictionary with nothing in it. Without a default, what is empty of that kind (false, 0,
    [], {}). Pure.

    Raises `InvalidInput` for what cannot be of that kind, without showing it if it is `secret`.
    """
    if kind not in KINDS:
        raise InvalidInput("the first option of the filter given", kind, f"one of {', '.join(KINDS)}")
    convert, empty, allowed = KINDS[kind]
    try:
        found = None if _is_blank(value) else convert(value)
    except (TypeError, ValueError, yaml.YAMLError):
        shown = "not shown, as it may hold a secret" if secret else value
        raise InvalidInput(name, shown, allowed, f"Correct {name}, or leave it blank, and run again.") from None
    if _is_blank(found):
        return empty() if default is None else default
    return found


def _is_blank(value: t.Any) -> bool:
    """Whether nobody has given anything. False and 0 are something."""
    return value is None or (isinstance(value, (str, list, tuple, dict)) and not _trimmed(value))


def _trimmed(value: t.Any) -> t.Any:
    """A text without the white space around it; all else as it is."""
    return value.strip() if isinstance(value, str) else value


def _list(value: t.Any) -> list[t.Any]:
    """Text is JSON or YAML, or items between commas or at lines of their own. Blank items were not given."""
    if isinstance(value, str):
        value = _parsed(value) if value.lstrip().startswith(LISTS) else re.split(r"[,\n]", value)
    elif isinstance(value, int):
        value = [value]
    if not isinstance(value, (list, tuple)):
        raise TypeError
    return [_trimmed(item) for item in value if not _is_blank(item)]


def _dict(value: t.Any) -> dict[str, t.Any]:
    """Text is JSON or YAML, or pairs (`name=value`) between commas, blanks or at lines of their own."""
    found = _parsed(value) if isinstance(value, str) else value
    if isinstance(found, str):
        found = check_type_dict(found.replace("\n", ","))
    if not isinstance(found, dict):
        raise TypeError
    return dict(found)


def _parsed(text: str) -> t.Any:
    """JSON keeps its types; in YAML everything is text, as tags and names are."""
    try:
        return json.loads(text)
    except ValueError:
        return yaml.load(text, Loader=yaml.BaseLoader)  # makes nothing but texts, lists and dictionaries


class _Kind(t.NamedTuple):
    convert: t.Callable[[t.Any], t.Any]
    empty: t.Callable[[], t.Any]
    allowed: str


KINDS: t.Mapping[str, _Kind] = {
    "bool": _Kind(check_type_bool, bool, "true or false"),
    "int": _Kind(check_type_int, int, "a whole number"),
    "float": _Kind(check_type_float, float, "a number"),
    "list": _Kind(_list, list, "a list: as text with commas, or as JSON or YAML"),
    "dict": _Kind(_dict, dict, "a dictionary: as JSON or YAML, or as text such as name=value, name=value"),
}
