"""A stage for browser tests: the built-in exam, the sample capstone as a repository, real drafts of it."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from jobtwin.cli.sample import make_sample
from jobtwin.core.check import CheckResult, Reason, VerificationReport
from jobtwin.jobs.verification import quoted_lines
from jobtwin.review.draft import draft_review
from jobtwin.services.attempt import start_attempt
from jobtwin.services.brief import publish_brief
from jobtwin.services.check import record_checks, record_event
from jobtwin.services.draft_review import record_draft_review
from jobtwin.services.ledger import ledger_writer
from jobtwin.services.mark import claim_submission, keep_first_pass, save_mark, seal_mark
from jobtwin.services.submission import keep_bundle, submit_attempt
from jobtwin.source.address import TERMINAL, parse_source
from jobtwin.source.brief import built_in_brief
from jobtwin.source.repository import fetch
from jobtwin.store.clock import database_now
from jobtwin.store.models import Attempt, BriefVersion, Person, Submission
from jobtwin.store.platform import artefacts, make_keys

NOTES = "Start with docs/architecture.md; the routing rules are the heart of it."


@dataclass(frozen=True)
class Stage:
    """A published exam and the sample's repository."""

    version: BriefVersion
    repository: Path
    commit: str


def set_stage(folder: Path) -> Stage:
    """Publishes the capstone, makes keys and the sample."""
    now = database_now()
    make_keys(now=now)
    repository = folder / "sample"
    return Stage(
        publish_brief(brief=built_in_brief("capstone"), now=now), repository, make_sample(repository)
    )


def submission_of(stage: Stage, learner: Person, *, force_reason: str = "") -> Submission:
    """A submission of the sample; with a reason its F1 is answered "no" and forced."""
    now = database_now()
    return submit_attempt(
        attempt=start_attempt(learner=learner, brief_version=stage.version, now=now - timedelta(days=9)),
        source="https://git.example.org/ada/kerbside",
        commit=stage.commit,
        development_source=False,
        answers={"F1": "no" if force_reason else "yes", "F2": "yes", "F3": "yes", "F4": "yes"},
        notes=NOTES,
        force=bool(force_reason),
        force_reason=force_reason,
        now=now,
    )


def checks(*, failing: bool = False) -> tuple[CheckResult, ...]:
    """What a verification of the sample says: F1 confirmed (or refuted), the others not supported."""
    facts: dict[str, object] = {"census": 31, "collected": 31, "passed": 31, "failed": {}, "skipped": 0}
    first = CheckResult("F1", Reason.OK, "All 31 tests passed; the negative control was noticed.", facts, 6.4)
    if failing:
        failed = {"tests/test_api.py::test_rate_limit": "AssertionError: assert 200 == 429"}
        facts |= {"passed": 30, "failed": failed, "able_to_bend_results": ["tests/conftest.py:12 hook"]}
        first = CheckResult("F1", Reason.TESTS_FAILED, "1 of 31 tests failed: test_rate_limit.", facts, 6.1)
    later = (CheckResult(one, Reason.NOT_SUPPORTED, "Not verified yet.") for one in ("F2", "F3", "F4"))
    return (first, *later)


def verify(stage: Stage, submission: Submission, folder: Path, *, failing: bool = False) -> None:
    """Records events, checks and the real draft review of the sample, and keeps its bundle."""
    now, brief = database_now(), stage.version.brief
    record_event(submission=submission, phase="fetch", kind="end", text="commit fetched", now=now)
    source = parse_source(str(stage.repository), TERMINAL)
    with fetch(source, commit=submission.commit, into=folder / f"{submission.pk}.git") as repository:
        keep_bundle(submission=submission, sha256=artefacts().keep(submission.pk, repository))
        found = checks(failing=failing)
        report = VerificationReport(submission.source, submission.commit, brief.id, "test", found)
        draft = draft_review(repository, brief, source=submission.source, facts=report.as_json())
        quotes = quoted_lines(repository, draft)
    record_checks(submission=submission, checks=found, engine="test", now=now)
    record_draft_review(submission=submission, draft=draft, quotes=quotes, now=now)
    submission.attempt.refresh_from_db()


def mark(stage: Stage, submission: Submission, mentor: Person, score: str, *, seal: bool) -> None:
    """A mentor's claim with the same score everywhere, kept as the first pass, and the seal."""
    now, dimensions = database_now(), [one.id for one in stage.version.brief.rubric.dimensions]
    claimed = claim_submission(submission=submission, mentor=mentor, no_conflict=True, now=now)
    comments = dict.fromkeys(dimensions, "Clear, with evidence; the weak side is named.")
    saved = save_mark(mark=claimed, scores=dict.fromkeys(dimensions, score), comments=comments, now=now)
    keep_first_pass(mark=saved, now=now)
    if seal:
        seal_mark(mark=saved, now=now, writer=ledger_writer())


def offer_incident() -> BriefVersion:
    """Publishes the live incident; again, changes nothing."""
    return publish_brief(brief=built_in_brief("live_incident"), now=database_now())


def next_window() -> None:
    """Lets the first window of the one attempt under way end now, and the next one begin."""
    attempt = Attempt.objects.get()
    now = database_now()
    first, *later = attempt.window_ends
    passed = first - now
    attempt.window_ends = [one - passed for one in (first, *later)]
    attempt.deadline -= passed
    attempt.started_at -= passed
    attempt.save()
