"""A mark as the desk shows it: per dimension the criteria with their evidence, the score, the comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from jobtwin.core.brief import GRID, Brief, Dimension
from jobtwin.core.criterion import Criterion
from jobtwin.core.ledger import score_text
from jobtwin.core.mark import weighted_average
from jobtwin.store.models import DraftReviewRecord, Mark

STEPS = tuple(str((GRID * step).quantize(Decimal("0.01"))) for step in range(int(1 / GRID) + 1))
"""What a score may be, as text."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Cited lines of the pinned commit; `text` is None where only the place was kept."""

    path: str
    line_start: int
    line_end: int
    text: str | None


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion with its evidence; verdict and note are empty while the draft is not to be seen."""

    criterion: Criterion
    quotes: list[Quote]
    verdict: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """A dimension to score; the bounds are empty while the draft is not to be seen."""

    dimension: Dimension
    criteria: list[CriterionRow]
    score: str
    comment: str
    lower: str = ""
    upper: str = ""
    first_pass: str = ""


@dataclass(frozen=True, slots=True)
class Average:
    """The weighted average of the saved scores: exact over all dimensions, or over those scored so far."""

    scored: int
    of: int
    value: str
    passes: bool | None


def draft_visible(mark: Mark, brief: Brief) -> bool:
    """Whether the mentor may see the draft's verdicts and bounds now."""
    rule = brief.marking.draft_visibility
    return rule == "always" or (rule == "after_first_pass" and mark.first_pass is not None)


def dimension_rows(mark: Mark, brief: Brief, draft: DraftReviewRecord | None) -> list[DimensionRow]:
    """All dimensions in the order of the brief."""
    visible = draft_visible(mark, brief)
    reviewed = _by_id(draft.document.get("dimensions")) if draft else {}
    quotes = draft.quotes if draft else {}
    return [
        _dimension_row(mark, dimension, reviewed.get(dimension.id, {}), quotes, visible=visible)
        for dimension in brief.rubric.dimensions
    ]


def average_of(brief: Brief, scores: Mapping[str, Decimal]) -> Average:
    """Where the scores stand; `passes` is None until every dimension has one."""
    dimensions = brief.rubric.dimensions
    scored = [one for one in dimensions if one.id in scores]
    if len(scored) == len(dimensions):
        exact = weighted_average(brief, scores)
        return Average(len(scored), len(scored), score_text(exact), exact >= brief.rubric.pass_mark)
    weight = sum((one.weight for one in scored), Decimal(0))
    total = sum((one.weight * scores[one.id] for one in scored), Decimal(0))
    value = str((total / weight).quantize(Decimal("0.001"))) if weight else "–"
    return Average(len(scored), len(dimensions), value, None)


def _dimension_row(
    mark: Mark,
    dimension: Dimension,
    review: Mapping[str, object],
    quotes: Mapping[str, str],
    *,
    visible: bool,
) -> DimensionRow:
    criteria = _by_id(review.get("criteria"))
    shown = visible and bool(review)
    return DimensionRow(
        dimension,
        [
            _criterion_row(one, criteria.get(one.id, {}), quotes, visible=visible)
            for one in dimension.criteria
        ],
        mark.scores.get(dimension.id, ""),
        mark.comments.get(dimension.id, ""),
        _grid_text(review.get("lower")) if shown else "",
        _grid_text(review.get("upper")) if shown else "",
        (mark.first_pass or {}).get(dimension.id, ""),
    )


def _criterion_row(
    criterion: Criterion, review: Mapping[str, object], quotes: Mapping[str, str], *, visible: bool
) -> CriterionRow:
    citations = review.get("citations")
    shown = [_quote(one, quotes) for one in citations] if isinstance(citations, list) else []
    if not visible:
        return CriterionRow(criterion, shown)
    return CriterionRow(criterion, shown, str(review.get("verdict", "")), str(review.get("note", "")))


def _quote(citation: Mapping[str, object], quotes: Mapping[str, str]) -> Quote:
    path, start, end = str(citation["path"]), int(str(citation["line_start"])), int(str(citation["line_end"]))
    return Quote(path, start, end, quotes.get(f"{path}:{start}-{end}"))


def _by_id(items: object) -> dict[str, Mapping[str, object]]:
    return {str(one["id"]): one for one in items} if isinstance(items, list) else {}


def _grid_text(value: object) -> str:
    return str(Decimal(str(value)).quantize(Decimal("0.01")))
