# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE to the collection.

"""Who signs in, and to which subscription: the variables of a link, for every task of it. Pure.

Ansible has put the task's options and `module_defaults` together before a task begins. What they leave open is taken
from the variables of the link, and only what those leave open from the environment (by the module, later).
"""

from __future__ import annotations

import typing as t

from ..module_utils._errors import Failure, InvalidInput
from ._given import given

#: By the first word of a module's name, its options about signing in. Those of one tuple come from one place, so that
#: halves of two identities never meet, nor one cloud's token another cloud's address.
TOGETHER: t.Mapping[str, tuple[tuple[str, ...], ...]] = {
    "atlas": (("client_id", "client_secret", "public_key", "private_key"), ("base_url",), ("ca_path",)),
    "azure": (
        ("tenant", "client_id", "secret", "certificate_path", "auth_source"),
        ("cloud_environment", "authority_url", "resource_manager_url"),
        ("subscription_id",),
        ("ca_path",),
    ),
}

#: The variable with the link's subscription, if it is not in `private_link_azure_auth`.
SUBSCRIPTION = "private_link_azure_subscription_id"
#: A role sets this for the tasks about a part that another team may own: the name of the option with the credentials of
#: that team. They take the place of all others. The subscription is said in those tasks themselves.
OF_THE_PART = "__private_link_azure_auth_from"

Options = t.Mapping[str, t.Any]
#: Gives the value of a variable; None if there is none.
Read = t.Callable[[str], t.Any]


def completed(arguments: Options, family: str, read: Read) -> dict[str, t.Any]:
    """The arguments of a task, with what the variables of the link say about signing in. `family` is the first word of
    the module's name. Raises a `Failure` that names the variable and none of its values."""
    together = TOGETHER.get(family, ())
    places = [arguments]
    if together:
        places.append(_of_the_link(family, read))
    if family == "azure" and (own := read(OF_THE_PART)):
        places.insert(0, {**_auth(own, family, read), "subscription_id": None})
    result = dict(arguments)
    for names in together:
        for place in places:
            found = {name: place[name] for name in names if _says_something(name, place.get(name))}
            if found:
                result = {**{name: value for name, value in result.items() if name not in names}, **found}
                break
    return result


def _of_the_link(family: str, read: Read) -> dict[str, t.Any]:
    subscription = read(SUBSCRIPTION) if family == "azure" else None
    common = _auth(f"private_link_{family}_auth", family, read)
    return {**common, **({"subscription_id": subscription} if subscription else {})}


def _auth(variable: str, family: str, read: Read) -> dict[str, t.Any]:
    """The dictionary in a variable, without blanks. A value may be a secret, and in a wrong place so may be a name."""
    value = read(variable)
    known = sorted(name for names in TOGETHER[family] for name in names)
    allowed = f"a dictionary with options of the {family.capitalize()} modules: {', '.join(known)}"
    fix = f"Correct {variable} and run again."
    try:
        found = given(value, "dict")
    except InvalidInput:
        raise _wrong(f"{variable} is something else than a dictionary", allowed, fix) from None
    unknown = [str(name) for name in found if name not in known]
    if unknown:
        which = f" ({', '.join(sorted(unknown))})" if isinstance(value, t.Mapping) else ""
        raise _wrong(f"{variable} has names that are no such options{which}", allowed, fix)
    for name, one in found.items():
        if isinstance(one, (t.Mapping, list, tuple, set)):
            raise _wrong(f"{variable} has something else than a text as {name}", "a text", fix)
    # As text: what Ansible decrypts when it is looked at is plain from here on.
    return {name: str(one) for name, one in found.items() if one is not None}


def _wrong(what: str, allowed: str, fix: str) -> Failure:
    return Failure(what, f"it must be {allowed}", fix, code="InvalidInput")


def _says_something(name: str, value: t.Any) -> bool:
    """Blank is not given, as for every option; nor does "auto" say who signs in."""
    return value not in (None, "") and (name, value) != ("auth_source", "auto")
