"""A mentor is told that something began to wait: once a day, only with room for it, and nothing of others."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jobtwin.store.models import Person

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


def told(person: "Person") -> list[str]:
    from jobtwin.store.models import Notification

    rows = Notification.objects.filter(person=person, kind="marking_waits").order_by("pk")
    return [one.message.subject for one in rows]


def tell(hours: int) -> int:
    from jobtwin.services.mentor_news import tell_waiting
    from tests.host.people import NOW

    return tell_waiting(now=NOW + timedelta(hours=hours))


def test_what_begins_to_wait_is_told_once_a_day_however_much_comes() -> None:
    from tests.host.people import everybody, verified

    people = everybody()
    assert tell(1) == 0
    verified(people.ada)
    assert [tell(3), tell(4)] == [3, 0]
    verified(people.sam)
    assert tell(5) == 0
    assert tell(24) == 0  # waits since before the first word
    assert told(people.max) == ["A small exam: a submission waits to be marked"]
    assert [told(one) for one in (people.ada, people.olga)] == [[], []]


def test_what_came_after_the_last_word_is_told_with_the_next_daily_mail() -> None:
    from jobtwin.store.models import Submission
    from tests.host.people import NOW, everybody, verified

    people = everybody()
    verified(people.ada)
    assert tell(3) == 3
    later = verified(people.sam)
    Submission.objects.filter(pk=later.pk).update(wanted_since=NOW + timedelta(hours=4))
    assert [tell(5), tell(23), tell(24)] == [0, 3, 0]


def test_nothing_is_told_that_could_not_be_claimed() -> None:
    from jobtwin.services.claim import declare_conflict
    from jobtwin.services.programme import Rules, change_rules
    from tests.host.people import NOW, claimed, everybody, verified

    people = everybody()
    first = verified(people.ada)
    change_rules(programme=first.attempt.programme, rules=Rules("Exams", marking_cap=1), actor=None, now=NOW)
    mark = claimed(first, people.max)
    second = verified(people.sam)
    declare_conflict(submission=first, mentor=people.noor, reason="We worked together.", now=NOW)
    declare_conflict(submission=second, mentor=people.noor, reason="We worked together.", now=NOW)
    people.kit.is_active = False
    people.kit.save()
    assert tell(4) == 0
    mark.delete()  # room again
    assert tell(5) == 1
    assert told(people.max) != []


def test_who_is_out_of_rotation_is_told_of_the_copies_that_lead_back_and_of_nothing_else() -> None:
    from jobtwin.services.calibration import open_run
    from tests.host.gold import gold_set, waiting
    from tests.host.people import NOW, everybody

    people = everybody()
    waiting("ann@example.org")
    gold_set(people)
    before = tell(400)
    assert told(people.noor) == []
    open_run(mentor=people.noor, brief_id="small", now=NOW + timedelta(hours=401))
    assert tell(402) == 1
    assert told(people.noor) == ["A small exam: a submission waits to be marked"]
    assert before == 0


def test_the_number_of_mentors_who_know_already_costs_nothing() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jobtwin.services.person import add_person
    from jobtwin.store.models import Role
    from tests.host.people import everybody, verified

    verified(everybody().ada)
    counts = []
    for number in range(2):
        add_person(email=f"more{number}@example.org", name="", role=Role.MENTOR)
        tell(3)
        with CaptureQueriesContext(connection) as asked:
            tell(4)
        counts.append(len(asked))
    assert counts == [2, 2]


def test_it_is_no_duty_so_that_one_click_ends_its_mail() -> None:
    from jobtwin.core.notification import is_duty

    assert not is_duty("marking_waits")
