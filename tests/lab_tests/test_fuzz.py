# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of requests, well-formed and not, to ARM, Atlas and Entra: none finds a defect, none ends the lab."""

from __future__ import annotations

import copy
import http.client
import json
import logging
import logging.handlers
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.lab import played
from tests.lab.entra import issue_token
from tests.lab.runtime import Lab

TIMEOUT = 10  # seconds; an answer that takes longer is a hang
GROUP = "{group}/providers/Microsoft.Network"
ZONE = f"{GROUP}/privateDnsZones/privatelink.example.net"
CONNECTION = {"name": "c", "properties": {"privateLinkServiceId": "{service}", "requestMessage": "please"}}
CLUSTER = {"name": "c", "properties": {"privateLinkServiceId": "{cluster}", "groupIds": ["MongoCluster"]}}
ADDRESS = {"name": "i", "properties": {"privateIPAddress": "10.7.1.9", "groupId": "", "memberName": ""}}
RECORDS: dict[str, Any] = {
    "A": {"aRecords": [{"ipv4Address": "10.1.1.1"}]},
    "AAAA": {"aaaaRecords": [{"ipv6Address": "fd00::1"}]},
    "CNAME": {"cnameRecord": {"cname": "a.example.net."}},
    "MX": {"mxRecords": [{"preference": 1, "exchange": "a.example.net"}]},
    "PTR": {"ptrRecords": [{"ptrdname": "a.example.net"}]},
    "SRV": {"srvRecords": [{"priority": 0, "weight": 0, "port": 1, "target": "a.example.net"}]},
    "SOA": {"soaRecord": {"host": "a.example.net", "email": "b.example.net", "minimumTtl": 10}},
    "TXT": {"txtRecords": [{"value": ["text"]}]},
}
#: path, body; what is in braces is filled in from the lab
AZURE: list[tuple[str, Any]] = [
    ("/tenants", None),
    ("/subscriptions", None),
    ("/subscriptions/{subscription}", None),
    ("/subscriptions/{subscription}/resourceGroups", None),
    ("/subscriptions/{subscription}/resourceGroups/rg-{name}", {"location": "eastus2", "tags": {"a": "b"}}),
    ("/subscriptions/{subscription}/providers", None),
    ("/subscriptions/{subscription}/providers/Microsoft.Network", None),
    ("/subscriptions/{subscription}/providers/Microsoft.DocumentDB/register", {}),
    (
        "/subscriptions/{subscription}/providers/Microsoft.Features/providers/Microsoft.Network/features/F/register",
        {},
    ),
    (f"{GROUP}/virtualNetworks", None),
    (f"{GROUP}/networkInterfaces/x", {"location": "eastus2", "properties": {}}),
    (
        f"{GROUP}/virtualNetworks/" + "{name}",
        {
            "location": "eastus2",
            "tags": {"a": "b"},
            "properties": {
                "addressSpace": {"addressPrefixes": ["10.7.0.0/16"]},
                "dhcpOptions": {"dnsServers": ["10.7.0.4"]},
                "subnets": [{"name": "s", "properties": {"addressPrefix": "10.7.1.0/24", "delegations": []}}],
            },
        },
    ),
    (
        f"{GROUP}/virtualNetworks/net/subnets/" + "{name}",
        {
            "properties": {
                "addressPrefixes": ["10.7.3.0/24"],
                "privateEndpointNetworkPolicies": "Disabled",
                "networkSecurityGroup": None,
                "routeTable": None,
            }
        },
    ),
    *(
        (
            f"{GROUP}/privateEndpoints/" + "{name}",
            {
                "location": "eastus2",
                "properties": {
                    "subnet": {"id": f"{GROUP}/virtualNetworks/net/subnets/s"},
                    array: [connection],
                    "ipConfigurations": addresses,
                    "customNetworkInterfaceName": None,
                    "applicationSecurityGroups": None,
                },
            },
        )
        for array, connection, addresses in (
            ("manualPrivateLinkServiceConnections", CONNECTION, [ADDRESS]),
            ("privateLinkServiceConnections", CLUSTER, []),
        )
    ),
    (
        f"{GROUP}/privateEndpoints/pe/privateDnsZoneGroups/" + "{name}",
        {
            "properties": {
                "privateDnsZoneConfigs": [
                    {
                        "name": "z",
                        "properties": {"privateDnsZoneId": f"{GROUP}/privateDnsZones/privatelink.example.net"},
                    }
                ]
            }
        },
    ),
    (f"{GROUP}/privateDnsZones", None),
    (f"{GROUP}/privateDnsZones/" + "{name}.example.net", {"location": "global", "tags": {"a": "b"}}),
    (f"{GROUP}/privateDnsZones/privatelink.example.net/ALL", None),
    (
        f"{GROUP}/privateDnsZones/privatelink.example.net/virtualNetworkLinks/" + "{name}",
        {
            "location": "global",
            "properties": {
                "registrationEnabled": False,
                "resolutionPolicy": "Default",
                "virtualNetwork": {"id": f"{GROUP}/virtualNetworks/net"},
            },
        },
    ),
    *(
        (
            f"{GROUP}/privateDnsZones/privatelink.example.net/{kind}/" + "{name}",
            {"properties": {"ttl": 60, "metadata": {"a": "b"}, **records}},
        )
        for kind, records in RECORDS.items()
    ),
    ("{cluster}", {"tags": {"a": "b"}, "properties": {"publicNetworkAccess": "Disabled"}}),
    ("{cluster}/listConnectionStrings", {}),
    ("{cluster}/privateLinkResources", None),
    (
        "{cluster}/privateEndpointConnections/{name}",
        {"properties": {"privateLinkServiceConnectionState": {"status": "Approved", "description": "yes"}}},
    ),
]
PROJECT = "/api/atlas/v2/groups/{project}"
ATLAS: list[tuple[str, Any]] = [
    ("/api/atlas/v2", None),
    ("/api/atlas/v2/groups", None),
    ("/api/atlas/v2/groups/byName/{name}", None),
    (PROJECT, None),
    (f"{PROJECT}/clusters?pageNum=1&itemsPerPage=2", None),
    (f"{PROJECT}/clusters/" + "{name}", None),
    (f"{PROJECT}/flexClusters/" + "{name}", None),
    (f"{PROJECT}/privateEndpoint/regionalMode", {"enabled": True}),
    (f"{PROJECT}/privateEndpoint/endpointService", {"providerName": "AZURE", "region": "US_EAST_2"}),
    (f"{PROJECT}/privateEndpoint/AZURE/endpointService", None),
    (f"{PROJECT}/privateEndpoint/AZURE/endpointService/" + "{atlas}", None),
    (
        f"{PROJECT}/privateEndpoint/AZURE/endpointService/" + "{atlas}/endpoint",
        {"id": f"{GROUP}/privateEndpoints/pe", "privateEndpointIPAddress": "10.7.1.4"},
    ),
    (f"{PROJECT}/privateEndpoint/AZURE/endpointService/" + "{atlas}/endpoint/{name}", None),
]
FORM = "grant_type=client_credentials&client_id={client}&client_secret={secret}&scope={azure}/.default"
ENTRA: list[tuple[str, Any]] = [
    ("/{tenant}/oauth2/v2.0/token", FORM),
    ("/{tenant}/oauth2/token", FORM.replace("scope", "resource")),
    ("/{tenant}/v2.0/.well-known/openid-configuration", ""),
    ("/common/discovery/instance?api-version=1.1&authorization_endpoint=x", ""),
]
NAMES = (
    "net",
    "pe",
    "a",
    "@",
    "*",
    "-bad-",
    "a b",
    "..",
    "x" * 100,
    "größe",
    "%00",
    "a/b",
    "",
    "{project}",
    "cluster0",
)
VERSIONS = ("2024-05-01", "2024-06-01", "2021-04-01", "2024-07-01", "1999-01-01", "2024-13-99", "", "x", "٢٠٢٤-05-01")
METHODS = ("GET", "PUT", "PATCH", "DELETE", "POST", "HEAD", "OPTIONS")
WEIRD: list[Any] = [None, True, 5, -1, 1.5, 10**30, "", "text", "x" * 5000, "\x00", "ä☃", [], [None], {}, {"a": None}]
WEIRD += [[[[]]], ["text"], {"id": 5}, [{"name": 5}], "10.0.0.1/32", "::/0", "/subscriptions/x", "a..b", "2024-06-01"]
weird = (
    st.sampled_from(WEIRD)
    | st.text(max_size=8)
    | st.integers()
    | st.recursive(st.none() | st.booleans() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=2))
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each part of a body."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A body with another value at a place."""
    if not path:
        return new
    whole = copy.deepcopy(value)
    part = whole
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = new
    return whole


@dataclass
class Request:
    cloud: str
    method: str
    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@st.composite
def fuzzed(draw: st.DrawFn) -> Request:
    """A valid request of one of the clouds, in which any number of things are wrong, often none."""
    cloud = draw(st.sampled_from(["azure", "azure", "azure", "atlas", "entra"]))
    path, body = draw(st.sampled_from({"azure": AZURE, "atlas": ATLAS, "entra": ENTRA}[cloud]))
    natural = "GET" if body in (None, "") else "PUT" if cloud == "azure" else "POST"
    if path.endswith(("/register", "/listConnectionStrings")):
        natural = "POST"
    elif path.endswith(("{cluster}", "/regionalMode")):
        natural = "PATCH"
    method = draw(st.sampled_from([natural] * 20 + list(METHODS)))
    name = draw(st.sampled_from(("net", "pe", "a") * 25 + NAMES) | st.text(max_size=6))
    path = path.replace("{name}", quote(name, safe=draw(st.sampled_from(["", "/"]))))
    for _change in range(draw(st.sampled_from([0, 0, 0, 1, 1, 1, 2, 3]))):
        if isinstance(body, str):
            wrong = [body.replace("=", "", 1), body[:20], body + "&a=b&scope=", "\ud800", body + "%ff"]
            body = draw(st.sampled_from(wrong))
        elif body is not None:
            where = draw(st.sampled_from([*places(body)][1:] * 4 + [()]))
            body = changed(body, where, draw(weird))
    if cloud == "azure":
        version = draw(st.sampled_from([""] * 200 + list(VERSIONS)))
        more = draw(st.sampled_from([""] * 10 + ["&$top=-1", "&$top=1", "&$skiptoken=x", "&%ff=%fe", "&$filter=x"]))
        path += f"?api-version={quote(version or version_of(path))}{more}"
    elif cloud == "atlas":
        path += draw(st.sampled_from([""] * 10 + ["?pageNum=-1", "?itemsPerPage=x", "?pretty=true", "?pageNum=²"]))
    raw = b"" if body is None else json.dumps(body).encode()
    if cloud == "entra" and isinstance(body, str):
        raw = body.encode(errors="surrogatepass")
    cut = draw(st.sampled_from([None] * 100 + [5, 20, 50]))
    headers = draw(st.sampled_from([{}] * 10 + [{"If-Match": "x"}, {"If-None-Match": "*"}, {"Accept": "x"}]))
    return Request(cloud, method, path, raw[:cut], dict(headers))


def version_of(path: str) -> str:
    if "privateDnsZones" in path:
        return "2024-06-01"
    return "2024-07-01" if "{cluster}" in path else "2024-05-01" if GROUP in path else "2021-04-01"


class Sender:
    """Sends requests to one lab, and says what is wrong with the answers."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        world = lab.world
        lab.build_link("fuzzed")
        lab.build_mongo_link("fuzzed-too")
        project = next(one for one in world.projects.values() if one.services)
        account = next(one for one in world.credentials.values() if one.kind == "service_account")
        self.owner = (account, project.id)
        self.words = {
            "subscription": world.subscription_id,
            "group": f"/subscriptions/{world.subscription_id}/resourceGroups/rg-app",
            "service": next(iter(project.services.values())).pls_id,
            "atlas": next(iter(project.services)),
            "cluster": next(iter(world.mongo_clusters.values())).id,
            "project": project.id,
            "tenant": world.tenant_id,
            "client": world.client_id,
            "secret": world.client_secret,
            "azure": lab.url("azure"),
        }
        account.roles[project.id] = "GROUP_OWNER"
        self.context = ssl.create_default_context(cafile=str(lab.ca_path))
        self.open: dict[str, http.client.HTTPSConnection] = {}
        self.tokens = {"azure": issue_token(world, lab.url("azure")), "atlas": atlas_token(lab, account)}

    def send(self, request: Request) -> int:
        """The status of the answer. Raises for a hang and for a connection that dies without an answer."""
        path, body = request.path, request.body.decode("latin-1")
        for name, value in self.words.items():
            path, body = path.replace(f"{{{name}}}", value), body.replace(f"{{{name}}}", value)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded" if request.cloud == "entra" else "application/json",
            "Accept": "application/vnd.atlas.2024-08-05+json",
            **request.headers,
        }
        if request.cloud in self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens[request.cloud]}"
        origin = self.lab.url(request.cloud)
        if origin not in self.open:
            host, port = origin.removeprefix("https://").split(":")
            self.open[origin] = http.client.HTTPSConnection(host, int(port), timeout=TIMEOUT, context=self.context)
        connection = self.open[origin]
        connection.request(request.method, quote(path, safe="/?&=%$:"), body.encode("latin-1"), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def atlas_token(lab: Lab, account: Any) -> str:
    """A token without a request, for Atlas gives out only ten a minute."""
    token, tokens = "fuzz", lab.atlas_tokens
    tokens._owners[token] = (account, lab.world.clock() + 3600)
    return token


#: What other requests refer to.
BASE = ("virtualNetworks/{name}", "privateDnsZones/{name}.example.net", "privateEndpoints/{name}")


def recover(sender: Sender) -> None:
    """Makes again what a request has taken away, so that later ones still reach the depth of each kind."""
    world, group = sender.lab.world, sender.words["group"]
    if group.lower() not in world.azure:
        sender.lab.change(lambda: world.add_resource_group("rg-app", "eastus2"))
    for place, name in zip(BASE, ("net", "privatelink", "pe"), strict=True):
        path = f"{GROUP}/{place}"
        made = path.replace("{name}", name)
        if made.replace("{group}", group).lower() not in world.azure:
            body = next(body for other, body in AZURE if other == path)
            sender.send(Request("azure", "PUT", f"{made}?api-version={version_of(path)}", json.dumps(body).encode()))


@contextmanager
def quiet_lab() -> Iterator[Lab]:
    with Lab("instant") as lab:
        lab.seed()
        yield lab


def play(examples: int) -> None:
    """Sends that many requests to one lab."""
    said: list[logging.LogRecord] = []
    handler = logging.handlers.BufferingHandler(10**6)
    handler.setLevel(logging.ERROR)
    handler.buffer = said
    with quiet_lab() as lab:
        sender = Sender(lab)
        logging.getLogger().addHandler(handler)
        statuses: dict[int, int] = {}

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(fuzzed())
        def one(request: Request) -> None:
            recover(sender)
            status = sender.send(request)
            statuses[status] = statuses.get(status, 0) + 1
            assert status < 500 or status == played.STATUS, request
            assert not said, (request, said[0].getMessage(), logging.Formatter().formatException(said[0].exc_info))  # type: ignore[arg-type]

        try:
            one()
            good = Request("azure", "GET", "{group}?api-version=2021-04-01", b"")
            assert sender.send(good) == 200
            assert sender.send(Request("atlas", "GET", PROJECT, b"")) == 200
            assert sum(number for status, number in statuses.items() if status < 300) > examples // 20, statuses
        finally:
            logging.getLogger().removeHandler(handler)


def test_no_request_finds_a_defect() -> None:
    play(settings().max_examples * 4)


@pytest.mark.full
def test_ten_thousand_requests_find_no_defect() -> None:
    play(10_000)
