"""Writes: each in one transaction, and once where the caller names an Idempotency-Key."""

import hashlib
import re
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from ninja import Schema

from jobtwin.core.errors import BadInput
from jobtwin.services.once import Answer, do_once, kept_answer
from jobtwin.web.api.access import ApiRequest, person_of

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")

Prepared = TypeVar("Prepared")


def write(request: ApiRequest, status: int, act: Callable[[], Schema]) -> HttpResponse:
    """Answers a write that needs nothing from outside."""
    return write_prepared(request, status, lambda: None, lambda _: act())


def write_prepared(
    request: ApiRequest,
    status: int,
    prepare: Callable[[], Prepared],
    act: Callable[[Prepared], Schema],
) -> HttpResponse:
    """Prepares outside of any transaction, then acts in one.

    With an Idempotency-Key the same request gets the same answer for a day (`services.once`); raises
    Conflict for the same key with another request, BadInput for a key that is none.
    """
    key, person = request.headers.get(HEADER), person_of(request)
    if key is None:
        prepared = prepare()
        with transaction.atomic():
            return _response(Answer(status, act(prepared).model_dump(mode="json")))
    if not _KEY.fullmatch(key):
        raise BadInput(f"{HEADER} has 1 to 200 visible ASCII characters", code="bad_idempotency_key")
    fingerprint = _fingerprint(request)
    kept = kept_answer(person=person, key=key, fingerprint=fingerprint, now=request.now)
    if kept is not None:
        return _response(kept)
    prepared = prepare()
    answer = do_once(
        person=person,
        key=key,
        fingerprint=fingerprint,
        act=lambda: Answer(status, act(prepared).model_dump(mode="json")),
        now=request.now,
    )
    return _response(answer)


def write_secret(status: int, act: Callable[[], Schema]) -> HttpResponse:
    """A write whose answer holds a secret: it is kept under no Idempotency-Key, and by no cache."""
    with transaction.atomic():
        response = _response(Answer(status, act().model_dump(mode="json")))
    response["Cache-Control"] = "no-store"
    return response


def _fingerprint(request: ApiRequest) -> str:
    parts = (str(request.method), request.get_full_path())
    head = "".join(f"{part}\n" for part in parts).encode(errors="surrogatepass")
    return hashlib.sha256(head + request.body).hexdigest()


def _response(answer: Answer) -> HttpResponse:
    response = JsonResponse(dict(answer.body), status=answer.status)
    if answer.replayed:
        response[REPLAYED] = "true"
    return response
