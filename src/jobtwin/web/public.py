"""Answers for everybody: no cookie is read for them, they may be kept, and they say when they change."""

import hashlib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag

from jobtwin.proofs.credential import document_bytes
from jobtwin.web.access import PageRequest

P = ParamSpec("P")

KEEP_SECONDS = 300
"""How long a copy may be shown: so long after a revocation an intermediary may still show the old state."""

VC_TYPE = "application/vc"
JWT_TYPE = "application/jwt"
JSON_TYPES = (VC_TYPE, "application/vc+ld+json", "application/ld+json", "application/json")
JWT_TYPES = (JWT_TYPE, "application/vc+jwt")


def in_public_language(
    page: Callable[Concatenate[PageRequest, P], HttpResponse],
) -> Callable[Concatenate[PageRequest, P], HttpResponse]:
    """Shows a page in the language of `?lang=`, else in the browser's; no cookie is read."""

    @wraps(page)
    def translated(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with translation.override(public_language(request)):
            response = page(request, *args, **kwargs)
            response.headers["Content-Language"] = translation.get_language()
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return translated


def public_language(request: HttpRequest) -> str:
    """The language of a public page: `?lang=`, then Accept-Language, then `LANGUAGE_CODE`."""
    asked = request.GET.get("lang", "")
    if asked in dict(settings.LANGUAGES):
        return asked
    without_cookie = HttpRequest()
    without_cookie.META["HTTP_ACCEPT_LANGUAGE"] = request.headers.get("Accept-Language", "")
    return translation.get_language_from_request(without_cookie)


def public_page(request: HttpRequest, template: str, context: Mapping[str, object]) -> HttpResponse:
    """A page of `public.html`, the same for everybody."""
    return _kept(request, render(request, template, dict(context)))


def public_file(
    request: HttpRequest,
    body: bytes | str | Mapping[str, object],
    content_type: str,
    *,
    name: str = "",
    shared: bool = True,
) -> HttpResponse:
    """A document or picture; `name` where it is to be saved, `shared` unless it is for one person alone."""
    data = (
        body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else document_bytes(body)
    )
    response = HttpResponse(data, content_type=content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _kept(request, response) if shared else response


def negotiated(request: HttpRequest) -> str:
    """What the request asks for at an address of several forms: `html`, `json` or `jwt`."""
    wanted = request.get_preferred_type(["text/html", *JSON_TYPES, *JWT_TYPES])
    return "json" if wanted in JSON_TYPES else "jwt" if wanted in JWT_TYPES else "html"


def varying(response: HttpResponse) -> HttpResponse:
    """Marks an answer as one of several forms."""
    patch_vary_headers(response, ["Accept"])
    return response


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with a validator, or "not modified" where the asker has it already."""
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"public, max-age={KEEP_SECONDS}"
    answer = get_conditional_response(request, etag=etag, response=response)
    return response if answer is None else answer
