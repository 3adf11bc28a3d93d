"""Rehearsals, disputes, and the last draft at the deadline."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from jobtwin.core.brief import parse_brief
from jobtwin.core.check import CheckResult, Reason, VerificationReport
from tests.exams import brief_document

if TYPE_CHECKING:
    from jobtwin.store.models import Upload
    from tests.host.twins import Twin

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]

MINUTE = timedelta(minutes=1)
SOURCE = "https://git.example.org/ada/work"
REASON = "The test needs a font that the sandbox has not."
REPORT = VerificationReport(SOURCE, "c" * 40, "small", "test", (CheckResult("F1", Reason.OK, "70 passed"),))


def twin(**changes: object) -> "Twin":
    from tests.host.twins import Twin

    return Twin.started(parse_brief(brief_document(**changes)))


def uploaded(exam: "Twin") -> "Upload":
    """An archive of the attempt whose bundle nobody reads."""
    from uuid import uuid4

    from jobtwin.services.upload import record_upload
    from tests.host.people import COMMIT

    return record_upload(
        attempt=exam.attempt, upload_id=uuid4(), sha256="a" * 64, size=9, commit=COMMIT,
        bundle_sha256="b" * 64, now=exam.now,
    )  # fmt: skip


def test_a_rehearsal_runs_alone_and_as_often_as_the_brief_says() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.core.errors import Conflict, Refused, TooLate
    from jobtwin.services.rehearsal import record_rehearsal, request_rehearsal
    from jobtwin.store.models import CheckRecord
    from tests.host.people import COMMIT

    exam = twin(rehearsals=1)
    with pytest.raises(TooLate):
        request_rehearsal(attempt=exam.attempt, source=SOURCE, commit=COMMIT, now=exam.attempt.deadline)
    made = request_rehearsal(attempt=exam.attempt, source=SOURCE, commit=COMMIT, now=exam.now)
    jobs = ProcrastinateJob.objects.filter(task_name="rehearse")
    assert [job.args["rehearsal_id"] for job in jobs] == [str(made.pk)]
    with pytest.raises(Conflict, match="running"):
        request_rehearsal(attempt=exam.attempt, source=SOURCE, commit=COMMIT, now=exam.now)
    record_rehearsal(rehearsal=made, report=REPORT, now=exam.now + MINUTE)
    record_rehearsal(rehearsal=made, report=REPORT, now=exam.now + 2 * MINUTE)
    made.refresh_from_db()
    assert (made.finished_at, made.results[0].summary) == (exam.now + MINUTE, "70 passed")
    with pytest.raises(Refused, match="all 1 are used"):
        request_rehearsal(attempt=exam.attempt, source=SOURCE, commit=COMMIT, now=exam.now)
    assert not CheckRecord.objects.exists()
    exam.attempt.refresh_from_db()
    assert (exam.attempt.submitted_at, exam.attempt.verified_at) == (None, None)


def test_the_job_of_a_rehearsal_says_what_could_not_be_fetched() -> None:
    from jobtwin.jobs.again import TryAgain
    from jobtwin.jobs.rehearsal import rehearse
    from jobtwin.services.rehearsal import request_rehearsal
    from tests.host.people import COMMIT

    exam = twin(rehearsals=1)
    made = request_rehearsal(attempt=exam.attempt, source="http://127.0.0.1/x", commit=COMMIT, now=exam.now)
    with pytest.raises(TryAgain):
        rehearse(made.pk, last_attempt=False)
    rehearse(made.pk, last_attempt=True)
    made.refresh_from_db()
    assert {one.reason for one in made.results} == {Reason.INFRASTRUCTURE}


def test_a_refuted_check_is_disputed_once_and_answered_by_an_operator() -> None:
    from jobtwin.core.errors import BadInput, Conflict, NotFound, Refused
    from jobtwin.services.check import record_checks
    from jobtwin.services.dispute import answer_dispute, raise_dispute

    exam = twin()
    submission, now = exam.submit(), exam.now
    with pytest.raises(NotFound):
        raise_dispute(attempt=exam.attempt, check_id="F1", reason=REASON, now=now)
    checks = (CheckResult("F1", Reason.TESTS_FAILED, "1 failed."), CheckResult("F3", Reason.OK, "Ran."))
    record_checks(submission=submission, checks=checks, engine="test", now=now)
    with pytest.raises(Refused, match="only a refuted"):
        raise_dispute(attempt=exam.attempt, check_id="F3", reason=REASON, now=now)
    with pytest.raises(BadInput):
        raise_dispute(attempt=exam.attempt, check_id="F1", reason="No!", now=now)
    dispute = raise_dispute(attempt=exam.attempt, check_id="F1", reason=REASON, now=now)
    with pytest.raises(Conflict):
        raise_dispute(attempt=exam.attempt, check_id="F1", reason=REASON, now=now)
    answer_dispute(dispute=dispute, operator=exam.people.olga, answer="The font is there now.", now=now)
    with pytest.raises(Conflict):
        answer_dispute(dispute=dispute, operator=exam.people.olga, answer="Something else.", now=now)


def test_nothing_is_disputed_after_the_marks_are_reconciled() -> None:
    from decimal import Decimal

    from jobtwin.core.errors import Refused
    from jobtwin.services.dispute import raise_dispute

    exam = twin()
    exam.submit()
    exam.verify()
    exam.decide(Decimal("0.80"))
    with pytest.raises(Refused, match="marking has ended"):
        raise_dispute(attempt=exam.attempt, check_id="F1", reason=REASON, now=exam.now)


CLOCK = {"submission_modes": ["archive"], "at_deadline": {"last_draft": "submit", "upload_grace_minutes": 10}}


def test_the_last_draft_is_submitted_at_the_deadline_once_and_dated_with_its_saving() -> None:
    from jobtwin.jobs.deadline import submit_last_drafts
    from jobtwin.services.draft import Work, save_draft
    from jobtwin.store.models import Receipt, Submission

    exam = twin(**CLOCK)
    work = Work(source=uploaded(exam).source, notes="Nearly done.", answers={"F1": "no"})
    draft = save_draft(attempt=exam.attempt, work=work, base_version=0, now=exam.now + MINUTE)
    deadline = exam.attempt.deadline
    assert submit_last_drafts(deadline - MINUTE) == 0
    assert submit_last_drafts(deadline, in_time=MINUTE) == 0, "a request in time may still be waiting"
    assert submit_last_drafts(deadline) == 1
    assert submit_last_drafts(deadline + MINUTE) == 0
    submission = Submission.objects.get()
    assert (submission.submitted_at, submission.by_clock_at) == (draft.saved_at, deadline)
    assert (submission.notes, submission.answers, submission.forced) == ("Nearly done.", {"F1": "no"}, False)
    said = Receipt.objects.get(what="submit").document["receipt"]
    assert (said["draft"], said["commit"]) == (1, submission.commit)


def test_a_grace_is_waited_for_and_a_learner_who_submits_in_it_is_first() -> None:
    from jobtwin.core.errors import TooLate
    from jobtwin.jobs.deadline import submit_last_drafts
    from jobtwin.services.draft import Work, save_draft
    from jobtwin.services.submission import note_failed_submission, submit_attempt
    from jobtwin.store.models import Submission

    exam = twin(**CLOCK)
    upload, deadline = uploaded(exam), exam.attempt.deadline
    save_draft(attempt=exam.attempt, work=Work(source=upload.source), base_version=0, now=exam.now)
    note_failed_submission(attempt=exam.attempt, now=deadline - MINUTE)
    assert submit_last_drafts(deadline + MINUTE) == 0
    with pytest.raises(TooLate):
        save_draft(attempt=exam.attempt, work=Work(notes="more"), base_version=1, now=deadline)
    submit_attempt(
        attempt=exam.attempt, source=upload.source, commit=upload.commit, development_source=False,
        answers={"F1": "yes", "F3": "yes"}, draft_version=1, now=deadline + 2 * MINUTE,
    )  # fmt: skip
    assert submit_last_drafts(deadline + 11 * MINUTE) == 0
    assert Submission.objects.get().by_clock_at is None


def test_a_brief_that_keeps_the_last_draft_submits_nothing() -> None:
    from jobtwin.jobs.deadline import submit_last_drafts
    from jobtwin.services.draft import Work, save_draft

    exam = twin()
    save_draft(attempt=exam.attempt, work=Work(source=SOURCE), base_version=0, now=exam.now)
    assert submit_last_drafts(exam.attempt.deadline) == 0
