"""The mentor's queue and desk: own claims, what waits, and one submission to mark.

Nothing here reads another mentor's mark, except through `visible_marks`, which keeps the rule.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from jobtwin.core.check import TAMPERING
from jobtwin.core.errors import NotFound
from jobtwin.core.identity import names_of
from jobtwin.store.models import CheckRecord, Decision, Mark, Person, Submission, VerificationEvent
from jobtwin.store.queries.mark import claimed_by, waiting_for

MAX_LOG = 200

Place = tuple[datetime, UUID]
"""Where a page of what waits ended: the instant of its last submission, and its id."""


def waiting_with_flags(mentor: Person, after: Place | None = None) -> QuerySet[Submission]:
    """`waiting_for` with flags, behind the place `after`."""
    rows = waiting_for(mentor)
    if after is not None:
        at, key = after
        rows = rows.filter(submitted_at__gte=at).exclude(submitted_at=at, pk__lte=key)
    return rows.annotate(**_flags(OuterRef("pk"), "draft_review"))


def open_claims(mentor: Person) -> QuerySet[Mark]:
    """The unsealed claims with flags, the oldest first."""
    rows = claimed_by(mentor).filter(sealed_at__isnull=True).order_by("claimed_at", "pk")
    return rows.annotate(**_flags(OuterRef("submission_id"), "submission__draft_review"))


def sealed_claims(mentor: Person, before: tuple[datetime, int] | None = None) -> QuerySet[Mark]:
    """The sealed marks with flags, the newest claim first, behind the place `before`."""
    rows = claimed_by(mentor).filter(sealed_at__isnull=False)
    if before is not None:
        at, key = before
        rows = rows.filter(claimed_at__lte=at).exclude(claimed_at=at, pk__gte=key)
    return rows.annotate(**_flags(OuterRef("submission_id"), "submission__draft_review"))


def claims_with_dates(mentor: Person) -> QuerySet[Mark]:
    """All own claims with flags, the newest first."""
    return claimed_by(mentor).annotate(**_flags(OuterRef("submission_id"), "submission__draft_review"))


def decisions_of(marks: list[Mark]) -> dict[UUID, Decision]:
    """Decisions by submission, for the sealed ones among these marks (both seals stand behind each)."""
    sealed = [mark.submission_id for mark in marks if mark.sealed_at is not None]
    return {one.submission_id: one for one in Decision.objects.filter(submission_id__in=sealed)}


def both_sealed(marks: list[Mark]) -> set[UUID]:
    """The submissions of these marks where this mentor and the first two seats have sealed."""
    own = [mark.submission_id for mark in marks if mark.sealed_at is not None]
    seats: dict[UUID, set[int]] = {}
    rows = Mark.objects.filter(submission_id__in=own, sealed_at__isnull=False, seat__lt=4)
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


def _flags(submission: OuterRef, draft: str) -> dict[str, Any]:
    """What stands at the top of the desk, as truths: a refuted check, tampering, a flag of the guard."""
    checks = CheckRecord.objects.filter(submission=submission)
    marked = Q(**{f"{draft}__document__flags__0__isnull": False})
    return {
        "refuted": Exists(checks.filter(verdict="refuted")),
        "tampering": Exists(checks.filter(reason__in=TAMPERING)),
        "guard": Case(When(marked, then=Value(value=True)), default=Value(value=False)),
    }
