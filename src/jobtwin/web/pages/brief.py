"""The catalogue, and a brief with Start."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobtwin.core.brief import brief_schema
from jobtwin.core.errors import JobTwinError
from jobtwin.store.models import BriefVersion
from jobtwin.store.queries.attempt import attempt_at, attempts_of
from jobtwin.store.queries.brief import brief_version, offered_brief, offered_briefs, offers_of
from jobtwin.web.access import PageRequest, is_signed_in, person_or_none
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.public import public_file
from jobtwin.web.shown.attempt import attempt_row


@require_safe
def catalogue(request: PageRequest) -> HttpResponse:
    """All exams on offer, and the own attempts of whoever is signed in."""
    own = attempts_of(request.user) if is_signed_in(request) else []
    context = {
        "versions": offered_briefs(person_or_none(request)),
        "attempts": [attempt_row(attempt, request.now) for attempt in own],
    }
    return render(request, "catalogue.html", context)


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of briefs, for editors."""
    return public_file(request, brief_schema(), "application/schema+json")


@require_safe
def show(request: HttpRequest, brief_id: str) -> HttpResponse:
    """The newest version of a brief, with Start as the one decision on it."""
    return brief_page(request, offered_brief(brief_id, person_or_none(request)), startable=True)


@require_safe
def show_version(request: HttpRequest, brief_id: str, version: int) -> HttpResponse:
    """A version as it was published: what an attempt that started with it is marked by."""
    found = brief_version(brief_id, version, person_or_none(request))
    return brief_page(request, found, startable=False)


def brief_page(
    request: HttpRequest, version: BriefVersion, *, startable: bool, error: JobTwinError | None = None
) -> HttpResponse:
    """The page of a brief, again with a sentence where starting failed."""
    person = person_or_none(request)
    context = {
        "version": version,
        "brief": version.brief,
        "attempt": attempt_at(person, version.brief_id) if person else None,
        "offers": offers_of(version, person) if startable else [],
        "startable": startable,
        "error": sentence(error) if error else "",
    }
    return render(request, "brief.html", context, status=status_of(error, form=True) if error else 200)
