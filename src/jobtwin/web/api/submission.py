"""Submissions: submit once and for good, then watch the verification, then the result."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from jobtwin.core.errors import NotFound, Refused
from jobtwin.core.ledger import score_text
from jobtwin.services.draft import latest_draft
from jobtwin.services.submission import MAX_FORCE_REASON
from jobtwin.store.models import Attempt, Submission
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.store.queries.check import MAX_EVENTS, events_after, progress_of
from jobtwin.store.queries.decision import Result, result_of
from jobtwin.web.api.access import EXAM_READ, EXAM_WRITE, ApiRequest, person_of
from jobtwin.web.api.check import CheckOut, checks_out
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.api.receipt import ReceiptOut, receipt_of
from jobtwin.web.api.write import write_prepared
from jobtwin.web.submitting import Pinned, pin_draft, submit_pinned

router = Router(tags=["submissions"])

MAX_CURSOR = 2**63 - 1
Version = Annotated[int, Field(ge=1, le=2**31 - 2, description="the saved version to submit")]
Cursor = Annotated[int, Query(ge=0, le=MAX_CURSOR, description="`cursor` of the answer before")]


class SubmitIn(Schema):
    """Which saved version is submitted. A critical "no" needs `force` and a reason."""

    version: Version
    force: bool = False
    reason: str = Field("", max_length=MAX_FORCE_REASON)


class SubmissionOut(Schema):
    """What was submitted, pinned to a commit."""

    id: UUID
    source: str
    commit: str
    submitted_at: datetime
    forced: bool
    force_reason: str
    answers: dict[str, str]
    notes: str
    logs: dict[str, str]
    artifact: str


class Submitted(Schema):
    """The submission and its receipt."""

    submission: SubmissionOut
    receipt: ReceiptOut


class Step(Schema):
    """One step of a verification."""

    id: int
    at: datetime
    phase: str
    kind: str = Field(description="start, end or log")
    text: str


class ProgressOut(Schema):
    """New steps since the cursor, and every check that is done."""

    done: bool
    cursor: int
    steps: list[Step]
    checks: list[CheckOut]


class SkillOut(Schema):
    """A skill that the decision asserts."""

    id: str
    title: str
    weight: str


class MarkOut(Schema):
    """What one mentor, who is not named, gave."""

    scores: dict[str, str]
    comments: dict[str, str]


class ResultOut(Schema):
    """A signed decision; scores are exact text."""

    passed: bool
    overall: str
    route: str
    scores: dict[str, str]
    signed_at: datetime
    marks: list[MarkOut]
    checks: list[CheckOut]
    skills: list[SkillOut]
    credential: UUID | None


@router.post(
    "/{uuid:attempt_id}/submission",
    auth=EXAM_WRITE,
    response={201: Submitted, PROBLEMS: Problem},
    operation_id="submit_attempt",
)
def submit(request: ApiRequest, attempt_id: UUID, body: SubmitIn) -> HttpResponse:
    """Submits a saved version for good. The instant that counts is the request's arrival."""
    attempt = own_attempt(person_of(request), attempt_id)

    def prepare() -> Pinned:
        draft = latest_draft(attempt)
        if draft is None or not draft.body["source"]:
            raise Refused("save a draft with the address of your repository first", code="no_source")
        return pin_draft(attempt=attempt, draft=draft, version=str(body.version), now=request.now)

    def act(pinned: Pinned) -> Submitted:
        submission = submit_pinned(
            attempt=attempt, pinned=pinned, force=body.force, force_reason=body.reason, now=request.now
        )
        return Submitted(submission=_out(submission), receipt=receipt_of(attempt, "submit"))

    return write_prepared(request, 201, prepare, act)


@router.get(
    "/{uuid:attempt_id}/submission",
    auth=EXAM_READ,
    response={200: SubmissionOut, PROBLEMS: Problem},
    operation_id="get_submission",
)
def get_submission(request: ApiRequest, attempt_id: UUID) -> SubmissionOut:
    """What was submitted."""
    return _out(_submission(request, attempt_id))


@router.get(
    "/{uuid:attempt_id}/progress",
    auth=EXAM_READ,
    response={200: ProgressOut, PROBLEMS: Problem},
    operation_id="get_progress",
)
def get_progress(request: ApiRequest, attempt_id: UUID, after: Cursor = 0) -> ProgressOut:
    """The verification's new steps since `after`; ask again with the `cursor` until `done`."""
    submission = _submission(request, attempt_id)
    events = events_after(submission, after)
    attempt = submission.attempt
    return ProgressOut(
        done=attempt.verified_at is not None and len(events) < MAX_EVENTS,
        cursor=events[-1].pk if events else after,
        steps=[Step(id=one.pk, at=one.at, phase=one.phase, kind=one.kind, text=one.text) for one in events],
        checks=checks_out(attempt, list(progress_of(submission).checks), submission.answers),
    )


@router.get(
    "/{uuid:attempt_id}/result",
    auth=EXAM_READ,
    response={200: ResultOut, PROBLEMS: Problem},
    operation_id="get_result",
)
def get_result(request: ApiRequest, attempt_id: UUID) -> ResultOut:
    """The result, once it is signed; 404 before."""
    attempt = own_attempt(person_of(request), attempt_id)
    found = result_of(attempt)
    if found is None:
        raise NotFound("there is no result yet", code="no_result")
    return _result(attempt, found)


def _submission(request: ApiRequest, attempt_id: UUID) -> Submission:
    attempt = own_attempt(person_of(request), attempt_id)
    if attempt.submitted_at is None:
        raise NotFound("this attempt has not been submitted", code="not_submitted")
    return attempt.submission


def _out(submission: Submission) -> SubmissionOut:
    names: list[Any] = [*SubmissionOut.model_fields]
    return SubmissionOut(**{name: getattr(submission, name) for name in names})


def _result(attempt: Attempt, found: Result) -> ResultOut:
    decision = found.decision
    return ResultOut(
        passed=decision.passed,
        overall=score_text(Decimal(decision.overall)),
        route=decision.route,
        scores=decision.scores,
        signed_at=decision.signed_at or attempt.deadline,
        marks=[MarkOut(scores=one.scores, comments=one.comments) for one in found.marks],
        checks=checks_out(attempt, list(found.checks), attempt.submission.answers),
        skills=[SkillOut(id=one.skill, title=one.title, weight=str(one.weight)) for one in found.skills],
        credential=found.credential.pk if found.credential else None,
    )
