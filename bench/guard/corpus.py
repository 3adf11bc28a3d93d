"""Texts for training and measuring: rows of a JSONL file, and windows of files."""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobtwin.core.evidence import lines_of
from jobtwin.review.scan.windows import windows_of

TEXT_FILES = frozenset(
    {
        "py", "pyi", "md", "markdown", "rst", "txt", "json", "ipynb", "csv", "yaml", "yml", "toml", "cfg",
        "ini", "html", "js", "ts", "tsx", "go", "rs", "c", "h", "java", "sh", "log", "svg",
    }
)  # fmt: skip
MAX_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Row:
    """One text with its label (1: injection) and where it is from."""

    text: str
    label: int
    source: str


def rows(path: Path) -> list[Row]:
    """The rows of a file with `{"text", "label", "source"}` a line."""
    parsed = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Row(one["text"], one["label"], one["source"]) for one in parsed]


def text_files(folder: Path) -> Iterator[Path]:
    """Regular files of known kinds and bounded size, in a fixed order."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            known = path.suffix[1:].lower() in TEXT_FILES or path.suffix == ""
            if known and not path.is_symlink() and 0 < path.stat().st_size <= MAX_BYTES:
                yield path


def read_lines(path: Path) -> list[str]:
    """Lines of a text file; none for a binary one."""
    content = path.read_bytes()
    return [] if b"\0" in content[:8192] else lines_of(content)


def background(folders: list[Path], rng: random.Random, *, files: int) -> list[tuple[str, list[str]]]:
    """Extension and lines of at most `files` files, drawn evenly from the folders."""
    found: list[tuple[str, list[str]]] = []
    for folder in folders:
        listed = list(text_files(folder))
        rng.shuffle(listed)
        chosen = listed[: files // len(folders)]
        found.extend((path.suffix[1:].lower(), lines) for path in chosen if (lines := read_lines(path)))
    return found


def windows(lines: list[str]) -> list[str]:
    """Folded windows of a file."""
    return [window.folded for window in windows_of(lines)]
