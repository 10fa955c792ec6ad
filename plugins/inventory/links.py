# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: links
short_description: One host for each private link to MongoDB that exists, whoever made it
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Reads MongoDB Atlas projects and Azure subscriptions, and pairs endpoint services, registrations and private
    endpoints by resource id and by address. Of Azure DocumentDB it pairs private endpoints with the connections that
    clusters know.
  - A host has the variables that the roles of this collection take. With them
    P(privatelink.mongodb.private_link_verify#role) verifies the link, and
    P(privatelink.mongodb.atlas_private_link#role),
    P(privatelink.mongodb.mongo_cluster_private_link#role) and P(privatelink.mongodb.private_link_dns#role) find it as
    it is and change nothing. The dictionary C(private_link) holds everything that was found.
  - Nothing is ever written.
  - Names of hosts are made of the project or cluster, the Azure location and the name of the private endpoint. Links
    that would have one name get a part of the hash of their ids, too.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
requirements:
  - requests >= 2.31
  - azure-identity >= 1.15
  - azure-mgmt-core >= 1.4.0
options:
  plugin:
    description:
      - Marks a file as one for this plugin.
      - The file's name must be, or end in, C(private_links.yml) or C(private_links.yaml).
    type: str
    required: true
    choices: [privatelink.mongodb.links]
  products:
    description:
      - To which products links are looked for. Without V(atlas), Atlas is not asked for anything, and no credentials
        for it are needed.
    type: list
    elements: str
    choices: [atlas, mongo_cluster]
    default: [atlas, mongo_cluster]
  projects:
    description:
      - Names or ids of Atlas projects. All that the credentials can see if none is named.
      - A private endpoint to another project is in the group C(unseen_target), because nobody knows whom it leads to.
    type: list
    elements: str
    default: []
  subscriptions:
    description:
      - Ids of the Azure subscriptions with private endpoints, clusters of Azure DocumentDB, and private DNS zones. Name
        those of a hub, too. The subscription of O(azure_auth), or of the environment, if none is named.
    type: list
    elements: str
    default: []
  atlas_auth:
    description:
      - Who signs in to Atlas, with the options of M(privatelink.mongodb.atlas_project_info) for that
        (O(privatelink.mongodb.atlas_project_info#module:client_id),
        O(privatelink.mongodb.atlas_project_info#module:client_secret) and so on), which are those of the variable
        C(private_link_atlas_auth) of the playbooks. Values may be templates.
      - What is not set here is taken from the environment, exactly as the modules do it. Blank counts as not set.
    type: dict
    default: {}
  azure_auth:
    description:
      - Who signs in to Azure, with the options of M(privatelink.mongodb.azure_private_endpoint_info) for that
        (O(privatelink.mongodb.azure_private_endpoint_info#module:tenant),
        O(privatelink.mongodb.azure_private_endpoint_info#module:client_id) and so on), which are those of the variable
        C(private_link_azure_auth) of the playbooks. Values may be templates.
      - What is not set here is taken from the environment, exactly as the modules do it. Blank counts as not set.
    type: dict
    default: {}
  on_error:
    description:
      - What to do about a project or a subscription that cannot be read. V(fail) gives no inventory at all. V(warn)
        says so and goes on without it. Links that lead there are in the groups C(unseen_endpoint) and
        C(unseen_target) then.
    type: str
    choices: [fail, warn]
    default: fail
notes:
  - Links of which both halves exist and name each other are in the group C(private_links), on which the playbooks run.
  - >-
    Each host is in groups of its product (C(atlas), C(mongo_cluster)), its region (C(region_eastus2)), its state
    (C(atlas_status_available), C(connection_approved)) and its health.
  - C(healthy) is where nothing of the following holds.
  - >-
    C(orphan_endpoint) is a private endpoint that leads to MongoDB and is not registered there, or whose service is
    gone.
  - C(orphan_registration) is a registration whose private endpoint does not exist.
  - >-
    C(unseen_endpoint) and C(unseen_target) are halves whose other half is in a subscription or an Atlas project that
    was not read, or may not be read by those who signed in, so nobody knows.
  - >-
    C(id_mismatch) is a registration of a private endpoint that does not exist, while another one with the same address
    leads to the same service.
  - C(ip_mismatch) is where Atlas has another address than the network interface.
  - C(wrong_target) is where the endpoint leads to another service than the one it is registered with.
  - C(disconnected), C(pending) and C(failed) are what the clouds say of the connection.
  - >-
    C(shadowing_zone) is where a private zone hides names of the cluster without holding them, C(stale_records) where
    one holds wrong values for them. C(private_link.findings) tells which, and what to do.
  - >-
    Azure answers 500 reads of private DNS in five minutes for a subscription. Each zone that decides over the names of
    a link takes two, so use O(cache) where there are many.
seealso:
  - module: privatelink.mongodb.atlas_project_info
  - module: privatelink.mongodb.azure_private_endpoint_info
"""

EXAMPLES = r"""
# company.private_links.yml, with credentials in the environment:
#   ansible-inventory -i company.private_links.yml --graph
#   ansible-playbook -i company.private_links.yml privatelink.mongodb.verify
plugin: privatelink.mongodb.links
subscriptions:
  - 00000000-0000-0000-0000-000000000001 # applications
  - 00000000-0000-0000-0000-000000000002 # the hub with the private DNS zones
---
# prod.private_links.yml: some projects, credentials of its own, groups of its own, and a cache
plugin: privatelink.mongodb.links
projects: [orders, billing]
atlas_auth:
  client_id: mdb_sa_id_0123456789abcdef01234567
  client_secret: "{{ lookup('ansible.builtin.env', 'PROD_ATLAS_SECRET') }}"
on_error: warn
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/private_links
keyed_groups:
  - key: private_link.project.name
    prefix: project
groups:
  needs_a_person: private_link.health != ['healthy']
compose:
  owner: private_link.private_endpoint.tags.owner | default('nobody')
"""

import typing as t

from ansible import constants as C
from ansible.errors import AnsibleParserError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.client import connect as connect_atlas
from ansible_collections.privatelink.mongodb.plugins.module_utils._atlas.client import credentials
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.client import connect as connect_azure
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.credentials import choose
from ansible_collections.privatelink.mongodb.plugins.module_utils._azure.ids import checked_subscription
from ansible_collections.privatelink.mongodb.plugins.module_utils._errors import Failure, InvalidInput
from ansible_collections.privatelink.mongodb.plugins.module_utils._links.hosts import Host, hosts
from ansible_collections.privatelink.mongodb.plugins.module_utils._links.reading import read
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import ATLAS, AZURE, Spec
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._run_tokens import share
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._trust import as_data, as_template

Json = dict[str, t.Any]

#: A link is no machine: its tasks run on the controller, with the Python that runs the playbook.
ON_THE_CONTROLLER = {
    "ansible_connection": "local",
    "ansible_python_interpreter": as_template("{{ ansible_playbook_python }}"),
}


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc,unused-ignore]
    NAME = "privatelink.mongodb.links"
    inventory: t.Any

    def verify_file(self, path: str) -> bool:
        return super().verify_file(path) and path.endswith(("private_links.yml", "private_links.yaml"))

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path)
        # The run that follows then needs no tokens of its own.
        share(C.DEFAULT_LOCAL_TMP)  # type: ignore[attr-defined,unused-ignore]
        config = self._read_config_data(path)
        try:
            self._check_names(config)
            found = self._found(self.get_cache_key(path), cache and self.get_option("cache"))
        except Failure as failure:
            raise AnsibleParserError(str(failure)) from None
        for problem in found["problems"]:
            self.display.warning(f"{path}: {problem}")
        for host in hosts(found["world"]):
            self._add(host)

    def _check_names(self, config: Json) -> None:
        """Raises `InvalidInput` for a misspelt option. Ansible would pass it over, and other links would be found."""
        for name in config.keys() - self.option_definitions.keys():
            known = ", ".join(sorted(self.option_definitions))
            raise InvalidInput("the name of an option", name, f"one of {known}", f"Correct or remove {name}.")

    def _found(self, key: str, may_be_cached: bool) -> Json:
        """{"asked", "world", "problems"}: from the cache, if that was what is asked for now. No secret is in it."""
        asked = {name: self._given(name) for name in ("products", "projects", "subscriptions", "on_error")}
        atlas, azure = self._auth("atlas_auth", ATLAS), self._auth("azure_auth", AZURE)
        named = [checked_subscription(one, "subscriptions") for one in dict.fromkeys(asked["subscriptions"])]
        asked["subscriptions"] = named or [azure["subscription_id"]]
        asked["from"] = [atlas["base_url"], azure["resource_manager_url"]]
        asked["as"] = [choose(azure).title, *([credentials(atlas).name] if "atlas" in asked["products"] else [])]
        kept = self._cache.get(key) if may_be_cached else None
        if kept and kept["asked"] == asked:
            return t.cast(Json, kept)
        problems: list[str] = []
        found = {"asked": asked, "world": self._world(asked, atlas, azure, problems), "problems": problems}
        if self.get_option("cache"):
            self._cache[key] = found
        return found

    def _world(self, asked: Json, atlas: Json, azure: Json, problems: list[str]) -> Json:
        def hindered(failure: Failure) -> None:
            if asked["on_error"] == "fail":
                raise failure
            problems.append(str(failure))

        return read(
            connect_atlas(atlas) if "atlas" in asked["products"] else None,
            [connect_azure({**azure, "subscription_id": one}) for one in asked["subscriptions"]],
            asked["projects"],
            asked["products"],
            hindered,
        )

    def _given(self, name: str) -> t.Any:
        """An option's value; blank entries were not given."""
        value = self.templar.template(self.get_option(name))
        return [one for one in value if one != ""] if isinstance(value, list) else value

    def _auth(self, option: str, spec: Spec) -> Json:
        """The options of a module that says who signs in, checked as there. Raises `InvalidInput`."""
        given = {name: value for name, value in self._given(option).items() if value not in (None, "")}
        checked = ArgumentSpecValidator(**spec.to_kwargs()).validate(given)
        if checked.error_messages:
            names = ", ".join(sorted(given))  # never their values
            raise InvalidInput(option, names, f"a dictionary: {'; '.join(checked.error_messages)}")
        return t.cast(Json, checked.validated_parameters)

    def _add(self, host: Host) -> None:
        self.inventory.add_host(host.name)
        for name, value in {**as_data(host.variables), **ON_THE_CONTROLLER}.items():
            self.inventory.set_variable(host.name, name, value)
        for group in host.groups:
            self.inventory.add_group(group)
            self.inventory.add_child(group, host.name)
        variables, strict = self.inventory.get_host(host.name).get_vars(), self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host.name, strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host.name, strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host.name, strict)
