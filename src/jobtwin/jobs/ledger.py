"""Mailing checkpoints: whoever keeps one notices a rewritten history. Safe to run twice."""

from datetime import datetime, timedelta
from itertools import groupby, permutations

from jobtwin.services.notification import notify
from jobtwin.store.models import Checkpoint, Mark
from jobtwin.store.queries.ledger import is_whole, whole_note

LOOK_BACK = timedelta(days=8)
"""What was sealed or signed this long ago is looked at again: a worker may have stood still."""


def mail_checkpoints(*, now: datetime) -> None:
    """To each mentor the newest checkpoint of the own ledger, and the others' once all have sealed."""
    newest = Checkpoint.objects.filter(signed_at__gte=now - LOOK_BACK).select_related("ledger__mentor")
    for checkpoint in newest.order_by("ledger", "-size").distinct("ledger"):
        note = whole_note(checkpoint)
        key = f"{checkpoint.ledger.name}:{checkpoint.size}:{'signed' if is_whole(note) else 'waits'}"
        facts = {"block": note, "size": str(checkpoint.size)}
        notify(person=checkpoint.ledger.mentor, kind="own_checkpoint", key=key, facts=facts, now=now)
    recent = Mark.objects.filter(sealed_at__gte=now - LOOK_BACK).values("submission")
    rows = Mark.objects.filter(submission__in=recent, sealed_at__isnull=False)
    marks = rows.select_related("mentor", "entry__ledger").order_by("submission", "seat")
    for _, group in groupby(marks, key=lambda mark: mark.submission_id):
        sealed = list(group)
        if {1, 2} <= {mark.seat for mark in sealed}:
            _exchange(sealed, now)


def _exchange(sealed: list[Mark], now: datetime) -> None:
    """To each of these mentors the checkpoint over each other's seal."""
    for reader, other in permutations(sealed, 2):
        if other.entry is None:
            continue
        size = other.entry.seq + 1
        checkpoint = Checkpoint.objects.get(ledger=other.entry.ledger, size=size)
        facts = {"block": whole_note(checkpoint), "submission": str(reader.submission_id)[:8]}
        key = f"{reader.submission_id}:{other.seat}"
        notify(person=reader.mentor, kind="other_checkpoint", key=key, facts=facts, now=now)
