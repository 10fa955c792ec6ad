# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""Argument specs as objects that merge, and options that treat a blank as "not given"."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, field

from ansible.module_utils.basic import AnsibleFallbackNotFound


@dataclass(frozen=True)
class Spec:
    """An argument spec with its constraints; `|` joins two without losing either's."""

    options: t.Mapping[str, t.Mapping[str, t.Any]] = field(default_factory=dict)
    mutually_exclusive: tuple[tuple[str, ...], ...] = ()
    required_together: tuple[tuple[str, ...], ...] = ()
    required_one_of: tuple[tuple[str, ...], ...] = ()
    required_if: tuple[tuple[t.Any, ...], ...] = ()
    required_by: t.Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Options of which a blank must not be taken for "not given", because that means everybody. Those refuse it.
    never_blank: tuple[str, ...] = ()

    def __or__(self, other: Spec) -> Spec:
        return Spec(
            {**self.options, **other.options},
            self.mutually_exclusive + other.mutually_exclusive,
            self.required_together + other.required_together,
            self.required_one_of + other.required_one_of,
            self.required_if + other.required_if,
            {**self.required_by, **other.required_by},
            self.never_blank + other.never_blank,
        )

    def to_kwargs(self) -> dict[str, t.Any]:
        """Keyword arguments for AnsibleModule (or for ArgumentSpecValidator, which takes the same)."""
        return {
            "argument_spec": dict(self.options),
            "mutually_exclusive": list(self.mutually_exclusive),
            "required_together": list(self.required_together),
            "required_one_of": list(self.required_one_of),
            "required_if": list(self.required_if),
            "required_by": dict(self.required_by),
        }


def environment(*names: str) -> str | None:
    """The first of these variables that is set and not blank. AWX injects optional inputs as empty strings."""
    return next((value for value in (os.environ.get(name, "").strip() for name in names) if value), None)


def _nonblank(*names: str) -> str:
    value = environment(*names)
    if value is None:
        raise AnsibleFallbackNotFound
    return value


def env(*names: str) -> tuple[t.Callable[..., str], list[str]]:
    """A `fallback` for an option: the first variable that is not blank."""
    return (_nonblank, list(names))


WAIT = Spec(
    {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 1800},
        "wait_delay": {"type": "float", "default": 30.0},
    }
)

ATLAS = Spec(
    {
        "base_url": {
            "type": "str",
            "default": "https://cloud.mongodb.com",
            "fallback": env("MONGODB_ATLAS_BASE_URL"),
        },
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        "public_key": {"type": "str"},
        "private_key": {"type": "str", "no_log": True},
        "ca_path": {"type": "path", "fallback": env("MONGODB_ATLAS_CA_PATH")},
    }
)

PROJECT = Spec(
    {"project_id": {"type": "str"}, "project": {"type": "str"}},
    mutually_exclusive=(("project_id", "project"),),
    required_one_of=(("project_id", "project"),),
)

AZURE = Spec(
    {
        "subscription_id": {"type": "str", "fallback": env("AZURE_SUBSCRIPTION_ID")},
        "tenant": {"type": "str"},
        "client_id": {"type": "str"},
        "secret": {"type": "str", "no_log": True},
        "certificate_path": {"type": "path"},
        "auth_source": {
            "type": "str",
            "default": "auto",
            "choices": ["auto", "service_principal", "workload_identity", "managed_identity", "cli"],
        },
        "cloud_environment": {
            "type": "str",
            "default": "AzureCloud",
            "choices": ["AzureCloud", "AzureUSGovernment", "AzureChinaCloud"],
            "fallback": env("AZURE_CLOUD_ENVIRONMENT"),
        },
        "authority_url": {"type": "str", "fallback": env("AZURE_AUTHORITY_HOST")},
        "resource_manager_url": {"type": "str", "fallback": env("AZURE_RESOURCE_MANAGER_URL")},
        "ca_path": {"type": "path", "fallback": env("AZURE_CA_PATH")},
    }
)

STATE = Spec({"state": {"type": "str", "default": "present", "choices": ["present", "absent"]}})
RECREATE = Spec({"recreate": {"type": "bool", "default": False}})
