# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Atlas modules through the lab: the life of a service and of an interface, and everything Atlas can refuse."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Failure
from tests.lab.runtime import Lab
from tests.lab.world import Project
from tests.support.asserts import writes
from tests.support.modules import Run


def endpoint_in(lab: Lab, service: dict[str, Any] | None, name: str = "pe-atlas", address: str = "10.0.0.4") -> str:
    """Puts an Azure private endpoint that connects to a service straight into the world; its id."""
    group = f"/subscriptions/{lab.world.subscription_id}/resourceGroups/rg-app/providers/Microsoft.Network"
    target = service["private_link_service_id"] if service else "/somewhere/else"
    config = {"properties": {"privateIPAddress": address, "subnet": {"id": f"{group}/virtualNetworks/v/subnets/s"}}}
    for kind, made, properties in (
        ("networkInterfaces", f"{name}.nic", {"ipConfigurations": [config]}),
        (
            "privateEndpoints",
            name,
            {
                "networkInterfaces": [{"id": f"{group}/networkInterfaces/{name}.nic"}],
                "manualPrivateLinkServiceConnections": [{"properties": {"privateLinkServiceId": target}}],
            },
        ),
    ):
        ident = f"{group}/{kind}/{made}"
        lab.world.azure[ident.lower()] = {
            "id": ident,
            "name": made,
            "type": f"Microsoft.Network/{kind}",
            "properties": properties,
        }
    return ident


@pytest.fixture
def service_options(lab: Lab, project: Project) -> dict[str, Any]:
    return {"project_id": project.id, "region": "eastus2", "wait_delay": 0.05, **lab.atlas_options()}


@pytest.fixture
def service(run: Run, service_options: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = run("atlas_endpoint_service", **service_options)["endpoint_service"]
    return found


@pytest.fixture
def interface_options(lab: Lab, project: Project, service: dict[str, Any]) -> dict[str, Any]:
    return {
        "project_id": project.id,
        "endpoint_service_id": service["id"],
        "private_endpoint_id": endpoint_in(lab, service),
        "ip_address": "10.0.0.4",
        "wait_delay": 0.05,
        **lab.atlas_options(),
    }


# -- endpoint service ----------------------------------------------------------------------------------------------


def test_service_life(lab: Lab, run: Run, service_options: dict[str, Any]) -> None:
    predicted = run("atlas_endpoint_service", check_mode=True, **service_options)
    assert predicted["changed"] and writes(lab) == []
    created = run("atlas_endpoint_service", **service_options)
    assert created["changed"] and created["endpoint_service"]["status"] == "AVAILABLE"
    assert created["endpoint_service"]["private_link_service_id"].endswith(created["endpoint_service"]["id"])
    service = dict(created["endpoint_service"])
    server_assigned = ("id", "private_link_service_id", "private_link_service_name")
    for side in (predicted, created):
        for name in server_assigned:
            side["diff"]["after"].pop(name)
    assert predicted["diff"] == created["diff"]

    before = len(lab.requests)
    again = run("atlas_endpoint_service", **{**service_options, "region": "US_EAST_2"})
    assert not again["changed"] and again["endpoint_service"] == service
    assert [e.status for e in lab.requests[before:]] == [401, 200]  # the digest challenge and one read

    assert run("atlas_endpoint_service", check_mode=True, state="absent", **service_options)["changed"]
    assert len(writes(lab)) == 1
    removed = run("atlas_endpoint_service", state="absent", **service_options)
    assert removed["changed"] and "endpoint_service" not in removed
    assert not run("atlas_endpoint_service", state="absent", **service_options)["changed"]
    assert len(writes(lab)) == 2


def test_service_of_someone_else_is_adopted(
    lab: Lab, run: Run, project: Project, service_options: dict[str, Any]
) -> None:
    theirs = lab.world.add_service(project, "US_EAST_2")
    found = run("atlas_endpoint_service", **service_options)
    assert not found["changed"] and found["endpoint_service"]["id"] == theirs.id
    assert writes(lab) == []


def test_service_race_is_adopted(lab: Lab, run: Run, project: Project, service_options: dict[str, Any]) -> None:
    """Somebody creates the service between our look and our POST: the 409 is read again, not reported."""
    lab.traffic.inject("slow", method="POST", path="endpointService$", seconds=0.3)
    timer = threading.Timer(0.2, lambda: lab.world.add_service(project, "US_EAST_2"))
    timer.start()
    found = run("atlas_endpoint_service", **service_options)
    timer.join()
    assert found["endpoint_service"]["status"] == "AVAILABLE" and not found["changed"]
    assert len(project.services) == 1
    assert [e.status for e in lab.requests if e.method == "POST"] == [409]


@pytest.mark.parametrize("effect", ["cut", "drop"])
def test_a_lost_answer_makes_no_second_service(
    lab: Lab, run: Run, project: Project, service_options: dict[str, Any], effect: str
) -> None:
    lab.traffic.inject(effect, method="POST", path="endpointService$")
    found = run("atlas_endpoint_service", **service_options)
    assert found["changed"] and found["endpoint_service"]["status"] == "AVAILABLE"
    assert len(project.services) == 1


def test_service_that_fails(lab: Lab, run: Run, service_options: dict[str, Any]) -> None:
    lab.world.next_service_outcome = "FAILED"
    failed = run("atlas_endpoint_service", **service_options)
    assert failed["failed"] and "is FAILED" in failed["msg"] and "recreate=true" in failed["msg"]
    for check_mode in (True, False):
        drifted = run("atlas_endpoint_service", check_mode=check_mode, **service_options)
        assert drifted["failed"] and drifted["error"]["code"] == "Drifted" and "recreate=true" in drifted["msg"]
    healed = run("atlas_endpoint_service", recreate=True, **service_options)
    assert healed["changed"] and healed["endpoint_service"]["status"] == "AVAILABLE"


def test_service_deadline(lab: Lab, run: Run, service_options: dict[str, Any]) -> None:
    lab.world.next_service_outcome = "INITIATING"
    late = run("atlas_endpoint_service", **{**service_options, "wait_timeout": 1})
    assert late["failed"] and late["error"]["code"] == "WaitTimeout" and "still INITIATING after" in late["msg"]
    unwaited = run("atlas_endpoint_service", wait=False, **service_options)
    assert not unwaited.get("failed") and unwaited["endpoint_service"]["status"] == "INITIATING"


def test_service_with_endpoints_is_guarded(
    lab: Lab, run: Run, service_options: dict[str, Any], interface_options: dict[str, Any]
) -> None:
    run("atlas_endpoint_interface", **interface_options)
    for check_mode in (True, False):
        refused = run("atlas_endpoint_service", check_mode=check_mode, state="absent", **service_options)
        assert refused["failed"] and refused["error"]["code"] == "Guarded"
        assert interface_options["private_endpoint_id"] in refused["msg"]


def test_service_info(lab: Lab, run: Run, service: dict[str, Any], service_options: dict[str, Any]) -> None:
    options = {name: value for name, value in service_options.items() if name != "wait_delay"}
    assert run("atlas_endpoint_service_info", **options)["endpoint_services"] == [service]
    assert run("atlas_endpoint_service_info", **{**options, "region": "westeurope"})["endpoint_services"] == []


# -- endpoint interface --------------------------------------------------------------------------------------------


def test_interface_life(lab: Lab, run: Run, interface_options: dict[str, Any], project: Project) -> None:
    before = writes(lab)
    predicted = run("atlas_endpoint_interface", check_mode=True, **interface_options)
    assert predicted["changed"] and writes(lab) == before
    created = run("atlas_endpoint_interface", **interface_options)
    assert created["changed"] and created["endpoint_interface"]["status"] == "AVAILABLE"
    predicted["diff"]["after"].pop("connection_name")
    created["diff"]["after"].pop("connection_name")
    assert predicted["diff"] == created["diff"]

    looked = len(lab.requests)
    spelled = interface_options["private_endpoint_id"].replace("resourceGroups", "resourcegroups")
    again = run("atlas_endpoint_interface", **{**interface_options, "private_endpoint_id": spelled})
    assert not again["changed"]
    assert [e.status for e in lab.requests[looked:]] == [401, 200]

    gone = {name: value for name, value in interface_options.items() if name != "ip_address"}
    for check_mode in (True, False):
        refused = run("atlas_endpoint_interface", check_mode=check_mode, state="absent", **gone)
        assert refused["failed"] and "last one" in refused["msg"] and "remove_last=true" in refused["msg"]
    removed = run("atlas_endpoint_interface", state="absent", remove_last=True, **gone)
    assert removed["changed"] and "endpoint_interface" not in removed
    assert not run("atlas_endpoint_interface", state="absent", **gone)["changed"]


def test_interface_with_another_address_is_drift(lab: Lab, run: Run, interface_options: dict[str, Any]) -> None:
    run("atlas_endpoint_interface", **interface_options)
    moved = {**interface_options, "ip_address": "10.0.0.9"}
    for check_mode in (True, False):
        drifted = run("atlas_endpoint_interface", check_mode=check_mode, **moved)
        assert drifted["failed"] and "'10.0.0.4', wanted '10.0.0.9'" in drifted["msg"]
        assert "cannot change a registered address" in drifted["msg"]
    guarded = run("atlas_endpoint_interface", recreate=True, **moved)
    assert guarded["failed"] and guarded["error"]["code"] == "Guarded"


def test_interface_beside_another_can_be_registered_anew(
    lab: Lab, run: Run, service: dict[str, Any], interface_options: dict[str, Any]
) -> None:
    run("atlas_endpoint_interface", **interface_options)
    other = endpoint_in(lab, service, "pe-other", "10.0.0.5")
    run("atlas_endpoint_interface", **{**interface_options, "private_endpoint_id": other, "ip_address": "10.0.0.5"})
    moved = run("atlas_endpoint_interface", recreate=True, **{**interface_options, "ip_address": "10.0.0.9"})
    assert moved["changed"] and moved["endpoint_interface"]["ip_address"] == "10.0.0.9"
    info = {name: interface_options[name] for name in ("project_id", "endpoint_service_id")}
    found = run("atlas_endpoint_interface_info", **info, **lab.atlas_options())["endpoint_interfaces"]
    assert sorted(one["ip_address"] for one in found) == ["10.0.0.5", "10.0.0.9"]


def test_interface_that_fails(lab: Lab, run: Run, interface_options: dict[str, Any]) -> None:
    elsewhere = endpoint_in(lab, None, "pe-elsewhere")
    failed = run("atlas_endpoint_interface", **{**interface_options, "private_endpoint_id": elsewhere})
    assert failed["failed"] and "is FAILED" in failed["msg"] and "targets this service" in failed["msg"]


def test_interface_of_a_service_that_does_not_exist(lab: Lab, run: Run, interface_options: dict[str, Any]) -> None:
    options = {**interface_options, "endpoint_service_id": "0" * 24}
    assert run("atlas_endpoint_interface", check_mode=True, **options)["changed"]
    missing = run("atlas_endpoint_interface", **options)
    assert missing["failed"] and missing["error"]["http_status"] == 404


# -- connection strings, project, regional mode --------------------------------------------------------------------


def test_connection_info_waits_for_this_endpoint(lab: Lab, run: Run, interface_options: dict[str, Any]) -> None:
    options = {"project": "rehearsal", "clusters": ["cluster0"], "wait_delay": 0.05, **lab.atlas_options()}
    early = run(
        "atlas_connection_info", private_endpoint_id=interface_options["private_endpoint_id"], wait_timeout=1, **options
    )
    assert early["failed"] and "not yet there for cluster0 (IDLE)" in early["msg"]
    run("atlas_endpoint_interface", **interface_options)
    found = run("atlas_connection_info", private_endpoint_id=interface_options["private_endpoint_id"], **options)
    (string,) = found["clusters"][0]["private_endpoints"]
    assert string["srv_connection_string"] == f"mongodb+srv://{string['srv_host']}"
    assert [target["port"] for target in string["targets"]] == [1024, 1025, 1026]
    assert string["options"]["authSource"] == "admin"


def test_connection_info_names_a_missing_cluster(lab: Lab, run: Run) -> None:
    missing = run("atlas_connection_info", project="rehearsal", clusters=["nope"], **lab.atlas_options())
    assert missing["failed"] and "no cluster 'nope'" in missing["msg"]


def test_project_info_tells_what_the_credentials_may_do(lab: Lab, run: Run, project: Project) -> None:
    assert run("atlas_project_info", project="rehearsal", **lab.atlas_options())["project"]["can_write"] is True
    for credential in lab.world.credentials.values():
        credential.roles[project.id] = "GROUP_READ_ONLY"
    assert run("atlas_project_info", project="rehearsal", **lab.atlas_options())["project"]["can_write"] is False
    account = next(c for c in lab.world.credentials.values() if c.kind == "service_account")
    options = {name: lab.atlas_options()[name] for name in ("base_url", "ca_path")}
    options |= {"client_id": account.id, "client_secret": account.secret}
    assert run("atlas_project_info", project_id=project.id, **options)["project"]["can_write"] is None


def test_regional_mode_asks_first(lab: Lab, run: Run, project: Project) -> None:
    project.clusters.clear()
    lab.world.add_cluster(project, "global", ["US_EAST_2", "EUROPE_WEST"], type="SHARDED")
    options = {"project_id": project.id, "enabled": True, "wait_delay": 0.05, **lab.atlas_options()}
    for check_mode in (True, False):
        asked = run("atlas_regional_mode", check_mode=check_mode, **options)
        assert asked["failed"] and "global" in asked["msg"] and "confirm=true" in asked["msg"]
    assert run("atlas_regional_mode", check_mode=True, confirm=True, **options)["changed"] and writes(lab) == []
    changed = run("atlas_regional_mode", confirm=True, **options)["regional_mode"]
    assert changed["enabled"] is True and changed["clusters_that_change"] == ["global"]
    again = run("atlas_regional_mode", **options)
    assert not again["changed"] and len(writes(lab)) == 1


def test_regional_mode_is_not_for_projects_with_replica_sets(lab: Lab, run: Run, project: Project) -> None:
    options = {"project_id": project.id, "enabled": True, "confirm": True, **lab.atlas_options()}
    for check_mode in (True, False):
        refused = run("atlas_regional_mode", check_mode=check_mode, **options)
        assert refused["failed"] and "without replica sets" in refused["msg"] and "cluster0" in refused["msg"]


def test_what_has_gone_before_we_delete_it_is_gone(lab: Lab, run: Run, project: Project, service_options: Any) -> None:
    """Atlas removes a service with its last endpoint, which can happen between our look and our DELETE."""
    service = run("atlas_endpoint_service", **service_options)["endpoint_service"]
    lab.traffic.inject("slow", method="DELETE", seconds=0.4)
    timer = threading.Timer(0.3, lambda: project.services.pop(service["id"], None))
    timer.start()
    gone = run("atlas_endpoint_service", state="absent", **service_options)
    timer.join()
    assert not gone.get("failed") and project.services == {}
    assert [e.status for e in lab.requests if e.method == "DELETE"] == [404]


def test_an_answer_that_is_not_from_atlas_is_no_absence(lab: Lab, run: Run, service_options: dict[str, Any]) -> None:
    """A proxy's page with status 200 must not be taken for an empty list."""
    lab.traffic.inject("page", method="GET", path="endpointService$")
    wrong = run("atlas_endpoint_service", **service_options)
    assert wrong["failed"] and "is not from Atlas" in wrong["msg"] and writes(lab) == []


# -- what Atlas refuses, and bad input -----------------------------------------------------------------------------


def test_refusals_have_a_cause_and_a_fix(lab: Lab, run: Run, project: Project, service_options: dict[str, Any]) -> None:
    def said(**changes: Any) -> str:
        result = run("atlas_endpoint_service", **{**service_options, **changes})
        assert result["failed"] and "\n" not in result["msg"]
        return str(result["msg"])

    assert "does not accept these credentials" in said(private_key="wrong")
    assert "No group with ID" in said(project_id="f" * 24)
    key = next(c for c in lab.world.credentials.values() if c.kind == "key")
    key.allowed = False
    assert "access list" in said()
    key.allowed = True
    key.roles[project.id] = "GROUP_READ_ONLY"
    assert "Project Owner" in said()
    assert project.services == {}


def test_an_account_that_cannot_pay(run: Run, project: Project, interface_options: dict[str, Any]) -> None:
    project.payment_method = False
    unpaid = run("atlas_endpoint_interface", **interface_options)
    assert unpaid["failed"] and unpaid["error"]["http_status"] == 402 and "Add a payment method" in unpaid["msg"]


def test_project_by_a_name_that_does_not_exist(lab: Lab, run: Run) -> None:
    missing = run("atlas_project_info", project="nope", **lab.atlas_options())
    assert missing["failed"] and "no Atlas project called 'nope'" in missing["msg"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("region", "eastsu2"),
        ("project_id", "not-an-id"),
        ("base_url", "https://cloud.mongodb.com/api"),
        ("ca_path", "/nowhere/ca.pem"),
    ],
)
def test_bad_options_of_the_service(
    lab: Lab, run: Run, service_options: dict[str, Any], option: str, value: str
) -> None:
    wrong = run("atlas_endpoint_service", **{**service_options, option: value})
    assert wrong["failed"] and option in wrong["msg"] and value in wrong["msg"]
    assert writes(lab) == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("endpoint_service_id", "pls_1"),
        ("private_endpoint_id", "pe-atlas"),
        ("ip_address", "10.0.0.400"),
    ],
)
def test_bad_options_of_the_interface(
    lab: Lab, run: Run, interface_options: dict[str, Any], option: str, value: str
) -> None:
    before = writes(lab)
    wrong = run("atlas_endpoint_interface", **{**interface_options, option: value})
    assert wrong["failed"] and option in wrong["msg"] and value in wrong["msg"]
    assert writes(lab) == before


def test_throttling_and_server_errors_are_retried_for_reads(
    lab: Lab, run: Run, service_options: dict[str, Any]
) -> None:
    lab.traffic.inject("throttle", method="GET", seconds=1)
    lab.traffic.inject("refuse", method="GET", status=503)
    lab.traffic.inject("throttle", method="POST", seconds=0)
    created = run("atlas_endpoint_service", **service_options)
    assert created["changed"] and created["endpoint_service"]["status"] == "AVAILABLE"
    assert sum(e.status == 201 for e in lab.requests) == 1


def test_an_error_is_never_taken_for_absence(
    lab: Lab, run: Run, project: Project, service_options: dict[str, Any]
) -> None:
    lab.traffic.inject("refuse", method="GET", path="endpointService", status=410, code="VERSION_GONE")
    gone = run("atlas_endpoint_service", **service_options)
    assert gone["failed"] and gone["error"]["http_status"] == 410 and "update the collection" in gone["msg"]
    assert project.services == {}


def test_an_unreachable_atlas_is_one_clear_line(run: Run, service_options: dict[str, Any]) -> None:
    lost = run("atlas_endpoint_service", **{**service_options, "base_url": "https://127.0.0.1:1"})
    assert lost["failed"] and "cannot be reached" in lost["msg"] and "\n" not in lost["msg"]


# -- credentials ---------------------------------------------------------------------------------------------------


def test_a_service_account_signs_in_once_and_renews(
    lab: Lab, run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    options = {"project_id": project.id, "region": "eastus2", "wait_delay": 0.05}
    lab.traffic.inject("refuse", cloud="atlas", method="POST", path="endpointService$", status=401, code="EXPIRED")
    created = run("atlas_endpoint_service", **options)
    assert created["changed"]
    assert sum("/oauth/token" in e.path for e in lab.requests) == 2


def test_blank_options_and_variables_are_not_given(
    lab: Lab, run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWX hands over what was left empty as an empty string."""
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MONGODB_ATLAS_PUBLIC_KEY", "")
    monkeypatch.setenv("MONGODB_ATLAS_PRIVATE_KEY", "")
    blank = {"project_id": "", "public_key": "", "private_key": "", "client_id": "", "base_url": "", "ca_path": ""}
    found = run("atlas_project_info", project="rehearsal", **blank)
    assert found["project"]["id"] == project.id


def test_half_a_credential_is_named(lab: Lab, run: Run, project: Project) -> None:
    half = run("atlas_project_info", project="rehearsal", base_url=lab.url("atlas"), public_key="abcdefgh")
    assert half["failed"] and "private_key" in half["msg"]
    none = run("atlas_project_info", project="rehearsal", base_url=lab.url("atlas"))
    assert none["failed"] and "MONGODB_ATLAS_CLIENT_ID" in none["msg"]


@given(
    st.integers(400, 599),
    st.sampled_from(["GET", "POST", "PATCH", "DELETE"]),
    st.text(max_size=20),
    st.text(max_size=40),
)
def test_every_error_answer_becomes_one_line(status: int, method: str, code: str, detail: str) -> None:
    from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.client import translate

    failure = translate(
        method, "/groups", status, {"errorCode": code, "detail": detail}, {"Retry-After": str(uuid.uuid4())}
    )
    assert isinstance(failure, Failure) and failure.http_status == status
    assert "\n" not in str(failure)
