"""Requirement files: which lines name an exact version, and which leave it open."""

import re
from collections.abc import Iterable

_REQUIREMENT = re.compile(r"^\s*[A-Za-z0-9][A-Za-z0-9._-]*")
_EXACT = re.compile(r"={2,3}\s*[0-9][^*\s]*(?:\s|;|\\|$)|\s@\s+\S+(?:@[0-9a-f]{7,}|#sha256=)")
_TOOLS = re.compile(r"(^|[-_./])(dev|tests?|lint|docs?|ci|tools?|evals?|bench|build)([-_.]|$)", re.IGNORECASE)
_COMMENT = re.compile(r"(?:^|\s)#.*$")


def deciding(paths: Iterable[str]) -> list[str]:
    """Lists of requirements, nearest to the root first; those of tools only where there is no other."""
    listed = sorted(paths, key=lambda path: (path.count("/"), len(path), path))
    service = [path for path in listed if not _TOOLS.search(path.rpartition("/")[2].rpartition(".")[0])]
    return service or listed


def unpinned(lines: list[str]) -> tuple[list[int], list[int]]:
    """Numbers of the lines whose requirement is open, and of those whose version is exact."""
    loose: list[int] = []
    pinned: list[int] = []
    for number, raw in enumerate(lines, 1):
        line = _COMMENT.sub("", raw[:2000])
        if _REQUIREMENT.match(line):
            (pinned if _EXACT.search(line) else loose).append(number)
    return loose, pinned
