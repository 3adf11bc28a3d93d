"""Rehearsals: the platform verifies a saved draft for its learner alone, before the one submission."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from jobtwin.core.check import CheckResult
from jobtwin.services.draft import latest_draft, saved_work
from jobtwin.services.rehearsal import request_rehearsal
from jobtwin.store.models import Rehearsal
from jobtwin.store.queries.attempt import own_attempt, rehearsals_of
from jobtwin.web.api.access import EXAM_READ, EXAM_WRITE, ApiRequest, person_of
from jobtwin.web.api.paging import Listed, Page, page_of
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.api.submission import Version
from jobtwin.web.api.write import write_prepared
from jobtwin.web.submitting import Rehearsed, pin_rehearsal, require_version

router = Router(tags=["rehearsals"])


class RehearseIn(Schema):
    """Which saved version is rehearsed; a newer one is a conflict."""

    version: Version


class FoundOut(Schema):
    """What one check found."""

    id: str
    verdict: str = Field(description="confirmed, refuted or inconclusive")
    reason: str
    summary: str


class RehearsalOut(Schema):
    """A rehearsal of a pinned commit; `finished_at` is null while it runs."""

    id: UUID
    number: int
    source: str
    commit: str
    requested_at: datetime
    finished_at: datetime | None
    checks: list[FoundOut]


class RehearsalList(Listed):
    """A page of rehearsals, the newest first."""

    allowed: int = Field(description="how many this exam has in all")
    items: list[RehearsalOut]


@router.get(
    "/{uuid:attempt_id}/rehearsals",
    auth=EXAM_READ,
    response={200: RehearsalList, PROBLEMS: Problem},
    operation_id="list_rehearsals",
)
def list_rehearsals(request: ApiRequest, attempt_id: UUID, page: Query[Page]) -> dict[str, object]:
    """All rehearsals of an own attempt; nobody else ever sees one."""
    attempt = own_attempt(person_of(request), attempt_id)
    listed = page_of(rehearsals_of(attempt), page, lambda rows: [_out(one) for one in rows])
    return {**listed, "allowed": attempt.brief_version.brief.rehearsals}


@router.post(
    "/{uuid:attempt_id}/rehearsals",
    auth=EXAM_WRITE,
    response={201: RehearsalOut, PROBLEMS: Problem},
    operation_id="request_rehearsal",
)
def rehearse(request: ApiRequest, attempt_id: UUID, body: RehearseIn) -> HttpResponse:
    """Queues a rehearsal of the saved draft; the clock runs on. 409 where none is left or one runs."""
    attempt = own_attempt(person_of(request), attempt_id)

    def prepare() -> Rehearsed:
        draft = latest_draft(attempt)
        require_version(draft, str(body.version))
        return pin_rehearsal(attempt=attempt, work=saved_work(draft), now=request.now)

    def act(pinned: Rehearsed) -> RehearsalOut:
        made = request_rehearsal(
            attempt=attempt,
            source=pinned.source,
            commit=pinned.commit,
            artifact=pinned.artifact,
            now=request.now,
        )
        return _out(made)

    return write_prepared(request, 201, prepare, act)


def _out(one: Rehearsal) -> RehearsalOut:
    return RehearsalOut(
        id=one.pk,
        number=one.number,
        source=one.source,
        commit=one.commit,
        requested_at=one.requested_at,
        finished_at=one.finished_at,
        checks=[_found(check) for check in one.results],
    )


def _found(check: CheckResult) -> FoundOut:
    return FoundOut(
        id=check.id, verdict=check.verdict.value, reason=check.reason.value, summary=check.summary
    )
