# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.tools.docs: builds the site of the documentation, and fails if Sphinx objects to anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.tools.stage import CHECKOUT

SITE = CHECKOUT / ".venv" / "docs"
PAGES, HTML, READ = SITE / "rst", SITE / "html", SITE / "doctrees"


def build() -> int:
    """Write the pages of plugins and roles beside ours, and all of them as HTML. Returns what the last program did."""
    PAGES.mkdir(parents=True, exist_ok=True)
    PAGES.chmod(0o755)  # antsibull-docs refuses directories that others may write to
    shutil.copytree(CHECKOUT / "docs" / "images", SITE / "images", dirs_exist_ok=True)
    collection = ["collection", "--use-current", "--squash-hierarchy", "--fail-on-error", "--cleanup", "everything"]
    code = _run("antsibull-docs", *collection, "--dest-dir", str(PAGES), "privatelink.mongodb")
    return code or _run("sphinx-build", "-q", "-W", "-c", "docs", "-d", str(READ), str(PAGES), str(HTML))


def _run(program: str, *arguments: str) -> int:
    programs = Path(sys.executable).parent
    env = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / ".venv" / "collections"),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run([str(programs / program), *arguments], cwd=CHECKOUT, env=env, check=False).returncode


def main() -> int:
    code = build()
    if code:
        shutil.rmtree(READ, ignore_errors=True)  # or the next run would say nothing of pages that it has read already
    else:
        print(f"The documentation: {HTML / 'index.html'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
