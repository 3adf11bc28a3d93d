"""The operator's page of one attempt: extend its time, or void it; and an extension for everybody."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from jobtwin.core.errors import BadInput, JobTwinError
from jobtwin.services.attempt import void_attempt
from jobtwin.services.dispute import answer_dispute
from jobtwin.services.extension import extend_attempt, extend_everybody
from jobtwin.services.reason import MAX_REASON
from jobtwin.store.models import Attempt
from jobtwin.store.queries.dispute import disputed_check, disputes_of
from jobtwin.store.queries.operations import attempt_to_operate, own_version
from jobtwin.web.access import PageRequest, operators_only
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.shown.attempt import attempt_row, window_rows


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def operate(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """One attempt, and what an operator may do with it; each act takes a reason that the learner sees."""
    attempt = attempt_to_operate(request.user, attempt_id)
    if request.method != "POST":
        return _page(request, attempt)
    try:
        _act(request, attempt)
    except JobTwinError as error:
        return _page(request, attempt, error)
    return redirect("operate_attempt", attempt_id=attempt_id)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def everybody(request: PageRequest, brief_id: str, version: int) -> HttpResponse:
    """An extension for all who are at work on a version, such as after an incident of ours."""
    offered = own_version(request.user, brief_id, version)
    error: JobTwinError | None = None
    refused: list[tuple[Attempt, str]] = []
    if request.method == "POST":
        try:
            granted, refused = extend_everybody(
                brief_version=offered,
                kind=request.POST.get("kind", ""),
                minutes=_minutes(request),
                reason=request.POST.get("reason", ""),
                operator=request.user,
                now=request.now,
            )
        except JobTwinError as raised:
            error = raised
        else:
            messages.success(
                request,
                gettext("Extended for {number} learners; {others} were left out.").format(
                    number=len(granted), others=len(refused)
                ),
            )
    context = {
        "version": offered,
        "brief": offered.brief,
        "refused": refused,
        "posted": request.POST,
        "max_reason": MAX_REASON,
        "error": sentence(error) if error else "",
    }
    return render(request, "extend_all.html", context, status=status_of(error, form=True) if error else 200)


def _act(request: PageRequest, attempt: Attempt) -> None:
    reason, now = request.POST.get("reason", ""), request.now
    match request.POST.get("do"):
        case "extend":
            made = extend_attempt(
                attempt=attempt,
                kind=request.POST.get("kind", ""),
                minutes=_minutes(request),
                window=request.POST.get("window") or None,
                reason=reason,
                operator=request.user,
                now=now,
            )
            messages.success(
                request,
                gettext("Extended by {minutes} minutes. The learner sees it with its reason.").format(
                    minutes=made.minutes
                ),
            )
        case "void":
            void_attempt(attempt=attempt, operator=request.user, reason=reason, now=now)
            messages.success(
                request, gettext("Voided. The attempt does not count, and the learner sees why.")
            )
        case "answer":
            answer_dispute(
                dispute=disputed_check(attempt, request.POST.get("check", "")),
                operator=request.user,
                answer=reason,
                now=now,
            )
            messages.success(
                request, gettext("Answered. It stands beside the fact for the learner and the mentors.")
            )
        case _:
            raise BadInput("choose what to do with the attempt")


def _minutes(request: PageRequest) -> int:
    text = request.POST.get("minutes", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise BadInput("give the minutes as a whole number")
    return int(text)


def _page(request: PageRequest, attempt: Attempt, error: JobTwinError | None = None) -> HttpResponse:
    context = {
        "attempt": attempt,
        "brief": attempt.brief_version.brief,
        "row": attempt_row(attempt, request.now),
        "windows": window_rows(attempt, {}, request.now),
        "extensions": attempt.extensions.all(),
        "disputes": disputes_of(attempt),
        "can_extend": attempt.submitted_at is None and attempt.voided_at is None and not attempt.withdrawn_at,
        "can_void": attempt.decided_at is None and attempt.voided_at is None,
        "posted": request.POST,
        "max_reason": MAX_REASON,
        "error": sentence(error) if error else "",
    }
    return render(
        request, "operate_attempt.html", context, status=status_of(error, form=True) if error else 200
    )
