# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two subscriptions with endpoints of the same name and resource group, both registered with one endpoint service."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.lab.runtime import Lab
from tests.lab.world import Interface, Project, Timeline
from tests.support.ansible import Play

pytestmark = pytest.mark.full

OTHER = "11112222-3333-4444-5555-666677778888"


def test_a_teardown_removes_the_registration_of_its_own_subscription(lab: Lab, play: Play, project: Project) -> None:
    link: dict[str, Any] = lab.link_variables()
    group, name = link["atlas_private_link_resource_group"], link["atlas_private_link_endpoint_name"]
    service = lab.world.add_service(project, "US_EAST_2")
    service.timeline.set("AVAILABLE")
    theirs, ours = (
        f"/subscriptions/{one}/resourceGroups/{group}/providers/Microsoft.Network/privateEndpoints/{name}"
        for one in (OTHER, lab.world.subscription_id)
    )
    for index, one in enumerate((theirs, ours)):
        timeline = Timeline(lab.world.clock, "AVAILABLE")
        timeline.backdate(3600)
        address = f"127.20{index}.0.9"
        service.interfaces[one.lower()] = Interface(one, address, index, timeline, f"{uuid.uuid4()}%2Fx%2Fy")

    vague = play("teardown", atlas_private_link_manage_endpoint=False)
    assert vague.code == 2
    told = " ".join(vague.output.split())
    for word in (theirs, ours, "atlas_private_link_subscription_id", "atlas_private_link_endpoint_id"):
        assert word in told, told[-3000:]
    assert not [one for one in lab.requests if one.is_write]

    exact = {
        "atlas_private_link_manage_endpoint": False,
        "atlas_private_link_subscription_id": lab.world.subscription_id,
    }
    done = play("teardown", **exact)
    assert done.code == 0, done.output[-3000:]
    assert list(service.interfaces) == [theirs.lower()]
