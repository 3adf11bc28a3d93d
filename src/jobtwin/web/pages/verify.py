"""The page that checks a credential for anybody, in words. It fetches nothing and keeps nothing."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from jobtwin.core.errors import BadInput, JobTwinError, NotFound
from jobtwin.proofs.baking import IMAGE_LIMIT
from jobtwin.proofs.credential import document_bytes
from jobtwin.proofs.transcript import is_transcript, split_transcript
from jobtwin.proofs.verification import CODES, Verification
from jobtwin.store import platform
from jobtwin.store.queries.issued import issued_at
from jobtwin.web.access import PageRequest
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.public import in_public_language, public_page
from jobtwin.web.shown.credential import check_bytes

MAX_TEXT = 512 * 1024
MAX_REQUEST = IMAGE_LIMIT + MAX_TEXT
"""Bytes of a form: a picture, and text beside it. A larger one is not read at all."""

MAX_CREDENTIALS = 20
"""Credentials of one transcript: each costs some 10 ms, and nobody signs in for it."""

MAX_TRANSCRIPT = 1024 * 1024
"""Bytes of a transcript: JSON takes up to thirty times as much memory once it is read."""

_ADDRESS = re.compile(r"(https?://[^/\s]{1,300})/credentials/([0-9a-f-]{36})(?:\.json|\.jwt)?")


@dataclass(frozen=True, slots=True)
class Told:
    """One outcome, and what the page says beside it."""

    outcome: Verification

    @property
    def meaning(self) -> str:
        return CODES.get(self.outcome.code, "")

    @property
    def foreign(self) -> bool:
        """It may well be somebody else's honest credential."""
        return self.outcome.code in ("WRONG_ISSUER", "BAD_CONTEXT", "UNDEFINED_TERM")


@csrf_exempt  # it changes nothing, so there is nothing to forge, and it needs no cookie
@require_http_methods(["GET", "HEAD", "POST"])
@in_public_language
def verify(request: PageRequest) -> HttpResponse:
    """The form, and above it every check of what was handed over."""
    context: dict[str, object] = {"issuer": platform.issuer()}
    if request.method != "POST":
        return public_page(request, "verify.html", context)
    try:
        text, data = _handed_over(request)
        many = len(data) <= MAX_TRANSCRIPT and is_transcript(data)
        told = [Told(check_bytes(one, request.now)) for one in (_chosen(data) if many else (data,))]
    except JobTwinError as error:
        context["problem"] = sentence(error)
        return render(request, "verify.html", context, status=status_of(error, form=True))
    holding = sum(one.outcome.valid for one in told)
    context |= {"told": told, "holding": holding, "transcript": many, "text": text}
    return render(request, "verify.html", context)


def _chosen(data: bytes) -> tuple[bytes, ...]:
    """Every credential of a transcript. Raises BadInput, BadDocument."""
    found = split_transcript(data)
    if len(found) > MAX_CREDENTIALS:
        raise BadInput(f"a transcript of over {MAX_CREDENTIALS} credentials is checked in the terminal only")
    return found


def _handed_over(request: PageRequest) -> tuple[str, bytes]:
    """The text of the form, and the bytes to check. Raises BadInput, NotFound."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_REQUEST:
        raise BadInput(f"more than {MAX_REQUEST // 2**20} MiB are not read")
    try:
        file, text = request.FILES.get("file"), request.POST.get("text", "").strip()
    except (SuspiciousOperation, MultiPartParserError) as error:
        raise BadInput("the form could not be read; is the text too long?") from error
    if file is not None and (file.size or 0) > IMAGE_LIMIT:
        raise BadInput(f"a file of more than {IMAGE_LIMIT // 2**20} MiB is not read")
    if file is not None and file.size:
        return "", file.read()
    if not text:
        raise BadInput("choose a file, or paste a credential")
    if text.startswith(("http://", "https://")):
        return text, _at_address(text)
    return text, text.encode(errors="replace")


def _at_address(text: str) -> bytes:
    """The document behind an address of ours, from our own store. Raises BadInput, NotFound."""
    found = _ADDRESS.fullmatch(text)
    if found is None or found[1] not in (settings.JOBTWIN.origin, settings.JOBTWIN.issuer):
        raise BadInput(
            "only addresses of credentials that were issued here are looked up; paste the credential itself"
        )
    try:
        issued = issued_at(UUID(found[2]))
    except ValueError as error:
        raise BadInput("this is not the address of a credential") from error
    if not issued.public:
        raise NotFound("no credential is published under this address")
    return document_bytes(issued.credential.document)
