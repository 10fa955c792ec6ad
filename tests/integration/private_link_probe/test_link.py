# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""private_link_probe on a healthy link, and what its options do."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from ansible_collections.privatelink.mongodb.plugins.module_utils._probe import driver
from tests.integration.private_link_probe.probing import (
    DRIVER,
    ENDPOINT,
    HOST,
    PASSWORD,
    PATH,
    SEED,
    SRV,
    USER,
    Link,
    hop_of,
    records,
    statuses,
)


def test_a_healthy_link_is_proven_and_left_as_it_was(link: Link) -> None:
    result = link.probe()
    report = result["probe"]
    assert not result["changed"]
    assert set(statuses(report).values()) == {"ok"}
    assert list(statuses(report)) == [*PATH, "tcp", "tls", *DRIVER]
    assert (report["ok"], report["broken_hop"], report["cause"], report["fix"]) == (True, None, None, None)
    assert report["targets"] == [{"host": HOST, "port": port, "addresses": [ENDPOINT]} for port in sorted(link.ports)]
    assert [hop["target"] for hop in report["hops"] if hop["hop"] == "tls"] == [
        f"{HOST}:{p}" for p in sorted(link.ports)
    ]
    assert all(not found.documents for found in link.cluster.collections.values())
    assert PASSWORD not in json.dumps(result)


def test_what_a_healthy_link_shows(link: Link) -> None:
    report = link.probe()["probe"]
    srv, txt, tls, hello = (hop_of(report, name)["observed"] for name in ("srv", "txt", "tls", "hello"))
    assert (srv["rcode"], srv["ttl"], srv["server"]) == ("NOERROR", 60, link.options["resolvers"][0])
    assert txt["options"] == ["authSource", "replicaSet"]
    assert tls["names"] == [HOST]
    assert tls["days_left"] > 1
    assert {member["type"] for member in hello["members"]} == {"RSPrimary", "RSSecondary"}
    assert hello["set_name"] == link.cluster.set_name


def test_check_mode_writes_nothing(link: Link) -> None:
    report = link.probe(check_mode=True)["probe"]
    found = statuses(report)
    assert [hop for hop, status in found.items() if status == "skipped"] == ["create", "update", "delete"]
    assert found["read"] == "ok"
    assert report["ok"]
    assert hop_of(report, "create")["message"] == "nothing is written in check mode"


def test_without_credentials_the_rest_is_still_proven(link: Link) -> None:
    report = link.probe(username=None, password=None)["probe"]
    assert {hop for hop, status in statuses(report).items() if status == "skipped"} == set(DRIVER[1:])
    assert report["ok"]


def test_a_string_of_hosts_needs_no_srv(link: Link) -> None:
    hosts = ",".join(f"{HOST.upper()}:{port}" for port in link.ports)
    string = f"mongodb://{hosts}/?ssl=true&authSource=admin&replicaSet=atlas-x1y2z3-shard-0"
    report = link.probe(srv_host=None, connection_string=string)["probe"]
    assert {hop for hop, status in statuses(report).items() if status == "skipped"} == {"srv", "txt", "parent_domain"}
    assert (report["ok"], report["srv_host"]) == (True, None)


def test_only_what_was_asked_for_is_done(link: Link) -> None:
    report = link.probe(hops=["tcp"])["probe"]
    assert list(statuses(report)) == ["resolver", "srv", "address", "tcp"]
    assert report["ok"]


def test_other_ports_than_those_of_srv(link: Link) -> None:
    with socket.socket() as closed:
        closed.bind((ENDPOINT, 0))
        number = closed.getsockname()[1]
        report = link.broken("tcp", "refused", ports=[link.ports[0], number])
    assert [(hop["target"], hop["status"]) for hop in report["hops"] if hop["hop"] == "tcp"] == sorted(
        [(f"{HOST}:{link.ports[0]}", "ok"), (f"{HOST}:{number}", "failed")], key=lambda one: int(one[0].split(":")[1])
    )
    assert link.probe(ports=[link.ports[1]])["probe"]["ok"]


def test_names_in_any_spelling(link: Link) -> None:
    link.names.public_records[SRV, "SRV"] = records(*(f"0 0 {port} {HOST.upper()}." for port in link.ports))
    assert link.probe(srv_host=f"{SEED.upper()}.")["probe"]["ok"]


def test_a_long_answer_comes_over_tcp(link: Link) -> None:
    link.names.faults[SRV, "SRV"] = "truncate"
    assert link.probe(hops=["srv"])["probe"]["ok"]
    assert [event["transport"] for event in link.names.asked if event["type"] == "SRV"] == ["udp", "tcp"]


def test_a_dead_resolver_is_passed_over(link: Link) -> None:
    live = link.options["resolvers"][0]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dead:
        dead.bind(("127.0.0.2", 0))
        silent = f"127.0.0.2:{dead.getsockname()[1]}"
        report = link.probe(resolvers=[silent, live], hops=["srv"], timeout=0.4)["probe"]
    assert report["ok"]
    assert "1 of 2 DNS servers answer" in hop_of(report, "resolver")["message"]
    assert silent in hop_of(report, "srv")["observed"]["failures"][0]


def test_report_does_not_fail_the_task(link: Link) -> None:
    link.run(link.servers[2].stop())
    result = link.probe(on_failure="report")
    assert not result.get("failed")
    assert result["probe"]["broken_hop"] == "tcp"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"srv_host": "cluster0"}, "host name"),
        ({"ca_path": "/nonexistent/ca.pem"}, "PEM"),
        ({"resolvers": ["dns.example.com"]}, "list of IP addresses"),
        ({"expected_addresses": ["10.0.0"]}, "list of IP addresses"),
        ({"timeout": 0}, "more than 0 seconds"),
        ({"ports": [1024, 65536]}, "65535"),
        ({"hops": ["create"], "username": None, "password": None}, "username"),
    ],
)
def test_bad_input_is_one_line_and_no_query(link: Link, options: dict[str, Any], words: str) -> None:
    result = link.probe(**options)
    assert result["failed"]
    assert "probe" not in result
    assert words in result["msg"]
    assert "Traceback" not in json.dumps(result)
    assert link.names.asked == []


def test_credentials_in_a_connection_string_are_refused_and_not_repeated(link: Link) -> None:
    string = f"mongodb+srv://{USER}:embedded-canary@{SEED}/"
    result = link.probe(srv_host=None, connection_string=string)
    assert result["failed"]
    assert "without credentials" in result["msg"]
    assert "embedded-canary" not in json.dumps(result)
    assert link.names.asked == []


def test_without_pymongo(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "PYMONGO_ERROR", "No module named 'pymongo'")
    report = link.probe()["probe"]
    assert report["ok"]
    assert {hop for hop, status in statuses(report).items() if status == "skipped"} == set(DRIVER)
    assert "pymongo" in hop_of(report, "hello")["message"]
    result = link.probe(hops=["hello"])
    assert result["failed"]
    assert "the Python library pymongo cannot be imported" in result["msg"]
