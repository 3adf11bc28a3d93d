"""The learner's consent to show a credential to everybody, and to be found in the directory."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from jobtwin.core.errors import BadInput
from jobtwin.services.consent import give_consent, list_holder, unlist_holder, withdraw_consent
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.web.access import PageRequest, signed_in


@require_POST
@signed_in
def consent(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """Gives or withdraws it, as the button says."""
    attempt = own_attempt(request.user, attempt_id)
    match request.POST.get("do"):
        case "publish":
            give_consent(attempt=attempt, learner=request.user, now=request.now)
            messages.success(
                request, gettext("Your credential is public now: whoever has its address can read it.")
            )
        case "withdraw":
            withdraw_consent(attempt=attempt, learner=request.user, now=request.now)
            messages.success(
                request, gettext("Your credential is no longer shown. Copies that others made stay valid.")
            )
        case "list":
            name, link = request.POST.get("name", ""), request.POST.get("link", "")
            list_holder(attempt=attempt, learner=request.user, name=name, link=link, now=request.now)
            messages.success(request, gettext("You stand in the directory of holders now."))
        case "unlist":
            unlist_holder(attempt=attempt, learner=request.user, now=request.now)
            messages.success(request, gettext("You no longer stand in the directory."))
        case _:
            raise BadInput("choose whether to publish the credential or to take it back")
    return redirect("result", attempt_id=attempt_id)
