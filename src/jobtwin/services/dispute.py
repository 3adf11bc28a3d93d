"""Disputing a refuted check, and answering."""

from datetime import datetime

from django.db import IntegrityError, transaction

from jobtwin.core.errors import Conflict, NotFound, Refused
from jobtwin.core.instant import utc_text
from jobtwin.services.audit import record_act
from jobtwin.services.event import publish
from jobtwin.services.learner_news import tell_learner
from jobtwin.services.notification import notify
from jobtwin.services.reason import written_reason
from jobtwin.store.models import Attempt, CheckRecord, Decision, Dispute, Person, Submission
from jobtwin.store.queries.operations import operators_of


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
            _tell_operators(dispute, now)
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
        _note_answer(dispute, operator, now)


def _tell_operators(dispute: Dispute, now: datetime) -> None:
    record = dispute.check_record
    attempt = record.submission.attempt
    facts = {
        "title": str(attempt.brief_version.document["title"]),
        "submission": str(record.submission_id)[:8],
        "check": record.check_id,
        "path": f"/operations/attempts/{attempt.pk}",
    }
    for person in operators_of([attempt.programme_id]).get(attempt.programme_id, []):
        notify(person=person, kind="dispute_raised", key=f"dispute {dispute.pk}", facts=facts, now=now)


def _note_answer(dispute: Dispute, operator: Person, now: datetime) -> None:
    record = dispute.check_record
    attempt = record.submission.attempt
    record_act(
        actor=operator,
        programme=attempt.programme,
        what="dispute_answered",
        subject=f"attempt {attempt.pk}",
        facts={"check": record.check_id},
        now=now,
    )
    key = f"dispute {dispute.pk}"
    tell_learner(attempt=attempt, kind="dispute_answered", key=key, check=record.check_id, now=now)


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
