"""Fetching from folders of this machine: honest repositories in every shape."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from jobtwin.core.errors import BadSource
from jobtwin.source.address import TERMINAL, Source, parse_source
from jobtwin.source.repository import Repository, fetch, resolve_commit
from jobtwin.source.tree import Tree
from tests.host.source.forge import FILE, FOLDER, LINK, PROGRAM, Forge

pytestmark = pytest.mark.host
Local = Callable[[Forge], Source]


def honest(forge: Forge) -> str:
    """Two commits; returns the second."""
    first = forge.commit_files({"README.md": b"one\n"})
    source = forge.tree(
        [(FILE, b"app.py", forge.blob(b"print()\n")), (LINK, b"up", forge.blob(b"../README.md"))]
    )
    items = [
        (FILE, b"README.md", forge.blob(b"two\n")),
        (PROGRAM, b"run.sh", forge.blob(b"#!/bin/sh\n")),
        (FOLDER, b"src", source),
    ]
    return forge.commit(forge.tree(items), parents=[first])


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("bare", [False, True])
def test_a_repository_is_fetched_pinned_read_and_written_out(
    algorithm: str, bare: bool, tmp_path: Path, local: Local
) -> None:
    forge = Forge(tmp_path / "work", bare=bare, algorithm=algorithm).create()
    commit = honest(forge)
    assert resolve_commit(local(forge)) == commit
    with fetch(local(forge), into=tmp_path / "kept") as repository:
        assert repository.commit == commit
        assert [(entry.path, entry.mode, entry.size) for entry in repository.entries()] == [
            ("README.md", "100644", 4),
            ("run.sh", "100755", 10),
            ("src/app.py", "100644", 8),
            ("src/up", "120000", 12),
        ]
        assert repository.read("src/app.py") == b"print()\n"
        assert repository.read("src") is None
        assert repository.read("../README.md") is None
        export = repository.export(tmp_path / "out")
        tree: Tree = repository
        assert tree.commit == commit
    assert (export.root / "src/up").resolve() == (export.root / "README.md").resolve()
    assert (export.root / "run.sh").stat().st_mode & 0o111
    assert not (export.root / ".git").exists()


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_bundle_holds_exactly_the_pinned_commit_and_reads_back_the_same(
    algorithm: str, tmp_path: Path, local: Local
) -> None:
    forge = Forge(tmp_path / "work", algorithm=algorithm).create()
    honest(forge)
    kept = fetch(local(forge), into=tmp_path / "kept")
    digest = kept.bundle(tmp_path / "a.bundle")
    forge.commit_files({"README.md": b"later\n"})
    shutil.rmtree(forge.root)
    again = Repository.from_bundle(tmp_path / "a.bundle", tmp_path / "again")
    assert (again.commit, again.entries()) == (kept.commit, kept.entries())
    assert again.read("README.md") == b"two\n"
    assert again.bundle(tmp_path / "b.bundle") == digest == kept.bundle(tmp_path / "c.bundle")
    objects = subprocess.run(
        [
            "git",
            f"--git-dir={again.git_dir}",
            "cat-file",
            "--batch-all-objects",
            "--batch-check=%(objecttype)",
        ],
        capture_output=True,
        check=True,
    )
    assert objects.stdout.count(b"commit") == 1


def test_a_pinned_commit_stays_what_it_was_when_work_goes_on(
    forge: Forge, tmp_path: Path, local: Local
) -> None:
    pinned = honest(forge)
    forge.commit_files({"README.md": b"three\n"}, parents=[pinned])
    repository = fetch(local(forge), commit=pinned, into=tmp_path / "kept")
    assert repository.read("README.md") == b"two\n"


def test_uncommitted_files_never_count(forge: Forge, tmp_path: Path, local: Local) -> None:
    honest(forge)
    (forge.root / "secret.txt").write_text("uncommitted")
    repository = fetch(local(forge), into=tmp_path / "kept")
    assert repository.read("secret.txt") is None


def test_a_repository_of_another_user_is_readable(forge: Forge, tmp_path: Path, local: Local) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    commit = honest(forge)
    for path in (forge.root, *forge.root.rglob("*")):
        os.chown(path, 12345, 12345)
    assert fetch(local(forge), into=tmp_path / "kept").commit == commit


def test_a_shallow_clone_and_a_linked_work_tree_are_repositories_too(forge: Forge, tmp_path: Path) -> None:
    commit = honest(forge)
    git = ["git", "-c", "init.defaultBranch=main"]
    for command in (
        [*git, "clone", "--quiet", "--depth=1", f"file://{forge.root}", str(tmp_path / "shallow")],
        [*git, "-C", str(forge.root), "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked")],
    ):
        subprocess.run(command, check=True, capture_output=True)
    for name in ("shallow", "linked"):
        source = parse_source(str(tmp_path / name), TERMINAL)
        assert resolve_commit(source) == commit
        assert fetch(source, into=tmp_path / f"kept-{name}").read("README.md") == b"two\n"


def test_a_folder_inside_a_repository_is_refused_with_the_reason(forge: Forge) -> None:
    honest(forge)
    for inside in ("sub", ".git/objects"):
        (forge.root / inside).mkdir(exist_ok=True)
        with pytest.raises(BadSource, match="root folder"):
            resolve_commit(parse_source(str(forge.root / inside), TERMINAL))


def test_a_plain_folder_and_an_empty_repository_are_refused_with_the_reason(
    forge: Forge, tmp_path: Path, local: Local
) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(BadSource, match="not a git repository"):
        resolve_commit(parse_source(str(tmp_path / "plain"), TERMINAL))
    with pytest.raises(BadSource, match="no commit"):
        resolve_commit(local(forge))
    with pytest.raises(BadSource, match="no commit"):
        fetch(local(forge), into=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("commit", ["main", "HEAD", "abc123", "--upload-pack=x", "g" * 40, ""])
def test_a_commit_is_named_by_its_full_id_only(
    commit: str, forge: Forge, tmp_path: Path, local: Local
) -> None:
    honest(forge)
    with pytest.raises(BadSource, match="full id"):
        fetch(local(forge), commit=commit, into=tmp_path / "kept")


def test_a_commit_that_is_not_there_is_refused(forge: Forge, tmp_path: Path, local: Local) -> None:
    honest(forge)
    for missing in ("0123456789" * 4, "0123456789abcdef" * 4):
        with pytest.raises(BadSource):
            fetch(local(forge), commit=missing, into=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_a_tree_is_not_a_commit(forge: Forge, tmp_path: Path, local: Local) -> None:
    tree = forge.tree([(FILE, b"x", forge.blob(b"x"))])
    forge.commit(tree)
    with pytest.raises(BadSource):
        fetch(local(forge), commit=tree, into=tmp_path / "kept")


def test_opening_needs_the_very_commit_that_was_pinned(forge: Forge, tmp_path: Path, local: Local) -> None:
    kept = fetch(local(forge), commit=honest(forge), into=tmp_path / "kept")
    assert Repository.open(tmp_path / "kept", kept.commit).read("README.md") == b"two\n"
    with pytest.raises(BadSource):
        Repository.open(tmp_path / "kept", "0" * 40)
    with pytest.raises(BadSource):
        Repository.open(tmp_path, kept.commit)


def test_a_folder_that_holds_something_is_never_fetched_into(
    forge: Forge, tmp_path: Path, local: Local
) -> None:
    honest(forge)
    with pytest.raises(ValueError, match="empty folder"):
        fetch(local(forge), into=forge.root)
    assert (forge.git_dir / "HEAD").exists()
