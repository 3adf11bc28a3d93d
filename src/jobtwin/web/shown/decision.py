"""Sealed marks side by side, and the learner's result."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop

from jobtwin.core.brief import Brief, Dimension
from jobtwin.core.decision import disagreement
from jobtwin.core.ledger import score_text
from jobtwin.core.mark import weighted_average
from jobtwin.store.models import Decision, Mark, Revision
from jobtwin.store.queries.decision import Result
from jobtwin.web.shown.criterion import CriterionRow, Drafted

SEATS = {
    1: gettext_noop("First mentor"),
    2: gettext_noop("Second mentor"),
    3: gettext_noop("Third mentor"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One mentor's sealed mark."""

    title: str
    own: bool
    mark: Mark
    revision: Revision | None
    overall: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one mentor gave in one dimension; `revised` is empty where nothing was changed."""

    title: str
    score: str
    revised: str
    comment: str


@dataclass(frozen=True, slots=True)
class ComparedDimension:
    """One dimension, with a cell for each column."""

    dimension: Dimension
    cells: list[Cell]
    difference: str
    apart: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """All sealed marks of a submission, and how far the first two are apart."""

    columns: list[Column]
    rows: list[ComparedDimension]
    astride: bool
    apart: bool


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One dimension of the result: the final score, what each mentor wrote, the evidence they were shown."""

    dimension: Dimension
    score: str
    comments: list[tuple[str, str]]
    evidence: list[CriterionRow]


def comparison_of(brief: Brief, marks: list[Mark], *, own: Mark) -> Comparison:
    """The comparison of marks that `visible_marks` gave: at least the first two, both sealed."""
    columns = [_column(brief, mark, own) for mark in marks]
    first, second = marks[0].exact_scores(), marks[1].exact_scores()
    found = disagreement(brief, first, second)
    rows = [
        ComparedDimension(
            one,
            [_cell(column, one.id) for column in columns],
            score_text(abs(first[one.id] - second[one.id])),
            one.id in found.dimensions,
        )
        for one in brief.rubric.dimensions
    ]
    return Comparison(columns, rows, found.astride, bool(found))


def result_rows(brief: Brief, result: Result) -> list[ResultRow]:
    """The dimensions of a result in the order of the brief; comments are of the mentors, who stay unnamed."""
    scores: Mapping[str, str] = result.decision.scores
    drafted = Drafted(result.draft, {}, {}, visible=True)
    return [
        ResultRow(
            one,
            scores[one.id],
            [(SEATS[mark.seat], mark.comments[one.id]) for mark in result.marks if mark.comments.get(one.id)],
            [row for row in drafted.rows(one.id, one.criteria) if row.quotes],
        )
        for one in brief.rubric.dimensions
    ]


def exact_scores(decision: Decision) -> dict[str, Decimal]:
    """The decided scores as decimals."""
    return {dimension: Decimal(text) for dimension, text in decision.scores.items()}


def _column(brief: Brief, mark: Mark, own: Mark) -> Column:
    revision = mark.revision if hasattr(mark, "revision") else None
    position: dict[str, Decimal] = revision.exact_scores() if revision else mark.exact_scores()
    overall = score_text(weighted_average(brief, position))
    return Column(SEATS[mark.seat], mark.pk == own.pk, mark, revision, overall)


def _cell(column: Column, dimension: str) -> Cell:
    revised = column.revision.scores[dimension] if column.revision else ""
    score = column.mark.scores[dimension]
    comment = column.mark.comments.get(dimension, "")
    return Cell(column.title, score, revised if revised != score else "", comment)
