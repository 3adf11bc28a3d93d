"""The token of a private repository: given or removed, never shown."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from jobtwin.core.errors import JobTwinError
from jobtwin.services.draft import latest_draft, saved_work
from jobtwin.services.source_token import keep_source_token, remove_source_token
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.web.access import PageRequest, signed_in
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.pages.attempt import work_page


@sensitive_post_parameters("secret")
@require_POST
@signed_in
def source_token(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """Keeps a token for the host of the saved address, or removes the one that is kept."""
    attempt = own_attempt(request.user, attempt_id)
    work = saved_work(latest_draft(attempt))
    if request.POST.get("remove") == "yes":
        remove_source_token(attempt=attempt, now=request.now)
        messages.success(request, "The token is removed.")
        return redirect("attempt", attempt_id=attempt.pk)
    try:
        kept = keep_source_token(
            attempt=attempt,
            source=work.source,
            secret=request.POST.get("secret", "").strip(),
            user=request.POST.get("user", "").strip(),
            now=request.now,
        )
    except JobTwinError as error:
        told = {"token": sentence(error)}
        return work_page(request, attempt, work, errors=told, status=status_of(error, form=True))
    messages.success(request, f"A token for {kept.host} is kept. It is not shown again.")
    return redirect("attempt", attempt_id=attempt.pk)
