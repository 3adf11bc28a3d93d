"""A request as a span, two metrics and one log line: route, method, status, time; no address, no person."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from opentelemetry.trace import SpanKind

from jobtwin.telemetry.meters import REQUEST_SECONDS, REQUESTS
from jobtwin.telemetry.tracing import HEADER, continued, failed, span
from jobtwin.web.waited import WAITED

log = logging.getLogger("jobtwin.request")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET = frozenset({"healthz", "readyz", "metrics"})
"""Routes that are asked every few seconds: counted, not logged."""


class Telemetry:
    """Stands first, so that its time is the whole one. The caller's trace goes on, if it has one."""

    def __init__(
        self,
        get_response: Callable[[HttpRequest], HttpResponse],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._get_response = get_response
        self._clock = clock

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = self._clock()
        method = request.method if request.method in METHODS else "other"
        with (
            continued(request.headers.get(HEADER, "")),
            span(f"{method}", {"http.request.method": str(method)}, kind=SpanKind.SERVER) as current,
        ):
            response = self._get_response(request)
            route, status = route_of(request), response.status_code
            current.update_name(f"{method} {route}")
            current.set_attribute("http.route", route)
            current.set_attribute("http.response.status_code", status)
            if status >= 500:
                failed(current, str(status))
            seconds = WAITED.get() + self._clock() - begun
            REQUESTS.labels(route, method, str(status)).inc()
            REQUEST_SECONDS.labels(route).observe(seconds)
            if route not in QUIET:
                facts = {"route": route, "method": method, "status": status, "ms": round(seconds * 1000, 1)}
                log.info("request", extra=facts)
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the address that answered; never the path, whose parts anybody may choose."""
    path = request.path_info
    if path in ("/healthz", "/readyz", "/metrics"):
        return path[1:]
    match = request.resolver_match
    if match is None:
        return "none"
    return str(match.view_name or match.route)[:100]
