"""What a mentor may see of marking: nothing of another mentor before both have sealed."""

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from jobtwin.core.decision import Decision as Resolution
from jobtwin.core.decision import SealedMark, Step, resolve
from jobtwin.store.models import Mark, Person, Role, Submission
from jobtwin.store.queries.programme import programmes_with


def waiting_for(mentor: Person) -> QuerySet[Submission]:
    """Verified submissions of their programmes that this mentor may claim, oldest first.

    It says nothing of who else did. A third seat opens only when two sealed marks stayed apart after
    their discussion. A copy of a gold submission waits for its one mentor, like any other.
    """
    own_case = Q(attempt__calibration=False) | Q(calibration_case__mentor=mentor)
    two_seats = Q(taken__lt=2)
    third_seat = Q(taken=2, revised=2, decision__isnull=True)
    return (
        Submission.objects.filter(
            attempt__verified_at__isnull=False,
            attempt__decided_at__isnull=True,
            attempt__voided_at__isnull=True,
            attempt__programme__in=programmes_with(mentor, Role.MENTOR).order_by(),
        )
        .filter(own_case)
        .exclude(marks__mentor=mentor)
        .exclude(attempt__learner=mentor)
        .annotate(
            taken=Count("marks", distinct=True),
            revised=Count("marks__revision", distinct=True),
        )
        .filter(two_seats | third_seat)
        .select_related("attempt__brief_version", "decision")
        .order_by("submitted_at")
    )


def claimed_by(mentor: Person) -> QuerySet[Mark]:
    """The mentor's own marks, newest claim first."""
    return (
        Mark.objects.filter(mentor=mentor)
        .select_related("submission__attempt__brief_version")
        .order_by("-claimed_at")
    )


def visible_marks(own: Mark) -> list[Mark]:
    """The marks this mentor may see, in the order of seats: the own one, and all once both are sealed.

    The third mentor sees the first two only after sealing.
    """
    if own.sealed_at is None:
        return [own]
    marks = list(
        Mark.objects.filter(submission_id=own.submission_id)
        .select_related("mentor", "revision")
        .order_by("seat")
    )
    sealed = [mark for mark in marks if mark.sealed_at is not None]
    return sealed if {1, 2} <= {mark.seat for mark in sealed} else [own]


def draft_visible(mark: Mark) -> bool:
    """Whether the mentor may see the draft's verdicts and bounds now: the brief's rule."""
    rule = mark.submission.attempt.brief_version.brief.marking.draft_visibility
    return rule == "always" or (rule == "after_first_pass" and mark.first_pass is not None)


def resolution(submission: Submission) -> Resolution | Step:
    """The decision that the sealed marks give, or the step that is missing. For code, not for pages."""
    marks = (
        Mark.objects.filter(submission=submission, sealed_at__isnull=False)
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
    """When this mentor's seal is due: the SLA after the earlier of the own and the first claim."""
    first = Mark.objects.filter(submission_id=own.submission_id).order_by("claimed_at").first()
    start = min(own.claimed_at, first.claimed_at if first else own.claimed_at)
    sla: timedelta = own.submission.attempt.brief_version.brief.sla
    return start + sla
