"""Telling GitHub what was verified: one check run on the submitted commit. Safe to repeat."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings

from jobtwin.core.check import Verdict
from jobtwin.core.errors import JobTwinError, OutsideFailure
from jobtwin.outside.client import Client
from jobtwin.outside.github import CheckRun, GithubApp, create_check_run, repository_of
from jobtwin.services.github_check import record_check_run, take_check_run
from jobtwin.store import platform
from jobtwin.store.clock import database_now
from jobtwin.store.models import CheckRecord, GithubCheck

MOST_A_RUN = 100
SUMMARY = """{rows}

What a machine reproduced of this commit. It is no mark, and `inconclusive` counts against nobody.
"""


def send_check_runs(client: Client | None = None, now: Callable[[], datetime] = database_now) -> int:
    """Sends what is due; how many were taken. One that fails waits longer and hinders no other."""
    app = platform.github_app()
    if app is None:
        return 0
    way, sent = client or platform.outside_client(), 0
    for _ in range(MOST_A_RUN):
        check = take_check_run(now=now())
        if check is None:
            break
        problem, retry = "", True
        try:
            _send(check, app, way, now())
            sent += 1
        except JobTwinError as error:
            problem, retry = error.message, not isinstance(error, OutsideFailure) or error.retry
        record_check_run(check=check, problem=problem, retry=retry, now=now())
    return sent


def _send(check: GithubCheck, app: GithubApp, client: Client, now: datetime) -> None:
    submission = check.submission
    repository = repository_of(submission.source)
    if repository is None:  # erased since
        raise OutsideFailure("the address of the repository is not kept any more", retry=False)
    records = list(CheckRecord.objects.filter(submission=submission).order_by("check_id"))
    run = CheckRun(
        repository=repository,
        commit=submission.commit,
        conclusion=conclusion_of([Verdict(one.verdict) for one in records]),
        title=_title(records),
        summary=SUMMARY.format(rows=_rows(records)),
        details=f"{settings.JOBTWIN.origin}/attempts/{submission.attempt_id}",
        external_id=str(submission.pk),
        at=check.verified_at,
    )
    create_check_run(app, run, client=client, now=now)


def conclusion_of(verdicts: Sequence[Verdict]) -> str:
    """GitHub's word: failure where something is refuted, success where all is confirmed, else neutral."""
    if Verdict.REFUTED in verdicts:
        return "failure"
    return "success" if verdicts and set(verdicts) == {Verdict.CONFIRMED} else "neutral"


def _title(records: Sequence[CheckRecord]) -> str:
    confirmed = sum(one.verdict == Verdict.CONFIRMED for one in records)
    return f"{confirmed} of {len(records)} checks confirmed"


def _rows(records: Sequence[CheckRecord]) -> str:
    """Words of our own alone: what a check says of the submission in its sentence may quote it."""
    rows = [f"| {one.check_id} | {one.verdict} | {one.reason.replace('_', ' ')} |" for one in records]
    return "\n".join(["| check | verdict | reason |", "|---|---|---|", *rows])
