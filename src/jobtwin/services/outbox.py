"""Outboxes: rows that wait to be sent, one taken at a time, each try with the next one already planned."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from jobtwin.store.models import Delivery, GithubCheck, LtiGrade, Mail

Row = TypeVar("Row", Delivery, GithubCheck, LtiGrade, Mail)


def take_due(
    rows: QuerySet[Row], *, wait_after: Callable[[int, Row], timedelta | None], now: datetime
) -> Row | None:
    """The first of the due rows, which nobody else gets before its next try; None where none is due.

    `wait_after` gives the time from the try of that number (1 is the first) to the next, or None where it is
    the last. A worker that dies after this costs a delay, not the row.
    """
    with transaction.atomic():
        found = rows.select_for_update(of=("self",), skip_locked=True).first()
        if found is None:
            return None
        found.tries += 1
        wait = wait_after(found.tries, found)
        if wait is None:
            found.given_up_at = now
        else:
            found.next_try_at = now + wait
        found.save(update_fields=["tries", "next_try_at", "given_up_at"])
    return found
