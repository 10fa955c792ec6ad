# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.tools.fragments [--base REF]: every commit that changes what users run is in the changelog.

A commit that changes plugins, roles or playbooks needs a changelog fragment, in the same commit or in a later one.
The trailer `Changelog: none` exempts a commit that no user can notice. A fragment that is not committed yet counts, so
that this can run before `git commit`.

The range starts at the last release, or where the branch left REF if that is later. A release is a commit that adds a
version to changelogs/changelog.yaml, or that has a tag such as 1.2.0.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from tests.tools.stage import CHECKOUT

USER_VISIBLE = ("plugins", "roles", "playbooks")
FRAGMENTS = "changelogs/fragments"
CHANGELOG = "changelogs/changelog.yaml"
VERSION = re.compile(r"v?\d+\.\d+\.\d+\S*")
IS_FRAGMENT = re.compile(rf"{FRAGMENTS}/[^/.][^/]*\.ya?ml")
EXEMPT = "none"
DEEPEN = "Get the whole history: git fetch --unshallow --tags (in actions/checkout: fetch-depth: 0)."


class Unknown(Exception):
    """The range cannot be determined. The text says why and what to do."""


def uncovered(repository: Path, base: str | None = None) -> list[str]:
    """The commits that need a fragment and have none, each as "abbreviated-hash subject", newest first.

    Raises `Unknown` if git cannot tell.
    """
    git = Git(repository)
    if _pending_fragments(git):
        return []
    start = [*_releases(git), *(_branching_point(git, base) if base else [])]
    _refuse_incomplete(git, start)
    in_changelog = _fragment_commits(git, start)
    # No ancestor of a commit with a fragment is left. Merges are left out: what they join is in the commits.
    log = git.records(
        *("log", "--no-merges", "--full-history", "--format=%x1e%h %s%x1f%(trailers:key=Changelog,valueonly)"),
        *("HEAD", *_without([*start, *in_changelog]), "--", *USER_VISIBLE),
    )
    commits = (record.split("\x1f") for record in log)
    return [title for title, trailers in commits if EXEMPT not in trailers.lower().split()]


class Git:
    """Runs git in one repository."""

    def __init__(self, repository: Path) -> None:
        self.repository = repository

    def __call__(self, *arguments: str) -> str:
        # A file name may hold any character; git quotes none of them if they are separated by NUL.
        done = subprocess.run(["git", *arguments], cwd=self.repository, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unknown(f"git {arguments[0]} failed: {' '.join(done.stderr.split())}")
        return done.stdout

    def lines(self, *arguments: str) -> list[str]:
        return self(*arguments).splitlines()

    def records(self, *arguments: str) -> list[str]:
        return self(*arguments).split("\x1e")[1:]


def _without(commits: Sequence[str]) -> list[str]:
    return [f"^{commit}" for commit in commits]


def _branching_point(git: Git, base: str) -> list[str]:
    try:
        return git.lines("merge-base", "HEAD", base)
    except Unknown as error:
        raise Unknown(
            f"HEAD and {base} have no common commit here. Name an existing branch or commit. {DEEPEN}"
        ) from error


def _releases(git: Git) -> list[str]:
    """The releases in the history of HEAD, tagged or not. None at all: the range is the whole history."""
    tags = [tag for tag in git.lines("tag", "--merged", "HEAD") if VERSION.fullmatch(tag)]
    changed = [commit for commit, paths in _changes(git, "HEAD") if paths.get(CHANGELOG) == "M"]
    return tags + [commit for commit in changed if _versions(git, commit) - _versions(git, f"{commit}^")]


def _versions(git: Git, commit: str) -> set[str]:
    """The versions in the changelog of a commit; none if that commit left it unreadable."""
    try:
        return set(yaml.safe_load(git("show", f"{commit}:{CHANGELOG}"))["releases"])
    except (yaml.YAMLError, TypeError, KeyError):
        return set()


def _changes(git: Git, *revisions: str) -> list[tuple[str, dict[str, str]]]:
    """Each commit of these that changes something about the changelog, with path -> A, M, D of its files there."""
    log = git.records(
        *("log", "-z", "--no-renames", "--name-status", "--format=%x1e%H"),
        *(*revisions, "--", CHANGELOG, FRAGMENTS),
    )
    found = []
    for record in log:
        commit, *fields = (field.strip("\n") for field in record.split("\0"))
        fields = [field for field in fields if field]
        found.append((commit, dict(zip(fields[1::2], fields[::2], strict=True))))
    return found


def _refuse_incomplete(git: Git, start: Sequence[str]) -> None:
    """A shallow clone shows its oldest commits as if they had created every file."""
    boundary = git.repository / git("rev-parse", "--git-path", "shallow").strip()
    if not boundary.exists():
        return
    oldest = set(boundary.read_text().split())
    if oldest & set(git.lines("rev-list", "HEAD", *_without(start))):
        raise Unknown(f"this clone is shallow, and its history ends before the range of commits begins. {DEEPEN}")


def _fragment_commits(git: Git, start: Sequence[str]) -> list[str]:
    """The commits that add or change a fragment that still exists."""
    kept = set(git("ls-tree", "-r", "-z", "--name-only", "HEAD", "--", FRAGMENTS).split("\0"))
    return [
        commit
        for commit, paths in _changes(git, "HEAD", *_without(start))
        if any(change != "D" and path in kept and IS_FRAGMENT.fullmatch(path) for path, change in paths.items())
    ]


def _pending_fragments(git: Git) -> bool:
    """Whether the working tree or the index holds a new or changed fragment."""
    status = git("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", FRAGMENTS)
    entries = [(entry[:2], entry[3:]) for entry in status.split("\0") if entry]
    return any("D" not in change and IS_FRAGMENT.fullmatch(path) for change, path in entries)


def main(arguments: Sequence[str] | None = None, repository: Path = CHECKOUT) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.tools.fragments", description=(__doc__ or "").partition(": ")[2]
    )
    parser.add_argument(
        "--base", metavar="REF", help="check the commits since HEAD left REF, not those since the last release"
    )
    try:
        missing = uncovered(repository, parser.parse_args(arguments).base)
    except Unknown as error:
        print(f"The changelog fragments could not be checked: {error}", file=sys.stderr)
        return 2
    if not missing:
        return 0
    print("These commits change plugins, roles or playbooks, and no changelog fragment came with them or later:")
    print("".join(f"  {commit}\n" for commit in missing), end="")
    print(f"Add a file to {FRAGMENTS} (CONTRIBUTING.md says how), or the trailer 'Changelog: none' to the message of a")
    print("commit that no user can notice.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
