# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""private_link_probe against the lab's DNS and replica set: a healthy link, and each fault provoked for real."""

from __future__ import annotations

import contextlib
import datetime
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.privatelink.mongodb.plugins.module_utils._probe import driver, probe
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.resolver import parse_server
from tests.lab.dns import DnsServer, PrivateZone, PublicAnswer, RecordSet
from tests.lab.documents import COLLECTION_COMMANDS, CommandError
from tests.lab.listener import TcpListener
from tests.lab.mongod import Member, MongodServer, ReplicaSet
from tests.lab_tests.running import Run, background_loop

HASH = "ab123.mongodb.net"
HOST = f"pl-0-eastus2-azure.{HASH}"
SEED = f"cluster0-pl-0.{HASH}"
SRV = f"_mongodb._tcp.{SEED}"
ENDPOINT = "127.10.20.4"
TXT = '"authSource=admin&replicaSet=atlas-x1y2z3-shard-0"'
USER, PASSWORD = "app", "s3cret-canary"
PATH = ["resolver", "srv", "txt", "parent_domain", "address", "expected_address"]
DRIVER = ["hello", "authentication", "create", "read", "update", "delete"]

Probe = Callable[..., dict[str, Any]]


def records(*values: str) -> RecordSet:
    return RecordSet(60, values)


@dataclass
class Names:
    """DNS as the tests set it."""

    public_records: dict[tuple[str, str], RecordSet] = field(default_factory=dict)
    zones: list[PrivateZone] = field(default_factory=list)
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def private_zones(self) -> list[PrivateZone]:
        return self.zones

    def public(self, name: str, rdtype: str) -> PublicAnswer:
        exists = any(owner == name or owner.endswith(f".{name}") for owner, _type in self.public_records)
        return PublicAnswer(exists, self.public_records.get((name, rdtype)), "mongodb.net")

    def fault(self, name: str, rdtype: str) -> str | None:
        return self.faults.get((name, rdtype))


@dataclass
class Link:
    """A cluster of three ports behind one address, its names, and how to probe it."""

    run: Run
    names: Names
    cluster: ReplicaSet
    servers: list[MongodServer]
    options: dict[str, Any]
    module: Probe

    @property
    def ports(self) -> list[int]:
        return [server.port for server in self.servers]

    def publish(self, ports: list[int]) -> None:
        """Writes these ports into SRV."""
        self.names.public_records[SRV, "SRV"] = records(*(f"0 0 {port} {HOST}." for port in ports))

    def probe(self, **options: Any) -> dict[str, Any]:
        """The module's result; an option that is None is left out."""
        given = {**self.options, **options}
        return self.module("private_link_probe", **{name: value for name, value in given.items() if value is not None})

    def broken(self, hop: str, symptom: str, **options: Any) -> dict[str, Any]:
        """The report of a probe that must fail at this hop; its cause and fix may leave nothing open."""
        result = self.probe(**options)
        report: dict[str, Any] = result["probe"]
        assert result["failed"]
        assert (report["broken_hop"], report["symptom"]) == (hop, symptom)
        assert result["error"]["cause"] == report["cause"]
        assert result["msg"].startswith(f"{report['srv_host']} is not usable from here, the broken hop is {hop}: ")
        assert result["msg"].endswith(report["fix"])
        assert "unknown" not in report["cause"] + report["fix"]
        assert PASSWORD not in json.dumps(result)
        return report


def statuses(report: dict[str, Any]) -> dict[str, str]:
    """hop -> status; of a hop with several targets, the statuses that occur."""
    found: dict[str, list[str]] = {}
    for hop in report["hops"]:
        found.setdefault(hop["hop"], []).append(hop["status"])
    return {hop: "/".join(sorted(set(seen))) for hop, seen in found.items()}


def hop_of(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(hop for hop in report["hops"] if hop["hop"] == name)


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


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


@contextlib.contextmanager
def serving(run: Run, *servers: Any) -> Iterator[None]:
    started = []
    try:
        for server in servers:
            run(server.start())
            started.append(server)
        yield
    finally:
        for server in started:
            run(server.stop())


@contextlib.contextmanager
def replica_set(run: Run, cluster: ReplicaSet, certificate: trustme.LeafCert) -> Iterator[list[MongodServer]]:
    members: list[Member] = []
    servers = [
        MongodServer(cluster, lambda: members, index, ENDPOINT, 0, server_context(certificate), require_sni=True)
        for index in range(3)
    ]
    with serving(run, *servers):
        members += [Member(HOST, server.port) for server in servers]
        yield servers


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


# -- A healthy link ----------------------------------------------------------------------------------------------------


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


# -- Names -------------------------------------------------------------------------------------------------------------


def test_nobody_answers(link: Link) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dead:
        dead.bind(("127.0.0.2", 0))
        start = time.monotonic()
        report = link.broken("resolver", "no_answer", resolvers=[f"127.0.0.2:{dead.getsockname()[1]}"], timeout=0.5)
        assert time.monotonic() - start < 1.5
    assert {hop["status"] for hop in report["hops"][1:]} == {"skipped"}
    assert {hop["skipped_because"] for hop in report["hops"][1:]} == {"resolver"}


def test_a_shadow_zone(link: Link) -> None:
    link.names.zones = [PrivateZone(HASH, {("pl-0-eastus2-azure", "A"): records(ENDPOINT)})]
    report = link.broken("srv", "private_zone")
    assert f"private DNS zone {HASH}" in report["cause"]
    assert hop_of(report, "resolver")["observed"]["private_zone"] == HASH
    assert hop_of(report, "srv")["observed"]["rcode"] == "NXDOMAIN"
    assert statuses(report)["txt"] == "failed"
    assert hop_of(report, "tcp")["skipped_because"] == "srv"


def test_a_host_zone_is_its_cure(link: Link) -> None:
    link.names.public_records[HOST, "A"] = records("10.9.9.9")
    link.names.zones = [PrivateZone(HOST, {("@", "A"): records(ENDPOINT)})]
    assert link.probe()["probe"]["ok"]


def test_a_mirror_without_txt(link: Link) -> None:
    own = {("pl-0-eastus2-azure", "A"): records(ENDPOINT)}
    own["_mongodb._tcp.cluster0-pl-0", "SRV"] = link.names.public_records[SRV, "SRV"]
    link.names.zones = [PrivateZone(HASH, own)]
    report = link.broken("txt", "private_zone")
    assert statuses(report)["tls"] == "ok"
    assert hop_of(report, "hello")["skipped_because"] == "txt"


@pytest.mark.parametrize(
    ("name", "rdtype", "fault", "hop", "symptom"),
    [
        (SRV, "SRV", "nxdomain", "srv", "nxdomain"),
        (SRV, "SRV", "nodata", "srv", "emptied"),
        (SRV, "SRV", "servfail", "srv", "server_failure"),
        (SRV, "SRV", "drop", "srv", "no_answer"),
        (SEED, "TXT", "servfail", "txt", "server_failure"),
        (SEED, "TXT", "drop", "txt", "no_answer"),
        (HOST, "A", "rebind", "address", "emptied"),
        (HOST, "A", "refused", "address", "server_failure"),
        (HOST, "A", "drop", "address", "no_answer"),
        (HOST, "A", "nxdomain", "address", "nxdomain"),
    ],
)
def test_answers_that_are_none(link: Link, name: str, rdtype: str, fault: str, hop: str, symptom: str) -> None:
    if symptom == "nxdomain":  # as public DNS says it, with the zone's SOA
        del link.names.public_records[name, rdtype]
    else:
        link.names.faults[name, rdtype] = fault
    link.broken(hop, symptom, timeout=0.5)


def test_txt_failing_does_not_stop_the_addresses(link: Link) -> None:
    link.names.faults[SEED, "TXT"] = "servfail"
    found = statuses(link.broken("txt", "server_failure"))
    assert [found[hop] for hop in ("address", "expected_address", "tcp", "tls")] == ["ok"] * 4
    assert found["hello"] == "skipped"


def test_no_txt_at_all_is_not_an_error(link: Link) -> None:
    del link.names.public_records[SEED, "TXT"]
    assert link.probe()["probe"]["ok"]


@pytest.mark.parametrize(
    ("txt", "symptom"),
    [((TXT, '"authSource=admin"'), "several_records"), (('"authSource=admin&tls=false"',), "strange_option")],
)
def test_txt_that_drivers_refuse(link: Link, txt: tuple[str, ...], symptom: str) -> None:
    link.names.public_records[SEED, "TXT"] = records(*txt)
    link.broken("txt", symptom)


def test_targets_outside_the_parent_domain(link: Link) -> None:
    link.names.public_records[SRV, "SRV"] = records(f"0 0 {link.ports[0]} db.example.com.")
    link.names.public_records["db.example.com", "A"] = records(ENDPOINT)
    report = link.broken("parent_domain", "outside")
    assert f"db.example.com:{link.ports[0]}" in report["cause"]


def test_a_zone_that_lost_its_record(link: Link) -> None:
    link.names.zones = [PrivateZone(HOST, {})]
    assert HOST in link.broken("address", "private_zone")["cause"]


def test_a_name_without_an_address(link: Link) -> None:
    link.names.public_records[HOST, "TXT"] = link.names.public_records.pop((HOST, "A"))
    link.broken("address", "nodata")


@pytest.mark.parametrize(
    ("address", "expected", "symptom"),
    [("127.10.20.9", [ENDPOINT], "unexpected"), ("203.0.113.7", [ENDPOINT], "public"), ("203.0.113.7", None, "public")],
)
def test_the_wrong_address(link: Link, address: str, expected: list[str] | None, symptom: str) -> None:
    link.names.public_records[HOST, "A"] = records(address)
    report = link.broken("expected_address", symptom, expected_addresses=expected, hops=["expected_address"])
    assert address in report["cause"]


@pytest.fixture
def at_home(link: Link, monkeypatch: pytest.MonkeyPatch) -> Iterator[Link]:
    """This process takes the lab's DNS for the machine's own."""
    server = parse_server(link.options["resolvers"].pop())
    monkeypatch.setattr(probe, "system_servers", lambda: (server,))
    with driver.resolving_with([server], 2):
        yield link


def test_the_machines_own_resolver(at_home: Link) -> None:
    report = at_home.probe()["probe"]
    assert report["ok"]
    assert hop_of(report, "address")["observed"]["system"] == [ENDPOINT]


def test_a_stale_line_in_the_hosts_file(at_home: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    own = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.10.20.9", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: own)
    report = at_home.broken("expected_address", "hosts_file", hops=["expected_address"])
    assert report["targets"][0]["addresses"] == ["127.10.20.9"]


# -- Connections -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def full_backlog(address: str) -> Iterator[int]:
    """A port at which new connections get no answer: its listener never accepts, and its queue is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((address, 0), backlog=0))
        port: int = listener.getsockname()[1]
        for _client in range(8):
            client = stack.enter_context(socket.socket())
            client.settimeout(0.2)
            try:
                client.connect((address, port))
            except TimeoutError:
                break
        else:
            pytest.fail("the queue does not fill up on this system")
        yield port


def test_one_port_of_three_is_dropped(link: Link) -> None:
    with full_backlog(ENDPOINT) as silent:
        link.publish([*link.ports[:2], silent])
        start = time.monotonic()
        report = link.broken("tcp", "timeout_of_some", timeout=1.0)
        assert time.monotonic() - start < 3.0  # three ports, one timeout
    assert f"{HOST}:{silent}" in report["cause"]
    assert statuses(report)["tls"] == "ok/skipped"
    assert hop_of(report, "hello")["skipped_because"] == "tcp"


def test_all_ports_dropped_cost_one_timeout(link: Link) -> None:
    with full_backlog(ENDPOINT) as one, full_backlog(ENDPOINT) as two, full_backlog(ENDPOINT) as three:
        link.publish([one, two, three])
        start = time.monotonic()
        report = link.broken("tcp", "timeout", timeout=1.0)
        assert time.monotonic() - start < 3.0  # three ports, one timeout
    assert statuses(report)["tcp"] == "failed"
    assert report["cause"].count(HOST) == 3


def test_one_port_of_three_is_closed(link: Link) -> None:
    link.run(link.servers[2].stop())
    report = link.broken("tcp", "refused")
    assert statuses(report)["tcp"] == "failed/ok"
    assert f"{HOST}:{link.ports[2]}" in report["cause"]


# -- TLS ---------------------------------------------------------------------------------------------------------------


def test_another_authority(link: Link, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    report = link.broken("tls", "unknown_ca", ca_path=str(tmp_path / "other.pem"))
    assert "trustme" in report["cause"]
    assert hop_of(report, "tls")["observed"]["names"] == [HOST]


def valid_from(start: datetime.datetime, days: int = 30) -> Callable[[trustme.CA], trustme.LeafCert]:
    return lambda ca: ca.issue_cert(HOST, not_before=start, not_after=start + datetime.timedelta(days))


@pytest.mark.parametrize(
    ("issue", "symptom", "evidence"),
    [
        (valid_from(datetime.datetime(2020, 1, 1)), "expired", "2020-01-31"),
        (valid_from(datetime.datetime(2200, 1, 1)), "not_yet_valid", "2200-01-01"),
        (lambda ca: ca.issue_cert("proxy.example.com"), "wrong_name", "proxy.example.com"),
    ],
)
def test_a_certificate_that_does_not_hold(
    link: Link, authority: trustme.CA, issue: Callable[[trustme.CA], trustme.LeafCert], symptom: str, evidence: str
) -> None:
    with replica_set(link.run, link.cluster, issue(authority)) as servers:
        link.publish([server.port for server in servers])
        report = link.broken("tls", symptom)
    assert evidence in report["cause"]
    assert statuses(report)["hello"] == "skipped"


@contextlib.contextmanager
def plain_server(run: Run, reply: bytes) -> Iterator[int]:
    """Says this to whoever sends something, and closes."""

    async def serve(reader: Any, writer: Any) -> None:
        await reader.read(1)
        writer.write(reply)
        await writer.drain()

    listener = TcpListener(serve, ENDPOINT, 0)
    with serving(run, listener):
        yield listener.port


@pytest.mark.parametrize(
    ("reply", "symptom"),
    [
        (b"", "closed"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not_tls"),
        (b"\x15\x03\x03\x00\x02\x02\x50", "internal_error"),
    ],
)
def test_what_answers_is_not_the_cluster(link: Link, reply: bytes, symptom: str) -> None:
    with plain_server(link.run, reply) as port:
        link.publish([port])
        link.broken("tls", symptom)


def test_a_handshake_without_an_answer(link: Link) -> None:
    with socket.create_server((ENDPOINT, 0)) as listener:
        link.publish([listener.getsockname()[1]])
        link.broken("tls", "timeout", timeout=0.5)


# -- Driver ------------------------------------------------------------------------------------------------------------


def test_a_wrong_password(link: Link) -> None:
    report = link.broken("authentication", "wrong_credentials", password="another")
    assert report["cause"] == f"The network path is fine, but the login of {USER} was refused."
    assert hop_of(report, "authentication")["observed"]["code"] == 8000
    assert statuses(report)["hello"] == "ok"
    assert {hop_of(report, name)["skipped_because"] for name in DRIVER[2:]} == {"authentication"}
    link.broken("authentication", "wrong_credentials", auth_source="elsewhere")


def test_a_txt_record_of_another_replica_set(link: Link) -> None:
    link.names.public_records[SEED, "TXT"] = records('"authSource=admin&replicaSet=atlas-old-shard-0"')
    assert "atlas-old-shard-0" in link.broken("hello", "wrong_set", timeout=1.0)["cause"]


def test_no_primary(link: Link) -> None:
    link.publish(link.ports[1:])
    link.run(link.servers[0].stop())
    report = link.broken("hello", "members_unreachable", timeout=1.0)
    assert f"{HOST}:{link.ports[0]}" in report["cause"]


def test_a_document_that_cannot_be_updated_is_still_deleted(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_collection: object, _body: object) -> dict[str, Any]:
        raise CommandError(8000, "AtlasError", "user is not allowed to do action [update]")

    monkeypatch.setitem(COLLECTION_COMMANDS, "update", refuse)
    report = link.broken("update", "not_authorized")
    assert statuses(report)["delete"] == "ok"
    assert "privatelink_probe.privatelink_probe" in report["cause"]
    assert all(not found.documents for found in link.cluster.collections.values())


# -- Options -----------------------------------------------------------------------------------------------------------


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
