"""A person's own data: taking all of it along, and erasing it while ledgers stay verifiable."""

import hashlib
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q, QuerySet

from jobtwin.core.errors import BadInput, Refused
from jobtwin.services.audit import record_act
from jobtwin.services.session import end_other_sessions
from jobtwin.store.models import (
    ApiToken,
    Attempt,
    AuditEntry,
    CheckRecord,
    Consent,
    Credential,
    Dispute,
    Draft,
    DraftReviewRecord,
    FingerprintSet,
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
    Submission,
    Upload,
    VerificationEvent,
)
from jobtwin.store.queries.personal_data import files_of
from jobtwin.store.queue import defer

FORM = "jobtwin-data/1"
MOST_A_DAY = 5
"""Exports of one person in 24 hours."""
NOBODY = "erased.invalid"
"""The host of the address that an erased account is left with; RFC 2606 keeps it for nobody."""


def export_data(*, person: Person, into: IO[bytes], now: datetime) -> None:
    """Writes everything that is kept about a person as a ZIP; the manifest names the SHA-256 of each file.

    Raises Refused over MOST_A_DAY.
    """
    recent = AuditEntry.objects.filter(actor=person, what="data_exported", at__gt=now - timedelta(days=1))
    if recent.count() >= MOST_A_DAY:
        raise Refused(
            f"you took your data along {MOST_A_DAY} times today; try again tomorrow", code="too_often"
        )
    record_act(actor=person, programme=None, what="data_exported", subject=f"person {person.pk}", now=now)
    files: dict[str, str] = {}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files_of(person):
            files[name] = _put(archive, name, content)
        manifest = {"form": FORM, "made_at": now.isoformat(), "files": files}
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))


def erase_person(*, person: Person, confirmation: str, now: datetime) -> None:
    """Erases an account for good: who it was, what it wrote, its files and its access.

    What stays names nobody: instants, scores, commit ids, hashes, the ledgers and receipts. Issued
    credentials stay valid for whoever holds a copy; ours is removed.

    Raises BadInput unless the person's address was typed, Refused while a submission of theirs is being
    marked, while a mark of theirs is unsealed, and for the last operator of a programme.
    """
    if confirmation.strip().lower() != person.email:
        raise BadInput("type your e-mail address to confirm: nothing of this can be undone")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        _require_erasable(person)
        attempts = Attempt.objects.filter(learner=person)
        _erase_work(attempts)
        _erase_access(person)
        _erase_files(attempts)
        Invitation.objects.filter(accepted_by=person).update(email=f"nobody@{NOBODY}")
        _erase_identity(person, now)
        record_act(actor=None, programme=None, what="person_erased", subject=f"person {person.pk}", now=now)


def _require_erasable(person: Person) -> None:
    waiting = Attempt.objects.filter(
        learner=person, submitted_at__isnull=False, decided_at__isnull=True
    ).filter(voided_at__isnull=True)
    if waiting.exists():
        raise Refused("your submission is being marked; erase the account once it is decided", code="marking")
    if Mark.objects.filter(mentor=person, sealed_at__isnull=True).exists():
        raise Refused("you hold unsealed claims; seal them first", code="unsealed_marks")
    for member in Membership.objects.filter(person=person, role=Role.OPERATOR):
        if Membership.objects.filter(programme=member.programme, role=Role.OPERATOR).count() == 1:
            raise Refused(
                "a programme keeps its last operator; invite another one first", code="last_operator"
            )


def _erase_work(attempts: QuerySet[Attempt]) -> None:
    """Whatever a learner wrote, and what was written about it; marks keep their scores."""
    submissions = Submission.objects.filter(attempt__in=attempts)
    Draft.objects.filter(attempt__in=attempts).delete()
    for model in (Consent, Listing):
        model.objects.filter(attempt__in=attempts).delete()
    attempts.filter(voided_at__isnull=False).update(void_reason="erased")
    Credential.objects.filter(attempt__in=attempts).update(document={}, jwt="")
    VerificationEvent.objects.filter(submission__in=submissions).delete()
    Similarity.objects.filter(Q(first__in=submissions) | Q(second__in=submissions)).delete()
    OriginalityFacts.objects.filter(submission__in=submissions).delete()
    FingerprintSet.objects.filter(submission__in=submissions).delete()
    CheckRecord.objects.filter(submission__in=submissions).update(summary="", facts={})
    DraftReviewRecord.objects.filter(submission__in=submissions).update(document={}, quotes={})
    Mark.objects.filter(submission__in=submissions).update(comments={})
    Revision.objects.filter(mark__submission__in=submissions).update(reason="")
    Dispute.objects.filter(check_record__submission__in=submissions).update(reason="")
    Rehearsal.objects.filter(attempt__in=attempts).delete()
    submissions.update(source="", notes="", answers={}, force_reason="", artifact="", logs={})


def _erase_files(attempts: QuerySet[Attempt]) -> None:
    """Queues the removal of kept files: it happens exactly if the rest of the erasure is committed."""
    for submission in Submission.objects.filter(attempt__in=attempts).values_list("pk", flat=True):
        defer("erase_files", folder="submissions", name=str(submission))
    uploads = Upload.objects.filter(attempt__in=attempts)
    for upload in uploads.values_list("pk", flat=True):
        defer("erase_files", folder="uploads", name=str(upload))
    uploads.delete()


def _erase_identity(person: Person, now: datetime) -> None:
    person.email, person.name, person.is_active, person.erased_at = f"{uuid4()}@{NOBODY}", "", False, now
    person.set_unusable_password()
    person.save(update_fields=["email", "name", "password", "is_active", "erased_at"])


def _erase_access(person: Person) -> None:
    end_other_sessions(person=person, keep="")
    for model in (ApiToken, IdempotencyRecord, LtiLaunch, LtiUser, Membership, Notification, Mail):
        model.objects.filter(person=person).delete()
    for other in (EmailAddress, SocialAccount, Authenticator):
        other.objects.filter(user=person).delete()


def _put(archive: zipfile.ZipFile, name: str, content: bytes | Path) -> str:
    if isinstance(content, bytes):
        archive.writestr(name, content)
        return hashlib.sha256(content).hexdigest()
    archive.write(content, name, zipfile.ZIP_STORED)  # a git bundle is compressed already
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
