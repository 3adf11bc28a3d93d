"""What a run left in its folder: new and changed files, described without following or waiting for any."""

# ruff: noqa: PTH114, PTH118 - thousands of names are walked, and text is what the result holds

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from typing import Any

MAX_FILES = 60_000
MAX_DEPTH, MAX_PATH = 60, 1000
"""Folders below each other, and characters of a path (at most four bytes each), that are looked at."""
MAX_REPORTS = 50
MAX_ODD = 20
MAX_READ = 4 * 1024 * 1024
"""Bytes up to which a report is parsed."""
MAX_HASHED = 64 * 1024 * 1024
MAX_NESTING = 4

_CACHES = {
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".git",
    "node_modules",
    ".hypothesis",
}
_KINDS = {stat.S_IFLNK: "link", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
_LISTS = (
    "cases",
    "results",
    "samples",
    "items",
    "rows",
    "examples",
    "tests",
    "scores",
    "records",
    "evaluations",
)
_COUNTS = (
    "cases",
    "n_cases",
    "num_cases",
    "total_cases",
    "total_samples",
    "completed_samples",
    "total",
    "count",
)

Signature = tuple[int, int, int, int, int]


def survey(top: str) -> dict[str, Signature]:
    """Every file below `top` by its path, with what changes when its content does (caches left out)."""
    return dict(_walk(top))


def _walk(top: str) -> Iterator[tuple[str, Signature]]:
    count = 0
    for folder, folders, files in os.walk(top, followlinks=False):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        folders[:] = sorted(name for name in folders if name not in _CACHES and name not in links)
        if folder.count("/") - top.count("/") >= MAX_DEPTH:
            folders.clear()
        for name in sorted([*files, *links]):
            path = os.path.join(folder, name)
            count += 1
            if count > MAX_FILES:
                return
            if not name.endswith((".pyc", ".pyo")) and len(path) < MAX_PATH:
                found = os.lstat(path)
                changed = (found.st_mtime_ns, found.st_ctime_ns)
                yield (
                    _text(os.path.relpath(path, top)),
                    (found.st_mode, found.st_ino, found.st_size, *changed),
                )


def _text(name: str) -> str:
    """A file's name as text: bytes that are no UTF-8 become question marks."""
    return name.encode("utf-8", "replace").decode()


def compare(top: str, before: dict[str, Signature], order: list[str]) -> dict[str, Any]:
    """New and changed regular files described, `order` (declared reports) first; odd ones by kind."""
    written = [(path, mine) for path, mine in survey(top).items() if before.get(path) != mine]
    odd = {path: _KINDS.get(stat.S_IFMT(mine[0]), "device") for path, mine in written if not _regular(mine)}
    regular = [path for path, mine in written if _regular(mine)]
    regular.sort(key=lambda path: (not any(path == one or path.startswith(f"{one}/") for one in order), path))
    return {
        "files": [{"path": path, "new": path not in before, **describe(f"{top}/{path}")}
                  for path in regular[:MAX_REPORTS]],
        "files_count": len(regular),
        "odd": dict(sorted(odd.items())[:MAX_ODD]),
    }  # fmt: skip


def _regular(signature: Signature) -> bool:
    return stat.S_ISREG(signature[0])


def describe(path: str) -> dict[str, Any]:
    """Size and SHA-256 of a regular file, and what it says of its cases where it is a small JSON report."""
    size, content, digest = read(path)
    described: dict[str, Any] = {"size": size, "sha256": digest}
    if content is not None:
        described |= reading(path, content)
    return described


def read(path: str) -> tuple[int, bytes | None, str | None]:
    """Size, the content up to MAX_READ, the hash up to MAX_HASHED; links and pipes are not opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return 0, None, None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_HASHED:
            return found.st_size, None, None
        content = file.read(MAX_READ + 1)
        digest, size = hashlib.sha256(content), len(content)
        while piece := file.read(MAX_READ):
            digest.update(piece)
            size += len(piece)
    return size, content if size <= MAX_READ else None, digest.hexdigest()


def reading(path: str, content: bytes) -> dict[str, Any]:
    """`valid` for a JSON or JSON lines file, its number of `cases` where that can be told, and the
    `status` that an inspect log gives itself."""
    lower = path.lower()
    if lower.endswith((".jsonl", ".ndjson")):
        lines = [_parsed(line) for line in content.splitlines() if line.strip()]
        return {"valid": bool(lines) and None not in lines, "cases": sum(one is not None for one in lines)}
    if not lower.endswith(".json"):
        return {"valid": None} if content.strip() else {"valid": False}
    document = _parsed(content)
    told: dict[str, Any] = {"valid": document is not None and document.value not in (None, {}, [], "")}
    if document is not None:
        cases = count_cases(document.value)
        told |= {} if cases is None else {"cases": cases}
        if isinstance(document.value, dict) and {"status", "eval"} <= document.value.keys():
            told["status"] = str(document.value["status"])[:40]
    return told


class _Parsed:
    def __init__(self, value: Any) -> None:
        self.value = value


def _parsed(text: bytes) -> _Parsed | None:
    try:
        return _Parsed(json.loads(text))
    except (ValueError, RecursionError):
        return None


def count_cases(document: Any, depth: int = 0) -> int | None:
    """How many cases a report tells of: a list of them, a number of them, or one level further down."""
    if isinstance(document, list):
        return len(document)
    if not isinstance(document, dict) or depth > MAX_NESTING:
        return None
    for name in _LISTS:
        if isinstance(document.get(name), list):
            return len(document[name])
    for name in _COUNTS:
        if _whole(document.get(name)):
            return int(document[name])
    parts = [value for key, value in document.items() if key.endswith((".cases", "_cases")) and _whole(value)]
    if parts:
        return int(sum(parts))
    inner = [count_cases(value, depth + 1) for value in document.values() if isinstance(value, dict)]
    return max((one for one in inner if one is not None), default=None)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
