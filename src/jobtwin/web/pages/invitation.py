"""Accepting an invitation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from jobtwin.core.errors import NotAllowed
from jobtwin.services.invitation import accept_invitation, open_invitation
from jobtwin.web.access import PageRequest, signed_in
from jobtwin.web.errors import sentence
from jobtwin.web.shown.words import words


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def invitation(request: PageRequest, text: str) -> HttpResponse:
    """What is offered; POST takes it, once, and only with the invited address."""
    found = open_invitation(text=text, now=request.now)
    if request.method != "POST":
        return render(request, "invitation.html", {"invitation": found})
    try:
        member = accept_invitation(text=text, person=request.user, now=request.now)
    except NotAllowed as error:
        context = {"invitation": found, "error": sentence(error)}
        return render(request, "invitation.html", context, status=403)
    messages.success(
        request,
        gettext("You are a {role} of {programme} now.").format(
            role=words(member.role), programme=member.programme
        ),
    )
    return redirect("catalogue")
