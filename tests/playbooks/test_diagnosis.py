# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole verifications: of each fault that the lab plays the hop and the cause are named; a sound link is never blamed.

All links stand in one lab and are verified by one run of the playbook, as a fleet would be.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.lab import faults
from tests.lab.mongo_links import AnyLink
from tests.lab.runtime import Lab
from tests.playbooks.verifying import verify

#: Seconds; long enough for a loaded machine, short enough for the faults that are silence.
TIMEOUT = 2


@dataclass(frozen=True)
class Case:
    """A fault and what a verification must say of it: hop, symptom, and words of the cause. `built` are options of
    `Lab.build_link`, `finding` the rule of the linter that must have something to say."""

    fault: str
    hop: str | None
    symptom: str | None = None
    words: str = ""
    built: dict[str, Any] = field(default_factory=dict)
    finding: str | None = None

    @property
    def link(self) -> str:
        return "-".join([self.fault.replace("_", "-"), *map(str, self.built.values())]).replace("_", "-").lower()


PUBLIC = {"dns": "public"}  # without zones, as most links are

CASES = [
    Case("cluster_paused", "cluster", "paused", "is paused"),
    Case("cluster_deleted", "cluster", "missing", "renamed or deleted"),
    Case("cluster_renamed", "cluster", "missing", "cluster0-new"),
    Case("tier_without_support", "cluster", "unsupported", "M0"),
    Case("service_vanished", "endpoint_service", "vanished", "with its last registered endpoint"),
    Case("link_removed", "endpoint_service", "missing", "no endpoint service"),
    Case("service_initiating", "endpoint_service", "initiating", "still building"),
    Case("service_failed", "endpoint_service", "failed", "no reason given"),
    Case("service_deleting", "endpoint_service", "deleting", "is removing"),
    Case("endpoint_missing", "private_endpoint", "missing", "does not exist in Azure"),
    Case("endpoint_provisioning_failed", "private_endpoint", "failed", "could not provision"),
    Case("endpoint_of_another_service", "private_endpoint", "other_service", "not to the endpoint service"),
    Case("never_registered", "endpoint_interface", "not_registered", "Pending"),
    Case("interface_initiating", "endpoint_interface", "initiating", "not accepted"),
    Case("interface_failed", "endpoint_interface", "failed", "could not be connected"),
    Case("interface_deleting", "endpoint_interface", "deleting", "being removed"),
    Case("pending", "connection", "pending", "although Atlas has accepted"),
    Case("rejected", "connection", "rejected", "rejected the connection"),
    Case("disconnected", "connection", "disconnected", "was replaced"),
    Case("wrong_ip_registered", "registered_address", "mismatch", "Atlas was told"),
    Case("endpoint_recreated", "registered_address", "mismatch", "was re-created"),
    Case("strings_not_published", "connection_string", "updating", "not published yet"),
    Case(
        "region_without_endpoint", "connection_string", "region_without_endpoint", "has no available private endpoint"
    ),
    Case("outdated_srv_name", "connection_string", "outdated", "Atlas now says cluster0-pl-1."),
    Case("resolver_silent", "resolver", "no_answer", "None of the DNS servers answers"),
    Case("resolver_refuses", "resolver", "refused", "refuse to answer this client"),
    Case("shadow_zone", "srv", "private_zone", "hides the public SRV record"),
    Case("mongodb_net_zone", "srv", "private_zone", "The private DNS zone mongodb.net"),
    Case("srv_nxdomain", "srv", "hidden", "but Atlas has this name"),
    Case("srv_nodata", "srv", "nodata", "without an SRV record"),
    Case("srv_emptied", "srv", "emptied", "it filters the answer"),
    Case("srv_servfail", "srv", "server_failure", "SERVFAIL for SRV"),
    Case("srv_silent", "srv", "no_answer", "does not answer questions of type SRV"),
    Case("answers_truncated", "srv", "tcp_blocked", "cannot be asked over TCP"),
    Case("mirrored_zone_with_stale_ports", "srv", "outdated", "not kept in sync"),
    Case("mirrored_zone_with_stale_targets", "srv", "outdated", "not kept in sync"),
    Case("shadow_zone_without_txt", "txt", "private_zone", "lose authSource"),
    Case("txt_servfail", "txt", "server_failure", "drivers give up"),
    Case("txt_silent", "txt", "no_answer", "questions of type TXT"),
    Case("txt_two_records", "txt", "several_records", "more than one TXT record"),
    Case("txt_strange_option", "txt", "strange_option", "retryWrites=true"),
    Case("txt_wrong_replica_set", "txt", "outdated", "atlas-former-shard-0"),
    Case("txt_wrong_auth_source", "txt", "outdated", "Atlas now says authSource=admin"),
    Case("srv_outside_domain", "parent_domain", "outside", "drivers refuse to follow"),
    Case("address_nxdomain", "address", "nxdomain", "does not exist in DNS", PUBLIC),
    Case("address_nodata", "address", "nodata", "without an address", PUBLIC),
    Case("address_servfail", "address", "server_failure", "SERVFAIL for A"),
    Case("rebind_filter", "address", "emptied", "rebinding filter", PUBLIC),
    Case("rebind_filter", "address", "zone_not_seen", "does not answer from it"),
    Case("wrong_resolver", "address", "zone_not_seen", "not the resolver of a virtual network"),
    Case("public_address", "expected_address", "public", "a public address"),
    Case("wrong_private_address", "expected_address", "unexpected", "left from an earlier endpoint", PUBLIC),
    Case("stale_private_zone", "expected_address", "stale_record", "still says"),
    Case("ports_filtered", "tcp", "timeout", "packets are dropped"),
    Case("one_port_filtered", "tcp", "timeout_of_some", "allows only some"),
    Case("region_not_peered", "tcp", "timeout_of_address", "that region's endpoint"),
    Case("ports_refused", "tcp", "refused", "nothing listens there"),
    Case("one_port_refused", "tcp", "refused", ":1026: nothing listens there"),
    Case("tls_intercepted", "tls", "unknown_ca", "TLS is intercepted"),
    Case("tls_self_signed", "tls", "unknown_ca", "does not trust"),
    Case("tls_wrong_name", "tls", "wrong_name", "proxy.example.com"),
    Case("tls_expired", "tls", "expired", "expired on 20"),
    Case("tls_not_yet_valid", "tls", "not_yet_valid", "clock is probably behind"),
    Case("plain_text_server", "tls", "not_tls", "does not speak TLS"),
    Case("sni_lost", "tls", "internal_error", "server name got lost"),
    Case("handshake_closed", "tls", "closed", "closed it during the TLS handshake"),
    Case("handshake_silent", "tls", "timeout", "did not answer the TLS handshake"),
    Case("no_primary", "hello", "no_primary", "none of them is the primary"),
    Case("primary_unreachable", "hello", "members_unreachable", "Not all members"),
    Case("too_many_connections", "authentication", "closed", "too many open connections"),
    Case("wrong_password", "authentication", "wrong_credentials", "network path is fine"),
    Case("user_removed", "authentication", "wrong_credentials", "login of app was refused"),
    Case("user_of_another_project", "authentication", "wrong_credentials", "login of app was refused"),
    Case("user_without_write", "create", "not_authorized", "may not do this"),
    Case("user_without_write_by_atlas", "create", "not_authorized", "may not do this"),
    Case("not_primary_on_write", "create", "not_primary", "no longer the primary"),
    Case("user_without_read", "read", "not_authorized", "may not do this"),
    # The link works, so nothing is broken; but the linter has something to say.
    Case("useless_zone", None, finding="useless"),
    Case("zone_not_linked", None, finding="risk"),
]


#: The same for links to Azure DocumentDB. One that was built highly available has its two names in the zone.
HA = {"high_availability": True}
BY_HAND = {"approval": "manual"}

MONGO_CASES = [
    Case("mongo_cluster_stopped", "cluster", "stopped", "nothing listens"),
    Case("mongo_cluster_provisioning", "cluster", "provisioning", "still building"),
    Case("mongo_cluster_deleted", "cluster", "missing", "does not exist"),
    Case("endpoint_missing", "private_endpoint", "missing", "does not exist in Azure"),
    Case("endpoint_provisioning_failed", "private_endpoint", "failed", "could not provision"),
    Case("endpoint_of_another_cluster", "private_endpoint", "other_target", "not to the cluster"),
    Case("endpoint_of_another_group", "private_endpoint", "wrong_group", "the cluster has MongoCluster"),
    Case("approval_missing", "connection", "pending", "has not approved it", BY_HAND),
    Case("approval_refused", "connection", "rejected", "Not without a ticket", BY_HAND),
    Case("connection_removed", "connection", "removed", "removed on the cluster's side"),
    Case("rejected", "connection", "rejected", "rejected the connection"),
    Case("zone_group_missing", "zone_group", "missing", "no DNS zone group"),
    Case("zone_group_missing", "zone_group", "missing", "no DNS zone group", HA),
    Case("older_zone", "zone_group", "wrong_zone", "privatelink.mongocluster.azure.com", finding="useless"),
    Case("older_zone_by_hand", "zone_group", "wrong_zone", "which no client asks", finding="useless"),
    Case("record_deleted", "zone_group", "record_missing", "is not in its private zone any more", HA),
    Case("second_endpoint_in_the_zone", "zone_group", "other_address", "shares the zone"),
    Case("stale_private_record", "zone_group", "other_address", "network interface has", finding="breaks"),
    Case("zone_not_linked", "zone_link", "missing", "is linked to the network", finding="risk"),
    Case("network_uses_another_zone", "zone_link", "other_zone", "does not hold this endpoint's records"),
    Case("resolver_silent", "resolver", "no_answer", "None of the DNS servers answers"),
    Case("resolver_refuses", "resolver", "refused", "refuse to answer this client"),
    Case("parent_zone", "srv", "private_zone", "hides the public SRV record", finding="breaks"),
    Case("srv_nxdomain", "srv", "hidden", "but the cluster has this name"),
    Case("srv_nodata", "srv", "nodata", "without an SRV record"),
    Case("srv_emptied", "srv", "emptied", "it filters the answer"),
    Case("srv_servfail", "srv", "server_failure", "SERVFAIL for SRV"),
    Case("srv_silent", "srv", "no_answer", "does not answer questions of type SRV"),
    Case("answers_truncated", "srv", "tcp_blocked", "cannot be asked over TCP"),
    Case("txt_servfail", "txt", "server_failure", "drivers give up"),
    Case("txt_silent", "txt", "no_answer", "questions of type TXT"),
    Case("address_nxdomain", "address", "nxdomain", "does not exist in DNS"),
    Case("address_nodata", "address", "nodata", "without an address"),
    Case("address_servfail", "address", "server_failure", "SERVFAIL for A"),
    Case("own_resolver", "expected_address", "zone_not_seen", "public address"),
    Case("wrong_resolver", "expected_address", "zone_not_seen", "not the resolver of a virtual network"),
    Case("ports_filtered", "tcp", "timeout", "10260"),
    Case("ports_refused", "tcp", "refused", "nothing listens there"),
    Case("tls_intercepted", "tls", "unknown_ca", "TLS is intercepted"),
    Case("tls_self_signed", "tls", "unknown_ca", "does not trust"),
    Case("tls_wrong_name", "tls", "wrong_name", "proxy.example.com"),
    Case("tls_expired", "tls", "expired", "expired on 20"),
    Case("tls_not_yet_valid", "tls", "not_yet_valid", "clock is probably behind"),
    Case("plain_text_server", "tls", "not_tls", "does not speak TLS"),
    Case("handshake_closed", "tls", "closed", "closed it during the TLS handshake"),
    Case("handshake_silent", "tls", "timeout", "did not answer the TLS handshake"),
    Case("too_many_connections", "authentication", "closed", "too many open connections"),
    Case("wrong_password", "authentication", "wrong_credentials", "network path is fine"),
    Case("user_removed", "authentication", "wrong_credentials", "login of app was refused"),
    Case("mongo_user_without_write", "create", "not_authorized", "may not do this"),
    Case("srv_leads_to_read_only", "create", "read_only", "ro.global", HA),
    Case("user_without_read", "read", "not_authorized", "may not do this"),
    # The link works, so nothing is broken; but the linter has something to say.
    Case("link_without_fallback", None, finding="risk"),
    Case("zone_of_another_product", None, finding="useless"),
]


def variables(lab: Lab, case: Case, link: AnyLink) -> dict[str, Any]:
    """What the user of this link would have set."""
    found = {**lab.variables(link), "private_link_verify_timeout": TIMEOUT}
    if case.fault == "outdated_srv_name":  # what the application uses; the API alone cannot know
        found["private_link_verify_srv_hosts"] = [link.srv_host]
    if case.fault == "wrong_resolver":
        found["private_link_verify_resolvers"] = [lab.resolver(None)]
    return found


def complaints(case: Case, found: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a verification of a link that has this fault."""
    broken = found["broken"] or {}
    told = broken.get("cause", "") + broken.get("fix", "")
    if (broken.get("hop"), broken.get("symptom")) != (case.hop, case.symptom):
        yield f"names {broken.get('hop')}/{broken.get('symptom')}: {told or found['summary']}"
    if found["ok"] is not (case.hop is None):
        yield f"ok is {found['ok']}"
    if case.words not in broken.get("cause", "") or "{" in told or "unknown" in told:
        yield f"says {told}"
    hops = [*found["control"], *(hop for probe in found["probes"] for hop in probe["hops"])]
    barred = {hop["hop"] for hop in hops if case.hop and hop["skipped_because"] == case.hop}
    if not barred <= set(broken.get("skipped", [])):
        yield f"skipped are {broken.get('skipped')}, not {barred}"
    if case.finding and case.finding not in [finding["severity"] for finding in found["findings"]]:
        yield f"findings are {found['findings']}"


def of_each_fault(lab: Lab, cases: list[Case], build: Callable[..., AnyLink], directory: Path) -> None:
    """Builds a link for each fault, breaks it, and holds the verification of all of them against the cases."""
    links = {case.link: build(case.link, **case.built) for case in cases}
    given = {case.link: variables(lab, case, links[case.link]) for case in cases}
    for case in cases:
        faults.inject(lab, case.fault, case.link)
    found = verify(lab, given, directory)
    wrong = [f"{case.link}: {complaint}" for case in cases for complaint in complaints(case, found[case.link])]
    assert not wrong, "\n".join(wrong)


# One test of each product, because each worker that runs a part of it would verify all of them.
@pytest.mark.full
@pytest.mark.timeout(1200)
def test_of_each_fault_the_broken_hop_and_its_cause_are_named(tmp_path: Path) -> None:
    with Lab("instant") as lab:
        of_each_fault(lab, CASES, lab.build_link, tmp_path)


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_of_each_fault_of_a_link_to_azure_documentdb(tmp_path: Path) -> None:
    with Lab("instant") as lab:
        lab.seed()
        of_each_fault(lab, MONGO_CASES, lab.build_mongo_link, tmp_path)


def test_every_fault_of_a_link_is_in_the_matrix() -> None:
    assert {case.fault for case in CASES} == set(faults.LINK_FAULTS)
    assert {case.fault for case in MONGO_CASES} == set(faults.MONGO_FAULTS)
    assert len({case.fault for case in CASES if case.hop}) >= 40


REGIONS = ["eastus2", "westeurope", "northeurope", "uksouth", "australiaeast"]
#: How many random links are verified: `make test-worlds` asks for more than a developer would wait for.
WORLDS = int(os.environ.get("WORLDS", "12"))


def random_mongo_world(choose: random.Random) -> dict[str, Any]:
    """Options of `Lab.build_mongo_link` for some link that a user could have; some share a zone with others."""
    return {
        "high_availability": choose.random() < 0.4,
        "approval": choose.choice(["automatic", "manual"]),
        "location": choose.choice(REGIONS),
        "resource_group": choose.choice(["", "rg-shared"]),
    }


def random_world(choose: random.Random) -> dict[str, Any]:
    """Options of `Lab.build_link` for some link that a user could have."""
    sharded = choose.random() < 0.3
    return {
        "regions": choose.sample(REGIONS, choose.choice([1, 1, 1, 2, 3])),
        "clusters": [f"cluster{number}" for number in range(choose.choice([1, 1, 2, 3]))],
        "nodes": choose.choice([3, 5, 7]),
        "sharded": sharded,
        "regional_mode": sharded and choose.random() < 0.5,
        "dns": choose.choice(["host_zones", "host_zones", "cluster_zone", "public"]),
    }


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_a_sound_link_is_never_blamed(tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED") or random.randrange(1 << 32))
    choose = random.Random(seed)
    with Lab("instant") as lab:
        worlds = {f"link{number}": random_world(choose) for number in range(WORLDS)}
        links: dict[str, AnyLink] = {name: lab.build_link(name, **world) for name, world in worlds.items()}
        others = {f"cluster{number}": random_mongo_world(choose) for number in range(max(WORLDS // 3, 3))}
        links |= {name: lab.build_mongo_link(name, **world) for name, world in others.items()}
        worlds |= others
        found = verify(lab, {name: lab.variables(link) for name, link in links.items()}, tmp_path)
    assert set(found) == set(worlds)
    for name, link in found.items():
        story = json.dumps([seed, worlds[name], link["summary"], link["broken"]])
        assert link["ok"] and link["summary"] == "The private link works.", story
        assert all(line["ok"] is True for line in link["lines"]), story
        # That a zone for the whole cluster hides its public names is true, and meant.
        assert {finding["rule"] for finding in link["findings"]} <= {"hidden_names"}, (story, link["findings"])
