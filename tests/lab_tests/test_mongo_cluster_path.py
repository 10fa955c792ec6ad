# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links to Azure DocumentDB as plain clients meet them: names, the port behind them, and what a driver may do there."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import dns.resolver
import pymongo
import pytest
import yaml
from pymongo.errors import OperationFailure, PyMongoError

from tests.lab.__main__ import main
from tests.lab.control import show
from tests.lab.demo import PRODUCTS, how_to_use
from tests.lab.links import Clouds, Records
from tests.lab.mongo_cluster import DOMAIN, PORT, ZONE, MongoCluster
from tests.lab.mongo_links import BuiltMongoLink
from tests.lab.runtime import Lab
from tests.lab_tests.clients import SILENCE, ask, driver

pytestmark = pytest.mark.filterwarnings("ignore:You appear to be connected to a CosmosDB cluster")

PUBLIC_ADDRESS = "203.0.113.40"
AZURE = "azureprivatedns.net."
PUBLIC = f"ns.{DOMAIN}."
Client = pymongo.MongoClient[dict[str, Any]]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab("instant") as running:
        running.seed()
        yield running


@pytest.fixture(scope="module")
def plain(lab: Lab) -> BuiltMongoLink:
    """A healthy link that no test here changes."""
    return lab.build_mongo_link("plain")


@pytest.fixture(scope="module")
def available(lab: Lab) -> BuiltMongoLink:
    """The same with high availability, and an approval by hand."""
    return lab.build_mongo_link("available", high_availability=True, approval="manual")


def cluster_of(lab: Lab, link: BuiltMongoLink) -> MongoCluster:
    return lab.world.mongo_clusters[link.cluster_id.lower()]


def hosts(lab: Lab, link: BuiltMongoLink) -> tuple[str, ...]:
    return cluster_of(lab, link).hosts


@contextlib.contextmanager
def application(
    lab: Lab, link: BuiltMongoLink, resolver: str = "", srv_host: str = "", **more: Any
) -> Iterator[Client]:
    """A driver with the options of the cluster's connection string."""
    where = resolver or link.resolver, srv_host or link.srv_host
    options = {"tls": True, "authMechanism": "SCRAM-SHA-256", "retryWrites": False, **more}
    with driver(*where, link.username, link.password, str(lab.ca_path), **options) as client:
        yield client


def refusal(use: Callable[[], object]) -> tuple[int | None, str]:
    with pytest.raises(OperationFailure) as error:
        use()
    return error.value.code, str((error.value.details or {}).get("errmsg"))


# -- names ---------------------------------------------------------------------------------------------------------


def test_a_cluster_without_endpoints_is_known_by_its_public_address(lab: Lab) -> None:
    cluster = next(iter(lab.world.mongo_clusters.values()))
    assert (cluster.name, cluster.id.split("/")[4], cluster.location) == ("mongo0", "rg-app", "eastus2")
    (host,) = cluster.hosts
    assert host.startswith("fc-") and host.endswith(f"-000.{DOMAIN}")
    for resolver in (lab.resolver(), lab.build_mongo_link("beside").resolver):
        assert ask(resolver, f"_mongodb._tcp.{cluster.seed}", "SRV") == ("NOERROR", [f"0 0 {PORT} {host}."])
        assert ask(resolver, host, "A") == ("NOERROR", [PUBLIC_ADDRESS])
        assert ask(resolver, host, "CNAME") == ("NOERROR", PUBLIC)
        assert ask(resolver, cluster.seed, "TXT") == ("NOERROR", PUBLIC)
        assert ask(resolver, cluster.seed, "A") == ("NOERROR", PUBLIC)


def test_an_endpoint_puts_the_private_zone_s_name_between_host_and_address(lab: Lab, plain: BuiltMongoLink) -> None:
    (host,) = hosts(lab, plain)
    alias = host.replace(DOMAIN, ZONE)
    assert ask(lab.resolver(), host, "A") == ("NOERROR", sorted([PUBLIC_ADDRESS, f"{alias}."]))
    assert ask(plain.resolver, host, "A") == ("NOERROR", sorted([plain.site.address, f"{alias}."]))
    assert ask(plain.resolver, alias, "A") == ("NOERROR", [plain.site.address])
    assert ask(plain.resolver, host, "AAAA") == ("NOERROR", [f"{alias}."])
    assert ask(plain.resolver, f"_mongodb._tcp.{plain.srv_host}", "SRV") == ("NOERROR", [f"0 0 {PORT} {host}."])


def test_without_a_zone_the_network_is_told_the_public_address(lab: Lab) -> None:
    link = lab.build_mongo_link("zoneless", dns="none")
    (host,) = hosts(lab, link)
    assert PUBLIC_ADDRESS in ask(link.resolver, host, "A")[1]


def test_high_availability_has_a_second_name_and_a_second_seed(lab: Lab, available: BuiltMongoLink) -> None:
    first, second = hosts(lab, available)
    assert (first.split(".")[1:3], second.split(".")[1:3]) == (["global", "mongocluster"], ["ro", "global"])
    for seed in (available.srv_host, f"available.global.{DOMAIN}"):
        assert ask(available.resolver, f"_mongodb._tcp.{seed}", "SRV") == ("NOERROR", [f"0 0 {PORT} {first}."])
    for host in (first, second):
        assert available.site.address in ask(available.resolver, host, "A")[1]


def put_zone(lab: Lab, link: BuiltMongoLink, name: str, records: Records) -> None:
    """A zone that somebody makes by hand and links to the network, as it is linked by default."""
    where = link.site.group_id, name, [link.site.virtual_network_id]
    lab.change(lambda: Clouds(lab.world).put_zone(*where, records))


def test_the_zone_hides_other_clusters_but_for_the_fallback(lab: Lab, plain: BuiltMongoLink) -> None:
    link = lab.build_mongo_link("strict")
    (other,) = hosts(lab, plain)
    alias = other.replace(DOMAIN, ZONE)
    assert ask(link.resolver, other, "A") == ("NOERROR", sorted([PUBLIC_ADDRESS, f"{alias}."]))
    assert ask(link.resolver, alias, "TXT") == ("NXDOMAIN", AZURE)
    put_zone(lab, link, ZONE, {})
    assert ask(link.resolver, other, "A") == ("NXDOMAIN", [f"{alias}."])
    assert ask(link.resolver, alias, "A") == ("NXDOMAIN", AZURE)


def test_the_parent_zone_hides_the_seeds(lab: Lab) -> None:
    link = lab.build_mongo_link("shadowed")
    (host,) = hosts(lab, link)
    put_zone(lab, link, DOMAIN, {(host.split(".")[0], "A"): [link.site.address]})
    assert ask(link.resolver, host, "A") == ("NOERROR", [link.site.address])
    assert ask(link.resolver, f"_mongodb._tcp.{link.srv_host}", "SRV") == ("NXDOMAIN", AZURE)
    with pytest.raises((PyMongoError, dns.resolver.NXDOMAIN)), application(lab, link) as client:
        client.admin.command("ping")


def test_two_links_of_a_resource_group_share_the_zone(lab: Lab) -> None:
    first, second = (lab.build_mongo_link(name, resource_group="rg-shared") for name in ("one", "two"))
    assert first.zone_id == second.zone_id
    assert len([ident for ident in lab.world.azure if ident == first.zone_id.lower()]) == 1
    for link in (first, second):
        for other in (first, second):
            (host,) = hosts(lab, other)
            assert other.site.address in ask(link.resolver, host, "A")[1]
    assert lab.world.azure[first.zone_id.lower()]["tags"]["made-for"] == first.site.endpoint_id


# -- the port ------------------------------------------------------------------------------------------------------


def knock(address: str, port: int = PORT) -> str:
    try:
        socket.create_connection((address, port), timeout=SILENCE).close()
    except ConnectionRefusedError:
        return "refused"
    return "open"


def handshake(lab: Lab, link: BuiltMongoLink, name: str | None) -> str:
    context = ssl.create_default_context(cafile=str(lab.ca_path))
    context.check_hostname = name is not None
    try:
        with (
            socket.create_connection((link.site.address, PORT), timeout=2) as sock,
            context.wrap_socket(sock, server_hostname=name),
        ):
            return "ok"
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except (ssl.SSLError, ConnectionResetError):
        return "closed"


def test_the_certificate_is_for_the_public_names_and_the_client_must_say_which(
    lab: Lab, available: BuiltMongoLink
) -> None:
    for host in hosts(lab, available):
        assert handshake(lab, available, host) == "ok"
    assert handshake(lab, available, f"fc-0-000.{DOMAIN}") == "ok"
    assert "not valid for" in handshake(lab, available, hosts(lab, available)[0].replace(DOMAIN, ZONE))
    assert "not valid for" in handshake(lab, available, "fc-0-000.mongocluster.azure.com")
    assert handshake(lab, available, None) == "closed"


def test_the_port_is_open_as_long_as_the_connection_is_approved(lab: Lab) -> None:
    link = lab.build_mongo_link("opened")
    cluster = cluster_of(lab, link)
    (connection,) = cluster.connections.values()

    def after(status: str) -> str:
        body = {"properties": {"privateLinkServiceConnectionState": {"status": status, "description": ""}}}
        lab.change(lambda: Clouds(lab.world).write(cluster.id_of(connection), body))
        return knock(link.site.address)

    assert [knock(link.site.address), after("Rejected"), after("Approved")] == ["open", "refused", "open"]
    lab.change(lambda: setattr(cluster, "public_network_access", "Disabled"))
    assert knock(link.site.address) == "open"
    lab.change(lambda: setattr(cluster, "status", "Stopped"))
    assert knock(link.site.address) == "refused"


# -- the driver ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plain", "available"])
def test_a_driver_with_the_options_of_the_connection_string(
    lab: Lab, name: str, request: pytest.FixtureRequest
) -> None:
    link: BuiltMongoLink = request.getfixturevalue(name)
    with application(lab, link) as client:
        orders = client.app.orders
        orders.insert_one({"_id": 1, "state": "new"})
        orders.update_one({"_id": 1}, {"$set": {"state": "paid"}})
        assert orders.find_one({"_id": 1}) == {"_id": 1, "state": "paid"}
        assert client.app.list_collection_names() == ["orders"]
        orders.delete_one({"_id": 1})
        assert orders.count_documents({}) == 0
        (server,) = client.topology_description.server_descriptions().values()
        assert (server.server_type_name, server.address) == ("Mongos", (hosts(lab, link)[0], PORT))


def test_the_global_connection_string_leads_to_the_same_cluster(lab: Lab, available: BuiltMongoLink) -> None:
    with application(lab, available) as client:
        client.app.places.insert_one({"_id": "here"})
    with application(lab, available, srv_host=f"available.global.{DOMAIN}") as client:
        assert client.app.places.find_one({}) == {"_id": "here"}


def test_a_transaction_is_not_advised_to_turn_off_what_is_off(lab: Lab, plain: BuiltMongoLink) -> None:
    def pay(client: Client) -> None:
        with client.start_session() as session, session.start_transaction():
            client.shop.orders.insert_one({"_id": 1}, session=session)

    with application(lab, plain) as client:
        code, words = refusal(lambda: pay(client))
    assert (code, words) == (115, "not supported by the lab: transactions")


def test_a_driver_that_does_not_turn_retryable_writes_off_may_not_write(lab: Lab, plain: BuiltMongoLink) -> None:
    with application(lab, plain, retryWrites=True) as client:
        code, words = refusal(lambda: client.app.orders.insert_one({}))
        assert client.app.orders.find_one({}) is None
    assert code == 2 and 'specifying "retrywrites=false" in the connection string' in words


def test_the_read_only_name_is_for_reading(lab: Lab, available: BuiltMongoLink) -> None:
    with application(lab, available) as client:
        client.app.prices.insert_one({"_id": "tea"})
    host = hosts(lab, available)[1]
    with application(lab, available) as configured:  # the resolver stays in place for the second client
        login = f"{available.username}:{available.password}"
        uri = f"mongodb://{login}@{host}:{PORT}/?tls=true&retryWrites=false"
        direct: Client = pymongo.MongoClient(uri, tlsCAFile=str(lab.ca_path))
        with direct:
            assert direct.admin.command("hello")["readOnly"] is True
            assert direct.app.prices.find_one({}) == {"_id": "tea"}
            code, words = refusal(lambda: direct.app.prices.insert_one({"_id": "milk"}))
        assert configured.admin.command("hello")["readOnly"] is False
    assert (code, words) == (20, "Cannot execute the operation on this replica cluster")


def test_a_wrong_password_and_a_right_that_is_missing(lab: Lab) -> None:
    link = lab.build_mongo_link("rights")
    with application(lab, replace(link, password="wrong")) as client:
        assert refusal(lambda: client.app.orders.find_one({}))[0] == 18
    lab.change(lambda: cluster_of(lab, link).denied.update(delete=13))
    with application(lab, link) as client:
        assert refusal(lambda: client.app.orders.delete_one({}))[0] == 13


# -- building ------------------------------------------------------------------------------------------------------


def test_what_cannot_be_built_is_refused(lab: Lab, plain: BuiltMongoLink) -> None:
    for options in ({"approval": "maybe"}, {"dns": "host_zones"}, {"location": "moon"}):
        with pytest.raises(ValueError, match=f"{next(iter(options))} is '{next(iter(options.values()))}'"):
            lab.build_mongo_link("never", **options)
    with pytest.raises(ValueError, match="there is a cluster 'plain' already"):
        lab.build_mongo_link("plain")


def test_variables_of_a_link_name_nothing_of_the_other_product(lab: Lab, plain: BuiltMongoLink) -> None:
    planned, built = lab.link_variables("mongo_cluster"), lab.variables(plain)
    for found in (planned, built):
        assert {name.partition("_link_")[0] for name in found} <= {"mongo_cluster_private", "private"}
    assert set(planned) == set(built)
    assert built["mongo_cluster_private_link_cluster"] == "plain"
    assert not set(lab.link_variables()) & {name for name in built if name.startswith("mongo")}
    assert {product.name for product in PRODUCTS.values()} == {"atlas", "mongo_cluster"}


def test_who_starts_a_lab_for_it_is_told_how_to_get_there(lab: Lab, plain: BuiltMongoLink) -> None:
    state = lab.write_state("mongo_cluster")
    assert yaml.safe_load((state.parent / "link.yml").read_text()) == lab.link_variables("mongo_cluster")
    told = how_to_use(state.parent, json.loads(state.read_text()), show(lab))
    assert f"ansible-playbook {PRODUCTS['vcore'].playbook} -e @" in told
    cluster = next(iter(lab.world.mongo_clusters.values()))
    assert f"mongodb://app@{cluster.hosts[0]}:{PORT}/?tls=true" in told and "retryWrites=false" in told
    assert cluster.users["app"] not in told


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--product", "cosmos"], "invalid choice: 'cosmos'"),
        (["--product", "vcore", "--fault", "shadow_zone"], "shadow_zone is no fault of vcore, whose faults are: "),
        (["--fault", "zone_group_missing"], "zone_group_missing is no fault of atlas, whose faults are: "),
    ],
)
def test_a_demo_of_what_cannot_be_is_refused(
    given: list[str], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tests.lab", "demo", *given])
    with pytest.raises(SystemExit):
        main()
    assert words in capsys.readouterr().err
