# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The Azure CLI's command that makes a private endpoint, for those who may: pure data, nothing is run.

Source: `az network private-endpoint create --help` (Azure CLI 2.91). A service behind a Private Link Service has no
groups, so a static address names neither group nor member.
"""

from __future__ import annotations

import shlex
import typing as t
from dataclasses import dataclass

YOU, ATLAS, HANDSHAKE = "you choose", "Atlas provides it", "Atlas expects it"


@dataclass(frozen=True)
class Wanted:
    """The endpoint that somebody else shall make; what is blank is theirs to fill in, or left out if it is optional."""

    subscription_id: str | None = None
    resource_group: str | None = None
    name: str | None = None
    location: str | None = None
    virtual_network: str | None = None
    virtual_network_resource_group: str | None = None
    subnet: str | None = None
    connection_name: str | None = None
    request_message: str | None = None
    network_interface_name: str | None = None
    private_ip_address: str | None = None
    tags: t.Mapping[str, t.Any] | None = None


@dataclass(frozen=True)
class Field:
    """A flag of the command, its values, what it is and who decides; `blank` stands in for a value that is missing."""

    flag: str
    values: tuple[str, ...]
    meaning: str
    decided_by: str
    blank: str = ""


def private_endpoint_request(service: t.Mapping[str, t.Any], wanted: Wanted) -> dict[str, t.Any]:
    """{command, arguments, fields, missing, show_id, show_ip_address}.

    `service` is what atlas_endpoint_service returns. `command` is quoted for a POSIX shell, `arguments` is the same as
    a list; `fields` are its flags, with value, meaning and who decides; `missing` are the values to be filled in, which
    stand in the command as <words>; the last two are the commands that read the endpoint's id and address.
    """
    fields = [field for field in _fields(service, wanted) if field.values or field.blank]
    arguments = ["az", "network", "private-endpoint", "create", *_flags(fields)]
    where = _flags(field for field in fields if field.flag in WHERE)
    show = ["az", "network", "private-endpoint", "show", *where, "--output", "tsv", "--query"]
    interface = shlex.join([*show, "networkInterfaces[0].id"])
    return {
        "command": shlex.join(arguments),
        "arguments": arguments,
        "fields": [_shown(field) for field in fields],
        "missing": [field.blank for field in fields if not field.values],
        "show_id": shlex.join([*show, "id"]),
        "show_ip_address": f"az network nic show --ids $({interface}) --output tsv --query {ADDRESS}",
    }


#: The flags that say which endpoint it is.
WHERE = ("--subscription", "--resource-group", "--name")
#: Where a network interface has its address.
ADDRESS = shlex.quote("ipConfigurations[0].privateIPAddress")


def _flags(fields: t.Iterable[Field]) -> list[str]:
    return [word for field in fields for word in (field.flag, *(field.values or (field.blank,)))]


def _shown(field: Field) -> dict[str, t.Any]:
    value = " ".join(field.values) or None
    return {"flag": field.flag, "value": value, "meaning": field.meaning, "decided_by": field.decided_by}


def _fields(service: t.Mapping[str, t.Any], wanted: Wanted) -> t.Iterator[Field]:
    connection = wanted.connection_name or service.get("private_link_service_name")
    address = wanted.private_ip_address
    static = (f"name={wanted.name or 'address'}", f"private-ip-address={address}") if address else ()
    tags = tuple(f"{name}={value}" for name, value in (wanted.tags or {}).items())
    yield Field("--subscription", _one(wanted.subscription_id), "the subscription of the private endpoint", YOU)
    yield Field("--resource-group", _one(wanted.resource_group), "its resource group", YOU, "<resource group>")
    yield Field("--name", _one(wanted.name), "its name", YOU, "<name>")
    yield Field("--location", _one(wanted.location), "its location, which is that of the virtual network", YOU)
    yield from _subnet(wanted)
    yield Field(
        "--private-connection-resource-id",
        _one(service.get("private_link_service_id")),
        "the Private Link Service of Atlas",
        ATLAS,
        "<id of the Private Link Service>",
    )
    yield Field("--connection-name", _one(connection), "the name of the connection; any will do", YOU, "<any name>")
    yield Field(
        "--manual-request", ("true",), "Atlas approves the connection when the endpoint is registered", HANDSHAKE
    )
    yield Field("--request-message", _one(wanted.request_message), "what the owner of the service reads", YOU)
    yield Field("--nic-name", _one(wanted.network_interface_name), "the name of the network interface", YOU)
    yield Field("--ip-config", static, "a static address, which a re-created endpoint keeps", YOU)
    yield Field("--tags", tags, "tags of the private endpoint", YOU)


def _subnet(wanted: Wanted) -> t.Iterator[Field]:
    """A network in another resource group than the endpoint's is named by the subnet's id alone."""
    group = wanted.virtual_network_resource_group or wanted.resource_group
    if (group or "").lower() == (wanted.resource_group or "").lower():
        network = _one(wanted.virtual_network)
        yield Field("--vnet-name", network, "the virtual network", YOU, "<virtual network>")
        yield Field("--subnet", _one(wanted.subnet), "the subnet that gives it an address", YOU, "<subnet>")
        return
    parts = (wanted.subscription_id, group, wanted.virtual_network, wanted.subnet)
    subnet = (
        "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Network/virtualNetworks/{}/subnets/{}".format(*parts)
        if all(parts)
        else None
    )
    yield Field("--subnet", _one(subnet), "the id of the subnet that gives it an address", YOU, "<id of the subnet>")


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
