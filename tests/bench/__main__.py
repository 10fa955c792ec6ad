# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.bench: measures, and rewrites the part of docs/performance.md that it measured."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

from tests.bench import counting, document, fleets, link, pace, peers, polling, probe, tasks


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.replace(",", " ").split()]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often short things are measured (default 3)")
    parser.add_argument("--fleet", type=_numbers, default=fleets.SIZES, help="numbers of links, such as '1 20'")
    parser.add_argument("--forks", type=_numbers, default=fleets.FORKS, help="numbers of forks, such as '10'")
    parts: dict[str, Callable[[], str]] = {
        "tasks": lambda: tasks.main(args.rounds),
        "link": lambda: link.main(args.rounds),
        "requests": counting.main,
        "polling": polling.main,
        "fleet": lambda: fleets.main(args.fleet, args.forks),
        "pace": pace.main,
        "probe": probe.main,
        "peers": lambda: peers.main(args.rounds),
    }
    # What others must be installed for is measured only if it is asked for.
    usual = [part for part in parts if part != "peers"]
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(parts)}; default: all but peers")
    args = parser.parse_args()
    for part in args.parts:
        if part not in parts:
            parser.error(f"there is no part {part!r}; there are: {', '.join(parts)}")
    for part in args.parts or usual:
        document.progress(f"-- {part}")
        load, began = os.getloadavg()[0], time.monotonic()
        document.write(part, parts[part](), load)
        document.progress(f"-- {part} took {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
