# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients that are not this collection ask of Atlas: Terraform, the Atlas CLI, SDKs, scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab import faults
from tests.lab.runtime import Lab
from tests.lab_tests.atlas_server import ADVANCED_VERSION, CLUSTER_VERSION, VERSION, Atlas, refused

NEWEST = "application/vnd.atlas.2025-03-12+json"


# -- older dates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "deprecated"),
    [(VERSION, "Wed, 01 Feb 2023 00:00:00 GMT"), (ADVANCED_VERSION, "Mon, 05 Aug 2024 00:00:00 GMT")],
)
@pytest.mark.parametrize("path", ["", "/Cluster0"])
def test_older_dates_of_clusters_are_served_with_a_warning(
    atlas: Atlas, accept: str, deprecated: str, path: str
) -> None:
    atlas.world.add_cluster(atlas.project, "Cluster0", ["US_EAST_2"])
    answer = atlas.call("GET", f"{atlas.group}/clusters{path}", accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, f"{accept};charset=utf-8")
    assert (answer.headers["Sunset"], answer.headers["Deprecation"]) == ("Thu, 01 Jul 2027 00:00:00 GMT", deprecated)


def test_a_date_between_two_gets_the_older_one(atlas: Atlas) -> None:
    answer = atlas.call("GET", f"{atlas.group}/clusters", accept="application/vnd.atlas.2024-05-30+json")
    assert answer.headers["Content-Type"] == f"{ADVANCED_VERSION};charset=utf-8"


def test_todays_date_carries_no_warning(atlas: Atlas) -> None:
    headers = atlas.call("GET", f"{atlas.group}/clusters", accept=CLUSTER_VERSION).headers
    assert not {"Sunset", "Deprecation"} & set(headers)


def test_a_cluster_is_the_same_under_every_date(atlas: Atlas) -> None:
    atlas.world.add_cluster(atlas.project, "Wide", ["US_EAST_2", "EUROPE_WEST"], nodes=5)
    path = f"{atlas.group}/clusters/Wide"
    legacy, advanced, today = (
        atlas.call("GET", path, accept=accept).json() for accept in (VERSION, ADVANCED_VERSION, CLUSTER_VERSION)
    )
    for name in ("id", "name", "stateName", "connectionStrings", "createDate", "paused"):
        assert legacy[name] == advanced[name] == today[name]
    assert legacy["providerSettings"] == {
        "instanceSizeName": "M10",
        "providerName": "AZURE",
        "regionName": "US_EAST_2",
    }
    regions = legacy["replicationSpecs"][0]["regionsConfig"]
    assert {name: one["electableNodes"] for name, one in regions.items()} == {"US_EAST_2": 3, "EUROPE_WEST": 2}
    assert (legacy["diskSizeGB"], advanced["diskSizeGB"], legacy["replicationFactor"]) == (10.0, 10.0, 5)
    assert "diskSizeGB" not in advanced["replicationSpecs"][0]["regionConfigs"][0]["electableSpecs"]


def test_the_fault_takes_older_dates_away(atlas: Atlas) -> None:
    atlas.world.old_versions_gone = True
    for accept in (VERSION, ADVANCED_VERSION):
        refused(atlas.call("GET", f"{atlas.group}/clusters", accept=accept), 410, "VERSION_GONE")
    assert atlas.call("GET", f"{atlas.group}/clusters", accept=CLUSTER_VERSION).status_code == 200
    assert atlas.call("GET", atlas.services, accept=VERSION).status_code == 200


def test_the_fault_is_injected_by_name(lab: Lab) -> None:
    faults.inject(lab, "old_versions_gone")
    assert lab.world.old_versions_gone


# -- the API before dates ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", [None, "application/json", VERSION])
def test_private_endpoints_are_served_under_the_old_path(atlas: Atlas, accept: str | None) -> None:
    service = atlas.add_service()
    endpoint = atlas.endpoint(service, atlas.register(service).json()["privateEndpointResourceId"])
    for path in (atlas.services, f"{atlas.services}/{service.id}", endpoint):
        old = atlas.call("GET", path.replace("/v2/", "/v1.0/"), accept=accept)
        assert (old.status_code, old.headers["Content-Type"]) == (200, "application/json")
        assert old.json() == atlas.call("GET", path).json()


def test_nothing_else_is_served_under_the_old_path(atlas: Atlas) -> None:
    assert not atlas.call("GET", atlas.group.replace("/v2/", "/v1.0/")).ok


# -- HEAD and envelopes ------------------------------------------------------------------------------------------------


def test_head_is_get_without_a_body(atlas: Atlas) -> None:
    for path, status in ((atlas.group, 200), (atlas.services, 200), (f"{atlas.services}/{'1' * 24}", 404)):
        head, get = atlas.call("HEAD", path), atlas.call("GET", path)
        assert (head.status_code, head.content) == (status, b"")
        assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_an_envelope_holds_the_status_and_the_content(atlas: Atlas) -> None:
    for path in (atlas.group, atlas.services):
        plain = atlas.call("GET", path).json()
        assert atlas.call("GET", f"{path}?envelope=true&pretty=true").json() == {"status": 200, "content": plain}
        assert atlas.call("GET", f"{path}?envelope=false").json() == plain


def test_a_page_is_its_own_envelope(atlas: Atlas) -> None:
    page = atlas.call("GET", f"{atlas.group}/clusters", accept=CLUSTER_VERSION).json()
    opened = atlas.call("GET", f"{atlas.group}/clusters?envelope=true", accept=CLUSTER_VERSION).json()
    assert opened == {**page, "status": 200}


# -- what Terraform's data sources and the Atlas CLI read of a project -------------------------------------------------


def test_containers_are_where_clusters_and_services_are(atlas: Atlas) -> None:
    atlas.world.add_cluster(atlas.project, "Cluster0", ["US_EAST_2"])
    atlas.world.add_cluster(atlas.project, "Free", ["US_WEST_2"], instance_size="M0")
    atlas.add_service("US_EAST_2")
    atlas.add_service("EUROPE_WEST")
    path = f"{atlas.group}/containers"
    page = atlas.call("GET", f"{path}?includeCount=true&itemsPerPage=1&pageNum=2&providerName=AZURE").json()
    assert (page["totalCount"], [one["region"] for one in page["results"]]) == (2, ["EUROPE_WEST"])
    assert atlas.call("GET", path).json()["results"] == []
    found = atlas.call("GET", f"{path}/all").json()["results"]
    assert [one["region"] for one in found] == ["US_EAST_2", "EUROPE_WEST"]
    assert len({one["atlasCidrBlock"] for one in found}) == len({one["id"] for one in found}) == 2
    refused(atlas.call("GET", f"{path}?providerName=azure"), 400, "INVALID_PROVIDER")


@pytest.mark.parametrize("name", ["peers", "accessList", "teams", "users", "databaseUsers"])
def test_lists_of_a_project_are_empty(atlas: Atlas, name: str) -> None:
    page = atlas.call("GET", f"{atlas.group}/{name}", accept=NEWEST).json()
    assert (page["results"], page["totalCount"]) == ([], 0)


def test_database_users_are_those_of_the_clusters(atlas: Atlas) -> None:
    atlas.world.add_cluster(atlas.project, "Cluster0", ["US_EAST_2"], users={"app": "secret"})
    answer = atlas.call("GET", f"{atlas.group}/databaseUsers")
    assert [user["username"] for user in answer.json()["results"]] == ["app"]
    assert "secret" not in answer.text


EXPECTED: dict[str, Any] = {
    "settings": {
        "isCollectDatabaseSpecificsStatisticsEnabled": True,
        "isDataExplorerEnabled": True,
        "isExtendedStorageSizesEnabled": False,
        "isPerformanceAdvisorEnabled": True,
        "isRealtimePerformancePanelEnabled": True,
        "isSchemaAdvisorEnabled": True,
    },
    "managedSlowMs": True,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_settings_of_a_project_are_the_defaults(atlas: Atlas, name: str) -> None:
    assert atlas.call("GET", f"{atlas.group}/{name}").json() == EXPECTED[name]


def test_limits_and_addresses_follow_from_the_project(atlas: Atlas) -> None:
    atlas.world.add_cluster(atlas.project, "Cluster0", ["US_EAST_2"])
    atlas.register(atlas.add_service())
    limits = atlas.call("GET", f"{atlas.group}/limits").json()
    assert [(one["currentUsage"], one["value"]) for one in limits] == [(1, 25), (3, 50)]
    addresses = atlas.call("GET", f"{atlas.group}/ipAddresses").json()
    assert [one["clusterName"] for one in addresses["services"]["clusters"]] == ["Cluster0"]


def test_a_cluster_shows_its_configuration(atlas: Atlas) -> None:
    atlas.world.add_cluster(atlas.project, "Cluster0", ["US_EAST_2"])
    path = f"{atlas.group}/clusters/Cluster0"
    arguments = atlas.call("GET", f"{path}/processArgs", accept=CLUSTER_VERSION).json()
    assert (arguments["minimumEnabledTlsProtocol"], arguments["tlsCipherConfigMode"]) == ("TLS1_2", "DEFAULT")
    older = atlas.call("GET", f"{path}/processArgs").json()
    assert "failIndexKeyTooLong" in older and "tlsCipherConfigMode" not in older
    scaling = atlas.call("GET", f"{path}/autoScalingConfiguration", accept=CLUSTER_VERSION)
    assert scaling.json() == {"autoScalingMode": "CLUSTER_WIDE_SCALING"}
    for name in ("processArgs", "autoScalingConfiguration"):
        missing = atlas.call("GET", f"{atlas.group}/clusters/none/{name}", accept=CLUSTER_VERSION)
        refused(missing, 404, "CLUSTER_NOT_FOUND")


def test_organizations_are_those_of_readable_projects(atlas: Atlas) -> None:
    atlas.world.add_project("others")
    found = atlas.call("GET", "/api/atlas/v2/orgs").json()["results"]
    assert [one["id"] for one in found] == [atlas.project.org_id]


def test_what_is_asked_of_a_project_needs_a_role_in_it(atlas: Atlas) -> None:
    other = atlas.world.add_project("others")
    for name in ("containers", "settings", "limits", "teams"):
        refused(atlas.call("GET", f"/api/atlas/v2/groups/{other.id}/{name}"), 401, "USER_CANNOT_ACCESS_GROUP")
