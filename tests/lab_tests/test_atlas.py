# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Atlas, as a client on the wire sees it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
import requests
from requests.auth import AuthBase, HTTPDigestAuth

from tests.lab import atlas_model
from tests.lab.atlas import HANDLERS, Buckets
from tests.lab.atlas_auth import DigestAlgorithm
from tests.lab.atlas_base import RateLimit
from tests.lab.atlas_errors import Refusal
from tests.lab.traffic import Exchange
from tests.lab.world import Credential
from tests.lab_tests.atlas_server import (
    CLUSTER_VERSION,
    FLEX_VERSION,
    VERSION,
    Atlas,
    HttpServer,
    key,
    refused,
    serve_atlas,
)

ROOT = "/api/atlas/v2"
NO_SUCH_ID = "1" * 24


class Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def test_every_operation_has_a_handler() -> None:
    assert set(HANDLERS) == {operation.name for operation in atlas_model.OPERATIONS}


# -- API keys ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_digest(http_server: HttpServer, algorithm: DigestAlgorithm) -> None:
    with serve_atlas(http_server, digest_algorithm=algorithm) as atlas:
        first = requests.get(atlas.url + ROOT, timeout=10)
        body = first.json()
        assert (first.status_code, body["errorCode"]) == (401, "UNEXPECTED_ERROR")
        assert body["detail"] == "You are not authorized for this resource."
        assert re.fullmatch(
            r'Digest realm="MMS Public API", domain="", nonce="[A-Za-z0-9+/]{32}", algorithm='
            + re.escape(algorithm)
            + r', qop="auth", stale=false',
            first.headers["WWW-Authenticate"],
        )
        assert atlas.call("GET", ROOT).json()["apiKey"]["publicKey"] == atlas.owner.id


def test_digest_covers_method_path_and_query(atlas: Atlas) -> None:
    auth = key(atlas.owner)
    path = f"{atlas.group}/clusters?pageNum=1&itemsPerPage=5"
    assert atlas.call("GET", path, accept=CLUSTER_VERSION, auth=auth).status_code == 200
    for method, other in (("GET", f"{atlas.group}/clusters"), ("POST", path)):
        signed = auth(requests.Request("GET", atlas.url + path).prepare())
        headers = {"Authorization": signed.headers["Authorization"]}
        stolen = requests.request(method, atlas.url + other, headers=headers, timeout=10)
        assert stolen.status_code == 401
        assert "stale=false" in stolen.headers["WWW-Authenticate"]


def test_digest_answer_cannot_be_replayed(atlas: Atlas) -> None:
    auth = key(atlas.owner)
    atlas.call("GET", ROOT, auth=auth)
    signed = auth(requests.Request("GET", atlas.url + ROOT, {"Accept": VERSION}).prepare())
    statuses = [requests.get(atlas.url + ROOT, headers=signed.headers, timeout=10).status_code for _number in range(2)]
    assert statuses == [200, 401]


def test_nonce_grows_stale_and_a_client_recovers(atlas: Atlas) -> None:
    auth = key(atlas.owner)
    assert atlas.call("GET", ROOT, auth=auth).history
    assert not atlas.call("GET", ROOT, auth=auth).history
    atlas.clock.now += 61
    again = atlas.call("GET", ROOT, auth=auth)
    assert again.status_code == 200
    assert "stale=true" in again.history[0].headers["WWW-Authenticate"]


@pytest.mark.parametrize("header", ["Digest", "Digest nonsense", "Digest username=", "Basic eDp5", "Bearer nope", ""])
def test_bad_authorization(atlas: Atlas, header: str) -> None:
    answer = requests.get(atlas.url + ROOT, headers={"Authorization": header}, timeout=10)
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "UNEXPECTED_ERROR")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer" if header.startswith("Bearer") else "Digest")


def test_wrong_secret(atlas: Atlas) -> None:
    assert atlas.call("GET", ROOT, auth=HTTPDigestAuth(atlas.owner.id, "wrong")).status_code == 401
    assert atlas.call("GET", ROOT, auth=HTTPDigestAuth("nobody", atlas.owner.secret)).status_code == 401


# -- service accounts --------------------------------------------------------------------------------------------------


def token(atlas: Atlas, account: Credential, path: str = atlas_model.TOKEN_PATH, **form: str) -> requests.Response:
    data = form or {"grant_type": "client_credentials"}
    return requests.post(atlas.url + path, data=data, auth=(account.id, account.secret), timeout=10)


def test_service_account(atlas: Atlas) -> None:
    account = atlas.world.add_credential("service_account", {atlas.project.id: "GROUP_OWNER"})
    granted = token(atlas, account)
    assert granted.status_code == 200
    assert (granted.json()["expires_in"], granted.json()["token_type"]) == (3600, "Bearer")
    bearer = Bearer(granted.json()["access_token"])
    assert atlas.call("GET", atlas.group, auth=bearer).json()["name"] == atlas.project.name
    assert atlas.call("GET", ROOT, auth=bearer).json()["apiKey"] is None
    atlas.clock.now += 3600
    expired = atlas.call("GET", atlas.group, auth=bearer)
    assert expired.status_code == 401
    assert expired.headers["WWW-Authenticate"].startswith("Bearer")


def test_token_is_revoked(atlas: Atlas) -> None:
    account = atlas.world.add_credential("service_account", {atlas.project.id: "GROUP_OWNER"})
    access = token(atlas, account).json()["access_token"]
    stranger = atlas.world.add_credential("service_account", {})
    form = {"token": access, "token_type_hint": "access_token"}
    for who, status in ((stranger, 200), (account, 401)):
        assert token(atlas, who, atlas_model.REVOKE_PATH, **form).status_code == 200
        assert atlas.call("GET", atlas.group, auth=Bearer(access)).status_code == status


def test_all_tokens_are_revoked(atlas: Atlas) -> None:
    account = atlas.world.add_credential("service_account", {atlas.project.id: "GROUP_OWNER"})
    access = token(atlas, account).json()["access_token"]
    atlas.app.state.atlas.tokens.revoke_all()
    assert atlas.call("GET", atlas.group, auth=Bearer(access)).status_code == 401


def test_token_errors(atlas: Atlas) -> None:
    account = atlas.world.add_credential("service_account", {})
    liar = Credential("service_account", account.id, "wrong")
    cases = [
        (token(atlas, liar), 401, "invalid_client"),
        (token(atlas, atlas.owner), 401, "invalid_client"),
        (token(atlas, liar, atlas_model.REVOKE_PATH, token="x"), 401, "invalid_client"),
        (token(atlas, account, grant_type="password"), 400, "unsupported_grant_type"),
        (token(atlas, account, nothing="here"), 400, "invalid_request"),
        (token(atlas, account, atlas_model.REVOKE_PATH, nothing="here"), 400, "invalid_request"),
    ]
    for answer, status, error in cases:
        assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert cases[0][0].json()["error_description"] == "Invalid credentials provided."


# -- who may do what ---------------------------------------------------------------------------------------------------


def test_roles(atlas: Atlas) -> None:
    reader = key(atlas.world.add_credential("key", {atlas.project.id: "GROUP_READ_ONLY"}))
    stranger = key(atlas.world.add_credential("key", {}))
    body = {"providerName": "AZURE", "region": "eastus2"}
    path = f"{atlas.group}/privateEndpoint/endpointService"
    assert atlas.call("GET", atlas.services, auth=reader).status_code == 200
    refused(atlas.call("POST", path, body, auth=reader), 403, "ACCESS_FORBIDDEN")
    refused(atlas.call("GET", atlas.services, auth=stranger), 401, "USER_CANNOT_ACCESS_GROUP")
    assert not atlas.project.services


def test_access_list(atlas: Atlas) -> None:
    atlas.owner.allowed = False
    body = refused(atlas.call("GET", atlas.group), 403, "IP_ADDRESS_NOT_ON_ACCESS_LIST")
    assert body["detail"] == "IP address 127.0.0.1 is not allowed to access this resource."


def test_access_list_does_not_guard_the_token(atlas: Atlas) -> None:
    account = atlas.world.add_credential("service_account", {atlas.project.id: "GROUP_OWNER"})
    account.allowed = False
    access = token(atlas, account).json()["access_token"]
    refused(atlas.call("GET", atlas.group, auth=Bearer(access)), 403, "IP_ADDRESS_NOT_ON_ACCESS_LIST")


# -- media types, limits and paths -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (VERSION, 200),
        ("application/vnd.atlas.2025-03-12+json", 200),
        (f"{VERSION}, application/json", 200),
        ("application/vnd.atlas.2024-01-01+json", 406),
        ("application/json", 406),
        ("*/*", 406),
    ],
)
def test_media_type(atlas: Atlas, accept: str, status: int) -> None:
    answer = atlas.call("GET", atlas.group, accept=accept)
    if status == 406:
        refused(answer, 406, "INVALID_VERSION_DATE")
    else:
        assert answer.headers["Content-Type"] == f"{VERSION};charset=utf-8"


def test_newest_version_that_is_old_enough_answers(atlas: Atlas) -> None:
    answer = atlas.call("GET", f"{atlas.group}/clusters", accept="application/vnd.atlas.2025-03-12+json")
    assert answer.headers["Content-Type"] == f"{CLUSTER_VERSION};charset=utf-8"
    refused(atlas.call("GET", f"{atlas.group}/flexClusters", accept=VERSION), 406, "INVALID_VERSION_DATE")


def test_content_type(atlas: Atlas) -> None:
    path, body = f"{atlas.group}/privateEndpoint/regionalMode", {"enabled": False}
    plain = atlas.call("PATCH", path, body, headers={"Content-Type": "application/json"})
    assert plain.status_code == 202
    refused(atlas.call("PATCH", path, body, headers={"Content-Type": "text/plain"}), 415, "UNSUPPORTED_MEDIA_TYPE")


def test_rate_limit(atlas: Atlas) -> None:
    answer = atlas.call("GET", atlas.services)
    assert (answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) == ("4000", "3999")
    bucket = Buckets(atlas.clock)
    limit = RateLimit("test", "USER", 2, 60)
    assert [bucket.take(limit, "me", "/x") for _number in range(2)] == [1, 0]
    with pytest.raises(Refusal) as caught:
        bucket.take(limit, "me", "/x")
    assert (caught.value.status, caught.value.headers["Retry-After"]) == (429, "1")
    assert caught.value.body["parameters"] == ["x", 1, 2, 60, 60]
    assert bucket.take(limit, "you", "/x") == 1
    atlas.clock.now += 1
    assert bucket.take(limit, "me", "/x") == 0


def test_unknown_paths_and_methods(atlas: Atlas) -> None:
    body = refused(atlas.call("GET", f"{ROOT}/backup"), 501, "NotPlayedByTheLab")
    words = f"The lab does not play /backup (GET {ROOT}/backup). See the list in tests/lab/README.md."
    assert body["detail"] == words
    refused(atlas.call("DELETE", atlas.group), 501, "NotPlayedByTheLab")
    refused(atlas.call("POST", f"{atlas.group}/clusters", {}), 501, "NotPlayedByTheLab")
    assert requests.get(f"{atlas.url}{ROOT}/nothing", timeout=10).status_code == 401


@pytest.mark.parametrize("ident", ["abc", "G" * 24, NO_SUCH_ID.upper() + "A"])
def test_malformed_ids(atlas: Atlas, ident: str) -> None:
    refused(atlas.call("GET", f"{ROOT}/groups/{ident}"), 400, "PATH_PARAM_PARSE_ERROR")
    refused(atlas.call("GET", f"{atlas.services}/{ident}"), 400, "PATH_PARAM_PARSE_ERROR")


def test_pretty(atlas: Atlas) -> None:
    assert "\n" not in atlas.call("GET", atlas.group).text
    assert "\n" in atlas.call("GET", f"{atlas.group}?pretty=true").text


# -- projects ----------------------------------------------------------------------------------------------------------


def test_system_status_shows_the_key_and_its_roles(atlas: Atlas) -> None:
    status = atlas.call("GET", ROOT).json()
    assert status["appName"] == "MongoDB Atlas"
    assert status["apiKey"]["roles"] == [{"groupId": atlas.project.id, "roleName": "GROUP_OWNER"}]
    assert atlas.call("GET", f"{ROOT}/").json() == status


def test_project(atlas: Atlas) -> None:
    atlas.world.add_cluster(atlas.project, "Cluster0", ["US_EAST_2"])
    by_id = atlas.call("GET", atlas.group).json()
    assert (by_id["id"], by_id["name"], by_id["clusterCount"]) == (atlas.project.id, "shop-prod", 1)
    assert by_id["links"][0] == {"href": atlas.url + atlas.group, "rel": "self"}
    assert atlas.call("GET", f"{ROOT}/groups/byName/shop-prod").json() == by_id


def test_project_by_an_encoded_name(atlas: Atlas) -> None:
    project = atlas.world.add_project("a b/ü")
    atlas.owner.roles[project.id] = "GROUP_OWNER"
    assert atlas.call("GET", f"{ROOT}/groups/byName/{quote('a b/ü', safe='')}").json()["id"] == project.id


def test_projects_that_are_not_there(atlas: Atlas) -> None:
    body = refused(atlas.call("GET", f"{ROOT}/groups/{NO_SUCH_ID}"), 404, "GROUP_NOT_FOUND")
    assert (body["detail"], body["parameters"]) == (f"No group with ID {NO_SUCH_ID} exists.", [NO_SUCH_ID])
    refused(atlas.call("GET", f"{ROOT}/groups/byName/nobody"), 404, "GROUP_NAME_NOT_FOUND")
    atlas.world.add_project("others")
    refused(atlas.call("GET", f"{ROOT}/groups/byName/others"), 401, "USER_CANNOT_ACCESS_GROUP")
    atlas.owner.roles[atlas.world.add_project("shop-prod").id] = "GROUP_OWNER"
    refused(atlas.call("GET", f"{ROOT}/groups/byName/shop-prod"), 409, "MULTIPLE_GROUPS")


def test_projects_are_paginated(atlas: Atlas) -> None:
    for number in range(4):
        atlas.owner.roles[atlas.world.add_project(f"p{number}").id] = "GROUP_READ_ONLY"
    atlas.world.add_project("hidden")
    page = atlas.call("GET", f"{ROOT}/groups?itemsPerPage=2&pageNum=2").json()
    assert [group["name"] for group in page["results"]] == ["p1", "p2"]
    assert page["totalCount"] == 5
    assert {link["rel"]: link["href"].partition("?")[2] for link in page["links"]} == {
        "self": "pageNum=2&itemsPerPage=2",
        "previous": "pageNum=1&itemsPerPage=2",
        "next": "pageNum=3&itemsPerPage=2",
    }
    assert "totalCount" not in atlas.call("GET", f"{ROOT}/groups?includeCount=false").json()
    for query in ("pageNum=0", "itemsPerPage=501", "itemsPerPage=x"):
        refused(atlas.call("GET", f"{ROOT}/groups?{query}"), 400, "INVALID_QUERY_PARAMETER")


# -- clusters ----------------------------------------------------------------------------------------------------------


def test_cluster_without_private_endpoints(atlas: Atlas) -> None:
    cluster = atlas.world.add_cluster(atlas.project, "Cluster0", ["US_EAST_2", "EUROPE_WEST"], nodes=5)
    body = atlas.call("GET", f"{atlas.group}/clusters/Cluster0", accept=CLUSTER_VERSION).json()
    suffix = f"{cluster.hash}.mongodb.net"
    assert body["connectionStrings"]["standardSrv"] == f"mongodb+srv://cluster0.{suffix}"
    assert body["connectionStrings"]["standard"].startswith(f"mongodb://cluster0-shard-00-00.{suffix}:27017,")
    assert body["connectionStrings"]["standard"].endswith(f"?ssl=true&authSource=admin&replicaSet={cluster.set_name}")
    assert "privateEndpoint" not in body["connectionStrings"]
    configs = body["replicationSpecs"][0]["regionConfigs"]
    assert [(config["regionName"], config["providerName"], config["priority"]) for config in configs] == [
        ("US_EAST_2", "AZURE", 7),
        ("EUROPE_WEST", "AZURE", 6),
    ]
    assert [config["electableSpecs"]["nodeCount"] for config in configs] == [3, 2]
    assert (body["stateName"], body["paused"], body["clusterType"]) == ("IDLE", False, "REPLICASET")
    assert body == atlas.call("GET", f"{atlas.group}/clusters", accept=CLUSTER_VERSION).json()["results"][0]
    status = atlas.call("GET", f"{atlas.group}/clusters/Cluster0/status")
    assert status.json() == {"changeStatus": "APPLIED"}


def test_free_and_flex_clusters(atlas: Atlas) -> None:
    atlas.world.add_cluster(atlas.project, "Free", ["US_EAST_2"], instance_size="M0")
    atlas.world.add_cluster(atlas.project, "Flex", ["US_EAST_2"], instance_size="FLEX")
    clusters = atlas.call("GET", f"{atlas.group}/clusters", accept=CLUSTER_VERSION).json()["results"]
    assert [cluster["name"] for cluster in clusters] == ["Free"]
    config = clusters[0]["replicationSpecs"][0]["regionConfigs"][0]
    assert (config["providerName"], config["backingProviderName"]) == ("TENANT", "AZURE")
    assert config["electableSpecs"]["instanceSize"] == "M0"
    path = f"{atlas.group}/clusters/Flex"
    refused(atlas.call("GET", path, accept=CLUSTER_VERSION), 400, "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API")
    refused(atlas.call("GET", f"{path}/status"), 400, "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API")
    flex = atlas.call("GET", f"{atlas.group}/flexClusters", accept=FLEX_VERSION).json()["results"]
    assert [cluster["providerSettings"]["providerName"] for cluster in flex] == ["FLEX"]
    assert atlas.call("GET", f"{atlas.group}/flexClusters/Flex", accept=FLEX_VERSION).json() == flex[0]
    dedicated = atlas.call("GET", f"{atlas.group}/flexClusters/Free", accept=FLEX_VERSION)
    refused(dedicated, 400, "CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API")


def test_cluster_that_is_not_there(atlas: Atlas) -> None:
    body = refused(atlas.call("GET", f"{atlas.group}/clusters/none", accept=CLUSTER_VERSION), 404, "CLUSTER_NOT_FOUND")
    assert body["detail"] == f"No cluster named none exists in group {atlas.project.id}."
    assert body["parameters"] == ["none", atlas.project.id]


# -- our own model -----------------------------------------------------------------------------------------------------


def test_model_finds_what_is_wrong(atlas: Atlas) -> None:
    service = atlas.add_service()
    atlas.call("GET", f"{atlas.services}/{service.id}")
    good = atlas.exchanges[-1]

    def problems(**changes: Any) -> list[str]:
        return atlas_model.problems("GET", good.path, None, 200, {**good.answer, **changes})

    assert problems() == []
    assert atlas_model.problems("GET", good.path, None, 204, good.answer) == ["status: 204, not 200"]
    assert problems(status="DONE") != []
    assert problems(regionName="eastus2") != []
    assert problems(surprise=1) != []
    assert atlas_model.problems("PUT", good.path, None, 200, good.answer) == [f"PUT {good.path}: no such operation"]
    assert atlas_model.problems("GET", good.path, {}, 200, good.answer) == ["request: a body where none belongs"]
    assert atlas_model.problems("GET", good.path, None, 404, {"error": 404}) != []


def test_log_is_checked() -> None:
    path = f"{ROOT}/groups/{NO_SUCH_ID}/privateEndpoint/regionalMode"
    good = Exchange("atlas", "GET", path, 200, None, {"enabled": True})
    bad = Exchange("atlas", "GET", path, 200, None, {"enabled": "yes"})
    ignored = [
        Exchange("azure", "GET", "/subscriptions", 200, None, {}),
        Exchange("atlas", "POST", atlas_model.TOKEN_PATH, 200),
        Exchange("atlas", "GET", path),
    ]
    assert atlas_model.violations([good, *ignored]) == []
    assert all(text.startswith(f"GET {path} 200: answer.enabled") for text in atlas_model.violations([good, bad]))
    assert atlas_model.violations([bad])
