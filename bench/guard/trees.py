"""Lays out the work trees that train and measure the guard, each at the commit that repositories.txt names.

    python -m bench.guard.trees --clones DIR --into TREES

DIR holds a git directory `owner+name/repo` of every listed repository. Nothing of a tree enters this one.
"""

import argparse
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

LISTED = Path(__file__).parent / "repositories.txt"
MOST = 1024 * 1024
"""Bytes of the largest file that is laid out: a scan reads no more, and some clones hold no larger ones."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A repository (owner+name) with its part, its theme and the commit that is read."""

    name: str
    part: str
    theme: str
    commit: str


def listed() -> list[Listed]:
    """Every repository of the list, in its order."""
    return [Listed(*line.split()) for line in LISTED.read_text(encoding="utf-8").splitlines()]


def lay_out(one: Listed, clones: Path, into: Path) -> None:
    """The regular files of one commit that have at most `MOST` bytes."""
    clone = clones / one.name / "repo"
    by_blob: dict[bytes, list[bytes]] = {}
    for entry in _git(clone, "ls-tree", "-rz", one.commit).split(b"\0")[:-1]:
        facts, _, path = entry.partition(b"\t")
        mode, _, blob = facts.split()
        if mode.startswith(b"100"):
            by_blob.setdefault(blob, []).append(path)
    for blob, content in _blobs(clone, list(by_blob)):
        for path in by_blob[blob]:
            at = into / one.name / os.fsdecode(path)
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_bytes(content)


def _blobs(clone: Path, wanted: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Blobs that are there and not too large, with their contents."""
    told = [line.split() for line in _git(clone, "cat-file", "--batch-check", given=wanted).splitlines()]
    small = [one[0] for one in told if one[1] == b"blob" and int(one[2]) <= MOST]
    answer, at, found = _git(clone, "cat-file", "--batch", given=small), 0, []
    for blob in small:
        head, _, _ = answer[at : at + 200].partition(b"\n")
        start = at + len(head) + 1
        at = start + int(head.split()[2]) + 1
        found.append((blob, answer[start : at - 1]))
    return found


def _git(clone: Path, *words: str, given: list[bytes] | None = None) -> bytes:
    command = ["git", "--git-dir", str(clone), *words]
    return subprocess.run(command, check=True, capture_output=True, input=b"\n".join(given or [])).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clones", type=Path, required=True)
    parser.add_argument("--into", type=Path, required=True)
    given = parser.parse_args()
    for one in listed():
        if not (given.into / one.name).exists():
            lay_out(one, given.clones, given.into)


if __name__ == "__main__":
    main()
