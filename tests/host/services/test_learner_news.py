"""What a learner is told: each step once, a day before the end, and no result before it is shown."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jobtwin.store.models import Person

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


def told(person: "Person") -> list[str]:
    from jobtwin.store.models import Notification

    return list(Notification.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def test_every_step_of_an_exam_is_told_once_and_leads_to_its_page() -> None:
    from jobtwin.store.models import Notification
    from tests.host.services.test_credentials import passed

    attempt = passed().attempt
    steps = ["exam_started", "exam_received", "exam_verified", "exam_decided"]
    assert told(attempt.learner) == steps
    last = Notification.objects.filter(person=attempt.learner).latest("pk")
    assert last.message.path == f"/attempts/{attempt.pk}/result"
    assert "A small exam" in last.message.subject


def test_a_day_before_the_end_is_told_once_however_often_the_timer_fires() -> None:
    from jobtwin.services.learner_news import tell_day_left
    from tests.host.people import everybody, started, submitted

    people = everybody()
    attempt = started(people.ada)
    submitted(people.sam)
    early, late = attempt.deadline - timedelta(hours=24, seconds=1), attempt.deadline - timedelta(hours=2)
    counts = [tell_day_left(now=at) for at in (early, late, late, attempt.deadline)]
    assert counts == [0, 1, 0, 0]
    assert told(people.ada) == ["exam_started", "exam_day_left"]
    assert "exam_day_left" not in told(people.sam)


def test_a_held_result_is_told_when_it_is_released() -> None:
    from jobtwin.services.decision import sign_off
    from jobtwin.services.programme import Rules, change_rules, release_results
    from jobtwin.store.models import Decision
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    programme = submission.attempt.programme
    change_rules(programme=programme, rules=Rules("Exams", release="held"), actor=None, now=NOW)
    for mentor in (people.max, people.noor):
        sealed(claimed(submission, mentor), "0.80", ledgers)
    decision = Decision.objects.select_related("submission__attempt__programme").get()
    sign_off(decision=decision, mentor=people.max, skills={"ops.design": "0.80"}, now=NOW, writer=ledgers)
    assert "exam_decided" not in told(people.ada)
    release_results(programme=programme, actor=None, now=NOW)
    assert told(people.ada).count("exam_decided") == 1
