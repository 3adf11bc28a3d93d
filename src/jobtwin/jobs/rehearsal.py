"""Rehearsing a commit: fetched, verified and forgotten but for the result."""

import os
import shutil
import tempfile
from pathlib import Path
from uuid import UUID

from jobtwin.core.check import CheckResult, Reason, VerificationReport
from jobtwin.core.errors import BadSource, OutsideFailure
from jobtwin.jobs.again import TryAgain
from jobtwin.jobs.sources import fetched
from jobtwin.jobs.verification import given_up
from jobtwin.services.rehearsal import record_rehearsal
from jobtwin.services.upload import is_archive, upload_named
from jobtwin.source.address import parse_source
from jobtwin.source.repository import Repository
from jobtwin.store.clock import database_now
from jobtwin.store.models import Rehearsal
from jobtwin.store.platform import artefacts, source_policy
from jobtwin.verification.choose import engine_or_none
from jobtwin.verification.needs import for_queue
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.verify import verify


def rehearse(rehearsal_id: UUID, *, last_attempt: bool, queue: str | None = None) -> None:
    """Verifies on the engine of the `queue`, and records.

    Raises TryAgain where the platform failed and attempts are left.
    """
    rehearsal = Rehearsal.objects.select_related("attempt__brief_version").get(pk=rehearsal_id)
    if rehearsal.finished_at is not None:
        return
    try:
        report = _verified(rehearsal, queue)
    except (BadSource, OutsideFailure, OSError) as error:
        if not last_attempt:
            raise TryAgain(str(error)) from error
        report = _unreachable(rehearsal, str(error))
    if not last_attempt and report.worth_another_try:
        raise TryAgain("a check met a failure of the platform")
    record_rehearsal(rehearsal=rehearsal, report=report, now=database_now())


def give_up_rehearsal(rehearsal_id: UUID, *, workers: int) -> None:
    """Records that nobody could verify this, without trying: so many workers died with it."""
    rehearsal = Rehearsal.objects.select_related("attempt__brief_version").get(pk=rehearsal_id)
    brief = rehearsal.attempt.brief_version.brief
    report = VerificationReport(
        rehearsal.source, rehearsal.commit, brief.id, "none", given_up(brief, workers)
    )
    record_rehearsal(rehearsal=rehearsal, report=report, now=database_now())


def _verified(rehearsal: Rehearsal, queue: str | None) -> VerificationReport:
    chosen = for_queue(VerificationSettings.from_environment(os.environ), queue)
    folder = Path(tempfile.mkdtemp(prefix="jobtwin-rehearsal-"))
    try:
        with _opened(rehearsal, folder / "repository.git") as repository:
            return verify(
                repository,
                rehearsal.attempt.brief_version.brief,
                source=rehearsal.source,
                artifact=rehearsal.artifact or None,
                engine=engine_or_none(chosen),
                settings=chosen,
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _opened(rehearsal: Rehearsal, into: Path) -> Repository:
    if is_archive(rehearsal.source):
        upload = upload_named(rehearsal.attempt, rehearsal.source)
        return Repository.from_bundle(artefacts().uploaded(upload.pk), into)
    source = parse_source(rehearsal.source, source_policy())
    return fetched(rehearsal.attempt, source, commit=rehearsal.commit, into=into, now=database_now)


def _unreachable(rehearsal: Rehearsal, why: str) -> VerificationReport:
    brief = rehearsal.attempt.brief_version.brief
    summary = f"The work could not be fetched: {why}"
    checks = tuple(CheckResult(check.id, Reason.INFRASTRUCTURE, summary) for check in brief.self_checks)
    return VerificationReport(rehearsal.source, rehearsal.commit, brief.id, "none", checks)
