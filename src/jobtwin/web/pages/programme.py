"""The operator's page of one programme: its rules, people, invitations and offers."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from jobtwin.core.errors import BadInput, JobTwinError, NotFound
from jobtwin.services.invitation import DAYS, invite, withdraw_invitation
from jobtwin.services.programme import (
    MAX_CAP,
    MAX_TITLE,
    Rules,
    change_rules,
    offer_brief,
    release_results,
    remove_member,
    withdraw_offer,
)
from jobtwin.store.models import BriefVersion, Enrolment, Person, Programme, Release, Role
from jobtwin.store.queries.programme import operated
from jobtwin.store.queries.programme_page import offered_version, programme_view
from jobtwin.web.access import PageRequest, operators_only
from jobtwin.web.errors import sentence, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def programme(request: PageRequest, slug: str) -> HttpResponse:
    """The programme, and what an operator may do with it."""
    found = operated(request.user, slug)
    if request.method != "POST":
        return _page(request, found)
    try:
        link = _act(request, found)
    except JobTwinError as error:
        return _page(request, found, error=error)
    if link:
        return _page(request, found, link=link)
    return redirect("programme", slug=slug)


def _act(request: PageRequest, found: Programme) -> str:
    """Does what the button says; the link of a new invitation, which is shown this once, else nothing."""
    actor, now = request.user, request.now
    match request.POST.get("do"):
        case "rules":
            change_rules(programme=found, rules=_rules(request), actor=actor, now=now)
            messages.success(request, gettext("The rules are changed."))
        case "release":
            release_results(programme=found, actor=actor, now=now)
            messages.success(request, gettext("The results are released."))
        case "invite":
            role = _role(request)
            _, text = invite(
                programme=found, email=request.POST.get("email", ""), role=role, actor=actor, now=now
            )
            return f"{settings.JOBTWIN.origin}{reverse('invitation', args=[text])}"
        case "withdraw_invitation":
            _withdraw(request, found)
        case "remove":
            person = _member(request, found)
            remove_member(programme=found, person=person, role=_role(request), actor=actor, now=now)
            messages.success(request, gettext("The role is taken away."))
        case "offer":
            offer_brief(programme=found, version=_version(request, found), actor=actor, now=now)
            messages.success(request, gettext("The exam is offered again."))
        case "withdraw_offer":
            withdraw_offer(programme=found, version=_version(request, found), actor=actor, now=now)
            messages.success(request, gettext("The exam is offered no more. Whoever has started keeps it."))
        case _:
            raise BadInput("choose what to do with the programme")
    return ""


def _withdraw(request: PageRequest, found: Programme) -> None:
    try:
        invitation = UUID(request.POST.get("invitation", ""))
    except ValueError as error:
        raise NotFound("this programme has no such invitation") from error
    withdraw_invitation(programme=found, invitation_id=invitation, actor=request.user, now=request.now)
    messages.success(request, gettext("The invitation is withdrawn. Its link opens nothing any more."))


def _rules(request: PageRequest) -> Rules:
    cap = request.POST.get("marking_cap", "").strip()
    if cap and not (cap.isascii() and cap.isdigit() and len(cap) < 6):
        raise BadInput(f"a marking cap is a number from 1 to {MAX_CAP}, or empty")
    return Rules(
        title=request.POST.get("title", ""),
        enrolment=request.POST.get("enrolment", ""),
        hide_learners=request.POST.get("hide_learners") == "yes",
        release=request.POST.get("release", ""),
        marking_cap=int(cap) if cap else None,
    )


def _role(request: PageRequest) -> Role:
    try:
        return Role(request.POST.get("role", ""))
    except ValueError as error:
        raise BadInput("choose a role") from error


def _member(request: PageRequest, found: Programme) -> Person:
    person = Person.objects.filter(
        memberships__programme=found, email=request.POST.get("person", "").replace("\0", "")
    ).first()
    if person is None:
        raise NotFound("this programme has no such member")
    return person


def _version(request: PageRequest, found: Programme) -> BriefVersion:
    version = offered_version(found, request.POST.get("offer", ""))
    if version is None:
        raise NotFound("this programme has no such offer")
    return version


def _page(
    request: PageRequest, found: Programme, *, error: JobTwinError | None = None, link: str = ""
) -> HttpResponse:
    context = {
        "programme": found,
        "view": programme_view(found, request.now),
        "roles": Role.choices,
        "enrolments": Enrolment.choices,
        "releases": Release.choices,
        "held": found.release == Release.HELD and found.released_at is None,
        "link": link,
        "days": DAYS,
        "max_title": MAX_TITLE,
        "max_cap": MAX_CAP,
        "posted": request.POST if error else {},
        "error": sentence(error) if error else "",
    }
    return render(request, "programme.html", context, status=status_of(error, form=True) if error else 200)
