# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Azure Resource Manager through Microsoft's own clients: one way to call them, and plain ARM JSON in and out.

The models of azure-mgmt-network and azure-mgmt-privatedns differ between their versions, JSON does not: bodies are sent
as bytes, and answers are taken before a model is made of them. Knows ARM's conventions, no resource and no Ansible.
"""

from __future__ import annotations

import copy
import importlib
import json
import typing as t
from functools import cached_property

from .._engine import PENDING, Health, Waiter
from .._errors import Failure, LostAnswer, MissingLibrary, NotFound, Unavailable
from .credentials import Cloud, choose, cloud, credential, refused
from .errors import translate
from .ids import checked_subscription

try:
    from azure.core.exceptions import (
        AzureError,
        ClientAuthenticationError,
        DecodeError,
        HttpResponseError,
        ServiceRequestError,
    )
    from azure.mgmt.core.polling.arm_polling import ARMPolling
except ImportError as error:
    AZURE_ERROR: str | None = str(error)
    ARMPolling = object  # type: ignore[assignment,misc,unused-ignore]
else:
    AZURE_ERROR = None

#: What every cloud, the sovereign ones too, has had for a while (source: azure-mgmt-network 28.1, azure-mgmt-privatedns
#: 1.2). `resolutionPolicy` of zone links needs the second.
NETWORK_VERSION = "2024-05-01"
DNS_VERSION = "2024-06-01"

#: The 404s that say of a resource that it does not exist. Any other 404 is about something that it needs.
GONE = ("ResourceNotFound", "NotFound")
#: For somebody who wants it gone, it is also gone with what it was in.
GONE_WITH_PARENT = (*GONE, "ParentResourceNotFound", "ResourceGroupNotFound")

_VERBS = {"get": "read", "list": "list", "create": "create or update", "update": "update", "delete": "delete"}

Json = t.Any


class Client:
    """One identity and one subscription. `network` and `dns` are imported and made when they are first used, because
    azure-mgmt-network takes half a second to import."""

    def __init__(self, options: t.Mapping[str, t.Any]) -> None:
        if AZURE_ERROR:
            raise MissingLibrary("azure-identity and azure-mgmt-core", AZURE_ERROR)
        self.subscription = checked_subscription(options.get("subscription_id"))
        self._cloud = cloud(options)
        source = choose(options)
        self._who, self._credential = source.title, credential(source, self._cloud)

    @cached_property
    def network(self) -> Api:
        """Virtual networks, private endpoints and network interfaces."""
        return self._api("azure.mgmt.network", "NetworkManagementClient", NETWORK_VERSION)

    @cached_property
    def dns(self) -> Api:
        """Private DNS zones, their links and their record sets."""
        return self._api("azure.mgmt.privatedns", "PrivateDnsManagementClient", DNS_VERSION)

    def _api(self, package: str, name: str, version: str) -> Api:
        try:
            make = getattr(importlib.import_module(package), name)
        except ImportError as error:
            raise MissingLibrary(package.replace(".", "-"), str(error)) from None
        sdk = make(
            self._credential,
            self.subscription,
            base_url=self._cloud.manager,
            api_version=version,
            credential_scopes=[self._cloud.scope],
            connection_timeout=10,
            read_timeout=60,
            retry_total=5,
            user_agent="privatelink.mongodb",
            **({"connection_verify": self._cloud.ca_path} if self._cloud.ca_path else {}),
        )
        return Api(sdk, version, self._cloud, self._who)


class Api:
    """One SDK client. An operation is named as the SDK names it, "private_endpoints.get"; `names` are the names in
    the resource's path, outermost first. All methods raise `Failure`s.

    A read is repeated by azure-core on 429, 5xx and broken connections, as ARM asks with Retry-After. A write is not:
    a lock or a lost answer goes to the engine, which reads again before it decides. That matters most for a write that
    must create (`create_only`): repeated after a lost answer it would be refused because of what it did itself.
    """

    def __init__(self, sdk: t.Any, version: str, where: Cloud, who: str) -> None:
        self._sdk, self._version, self._cloud, self._who = sdk, version, where, who

    def get(self, operation: str, *names: str) -> Json:
        """One resource. Raises `NotFound`."""
        return self._read(operation, names, lambda method, more: method(*names, **more))[0]

    def find(self, operation: str, *names: str, absent: t.Collection[str] = GONE) -> Json | None:
        """One resource, or None: only for a 404 with one of these codes."""
        try:
            return self.get(operation, *names)
        except NotFound as error:
            if error.http_status == 404 and error.code in absent:
                return None
            raise

    def pages(self, operation: str, *names: str, absent: t.Collection[str] = ()) -> list[Json]:
        """All resources of a collection, page after page; none for a 404 with one of these codes."""
        try:
            pages = self._read(operation, names, lambda method, more: list(method(*names, **more)))
        except NotFound as error:
            if error.http_status == 404 and error.code in absent:
                return []
            raise
        return [item for page in pages for item in page.get("value") or []]

    def write(
        self,
        operation: str,
        *names: str,
        body: Json = None,
        if_match: str | None = None,
        create_only: bool = False,
        waiter: Waiter | None = None,
    ) -> None:
        """Creates, changes or deletes. With a waiter, a long-running operation is followed to its end.

        `if_match` is the ETag of what the change is based on. Raises `Busy`, `Raced` and `LostAnswer`, among others.
        """
        headers = {**({"If-Match": if_match} if if_match else {}), **({"If-None-Match": "*"} if create_only else {})}
        more: dict[str, t.Any] = {"params": self._params(), "headers": headers, "retry_total": 0}
        arguments = names if body is None else (*names, json.dumps(body).encode())
        group, method = operation.split(".")
        title = _thing(group, names)
        if method.startswith("begin_"):
            more["polling"] = _Polling(waiter, title, self._cloud.manager) if waiter else False
        try:
            result = getattr(getattr(self._sdk, group), method)(*arguments, **more)
            if waiter and method.startswith("begin_"):
                result.result()
        except AzureError as error:
            raise self._failure(error, f"{_verb(method)} {title}", write=True) from None

    def _read(self, operation: str, names: tuple[str, ...], run: t.Callable[[t.Any, t.Any], t.Any]) -> list[Json]:
        """The bodies of all answers, as ARM sent them."""
        bodies: list[Json] = []

        def keep(answer: t.Any) -> None:
            if answer.http_response.status_code == 200:
                bodies.append(answer.http_response.json())

        group, method = operation.split(".")
        try:
            run(
                getattr(getattr(self._sdk, group), method),
                {"params": self._params(), "raw_response_hook": keep},
            )
        except AzureError as error:
            raise self._failure(error, f"{_verb(method)} {_thing(group, names)}", write=False) from None
        return bodies

    def _params(self) -> dict[str, str]:
        """azure-mgmt-network takes the version with each call, azure-mgmt-privatedns only when the client is made."""
        return {"api-version": self._version}

    def _failure(self, error: t.Any, what: str, write: bool) -> Failure:
        response = getattr(error, "response", None)
        if isinstance(error, ClientAuthenticationError) and not self._is_arm(response):
            lost = isinstance(error.__cause__, AzureError) and not isinstance(error.__cause__, HttpResponseError)
            return refused(error.message, self._who, reached=not lost)
        if isinstance(error, HttpResponseError) and response is not None and not isinstance(error, DecodeError):
            return translate(what, response.status_code, _json(response), response.headers, write=write)
        reason = " ".join(str(error).split())
        if write and not isinstance(error, ServiceRequestError):
            return LostAnswer(
                f"Azure did not answer the request to {what}",
                reason,
                "Run again: what happened meanwhile is read first.",
            )
        return Unavailable(
            f"Azure cannot be reached to {what}",
            reason,
            "Check resource_manager_url, DNS, proxy and firewall; behind a proxy that intercepts TLS, give its CA with "
            "ca_path.",
        )

    def _is_arm(self, response: t.Any) -> bool:
        return response is not None and str(response.request.url).startswith(self._cloud.manager + "/subscriptions/")


class _Polling(ARMPolling):  # type: ignore[misc,type-arg,unused-ignore]
    """Follows a long-running operation with the engine's pauses: the server's Retry-After, or soon and then later, up
    to one deadline. azure-core alone would look every 30 seconds, without end."""

    def __init__(self, waiter: Waiter, title: str, base_url: str) -> None:
        super().__init__(timeout=0, path_format_arguments={"endpoint": base_url})
        self._waiter, self._title = waiter, title

    def _delay(self) -> None:
        retry_after = self._extract_delay() or None
        self._waiter.pause(self._title, Health(self.status(), PENDING), retry_after)


def resend(found: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A copy of a resource as ARM sent it, to be changed and sent back: a PUT replaces, so what is left out is lost."""
    return copy.deepcopy({name: value for name, value in found.items() if name not in ("id", "name", "type", "etag")})


def _thing(group: str, names: tuple[str, ...]) -> str:
    """("private_endpoints", ("rg", "pe")) is "private endpoint pe"."""
    kind = group.replace("private_zones", "private DNS zones").replace("_", " ")
    return f"{kind[:-1]} {names[-1]}" if len(names) > 1 else f"{kind} of {names[0] if names else 'the subscription'}"


def _verb(method: str) -> str:
    return next(verb for name, verb in _VERBS.items() if method.removeprefix("begin_").startswith(name))


def _json(response: t.Any) -> Json:
    try:
        return json.loads(response.text())
    except (ValueError, AzureError):
        return None
