"""The mentors' side: claim, blind marking, seals, reconciliation, sign-off."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


def test_two_mentors_take_two_seats_and_a_third_is_told() -> None:
    from jobtwin.core.errors import Conflict
    from tests.host.people import claimed, everybody, verified

    people = everybody()
    submission = verified(people.ada)
    assert [claimed(submission, one).seat for one in (people.max, people.noor)] == [1, 2]
    with pytest.raises(Conflict):
        claimed(submission, people.kit)
    with pytest.raises(Conflict, match="already"):
        claimed(submission, people.max)


def test_only_mentors_without_conflict_claim_what_is_verified() -> None:
    from jobtwin.core.errors import NotAllowed, Refused
    from jobtwin.services.mark import claim_submission
    from tests.host.people import NOW, claimed, everybody, submitted, verified

    people = everybody()
    with pytest.raises(NotAllowed):
        claimed(verified(people.ada), people.sam)
    with pytest.raises(Refused, match="verified"):
        claimed(submitted(people.sam), people.max)
    with pytest.raises(Refused, match="conflict"):
        claim_submission(
            submission=people.ada.attempts.get().submission, mentor=people.max, no_conflict=False, now=NOW
        )


def test_a_mentor_never_marks_the_own_submission() -> None:
    from jobtwin.core.errors import NotAllowed
    from jobtwin.store.queries.mark import waiting_for
    from tests.host.people import claimed, everybody, verified

    people = everybody()
    submission = verified(people.max)
    assert not waiting_for(people.max).exists()
    with pytest.raises(NotAllowed):
        claimed(submission, people.max)


def test_nothing_of_the_other_mark_is_visible_before_both_are_sealed() -> None:
    from jobtwin.store.queries.mark import visible_marks
    from tests.host.people import claimed, everybody, sealed, verified, writer

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    first, second = claimed(submission, people.max), claimed(submission, people.noor)
    first = sealed(first, "0.80", ledgers)
    assert visible_marks(second) == [second]
    assert visible_marks(first) == [first]
    second = sealed(second, "0.85", ledgers)
    assert visible_marks(first) == visible_marks(second) == [first, second]


def test_marks_that_agree_are_averaged_exactly_once_both_are_sealed() -> None:
    from jobtwin.store.models import Decision
    from tests.host.people import claimed, everybody, sealed, verified, writer

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    marks = [claimed(submission, one) for one in (people.max, people.noor)]
    sealed(marks[0], "0.75", ledgers)
    assert not Decision.objects.exists()
    sealed(marks[1], "0.80", ledgers)
    decision = Decision.objects.get()
    assert (decision.route, decision.overall, decision.passed) == ("mean", Decimal("0.775"), True)
    assert decision.scores == {"quality": "0.775", "reflection": "0.775"}


def test_marks_apart_are_discussed_and_the_originals_stay() -> None:
    from jobtwin.services.mark import revise_mark
    from jobtwin.store.models import Decision
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    first, second = (claimed(submission, one) for one in (people.max, people.noor))
    first, second = sealed(first, "0.90", ledgers), sealed(second, "0.60", ledgers)
    assert not Decision.objects.exists()
    for mark, score in ((first, "0.80"), (second, "0.80")):
        revise_mark(
            mark=mark,
            scores={"quality": score, "reflection": score},
            reason="We read the threat model together.",
            now=NOW + timedelta(hours=6),
            writer=ledgers,
        )
    decision = Decision.objects.get()
    first.refresh_from_db()
    assert (decision.route, decision.overall) == ("discussed", Decimal("0.80"))
    assert set(first.scores.values()) == {"0.90"}


def test_still_apart_opens_a_blind_third_seat_and_the_median_decides() -> None:
    from jobtwin.services.mark import revise_mark
    from jobtwin.store.models import Decision
    from jobtwin.store.queries.mark import visible_marks, waiting_for
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    first, second = (claimed(submission, one) for one in (people.max, people.noor))
    first, second = sealed(first, "0.90", ledgers), sealed(second, "0.60", ledgers)
    assert not waiting_for(people.kit).exists()
    for mark in (first, second):
        revise_mark(
            mark=mark,
            scores=mark.scores,
            reason="I stand by my scores.",
            now=NOW + timedelta(hours=6),
            writer=ledgers,
        )
    assert waiting_for(people.kit).get() == submission
    third = claimed(submission, people.kit, hours=7)
    assert visible_marks(third) == [third]
    sealed(third, "0.70", ledgers, hours=8)
    decision = Decision.objects.get()
    assert (decision.route, decision.overall, decision.passed) == ("median_of_three", Decimal("0.70"), False)


def test_a_sealed_mark_cannot_be_changed_and_an_incomplete_one_cannot_be_sealed() -> None:
    from jobtwin.core.errors import BadScore, Conflict, Refused
    from jobtwin.services.mark import save_mark, seal_mark
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer

    people, ledgers = everybody(), writer()
    mark = claimed(verified(people.ada), people.max)
    with pytest.raises(BadScore, match="no score for quality"):
        seal_mark(mark=mark, now=NOW, writer=ledgers)
    save_mark(mark=mark, scores={"quality": "0.5", "reflection": "0.5"}, comments={}, now=NOW)
    with pytest.raises(Refused, match="comment"):
        seal_mark(mark=mark, now=NOW, writer=ledgers)
    mark = sealed(mark, "0.50", ledgers)
    with pytest.raises(Conflict, match="sealed"):
        save_mark(mark=mark, scores={"quality": "1"}, comments={}, now=NOW)
    with pytest.raises(Conflict, match="sealed"):
        seal_mark(mark=mark, now=NOW, writer=ledgers)


def test_only_the_first_claimant_signs_and_only_within_ceilings() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.core.errors import BadInput, Conflict, NotAllowed
    from jobtwin.services.decision import sign_off
    from jobtwin.store.models import Decision, SkillAssertion
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.80", ledgers)
    decision, later = Decision.objects.get(), NOW + timedelta(hours=9)
    with pytest.raises(NotAllowed):
        sign_off(decision=decision, mentor=people.noor, skills={}, now=later, writer=ledgers)
    with pytest.raises(BadInput, match="at least one skill"):
        sign_off(decision=decision, mentor=people.max, skills={}, now=later, writer=ledgers)
    with pytest.raises(BadInput, match="at most"):
        sign_off(
            decision=decision, mentor=people.max, skills={"safety.review": "0.91"}, now=later, writer=ledgers
        )
    skills = {"safety.review": "0.90", "ops.design": "0.70"}
    sign_off(decision=decision, mentor=people.max, skills=skills, now=later, writer=ledgers)
    assert {one.skill: str(one.weight) for one in SkillAssertion.objects.all()} == skills
    assert ProcrastinateJob.objects.filter(task_name="issue_credential").count() == 1
    with pytest.raises(Conflict):
        sign_off(decision=decision, mentor=people.max, skills=skills, now=later, writer=ledgers)


def test_the_seal_is_due_a_hundred_and_sixty_eight_hours_after_the_first_claim() -> None:
    from jobtwin.store.queries.mark import due_at
    from tests.host.people import NOW, claimed, everybody, verified

    people = everybody()
    submission = verified(people.ada)
    first = claimed(submission, people.max, hours=3)
    late = claimed(submission, people.noor, hours=30)
    assert due_at(first) == due_at(late) == NOW + timedelta(hours=3 + 168)


def test_ledger_entries_hold_scores_and_no_names_or_comments() -> None:
    from jobtwin.store.models import Checkpoint, LedgerEntry
    from tests.host.people import claimed, everybody, sealed, verified, writer

    people, ledgers = everybody(), writer()
    sealed(claimed(verified(people.ada), people.max), "0.80", ledgers)
    entry = LedgerEntry.objects.get()
    said = json.loads(bytes(entry.canonical))
    assert said["scores"] == {"quality": "0.80", "reflection": "0.80"}
    assert (said["seq"], said["kind"]) == (0, "seal")
    assert not any(word in bytes(entry.canonical).decode() for word in ("Max", "max@", "Ada", "Seen and"))
    assert Checkpoint.objects.get().size == 1
