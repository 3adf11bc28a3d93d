"""The clock of a request: read once, when all of it has come, from the database."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, UnreadablePostError

from jobtwin.store.clock import arrival_now, database_now
from jobtwin.web.uploads import is_for_archives
from jobtwin.web.waited import counted_wait

WITHOUT_CLOCK = frozenset({"/healthz", "/readyz", "/metrics"})
"""Pages that must answer, or say no, while the database is gone."""
UNHURRIED = frozenset({"/verify"})
"""Pages on which no time hangs: they read their form themselves, and say what is wrong with it."""


class RequestClock:
    """Sets `request.now` before anything else is asked of the database, and `request.clock`, which reads it
    again.

    The body is read first: nobody sends a head in time and the rest of it later. What a request waited for a
    thread of ours is not its sender's delay, and is taken off. An archive alone counts from its head: it is
    not late by its size, but may not go on for ever, and whoever reads it asks `clock` at its end.
    """

    def __init__(
        self,
        get_response: Callable[[HttpRequest], HttpResponse],
        clock: Callable[[], datetime] = database_now,
        arrival: Callable[[], datetime] = arrival_now,
    ) -> None:
        self._get_response = get_response
        self._clock = clock
        self._arrival = arrival

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in WITHOUT_CLOCK:
            return self._get_response(request)
        reads_itself = is_for_archives(request) or request.path_info in UNHURRIED
        if not reads_itself and not _is_whole(request):
            return HttpResponseBadRequest("the request broke off before its end")
        waited = counted_wait(most=settings.JOBTWIN.queue_seconds)
        vars(request).update(now=self._arrival() - waited, clock=self._clock)
        return self._get_response(request)


def _is_whole(request: HttpRequest) -> bool:
    """Reads the body; False where it broke off. One too large is left to its page, which refuses it."""
    try:
        if request.method == "POST" and request.content_type == "multipart/form-data":
            request.POST  # noqa: B018  parses, which reads
        else:
            with suppress(RequestDataTooBig):
                request.body  # noqa: B018  keeps what it reads
    except UnreadablePostError:
        return False
    return True
