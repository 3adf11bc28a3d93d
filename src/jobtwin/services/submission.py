"""Submitting, once and for good."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from jobtwin.core.attempt import require_submittable_now, with_grace
from jobtwin.core.errors import BadInput, Conflict, Refused
from jobtwin.core.submission import parse_answers, require_submittable
from jobtwin.proofs.receipt import Receipted
from jobtwin.services.event import publish_submission
from jobtwin.services.learner_news import tell_learner
from jobtwin.services.receipt import give_receipt, submitted_content
from jobtwin.store.models import Attempt, Draft, SourceToken, Submission
from jobtwin.store.queue import defer_verification

MAX_FORCE_REASON = 1_000


def submit_attempt(
    *,
    attempt: Attempt,
    source: str,
    commit: str,
    development_source: bool,
    answers: Mapping[str, str],
    notes: str = "",
    logs: Mapping[str, str] | None = None,
    artifact: str = "",
    force: bool = False,
    force_reason: str = "",
    draft_version: int = 0,
    now: datetime,
) -> Submission:
    """Submits a commit that the caller has resolved already, gives a receipt, and queues its verification.

    `draft_version` is the saved version that is submitted (0: none was saved), for the receipt.

    One of several racing submissions wins by a conditional UPDATE; the others are told by Conflict.
    Raises TooLate at or after the deadline (or the end of a grace), Refused before the last window, where a
    self-check is unanswered or a critical one says "no" without force. What the platform verifies never
    blocks a submission.
    """
    brief = attempt.brief_version.brief
    given = parse_answers(brief, answers)
    forced = require_submittable(brief, given, force=force)
    if forced and not force_reason.strip():
        raise Refused(
            "say in a sentence why you submit although a critical check is a no", code="force_reason"
        )
    if "\0" in force_reason + notes:
        raise BadInput("the text holds a NUL character")
    if len(force_reason) > MAX_FORCE_REASON:
        raise BadInput(f"the reason has at most {MAX_FORCE_REASON} characters")
    with transaction.atomic():
        if brief.windows:
            require_submittable_now(brief, Attempt.objects.get(pk=attempt.pk).facts, now=now)
        won = (
            Attempt.objects.filter(
                pk=attempt.pk,
                submitted_at__isnull=True,
                withdrawn_at__isnull=True,
                voided_at__isnull=True,
                started_at__lte=now,
            )
            .filter(Q(deadline__gt=now) | Q(grace_until__gt=now))
            .update(submitted_at=now)
        )
        if not won:
            require_submittable_now(brief, Attempt.objects.get(pk=attempt.pk).facts, now=now)
            raise Conflict("this attempt could not be submitted; reload the page")
        submission = Submission.objects.create(
            attempt=attempt,
            source=source,
            commit=commit,
            development_source=development_source,
            answers={check: answer.value for check, answer in given.items()},
            forced=forced,
            force_reason=force_reason.strip() if forced else "",
            notes=notes,
            logs=dict(logs or {}),
            artifact=artifact,
            submitted_at=now,
        )
        current = Attempt.objects.select_related("brief_version", "learner").get(pk=attempt.pk)
        give_receipt(
            attempt=current,
            what=Receipted.SUBMIT,
            draft_version=draft_version,
            content=submitted_content(submission),
            commit=commit,
            now=now,
        )
        tell_learner(attempt=current, kind="exam_received", now=now)
        publish_submission(attempt=current, submission=submission, now=now)
        defer_verification("verify_submission", attempt=attempt, submission_id=str(submission.pk))
    return submission


def submit_last_draft(
    *, attempt: Attempt, draft: Draft, source: str, commit: str, development_source: bool, now: datetime
) -> None:
    """Submits the last draft of an attempt that is over, for its learner; again, changes nothing.

    Answers are as they were saved; a "no" or a missing one blocks nothing, and mentors see that the clock
    submitted. The submission is dated with the draft, which was saved before the deadline.
    """
    with transaction.atomic():
        won = (
            Attempt.objects.filter(
                pk=attempt.pk,
                submitted_at__isnull=True,
                withdrawn_at__isnull=True,
                voided_at__isnull=True,
                deadline__lte=now,
            )
            .filter(Q(grace_until__isnull=True) | Q(grace_until__lte=now))
            .update(submitted_at=draft.saved_at)
        )
        if not won:
            return
        submission = Submission.objects.create(
            attempt=attempt,
            source=source,
            commit=commit,
            development_source=development_source,
            answers=draft.body["answers"],
            notes=draft.body["notes"],
            logs=draft.body.get("logs", {}),
            artifact=draft.body.get("artifact", ""),
            submitted_at=draft.saved_at,
            by_clock_at=now,
        )
        current = Attempt.objects.select_related("brief_version").get(pk=attempt.pk)
        give_receipt(
            attempt=current,
            what=Receipted.SUBMIT,
            draft_version=draft.version,
            content=submitted_content(submission),
            commit=commit,
            now=draft.saved_at,
        )
        publish_submission(attempt=current, submission=submission, now=now)
        defer_verification("verify_submission", attempt=attempt, submission_id=str(submission.pk))


def note_failed_submission(*, attempt: Attempt, now: datetime) -> None:
    """Begins the brief's upload grace where a submission failed before the deadline for a reason outside."""
    with transaction.atomic():
        locked = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
        facts = with_grace(attempt.brief_version.brief, locked.facts, now=now)
        Attempt.objects.filter(pk=locked.pk).update(grace_until=facts.grace_until)
    attempt.grace_until = facts.grace_until


def keep_bundle(*, submission: Submission, sha256: str) -> None:
    """Records the hash of the kept bundle, once; a repeated job must bring the same commit. The token of a
    private repository has done its work and goes."""
    with transaction.atomic():
        Submission.objects.filter(pk=submission.pk, bundle_sha256="").update(bundle_sha256=sha256)
        SourceToken.objects.filter(attempt=submission.attempt_id).delete()
