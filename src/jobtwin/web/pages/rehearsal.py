"""Rehearsing what is saved, and disputing what was found."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from jobtwin.core.errors import JobTwinError
from jobtwin.services.dispute import raise_dispute
from jobtwin.services.draft import latest_draft, saved_work
from jobtwin.services.rehearsal import request_rehearsal
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.web.access import PageRequest, signed_in
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.pages.attempt import work_page
from jobtwin.web.submitting import pin_rehearsal


@require_POST
@signed_in
def rehearse(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """Queues a rehearsal of the saved draft."""
    attempt = own_attempt(request.user, attempt_id)
    work = saved_work(latest_draft(attempt))
    try:
        pinned = pin_rehearsal(attempt=attempt, work=work, now=request.now)
        request_rehearsal(
            attempt=attempt,
            source=pinned.source,
            commit=pinned.commit,
            artifact=pinned.artifact,
            now=request.now,
        )
    except JobTwinError as error:
        told = {"rehearsal": sentence(error)}
        return work_page(request, attempt, work, errors=told, status=status_of(error, form=True))
    return redirect("attempt", attempt_id=attempt.pk)


@require_POST
@signed_in
def dispute(request: PageRequest, attempt_id: UUID, check_id: str) -> HttpResponse:
    """Disputes a refuted check; the page comes back with the dispute beside the fact."""
    attempt = own_attempt(request.user, attempt_id)
    try:
        reason = request.POST.get("reason", "")
        raise_dispute(attempt=attempt, check_id=check_id, reason=reason, now=request.now)
    except JobTwinError as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, gettext("Your dispute stands beside the check. An operator answers it."))
    return redirect("attempt", attempt_id=attempt.pk)
