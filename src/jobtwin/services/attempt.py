"""Starting attempts."""

from datetime import datetime

from django.db import IntegrityError, transaction

from jobtwin.core.attempt import deadline_for
from jobtwin.core.errors import Conflict, NotFound, Refused
from jobtwin.proofs.receipt import Receipted
from jobtwin.services.receipt import give_receipt
from jobtwin.store.models import Attempt, BriefVersion, Offer, Person, Programme
from jobtwin.store.queries.programme import default_programme, learnable


def start_attempt(
    *, learner: Person, brief_version: BriefVersion, now: datetime, programme: Programme | None = None
) -> Attempt:
    """Starts the clock, once, and gives a receipt; `programme` (none: the default one) sets its rules.

    Raises Conflict where this learner has started this exam before, in whatever programme; Refused where
    it is retired; NotFound where the programme does not offer it to this learner.
    """
    if brief_version.retired_at is not None:
        raise Refused("this exam is no longer offered", code="retired")
    where = _offering(learner, brief_version, programme)
    try:
        with transaction.atomic():
            attempt = Attempt.objects.create(
                learner=learner,
                programme=where,
                brief_version=brief_version,
                brief_id=brief_version.brief_id,
                started_at=now,
                deadline=deadline_for(brief_version.brief, now),
            )
            give_receipt(attempt=attempt, what=Receipted.START, now=now)
    except IntegrityError as error:
        raise Conflict("you have started this exam already; it has no re-attempts") from error
    return attempt


def _offering(learner: Person, version: BriefVersion, programme: Programme | None) -> Programme:
    where = programme or default_programme()
    standing = Offer.objects.filter(programme=where, brief_version=version, withdrawn_at__isnull=True)
    if where is None or not standing.exists() or not learnable(learner).filter(pk=where.pk).exists():
        raise NotFound("this programme does not offer you that exam")
    return where
