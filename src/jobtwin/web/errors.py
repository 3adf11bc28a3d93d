"""The one table from errors to HTTP."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop

from jobtwin.core.errors import BadInput, JobTwinError, NotAllowed, NotFound, OutsideFailure, Refused

TABLE: tuple[tuple[type[JobTwinError], int, str], ...] = (
    (BadInput, 400, gettext_noop("This could not be used")),
    (NotAllowed, 403, gettext_noop("Not for this account")),
    (NotFound, 404, gettext_noop("There is nothing here")),
    (Refused, 409, gettext_noop("Not possible now")),
    (OutsideFailure, 503, gettext_noop("Something outside failed")),
)
"""Base classes, each with its status and the heading of its page; the first that fits counts."""

FORM_STATUS = 422
"""A form that comes back with a sentence beside the field that has to change."""


def status_of(error: JobTwinError, *, form: bool = False) -> int:
    """The status of an error; `form` where the form itself is shown again with what was written in it."""
    status = _row(error)[0]
    return FORM_STATUS if form and status == 400 else status


def heading_of(error: JobTwinError) -> str:
    """The heading of an error's page."""
    return gettext(_row(error)[1])


def error_response(request: HttpRequest, error: JobTwinError) -> HttpResponse:
    """The error as a page with its sentence, or as JSON where a script asked."""
    status, heading = _row(error)
    if wants_json(request):
        return JsonResponse({"error": error.message, "code": error.code}, status=status)
    retry = isinstance(error, OutsideFailure) and error.retry
    context = {"heading": gettext(heading), "sentence": sentence(error), "retry": retry}
    return render(request, "error.html", context, status=status)


def sentence(error: JobTwinError) -> str:
    """The message of an error, begun and ended as a sentence is; in the reader's language, unless it holds a
    value."""
    text = gettext(error.message).strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def wants_json(request: HttpRequest) -> bool:
    """True where a script of ours asked, not a person."""
    return request.headers.get("Accept", "") == "application/json"


def _row(error: JobTwinError) -> tuple[int, str]:
    for kind, status, heading in TABLE:
        if isinstance(error, kind):
            return status, heading
    return 500, gettext_noop("Something went wrong")
