"""The choice of a language, at the foot of each page."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from jobtwin.core.errors import BadInput
from jobtwin.services.notification import set_mail_language
from jobtwin.web.access import PageRequest, person_or_none


@require_POST
def choose(request: PageRequest) -> HttpResponse:
    """Keeps the language in a cookie, and for the mails of whoever is signed in; leads back to the page."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise BadInput("this language is not offered here")
    person = person_or_none(request)
    if person is not None:
        set_mail_language(person=person, language=language)
    answer = HttpResponseRedirect(_back(request), status=303)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return answer


def _back(request: PageRequest) -> str:
    """Where the form stood; the first page where that is not an address of ours."""
    asked = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if ours else "/"
