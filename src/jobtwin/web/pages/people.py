"""People of a programme as a list: looked at first, then invited as it was looked at; and the list of all."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from jobtwin.core.errors import BadInput, JobTwinError
from jobtwin.core.instant import utc_text
from jobtwin.core.roster import MAX_BYTES, MAX_ROWS, Roster
from jobtwin.services.invitation import DAYS
from jobtwin.services.roster import Planned, Step, import_roster, plan_roster, read_roster
from jobtwin.store.models import Programme
from jobtwin.store.queries.programme import operated
from jobtwin.store.queries.programme_page import people_rows
from jobtwin.web.access import PageRequest, operators_only
from jobtwin.web.errors import FORM_STATUS, sentence, status_of
from jobtwin.web.tables import MEDIA, csv_file
from jobtwin.web.uploads import uploaded_file, was_refused

WORDS = {
    Step.INVITE: "is invited",
    Step.RENEW: "is invited again; the old link ends",
    Step.INVITED: "is invited already: nothing changes",
    Step.MEMBER: "is a member already: nothing changes",
}


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def people(request: PageRequest, slug: str) -> HttpResponse:
    """A form for a list; POST shows what it would do, and with `do=import` does it and gives the links."""
    programme = operated(request.user, slug)
    if request.method != "POST":
        return _page(request, programme)
    content, renew = b"", request.POST.get("renew") == "yes"
    try:
        content = _posted(request)
        roster = read_roster(content)
        if request.POST.get("do") != "import" or roster.problems:
            return _preview(request, programme, content, roster)
        done = import_roster(
            programme=programme, roster=roster, renew=renew, actor=request.user, now=request.now
        )
    except JobTwinError as error:
        return _page(request, programme, {"error": sentence(error)}, status=status_of(error, form=True))
    return _links(request, programme, done)


@require_safe
@operators_only
def listing(request: PageRequest, slug: str) -> HttpResponse:
    """Members and open invitations as CSV; as a list to import, it changes nothing."""
    programme = operated(request.user, slug)
    return _file(
        f"people-{programme.slug}.csv",
        ("email", "role", "name", "state"),
        people_rows(programme, request.now),
    )


def _posted(request: PageRequest) -> bytes:
    """The file where one was sent, else the text. Raises BadInput for one that is too long."""
    sent = uploaded_file(request, "file")
    if was_refused(request):
        raise BadInput(f"the list has more than {MAX_BYTES} bytes; split it")
    return bytes(sent.read(MAX_BYTES + 1)) if sent else request.POST.get("text", "").encode()


def _preview(request: PageRequest, programme: Programme, content: bytes, roster: Roster) -> HttpResponse:
    renew = request.POST.get("renew") == "yes"
    plan = [] if roster.problems else plan_roster(
        programme=programme, roster=roster, renew=renew, now=request.now
    )  # fmt: skip
    shown = {
        "problems": roster.problems,
        "plan": [(one.row, WORDS[one.step]) for one in plan],
        "new": sum(one.step in (Step.INVITE, Step.RENEW) for one in plan),
        "text": content.decode("utf-8-sig", "replace"),
        "renew": renew,
    }
    return _page(request, programme, shown, status=FORM_STATUS if roster.problems else 200)


def _links(request: PageRequest, programme: Programme, done: list[Planned]) -> HttpResponse:
    """The links of new invitations: as a file, or on the page where nobody is new."""
    until = utc_text(request.now + timedelta(days=DAYS))
    rows = [
        (
            one.row.email,
            one.row.role,
            f"{settings.JOBTWIN.origin}{reverse('invitation', args=[one.text])}",
            until,
        )
        for one in done
        if one.text
    ]
    if not rows:
        return _page(
            request, programme, {"told": gettext("Everybody on the list is in or invited. Nothing changed.")}
        )
    return _file(f"invitations-{programme.slug}.csv", ("email", "role", "link", "until"), rows)


def _page(
    request: PageRequest, programme: Programme, shown: dict[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"programme": programme, "max_rows": MAX_ROWS, "max_bytes": MAX_BYTES, "days": DAYS}
    return render(request, "people.html", context | (shown or {}), status=status)


def _file(name: str, heading: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> HttpResponse:
    return HttpResponse(
        csv_file(heading, rows),
        content_type=MEDIA["csv"],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
