"""The token of a private repository: given or removed, never shown."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from jobtwin.services.draft import latest_draft, saved_work
from jobtwin.services.source_token import keep_source_token, remove_source_token
from jobtwin.source.login import MAX_CHARACTERS
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.web.api.access import EXAM_WRITE, ApiRequest, person_of
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.api.write import write_secret

router = Router(tags=["submissions"])


class SourceTokenIn(Schema):
    """A token that reads the repository of the saved draft; `user` where its host wants a certain one."""

    token: str = Field(min_length=1, max_length=MAX_CHARACTERS)
    user: str = Field("", max_length=MAX_CHARACTERS)


class SourceTokenOut(Schema):
    """For which host a token is kept, and since when; nulls where none is."""

    host: str | None = None
    kept_at: datetime | None = None


@router.put(
    "/{uuid:attempt_id}/source-token",
    auth=EXAM_WRITE,
    response={200: SourceTokenOut, PROBLEMS: Problem},
    operation_id="keep_source_token",
)
def keep(request: ApiRequest, attempt_id: UUID, body: SourceTokenIn) -> HttpResponse:
    """Keeps a token for the host of the saved address, in the place of a former one. No answer shows it."""
    attempt = own_attempt(person_of(request), attempt_id)

    def act() -> SourceTokenOut:
        source = saved_work(latest_draft(attempt)).source
        kept = keep_source_token(
            attempt=attempt, source=source, secret=body.token, user=body.user, now=request.now
        )
        return SourceTokenOut(host=kept.host, kept_at=kept.kept_at)

    return write_secret(200, act)


@router.delete(
    "/{uuid:attempt_id}/source-token",
    auth=EXAM_WRITE,
    response={200: SourceTokenOut, PROBLEMS: Problem},
    operation_id="remove_source_token",
)
def remove(request: ApiRequest, attempt_id: UUID) -> HttpResponse:
    """Removes the token; again, changes nothing."""
    attempt = own_attempt(person_of(request), attempt_id)

    def act() -> SourceTokenOut:
        remove_source_token(attempt=attempt, now=request.now)
        return SourceTokenOut()

    return write_secret(200, act)
