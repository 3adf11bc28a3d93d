"""Headers of every answer: nothing from elsewhere, nothing inline, nothing framed, nothing kept."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'{targets}; "
    "frame-ancestors {ancestors}; object-src 'none'"
)
SIGN_IN = "/accounts/"


def policy(*, targets: str = "", ancestors: str = "'none'") -> str:
    """The policy; `targets` are origins, each after a space, that forms may lead to beside our own."""
    return POLICY.format(targets=targets, ancestors=ancestors)


HEADERS = {
    "Content-Security-Policy": policy(),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class SecurityHeaders:
    """Sets every header that the page itself did not set; sign-in pages may lead to providers' own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        targets = "".join(f" {one}" for one in settings.FORM_TARGETS)
        self._to_providers = policy(targets=targets) if targets else ""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if self._to_providers and request.path.startswith(SIGN_IN):
            response.headers["Content-Security-Policy"] = self._to_providers
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
