"""What a mentor may see of marking: nothing of another mentor before both have sealed."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from jobtwin.core.appeal import APPEAL_SEATS
from jobtwin.core.decision import Decision as Resolution
from jobtwin.core.decision import SealedMark, Step, resolve
from jobtwin.store.models import Appeal, EndedClaim, Mark, Person, Role, Submission
from jobtwin.store.queries.claim import clock
from jobtwin.store.queries.programme import programmes_with


def waiting_for(mentor: Person) -> QuerySet[Submission]:
    """What this mentor may claim in their programmes, oldest first. Says nothing of who else did.

    A copy of a gold submission waits for its one mentor, like any other.
    """
    own = Mark.objects.filter(submission=OuterRef("pk"), mentor=mentor)
    ended = EndedClaim.objects.filter(submission=OuterRef("pk"), mentor=mentor)
    return (
        Submission.objects.filter(~Exists(own), ~Exists(ended), wanted_since__isnull=False)
        .filter(attempt__programme__in=programmes_with(mentor, Role.MENTOR).order_by())
        .filter(Q(attempt__calibration=False) | Q(calibration_case__mentor=mentor))
        .exclude(attempt__voided_at__isnull=False)
        .exclude(attempt__learner=mentor)
        .select_related("attempt__brief_version")
        .order_by("submitted_at", "pk")
    )


def free_seat(submission: Submission) -> int | None:
    """The next seat that a mentor may take; the third only where two stayed apart after their discussion."""
    taken = set(Mark.objects.filter(submission=submission).values_list("seat", flat=True))
    if Appeal.objects.filter(submission=submission).exists():
        return next((seat for seat in APPEAL_SEATS if seat not in taken), None)
    for seat in (1, 2):
        if seat not in taken:
            return seat
    return 3 if 3 not in taken and resolution(submission) is Step.THIRD_MENTOR else None


def claimed_by(mentor: Person) -> QuerySet[Mark]:
    """The mentor's own marks, newest claim first."""
    return (
        Mark.objects.filter(mentor=mentor)
        .select_related("submission__attempt__brief_version")
        .order_by("-claimed_at", "-pk")
    )


def visible_marks(own: Mark) -> list[Mark]:
    """The marks this mentor may see, in the order of seats: the own one, and all once both are sealed.

    The third mentor sees the first two only after sealing; those of an appeal see all once both have sealed,
    and nobody else sees theirs.
    """
    if own.sealed_at is None:
        return [own]
    marks = list(
        Mark.objects.filter(submission_id=own.submission_id)
        .select_related("mentor", "revision")
        .order_by("seat")
    )
    sealed = [mark for mark in marks if mark.sealed_at is not None]
    if own.seat in APPEAL_SEATS:
        return sealed if set(APPEAL_SEATS) <= {mark.seat for mark in sealed} else [own]
    exam = [mark for mark in sealed if mark.seat not in APPEAL_SEATS]
    return exam if {1, 2} <= {mark.seat for mark in exam} else [own]


def draft_visible(mark: Mark) -> bool:
    """Whether the mentor may see the draft's verdicts and bounds now: the brief's rule."""
    rule = mark.submission.attempt.brief_version.brief.marking.draft_visibility
    return rule == "always" or (rule == "after_first_pass" and mark.first_pass is not None)


def resolution(submission: Submission) -> Resolution | Step:
    """The decision that the sealed marks give, or the step that is missing. For code, not for pages."""
    marks = (
        Mark.objects.filter(submission=submission, sealed_at__isnull=False)
        .exclude(seat__in=APPEAL_SEATS)
        .select_related("revision")
        .order_by("seat")
    )
    listed = list(marks)
    if [mark.seat for mark in listed[:2]] != [1, 2]:
        return Step.MARK
    sealed = [
        SealedMark(mark.exact_scores(), mark.revision.exact_scores() if hasattr(mark, "revision") else None)
        for mark in listed
    ]
    return resolve(submission.attempt.brief_version.brief, sealed)


def due_at(own: Mark) -> datetime:
    """When this mentor's seal is due: see `core.claim`."""
    return clock(own).due
