"""A person's messages, how they are mailed, and the one click that ends such mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobtwin.core.errors import BadInput
from jobtwin.core.notification import Pace
from jobtwin.services.notification import person_of_token, read_notifications, set_mail_pace
from jobtwin.store.queries.notification import newest_notifications
from jobtwin.web.access import PageRequest, signed_in

PAGE = 25
LARGEST_ID = 2**63 - 1
PACES = (
    (Pace.EACH, gettext_noop("A mail each")),
    (Pace.DAILY, gettext_noop("One mail a day, at 07:00 UTC")),
    (Pace.NONE, gettext_noop("No mail")),
)


@require_safe
@signed_in
def show(request: PageRequest) -> HttpResponse:
    """The newest messages, PAGE at a time, older ones below an id."""
    text = request.GET.get("before", "")
    found = newest_notifications(request.user, before=_id(text) if text else None, limit=PAGE + 1)
    context = {
        "rows": found[:PAGE],
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "newer": bool(text),
        "newest": found[0].pk if found else None,
        "paces": PACES,
    }
    return render(request, "notifications.html", context)


@require_POST
@signed_in
def read(request: PageRequest) -> HttpResponse:
    """Marks what was shown, and everything older, as read."""
    read_notifications(person=request.user, until=_id(request.POST.get("until", "")), now=request.now)
    return redirect("notifications")


@require_POST
@signed_in
def mail(request: PageRequest) -> HttpResponse:
    """How the person wants mail about what is not duty."""
    set_mail_pace(person=request.user, pace=request.POST.get("pace", ""))
    messages.success(request, gettext("Saved. Mail about your duties comes in any case."))
    return redirect("notifications")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ends mail that is not duty (RFC 8058). GET only asks: mail scanners follow every link."""
    person = person_of_token(token)
    if request.method == "POST":
        set_mail_pace(person=person, pace=Pace.NONE)
    return render(request, "unsubscribe.html", {"done": request.method == "POST"})


def _id(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:20]) > LARGEST_ID:
        raise BadInput("this list is asked for by the id of a message")
    return int(text[:20])
