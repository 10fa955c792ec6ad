# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants, subscriptions and resource groups."""

from __future__ import annotations

from collections.abc import Iterator

from tests.lab.arm_call import SUBSCRIPTIONS, ArmError, Call, Reply
from tests.lab.arm_core import Arm, Kind
from tests.lab.arm_names import group_location, refuse_group
from tests.lab.world import Json


class Tenants(Kind):
    def list_all(self, call: Call) -> Reply:
        principal = self.arm.principal(call)
        tenant = principal.tenant_id if principal else self.world.tenant_id
        return Reply(200, {"value": [{"id": f"/tenants/{tenant}", "tenantId": tenant, "displayName": "Lab"}]})


class Subscriptions(Kind):
    def get(self, call: Call) -> Reply:
        return Reply(200, self._subscription(call.id.subscription.lower()))

    def list_all(self, call: Call) -> Reply:
        seen = self.world.directory.seen_by(self.arm.principal(call))
        return Reply(200, {"value": [self._subscription(one) for one in seen]})

    def _subscription(self, subscription: str) -> Json:
        return {
            "id": f"/subscriptions/{subscription}",
            "subscriptionId": subscription,
            "tenantId": self.world.directory.subscriptions[subscription],
            "displayName": "Lab",
            "state": "Enabled",
            "subscriptionPolicies": {"spendingLimit": "Off"},
        }


class ResourceGroups(Kind):
    """A group is there at once; deleting it deletes what it holds."""

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm, f"{SUBSCRIPTIONS}/subscriptions/resourceGroups")

    def found(self, call: Call) -> Iterator[Json]:
        yield from self.world.of_type(f"{SUBSCRIPTIONS}/resourceGroups", f"/subscriptions/{call.id.subscription}/")

    def missing(self, call: Call) -> ArmError:
        return ArmError(404, "ResourceGroupNotFound", f"Resource group '{call.id.name}' could not be found.")

    def head(self, call: Call) -> Reply:
        return Reply(404 if self.current(call) is None else 204)

    def put(self, call: Call) -> Reply:
        current = self.current(call)
        if not call.body.get("location"):
            raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
        refuse_group(call.id.name)
        location = group_location(call)
        if current is not None and current["location"] != location:
            raise ArmError(
                409,
                "InvalidResourceGroupLocation",
                f"Invalid resource group location '{location}'. The Resource group already exists in location "
                f"'{current['location']}'.",
            )
        body = current or self.world.add_resource_group(call.id.name, location, call.id.subscription)
        if "tags" in call.body:
            body["tags"] = call.body["tags"] or {}
        return Reply(201 if current is None else 200, self.render(call, body))

    def patch(self, call: Call) -> Reply:
        body = self.required(call)
        body["tags"] = call.body.get("tags") or {}
        return Reply(200, self.render(call, body))

    def delete(self, call: Call) -> Reply:
        body = self.required(call)
        where = f"/subscriptions/{call.id.subscription}/operationResults"
        operation = self.arm.start(where, where, 0)
        self.remove(body, 0)
        location = self.arm.links(call, operation, location=True)["Location"]
        return Reply(202, headers={"Location": location})
