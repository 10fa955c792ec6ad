# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults by the names that people use for links, and their end: what heals a fault leaves the lab as it was."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.lab import faults, fleet
from tests.lab.__main__ import main
from tests.lab.control import show
from tests.lab.mongo_links import BuiltMongoLink
from tests.lab.runtime import Lab
from tests.lab_tests.clients import driver
from tests.lab_tests.test_faults import healthy, look

pytestmark = pytest.mark.filterwarnings("ignore:You appear to be connected to a CosmosDB cluster")


SEEN_ONLY = ("documents", "demanded")  # what clients wrote, and which rights they needed


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab("instant") as running:
        running.seed()
        yield running


@pytest.fixture(autouse=True)
def healed(lab: Lab) -> Iterator[None]:
    yield
    if faults.in_place(lab):
        faults.heal(lab)


def picture(value: Any) -> Any:
    """Everything that can be reached, in order, as plain data."""
    if isinstance(value, dict):
        return [(key, picture(one)) for key, one in value.items() if key not in SEEN_ONLY]
    if isinstance(value, (list, tuple)):
        return [picture(one) for one in value]
    if type(value).__module__.startswith("tests.lab."):
        return type(value).__name__, id(value), picture(vars(value))
    return set(value) if isinstance(value, set) else value


def world(lab: Lab) -> Any:
    return lab.change(lambda: picture([lab.world, lab.traffic.faults]))


def write(lab: Lab, link: BuiltMongoLink) -> None:
    """What an application does whose link works."""
    login = (link.username, link.password, str(lab.ca_path))
    options: dict[str, Any] = {"tls": True, "authMechanism": "SCRAM-SHA-256", "retryWrites": False}
    with driver(link.resolver, link.srv_host, *login, **options) as client:
        client.app.orders.insert_one({"n": 1})


@pytest.mark.parametrize("fault", faults.LINK_FAULTS)
def test_a_link_to_atlas_is_as_before_once_its_fault_is_healed(lab: Lab, fault: str) -> None:
    eyes = look(lab, fault.replace("_", "-"))
    assert healthy(eyes)
    before = world(lab)
    faults.inject(lab, fault, link=eyes.link.name)
    assert world(lab) != before
    assert faults.heal(lab, fault, eyes.link.name) == [f"{fault} link={eyes.link.name}"]
    assert world(lab) == before
    assert healthy(eyes)


@pytest.mark.parametrize("fault", faults.MONGO_FAULTS)
def test_a_link_to_documentdb_is_as_before_once_its_fault_is_healed(lab: Lab, fault: str) -> None:
    link = lab.build_mongo_link(f"vcore-{fault}".replace("_", "-"), high_availability=True)
    write(lab, link)
    before = world(lab)
    faults.inject(lab, fault, link=link.name)
    assert world(lab) != before
    faults.heal(lab, fault)
    assert world(lab) == before
    write(lab, link)


@pytest.mark.parametrize("fault", faults.LAB_FAULTS)
def test_a_fault_of_the_whole_lab_can_be_healed(lab: Lab, fault: str) -> None:
    before = world(lab)
    faults.inject(lab, fault)
    assert world(lab) != before
    assert faults.heal(lab) == [fault]
    assert world(lab) == before


def test_all_faults_on_top_of_each_other_are_healed_at_once() -> None:
    """Those that need something that an earlier one has taken away say so, and change nothing."""
    with Lab("instant") as lab:
        eyes, link = look(lab, "everything"), lab.build_mongo_link("all-of-it", high_availability=True)
        before, injected = world(lab), 0
        for fault in faults.FAULTS:
            for name in (eyes.link.name, link.name) if faults.products_of(fault) else ("",):
                seen = world(lab)
                try:
                    faults.inject(lab, fault, link=name)
                    injected += 1
                except ValueError:
                    assert world(lab) == seen
        assert injected > len(faults.FAULTS) / 2
        faults.heal(lab)
        assert world(lab) == before
        assert healthy(eyes)
        write(lab, link)


def test_one_of_several_faults_is_healed_and_the_others_stay(lab: Lab) -> None:
    """Also where both changed the same thing."""
    eyes, other = look(lab, "several"), look(lab, "neighbour")
    before = world(lab)
    faults.inject(lab, "ports_refused", link="several")
    only_first = world(lab)
    for fault, link in (("one_port_refused", "several"), ("tls_expired", "several"), ("rejected", "neighbour")):
        faults.inject(lab, fault, link=link)
    assert eyes.tls() == "certificate has expired"
    faults.heal(lab, "ports_refused")
    assert eyes.tls() == "certificate has expired"
    faults.heal(lab, "tls_expired")
    assert eyes.tcp() == ["ok", "ok", "refused"]
    with pytest.raises(
        ValueError, match="the fault rejected link=several is not in place: one_port_refused link=several;"
    ):
        faults.heal(lab, "rejected", "several")
    faults.heal(lab, link="several")
    assert healthy(eyes) and not healthy(other)
    faults.inject(lab, "ports_refused", link="several")
    faults.heal(lab, link="neighbour")
    assert world(lab) == only_first
    faults.heal(lab)
    assert world(lab) == before


def test_what_a_client_repaired_is_no_fault_any_more(lab: Lab) -> None:
    """Healing leaves the repair alone."""
    link = lab.build_mongo_link("repaired")
    faults.inject(lab, "record_deleted", link="repaired")
    cluster = lab.world.mongo_clusters[link.cluster_id.lower()]
    record = f"{link.zone_id}/A/{cluster.labels[0]}"
    body = {"properties": {"ttl": 5, "aRecords": [{"ipv4Address": link.site.address}]}}
    answer = requests.put(
        lab.url("azure") + record,
        json=body,
        params={"api-version": "2024-06-01"},
        headers={"Authorization": f"Bearer {token(lab)}"},
        verify=str(lab.ca_path),
        timeout=10,
    )
    assert answer.ok, answer.text
    assert show(lab)["faults"] == []
    with pytest.raises(ValueError, match="no fault is in place"):
        faults.heal(lab, "record_deleted")
    write(lab, link)


def test_what_was_for_the_next_request_is_over_after_it(lab: Lab) -> None:
    faults.inject(lab, "request", effect="refuse", times=2)
    faults.inject(lab, "request", effect="slow", path="never")
    assert [one["name"] for one in show(lab)["faults"]] == ["request"] * 2
    for _number in range(2):
        assert requests.get(lab.url("azure"), verify=str(lab.ca_path), timeout=10).status_code == 503
    assert [one["name"] for one in show(lab)["faults"]] == ["request"]
    assert faults.heal(lab, "request") == ["request"] and lab.traffic.faults == []


def token(lab: Lab) -> str:
    from tests.lab.entra import issue_token

    return issue_token(lab.world, lab.url("azure"))


# -- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["shop", "pe-shop-eastus2"])
def test_a_link_to_atlas_has_the_names_of_project_and_endpoint(lab: Lab, name: str) -> None:
    known = [project.name for project in lab.world.projects.values()]
    eyes = look(lab, "shop") if "shop" not in known else None
    faults.inject(lab, "rejected", link=name)
    assert list(lab.world.forced_connection.values()) == ["Rejected"]
    assert [(one["name"], one["link"]) for one in show(lab)["faults"]] == [("rejected", name)]
    faults.heal(lab, link="shop")
    assert eyes is None or healthy(eyes)


def test_a_fault_hits_one_of_two_endpoints_of_a_project(lab: Lab) -> None:
    """By its own name and, if an inventory was made, by the host's."""
    with Lab("instant") as crowded:
        hosts = fleet.seed(crowded, 3)
        assert set(crowded.hosts) == set(hosts)
        with pytest.raises(ValueError, match="the link 'project-1-vnet-1' has no private endpoint yet: build it first"):
            faults.inject(crowded, "rejected", link="project-1-vnet-1")
        with pytest.raises(ValueError, match=r"Did you mean project-1-vnet-2 or project-1-vnet-1"):
            faults.inject(crowded, "rejected", link="project-1-vnet-3")
    eyes = look(lab, "regions", regions=["eastus2", "westeurope"])
    second = eyes.link.sites[1].endpoint
    for fault in ("rejected", "ports_filtered", "never_registered", "wrong_ip_registered", "resolver_silent"):
        before = world(lab)
        faults.inject(lab, fault, link=second)
        assert eyes.endpoint()[1] == "Approved" and eyes.tcp()[:2] == ["ok", "ok"] and eyes.address()[0] == "NOERROR"
        faults.heal(lab, link=second)
        assert world(lab) == before


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("shadow_zon", {}, "there is no fault 'shadow_zon'. Did you mean shadow_zone"),
        ("xyzzy", {}, "there is no fault 'xyzzy'. The command faults lists all of them"),
        ("rejected", {"link": "sho"}, "there is no link 'sho'. Did you mean shop"),
        ("zone_group_missing", {"link": "shop"}, "is a fault of links to Azure DocumentDB only, and 'shop' is none"),
        ("shadow_zone", {"link": "mongo0"}, "is a fault of links to Atlas only, and 'mongo0' is none"),
        ("shadow_zone", {"link": "shop", "colour": "red"}, "the fault shadow_zone has no setting colour"),
        ("read_only", {"link": "shop"}, "the fault read_only hits the whole lab: leave out link=shop"),
        ("read_only", {"colour": "red"}, "the fault read_only has no setting colour: it takes none"),
        ("dns", {"efect": "drop"}, "the fault dns has no setting efect: only effect, name, type"),
        ("request", {"efect": "drop"}, "the fault request has no setting 'efect': one of effect, cloud,"),
        ("request", {"effect": "explode"}, "effect is 'explode': one of slow, refuse,"),
        ("request", {"seconds": "soon"}, "seconds is 'soon': a number from 0 to 3600, such as 2 or 0.15"),
        ("request", {"seconds": "-1"}, "seconds is '-1': a number"),
        ("request", {"seconds": "nan"}, "seconds is 'nan': a number"),
        ("request", {"times": "1.5"}, "times is '1.5': a whole number from 1"),
        ("request", {"times": 0}, "times is 0: a whole number from 1"),
        ("request", {"status": "200"}, "status is '200': a whole number from 400 to 599"),
        ("request", {"path": "("}, "path is '(': a regular expression"),
        ("request", {"cloud": "aws"}, "cloud is 'aws': one of atlas, azure, entra"),
        ("request", {"method": "FETCH"}, "method is 'FETCH': one of GET, HEAD,"),
    ],
)
def test_what_is_no_fault_no_link_or_no_setting_is_said_in_a_sentence(
    lab: Lab, name: str, settings: dict[str, Any], words: str
) -> None:
    if "shop" not in [project.name for project in lab.world.projects.values()]:
        look(lab, "shop")
    before = world(lab)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        faults.inject(lab, name, **settings)
    assert words in str(error.value) and "\n" not in str(error.value)
    assert world(lab) == before


@pytest.mark.parametrize(("effect", "seconds", "after"), [("throttle", "0.15", "1"), ("throttle", "2", "2")])
def test_seconds_may_be_fractions_and_retry_after_is_whole(lab: Lab, effect: str, seconds: str, after: str) -> None:
    faults.inject(lab, "request", effect=effect, seconds=seconds)
    answer = requests.get(lab.url("azure"), verify=str(lab.ca_path), timeout=10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, after)


def test_a_request_is_slow_by_a_fraction_of_a_second(lab: Lab) -> None:
    faults.inject(lab, "request", effect="slow", seconds="0.15")
    answer = requests.get(lab.url("azure"), verify=str(lab.ca_path), timeout=10)
    assert answer.status_code != 500 and answer.elapsed.total_seconds() >= 0.15


def test_what_is_slow_is_healed_as_well() -> None:
    """With the demo's pace, where the clouds take their time."""
    with Lab("demo") as slow:
        slow.seed()
        eyes, link = look(slow, "slow"), slow.build_mongo_link("slow", high_availability=True)
        before = world(slow)
        for fault in (*faults.LINK_FAULTS, *faults.MONGO_FAULTS):
            for name in faults.products_of(fault):
                faults.inject(slow, fault, link="pe-slow-eastus2" if name == "atlas" else "pe-slow")
            faults.heal(slow)
            assert world(slow) == before, fault
        assert healthy(eyes)
        write(slow, link)


@pytest.mark.parametrize("number", [0, 1])
def test_every_fault_fits_one_of_several_endpoints(number: int) -> None:
    with Lab("instant") as several:
        eyes = look(several, "several", regions=["eastus2", "westeurope"], sharded=True, regional_mode=True)
        before = world(several)
        for fault in faults.LINK_FAULTS:
            faults.inject(several, fault, link=eyes.link.sites[number].endpoint)
            assert world(several) != before, fault
            faults.heal(several)
            assert world(several) == before, fault
        assert eyes.write() == "ok"


def typed(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["tests.lab", *words])
    main()


def test_faults_are_listed_once_by_topic(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typed(monkeypatch, "faults")
    listed = capsys.readouterr().out.splitlines()
    assert [sum(line.startswith(f"  {name}: ") for line in listed) for name in faults.FAULTS] == [1] * len(
        faults.FAULTS
    )
    typed(monkeypatch, "faults", "lab")
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(faults.LAB_FAULTS)
    with pytest.raises(SystemExit):
        typed(monkeypatch, "fault", "--help")
    assert "shadow_zone" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fault", "shadow_zon"), "there is no fault 'shadow_zon'. Did you mean shadow_zone"),
        (("fault", "shadow_zone", "orders"), "'orders' is no setting: write name=value, such as link=orders"),
        (("demo", "--fault", "shadow_zon"), "Did you mean shadow_zone"),
        (("start", "--inventory", "no-such-file"), "the inventory no-such-file does not exist"),
        (("faults", "everything"), "invalid choice: 'everything'"),
    ],
)
def test_what_is_mistyped_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SystemExit):
        typed(monkeypatch, *words)
    printed = capsys.readouterr().err
    assert said in printed and len(printed) < 700


@pytest.mark.parametrize("words", [("heal", "a", "b"), ("heal", "link=a", "link=b"), ("heal", "seconds=1")])
def test_heal_takes_one_name_and_one_link(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit):
        typed(monkeypatch, *words)
    assert f"heal takes one NAME of a fault and one link=NAME, not '{words[-1]}'" in capsys.readouterr().err


def test_every_fault_has_one_topic() -> None:
    listed = [name for names in faults.TOPICS.values() for name in names]
    assert sorted(listed) == sorted(faults.FAULTS)
