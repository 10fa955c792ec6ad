# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault of the lab on a link of its own, as plain clients meet it; and the other links, which must not notice."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver
import pymongo
import pymongo.errors
import pytest
import requests

from tests.lab import faults
from tests.lab.entra import issue_token
from tests.lab.faults.names import PUBLIC_ADDRESS
from tests.lab.links import BuiltLink
from tests.lab.runtime import Lab
from tests.lab_tests.azure_server import version_of
from tests.lab_tests.clients import SILENCE, ask, driver

PORTS = (1024, 1025, 1026)
AZURE = "azureprivatedns.net."
PUBLIC = "ns.mongodb.net."


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab("instant") as running:
        yield running


@dataclass
class Eyes:
    """One link, looked at by clients that know nothing of the lab."""

    lab: Lab
    link: BuiltLink
    session: requests.Session = field(default_factory=requests.Session)

    # -- what the clouds say ---------------------------------------------------------------------------------------

    def atlas(self, path: str) -> Any:
        """The body of an answer of the Admin API, whatever its status."""
        options = self.lab.atlas_options()
        answer = self.session.get(
            f"{options['base_url']}/api/atlas/v2/groups/{self.link.project_id}{path}",
            auth=requests.auth.HTTPDigestAuth(options["public_key"], options["private_key"]),
            headers={"Accept": "application/vnd.atlas.2024-08-05+json"},
            verify=options["ca_path"],
            timeout=5,
        )
        return answer.json()

    def cluster(self, *fields: str) -> list[Any]:
        found = self.atlas(f"/clusters/{self.link.clusters[0]}")
        return [found.get(field) for field in fields]

    def strings(self) -> list[str]:
        """The names in the first cluster's private connection strings."""
        found = self.atlas(f"/clusters/{self.link.clusters[0]}")["connectionStrings"].get("privateEndpoint", [])
        return [string["srvConnectionString"].removeprefix("mongodb+srv://") for string in found]

    def service(self, *fields: str) -> list[Any]:
        services = self.atlas("/privateEndpoint/AZURE/endpointService")
        return [services[0][field] for field in fields] if services else []

    def interface(self, *fields: str) -> list[Any]:
        ident, where = quote(self.link.sites[0].endpoint_id, safe=""), "/privateEndpoint/AZURE"
        found = self.atlas(f"{where}/endpointService/{self.link.sites[0].service_id}/endpoint/{ident}")
        return [found.get(field) for field in fields]

    def arm(self, ident: str) -> Any:
        answer = self.session.get(
            f"{self.lab.url('azure')}{ident}",
            params={"api-version": version_of(ident)},
            headers={"Authorization": f"Bearer {issue_token(self.lab.world, self.lab.url('azure'))}"},
            verify=str(self.lab.ca_path),
            timeout=5,
        )
        return answer.json()

    def endpoint(self) -> tuple[str, str]:
        """(provisioning state, state of the connection) of the first endpoint, or its error."""
        found = self.arm(self.link.sites[0].endpoint_id)
        if "error" in found:
            return found["error"]["code"], ""
        properties = found["properties"]
        connection = properties["manualPrivateLinkServiceConnections"][0]["properties"]
        return properties["provisioningState"], connection["privateLinkServiceConnectionState"]["status"]

    def target(self) -> str:
        found = self.arm(self.link.sites[0].endpoint_id)["properties"]["manualPrivateLinkServiceConnections"][0]
        return str(found["properties"]["privateLinkServiceId"])

    def nic_is_as_built(self) -> bool:
        endpoint = self.arm(self.link.sites[0].endpoint_id)["properties"]["networkInterfaces"][0]
        configuration = self.arm(endpoint["id"])["properties"]["ipConfigurations"][0]
        return bool(configuration["properties"]["privateIPAddress"] == self.link.addresses[0])

    def zones(self) -> dict[str, int]:
        """The private DNS zones in the link's resource group, and how many networks each is linked to."""
        found = self.arm(f"{self.link.sites[0].group_id}/providers/Microsoft.Network/privateDnsZones")["value"]
        return {zone["name"]: zone["properties"]["numberOfVirtualNetworkLinks"] for zone in found}

    # -- what DNS says ---------------------------------------------------------------------------------------------

    def ask(self, name: str, kind: str, resolver: str = "", tcp: bool = False) -> tuple[str, Any]:
        return ask(resolver or self.link.resolver, name, kind, tcp)

    def srv(self, **more: Any) -> tuple[str, Any]:
        return self.ask(f"_mongodb._tcp.{self.link.srv_host}", "SRV", **more)

    def txt(self) -> tuple[str, Any]:
        return self.ask(self.link.srv_host, "TXT")

    @property
    def host(self) -> str:
        """The SRV target as it was when the link was built."""
        return f"pl-0-eastus2-azure.{self.domain}"

    @property
    def domain(self) -> str:
        return self.link.srv_host.partition(".")[2]

    def address(self, resolver: str = "") -> tuple[str, Any]:
        return self.ask(self.host, "A", resolver)

    # -- the data path ---------------------------------------------------------------------------------------------

    def tcp(self) -> list[str]:
        return [self._connect(port, lambda _sock: None) for port in PORTS]

    def tls(self) -> str:
        """How the handshake at the first port ends."""
        context = ssl.create_default_context(cafile=str(self.lab.ca_path))
        return self._connect(PORTS[0], lambda sock: context.wrap_socket(sock, server_hostname=self.host).close())

    def _connect(self, port: int, use: Callable[[socket.socket], None]) -> str:
        try:
            with socket.create_connection((self.link.addresses[0], port), timeout=SILENCE) as sock:
                use(sock)
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
        except ssl.SSLEOFError:
            return "closed"
        except ssl.SSLError as error:
            return error.reason
        except TimeoutError:
            return "silent"
        except ConnectionRefusedError:
            return "refused"
        except ConnectionResetError:
            return "closed"
        return "ok"

    @contextlib.contextmanager
    def client(self, **more: Any) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
        """A driver in the link's network, with what the application was given."""
        link = self.link
        login = (link.username, link.password, str(self.lab.ca_path))
        with driver(link.resolver, link.srv_host, *login, **more) as client:
            yield client

    def write(self) -> Any:
        """What an insert gives: "ok", or the kind and the code of the error."""
        return self._drive(lambda client: client.app.orders.insert_one({"n": 1}))

    def read(self) -> Any:
        return self._drive(lambda client: client.app.orders.find_one({}))

    def _drive(self, use: Callable[[pymongo.MongoClient[dict[str, Any]]], object]) -> Any:
        try:
            with self.client() as client:
                use(client)
        except pymongo.errors.OperationFailure as error:
            return error.code
        except (pymongo.errors.PyMongoError, dns.exception.DNSException) as error:
            return type(error).__name__
        return "ok"

    def servers(self) -> list[str]:
        """What the driver knows of each member once it has looked."""
        with self.client() as client:
            with contextlib.suppress(pymongo.errors.ServerSelectionTimeoutError):
                client.admin.command("ping")
            found = client.topology_description.server_descriptions().values()
            return sorted(server.server_type_name for server in found)


def look(lab: Lab, name: str, **options: Any) -> Eyes:
    """A new link."""
    return Eyes(lab, lab.build_link(name, **options))


def true_srv(eyes: Eyes) -> tuple[str, list[str]]:
    return "NOERROR", [f"0 0 {port} {eyes.host}." for port in PORTS]


def true_txt(eyes: Eyes) -> tuple[str, list[str]]:
    project = eyes.lab.world.projects[eyes.link.project_id]
    return "NOERROR", [f'"authSource=admin&replicaSet={project.clusters["cluster0"].set_name}"']


def true_address(eyes: Eyes) -> tuple[str, list[str]]:
    return "NOERROR", list(eyes.link.addresses)


def is_another_address(eyes: Eyes, answer: tuple[str, Any]) -> bool:
    """A private address in the link's network that is not the endpoint's."""
    (value,) = answer[1]
    beside = eyes.link.addresses[0].rpartition(".")[0]
    return bool(value.startswith(f"{beside}.")) and value not in eyes.link.addresses


def registered_elsewhere(eyes: Eyes) -> bool:
    return is_another_address(eyes, ("", eyes.interface("privateEndpointIPAddress")))


def sees_nothing(eyes: Eyes) -> bool:
    return eyes.strings() == [] and eyes.srv() == ("NXDOMAIN", PUBLIC)


#: fault -> what a client sees of it; each must be true with the fault, and is false without.
SEEN: dict[str, Callable[[Eyes], bool]] = {
    # clusters
    "cluster_paused": lambda e: e.cluster("paused") == [True] and e.tcp() == ["refused"] * 3,
    "cluster_deleted": lambda e: e.cluster("errorCode") == ["CLUSTER_NOT_FOUND"] and e.srv()[0] == "NXDOMAIN",
    "cluster_renamed": lambda e: e.cluster("errorCode") == ["CLUSTER_NOT_FOUND"] and e.srv()[0] == "NXDOMAIN",
    "tier_without_support": lambda e: (
        e.cluster("replicationSpecs")[0][0]["regionConfigs"][0]["electableSpecs"]["instanceSize"] == "M0"
        and sees_nothing(e)
    ),
    "strings_not_published": lambda e: e.cluster("stateName") == ["UPDATING"] and sees_nothing(e),
    "region_without_endpoint": lambda e: (
        len(e.cluster("replicationSpecs")[0][0]["regionConfigs"]) == 2 and sees_nothing(e)
    ),
    "outdated_srv_name": lambda e: (
        e.strings() == [e.link.srv_host.replace("pl-0", "pl-1")] and e.srv() == ("NXDOMAIN", PUBLIC)
    ),
    # endpoint services
    "service_vanished": lambda e: e.service("id") == [] and e.endpoint() == ("Succeeded", "Disconnected"),
    "link_removed": lambda e: e.service("id") == [] and e.endpoint() == ("ResourceNotFound", ""),
    "service_initiating": lambda e: (
        e.service("status", "privateLinkServiceResourceId") == ["INITIATING", None]
        and e.endpoint() == ("Succeeded", "Pending")
    ),
    "service_failed": lambda e: e.service("status", "errorMessage") == ["FAILED", None] and sees_nothing(e),
    "service_deleting": lambda e: (
        e.service("status") == ["DELETING"] and e.endpoint() == ("Succeeded", "Disconnected") and sees_nothing(e)
    ),
    # private endpoints
    "endpoint_missing": lambda e: (
        e.endpoint() == ("ResourceNotFound", "") and e.interface("status") == ["AVAILABLE"] and "ok" not in e.tcp()
    ),
    "endpoint_provisioning_failed": lambda e: e.endpoint()[0] == "Failed" and "ok" not in e.tcp(),
    "endpoint_of_another_service": lambda e: (
        e.target() != e.service("privateLinkServiceResourceId")[0]
        and e.endpoint()[1] == "Pending"
        and e.interface("status") == ["FAILED"]
    ),
    "endpoint_recreated": lambda e: (
        not e.nic_is_as_built()
        and e.interface("privateEndpointIPAddress") == list(e.link.addresses)
        and e.address() == true_address(e)
        and e.tcp() == ["refused"] * 3
    ),
    "rejected": lambda e: e.endpoint()[1] == "Rejected" and "ok" not in e.tcp(),
    "disconnected": lambda e: e.endpoint()[1] == "Disconnected" and "ok" not in e.tcp(),
    "pending": lambda e: e.endpoint()[1] == "Pending" and e.interface("status") == ["AVAILABLE"],
    # registration
    "never_registered": lambda e: (
        e.service("status", "privateEndpoints") == ["AVAILABLE", []] and e.endpoint()[1] == "Pending"
    ),
    "interface_initiating": lambda e: e.interface("status") == ["INITIATING"] and e.endpoint()[1] == "Pending",
    "interface_failed": lambda e: (
        e.interface("status", "errorMessage") == ["FAILED", "The private endpoint could not be connected."]
        and sees_nothing(e)
    ),
    "interface_deleting": lambda e: e.interface("status", "deleteRequested") == ["DELETING", True],
    "wrong_ip_registered": lambda e: (
        registered_elsewhere(e) and e.nic_is_as_built() and is_another_address(e, e.address(e.lab.resolver()))
    ),
    # private zones
    "shadow_zone": lambda e: (
        (e.srv(), e.txt(), e.address()) == (("NXDOMAIN", AZURE), ("NXDOMAIN", AZURE), true_address(e))
        and e.write() in ("NXDOMAIN", "ConfigurationError")
    ),
    "shadow_zone_without_txt": lambda e: (e.srv(), e.txt()) == (true_srv(e), ("NOERROR", AZURE)),
    "mongodb_net_zone": lambda e: (e.srv(), e.txt()) == (("NXDOMAIN", AZURE), ("NXDOMAIN", AZURE)),
    "mirrored_zone_with_stale_ports": lambda e: (
        e.srv() == ("NOERROR", [f"0 0 {port + 500} {e.host}." for port in PORTS]) and e.txt() == true_txt(e)
    ),
    "mirrored_zone_with_stale_targets": lambda e: (
        e.srv()[1][0].split()[3] == f"{e.host.replace('pl-', 'pl-9')}."
        and e.ask(e.host.replace("pl-", "pl-9"), "A") == ("NXDOMAIN", AZURE)
    ),
    "useless_zone": lambda e: e.zones().get("privatelink.mongodb.net") == 1 and e.write() == "ok",
    "zone_not_linked": lambda e: e.zones() == {e.host: 0} and e.write() == "ok",
    "stale_private_zone": lambda e: (
        is_another_address(e, e.address()) and e.address(e.lab.resolver()) == true_address(e) and e.nic_is_as_built()
    ),
    # resolvers
    "resolver_silent": lambda e: {e.srv()[0], e.txt()[0], e.address()[0]} == {"silent"},
    "resolver_refuses": lambda e: {e.srv()[0], e.txt()[0], e.address()[0]} == {"REFUSED"},
    "answers_truncated": lambda e: (e.srv()[0], e.srv(tcp=True)[0]) == ("truncated", "silent"),
    "rebind_filter": lambda e: (e.srv(), e.txt(), e.address()) == (true_srv(e), true_txt(e), ("NOERROR", None)),
    "wrong_resolver": lambda e: (e.address(e.lab.resolver()), e.address()) == (("NOERROR", None), true_address(e)),
    # SRV
    "srv_servfail": lambda e: (e.srv(), e.txt()) == (("SERVFAIL", None), true_txt(e)),
    "srv_silent": lambda e: (e.srv(), e.txt()) == (("silent", ""), true_txt(e)),
    "srv_nodata": lambda e: (e.srv(), e.txt()) == (("NOERROR", PUBLIC), true_txt(e)),
    "srv_nxdomain": lambda e: (e.srv(), e.txt()) == (("NXDOMAIN", PUBLIC), true_txt(e)),
    "srv_emptied": lambda e: (e.srv(), e.txt()) == (("NOERROR", None), true_txt(e)),
    "srv_outside_domain": lambda e: (
        {value.split()[3] for value in e.srv()[1]} == {"pl-0-eastus2-azure.db.example.com."}
        and e.ask("pl-0-eastus2-azure.db.example.com", "A") == true_address(e)
        and e.write() in ("InvalidURI", "ConfigurationError")
    ),
    # TXT
    "txt_servfail": lambda e: (e.txt(), e.srv()) == (("SERVFAIL", None), true_srv(e)),
    "txt_silent": lambda e: (e.txt(), e.srv()) == (("silent", ""), true_srv(e)),
    "txt_two_records": lambda e: len(e.txt()[1]) == 2 and e.write() == "ConfigurationError",
    "txt_strange_option": lambda e: "&retryWrites=true" in e.txt()[1][0] and e.write() == "ConfigurationError",
    "txt_wrong_replica_set": lambda e: (
        "replicaSet=atlas-former-shard-0" in e.txt()[1][0] and e.write() == "ServerSelectionTimeoutError"
    ),
    "txt_wrong_auth_source": lambda e: "authSource=test" in e.txt()[1][0] and e.write() == 8000,
    # addresses
    "address_nxdomain": lambda e: (e.address(), e.srv()) == (("NXDOMAIN", PUBLIC), true_srv(e)),
    "address_nodata": lambda e: (e.address(), e.srv()) == (("NOERROR", PUBLIC), true_srv(e)),
    "address_servfail": lambda e: (e.address(), e.srv()) == (("SERVFAIL", None), true_srv(e)),
    "public_address": lambda e: e.address() == ("NOERROR", [PUBLIC_ADDRESS]),
    "wrong_private_address": lambda e: is_another_address(e, e.address()) and not registered_elsewhere(e),
    # TCP
    "ports_filtered": lambda e: e.tcp() == ["silent"] * 3,
    "one_port_filtered": lambda e: e.tcp() == ["ok", "ok", "silent"],
    "ports_refused": lambda e: e.tcp() == ["refused"] * 3,
    "one_port_refused": lambda e: e.tcp() == ["ok", "ok", "refused"],
    "region_not_peered": lambda e: (
        len(e.srv()[1]) == 3 and e.servers() == ["RSSecondary", "RSSecondary", "Unknown"] and e.tcp()[:2] == ["ok"] * 2
    ),
    # TLS
    "tls_intercepted": lambda e: e.tls() == "unable to get local issuer certificate",
    "tls_self_signed": lambda e: e.tls() == "self-signed certificate",
    "tls_wrong_name": lambda e: e.tls().startswith("Hostname mismatch"),
    "tls_expired": lambda e: e.tls() == "certificate has expired",
    "tls_not_yet_valid": lambda e: e.tls() == "certificate is not yet valid",
    "plain_text_server": lambda e: e.tls() in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"),
    "sni_lost": lambda e: e.tls() == "TLSV1_ALERT_INTERNAL_ERROR",
    "handshake_closed": lambda e: e.tls() == "closed",
    "handshake_silent": lambda e: e.tls() == "silent" and e.tcp() == ["ok"] * 3,
    # driver
    "too_many_connections": lambda e: e.tls() == "ok" and e.write() in ("AutoReconnect", "ServerSelectionTimeoutError"),
    "no_primary": lambda e: e.servers() == ["RSSecondary"] * 3 and e.write() == "ServerSelectionTimeoutError",
    "primary_unreachable": lambda e: (
        len(e.srv()[1]) == 3 and e.servers() == ["RSSecondary"] * 3 + ["Unknown"] and e.tcp() == ["ok"] * 3
    ),
    "wrong_password": lambda e: e.write() == 8000,
    "user_removed": lambda e: e.write() == 8000,
    "user_of_another_project": lambda e: e.write() == 8000 and e.atlas("")["name"] == "user-of-another-project",
    "user_without_write": lambda e: (e.read(), e.write()) == ("ok", 13),
    "user_without_write_by_atlas": lambda e: (e.read(), e.write()) == ("ok", 8000),
    "user_without_read": lambda e: (e.read(), e.write()) == (13, "ok"),
    "not_primary_on_write": lambda e: (e.read(), e.write()) == ("ok", "NotPrimaryError"),
}


@pytest.fixture(scope="module")
def witness(lab: Lab) -> Eyes:
    """A link that nobody breaks, built before all others."""
    return look(lab, "witness")


def healthy(eyes: Eyes) -> bool:
    return (
        (eyes.srv(), eyes.txt(), eyes.address()) == (true_srv(eyes), true_txt(eyes), true_address(eyes))
        and eyes.endpoint() == ("Succeeded", "Approved")
        and eyes.tls() == eyes.write() == "ok"
    )


@pytest.mark.parametrize("fault", SEEN)
def test_a_fault_is_what_it_says(lab: Lab, witness: Eyes, fault: str) -> None:
    eyes = look(lab, fault.replace("_", "-"))
    said = faults.inject(lab, fault, link=eyes.link.name)
    assert said.endswith(".")
    assert SEEN[fault](eyes)


def test_the_other_links_do_not_notice(lab: Lab, witness: Eyes) -> None:
    """After all of the above, in the same lab."""
    assert healthy(witness)


def test_every_fault_of_a_link_is_observed() -> None:
    assert set(SEEN) == set(faults.LINK_FAULTS)
    assert len(faults.LINK_FAULTS) >= 50


def test_a_healthy_link_shows_none_of_them(lab: Lab) -> None:
    """What the checks above look for is not simply true of every link."""
    eyes = look(lab, "healthy")
    quick = [fault for fault in SEEN if not fault.startswith(("txt_", "user_", "no", "too", "primary", "region"))]
    assert [fault for fault in quick if SEEN[fault](eyes)] == []


@pytest.mark.parametrize("mode", ["cluster_zone", "public"])
@pytest.mark.parametrize("fault", ["shadow_zone", "stale_private_zone", "txt_two_records", "rebind_filter"])
def test_faults_fit_every_way_of_dns(lab: Lab, mode: str, fault: str) -> None:
    eyes = look(lab, f"{fault}-{mode}".replace("_", "-"), dns=mode)
    assert healthy(eyes)
    faults.inject(lab, fault, link=eyes.link.name)
    if mode == "cluster_zone" and fault == "rebind_filter":
        assert eyes.address() == ("NOERROR", None)
    else:
        assert SEEN[fault](eyes)


@pytest.mark.parametrize(
    ("options", "seeds"),
    [
        ({"regions": ["eastus2", "US_WEST_2"], "nodes": 5}, 1),
        ({"clusters": ["orders", "billing"]}, 2),
        ({"sharded": True, "dns": "cluster_zone"}, 1),
        ({"sharded": True, "regional_mode": True, "regions": ["eastus2", "westeurope"]}, 2),
    ],
)
def test_links_of_any_shape_work(lab: Lab, request: pytest.FixtureRequest, options: dict[str, Any], seeds: int) -> None:
    eyes = look(lab, f"shape-{request.node.callspec.indices['options']}", **options)
    assert len(eyes.link.srv_hosts) == seeds
    assert len(eyes.link.sites) == len(options.get("regions", [1]))
    assert eyes.write() == eyes.read() == "ok"
    with eyes.client() as client:
        client.admin.command("ping")
        kind = client.topology_description.topology_type_name
    assert kind == ("Sharded" if options.get("sharded") else "ReplicaSetWithPrimary")


def test_a_link_in_several_regions_loses_one(lab: Lab) -> None:
    eyes = look(lab, "two-regions", regions=["eastus2", "westeurope"])
    faults.inject(lab, "region_not_peered", link="two-regions")
    assert eyes.servers() == ["RSSecondary", "RSSecondary", "Unknown"]
    faults.inject(lab, "region_without_endpoint", link="two-regions")
    assert eyes.service("privateEndpoints") == [[eyes.link.sites[0].endpoint_id]]
    assert eyes.strings() == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "witness"}, "already"),
        ({"name": "a b"}, "letters"),
        ({"dns": "cluster"}, "host_zones"),
        ({"regions": ["eastsu2"]}, "eastsu2"),
        ({"regions": ["eastus2", "westus2"], "nodes": 1}, "nodes is 1"),
        ({"regional_mode": True}, "sharded"),
    ],
)
def test_what_cannot_be_built_is_said(lab: Lab, witness: Eyes, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        lab.build_link(**{"name": "never", **options})
    assert "never" not in [project.name for project in lab.world.projects.values()]


def test_the_variables_are_those_of_a_playbook(lab: Lab, witness: Eyes) -> None:
    variables = lab.variables(witness.link)
    assert variables["atlas_private_link_project"] == "witness"
    assert variables["private_link_verify_resolvers"] == [witness.link.resolver]
    assert variables["private_link_verify_password"] == witness.link.password
    assert witness.link.password not in repr(witness.link)


def tell(lab: Lab, **body: Any) -> requests.Response:
    """What `python -m tests.lab fault` does."""
    return requests.post(
        lab.url("control") + "/fault",
        json=body,
        headers={"Authorization": f"Bearer {lab.control_token}"},
        verify=str(lab.ca_path),
        timeout=10,
    )


def test_a_fault_from_another_process(lab: Lab) -> None:
    eyes = look(lab, "remote")
    answer = tell(lab, name="one_port_refused", link="remote")
    assert answer.json() == {"said": "One of the cluster's ports refuses connections."}
    assert eyes.tcp() == ["ok", "ok", "refused"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": "no_such_fault"}, "there is no fault 'no_such_fault'"),
        ({"name": "shadow_zone", "link": "nowhere"}, "there is no link 'nowhere'"),
        ({"name": "shadow_zone", "link": "witness", "colour": "red"}, "colour"),
        ({"name": "dns", "effect": "laughs"}, "effect is 'laughs'"),
    ],
)
def test_a_fault_that_does_not_exist(lab: Lab, witness: Eyes, body: dict[str, Any], words: str) -> None:
    answer = tell(lab, **body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_links_and_faults_do_not_wait_for_a_slow_world() -> None:
    with Lab("real") as lab:
        eyes = look(lab, "hurried")
        assert healthy(eyes)
        faults.inject(lab, "region_not_peered", link="hurried")
        assert SEEN["region_not_peered"](eyes)


def test_without_a_name_every_link_is_hit() -> None:
    with Lab("instant") as lab:
        both = [look(lab, "one"), look(lab, "two")]
        faults.inject(lab, "rejected")
        assert [eyes.endpoint()[1] for eyes in both] == ["Rejected"] * 2


def test_a_fault_is_in_place_at_once_whatever_the_pace() -> None:
    """The demo's clouds take their time; a fault of several steps would meet its own locks."""
    with Lab("demo") as lab:
        lab.seed()
        for name in faults.LINK_FAULTS:
            if "atlas" in faults.products_of(name):
                faults.inject(lab, name, lab.build_link(name.replace("_", "-"), dns="host_zones").name)
        for name in faults.MONGO_FAULTS:
            link = lab.build_mongo_link(f"vcore-{name}".replace("_", "-"), high_availability=True)
            faults.inject(lab, name, link.name)
