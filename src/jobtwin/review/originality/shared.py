"""Shared spans: where two submissions hold the same unusual fingerprints, side by side."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jobtwin.core.evidence import MAX_SPAN_LINES, Span
from jobtwin.review.files import Files
from jobtwin.review.originality.prints import Print

MAX_PLACES = 3
NEAR = 3
"""Lines between two fingerprints that still belong to one place."""


@dataclass(frozen=True, slots=True)
class Place:
    """The same tokens in two submissions: a span and its text in each, and the number of fingerprints."""

    mine: Span
    theirs: Span
    mine_text: str
    theirs_text: str
    prints: int

    def as_json(self, *, turned: bool = False) -> dict[str, object]:
        """Both sides as plain data; `turned` puts theirs first."""
        mine = {**_side(self.mine), "text": self.mine_text}
        theirs = {**_side(self.theirs), "text": self.theirs_text}
        first, second = (theirs, mine) if turned else (mine, theirs)
        return {"first": first, "second": second, "prints": self.prints}


def places_of(
    mine: tuple[Files, Sequence[Print]], theirs: tuple[Files, Sequence[Print]], unusual: Collection[int]
) -> tuple[Place, ...]:
    """The places with the most shared unusual fingerprints, best first, at most `MAX_PLACES`."""
    other = {one.hash: one for one in theirs[1]}
    pairs = [(one, other[one.hash]) for one in mine[1] if one.hash in unusual and one.hash in other]
    pairs.sort(key=lambda pair: (pair[0].path, pair[1].path, pair[0].line_start))
    runs: list[list[tuple[Print, Print]]] = []
    for pair in pairs:
        if not runs or not _belongs(runs[-1], pair):
            runs.append([])
        runs[-1].append(pair)
    best = sorted(runs, key=lambda run: (-len(run), run[0][0].path, run[0][0].line_start))[:MAX_PLACES]
    return tuple(_place(run, mine[0], theirs[0]) for run in best)


def _belongs(run: list[tuple[Print, Print]], pair: tuple[Print, Print]) -> bool:
    last, new = run[-1], pair
    same = (last[0].path, last[1].path) == (new[0].path, new[1].path)
    return same and all(
        one.line_start <= max(past[side].line_end for past in run) + NEAR
        and one.line_end - min(past[side].line_start for past in run) < MAX_SPAN_LINES
        for side, one in enumerate(new)
    )


def _place(run: list[tuple[Print, Print]], mine: Files, theirs: Files) -> Place:
    left, right = _span([one for one, _ in run]), _span([one for _, one in run])
    return Place(left, right, _text(mine, left), _text(theirs, right), len(run))


def _span(prints: list[Print]) -> Span:
    first = min(one.line_start for one in prints)
    last = max(one.line_end for one in prints)
    return Span(prints[0].path, first, min(last, first + MAX_SPAN_LINES - 1))


def _text(files: Files, span: Span) -> str:
    lines = files.lines(span.path)[span.line_start - 1 : span.line_end]
    return "\n".join(line[:500] for line in lines).replace("\0", "\N{REPLACEMENT CHARACTER}")


def _side(span: Span) -> dict[str, object]:
    return {"path": span.path, "line_start": span.line_start, "line_end": span.line_end}
