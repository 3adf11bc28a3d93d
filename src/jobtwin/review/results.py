"""What a probe found, and the small words that every kind of probe says it with."""

from collections.abc import Iterable
from dataclasses import dataclass

from jobtwin.core.draft_review import Finding
from jobtwin.core.evidence import MAX_SPAN_LINES, Span

MAX_SPANS = 5


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a probe found: the finding, at most five spans, and what was seen or is missing in plain words."""

    finding: Finding
    spans: tuple[Span, ...] = ()
    note: str = ""


def cut(path: str, start: int, end: int) -> Span:
    """A span that is no longer than a citation may be."""
    return Span(path, start, max(start, min(end, start + MAX_SPAN_LINES - 1)))


def some(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The first different spans."""
    return tuple(dict.fromkeys(spans))[:MAX_SPANS]


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans of neighbouring lines as one, no longer than a citation may be; in the order given."""
    found: list[Span] = []
    for span in spans:
        before = found[-1] if found else None
        if (
            before is not None
            and before.path == span.path
            and before.line_end < span.line_start <= before.line_end + 2
            and span.line_end - before.line_start < MAX_SPAN_LINES
        ):
            found[-1] = Span(span.path, before.line_start, span.line_end)
        else:
            found.append(span)
    return found


def number(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
