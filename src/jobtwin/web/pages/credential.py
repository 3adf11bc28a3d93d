"""What is public: a credential's page, its two documents, the issuer's keys, the list of revocations."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from jobtwin.core.errors import NotFound
from jobtwin.proofs.status_list import LIST_ENTRIES
from jobtwin.store.queries.credential import issuer_did, status_list
from jobtwin.store.queries.issued import public_credential
from jobtwin.web.access import PageRequest


@require_safe
def show(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """What the credential says, in plain words, for anybody who has its address. Nobody is named on it."""
    credential = public_credential(credential_id)
    attempt = credential.attempt
    context = {
        "credential": credential,
        "brief": attempt.brief_version.brief,
        "version": attempt.brief_version,
        "submission": attempt.submission,
        "decision": attempt.submission.decision,
        "skills": attempt.submission.decision.skill_assertions.all(),
        "status_number": credential.status_index // LIST_ENTRIES,
    }
    return render(request, "credential.html", context)


@require_safe
def document(_request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """The credential with its embedded proof."""
    return _download(public_credential(credential_id).document, "application/vc+ld+json", "credential.json")


@require_safe
def jwt(_request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """The same credential as a signed JWT."""
    return _download(public_credential(credential_id).jwt, "application/jwt", "credential.jwt")


@require_safe
def did(_request: HttpRequest) -> HttpResponse:
    """The issuer's DID document: every key it ever signed with."""
    return _download(issuer_did(), "application/did+json", "did.json")


@require_safe
def status(request: PageRequest, number: int) -> HttpResponse:
    """A list of revocations, signed now."""
    if number != 0:
        raise NotFound("there is no such status list")
    return _download(status_list(number, now=request.now), "application/vc+ld+json", "status-list.json")


@require_safe
def achievement(_request: HttpRequest, brief_id: str, version: int) -> HttpResponse:
    """What a credential calls its achievement: the version of the brief."""
    return redirect("brief_version", brief_id=brief_id, version=version)


def _download(body: object, content_type: str, name: str) -> HttpResponse:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, indent=2)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return HttpResponse(text, content_type=content_type, headers=headers)
