# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and connection strings, in any spelling; and that none of them ever shows a credential."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import InvalidInput
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.hop import HOPS
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.names import Port
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.request import (
    from_options,
    parse_connection_string,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.resolver import Server

SEED = "cluster0-pl-0.ab123.mongodb.net"
HOST = "pl-0-eastus2-azure.ab123.mongodb.net"
OPTIONS: dict[str, Any] = {
    **dict.fromkeys(("srv_host", "connection_string", "username", "password", "auth_source", "ca_path", "hops")),
    **{"resolvers": [], "expected_addresses": [], "ports": [], "database": "privatelink_probe", "retry_writes": True},
    **{"timeout": 5.0, "on_failure": "fail"},
}


def request(**options: Any) -> Any:
    return from_options({**OPTIONS, **options})


@pytest.mark.parametrize("spelling", [SEED, f" {SEED.upper()}. ", f"_mongodb._tcp.{SEED}"])
def test_spellings_of_the_srv_host(spelling: str) -> None:
    asked = request(srv_host=spelling)
    assert (asked.srv_host, asked.uri, asked.title) == (SEED, f"mongodb+srv://{SEED}/", SEED)
    assert asked.hops == HOPS


@pytest.mark.parametrize(
    "string",
    [f"mongodb+srv://{SEED}", f"mongodb+srv://{SEED}/", f"mongodb+srv://{SEED}/app?retryWrites=true&w=majority"],
)
def test_srv_strings(string: str) -> None:
    asked = request(connection_string=string)
    assert (asked.srv_host, asked.ports, asked.retry_writes) == (SEED, (), True)


def test_host_strings() -> None:
    options = "ssl=true&authSource=admin&replicaSet=atlas-x-shard-0&RETRYWRITES=false"
    asked = request(connection_string=f"mongodb://{HOST}:1026,{HOST.upper()}:1024,{SEED}/?{options}")
    assert asked.srv_host is None
    assert asked.ports == (Port(SEED, 27017), Port(HOST, 1024), Port(HOST, 1026))
    assert asked.uri == f"mongodb://{SEED}:27017,{HOST}:1024,{HOST}:1026/"
    assert (asked.auth_source, asked.replica_set, asked.retry_writes) == ("admin", "atlas-x-shard-0", False)
    assert request(connection_string=f"mongodb://{HOST}:1024/?authSource=admin", auth_source="own").auth_source == "own"


def test_servers_addresses_and_hops() -> None:
    asked = request(srv_host=SEED, resolvers=["10.0.0.4:5353", "::1"], expected_addresses=["10.0.0.4", "FD00::1"])
    assert asked.servers == (Server("10.0.0.4", 5353), Server("::1", 53))
    assert asked.expected == {"10.0.0.4", "fd00::1"}
    some = request(srv_host=SEED, hops=["tls"])
    assert (some.hops, some.asked) == (("resolver", "srv", "address", "tcp", "tls"), {"tls"})


@pytest.mark.parametrize(
    "options",
    [
        {"srv_host": "localhost"},
        {"srv_host": "10.0.0.4 "},
        {"srv_host": f"{SEED}:27017"},
        {"srv_host": f"mongodb+srv://{SEED}"},
        {"connection_string": SEED},
        {"connection_string": "mongodb+srv://"},
        {"connection_string": f"http://{SEED}"},
        {"connection_string": f"mongodb+srv://{SEED}:27017/"},
        {"connection_string": f"mongodb://{HOST}:port/"},
        {"connection_string": "mongodb:///"},
        {"connection_string": f"mongodb://{HOST}:70000/"},
        {"srv_host": SEED, "timeout": -1.0},
        {"srv_host": SEED, "timeout": float("nan")},
        {"srv_host": SEED, "hops": ["read"]},
    ],
)
def test_bad_input(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        request(**options)


userinfo = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=8, max_size=20)


@given(st.sampled_from(["mongodb+srv", "mongodb", "mongo", ""]), userinfo, st.sampled_from([SEED, f"{HOST}:1024"]))
def test_credentials_are_refused_and_never_repeated(scheme: str, secret: str, host: str) -> None:
    for option in ("connection_string", "srv_host"):
        said = []
        for password in (secret, "another-canary"):
            with pytest.raises(InvalidInput) as caught:
                request(**{option: f"{scheme}://app:{password}@{host}/"})
            said.append(str(caught.value.result()))
        assert said[0] == said[1] and "another-canary" not in said[1]


def test_a_request_does_not_show_its_password() -> None:
    assert "canary" not in repr(request(srv_host=SEED, username="app", password="canary"))


@given(st.text(max_size=60))
def test_any_string_is_understood_or_refused(text: str) -> None:
    try:
        found = parse_connection_string(text)
    except InvalidInput:
        return
    assert bool(found["srv_host"]) != bool(found["ports"])
