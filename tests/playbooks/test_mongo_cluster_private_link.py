# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample playbook for Azure DocumentDB end to end: real ansible-playbook, real clients, one lab."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.lab.links import Clouds
from tests.lab.mongo_cluster import ZONE, Connection, MongoCluster
from tests.lab.runtime import Lab
from tests.support.ansible import Play, Played
from tests.support.asserts import writes

Plays = Callable[..., Played]
BUILD, TEARDOWN = "mongo_cluster_private_link", "teardown"
ROLE = str(Path(__file__).parent / "own_playbook.yml")  # the role alone: neither DNS nor proof
NO_USER = {"private_link_verify_username": "", "private_link_verify_password": ""}


@pytest.fixture
def cluster(lab: Lab) -> MongoCluster:
    """The one of the seeded world."""
    (found,) = lab.world.mongo_clusters.values()
    return found


@pytest.fixture
def run(play: Play) -> Plays:
    return partial(play, product="mongo_cluster")


def zones(lab: Lab) -> dict[str, Any]:
    return {body["id"]: body for body in lab.world.of_type("Microsoft.Network/privateDnsZones")}


def test_first_run_creates_second_run_reads_each_thing_once_and_teardown_leaves_nothing(
    lab: Lab, run: Plays, cluster: MongoCluster
) -> None:
    shut = {"mongo_cluster_private_link_public_network_access": "Disabled"}
    checked = run(BUILD, "--check", "--diff", **shut).assert_ok()
    assert checked.changed >= 5 and writes(lab) == []

    first = run(BUILD, **shut).assert_ok()
    assert first.changed >= 5 and cluster.public_network_access == "Disabled"
    for line in ("approved", "port 10260", f"through mongodb+srv://{cluster.seed}", "The private link works."):
        assert line in first.output.replace("ports 10260", "port 10260").replace("Approved", "approved"), line
    assert [word for word in ("FAILED", "not checked", "CosmosDB", "errantly") if word in first.output] == []
    (zone,) = zones(lab)
    assert zone.endswith(f"/{ZONE}")
    (link,) = lab.world.of_type("Microsoft.Network/privateDnsZones/virtualNetworkLinks")
    assert link["properties"]["resolutionPolicy"] == "NxDomainRedirect"
    assert {name for name, kind in lab.world.zone_records(zone) if kind == "A"} == set(cluster.labels)

    before, wrote = len(lab.requests), len(writes(lab))
    second = run(BUILD, **shut).assert_ok()
    assert second.changed == 0 and writes(lab)[wrote:] == []
    reads = Counter(one.path.partition("?")[0].lower() for one in lab.requests[before:] if not one.is_token)
    assert {path: count for path, count in reads.items() if count > 1} == {}

    assert run(BUILD, "--check", "--diff").assert_ok().changed == 0
    checked = run(TEARDOWN, "--check", "--diff").assert_ok()
    assert checked.changed > 0 and writes(lab)[wrote:] == []
    assert "public network access of mongo0 is Disabled" in " ".join(checked.output.split())
    opened = {"mongo_cluster_private_link_public_network_access": "Enabled"}
    run(TEARDOWN, mongo_cluster_private_link_remove_virtual_network=True, **opened).assert_ok()
    order = ["mongoClusters/mongo0", "privateDnsZoneGroups", "privateEndpoints/", "virtualNetworks/"]
    order += ["virtualNetworkLinks", f"privateDnsZones/{ZONE}"]
    undone = writes(lab)[wrote:]
    found = [next(i for i, path in enumerate(undone) if part in path) for part in order]
    assert found == sorted(found)
    assert {body["type"] for body in lab.world.azure.values()} == {"Microsoft.Resources/resourceGroups"}
    assert cluster.connections == {} and cluster.public_network_access == "Enabled"

    wrote = len(writes(lab))
    again = run(TEARDOWN, mongo_cluster_private_link_remove_virtual_network=True).assert_ok()
    assert again.changed == 0 and writes(lab)[wrote:] == []


@pytest.mark.full
def test_every_option_of_the_endpoint_arrives_and_what_cannot_change_is_said(
    lab: Lab, run: Plays, cluster: MongoCluster
) -> None:
    group = f"{cluster.group_id}/providers/Microsoft.Network"
    address = lab.subnet_prefix().replace(".0/24", ".77")
    options = {
        "mongo_cluster_private_link_cluster": cluster.id,
        "mongo_cluster_private_link_approval": "manual",
        "mongo_cluster_private_link_request_message": "Payments team, ticket 4711",
        "mongo_cluster_private_link_approval_message": "Agreed in 4712",
        "mongo_cluster_private_link_connection_name": "to-mongo",
        "mongo_cluster_private_link_network_interface_name": "nic-mongo",
        "mongo_cluster_private_link_static_ip": address,
        "mongo_cluster_private_link_application_security_groups": [f"{group}/applicationSecurityGroups/asg-mongo"],
        "mongo_cluster_private_link_tags": {"team": "payments"},
        "mongo_cluster_private_link_subnet_policies": "NetworkSecurityGroupEnabled",
    }
    lab.world.add_other(f"{group}/applicationSecurityGroups/asg-mongo")
    run(ROLE, **options).assert_ok()
    (endpoint,) = lab.world.of_type("Microsoft.Network/privateEndpoints")
    properties = endpoint["properties"]
    (connection,) = properties["manualPrivateLinkServiceConnections"]
    assert connection["name"] == "to-mongo" and connection["properties"]["groupIds"] == ["MongoCluster"]
    assert properties["customNetworkInterfaceName"] == "nic-mongo"
    assert properties["applicationSecurityGroups"] == [{"id": f"{group}/applicationSecurityGroups/asg-mongo"}]
    assert endpoint["tags"]["team"] == "payments" and lab.world.endpoint_ip(endpoint) == address
    (seen,) = cluster.connections.values()
    assert (seen.status, seen.description) == ("Approved", "Agreed in 4712")
    (subnet,) = lab.world.of_type("Microsoft.Network/virtualNetworks/subnets")
    assert subnet["properties"]["privateEndpointNetworkPolicies"] == "NetworkSecurityGroupEnabled"

    wrote = len(writes(lab))
    kept = {name: value for name, value in options.items() if not name.endswith("subnet_policies")}
    assert run(ROLE, **kept).assert_ok().changed == 0  # policies are not reset unasked
    moved = {**kept, "mongo_cluster_private_link_approval": "automatic"}
    run(ROLE, "--check", **moved).assert_failed("cannot change in place", "manual_request")
    run(ROLE, **moved).assert_failed("cannot change in place", "recreate")
    assert writes(lab)[wrote:] == []
    run(ROLE, mongo_cluster_private_link_recreate=True, **moved).assert_ok()
    assert lab.world.of_type("Microsoft.Network/privateEndpoints")[0]["properties"]["privateLinkServiceConnections"]


@pytest.mark.full
def test_what_stands_in_the_way_is_said_before_anything_is_written(lab: Lab, run: Plays, cluster: MongoCluster) -> None:
    run(BUILD, mongo_cluster_private_link_cluster="nobody").assert_failed(
        "no Azure DocumentDB cluster nobody", "databaseAccounts"
    )
    cluster.status = "Stopped"
    run(BUILD).assert_failed("mongo0 is Stopped")
    cluster.status = "Ready"
    lab.world.providers["Microsoft.DocumentDB"].set("NotRegistered")
    run(BUILD).assert_failed("Not registered in the subscription: Microsoft.DocumentDB", "register_providers")
    for wrong, word in (
        ({"public_network_access": "disabled"}, "public_network_access"),
        ({"endpoint_name": ""}, "mongo_cluster_private_link_endpoint_name"),
        ({"virtual_network": ""}, "mongo_cluster_private_link_virtual_network"),
    ):
        given = {f"mongo_cluster_private_link_{name}": value for name, value in wrong.items()}
        run(BUILD, **given).assert_failed(word)
        run(TEARDOWN, **given).assert_failed(word)
    pasted = run(BUILD, mongo_cluster_private_link_cluster="mongodb+srv://app:hunter2@mongo0.example.net/")
    assert "hunter2" not in pasted.assert_failed("must be the name of a cluster").output
    assert writes(lab) == []


@pytest.mark.full
def test_a_missing_provider_is_registered_if_asked(lab: Lab, run: Plays) -> None:
    lab.world.providers["Microsoft.DocumentDB"].set("NotRegistered")
    asked = {"mongo_cluster_private_link_register_providers": "yes"}
    refusal = {"cloud": "azure", "status": 403, "code": "AuthorizationFailed"}
    lab.traffic.inject("refuse", method="POST", path="Microsoft.DocumentDB/register", **refusal)
    run(ROLE, **asked).assert_failed("refused to register resource provider Microsoft.DocumentDB")
    assert [path for path in writes(lab) if "/register" not in path] == []
    run(ROLE, **asked).assert_ok()
    assert any("providers/Microsoft.DocumentDB/register" in path for path in writes(lab))
    # Who may not look at the subscription's providers can build links all the same.
    lab.traffic.inject("refuse", method="GET", path="/providers/Microsoft.(Network|DocumentDB)\\?", times=2, **refusal)
    other = {"mongo_cluster_private_link_endpoint_name": "pe-other"}
    run(ROLE, "--check", **other).assert_ok()


@pytest.mark.full
def test_a_preview_feature_is_registered_for_a_link_that_stands(lab: Lab, run: Plays) -> None:
    run(ROLE).assert_ok()
    unknown = {"mongo_cluster_private_link_preview_features": "NewThings,"}
    run(ROLE, "--check", **unknown).assert_failed("knows no preview feature Microsoft.DocumentDB/NewThings")


@pytest.mark.full
def test_the_public_door_stays_open_until_the_private_path_is_proven(
    lab: Lab, run: Plays, cluster: MongoCluster
) -> None:
    shut = {"mongo_cluster_private_link_public_network_access": "Disabled"}
    unproven = {"private_link_verify_hops": ["srv"], **NO_USER}
    run(BUILD, **shut, private_link_dns_mode="public").assert_failed("The private link does not work")
    assert cluster.public_network_access == "Enabled"
    run(BUILD, **shut, **unproven).assert_failed("nobody has proven the private path")
    assert cluster.public_network_access == "Enabled"
    clients = {"private_link_verify_hops": ["tcp"], "private_link_verify_clients": ["localhost", "127.0.0.1", "::1"]}
    run(BUILD, **shut, **clients, **NO_USER).assert_failed("nobody has proven the private path")
    assert cluster.public_network_access == "Enabled"


@pytest.mark.full
def test_the_owner_of_the_cluster_is_waited_for(lab: Lab, run: Plays, cluster: MongoCluster) -> None:
    asked = {"mongo_cluster_private_link_approval": "manual", "mongo_cluster_private_link_approve": False}
    said = run(ROLE, mongo_cluster_private_link_wait_timeout=2, **asked).assert_failed(
        *("must approve it", "Pending", "azure_private_endpoint_connection), then run again")
    )
    assert "Traceback" not in said.output
    (connection,) = cluster.connections.values()
    connection.status = "Approved"
    run(ROLE, **asked).assert_ok()


@pytest.mark.full
def test_a_request_that_waits_is_approved_by_a_later_run(lab: Lab, run: Plays, cluster: MongoCluster) -> None:
    manual = {"mongo_cluster_private_link_approval": "manual", "mongo_cluster_private_link_request_message": 4711}
    run(
        ROLE, mongo_cluster_private_link_wait_timeout=2, mongo_cluster_private_link_approve="no", **manual
    ).assert_failed()
    wrote = len(writes(lab))
    checked = run(ROLE, "--check", **manual).assert_ok()
    assert checked.changed == 1 and len(writes(lab)) == wrote
    run(ROLE, **manual).assert_ok()
    (connection,) = cluster.connections.values()
    assert connection.status == "Approved"


@pytest.mark.full
def test_an_endpoint_of_this_name_in_another_subscription_is_another_one(
    lab: Lab, run: Plays, cluster: MongoCluster
) -> None:
    theirs = f"{cluster.group_id}/providers/Microsoft.Network/privateEndpoints/pe-mongo"
    theirs = theirs.replace(lab.world.subscription_id, "00000000-0000-4000-8000-000000000000")
    cluster.connections[theirs.lower()] = Connection(theirs, "Rejected")
    lab.world.providers["Microsoft.DocumentDB"].set("NotRegistered")
    run(ROLE).assert_failed("Not registered in the subscription: Microsoft.DocumentDB")
    lab.world.providers["Microsoft.DocumentDB"].set("Registered")
    run(ROLE).assert_ok()


@pytest.mark.full
def test_records_that_were_lost_come_back(lab: Lab, run: Plays, cluster: MongoCluster) -> None:
    run(BUILD).assert_ok()
    (zone,) = zones(lab)
    records = lab.world.zone_records(zone)
    lab.world.azure.pop(f"{zone}/A/{cluster.labels[0]}".lower())
    assert "zone_group" in run("verify").assert_failed("The private link does not work").output
    assert run(BUILD).assert_ok().changed == 2
    assert lab.world.zone_records(zone) == records
    assert run(BUILD).assert_ok().changed == 0


@pytest.mark.full
def test_zones_that_others_bound_the_endpoint_to_stay_as_they_are(lab: Lab, run: Plays, cluster: MongoCluster) -> None:
    """As Azure Policy does in many companies: the zone is in the hub's resource group, whose links are the hub's."""
    run(BUILD, private_link_dns_mode="public", private_link_verify_on_failure="report").assert_ok()
    hub = lab.world.add_resource_group("rg-hub", "eastus2")["id"]
    (network,) = lab.world.of_type("Microsoft.Network/virtualNetworks")
    (endpoint,) = lab.world.of_type("Microsoft.Network/privateEndpoints")

    def by_policy() -> None:
        clouds = Clouds(lab.world)
        zone = clouds.put_zone(hub, ZONE, [network["id"]], {})
        configs = [{"name": "policy", "properties": {"privateDnsZoneId": zone}}]
        clouds.put(
            f"{endpoint['id']}/privateDnsZoneGroups/deployedByPolicy",
            {"properties": {"privateDnsZoneConfigs": configs}},
        )

    lab.change(by_policy)
    wrote = len(writes(lab))
    assert run(BUILD).assert_ok().changed == 0 and writes(lab)[wrote:] == []
    run(TEARDOWN).assert_ok()
    assert list(zones(lab)) == [f"{hub}/providers/Microsoft.Network/privateDnsZones/{ZONE}"]


@pytest.mark.full
def test_a_cluster_of_somebody_else_is_linked_by_its_id(lab: Lab, run: Plays, cluster: MongoCluster) -> None:
    """Guide B's "connect to someone else's resource with a resource id": nothing of it may be read."""
    actions = ("read", "privateLinkResources/read", "PrivateEndpointConnectionsApproval/action")
    lab.world.rights.denied |= {f"Microsoft.DocumentDB/mongoClusters/{action}" for action in actions}
    run(BUILD, mongo_cluster_private_link_cluster=cluster.id).assert_failed("does not have authorization")
    asked = {
        "mongo_cluster_private_link_cluster": cluster.id,
        "mongo_cluster_private_link_approval": "manual",
        "mongo_cluster_private_link_approve": False,
        "private_link_verify_srv_hosts": [cluster.seed],
    }
    said = run(BUILD, mongo_cluster_private_link_wait_timeout=2, **asked).assert_failed(
        "must approve it", "by its id alone"
    )
    assert "Traceback" not in said.output
    (connection,) = cluster.connections.values()
    connection.status = "Approved"
    assert "The private link does not work" not in run(BUILD, **asked).assert_ok().output
    assert run(BUILD, **asked).assert_ok().changed == 0
    gone = " ".join(run(TEARDOWN, **asked).assert_ok().output.split())
    assert "could not be seen" in gone and "does not have authorization" in gone


@pytest.mark.full
def test_what_other_endpoints_and_teams_need_survives_a_teardown(lab: Lab, run: Plays, cluster: MongoCluster) -> None:
    """Another cluster's endpoint, made by hand, has its record in the shared zone, so the network must stay linked."""
    run(BUILD).assert_ok()
    (zone,) = zones(lab)
    (link,) = lab.world.of_type("Microsoft.Network/privateDnsZones/virtualNetworkLinks")
    (endpoint,) = lab.world.of_type("Microsoft.Network/privateEndpoints")
    other = lab.world.add_mongo_cluster("mongo1", "rg-app", "eastus2")
    place = f"{cluster.group_id}/providers/Microsoft.Network/privateEndpoints/pe-by-hand"

    def by_hand() -> None:
        clouds = Clouds(lab.world)
        connection = {"name": "c", "properties": {"privateLinkServiceId": other.id, "groupIds": ["MongoCluster"]}}
        properties = {"subnet": endpoint["properties"]["subnet"], "privateLinkServiceConnections": [connection]}
        clouds.put(place, {"location": "eastus2", "properties": properties})
        configs = [{"name": "c", "properties": {"privateDnsZoneId": zone}}]
        clouds.put(f"{place}/privateDnsZoneGroups/default", {"properties": {"privateDnsZoneConfigs": configs}})

    lab.change(by_hand)
    run(TEARDOWN).assert_ok()
    (left,) = lab.world.of_type("Microsoft.Network/privateDnsZones/virtualNetworkLinks")
    assert (left["id"], left["properties"]) == (link["id"], link["properties"])
    assert {name for name, kind in lab.world.zone_records(zone) if kind == "A"} == set(other.labels)
    lab.change(lambda: Clouds(lab.world).delete(place))
    run(TEARDOWN).assert_ok()
    assert zones(lab) == {}


@pytest.mark.full
def test_a_zone_that_the_network_has_is_used_and_another_endpoints_records_are_not_overwritten(
    lab: Lab, run: Plays, cluster: MongoCluster
) -> None:
    run(BUILD).assert_ok()
    run(BUILD, mongo_cluster_private_link_endpoint_name="pe-second").assert_failed(ZONE, "Nothing was written")
    (zone,) = zones(lab)
    kept = lab.world.zone_records(zone)
    lab.world.add_mongo_cluster("mongo1", "rg-app", "eastus2")
    other = {"mongo_cluster_private_link_endpoint_name": "pe-third", "mongo_cluster_private_link_cluster": "mongo1"}
    run(BUILD, **other, **NO_USER).assert_ok()
    assert list(zones(lab)) == [zone]
    assert kept.items() < lab.world.zone_records(zone).items()
    run(TEARDOWN, **other).assert_ok()
    assert list(zones(lab)) == [zone] and lab.world.zone_records(zone) == kept
