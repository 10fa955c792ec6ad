# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site that `make docs` builds: Sphinx, with antsibull-docs' extension for the pages of plugins."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

project = "privatelink.mongodb"
author = "The privatelink.mongodb authors"
html_title = project

extensions = ["sphinx_antsibull_ext"]
antsibull_ext_color_scheme = "none"  # static/site.css has one
default_role = "any"
highlight_language = "YAML+Jinja"
html_theme = "furo"
html_css_files = ["site.css"]
html_static_path = ["static"]
html_copy_source = False
html_show_sphinx = False
html_use_index = False

ANSIBLE = "https://docs.ansible.com/projects/ansible/latest/"
#: Labels of Ansible's own documentation that the pages of plugins refer to. Named here, nothing has to be fetched.
ELSEWHERE = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


def link_elsewhere(_app: Sphinx, _env: object, node: pending_xref, content: nodes.Element) -> nodes.Node | None:
    builtin = re.fullmatch(r"ansible_collections\.ansible\.builtin\.(\w+)", node["reftarget"])
    page = f"collections/ansible/builtin/{builtin[1]}.html" if builtin else ELSEWHERE.get(node["reftarget"])
    return page and nodes.reference("", "", content, refuri=ANSIBLE + page)


def shorten_names(_app: Sphinx, _page: str, _template: str, context: dict[str, str], _tree: object) -> None:
    """Beside each page stand all others; of a plugin its bare name is enough there."""
    key = "furo_navigation_tree"
    context[key] = re.sub(rf"{project}\.(\w+) \w+ – [^<]*", r"\1", context.get(key, ""))


def setup(app: Sphinx) -> None:
    app.connect("missing-reference", link_elsewhere)
    app.connect("html-page-context", shorten_names, priority=900)  # after the theme has listed them
