"""Pinned git directories: bare, one commit, made here and nowhere else."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobtwin.core.errors import BadSource, OutsideFailure
from jobtwin.source.bundle import REFERENCE
from jobtwin.source.git import Git, GitFailed, GitTimeout


@contextmanager
def new_git_dir(git: Git, into: Path, commit: str) -> Iterator[Path]:
    """An empty git directory for `commit`, removed again where the block fails.

    At the end the commit must be there; it is written down as the shallow end, so that a host which
    sent its history too changes nothing. Raises ValueError where `into` holds something, BadSource where
    the commit is not there, OutsideFailure where this machine cannot write.
    """
    into = into.absolute()
    if into.exists() and any(into.iterdir()):
        raise ValueError("a repository is fetched into a new or empty folder only")
    try:
        form = "sha256" if len(commit) == 64 else "sha1"
        try:
            git.run("init", "--quiet", "--bare", "--template=", f"--object-format={form}", "--", str(into))
        except (GitFailed, GitTimeout) as error:
            raise OutsideFailure("no git directory could be made on this machine", retry=True) from error
        yield into
        (into / "shallow").write_text(commit + "\n")
        if commit_at(git, into) != commit:
            raise BadSource("the host sent something else than the commit that was asked for")
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def commit_at(git: Git, git_dir: Path) -> str | None:
    """The commit that a git directory pins, or None where it pins none (or something else)."""
    try:
        answer = git.run(
            f"--git-dir={git_dir}", "rev-parse", "--verify", "--quiet", f"{REFERENCE}^{{commit}}"
        )
    except GitFailed:
        return None
    except GitTimeout as error:
        raise OutsideFailure("reading a git directory of this machine took too long", retry=True) from error
    return answer.decode("ascii").strip()
