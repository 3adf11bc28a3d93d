"""The operator's pages about marking: what ages, what is at risk, taking claims back, pauses of the clock."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobtwin.core.errors import BadInput, JobTwinError
from jobtwin.services.claim import reassign_claim
from jobtwin.services.pause import cancel_pause, pause_clock
from jobtwin.store.models import Person, Role, Submission
from jobtwin.store.queries.claim import clocks
from jobtwin.store.queries.oversight import (
    in_marking,
    mark_of,
    marks_with_mentors,
    newest_ended_claims,
    newest_pauses,
    pause_of,
    unclaimed,
)
from jobtwin.store.queries.programme import operated, programmes_with
from jobtwin.web.access import PageRequest, operators_only
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.paging import parse_place, place_text
from jobtwin.web.shown.oversight import marking_rows, unclaimed_rows

PAGE = 25


@require_safe
@operators_only
def marking(request: PageRequest) -> HttpResponse:
    """What is claimed and undecided (oldest clock first), what waits for a mentor, and claims that ended."""
    held = list(in_marking(request.user, parse_place(request.GET.get("after", ""), UUID))[: PAGE + 1])
    waiting = list(unclaimed(request.user, parse_place(request.GET.get("waiting", ""), UUID))[: PAGE + 1])
    marks = marks_with_mentors(held[:PAGE])
    context = {
        "rows": marking_rows(held[:PAGE], marks, clocks(marks), request.now),
        "next": place_text(held[PAGE - 1].first_claimed_at or request.now, held[PAGE - 1].pk)
        if len(held) > PAGE
        else "",
        "waiting_rows": unclaimed_rows(waiting[:PAGE], request.now),
        "next_waiting": place_text(waiting[PAGE - 1].submitted_at, waiting[PAGE - 1].pk)
        if len(waiting) > PAGE
        else "",
        "ended": newest_ended_claims(request.user)[:PAGE],
    }
    return render(request, "oversight.html", context)


@require_POST
@operators_only
def reassign(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """Takes a claim back, or lets the other mentor sign; whom the operator names is asked to claim."""
    mark = mark_of(request.user, submission_id, _number(request.POST.get("mentor", "")))
    reassign_claim(
        mark=mark,
        operator=request.user,
        reason=request.POST.get("reason", ""),
        to=_person(request.POST.get("to", "")),
        now=request.now,
    )
    messages.success(
        request, gettext("Done. The mentor is told, and the clock of an unsealed claim starts anew.")
    )
    return redirect("oversight")


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def pauses(request: PageRequest) -> HttpResponse:
    """All pauses, and a new one."""
    if request.method != "POST":
        return _pauses_page(request)
    try:
        pause_clock(
            programme=operated(request.user, request.POST.get("programme", "")[:40]),
            start=_instant(request.POST.get("start", "")),
            end=_instant(request.POST.get("end", "")),
            reason=request.POST.get("reason", ""),
            mentor=_person(request.POST.get("mentor", "")),
            submission=_submission(request.POST.get("submission", "")),
            operator=request.user,
            now=request.now,
        )
    except JobTwinError as error:
        return _pauses_page(request, error)
    messages.success(request, gettext("The clock stands for that time. Due times have moved."))
    return redirect("pauses")


@require_POST
@operators_only
def cancel(request: PageRequest, pause_id: int) -> HttpResponse:
    """Lets the time of a pause count after all."""
    cancel_pause(pause=pause_of(request.user, pause_id), operator=request.user, now=request.now)
    messages.success(request, gettext("Cancelled. Due times have moved back."))
    return redirect("pauses")


def _pauses_page(request: PageRequest, error: JobTwinError | None = None) -> HttpResponse:
    context = {
        "pauses": newest_pauses(request.user)[: 2 * PAGE],
        "programmes": programmes_with(request.user, Role.OPERATOR),
        "posted": request.POST,
        "error": sentence(error) if error else "",
    }
    return render(request, "pauses.html", context, status=status_of(error, form=True) if error else 200)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text[:30]).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadInput("give start and end as day and time in UTC, such as 2026-12-24 00:00") from error


def _person(email: str) -> Person | None:
    if not email.strip():
        return None
    found = Person.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise BadInput("nobody has an account with this address")
    return found


def _submission(text: str) -> Submission | None:
    if not text.strip():
        return None
    try:
        found = Submission.objects.filter(pk=UUID(text.strip())).first()
    except ValueError:
        found = None
    if found is None:
        raise BadInput("there is no submission with this id")
    return found


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadInput("choose the mentor whose claim is meant")
    return int(text)
