# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.lab: start, stop and show a lab, inject and heal faults, take rights away, or run the demo."""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.lab import demo, inventory
from tests.lab.demo import PLAYBOOKS, PRODUCTS
from tests.lab.faults import FAULTS, TOPICS, check, describe, products_of
from tests.lab.pace import PACES
from tests.lab.rights import Role

DIRECTORY = Path(".lab")
FAULT = """Injects a fault: into one link or, without link=NAME, into every link. NAME is that of the project, of the
cluster (Azure DocumentDB), of the private endpoint, or of the host in the inventory."""
HEAL = """Undoes faults: all, those of one NAME, those of one link, or both. What a playbook repaired since stays."""
REFUSED = 2  # how a lab ends that cannot be as it was asked for
LIFETIME = 8 * 3600  # seconds; a lab that was forgotten ends by itself


class Remote:
    """A lab that another process runs, reached through what it wrote into its directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory = directory.resolve()
        try:
            self.state: dict[str, Any] = json.loads((directory / "lab.json").read_text())
        except FileNotFoundError:
            started = demo.command(directory, "start")
            raise SystemExit(f"No lab runs in {directory.resolve()}. Start one: {started}") from None

    def call(self, method: str, path: str, body: Any = None) -> Any:
        try:
            answer = requests.request(
                method,
                self.state["control"] + path,
                json=body,
                headers={"Authorization": f"Bearer {self.state['token']}"},
                verify=self.state["ca"],
                timeout=30,
            )
        except requests.RequestException:
            log = self.directory / "lab.log"
            raise SystemExit(f"The lab in {self.directory} does not answer; see {log}.") from None
        found = answer.json()
        if not answer.ok:
            raise SystemExit(str(found.get("error", answer.status_code)))
        return found


def start(
    directory: Path, pace: str, lifetime: int, product: str, links: int = 0, inventories: Sequence[Path] = ()
) -> Remote:
    """Starts a lab in a process of its own and returns when its ports are open."""
    directory = directory.resolve()
    state = directory / "lab.json"
    if state.exists() and _answers(directory):
        raise SystemExit(f"A lab runs in {directory} already. Stop it first: {demo.command(directory, 'stop')}")
    _clear(directory)
    directory.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.lab", "--directory", str(directory), "serve"]
    command += ["--pace", pace, "--lifetime", str(lifetime), "--product", product, "--links", str(links)]
    command += [word for path in inventories for word in ("--inventory", str(path))]
    with (directory / "lab.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    for _attempt in range(600):
        if state.exists():
            return Remote(directory)
        if process.poll() == REFUSED:
            raise SystemExit((directory / "lab.log").read_text().strip())
        if process.poll() is not None:
            break
        time.sleep(0.1)
    process.kill()
    raise SystemExit(f"The lab did not start; see {directory / 'lab.log'}:\n{(directory / 'lab.log').read_text()}")


def stop(directory: Path) -> None:
    """Stops the lab that runs in a directory, and waits until it has gone. One that was killed is cleared away."""
    lab = Remote(directory)
    if _has_gone(lab.state["control"]):
        return _clear(lab.directory)
    lab.call("POST", "/stop")
    for _attempt in range(100):
        if not (lab.directory / "lab.json").exists():
            return None
        time.sleep(0.1)
    raise SystemExit(f"The lab in {directory} was asked to stop but is still there; see {lab.directory / 'lab.log'}.")


def _has_gone(url: str) -> bool:
    """Whether nothing listens there any more."""
    where = urlsplit(url)
    try:
        socket.create_connection((where.hostname, where.port), 10).close()
    except ConnectionRefusedError:
        return True
    return False


def serve(
    directory: Path, pace: str, lifetime: int, product: str, links: int = 0, inventories: Sequence[Path] = ()
) -> None:
    """Runs a lab until it is stopped or its time is up."""
    from tests.lab import fleet, users_fleet
    from tests.lab.runtime import Lab

    try:
        hosts = inventory.read(inventories) if inventories else []
        with Lab(pace, directory) as lab:
            lab.seed()
            if links:
                fleet.write(lab, fleet.seed(lab, links, PRODUCTS[product].name))
            if inventories:
                users_fleet.provide(lab, hosts)
            lead_to = [one for one in PLAYBOOKS if any(one in host.products for host in hosts)]
            lab.write_state(PRODUCTS[product].name, inventories, lead_to)
            lab.stopping.wait(lifetime)
    except ValueError as error:
        print(error, file=sys.stderr)
        raise SystemExit(REFUSED) from None
    finally:
        _clear(directory)


def _clear(directory: Path) -> None:
    """Removes what a lab has written for its time, and what holds its credentials."""
    from tests.lab import shell

    own = ("lab.json", *shell.NAMES, "link.yml", "inventory.yml", "host_vars/*.yml", "[0-9]*.pem")
    for pattern in own:
        for path in directory.glob(pattern):
            path.unlink()


def _answers(directory: Path) -> bool:
    try:
        Remote(directory).call("GET", "/world")
    except SystemExit:
        return False
    return True


def add_product(command: argparse.ArgumentParser) -> None:
    command.add_argument("--product", choices=PRODUCTS, default="atlas", help="what links lead to")


def _links(text: str) -> int:
    from tests.lab import fleet

    try:
        return int(text) and fleet.check(int(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _inventory(text: str) -> Path:
    path = Path(text).resolve()
    if not path.exists():
        raise argparse.ArgumentTypeError(f"the inventory {text} does not exist")
    return path


def _role(text: str) -> Any:
    """The role definition in a file."""
    try:
        definition = json.loads(Path(text).read_text())
        Role.parse(definition)
    except json.JSONDecodeError as error:
        raise argparse.ArgumentTypeError(f"{text} must hold one role definition as JSON: {error}") from None
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text}: {error}") from None
    return definition


def _fits(fault: str, product: str) -> bool:
    """Whether a link to the product, or the whole lab, may have that fault."""
    products = products_of(fault)
    return not products or PRODUCTS[product].name in products


def _only_of(fault: str) -> str:
    fitting = [product for product in PRODUCTS if _fits(fault, product)]
    return "" if len(fitting) == len(PRODUCTS) else f" [{fitting[0]} only]"


def _fault(text: str) -> str:
    try:
        return check(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is no setting: write name=value, such as link=orders")
    return name, value


def faults_of(topic: str | None = None) -> str:
    """The faults by topic, or those of one."""
    lines = []
    for one, names in TOPICS.items():
        if topic in (None, one):
            lines += [f"{one}:", *(f"  {name}: {describe(name)}{_only_of(name)}" for name in names), ""]
    return "\n".join(lines[:-1])


def command_line() -> argparse.ArgumentParser:
    """What may be typed."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("--directory", type=Path, default=DIRECTORY, help="where a lab keeps its state (default .lab)")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("start", "start a lab in the background"), ("serve", "run a lab until it is stopped")):
        command = commands.add_parser(name, help=text)
        command.add_argument("--pace", choices=PACES, default="demo", help="how long the clouds take")
        command.add_argument("--lifetime", type=int, default=LIFETIME, help="seconds until it ends by itself")
        fleets = command.add_mutually_exclusive_group()
        fleets.add_argument("--links", type=_links, default=0, help="a fleet of that many links to build, too")
        fleets.add_argument(
            "--inventory",
            type=_inventory,
            action="append",
            default=[],
            metavar="PATH",
            help="an inventory of your own, whose links the lab is made for (repeatable)",
        )
        add_product(command)
    commands.add_parser("stop", help="stop the lab")
    commands.add_parser("show", help="show what exists")
    commands.add_parser("requests", help="show every request so far")
    fault = commands.add_parser("fault", help="make something go wrong", description=FAULT)
    fault.add_argument("name", type=_fault, metavar="NAME", help="a fault: python -m tests.lab faults")
    fault.add_argument("settings", nargs="*", type=_setting, metavar="name=value", help="link=NAME, or a setting")
    heal = commands.add_parser("heal", help="undo faults", description=HEAL)
    heal.add_argument("what", nargs="*", metavar="NAME or link=NAME", help="none: all faults")
    listed = commands.add_parser("faults", help="list what can go wrong")
    listed.add_argument("topic", nargs="?", choices=TOPICS, help="only those of one topic")
    rights = commands.add_parser("rights", help="let the service principal do in Azure only what roles allow")
    rights.add_argument("roles", nargs="*", type=_role, metavar="FILE", help="role definitions (none: all is allowed)")
    rights.add_argument("--scope", help="where they are assigned (default: the subscription)")
    shown = commands.add_parser(
        "demo", help="build one link, twice, and prove it; or break it and be told what is broken"
    )
    shown.add_argument("--fault", type=_fault, metavar="NAME", help="a fault (the command faults lists them)")
    add_product(shown)
    shown.add_argument("--keep", action="store_true", help="leave the lab running")
    shown.add_argument("--pace", choices=PACES, default="demo", help="how long the clouds take")
    return parser


def main() -> None:
    parser = command_line()
    args = parser.parse_args()
    if args.command == "start":
        lab = start(args.directory, args.pace, args.lifetime, args.product, args.links, args.inventory)
        print(demo.how_to_use(args.directory, lab.state, lab.call("GET", "/world")))
    elif args.command == "serve":
        serve(args.directory, args.pace, args.lifetime, args.product, args.links, args.inventory)
    elif args.command == "stop":
        stop(args.directory)
    elif args.command == "show":
        print(json.dumps(Remote(args.directory).call("GET", "/world"), indent=2))
    elif args.command == "requests":
        print("\n".join(Remote(args.directory).call("GET", "/requests")["requests"]))
    elif args.command == "fault":
        print(Remote(args.directory).call("POST", "/fault", {**dict(args.settings), "name": args.name})["said"])
    elif args.command == "heal":
        asked = _to_heal(parser, args.what)
        healed = Remote(args.directory).call("POST", "/heal", asked)["healed"]
        print("\n".join(f"Healed: {one}" for one in healed))
    elif args.command == "faults":
        print(faults_of(args.topic))
    elif args.command == "rights":
        Remote(args.directory).call("POST", "/rights", {"roles": args.roles, "scope": args.scope})
    else:
        if args.fault and not _fits(args.fault, args.product):
            fitting = ", ".join(name for name in FAULTS if _fits(name, args.product))
            parser.error(f"argument --fault: {args.fault} is no fault of {args.product}, whose faults are: {fitting}")
        raise SystemExit(_demo(args.directory, args.pace, args.keep, args.fault, args.product))


def _to_heal(parser: argparse.ArgumentParser, given: list[str]) -> dict[str, str]:
    asked: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        key = name if equals else "name"
        if key not in ("name", "link") or key in asked:
            parser.error(f"heal takes one NAME of a fault and one link=NAME, not {text!r}")
        asked[key] = value if equals else text
    return asked


def _demo(directory: Path, pace: str, keep: bool, fault: str | None, product: str) -> int:
    lab = start(directory, pace, LIFETIME, product)
    done = False
    try:
        if fault:
            inject = partial(lab.call, "POST", "/fault", {"name": fault})
            world = partial(lab.call, "GET", "/world")
            done = demo.run_with_fault(directory, lab.state, fault, world, lambda: str(inject()["said"]))
        else:
            done = demo.run(directory, lab.state, lambda: int(lab.call("GET", "/requests")["writes"]))
    finally:
        if keep:
            print(demo.how_to_use(directory, lab.state, lab.call("GET", "/world")))
        else:
            stop(directory)
    return 0 if done else 1


if __name__ == "__main__":
    try:
        main()
        sys.stdout.flush()
    except BrokenPipeError:  # as in `show | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
