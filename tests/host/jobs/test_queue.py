"""The queue: programmes take turns, kinds have ranks, and what waits for a lost job is found."""

from datetime import timedelta

import pytest

pytestmark = pytest.mark.host


def order(queue: str) -> list[str]:
    """Programme and number of every waiting job, as a worker would fetch them, one after another."""
    from django.db import connection

    names: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (worker,) = cursor.fetchone()
        while True:
            cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(%s, %s)", [[queue], worker])
            (job,) = cursor.fetchone()
            if job is None:
                return names
            cursor.execute(
                "SELECT args ->> 'programme', args ->> 'submission_id' FROM procrastinate_jobs WHERE id = %s",
                [job],
            )
            names.append(":".join(cursor.fetchone()))


def deferred(job: str, programme: int, count: int) -> None:
    from jobtwin.store.queue import defer

    for number in range(count):
        defer(job, programme=programme, submission_id=str(number))


@pytest.mark.usefixtures("db")
def test_a_thousand_jobs_of_one_programme_hold_up_anothers_first_by_one() -> None:
    deferred("verify_submission", 1, 1000)
    deferred("verify_submission", 2, 3)
    found = order("verification")
    assert found[:7] == ["1:0", "2:0", "1:1", "2:1", "1:2", "2:2", "1:3"]
    assert len(found) == 1003
    ones = [name for name in found if name.startswith("1:")]
    assert ones == [f"1:{number}" for number in range(1000)], "each programme's own stay in their order"


@pytest.mark.usefixtures("db")
def test_who_comes_late_is_served_beside_those_who_wait_and_not_before_them_all() -> None:
    from django.db import connection

    deferred("verify_submission", 1, 20)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE (args ->> 'submission_id')::int < 10")
    deferred("verify_submission", 2, 3)
    assert order("verification")[:6] == ["1:10", "2:0", "1:11", "2:1", "1:12", "2:2"]


@pytest.mark.usefixtures("db")
def test_submissions_go_before_appeals_and_those_before_rehearsals() -> None:
    from jobtwin.store.queue import defer

    defer("rehearse", programme=1, submission_id="rehearsal")
    defer("replay_appeal", programme=1, submission_id="appeal")
    deferred("verify_submission", 2, 2)
    assert order("verification") == ["2:0", "2:1", "1:appeal", "1:rehearsal"]


@pytest.mark.usefixtures("db")
def test_a_lost_job_is_queued_again_once_and_only_after_two_minutes() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.jobs.undelivered import queue_undelivered
    from tests.host.people import everybody, submitted

    submission = submitted(everybody().ada)
    ProcrastinateJob.objects.all().delete()
    at = submission.submitted_at
    assert queue_undelivered(now=at + timedelta(minutes=1)) == 0
    assert queue_undelivered(now=at + timedelta(minutes=3)) == 1
    assert queue_undelivered(now=at + timedelta(minutes=3)) == 0, "it is somewhere now"
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args["submission_id"]) == ("verify_submission", str(submission.pk))


@pytest.mark.usefixtures("db")
def test_every_stage_that_waits_for_a_lost_job_is_found() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.core.check import CheckResult, Reason
    from jobtwin.services.check import record_checks
    from jobtwin.store.models import Decision, Rehearsal
    from jobtwin.store.queries.undelivered import undelivered
    from tests.host.people import NOW, everybody, submitted

    people = everybody()
    submission = submitted(people.ada)
    record_checks(submission=submission, checks=(CheckResult("F1", Reason.OK, "."),), engine="none", now=NOW)
    Rehearsal.objects.create(
        attempt=submission.attempt, number=1, source="local:x", commit="c" * 40, requested_at=NOW
    )
    Decision.objects.create(
        submission=submission, route="mean", scores={}, overall="1", passed=True, reconciled_at=NOW,
        signed_by=people.max, signed_at=NOW,
    )  # fmt: skip
    ProcrastinateJob.objects.all().delete()
    found = undelivered(NOW + timedelta(days=1))
    assert [one.job for one in found] == ["review_submission", "rehearse", "issue_credential"]
    assert {one.attempt for one in found} == {submission.attempt_id}


def insisting(monkeypatch: pytest.MonkeyPatch, needs: str) -> None:
    """An installation that insists on these needs."""
    from dataclasses import replace

    from django.conf import settings

    from jobtwin.verification.needs import parse_needs

    found = parse_needs(needs, setting="JOBTWIN_NEEDS")
    monkeypatch.setattr(settings, "JOBTWIN", replace(settings.JOBTWIN, needs=found))


@pytest.mark.usefixtures("db")
def test_a_verification_waits_for_a_worker_that_has_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.jobs.undelivered import queue_undelivered
    from jobtwin.verification.needs import queues_for
    from tests.host.people import everybody, submitted

    insisting(monkeypatch, "gvisor,containers")
    submission = submitted(everybody().ada)
    queues = ProcrastinateJob.objects.values_list("queue_name", flat=True)
    needed = list(queues.filter(task_name="verify_submission"))
    assert len(needed) == 1
    assert needed[0].startswith("verification.gvisor")
    for has in ([], ["bubblewrap", "containers"]):
        assert not set(needed) & set(queues_for(has)), "left to others"
    assert set(needed) <= set(queues_for(["gvisor", "containers"]))
    ProcrastinateJob.objects.all().delete()
    assert queue_undelivered(now=submission.submitted_at + timedelta(minutes=3)) == 1
    assert list(queues) == needed, "found again, it needs the same"


@pytest.mark.usefixtures("db")
def test_programmes_take_turns_over_all_queues_of_verifications() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.store.queue import defer

    deferred("verify_submission", 1, 5)
    for number in range(2):
        defer("verify_submission", programme=1, queue="verification.containers", submission_id=f"c{number}")
    defer("verify_submission", programme=2, queue="verification.containers", submission_id="other")
    waiting = ProcrastinateJob.objects.order_by("-priority", "id").values_list("args", flat=True)
    names = [f"{one['programme']}:{one['submission_id']}" for one in waiting]
    assert names == ["1:0", "2:other", "1:1", "1:2", "1:3", "1:4", "1:c0", "1:c1"]


@pytest.mark.usefixtures("db")
def test_what_nobody_takes_is_told() -> None:
    from django.db import connection

    from jobtwin.store.clock import database_now
    from jobtwin.store.queries.worker import Taken, live_workers, takers
    from jobtwin.store.queue import defer

    defer("verify_submission", programme=1, submission_id="0")
    defer("verify_submission", programme=1, queue="verification.gvisor", submission_id="1")
    assert [one.nobody for one in takers(database_now())] == [1, 1]
    with connection.cursor() as cursor:
        for capacity in (2, 3):
            cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
            (worker,) = cursor.fetchone()
            cursor.execute(
                "INSERT INTO store_workernote VALUES (%s, '{runc}', '{verification,mail}', %s, now())",
                [worker, capacity],
            )
        assert takers(database_now()) == (
            Taken("mail", 5, 0),
            Taken("verification", 5, 1),
            Taken("verification.gvisor", 0, 1),
        )
        assert takers(database_now())[2].nobody == 1
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
        assert takers(database_now())[0] == Taken("verification", 0, 1), "silent workers take nothing"
        assert live_workers(database_now()) == ()
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute("SELECT count(*) FROM store_workernote")
        assert cursor.fetchone() == (0,), "the note goes with its worker"
