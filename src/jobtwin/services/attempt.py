"""Starting attempts, withdrawing from them, voiding them."""

from datetime import datetime

from django.db import IntegrityError, transaction

from jobtwin.core.attempt import AttemptState, attempt_state, deadline_for, require_open, window_ends_for
from jobtwin.core.errors import Conflict, NotFound, Refused
from jobtwin.core.instant import utc_text
from jobtwin.proofs.receipt import Receipted
from jobtwin.services.audit import record_act
from jobtwin.services.event import publish, publish_start
from jobtwin.services.learner_news import tell_learner
from jobtwin.services.reason import written_reason
from jobtwin.services.receipt import give_receipt
from jobtwin.store.models import Attempt, BriefVersion, Offer, Person, Programme
from jobtwin.store.queries.programme import default_programme, learnable

UNDER_WAY = frozenset({AttemptState.OPEN, AttemptState.GRACE, AttemptState.SUBMITTED, AttemptState.MARKING})
"""States beside which no other attempt at the same exam is started."""


def start_attempt(
    *, learner: Person, brief_version: BriefVersion, now: datetime, programme: Programme | None = None
) -> Attempt:
    """Starts the clock and gives a receipt; once, or as often as the brief's re-attempts allow.

    `programme` (none: the default one) sets its rules. A voided attempt does not count. Raises Conflict
    where the learner has used all attempts, in whatever programme, or one is under way; Refused where the
    brief is retired; NotFound where the programme does not offer it to this learner.
    """
    if brief_version.retired_at is not None:
        raise Refused("this exam is no longer offered", code="retired")
    where, brief = _offering(learner, brief_version, programme), brief_version.brief
    try:
        with transaction.atomic():
            attempt = Attempt.objects.create(
                learner=learner,
                programme=where,
                brief_version=brief_version,
                brief_id=brief_version.brief_id,
                number=_next_number(learner, brief_version, now),
                started_at=now,
                deadline=deadline_for(brief, now),
                window_ends=list(window_ends_for(brief, now)),
            )
            give_receipt(attempt=attempt, what=Receipted.START, now=now)
            tell_learner(attempt=attempt, kind="exam_started", now=now)
            publish_start(attempt=attempt, now=now)
    except IntegrityError as error:
        raise Conflict("you have started this exam already") from error
    return attempt


def withdraw_attempt(*, attempt: Attempt, now: datetime) -> None:
    """The learner gives up an attempt that is still open; it counts as one. Raises as `require_open` does."""
    with transaction.atomic():
        won = Attempt.objects.filter(
            pk=attempt.pk,
            submitted_at__isnull=True,
            withdrawn_at__isnull=True,
            voided_at__isnull=True,
            deadline__gt=now,
        ).update(withdrawn_at=now)
        attempt.refresh_from_db()
        if not won:
            require_open(attempt.facts, now=now)
            raise Conflict("this attempt could not be withdrawn; reload the page")
        give_receipt(attempt=attempt, what=Receipted.WITHDRAW, now=now)
        publish(attempt=attempt, kind="attempt.withdrawn", facts={"withdrawn_at": utc_text(now)}, now=now)


def void_attempt(*, attempt: Attempt, operator: Person, reason: str, now: datetime) -> None:
    """An operator declares an attempt void, with a reason that the learner sees; it no longer counts.

    Raises Conflict where it is decided (a decision is corrected, not voided) or void already.
    """
    why = written_reason(reason)
    with transaction.atomic():
        won = Attempt.objects.filter(pk=attempt.pk, decided_at__isnull=True, voided_at__isnull=True).update(
            voided_at=now, voided_by=operator, void_reason=why
        )
        attempt.refresh_from_db()
        if not won:
            raise Conflict("this attempt is decided or void already; nothing was changed")
        give_receipt(attempt=attempt, what=Receipted.VOID, content={"reason": why}, now=now)
        publish(attempt=attempt, kind="attempt.voided", facts={"voided_at": utc_text(now)}, now=now)
        subject = f"attempt {attempt.pk}"
        record_act(
            actor=operator, programme=attempt.programme, what="attempt_voided", subject=subject, now=now
        )
        tell_learner(attempt=attempt, kind="exam_voided", now=now)


def _next_number(learner: Person, version: BriefVersion, now: datetime) -> int:
    """The number of the next attempt. Two that start at once take the same one, and one of them loses."""
    before = list(Attempt.objects.filter(learner=learner, brief_id=version.brief_id))
    used, allowed = sum(one.voided_at is None for one in before), version.brief.attempts_allowed
    if used >= allowed:
        rest = "it has no re-attempts" if allowed == 1 else f"it has {allowed} attempts in all"
        raise Conflict(f"you have started this exam already; {rest}")
    if any(attempt_state(one.facts, now=now) in UNDER_WAY for one in before):
        raise Conflict("an attempt of yours at this exam is under way; it comes to its end first")
    return max((one.number for one in before), default=0) + 1


def _offering(learner: Person, version: BriefVersion, programme: Programme | None) -> Programme:
    where = programme or default_programme()
    standing = Offer.objects.filter(programme=where, brief_version=version, withdrawn_at__isnull=True)
    if where is None or not standing.exists() or not learnable(learner).filter(pk=where.pk).exists():
        raise NotFound("this programme does not offer you that exam")
    return where
