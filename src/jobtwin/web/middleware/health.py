"""Health pages answer before anything looks at the host: probes ask by an address that no setting names."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from jobtwin.web.pages import health
from jobtwin.web.pages.metrics import metrics

PAGES = {"/healthz": health.process, "/readyz": health.database, "/metrics": metrics}


class Health:
    """Answers these addresses itself; everything else goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = PAGES.get(request.path_info)
        return self._get_response(request) if page is None else page(request)
