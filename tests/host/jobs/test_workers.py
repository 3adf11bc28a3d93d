"""Real worker processes on the real queue."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.host

PATIENCE_SECONDS = 180


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """`jobtwin worker` in a process group of its own, killed at the end whatever happened."""
    process = subprocess.Popen(
        [sys.executable, "-m", "jobtwin.cli.main", "worker"], start_new_session=True, stdin=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(condition: Callable[[], bool]) -> None:
    """Waits for a condition in the database; fails where it takes too long."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "the workers took too long"
        time.sleep(0.05)


def hand_on() -> None:
    """What housekeeping does with jobs whose worker is gone."""
    from procrastinate.contrib.django import app

    from jobtwin.jobs.stalled import hand_on_stalled

    async def once() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]  # Django's has one
            async with worker.open_async():
                await hand_on_stalled(worker, silent_seconds=6, most_deaths=5)

    asyncio.run(once())


@pytest.fixture
def sample(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample's commit; workers take it as `local:sample`."""
    from jobtwin.cli.sample import make_sample

    commit = make_sample(home / "sample")
    monkeypatch.setenv("JOBTWIN_LOCAL_SOURCES", f"sample={home / 'sample'}")
    monkeypatch.setenv("JOBTWIN_CACHE", str(home / "cache"))
    monkeypatch.setenv("JOBTWIN_WORK", str(home / "work"))
    return commit


def test_a_killed_worker_loses_nothing_and_doubles_nothing(committed_db: str, sample: str) -> None:
    from jobtwin.store.models import Attempt, CheckRecord, DraftReviewRecord, Submission, VerificationEvent
    from tests.host.people import everybody, submitted

    submission = submitted(everybody().ada, source="local:sample", commit=sample, development_source=True)
    running = VerificationEvent.objects.filter(submission=submission, phase="F1 tests", kind="start")
    with worker() as first:
        until(running.exists)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    assert not CheckRecord.objects.exists(), "the first worker died before it could record"
    with worker():
        until(lambda: Attempt.objects.filter(verified_at__isnull=False).exists())
    verdicts = list(CheckRecord.objects.values_list("check_id", "verdict", "reason"))
    assert verdicts == [("F1", "confirmed", "ok"), ("F3", "confirmed", "ok")]
    assert DraftReviewRecord.objects.count() == 1
    kept = Submission.objects.get()
    assert len(kept.bundle_sha256) == 64


def test_a_worker_that_is_asked_to_stop_finishes_what_it_began(committed_db: str, sample: str) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.store.models import CheckRecord, VerificationEvent
    from tests.host.people import everybody, submitted

    submission = submitted(everybody().ada, source="local:sample", commit=sample, development_source=True)
    running = VerificationEvent.objects.filter(submission=submission, phase="F1 tests", kind="start")
    with worker() as only:
        until(running.exists)
        only.send_signal(signal.SIGTERM)
        assert only.wait(PATIENCE_SECONDS) == 0
    assert set(CheckRecord.objects.values_list("check_id", "verdict")) == {
        ("F1", "confirmed"), ("F3", "confirmed")
    }  # fmt: skip
    assert running.count() == 1, "nobody began it a second time"
    left = ProcrastinateJob.objects.filter(queue_name__in=["verification", "review"])
    assert list(left.values_list("task_name", "status")) == [("review_submission", "todo")]


def test_a_worker_outlives_its_connections_to_the_database(committed_db: str) -> None:
    import uuid

    import psycopg
    from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

    from jobtwin.store.models import WorkerNote
    from jobtwin.store.queue import defer
    from tests.host.conftest import _close_connections

    with worker() as only:
        until(WorkerNote.objects.exists)
        note = WorkerNote.objects.get()
        assert (note.worker, note.capacity) == (ProcrastinateWorker.objects.get().pk, 2)
        assert {"mail", "verification", *(f"verification.{one}" for one in note.has)} <= set(note.queues)
        _close_connections()
        with psycopg.connect(committed_db, autocommit=True) as connection:
            cut = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'jobtwin_app'"
            ).fetchone()
        assert cut is not None
        assert cut[0] > 0
        defer("erase_files", folder="submissions", name=str(uuid.uuid4()))
        until(lambda: not ProcrastinateJob.objects.filter(task_name="erase_files").exists())
        assert only.poll() is None, "the same process goes on"


def test_every_job_may_run_twice(committed_db: str, sample: str, home: Path) -> None:
    from django.test import override_settings

    from jobtwin.config.environment import read_environment
    from jobtwin.jobs.verification import review_submission, verify_submission
    from jobtwin.store.models import CheckRecord, DraftReviewRecord
    from tests.host.people import everybody, submitted

    submission = submitted(everybody().ada, source="local:sample", commit=sample, development_source=True)
    with override_settings(JOBTWIN=read_environment()):
        for _ in range(2):
            verify_submission(submission.pk, last_attempt=False)
            review_submission(submission.pk)
    assert CheckRecord.objects.filter(submission=submission).count() == 2
    assert DraftReviewRecord.objects.count() == 1
    quotes = DraftReviewRecord.objects.get().quotes
    assert quotes
    assert all(":" in place for place in quotes)


def test_what_the_platform_cannot_fetch_is_tried_again_and_then_inconclusive(committed_db: str) -> None:
    from jobtwin.jobs.again import TryAgain
    from jobtwin.jobs.verification import review_submission, verify_submission
    from jobtwin.store.models import Attempt, CheckRecord
    from tests.host.people import everybody, submitted

    submission = submitted(everybody().ada, source="local:gone", commit="d" * 40)
    with pytest.raises(TryAgain):
        verify_submission(submission.pk, last_attempt=False)
    assert not CheckRecord.objects.exists()
    verify_submission(submission.pk, last_attempt=True)
    assert set(CheckRecord.objects.values_list("verdict", "reason")) == {("inconclusive", "infrastructure")}
    review_submission(submission.pk)
    assert Attempt.objects.get().verified_at is not None, "mentors can still mark it"


def test_the_bundle_outlives_the_repository_it_came_from(committed_db: str, sample: str, home: Path) -> None:
    import shutil

    from django.test import override_settings

    from jobtwin.config.environment import read_environment
    from jobtwin.jobs.verification import verify_submission
    from jobtwin.store.platform import artefacts
    from tests.host.people import everybody, submitted

    submission = submitted(everybody().ada, source="local:sample", commit=sample, development_source=True)
    with override_settings(JOBTWIN=read_environment()):
        verify_submission(submission.pk, last_attempt=False)
        shutil.rmtree(home / "sample")
        with artefacts().open(submission.pk, sample) as tree:
            assert b"Kerbside" in (tree.read("README.md") or b"")


def test_an_archive_goes_from_the_upload_to_verified_facts(
    committed_db: str, sample: str, home: Path
) -> None:
    from jobtwin.services.submission import submit_attempt
    from jobtwin.source.brief import built_in_brief
    from jobtwin.store.models import CheckRecord, DraftReviewRecord
    from jobtwin.web.receiving import keep_as_draft, receive_archive
    from tests.host.twins import Twin

    command = ["git", "-C", str(home / "sample"), "archive", "--format=tar", sample]
    content = subprocess.run(command, check=True, capture_output=True).stdout
    twin = Twin.started(built_in_brief("day_service"))
    now = twin.now
    upload = receive_archive(
        attempt=twin.attempt, chunks=[content], declared=None, now=now, clock=lambda: now
    )
    keep_as_draft(attempt=twin.attempt, upload=upload, now=now)
    submission = submit_attempt(
        attempt=twin.attempt, source=upload.source, commit=upload.commit, development_source=False,
        answers={one.id: "yes" for one in twin.brief.self_checks}, draft_version=1, now=now,
    )  # fmt: skip
    reviewed = DraftReviewRecord.objects.filter(submission=submission)
    with worker():
        until(reviewed.exists)
    found = CheckRecord.objects.get(submission=submission, check_id="F1")
    assert (found.verdict, found.reason, found.facts["failed"]) == ("confirmed", "ok", {})


def test_a_killed_job_whose_like_waits_already_gives_up_its_lock(committed_db: str) -> None:
    """Otherwise neither would ever run again: the dead one holds the lock, the other one its place."""
    import psycopg
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.store.queue import defer_alone

    jobs = ProcrastinateJob.objects.filter(task_name="deliver_events")
    assert defer_alone("deliver_events", lock="one", endpoint_id="x")
    with psycopg.connect(committed_db, autocommit=True) as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")  # by a worker that is gone
    hand_on()
    assert [one.status for one in jobs] == ["todo"]
    with psycopg.connect(committed_db, autocommit=True) as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    assert defer_alone("deliver_events", lock="one", endpoint_id="x")
    assert not defer_alone("deliver_events", lock="one", endpoint_id="x")
    hand_on()
    assert [one.status for one in jobs] == ["todo"]


def test_a_job_that_ends_its_workers_is_given_up_and_blames_nobody(committed_db: str) -> None:
    import psycopg
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.store.models import Attempt, CheckRecord, DraftReviewRecord, JobDeaths
    from jobtwin.store.queries.worker import given_up
    from tests.host.people import everybody, submitted

    people = everybody()
    submitted(people.ada, source="local:gone", commit="d" * 40)
    with psycopg.connect(committed_db, autocommit=True) as connection:
        died = "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = %s"
        for expected in (1, 2, 3, 4, 5):
            connection.execute(died, ["verify_submission"])  # by a worker that is gone
            hand_on()
            assert list(JobDeaths.objects.values_list("deaths", flat=True)) == [expected]
            alone = ProcrastinateJob.objects.get(task_name="verify_submission").lock
            assert alone == ("suspects of verification" if expected >= 3 else None)
    with worker():
        until(lambda: Attempt.objects.filter(verified_at__isnull=False).exists())
    records = CheckRecord.objects.values_list("verdict", "reason", "facts__workers_died")
    assert set(records) == {("inconclusive", "workers_died", 5)}
    assert DraftReviewRecord.objects.count() == 1, "mentors can mark it"
    assert [one.learner for one in given_up(people.olga)] == [people.ada]
    assert not JobDeaths.objects.exists(), "the count goes with the job"


def test_any_other_job_that_ends_its_workers_is_failed_for_people_to_see(committed_db: str) -> None:
    import uuid

    import psycopg
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.store.queue import defer

    defer("erase_files", folder="submissions", name=str(uuid.uuid4()))
    job = ProcrastinateJob.objects.get(task_name="erase_files")
    with psycopg.connect(committed_db, autocommit=True) as connection:
        connection.execute("UPDATE procrastinate_jobs SET attempts = 3 WHERE id = %s", [job.pk])
        connection.execute("INSERT INTO store_jobdeaths VALUES (%s, 5)", [job.pk])
    with worker():
        until(lambda: ProcrastinateJob.objects.get(pk=job.pk).status == "failed")
