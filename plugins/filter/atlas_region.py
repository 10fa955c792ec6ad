# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: atlas_region
short_description: How Atlas spells an Azure region
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Turns an Azure location or an Atlas region into the Atlas spelling. Fails for a name that nobody documents.
options:
  _input:
    description:
      - The region, for example V(eastus2), V(East US 2) or V(US_EAST_2).
    type: str
    required: true
seealso:
  - module: privatelink.mongodb.atlas_endpoint_service
  - plugin: privatelink.mongodb.atlas_preflight
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show V(US_EAST_2)
  ansible.builtin.debug:
    msg: "{{ 'eastus2' | privatelink.mongodb.atlas_region }}"
"""

RETURN = r"""
_value:
  description: The region as Atlas spells it.
  type: str
  sample: US_EAST_2
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.checked import checked_region
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Failure


def atlas_region(name: str) -> str:
    try:
        return checked_region(name)
    except Failure as failure:
        raise AnsibleFilterError(str(failure)) from None


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"atlas_region": atlas_region}
