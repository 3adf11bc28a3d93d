"""Operating: extend an attempt's time, void it, answer its disputes. Each act takes a reason."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from jobtwin.services.attempt import void_attempt
from jobtwin.services.dispute import answer_dispute
from jobtwin.services.extension import MAX_MINUTES, extend_attempt, extend_everybody
from jobtwin.services.reason import MAX_REASON, MIN_REASON
from jobtwin.store.models import Attempt, Extension
from jobtwin.store.queries.dispute import disputed_check, disputes_of
from jobtwin.store.queries.draft import newest_versions
from jobtwin.store.queries.operations import attempt_to_operate, newest_attempts, own_version
from jobtwin.web.api.access import OPERATING_READ, OPERATING_WRITE, ApiRequest, person_of
from jobtwin.web.api.attempt import AttemptOut, ExtensionOut, attempt_out, extension_out
from jobtwin.web.api.brief import Version
from jobtwin.web.api.dispute import CheckId, DisputeOut, dispute_out
from jobtwin.web.api.paging import Listed, Page, page_of
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.api.write import write

router = Router(tags=["operating"])

Reason = Annotated[
    str, Field(min_length=MIN_REASON, max_length=MAX_REASON, description="the learner sees it")
]
Minutes = Annotated[int, Field(ge=1, le=MAX_MINUTES)]
Kind = Annotated[str, Field(max_length=13, description="accommodation or incident")]


class OperatedOut(Schema):
    """An attempt of a programme, whose it is, and its disputes. No mark and no answer of its learner's."""

    learner: str = Field(description="the address of the learner's account")
    attempt: AttemptOut
    void_reason: str
    disputes: list[DisputeOut]


class OperatedItem(Schema):
    """An attempt in a list."""

    learner: str
    attempt: AttemptOut


class OperatedList(Listed):
    """A page of attempts, the newest first."""

    items: list[OperatedItem]


class ExtendIn(Schema):
    """Time that is granted. `window` becomes longer (null: the open one, or the last)."""

    kind: Kind
    minutes: Minutes
    window: Annotated[str, Field(max_length=64)] | None = None
    reason: Reason


class Extended(Schema):
    """The extension, and the attempt whose locks have all moved together."""

    extension: ExtensionOut
    attempt: AttemptOut


class ExtendAllIn(Schema):
    """Time that everybody at a version is granted."""

    kind: Kind
    minutes: Minutes
    reason: Reason


class LeftOut(Schema):
    """An attempt that was not extended, and why."""

    attempt: UUID
    why: str


class ExtendedAll(Schema):
    """Who was granted it, and who was not."""

    extended: list[UUID]
    left_out: list[LeftOut]


class VoidIn(Schema):
    """Why an attempt is void."""

    reason: Reason


class AnswerIn(Schema):
    """The answer to a dispute; it stands beside the fact."""

    answer: Reason


@router.get(
    "/attempts",
    auth=OPERATING_READ,
    response={200: OperatedList, PROBLEMS: Problem},
    operation_id="list_operated",
)
def list_operated(request: ApiRequest, page: Query[Page]) -> dict[str, object]:
    """All attempts of the operator's programmes, the newest first."""
    now = request.now

    def shown(rows: list[Attempt]) -> list[OperatedItem]:
        saved = newest_versions(rows)
        return [
            OperatedItem(learner=one.learner.email, attempt=attempt_out(one, now, saved.get(one.pk, 0)))
            for one in rows
        ]

    rows = newest_attempts(person_of(request)).prefetch_related("extensions")
    return page_of(rows, page, shown)


@router.get(
    "/attempts/{uuid:attempt_id}",
    auth=OPERATING_READ,
    response={200: OperatedOut, PROBLEMS: Problem},
    operation_id="get_operated",
)
def get_operated(request: ApiRequest, attempt_id: UUID) -> OperatedOut:
    """One attempt of the operator's programmes."""
    return _operated(request, attempt_id)


@router.post(
    "/attempts/{uuid:attempt_id}/extensions",
    auth=OPERATING_WRITE,
    response={201: Extended, PROBLEMS: Problem},
    operation_id="extend_attempt",
)
def extend(request: ApiRequest, attempt_id: UUID, body: ExtendIn) -> HttpResponse:
    """Grants time, also after the end; the learner gets a receipt with the new deadline."""
    attempt = attempt_to_operate(person_of(request), attempt_id)

    def act() -> Extended:
        made = extend_attempt(
            attempt=attempt,
            kind=body.kind,
            minutes=body.minutes,
            window=body.window,
            reason=body.reason,
            operator=person_of(request),
            now=request.now,
        )
        return Extended(extension=extension_out(made), attempt=_operated(request, attempt_id).attempt)

    return write(request, 201, act)


@router.post(
    "/briefs/{slug:brief_id}/versions/{version}/extensions",
    auth=OPERATING_WRITE,
    response={201: ExtendedAll, PROBLEMS: Problem},
    operation_id="extend_everybody",
)
def extend_all(request: ApiRequest, brief_id: str, version: Version, body: ExtendAllIn) -> HttpResponse:
    """Grants the same to everybody at work on a version, such as after an incident of the platform's."""
    offered = own_version(person_of(request), brief_id, version)

    def act() -> ExtendedAll:
        granted, refused = extend_everybody(
            brief_version=offered,
            kind=body.kind,
            minutes=body.minutes,
            reason=body.reason,
            operator=person_of(request),
            now=request.now,
        )
        return _extended_all(granted, refused)

    return write(request, 201, act)


@router.post(
    "/attempts/{uuid:attempt_id}/void",
    auth=OPERATING_WRITE,
    response={201: OperatedOut, PROBLEMS: Problem},
    operation_id="void_attempt",
)
def void(request: ApiRequest, attempt_id: UUID, body: VoidIn) -> HttpResponse:
    """Declares an undecided attempt void; it does not count, and the learner sees why."""
    attempt = attempt_to_operate(person_of(request), attempt_id)

    def act() -> OperatedOut:
        void_attempt(attempt=attempt, operator=person_of(request), reason=body.reason, now=request.now)
        return _operated(request, attempt_id)

    return write(request, 201, act)


@router.post(
    "/attempts/{uuid:attempt_id}/disputes/{check_id}/answer",
    auth=OPERATING_WRITE,
    response={201: DisputeOut, PROBLEMS: Problem},
    operation_id="answer_dispute",
)
def answer(request: ApiRequest, attempt_id: UUID, check_id: CheckId, body: AnswerIn) -> HttpResponse:
    """Answers a dispute, once, before the marks are reconciled."""
    attempt = attempt_to_operate(person_of(request), attempt_id)

    def act() -> DisputeOut:
        answer_dispute(
            dispute=disputed_check(attempt, check_id),
            operator=person_of(request),
            answer=body.answer,
            now=request.now,
        )
        return dispute_out(disputed_check(attempt, check_id))

    return write(request, 201, act)


def _operated(request: ApiRequest, attempt_id: UUID) -> OperatedOut:
    attempt = attempt_to_operate(person_of(request), attempt_id)
    saved = newest_versions([attempt]).get(attempt.pk, 0)
    return OperatedOut(
        learner=attempt.learner.email,
        attempt=attempt_out(attempt, request.now, saved),
        void_reason=attempt.void_reason,
        disputes=[dispute_out(one) for one in disputes_of(attempt)],
    )


def _extended_all(granted: list[Extension], refused: list[tuple[Attempt, str]]) -> ExtendedAll:
    return ExtendedAll(
        extended=[one.attempt_id for one in granted],
        left_out=[LeftOut(attempt=attempt.pk, why=why) for attempt, why in refused],
    )
