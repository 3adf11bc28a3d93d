"""Listing: the files of a commit, counted and judged before a byte of them is written anywhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobtwin.core.errors import BadSource
from jobtwin.source.git import Git, GitFailed, GitOutputLimit, GitTimeout
from jobtwin.source.limits import FetchLimits
from jobtwin.source.paths import bad_path, check_collisions, check_path, path_text, shown
from jobtwin.source.tree import Entry

FILE_MODES = frozenset({"100644", "100755", "100664", "120000"})
"""Modes of files and links; 100664 is an old form of 100644."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Every file and link of a commit, sorted by path, and the paths of its submodules."""

    entries: tuple[Entry, ...]
    submodules: tuple[str, ...]


def list_commit(git: Git, git_dir: Path, commit: str, limits: FetchLimits) -> Listing:
    """The files of `commit`. Raises BadSource with too_large, too_deep or bad_path.

    Folders are listed and counted too, so that neither a tree that repeats itself nor one without files
    costs more than the limits. The listing ends at the first thing that breaks one.
    """
    files: list[Entry] = []
    submodules: list[str] = []
    total = 0
    for count, (mode, kind, blob, size, path) in enumerate(_records(git, git_dir, commit, limits), start=1):
        if count > limits.files:
            raise too_large(f"the repository holds more than {limits.files} files and folders")
        _check_depth(path, limits)
        check_path(path)
        if kind == "commit":
            submodules.append(path)
        elif kind == "blob":
            if mode not in FILE_MODES:
                raise bad_path(f"a file has the mode {mode}: {shown(path)}")
            if int(size) > limits.file_bytes:
                raise too_large(f"{shown(path)} has more than {limits.file_bytes} bytes")
            total += int(size)
            if total > limits.total_bytes:
                raise too_large(f"the files hold more than {limits.total_bytes} bytes together")
            files.append(Entry(path, "100644" if mode == "100664" else mode, int(size), blob))
    check_collisions([*(entry.path for entry in files), *submodules])
    return Listing(tuple(sorted(files, key=lambda entry: entry.path)), tuple(sorted(submodules)))


def too_large(message: str) -> BadSource:
    """The error for a submission that is larger than a limit."""
    return BadSource(message, code="too_large")


def _check_depth(path: str, limits: FetchLimits) -> None:
    if path.count("/") >= limits.depth:
        raise BadSource(f"a path has more than {limits.depth} steps: {shown(path)}", code="too_deep")
    if len(path.encode()) > limits.path_bytes:
        raise BadSource(f"a path has more than {limits.path_bytes} bytes: {shown(path)}", code="too_deep")


def _records(
    git: Git, git_dir: Path, commit: str, limits: FetchLimits
) -> Iterator[tuple[str, str, str, str, str]]:
    """Mode, kind, object id, size and path of everything in the tree, as git lists it."""
    longest = limits.path_bytes * 4 + 200
    rest = b""
    listing = git.stream(
        f"--git-dir={git_dir}", "ls-tree", "-r", "-t", "-z", "-l", "--full-tree", commit,
        output_bytes=(limits.files + 100) * longest,
    )  # fmt: skip
    try:
        for piece in listing:
            *records, rest = (rest + piece).split(b"\0")
            for record in records:
                facts, _, raw = record.partition(b"\t")
                mode, kind, blob, size = facts.decode("ascii").split()
                if kind == "blob" and not size.isdecimal():
                    raise BadSource("the repository lacks the content of a file")
                yield mode, kind, blob, size, path_text(raw)
            if len(rest) > longest:
                raise BadSource(f"a path has more than {limits.path_bytes} bytes", code="too_deep")
    except (GitTimeout, GitOutputLimit) as error:
        raise too_large("the files of the repository are too much to list") from error
    except GitFailed as error:
        raise BadSource("the files of the repository cannot be listed") from error
    finally:
        listing.close()
