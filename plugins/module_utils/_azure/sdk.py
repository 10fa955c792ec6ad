# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Writes through Microsoft's own clients for networks and private DNS. Their bodies are plain ARM JSON, and of their
answers no model is made."""

from __future__ import annotations

import importlib
import json
import typing as t

from .._engine import Waiter
from .._errors import MissingLibrary
from .client import NEVER_AGAIN, Client, Follow, if_matches
from .ids import words
from .versions import DNS_VERSION, NETWORK_VERSION

Json = t.Any

_VERSIONS = {"azure.mgmt.network": NETWORK_VERSION, "azure.mgmt.privatedns": DNS_VERSION}

#: How an operation begins, and what that does.
_VERBS = {"create": "create or update", "update": "update", "delete": "delete"}


class Sdk:
    """One of Microsoft's clients. An operation is named as there, "private_endpoints.begin_delete"; after it come the
    names in the resource's path, outermost first."""

    def __init__(self, client: Client, package: str, name: str) -> None:
        try:
            make = getattr(importlib.import_module(package), name)
        except ImportError as error:
            raise MissingLibrary(package.replace(".", "-"), str(error)) from None
        self._client, self._version = client, _VERSIONS[package]
        self._sdk: t.Any = make(
            client.credential,
            client.subscription,
            base_url=client.manager,
            api_version=self._version,
            **client.settings(),
        )

    def write(self, operation: str, *names: str, waiter: Waiter | None = None, **more: t.Any) -> None:
        """As `begin`. With a waiter, a long-running operation is followed to its end."""
        follow = self.begin(operation, *names, **more)
        if waiter:
            follow(waiter)

    def begin(
        self,
        operation: str,
        *names: str,
        body: Json = None,
        if_match: str | None = None,
        create_only: bool = False,
    ) -> Follow:
        """Creates, changes or deletes. What it returns follows a long-running operation to its end.

        `if_match` is the ETag of what the change is based on. Raises `Busy`, `Raced` and `LostAnswer`, among others.
        """
        group, method = operation.split(".")
        thing = f"{_words(group)} {names[-1]}"
        more: dict[str, t.Any] = {
            # azure-mgmt-network takes the version with each call, azure-mgmt-privatedns only when it is made.
            "params": {"api-version": self._version},
            "headers": {**if_matches(if_match), **({"If-None-Match": "*"} if create_only else {})},
            **NEVER_AGAIN,
        }
        arguments = names if body is None else (*names, json.dumps(body).encode())
        what = f"{_verb(method)} {thing}"
        if method.startswith("begin_"):
            more["polling"] = False
        with self._client.trying(what, write=True):
            answer = getattr(getattr(self._sdk, group), method)(*arguments, cls=_answer, **more)
            if method.startswith("begin_"):
                answer = answer.result()
        return lambda waiter: self._client.follow(answer, what, thing, waiter)


def _answer(response: t.Any, _model: t.Any, _headers: t.Any) -> t.Any:
    return response


def _words(group: str) -> str:
    """private_zones is "private DNS zone"."""
    return words(group.replace("private_zones", "private_dns_zones").replace("_", " "))[:-1]


def _verb(method: str) -> str:
    return next(verb for name, verb in _VERBS.items() if method.removeprefix("begin_").startswith(name))
