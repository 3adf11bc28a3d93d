"""Requirement files: which lines name an exact version, and which leave it open."""

import re

_REQUIREMENT = re.compile(r"^\s*[A-Za-z0-9][A-Za-z0-9._-]*")
_EXACT = re.compile(r"={2,3}\s*[0-9][^*\s]*(?:\s|;|\\|$)|\s@\s+\S+(?:@[0-9a-f]{7,}|#sha256=)")
_COMMENT = re.compile(r"(?:^|\s)#.*$")


def unpinned(lines: list[str]) -> tuple[list[int], list[int]]:
    """Numbers of the lines whose requirement is open, and of those whose version is exact."""
    loose: list[int] = []
    pinned: list[int] = []
    for number, raw in enumerate(lines, 1):
        line = _COMMENT.sub("", raw[:2000])
        if _REQUIREMENT.match(line):
            (pinned if _EXACT.search(line) else loose).append(number)
    return loose, pinned
