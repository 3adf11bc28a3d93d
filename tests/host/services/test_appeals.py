"""Appeals from the learner's word to the corrected credential."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jobtwin.services.ledger import LedgerWriter
    from jobtwin.store.models import Appeal, Person, Submission
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]

WHY = "The second mentor overlooked docs/runbook.md, which names every alert."


def at(hours: float) -> datetime:
    from tests.host.people import NOW

    return NOW + timedelta(hours=hours)


@pytest.fixture
def people() -> "People":
    from tests.host.people import everybody

    return everybody()


@pytest.fixture
def ledgers() -> "LedgerWriter":
    from tests.host.people import writer

    return writer()


@pytest.fixture
def lou(people: "People") -> "Person":
    """A second mentor who did not mark."""
    from jobtwin.services.person import add_person
    from jobtwin.store.models import Role

    return add_person(email="lou@example.org", name="Lou", role=Role.MENTOR)


def decided(people: "People", score: str, ledgers: "LedgerWriter") -> "Submission":
    """Ada's exam, marked by Max and Noor and signed; its credential is issued on a pass."""
    from jobtwin.services.credential import issue_credential
    from jobtwin.services.decision import sign_off
    from jobtwin.store.models import Decision
    from tests.host.people import claimed, sealed, verified

    submission = verified(people.ada)
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, score, ledgers)
    decision = Decision.objects.get()
    skills = {"ops.design": "0.80"} if decision.passed else {}
    sign_off(decision=decision, mentor=people.max, skills=skills, now=at(5), writer=ledgers)
    if decision.passed:
        issue_credential(attempt_id=submission.attempt_id, now=at(5))
    submission.attempt.refresh_from_db()
    return submission


def opened(submission: "Submission", hours: float = 10) -> "Appeal":
    from jobtwin.services.appeal import open_appeal

    attempt = submission.attempt
    return open_appeal(attempt=attempt, learner=attempt.learner, reason=WHY, now=at(hours))


def marked_anew(
    submission: "Submission", mentors: "list[Person]", score: str, ledgers: "LedgerWriter"
) -> None:
    from tests.host.people import claimed, sealed

    for mark in [claimed(submission, one, hours=20) for one in mentors]:
        sealed(mark, score, ledgers, hours=21)


def test_an_appeal_raises_a_result_and_the_credential_is_issued(
    people: "People", lou: "Person", ledgers: "LedgerWriter"
) -> None:
    from jobtwin.services.appeal import sign_appeal
    from jobtwin.store.models import Decision, LedgerEntry, Mark
    from jobtwin.store.queries.mark import visible_marks, waiting_for

    submission = decided(people, "0.60", ledgers)
    appeal = opened(submission)
    assert [waiting_for(one).exists() for one in (people.max, people.noor, people.kit, lou)] == [
        False, False, True, True,
    ]  # fmt: skip
    marked_anew(submission, [people.kit, lou], "0.85", ledgers)
    assert [len(visible_marks(one)) for one in Mark.objects.order_by("seat")] == [2, 2, 4, 4]
    sign_appeal(appeal=appeal, mentor=people.kit, skills={"ops.design": "0.90"}, now=at(22), writer=ledgers)
    decision = Decision.objects.get()
    assert (decision.route, decision.passed, str(decision.overall.normalize())) == ("appeal", True, "0.85")
    assert appeal.former["overall"] == "0.60"
    kinds = list(LedgerEntry.objects.order_by("pk").values_list("canonical", flat=True))
    assert sum(b'"kind":"correction"' in bytes(one) for one in kinds) == 3
    assert len(Mark.objects.filter(seat__lt=3, scores={"quality": "0.60", "reflection": "0.60"})) == 2


def test_an_appeal_lowers_a_result_and_the_credential_is_revoked(
    people: "People", lou: "Person", ledgers: "LedgerWriter"
) -> None:
    from jobtwin.services.appeal import sign_appeal
    from jobtwin.store.models import Credential

    submission = decided(people, "0.80", ledgers)
    appeal = opened(submission)
    assert Credential.objects.get().suspended_at == at(10), "suspended on our pages meanwhile"
    marked_anew(submission, [people.kit, lou], "0.60", ledgers)
    sign_appeal(appeal=appeal, mentor=people.kit, skills={}, now=at(22), writer=ledgers)
    gone = Credential.objects.get()
    assert (gone.revoked_at, gone.suspended_at) == (at(22), None)


@pytest.mark.parametrize(("score", "issued"), [("0.80", 1), ("0.90", 2)])
def test_a_pass_that_stands_lifts_the_suspension_and_a_changed_one_issues_anew(
    score: str, issued: int, people: "People", lou: "Person", ledgers: "LedgerWriter"
) -> None:
    from jobtwin.services.appeal import sign_appeal
    from jobtwin.store.models import Credential

    submission = decided(people, "0.80", ledgers)
    appeal = opened(submission)
    marked_anew(submission, [people.kit, lou], score, ledgers)
    sign_appeal(appeal=appeal, mentor=people.kit, skills={"ops.design": "0.80"}, now=at(22), writer=ledgers)
    live = Credential.objects.get(revoked_at__isnull=True)
    assert live.suspended_at is None
    assert Credential.objects.count() == issued


def test_who_may_appeal_when_and_who_may_sign(
    people: "People", lou: "Person", ledgers: "LedgerWriter"
) -> None:
    from jobtwin.core.errors import BadInput, Conflict, NotAllowed, NotFound, Refused, TooLate
    from jobtwin.services.appeal import open_appeal, sign_appeal

    submission = decided(people, "0.60", ledgers)
    attempt = submission.attempt
    for learner, reason, hours, error in (
        (people.sam, WHY, 10, NotFound),
        (people.ada, "no", 10, BadInput),
        (people.ada, WHY, 5 + 14 * 24, TooLate),
    ):
        with pytest.raises(error):
            open_appeal(attempt=attempt, learner=learner, reason=reason, now=at(hours))
    appeal = opened(submission)
    with pytest.raises(Conflict):
        opened(submission, hours=11)
    marked_anew(submission, [people.kit], "0.85", ledgers)
    with pytest.raises(Refused, match="both mentors"):
        sign_appeal(appeal=appeal, mentor=people.kit, skills={}, now=at(22), writer=ledgers)
    marked_anew(submission, [lou], "0.85", ledgers)
    with pytest.raises(NotAllowed):
        sign_appeal(appeal=appeal, mentor=lou, skills={}, now=at(22), writer=ledgers)
    with pytest.raises(BadInput, match="at least one skill"):
        sign_appeal(appeal=appeal, mentor=people.kit, skills={}, now=at(22), writer=ledgers)
    sign_appeal(appeal=appeal, mentor=people.kit, skills={"ops.design": "0.80"}, now=at(22), writer=ledgers)
    with pytest.raises(Conflict, match="decided"):
        sign_appeal(
            appeal=appeal, mentor=people.kit, skills={"ops.design": "0.80"}, now=at(23), writer=ledgers
        )


def test_an_appeal_has_a_clock_of_its_own(people: "People", ledgers: "LedgerWriter") -> None:
    from jobtwin.jobs.claim import look_after_claims
    from jobtwin.store.models import Notification
    from jobtwin.store.queries.mark import due_at
    from tests.host.people import claimed

    submission = decided(people, "0.60", ledgers)
    opened(submission)
    mark = claimed(submission, people.kit, hours=300)
    assert due_at(mark) == at(468)
    look_after_claims(now=at(400))
    told = Notification.objects.filter(kind__in=["seal_reminder", "seal_overdue", "past_due"])
    assert [(one.person.name, one.kind) for one in told] == [("Kit", "seal_reminder")]


def test_operators_are_told_once_of_an_appeal_that_nobody_takes(
    people: "People", ledgers: "LedgerWriter"
) -> None:
    from jobtwin.jobs.claim import look_after_claims
    from jobtwin.store.models import Notification

    submission = decided(people, "0.60", ledgers)
    opened(submission)
    submission.refresh_from_db()
    assert submission.wanted_since is not None
    told = Notification.objects.filter(kind="appeal_waiting")
    look_after_claims(now=submission.wanted_since + timedelta(hours=83))
    assert not told.exists()
    for hours in (84, 90, 300):
        look_after_claims(now=submission.wanted_since + timedelta(hours=hours))
    assert [one.person.name for one in told] == ["Olga"]


def test_what_could_not_be_run_again_is_recorded_with_its_reason(
    people: "People", ledgers: "LedgerWriter"
) -> None:
    from jobtwin.jobs.appeal import replay_appeal

    appeal = opened(decided(people, "0.60", ledgers))
    for _ in range(2):
        replay_appeal(appeal.submission_id)
    appeal.refresh_from_db()
    found = appeal.replay or {}
    assert found["done"] is False
    assert "never fetched" in found["why"]
