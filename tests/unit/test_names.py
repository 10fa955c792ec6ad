# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which domains are a cluster's own, and that no zone is ever planned for another one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.privatelink.mongodb.plugins.module_utils import _dns_plan
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas import names, regions
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.strings import normalise
from ansible_collections.privatelink.mongodb.plugins.module_utils._dns_lint import lint
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import InvalidInput

ENDPOINT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe"
NETWORK = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet-app"
SHARED = [
    "net",
    "mongodb.net",
    "mongodbgov.net",
    "mongodb-dev.net",
    "azure.mongodb.net",
    "Azure.MongoDB.net.",
    "azure.mongodbgov.net",
    "gcp.mongodb.net",
    "eastus2.azure.mongodb.net",
    "privatelink.mongodb.net",
    "query.mongodb.net",
    "a.query.mongodb.net",
    "azure.com",
    "cosmos.azure.com",
    "mongo.cosmos.azure.com",
    "mongocluster.cosmos.azure.com",
    "global.mongocluster.cosmos.azure.com",
    "privatelink.mongocluster.cosmos.azure.com",
]
OWN = [
    "ab123.mongodb.net",
    "ab123.azure.mongodb.net",
    "uzgh6.gcp.mongodb.net",
    "ab123.mongodbgov.net",
    "pxhqvd.mongodb-dev.net",
    "pl-0-eastus2-azure.ab123.mongodb.net",
    "pl-0-eastus2-ab123.azure.mongodb.net",
    "fc-0-000.mongocluster.cosmos.azure.com",
]


def cluster(public: str, seed: str = "", targets: tuple[str, ...] = (), name: str = "cluster0") -> dict[str, Any]:
    """What atlas_connection_info returns of a cluster with this public name and at most one private string."""
    private = {
        "connectionString": f"mongodb://{','.join(f'{one}:1024' for one in targets)}/?ssl=true&authSource=admin",
        "srvConnectionString": f"mongodb+srv://{seed}",
        "endpoints": [{"endpointId": ENDPOINT}],
        "type": "MONGOD",
    }
    strings = {"standardSrv": f"mongodb+srv://{public}", "privateEndpoint": [private] if seed else []}
    return normalise({"name": name, "connectionStrings": strings})


@pytest.mark.parametrize("domain", SHARED)
def test_domain_of_a_cloud_or_a_service_is_shared(domain: str) -> None:
    assert names.is_shared(domain)


@pytest.mark.parametrize("domain", OWN)
def test_domain_with_a_hash_or_a_host_is_not_shared(domain: str) -> None:
    assert not names.is_shared(domain)


#: public name, name in the private string, targets, and whether the domain is shared
SHAPES: dict[str, tuple[str, str, tuple[str, ...], bool]] = {
    "today": (
        "cluster0.ab123.mongodb.net",
        "cluster0-pl-0.ab123.mongodb.net",
        ("pl-0-eastus2-azure.ab123.mongodb.net",),
        False,
    ),
    "without azure": (
        "cluster0.ab123.mongodb.net",
        "cluster0-pl-0.ab123.mongodb.net",
        ("pl-0-eastus2.ab123.mongodb.net",),
        False,
    ),
    "regionalized": (
        "cluster0.ab123.mongodb.net",
        "cluster0-pl-0-eastus2.ab123.mongodb.net",
        ("pl-0-eastus2-azure.ab123.mongodb.net",),
        False,
    ),
    "regionalized without azure": (
        "cluster0.ab123.mongodb.net",
        "cluster0-pl-0-eastus2.ab123.mongodb.net",
        ("pl-0-eastus2.ab123.mongodb.net",),
        False,
    ),
    "a region that is new": (
        "cluster0.ab123.mongodb.net",
        "cluster0-pl-0-atlantisnorth.ab123.mongodb.net",
        ("pl-0-atlantisnorth-azure.ab123.mongodb.net",),
        False,
    ),
    "a cluster of another name": (
        "orders-pl-0-ab12.ab123.mongodb.net",
        "orders-pl-0-ab12-pl-1.ab123.mongodb.net",
        ("pl-1-eastus2-azure.ab123.mongodb.net",),
        False,
    ),
    "a hash below the cloud": (
        "cluster0.ab123.azure.mongodb.net",
        "cluster0-pl-0.ab123.azure.mongodb.net",
        ("pl-0-eastus2.ab123.azure.mongodb.net",),
        False,
    ),
    "for the government": (
        "cluster0.ab123.mongodbgov.net",
        "cluster0-pl-0.ab123.mongodbgov.net",
        ("pl-0-usgovvirginia-azure.ab123.mongodbgov.net",),
        False,
    ),
    "older": (
        "cluster0-ab123.azure.mongodb.net",
        "cluster0-pl-0-ab123.azure.mongodb.net",
        ("pl-0-eastus2-ab123.azure.mongodb.net",),
        True,
    ),
    "older, all clouds": (
        "cluster0-ab123.mongodb.net",
        "cluster0-pl-0-ab123.mongodb.net",
        ("pl-0-eastus2-ab123.mongodb.net",),
        True,
    ),
    "older, regionalized": (
        "cluster0-ab123.azure.mongodb.net",
        "cluster0-pl-0-eastus2-ab123.azure.mongodb.net",
        ("pl-0-eastus2-ab123.azure.mongodb.net",),
        True,
    ),
    "older, in two regions": (
        "cluster0-ab123.azure.mongodb.net",
        "cluster0-pl-0-ab123.azure.mongodb.net",
        ("pl-0-eastus2-azure-ab123.azure.mongodb.net", "pl-0-westeurope-azure-ab123.azure.mongodb.net"),
        True,
    ),
    "older, in a domain that nobody has heard of": (
        "cluster0-6tu3s.cloud9.mongodb.net",
        "cluster0-pl-0-6tu3s.cloud9.mongodb.net",
        ("pl-0-eastus2-6tu3s.cloud9.mongodb.net",),
        True,
    ),
    "older, for the government": (
        "cluster0-ab123.azure.mongodbgov.net",
        "cluster0-pl-0-ab123.azure.mongodbgov.net",
        ("pl-0-usgovvirginia-ab123.azure.mongodbgov.net",),
        True,
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_domain_of_a_cluster_is_judged_by_its_strings_or_its_public_name(shape: str) -> None:
    public, seed, targets, shared = SHAPES[shape]
    found = names.in_shared_domain(cluster(public, seed, targets), ENDPOINT)
    assert [one["host"] for one in found] == ([seed, *targets] if shared else [])
    assert {one["domain"] for one in found} == ({seed.partition(".")[2]} if shared else set())
    name = public.partition(".")[0] if not shared else "cluster0"
    before = names.in_shared_domain(cluster(public, name=name))
    assert [one["host"] for one in before] == ([public] if shared else [])


def test_strings_of_other_endpoints_do_not_count() -> None:
    public, seed, targets, _shared = SHAPES["older"]
    assert names.in_shared_domain(cluster(public, seed, targets), "/another") == []


labels = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
hashes = st.from_regex(r"[a-z0-9]{5,7}", fullmatch=True)
locations = st.sampled_from(sorted(regions.DOCUMENTED))
roots = st.sampled_from(
    ("mongodb.net", "azure.mongodb.net", "mongodbgov.net", "azure.mongodbgov.net", "mongodb-dev.net")
)


@given(labels, hashes, locations, roots, st.booleans(), st.booleans(), st.booleans())
def test_zone_of_a_cluster_is_its_own_or_refused(
    name: str, code: str, location: str, root: str, older: bool, suffixed: bool, regional: bool
) -> None:
    assume(not names.is_shared(f"{code}.mongodb.net"))
    end = f"-{code}.{root}" if older else f".{code}.{root}"
    seed = f"{name}-pl-0{f'-{location}' if regional else ''}{end}"
    target = f"pl-0-{location}{'-azure' if suffixed else ''}{end}"
    made = [cluster(f"{name}{end}", seed, (target,), name)]
    (host_zone,) = _dns_plan.zones(made, ENDPOINT, "10.0.0.4")
    assert host_zone["zone"] == target
    try:
        (zone,) = _dns_plan.zones(made, ENDPOINT, "10.0.0.4", "cluster_zone")
    except InvalidInput as refused:
        assert older and "host_zones" in str(refused) and seed in str(refused)
    else:
        assert not older and zone["zone"] == f"{code}.{root}"
        assert all(f".{one}".endswith(f".{code}.{root}") for one in (seed, target))


@pytest.mark.parametrize("domain", SHARED)
def test_zone_that_is_named_by_the_user_is_never_a_shared_domain(domain: str) -> None:
    with pytest.raises(InvalidInput, match="private_link_dns_addresses"):
        _dns_plan.zones([], ENDPOINT, "10.0.0.4", addresses={domain: "10.0.0.4"})
    if domain == "privatelink.mongocluster.cosmos.azure.com":
        (zone,) = _dns_plan.zones([], ENDPOINT, "10.0.0.4", "zone_group", zone_names=[domain])
        assert zone["zone"] == domain
    else:
        with pytest.raises(InvalidInput, match="zone_names"):
            _dns_plan.zones([], ENDPOINT, "10.0.0.4", "zone_group", zone_names=[domain])


@pytest.mark.parametrize("shape", [name for name, shape in SHAPES.items() if shape[3]])
def test_linter_names_a_zone_for_a_shared_domain(shape: str) -> None:
    public, seed, targets, _shared = SHAPES[shape]
    link = {
        "clusters": [cluster(public, seed, targets)],
        "private_endpoint": {"id": ENDPOINT, "ip_address": "10.0.0.4"},
    }

    def zone(name: str, records: list[tuple[str, str, list[str]]]) -> dict[str, Any]:
        return {
            "id": f"/zones/{name}",
            "name": name,
            "links": [{"virtual_network_id": NETWORK, "resolution_policy": None}],
            "records": [{"name": owner, "type": kind, "value": value, "used_by": []} for owner, kind, value in records],
        }

    domain, (entry,) = seed.partition(".")[2], link["clusters"][0]["private_endpoints"]  # type: ignore[index]
    label = seed.partition(".")[0]
    mirrored = [(one.partition(".")[0], "A", ["10.0.0.4"]) for one in targets]
    mirrored += [
        (f"_mongodb._tcp.{label}", "SRV", _dns_plan.srv_values(entry)),
        (label, "TXT", [_dns_plan.txt_value(entry)]),
    ]
    found = [(one["rule"], one["severity"]) for one in lint.findings([zone(domain, mirrored)], link, [NETWORK])]
    assert ("parent_zone", "risk") in found and not [rule for rule, severity in found if severity == "breaks"]
    (warned,) = [
        one for one in lint.findings([zone(domain, mirrored)], link, [NETWORK]) if one["rule"] == "parent_zone"
    ]
    assert domain in warned["message"] and "host_zones" in warned["fix"]
    right = [zone(one, [("@", "A", ["10.0.0.4"])]) for one in targets]
    assert lint.findings(right, link, [NETWORK]) == []
    public_host = "cluster0-shard-00-00" + public.removeprefix("cluster0")
    strange = lint.findings([*right, zone(public_host, [("@", "A", ["10.0.0.4"])])], link, [NETWORK])
    assert [one["rule"] for one in strange] == ["foreign_host_record"]
