"""Export: the files of a commit written out as they are stored.

No checkout: no filter, no attribute, no hook and no substitution has a say, and git never runs in the
folder. Files come first and links last, so that nothing is ever written through a link.
"""

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jobtwin.core.errors import OutsideFailure
from jobtwin.source.links import stays_inside
from jobtwin.source.tree import Entry

LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
"""How a pointer file starts (Git LFS specification): the content behind it is not in the repository."""

MAX_POINTER_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Export:
    """What was written below `root`: how many files and bytes, and what differs from a checkout.

    `links` were re-created; `links_as_text` lead out of the tree and were written as files that hold
    their target; `lfs_pointers` stand for content that is not there; `submodules` were left out.
    """

    root: Path
    files: int
    bytes: int
    links: tuple[str, ...]
    links_as_text: tuple[str, ...]
    lfs_pointers: tuple[str, ...]
    submodules: tuple[str, ...]

    @property
    def facts(self) -> dict[str, list[str]]:
        """The paths that a mentor should know of, by what they are; kinds without one are left out."""
        kinds = {
            "links_outside": self.links_as_text,
            "lfs_pointers": self.lfs_pointers,
            "submodules": self.submodules,
        }
        return {kind: list(paths) for kind, paths in kinds.items() if paths}


def write_tree(
    entries: Sequence[Entry], submodules: Sequence[str], read: Callable[[Entry], bytes], into: Path
) -> Export:
    """Write `entries`, whose paths were checked before, below the new or empty folder `into`.

    Raises ValueError where `into` holds something, and OutsideFailure where this machine cannot write.
    """
    into.mkdir(mode=0o755, parents=True, exist_ok=True)
    if any(into.iterdir()):
        raise ValueError("files are written out into an empty folder only")
    targets = {entry.path: _target(read(entry)) for entry in entries if entry.mode == "120000"}
    inside = dict.fromkeys(_links_inside(entries, submodules, targets))
    pointers: list[str] = []
    try:
        _make_folders(entries, submodules, into)
        for entry in entries:
            if entry.path in inside:
                continue
            content = read(entry)
            if len(content) <= MAX_POINTER_BYTES and content.startswith(LFS_POINTER):
                pointers.append(entry.path)
            _write(into / entry.path, content, executable=entry.mode == "100755")
        for path in inside:
            (into / path).symlink_to(targets[path] or "")
    except OSError as error:
        what = "there is no room left" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "it failed"
        raise OutsideFailure(f"writing the submission's files on this machine: {what}", retry=True) from error
    return Export(
        root=into,
        files=len(entries) - len(inside),
        bytes=sum(entry.size for entry in entries if entry.path not in inside),
        links=tuple(inside),
        links_as_text=tuple(path for path in targets if path not in inside),
        lfs_pointers=tuple(pointers),
        submodules=tuple(submodules),
    )


def _target(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _links_inside(
    entries: Sequence[Entry], submodules: Sequence[str], targets: Mapping[str, str | None]
) -> list[str]:
    known = {path: target or "/" for path, target in targets.items()}
    folders = _folders(entries, submodules)
    return [path for path in known if stays_inside(path, known, folders)]


def _folders(entries: Sequence[Entry], submodules: Sequence[str]) -> set[str]:
    parents = {str(parent) for entry in entries for parent in PurePosixPath(entry.path).parents}
    return {*parents, *submodules} - {"."}


def _make_folders(entries: Sequence[Entry], submodules: Sequence[str], into: Path) -> None:
    for folder in sorted(_folders(entries, submodules)):
        (into / folder).mkdir(mode=0o755, parents=True, exist_ok=True)


def _write(path: Path, content: bytes, *, executable: bool) -> None:
    mode = 0o755 if executable else 0o644
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(content)
