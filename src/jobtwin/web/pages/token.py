"""Tokens for the API: a person makes, sees once, and revokes their own."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from jobtwin.core.errors import JobTwinError, NotAllowed
from jobtwin.services.token import MAX_DAYS, MAX_NAME, make_token, revoke_token
from jobtwin.store.models import Role, Scope
from jobtwin.store.queries.token import tokens_of
from jobtwin.web.access import PageRequest, roles_of, signed_in
from jobtwin.web.api.access import ROLES
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.second_factor import lacks_second_factor

DAYS = 30
"""How long a token is valid unless its person says otherwise."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def tokens(request: PageRequest) -> HttpResponse:
    """The own tokens; POST makes one and shows its text, this once."""
    if request.method != "POST":
        return _page(request)
    try:
        _, text = make_token(
            person=request.user,
            name=request.POST.get("name", ""),
            scopes=_posted_scopes(request),
            days=_days(request.POST.get("days", "")),
            now=request.now,
        )
    except JobTwinError as error:
        return _page(request, error=error)
    return _page(request, text=text)


@require_POST
@signed_in
def revoke(request: PageRequest, token_id: UUID) -> HttpResponse:
    """Revokes an own token, for good."""
    revoke_token(person=request.user, token_id=token_id, now=request.now)
    messages.success(request, gettext("The token is revoked. Nothing accepts it any more."))
    return redirect("tokens")


def _page(request: PageRequest, *, text: str = "", error: JobTwinError | None = None) -> HttpResponse:
    chosen = request.POST.getlist("scope") if error else [Scope.EXAM_READ.value, Scope.EXAM_WRITE.value]
    context = {
        "tokens": [(one, one.usable(request.now)) for one in tokens_of(request.user)],
        "scopes": [
            (one.value, one.label, one.value in chosen)
            for one in Scope
            if ROLES.get(one.area) is None or ROLES[one.area].value in roles_of(request)
        ],
        "text": text,
        "name": request.POST.get("name", "") if error else "",
        "days": request.POST.get("days", "") if error else DAYS,
        "max_name": MAX_NAME,
        "max_days": MAX_DAYS,
        "error": sentence(error) if error else "",
    }
    return render(request, "tokens.html", context, status=status_of(error, form=True) if error else 200)


def _posted_scopes(request: PageRequest) -> list[str]:
    """What was chosen. Raises NotAllowed where a session without its second factor would make a token that
    operates: the token would go around it."""
    chosen = request.POST.getlist("scope")
    operating = {one.value for one in Scope if ROLES.get(one.area) is Role.OPERATOR}
    if operating & set(chosen) and lacks_second_factor(request, request.user):
        raise NotAllowed("sign in with your second factor to make a token that operates")
    return chosen


def _days(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
