# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the simulated clouds take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Seconds that each thing takes. At 0 a state still shows once: in the answer to the call that began it."""

    service: float = 0.0
    service_delete: float = 0.0
    interface: float = 0.0
    interface_delete: float = 0.0
    connection_strings: float = 0.0
    private_endpoint: float = 0.0
    virtual_network: float = 0.0
    private_dns_zone: float = 0.0
    virtual_network_link: float = 0.0
    private_dns_zone_group: float = 0.0
    mongo_cluster: float = 0.0
    provider: float = 0.0


#: `real`: the endpoint service's 59 s is the median of 104 live recordings by MongoDB's own CLI; the strings' 180 s the
#: lower end of what Terraform users measured (3-5 minutes); the others are estimates, no recording is public.
PACES = {
    "instant": Pace(),
    "demo": Pace(
        service=1.0,
        service_delete=1.0,
        interface=0.6,
        interface_delete=1.0,
        connection_strings=1.0,
        private_endpoint=0.6,
        virtual_network=0.3,
        private_dns_zone=0.3,
        virtual_network_link=0.3,
        private_dns_zone_group=0.3,
        mongo_cluster=0.6,
        provider=0.6,
    ),
    "real": Pace(
        service=59.0,
        service_delete=60.0,
        interface=75.0,
        interface_delete=60.0,
        connection_strings=180.0,
        private_endpoint=35.0,
        virtual_network=5.0,
        private_dns_zone=30.0,
        virtual_network_link=45.0,
        private_dns_zone_group=20.0,
        mongo_cluster=60.0,
        provider=30.0,
    ),
}
