# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The registration of a resource provider, or of one of its preview features, in a subscription.

Sources: Microsoft, Azure resource providers and types (registrationState); Microsoft, set up preview features (states);
az feature register, which says that a provider is to be registered again for a new feature to reach it.
"""

from __future__ import annotations

import re
import typing as t

from .._engine import FAILED, PENDING, READY, Health, Plan, Resource, Step, Waiter, settle
from .._errors import InvalidInput, LostAnswer, NotFound
from .client import Client
from .versions import FEATURES_VERSION, PROVIDERS_VERSION

State = dict[str, t.Any]

REGISTERED = "Registered"


def checked_namespace(value: str, option: str = "namespace") -> str:
    """The name of a resource provider as it is, or `InvalidInput`."""
    if not re.fullmatch(r"[a-z0-9]+(\.[a-z0-9]+)+", value, re.ASCII | re.IGNORECASE):
        raise InvalidInput(option, value, "the name of a resource provider, such as Microsoft.DocumentDB")
    return value


def checked_feature(value: str, option: str = "feature") -> str:
    """The name of a feature as it is, or `InvalidInput`."""
    if not re.fullmatch(r"[\w.-]+", value, re.ASCII):
        raise InvalidInput(
            option, value, "the name of a preview feature without its provider, such as EncryptionAtHost"
        )
    return value


class ProviderFeature(Resource):
    """Registers a provider, or with `feature` one of its preview features, which must then reach the provider.

    A feature that Azure does not know has no state: it is refused, unless `ignore_unknown`.
    """

    key = "provider_feature"

    def __init__(
        self, client: Client, namespace: str, feature: str | None = None, ignore_unknown: bool = False
    ) -> None:
        self._client, self._ignore_unknown = client, ignore_unknown
        self._names: State = {"namespace": namespace, "feature": feature}
        self._provider = f"/subscriptions/{client.subscription}/providers/{namespace}"
        features = f"/subscriptions/{client.subscription}/providers/Microsoft.Features/providers/{namespace}/features"
        self._feature = f"{features}/{feature}" if feature else None
        self.kind = "preview feature" if feature else "resource provider"
        self.label = f"{namespace}/{feature}" if feature else namespace

    def read(self) -> State:
        if self._feature:
            found = self._client.find(self._feature, FEATURES_VERSION, absent=("FeatureNotFound",))
            return {**self._names, "state": found and found["properties"]["state"]}
        return {**self._names, "state": self._client.get(self._provider, PROVIDERS_VERSION)["registrationState"]}

    def plan(self, current: State | None, desired: State | None) -> Plan:
        state = (current or {}).get("state")
        if state is None:
            return self._plan_unknown()
        return Plan() if state in (REGISTERED, "Registering", "Pending") else Plan((Step("update", self.title()),))

    def _plan_unknown(self) -> Plan:
        unknown = f"Azure knows no {self.title()}"
        if self._ignore_unknown:
            return Plan(notes=(f"{unknown}; it is taken for one that is not needed (any more).",))
        raise NotFound(
            unknown,
            "the feature is available to everybody by now, has another name, or never existed in this cloud",
            "Leave it out, correct its name (az feature list --namespace "
            f"{self._names['namespace']}), or set if_unknown=ignore.",
        )

    def predict(self, current: State | None, desired: State | None) -> State:
        return {**self._names, "state": REGISTERED}

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        if not self._feature:
            self._client.write("POST", f"{self._provider}/register", PROVIDERS_VERSION)
            return
        try:
            self._client.write("POST", f"{self._feature}/register", FEATURES_VERSION)
        except LostAnswer:
            if self.plan(self.read(), None).steps:
                raise  # else it was done, and the provider is still to hear of it
        state = settle(self, waiter, self.read(), True) if waiter else self.read()
        if state["state"] == REGISTERED:
            self._client.write("POST", f"{self._provider}/register", PROVIDERS_VERSION)

    def health(self, state: t.Any, wanted: bool) -> Health:
        word = state["state"]
        if word == "Pending":
            return Health(
                word,
                FAILED,
                "Microsoft has to approve it first, which takes days, so waiting here is of no use",
                "Ask for the approval as the feature's documentation says, and run again when it is there; with "
                "wait=false the task does not fail meanwhile.",
            )
        return Health(word or "unknown", READY if word in (REGISTERED, None) else PENDING)
