"""Erasing an account: whatever names a person or holds their words goes, and every ledger still verifies."""

from datetime import datetime
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q, QuerySet

from jobtwin.core.claim import TAKEN_OUT
from jobtwin.core.errors import BadInput, Refused
from jobtwin.services.audit import record_act
from jobtwin.services.notification import notify
from jobtwin.services.session import end_other_sessions
from jobtwin.store.models import (
    ApiToken,
    Appeal,
    Attempt,
    CalibrationCase,
    CheckRecord,
    ClockPause,
    Consent,
    Credential,
    Dispute,
    Draft,
    DraftReviewRecord,
    EndedClaim,
    FingerprintSet,
    GithubCheck,
    GoldSubmission,
    IdempotencyRecord,
    Invitation,
    Listing,
    LtiLaunch,
    LtiUser,
    Mail,
    Mark,
    Membership,
    Notification,
    OriginalityFacts,
    Person,
    Rehearsal,
    Revision,
    Role,
    Similarity,
    SourceToken,
    Submission,
    Upload,
    VerificationEvent,
)
from jobtwin.store.queue import defer

NOBODY = "erased.invalid"
"""The host of the address that an erased account is left with; RFC 2606 keeps it for nobody."""
ERASED = "erased"
"""Stands where a text was that a row may not be without."""


def erase_person(*, person: Person, confirmation: str, now: datetime) -> None:
    """Erases an account for good: who it was, what it wrote, its files and its access.

    What stays names nobody: instants, scores, commit ids, hashes, the ledgers and receipts. Issued
    credentials stay valid for whoever holds a copy; ours is removed. A submission that was gold is gold no
    more, and its copies for calibration are erased with it.

    Raises BadInput unless the person's address was typed, Refused while a submission or an appeal of theirs
    is being marked, while a mark of theirs is unsealed, and for the last operator of a programme.
    """
    if confirmation.strip().lower() != person.email:
        raise BadInput("type your e-mail address to confirm: nothing of this can be undone")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        _require_erasable(person)
        own = Attempt.objects.filter(learner=person)
        copies = _end_gold(own, now)
        attempts = Attempt.objects.filter(Q(learner=person) | Q(pk__in=copies))
        _erase_work(attempts)
        _erase_files(attempts)
        _erase_marking(person)
        _erase_invitations(person)
        _erase_access(person)
        _erase_identity(person, now)
        record_act(actor=None, programme=None, what="person_erased", subject=f"person {person.pk}", now=now)


def _require_erasable(person: Person) -> None:
    waiting = Attempt.objects.filter(
        learner=person, submitted_at__isnull=False, decided_at__isnull=True, voided_at__isnull=True
    )
    if waiting.exists():
        raise Refused("your submission is being marked; erase the account once it is decided", code="marking")
    if Appeal.objects.filter(submission__attempt__learner=person, decided_at__isnull=True).exists():
        raise Refused("your appeal is being marked; erase the account once it is decided", code="marking")
    if Mark.objects.filter(mentor=person, sealed_at__isnull=True).exists():
        raise Refused("you hold unsealed claims; seal them first", code="unsealed_marks")
    for member in Membership.objects.filter(person=person, role=Role.OPERATOR):
        if Membership.objects.filter(programme=member.programme, role=Role.OPERATOR).count() == 1:
            raise Refused(
                "a programme keeps its last operator; invite another one first", code="last_operator"
            )


def _end_gold(attempts: QuerySet[Attempt], now: datetime) -> list[object]:
    """Retires what is gold of these attempts; the ids of copied attempts. Unmarked copies are gone."""
    golds = GoldSubmission.objects.filter(submission__attempt__in=attempts)
    golds.filter(retired_at__isnull=True).update(retired_at=now)
    cases = CalibrationCase.objects.filter(gold__in=golds)
    for case in cases.exclude(submission__marks__sealed_at__isnull=False):
        _drop_copy(case, now)
    return list(cases.values_list("submission__attempt_id", flat=True))


def _drop_copy(case: CalibrationCase, now: datetime) -> None:
    """A copy that nobody has marked goes as a whole, with the claim on it."""
    copy = case.submission
    facts = {
        "title": copy.attempt.brief_version.document["title"],
        "submission": str(copy.pk)[:8],
        "why": TAKEN_OUT,
        "path": "/marking/",
    }
    for mark in Mark.objects.filter(submission=copy).select_related("mentor"):
        notify(person=mark.mentor, kind="claim_ended", key=str(copy.pk), facts=facts, now=now)
    case.delete()
    for model in (Mark, EndedClaim, ClockPause, CheckRecord, DraftReviewRecord):
        model.objects.filter(submission=copy).delete()
    defer("erase_files", folder="submissions", name=str(copy.pk))
    copy.delete()
    copy.attempt.delete()


def _erase_work(attempts: QuerySet[Attempt]) -> None:
    """Whatever a learner wrote, and what was written about it; marks keep their scores."""
    submissions = Submission.objects.filter(attempt__in=attempts)
    for model in (Draft, Consent, Listing, Rehearsal, SourceToken):
        model.objects.filter(attempt__in=attempts).delete()
    for other in (VerificationEvent, OriginalityFacts, FingerprintSet):
        other.objects.filter(submission__in=submissions).delete()
    Similarity.objects.filter(Q(first__in=submissions) | Q(second__in=submissions)).delete()
    attempts.filter(voided_at__isnull=False).update(void_reason=ERASED)
    credentials = Credential.objects.filter(attempt__in=attempts)
    credentials.update(document={}, jwt="")
    credentials.exclude(revocation_reason="").update(revocation_reason=ERASED)
    CheckRecord.objects.filter(submission__in=submissions).update(summary="", facts={})
    DraftReviewRecord.objects.filter(submission__in=submissions).update(document={}, quotes={})
    Mark.objects.filter(submission__in=submissions).update(comments={})
    Revision.objects.filter(mark__submission__in=submissions).update(reason="")
    disputes = Dispute.objects.filter(check_record__submission__in=submissions)
    disputes.update(reason="")
    disputes.exclude(answer="").update(answer=ERASED)
    appeals = Appeal.objects.filter(submission__in=submissions)
    appeals.update(reason="")
    appeals.filter(replay__isnull=False).update(replay={})
    EndedClaim.objects.filter(submission__in=submissions).update(reason="")
    ClockPause.objects.filter(submission__in=submissions).update(reason=ERASED)
    GithubCheck.objects.filter(submission__in=submissions).update(problem="")
    submissions.update(source="", notes="", answers={}, force_reason="", artifact="", logs={})


def _erase_files(attempts: QuerySet[Attempt]) -> None:
    """Queues the removal of kept files: it happens exactly if the rest of the erasure is committed."""
    for submission in Submission.objects.filter(attempt__in=attempts).values_list("pk", flat=True):
        defer("erase_files", folder="submissions", name=str(submission))
    uploads = Upload.objects.filter(attempt__in=attempts)
    for upload in uploads.values_list("pk", flat=True):
        defer("erase_files", folder="uploads", name=str(upload))
    uploads.delete()


def _erase_marking(person: Person) -> None:
    """Why a mentor gave work back or was away may speak of health or family; comments stay with the marks."""
    EndedClaim.objects.filter(mentor=person).update(reason="")
    ClockPause.objects.filter(mentor=person).update(reason=ERASED)


def _erase_invitations(person: Person) -> None:
    addresses = [person.email, *EmailAddress.objects.filter(user=person).values_list("email", flat=True)]
    known = Q(email__in=[one.lower() for one in addresses])
    Invitation.objects.filter(Q(accepted_by=person) | known).update(email=f"nobody@{NOBODY}")


def _erase_access(person: Person) -> None:
    end_other_sessions(person=person, keep="")
    for model in (ApiToken, IdempotencyRecord, LtiLaunch, LtiUser, Membership, Notification, Mail):
        model.objects.filter(person=person).delete()
    for other in (EmailAddress, SocialAccount, Authenticator):
        other.objects.filter(user=person).delete()


def _erase_identity(person: Person, now: datetime) -> None:
    person.email, person.name, person.is_active, person.erased_at = f"{uuid4()}@{NOBODY}", "", False, now
    person.set_unusable_password()
    person.save(update_fields=["email", "name", "password", "is_active", "erased_at"])
