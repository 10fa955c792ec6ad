# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of examples/awx in the engine that AWX runs, against a lab: survey, check, cancellation, artifacts, slices."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.awx.jobs import Done, Jobs, Unsafe, Values, role_options, sliced, survey
from tests.lab import fleet
from tests.lab.runtime import WAIT_DELAYS, Lab
from tests.playbooks.test_fleet import assert_whole
from tests.support.ansible import LOCAL
from tests.support.asserts import writes
from tests.tools.stage import CHECKOUT

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]

ROLES = sorted(path.name for path in (CHECKOUT / "roles").iterdir())
#: What configure.yml makes of the inventory "Private links - one".
ONE: Values = {"all": {"hosts": {"localhost": LOCAL}}}


@pytest.fixture(scope="module", autouse=True)
def _bare() -> Iterator[None]:
    """A job has no credentials but those of its template."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AZURE_", "MONGODB_ATLAS_"))]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="module")
def world() -> Iterator[Lab]:
    with Lab("instant") as running:
        running.seed()
        yield running


def azure(lab: Lab) -> dict[str, str]:
    """The inputs of the Azure credential."""
    world = lab.world
    return {
        "subscription": world.subscription_id,
        "tenant": world.tenant_id,
        "client": world.client_id,
        "secret": world.client_secret,
    }


def of_account(lab: Lab) -> dict[str, str]:
    """Those of the Atlas credential, with a service account; the key's are blank."""
    account = next(one for one in lab.world.credentials.values() if one.kind == "service_account")
    return {"client_id": account.id, "client_secret": account.secret, "base_url": lab.url("atlas")}


def of_key(lab: Lab) -> dict[str, str]:
    """The other way round."""
    key = next(one for one in lab.world.credentials.values() if one.kind == "key")
    return {"public_key": key.id, "private_key": key.secret, "base_url": lab.url("atlas")}


def answered(lab: Lab, product: str = "atlas") -> Values:
    """The answers to a product's survey for the lab's link, as text; what nobody said is blank."""
    link = lab.link_variables(product)
    asked = {question["variable"] for question in survey(f"{product}_private_link")}
    return {
        variable: ",".join(value) if isinstance(value, list) else value
        for variable, value in link.items()
        if variable in asked
    }


def beside(lab: Lab) -> Values:
    """Variables of the template that only a lab needs; all others that roles have are blank, as if a survey asked."""
    link = lab.link_variables()
    names = ("private_link_verify_resolvers", "private_link_verify_ca_path")
    delays = dict.fromkeys(("atlas_private_link_wait_delay", "private_link_dns_wait_delay"), WAIT_DELAYS["instant"])
    blank = dict.fromkeys(role_options(*ROLES), Unsafe(""))
    return {**blank, **{name: link[name] for name in names}, **delays, "private_link_verify_write_report": False}


def ended(job: Done, status: str = "successful") -> Done:
    assert job.status == status, job.output[-6000:]
    return job


# -- one link, from a survey ---------------------------------------------------------------------------------------


@dataclass
class Story:
    """The jobs of one link by what they were for, in their order. What the clouds were asked to write by each, and what
    stood after it."""

    jobs: dict[str, Done] = field(default_factory=dict)
    written: dict[str, list[str]] = field(default_factory=dict)
    standing: dict[str, dict[str, int]] = field(default_factory=dict)


def standing(lab: Lab) -> dict[str, int]:
    """How many there are of each."""
    services = [service for _project, service in lab.world.services()]
    kinds = ("virtualNetworks", "privateEndpoints", "privateDnsZones", "privateDnsZones/virtualNetworkLinks")
    return {
        "services": len(services),
        "interfaces": sum(len(service.interfaces) for service in services),
        **{kind: len(lab.world.of_type(f"Microsoft.Network/{kind}")) for kind in kinds},
    }


@pytest.fixture(scope="module")
def story(world: Lab, tmp_path_factory: pytest.TempPathFactory) -> Story:
    account = Jobs(tmp_path_factory.mktemp("account"), world, of_account(world), azure(world))
    key = Jobs(tmp_path_factory.mktemp("key"), world, of_key(world), azure(world))
    answers = answered(world)
    told = Story()

    def play(name: str, jobs: Jobs, template: str, status: str = "successful", **more: Any) -> None:
        before = len(writes(world))
        launched = jobs.launch(template, ONE, **{"answers": answers, "more": beside(world), **more})
        told.jobs[name] = ended(launched, status)
        told.written[name], told.standing[name] = writes(world)[before:], standing(world)

    play("check", account, "Atlas private link - check")
    play("check other", key, "DocumentDB private link - check", answers=answered(world, "mongo_cluster"))
    # The job is killed while Atlas is at it: the endpoint gets registered, and nobody hears of it.
    world.traffic.inject("slow", cloud="atlas", method="POST", path="/endpoint$", seconds=2)
    cut = {"cancel": lambda: any(path.endswith("/endpoint") for path in writes(world))}
    play("cut", account, "Atlas private link - apply", "canceled", **cut)
    play("again", account, "Atlas private link - apply", arguments="-vvvv")
    elsewhere = {**answers, "atlas_private_link_endpoint_name": "pe-elsewhere"}
    play("broken", key, "Atlas private link - verify", "failed", answers=elsewhere)
    play("teardown", key, "Atlas private link - teardown")
    return told


def test_a_check_of_an_empty_world_changes_nothing(story: Story) -> None:
    for job in ("check", "check other"):
        assert story.written[job] == [] and set(story.standing[job].values()) == {0}
        assert "+++ after" in story.jobs[job].output and story.jobs[job].artifacts == {}


def test_a_job_that_was_cancelled_is_launched_again(story: Story) -> None:
    assert story.standing["cut"]["privateEndpoints"] == 1 and story.standing["cut"]["privateDnsZones"] == 0
    assert story.standing["again"] == dict.fromkeys(story.standing["again"], 1)


def test_a_job_hands_over_its_verdict_and_the_connection_string(story: Story) -> None:
    told = story.jobs["again"].artifacts
    assert told["private_link_ok"] is True and told["private_link_summary"] == "The private link works."
    assert told["private_link_connection_string"].startswith("mongodb+srv://cluster0-pl-0.")
    assert "@" not in told["private_link_connection_string"]
    assert {name: value for name, value in told.items() if "localhost" not in name} == {
        name.replace("localhost_", ""): value for name, value in told.items() if "localhost" in name
    }


def test_a_broken_link_fails_the_job_after_it_has_said_why(story: Story) -> None:
    told = story.jobs["broken"].artifacts
    assert (told["private_link_ok"], told["private_link_hop"]) == (False, "private_endpoint")
    assert (
        "private_endpoint" in told["private_link_summary"] and told["private_link_cause"] and told["private_link_fix"]
    )
    assert told["private_link_connection_string"] == ""
    assert story.written["broken"] == []


def test_the_same_answers_take_the_link_down(story: Story) -> None:
    left = {kind for kind, count in story.standing["teardown"].items() if count}
    assert left == {"virtualNetworks"}  # which has to be asked for


def test_no_secret_is_left_behind(world: Lab, story: Story) -> None:
    secrets = {
        *(one.secret for one in world.world.credentials.values()),
        world.world.client_secret,
        str(world.link_variables()["private_link_verify_password"]),
        "Bearer ",
        "eyJ",  # how an access token begins
    }
    assert len(secrets) >= 5
    for name, job in story.jobs.items():
        files = dict(job.left_behind())
        assert any(path.parent.name == "job_events" for path in files) and any(path.name == "stdout" for path in files)
        for path, text in files.items():
            assert not [secret for secret in secrets if secret in text], (name, path)


# -- a fleet, in slices --------------------------------------------------------------------------------------------


def test_three_slices_of_a_fleet_at_once(lab: Lab, tmp_path: Path) -> None:
    """Links share projects, endpoint services and networks; those of a slice are every third one."""
    hosts = fleet.seed(lab, 4)
    inventory = fleet.inventory(hosts)
    jobs = Jobs(tmp_path, lab, of_account(lab), azure(lab))

    def slice_of(number: int) -> Done:
        more = {"private_link_verify_write_report": False}
        return jobs.launch("Atlas private links - apply fleet", sliced(inventory, number, 3), more=more)

    with ThreadPoolExecutor(3) as pool:
        done = [ended(job) for job in pool.map(slice_of, (1, 2, 3))]
    assert_whole(lab, hosts)
    told = [{name: value for name, value in job.artifacts.items() if name.endswith("_ok")} for job in done]
    assert [len(one) for one in told] == [3, 2, 2]  # its links, and all of them
    assert {name for one in told for name in one} == {
        "private_link_ok",
        *(f"private_link_{host.replace('-', '_')}_ok" for host in hosts),
    }
    assert all(value is True for one in told for value in one.values())
