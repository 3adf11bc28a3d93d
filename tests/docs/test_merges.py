"""No file of the repository holds what an unfinished merge leaves behind."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MADE = {"build", "dist", "out", "site", "secrets", "__pycache__"}
"""Folders that hold what was made here, as .gitignore names them."""
KEPT = {".github", ".ci"}

MARKER = re.compile(rb"^(?:<{7}|>{7}|\|{7})(?: .*)?\r?$", re.MULTILINE)
"""How git opens, closes and divides a conflict; a line of = alone is a heading of many a document."""


def marked(folder: Path) -> list[str]:
    """The lines, as `path:line`, that are conflict markers."""
    found = []
    for path in files(folder):
        content = path.read_bytes()
        lines = [content.count(b"\n", 0, one.start()) + 1 for one in MARKER.finditer(content)]
        found += [f"{path.relative_to(folder)}:{line}" for line in lines]
    return found


def files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if one not in MADE and (one[0] != "." or one in KEPT)]
        yield from (Path(place, name) for name in sorted(names) if name != ".git")


def test_no_file_holds_a_conflict_marker() -> None:
    assert not marked(ROOT)


def test_a_planted_marker_is_found_and_a_heading_is_none(tmp_path: Path) -> None:
    ours, theirs = "<" * 7, ">" * 7
    (tmp_path / "notes.md").write_text(f"Heading\n=======\n{ours} HEAD\na\n=======\nb\n{theirs} main\n")
    assert marked(tmp_path) == ["notes.md:3", "notes.md:7"]
