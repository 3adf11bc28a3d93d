"""Drafts: saved in versions, never overwritten."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from jobtwin.services.draft import MAX_NOTES, MAX_SOURCE, Work, save_draft
from jobtwin.store.models import Attempt, Draft
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.store.queries.draft import draft_version, drafts_of
from jobtwin.web.api.access import EXAM_READ, EXAM_WRITE, ApiRequest, person_of
from jobtwin.web.api.paging import Listed, Page, page_of
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.api.receipt import ReceiptOut, receipt_of
from jobtwin.web.api.write import write

router = Router(tags=["drafts"])

MAX_VERSION = 2**31 - 2
MAX_ANSWERS = 100
MAX_WINDOWS = 6
BaseVersion = Annotated[
    int, Field(ge=0, le=MAX_VERSION, description="the version that this one builds on, 0: none")
]
Version = Annotated[int, Path(ge=1, le=MAX_VERSION)]
Answers = Annotated[dict[str, str], Field(max_length=MAX_ANSWERS, description='"yes" or "no" by self-check')]

Log = Annotated[str, Field(max_length=MAX_NOTES)]
Logs = Annotated[
    dict[str, Log],
    Field(
        max_length=MAX_WINDOWS, description="the log of each window by its id; only the open one's may change"
    ),
]


class DraftIn(Schema):
    """A whole draft. An answer that is left out is not given."""

    base_version: BaseVersion
    source: str = Field("", max_length=MAX_SOURCE)
    notes: str = Field("", max_length=MAX_NOTES)
    answers: Answers = Field(default_factory=dict)
    logs: Logs = Field(default_factory=dict)
    artifact: str = Field("", max_length=MAX_SOURCE, description="address of the public artifact")


class DraftOut(Schema):
    """A saved version."""

    version: int
    saved_at: datetime
    source: str
    notes: str
    answers: dict[str, str]
    logs: dict[str, str] = Field(default_factory=dict, description="empty where the brief has no windows")
    artifact: str = ""


class DraftItem(Schema):
    """A saved version without its content."""

    version: int
    saved_at: datetime


class DraftList(Listed):
    """A page of saved versions, the newest first."""

    items: list[DraftItem]


class Saved(Schema):
    """The saved version and its receipt."""

    draft: DraftOut
    receipt: ReceiptOut


@router.get(
    "/{uuid:attempt_id}/drafts",
    auth=EXAM_READ,
    response={200: DraftList, PROBLEMS: Problem},
    operation_id="list_drafts",
)
def list_drafts(request: ApiRequest, attempt_id: UUID, page: Query[Page]) -> dict[str, object]:
    """All saved versions."""
    attempt = own_attempt(person_of(request), attempt_id)
    return page_of(
        drafts_of(attempt),
        page,
        lambda rows: [DraftItem(version=one.version, saved_at=one.saved_at) for one in rows],
    )


@router.get(
    "/{uuid:attempt_id}/drafts/{version}",
    auth=EXAM_READ,
    response={200: DraftOut, PROBLEMS: Problem},
    operation_id="get_draft",
)
def get_draft(request: ApiRequest, attempt_id: UUID, version: Version) -> DraftOut:
    """One saved version."""
    return _out(draft_version(own_attempt(person_of(request), attempt_id), version))


@router.post(
    "/{uuid:attempt_id}/drafts",
    auth=EXAM_WRITE,
    response={201: Saved, PROBLEMS: Problem},
    operation_id="save_draft",
)
def save(request: ApiRequest, attempt_id: UUID, body: DraftIn) -> HttpResponse:
    """Saves a version; the deadline never moves. 409 `draft_conflict` where a newer one is there."""
    attempt = own_attempt(person_of(request), attempt_id)
    work = Work(body.source, body.notes, body.answers, body.logs, body.artifact)
    return write(request, 201, lambda: saved(attempt, work, body.base_version, request.now))


def saved(attempt: Attempt, work: Work, base_version: int, now: datetime) -> Saved:
    """Saves a version and shows it with its receipt."""
    draft = save_draft(attempt=attempt, work=work, base_version=base_version, now=now)
    return Saved(draft=_out(draft), receipt=receipt_of(attempt, "draft", draft.version))


def _out(draft: Draft) -> DraftOut:
    return DraftOut(version=draft.version, saved_at=draft.saved_at, **draft.body)
