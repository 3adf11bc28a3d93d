"""Recording what verification found."""

from datetime import datetime

from django.db import transaction

from jobtwin.core.check import CheckResult
from jobtwin.store.models import CheckRecord, Submission, VerificationEvent
from jobtwin.store.queue import defer

MAX_EVENT_TEXT = 2_000


def record_event(*, submission: Submission, phase: str, kind: str, text: str, now: datetime) -> None:
    """Adds a step to the live progress of a verification."""
    VerificationEvent.objects.create(
        submission=submission, phase=phase, kind=kind, text=text[:MAX_EVENT_TEXT].replace("\0", ""), at=now
    )


def record_checks(
    *, submission: Submission, checks: tuple[CheckResult, ...], engine: str, now: datetime
) -> None:
    """Records the checks and queues the review; a check that is recorded already stays as it was."""
    with transaction.atomic():
        for check in checks:
            CheckRecord.objects.get_or_create(
                submission=submission,
                check_id=check.id,
                defaults={
                    "verdict": check.verdict.value,
                    "reason": check.reason.value,
                    "summary": check.summary,
                    "facts": dict(check.facts),
                    "seconds": check.seconds,
                    "engine": engine,
                    "recorded_at": now,
                },
            )
        programme = submission.attempt.programme_id
        defer("review_submission", programme=programme, submission_id=str(submission.pk))
