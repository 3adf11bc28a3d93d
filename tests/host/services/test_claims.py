"""Claims: load, lease, release, conflicts, reassignment, and the clock moved through all of it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jobtwin.store.models import Person, Submission
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]

WHY = "Somebody else has to do it."


@pytest.fixture
def people() -> "People":
    from tests.host.people import everybody

    return everybody()


@pytest.fixture
def submission(people: "People") -> "Submission":
    from tests.host.people import verified

    return verified(people.ada)


def at(hours: float) -> datetime:
    from tests.host.people import NOW

    return NOW + timedelta(hours=hours)


def look(hours: float) -> None:
    """The job at so long after NOW, twice: it may run twice."""
    from jobtwin.jobs.claim import look_after_claims

    look_after_claims(now=at(hours))
    look_after_claims(now=at(hours))


def told(person: "Person") -> list[str]:
    """What somebody was told, the oldest first."""
    from jobtwin.store.models import Notification

    rows = Notification.objects.filter(person=person).order_by("pk")
    return [one.kind + str(one.facts.get("percent", "")) for one in rows]


def waits_for(person: "Person") -> bool:
    from jobtwin.store.queries.mark import waiting_for

    return waiting_for(person).exists()


def test_the_clock_goes_through_reminders_escalation_and_reassignment(
    people: "People", submission: "Submission"
) -> None:
    from jobtwin.store.models import ClockPause, EndedClaim, Mark
    from jobtwin.store.queries.mark import due_at
    from tests.host.people import claimed, sealed, writer

    ledgers = writer()
    claimed(submission, people.max, hours=3)
    second = claimed(submission, people.noor, hours=103)
    assert due_at(second) == at(3 + 168), "a late second claim has the shorter time"
    sealed(second, "0.80", ledgers, hours=110)
    look(3 + 83)
    assert told(people.max) == []
    for hours in (84, 84.1, 126, 151.3, 167.9):
        look(3 + hours)
    assert told(people.max) == ["seal_reminder50", "seal_reminder75", "seal_reminder90"]
    assert told(people.olga) == []
    look(3 + 168)
    assert told(people.max)[3:] == ["seal_overdue"]
    assert told(people.olga) == ["past_due"]
    look(3 + 168 + 47.9)
    assert not waits_for(people.kit)
    look(3 + 168 + 48)
    assert told(people.max)[4:] == ["claim_ended"]
    assert told(people.olga) == ["past_due", "claim_lapsed"]
    assert EndedClaim.objects.get().ending == "overdue"
    assert waits_for(people.kit)
    assert not waits_for(people.max), "whose claim ended does not claim again"
    third = claimed(submission, people.kit, hours=220)
    assert due_at(third) == at(3 + 168 + 48 + 168), "the next mentor has the whole time"
    assert ClockPause.objects.get().made_by is None
    sealed(third, "0.80", ledgers, hours=230)
    assert told(people.noor) == ["decision_to_sign"], "the second signs where the first is gone"
    assert told(people.kit) == []
    assert list(Mark.objects.order_by("seat").values_list("mentor__name", flat=True)) == ["Kit", "Noor"]


def test_the_signature_has_the_same_end_and_is_reminded_and_escalated(
    people: "People", submission: "Submission"
) -> None:
    from tests.host.people import claimed, sealed, writer

    ledgers = writer()
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.80", ledgers)
    look(3 + 84)
    look(3 + 160)
    assert told(people.max) == ["decision_to_sign", "sign_reminder50", "sign_reminder90"]
    assert told(people.noor) == []
    look(3 + 168)
    assert told(people.olga) == ["past_due"]


def test_an_operator_lets_the_second_sign_where_the_first_is_gone(
    people: "People", submission: "Submission"
) -> None:
    from jobtwin.core.errors import NotAllowed, Refused
    from jobtwin.services.claim import reassign_claim
    from jobtwin.services.decision import sign_off
    from jobtwin.store.models import Decision, Mark
    from tests.host.people import claimed, sealed, writer

    ledgers = writer()
    first, second = [claimed(submission, one) for one in (people.max, people.noor)]
    for mark in (first, second):
        sealed(mark, "0.80", ledgers)
    decision, skills = Decision.objects.get(), {"ops.design": "0.80"}
    with pytest.raises(NotAllowed):
        sign_off(decision=decision, mentor=people.noor, skills=skills, now=at(5), writer=ledgers)
    reassign_claim(mark=first, operator=people.olga, reason=WHY, now=at(5))
    assert told(people.noor) == ["decision_to_sign"]
    assert Mark.objects.get(pk=first.pk).sealed_at is not None
    with pytest.raises(Refused, match="nobody else"):
        reassign_claim(mark=second, operator=people.olga, reason=WHY, now=at(5))
    with pytest.raises(NotAllowed):
        sign_off(decision=decision, mentor=people.max, skills=skills, now=at(6), writer=ledgers)
    sign_off(decision=decision, mentor=people.noor, skills=skills, now=at(6), writer=ledgers)


@pytest.mark.parametrize("account", ["closed", "no longer a mentor"])
def test_the_second_signs_too_where_the_first_ones_account_is_gone(
    account: str, people: "People", submission: "Submission"
) -> None:
    from jobtwin.store.models import Membership, Person
    from jobtwin.store.queries.claim import signer
    from tests.host.people import claimed

    for one in (people.max, people.noor):
        claimed(submission, one)
    if account == "closed":
        Person.objects.filter(pk=people.max.pk).update(is_active=False)
    else:
        Membership.objects.filter(person=people.max).delete()
    found = signer(submission.pk)
    assert found is not None
    assert found.mentor == people.noor


def test_a_released_claim_leaves_the_seat_and_the_clock_runs_on(
    people: "People", submission: "Submission"
) -> None:
    from jobtwin.core.errors import BadInput, Conflict
    from jobtwin.services.claim import release_claim
    from jobtwin.store.models import EndedClaim
    from jobtwin.store.queries.mark import due_at
    from tests.host.people import claimed

    mark = claimed(submission, people.max, hours=3)
    with pytest.raises(BadInput, match="reason"):
        release_claim(mark=mark, reason="no", now=at(4))
    release_claim(mark=mark, reason=WHY, now=at(60))
    with pytest.raises(Conflict, match="ended already"):
        release_claim(mark=mark, reason=WHY, now=at(60))
    with pytest.raises(Conflict, match="has ended"):
        claimed(submission, people.max, hours=61)
    kept = EndedClaim.objects.get()
    assert (kept.ending, kept.reason, kept.by, kept.claimed_at) == ("released", WHY, people.max, at(3))
    assert due_at(claimed(submission, people.kit, hours=100)) == at(3 + 168)
    assert told(people.max) == []


def test_a_sealed_mark_cannot_be_given_back(people: "People", submission: "Submission") -> None:
    from jobtwin.core.errors import Conflict
    from jobtwin.services.claim import declare_conflict, release_claim
    from tests.host.people import claimed, sealed, writer

    mark = sealed(claimed(submission, people.max), "0.80", writer())
    with pytest.raises(Conflict, match="sealed"):
        release_claim(mark=mark, reason=WHY, now=at(5))
    with pytest.raises(Conflict, match="sealed"):
        declare_conflict(submission=submission, mentor=people.max, reason=WHY, now=at(5))


def test_a_conflict_of_interest_takes_it_out_of_the_queue_before_and_after_the_claim(
    people: "People", submission: "Submission"
) -> None:
    from jobtwin.services.claim import declare_conflict
    from jobtwin.store.models import EndedClaim, Mark
    from tests.host.people import claimed

    claimed(submission, people.noor)
    for mentor in (people.max, people.noor):
        declare_conflict(submission=submission, mentor=mentor, reason="We worked together.", now=at(4))
        declare_conflict(submission=submission, mentor=mentor, reason="We worked together.", now=at(4))
        assert not waits_for(mentor)
    assert waits_for(people.kit)
    assert not Mark.objects.exists()
    assert set(EndedClaim.objects.values_list("ending", flat=True)) == {"conflict"}


def test_a_mentor_holds_no_more_unsealed_claims_than_the_setting_says(people: "People") -> None:
    from dataclasses import replace

    from django.conf import settings
    from django.test import override_settings

    from jobtwin.core.claim import ClaimRules
    from jobtwin.core.errors import Refused
    from tests.host.people import claimed, sealed, verified, writer

    one, two = verified(people.ada), verified(people.sam)
    with override_settings(JOBTWIN=replace(settings.JOBTWIN, claims=ClaimRules(load=1))):
        mark = claimed(one, people.max)
        with pytest.raises(Refused) as refused:
            claimed(two, people.max)
        assert refused.value.code == "load"
        sealed(mark, "0.80", writer())
        claimed(two, people.max)


def test_an_operator_takes_an_unsealed_claim_back_and_asks_somebody(
    people: "People", submission: "Submission"
) -> None:
    from jobtwin.core.errors import BadInput, NotAllowed
    from jobtwin.services.claim import reassign_claim
    from jobtwin.store.queries.mark import due_at
    from tests.host.people import claimed

    mark = claimed(submission, people.max, hours=3)
    with pytest.raises(NotAllowed):
        reassign_claim(mark=mark, operator=people.noor, reason=WHY, now=at(9))
    with pytest.raises(BadInput, match="only a mentor"):
        reassign_claim(mark=mark, operator=people.olga, reason=WHY, now=at(9), to=people.sam)
    reassign_claim(mark=mark, operator=people.olga, reason=WHY, now=at(100), to=people.kit)
    assert told(people.max) == ["claim_ended"]
    assert told(people.kit) == ["asked_to_mark"]
    assert due_at(claimed(submission, people.kit, hours=110)) == at(100 + 168)


def test_pauses_move_due_times_by_computation_and_stay_listed(
    people: "People", submission: "Submission"
) -> None:
    from jobtwin.core.errors import BadInput, Conflict, NotAllowed
    from jobtwin.services.pause import cancel_pause, pause_clock
    from jobtwin.store.models import ClockPause
    from jobtwin.store.queries.mark import due_at
    from tests.host.people import claimed

    mine, other = claimed(submission, people.max), claimed(submission, people.noor)
    where = submission.attempt.programme
    holiday = pause_clock(
        programme=where, start=at(24), end=at(72), reason="A holiday", operator=people.olga, now=at(20)
    )
    assert due_at(mine) == due_at(other) == at(3 + 168 + 48)
    pause_clock(
        programme=where,
        start=at(60),
        end=at(96),
        reason="Illness",
        mentor=people.max,
        operator=people.olga,
        now=at(61),
    )
    assert due_at(mine) == at(3 + 168 + 72)
    assert due_at(other) == at(3 + 168 + 48), "an illness moves the own claims only"
    cancel_pause(pause=holiday, operator=people.olga, now=at(62))
    assert due_at(other) == at(3 + 168)
    assert due_at(mine) == at(3 + 168 + 36)
    with pytest.raises(Conflict):
        cancel_pause(pause=holiday, operator=people.olga, now=at(63))
    kept = ClockPause.objects.get(pk=holiday.pk)
    assert (kept.made_by, kept.cancelled_by, kept.cancelled_at) == (people.olga, people.olga, at(62))
    for start, end, who, error in (
        (2, 1, people.olga, BadInput),
        (1, 24 * 61 + 2, people.olga, BadInput),
        (1, 2, people.max, NotAllowed),
    ):
        with pytest.raises(error):
            pause_clock(
                programme=where, start=at(start), end=at(end), reason="A holiday", operator=who, now=at(0)
            )


def test_a_third_seat_is_wanted_only_after_the_discussion(people: "People", submission: "Submission") -> None:
    from jobtwin.services.mark import revise_mark
    from tests.host.people import claimed, sealed, writer

    ledgers = writer()
    marks = [
        sealed(claimed(submission, one), score, ledgers)
        for one, score in ((people.max, "0.90"), (people.noor, "0.60"))
    ]
    assert not waits_for(people.kit)
    for mark in marks:
        revise_mark(mark=mark, scores=mark.scores, reason=WHY, now=at(5), writer=ledgers)
    assert waits_for(people.kit)
    claimed(submission, people.kit)
    submission.refresh_from_db()
    assert submission.wanted_since is None
