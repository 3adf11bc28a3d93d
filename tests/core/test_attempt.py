"""The clock of an exam."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.attempt import AttemptFacts, AttemptState, attempt_state, deadline_for, require_open
from jobtwin.core.errors import Conflict, TooLate
from tests.exams import small_brief

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
DEADLINE = deadline_for(small_brief(), START)
MOMENTS = st.integers(-(10**12), 10**13).map(lambda micro: START + timedelta(microseconds=micro))


def test_the_deadline_is_fourteen_days_after_start() -> None:
    assert timedelta(days=14) == DEADLINE - START


def test_the_deadline_instant_is_late_and_the_microsecond_before_is_not() -> None:
    facts = AttemptFacts(START, DEADLINE)
    require_open(facts, now=DEADLINE - timedelta(microseconds=1))
    with pytest.raises(TooLate):
        require_open(facts, now=DEADLINE)


@given(st.lists(MOMENTS, max_size=30))
def test_no_sequence_of_saves_and_clock_skews_moves_the_deadline(saves: list[datetime]) -> None:
    facts = AttemptFacts(START, DEADLINE)
    accepted = []
    for now in saves:
        try:
            require_open(facts, now=now)
        except TooLate:
            continue
        accepted.append(now)
    assert facts.deadline == DEADLINE
    assert accepted == [now for now in saves if now < DEADLINE]


@given(MOMENTS)
def test_an_attempt_is_closed_exactly_from_the_deadline_on(now: datetime) -> None:
    expected = AttemptState.OPEN if now < DEADLINE else AttemptState.EXPIRED
    assert attempt_state(AttemptFacts(START, DEADLINE), now=now) is expected


@given(MOMENTS)
def test_a_submitted_attempt_never_expires_or_reopens(now: datetime) -> None:
    submitted = AttemptFacts(START, DEADLINE, submitted_at=START)
    assert attempt_state(submitted, now=now) is AttemptState.SUBMITTED
    with pytest.raises(Conflict):
        require_open(submitted, now=now)


def test_states_follow_the_facts() -> None:
    marking = AttemptFacts(START, DEADLINE, submitted_at=START, verified_at=START)
    decided = AttemptFacts(START, DEADLINE, submitted_at=START, verified_at=START, decided_at=START)
    assert attempt_state(marking, now=START) is AttemptState.MARKING
    assert attempt_state(decided, now=START) is AttemptState.DECIDED
