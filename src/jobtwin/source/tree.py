"""Trees: the files of one pinned commit as inert bytes.

`Tree` is what review and verification read. `source.repository` implements it over a git object
database; `MemoryTree` is the fake that tests use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a tree: path with `/`, git mode (100644, 100755, 120000), size in bytes, blob id (hex)."""

    path: str
    mode: str
    size: int
    blob: str


class Tree(Protocol):
    """The files of one commit. Nothing of it is executed, followed or interpreted."""

    @property
    def commit(self) -> str:
        """The full hex id of the commit."""

    def entries(self) -> tuple[Entry, ...]:
        """All files, sorted by path; links count as files that hold their target, submodules are left out."""

    def read(self, path: str) -> bytes | None:
        """The bytes of one file, or None where the commit has no such file."""


def submodules_of(tree: Tree) -> tuple[str, ...]:
    """Paths of other repositories in a tree; a tree that is no repository's has none."""
    found: tuple[str, ...] = getattr(tree, "submodules", ())
    return found


@dataclass(frozen=True)
class MemoryTree:
    """A tree from a dictionary of paths and contents."""

    files: Mapping[str, bytes]
    commit: str = "0" * 40
    modes: Mapping[str, str] = field(default_factory=dict)

    def entries(self) -> tuple[Entry, ...]:
        return tuple(
            Entry(path, self.modes.get(path, "100644"), len(self.files[path]), path)
            for path in sorted(self.files)
        )

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)
