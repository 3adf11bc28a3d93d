"""Submitting: what is about to be submitted, then once and for good."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jobtwin.core.errors import BadSource, JobTwinError, OutsideFailure, Refused
from jobtwin.core.submission import blocking_checks, parse_answers
from jobtwin.services.draft import latest_draft, saved_work
from jobtwin.services.submission import MAX_FORCE_REASON
from jobtwin.store.models import Attempt, Draft
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.web.access import PageRequest, signed_in
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.pages.attempt import missing_work, work_page
from jobtwin.web.shown.attempt import lock_milliseconds, window_rows
from jobtwin.web.submitting import pin_draft, submit_pinned


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def submit(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """Shows the saved draft as it would be submitted; POST submits exactly that version of it."""
    attempt = own_attempt(request.user, attempt_id)
    draft = latest_draft(attempt)
    if attempt.submitted_at is not None or draft is None:
        return redirect("attempt", attempt_id=attempt.pk)
    work = saved_work(draft)
    missing = missing_work(attempt.brief_version.brief, work)
    if missing:
        return work_page(request, attempt, work, errors=missing, status=422)
    if request.method != "POST":
        return _confirm_page(request, attempt, draft)
    try:
        _submit(request, attempt, draft)
    except (BadSource, OutsideFailure) as error:
        told = {"source": sentence(error)}
        return work_page(request, attempt, work, errors=told, status=status_of(error, form=True))
    except Refused as error:
        return _confirm_page(request, attempt, draft, error)
    return redirect("attempt", attempt_id=attempt.pk)


def _submit(request: PageRequest, attempt: Attempt, draft: Draft) -> None:
    pinned = pin_draft(attempt=attempt, draft=draft, version=request.POST.get("version", ""), now=request.now)
    submit_pinned(
        attempt=attempt,
        pinned=pinned,
        force=request.POST.get("force") == "yes",
        force_reason=request.POST.get("force_reason", ""),
        now=request.now,
    )


def _confirm_page(
    request: PageRequest, attempt: Attempt, draft: Draft, error: JobTwinError | None = None
) -> HttpResponse:
    brief = attempt.brief_version.brief
    answers = parse_answers(brief, draft.body["answers"])
    blocking = blocking_checks(brief, answers)
    about_force = error is not None and error.code in ("critical_no", "force_reason")
    context = {
        "attempt": attempt,
        "brief": brief,
        "draft": draft,
        "checks": [(check, answers.get(check.id, "")) for check in brief.self_checks],
        "blocking": [check for check in brief.self_checks if check.id in blocking],
        "left_ms": lock_milliseconds(attempt, request.now),
        "windows": window_rows(attempt, draft.body.get("logs", {}), request.now),
        "force": request.POST.get("force") == "yes",
        "force_reason": request.POST.get("force_reason", ""),
        "max_reason": MAX_FORCE_REASON,
        "error": sentence(error) if error and not about_force else "",
        "force_error": sentence(error) if error and about_force else "",
    }
    return render(request, "submit.html", context, status=status_of(error, form=True) if error else 200)
