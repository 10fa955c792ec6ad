# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE to the collection.

"""Which private link a role acts on: the one that its variables name, or the one that was made last. Pure.

The links of a host are a list of entries, the latest last: {product, play, named, taken, result}. `named` is what the
variables of the role that makes links said of the link, `taken` the roles that have acted on it since, `result` what
the role returned. An entry without a result is a link that its role has not finished.
"""

from __future__ import annotations

import typing as t

from ..module_utils._atlas import regions
from ..module_utils._azure import ids
from ..module_utils._errors import Undecided

Json = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]

#: Product -> the role that makes links to it.
MAKERS = {"atlas": "atlas_private_link", "mongo_cluster": "mongo_cluster_private_link"}
#: The ends of those names of variables that tell one link of a product from another.
_TELLING = {
    "atlas": ("project", "project_id", "region", "resource_group", "endpoint_name", "endpoint_id"),
    "mongo_cluster": ("cluster", "cluster_resource_group", "resource_group", "endpoint_name"),
}
#: What of an identity names a link; the rest may be said of many.
_NAMING = ("cluster", "endpoint_name")
DNS, VERIFY = "private_link_dns", "private_link_verify"
#: What to give where variables do not decide.
_DECIDES = {
    DNS: "private_link_dns_endpoint_id, the resource id of its private endpoint",
    VERIFY: "private_link_verify_product, private_link_verify_resource_group and private_link_verify_endpoint_name",
    **{maker: f"{maker}_resource_group and {maker}_endpoint_name" for maker in MAKERS.values()},
}


class Choice(t.NamedTuple):
    """The link in hand: what it leads to and what its role returned, both empty if there is none. `made` is the list
    with what was taken."""

    product: str
    link: Json
    made: list[Json]


def variables(role: str) -> list[str]:
    """The names of the variables from which `role` learns which link it is to act on."""
    telling = [f"{MAKERS[product]}_{end}" for product, ends in _TELLING.items() for end in (*ends, "state")]
    if role == DNS:
        return [*telling, "private_link_dns_endpoint_id"]
    if role == VERIFY:
        own = dict.fromkeys(end for ends in _TELLING.values() for end in ends if end != "endpoint_id")
        return [*telling, *(f"private_link_verify_{end}" for end in (*own, "product", "link"))]
    return telling


def known(made: t.Sequence[Mapping], results: t.Mapping[str, Mapping], play: str) -> list[Json]:
    """The entries, the latest of each product with what its role has returned by now; `results` is by product. A
    result that no role of this run has returned is taken for one of this play."""
    entries = [dict(one) for one in made]
    for product, result in results.items():
        latest = next((one for one in reversed(entries) if one["product"] == product), None)
        if result and latest:
            latest["result"] = dict(result)
        elif result:
            entries.append({"product": product, "play": play, "named": {}, "taken": [], "result": dict(result)})
    return entries


def begun(made: t.Sequence[Json], role: str, given: Mapping, play: str) -> list[Json]:
    """The entries with one more, for a link that `role` begins to make or to take down."""
    (product,) = (product for product, maker in MAKERS.items() if maker == role)
    named = _identity(product, _given(product, given, ""))
    return [*made, {"product": product, "play": play, "named": named, "taken": []}]


def choose(made: t.Sequence[Json], role: str, given: Mapping, play: str) -> Choice:
    """Decides for a role that acts on a link that was made before. `given` holds the values of `variables`.

    Raises `Undecided` if the variables name another link than those that were made, if the link was not finished, or if
    several may be meant on which `role` has not acted in this play.
    """
    nothing = Choice("", {}, list(made))
    own = str(given.get("private_link_dns_endpoint_id") or "").strip()
    if given.get("private_link_verify_link"):
        return nothing
    if own:
        exact = [one for one in made if "result" in one and ids.same(_endpoint(one), own)]
        return _taken(made, exact[-1], role) if exact else nothing
    named = {product: _identity(product, _given(product, given, role)) for product in MAKERS}
    products = _products(role, given, named)
    names = [product for product in products if _is_named(named[product])]
    # What an earlier play has left counts only if it is named.
    seen = [one for one in made if one["play"] == play or one["product"] in names]
    fitting = _latest(one for one in seen if one["product"] in (names or products) and _fits(one, named))
    if role in MAKERS.values():
        # The other tasks of a role that makes links go on with what its first ones have left.
        fitting = [one for one in [one for one in seen if one["product"] in products][-1:] if one in fitting]
    here = [one for one in seen if one["play"] == play]
    looks_itself = role == VERIFY and names
    if looks_itself and not (fitting and "result" in fitting[-1]) or not (fitting or here):
        return nothing
    if not fitting:
        raise _mismatch(role, named, names, here)
    chosen = fitting[-1]
    _check(chosen, given)
    waiting = [one for one in fitting if one["play"] == play and role not in one["taken"] and "result" in one]
    if len(waiting) > 1:
        titles = " and ".join(_title(one) for one in waiting)
        raise Undecided(
            f"{len(waiting)} private links of this host may be meant, {titles}", fix=f"Give {_DECIDES[role]}."
        )
    return _taken(made, chosen, role)


def _check(chosen: Mapping, given: Mapping) -> None:
    """Raises `Undecided` for a link that is not what the variables say it is."""
    maker = MAKERS[chosen["product"]]
    if "result" not in chosen:
        raise Undecided(
            f"the role {maker} was not finished for {_title(chosen) or 'its private link'}",
            fix="Correct what it said, and run it again.",
        )
    if given.get(f"{maker}_state") == "absent" and chosen["result"].get("state") != "absent":
        raise Undecided(
            f"{maker}_state is absent, but {_title(chosen)} was made and not taken down",
            fix=f"Run the role {maker} with the same variables first.",
        )


def _taken(made: t.Sequence[Json], chosen: Json, role: str) -> Choice:
    entries = [{**one, "taken": [*one["taken"], role]} if one is chosen else one for one in made]
    return Choice(chosen["product"], chosen["result"], entries)


def _products(role: str, given: Mapping, named: t.Mapping[str, Mapping]) -> list[str]:
    """The products of which a link may be meant."""
    one = given.get("private_link_verify_product")
    return [product for product, maker in MAKERS.items() if role == maker or one == product] or list(named)


def _given(product: str, given: Mapping, role: str) -> Json:
    """What is said of a link to a product, by the end of the variable's name; the role's own variables come first."""
    found: Json = {}
    for end in _TELLING[product]:
        own = given.get(f"private_link_verify_{end}") if role == VERIFY else None
        value = own or given.get(f"{MAKERS[product]}_{end}")
        if value and str(value).strip():
            found[end] = str(value).strip()
    if role == VERIFY and given.get("private_link_verify_endpoint_name"):
        found.pop("endpoint_id", None)
    return found


def _identity(product: str, given: Mapping) -> Json:
    """The same, as far as it is known, in one spelling and with ids taken apart."""
    found = dict(given)
    endpoint = ids.parse(found.pop("endpoint_id", ""))
    if endpoint:
        found.update(subscription=endpoint.subscription, resource_group=endpoint.group, endpoint_name=endpoint.name)
    cluster = ids.parse(found.get("cluster", ""))
    if cluster:
        found.update(cluster_subscription=cluster.subscription, cluster_resource_group=cluster.group)
        found["cluster"] = cluster.name
    if "region" in found:
        found["region"] = regions.atlas_name(found["region"])
    return {name: value if name == "project" else value.lower() for name, value in found.items()}


def _shown(entry: Mapping) -> Json:
    """The identity of an entry: what is known of the link itself, or else what was said of it."""
    result = entry.get("result") or {}
    project = result.get("project") or {}
    seen = {
        "endpoint_id": _endpoint(entry),
        "project": project.get("name"),
        "project_id": project.get("id"),
        "region": (result.get("endpoint_service") or {}).get("region"),
        "cluster": result.get("cluster_id"),
    }
    return {
        **entry["named"],
        **_identity(entry["product"], {name: str(value) for name, value in seen.items() if value}),
    }


def _endpoint(entry: Mapping) -> str:
    """The resource id of the private endpoint, as far as it is known."""
    return str(((entry.get("result") or {}).get("private_endpoint") or {}).get("id") or "")


def _fits(entry: Mapping, named: t.Mapping[str, Mapping]) -> bool:
    """Whether nothing that is said contradicts what is known. Of a link that was not finished, the name must fit."""
    shown, wanted = _shown(entry), named[entry["product"]]
    must_be_known = () if "result" in entry else _NAMING
    return all(shown[name] == value if name in shown else name not in must_be_known for name, value in wanted.items())


def _is_named(identity: Mapping) -> bool:
    return any(name in identity for name in _NAMING)


def _latest(entries: t.Iterable[Json]) -> list[Json]:
    """Of several entries for one link the last one."""
    found: list[Json] = []
    for one in entries:
        found = [*(old for old in found if not _is_same_link(old, one)), one]
    return found


def _is_same_link(one: Mapping, other: Mapping) -> bool:
    first, second = _shown(one), _shown(other)
    place = [(found.get("resource_group"), found.get("endpoint_name")) for found in (first, second)]
    scopes = {found["subscription"] for found in (first, second) if "subscription" in found}
    return one["product"] == other["product"] and place[0] == place[1] and all(place[0]) and len(scopes) < 2


def _title(entry: Mapping) -> str:
    shown = _shown(entry)
    return _endpoint(entry) or "/".join(filter(None, (shown.get("resource_group"), shown.get("endpoint_name"))))


def _mismatch(role: str, named: t.Mapping[str, Mapping], names: t.Sequence[str], here: t.Sequence[Json]) -> Undecided:
    said = ", ".join(f"{end} {value}" for product in names or named for end, value in named[product].items())
    links = ", ".join(_title(one) or "one that was not finished" for one in here)
    return Undecided(
        f"the variables name another private link ({said}) than those of this host ({links})",
        fix=f"Run the role that makes it first, or give {_DECIDES[role]}.",
    )
