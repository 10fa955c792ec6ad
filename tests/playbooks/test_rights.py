# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole jobs with the roles in examples/rights: they take exactly these rights, and name one that is missing.

Every single action is taken away from every role in tests/integration/test_rights.py.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.__main__ import main
from tests.lab.links import Clouds
from tests.lab.mongo_cluster import ZONE
from tests.lab.rights import Assignment, Role
from tests.lab.runtime import Lab
from tests.support.ansible import Play
from tests.tools.stage import CHECKOUT

pytestmark = pytest.mark.full

ROLES = CHECKOUT / "examples" / "rights" / "azure"
BUILD = {"atlas": "atlas_private_link", "mongo_cluster": "mongo_cluster_private_link"}
FILES = {"atlas": "atlas", "mongo_cluster": "documentdb"}
#: What only a network that is there, but lacks the subnet, takes.
ELSEWHERE = {"Microsoft.Network/virtualNetworks/subnets/write"}


@pytest.fixture
def allow(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`allow("atlas-apply", without="...")`: nothing but that, as `python -m tests.lab rights` does it."""
    lab.write_state()

    def give(name: str, *, without: str = "") -> None:
        definition = json.loads((ROLES / f"{name}.json").read_text())
        definition["Actions"] = [action for action in definition["Actions"] if action != without]
        file = tmp_path / "role.json"
        file.write_text(json.dumps(definition))
        monkeypatch.setattr(sys, "argv", ["lab", "--directory", str(lab.directory), "rights", str(file)])
        main()

    return give


@pytest.mark.parametrize(
    ("product", "missing"),
    [
        ("atlas", {"verify": "Microsoft.Network/privateDnsZones/ALL/read"}),
        ("mongo_cluster", {"apply": "Microsoft.Network/privateDnsZones/join/action"}),
    ],
)
def test_a_job_takes_what_its_role_allows_and_no_less(
    lab: Lab, play: Play, allow: Callable[..., None], product: str, missing: dict[str, str]
) -> None:
    options = {"private_link_dns_mode": "cluster_zone"} if product == "atlas" else {}
    # The second run to apply finds what the first one has left: the link, or what was made before the refusal.
    twice = 1 if "apply" in missing else 2
    jobs = [*[("apply", BUILD[product])] * twice, ("verify", "verify"), ("teardown", "teardown")]
    demanded: dict[str, set[str]] = {}
    for job, playbook in jobs:
        lab.world.rights.demanded.clear()
        lacking = missing.pop(job, "")
        if lacking:
            allow(f"{FILES[product]}-{job}", without=lacking)
            told = " ".join(play(playbook, product=product, **options).output.split())
            assert f"allows {lacking}: az role assignment create" in told and "Traceback" not in told, told[-4000:]
        allow(f"{FILES[product]}-{job}")
        play(playbook, product=product, **options).assert_ok()
        demanded[job] = demanded.get(job, set()) | lab.world.rights.demanded
    for job, needed in demanded.items():
        assert needed == set(Role.load(ROLES / f"{FILES[product]}-{job}.json").actions) - ELSEWHERE


def test_network_and_zone_of_other_teams(lab: Lab, play: Play) -> None:
    """Each is in a resource group of its own, where only the small roles are granted."""
    asked = lab.link_variables("mongo_cluster")
    hub, dns = (lab.world.add_resource_group(name, "eastus2")["id"] for name in ("rg-hub", "rg-dns"))
    network = f"{hub}/providers/Microsoft.Network/virtualNetworks/{asked['mongo_cluster_private_link_virtual_network']}"

    def by_them() -> str:
        clouds = Clouds(lab.world)
        prefix = {"addressPrefix": asked["mongo_cluster_private_link_subnet_address_prefix"]}
        properties = {
            "addressSpace": {"addressPrefixes": asked["mongo_cluster_private_link_address_prefixes"]},
            "subnets": [{"name": asked["mongo_cluster_private_link_subnet"], "properties": prefix}],
        }
        clouds.put(network, {"location": "eastus2", "properties": properties})
        return clouds.put_zone(dns, ZONE, [network], {})

    zone = lab.change(by_them)
    lab.world.rights.assignments = [
        Assignment(
            Role.load(ROLES / "documentdb-apply.json"),
            f"/subscriptions/{lab.world.subscription_id}/resourceGroups/rg-app",
        ),
        Assignment(Role.load(ROLES / "others-network.json"), network),
        Assignment(Role.load(ROLES / "others-zone.json"), zone),
    ]
    where = {"mongo_cluster_private_link_virtual_network_resource_group": "rg-hub"}
    built = play(BUILD["mongo_cluster"], product="mongo_cluster", private_link_dns_resource_group="rg-dns", **where)
    assert "The private link works." in built.assert_ok().output
