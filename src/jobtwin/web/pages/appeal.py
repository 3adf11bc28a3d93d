"""Appeals: the learner's page, and the page on which the first of the two mentors signs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from jobtwin.core.appeal import APPEAL_SEATS, appeal_until
from jobtwin.core.errors import JobTwinError, NotFound
from jobtwin.services.appeal import MAX_REASON, MIN_REASON, open_appeal, sign_appeal
from jobtwin.services.ledger import ledger_writer
from jobtwin.store.models import Appeal, Mark
from jobtwin.store.queries.appeal import appeal_marks, appeal_of, appeal_resolution, shown_at
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.store.queries.desk import own_mark
from jobtwin.web.access import PageRequest, mentors_only, signed_in
from jobtwin.web.errors import sentence, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def appeal(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """Until when the result can be appealed, the form, or what became of the appeal."""
    attempt = own_attempt(request.user, attempt_id)
    since = shown_at(attempt)
    if since is None:
        raise NotFound("there is no result to appeal yet")
    error = None
    if request.method == "POST":
        reason = request.POST.get("reason", "").replace("\r\n", "\n")
        try:
            open_appeal(attempt=attempt, learner=request.user, reason=reason, now=request.now)
        except JobTwinError as refused:
            error = refused
        else:
            messages.success(
                request, gettext("Your appeal is open. Two other mentors look at your work again.")
            )
            return redirect("appeal", attempt_id=attempt.pk)
    found = appeal_of(attempt)
    brief = attempt.brief_version.brief
    until = appeal_until(brief, since)
    context = {
        "attempt": attempt,
        "brief": brief,
        "appeal": found,
        "decision": attempt.submission.decision,
        "marks": appeal_marks(attempt.submission) if found and found.decided_at else [],
        "dimensions": brief.rubric.dimensions,
        "until": until,
        "open": found is None and request.now < until,
        "reason": request.POST.get("reason", ""),
        "least": MIN_REASON,
        "most": MAX_REASON,
        "error": sentence(error) if error else "",
    }
    return render(request, "appeal.html", context, status=status_of(error, form=True) if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@mentors_only
def sign(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """What the two new marks give; the mentor who took the appeal first signs it."""
    mark = own_mark(request.user, submission_id)
    found = Appeal.objects.filter(submission_id=submission_id).first()
    outcome = appeal_resolution(found) if found and mark.seat in APPEAL_SEATS else None
    if found is None or outcome is None:
        raise NotFound("there is nothing to sign")
    error = None
    if request.method == "POST":
        try:
            sign_appeal(
                appeal=found, mentor=request.user, skills=_skills(request, mark), now=request.now,
                writer=ledger_writer(),
            )  # fmt: skip
        except JobTwinError as refused:
            error = refused
        else:
            messages.success(request, gettext("The appeal is decided. The learner can read it now."))
            return redirect("sign_appeal", submission_id=submission_id)
    brief = mark.submission.attempt.brief_version.brief
    context = {
        "mark": mark,
        "appeal": found,
        "brief": brief,
        "outcome": outcome,
        "marks": appeal_marks(mark.submission),
        "signs": mark.seat == APPEAL_SEATS[0] and found.decided_at is None,
        "posted": request.POST,
        "error": sentence(error) if error else "",
    }
    return render(request, "sign_appeal.html", context, status=status_of(error, form=True) if error else 200)


def _skills(request: PageRequest, mark: Mark) -> dict[str, str]:
    return {
        skill.id: request.POST.get(f"weight-{skill.id}", "")
        for skill in mark.submission.attempt.brief_version.brief.skills
        if request.POST.get(f"assert-{skill.id}") == "yes"
    }
