# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One link, probed by the real module: the lab's DNS and a replica set of three ports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.integration.private_link_probe.probing import (
    ENDPOINT,
    HOST,
    PASSWORD,
    SEED,
    TXT,
    USER,
    Link,
    Names,
    Probe,
    records,
    replica_set,
    serving,
)
from tests.lab.dns import DnsServer
from tests.lab.mongod import ReplicaSet
from tests.support.background import Run, background_loop


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_path(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(scope="module")
def loop() -> Iterator[Run]:
    with background_loop() as run:
        yield run


@pytest.fixture
def link(loop: Run, authority: trustme.CA, ca_path: str, run: Probe) -> Iterator[Link]:
    cluster = ReplicaSet("atlas-x1y2z3-shard-0", {USER: PASSWORD})
    names = Names({(SEED, "TXT"): records(TXT), (HOST, "A"): records(ENDPOINT)})
    dns_server = DnsServer(names, "127.0.0.1", 0, names.asked.append)
    with serving(loop, dns_server), replica_set(loop, cluster, authority.issue_cert(HOST)) as servers:
        options = {
            "srv_host": SEED,
            "resolvers": [f"127.0.0.1:{dns_server.port}"],
            "expected_addresses": [ENDPOINT],
            "username": USER,
            "password": PASSWORD,
            "ca_path": ca_path,
            "timeout": 2.0,
        }
        link = Link(loop, names, cluster, servers, options, run)
        link.publish(link.ports)
        yield link
