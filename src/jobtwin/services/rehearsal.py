"""Rehearsing: the platform verifies a commit for its learner alone, a limited number of times."""

from datetime import datetime

from django.db import transaction

from jobtwin.core.attempt import require_open
from jobtwin.core.check import VerificationReport
from jobtwin.core.errors import Conflict, Refused
from jobtwin.store.models import Attempt, Rehearsal
from jobtwin.store.queue import defer_verification


def request_rehearsal(
    *, attempt: Attempt, source: str, commit: str, artifact: str = "", now: datetime
) -> Rehearsal:
    """Queues a rehearsal of a commit that the caller has resolved; the clock runs on.

    Raises Refused where the brief allows no more, Conflict while one is running, and as `require_open`.
    """
    with transaction.atomic():
        locked = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
        locked.brief_version = attempt.brief_version
        used = require_rehearsal(locked, now)
        rehearsal = Rehearsal.objects.create(
            attempt=locked, number=used + 1, source=source, artifact=artifact, commit=commit, requested_at=now
        )
        defer_verification("rehearse", attempt=locked, rehearsal_id=str(rehearsal.pk))
    return rehearsal


def require_rehearsal(attempt: Attempt, now: datetime) -> int:
    """How many rehearsals were used. Raises as `request_rehearsal` does where there is no further one."""
    require_open(attempt.facts, now=now)
    allowed = attempt.brief_version.brief.rehearsals
    before = Rehearsal.objects.filter(attempt=attempt)
    if before.filter(finished_at__isnull=True).exists():
        raise Conflict("a rehearsal is running; wait for its result", code="rehearsing")
    used = before.count()
    if used >= allowed:
        many = f"all {allowed} are used" if allowed else "this exam has none"
        raise Refused(f"there is no further rehearsal: {many}", code="no_rehearsal")
    return used


def record_rehearsal(*, rehearsal: Rehearsal, report: VerificationReport, now: datetime) -> None:
    """Records the result, once; a repeated job leaves the first one."""
    Rehearsal.objects.filter(pk=rehearsal.pk, finished_at__isnull=True).update(
        finished_at=now, checks=[check.as_json() for check in report.checks]
    )
