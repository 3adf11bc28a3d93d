"""The language of an answer: pages in the reader's, everything that programs read in English."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

FOR_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics", "/.well-known/")
"""Addresses whose words are contracts: they are English whatever is asked for."""
CONTRACT = "en"


class Language(LocaleMiddleware):
    """Activates what the reader chose or the browser prefers, and marks pages as varying by it."""

    def process_request(self, request: HttpRequest) -> None:
        """English for programs; else the cookie, then Accept-Language, then `LANGUAGE_CODE`."""
        if request.path_info.startswith(FOR_PROGRAMS):
            translation.activate(CONTRACT)
            return
        super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:  # noqa: ARG002
        """Says the language of a page, and what it hung on; a public page says the latter itself."""
        if isinstance(response, HttpResponse) and response.headers.get("Content-Type", "").startswith(
            "text/html"
        ):
            response.headers.setdefault("Content-Language", translation.get_language())
            if "Cache-Control" not in response.headers:
                patch_vary_headers(response, ["Accept-Language", "Cookie"])
        translation.deactivate()  # whatever this thread does next starts in LANGUAGE_CODE again
        return response
