"""Check runs for GitHub: a row where a submission is verified, sent by a job until it is taken."""

from datetime import datetime

from jobtwin.core.webhook import wait_after
from jobtwin.outside.github import repository_of
from jobtwin.services.outbox import take_due
from jobtwin.store import platform
from jobtwin.store.models import GithubCheck, Submission
from jobtwin.store.models.github import MAX_PROBLEM


def owe_check_run(*, submission: Submission, now: datetime) -> None:
    """Notes that the repository is to be told; again, changes nothing.

    Nothing is noted where no App is set, where the source is elsewhere, and for copies of gold submissions.
    """
    if platform.github_app() is None or submission.attempt.calibration:
        return
    if repository_of(submission.source):
        GithubCheck.objects.get_or_create(
            submission=submission, defaults={"verified_at": now, "next_try_at": now}
        )


def take_check_run(*, now: datetime) -> GithubCheck | None:
    """The next one to send, which nobody else gets before its next try; None where none is due.

    A worker that dies after GitHub's answer sends the same again: GitHub shows the newer run of a name.
    """
    due = GithubCheck.objects.filter(sent_at__isnull=True, given_up_at__isnull=True, next_try_at__lte=now)
    rows = due.select_related("submission").order_by("next_try_at", "pk")
    return take_due(rows, wait_after=lambda tries, one: wait_after(tries, one.submission_id), now=now)


def record_check_run(*, check: GithubCheck, problem: str, retry: bool, now: datetime) -> None:
    """What became of a try: sent where there is no problem, given up where a later try cannot help."""
    if not problem:
        GithubCheck.objects.filter(pk=check.pk).update(sent_at=now, given_up_at=None, problem="")
        return
    ended = {} if retry else {"given_up_at": now}
    GithubCheck.objects.filter(pk=check.pk).update(problem=problem[:MAX_PROBLEM].replace("\0", ""), **ended)
