# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Azure Resource Manager: plain ARM JSON in and out, through azure-mgmt-core's pipeline.

Everything is read by its path; what is written in networks and private DNS goes through Microsoft's clients for them
(`sdk`). The models of azure-mgmt-network and azure-mgmt-privatedns differ between their versions and take long to
import, JSON does neither. Knows ARM's conventions, no resource and no Ansible.
"""

from __future__ import annotations

import contextlib
import copy
import json
import typing as t
from functools import cached_property
from urllib.parse import quote, urlencode

from .._engine import PENDING, Health, Waiter
from .._errors import Failure, InvalidInput, LostAnswer, MissingLibrary, NotFound, Unavailable
from .._options import AZURE
from .._reuse import once
from .credentials import choose, cloud
from .errors import translate
from .ids import checked_place, checked_subscription, parse, title, words
from .sign_in import Credential
from .versions import PROVIDERS_VERSION, checked_version, known, newest

try:
    from azure.core.exceptions import (
        AzureError,
        DecodeError,
        HttpResponseError,
        ServiceRequestError,
    )
    from azure.core.pipeline import policies
    from azure.core.pipeline.transport import RequestsTransport
    from azure.core.polling.base_polling import LocationPolling, StatusCheckPolling
    from azure.core.rest import HttpRequest
    from azure.mgmt.core import ARMPipelineClient
    from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy
    from azure.mgmt.core.polling.arm_polling import ARMPolling, AzureAsyncOperationPolling, BodyContentPolling
except ImportError as error:
    AZURE_ERROR: str | None = str(error)
    ARMChallengeAuthenticationPolicy = object  # type: ignore[assignment,misc,unused-ignore]
    ARMPolling = AzureAsyncOperationPolling = object  # type: ignore[assignment,misc,unused-ignore]
else:
    AZURE_ERROR = None

#: The 404s that say of a resource that it does not exist. Any other 404 is about something that it needs.
GONE = ("ResourceNotFound", "NotFound")
#: For somebody who wants it gone, it is also gone with what it was in.
GONE_WITH_PARENT = (*GONE, "ParentResourceNotFound", "ResourceGroupNotFound")

#: What a method does, in messages.
_VERBS = {"PUT": "create or update", "PATCH": "update", "DELETE": "delete"}

#: For one request of those that are sent again: a write never is.
NEVER_AGAIN = {"retry_total": 0}

Json = t.Any
#: Follows an operation that was begun to its end.
Follow = t.Callable[[Waiter], None]

if t.TYPE_CHECKING:
    from .sdk import Sdk


class Client:
    """One identity and one subscription. All methods raise `Failure`s.

    A read is repeated by azure-core on 429, 5xx and broken connections, as ARM asks with Retry-After. A write is not:
    a lock or a lost answer goes to the engine, which reads again before it decides. That matters most for a write that
    must create (`create_only`): repeated after a lost answer it would be refused because of what it did itself.

    The version of the API is that of the path's type; it must be given for a type that `versions` does not know.
    """

    def __init__(self, options: t.Mapping[str, t.Any]) -> None:
        if AZURE_ERROR:
            raise MissingLibrary("azure-identity and azure-mgmt-core", AZURE_ERROR)
        self.subscription = checked_subscription(options.get("subscription_id"))
        self._cloud = cloud(options)
        self.manager = self._cloud.manager
        self.credential = Credential(choose(options), self._cloud)
        self._transport = RequestsTransport(
            connection_timeout=10, read_timeout=60, connection_verify=self._cloud.ca_path or True
        )

    @cached_property
    def network(self) -> Sdk:
        """Writes of virtual networks and private endpoints."""
        return self._sdk("azure.mgmt.network", "NetworkManagementClient")

    @cached_property
    def dns(self) -> Sdk:
        """Writes of private DNS zones, their links and their record sets."""
        return self._sdk("azure.mgmt.privatedns", "PrivateDnsManagementClient")

    def get(self, path: str, version: str | None = None) -> Json:
        """One resource. Raises `NotFound`."""
        with self.trying(f"read {title(path)}"):
            return self._read(self._url(path, version))

    def find(self, path: str, version: str | None = None, absent: t.Collection[str] = GONE) -> Json | None:
        """One resource, or None: only for a 404 with one of these codes."""
        try:
            return self.get(path, version)
        except NotFound as error:
            if error.http_status == 404 and error.code in absent:
                return None
            raise

    def pages(self, path: str, version: str | None = None, absent: t.Collection[str] = ()) -> list[Json]:
        """All resources of a collection, page after page; none for a 404 with one of these codes."""
        found: list[Json] = []
        url: str | None = self._url(path, version)
        try:
            with self.trying(f"list {title(path)}"):
                while url:
                    page = self._read(url)
                    found += page.get("value") or []
                    url = page.get("nextLink")
        except NotFound as error:
            if error.http_status == 404 and error.code in absent:
                return []
            raise
        return found

    def version_of(self, resource_id: str, given: str | None = None) -> str:
        """The version of the API to use for a resource: the given one, the one that is known to do, or the newest
        stable one of its provider. Raises `InvalidInput` and `NotFound`."""
        place = parse(resource_id)
        if place is None:  # with a version, too: what is no path could lead to another host
            raise InvalidInput("resource_id", resource_id, "the id of an Azure resource")
        if given:
            return checked_version(given)
        version = known(resource_id)
        if version:
            return version
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
        version: str | None = None,
        body: Json = None,
        if_match: str | None = None,
        waiter: Waiter | None = None,
    ) -> None:
        """PUT, PATCH, DELETE, or POST of an action. With a waiter, a long-running operation is followed to its end.

        `if_match` is the ETag of what the change is based on. Raises `Busy`, `Raced` and `LostAnswer`, among others.
        """
        thing, verb = title(path), _VERBS.get(method, "")
        if method == "POST":
            parent, _slash, action = path.rpartition("/")
            thing, verb = title(parent), words(action)
        request = HttpRequest(method, self._url(path, version), headers=if_matches(if_match), json=body)
        what = f"{verb} {thing}"
        with self.trying(what, write=True):
            answer = self._send(request, **NEVER_AGAIN)
        if waiter:
            self.follow(answer, what, thing, waiter)

    def follow(self, answer: t.Any, what: str, thing: str, waiter: Waiter) -> None:
        """Follows the operation that a write began to its end. Raises what a write raises."""
        polling = _Polling(waiter, thing, self.manager)
        with self.trying(what, write=True):
            polling.initialize(self._arm, answer, lambda _answer: None)
            polling.run()

    @contextlib.contextmanager
    def trying(self, what: str, write: bool = False) -> t.Iterator[None]:
        """Makes a `Failure` of what goes wrong meanwhile. `what` is what is tried: "read virtual network app"."""
        try:
            yield
        except AzureError as error:
            raise self._failure(error, what, write) from None

    def settings(self) -> dict[str, t.Any]:
        """What every client of Microsoft's is made with. They share the connections."""
        return {
            "transport": self._transport,
            "authentication_policy": _SignIn(self.credential, self._cloud.scope),
            "retry_total": 5,
            "user_agent": "privatelink.mongodb",
        }

    @cached_property
    def _arm(self) -> t.Any:
        settings = self.settings()
        steps = [
            policies.RequestIdPolicy(**settings),
            policies.HeadersPolicy(**settings),
            policies.UserAgentPolicy(**settings),
            policies.ProxyPolicy(**settings),
            policies.ContentDecodePolicy(**settings),
            policies.RedirectPolicy(**settings),
            policies.RetryPolicy(**settings),
            settings["authentication_policy"],
            policies.SensitiveHeaderCleanupPolicy(**settings),
        ]
        return ARMPipelineClient(self.manager, policies=steps, **settings)

    def _sdk(self, package: str, name: str) -> Sdk:
        from .sdk import Sdk  # only where something is written

        return Sdk(self, package, name)

    def _url(self, path: str, version: str | None) -> str:
        return f"{self.manager}{quote(path)}?{urlencode({'api-version': version or known(path)})}"

    def _read(self, url: str) -> Json:
        """What ARM sent; a page that a proxy put in its place is an error of azure-core."""
        response = self._send(HttpRequest("GET", url)).http_response
        try:
            return response.json()
        except ValueError:
            raise DecodeError("the answer is no JSON, so something between here and Azure made it") from None

    def _send(self, request: t.Any, **more: t.Any) -> t.Any:
        """The answer as a poller takes it. Raises azure-core's errors, those for a refusal among them."""
        answer = self._arm.send_request(request, _return_pipeline_response=True, **more)
        answer.http_response.raise_for_status()
        return answer

    def _failure(self, error: t.Any, what: str, write: bool) -> Failure:
        response = getattr(error, "response", None)
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


#: The client for these options: one for as long as the process and the environment stay the same, with its token and
#: its connections.
connect = once(Client, AZURE.options)


def connect_group(options: t.Mapping[str, t.Any]) -> tuple[Client, str]:
    """The client for `resource_group`, and the group's name. If that is an id, it says the subscription."""
    subscription, group = checked_place(options["resource_group"])
    return connect({**options, **({"subscription_id": subscription} if subscription else {})}), group


def connect_groups(options: t.Mapping[str, t.Any]) -> tuple[Client, str | None]:
    """The same where `resource_group` may be left out, for all of the subscription."""
    return connect_group(options) if options["resource_group"] else (connect(options), None)


def connect_resource(options: t.Mapping[str, t.Any], resource_id: str) -> Client:
    """The client for a resource, whose id says the subscription."""
    place = parse(resource_id)
    return connect({**options, **({"subscription_id": place.subscription} if place else {})})


class _SignIn(ARMChallengeAuthenticationPolicy):  # type: ignore[misc,type-arg,unused-ignore]
    """azure-core's own way to sign in; and where Azure takes a token no more (it was revoked, or a clock is wrong),
    another one is tried once."""

    def __init__(self, who: Credential, scope: str) -> None:
        super().__init__(who, scope)
        self._who = who

    def on_request(self, request: t.Any) -> None:
        self._token = None  # another client, or another process, may have renewed it
        super().on_request(request)

    def on_response(self, request: t.Any, response: t.Any) -> None:
        self._who.taken = self._who.taken or response.http_response.status_code != 401

    def on_challenge(self, request: t.Any, response: t.Any) -> bool:
        if super().on_challenge(request, response):
            return True
        headers = request.http_request.headers
        sent = headers["Authorization"]
        self.authorize_request(request, *self._scopes, refused=sent.partition(" ")[2])
        return bool(headers["Authorization"] != sent)


class _AsyncOperation(AzureAsyncOperationPolling):  # type: ignore[misc,type-arg,unused-ignore]
    """Without the library's last look at the resource, which the engine reads anyway."""

    def get_final_get_url(self, pipeline_response: t.Any) -> None:
        return None


class _Polling(ARMPolling):  # type: ignore[misc,type-arg,unused-ignore]
    """Follows a long-running operation with the engine's pauses: the server's Retry-After, or soon and then later, up
    to one deadline. azure-core alone would look every 30 seconds, without end."""

    def __init__(self, waiter: Waiter, title: str, base_url: str) -> None:
        ways = [_AsyncOperation(), LocationPolling(), BodyContentPolling(), StatusCheckPolling()]
        super().__init__(timeout=0, lro_algorithms=ways, path_format_arguments={"endpoint": base_url})
        self._waiter, self._title = waiter, title

    def _delay(self) -> None:
        retry_after = self._extract_delay() or None
        self._waiter.pause(self._title, Health(self.status(), PENDING), retry_after)


def resend(found: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A copy of a resource as ARM sent it, to be changed and sent back: a PUT replaces, so what is left out is lost."""
    return copy.deepcopy({name: value for name, value in found.items() if name not in ("id", "name", "type", "etag")})


def if_matches(etag: str | None) -> dict[str, str]:
    """The header of a write that is based on what was read."""
    return {"If-Match": etag} if etag else {}


def _json(response: t.Any) -> Json:
    try:
        return json.loads(response.text())
    except (ValueError, AzureError):
        return None
