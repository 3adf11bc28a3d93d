"""Repositories: fetch one commit, pin it, read it, keep it.

What is made here is a bare git directory with exactly one commit at depth 1, fetched with every object
checked (fsck) and without hooks, templates, submodules, tags or filters. Nothing of it runs.
"""

import functools
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from jobtwin.core.errors import BadSource, JobTwinError, OutsideFailure
from jobtwin.source.address import Resolver, Source
from jobtwin.source.bundle import REFERENCE, open_bundle, write_bundle
from jobtwin.source.export import Export, write_tree
from jobtwin.source.failures import GitTrouble, meaning_of
from jobtwin.source.folder import commit_folder
from jobtwin.source.git import Git, GitFailed, GitOutputLimit, GitSettings, GitTimeout, operator_settings
from jobtwin.source.limits import DEFAULT_LIMITS, FetchLimits
from jobtwin.source.listing import Listing, list_commit, too_large
from jobtwin.source.login import Login
from jobtwin.source.objects import ObjectReader
from jobtwin.source.pinned import commit_at, new_git_dir
from jobtwin.source.reach import fetch_commit, full_commit, head_of, reach, resolve_commit, within
from jobtwin.source.tree import Entry

__all__ = ["Export", "FetchLimits", "Repository", "commit_folder", "fetch", "resolve_commit"]


def fetch(
    source: Source,
    *,
    commit: str | None = None,
    into: Path,
    limits: FetchLimits = DEFAULT_LIMITS,
    settings: GitSettings | None = None,
    resolver: Resolver = socket.getaddrinfo,
    login: Login | None = None,
) -> "Repository":
    """Fetch `commit` (None: the one at HEAD) into the new git directory `into`, and judge its files.

    The host is looked up once and its answer used for the whole fetch. Raises BadSource (bad_source,
    private_address, login_refused, too_large, too_deep, bad_path), LoginNeeded, and OutsideFailure where the
    host or this machine failed; `into` is then gone again.
    """
    git = reach(source, limits=limits, settings=settings, resolver=resolver, login=login)
    pinned = head_of(git, source, limits) if commit is None else full_commit(commit)
    git = within(git, limits.seconds)
    with new_git_dir(git, into, pinned) as git_dir:
        try:
            fetch_commit(git, source, git_dir, f"{pinned}:{REFERENCE}")
        except (GitFailed, GitTimeout, GitOutputLimit) as trouble:
            raise _fetch_error(trouble, source, limits, git_dir, with_login=login is not None) from trouble
        repository = Repository(git_dir, pinned, limits=limits, settings=settings)
        repository.entries()
    return repository


def _fetch_error(
    trouble: GitTrouble, source: Source, limits: FetchLimits, git_dir: Path, *, with_login: bool = False
) -> JobTwinError:
    """The error for a failed fetch. A git that met the limit of a file's size dies without a word."""
    sizes = [path.stat().st_size for path in git_dir.rglob("*") if path.is_file()]
    if max(sizes, default=0) >= limits.pack_bytes:
        return too_large(f"the repository's latest state packs into more than {limits.pack_bytes} bytes")
    return meaning_of(trouble, source, with_login=with_login)


class Repository:
    """One pinned commit in a git directory that `fetch` or `from_bundle` made; a `Tree`.

    Safe for several threads, but not across a fork. Reading keeps one git process open; `close` (or
    `with`) ends it early.
    """

    def __init__(
        self,
        git_dir: Path,
        commit: str,
        *,
        limits: FetchLimits = DEFAULT_LIMITS,
        settings: GitSettings | None = None,
    ) -> None:
        self.git_dir = git_dir
        self.commit = commit
        self.limits = limits
        self._git = Git(settings=settings or operator_settings(), memory_bytes=limits.memory_bytes)
        self._objects = ObjectReader(self._git, git_dir)

    @classmethod
    def open(
        cls,
        git_dir: Path,
        commit: str,
        *,
        limits: FetchLimits = DEFAULT_LIMITS,
        settings: GitSettings | None = None,
    ) -> Self:
        """The repository at `git_dir`. Raises BadSource unless it pins exactly this commit."""
        repository = cls(git_dir.absolute(), full_commit(commit), limits=limits, settings=settings)
        if commit_at(within(repository._git, limits.seconds), repository.git_dir) != repository.commit:
            raise BadSource("this folder does not hold that submission")
        return repository

    @classmethod
    def from_bundle(
        cls,
        bundle: Path,
        into: Path,
        *,
        limits: FetchLimits = DEFAULT_LIMITS,
        settings: GitSettings | None = None,
    ) -> Self:
        """The repository that `bundle` wrote, unpacked into the new git directory `into`.

        Everything is checked again as if it came from a stranger. Raises BadSource.
        """
        git = Git(
            settings=settings or operator_settings(),
            write_bytes=limits.pack_bytes,
            memory_bytes=limits.memory_bytes,
        )
        git = within(git, limits.seconds)
        with open_bundle(bundle) as (commit, pack), new_git_dir(git, into, commit) as git_dir:
            (git_dir / "shallow").write_text(commit + "\n")
            try:
                git.run(f"--git-dir={git_dir}", "index-pack", "--strict", "--stdin", stdin=pack)
                git.run(f"--git-dir={git_dir}", "update-ref", REFERENCE, commit)
            except (GitFailed, GitTimeout, GitOutputLimit) as trouble:
                source = Source(bundle.name, "local", str(bundle))
                raise _fetch_error(trouble, source, limits, git_dir) from trouble
            repository = cls(git_dir, commit, limits=limits, settings=settings)
            repository.entries()
        return repository

    @functools.cached_property
    def _listing(self) -> Listing:
        return list_commit(within(self._git, self.limits.seconds), self.git_dir, self.commit, self.limits)

    @functools.cached_property
    def _by_path(self) -> dict[str, Entry]:
        return {entry.path: entry for entry in self._listing.entries}

    @property
    def submodules(self) -> tuple[str, ...]:
        """Paths of submodules: other repositories, whose content is never fetched."""
        return self._listing.submodules

    def entries(self) -> tuple[Entry, ...]:
        """All files and links, sorted by path. Raises BadSource where they break a limit or a rule."""
        return self._listing.entries

    def read(self, path: str) -> bytes | None:
        """The bytes of one file (of a link: its target), or None where the commit has no such file."""
        entry = self._by_path.get(path)
        return None if entry is None else self._objects.read(entry.blob, entry.size)

    def commit_object(self) -> bytes:
        """The pinned commit itself as git stores it: parents, author, committer, message."""
        return within(self._git, self.limits.seconds).run(
            f"--git-dir={self.git_dir}", "cat-file", "commit", self.commit
        )

    def bundle(self, path: Path) -> str:
        """Write exactly the pinned commit to `path` as a git bundle; returns the file's SHA-256 in hex.

        Raises OutsideFailure where this machine cannot write it.
        """
        try:
            return write_bundle(within(self._git, self.limits.seconds), self.git_dir, path)
        except (GitFailed, GitTimeout, OSError) as error:
            raise OutsideFailure("the bundle of the submission was not written", retry=True) from error

    def export(self, into: Path) -> Export:
        """Write all files below the new or empty folder `into`, from the object database alone.

        No checkout: no filter, attribute, substitution or hook has a say. Links that stay inside the
        tree are links; others are files that hold their target, and facts. Raises ValueError for a
        folder that holds something, OutsideFailure where this machine cannot write.
        """
        return write_tree(
            self._listing.entries,
            self._listing.submodules,
            lambda entry: self._objects.read(entry.blob, entry.size),
            into,
        )

    def close(self) -> None:
        """End the reading process. A later `read` starts it again."""
        self._objects.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
