"""The data of an evals suite: cases and expected answers, hashed as they were committed."""

import hashlib
import posixpath
import re
from itertools import accumulate

from jobtwin.verification.f3.source import FOLDERS, EvalsCommand, Project

MAX_FILES = 100
MAX_BYTES = 12_000
"""Bytes of all their paths together: they travel to the sandbox with the order."""
_ENDINGS = (".jsonl", ".ndjson", ".csv", ".tsv", ".yaml", ".yml", ".json", ".toml", ".txt", ".parquet")
_REPORT = re.compile(
    r"report|result|output|summary|score|metric|baseline|(^|[._-])(log|logs|run|runs)([._-]|$)"
)


def data_hashes(project: Project, command: EvalsCommand, reports: tuple[str, ...]) -> dict[str, str]:
    """SHA-256 by path of the first MAX_FILES data files below the evals folders.

    What is declared as a report, or is named like one, is none: runs may write it anew.
    """
    folders = _folders(project, command)
    found = [path for path in sorted(project.paths) if _is_data(path, folders, reports)]
    sizes = accumulate(len(path.encode()) for path in found)
    told = [path for path, size in zip(found, sizes, strict=True) if size <= MAX_BYTES]
    return {path: _digest(project, path) for path in told[:MAX_FILES]}


def _folders(project: Project, command: EvalsCommand) -> set[str]:
    """Every folder with an evals name, and the one that the command's script or module lies in."""
    folders = {posixpath.dirname(path) for path in project.paths}
    named = {one for one in folders if any(part in FOLDERS for part in one.split("/"))}
    for word in command.argv[1:]:
        for path in (posixpath.normpath(word), f"{word.replace('.', '/')}.py"):
            if path in project.paths and "/" in path:
                named.add(posixpath.dirname(path))
    return named


def _is_data(path: str, folders: set[str], reports: tuple[str, ...]) -> bool:
    if any(path == one or path.startswith(f"{one}/") for one in reports):
        return False
    if not any(path.startswith(f"{one}/") for one in folders) or not path.lower().endswith(_ENDINGS):
        return False
    if posixpath.basename(path).lower() in {"requirements.txt", "pyproject.toml"}:
        return False
    steps = path.lower().split("/")[1:]
    return not any(_REPORT.search(step) for step in steps)


def _digest(project: Project, path: str) -> str:
    content = project.tree.read(posixpath.join(project.folder, path)) or b""
    return hashlib.sha256(content).hexdigest()
