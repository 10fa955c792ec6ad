# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Azure Resource Manager through Microsoft's own clients: one way to call them, and plain ARM JSON in and out.

Networks and private DNS have clients of their own, all else is called by its path. The models of azure-mgmt-network and
azure-mgmt-privatedns differ between their versions, JSON does not: bodies are sent as bytes, and answers are taken
before a model is made of them. Knows ARM's conventions, no resource and no Ansible.
"""

from __future__ import annotations

import abc
import contextlib
import copy
import importlib
import json
import typing as t
from functools import cached_property
from urllib.parse import quote, urlencode

from .._engine import PENDING, Health, Waiter
from .._errors import Failure, InvalidInput, LostAnswer, MissingLibrary, NotFound, Unavailable
from .credentials import Cloud, choose, cloud, credential, refused
from .errors import translate
from .ids import checked_subscription, parse, title, words
from .versions import DNS_VERSION, KNOWN, NETWORK_VERSION, PROVIDERS_VERSION, checked_version, newest

try:
    from azure.core.exceptions import (
        AzureError,
        ClientAuthenticationError,
        DecodeError,
        HttpResponseError,
        ServiceRequestError,
    )
    from azure.core.pipeline import policies
    from azure.core.polling import LROPoller
    from azure.core.rest import HttpRequest
    from azure.mgmt.core import ARMPipelineClient
    from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy
    from azure.mgmt.core.polling.arm_polling import ARMPolling
except ImportError as error:
    AZURE_ERROR: str | None = str(error)
    ARMPolling = object  # type: ignore[assignment,misc,unused-ignore]
else:
    AZURE_ERROR = None

#: The 404s that say of a resource that it does not exist. Any other 404 is about something that it needs.
GONE = ("ResourceNotFound", "NotFound")
#: For somebody who wants it gone, it is also gone with what it was in.
GONE_WITH_PARENT = (*GONE, "ParentResourceNotFound", "ResourceGroupNotFound")

#: How an operation of an SDK begins, or the method of a request, and what that does.
_VERBS = {
    **{"get": "read", "list": "list", "create": "create or update", "update": "update", "delete": "delete"},
    **{"put": "create or update", "patch": "update"},
}

Json = t.Any


class Client:
    """One identity and one subscription. Each kind of caller is imported and made when it is first used, because
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

    @cached_property
    def resources(self) -> Resources:
        """Everything else: any resource, by its path."""
        settings = self._settings()
        steps = [
            policies.RequestIdPolicy(**settings),
            policies.HeadersPolicy(**settings),
            policies.UserAgentPolicy(**settings),
            policies.ProxyPolicy(**settings),
            policies.ContentDecodePolicy(**settings),
            policies.RedirectPolicy(**settings),
            policies.RetryPolicy(**settings),
            ARMChallengeAuthenticationPolicy(self._credential, self._cloud.scope, **settings),
            policies.SensitiveHeaderCleanupPolicy(**settings),
        ]
        arm: t.Any = ARMPipelineClient(self._cloud.manager, policies=steps, **settings)
        return Resources(arm, self._cloud, self._who)

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
            **self._settings(),
        )
        return Api(sdk, version, self._cloud, self._who)

    def _settings(self) -> dict[str, t.Any]:
        return {
            "connection_timeout": 10,
            "read_timeout": 60,
            "retry_total": 5,
            "user_agent": "privatelink.mongodb",
            **({"connection_verify": self._cloud.ca_path} if self._cloud.ca_path else {}),
        }


class _Calls(abc.ABC):
    """What is the same however ARM is called. `target` and `more` say what is meant, in the words of the subclass. All
    methods raise `Failure`s.

    A read is repeated by azure-core on 429, 5xx and broken connections, as ARM asks with Retry-After. A write is not:
    a lock or a lost answer goes to the engine, which reads again before it decides. That matters most for a write that
    must create (`create_only`): repeated after a lost answer it would be refused because of what it did itself.
    """

    def __init__(self, where: Cloud, who: str) -> None:
        self._cloud, self._who = where, who

    def get(self, target: str, *more: str) -> Json:
        """One resource. Raises `NotFound`."""
        return self._read(target, more)[0]

    def find(self, target: str, *more: str, absent: t.Collection[str] = GONE) -> Json | None:
        """One resource, or None: only for a 404 with one of these codes."""
        try:
            return self.get(target, *more)
        except NotFound as error:
            if error.http_status == 404 and error.code in absent:
                return None
            raise

    def pages(self, target: str, *more: str, absent: t.Collection[str] = ()) -> list[Json]:
        """All resources of a collection, page after page; none for a 404 with one of these codes."""
        try:
            pages = self._read(target, more, every=True)
        except NotFound as error:
            if error.http_status == 404 and error.code in absent:
                return []
            raise
        return [item for page in pages for item in page.get("value") or []]

    @abc.abstractmethod
    def _read(self, target: str, more: tuple[str, ...], every: bool = False) -> list[Json]:
        """The bodies of all answers, as ARM sent them: one, or those of all pages."""

    @contextlib.contextmanager
    def _trying(self, what: str, write: bool = False) -> t.Iterator[None]:
        """Makes a `Failure` of what goes wrong meanwhile. `what` is what is tried: "read virtual network app"."""
        try:
            yield
        except AzureError as error:
            raise self._failure(error, what, write) from None

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


class Api(_Calls):
    """One SDK client. An operation is named as the SDK names it, "private_endpoints.get"; after it come the names in
    the resource's path, outermost first."""

    def __init__(self, sdk: t.Any, version: str, where: Cloud, who: str) -> None:
        super().__init__(where, who)
        self._sdk, self._version = sdk, version

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
        headers = {**_if_match(if_match), **({"If-None-Match": "*"} if create_only else {})}
        more: dict[str, t.Any] = {"params": self._params(), "headers": headers, "retry_total": 0}
        arguments = names if body is None else (*names, json.dumps(body).encode())
        group, method = operation.split(".")
        thing = _thing(group, names)
        if method.startswith("begin_"):
            more["polling"] = _Polling(waiter, thing, self._cloud.manager) if waiter else False
        with self._trying(f"{_verb(method)} {thing}", write=True):
            result = getattr(getattr(self._sdk, group), method)(*arguments, **more)
            if waiter and method.startswith("begin_"):
                result.result()

    def _read(self, target: str, more: tuple[str, ...], every: bool = False) -> list[Json]:
        bodies: list[Json] = []

        def keep(answer: t.Any) -> None:
            if answer.http_response.status_code == 200:
                bodies.append(_body(answer.http_response))

        group, method = target.split(".")
        with self._trying(f"{_verb(method)} {_things(group, more) if every else _thing(group, more)}"):
            found = getattr(getattr(self._sdk, group), method)(*more, params=self._params(), raw_response_hook=keep)
            if every:
                list(found)
        return bodies

    def _params(self) -> dict[str, str]:
        """azure-mgmt-network takes the version with each call, azure-mgmt-privatedns only when the client is made."""
        return {"api-version": self._version}


class Resources(_Calls):
    """Any resource, by its path (its id, mostly) and the version of the API: `get(path, version)`."""

    def __init__(self, arm: t.Any, where: Cloud, who: str) -> None:
        super().__init__(where, who)
        self._arm = arm

    def version_of(self, resource_id: str, given: str | None = None) -> str:
        """The version of the API to use for a resource: the given one, the one that is known to do, or the newest
        stable one of its provider. Raises `InvalidInput` and `NotFound`."""
        place = parse(resource_id)
        if place is None:  # with a version, too: what is no path could lead to another host
            raise InvalidInput("resource_id", resource_id, "the id of an Azure resource")
        if given:
            return checked_version(given)
        if place.kind.lower() in KNOWN:
            return KNOWN[place.kind.lower()]
        namespace = place.kind.partition("/")[0]
        provider = self.get(f"/subscriptions/{place.subscription}/providers/{namespace}", PROVIDERS_VERSION)
        found = newest(provider, place.kind)
        if found is None:
            raise NotFound(
                f"Azure has no resource type {place.kind}",
                f"{namespace} does not name it among its types",
                "Correct resource_id, or give api_version.",
            )
        return found

    def write(
        self,
        method: str,
        path: str,
        version: str,
        body: Json = None,
        if_match: str | None = None,
        waiter: Waiter | None = None,
    ) -> None:
        """PUT, PATCH, DELETE, or POST of an action. With a waiter, a long-running operation is followed to its end.

        `if_match` is the ETag of what the change is based on. Raises `Busy`, `Raced` and `LostAnswer`, among others.
        """
        thing, verb = title(path), _VERBS.get(method.lower(), "")
        if method == "POST":
            parent, _slash, action = path.rpartition("/")
            thing, verb = title(parent), words(action)
        request = HttpRequest(method, self._url(path, version), headers=_if_match(if_match), json=body)
        with self._trying(f"{verb} {thing}", write=True):
            answer = self._send(request, retry_total=0)
            if waiter:
                polling = _Polling(waiter, thing, self._cloud.manager)
                LROPoller(self._arm, answer, lambda _answer: None, polling).result()

    def _read(self, target: str, more: tuple[str, ...], every: bool = False) -> list[Json]:
        bodies: list[Json] = []
        url: str | None = self._url(target, *more)
        with self._trying(f"{'list' if every else 'read'} {title(target)}"):
            while url:
                bodies.append(_body(self._send(HttpRequest("GET", url)).http_response))
                url = bodies[-1].get("nextLink") if every else None
        return bodies

    def _url(self, path: str, version: str) -> str:
        return f"{self._cloud.manager}{quote(path)}?{urlencode({'api-version': version})}"

    def _send(self, request: t.Any, **more: t.Any) -> t.Any:
        """The answer as a poller takes it. Raises azure-core's errors, those for a refusal among them."""
        answer = self._arm.send_request(request, _return_pipeline_response=True, **more)
        answer.http_response.raise_for_status()
        return answer


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


def _if_match(etag: str | None) -> dict[str, str]:
    return {"If-Match": etag} if etag else {}


def _thing(group: str, names: tuple[str, ...]) -> str:
    """("private_endpoints", ("rg", "pe")) is "private endpoint pe"."""
    return f"{_kind(group)[:-1]} {names[-1]}"


def _things(group: str, names: tuple[str, ...]) -> str:
    """("private_endpoints", ("rg",)) is "private endpoints of rg"."""
    return f"{_kind(group)} of {names[-1] if names else 'the subscription'}"


def _kind(group: str) -> str:
    return group.replace("private_zones", "private DNS zones").replace("_dns_", "_DNS_").replace("_", " ")


def _verb(method: str) -> str:
    return next(verb for name, verb in _VERBS.items() if method.removeprefix("begin_").startswith(name))


def _body(response: t.Any) -> Json:
    """What ARM sent; a page that a proxy put in its place is an error of azure-core."""
    try:
        return response.json()
    except ValueError:
        raise DecodeError("the answer is no JSON, so something between here and Azure made it") from None


def _json(response: t.Any) -> Json:
    try:
        return json.loads(response.text())
    except (ValueError, AzureError):
        return None
