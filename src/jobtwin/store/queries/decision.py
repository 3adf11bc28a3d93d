"""What a learner is told once the decision is signed."""

from dataclasses import dataclass

from jobtwin.store.models import (
    Attempt,
    CheckRecord,
    Consent,
    Credential,
    Decision,
    DraftReviewRecord,
    Listing,
    Mark,
    SkillAssertion,
)
from jobtwin.store.queries.credential import newest_credential


@dataclass(frozen=True, slots=True)
class Result:
    """A signed decision with everything that stands beside it; marks in the order of seats."""

    decision: Decision
    marks: tuple[Mark, ...]
    checks: tuple[CheckRecord, ...]
    skills: tuple[SkillAssertion, ...]
    credential: Credential | None
    consent: Consent | None
    listing: Listing | None
    draft: DraftReviewRecord | None


def result_of(attempt: Attempt) -> Result | None:
    """The result, or None before the sign-off."""
    if attempt.decided_at is None:
        return None
    submission = attempt.submission
    return Result(
        submission.decision,
        tuple(
            Mark.objects.filter(submission=submission, sealed_at__isnull=False, seat__lt=4).order_by("seat")
        ),
        tuple(CheckRecord.objects.filter(submission=submission)),
        tuple(SkillAssertion.objects.filter(decision=submission.decision).order_by("skill")),
        newest_credential(attempt),
        Consent.objects.filter(attempt=attempt, withdrawn_at__isnull=True).first(),
        Listing.objects.filter(attempt=attempt, withdrawn_at__isnull=True).first(),
        DraftReviewRecord.objects.filter(submission=submission).first(),
    )
