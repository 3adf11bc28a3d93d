"""Briefs: what is on offer, for everybody, and with a token what closed programmes offer its person."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from jobtwin.store.models import BriefVersion
from jobtwin.store.queries.brief import brief_version, offered_brief, offered_briefs
from jobtwin.web.api.access import OPTIONAL, person_or_nobody
from jobtwin.web.api.paging import Listed, Page, page_of
from jobtwin.web.api.problem import OPEN_PROBLEMS, Problem

router = Router(tags=["briefs"])

MAX_VERSION = 2**31 - 1
Version = Annotated[int, Path(ge=1, le=MAX_VERSION)]


class BriefItem(Schema):
    """One version of a brief; `digest` is what an attempt is pinned to."""

    id: str
    version: int
    digest: str
    title: str
    kind: str
    time_box_hours: int | None = Field(description="null where the brief has windows")
    time_box_minutes: int
    published_at: datetime
    retired: bool


class BriefWhole(BriefItem):
    """A brief with everything in it."""

    document: dict[str, Any]


class BriefList(Listed):
    """A page of briefs."""

    items: list[BriefItem]


@router.get("", auth=OPTIONAL, response={200: BriefList, OPEN_PROBLEMS: Problem}, operation_id="list_briefs")
def list_briefs(request: HttpRequest, page: Query[Page]) -> dict[str, object]:
    """The newest version of every brief on offer; with a token those of closed programmes too."""
    return page_of(offered_briefs(person_or_nobody(request)), page, lambda rows: [_item(one) for one in rows])


@router.get(
    "/{slug:brief_id}",
    auth=OPTIONAL,
    response={200: BriefWhole, OPEN_PROBLEMS: Problem},
    operation_id="get_brief",
)
def get_brief(request: HttpRequest, brief_id: str) -> dict[str, object]:
    """The newest version of one brief on offer."""
    return _whole(offered_brief(brief_id, person_or_nobody(request)))


@router.get(
    "/{slug:brief_id}/versions/{version}",
    auth=OPTIONAL,
    response={200: BriefWhole, OPEN_PROBLEMS: Problem},
    operation_id="get_brief_version",
)
def get_brief_version(request: HttpRequest, brief_id: str, version: Version) -> dict[str, object]:
    """A version as it was published, retired or not."""
    return _whole(brief_version(brief_id, version, person_or_nobody(request)))


def _item(version: BriefVersion) -> dict[str, object]:
    brief = version.brief
    return {
        "id": brief.id,
        "version": brief.version,
        "digest": version.digest,
        "title": brief.title,
        "kind": brief.kind,
        "time_box_hours": brief.time_box_hours,
        "time_box_minutes": int(brief.time_box.total_seconds()) // 60,
        "published_at": version.published_at,
        "retired": version.retired_at is not None,
    }


def _whole(version: BriefVersion) -> dict[str, object]:
    return {**_item(version), "document": version.brief.as_json()}
