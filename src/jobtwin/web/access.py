"""Who may ask for a page. What belongs to somebody else is not there; what needs a role says so."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from jobtwin.core.errors import NotAllowed
from jobtwin.store.models import Person, Role
from jobtwin.store.queries.person import roles_held
from jobtwin.web.errors import wants_json
from jobtwin.web.second_factor import lacks_second_factor

P = ParamSpec("P")


class PageRequest(HttpRequest):
    """A request as pages get it: `now` is the database's time at its arrival, `clock` reads it again, and
    `user` is signed in."""

    now: datetime
    clock: Callable[[], datetime]
    user: Person


Page = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def roles_of(request: HttpRequest) -> frozenset[str]:
    """The roles of whoever asks, read once a request; nobody has none."""
    kept = vars(request)
    if "roles" not in kept:
        person = person_or_none(request)
        kept["roles"] = roles_held(person) if person else frozenset()
    roles: frozenset[str] = kept["roles"]
    return roles


def person_or_none(request: HttpRequest) -> Person | None:
    """Whoever asks, or None where nobody is signed in."""
    # A request that was refused before anybody was signed in (a wrong Host) has no user at all.
    user = getattr(request, "user", None)
    return user if isinstance(user, Person) and user.is_authenticated else None


def is_signed_in(request: HttpRequest) -> bool:
    """True where somebody is signed in."""
    return request.user.is_authenticated


def signed_in(page: Page[P]) -> Page[P]:
    """Asks for sign-in first, and comes back to the page that was asked for."""

    @wraps(page)
    def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if is_signed_in(request):
            return page(request, *args, **kwargs)
        if wants_json(request):
            return JsonResponse({"error": "You are signed out.", "code": "signed_out"}, status=401)
        return redirect_to_login(_way_back(request))

    return guarded


def freshly_confirmed(page: Page[P]) -> Page[P]:
    """Asks for the password or second factor where that is some minutes ago, and comes back."""
    confirmed: Page[P] = reauthentication_required(page)
    return confirmed


def mentors_only(page: Page[P]) -> Page[P]:
    """Signed in, and a mentor."""
    return signed_in(_with_role(page, Role.MENTOR, "mentors"))


def operators_only(page: Page[P]) -> Page[P]:
    """Signed in, and an operator; with a second factor where the setting says so."""
    return signed_in(_with_role(_with_second_factor(page), Role.OPERATOR, "operators"))


def _with_second_factor(page: Page[P]) -> Page[P]:
    @wraps(page)
    def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        missing = lacks_second_factor(request, request.user)
        if missing:
            messages.warning(request, "Operators sign in with a second factor: an app or a passkey.")
            return redirect_to_login(_way_back(request), login_url=reverse(missing))
        return page(request, *args, **kwargs)

    return guarded


def _with_role(page: Page[P], role: Role, people: str) -> Page[P]:
    @wraps(page)
    def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if role.value not in roles_of(request):
            raise NotAllowed(f"this page is for {people}")
        return page(request, *args, **kwargs)

    return guarded


def _way_back(request: HttpRequest) -> str:
    """Where to return to once signed in: what was asked for, unless coming back would repeat a change."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else "/"
