"""Uploading an archive: it becomes the source of the draft."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jobtwin.core.errors import BadSource, JobTwinError, OutsideFailure
from jobtwin.services.draft import latest_draft, saved_work
from jobtwin.services.upload import require_upload
from jobtwin.store.models import Attempt
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.web.access import PageRequest, signed_in
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.pages.attempt import work_page
from jobtwin.web.receiving import keep_as_draft, receive_archive, too_long
from jobtwin.web.uploads import uploaded_file, was_refused


@require_POST
@signed_in
def upload(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """Keeps the archive and names it in a new version of the draft; what else is saved stays."""
    attempt = own_attempt(request.user, attempt_id)
    try:
        _keep(request, attempt)
    except JobTwinError as error:
        told = {"archive" if isinstance(error, BadSource | OutsideFailure) else "form": sentence(error)}
        work = saved_work(latest_draft(attempt))
        return work_page(request, attempt, work, errors=told, status=status_of(error, form=True))
    return redirect("attempt", attempt_id=attempt.pk)


def _keep(request: PageRequest, attempt: Attempt) -> None:
    require_upload(attempt, request.now)
    file = uploaded_file(request, "archive")
    if was_refused(request):
        raise too_long()
    chunks = file.chunks() if file is not None else ()
    kept = receive_archive(
        attempt=attempt,
        chunks=chunks,
        declared=file.size if file else None,
        now=request.now,
        clock=request.clock,
    )
    keep_as_draft(attempt=attempt, upload=kept, now=request.now)
