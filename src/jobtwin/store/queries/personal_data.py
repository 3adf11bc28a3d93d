"""Everything that is kept about one person, as the files of their export (docs/personal-data.md)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from jobtwin.store.models import (
    ApiToken,
    Appeal,
    Attempt,
    AuditEntry,
    CalibrationOpening,
    CheckRecord,
    ClockPause,
    Consent,
    Credential,
    Dispute,
    Draft,
    EndedClaim,
    Invitation,
    LtiGrade,
    LtiUser,
    Mark,
    Membership,
    Notification,
    Person,
    Receipt,
    Rehearsal,
    Revision,
    SourceToken,
    Submission,
    Upload,
    VerificationEvent,
)
from jobtwin.store.platform import artefacts
from jobtwin.store.queries.attempt import attempts_of
from jobtwin.store.queries.decision import result_of

File = tuple[str, bytes | Path]
"""A name in the archive with its bytes, or the file that holds them."""


def files_of(person: Person) -> Iterator[File]:
    """The files of a person's export, one after the other; nobody else's marks before results are shown."""
    yield _json("account.json", _account(person))
    yield _json("acts.json", _rows(AuditEntry.objects.filter(actor=person), "at", "what", "subject", "facts"))
    told = Notification.objects.filter(person=person).order_by("pk")
    yield _json("messages.json", _rows(told, "at", "kind", "facts", "read_at"))
    yield _json("marking.json", _marking(person))
    for attempt in attempts_of(person):
        yield from _attempt(attempt)


def _account(person: Person) -> dict[str, object]:
    return {
        "email": person.email,
        "name": person.name,
        "joined_at": person.joined_at,
        "addresses": _rows(EmailAddress.objects.filter(user=person), "email", "verified", "primary"),
        "roles": _rows(Membership.objects.filter(person=person), "programme__slug", "role"),
        "invitations": _rows(
            Invitation.objects.filter(accepted_by=person), "programme__slug", "role", "email", "created_at",
            "accepted_at",
        ),
        "mail": person.mail_pace,
        "language": person.language,
        "other_sign_ins": _rows(SocialAccount.objects.filter(user=person), "provider", "uid", "date_joined"),
        "platforms": _rows(LtiUser.objects.filter(person=person), "platform__title", "subject", "linked_at"),
        "sessions": _rows(UserSession.objects.filter(user=person), "created_at", "ip", "user_agent"),
        "tokens": _rows(
            ApiToken.objects.filter(person=person), "name", "hint", "scopes", "created_at", "expires_at",
            "last_used_at", "revoked_at",
        ),
    }  # fmt: skip


def _marking(person: Person) -> dict[str, object]:
    """What a mentor did; whose submission it was is not theirs to take along."""
    marks, openings = Mark.objects.filter(mentor=person), CalibrationOpening.objects.filter(mentor=person)
    revisions = Revision.objects.filter(mark__in=marks)
    ended, pauses = EndedClaim.objects.filter(mentor=person), ClockPause.objects.filter(mentor=person)
    return {
        "marks": _rows(
            marks.order_by("claimed_at", "pk"), "submission", "claimed_at", "scores", "comments", "readings",
            "first_pass", "first_passed_at", "saved_at", "sealed_at",
        ),
        "revisions": _rows(revisions, "mark__submission", "scores", "reason", "revised_at"),
        "ended_claims": _rows(ended, "submission", "claimed_at", "ended_at", "ending", "reason"),
        "pauses": _rows(pauses, "start", "end", "reason", "made_at", "cancelled_at"),
        "calibrations": _rows(openings, "brief_id", "opened_at"),
    }  # fmt: skip


def _attempt(attempt: Attempt) -> Iterator[File]:
    folder = f"attempts/{attempt.pk}"
    yield _json(f"{folder}/attempt.json", _clock(attempt))
    yield _json(f"{folder}/brief.json", attempt.brief_version.document)
    drafts = Draft.objects.filter(attempt=attempt).order_by("version")
    yield _json(f"{folder}/drafts.json", _rows(drafts, "version", "saved_at", "body"))
    for receipt in Receipt.objects.filter(attempt=attempt):
        number = f"-{receipt.draft_version}" if receipt.what == "draft" else ""
        if receipt.what == "extend":
            number = f"-{receipt.pk}"
        yield _json(f"{folder}/receipts/{receipt.what}{number}.json", receipt.document)
    if attempt.submitted_at is not None:
        yield from _submission(folder, attempt)
    for credential in Credential.objects.filter(attempt=attempt) if attempt.decided_at else ():
        yield _json(f"{folder}/credentials/{credential.pk}.json", credential.document)
        yield f"{folder}/credentials/{credential.pk}.jwt", credential.jwt.encode()


def _submission(folder: str, attempt: Attempt) -> Iterator[File]:
    rows = Submission.objects.filter(attempt=attempt)
    names = (
        "id",
        "source",
        "commit",
        "answers",
        "notes",
        "forced",
        "force_reason",
        "artifact",
        "logs",
        "submitted_at",
        "by_clock_at",
    )
    yield _json(f"{folder}/submission.json", _rows(rows, *names)[0])
    checks = CheckRecord.objects.filter(submission=attempt.submission)
    yield _json(f"{folder}/checks.json", _rows(checks, "check_id", "verdict", "reason", "summary", "facts"))
    events = VerificationEvent.objects.filter(submission=attempt.submission).order_by("pk")
    yield _json(f"{folder}/progress.json", _rows(events, "at", "phase", "kind", "text"))
    result = result_of(attempt)
    if result is not None:
        decision = result.decision
        yield _json(
            f"{folder}/result.json",
            {
                "passed": decision.passed,
                "overall": decision.overall,
                "route": decision.route,
                "scores": decision.scores,
                "signed_at": decision.signed_at,
                "marks": [{"scores": one.scores, "comments": one.comments} for one in result.marks],
                "skills": [{"skill": one.skill, "weight": one.weight} for one in result.skills],
            },
        )
    if result is not None:
        appeals = Appeal.objects.filter(submission=attempt.submission)
        told = _rows(appeals, "reason", "opened_at", "former", "replay", "replayed_at", "decided_at")
        yield _json(f"{folder}/appeal.json", told)
    bundle = artefacts().bundle(attempt.submission.pk)
    if bundle.exists():
        yield f"{folder}/commit.bundle", bundle


def _clock(attempt: Attempt) -> dict[str, object]:
    consents = Consent.objects.filter(attempt=attempt)
    return {
        "id": attempt.pk,
        "programme": attempt.programme.slug,
        "brief_digest": attempt.brief_version.digest,
        "started_at": attempt.started_at,
        "deadline": attempt.deadline,
        "submitted_at": attempt.submitted_at,
        "verified_at": attempt.verified_at,
        "decided_at": attempt.decided_at,
        "withdrawn_at": attempt.withdrawn_at,
        "voided_at": attempt.voided_at,
        "void_reason": attempt.void_reason,
        "window_ends": attempt.window_ends,
        "extensions": _rows(
            attempt.extensions.all(), "granted_at", "kind", "minutes", "window", "reason", "deadline_after"
        ),
        "source_token": _rows(SourceToken.objects.filter(attempt=attempt), "host", "kept_at"),
        "uploads": _rows(Upload.objects.filter(attempt=attempt), "uploaded_at", "sha256", "size", "commit"),
        "rehearsals": _rows(
            Rehearsal.objects.filter(attempt=attempt), "number", "requested_at", "source", "commit", "checks"
        ),
        "disputes": _rows(
            Dispute.objects.filter(check_record__submission__attempt=attempt),
            "check_record__check_id",
            "reason",
            "raised_at",
            "answer",
            "answered_at",
        ),
        "grades_sent": _rows(
            LtiGrade.objects.filter(attempt=attempt),
            "placement__user__platform__title",
            "occasion",
            "score",
            "sent_at",
        ),
        "consents": _rows(consents, "given_at", "withdrawn_at"),
        "listings": _rows(attempt.listings.all(), "name", "link", "given_at", "withdrawn_at"),
    }


def _rows(rows: QuerySet[Any], *names: str) -> list[dict[str, object]]:
    return list(rows.values(*names))


def _json(name: str, document: object) -> File:
    text = json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    return name, text.encode("utf-8", errors="surrogatepass")
