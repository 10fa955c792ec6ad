# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.privatelink.mongodb.plugins.plugin_utils._in_process import AZURE, InProcess, load


class ActionModule(InProcess):
    """The module of the same name, in Ansible's own process where that can be."""

    module = load("azure_private_endpoint_info", AZURE)
