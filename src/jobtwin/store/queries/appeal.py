"""Appeals: a learner's own, and what two new marks give."""

from datetime import datetime
from decimal import Decimal

from jobtwin.core.appeal import APPEAL_SEATS, resolve_appeal
from jobtwin.core.decision import Decision as Resolution
from jobtwin.core.ledger import score_text
from jobtwin.store.models import Appeal, Attempt, Decision, Mark, Submission


def appeal_of(attempt: Attempt) -> Appeal | None:
    """The appeal of an attempt, or None."""
    return Appeal.objects.filter(submission__attempt=attempt).first()


def shown_at(attempt: Attempt) -> datetime | None:
    """Since when the learner could see the result; None before."""
    decision = Decision.objects.filter(submission__attempt=attempt, signed_at__isnull=False).first()
    programme = attempt.programme
    if decision is None or decision.signed_at is None or not programme.shows_results:
        return None
    return max(decision.signed_at, programme.released_at or decision.signed_at)


def standing_of(decision: Decision) -> dict[str, object]:
    """A decision with its skills, as an appeal keeps the former one."""
    return {
        "scores": decision.scores,
        "overall": score_text(decision.overall),
        "passed": decision.passed,
        "skills": {one.skill: score_text(one.weight) for one in decision.skill_assertions.all()},
    }


def appeal_marks(submission: Submission) -> list[Mark]:
    """The sealed marks of an appeal, in the order of seats."""
    rows = Mark.objects.filter(submission=submission, seat__in=APPEAL_SEATS, sealed_at__isnull=False)
    return list(rows.select_related("mentor").order_by("seat"))


def appeal_resolution(appeal: Appeal) -> Resolution | None:
    """What the two new marks give, or None where one is missing. For code, not for pages."""
    marks = appeal_marks(appeal.submission)
    if [mark.seat for mark in marks] != list(APPEAL_SEATS):
        return None
    brief = appeal.submission.attempt.brief_version.brief
    former = {dimension: Decimal(score) for dimension, score in appeal.former["scores"].items()}
    return resolve_appeal(brief, former, marks[0].exact_scores(), marks[1].exact_scores())
