# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of the system that tests need, and the only two ways to leave a test out.

`needs` is for what can be installed: the session ends with the command that does it, and with CI=true the test fails.
`impossible` is for what a platform cannot do at all. `tests.tools.skips` fails every other skip where CI=true.

Usage: python -m tests.support.tools. Prints the Debian packages of the programs that are missing, for `.ci/install`;
so this file needs nothing but Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import NoReturn

NEEDS = "needs "
IMPOSSIBLE = "impossible here: "
#: How the command that installs something is set off from what it installs.
COMMAND = "; install it with: "

#: sshd, nft and ip are not on everybody's PATH.
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
#: The Python of the system makes virtual environments for clients, as a user's would.
SYSTEM_PYTHON = "/usr/bin/python3"
VENV = f"{SYSTEM_PYTHON} with venv"

#: What tests need -> its package in Debian.
PACKAGES = {
    "chromium": "chromium",
    "ip": "iproute2",
    "mount": "mount",
    "nft": "nftables",
    "nsenter": "util-linux",
    "ssh": "openssh-client",
    "sshd": "openssh-server",
    "unshare": "util-linux",
    VENV: "python3-venv",
}
#: As other distributions call it.
OTHER_NAMES = {"chromium": ("chromium-browser", "google-chrome")}


def find(program: str) -> str | None:
    """The path of one of `PACKAGES`, or None where it is missing."""
    if program == VENV:
        tried = subprocess.run([SYSTEM_PYTHON, "-c", "import ensurepip"], capture_output=True, check=False)
        return None if tried.returncode else SYSTEM_PYTHON
    names = (program, *OTHER_NAMES.get(program, ()))
    return next(filter(None, (shutil.which(name, path=SEARCH_PATH) for name in names)), None)


def missing() -> list[str]:
    """The Debian packages of the programs that are not installed."""
    return sorted({package for program, package in PACKAGES.items() if not find(program)})


def needs(*programs: str) -> None:
    """Leaves the calling test out if one of these programs is not installed."""
    for program in programs:
        if not find(program):
            lacks(program, f"apt-get install {PACKAGES[program]}")


def lacks(what: str, install: str) -> NoReturn:
    """Leaves the calling test out because of what is missing; `install` is the command that changes this."""
    _skip(f"{NEEDS}{what}{COMMAND}{install}")


def impossible(reason: str) -> NoReturn:
    """Leaves the calling test out because this platform can never run it, whatever is installed."""
    _skip(f"{IMPOSSIBLE}{reason}")


def _skip(reason: str) -> NoReturn:
    import pytest

    pytest.skip(reason)


if __name__ == "__main__":
    sys.stdout.writelines(f"{package}\n" for package in missing())
