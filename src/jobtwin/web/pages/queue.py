"""The mentor's queue: own claims, what waits, claiming and giving back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from jobtwin.core.errors import NotFound
from jobtwin.services.claim import declare_conflict, release_claim
from jobtwin.services.mark import claim_submission
from jobtwin.store import platform
from jobtwin.store.models import Mark, Submission
from jobtwin.store.queries.claim import clocks, signers
from jobtwin.store.queries.desk import (
    both_sealed,
    decisions_of,
    open_claims,
    own_mark,
    sealed_claims,
    waiting_submission,
    waiting_with_flags,
)
from jobtwin.web.access import PageRequest, mentors_only
from jobtwin.web.paging import parse_place, place_text
from jobtwin.web.shown.queue import open_rows, sealed_rows, waiting_rows

PAGE = 25
MOST_OPEN = 100
"""Unsealed claims that are shown; the setting for a mentor's load is far below."""


@require_safe
@mentors_only
def show(request: PageRequest) -> HttpResponse:
    """Unsealed claims, what waits (oldest first), sealed marks (newest first); PAGE of each."""
    mentor, after = request.user, parse_place(request.GET.get("after", ""), UUID)
    held = list(open_claims(mentor)[:MOST_OPEN])
    waiting = list(waiting_with_flags(mentor, after)[: PAGE + 1])
    sealed = list(sealed_claims(mentor, parse_place(request.GET.get("before", ""), int))[: PAGE + 1])
    shown = sealed[:PAGE]
    decisions = decisions_of(shown)
    unsigned = [one.submission_id for one in decisions.values() if one.signed_at is None]
    context = {
        "load": len(held),
        "most": platform.claim_rules().load,
        "open_rows": open_rows(held, clocks(held), request.now),
        "waiting_rows": waiting_rows(waiting[:PAGE], request.now),
        "next_waiting": _place(waiting),
        "started": after is not None,
        "sealed_rows": sealed_rows(shown, both_sealed(shown), decisions, signers(unsigned)),
        "next_sealed": _place(sealed),
    }
    return render(request, "queue.html", context)


@require_POST
@mentors_only
def claim(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """Claims a waiting submission, with the declaration that there is no conflict of interest."""
    submission = waiting_submission(request.user, submission_id)
    no_conflict = request.POST.get("no_conflict") == "yes"
    claim_submission(submission=submission, mentor=request.user, no_conflict=no_conflict, now=request.now)
    return redirect("desk", submission_id=submission.pk)


@require_POST
@mentors_only
def release(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """Gives an unsealed claim back, with a reason."""
    mark = own_mark(request.user, submission_id)
    release_claim(mark=mark, reason=request.POST.get("reason", ""), now=request.now)
    messages.success(request, gettext("Released. Another mentor can claim it now."))
    return redirect("queue")


@require_POST
@mentors_only
def conflict(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """Declares a conflict of interest, claimed or not: the submission leaves this mentor's pages."""
    mentor = request.user
    submission = _reachable(request, submission_id)
    reason = request.POST.get("reason", "")
    declare_conflict(submission=submission, mentor=mentor, reason=reason, now=request.now)
    messages.success(request, gettext("Noted. You will not be offered this submission again."))
    return redirect("queue")


def _reachable(request: PageRequest, submission_id: UUID) -> Submission:
    try:
        return own_mark(request.user, submission_id).submission
    except NotFound:
        return waiting_submission(request.user, submission_id)


def _place(rows: "list[Submission] | list[Mark]") -> str:
    """Where the next page begins, empty where this one is the last."""
    if len(rows) <= PAGE:
        return ""
    last = rows[PAGE - 1]
    return place_text(last.submitted_at if isinstance(last, Submission) else last.claimed_at, last.pk)
