"""A commit of a local git repository as a tree in memory."""

import subprocess
from pathlib import Path

from jobtwin.source.tree import MemoryTree


def read_commit(repository: Path, revision: str = "HEAD") -> MemoryTree:
    """All files of a commit; submodules are left out."""
    commit = _git(repository, "rev-parse", revision).decode().strip()
    listed = _git(repository, "ls-tree", "-r", "-z", commit).decode("utf-8", errors="replace")
    blobs: list[tuple[str, str, str]] = []
    for row in filter(None, listed.split("\0")):
        head, path = row.split("\t", 1)
        mode, kind, blob = head.split()
        if kind == "blob":
            blobs.append((path, mode, blob))
    contents = _contents(repository, [blob for _, _, blob in blobs])
    return MemoryTree(
        {path: contents[blob] for path, _, blob in blobs if blob in contents},
        commit,
        {path: mode for path, mode, _ in blobs},
    )


def _contents(repository: Path, blobs: list[str]) -> dict[str, bytes]:
    output = _git(repository, "cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in blobs).encode())
    found: dict[str, bytes] = {}
    at = 0
    for blob in blobs:
        end = output.index(b"\n", at)
        fields = output[at:end].split()
        if len(fields) != 3:
            at = end + 1
            continue
        size = int(fields[2])
        found[blob] = output[end + 1 : end + 1 + size]
        at = end + size + 2
    return found


def _git(repository: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    done = subprocess.run(
        ["git", "-C", str(repository), *arguments], input=stdin, capture_output=True, check=True
    )
    return done.stdout
