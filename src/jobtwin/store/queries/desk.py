"""The mentor's queue and desk: own claims, what waits, and one submission to mark.

Nothing here reads another mentor's mark, except through `visible_marks`, which keeps the rule; the
first claim's time is read because the SLA counts from it.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, QuerySet

from jobtwin.core.errors import NotFound
from jobtwin.core.identity import names_of
from jobtwin.store.models import CheckRecord, Decision, Mark, Person, Submission, VerificationEvent
from jobtwin.store.queries.mark import claimed_by, waiting_for

MAX_LOG = 200


def waiting_with_flags(mentor: Person) -> QuerySet[Submission]:
    """`waiting_for` with `refuted`: True where a check of the submission is refuted."""
    return waiting_for(mentor).annotate(refuted=Exists(_refuted(OuterRef("pk"))))


def claims_with_dates(mentor: Person) -> QuerySet[Mark]:
    """`claimed_by` with `refuted` and `first_claim`, which the time until due counts from."""
    return claimed_by(mentor).annotate(
        refuted=Exists(_refuted(OuterRef("submission_id"))),
        first_claim=Min("submission__marks__claimed_at"),
    )


def decisions_of(marks: list[Mark]) -> dict[UUID, Decision]:
    """Decisions by submission, for the sealed ones among these marks (both seals stand behind each)."""
    sealed = [mark.submission_id for mark in marks if mark.sealed_at is not None]
    return {one.submission_id: one for one in Decision.objects.filter(submission_id__in=sealed)}


def both_sealed(marks: list[Mark]) -> set[UUID]:
    """The submissions of these marks where this mentor and the first two seats have sealed."""
    own = [mark.submission_id for mark in marks if mark.sealed_at is not None]
    seats: dict[UUID, set[int]] = {}
    rows = Mark.objects.filter(submission_id__in=own, sealed_at__isnull=False)
    for submission, seat in rows.values_list("submission_id", "seat"):
        seats.setdefault(submission, set()).add(seat)
    return {submission for submission, sealed in seats.items() if sealed >= {1, 2}}


def waiting_submission(mentor: Person, submission_id: UUID) -> Submission:
    """A submission that this mentor may claim. Raises NotFound for any other, there or not."""
    found = waiting_for(mentor).filter(pk=submission_id).first()
    if found is None:
        raise NotFound("there is no such submission waiting for you")
    return found


def own_mark(mentor: Person, submission_id: UUID) -> Mark:
    """This mentor's mark on a submission. Raises NotFound where there is none, whoever else has one."""
    rows = Mark.objects.filter(mentor=mentor, submission_id=submission_id)
    found = rows.select_related(
        "submission__attempt__brief_version",
        "submission__attempt__programme",
        "submission__attempt__learner",
        "submission__draft_review",
    ).first()
    if found is None:
        raise NotFound("you have not claimed such a submission")
    return found


def verification_log(submission: Submission) -> list[VerificationEvent]:
    """The first MAX_LOG steps of the verification."""
    return list(VerificationEvent.objects.filter(submission=submission).order_by("pk")[:MAX_LOG])


def hidden_names(submission: Submission) -> tuple[str, ...]:
    """What a mentor must not read of this learner: nothing is hidden where the programme says so."""
    attempt = submission.attempt
    if not attempt.programme.hide_learners:
        return ()
    learner = attempt.learner
    if attempt.calibration:
        learner = Person.objects.get(attempts__submission__gold__cases__submission=submission)
    return names_of(name=learner.name, email=learner.email, source=submission.source)


def due_from(first_claim: datetime, mark: Mark) -> datetime:
    """When a seal is due, from the first claim that `claims_with_dates` brought along."""
    return min(first_claim, mark.claimed_at) + mark.submission.attempt.brief_version.brief.sla


def _refuted(submission: OuterRef) -> QuerySet[CheckRecord]:
    return CheckRecord.objects.filter(submission=submission, verdict="refuted")
