"""The people in tests: Ada learns, Max, Noor and Kit mentor, Olga operates, Sam has no access."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jobtwin.core.brief import Brief, parse_brief
from jobtwin.core.check import CheckResult, Reason
from jobtwin.core.draft_review import DraftReview, review_brief
from jobtwin.services.attempt import start_attempt
from jobtwin.services.brief import publish_brief
from jobtwin.services.check import record_checks
from jobtwin.services.draft_review import record_draft_review
from jobtwin.services.ledger import LedgerWriter
from jobtwin.services.mark import claim_submission, save_mark, seal_mark
from jobtwin.services.person import add_person
from jobtwin.services.submission import submit_attempt
from jobtwin.store.models import Attempt, Mark, Person, Role, Submission
from tests.exams import brief_document

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
COMMIT = "c" * 40
ANSWERS = {"F1": "yes", "F3": "yes"}


@dataclass(frozen=True)
class People:
    """Everybody, each with an account (tests sign in without a password)."""

    ada: Person
    max: Person
    noor: Person
    kit: Person
    olga: Person
    sam: Person


def everybody() -> People:
    """Makes all accounts."""
    mentor = Role.MENTOR
    return People(
        ada=add_person(email="ada@example.org", name="Ada", role=Role.LEARNER),
        max=add_person(email="max@example.org", name="Max", role=mentor),
        noor=add_person(email="noor@example.org", name="Noor", role=mentor),
        kit=add_person(email="kit@example.org", name="Kit", role=mentor),
        olga=add_person(email="olga@example.org", name="Olga", role=Role.OPERATOR),
        sam=add_person(email="sam@example.org", name="Sam", role=Role.LEARNER),
    )


def exam() -> Brief:
    """The small brief of the tests."""
    return parse_brief(brief_document())


def started(learner: Person, now: datetime = NOW) -> Attempt:
    """An attempt at the small exam."""
    return start_attempt(learner=learner, brief_version=publish_brief(brief=exam(), now=now), now=now)


def submitted(learner: Person, **changes: object) -> Submission:
    """A submitted attempt, one hour after its start."""
    values: dict[str, object] = {
        "source": "https://git.example.org/ada/capstone",
        "commit": COMMIT,
        "development_source": False,
        "answers": ANSWERS,
        "now": NOW + timedelta(hours=1),
    }
    if "attempt" not in changes:
        changes["attempt"] = started(learner)
    return submit_attempt(**(values | changes))  # type: ignore[arg-type]  # built from plain values


def verified(learner: Person, **changes: object) -> Submission:
    """A submission with recorded checks and an empty draft review, ready to be claimed."""
    submission = submitted(learner, **changes)
    now = NOW + timedelta(hours=2)
    checks = (
        CheckResult("F1", Reason.OK, "31 tests passed."),
        CheckResult("F3", Reason.NOT_SUPPORTED, "Not yet."),
    )
    record_checks(submission=submission, checks=checks, engine="test", now=now)
    draft = DraftReview("source", COMMIT, "small", "none", review_brief(exam(), {}))
    record_draft_review(submission=submission, draft=draft, quotes={}, now=now)
    submission.attempt.refresh_from_db()
    return submission


def writer() -> LedgerWriter:
    """Writes to ledgers with counted randomness and notes that carry no signature."""
    counter = iter(range(1, 10**6))
    return LedgerWriter("test.example", lambda n: next(counter).to_bytes(n, "big"), lambda tree: tree.text())


def claimed(submission: Submission, mentor: Person, hours: int = 3) -> Mark:
    """A mentor's claim."""
    return claim_submission(
        submission=submission, mentor=mentor, no_conflict=True, now=NOW + timedelta(hours=hours)
    )


def sealed(mark: Mark, scores: str | Mapping[str, str], ledgers: LedgerWriter, hours: int = 4) -> Mark:
    """A mark with the same score everywhere (or the given ones), comments, and the seal."""
    dimensions = [one.id for one in exam().rubric.dimensions]
    given = dict.fromkeys(dimensions, scores) if isinstance(scores, str) else scores
    now = NOW + timedelta(hours=hours)
    save_mark(mark=mark, scores=given, comments=dict.fromkeys(dimensions, "Seen and weighed."), now=now)
    return seal_mark(mark=mark, now=now, writer=ledgers)
