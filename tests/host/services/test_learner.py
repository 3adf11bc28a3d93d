"""The learner's side: start once, save without loss, submit once."""

from datetime import timedelta

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


def test_ada_starts_once_and_the_deadline_is_fourteen_days_later() -> None:
    from jobtwin.core.errors import Conflict
    from tests.host.people import NOW, everybody, started

    people = everybody()
    attempt = started(people.ada)
    assert attempt.deadline == NOW + timedelta(days=14)
    with pytest.raises(Conflict, match="no re-attempts"):
        started(people.ada)


def test_saving_never_moves_the_deadline_and_keeps_every_version() -> None:
    from jobtwin.services.draft import Work, latest_draft, save_draft
    from tests.host.people import NOW, everybody, started

    attempt = started(everybody().ada)
    deadline = attempt.deadline
    for version in range(3):
        save_draft(attempt=attempt, work=Work(notes=f"v{version}"), base_version=version, now=NOW)
    attempt.refresh_from_db()
    newest = latest_draft(attempt)
    assert attempt.deadline == deadline
    assert newest is not None
    assert (newest.version, newest.body["notes"]) == (3, "v2")


def test_a_second_tab_is_told_instead_of_overwriting() -> None:
    from jobtwin.core.errors import Conflict
    from jobtwin.services.draft import Work, latest_draft, save_draft
    from tests.host.people import NOW, everybody, started

    attempt = started(everybody().ada)
    save_draft(attempt=attempt, work=Work(notes="first tab"), base_version=0, now=NOW)
    with pytest.raises(Conflict) as told:
        save_draft(attempt=attempt, work=Work(notes="second tab"), base_version=0, now=NOW)
    newest = latest_draft(attempt)
    assert told.value.code == "draft_conflict"
    assert newest is not None
    assert newest.body["notes"] == "first tab"


def test_nothing_is_saved_or_submitted_at_the_deadline_instant() -> None:
    from jobtwin.core.errors import TooLate
    from jobtwin.services.draft import Work, save_draft
    from tests.host.people import everybody, started, submitted

    people = everybody()
    attempt = started(people.ada)
    with pytest.raises(TooLate):
        save_draft(attempt=attempt, work=Work(notes="late"), base_version=0, now=attempt.deadline)
    with pytest.raises(TooLate):
        submitted(people.ada, attempt=attempt, now=attempt.deadline)
    assert submitted(people.ada, attempt=attempt, now=attempt.deadline - timedelta(microseconds=1))


def test_a_submission_is_for_good_and_queues_its_verification() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.core.errors import Conflict
    from tests.host.people import everybody, submitted

    people = everybody()
    submission = submitted(people.ada)
    jobs = ProcrastinateJob.objects.filter(task_name="verify_submission")
    assert [job.args["submission_id"] for job in jobs] == [str(submission.pk)]
    with pytest.raises(Conflict):
        submitted(people.ada, attempt=submission.attempt)
    assert jobs.count() == 1


def test_a_critical_no_needs_force_and_a_reason_and_leaves_the_flag() -> None:
    from jobtwin.core.errors import Refused
    from tests.host.people import everybody, started, submitted

    people = everybody()
    attempt = started(people.ada)
    answers = {"F1": "no", "F3": "yes"}
    with pytest.raises(Refused, match="F1"):
        submitted(people.ada, attempt=attempt, answers=answers)
    with pytest.raises(Refused, match="why"):
        submitted(people.ada, attempt=attempt, answers=answers, force=True)
    forced = submitted(
        people.ada, attempt=attempt, answers=answers, force=True, force_reason="One flaky test."
    )
    assert forced.forced
    assert forced.force_reason == "One flaky test."


def test_two_versions_of_a_brief_under_one_number_are_refused() -> None:
    from jobtwin.core.brief import parse_brief
    from jobtwin.core.errors import Conflict
    from jobtwin.services.brief import publish_brief
    from tests.exams import brief_document
    from tests.host.people import NOW, exam

    assert publish_brief(brief=exam(), now=NOW) == publish_brief(brief=exam(), now=NOW)
    with pytest.raises(Conflict):
        publish_brief(brief=parse_brief(brief_document(title="Another")), now=NOW)
