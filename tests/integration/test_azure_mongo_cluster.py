# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""azure_mongo_cluster, its info twin and azure_private_link_resource_info through the lab."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.mongo_links import BuiltMongoLink
from tests.lab.runtime import Lab
from tests.support.asserts import assert_predicted, assert_refused, assert_unchanged, writes
from tests.support.azure import NETWORK, azure, path, reads, signed_in
from tests.support.modules import Run

MODULE, INFO, OFFER = "azure_mongo_cluster", "azure_mongo_cluster_info", "azure_private_link_resource_info"
ZONE = "privatelink.mongocluster.cosmos.azure.com"


@pytest.fixture
def link(lab: Lab) -> BuiltMongoLink:
    """A cluster with an approved private endpoint, in a resource group of its own."""
    return lab.build_mongo_link("orders", high_availability=True)


def closed(lab: Lab, name: str, group: str = "rg-app", **more: Any) -> dict[str, Any]:
    return {**azure(lab, name=name, public_network_access="Disabled", **more), "resource_group": group}


# -- reading -------------------------------------------------------------------------------------------------------


def test_a_cluster_is_described(lab: Lab, run: Run, link: BuiltMongoLink) -> None:
    found = run(INFO, **signed_in(lab, resource_group=link.resource_group, name="orders"))
    (cluster,) = found["mongo_clusters"]
    assert found["changed"] is False and found["subscription_id"] == lab.world.subscription_id
    assert cluster["id"] == link.cluster_id and cluster["location"] == "eastus2" and cluster["tier"] == "M30"
    assert cluster["high_availability"] == "ZoneRedundantPreferred" and cluster["public_network_access"] == "Enabled"
    assert cluster["provisioning_state"] == "Succeeded" and cluster["cluster_status"] == "Ready"
    assert cluster["srv_host"] == link.srv_host and cluster["options"]["retrywrites"] == "false"
    assert cluster["connection_string"].startswith(f"mongodb+srv://{link.srv_host}/?tls=true")
    (connection,) = cluster["private_endpoint_connections"]
    assert connection["private_endpoint_id"] == link.site.endpoint_id and connection["status"] == "Approved"
    assert connection["group_ids"] == ["MongoCluster"]


def test_lists_of_clusters(lab: Lab, run: Run, link: BuiltMongoLink) -> None:
    def names(**options: Any) -> list[str]:
        asked = len(reads(lab))
        found = run(INFO, **signed_in(lab, **options))
        assert len(reads(lab)) == asked + 1
        return [one["name"] for one in found["mongo_clusters"]]

    assert names() == ["mongo0", "orders"]
    assert names(resource_group=link.resource_group) == ["orders"]
    assert names(resource_group="RG-App", name="MONGO0") == ["mongo0"]
    assert names(resource_group="rg-app", name="orders") == names(resource_group="rg-nope", name="orders") == []
    assert writes(lab) == []
    assert_refused(run(INFO, **signed_in(lab, resource_group="rg-nope")), "rg-nope")
    assert_refused(run(INFO, **signed_in(lab, resource_group="rg-app", name="a_b")), "a_b", "hyphens")


def test_more_clusters_than_fit_on_a_page(lab: Lab, run: Run) -> None:
    for number in range(120):
        lab.world.add_mongo_cluster(f"fleet-{number}", "rg-app", "eastus2")
    found = run(INFO, **signed_in(lab, resource_group="rg-app"))["mongo_clusters"]
    assert len({one["name"] for one in found}) == 121


# -- public network access -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pace", ["instant", "slow"])
def test_life(lab: Lab, run: Run, link: BuiltMongoLink, pace: str) -> None:
    if pace == "slow":
        lab.world.pace = type(lab.world.pace)(mongo_cluster=0.4)
    options = closed(lab, "orders", link.resource_group)
    done = writes(lab)
    predicted = run(MODULE, check_mode=True, **options)
    assert writes(lab) == done
    changed = run(MODULE, **options)
    assert_predicted(predicted, changed)
    assert changed["mongo_cluster"]["public_network_access"] == "Disabled"
    assert changed["diff"]["before"]["public_network_access"] == "Enabled"
    assert writes(lab)[len(done) :] == [f"PATCH {link.cluster_id}"]
    assert lab.requests[-1].cloud == "azure" and changed["mongo_cluster"]["provisioning_state"] == "Succeeded"

    done, asked = writes(lab), len(reads(lab))
    assert_unchanged(lab, run(MODULE, **options), done)
    assert len(reads(lab)) == asked + 1
    opened = run(MODULE, **{**options, "public_network_access": "Enabled"})
    assert opened["changed"] and opened["mongo_cluster"]["public_network_access"] == "Enabled"


def test_tags_and_connections_stay(lab: Lab, run: Run, link: BuiltMongoLink) -> None:
    lab.world.mongo_clusters[link.cluster_id.lower()].tags["team"] = "orders"
    changed = run(MODULE, **closed(lab, "orders", link.resource_group))["mongo_cluster"]
    assert changed["tags"] == {"team": "orders"} and len(changed["private_endpoint_connections"]) == 1


def test_nobody_is_locked_out_unasked(lab: Lab, run: Run) -> None:
    for check_mode in (True, False):
        refused = run(MODULE, check_mode=check_mode, **closed(lab, "mongo0"))
        assert_refused(refused, "mongo cluster rg-app/mongo0", "nobody", "force=true")
    assert writes(lab) == []
    assert run(MODULE, **closed(lab, "mongo0", force=True))["changed"]
    assert_unchanged(lab, run(MODULE, **closed(lab, "mongo0")), writes(lab))  # what is so already needs no guard


def test_a_pending_connection_is_no_way_in(lab: Lab, run: Run) -> None:
    run("azure_virtual_network", **azure(lab, **NETWORK))
    (cluster,) = lab.world.mongo_clusters.values()
    endpoint = azure(lab, name="pe", virtual_network="vnet-app", subnet="endpoints", group_ids=["MongoCluster"])
    run("azure_private_endpoint", **endpoint, private_link_service_id=cluster.id, manual_request=True)
    done = writes(lab)
    assert_refused(run(MODULE, **closed(lab, "mongo0")), "approved")
    assert writes(lab) == done
    (connection,) = cluster.connections.values()
    connection.status = "Approved"
    assert run(MODULE, **closed(lab, "mongo0"))["changed"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_no_such_cluster(lab: Lab, run: Run, check_mode: bool) -> None:
    """People look for accounts of the other product, whose type differs in one word."""
    for group in ("rg-app", "rg-nope"):
        missing = run(MODULE, check_mode=check_mode, **closed(lab, "orders", group))
        place = f"/subscriptions/{lab.world.subscription_id}/resourceGroups/{group}/providers/Microsoft.DocumentDB"
        assert_refused(missing, f"{place}/mongoClusters/orders", "RU", "Microsoft.DocumentDB/databaseAccounts")
    assert writes(lab) == []


@pytest.mark.parametrize("effect", ["cut", "throttle"])
def test_a_lost_answer_and_a_lock(lab: Lab, run: Run, link: BuiltMongoLink, effect: str) -> None:
    more = {"seconds": 0} if effect == "throttle" else {}
    lab.traffic.inject(effect, cloud="azure", method="PATCH", **more)
    before = len(writes(lab))
    changed = run(MODULE, **closed(lab, "orders", link.resource_group))
    assert changed["changed"] and changed["mongo_cluster"]["public_network_access"] == "Disabled"
    assert len(writes(lab)) == before + {"cut": 1, "throttle": 2}[effect]


def test_somebody_else_changes_it(lab: Lab, run: Run, link: BuiltMongoLink) -> None:
    """While a change is under way the next one waits for its end; without waiting it is refused."""
    lab.world.pace = type(lab.world.pace)(mongo_cluster=0.5)
    options = closed(lab, "orders", link.resource_group)
    assert run(MODULE, **options, wait=False)["mongo_cluster"]["provisioning_state"] == "Updating"
    opened = {**options, "public_network_access": "Enabled"}
    assert_refused(run(MODULE, **opened, wait=False), "cannot be changed now", "Updating")
    assert run(MODULE, **opened)["mongo_cluster"]["public_network_access"] == "Enabled"


def test_who_may_not_change_it_is_told_so(lab: Lab, run: Run, link: BuiltMongoLink) -> None:
    lab.traffic.inject("refuse", cloud="azure", method="PATCH", status=403, code="AuthorizationFailed")
    refused = run(MODULE, **closed(lab, "orders", link.resource_group))
    assert_refused(refused, "update mongo cluster orders")
    assert refused["error"]["http_status"] == 403


def test_bad_input(lab: Lab, run: Run) -> None:
    assert_refused(run(MODULE, **closed(lab, "my_cluster")), "name is 'my_cluster'", "3 to 40")
    assert_refused(run(MODULE, **closed(lab, "orders", "rg.")), "resource_group is 'rg.'")
    assert run(MODULE, **{**closed(lab, "orders"), "public_network_access": "Off"})["failed"]
    assert writes(lab) == reads(lab) == []


# -- what a resource offers ----------------------------------------------------------------------------------------


def test_a_cluster_offers_one_group(lab: Lab, run: Run, link: BuiltMongoLink) -> None:
    asked = len(reads(lab))
    found = run(OFFER, **signed_in(lab, resource_id=f"{link.cluster_id.upper()}"))
    (offer,) = found["private_link_resources"]
    cluster = lab.world.mongo_clusters[link.cluster_id.lower()]
    assert offer["name"] == offer["group_id"] == "MongoCluster" and found["changed"] is False
    assert offer["required_members"] == [cluster.member] and offer["required_zone_names"] == [ZONE]
    assert len(reads(lab)) == asked + 1  # the version of its API need not be looked up

    given = run(OFFER, **signed_in(lab, resource_id=link.cluster_id, api_version="2025-09-01"))
    assert given["private_link_resources"] == found["private_link_resources"]


def test_a_cluster_that_is_not_there_offers_nothing(lab: Lab, run: Run, link: BuiltMongoLink) -> None:
    missing = run(OFFER, **signed_in(lab, resource_id=f"{link.cluster_id}-2"))
    assert_refused(missing, "there is no", f"{link.cluster_id}-2", "resource_id")
    assert missing["error"]["http_status"] == 404


def test_types_without_private_link_resources(lab: Lab, run: Run) -> None:
    run("azure_virtual_network", **azure(lab, **NETWORK))
    network = path(lab, "virtualNetworks", "vnet-app")

    def unknown_to_azure(code: str, of: str = "/privateLinkResources") -> None:
        """The lab cannot know what Azure does not have, so this answer is Azure's own."""
        lab.traffic.inject("refuse", cloud="azure", method="GET", path=of, status=404, code=code)

    unknown_to_azure("InvalidResourceType")
    none = run(OFFER, **signed_in(lab, resource_id=network))
    assert_refused(none, "Microsoft.Network/virtualNetworks has no private link resources", "api_version")
    assert not any(one.endswith("/providers/Microsoft.Network") for one in reads(lab))

    unknown_to_azure("InvalidResourceType")
    unknown = run(OFFER, **signed_in(lab, resource_id=path(lab, "teapots", "brown")))
    assert_refused(unknown, "no resource type Microsoft.Network/teapots", "api_version")
    assert any(one.endswith("/providers/Microsoft.Network") for one in reads(lab))  # which knows all its types
    unknown_to_azure("InvalidResourceNamespace", "/providers/Contoso.Teapots")
    nowhere = network.replace("Microsoft.Network", "Contoso.Teapots")
    assert_refused(
        run(OFFER, **signed_in(lab, resource_id=nowhere)), "Contoso.Teapots", "name of the resource provider"
    )


def test_bad_input_for_offers(lab: Lab, run: Run, link: BuiltMongoLink) -> None:
    assert_refused(run(OFFER, **signed_in(lab, resource_id="orders")), "resource_id is 'orders'", "mongoClusters")
    latest = run(OFFER, **signed_in(lab, resource_id=link.cluster_id, api_version="latest"))
    assert_refused(latest, "api_version is 'latest'", "2024-07-01")
    assert reads(lab) == []
