"""Marking: what waits, claim, read, save, seal. Nothing of another mentor before both have sealed."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from jobtwin.core.claim import Clock
from jobtwin.core.errors import Conflict, Refused
from jobtwin.core.instant import utc_text
from jobtwin.services.ledger import ledger_writer
from jobtwin.services.mark import MAX_COMMENT, claim_submission, keep_first_pass, save_mark, seal_mark
from jobtwin.store.models import CheckRecord, Mark, Submission
from jobtwin.store.queries.claim import clocks
from jobtwin.store.queries.desk import (
    claims_with_dates,
    own_mark,
    waiting_submission,
    waiting_with_flags,
)
from jobtwin.store.queries.mark import due_at
from jobtwin.web.api.access import MARKING_READ, MARKING_WRITE, ApiRequest, person_of
from jobtwin.web.api.desk import Desk, MarkState, desk_of, mark_state
from jobtwin.web.api.paging import Listed, Page, page_of
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.api.write import write

router = Router(tags=["marking"])

COUNTED = 1_000
"""What waits is counted so far: the answer costs the same however long the queue is."""
MAX_DIMENSIONS = 100
MAX_CRITERIA = 400
Comment = Annotated[str, Field(max_length=MAX_COMMENT)]
Score = Annotated[str, Field(max_length=20)]
Reading = Annotated[str, Field(max_length=20)]


class Waiting(Schema):
    """A submission that may be claimed. It says nothing of who else did."""

    submission: UUID
    brief: str
    title: str
    submitted_at: datetime
    refuted: bool = Field(description="a check of it is refuted")


class WaitingList(Listed):
    """A page of waiting submissions, the oldest first; `count` is 1,000 where so many wait, or more."""

    items: list[Waiting]


class Claim(Schema):
    """An own mark in the list of claims."""

    submission: UUID
    brief: str
    title: str
    claimed_at: datetime
    sealed_at: datetime | None
    due_at: datetime | None
    refuted: bool


class ClaimList(Listed):
    """A page of own claims, the newest first."""

    items: list[Claim]


class ClaimIn(Schema):
    """The declaration that there is no conflict of interest."""

    no_conflict: bool


class MarkIn(Schema):
    """All that is written so far, by dimension; a score is text on the 0.05 grid."""

    scores: Annotated[dict[str, Score], Field(max_length=MAX_DIMENSIONS)]
    comments: Annotated[dict[str, Comment], Field(max_length=MAX_DIMENSIONS)]
    readings: Annotated[dict[str, Reading], Field(max_length=MAX_CRITERIA)] | None = Field(
        default=None, description="by criterion: accept, met, not_met, unclear, reject; none: they stay"
    )
    base_version: int | None = Field(
        default=None, ge=0, description="refused with 409 where a newer version was saved; none: overwrites"
    )


class SealIn(Schema):
    """What is sealed is what was seen: `seen` is the mark's `saved_at`."""

    seen: str = Field(max_length=40)


@router.get(
    "", auth=MARKING_READ, response={200: WaitingList, PROBLEMS: Problem}, operation_id="list_waiting"
)
def list_waiting(request: ApiRequest, page: Query[Page]) -> dict[str, object]:
    """What waits for this mentor."""
    rows = waiting_with_flags(person_of(request))
    return page_of(rows, page, lambda found: [_waiting(one) for one in found], counted=COUNTED)


@router.get(
    "/claims", auth=MARKING_READ, response={200: ClaimList, PROBLEMS: Problem}, operation_id="list_claims"
)
def list_claims(request: ApiRequest, page: Query[Page]) -> dict[str, object]:
    """The own claims."""
    rows = claims_with_dates(person_of(request))
    return page_of(rows, page, _claims)


@router.post(
    "/{uuid:submission_id}/claim",
    auth=MARKING_WRITE,
    response={201: MarkState, PROBLEMS: Problem},
    operation_id="claim_submission",
)
def claim(request: ApiRequest, submission_id: UUID, body: ClaimIn) -> HttpResponse:
    """Claims a waiting submission."""

    def act() -> MarkState:
        mentor = person_of(request)
        submission = waiting_submission(mentor, submission_id)
        mark = claim_submission(
            submission=submission, mentor=mentor, no_conflict=body.no_conflict, now=request.now
        )
        return mark_state(mark, due_at(mark))

    return write(request, 201, act)


@router.get(
    "/{uuid:submission_id}",
    auth=MARKING_READ,
    response={200: Desk, PROBLEMS: Problem},
    operation_id="get_desk",
)
def get_desk(request: ApiRequest, submission_id: UUID) -> Desk:
    """Everything to mark one claimed submission."""
    mark = own_mark(person_of(request), submission_id)
    return desk_of(mark, list(CheckRecord.objects.filter(submission_id=submission_id)))


@router.put(
    "/{uuid:submission_id}/mark",
    auth=MARKING_WRITE,
    response={200: MarkState, PROBLEMS: Problem},
    operation_id="save_mark",
)
def save(request: ApiRequest, submission_id: UUID, body: MarkIn) -> HttpResponse:
    """Saves scores and comments, which may be incomplete."""

    def act() -> MarkState:
        mark = own_mark(person_of(request), submission_id)
        saved = save_mark(
            mark=mark,
            scores=body.scores,
            comments=body.comments,
            readings=body.readings,
            base_version=body.base_version,
            now=request.now,
        )
        return mark_state(saved, due_at(saved))

    return write(request, 200, act)


@router.post(
    "/{uuid:submission_id}/first-pass",
    auth=MARKING_WRITE,
    response={200: MarkState, PROBLEMS: Problem},
    operation_id="keep_first_pass",
)
def first_pass(request: ApiRequest, submission_id: UUID) -> HttpResponse:
    """Keeps the saved scores as the first pass; then the draft review is shown, where the brief says so."""

    def act() -> MarkState:
        mark = own_mark(person_of(request), submission_id)
        if not keep_first_pass(mark=mark, now=request.now):
            raise Refused("score every dimension first; then the draft review is shown", code="incomplete")
        return mark_state(mark, due_at(mark))

    return write(request, 200, act)


@router.post(
    "/{uuid:submission_id}/seal",
    auth=MARKING_WRITE,
    response={200: MarkState, PROBLEMS: Problem},
    operation_id="seal_mark",
)
def seal(request: ApiRequest, submission_id: UUID, body: SealIn) -> HttpResponse:
    """Seals the saved mark into the own ledger, for good."""

    def act() -> MarkState:
        mark = own_mark(person_of(request), submission_id)
        if mark.sealed_at is None and body.seen != (utc_text(mark.saved_at) if mark.saved_at else ""):
            raise Conflict("this mark was changed meanwhile; look at it once more before you seal")
        sealed = seal_mark(mark=mark, now=request.now, writer=ledger_writer())
        return mark_state(sealed, due_at(sealed))

    return write(request, 200, act)


def _waiting(submission: Submission) -> Waiting:
    version = submission.attempt.brief_version
    return Waiting(
        submission=submission.pk,
        brief=version.brief_id,
        title=version.document["title"],
        submitted_at=submission.submitted_at,
        refuted=vars(submission)["refuted"],
    )


def _claims(marks: list[Mark]) -> list[Claim]:
    times = clocks([mark for mark in marks if mark.sealed_at is None])
    return [_claim(mark, times.get(mark.pk)) for mark in marks]


def _claim(mark: Mark, clock: Clock | None) -> Claim:
    version = mark.submission.attempt.brief_version
    return Claim(
        submission=mark.submission_id,
        brief=version.brief_id,
        title=version.document["title"],
        claimed_at=mark.claimed_at,
        sealed_at=mark.sealed_at,
        due_at=clock.due if clock else None,
        refuted=vars(mark)["refuted"],
    )
