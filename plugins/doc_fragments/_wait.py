# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This doc fragment is PRIVATE to the collection.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the cloud has finished.
      - While something else holds a lock on the resource, a change is also only retried if this is V(true).
      - Has no effect in check mode.
    type: bool
    default: true
  wait_timeout:
    description:
      - The longest time to wait, in seconds. It is one deadline for the whole task.
    type: int
    default: 1800
  wait_delay:
    description:
      - The longest pause between two looks, in seconds. A pause grows with the time waited, from one second at first to
        about 11 seconds after a minute, so that ten minutes cost at most 40 looks with the default.
      - If the cloud says when to look again, it is not asked earlier.
    type: float
    default: 30.0
"""

    RECREATE = r"""
options:
  recreate:
    description:
      - What to do about a difference that cannot be repaired in place. If V(false), the task fails and names the
        difference, in check mode too. If V(true), the resource is deleted and created anew.
    type: bool
    default: false
"""
