#!/usr/bin/python
# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: private_link_probe
short_description: Walk the path to a MongoDB cluster, hop by hop, from where the application runs
version_added: 0.9.0
author:
  - The privatelink.mongodb authors (@privatelink)
description:
  - Does what a driver does, one step after the other, and says at which hop it goes wrong, why, and how to mend it.
  - "The hops, in order: C(resolver), is there a DNS server that answers; C(srv) and C(txt), the two records that a
    C(mongodb+srv://) connection string stands for; C(parent_domain), whether the SRV targets lie where a driver accepts
    them; C(address), the targets' addresses; C(expected_address), whether these are the private endpoints';
    C(tcp) and C(tls), on every port of every target at once; C(hello), whether a driver finds the primary;
    C(authentication); C(create), C(read), C(update) and C(delete), with one document."
  - A hop is skipped when one that it needs has failed. Hops that do not need each other are all tried.
  - Run it on the machine where the application runs. Anywhere else, DNS and routes may differ.
extends_documentation_fragment:
  - privatelink.mongodb._attributes
requirements:
  - Python >= 3.9 and dnspython >= 2.6 on the machine that is to be probed
  - pymongo >= 4.6 there, for the hops from C(hello) on
attributes:
  check_mode:
    support: full
    details:
      - In check mode, C(create), C(update) and C(delete) are skipped, and all other hops are tried.
  diff_mode:
    support: N/A
    details:
      - The module leaves nothing behind, so there is no difference to show.
  idempotent:
    support: full
    details:
      - The document that the module creates is its own, and is deleted again, even when a later step fails.
options:
  srv_host:
    description:
      - The host of the C(mongodb+srv://) connection string that goes through the private endpoint.
      - Exactly one of O(srv_host) and O(connection_string) must be given.
    type: str
  connection_string:
    description:
      - The connection string, of the form C(mongodb+srv://host/) or C(mongodb://host:port,host:port/), without
        credentials. One that holds credentials is refused, and not repeated in any output.
      - Of its options, C(authSource), C(replicaSet) and C(retryWrites) are heeded. TLS is always used.
      - With C(mongodb://), the hops C(srv), C(txt) and C(parent_domain) are skipped.
    type: str
  resolvers:
    description:
      - The DNS servers to ask, each as C(address) or C(address:port), in the order in which they are tried.
      - If not given, the machine's own configuration decides, hosts file included, as it does for the application.
    type: list
    elements: str
    default: []
  expected_addresses:
    description:
      - The addresses of the private endpoints. Every target must resolve to some of these, and to no others.
      - If not given, the targets' addresses must be private.
    type: list
    elements: str
    default: []
  ports:
    description:
      - The ports to connect to at C(tcp) and C(tls), instead of those of the SRV record, for instance to find out if
        a firewall lets a range pass.
      - The driver uses those of the SRV record in any case.
    type: list
    elements: int
    default: []
  username:
    description:
      - A database user. Without one, the hops from C(authentication) on are skipped.
      - O(username) and O(password) go together.
    type: str
  password:
    description:
      - The user's password, as it is (not percent-encoded).
    type: str
  database:
    description:
      - The database in which one document is created in the collection C(privatelink_probe), and deleted again.
    type: str
    default: privatelink_probe
  auth_source:
    description:
      - The database that holds the user. If not given, what the connection string or its TXT record says.
    type: str
  retry_writes:
    description:
      - Whether the driver repeats a write once after a network error. Azure DocumentDB (Cosmos DB for MongoDB vCore)
        wants V(false).
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of the authorities to trust, in PEM format, instead of the machine's own.
    type: path
  hops:
    description:
      - The hops to try. Those that they need are tried as well. All hops if not given.
      - Without pymongo, the hops from C(hello) on are skipped, unless one of them is named here; then the module fails.
    type: list
    elements: str
    choices:
      - resolver
      - srv
      - txt
      - parent_domain
      - address
      - expected_address
      - tcp
      - tls
      - hello
      - authentication
      - create
      - read
      - update
      - delete
  timeout:
    description:
      - How long a hop may take, in seconds. All ports of a hop are tried at the same time.
    type: float
    default: 5.0
  on_failure:
    description:
      - Whether a broken hop fails the task. The result has RV(probe) in either case.
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: privatelink.mongodb.atlas_connection_info
"""

EXAMPLES = r"""
- name: Prove that the application's machine reaches the cluster through the private endpoint
  privatelink.mongodb.private_link_probe:
    srv_host: cluster0-pl-0.ab123.mongodb.net
    expected_addresses: [10.0.0.4]
    username: app
    password: "{{ app_password }}"

- name: Look at names, ports and certificates only, and go on whatever is found
  privatelink.mongodb.private_link_probe:
    connection_string: mongodb+srv://cluster0-pl-0.ab123.mongodb.net/
    hops: [txt, expected_address, tls]
    on_failure: report
  register: path

- name: Say what is wrong
  ansible.builtin.debug:
    msg: "{{ path.probe.broken_hop }}: {{ path.probe.cause }} {{ path.probe.fix }}"
  when: not path.probe.ok

- name: Ask a certain DNS server instead of the machine's own
  privatelink.mongodb.private_link_probe:
    srv_host: cluster0-pl-0.ab123.mongodb.net
    resolvers: ["168.63.129.16"]
    hops: [address]
"""

RETURN = r"""
probe:
  description: What was found. Also returned when the task fails because of a broken hop.
  returned: always
  type: dict
  contains:
    broken_hop:
      description: The first hop that failed. Null if none did.
      type: str
      sample: srv
    cause:
      description: Why it failed, as far as what was observed proves it.
      type: str
      sample: >-
        The private DNS zone ab123.mongodb.net, linked to this client's network, answers for
        _mongodb._tcp.cluster0-pl-0.ab123.mongodb.net and does not hold it. It hides the public SRV record.
    fix:
      description: What to do about it.
      type: str
      sample: >-
        Unlink the zone ab123.mongodb.net and use one zone for each SRV target host instead, or copy the SRV and TXT
        records into it. Fallback to internet does not help, it never covers SRV and TXT.
    hops:
      description: The hops in order. A hop with several targets has an entry for each.
      type: list
      elements: dict
      contains:
        hop:
          description: The hop's name, one of the choices of O(hops).
          type: str
          sample: address
        message:
          description: What was found, or why the hop was skipped, in one line.
          type: str
          sample: pl-0-eastus2-azure.ab123.mongodb.net is 10.0.0.4
        milliseconds:
          description: How long it took.
          type: float
          sample: 3.1
        observed:
          description:
            - What was observed. Its keys depend on the hop. For DNS they are the answer's code, records, TTL and
              server, and the zone of a negative answer; for C(tls) what the certificate says; for C(hello) the members
              and their states; for all, the error as the system or the driver worded it.
          type: dict
          sample: {"address": "10.0.0.4", "host": "pl-0-eastus2-azure.ab123.mongodb.net", "port": 1024}
        skipped_because:
          description: The failed hop that a skipped one needed. Null if it was skipped for another reason.
          type: str
          sample: srv
        status:
          description: V(ok), V(failed) or V(skipped).
          type: str
          sample: ok
        symptom:
          description: How it failed, in one word that stays the same from version to version. Null if it did not fail.
          type: str
          sample: private_zone
        target:
          description: The host, or host and port, that the hop leads to. Null if there is only one way to go.
          type: str
          sample: pl-0-eastus2-azure.ab123.mongodb.net
    ok:
      description: Whether no hop failed. Hops may have been skipped.
      type: bool
      sample: false
    srv_host:
      description: The SRV host that was probed. Null for a C(mongodb://) connection string.
      type: str
      sample: cluster0-pl-0.ab123.mongodb.net
    symptom:
      description: The symptom of the broken hop. Null if none is broken.
      type: str
      sample: private_zone
    targets:
      description: Where the cluster's members are, as far as it was found out.
      type: list
      elements: dict
      contains:
        addresses:
          description: The host's addresses.
          type: list
          elements: str
          sample: [10.0.0.4]
        host:
          description: Host name.
          type: str
          sample: pl-0-eastus2-azure.ab123.mongodb.net
        port:
          description: TCP port.
          type: int
          sample: 1024
"""

from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import Job, Options, module_door
from ansible_collections.privatelink.mongodb.plugins.module_utils._options import Spec
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.hop import HOPS
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.probe import Probe
from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.request import from_options

SPEC = Spec(
    {
        "srv_host": {"type": "str"},
        # It should hold no secret; if it does, by mistake, no log is to repeat it.
        "connection_string": {"type": "str", "no_log": True},
        "resolvers": {"type": "list", "elements": "str", "default": []},
        "expected_addresses": {"type": "list", "elements": "str", "default": []},
        "ports": {"type": "list", "elements": "int", "default": []},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "database": {"type": "str", "default": "privatelink_probe"},
        "auth_source": {"type": "str"},
        "retry_writes": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "hops": {"type": "list", "elements": "str", "choices": list(HOPS)},
        "timeout": {"type": "float", "default": 5.0},
        "on_failure": {"type": "str", "default": "fail", "choices": ["fail", "report"]},
    },
    mutually_exclusive=(("srv_host", "connection_string"),),
    required_one_of=(("srv_host", "connection_string"),),
    required_together=(("username", "password"),),
)


def build(options: Options) -> Job:
    return Job(Probe(from_options(options), fail=options["on_failure"] == "fail"))


def main() -> None:
    module_door(SPEC, build)


if __name__ == "__main__":
    main()
