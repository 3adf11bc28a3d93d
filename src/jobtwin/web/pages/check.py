"""The live progress of a verification."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobtwin.core.errors import NotFound
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.store.queries.check import progress_of
from jobtwin.web.access import PageRequest, signed_in
from jobtwin.web.shown.attempt import attempt_row


@require_safe
@signed_in
def progress(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """The steps so far as a piece of a page; 204 where nothing is new since `seen`.

    Once the verification is over, the page that asks is told to load itself again.
    """
    attempt = own_attempt(request.user, attempt_id)
    if attempt.submitted_at is None:
        raise NotFound("this attempt has not been submitted")
    if attempt.verified_at is not None:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    found = progress_of(attempt.submission)
    if request.GET.get("seen") == str(found.size):
        return HttpResponse(status=204)
    context = {"attempt": attempt, "progress": found, "row": attempt_row(attempt, request.now)}
    return render(request, "parts/progress.html", context)
