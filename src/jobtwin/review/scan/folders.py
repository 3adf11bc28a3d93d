"""Folders: the files below a path as they are on disk, each listed once, links never followed."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobtwin.core.errors import BadInput
from jobtwin.review.scan.found import ScannedFile
from jobtwin.review.scan.limits import ScanLimits
from jobtwin.review.scan.scanner import Scanner
from jobtwin.source.tree import Tree

LEFT_OUT = ".git"
LINK = "120000"


@dataclass
class _Budget:
    left: int


def scan_path(path: Path, scanner: Scanner | None = None) -> tuple[ScannedFile, ...]:
    """Every file at or below `path`, sorted by path. Raises BadInput where there is nothing to read."""
    scanner = scanner or Scanner()
    budget = _Budget(scanner.limits.max_total_bytes)
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError) as error:
        raise BadInput(f"no file or folder at {path}") from error
    if stat.S_ISDIR(mode):
        listed = sorted(_walk(path, scanner.limits))
        return tuple(_scan(path / name, _shown(name), scanner, budget) for name in listed)
    if stat.S_ISREG(mode):
        return (_scan(path, _shown(path.name), scanner, budget),)
    raise BadInput(f"{path} is neither a file nor a folder; links are not followed")


def scan_tree(tree: Tree, scanner: Scanner | None = None) -> tuple[ScannedFile, ...]:
    """Every file of a commit, sorted by path. Raises BadInput for more than `max_files` files."""
    scanner = scanner or Scanner()
    limits = scanner.limits
    entries = tree.entries()
    if len(entries) > limits.max_files:
        raise BadInput(f"more than {limits.max_files} files (max_files)")
    budget = _Budget(limits.max_total_bytes)
    found = []
    for entry in entries:
        if entry.mode != LINK and entry.size > budget.left:
            found.append(scanner.file(entry.path, b"", note=_beyond(limits)))
            continue
        content = tree.read(entry.path) or b""
        budget.left -= len(content)
        found.append(
            _capped(entry.path, content, scanner, "a link, not followed" if entry.mode == LINK else "")
        )
    return tuple(found)


def _walk(root: Path, limits: ScanLimits) -> Iterator[str]:
    """Paths below `root` with `/`, unreadable folders left out; raises BadInput behind a limit."""
    waiting = [("", 0)]
    count = 0
    while waiting:
        folder, depth = waiting.pop()
        try:
            with os.scandir(root / folder) as inside:
                entries = sorted(inside, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.name == LEFT_OUT:
                continue
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if depth + 1 > limits.max_depth:
                    raise BadInput(f"more than {limits.max_depth} folders in one another (max_depth)")
                waiting.append((name, depth + 1))
                continue
            count += 1
            if count > limits.max_files:
                raise BadInput(f"more than {limits.max_files} files (max_files)")
            yield name


def _scan(path: Path, shown: str, scanner: Scanner, budget: _Budget) -> ScannedFile:
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return scanner.file(shown, os.fsencode(path.readlink()), note="a link, not followed")
        if not stat.S_ISREG(mode):
            return scanner.file(shown, b"", note="not a regular file")
        if budget.left <= 0:
            return scanner.file(shown, b"", note=_beyond(scanner.limits))
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(scanner.limits.max_file_bytes + 1)
    except OSError as error:
        return scanner.file(shown, b"", note=f"not readable: {error.strerror}")
    budget.left -= len(content)
    return _capped(shown, content, scanner, "")


def _capped(path: str, content: bytes, scanner: Scanner, note: str) -> ScannedFile:
    most = scanner.limits.max_file_bytes
    if len(content) > most:
        return scanner.file(
            path, content[:most], note=f"only the first {most} bytes were read (max_file_bytes)"
        )
    return scanner.file(path, content, note=note)


def _beyond(limits: ScanLimits) -> str:
    return f"not read: more than {limits.max_total_bytes} bytes in all (max_total_bytes)"


def _shown(name: str) -> str:
    """The name as text whatever its bytes: what is not UTF-8 becomes \\x escapes."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")
