# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""ARM resource ids and names: checked before they are sent, and compared as ARM compares them, without case."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from .._errors import InvalidInput, NotGiven

PRIVATE_ENDPOINTS = "Microsoft.Network/privateEndpoints"
NETWORK_INTERFACES = "Microsoft.Network/networkInterfaces"
VIRTUAL_NETWORKS = "Microsoft.Network/virtualNetworks"
SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
PRIVATE_DNS_ZONES = "Microsoft.Network/privateDnsZones"
ZONE_LINKS = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"
SECURITY_GROUPS = "Microsoft.Network/applicationSecurityGroups"
PRIVATE_LINK_SERVICES = "Microsoft.Network/privateLinkServices"
MONGO_CLUSTERS = "Microsoft.DocumentDB/mongoClusters"

#: What to give where a target is missing or wrong.
WHICH_TARGET = (
    "For Atlas it is private_link_service_id, as atlas_endpoint_service returns it; for Azure DocumentDB it is the "
    "cluster's id."
)

_SUBSCRIPTION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_GROUP = re.compile(r"[-\w.()]{0,89}[-\w()]")
_GROUP_ID = re.compile(r"/subscriptions/([^/]+)/resourceGroups/([^/]+)/?", re.IGNORECASE)
_ID = re.compile(r"/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/([^/]+)((?:/[^/]+/[^/]+)+)", re.IGNORECASE)
_ALIAS = re.compile(r"[-\w.]+\.azure\.privatelinkservice", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)


class ResourceId(t.NamedTuple):
    """A resource id, taken apart. `kind` is e.g. Microsoft.Network/virtualNetworks/subnets; one name for each type."""

    subscription: str
    group: str
    kind: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.names[-1]


def same(one: str | None, other: str | None) -> bool:
    """Whether two ids (or names, or locations) mean the same."""
    return (one or "").lower() == (other or "").lower()


def location(name: str) -> str:
    """A location as ARM writes it: "East US 2" is eastus2."""
    return name.replace(" ", "").lower()


def parse(value: str) -> ResourceId | None:
    """Takes an id apart; None if it is none."""
    found = _ID.fullmatch(value)
    if not found:
        return None
    subscription, group, namespace, rest = found.groups()
    parts = rest.strip("/").split("/")
    return ResourceId(subscription, group, "/".join([namespace, *parts[::2]]), tuple(parts[1::2]))


def title(path: str) -> str:
    """How messages call what a path leads to: "mongo cluster c", "private link resources of c"."""
    scope, _providers, rest = path.rpartition("/providers/")
    namespace, *parts = rest.split("/")
    if not parts:
        return f"resource provider {namespace}"
    kinds, names = parts[::2], parts[1::2]
    kind = words(kinds[-1])
    if len(kinds) == len(names):
        return f"{kind[:-1]} {names[-1]}"
    group = scope.partition("/resourceGroups/")[2]
    return f"{kind} of {names[-1] if names else group or 'the subscription'}"


def words(kind: str) -> str:
    """The name of a type as words: privateDnsZones is "private DNS zones". ALL is how record sets are listed."""
    if kind == "ALL":
        return "record sets"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower().replace(" dns ", " DNS ")


def build(subscription: str, group: str, kind: str, *names: str) -> str:
    """The id of a resource of this kind."""
    namespace, *types = kind.split("/")
    pairs = "".join(f"/{type_}/{name}" for type_, name in zip(types, names))
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{namespace}{pairs}"


def collection(subscription: str, group: str | None, kind: str) -> str:
    """The path of all resources of a kind in a group, or in the subscription."""
    return f"/subscriptions/{subscription}{f'/resourceGroups/{group}' if group else ''}/providers/{kind}"


def checked_id(option: str, value: str, kind: str) -> ResourceId:
    """The id of a resource of this kind, taken apart, or `InvalidInput`."""
    found = parse(value)
    if found is None or not same(found.kind, kind):
        raise InvalidInput(option, value, f"a resource id: {build('<id>', '<group>', kind, '<name>', '<name>')}")
    return found


def checked_resource(value: str, option: str = "resource_id") -> str:
    """The id of a resource of any type as it is, or `InvalidInput`."""
    if parse(value) is None:
        raise InvalidInput(
            option, value, f"a resource id, such as {build('<id>', '<group>', MONGO_CLUSTERS, '<name>')}"
        )
    return value


def checked_target(option: str, value: str) -> str:
    """What a private endpoint can connect to: a resource id, or the alias of a Private Link Service."""
    if parse(value) is None and not _ALIAS.fullmatch(value):
        raise InvalidInput(
            option,
            value,
            "a resource id or an alias that ends in .azure.privatelinkservice",
            WHICH_TARGET,
        )
    return value


def checked_subscription(value: str | None, option: str = "subscription_id") -> str:
    """A subscription id as it is, or `InvalidInput`."""
    if not value or not _SUBSCRIPTION.fullmatch(value):
        raise (InvalidInput if value else NotGiven)(
            option,
            value,
            "the id of an Azure subscription, such as 00000000-0000-0000-0000-000000000000",
            f"Set {option} or the environment variable AZURE_SUBSCRIPTION_ID.",
        )
    return value


def checked_group(value: str, option: str = "resource_group") -> str:
    """A resource group's name as it is, or `InvalidInput`."""
    if not _GROUP.fullmatch(value):
        raise InvalidInput(option, value, "1 to 90 letters, digits or -_.() and must not end in a period")
    return value


def checked_place(value: str, option: str = "resource_group") -> tuple[str | None, str]:
    """The subscription and the name of a resource group that is given by its id, or None and its name; or
    `InvalidInput`."""
    if not value.startswith("/"):
        return None, checked_group(value, option)
    found = _GROUP_ID.fullmatch(value)
    if not (found and _SUBSCRIPTION.fullmatch(found.group(1)) and _GROUP.fullmatch(found.group(2))):
        raise InvalidInput(
            option, value, "a name or a resource id: /subscriptions/<id of the subscription>/resourceGroups/<name>"
        )
    return found.group(1), found.group(2)


def checked_name(value: str, option: str = "name", longest: int = 80) -> str:
    """The name of a network resource as it is, or `InvalidInput`. Source: Microsoft, naming rules of
    Microsoft.Network."""
    if not re.fullmatch(rf"[A-Za-z0-9]([\w.-]{{0,{longest - 2}}}\w)?", value, re.ASCII):
        raise InvalidInput(
            option,
            value,
            f"1 to {longest} letters, digits or -_. that begin with a letter or digit and end with one or with _",
        )
    return value


def checked_zone(value: str, option: str = "name") -> str:
    """The name of a private DNS zone, in lower case and without a trailing dot, or `InvalidInput`. Source: Microsoft,
    private DNS zones: 2 to 34 labels."""
    name = value.rstrip(".").lower()
    labels = name.split(".")
    if not 2 <= len(labels) <= 34 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidInput(option, value, "a domain name of 2 to 34 labels, such as db.example.net")
    return name


def checked_address(option: str, value: str) -> str:
    """An IP address in its usual spelling, or `InvalidInput`."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise InvalidInput(option, value, "an IP address such as 10.0.0.4") from None


def checked_prefix(option: str, value: str) -> str:
    """An address range in its usual spelling, or `InvalidInput`."""
    try:
        return str(ipaddress.ip_network(value))
    except ValueError:
        raise InvalidInput(option, value, "an address range such as 10.0.0.0/16, without host bits") from None
