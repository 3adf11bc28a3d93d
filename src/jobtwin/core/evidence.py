"""Evidence: spans of lines at a pinned commit, and citations whose quoted bytes are hashed."""

import hashlib
from dataclasses import dataclass

MAX_SPAN_LINES = 40


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Lines `line_start..line_end` (from 1, both included, at most 40) of a path in the tree."""

    path: str
    line_start: int
    line_end: int

    def __post_init__(self) -> None:
        if not 1 <= self.line_start <= self.line_end:
            raise ValueError(f"not a range of lines: {self.line_start}-{self.line_end}")
        if self.line_end - self.line_start >= MAX_SPAN_LINES:
            raise ValueError(f"a span holds at most {MAX_SPAN_LINES} lines")


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A span that a search found, with its score (higher is better, comparable in one query)."""

    span: Span
    score: float

    def as_json(self) -> dict[str, object]:
        """The form that `jobtwin evidence` prints in `spans`."""
        return {
            "path": self.span.path,
            "line_start": self.span.line_start,
            "line_end": self.span.line_end,
            "score": round(self.score, 6),
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """A span with the SHA-256 (64 hex digits) over the lines it quotes."""

    span: Span
    quote_sha256: str

    def as_json(self) -> dict[str, object]:
        """The form that `jobtwin draft --json` prints in `citations`."""
        return {
            "path": self.span.path,
            "line_start": self.span.line_start,
            "line_end": self.span.line_end,
            "quote_sha256": self.quote_sha256,
        }


def lines_of(content: bytes) -> list[str]:
    """The lines that line numbers count: UTF-8 with replacement, split at \\n, a trailing \\r dropped.

    A final newline ends the last line and opens no further one.
    """
    lines = content.decode("utf-8", errors="replace").split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def quote_sha256(content: bytes, span: Span) -> str | None:
    """The hash of the lines that `span` quotes from a file, or None where it ends behind the file."""
    lines = lines_of(content)
    if span.line_end > len(lines):
        return None
    quote = "\n".join(lines[span.line_start - 1 : span.line_end])
    return hashlib.sha256(quote.encode()).hexdigest()


def cite(content: bytes, span: Span) -> Citation | None:
    """A verified citation of `span` in a file's content, or None where the lines are not there."""
    quote = quote_sha256(content, span)
    return None if quote is None else Citation(span, quote)


def citation_holds(content: bytes | None, citation: Citation) -> bool:
    """True where the cited lines stand in `content` (None: no such file) with the cited hash."""
    return content is not None and quote_sha256(content, citation.span) == citation.quote_sha256
