"""The live progress of a verification, and its log."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from jobtwin.core.errors import NotFound
from jobtwin.store.models import Submission
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.store.queries.check import progress_of
from jobtwin.store.queries.desk import own_mark
from jobtwin.web.access import PageRequest, mentors_only, signed_in
from jobtwin.web.shown.attempt import attempt_row
from jobtwin.web.shown.log import log_of


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


@require_safe
@signed_in
def own_log(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """The log for the learner; `?q=` searches it."""
    attempt = own_attempt(request.user, attempt_id)
    if attempt.submitted_at is None:
        raise NotFound("this attempt has not been submitted")
    return _log(request, attempt.submission, back=reverse("attempt", args=[attempt_id]))


@require_safe
@mentors_only
def claimed_log(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """The log for a mentor who has claimed the submission."""
    submission = own_mark(request.user, submission_id).submission
    return _log(request, submission, back=reverse("desk", args=[submission_id]))


def _log(request: PageRequest, submission: Submission, *, back: str) -> HttpResponse:
    found = progress_of(submission)
    log = log_of(found.events, found.checks, query=request.GET.get("q", "").strip())
    return render(request, "log.html", {"submission": submission, "log": log, "back": back})
