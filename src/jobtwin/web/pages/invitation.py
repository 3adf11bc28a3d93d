"""Accepting an invitation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jobtwin.core.errors import NotAllowed
from jobtwin.services.invitation import accept_invitation, open_invitation
from jobtwin.web.access import PageRequest, signed_in
from jobtwin.web.errors import sentence


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
    messages.success(request, f"You are a {member.role} of {member.programme} now.")
    return redirect("catalogue")
