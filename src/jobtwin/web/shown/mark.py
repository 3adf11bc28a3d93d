"""A mark as the desk shows it: per dimension the criteria with their evidence, the score, the comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from jobtwin.core.brief import GRID, Brief, Dimension
from jobtwin.core.evidence import Span
from jobtwin.core.ledger import score_text
from jobtwin.core.mark import weighted_average
from jobtwin.core.quotation import quoted_spans
from jobtwin.store.models import DraftReviewRecord, Mark
from jobtwin.store.queries.mark import draft_visible
from jobtwin.web.shown.check import CheckRow
from jobtwin.web.shown.criterion import CriterionRow, Drafted

STEPS = tuple(str((GRID * step).quantize(Decimal("0.01"))) for step in range(int(1 / GRID) + 1))
"""What a score may be, as text."""


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
    cited: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Average:
    """The weighted average of the saved scores: exact over all dimensions, or over those scored so far."""

    scored: int
    of: int
    value: str
    passes: bool | None


def dimension_rows(
    mark: Mark, brief: Brief, draft: DraftReviewRecord | None, checks: list[CheckRow] | None = None
) -> list[DimensionRow]:
    """All dimensions in the order of the brief; `checks` stand beside the criteria that they decide."""
    by_id = {one.question.id: one for one in checks or []}
    drafted = Drafted(draft, by_id, mark.readings, draft_visible(mark))
    return [_dimension_row(mark, one, drafted) for one in brief.rubric.dimensions]


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


def _dimension_row(mark: Mark, dimension: Dimension, drafted: Drafted) -> DimensionRow:
    review = _review_of(drafted.draft, dimension.id) if drafted.visible else {}
    return DimensionRow(
        dimension,
        drafted.rows(dimension.id, dimension.criteria),
        mark.scores.get(dimension.id, ""),
        mark.comments.get(dimension.id, ""),
        _grid_text(review["lower"]) if review else "",
        _grid_text(review["upper"]) if review else "",
        (mark.first_pass or {}).get(dimension.id, ""),
        tuple(quoted_spans(mark.comments.get(dimension.id, ""))),
    )


def _review_of(draft: DraftReviewRecord | None, dimension: str) -> Mapping[str, object]:
    listed: list[Mapping[str, object]] = draft.document.get("dimensions", []) if draft else []
    return next((one for one in listed if one["id"] == dimension), {})


def _grid_text(value: object) -> str:
    return str(Decimal(str(value)).quantize(Decimal("0.01")))
