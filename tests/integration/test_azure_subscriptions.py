# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several subscriptions, tenants and service principals: where a module's requests go, and as whom."""

from __future__ import annotations

import re
from typing import Any

from tests.lab.runtime import Lab
from tests.support.modules import Run


def asked(lab: Lab) -> set[str]:
    """The subscriptions of all requests so far."""
    paths = [one.path for one in lab.requests if one.cloud == "azure"]
    return {found.lower() for path in paths for found in re.findall(r"^/subscriptions/([^/?]+)", path)}


def foreign(lab: Lab) -> dict[str, Any]:
    return {**lab.azure_options(), **lab.credentials(lab.world.foreign)}


def test_a_resource_id_says_the_subscription(lab: Lab, run: Run) -> None:
    other = lab.world.other_subscription_id
    lab.world.add_resource_group("rg-hub", "eastus2", other)
    group = f"/subscriptions/{other}/resourceGroups/rg-hub"
    common = {**lab.azure_options(), "resource_group": group}
    zone = run("azure_private_dns_zone", name="db.example.net", **common)
    assert zone["private_dns_zone"]["id"].startswith(f"{group}/")
    for module, more in (
        ("azure_private_dns_zone_info", {}),
        ("azure_private_dns_records_info", {"zone": "db.example.net"}),
        ("azure_private_dns_records", {"zone": "db.example.net", "records": []}),
        ("azure_private_endpoint_info", {}),
        ("azure_private_dns_zone_group_info", {"private_endpoint": "pe"}),
        ("azure_private_dns_zone_group", {"private_endpoint": "pe", "state": "absent"}),
        ("azure_private_endpoint", {"name": "pe", "state": "absent"}),
        ("azure_virtual_network", {"name": "vnet", "address_prefixes": [lab.address_prefix()], "location": "eastus2"}),
        ("azure_mongo_cluster_info", {}),
    ):
        assert not run(module, **common, **more).get("failed"), module
    cluster = lab.world.add_mongo_cluster("theirs", "rg-hub", "eastus2", other)
    assert run("azure_mongo_cluster", name="theirs", public_network_access="Disabled", force=True, **common)["changed"]
    offered = run("azure_private_link_resource_info", resource_id=cluster.id, **lab.azure_options())
    assert offered["private_link_resources"]
    assert asked(lab) == {other}


def test_a_list_holds_what_is_in_its_subscription(lab: Lab, run: Run) -> None:
    other = lab.world.other_subscription_id
    lab.world.add_mongo_cluster("theirs", "rg-hub", "eastus2", other)
    names = {
        subscription: [one["name"] for one in found["mongo_clusters"]]
        for subscription in (lab.world.subscription_id, other)
        for found in [run("azure_mongo_cluster_info", **{**lab.azure_options(), "subscription_id": subscription})]
    }
    assert names == {lab.world.subscription_id: ["mongo0"], other: ["theirs"]}


def test_a_token_of_another_tenant_is_refused(lab: Lab, run: Run) -> None:
    refused = run("azure_private_endpoint_info", **foreign(lab))
    assert refused["failed"] and refused["error"]["code"] == "InvalidAuthenticationTokenTenant"
    assert refused["error"]["http_status"] == 401 and "tenant" in refused["error"]["fix"]
    own = {**foreign(lab), "subscription_id": lab.world.foreign_subscription_id}
    assert run("azure_private_endpoint_info", **own)["private_endpoints"] == []


def test_a_service_principal_is_known_in_its_tenant_only(lab: Lab, run: Run) -> None:
    refused = run("azure_private_endpoint_info", **{**foreign(lab), "tenant": lab.world.tenant_id})
    assert "AADSTS700016" in refused["msg"]


def test_another_team_of_the_tenant_has_no_right_in_a_subscription(lab: Lab, run: Run) -> None:
    theirs = {**lab.azure_options(), **lab.credentials(lab.world.other)}
    refused = run("azure_private_endpoint_info", **theirs)
    assert refused["error"]["code"] == "AuthorizationFailed"
    own = {**theirs, "subscription_id": lab.world.other_subscription_id}
    assert run("azure_private_endpoint_info", **own)["private_endpoints"] == []


def test_networks_of_two_tenants_are_not_linked_to_one_zone(lab: Lab, run: Run) -> None:
    network = run(
        "azure_virtual_network",
        resource_group="rg-app",
        name="vnet",
        address_prefixes=[lab.address_prefix()],
        location="eastus2",
        **lab.azure_options(),
    )["virtual_network"]["id"]
    lab.world.add_resource_group("rg-hub", "eastus2", lab.world.foreign_subscription_id)
    refused = run(
        "azure_private_dns_zone",
        name="db.example.net",
        links=[{"virtual_network_id": network}],
        **{**foreign(lab), "subscription_id": lab.world.foreign_subscription_id, "resource_group": "rg-hub"},
    )
    assert refused["error"]["code"] == "LinkedAuthorizationFailed"
    assert lab.world.subscription_id in refused["msg"]
