# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab under real names and addresses, in a network namespace of its own: clients need no option to find it.

Made with `unshare --user --map-root-user --net`, such a namespace needs no root and has no way out. In it, this machine
has the clouds' addresses, Azure's resolver, and all of 10.0.0.0/8 but for the clients' own addresses (`Network.join`).
"""

from __future__ import annotations

import ipaddress
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.dns import DnsServer, PrivateZone, PublicAnswer, RecordSet, View
from tests.lab.doors import Listener
from tests.lab.mongo_links import AnyLink
from tests.lab.runtime import HOST, Lab, listening_socket
from tests.lab.world import Door

#: Azure's resolver, the same in every virtual network (source: Microsoft, what is IP address 168.63.129.16).
RESOLVER = "168.63.129.16"
#: Addresses for documentation (RFC 5737), so nobody else's. The first is this machine's own, as the control node.
CONTROL, ATLAS, AZURE = "198.51.100.1", "203.0.113.1", "203.0.113.2"
#: The clouds' public names, those that clients use if nothing else is said.
NAMES = {"cloud.mongodb.com": ATLAS, "management.azure.com": AZURE, "login.microsoftonline.com": AZURE}
PRIVATE = ipaddress.ip_network("10.0.0.0/8")


class Network:
    """This process' network namespace, once it has the lab's addresses. Needs iproute2."""

    def __init__(self) -> None:
        """Raises RuntimeError in a namespace that anybody else uses: in a new one not even loopback is up."""
        if run("ip", "-brief", "link", "show", "up"):
            raise RuntimeError("this network is in use; the lab takes real addresses in a new network namespace only")
        run("ip", "link", "set", "lo", "up")
        for address in (CONTROL, ATLAS, AZURE, RESOLVER):
            run("ip", "address", "add", f"{address}/32", "dev", "lo")
        run("ip", "route", "add", "local", str(PRIVATE), "dev", "lo")

    def join(self, name: str, pid: int, address: str) -> None:
        """Plugs the network namespace of a process in as a client: interface `name` here, `eth0` there."""
        run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        run("ip", "link", "set", name, "up")
        # In the table where 10.0.0.0/8 stands as this machine's own: the longer prefix wins within one table only.
        run("ip", "route", "add", f"{address}/32", "dev", name, "table", "local")
        there = ("nsenter", "--target", str(pid), "--net", "ip")
        run(*there, "link", "set", "lo", "up")
        run(*there, "address", "add", f"{address}/32", "dev", "eth0")
        run(*there, "link", "set", "eth0", "up")
        run(*there, "route", "add", "default", "dev", "eth0")


class RealLab(Lab):
    """A lab whose clouds are found under their own names; a client is in the network that holds its address."""

    server_names = (*NAMES, HOST)
    allow_any = True

    def __init__(self, network: Network, pace: str = "instant", directory: Path | None = None) -> None:
        super().__init__(pace, directory)
        self.network = network

    def start(self) -> None:
        """Returns when every port is open."""
        for name, address in (("atlas", ATLAS), ("azure", AZURE)):
            self._sockets[name].close()
            self._sockets[name] = listening_socket(address, 443)
        super().start()

    def url(self, name: str) -> str:
        """The origin of `atlas`, `azure`, `entra` or `control`."""
        hosts = dict(zip(("atlas", "azure", "entra"), NAMES, strict=True))
        return f"https://{hosts[name]}" if name in hosts else super().url(name)

    def holds(self, address: str) -> bool:
        """Whether something can be reached at an address of a virtual network."""
        return ipaddress.ip_address(address) in PRIVATE

    def resolver(self, vnet_id: str | None = None) -> str:
        """`address:port` of the one resolver that everybody uses."""
        return f"{RESOLVER}:53"

    def address_prefix(self, number: int = 0) -> str:
        """A /16 for the 1st, 2nd, ... virtual network."""
        return f"10.{number + 1}.0.0/16"

    def subnet_prefix(self, number: int = 0) -> str:
        """The /24 within `address_prefix` that endpoints are made in."""
        return f"10.{number + 1}.1.0/24"

    def variables(self, link: AnyLink, site: int = 0) -> dict[str, Any]:
        """Variables for the playbooks, without those that only point at a lab."""
        lab_only = ("private_link_verify_resolvers", "private_link_verify_ca_path")
        return {name: value for name, value in super().variables(link, site).items() if name not in lab_only}

    def environment(self) -> dict[str, str]:
        """Credentials and the CA; no address, since the default ones lead here. Holds secrets."""
        return {name: value for name, value in super().environment().items() if not name.endswith(("_URL", "_HOST"))}

    def _wanted(self) -> Iterator[tuple[Any, Any]]:
        """One resolver instead of one for each network."""
        yield ("dns", None), None
        yield from ((key, wanted) for key, wanted in super()._wanted() if isinstance(wanted, Door))

    def _listener(self, wanted: str | Door | None) -> Listener:
        return super()._listener(wanted) if isinstance(wanted, Door) else Resolver(self._view_from)

    def _view_from(self, client: str) -> View:
        address = ipaddress.ip_address(client)
        for network in self.world.of_type("Microsoft.Network/virtualNetworks"):
            prefixes = network["properties"]["addressSpace"]["addressPrefixes"]
            if any(address in ipaddress.ip_network(prefix) for prefix in prefixes):
                return Everywhere(self.world.view(network["id"]))
        return Everywhere(self.world.view(None))


class Resolver(DnsServer):
    """Azure's resolver: what it says depends on the network from which it is asked."""

    def __init__(self, view_from: Callable[[str], View]) -> None:
        super().__init__(view_from(RESOLVER), RESOLVER, 53, allow_any=True)
        self._view_from = view_from

    def view(self, client: str) -> View:
        return self._view_from(client)


@dataclass(frozen=True)
class Everywhere:
    """A place's DNS and, in it, the clouds' own names, with which nothing ever goes wrong."""

    place: View

    def private_zones(self) -> list[PrivateZone]:
        return list(self.place.private_zones())

    def public(self, name: str, rdtype: str) -> PublicAnswer:
        if name not in NAMES:
            return self.place.public(name, rdtype)
        return PublicAnswer(True, RecordSet(60, (NAMES[name],)) if rdtype == "A" else None, name.partition(".")[2])

    def fault(self, name: str, rdtype: str) -> str | None:
        return None if name in NAMES else self.place.fault(name, rdtype)


def run(*command: str) -> str:
    """Runs a program and returns what it prints. Raises RuntimeError with its words when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout
