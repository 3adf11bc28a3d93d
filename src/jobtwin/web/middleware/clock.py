"""The clock of a request: read once, when it arrives, from the database."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from jobtwin.store.clock import arrival_now, database_now

WITHOUT_CLOCK = frozenset({"/healthz", "/readyz", "/metrics"})
"""Pages that must answer, or say no, while the database is gone."""


class RequestClock:
    """Sets `request.now` before anything else is asked of the database and before the body of the request
    is read, and `request.clock` for what ends later: an upload is not late by itself, but may not go on for
    ever.
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
        if request.path_info not in WITHOUT_CLOCK:
            vars(request).update(now=self._arrival(), clock=self._clock)
        return self._get_response(request)
