"""Bundles: one commit in one file, kept at submission, so that a later push changes nothing.

The format is git's own (gitformat-bundle): a header of text, an empty line, a pack. What is read back is
narrower than git allows: one reference, no prerequisites.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from jobtwin.core.errors import BadSource
from jobtwin.source.git import Git

REFERENCE = "refs/jobtwin/submission"
"""The one reference of a git directory made here: the pinned commit."""

MAX_LINE_BYTES = 200

_HEADERS = {b"# v2 git bundle\n": (), b"# v3 git bundle\n": (b"@object-format=sha256\n",)}
_REFERENCE_LINE = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) " + REFERENCE.encode() + rb"\n")


def write_bundle(git: Git, git_dir: Path, path: Path) -> str:
    """Write the bundle of the pinned commit to `path`; returns the SHA-256 of the file (64 hex digits)."""
    git.run(f"--git-dir={git_dir}", "bundle", "create", "--quiet", str(path.absolute()), REFERENCE)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def open_bundle(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The commit that a bundle holds, and the file open at its pack.

    Raises BadSource for a file that `write_bundle` did not write.
    """
    with path.open("rb", buffering=0) as file:
        yield _commit_of(file), file


def _commit_of(file: IO[bytes]) -> str:
    capabilities = _HEADERS.get(file.readline(MAX_LINE_BYTES))
    if capabilities is None or any(file.readline(MAX_LINE_BYTES) != line for line in capabilities):
        raise BadSource("this file is not a bundle of a submission")
    reference = _REFERENCE_LINE.fullmatch(file.readline(MAX_LINE_BYTES))
    if reference is None or file.readline(MAX_LINE_BYTES) != b"\n":
        raise BadSource("this bundle does not hold exactly one submission")
    if len(reference[1]) != (64 if capabilities else 40):
        raise BadSource("this bundle's object format and its commit disagree")
    return reference[1].decode("ascii")
