"""Disputes: what a learner holds against a refuted check, and the operator's answer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from jobtwin.services.dispute import raise_dispute
from jobtwin.services.reason import MAX_REASON, MIN_REASON
from jobtwin.store.models import Dispute
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.store.queries.dispute import disputes_of
from jobtwin.web.api.access import EXAM_READ, EXAM_WRITE, ApiRequest, person_of
from jobtwin.web.api.paging import Listed, Page, page_of
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.api.write import write

router = Router(tags=["disputes"])

CheckId = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")]
Reason = Annotated[str, Field(min_length=MIN_REASON, max_length=MAX_REASON)]


class DisputeIn(Schema):
    """Why the check is wrong, in the learner's words."""

    reason: Reason


class DisputeOut(Schema):
    """A dispute; `answered_at` is null until an operator has answered."""

    check: str
    reason: str
    raised_at: datetime
    answer: str
    answered_at: datetime | None


class DisputeList(Listed):
    """A page of disputes, the oldest first."""

    items: list[DisputeOut]


@router.get(
    "/{uuid:attempt_id}/disputes",
    auth=EXAM_READ,
    response={200: DisputeList, PROBLEMS: Problem},
    operation_id="list_disputes",
)
def list_disputes(request: ApiRequest, attempt_id: UUID, page: Query[Page]) -> dict[str, object]:
    """All disputes of an own attempt."""
    attempt = own_attempt(person_of(request), attempt_id)
    return page_of(disputes_of(attempt), page, lambda rows: [dispute_out(one) for one in rows])


@router.post(
    "/{uuid:attempt_id}/disputes/{check_id}",
    auth=EXAM_WRITE,
    response={201: DisputeOut, PROBLEMS: Problem},
    operation_id="raise_dispute",
)
def dispute(request: ApiRequest, attempt_id: UUID, check_id: CheckId, body: DisputeIn) -> HttpResponse:
    """Disputes a refuted check, once, before the marks are reconciled. It stands beside the fact."""
    attempt = own_attempt(person_of(request), attempt_id)

    def act() -> DisputeOut:
        made = raise_dispute(attempt=attempt, check_id=check_id, reason=body.reason, now=request.now)
        return dispute_out(made)

    return write(request, 201, act)


def dispute_out(one: Dispute) -> DisputeOut:
    """A dispute as the API shows it; who answered is not said."""
    return DisputeOut(
        check=one.check_record.check_id,
        reason=one.reason,
        raised_at=one.raised_at,
        answer=one.answer,
        answered_at=one.answered_at,
    )
