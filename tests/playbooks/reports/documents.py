# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report documents to render: what a verify run hands over, healthy or broken, of one link or of many."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

Document = dict[str, Any]

HOST, SRV_HOST = "pl-0-eastus2.k3x9a.mongodb.net", "cluster0-pl-0.k3x9a.mongodb.net"
ADDRESS, STALE = "10.20.1.10", "10.20.1.7"
PORTS = (1024, 1025, 1026)
TARGETS = [f"{HOST}:{port}" for port in PORTS]
ZONE = "k3x9a.mongodb.net"
SUBSCRIPTION = "/subscriptions/5f0c1f0e-0000-4000-8000-1d2b3c4d5e6f"
ENDPOINT_ID = f"{SUBSCRIPTION}/resourceGroups/rg-app/providers/Microsoft.Network/privateEndpoints/pe-atlas"

CONTROL: dict[str, tuple[str, str, Document]] = {
    "cluster": (
        "Cluster",
        "cluster0 is IDLE on M10 in US_EAST_2",
        {"name": "cluster0", "state": "IDLE", "paused": False},
    ),
    "endpoint_service": (
        "Endpoint service",
        "pls_65f1c0 is AVAILABLE in US_EAST_2",
        {"id": "65f1c0a9d0b7e2442cbb1f01", "status": "AVAILABLE", "error_message": None},
    ),
    "private_endpoint": (
        "Private endpoint",
        "pe-atlas was provisioned",
        {"id": ENDPOINT_ID, "provisioning_state": "Succeeded", "ip_address": ADDRESS},
    ),
    "endpoint_interface": (
        "Endpoint interface",
        "Atlas knows pe-atlas, AVAILABLE",
        {"status": "AVAILABLE", "ip_address": ADDRESS, "error_message": None},
    ),
    "connection": ("Connection", "Azure says Approved", {"connection_state": "Approved"}),
    "registered_address": (
        "Registered address",
        f"{ADDRESS} on both sides",
        {"registered": ADDRESS, "network_interface": ADDRESS},
    ),
    "connection_string": (
        "Connection string",
        f"cluster0 has mongodb+srv://{SRV_HOST}",
        {"srv": f"mongodb+srv://{SRV_HOST}"},
    ),
}
#: The same of Azure DocumentDB.
MONGO_CONTROL: dict[str, tuple[str, str, Document]] = {
    "cluster": ("Cluster", "billing is Ready, M30 in eastus2", {"tier": "M30", "high_availability": "Disabled"}),
    "private_endpoint": CONTROL["private_endpoint"],
    "connection": (
        "Connection on both sides",
        "Approved on the endpoint's side, Approved on the cluster's",
        {"endpoint_says": "Approved", "cluster_says": "Approved"},
    ),
    "zone_group": ("DNS zone group", f"the zone group keeps {ADDRESS}", {"zone_group": "default"}),
    "zone_link": ("Link of the private zone", "the zone is linked to vnet-app", {"virtual_network": "vnet-app"}),
    "connection_string": (
        "Connection string",
        "billing has mongodb+srv://billing.mongocluster.cosmos.azure.com/",
        {"srv_host": "billing.mongocluster.cosmos.azure.com"},
    ),
}
CERTIFICATE = {
    "version": "TLSv1.3",
    "subject": "commonName=*.mongodb.net",
    "issuer": "countryName=US, organizationName=Let's Encrypt, commonName=R11",
    "names": ["*.mongodb.net", f"*.{ZONE}"],
    "not_before": "2026-01-04T00:00:00Z",
    "not_after": "2026-04-04T00:00:00Z",
    "days_left": 77,
    "error": None,
}
OPERATIONS = {"create": "created", "read": "found", "update": "updated", "delete": "deleted"}


def hop(name: str, title: str, message: str, observed: Document, plane: str = "data", **rest: Any) -> Document:
    """A hop that went well, unless `rest` says otherwise."""
    fixed = {"hop": name, "title": title, "plane": plane, "message": message, "observed": observed}
    open_ = {"status": "ok", "target": None, "symptom": None, "skipped_because": None, "milliseconds": 0.0}
    return {**open_, **fixed, **rest}


def control_hops(control: dict[str, tuple[str, str, Document]]) -> list[Document]:
    """What the clouds' APIs say of a healthy link."""
    return [hop(name, *words, plane="control", milliseconds=84.0) for name, words in control.items()]


def data_hops() -> list[Document]:
    """What a probe with a database user sees on a healthy path: one hop for each target where there are several."""
    records = [f"0 0 {port} {HOST}." for port in PORTS]
    addresses = {"name": HOST, "rcode": "NOERROR", "addresses": [ADDRESS], "dns": [ADDRESS], "system": None}
    hops = [
        hop("resolver", "Resolver", "1 of 1 DNS servers answer", {"servers": ["168.63.129.16"]}, milliseconds=3.1),
        hop("srv", "SRV record", f"3 targets: {', '.join(TARGETS)}", {"records": records}, milliseconds=4.6),
        hop("txt", "TXT record", "one record", {"records": ["authSource=admin&replicaSet=atlas-x1"]}, milliseconds=4.2),
        hop("parent_domain", "Parent domain", f"all targets are within {ZONE}", {"domain": ZONE, "outside": []}),
        hop("address", "Address", f"{HOST} is {ADDRESS}", addresses, target=HOST, milliseconds=5.5),
        hop("expected_address", "Expected address", f"{ADDRESS} is as expected", {"wrong": []}, target=HOST),
    ]
    for target, port in zip(TARGETS, PORTS, strict=True):
        seen = {"host": HOST, "address": ADDRESS, "port": port, "timeout": 5.0}
        hops.append(hop("tcp", "TCP", f"{target} accepts at {ADDRESS}", seen, target=target, milliseconds=1.4))
    for target in TARGETS:
        words = f"{target} has a valid certificate for 77 more days"
        hops.append(hop("tls", "TLS", words, dict(CERTIFICATE), target=target, milliseconds=18.2))
    members = [{"member": target, "type": "RSPrimary" if target == TARGETS[0] else "RSSecondary"} for target in TARGETS]
    hops.append(hop("hello", "Hello", f"{TARGETS[0]} accepts writes", {"members": members}, milliseconds=41.7))
    hops.append(hop("authentication", "Sign-in", "logged in as app", {"username": "app"}, milliseconds=12.9))
    seen = {"namespace": "privatelink_probe.privatelink_probe"}
    return hops + [hop(n, n.title(), f"{w} a document", seen, milliseconds=6.4) for n, w in OPERATIONS.items()]


def probe(client: str = "app1") -> Document:
    """A probe that found nothing wrong."""
    targets = [{"host": HOST, "port": port, "addresses": [ADDRESS]} for port in PORTS]
    none = dict.fromkeys(("broken_hop", "symptom", "cause", "fix"))
    return {"client": client, "srv_host": SRV_HOST, "ok": True, "hops": data_hops(), "targets": targets, **none}


def link(name: str = "orders", clients: tuple[str, ...] = ("app1",)) -> Document:
    """A link that works from all these clients."""
    facts = {
        "Project": "orders-prod",
        "Region": "US_EAST_2 (eastus2)",
        "Clusters": "cluster0",
        "Endpoint service": "pls_65f1c0a9d0b7e2442cbb1f01",
        "Private endpoint": "pe-atlas in rg-app",
        "Address": ADDRESS,
        "Virtual network": "vnet-app / snet-endpoints",
    }
    lines = {
        "Atlas private endpoint": "AVAILABLE",
        "Azure private endpoint connection": "Approved",
        "the same address on both sides": f"{ADDRESS} registered with Atlas, {ADDRESS} on the network interface",
        f"SRV record of {SRV_HOST}": f"{HOST}, ports 1024, 1025, 1026",
        "its targets resolve to the endpoint": ADDRESS,
        "TCP on every port of the SRV record": "1024, 1025, 1026 accept",
        "create, read, update, delete": f"through mongodb+srv://{SRV_HOST}",
    }
    return {
        "name": name,
        "product": "atlas",
        "ok": True,
        "summary": f"{' and '.join(clients)} created, read, updated and deleted a document through {ADDRESS}.",
        "broken": None,
        "connection_strings": [{"cluster": "cluster0", "connection_string": f"mongodb+srv://{SRV_HOST}"}],
        "facts": [{"label": label, "value": value} for label, value in facts.items()],
        "lines": [{"check": check, "ok": True, "observed": observed} for check, observed in lines.items()],
        "findings": [],
        "control": control_hops(CONTROL),
        "probes": [probe(client) for client in clients],
    }


def mongo_link(name: str = "billing", clients: tuple[str, ...] = ("app1",)) -> Document:
    """A link to Azure DocumentDB that works."""
    facts = {"Cluster": "billing", "Public network access": "Disabled", "Tier": "M30", "High availability": "Disabled"}
    labels = [{"label": label, "value": value} for label, value in facts.items()]
    return {**link(name, clients), "product": "mongo_cluster", "facts": labels, "control": control_hops(MONGO_CONTROL)}


def unzoned(name: str = "reporting") -> Document:
    """A link to Azure DocumentDB whose endpoint has no zone group."""
    broken = mongo_link(name, ())
    failed = broken["control"][3]
    failed.update(status="failed", symptom="missing", message="the private endpoint has no DNS zone group", observed={})
    return broken_at(
        broken,
        failed,
        broken["control"],
        None,
        cause="The private endpoint has no DNS zone group.",
        fix="Make one for the zone that the cluster asks for.",
        evidence=[failed["message"]],
    )


def report(*links: Document, not_verified: tuple[str, ...] = ()) -> Document:
    """The whole document."""
    return {
        "schema_version": 1,
        "generated_at": "2026-01-16T09:41:07Z",
        "collection_version": "0.1.0",
        "ok": all(one["ok"] for one in links) and not not_verified,
        "links": list(links),
        "not_verified": list(not_verified),
    }


def broken_at(
    broken: Document, failed: Document, hops: list[Document], probe: Document | None, **words: Any
) -> Document:
    """Has a link fail at one of its hops, which bars all later ones. `words` are cause, fix and evidence."""
    name, after = failed["hop"], hops[hops.index(failed) + 1 :]
    later = [one for one in after if one["hop"] != name]
    for one in later:
        message = f"not tried, because of {name}"
        one.update(status="skipped", skipped_because=name, message=message, observed={}, milliseconds=0.0)
    where = {"client": probe and probe["client"], "srv_host": probe and probe["srv_host"]}
    what = {part: failed[part] for part in ("hop", "title", "plane", "symptom", "target")}
    skipped = list(dict.fromkeys(one["hop"] for one in later))
    broken["broken"] = {**what, **where, **words, "skipped": skipped}
    broken.update(ok=False, summary=f"The private link does not work: the broken hop is {name}.")
    if probe:
        probe.update(ok=False, broken_hop=name, symptom=failed["symptom"], cause=words["cause"], fix=words["fix"])
    return broken


def shadowed(name: str = "orders", clients: tuple[str, ...] = ("app1",)) -> Document:
    """A link whose SRV record is hidden from the first client by a private zone."""
    broken, srv = link(name, clients), f"_mongodb._tcp.{SRV_HOST}"
    first = broken["probes"][0]
    failed = first["hops"][1]
    soa = f"{ZONE}. azureprivatedns.net. azureprivatedns-host.microsoft.com. 1 3600 300 2419200 10"
    failed.update(status="failed", symptom="private_zone", message=f"no SRV record: NXDOMAIN, by the zone {ZONE}")
    failed.update(observed={"name": srv, "rcode": "NXDOMAIN", "server": "168.63.129.16", "records": [], "soa": soa})
    broken["lines"][3].update(ok=False, observed=failed["message"])
    for line in broken["lines"][4:]:
        line.update(ok=None, observed="not tried, because of srv")
    broken["findings"] = [
        finding(
            ("shadow_without_srv", "breaks"),
            ZONE,
            f"The zone {ZONE} holds addresses only, and hides the public SRV and TXT records.",
            "Unlink it, and use the mode host_zones.",
            zone_id=f"{SUBSCRIPTION}/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/{ZONE}",
            hides=[srv, SRV_HOST, f"cluster0.{ZONE}"],
        ),
        finding(
            ("does_nothing", "useless"),
            "privatelink.mongodb.net",
            "No name of Atlas lies in the zone privatelink.mongodb.net.",
            "Remove it.",
        ),
    ]
    return broken_at(
        broken,
        failed,
        first["hops"],
        first,
        cause=f"The private DNS zone {ZONE}, linked to this client's network, answers for {srv} and does not hold it.",
        fix=f"Unlink the zone {ZONE} and use one zone for each SRV target host instead, or copy SRV and TXT into it.",
        evidence=[f"168.63.129.16 answers NXDOMAIN for SRV {srv}", f"SOA of the answer: {soa}"],
    )


def finding(kind: tuple[str, str], zone: str, message: str, fix: str, **rest: Any) -> Document:
    """What the DNS linter says of one zone; `kind` is its rule and the severity."""
    networks = [f"{SUBSCRIPTION}/resourceGroups/rg-app/providers/Microsoft.Network/virtualNetworks/vnet-app"]
    fixed = {"rule": kind[0], "severity": kind[1], "zone": zone, "message": message, "fix": fix}
    return {"zone_id": None, "virtual_networks": networks, "hides": [], **fixed, **rest}


def unregistered(name: str = "search") -> Document:
    """A link that is broken in the control plane, so that no client could be probed."""
    broken = link(name, ())
    failed = broken["control"][3]
    failed.update(status="failed", symptom="never_registered", message="Atlas does not know pe-atlas", observed={})
    broken["lines"] = [{"check": "Atlas private endpoint", "ok": False, "observed": "nothing"}]
    return broken_at(
        broken,
        failed,
        broken["control"],
        None,
        cause="The private endpoint pe-atlas waits for approval because it was never registered with Atlas.",
        fix="Run the role atlas_private_link, or register the endpoint's resource id and address with Atlas.",
        evidence=["Azure: connection Pending", "Atlas: no interface with this resource id"],
    )


def half_dead(name: str = "reports") -> Document:
    """A link whose host has two addresses, one of which does not answer: two hops with one target."""
    broken = link(name)
    first = broken["probes"][0]
    at = next(number for number, one in enumerate(first["hops"]) if one["hop"] == "tcp")
    failed = {**first["hops"][at], "status": "failed", "symptom": "timeout", "milliseconds": 5000.0}
    failed.update(message=f"{TARGETS[0]} at {STALE}: timed out", observed={"address": STALE, "port": PORTS[0]})
    first["hops"].insert(at, failed)
    return broken_at(
        broken,
        failed,
        first["hops"],
        first,
        cause=f"Nothing answers at {STALE} on port {PORTS[0]}.",
        fix=f"Remove {STALE} from the record.",
        evidence=[failed["message"]],
    )


def unproved(name: str = "orders") -> Document:
    """A link of which nothing is known to be broken, but that no client could prove."""
    nothing = link(name, ())
    nothing.update(ok=False, summary="The private link was not proved: there was no connection string to probe.")
    for line in nothing["lines"][3:]:
        line.update(ok=None, observed="there was no connection string to probe")
    return nothing


def crowded() -> list[Document]:
    """More links, and more clients, than a page can show in full. Their probes are short, to be quick."""
    links = [link(f"link-{n}", tuple(f"app{n}-{c}" for c in range(10))) for n in range(10)]
    for one in links:
        for each in one["probes"]:
            each["hops"] = each["hops"][:2]
    return [*links, shadowed("link-10"), unregistered("link-11"), half_dead("link-12"), unproved("link-13")]


#: The texts that are one of a few, by the schema: nobody outside chooses them.
ENUMERATED = {
    *("atlas", "mongo_cluster", "control", "data", "ok", "failed", "skipped", "breaks", "risk", "useless", "client"),
    *CONTROL,
    *MONGO_CONTROL,
    *("resolver", "srv", "txt", "parent_domain", "address", "expected_address", "tcp", "tls", "hello"),
    *("authentication", *OPERATIONS),
}


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """A copy in which every string, keys aside, is changed."""
    if isinstance(value, dict):
        return {key: mapped(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [mapped(item, change) for item in value]
    return change(value) if isinstance(value, str) else deepcopy(value)
