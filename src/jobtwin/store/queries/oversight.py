"""What operators see of marking: who holds what and until when. No score and no comment."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from jobtwin.core.errors import NotFound
from jobtwin.store.models import ClockPause, EndedClaim, Mark, Person, Programme, Role, Submission
from jobtwin.store.queries.programme import programmes_with


def unclaimed(operator: Person, after: tuple[datetime, UUID] | None = None) -> QuerySet[Submission]:
    """What waits for a mentor, the oldest first, behind the place `after`."""
    rows = Submission.objects.filter(wanted_since__isnull=False, attempt__voided_at__isnull=True)
    rows = rows.filter(attempt__programme__in=_own(operator), attempt__calibration=False)
    if after is not None:
        at, key = after
        rows = rows.filter(submitted_at__gte=at).exclude(submitted_at=at, pk__lte=key)
    return rows.select_related("attempt__brief_version").order_by("submitted_at", "pk")


def in_marking(operator: Person, after: tuple[datetime, UUID] | None = None) -> QuerySet[Submission]:
    """Claimed and undecided, the oldest clock first, behind the place `after`."""
    rows = in_marking_of(_own(operator))
    if after is not None:
        at, key = after
        rows = rows.filter(first_claimed_at__gte=at).exclude(first_claimed_at=at, pk__lte=key)
    return rows


def in_marking_of(programmes: QuerySet[Programme]) -> QuerySet[Submission]:
    """What is claimed and undecided in programmes, the oldest clock first."""
    rows = Submission.objects.filter(
        first_claimed_at__isnull=False,
        attempt__verified_at__isnull=False,
        attempt__decided_at__isnull=True,
        attempt__voided_at__isnull=True,
        attempt__calibration=False,
        attempt__programme__in=programmes,
    )
    return rows.select_related("attempt__brief_version", "decision").order_by("first_claimed_at", "pk")


def marks_with_mentors(submissions: list[Submission]) -> list[Mark]:
    """Their marks in the order of seats, each with its submission and its mentor."""
    known = {one.pk: one for one in submissions}
    marks = list(Mark.objects.filter(submission__in=submissions).select_related("mentor").order_by("seat"))
    for mark in marks:
        mark.submission = known[mark.submission_id]
    return marks


def mark_of(operator: Person, submission_id: UUID, mentor_id: int) -> Mark:
    """One mentor's mark on a submission of their programmes. Raises NotFound."""
    rows = Mark.objects.filter(submission__attempt__programme__in=_own(operator))
    found = rows.filter(submission_id=submission_id, mentor_id=mentor_id).first()
    if found is None:
        raise NotFound("this mentor does not mark this submission")
    return found


def newest_ended_claims(operator: Person) -> QuerySet[EndedClaim]:
    """Claims of their programmes that ended without a seal, the newest first."""
    rows = EndedClaim.objects.filter(submission__attempt__programme__in=_own(operator))
    return rows.select_related("mentor", "by", "submission__attempt__brief_version")


def newest_pauses(operator: Person) -> QuerySet[ClockPause]:
    """The pauses of their programmes, the latest first."""
    rows = ClockPause.objects.filter(programme__in=_own(operator))
    return rows.select_related("programme", "mentor", "made_by", "cancelled_by")


def pause_of(operator: Person, pause_id: int) -> ClockPause:
    """One pause of their programmes. Raises NotFound."""
    found = newest_pauses(operator).filter(pk=pause_id).first()
    if found is None:
        raise NotFound("there is no such pause")
    return found


def _own(operator: Person) -> QuerySet[Programme]:
    return programmes_with(operator, Role.OPERATOR).order_by()
