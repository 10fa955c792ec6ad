# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate for changelog fragments, tried on small repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.tools.fragments import main, uncovered

ISOLATED = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
ISOLATED |= {f"GIT_{who}_{what}": "test@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
MODULE, ROLE, PLAYBOOK = "plugins/modules/thing.py", "roles/thing/tasks/main.yml", "playbooks/thing.yml"
FRAGMENT, OTHER_FRAGMENT = "changelogs/fragments/thing.yml", "changelogs/fragments/other.yaml"
CHANGELOG = "changelogs/changelog.yaml"


class Repository:
    """A repository whose files hold the number of the commit that wrote them."""

    def __init__(self, path: Path) -> None:
        self.path, self.number = path, 0
        self.path.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always", *arguments]
        done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, check=True)
        return done.stdout

    def write(self, *paths: str) -> None:
        self.number += 1
        for path in paths:
            (self.path / path).parent.mkdir(parents=True, exist_ok=True)
            (self.path / path).write_text(f"{self.number}\n")

    def commit(self, subject: str, *paths: str, remove: tuple[str, ...] = (), body: str = "") -> None:
        self.write(*paths)
        for path in remove:
            (self.path / path).unlink()
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", subject, *(("-m", body) if body else ()))

    def release(self, version: str) -> None:
        """The commit of a release: fragments become a part of the changelog; a role knows the version."""
        for path in self.path.glob("changelogs/fragments/*"):
            path.unlink()
        changelog = self.path / CHANGELOG
        released = yaml.safe_load(changelog.read_text())["releases"] if changelog.exists() else {}
        self.write("galaxy.yml", ROLE, CHANGELOG)
        changelog.write_text(yaml.safe_dump({"releases": {**released, version: {}}}))
        self.commit(f"chore: release {version}")

    def uncovered(self, base: str | None = None) -> list[str]:
        """The subjects of the commits that need a fragment."""
        return [title.partition(" ")[2] for title in uncovered(self.path, base)]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """One release, and nothing after it."""
    for name, value in ISOLATED.items():
        monkeypatch.setenv(name, value)
    made = Repository(tmp_path / "repository")
    made.commit("feat: begin", MODULE, ROLE, FRAGMENT)
    made.release("0.9.0")
    made.commit("feat: add a thing", MODULE, FRAGMENT)
    made.release("1.0.0")
    return made


@pytest.mark.parametrize("path", [MODULE, ROLE, PLAYBOOK, "plugins/modules/name with ü and\ttab.py"])
def test_a_change_without_a_fragment_is_named(repository: Repository, path: str) -> None:
    repository.commit("fix: repair a thing", path)
    assert repository.uncovered() == ["fix: repair a thing"]


@pytest.mark.parametrize(
    "path", ["README.md", "docs/plugins/x.md", "tests/unit/test_x.py", "pluginsx/a.py", "Makefile"]
)
def test_a_change_that_users_cannot_notice_needs_none(repository: Repository, path: str) -> None:
    repository.commit("docs: explain", path)
    assert repository.uncovered() == []


def test_a_release_starts_a_new_range(repository: Repository) -> None:
    assert repository.uncovered() == []
    repository.commit("fix: repair a thing", MODULE, FRAGMENT)
    repository.release("1.0.1")
    repository.commit("fix: repair another", ROLE)
    assert repository.uncovered() == ["fix: repair another"]


@pytest.mark.parametrize("fragment", [FRAGMENT, OTHER_FRAGMENT])
def test_a_fragment_covers_its_commit_and_earlier_ones(repository: Repository, fragment: str) -> None:
    repository.commit("fix: repair a thing", MODULE)
    repository.commit("fix: repair another", ROLE, fragment)
    assert repository.uncovered() == []
    repository.commit("fix: repair a third", PLAYBOOK)
    assert repository.uncovered() == ["fix: repair a third"]
    repository.commit("docs: extend the fragment", fragment)
    assert repository.uncovered() == []


@pytest.mark.parametrize("path", ["changelogs/fragments/notes.txt", "changelogs/fragments/.keep.yml"])
def test_other_files_of_the_changelog_are_no_fragment(repository: Repository, path: str) -> None:
    repository.commit("fix: repair a thing", MODULE, path)
    assert repository.uncovered() == ["fix: repair a thing"]


def test_a_fragment_that_was_deleted_covers_nothing(repository: Repository) -> None:
    repository.commit("fix: repair a thing", MODULE, FRAGMENT)
    repository.commit("chore: lose the fragment", remove=(FRAGMENT,))
    assert repository.uncovered() == ["fix: repair a thing"]


def test_a_correction_of_the_changelog_is_no_release(repository: Repository) -> None:
    repository.commit("fix: repair a thing", MODULE)
    changelog = repository.path / CHANGELOG
    for text in ("ancestor: null\n", "releases: [\n", "plain text\n"):
        changelog.write_text(changelog.read_text() + text)
        repository.commit("docs: correct the changelog")
    assert repository.uncovered() == ["fix: repair a thing"]


@pytest.mark.parametrize("tag", ["1.1.0", "v1.1.0", "1.1.0-rc.1"])
def test_a_tag_of_a_version_starts_a_new_range(repository: Repository, tag: str) -> None:
    repository.commit("chore: set the version", ROLE)
    repository.git("tag", tag)
    assert repository.uncovered() == []


def test_other_tags_do_not_start_a_range(repository: Repository) -> None:
    repository.commit("fix: repair a thing", ROLE)
    repository.git("tag", "before-the-demo")
    assert repository.uncovered() == ["fix: repair a thing"]


@pytest.mark.parametrize(
    ("body", "is_exempt"),
    [
        ("Changelog: none", True),
        ("A reason.\n\nchangelog: None\nSigned-off-by: A <a@example.com>", True),
        ("Changelog: later", False),
        ("The text says Changelog: none within a line.", False),
        ("Changelog: none\n\nIs no trailer if text follows it.", False),
    ],
)
def test_a_trailer_exempts_its_commit_only(repository: Repository, body: str, is_exempt: bool) -> None:
    repository.commit("refactor: rename a function", MODULE, body=body)
    assert repository.uncovered() == ([] if is_exempt else ["refactor: rename a function"])
    repository.commit("fix: repair a thing", MODULE)
    assert repository.uncovered()[0] == "fix: repair a thing"


def test_a_branch_is_not_covered_by_a_fragment_of_another(repository: Repository) -> None:
    repository.git("switch", "-qc", "feature")
    repository.commit("feat: add a thing", MODULE)
    repository.git("switch", "-q", "main")
    repository.commit("fix: repair a role", ROLE, FRAGMENT)
    repository.git("merge", "-q", "--no-ff", "--no-edit", "feature")
    assert repository.uncovered() == ["feat: add a thing"]


def test_with_a_base_only_the_commits_of_the_branch_count(repository: Repository) -> None:
    repository.commit("fix: repair a thing", MODULE)
    repository.git("switch", "-qc", "feature")
    repository.commit("feat: add a thing", ROLE)
    assert repository.uncovered(base="main") == ["feat: add a thing"]
    repository.write(FRAGMENT)
    repository.release("1.1.0")
    assert repository.uncovered(base="main") == []


def test_a_fragment_that_is_not_committed_yet_counts(repository: Repository) -> None:
    repository.commit("fix: repair a thing", MODULE)
    repository.write(FRAGMENT)
    assert repository.uncovered() == []
    repository.git("add", "--all")
    assert repository.uncovered() == []


def test_a_repository_without_a_release_is_checked_from_its_first_commit(
    tmp_path: Path, repository: Repository
) -> None:
    young = Repository(tmp_path / "young")
    young.commit("feat: begin", MODULE)
    assert young.uncovered() == ["feat: begin"]


def refusal(path: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments, repository=path) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and len(shown.err.splitlines()) == 1
    return shown.err


def shallow(repository: Repository, depth: int) -> Path:
    clone = repository.path.parent / f"depth-{depth}"
    repository.git("clone", "-q", "--no-tags", "--depth", str(depth), repository.path.as_uri(), str(clone))
    return clone


def test_a_shallow_clone_is_refused_if_it_lacks_the_release(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit("fix: repair a thing", MODULE)
    repository.commit("fix: repair another", MODULE, FRAGMENT)
    for depth in (1, 2, 3):  # with 3 the release is the oldest commit, and looks like one that only adds files
        refused = refusal(shallow(repository, depth), capsys)
        assert "this clone is shallow" in refused and "git fetch --unshallow" in refused, depth


def test_a_shallow_clone_with_the_release_is_checked(repository: Repository) -> None:
    repository.commit("fix: repair a role", ROLE, FRAGMENT)
    repository.release("1.0.1")
    repository.commit("fix: repair a thing", MODULE)
    assert [title.partition(" ")[2] for title in uncovered(shallow(repository, 3))] == ["fix: repair a thing"]


def test_a_shallow_clone_without_the_base_is_refused(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit("fix: repair a thing", MODULE)
    assert "no common commit" in refusal(shallow(repository, 1), capsys, "--base", "origin/release")


def test_a_directory_without_history_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "not a git repository" in refusal(tmp_path, capsys)


def test_the_message_names_commits_and_both_ways_out(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], repository=repository.path) == 0
    repository.commit("fix: repair a thing", MODULE)
    assert main([], repository=repository.path) == 1
    shown = capsys.readouterr().out
    assert "fix: repair a thing" in shown and "changelogs/fragments" in shown and "Changelog: none" in shown
