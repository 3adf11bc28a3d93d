"""Archives: the body of a request is a zip or tar.gz, streamed, and becomes the source of the draft."""

from collections.abc import Iterator
from uuid import UUID

from django.http import UnreadablePostError
from ninja import Router, Schema, Status
from pydantic import Field

from jobtwin.core.errors import BadInput
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.web.api.access import EXAM_WRITE, ApiRequest, person_of
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.receiving import broken_off, keep_as_draft, receive_archive

router = Router(tags=["drafts"])

CHUNK = 256 * 1024
MEDIA_TYPE = "application/octet-stream"
BODY = {
    "required": True,
    "description": "a zip or tar.gz with its Content-Length",
    "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
}


class ArchiveOut(Schema):
    """An archive as it is kept, and the version of the draft that names it."""

    sha256: str
    size: int
    commit: str = Field(description="the same files have the same commit")
    source: str
    draft_version: int


@router.put(
    "/{uuid:attempt_id}/archive",
    auth=EXAM_WRITE,
    response={201: ArchiveOut, PROBLEMS: Problem},
    operation_id="upload_archive",
    openapi_extra={"requestBody": BODY},
)
def upload_archive(request: ApiRequest, attempt_id: UUID) -> Status[ArchiveOut]:
    """Uploads an archive. The same file again changes nothing but the draft's version."""
    attempt = own_attempt(person_of(request), attempt_id)
    kept = receive_archive(
        attempt=attempt,
        chunks=_chunks(request),
        declared=_declared(request),
        now=request.now,
        clock=request.clock,
    )
    draft = keep_as_draft(attempt=attempt, upload=kept, now=request.now)
    out = ArchiveOut(
        sha256=kept.sha256,
        size=kept.size,
        commit=kept.commit,
        source=kept.source,
        draft_version=draft.version,
    )
    return Status(201, out)


def _declared(request: ApiRequest) -> int:
    text = request.headers.get("Content-Length", "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BadInput("send the archive's length as Content-Length", code="length_required")
    return int(text)


def _chunks(request: ApiRequest) -> Iterator[bytes]:
    try:
        while chunk := request.read(CHUNK):
            yield chunk
    except UnreadablePostError as error:
        raise broken_off() from error
