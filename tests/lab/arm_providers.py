# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource providers and preview features of the subscription: what is registered, and registering it.

Shapes and states: Azure REST reference of Microsoft.Resources (providers) and Microsoft.Features.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.lab.arm_call import SUBSCRIPTIONS, ArmError, Call, Reply, not_played
from tests.lab.arm_core import Arm, Kind
from tests.lab.arm_versions import of_type
from tests.lab.locations import NAMES
from tests.lab.world import Json, Timeline

PROVIDERS = f"{SUBSCRIPTIONS}/subscriptions/providers"
FEATURES = "Microsoft.Features/providers/features"
HIDDEN = ("locations", "privatednsoperation")  # where operations are looked at
DOING = {"register": ("Registering", "Registered"), "unregister": ("Unregistering", "Unregistered")}


def versions_of(type_: str) -> list[str]:
    """The api-versions in which a type is offered, newest first."""
    return sorted(of_type(type_), reverse=True)


def begin(kind: Kind, state: Timeline, verb: str, outcome: str) -> str:
    """Begins to register or unregister, unless that is so already or under way; the state that the answer shows."""
    first, last = DOING[verb]
    if state.now() in (first, last, outcome):
        return state.now()
    state.set(first).then(outcome, kind.world.pace.provider)
    return first


class Providers(Kind):
    """What needs a registration: the namespaces that the world lists."""

    def __init__(self, arm: Arm, type_: str = PROVIDERS) -> None:
        super().__init__(arm, type_)

    def get(self, call: Call) -> Reply:
        namespace, state = self.named(call)
        return Reply(200, self.shown(call, namespace, state.now()))

    def found(self, call: Call) -> Iterator[Json]:
        yield from (self.shown(call, namespace, state.now()) for namespace, state in self.world.providers.items())

    def named(self, call: Call) -> tuple[str, Timeline]:
        """The provider in a path, as it is spelled, and its state."""
        wanted = call.id.names[1]
        found = [(name, state) for name, state in self.world.providers.items() if name.lower() == wanted.lower()]
        if not found:
            raise not_played(call.method, call.id.address)
        return found[0]

    def shown(self, call: Call, namespace: str, state: str) -> Json:
        return {
            "id": f"/subscriptions/{call.id.subscription}/providers/{namespace}",
            "namespace": namespace,
            "registrationPolicy": "RegistrationRequired",
            "registrationState": state,
            "resourceTypes": [
                {
                    "resourceType": name,
                    "locations": ["global"] if name.startswith("privateDnsZones") else NAMES,
                    "apiVersions": versions_of(f"{namespace}/{name}"),
                    "capabilities": "None",
                }
                for name in self._types(namespace)
            ],
        }

    def _types(self, namespace: str) -> list[str]:
        names = [kind.type.partition("/") for kind in self.arm.kinds.values()]
        return [name for owner, _slash, name in names if owner == namespace and not name.lower().startswith(HIDDEN)]


class ProviderActions(Providers):
    """`register` or `unregister` a provider."""

    verbs = ("POST",)

    def __init__(self, arm: Arm, verb: str) -> None:
        super().__init__(arm, f"{PROVIDERS}/{verb}")
        self.verb = verb

    def action(self, call: Call) -> str:
        return f"{call.id.names[1]}/{self.verb}/action"

    def answer(self, call: Call) -> Reply:
        if call.method not in self.verbs:
            raise self._refused(call)
        namespace, state = self.named(call)
        return Reply(200, self.shown(call, namespace, begin(self, state, self.verb, DOING[self.verb][1])))


class Features(Kind):
    """Previews; one that Microsoft decides about waits as Pending."""

    def __init__(self, arm: Arm, type_: str = FEATURES) -> None:
        super().__init__(arm, type_)

    def get(self, call: Call) -> Reply:
        name, state = self.named(call)
        return Reply(200, self.shown(call, name, state.now()))

    def found(self, call: Call) -> Iterator[Json]:
        for name, state in self.world.features.items():
            if name.lower().startswith(call.id.names[0].lower() + "/"):
                yield self.shown(call, name, state.now())

    def named(self, call: Call) -> tuple[str, Timeline]:
        """The feature in a path, `namespace/feature`, and its state (source of the words: Azure/azure-cli issue 32059;
        that the code is FeatureNotFound is unverified)."""
        wanted = f"{call.id.names[0]}/{call.id.names[1]}"
        found = [(name, state) for name, state in self.world.features.items() if name.lower() == wanted.lower()]
        if not found:
            raise ArmError(404, "FeatureNotFound", f"The feature '{call.id.names[1]}' could not be found.")
        return found[0]

    def shown(self, call: Call, name: str, state: str) -> Json:
        namespace, _slash, feature = name.partition("/")
        where = f"/subscriptions/{call.id.subscription}/providers/Microsoft.Features/providers"
        return {
            "id": f"{where}/{namespace}/features/{feature}",
            "name": name,
            "type": FEATURES,
            "properties": {"state": state},
        }


class FeatureActions(Features):
    """`register` or `unregister` a feature."""

    verbs = ("POST",)

    def __init__(self, arm: Arm, verb: str) -> None:
        super().__init__(arm, f"{FEATURES}/{verb}")
        self.verb = verb

    def action(self, call: Call) -> str:
        return f"{FEATURES}/{self.verb}/action"

    def answer(self, call: Call) -> Reply:
        if call.method not in self.verbs:
            raise self._refused(call)
        name, state = self.named(call)
        outcome = self.world.next_feature_outcome if self.verb == "register" else DOING[self.verb][1]
        return Reply(200, self.shown(call, name, begin(self, state, self.verb, outcome)))
