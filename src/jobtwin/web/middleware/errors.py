"""Errors of the platform become a page, by the one table in `web.errors`."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from jobtwin.core.errors import JobTwinError
from jobtwin.web.errors import error_response


class ErrorPages:
    """Answers a JobTwinError that a page let through; every other exception is a fault and stays one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The error page, or None where this is none of ours."""
        return error_response(request, error) if isinstance(error, JobTwinError) else None
