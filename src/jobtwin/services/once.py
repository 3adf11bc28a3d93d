"""Doing a write once: the answer is kept under the caller's key in the same transaction as the write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from jobtwin.core.errors import Conflict
from jobtwin.store.models import IdempotencyRecord, Person

KEPT = timedelta(hours=24)
"""How long an answer can be asked for again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON body; `replayed` where they were given before."""

    status: int
    body: Mapping[str, object]
    replayed: bool = False


def kept_answer(*, person: Person, key: str, fingerprint: str, now: datetime) -> Answer | None:
    """What was answered under this key. Raises Conflict where the key stood for another request."""
    kept = IdempotencyRecord.objects.filter(person=person, key=key, created_at__gt=now - KEPT).first()
    if kept is None:
        return None
    if kept.fingerprint != fingerprint:
        raise Conflict(
            "this Idempotency-Key was used for another request; take a new one", code="idempotency_conflict"
        )
    return Answer(kept.status, kept.body, replayed=True)


def do_once(
    *, person: Person, key: str, fingerprint: str, act: Callable[[], Answer], now: datetime
) -> Answer:
    """Acts and keeps the answer, both or neither.

    Of two requests with one key the second waits for the first at the unique constraint and gets its
    answer. A refusal is not kept: it changed nothing, and the same key may try again.
    """
    expired = IdempotencyRecord.objects.filter(person=person, created_at__lte=now - KEPT)
    try:
        with transaction.atomic():
            expired.delete()
            record = IdempotencyRecord.objects.create(
                person=person, key=key, fingerprint=fingerprint, status=0, body={}, created_at=now
            )
            answer = act()
            IdempotencyRecord.objects.filter(pk=record.pk).update(
                status=answer.status, body=dict(answer.body)
            )
    except IntegrityError:
        kept = kept_answer(person=person, key=key, fingerprint=fingerprint, now=now)
        if kept is None:
            raise
        return kept
    return answer
