"""Verifying and reviewing a submission: fetch once, run the engines, hand the results to services."""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from jobtwin.core.brief import Brief
from jobtwin.core.check import CheckResult, Reason, VerificationReport
from jobtwin.core.draft_review import DraftReview
from jobtwin.core.errors import BadSource, OutsideFailure
from jobtwin.core.evidence import lines_of
from jobtwin.jobs.again import TryAgain
from jobtwin.jobs.drafting import draft_of
from jobtwin.jobs.inputs import keep_inputs
from jobtwin.jobs.sources import fetched
from jobtwin.services.check import record_checks, record_event
from jobtwin.services.draft_review import record_draft_review
from jobtwin.services.submission import keep_bundle
from jobtwin.services.upload import is_archive, upload_named
from jobtwin.source.address import parse_source
from jobtwin.source.repository import Repository
from jobtwin.source.tree import Tree
from jobtwin.store.clock import database_now
from jobtwin.store.models import CheckRecord, Submission
from jobtwin.store.platform import artefacts, source_policy
from jobtwin.telemetry.meters import CHECKS
from jobtwin.verification.choose import engine_or_none
from jobtwin.verification.dependencies.recorded import RecordedLock
from jobtwin.verification.events import Event
from jobtwin.verification.needs import for_queue
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.verify import verify


def verify_submission(submission_id: UUID, *, last_attempt: bool, queue: str | None = None) -> None:
    """Fetches and bundles the pinned commit, runs the checks on the engine of the `queue`, records them.

    Raises TryAgain where the platform failed and attempts are left; on the last one its failure is
    recorded as inconclusive, so that a learner never waits for us.
    """
    submission = Submission.objects.select_related("attempt__brief_version").get(pk=submission_id)
    if CheckRecord.objects.filter(submission=submission).exists():
        return
    brief = submission.attempt.brief_version.brief
    try:
        report = _verify(submission, brief, queue)
    except (BadSource, OutsideFailure, OSError) as error:
        if not last_attempt:
            raise TryAgain(str(error)) from error
        report = _unreachable(submission, brief, str(error))
    if not last_attempt and report.worth_another_try:
        raise TryAgain("a check met a failure of the platform")
    _record(submission, report)


def give_up_verification(submission_id: UUID, *, workers: int) -> None:
    """Records that nobody could verify this, without trying: so many workers died with it."""
    submission = Submission.objects.select_related("attempt__brief_version").get(pk=submission_id)
    if CheckRecord.objects.filter(submission=submission).exists():
        return
    brief = submission.attempt.brief_version.brief
    checks = given_up(brief, workers)
    _record(submission, VerificationReport(submission.source, submission.commit, brief.id, "none", checks))


def given_up(brief: Brief, workers: int) -> tuple[CheckResult, ...]:
    """Every check of the brief, inconclusive by our fault: so many workers died with them."""
    summary = f"{workers} of our workers ended while they verified this, so it was not begun again"
    facts = {"workers_died": workers}
    return tuple(CheckResult(one.id, Reason.WORKERS_DIED, summary, facts) for one in brief.self_checks)


def _record(submission: Submission, report: VerificationReport) -> None:
    record_checks(submission=submission, checks=report.checks, engine=report.engine, now=database_now())
    for check in report.checks:
        CHECKS.labels(check.id, check.verdict.value, check.reason.value).inc()


def review_submission(submission_id: UUID) -> None:
    """Drafts the review from the recorded facts and opens the submission for marking."""
    submission = Submission.objects.select_related("attempt__brief_version").get(pk=submission_id)
    try:
        tree = artefacts().open(submission.pk, submission.commit)
    except BadSource as error:
        _record_no_review(submission, error.message)
        return
    with tree:
        facts = recorded_report(submission).as_json()
        draft = draft_of(submission, tree, facts)
        quotes = quoted_lines(tree, draft)
    record_draft_review(submission=submission, draft=draft, quotes=quotes, now=database_now())


def give_up_review(submission_id: UUID, *, workers: int) -> None:
    """Opens the submission for marking without a draft: so many workers died with it."""
    submission = Submission.objects.select_related("attempt__brief_version").get(pk=submission_id)
    _record_no_review(
        submission, f"{workers} of our workers ended while they reviewed this; there is no draft"
    )


def _record_no_review(submission: Submission, why: str) -> None:
    now = database_now()
    record_event(submission=submission, phase="review", kind="log", text=why, now=now)
    empty = DraftReview(submission.source, submission.commit, submission.attempt.brief_id, "none", ())
    record_draft_review(submission=submission, draft=empty, quotes={}, now=now)


def quoted_lines(tree: Tree, draft: DraftReview) -> dict[str, str]:
    """The cited lines by `path:start-end`, so that pages and reports show them without the repository."""
    quotes: dict[str, str] = {}
    for dimension in draft.dimensions:
        for criterion in dimension.criteria:
            for citation in criterion.citations:
                span = citation.span
                key = f"{span.path}:{span.line_start}-{span.line_end}"
                lines = lines_of(tree.read(span.path) or b"")[span.line_start - 1 : span.line_end]
                quotes[key] = "\n".join(lines).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return quotes


def recorded_report(submission: Submission) -> VerificationReport:
    """The recorded checks as the verifier reported them."""
    records = list(CheckRecord.objects.filter(submission=submission))
    engine = records[0].engine if records else "none"
    checks = tuple(record.result for record in records)
    return VerificationReport(
        submission.source, submission.commit, submission.attempt.brief_id, engine, checks
    )


def _verify(submission: Submission, brief: Brief, queue: str | None) -> VerificationReport:
    def progress(event: Event) -> None:
        record_event(
            submission=submission,
            phase=f"{event.check} {event.phase}",
            kind=event.kind,
            text=event.text,
            now=database_now(),
        )

    with _pinned(submission) as repository:
        locks: list[RecordedLock] = []
        chosen = for_queue(VerificationSettings.from_environment(os.environ), queue)
        chosen = replace(chosen, installer=replace(chosen.environments, on_lock=locks.append))
        report = verify(
            repository,
            brief,
            source=submission.source,
            artifact=submission.artifact or None,
            engine=engine_or_none(chosen),
            settings=chosen,
            on_event=progress,
        )
    keep_inputs(submission.pk, chosen, locks)
    return report


def _pinned(submission: Submission) -> Repository:
    kept = artefacts()
    held = kept.held(kept.bundle(submission.pk))
    if not held and is_archive(submission.source):
        upload = upload_named(submission.attempt, submission.source)
        kept.keep_uploaded(submission.pk, upload.pk)
        keep_bundle(submission=submission, sha256=upload.bundle_sha256)
    elif not held:
        source = parse_source(submission.source, source_policy())
        folder = Path(tempfile.mkdtemp(prefix="jobtwin-fetch-"))
        into = folder / "repository.git"
        try:
            found = fetched(submission.attempt, source, commit=submission.commit, into=into, now=database_now)
            with found as repository:
                keep_bundle(submission=submission, sha256=kept.keep(submission.pk, repository))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return kept.open(submission.pk, submission.commit)


def _unreachable(submission: Submission, brief: Brief, why: str) -> VerificationReport:
    summary = f"The repository could not be fetched: {why}"
    checks = tuple(CheckResult(check.id, Reason.INFRASTRUCTURE, summary) for check in brief.self_checks)
    return VerificationReport(submission.source, submission.commit, brief.id, "none", checks)
