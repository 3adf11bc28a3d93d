"""An appeal's re-verification on real files: the same facts, and the reason where they could not be had."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jobtwin.store.models import Appeal, Submission

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


@pytest.fixture
def appealed(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Appeal":
    """The sample, verified in the sandbox and reviewed by rules, failed by two mentors, and appealed."""
    from django.test import override_settings

    from jobtwin.cli.sample import make_sample
    from jobtwin.config.environment import read_environment
    from jobtwin.jobs.verification import review_submission, verify_submission
    from jobtwin.services.appeal import open_appeal
    from jobtwin.store.clock import database_now

    commit = make_sample(tmp_path / "sample")
    monkeypatch.setenv("JOBTWIN_LOCAL_SOURCES", f"sample={tmp_path / 'sample'}")
    monkeypatch.setenv("JOBTWIN_CACHE", str(home / "cache"))
    monkeypatch.setenv("JOBTWIN_WORK", str(home / "work"))
    submission = submitted_now(commit)
    with override_settings(JOBTWIN=read_environment()):
        verify_submission(submission.pk, last_attempt=True)
    review_submission(submission.pk)
    fail(submission)
    learner = submission.attempt.learner
    return open_appeal(
        attempt=submission.attempt,
        learner=learner,
        reason="All 31 tests pass; the log says so.",
        now=database_now(),
    )


def submitted_now(commit: str) -> "Submission":
    """Ada's submission of the sample to the small exam."""
    from jobtwin.services.person import add_person
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Role
    from tests.host.people import started, submitted

    now = database_now()
    ada = add_person(email="ada@example.org", name="Ada", role=Role.LEARNER)
    return submitted(
        ada, attempt=started(ada, now), source="local:sample", commit=commit, development_source=True, now=now
    )


def fail(submission: "Submission") -> None:
    """Two mentors seal 0.40 and sign."""
    from jobtwin.services.decision import sign_off
    from jobtwin.services.ledger import ledger_writer
    from jobtwin.services.person import add_person
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Decision, Role
    from tests.host.browser.stage import Stage, mark

    version = submission.attempt.brief_version
    stage = Stage(version, Path(), submission.commit)
    submission.attempt.refresh_from_db()
    mentors = [
        add_person(email=f"{name}@example.org", name=name, role=Role.MENTOR) for name in ("Max", "Noor")
    ]
    for mentor in mentors:
        mark(stage, submission, mentor, "0.40", seal=True)
    now, decision = database_now(), Decision.objects.get()
    sign_off(decision=decision, mentor=mentors[0], skills={}, now=now, writer=ledger_writer())
    submission.attempt.refresh_from_db()


def replayed(appeal: "Appeal") -> dict[str, object]:
    """What a worker records of a replay."""
    from jobtwin.jobs.appeal import replay_appeal
    from jobtwin.store.models import Appeal

    Appeal.objects.update(replay=None, replayed_at=None)
    replay_appeal(appeal.submission_id)
    return dict(Appeal.objects.get().replay or {})


def test_the_same_facts_come_out_of_the_same_files_and_what_could_not_is_told(
    appealed: "Appeal", monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobtwin.store.models import CheckRecord
    from jobtwin.store.platform import artefacts

    first = CheckRecord.objects.get(check_id="F1")
    assert (first.verdict, first.facts["failed"]) == ("confirmed", {})
    found = replayed(appealed)
    assert (found["done"], found["result"], found["differing"]) == (True, "reproduced", [])
    assert found["undecided"] == {}
    assert found["notes"] == []

    monkeypatch.setenv("JOBTWIN_ENGINE", "none-such")
    found = replayed(appealed)
    assert (found["done"], found["result"], found["differing"]) == (True, "undecided", [])
    assert list(found["undecided"]) == ["F1", "F3"]  # type: ignore[call-overload]  # a mapping
    monkeypatch.delenv("JOBTWIN_ENGINE")

    CheckRecord.objects.filter(check_id="F1").update(facts=first.facts | {"passed": 1})
    found = replayed(appealed)
    assert (found["done"], found["result"]) == (True, "differs")
    assert [one["path"] for one in found["differing"]] == ["F1.facts.passed"]  # type: ignore[attr-defined]  # a list

    artefacts().bundle(appealed.submission_id).unlink()
    found = replayed(appealed)
    assert found["done"] is False
    assert "never fetched" in str(found["why"])
