# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which zones and records a cluster needs, region names, options and the closing list: pure functions."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils import _dns_plan
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas import regions, strings
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.endpoint_interface import EndpointInterface
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.endpoint_service import EndpointService
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.regional_mode import RegionalMode
from ansible_collections.privatelink.mongodb.plugins.module_utils._engine import Plan
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Failure, InvalidInput
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import Spec, environment

ENDPOINT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe"

labels = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)


def cluster(label: str, host: str, ports: list[int], endpoint: str = ENDPOINT) -> dict[str, Any]:
    """What atlas_connection_info returns for a cluster with one private string."""
    standard = ",".join(f"{host}.ab123.mongodb.net:{port}" for port in ports)
    document = {
        "name": label,
        "connectionStrings": {
            "privateEndpoint": [
                {
                    "connectionString": f"mongodb://{standard}/?ssl=true&authSource=admin&replicaSet=atlas-x-shard-0",
                    "srvConnectionString": f"mongodb+srv://{label}-pl-0.ab123.mongodb.net",
                    "endpoints": [{"endpointId": endpoint}],
                    "type": "MONGOD",
                }
            ]
        },
    }
    return strings.normalise(document)


@given(labels, labels, st.lists(st.integers(1024, 2524), min_size=1, max_size=7, unique=True))
def test_a_host_zone_shadows_one_name_and_a_cluster_zone_mirrors_all(label: str, host: str, ports: list[int]) -> None:
    made = [cluster(label, host, ports)]
    name = f"{host}.ab123.mongodb.net"
    apex = {"name": "@", "type": "A", "ttl": 60, "values": ["10.0.0.4"]}
    assert _dns_plan.zones(made, ENDPOINT.upper(), "10.0.0.4") == [{"zone": name, "records": [apex]}]
    (zone,) = _dns_plan.zones(made, ENDPOINT, "10.0.0.4", "cluster_zone", 30)
    assert zone["zone"] == "ab123.mongodb.net"
    found = {(record["name"], record["type"]): record["values"] for record in zone["records"]}
    assert found == {
        (host, "A"): ["10.0.0.4"],
        (f"_mongodb._tcp.{label}-pl-0", "SRV"): [f"0 0 {port} {name}" for port in ports],
        (f"{label}-pl-0", "TXT"): ["authSource=admin&replicaSet=atlas-x-shard-0"],
    }


def test_strings_of_other_endpoints_are_left_out_and_several_hosts_need_addresses() -> None:
    assert _dns_plan.zones([cluster("c", "pl-0", [1024], "/other")], ENDPOINT, "10.0.0.4") == []
    two = cluster("c", "pl-0-one", [1024])
    two["private_endpoints"][0]["targets"].append({"host": "pl-0-two.ab123.mongodb.net", "port": 1024})
    with pytest.raises(InvalidInput, match="pl-0-one"):
        _dns_plan.zones([two], ENDPOINT, "10.0.0.4")
    addresses = {"pl-0-one.ab123.mongodb.net": "10.0.0.4", "pl-0-two.ab123.mongodb.net": "10.1.0.4"}
    assert len(_dns_plan.zones([two], ENDPOINT, "10.0.0.4", addresses=addresses)) == 2
    with pytest.raises(InvalidInput, match="host_zones or cluster_zone"):
        _dns_plan.zones([], ENDPOINT, "10.0.0.4", "zone")


def test_every_region_has_two_spellings_that_fold_into_one() -> None:
    """Source: MongoDB's Kubernetes operator maps them by their sorted letters, for every region there is."""
    for location, region in {**regions.DOCUMENTED, **regions.UNDOCUMENTED}.items():
        assert sorted(location) == sorted(regions.fold(region))
        assert regions.pair(region) == regions.pair(location) == (location, region)
    assert len({*regions.DOCUMENTED.values()}) == len(regions.DOCUMENTED) == 54


@given(st.sampled_from(sorted(regions.DOCUMENTED)), st.sampled_from([str.upper, str.title, str.lower]))
def test_spelling_of_a_region_means_nothing(location: str, spell: Any) -> None:
    region = regions.DOCUMENTED[location]
    assert regions.same(spell(location), region) and regions.same(region, spell(region))
    assert regions.azure_location(regions.atlas_name(spell(location))) == location


@given(st.text(max_size=30))
def test_an_unknown_region_is_equal_to_itself(name: str) -> None:
    assert regions.same(name, name)


def test_new_zealand_has_a_second_atlas_name() -> None:
    assert regions.same("NEWZEALAND_NORTH", "NEW_ZEALAND_NORTH")


@given(st.text(max_size=60))
def test_any_text_parses_as_a_connection_string_or_names_no_target(text: str) -> None:
    try:
        found = strings.parse(f"mongodb://{text}")
    except ValueError:
        return
    assert all(isinstance(target["port"], int) for target in found["targets"])


def test_specs_join_without_losing_a_constraint() -> None:
    one = Spec({"a": {"type": "str"}}, mutually_exclusive=(("a", "b"),), required_by={"a": ("b",)})
    two = Spec({"b": {"type": "str"}}, required_one_of=(("a", "b"),), required_if=(("a", "x", ["b"]),))
    joined = (one | two).to_kwargs()
    assert set(joined["argument_spec"]) == {"a", "b"}
    assert joined["mutually_exclusive"] == [("a", "b")] and joined["required_one_of"] == [("a", "b")]
    assert joined["required_if"] == [("a", "x", ["b"])] and joined["required_by"] == {"a": ("b",)}


def test_a_blank_variable_does_not_hide_a_good_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRST", "  ")
    monkeypatch.setenv("SECOND", "value")
    assert environment("FIRST", "SECOND") == "value"
    assert environment("FIRST") is None


@given(st.text(), st.text(), st.text())
def test_a_failure_is_one_line(what: str, cause: str, fix: str) -> None:
    failure = Failure(what, cause, fix, code="X", http_status=400)
    assert len(str(failure).splitlines()) <= 1
    assert set(failure.result()["error"]) == {"code", "http_status", "request_id", "cause", "fix"}


SERVICE_ID = "6a794010c0eb9e7a17719674"
addresses = st.ip_addresses(v=4).map(str)


@given(st.sampled_from(sorted(regions.DOCUMENTED.values())))
def test_the_plan_for_a_service_is_empty_once_it_is_there(region: str) -> None:
    service = EndpointService(cast(Any, None), "p" * 24, region)
    desired = {"region": region}
    created = service.predict(None, desired)
    assert [step.verb for step in service.plan(None, desired).steps] == ["create"]
    assert service.plan(created, desired) == service.plan(None, None) == Plan()
    assert service.predict(created, desired) == created and service.predict(created, None) is None


@given(addresses, addresses)
def test_the_plan_for_an_interface_is_empty_once_it_is_there(one: str, other: str) -> None:
    interface = EndpointInterface(cast(Any, None), "p" * 24, SERVICE_ID, ENDPOINT, False, False)
    desired = {"private_endpoint_id": ENDPOINT, "ip_address": one}
    created = interface.predict(None, desired)
    assert created is not None and interface.plan(created, desired) == Plan()
    assert interface.plan(None, None) == Plan()
    moved = interface.plan(created, {**desired, "ip_address": other})
    assert not moved.steps and bool(moved.drift) == (one != other)


@given(st.booleans(), st.booleans())
def test_the_plan_for_the_regional_mode_is_empty_once_it_is_so(enabled: bool, wanted: bool) -> None:
    mode = RegionalMode(cast(Any, None), "p" * 24, wanted, True)
    current = {"enabled": enabled, "clusters_that_change": [], "replica_sets": []}
    desired = {"enabled": wanted}
    assert bool(mode.plan(current, desired).steps) == (enabled != wanted)
    assert mode.plan(mode.predict(current, desired), desired) == Plan()
