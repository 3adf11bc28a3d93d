"""The mentor's desk as data: the submission, its checks, the own mark, the evidence beside each score."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from jobtwin.core.identity import without_names
from jobtwin.core.instant import utc_text
from jobtwin.store.models import CheckRecord, Mark
from jobtwin.store.queries.desk import hidden_names
from jobtwin.store.queries.mark import due_at, visible_marks
from jobtwin.web.api.check import CheckOut, check_out
from jobtwin.web.shown.check import check_rows
from jobtwin.web.shown.mark import DimensionRow, dimension_rows

MENTORS_OWN = {"mark", "sealed"}
"""Parts of a desk that mentors wrote: what is read there is what was written."""


class MarkState(Schema):
    """The own mark. Its seat is not said: it would count the claims of others."""

    submission: UUID
    claimed_at: datetime
    scores: dict[str, str]
    comments: dict[str, str]
    readings: dict[str, str]
    version: int = Field(description="counts saves; a save may name the one it builds on")
    first_pass: dict[str, str] | None
    saved_at: str | None = Field(description="what `seen` of a seal repeats")
    sealed_at: datetime | None
    due_at: datetime | None


class SealedOut(Schema):
    """A sealed mark, once all may see it."""

    seat: int
    own: bool
    scores: dict[str, str]
    comments: dict[str, str]


class Quote(Schema):
    """Cited lines of the pinned commit."""

    path: str
    line_start: int
    line_end: int
    text: str | None


class CriterionOut(Schema):
    """A criterion with its evidence; verdict and note are empty while the draft is not to be seen."""

    id: str
    text: str
    verdict: str
    note: str
    quotes: list[Quote]


class DimensionOut(Schema):
    """A dimension to score; the bounds are empty while the draft is not to be seen."""

    id: str
    title: str
    weight: str
    lower: str
    upper: str
    criteria: list[CriterionOut]


class Desk(Schema):
    """All of it. Text of a submission is a stranger's: show it, never interpret it."""

    submission: UUID
    brief: str
    brief_digest: str
    source: str
    commit: str
    submitted_at: datetime
    forced: bool
    force_reason: str
    notes: str
    checks: list[CheckOut]
    facts: dict[str, dict[str, Any]]
    dimensions: list[DimensionOut]
    mark: MarkState
    sealed: list[SealedOut] = Field(description="empty until both mentors have sealed")


def mark_state(mark: Mark, due: datetime) -> MarkState:
    """The own mark as it stands."""
    return MarkState(
        submission=mark.submission_id,
        claimed_at=mark.claimed_at,
        scores=mark.scores,
        comments=mark.comments,
        readings=mark.readings,
        version=mark.version,
        first_pass=mark.first_pass,
        saved_at=utc_text(mark.saved_at) if mark.saved_at else None,
        sealed_at=mark.sealed_at,
        due_at=due if mark.sealed_at is None else None,
    )


def desk_of(mark: Mark, records: list[CheckRecord]) -> Desk:
    """The desk of one claimed submission."""
    submission = mark.submission
    version = submission.attempt.brief_version
    draft = getattr(submission, "draft_review", None)
    names = hidden_names(submission)
    desk = Desk(
        submission=submission.pk,
        brief=version.brief_id,
        brief_digest=version.digest,
        source=submission.source,
        commit=submission.commit,
        submitted_at=submission.submitted_at,
        forced=submission.forced,
        force_reason=submission.force_reason,
        notes=submission.notes,
        checks=[check_out(row) for row in check_rows(version.brief, submission.answers, records)],
        facts={one.check_id: one.facts for one in records},
        dimensions=[_dimension(row) for row in dimension_rows(mark, version.brief, draft)],
        mark=mark_state(mark, due_at(mark)),
        sealed=_sealed(mark),
    )
    hidden = {one: _nameless(value, names) for one, value in desk.model_dump(exclude=MENTORS_OWN).items()}
    return Desk(**hidden, mark=desk.mark, sealed=desk.sealed)


def _nameless(value: object, names: tuple[str, ...]) -> Any:
    """The value without these names, in whatever depth of it."""
    if isinstance(value, str):
        return without_names(value, names)
    if isinstance(value, dict):
        return {without_names(key, names): _nameless(inner, names) for key, inner in value.items()}
    return [_nameless(one, names) for one in value] if isinstance(value, list) else value


def _sealed(mark: Mark) -> list[SealedOut]:
    visible = visible_marks(mark)
    if len(visible) < 2:
        return []
    return [
        SealedOut(seat=one.seat, own=one.pk == mark.pk, scores=one.scores, comments=one.comments)
        for one in visible
    ]


def _dimension(row: DimensionRow) -> DimensionOut:
    return DimensionOut(
        id=row.dimension.id,
        title=row.dimension.title,
        weight=str(row.dimension.weight),
        lower=row.lower,
        upper=row.upper,
        criteria=[
            CriterionOut(
                id=one.criterion.id,
                text=one.criterion.text,
                verdict=one.verdict,
                note=one.note,
                quotes=[
                    Quote(path=q.path, line_start=q.line_start, line_end=q.line_end, text=q.text)
                    for q in one.quotes
                ],
            )
            for one in row.criteria
        ],
    )
