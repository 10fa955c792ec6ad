#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: azure_provider_feature
short_description: Register a resource provider, or one of its preview features, in an Azure subscription
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Without O(feature), registers the resource provider itself. A subscription must have registered
    V(Microsoft.Network) and V(Microsoft.DocumentDB) before it can have a private endpoint of an Azure DocumentDB
    cluster (formerly Azure Cosmos DB for MongoDB vCore).
  - With O(feature), registers a preview feature of the provider. When Azure has done that, the provider is registered
    once more, because only that makes the feature known to it.
  - Private endpoints of Azure DocumentDB need no preview feature any more. Microsoft's first guide to them had one
    registered, of which no name is known today; the guide has since lost that step.
  - Nothing is ever unregistered, because others of the subscription may need it.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
  - privatelink.mongodb._attributes.actiongroup_azure
  - privatelink.mongodb._azure
  - privatelink.mongodb._azure.resources
  - privatelink.mongodb._wait
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  namespace:
    description:
      - Name of the resource provider.
    type: str
    required: true
  feature:
    description:
      - Name of the preview feature, without that of its provider.
      - Microsoft has to approve some features, which takes days. While it has not (V(Pending)), the task fails at once
        with O(wait=true), and succeeds with O(wait=false).
      - With O(wait=false), the provider is only registered again if Azure has registered the feature at once. Otherwise
        that remains to be done.
    type: str
  if_unknown:
    description:
      - What to do if Azure does not know the feature, as is so when it has become available to everybody.
      - V(fail) fails. V(ignore) changes nothing and warns.
    type: str
    choices: [fail, ignore]
    default: fail
seealso:
  - module: privatelink.mongodb.azure_mongo_cluster_info
  - module: privatelink.mongodb.azure_private_endpoint
"""

EXAMPLES = r"""
- name: Register what a private endpoint of an Azure DocumentDB cluster needs
  privatelink.mongodb.azure_provider_feature:
    namespace: "{{ item }}"
  loop: [Microsoft.Network, Microsoft.DocumentDB]

- name: Register a preview feature, if there still is one
  privatelink.mongodb.azure_provider_feature:
    namespace: Microsoft.Network
    feature: SomePreviewFeature
    if_unknown: ignore
"""

RETURN = r"""
provider_feature:
  description: The registration. In check mode, as it would be.
  returned: success
  type: dict
  contains:
    feature:
      description: The preview feature. Null for the provider itself.
      type: str
      sample: null
    namespace:
      description: The resource provider.
      type: str
      sample: Microsoft.DocumentDB
    state:
      description:
        - V(Registered), V(Registering), V(NotRegistered), V(Unregistered), V(Unregistering) or V(Pending). The last one
          means that Microsoft has to approve it.
        - Null if Azure does not know the feature and O(if_unknown=ignore).
      type: str
      sample: Registered
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.provider_feature import (
    ProviderFeature,
    checked_feature,
    checked_namespace,
)
from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import AZURE, WAIT, Spec

SPEC = (
    AZURE
    | WAIT
    | Spec(
        {
            "namespace": {"type": "str", "required": True},
            "feature": {"type": "str"},
            "if_unknown": {"type": "str", "default": "fail", "choices": ["fail", "ignore"]},
        }
    )
)


def build(options: Options) -> Job:
    feature = checked_feature(options["feature"]) if options["feature"] else None
    registration = ProviderFeature(
        connect(options),
        checked_namespace(options["namespace"]),
        feature,
        ignore_unknown=options["if_unknown"] == "ignore",
    )
    return Job(registration, {"state": "Registered"})


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
