"""A person's dates for their own calendar: as a file, or at a private address that can be revoked."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jobtwin.core.errors import JobTwinError, NotFound
from jobtwin.services.token import MAX_DAYS, make_token, note_use, usable_token
from jobtwin.store.models import Scope
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.store.queries.calendar import Entry, dates_of, exam_dates
from jobtwin.store.queries.token import tokens_of
from jobtwin.web.access import PageRequest, signed_in
from jobtwin.web.calendar import MEDIA, as_calendar
from jobtwin.web.errors import sentence, status_of

NAME = "Calendar"
"""What a token is called that is an address of a calendar."""


@require_safe
@signed_in
def exam(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """The dates of one attempt."""
    return _file(exam_dates(own_attempt(request.user, attempt_id)), f"exam-{str(attempt_id)[:8]}")


@require_safe
@signed_in
def own(request: PageRequest) -> HttpResponse:
    """All own dates as they stand now."""
    return _file(dates_of(request.user, request.now), "dates")


@require_safe
def feed(request: PageRequest, feed: str) -> HttpResponse:
    """The same for whoever has the address: calendars cannot sign in. Raises NotFound once it is revoked."""
    token = usable_token(text=feed, now=request.now)
    if token is None or Scope.CALENDAR_READ.value not in token.scopes:
        raise NotFound("there is no calendar at this address, or it was revoked")
    note_use(token=token, now=request.now)
    return _file(dates_of(token.person, request.now), "dates")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def calendar(request: PageRequest) -> HttpResponse:
    """What is in the own calendar; POST makes a private address and shows it, this once."""
    if request.method != "POST":
        return _page(request)
    scopes = [Scope.CALENDAR_READ.value]
    try:
        _, text = make_token(person=request.user, name=NAME, scopes=scopes, days=MAX_DAYS, now=request.now)
    except JobTwinError as error:
        return _page(request, error=error)
    return _page(request, address=f"{settings.JOBTWIN.origin}{reverse('calendar_feed', args=[text])}")


def _page(request: PageRequest, *, address: str = "", error: JobTwinError | None = None) -> HttpResponse:
    tokens = [
        one
        for one in tokens_of(request.user)
        if one.usable(request.now) and Scope.CALENDAR_READ.value in one.scopes
    ]
    context = {
        "dates": sorted(
            (one for one in dates_of(request.user, request.now) if not one.over), key=lambda one: one.start
        ),
        "tokens": tokens,
        "address": address,
        "days": MAX_DAYS,
        "error": sentence(error) if error else "",
    }
    return render(request, "calendar.html", context, status=status_of(error, form=True) if error else 200)


def _file(entries: list[Entry], name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"'}
    content = as_calendar(entries, origin=settings.JOBTWIN.origin)
    return HttpResponse(content, content_type=MEDIA, headers=headers)
