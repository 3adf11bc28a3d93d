"""The outbox of events: in the same transaction, once, and never more than a programme may know."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.host.receivers import listening, loopback_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobtwin.store.models import Submission
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


@pytest.fixture(autouse=True)
def allowed(db: None) -> "Iterator[None]":
    with loopback_allowed():
        yield


@pytest.fixture
def people() -> "People":
    from tests.host.people import everybody

    return everybody()


def told() -> list[str]:
    """The kinds in the outbox, in the order of their instants."""
    from jobtwin.store.models import Delivery

    return list(Delivery.objects.order_by("at", "kind").values_list("kind", flat=True))


def everything() -> str:
    """All that the outbox would send."""
    from jobtwin.store.models import Delivery

    return json.dumps(list(Delivery.objects.values_list("body", flat=True)))


def decided(people: "People") -> "Submission":
    """Ada's exam, disputed, marked by Max and Noor, signed and certified."""
    from jobtwin.services.credential import issue_credential
    from jobtwin.services.decision import sign_off
    from jobtwin.services.dispute import answer_dispute, raise_dispute
    from jobtwin.store.models import CheckRecord, Decision
    from tests.host.people import NOW, claimed, sealed, verified, writer

    ledgers = writer()
    submission = verified(people.ada)
    CheckRecord.objects.filter(check_id="F3").update(verdict="refuted", reason="evals_failed")
    raised = raise_dispute(
        attempt=submission.attempt,
        check_id="F3",
        reason="My evals ran at home.",
        now=NOW + timedelta(hours=3),
    )
    answer_dispute(
        dispute=raised, operator=people.olga, answer="They need a network.", now=NOW + timedelta(hours=3)
    )
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.80", ledgers)
    sign_off(
        decision=Decision.objects.get(),
        mentor=people.max,
        skills={"ops.design": "0.80"},
        now=NOW + timedelta(hours=5),
        writer=ledgers,
    )
    issue_credential(attempt_id=submission.attempt_id, now=NOW + timedelta(hours=6))
    return submission


def test_a_life_is_told_step_by_step_and_names_nobody(people: "People") -> None:
    listening()
    decided(people)
    assert told() == [
        "attempt.started",
        "attempt.submitted",
        "attempt.verified",
        "dispute.answered",
        "dispute.raised",
        "attempt.decided",
        "credential.issued",
    ]
    sent = everything()
    for word in ("Ada", "Max", "Noor", "Olga", "@", "git.example.org", "cccc", "My evals", "network"):
        assert word not in sent


def test_what_a_result_says_is_told_at_its_release_and_not_before(people: "People") -> None:
    from jobtwin.services.programme import Rules, change_rules, ensure_default_programme, release_results
    from jobtwin.store.models import Delivery
    from tests.host.people import NOW

    programme = ensure_default_programme()
    held = Rules(title="Held", release="held")
    change_rules(programme=programme, rules=held, actor=people.olga, now=NOW)
    listening()
    decided(people)
    before = everything()
    assert not {"attempt.decided", "credential.issued", "appeal.decided"} & set(told())
    assert "passed" not in before
    assert "0.8" not in before
    release_results(programme=programme, actor=people.olga, now=NOW + timedelta(days=3))
    assert told()[-2:] == ["attempt.decided", "credential.issued"]
    result = Delivery.objects.get(kind="attempt.decided").body["data"]
    assert (result["passed"], result["overall"]) == (True, "0.80")


def test_results_that_are_no_longer_held_are_told_as_by_a_release(people: "People") -> None:
    from jobtwin.services.programme import Rules, change_rules, ensure_default_programme
    from jobtwin.store.models import Notification
    from tests.host.people import NOW

    programme = ensure_default_programme()
    change_rules(programme=programme, rules=Rules(title="Held", release="held"), actor=people.olga, now=NOW)
    listening()
    decided(people)
    news = Notification.objects.filter(person=people.ada, kind="exam_decided")
    assert not news.exists()
    for _ in range(2):
        later = NOW + timedelta(days=3)
        change_rules(programme=programme, rules=Rules(title="Open"), actor=people.olga, now=later)
    assert told()[-2:] == ["attempt.decided", "credential.issued"]
    assert told().count("attempt.decided") == news.count() == 1


def test_a_transaction_that_fails_tells_nothing(people: "People") -> None:
    from django.db import transaction

    from jobtwin.store.models import Attempt
    from tests.host.people import started

    listening()
    with transaction.atomic():
        started(people.ada)
        assert told() == ["attempt.started"]
        transaction.set_rollback(True)
    assert (told(), Attempt.objects.count()) == ([], 0)


def test_an_endpoint_gets_what_it_chose_and_nothing_while_it_is_off(people: "People") -> None:
    from jobtwin.services.webhook import turn_off
    from tests.host.people import NOW, started, submitted

    listening("attempt.submitted")
    other, _ = listening("attempt.started", url="https://hooks.harbour.dev/in")
    submitted(people.ada)
    assert told() == ["attempt.started", "attempt.submitted"]
    turn_off(endpoint=other, actor=people.olga, now=NOW)
    started(people.sam)
    assert told() == ["attempt.started", "attempt.submitted"]


def test_another_programme_is_told_nothing(people: "People") -> None:
    from jobtwin.services.programme import Rules, create_programme
    from jobtwin.services.webhook import add_endpoint
    from tests.host.people import NOW, started

    harbour = create_programme(slug="harbour", rules=Rules(title="Harbour"))
    add_endpoint(
        programme=harbour,
        url="https://hooks.harbour.dev/",
        events=["attempt.started"],
        actor=people.olga,
        now=NOW,
    )
    started(people.ada)
    assert told() == []


def test_an_extension_tells_neither_its_kind_nor_its_reason(people: "People") -> None:
    from jobtwin.services.extension import extend_attempt
    from tests.host.people import NOW, started

    listening()
    attempt = started(people.ada)
    for minutes in (30, 60):
        extend_attempt(
            attempt=attempt,
            kind="accommodation",
            minutes=minutes,
            reason="A doctor's letter of 2 November.",
            operator=people.olga,
            now=NOW,
        )
    assert told().count("attempt.extended") == 2
    assert "accommodation" not in everything()
    assert "doctor" not in everything()


def test_withdrawn_and_voided_attempts_are_told(people: "People") -> None:
    from jobtwin.services.attempt import void_attempt, withdraw_attempt
    from tests.host.people import NOW, started

    listening()
    withdraw_attempt(attempt=started(people.ada), now=NOW + timedelta(hours=1))
    void_attempt(
        attempt=started(people.sam), operator=people.olga, reason="Two people worked on it.", now=NOW
    )
    assert set(told()) == {"attempt.started", "attempt.withdrawn", "attempt.voided"}
    assert "Two people" not in everything()


def test_a_credential_that_is_revoked_or_suspended_is_told_each_time(people: "People") -> None:
    from jobtwin.services.credential import lift_suspension, reissue_credential, suspend_credential
    from jobtwin.store.models import Credential, Delivery
    from tests.host.people import NOW

    listening()
    decided(people)
    one, day = Credential.objects.get(), timedelta(days=1)
    for turn in range(2):
        suspend_credential(credential=one, reason="An appeal.", now=NOW + day * (2 * turn + 1))
        lift_suspension(credential=one, now=NOW + day * (2 * turn + 2))
    two = reissue_credential(credential=one, reason="A name changed.", now=NOW + day * 9)
    assert told()[-6:] == ["credential.suspended", "credential.reinstated"] * 2 + [
        "credential.issued",
        "credential.revoked",
    ]
    issued = Delivery.objects.get(kind="credential.issued", key=str(two.pk))
    assert issued.body["data"]["replaces"] == str(one.pk)


def test_a_last_draft_that_the_clock_submits_is_told_as_that(people: "People") -> None:
    from jobtwin.services.draft import Work, save_draft
    from jobtwin.services.submission import submit_last_draft
    from jobtwin.store.models import Delivery, Draft
    from tests.host.people import COMMIT, NOW, started

    listening("attempt.submitted")
    attempt = started(people.ada)
    work = Work("https://git.example.org/a", "", {})
    save_draft(attempt=attempt, work=work, base_version=0, now=NOW)
    submit_last_draft(
        attempt=attempt,
        draft=Draft.objects.get(),
        source="https://git.example.org/a",
        commit=COMMIT,
        development_source=False,
        now=attempt.deadline,
    )
    assert Delivery.objects.get().body["data"]["by_clock"] is True


def test_an_operators_acts_stand_in_the_audit_and_are_told_to_the_learner(people: "People") -> None:
    from jobtwin.services.attempt import void_attempt
    from jobtwin.services.extension import extend_attempt
    from jobtwin.store.models import AuditEntry, Notification
    from tests.host.people import NOW, started

    decided(people)
    other = started(people.sam)
    for minutes in (30, 60):
        extend_attempt(
            attempt=other, kind="incident", minutes=minutes, reason="The sandbox was down.",
            operator=people.olga, now=NOW,
        )  # fmt: skip
    void_attempt(attempt=other, operator=people.olga, reason="Two people worked on it.", now=NOW)
    acts = AuditEntry.objects.filter(actor=people.olga).order_by("pk")
    assert [(one.what, one.facts) for one in acts] == [
        ("dispute_answered", {"check": "F3"}),
        ("attempt_extended", {"minutes": 30}),
        ("attempt_extended", {"minutes": 60}),
        ("attempt_voided", {}),
    ]
    told_to = Notification.objects.order_by("pk").values_list("person__name", "kind")
    assert [kind for name, kind in told_to if name == "Sam"] == [
        "exam_started", "exam_extended", "exam_extended", "exam_voided",
    ]  # fmt: skip
    assert ("Ada", "dispute_answered") in told_to
    assert ("Olga", "dispute_raised") in told_to
    assert "It ends on" in Notification.objects.filter(kind="exam_extended").latest("pk").message.sentence


def test_copies_of_gold_submissions_tell_nothing(people: "People") -> None:
    from jobtwin.services.event import publish_start
    from tests.host.people import NOW, started

    listening()
    attempt = started(people.ada)
    attempt.calibration = True
    publish_start(attempt=attempt, now=NOW)
    assert told() == ["attempt.started"]
