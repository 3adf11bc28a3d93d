"""The account: where everything about it is set, and where it is signed in."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from jobtwin.services.session import end_other_sessions, end_session
from jobtwin.store.queries.session import sessions_of
from jobtwin.web.access import PageRequest, signed_in


@require_safe
@signed_in
def account(request: PageRequest) -> HttpResponse:
    """One link to every page of the account."""
    return render(request, "account.html", {"providers": settings.SOCIALACCOUNT_PROVIDERS})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sessions(request: PageRequest) -> HttpResponse:
    """Where the account is signed in; POST ends one session, or all others."""
    own = request.session.session_key or ""
    if request.method != "POST":
        context = {"sessions": [(one, one.session_key == own) for one in sessions_of(request.user)]}
        return render(request, "sessions.html", context)
    if request.POST.get("do") == "others":
        ended = end_other_sessions(person=request.user, keep=own)
        messages.success(request, gettext("Signed out everywhere else ({number}).").format(number=ended))
    else:
        end_session(person=request.user, session_id=request.POST.get("session", ""))
        messages.success(request, gettext("That session is ended."))
    return redirect("sessions")
