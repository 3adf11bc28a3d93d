"""Starting attempts."""

from datetime import datetime

from django.db import IntegrityError, transaction

from jobtwin.core.attempt import deadline_for
from jobtwin.core.errors import Conflict, Refused
from jobtwin.proofs.receipt import Receipted
from jobtwin.services.receipt import give_receipt
from jobtwin.store.models import Attempt, BriefVersion, Person


def start_attempt(*, learner: Person, brief_version: BriefVersion, now: datetime) -> Attempt:
    """Starts the clock, once, and gives a receipt.

    Raises Conflict where this learner has started this exam before, Refused where it is retired.
    """
    if brief_version.retired_at is not None:
        raise Refused("this exam is no longer offered", code="retired")
    try:
        with transaction.atomic():
            attempt = Attempt.objects.create(
                learner=learner,
                brief_version=brief_version,
                brief_id=brief_version.brief_id,
                started_at=now,
                deadline=deadline_for(brief_version.brief, now),
            )
            give_receipt(attempt=attempt, what=Receipted.START, now=now)
    except IntegrityError as error:
        raise Conflict("you have started this exam already; it has no re-attempts") from error
    return attempt
