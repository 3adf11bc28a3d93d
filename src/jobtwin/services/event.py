"""Telling a programme's own systems: one row an endpoint, in the transaction of what it tells of."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from jobtwin.core.event import event_body, require_facts
from jobtwin.core.instant import utc_text
from jobtwin.core.ledger import score_text
from jobtwin.services.grade import APPEAL, DECISION, owe_grade
from jobtwin.store.models import (
    Appeal,
    Attempt,
    CheckRecord,
    Credential,
    Delivery,
    Endpoint,
    Programme,
    Submission,
)
from jobtwin.store.queries.appeal import standing_of

Facts = Mapping[str, object]


def publish(*, attempt: Attempt, kind: str, facts: Facts, now: datetime, key: str = "") -> None:
    """Puts an event in the outbox of every endpoint that chose it; again with the same key, adds nothing.

    `key` (the attempt's id where it is empty) tells two events of one kind apart. Copies of gold submissions
    are nobody's exam and tell nothing. Raises ValueError for facts that the kind does not name.
    """
    require_facts(kind, facts)
    if attempt.calibration:
        return
    wanted = Endpoint.objects.filter(
        programme_id=attempt.programme_id, turned_off_at__isnull=True, events__contains=[kind]
    )
    endpoints = list(wanted.order_by().values_list("pk", flat=True))
    if not endpoints:
        return
    body = event_body(kind, at=now, data=_whose(attempt) | dict(facts))
    rows = [
        Delivery(
            id=uuid4(),
            endpoint_id=one,
            kind=kind,
            key=key or str(attempt.pk),
            body=body,
            at=now,
            next_try_at=now,
        )
        for one in endpoints
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def publish_start(*, attempt: Attempt, now: datetime) -> None:
    """The clock runs."""
    facts = {"started_at": utc_text(attempt.started_at), "deadline": utc_text(attempt.deadline)}
    publish(attempt=attempt, kind="attempt.started", facts=facts, now=now)


def publish_submission(*, attempt: Attempt, submission: Submission, now: datetime) -> None:
    """The work is in. Where it lies is not told: an address of a repository often names its owner."""
    facts = {
        "submission": str(submission.pk),
        "submitted_at": utc_text(submission.submitted_at),
        "by_clock": submission.by_clock_at is not None,
    }
    publish(attempt=attempt, kind="attempt.submitted", facts=facts, now=now)


def publish_verification(*, attempt: Attempt, submission: Submission, now: datetime) -> None:
    """The claims were reproduced, with the verdict of every check."""
    checks = CheckRecord.objects.filter(submission=submission).order_by("check_id")
    facts = {
        "submission": str(submission.pk),
        "verified_at": utc_text(now),
        "checks": {one.check_id: one.verdict for one in checks},
    }
    publish(attempt=attempt, kind="attempt.verified", facts=facts, now=now)


def publish_decision(*, attempt: Attempt, now: datetime) -> None:
    """The signed result, unless the programme holds it back: then its release tells it."""
    if not _shows_results(attempt):
        return
    decision = attempt.submission.decision
    if decision.signed_at is None:
        return
    facts = {
        "submission": str(decision.submission_id),
        "decided_at": utc_text(decision.signed_at),
        "passed": decision.passed,
        "overall": score_text(decision.overall),
    }
    publish(attempt=attempt, kind="attempt.decided", facts=facts, now=now)
    owe_grade(attempt=attempt, score=decision.overall, occasion=DECISION, now=now)


def publish_appeal(*, attempt: Attempt, appeal: Appeal, now: datetime) -> None:
    """What an appeal came to, unless the programme holds results back."""
    if appeal.decided_at is None or not _shows_results(attempt):
        return
    decision = attempt.submission.decision
    facts = {
        "submission": str(appeal.submission_id),
        "decided_at": utc_text(appeal.decided_at),
        "changed": standing_of(decision) != appeal.former,
        "passed": decision.passed,
        "overall": score_text(decision.overall),
    }
    publish(attempt=attempt, kind="appeal.decided", facts=facts, now=now)
    owe_grade(attempt=attempt, score=decision.overall, occasion=APPEAL, now=now)


def publish_credential(*, credential: Credential, now: datetime) -> None:
    """A credential was issued, unless results are held back: a credential says that somebody passed."""
    if not _shows_results(credential.attempt):
        return
    facts = {
        "credential": str(credential.pk),
        "issued_at": utc_text(credential.issued_at),
        "replaces": str(credential.replaces_id) if credential.replaces_id else None,
    }
    publish(
        attempt=credential.attempt, kind="credential.issued", facts=facts, now=now, key=str(credential.pk)
    )


def publish_standing(*, credential: Credential, kind: str, instant: str, now: datetime) -> None:
    """A credential was revoked, suspended or reinstated; told where its existence was told or may be."""
    told = Delivery.objects.filter(kind="credential.issued", key=str(credential.pk))
    if not _shows_results(credential.attempt) and not told.exists():
        return
    at = utc_text(now)
    facts = {"credential": str(credential.pk), instant: at}
    publish(attempt=credential.attempt, kind=kind, facts=facts, now=now, key=f"{credential.pk} {at}")


def publish_released(*, attempt: Attempt, now: datetime) -> None:
    """Everything of one result that was held back until now; what was told already stays told once."""
    publish_decision(attempt=attempt, now=now)
    for credential in Credential.objects.filter(attempt=attempt, revoked_at__isnull=True):
        publish_credential(credential=credential, now=now)
    for appeal in Appeal.objects.filter(submission__attempt=attempt):
        publish_appeal(attempt=attempt, appeal=appeal, now=now)


def _shows_results(attempt: Attempt) -> bool:
    """Read under a lock: a release that comes at the same time sees what is told here, or is seen here."""
    return Programme.objects.select_for_update(no_key=True).get(pk=attempt.programme_id).shows_results


def _whose(attempt: Attempt) -> dict[str, object]:
    version = attempt.brief_version
    return {
        "attempt": str(attempt.pk),
        "programme": attempt.programme.slug,
        "brief": {"id": version.brief_id, "version": version.version, "digest": version.digest},
    }
