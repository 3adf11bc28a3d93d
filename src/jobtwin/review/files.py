"""A tree as review reads it: within limits, without links, decoded once."""

from dataclasses import dataclass
from functools import cached_property

from jobtwin.core.evidence import lines_of
from jobtwin.review.attributes import folders_of_others
from jobtwin.review.globs import compiled
from jobtwin.review.kinds import Kind, is_generated, is_vendored, kind_of
from jobtwin.source.tree import Entry, Tree

LINK = "120000"


@dataclass(frozen=True, slots=True)
class ReviewLimits:
    """What a review reads: files of a tree, characters of a path, bytes of one file, bytes in all.

    One probe looks at no more than `max_probe_files` files; what lies behind a limit is unclear, not missing.
    """

    max_files: int = 100_000
    max_path: int = 512
    max_file_bytes: int = 1024 * 1024
    max_total_bytes: int = 64 * 1024 * 1024
    max_probe_files: int = 5000


class Files:
    """The readable files of one tree. Links are neither followed nor read; what is skipped is counted."""

    def __init__(self, tree: Tree, limits: ReviewLimits | None = None) -> None:
        self.tree = tree
        self.limits = limits or ReviewLimits()
        self.bytes_read = 0
        self._content: dict[str, bytes | None] = {}
        self._lines: dict[str, list[str]] = {}
        self._matching: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.skipped: dict[str, int] = {}

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Regular files by path, sorted, at most `max_files` (files written for this repository first)."""
        listed = self.tree.entries()
        regular = [e for e in listed if e.mode != LINK and len(e.path) <= self.limits.max_path]
        if len(regular) < len(listed):
            self._skip("links_and_long_paths", len(listed) - len(regular))
        if len(regular) > self.limits.max_files:
            self._skip("beyond_max_files", len(regular) - self.limits.max_files)
            regular.sort(key=lambda entry: (is_vendored(entry.path) or is_generated(entry.path), entry.path))
            regular = regular[: self.limits.max_files]
        return {entry.path: entry for entry in sorted(regular, key=lambda entry: entry.path)}

    def matching(self, globs: tuple[str, ...]) -> tuple[str, ...]:
        """Paths that match one of the globs; vendored folders and those said to be others' never do."""
        if globs not in self._matching:
            pattern = compiled(globs)
            self._matching[globs] = tuple(p for p in self.own if pattern.fullmatch(p) and self.is_claimed(p))
        return self._matching[globs]

    @cached_property
    def own(self) -> tuple[str, ...]:
        """Paths outside of vendored folders, sorted."""
        return tuple(path for path in self.entries if not is_vendored(path))

    def is_claimed(self, path: str) -> bool:
        """False in a folder that the repository itself says is not its own work (`.gitattributes`)."""
        return not path.startswith(self._of_others)

    @cached_property
    def _of_others(self) -> tuple[str, ...]:
        return folders_of_others(self.lines(".gitattributes"))

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Own paths by the last part of the path."""
        found: dict[str, list[str]] = {}
        for path in filter(self.is_claimed, self.own):
            found.setdefault(path.rsplit("/", 1)[-1], []).append(path)
        return found

    def has_folder(self, folder: str) -> bool:
        """True where a file of the tree stands in the folder or below."""
        return any(path.startswith(f"{folder}/") for path in self.entries)

    def unique_end(self, name: str) -> str | None:
        """The path that is `name`, or the only one that ends with it; None where that is not clear."""
        listed = self.by_name.get(name.rsplit("/", 1)[-1], [])
        fitting = [path for path in listed if path == name or path.endswith(f"/{name}")]
        return name if name in fitting else fitting[0] if len(fitting) == 1 else None

    def content(self, path: str) -> bytes | None:
        """The bytes of a regular file, or None where it is missing, a link, or beyond a limit."""
        if path not in self._content:
            self._content[path] = self._read(path)
        return self._content[path]

    def lines(self, path: str) -> list[str]:
        """The lines of a text file as line numbers count them; empty for binary or unread files."""
        if path not in self._lines:
            content = None if self.is_binary(path) else self.content(path)
            self._lines[path] = [] if content is None else lines_of(content)
        return self._lines[path]

    def is_binary(self, path: str) -> bool:
        """True where the name or a NUL byte in the first 8 KiB says that the file is no text."""
        if kind_of(path) is Kind.BINARY:
            return True
        content = self.content(path)
        return content is not None and b"\0" in content[:8192]

    def _read(self, path: str) -> bytes | None:
        entry = self.entries.get(path)
        if entry is None:
            return None
        reason = self._reason_against(entry.size)
        content = self.tree.read(path) if reason is None else None
        if content is None or (reason := self._reason_against(len(content))) is not None:
            self._skip(reason or "unreadable")
            return None
        self.bytes_read += len(content)
        return content

    def _reason_against(self, size: int) -> str | None:
        if size > self.limits.max_file_bytes:
            return "too_large"
        return "beyond_max_total_bytes" if self.bytes_read + size > self.limits.max_total_bytes else None

    def _skip(self, reason: str, count: int = 1) -> None:
        self.skipped[reason] = self.skipped.get(reason, 0) + count
