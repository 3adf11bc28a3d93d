"""Attempts: start, and how they stand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from jobtwin.core.attempt import attempt_state
from jobtwin.core.errors import BadInput, Conflict
from jobtwin.services.attempt import start_attempt, withdraw_attempt
from jobtwin.store.models import Attempt, Extension
from jobtwin.store.queries.attempt import attempts_of, own_attempt
from jobtwin.store.queries.brief import chosen_programme, offered_brief
from jobtwin.store.queries.draft import newest_versions
from jobtwin.web.api.access import EXAM_READ, EXAM_WRITE, ApiRequest, person_of
from jobtwin.web.api.paging import Listed, Page, page_of
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.api.receipt import ReceiptOut, receipt_of
from jobtwin.web.api.write import write
from jobtwin.web.shown.attempt import WindowRow, milliseconds_left, window_rows

router = Router(tags=["attempts"])


class WindowOut(Schema):
    """A window: open from `opens_at` on and over from `ends_at` on."""

    id: str
    title: str
    opens_at: datetime
    ends_at: datetime
    state: str = Field(description="to come, open or over")


class ExtensionOut(Schema):
    """Time that an operator granted."""

    kind: str
    minutes: int
    window: str
    reason: str
    granted_at: datetime
    deadline_after: datetime


class AttemptOut(Schema):
    """An attempt at the instant of the request, `now`, by the database's clock."""

    id: UUID
    programme: str
    brief: str
    brief_version: int
    brief_digest: str
    title: str
    state: str = Field(description="open, grace, expired, submitted, marking, decided, withdrawn or voided")
    now: datetime
    left_ms: int = Field(description="milliseconds until the deadline, 0 after it")
    started_at: datetime
    deadline: datetime
    submitted_at: datetime | None
    verified_at: datetime | None
    decided_at: datetime | None
    grace_until: datetime | None = Field(description="until then what was saved can still be submitted")
    withdrawn_at: datetime | None
    voided_at: datetime | None
    windows: list[WindowOut]
    extensions: list[ExtensionOut]
    draft_version: int = Field(description="the newest saved draft, 0: none")


class AttemptList(Listed):
    """A page of attempts, the newest first."""

    items: list[AttemptOut]


class Start(Schema):
    """Which brief is started, with the digest of the version that was read."""

    brief: str = Field(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    digest: str = Field(max_length=71)
    programme: str = Field("", max_length=40, description="where several offer it; empty: the first one")


class Started(Schema):
    """The attempt, its clock running, and the receipt of its start."""

    attempt: AttemptOut
    receipt: ReceiptOut


class WithdrawIn(Schema):
    """The declaration that the attempt is given up for good."""

    confirm: bool


class Withdrawn(Schema):
    """The attempt, which counts as used, and the receipt of the withdrawal."""

    attempt: AttemptOut
    receipt: ReceiptOut


@router.post("", auth=EXAM_WRITE, response={201: Started, PROBLEMS: Problem}, operation_id="start_attempt")
def start(request: ApiRequest, body: Start) -> HttpResponse:
    """Starts the clock, once for each brief. 409 where the brief has changed since it was read."""

    def act() -> Started:
        person = person_of(request)
        version = offered_brief(body.brief, person)
        if version.digest != body.digest:
            raise Conflict("this brief has changed since you read it; read it again before you start")
        where = chosen_programme(version, person, body.programme)
        attempt = start_attempt(learner=person, brief_version=version, programme=where, now=request.now)
        return Started(attempt=attempt_out(attempt, request.now, 0), receipt=receipt_of(attempt, "start"))

    return write(request, 201, act)


@router.get("", auth=EXAM_READ, response={200: AttemptList, PROBLEMS: Problem}, operation_id="list_attempts")
def list_attempts(request: ApiRequest, page: Query[Page]) -> dict[str, object]:
    """The own attempts, the newest first."""
    now = request.now

    def shown(rows: list[Attempt]) -> list[AttemptOut]:
        drafts = newest_versions(rows)
        return [attempt_out(one, now, drafts.get(one.pk, 0)) for one in rows]

    return page_of(attempts_of(person_of(request)), page, shown)


@router.get(
    "/{uuid:attempt_id}",
    auth=EXAM_READ,
    response={200: AttemptOut, PROBLEMS: Problem},
    operation_id="get_attempt",
)
def get_attempt(request: ApiRequest, attempt_id: UUID) -> AttemptOut:
    """One own attempt; anybody else's is not there."""
    attempt = own_attempt(person_of(request), attempt_id)
    return attempt_out(attempt, request.now, newest_versions([attempt]).get(attempt.pk, 0))


@router.post(
    "/{uuid:attempt_id}/withdrawal",
    auth=EXAM_WRITE,
    response={201: Withdrawn, PROBLEMS: Problem},
    operation_id="withdraw_attempt",
)
def withdraw(request: ApiRequest, attempt_id: UUID, body: WithdrawIn) -> HttpResponse:
    """Gives up an attempt that is still open. It cannot be taken back, and the attempt counts."""
    attempt = own_attempt(person_of(request), attempt_id)

    def act() -> Withdrawn:
        if not body.confirm:
            raise BadInput("confirm that you want to withdraw: it cannot be taken back", code="unconfirmed")
        withdraw_attempt(attempt=attempt, now=request.now)
        saved = newest_versions([attempt]).get(attempt.pk, 0)
        shown = attempt_out(attempt, request.now, saved)
        return Withdrawn(attempt=shown, receipt=receipt_of(attempt, "withdraw"))

    return write(request, 201, act)


def attempt_out(attempt: Attempt, now: datetime, draft_version: int) -> AttemptOut:
    """An attempt as it stands at `now`."""
    version = attempt.brief_version
    return AttemptOut(
        id=attempt.pk,
        programme=attempt.programme.slug,
        brief=version.brief_id,
        brief_version=version.version,
        brief_digest=version.digest,
        title=version.document["title"],
        state=attempt_state(attempt.facts, now=now).value,
        now=now,
        left_ms=milliseconds_left(attempt, now),
        started_at=attempt.started_at,
        deadline=attempt.deadline,
        submitted_at=attempt.submitted_at,
        verified_at=attempt.verified_at,
        decided_at=attempt.decided_at,
        grace_until=attempt.grace_until,
        withdrawn_at=attempt.withdrawn_at,
        voided_at=attempt.voided_at,
        windows=[_window(row) for row in window_rows(attempt, {}, now)],
        extensions=[extension_out(one) for one in attempt.extensions.all()],
        draft_version=draft_version,
    )


def _window(row: WindowRow) -> WindowOut:
    times = row.times
    return WindowOut(
        id=times.window.id,
        title=times.window.title,
        opens_at=times.opens_at,
        ends_at=times.ends_at,
        state=row.state,
    )


def extension_out(one: Extension) -> ExtensionOut:
    """An extension as the API shows it; who granted it is not said."""
    names: list[Any] = [*ExtensionOut.model_fields]
    return ExtensionOut(**{name: getattr(one, name) for name in names})
