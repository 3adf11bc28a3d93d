"""The deadline instant: many submit at once, and each is accepted with a receipt or refused, by one clock."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

pytestmark = pytest.mark.host

LEARNERS = 60
THREADS = 12
AHEAD = timedelta(milliseconds=700)
"""How far ahead the one deadline lies when the attempts are made."""


@dataclass
class Outcome:
    """What one submission was told: the instant that it was given, and its error's code or nothing."""

    attempt: object
    now: datetime
    code: str = ""


def submit_in_turns(attempts: list[object], outcomes: list[Outcome]) -> None:
    """Submits each attempt once, as fast as the database answers, each at the database's own instant."""
    from django.db import connection

    from jobtwin.core.errors import JobTwinError
    from jobtwin.services.submission import submit_attempt
    from jobtwin.store.clock import database_now
    from tests.host.people import ANSWERS, COMMIT

    for attempt in attempts:
        outcome = Outcome(attempt, database_now())
        try:
            submit_attempt(
                attempt=attempt,  # type: ignore[arg-type]  # rows of Attempt
                source="https://git.example.org/x", commit=COMMIT, development_source=False,
                answers=ANSWERS, now=outcome.now,
            )  # fmt: skip
        except JobTwinError as error:
            outcome.code = error.code
        outcomes.append(outcome)
    connection.close()


def made(count: int, deadline: datetime) -> list[object]:
    """So many attempts of as many people that end at one instant."""
    from jobtwin.services.attempt import start_attempt
    from jobtwin.services.brief import publish_brief
    from jobtwin.store.models import Person
    from tests.host.people import exam

    begin = deadline - exam().time_box
    version = publish_brief(brief=exam(), now=begin)
    people = [Person.objects.create(email=f"{n}@example.org") for n in range(count)]
    return [start_attempt(learner=one, brief_version=version, now=begin) for one in people]


def test_around_the_deadline_each_is_accepted_with_a_receipt_or_refused_and_never_both_or_neither(
    committed_db: str,
) -> None:
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Attempt, Receipt, Submission

    begin = database_now()
    attempts = made(LEARNERS * 2, begin + timedelta(hours=1))
    deadline = database_now() + AHEAD
    Attempt.objects.update(deadline=deadline)
    outcomes: list[Outcome] = []
    early, late = attempts[:LEARNERS], attempts[LEARNERS:]
    first = [
        threading.Thread(target=submit_in_turns, args=(early[n::THREADS], outcomes)) for n in range(THREADS)
    ]
    for thread in first:
        thread.start()
    while database_now() < deadline - timedelta(milliseconds=60):  # the second half starts just before it
        threading.Event().wait(0.005)
    second = [
        threading.Thread(target=submit_in_turns, args=(late[n::THREADS], outcomes)) for n in range(THREADS)
    ]
    for thread in second:
        thread.start()
    for thread in [*first, *second]:
        thread.join()

    assert len(outcomes) == LEARNERS * 2
    accepted = {one.attempt.pk for one in outcomes if not one.code}  # type: ignore[attr-defined]  # rows
    assert {one.code for one in outcomes} <= {"", "too_late"}
    for one in outcomes:
        assert (one.code == "") == (one.now < deadline)
    assert accepted
    assert len(accepted) < len(outcomes)
    assert set(Submission.objects.values_list("attempt_id", flat=True)) == accepted
    receipts = Receipt.objects.filter(what="submit")
    assert set(receipts.values_list("attempt_id", flat=True)) == accepted
    assert receipts.count() == len(accepted)
    assert not receipts.filter(at__gte=deadline).exists()
    assert not Attempt.objects.filter(submitted_at__gte=deadline).exists()
    assert Attempt.objects.filter(submitted_at__isnull=False).count() == len(accepted)


def test_of_many_submissions_of_one_attempt_one_is_accepted_with_one_receipt(committed_db: str) -> None:
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Receipt, Submission

    (attempt,) = made(1, database_now() + timedelta(hours=1))
    outcomes: list[Outcome] = []
    threads = [threading.Thread(target=submit_in_turns, args=([attempt], outcomes)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.code for one in outcomes) == ["", *["conflict"] * (THREADS - 1)]
    assert (Submission.objects.count(), Receipt.objects.filter(what="submit").count()) == (1, 1)
