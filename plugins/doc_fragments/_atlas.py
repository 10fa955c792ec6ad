# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This doc fragment is PRIVATE to the collection.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - requests >= 2.31
options:
  base_url:
    description:
      - Origin of the Atlas Admin API, for example V(https://cloud.mongodbgov.com) for Atlas for Government.
      - If not set, the environment variable E(MONGODB_ATLAS_BASE_URL) is used.
    type: str
    default: https://cloud.mongodb.com
  client_id:
    description:
      - Client id of an Atlas service account.
      - Atlas issues ten tokens a minute to one service account and address. A run of Ansible takes one, but each task
        that runs as a module takes its own.
      - If no credential option at all is set, the environment variables E(MONGODB_ATLAS_CLIENT_ID) and
        E(MONGODB_ATLAS_CLIENT_SECRET) are used, then E(MONGODB_ATLAS_PUBLIC_KEY) and E(MONGODB_ATLAS_PRIVATE_KEY). The
        names E(MONGODB_ATLAS_PUBLIC_API_KEY) and E(MONGODB_ATLAS_PRIVATE_API_KEY) are also known. A variable that is
        set but blank counts as not set.
    type: str
  client_secret:
    description:
      - Secret of the Atlas service account.
    type: str
  public_key:
    description:
      - Public part of an Atlas API key, used with HTTP digest authentication. A service account is preferred.
    type: str
  private_key:
    description:
      - Private part of the Atlas API key.
    type: str
  ca_path:
    description:
      - File with the CA certificates to trust instead of the usual ones, for example behind a proxy that intercepts
        TLS.
      - If not set, the environment variables E(MONGODB_ATLAS_CA_PATH), then E(REQUESTS_CA_BUNDLE) are used.
    type: path
"""

    PROJECT = r"""
options:
  project_id:
    description:
      - Id of the Atlas project (24 hexadecimal digits).
      - Exactly one of O(project_id) and O(project) is required. The id saves a request.
    type: str
  project:
    description:
      - Name of the Atlas project.
    type: str
"""
