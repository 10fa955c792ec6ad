# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of Azure's answers about clusters and providers: nobody's password stays in a connection string, the
newest stable version is chosen, and paths get names that people know."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure import ids, versions
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.mongo_cluster import (
    MongoCluster,
    checked_cluster,
    connection_string,
    normalise,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.provider_feature import (
    ProviderFeature,
    checked_feature,
    checked_namespace,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._engine import FAILED, PENDING, READY, Plan
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Guarded, InvalidInput, NotFound

CLIENT: Any = SimpleNamespace(subscription="00000000-0000-0000-0000-000000000000")
GROUP = f"/subscriptions/{CLIENT.subscription}/resourceGroups/rg"
NAMES = st.from_regex(r"[a-z][a-z0-9]{2,8}", fullmatch=True)
#: As somebody's tool may leave them: encoded or not.
SECRETS = st.text(min_size=6, max_size=20).map(lambda text: f"SECRET{text}")

# -- connection strings --------------------------------------------------------------------------------------------


@given(NAMES, st.dictionaries(NAMES, NAMES, max_size=3), st.sampled_from(["", "/", "/orders"]))
def test_a_connection_string_is_taken_apart(host: str, options: dict[str, str], path: str) -> None:
    query = "&".join(f"{name.upper()}={value}" for name, value in options.items())
    given_ = f"mongodb+srv://<user>:<password>@{host}.example.net{path}{'?' if query else ''}{query}"
    found = connection_string(given_)
    assert found["srv_host"] == f"{host}.example.net" and found["options"] == options
    assert found["connection_string"] == given_.replace("<user>:<password>@", "").replace(
        f"example.net{path}", f"example.net{path or '/'}"
    )


@given(SECRETS, SECRETS, st.sampled_from(["mongodb", "mongodb+srv"]))
def test_who_signs_in_is_never_kept(user: str, password: str, scheme: str) -> None:
    assert "SECRET" not in str(connection_string(f"{scheme}://{user}:{password}@host.example.net/?tls=true"))


@given(st.none() | st.text())
def test_what_is_no_connection_string_leaves_nothing(text: str | None) -> None:
    assert connection_string(text) == {"connection_string": None, "srv_host": None, "options": {}}


def test_hosts_with_ports_have_no_srv_record() -> None:
    found = connection_string("mongodb://u:p@c.example.net:10260,d.example.net:10260/?tls=true")
    assert found["connection_string"] == "mongodb://c.example.net:10260,d.example.net:10260/?tls=true"
    assert found["srv_host"] is None


# -- clusters ------------------------------------------------------------------------------------------------------


def cluster(access: str | None = "Enabled", *statuses: str, state: str = "Succeeded") -> dict[str, Any]:
    connections = [
        {
            "id": f"{GROUP}/c/{number}",
            "name": str(number),
            "properties": {"privateLinkServiceConnectionState": {"status": status}},
        }
        for number, status in enumerate(statuses)
    ]
    return normalise(
        {
            "id": f"{GROUP}/providers/{ids.MONGO_CLUSTERS}/orders",
            "name": "orders",
            "location": "eastus2",
            "properties": {
                "provisioningState": state,
                "publicNetworkAccess": access,
                "privateEndpointConnections": connections,
            },
        }
    )


STATUSES = st.lists(st.sampled_from(["Pending", "Approved", "Rejected", "Disconnected"]), max_size=3)
ACCESS = st.sampled_from(["Enabled", "Disabled"])


def test_an_answer_may_lack_all_that_is_optional() -> None:
    found = normalise({"id": "i", "name": "n", "location": "l", "properties": {}})
    assert found["tier"] is None and found["high_availability"] is None and found["connection_string"] is None
    assert found["private_endpoint_connections"] == [] and found["tags"] == {} and found["options"] == {}


@given(ACCESS, ACCESS, STATUSES, st.booleans())
def test_public_access_ends_only_where_somebody_still_comes_in(
    now: str, asked: str, statuses: list[str], force: bool
) -> None:
    resource = MongoCluster(CLIENT, "rg", "orders", force=force)
    current, desired = cluster(now, *statuses), {"public_network_access": asked}
    if now == "Enabled" and asked == "Disabled" and "Approved" not in statuses and not force:
        with pytest.raises(Guarded, match="force=true"):
            resource.plan(current, desired)
        return
    assert len(resource.plan(current, desired).steps) == (now != asked)
    after = resource.predict(current, desired)
    assert after == {**current, **desired}
    assert resource.plan(after, desired) == Plan()


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        *[("Succeeded", READY), ("Updating", PENDING), ("InProgress", PENDING), ("Dropping", PENDING)],
        *[("Failed", FAILED), ("Canceled", FAILED)],
    ],
)
def test_health_of_a_cluster(state: str, verdict: str) -> None:
    health = MongoCluster(CLIENT, "rg", "orders").health(cluster(state=state), True)
    assert (health.state, health.verdict) == (state, verdict)
    assert verdict != FAILED or health.fix


def test_no_cluster_is_another_product() -> None:
    with pytest.raises(NotFound, match=r"mongoClusters.*databaseAccounts") as told:
        MongoCluster(CLIENT, "rg", "orders").plan(None, {"public_network_access": "Disabled"})
    assert f"{GROUP}/providers/Microsoft.DocumentDB/mongoClusters/orders" in str(told.value)


# -- registrations -------------------------------------------------------------------------------------------------


@given(st.sampled_from(["NotRegistered", "Unregistered", "Unregistering", "Registering", "Registered", "Pending"]))
def test_only_what_is_not_on_its_way_gets_registered(state: str) -> None:
    resource = ProviderFeature(CLIENT, "Microsoft.DocumentDB", "Some")
    current = {"namespace": "Microsoft.DocumentDB", "feature": "Some", "state": state}
    plan = resource.plan(current, {"state": "Registered"})
    assert bool(plan.steps) == (state in ("NotRegistered", "Unregistered", "Unregistering"))
    assert resource.plan(resource.predict(current, None), {"state": "Registered"}) == Plan()
    verdicts = {"Registered": READY, "Pending": FAILED}
    assert resource.health(current, True).verdict == verdicts.get(state, PENDING)


# -- versions, paths and names -------------------------------------------------------------------------------------

DATES = st.dates().map(str)


@given(st.sets(DATES, max_size=4), st.sets(DATES, max_size=4))
def test_the_newest_stable_version_wins(stable: set[str], previews: set[str]) -> None:
    listed = [*(f"{date}-preview" for date in previews), *stable]
    provider = {"resourceTypes": [{"resourceType": "Other", "apiVersions": ["9999-12-31"]}]}
    provider["resourceTypes"].append({"resourceType": "widgets/parts", "apiVersions": listed})
    found = versions.newest(provider, "Microsoft.Some/Widgets/Parts")
    assert found == (max(stable) if stable else max(listed, default=None))
    assert versions.newest(provider, "Microsoft.Some/unknown") is None


@pytest.mark.parametrize(
    ("path", "version"),
    [
        (f"{GROUP}/providers/Microsoft.Network/privateDnsZones/a.example/ALL", versions.DNS_VERSION),
        (f"{GROUP}/PROVIDERS/MICROSOFT.NETWORK/VIRTUALNETWORKS/v/subnets/s", versions.NETWORK_VERSION),
        ("/subscriptions/s/providers/Microsoft.Network/privateEndpoints", versions.NETWORK_VERSION),
        (f"{GROUP}/providers/Microsoft.DocumentDB/mongoClusters/c/privateEndpointConnections", versions.MONGO_VERSION),
        (f"{GROUP}/providers/Microsoft.Network/privateDns", None),
        (f"{GROUP}/providers/Microsoft.Sql/servers/s", None),
        ("/subscriptions/s/providers/Microsoft.Features/providers/Microsoft.Network/features/New", None),
    ],
)
def test_the_version_of_a_path(path: str, version: str | None) -> None:
    assert versions.known(path) == version


@pytest.mark.parametrize(
    ("path", "title"),
    [
        (f"{GROUP}/providers/Microsoft.DocumentDB/mongoClusters/c", "mongo cluster c"),
        (f"{GROUP}/providers/Microsoft.DocumentDB/mongoClusters", "mongo clusters of rg"),
        (f"{GROUP}/providers/A.B/mongoClusters/c/privateLinkResources", "private link resources of c"),
        (f"{GROUP}/providers/A.B/mongoClusters/c/privateEndpointConnections/p.1", "private endpoint connection p.1"),
        (f"{GROUP}/providers/Microsoft.Network/privateDnsZones/a.example/ALL", "record sets of a.example"),
        (f"{GROUP}/providers/Microsoft.Network/privateDnsZones", "private DNS zones of rg"),
        ("/subscriptions/s/providers/Microsoft.Network/privateEndpoints", "private endpoints of the subscription"),
        ("/subscriptions/s/providers/Microsoft.DocumentDB", "resource provider Microsoft.DocumentDB"),
        ("/subscriptions/s/providers/Microsoft.Features/providers/A.B/features/New", "feature New"),
    ],
)
def test_title(path: str, title: str) -> None:
    assert ids.title(path) == title


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (
            checked_cluster,
            ["orders", "orders-1", "Orders", "abc"],
            ["ab", "a" * 41, "or_ders", "-orders", "a--b", "a\n"],
        ),
        (checked_namespace, ["Microsoft.DocumentDB", "84codes.CloudAMQP"], ["DocumentDB", "A/B", "A.", ".B", "A.B\n"]),
        (checked_feature, ["New", "New-1.0_x"], ["A/New", "", "a b", "New\n"]),
        (versions.checked_version, ["2024-07-01", "2024-07-01-preview"], ["latest", "2024-7-1", "2024-07-01?x", "x\n"]),
        (ids.checked_resource, [f"{GROUP}/providers/A.B/c/d"], ["orders", f"{GROUP}/providers/A.B/c", GROUP]),
    ],
)
def test_input(check: Any, right: list[str], wrong: list[str]) -> None:
    assert [check(value) for value in right] == right
    for value in wrong:
        with pytest.raises(InvalidInput, match="it must be"):
            check(value)
