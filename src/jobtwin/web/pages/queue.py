"""The mentor's queue: own claims, what waits, and claiming."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from jobtwin.services.mark import claim_submission
from jobtwin.store.queries.desk import (
    both_sealed,
    claims_with_dates,
    decisions_of,
    waiting_submission,
    waiting_with_flags,
)
from jobtwin.web.access import PageRequest, mentors_only
from jobtwin.web.shown.queue import claim_rows, waiting_rows

PAGE = 25


@require_safe
@mentors_only
def show(request: PageRequest) -> HttpResponse:
    """Own claims first, then what waits, oldest first; each list in pages of PAGE."""
    claims = Paginator(claims_with_dates(request.user), PAGE).get_page(request.GET.get("claims"))
    waiting = Paginator(waiting_with_flags(request.user), PAGE).get_page(request.GET.get("waiting"))
    own = list(claims.object_list)
    context = {
        "claims": claims,
        "waiting": waiting,
        "claim_rows": claim_rows(own, both_sealed(own), decisions_of(own), request.now),
        "waiting_rows": waiting_rows(list(waiting.object_list), request.now),
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
