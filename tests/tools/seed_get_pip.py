# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give ansible-test the get-pip script that it would fetch from a server of its own, made from pip's wheel.

`ansible-test --venv` puts pip into an empty environment by running a cached get-pip script, which is no more than a
pip wheel that installs itself. Making it from the wheel leaves the package index as the only thing to download from.
Source: ansible_test/_util/target/setup/requirements.py, ansible-core 2.16 to 2.21.
"""

from __future__ import annotations

import base64
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

SCRIPT = '''\
"""Install pip from the wheel below."""
import base64
import os
import runpy
import sys
import tempfile

NAME = {name!r}
WHEEL = {wheel!r}
# Options of the original that pip itself does not know.
BOOTSTRAP_ONLY = ("--no-setuptools", "--no-wheel")

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, NAME)
        with open(path, "wb") as wheel:
            wheel.write(base64.b85decode(WHEEL))
        sys.path.insert(0, path)
        arguments = [argument for argument in sys.argv[1:] if argument not in BOOTSTRAP_ONLY]
        sys.argv = ["pip", "install", "--upgrade", "--force-reinstall"] + arguments
        runpy.run_module("pip", run_name="__main__")
'''


def seed_get_pip(home: Path) -> Path:
    """Write the script into the cache below `home` unless it is there, and return its path."""
    version = _pip_version()
    script = home / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as directory:
            wheel = _download(version, Path(directory))
            text = SCRIPT.format(name=wheel.name, wheel=base64.b85encode(wheel.read_bytes()))
        partial = script.with_suffix(".partial")
        partial.write_text(text)
        partial.replace(script)
    return script


def _pip_version() -> str:
    """Return the version of pip that the installed ansible-test puts into an environment for this Python."""
    from ansible_test._internal.python_requirements import get_venv_packages

    version: str = get_venv_packages(SimpleNamespace(version=".".join(platform.python_version_tuple()[:2])))["pip"]
    return version


def _download(version: str, directory: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "download", "--no-deps", "--dest", str(directory), f"pip=={version}"], check=True)
    return next(directory.glob("pip-*.whl"))
