# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first process of the lab's own namespaces: makes the network, runs the lab and the clients, says what is there.

Started by `outside.py`. It ends when its standard input does, and everything ends with it: the processes with their
namespace, the files with the tmpfs that holds them.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.lab.faults import inject
from tests.lab.links import Clouds
from tests.lab.reality import RESOLVER, Network, RealLab, run
from tests.lab.runtime import Lab

LIFETIME = 600  # seconds without a line from outside; a test run that hangs does not keep this one
SSH_PORT = 2222
USER = "app"

#: Machines that an application could run on. 10.1 is the virtual network of the links that playbooks are to make, 10.2
#: that of the link that stands, and 10.5 is in no cloud.
CLIENTS = {
    "planned": "10.1.2.4",
    "app": "10.2.2.4",
    "dropped": "10.2.2.5",
    "partly": "10.2.2.6",
    "refused": "10.2.2.7",
    "peered": "10.3.2.4",
    "stranger": "10.4.2.4",
    "office": "10.5.2.4",
}
OTHER_NETWORKS = {"vnet-peered": "10.3.0.0/16", "vnet-stranger": "10.4.0.0/16"}

ETC = {
    "resolv.conf": f"nameserver {RESOLVER}\noptions timeout:2 attempts:2\n",
    "hosts": "127.0.0.1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n",
    "passwd": f"root:x:0:0::{{home}}:/bin/sh\n{USER}:x:1000:1000::{{home}}:/bin/sh\n",
    "shadow": f"{USER}:*:19000:0:99999:7:::\n",
    "group": f"root:x:0:\n{USER}:x:1000:\n",
}

#: One user, so no privileges to give up: this is how sshd runs without root.
SSHD = """\
Port {port}
HostKey {directory}/host_key
AuthorizedKeysFile {directory}/key.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PidFile none
Subsystem sftp internal-sftp
SetEnv SSL_CERT_FILE={directory}/ca.pem NODE_EXTRA_CA_CERTS={directory}/ca.pem
"""

SSH = """\
User {user}
Port {port}
IdentityFile {directory}/key
IdentitiesOnly yes
UserKnownHostsFile {directory}/known_hosts
StrictHostKeyChecking yes
"""


def main(directory: Path) -> None:
    seen_from_outside = int(os.readlink("/proc/self"))  # until this namespace has a /proc of its own
    run("mount", "-t", "proc", "proc", "/proc")
    run("mount", "-t", "tmpfs", "-o", "mode=700", "tmpfs", str(directory))
    network = Network()
    home = directory / "home"
    home.mkdir()
    run("mount", "--bind", str(own_etc(directory / "etc", home)), "/etc")
    if all(shutil.which(name) for name in ("sshd", "ssh", "ssh-keygen")):
        prepare_ssh(directory)
    clients = {name: start_client(network, directory / name, address) for name, address in CLIENTS.items()}
    with RealLab(network, "instant", directory) as lab:
        lab.seed()
        standing = lab.build_link("standing")
        lab.change(lambda: add_networks(lab, standing.sites[0].group_id))
        tell(
            pid=seen_from_outside,
            clients=clients,
            environment=lab.environment(),
            links={
                "planned": lab.link_variables(),
                "mongo_cluster": lab.link_variables("mongo_cluster"),
                "standing": lab.variables(standing),
            },
            srv_host=standing.srv_host,
        )
        listen(lab)


def listen(lab: Lab) -> None:
    """Injects the faults of the link that stands whose names come in, and answers each line with the number of requests
    so far that asked a cloud to change something."""
    while select.select([sys.stdin], [], [], LIFETIME)[0] and (line := sys.stdin.readline()):
        if line.strip():
            inject(lab, line.strip(), link="standing")
        tell(writes=sum(exchange.is_write for exchange in lab.requests))


def tell(**found: Any) -> None:
    print(json.dumps(found), flush=True)


def add_networks(lab: Lab, group_id: str) -> None:
    """The virtual networks that no link is in, and that no private zone is linked to."""
    for name, prefix in OTHER_NETWORKS.items():
        body = {"location": "eastus2", "properties": {"addressSpace": {"addressPrefixes": [prefix]}}}
        Clouds(lab.world).put(f"{group_id}/providers/Microsoft.Network/virtualNetworks/{name}", body)


def own_etc(where: Path, home: Path) -> Path:
    """A directory to put over /etc: what stands there, with the files of `ETC` in place of this machine's."""
    original = where.with_name("etc.original")
    original.mkdir(parents=True)
    run("mount", "--rbind", "/etc", str(original))
    where.mkdir()
    for name in {path.name for path in original.iterdir()} - set(ETC):
        (where / name).symlink_to(original / name)
    for name, text in ETC.items():
        (where / name).write_text(text.format(home=home))
    return where


def prepare_ssh(directory: Path) -> None:
    """Keys and settings for the clients' sshd and for who calls them."""
    for name in ("host_key", "key"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / name))
    public = (directory / "host_key.pub").read_text()
    (directory / "known_hosts").write_text("".join(f"[{ip}]:{SSH_PORT} {public}" for ip in CLIENTS.values()))
    (directory / "sshd_config").write_text(SSHD.format(port=SSH_PORT, directory=directory))
    (directory / "ssh_config").write_text(SSH.format(user=USER, port=SSH_PORT, directory=directory))


def start_client(network: Network, directory: Path, address: str) -> int:
    """A machine in namespaces of its own, with a user of its own and, where there is one, an sshd; its process id."""
    home = directory / "home"
    home.mkdir(parents=True)
    etc = own_etc(directory / "etc", home)
    settings = directory.parent / "sshd_config"
    serve = f"{shutil.which('sshd')} -D -e -f {settings}" if settings.exists() else "sleep infinity"
    user = "unshare --user --map-user=1000 --map-group=1000"
    script = f"mount --bind {etc} /etc && echo here && read go && exec {user} {serve}"
    process = subprocess.Popen(
        ["unshare", "--net", "--mount", "sh", "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin and process.stdout
    process.stdout.readline()
    network.join(directory.name, process.pid, address)
    process.stdin.write(b"\n")
    process.stdin.close()
    return process.pid


if __name__ == "__main__":
    main(Path(sys.argv[1]))
