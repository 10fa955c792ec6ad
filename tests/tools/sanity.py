# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `ansible-test sanity` on a copy of the checkout, with the ansible-core and the Python of this environment.

The modules are compiled and imported with this Python, and with the oldest that they support if it is found here.
Usage: python -m tests.tools.sanity [options of ansible-test sanity]
"""

from __future__ import annotations

import ast
import os
import platform
import subprocess
import sys
from pathlib import Path

from ansible.release import __version__ as CORE

from tests.tools.interpreters import find, search_path
from tests.tools.seed_get_pip import seed_get_pip
from tests.tools.stage import CACHE, NOT_SHIPPED, stage

OLDEST_PYTHON_OF_MODULES = "3.9"


def main() -> int:
    home = CACHE / "home"
    write_pip_configuration(home / ".config" / "pip" / "pip.conf")
    seed_get_pip(home)
    programs = Path(sys.executable).parent
    python = ".".join(platform.python_version_tuple()[:2])
    options = ["--controller", f"origin:python=venv/{python}", "--target-python", python, "--color", "no"]
    if find(OLDEST_PYTHON_OF_MODULES):
        options += ["--target-python", OLDEST_PYTHON_OF_MODULES]
    return subprocess.run(
        [programs / "ansible-test", "sanity", *options, *sys.argv[1:]],
        # ruff looks at our tests, and pylint would take as long for them as for all else.
        cwd=stage(f"sanity-{CORE}", leave_out=NOT_SHIPPED),
        check=False,
        env={**os.environ, "HOME": str(home), "PATH": f"{programs}{os.pathsep}{search_path()}"},
    ).returncode


def write_pip_configuration(path: Path) -> None:
    """Write down how pip is configured here (mirror, proxy, certificates, cache).

    ansible-test hands its pip neither the environment nor, as its home is not the user's, the user's own file.
    """
    pip = [sys.executable, "-m", "pip"]
    listing = subprocess.run([*pip, "config", "list"], check=True, capture_output=True, text=True).stdout
    cache = subprocess.run([*pip, "cache", "dir"], check=True, capture_output=True, text=True).stdout.strip()
    settings = {"cache-dir": cache, "quiet": "2"}
    for line in listing.splitlines():
        name, value = line.split("=", 1)
        section, option = name.rsplit(".", 1)
        if section in ("global", "install", ":env:"):
            settings[option] = ast.literal_eval(value).replace("\n", "\n  ")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("[global]\n" + "".join(f"{option} = {value}\n" for option, value in settings.items()))


if __name__ == "__main__":
    sys.exit(main())
