"""Scores for learning platforms: a row where a result is shown, sent by a job until it is taken."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from jobtwin.core.webhook import wait_after
from jobtwin.services.outbox import take_due
from jobtwin.store.models import Attempt, LtiGrade, LtiPlacement, LtiPlatform

MAX_PROBLEM = 300
DECISION, APPEAL = "decision", "appeal"


@dataclass(frozen=True, slots=True)
class Owed:
    """A score that is to be sent now."""

    grade: LtiGrade
    platform: LtiPlatform
    subject: str
    lineitem: str


def owe_grade(*, attempt: Attempt, score: Decimal, occasion: str, now: datetime) -> None:
    """Notes the score for every place that the learner's launches of this exam named; again, changes nothing.

    Called where the learner may see the result, and by nobody else.
    """
    if attempt.calibration:
        return
    placements = LtiPlacement.objects.filter(
        user__person_id=attempt.learner_id,
        user__platform__programme_id=attempt.programme_id,
        brief_id=attempt.brief_id,
    )
    rows = [
        LtiGrade(
            placement=one, attempt=attempt, occasion=occasion, score=score, decided_at=now, next_try_at=now
        )
        for one in placements
    ]
    LtiGrade.objects.bulk_create(rows, ignore_conflicts=True)


def take_grade(*, now: datetime) -> Owed | None:
    """The next score to send, which nobody else gets before its next try; None where none is due.

    A worker that dies after the platform's answer sends the same score with the same instant again, which
    changes nothing there.
    """
    due = LtiGrade.objects.filter(sent_at__isnull=True, given_up_at__isnull=True, next_try_at__lte=now)
    due = due.filter(placement__user__platform__off_at__isnull=True)
    rows = due.select_related("placement__user__platform").order_by("next_try_at", "decided_at", "pk")
    found = take_due(rows, wait_after=lambda tries, one: wait_after(tries, one.pk), now=now)
    if found is None:
        return None
    user = found.placement.user
    return Owed(found, user.platform, user.subject, found.placement.lineitem)


def record_grade(*, grade: LtiGrade, problem: str, retry: bool, now: datetime) -> None:
    """What became of a try: sent where there is no problem, given up where a later try cannot help."""
    if not problem:
        LtiGrade.objects.filter(pk=grade.pk).update(sent_at=now, given_up_at=None, problem="")
        return
    ended = {} if retry else {"given_up_at": now}
    LtiGrade.objects.filter(pk=grade.pk).update(problem=problem[:MAX_PROBLEM].replace("\0", ""), **ended)
