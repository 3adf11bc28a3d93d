"""Quotations in a mentor's comment: lines of the pinned commit, written as `path:10-20` in backquotes."""

import re

from jobtwin.core.evidence import Span

_WRITTEN = re.compile(r"`([^`\n]{1,1000}):([0-9]{1,7})-([0-9]{1,7})`")
MAX_FOUND = 50


def quotation(span: Span) -> str:
    """The span as it is written into a comment."""
    return f"`{span.path}:{span.line_start}-{span.line_end}`"


def can_be_written(path: str) -> bool:
    """Whether a comment can name this path so that it is found again."""
    return _WRITTEN.fullmatch(f"`{path}:1-1`") is not None


def quoted_spans(comment: str) -> list[Span]:
    """The spans that a comment names, in its order, each once, at most MAX_FOUND of them."""
    found: dict[Span, None] = {}
    for path, first, last in _WRITTEN.findall(comment):
        try:
            found.setdefault(Span(path, int(first), int(last)))
        except ValueError:  # a mentor typed something that is no range
            continue
    return list(found)[:MAX_FOUND]
