"""A credential's addresses: its page, its two documents, its pictures. Nobody is named on any of them.

They are there for everybody once the learner has published the credential, and for the learner before.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from jobtwin.core.errors import NotFound
from jobtwin.proofs.baking import bake_png, bake_svg
from jobtwin.proofs.status_list import StatusPlace
from jobtwin.proofs.verification import Verification
from jobtwin.store.queries.issued import Issued, issued_at
from jobtwin.web.access import PageRequest
from jobtwin.web.pictures.badge import badge_png, badge_svg, card_png
from jobtwin.web.public import (
    JWT_TYPE,
    VC_TYPE,
    in_public_language,
    negotiated,
    public_file,
    public_page,
    varying,
)
from jobtwin.web.shown.credential import (
    State,
    check_now,
    document_text,
    levels_reached,
    picture_of,
    state_of,
)
from jobtwin.web.shown.reproduced import reproduced


@require_safe
@in_public_language
def show(request: PageRequest, credential_id: UUID) -> HttpResponse:
    """The credential as page, document or token, as the request prefers."""
    form = negotiated(request)
    if form == "json":
        return varying(document(request, credential_id))
    if form == "jwt":
        return varying(jwt(request, credential_id))
    issued = _visible(request, credential_id)
    if not issued.public:
        return render(request, "credential.html", _context(request, issued))
    return varying(public_page(request, "credential.html", _context(request, issued)))


@require_safe
def document(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """The credential with its embedded proof."""
    issued = _visible(request, credential_id)
    return _file(request, issued, issued.credential.document, VC_TYPE, "credential.json")


@require_safe
def jwt(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """The same credential as a signed JWT."""
    issued = _visible(request, credential_id)
    return _file(request, issued, issued.credential.jwt, JWT_TYPE, "credential.jwt")


@require_safe
def badge_as_png(request: PageRequest, credential_id: UUID) -> HttpResponse:
    """The badge with the document baked in, as PNG."""
    seen = _seen(request, credential_id)
    picture = badge_png(picture_of(seen.issued, seen.state))
    return _file(request, seen.issued, bake_png(picture, seen.text), "image/png", "badge.png", save=False)


@require_safe
def badge_as_svg(request: PageRequest, credential_id: UUID) -> HttpResponse:
    """The badge with the document baked in, as SVG."""
    seen = _seen(request, credential_id)
    picture = badge_svg(picture_of(seen.issued, seen.state))
    return _file(request, seen.issued, bake_svg(picture, seen.text), "image/svg+xml", "badge.svg", save=False)


@require_safe
def card(request: PageRequest, credential_id: UUID) -> HttpResponse:
    """The picture that stands beside a shared address."""
    seen = _seen(request, credential_id)
    picture = card_png(picture_of(seen.issued, seen.state))
    return _file(request, seen.issued, picture, "image/png", "card.png", save=False)


@dataclass(frozen=True, slots=True)
class _Seen:
    issued: Issued
    outcome: Verification
    state: State

    @property
    def text(self) -> str:
        return document_text(self.issued.credential)


def _seen(request: PageRequest, credential_id: UUID) -> _Seen:
    issued = _visible(request, credential_id)
    outcome = check_now(issued.credential, request.now)
    return _Seen(issued, outcome, state_of(issued, outcome))


def _visible(request: HttpRequest, credential_id: UUID) -> Issued:
    """The credential, where it is public or the learner's own. Raises NotFound, the same for both reasons.

    Who asks is not looked at where it is public: the answer is then everybody's.
    """
    issued = issued_at(credential_id)
    if not issued.public and request.user.pk != issued.credential.attempt.learner_id:
        raise NotFound("no credential is published under this address")
    return issued


def _context(request: PageRequest, issued: Issued) -> dict[str, object]:
    attempt = issued.credential.attempt
    outcome = check_now(issued.credential, request.now)
    return {
        "credential": issued.credential,
        "successor": issued.successor if issued.public else None,
        "public": issued.public,
        "brief": attempt.brief_version.brief,
        "version": attempt.brief_version,
        "submission": attempt.submission,
        "decision": attempt.submission.decision,
        "skills": attempt.submission.decision.skill_assertions.all(),
        "levels": levels_reached(attempt),
        "state": state_of(issued, outcome),
        "checks": outcome.checks,
        "holding": sum(one.ok for one in outcome.checks),
        "reproduced": reproduced(attempt.brief_version.brief, attempt.submission.checks.all()),
        "status_number": StatusPlace.of(issued.credential.status_index).number,
        "origin": settings.JOBTWIN.origin,
        "address": settings.JOBTWIN.origin + reverse("credential", args=[issued.credential.pk]),
        "card": settings.JOBTWIN.origin + reverse("credential_card", args=[issued.credential.pk]),
    }


def _file(
    request: HttpRequest, issued: Issued, body: object, content_type: str, name: str, *, save: bool = True
) -> HttpResponse:
    if not isinstance(body, bytes | str | dict):
        raise TypeError("a credential is a document, a token or a picture")
    return public_file(request, body, content_type, name=name if save else "", shared=issued.public)
