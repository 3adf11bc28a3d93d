"""Reach: the git that may speak to one source and to nothing else, and the commit that stands there."""

import re
import socket
import time
from dataclasses import replace
from pathlib import Path

from jobtwin.core.errors import BadSource
from jobtwin.source.address import Resolver, Source, resolve_host
from jobtwin.source.failures import meaning_of
from jobtwin.source.git import Git, GitFailed, GitOutputLimit, GitSettings, GitTimeout, operator_settings
from jobtwin.source.host import literal_address
from jobtwin.source.limits import DEFAULT_LIMITS, FetchLimits
from jobtwin.source.login import Login, helper_options

MAX_ANSWER = 8 * 1024 * 1024
"""Bytes of references that a host may list."""

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_UPLOAD_PACK = "--upload-pack=git -c 'safe.directory=*' -c protocol.allow=never upload-pack"


def resolve_commit(
    source: Source,
    *,
    limits: FetchLimits = DEFAULT_LIMITS,
    settings: GitSettings | None = None,
    resolver: Resolver = socket.getaddrinfo,
    login: Login | None = None,
) -> str:
    """The full id of the commit at HEAD, 40 or 64 hex digits; uncommitted files never count.

    Raises LoginNeeded where the host wants a login and none is given, BadSource where there is no
    repository that may be read or no commit in it, and OutsideFailure where the host did not answer.
    """
    git = reach(source, limits=limits, settings=settings, resolver=resolver, login=login)
    return head_of(git, source, limits)


def reach(
    source: Source,
    *,
    limits: FetchLimits,
    settings: GitSettings | None,
    resolver: Resolver,
    login: Login | None = None,
) -> Git:
    """The git to speak to `source` with: one protocol, one address that was looked up once, limits."""
    git = Git(
        settings=settings or operator_settings(),
        protocols=(source.protocol,),
        write_bytes=limits.pack_bytes,
        memory_bytes=limits.memory_bytes,
    )
    if source.kind == "local":
        return replace(git, options={"safe.directory": "*"})
    git = replace(git, login=login, options=helper_options(source) if login else {})
    proxy = None if source.development else git.settings.proxy
    if proxy and git.settings.proxy_resolves:
        return replace(git, options={**git.options, "http.proxy": proxy})
    address = resolve_host(source.host, source.port, loopback=source.development, resolver=resolver)
    options = {**git.options, "http.proxy": proxy or ""}
    if not proxy and literal_address(source.host) is None:
        shown = f"[{address}]" if ":" in address else address
        options["http.curloptResolve"] = f"{source.host}:{source.port}:{shown}"
    return replace(git, options=options)


def head_of(git: Git, source: Source, limits: FetchLimits) -> str:
    """The commit at HEAD of a source, asked with the git that `reach` made for it."""
    git = within(git, limits.ask_seconds)
    try:
        if source.kind == "local":
            return _local_head(git, Path(source.location))
        answer = git.run("--git-dir=/nonexistent", "ls-remote", "--quiet", "--", source.location, "HEAD",
            output_bytes=MAX_ANSWER)  # fmt: skip
    except (GitFailed, GitTimeout, GitOutputLimit) as trouble:
        raise meaning_of(trouble, source, with_login=git.login is not None) from trouble
    for line in answer.decode("utf-8", errors="replace").splitlines():
        commit, _, name = line.partition("\t")
        if name == "HEAD":
            return full_commit(commit)
    raise BadSource("the repository has no commit yet")


def fetch_commit(git: Git, source: Source, git_dir: Path, refspec: str) -> None:
    """Fetch one commit at depth 1 into `git_dir`. Raises GitFailed, GitTimeout and GitOutputLimit."""
    if source.kind == "local":
        _require_root(git, Path(source.location))
    git.run(
        f"--git-dir={git_dir}", "fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head",
        "--no-auto-maintenance", "--no-recurse-submodules", _UPLOAD_PACK, "--", source.location, refspec,
    )  # fmt: skip


def full_commit(commit: str) -> str:
    """`commit` in lower case. Raises BadSource unless it is the full hex id of a SHA-1 or SHA-256 commit."""
    commit = commit.lower()
    if not _COMMIT.fullmatch(commit):
        raise BadSource("a commit is named by its full id: 40 hex digits (64 in a SHA-256 repository)")
    return commit


def within(git: Git, seconds: float) -> Git:
    """The same git with a deadline `seconds` from now."""
    return replace(git, deadline=time.monotonic() + seconds)


def _local_head(git: Git, path: Path) -> str:
    _require_root(git, path)
    try:
        answer = git.run("-C", str(path), "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitFailed as error:
        raise BadSource("the repository has no commit yet; commit your work first") from error
    return full_commit(answer.decode("ascii").strip())


def _require_root(git: Git, path: Path) -> None:
    """Raises BadSource unless `path` is the root of a work tree, or a bare repository itself."""
    try:
        answer = git.run("-C", str(path), "rev-parse", "--is-inside-work-tree", "--absolute-git-dir",
            "--show-prefix")  # fmt: skip
    except GitFailed as error:
        if "not a git repository" in error.message:
            raise BadSource("this folder is not a git repository; run git init and commit") from error
        raise BadSource("git cannot read the repository in this folder") from error
    inside, git_dir, prefix = answer.decode("utf-8", errors="surrogateescape").split("\n")[:3]
    if prefix or (inside == "false" and Path(git_dir) != path):
        raise BadSource("this folder lies inside a repository; give the repository's root folder")
