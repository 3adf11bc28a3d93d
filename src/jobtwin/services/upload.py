"""Keeping uploaded archives."""

import re
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from jobtwin.core.attempt import require_open
from jobtwin.core.errors import BadSource, Refused, TooLate
from jobtwin.services.submission import note_failed_submission
from jobtwin.store.models import Attempt, Upload

MAX_UPLOADS = 30
"""How many different archives an attempt may hold."""

_SOURCE = re.compile(r"archive:([0-9a-f]{64})")


def require_upload(attempt: Attempt, now: datetime) -> None:
    """Raises Refused where this exam takes no archives or too many were handed in, and as `require_open`."""
    require_open(attempt.facts, now=now)
    if "archive" not in attempt.brief_version.brief.submission_modes:
        raise Refused("this exam takes the address of a repository, not an archive", code="no_archive")
    if Upload.objects.filter(attempt=attempt).count() >= MAX_UPLOADS:
        raise Refused(f"an attempt holds at most {MAX_UPLOADS} archives", code="too_many_uploads")


def begin_upload(*, attempt: Attempt, now: datetime) -> None:
    """Says that an archive begins to come in. Raises as `require_upload` does.

    Where less than the brief's upload grace is left, the grace begins with it: an upload that breaks off or
    ends after the deadline leaves a learner something to submit.
    """
    require_upload(attempt, now)
    if attempt.deadline - now <= attempt.brief_version.brief.upload_grace:
        note_failed_submission(attempt=attempt, now=now)


def require_arrived(attempt: Attempt, ended: datetime) -> None:
    """Raises TooLate for an archive that began in time and ended after the deadline and the brief's grace:
    who sends slowly has no more time than others."""
    if ended >= attempt.deadline + attempt.brief_version.brief.upload_grace:
        raise TooLate("the archive had not arrived by the deadline; nothing was changed")


def record_upload(
    *,
    attempt: Attempt,
    upload_id: UUID,
    sha256: str,
    size: int,
    commit: str,
    bundle_sha256: str,
    now: datetime,
) -> Upload:
    """Records an archive whose bundle is kept; the same file again gives the row that is there."""
    require_upload(attempt, now)
    try:
        with transaction.atomic():
            return Upload.objects.create(
                id=upload_id,
                attempt=attempt,
                sha256=sha256,
                size=size,
                commit=commit,
                bundle_sha256=bundle_sha256,
                uploaded_at=now,
            )
    except IntegrityError:
        return Upload.objects.get(attempt=attempt, sha256=sha256)


def is_archive(source: str) -> bool:
    """True for a source that names an uploaded archive."""
    return source.startswith("archive:")


def upload_in(attempt: Attempt, source: str) -> Upload | None:
    """The archive that a source names, or None."""
    named = _SOURCE.fullmatch(source)
    return Upload.objects.filter(attempt=attempt, sha256=named[1]).first() if named else None


def upload_named(attempt: Attempt, source: str) -> Upload:
    """The archive that a source names. Raises BadSource where this attempt has none like it."""
    found = upload_in(attempt, source)
    if found is None:
        raise BadSource("no such archive was uploaded to this attempt; upload it again")
    return found
