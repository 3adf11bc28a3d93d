"""The issuer's own addresses: keys, profile, status lists, and what its exams and skills mean."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from jobtwin.core.errors import NotFound
from jobtwin.services.status_list import current_status_list
from jobtwin.store import platform
from jobtwin.store.queries.brief import published_version
from jobtwin.store.queries.credential import issuer_did, issuer_jwks, issuer_profile
from jobtwin.store.queries.issued import newest_versions
from jobtwin.web.access import PageRequest
from jobtwin.web.public import VC_TYPE, in_public_language, negotiated, public_file, public_page, varying


@require_safe
def did(request: HttpRequest) -> HttpResponse:
    """The issuer's DID document: every key it ever signed with."""
    return public_file(request, issuer_did(), "application/did+json", name="did.json")


@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    """The keys that verify tokens, for readers that know no DID."""
    return public_file(request, issuer_jwks(), "application/jwk-set+json")


@require_safe
@in_public_language
def profile(request: HttpRequest) -> HttpResponse:
    """Who issues here, as a page or as an Open Badges profile."""
    if negotiated(request) != "html":
        return varying(public_file(request, issuer_profile(), "application/ld+json"))
    context = {"issuer": platform.issuer(), "keys": _issuing_keys(), "briefs": newest_versions()}
    return varying(public_page(request, "issuer.html", context))


@require_safe
def status(request: PageRequest, number: int) -> HttpResponse:
    """A list of revocations as it was last signed."""
    signed = current_status_list(number=number, now=request.now)
    return public_file(request, signed, VC_TYPE, name="status-list.json")


@require_safe
@in_public_language
def achievement(request: HttpRequest, brief_id: str, version: int) -> HttpResponse:
    """What a credential calls its achievement: one version of an exam, and what passing it takes."""
    found = published_version(brief_id, version)
    return public_page(request, "achievement.html", {"version": found, "brief": found.brief})


@require_safe
@in_public_language
def skill(request: HttpRequest, skill_id: str) -> HttpResponse:
    """What a skill means here: which exams may assert it, up to which ceiling, by what evidence."""
    offers = [(one, found) for one in newest_versions() if (found := one.brief.skill(skill_id)) is not None]
    if not offers:
        raise NotFound("no exam here offers this skill")
    return public_page(request, "skill.html", {"skill": offers[0][1], "offers": offers})


def _issuing_keys() -> list[tuple[str, str, str]]:
    """Purpose, id and state of every issuer key, the newest first."""
    keys = platform.keys().list()
    return [(one.purpose, one.id, one.state) for one in reversed(keys) if one.purpose.startswith("issuer-")]
