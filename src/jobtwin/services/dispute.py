"""Disputing a refuted check, and answering."""

from datetime import datetime

from django.db import IntegrityError, transaction

from jobtwin.core.errors import Conflict, NotFound, Refused
from jobtwin.core.instant import utc_text
from jobtwin.services.event import publish
from jobtwin.services.reason import written_reason
from jobtwin.store.models import Attempt, CheckRecord, Decision, Dispute, Person, Submission


def raise_dispute(*, attempt: Attempt, check_id: str, reason: str, now: datetime) -> Dispute:
    """The learner disputes a refuted check, once and with a reason, before the marks are reconciled.

    Raises NotFound for a check that is not recorded, Refused for one that is not refuted or when marking
    has ended, Conflict where it is disputed already.
    """
    why = written_reason(reason)
    try:
        with transaction.atomic():
            record = _open_check(attempt, check_id)
            if record.verdict != "refuted":
                raise Refused("only a refuted check can be disputed", code="not_refuted")
            dispute = Dispute.objects.create(check_record=record, reason=why, raised_at=now)
            _publish(dispute, "dispute.raised", "raised_at", now)
            return dispute
    except IntegrityError as error:
        raise Conflict("you have disputed this check already") from error


def answer_dispute(*, dispute: Dispute, operator: Person, answer: str, now: datetime) -> None:
    """An operator answers, once, before the marks are reconciled. Raises Conflict and Refused."""
    said = written_reason(answer)
    with transaction.atomic():
        _open_check(dispute.check_record.submission.attempt, dispute.check_record.check_id)
        done = Dispute.objects.filter(pk=dispute.pk, answered_at__isnull=True).update(
            answer=said, answered_by=operator, answered_at=now
        )
        if not done:
            raise Conflict("this dispute is answered already")
        _publish(dispute, "dispute.answered", "answered_at", now)


def _publish(dispute: Dispute, kind: str, instant: str, now: datetime) -> None:
    record = dispute.check_record
    facts = {"submission": str(record.submission_id), "check": record.check_id, instant: utc_text(now)}
    publish(attempt=record.submission.attempt, kind=kind, facts=facts, now=now, key=f"dispute {dispute.pk}")


def _open_check(attempt: Attempt, check_id: str) -> CheckRecord:
    """The record of a check while marking goes on, the submission's row being locked against a decision."""
    submission = Submission.objects.select_for_update(no_key=True).filter(attempt=attempt).first()
    record = (
        CheckRecord.objects.filter(submission=submission, check_id=check_id).first() if submission else None
    )
    if submission is None or record is None:
        raise NotFound("nothing was verified under this name")
    if Decision.objects.filter(submission=submission).exists():
        raise Refused("marking has ended; the result can be appealed", code="marking_ended")
    return record
