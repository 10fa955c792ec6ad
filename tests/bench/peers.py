# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same job done by others: an endpoint, a zone, its link and three record sets, created and then unchanged."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import tasks
from tests.bench.away import Away, seed
from tests.bench.document import Target, progress, table, targets
from tests.bench.measure import playbook, private, run
from tests.bench.tasks import AS_MODULE, IN_PROCESS, Seconds, Subject
from tests.lab import links
from tests.lab.runtime import Lab
from tests.support.ansible import surroundings
from tests.support.environment import program

PEERS = Path(sys.prefix) / "bench-peers"  # where make puts them
AZCOLLECTION, AZ = "azure.azcollection", "az"
OURS = "privatelink.mongodb"
CREATED, UNCHANGED = "created", "unchanged"
RECORDS = {"pl-0": "10.0.0.4", "pl-1": "10.0.0.5", "pl-2": "10.0.0.6"}
Tasks = list[dict[str, Any]]


@dataclass(frozen=True)
class Job:
    """What one of them is to make; each has a network and a zone of its own."""

    who: str
    group: str
    location: str
    network: str  # a resource id, as the next two are
    subnet: str
    target: str

    @property
    def endpoint(self) -> str:
        return f"pe-{self.who.replace('.', '-')}"

    @property
    def zone(self) -> str:
        return f"{self.who.replace('.', '-')}.example.com"


def plan(lab: Lab, who: str, number: int) -> Job:
    """Makes the network in which somebody is to do the job."""
    cluster = next(iter(lab.world.mongo_clusters.values()))
    site = links.new_site(lab, cluster.group_id, cluster.location, "", f"vnet-{number}", number)
    lab.change(lambda: links.make_network(links.Clouds(lab.world), site))
    group = cluster.group_id.rpartition("/")[2]
    return Job(who, group, site.location, site.virtual_network_id, site.subnet_id, cluster.id)


def our_tasks(job: Job) -> Tasks:
    records = [{"name": name, "type": "A", "values": [address]} for name, address in RECORDS.items()]
    return [
        {
            "privatelink.mongodb.azure_private_endpoint": {
                "resource_group": job.group,
                "name": job.endpoint,
                "location": job.location,
                "subnet_id": job.subnet,
                "private_link_service_id": job.target,
                "group_ids": ["MongoCluster"],
                "manual_request": False,
            }
        },
        {
            "privatelink.mongodb.azure_private_dns_zone": {
                "resource_group": job.group,
                "name": job.zone,
                "links": [{"virtual_network_id": job.network}],
            }
        },
        {
            "privatelink.mongodb.azure_private_dns_records": {
                "resource_group": job.group,
                "zone": job.zone,
                "records": records,
            }
        },
    ]


def azcollection_tasks(job: Job) -> Tasks:
    connection = {"name": job.endpoint, "private_link_service_id": job.target, "group_ids": ["MongoCluster"]}
    return [
        {
            "azure.azcollection.azure_rm_privateendpoint": {
                "resource_group": job.group,
                "name": job.endpoint,
                "location": job.location,
                "subnet": {"id": job.subnet},
                "private_link_service_connections": [connection],
            }
        },
        {"azure.azcollection.azure_rm_privatednszone": {"resource_group": job.group, "name": job.zone}},
        {
            "azure.azcollection.azure_rm_privatednszonelink": {
                "resource_group": job.group,
                "name": "bench",
                "zone_name": job.zone,
                "virtual_network": job.network,
            }
        },
        *(
            {
                "azure.azcollection.azure_rm_privatednsrecordset": {
                    "resource_group": job.group,
                    "zone_name": job.zone,
                    "relative_name": name,
                    "record_type": "A",
                    "records": [{"entry": address}],
                }
            }
            for name, address in RECORDS.items()
        ),
    ]


def az_creates(job: Job) -> list[list[str]]:
    group, zone, private_dns = ["-g", job.group], ["-g", job.group, "-z", job.zone], ["network", "private-dns"]
    return [
        [
            *["network", "private-endpoint", "create", *group, "-n", job.endpoint, "--location", job.location],
            *["--subnet", job.subnet, "--connection-name", job.endpoint],
            *["--private-connection-resource-id", job.target, "--group-id", "MongoCluster"],
        ],
        [*private_dns, "zone", "create", *group, "-n", job.zone],
        [*private_dns, "link", "vnet", "create", *zone, "-n", "bench", "-v", job.network, "-e", "false"],
        *(
            [*private_dns, "record-set", "a", "add-record", *zone, "-n", name, "-a", address]
            for name, address in RECORDS.items()
        ),
    ]


def az_looks(job: Job) -> list[list[str]]:
    """az refuses to create some things a second time, so a script has to look at each before."""
    group, zone, private_dns = ["-g", job.group], ["-g", job.group, "-z", job.zone], ["network", "private-dns"]
    return [
        ["network", "private-endpoint", "show", *group, "-n", job.endpoint],
        [*private_dns, "zone", "show", *group, "-n", job.zone],
        [*private_dns, "link", "vnet", "show", *zone, "-n", "bench"],
        *([*private_dns, "record-set", "a", "show", *zone, "-n", name] for name in RECORDS),
    ]


def azcollection_environment(away: Away) -> dict[str, str]:
    """What takes its table of clouds to the lab (see `azcollection_clouds.txt`)."""
    return {"BENCH_AZURE": away.ask(Lab.url, "azure"), "AZURE_DISABLE_INSTANCE_DISCOVERY": "true"}


def az_environment(away: Away, directory: Path) -> dict[str, str]:
    """Signs az in, with a configuration of its own. What it returns holds secrets."""
    env = {
        **surroundings(away.ask(Lab.environment)),
        "AZURE_CONFIG_DIR": str(directory / "az"),
        "AZURE_CORE_COLLECT_TELEMETRY": "no",
        "AZURE_CORE_INSTANCE_DISCOVERY": "false",
        "AZURE_CORE_OUTPUT": "none",
    }
    client = ["-u", env["AZURE_CLIENT_ID"], "-p", f"@{private(directory, env['AZURE_SECRET'])}"]
    for command in (
        ["cloud", "register", "-n", "lab", "--endpoint-resource-manager", env["AZURE_RESOURCE_MANAGER_URL"]],
        ["cloud", "set", "-n", "lab"],
        ["login", "--service-principal", *client, "--tenant", env["AZURE_TENANT"]],
    ):
        run([str(PEERS / "az" / "bin" / "az"), *command], env)
    return env


@dataclass(frozen=True)
class Peer:
    """Somebody who can do the job: the commands that create everything, those that find it done, their environment."""

    name: str
    creates: Sequence[Sequence[str]]
    looks: Sequence[Sequence[str]]
    env: Mapping[str, str]

    def work(self, away: Away, what: str) -> tuple[object, ...]:
        before = len(away.requests())
        costs = [run(command, self.env) for command in (self.creates if what == CREATED else self.looks)]
        asked = away.requests(before)
        wall, cpu = sum(cost.wall for cost in costs), sum(cost.cpu for cost in costs)
        progress(f"{self.name}, {what}: {wall:.1f} s")
        return self.name, what, wall, cpu, len(asked), sum(exchange.is_write for exchange in asked)


def main(rounds: int) -> str:
    if not PEERS.is_dir():
        raise SystemExit("The peers are not installed. Run: make bench-peers")
    with Away() as away, tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        away.ask(seed)
        jobs = {who: away.ask(plan, who, number) for number, who in enumerate((OURS, AZCOLLECTION, AZ), 1)}
        env = surroundings(away.ask(Lab.environment))
        theirs = {**env, **azcollection_environment(away)}
        ansible = str(PEERS / "azcollection" / "bin" / "ansible-playbook")
        ours, others = our_tasks(jobs[OURS]), azcollection_tasks(jobs[AZCOLLECTION])
        our_play = [_play(program("ansible-playbook"), ours, directory)]
        their_play = [_play(ansible, others, directory)]
        az = str(PEERS / "az" / "bin" / "az")
        creates, looks = ([[az, *one] for one in found(jobs[AZ])] for found in (az_creates, az_looks))
        peers = [
            Peer(OURS, our_play, our_play, env),
            Peer(AZCOLLECTION, their_play, their_play, theirs),
            Peer(AZ, creates, looks, az_environment(away, directory)),
        ]
        done = [peer.work(away, what) for what in (CREATED, UNCHANGED) for peer in peers]
        pairs = ((ours[0], others[0]), (ours[1], others[1]))
        seconds = tasks.measure(
            [subject for pair in pairs for subject in _subjects(*pair, ansible, theirs)], env, rounds, directory
        )
    reached = [_target(_name(one), _name(other), seconds) for one, other in pairs]
    head = ("who", "what", "seconds", "CPU seconds", "requests", "of these writes")
    return "\n\n".join(
        [
            _versions(),
            targets(reached),
            table(head, done),
            f"Seconds a task, medians of {rounds} rounds:",
            tasks.compare(seconds, _name(others[0])),
        ]
    )


def _versions() -> str:
    """Of the peers, as their environments have them."""
    packages = "lib/python3*/site-packages"
    (az,) = (PEERS / "az").glob(f"{packages}/azure_cli-*.dist-info")
    (manifest,) = (PEERS / "azcollection").glob(f"{packages}/ansible_collections/azure/azcollection/MANIFEST.json")
    version = json.loads(manifest.read_text())["collection_info"]["version"]
    return f"{AZCOLLECTION} {version}; azure-cli {az.stem.partition('-')[2]}."


def _target(ours: str, theirs: str, seconds: Mapping[str, Seconds]) -> Target:
    ratio = seconds[f"{ours}, {IN_PROCESS}"].wall / seconds[theirs].wall
    return Target(f"an unchanged {ours}, in-process", ratio, 0.05, f"x {theirs}")


def _play(ansible: str, tasks_: Tasks, directory: Path) -> list[str]:
    return [ansible, str(playbook(directory, [{"hosts": "localhost", "gather_facts": False, "tasks": tasks_}]))]


def _name(task: Mapping[str, Any]) -> str:
    return next(iter(task)).rpartition(".")[2]


def _subjects(ours: dict[str, Any], theirs: dict[str, Any], ansible: str, env: Mapping[str, str]) -> list[Subject]:
    return [
        Subject(f"{_name(ours)}, {IN_PROCESS}", ours),
        Subject(f"{_name(ours)}, {AS_MODULE}", ours, {"PRIVATELINK_DOOR": "module"}),
        Subject(_name(theirs), theirs, env, ansible),
    ]
