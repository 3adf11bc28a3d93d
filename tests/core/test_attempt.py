"""The clock of an exam."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.attempt import (
    AttemptFacts,
    AttemptState,
    attempt_state,
    deadline_for,
    extended,
    require_open,
    require_submittable_now,
    window_ends_for,
    windows_of,
    with_grace,
)
from jobtwin.core.brief import parse_brief
from jobtwin.core.errors import BadInput, Conflict, Refused, TooLate
from tests.exams import brief_document, small_brief

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


LIVE = {"id": "live", "title": "Live", "minutes": 90, "text": "Mend it."}
TWO = parse_brief(
    brief_document(
        time_box_hours=None,
        windows=[LIVE, LIVE | {"id": "after", "title": "After", "minutes": 240}],
        at_deadline={"upload_grace_minutes": 10},
    )
)
TWO_FACTS = AttemptFacts(
    START, deadline_for(TWO, START), window_ends=window_ends_for(TWO, START)
)  # fmt: skip


@given(MOMENTS)
def test_at_every_instant_of_the_time_box_exactly_one_window_is_open(now: datetime) -> None:
    times = windows_of(TWO, TWO_FACTS)
    inside = START <= now < TWO_FACTS.deadline
    assert sum(one.is_open(now) for one in times) == inside
    assert times[-1].ends_at == TWO_FACTS.deadline


def test_a_submission_waits_for_the_last_window() -> None:
    end = TWO_FACTS.window_ends[0]
    with pytest.raises(Refused, match="After, which is not open yet"):
        require_submittable_now(TWO, TWO_FACTS, now=end - timedelta(microseconds=1))
    require_submittable_now(TWO, TWO_FACTS, now=end)


def test_a_grace_begins_with_a_try_before_the_deadline_and_ends_on_its_instant() -> None:
    late = with_grace(TWO, TWO_FACTS, now=TWO_FACTS.deadline)
    assert late.grace_until is None
    tried = with_grace(TWO, TWO_FACTS, now=TWO_FACTS.deadline - timedelta(microseconds=1))
    end = TWO_FACTS.deadline + timedelta(minutes=10)
    assert tried.grace_until == end
    assert attempt_state(tried, now=TWO_FACTS.deadline) is AttemptState.GRACE
    require_submittable_now(TWO, tried, now=end - timedelta(microseconds=1))
    with pytest.raises(TooLate):
        require_open(tried, now=TWO_FACTS.deadline)
    with pytest.raises(TooLate):
        require_submittable_now(TWO, tried, now=end)


SPANS = st.integers(1, 165).map(lambda minutes: timedelta(minutes=minutes))


@given(SPANS, SPANS, st.sampled_from([None, "live", "after"]), st.booleans())
def test_an_extension_moves_every_lock_that_depends_on_it_and_no_other(
    by: timedelta, after: timedelta, window: str | None, tried: bool
) -> None:
    now = START + after
    facts = with_grace(TWO, TWO_FACTS, now=now) if tried else TWO_FACTS
    moved = extended(TWO, facts, by=by, window=window, granted=timedelta(0), now=now)
    first = window != "after" and (window == "live" or now < facts.window_ends[0])
    assert moved.window_ends == (facts.window_ends[0] + by * first, facts.window_ends[1] + by)
    assert moved.deadline == moved.window_ends[-1] == facts.deadline + by
    assert moved.started_at == facts.started_at
    if tried:
        assert moved.grace_until == moved.deadline + timedelta(minutes=10)


def test_an_extension_after_the_end_opens_the_last_window_again() -> None:
    now = TWO_FACTS.deadline + timedelta(minutes=30)
    moved = extended(TWO, TWO_FACTS, by=timedelta(hours=1), window=None, granted=timedelta(0), now=now)
    assert attempt_state(moved, now=now) is AttemptState.OPEN
    assert [one.is_open(now) for one in windows_of(TWO, moved)] == [False, True]
    with pytest.raises(Refused, match="grant more"):
        extended(TWO, TWO_FACTS, by=timedelta(minutes=30), window=None, granted=timedelta(0), now=now)


def test_extensions_have_the_limit_of_the_brief_together() -> None:
    box = TWO.time_box
    with pytest.raises(Refused, match="330 are granted"):
        extended(TWO, TWO_FACTS, by=timedelta(minutes=1), window=None, granted=box, now=START)
    with pytest.raises(BadInput, match="live, after"):
        extended(TWO, TWO_FACTS, by=timedelta(minutes=1), window="x", granted=timedelta(0), now=START)


@pytest.mark.parametrize(
    "facts",
    [
        replace(TWO_FACTS, withdrawn_at=START),
        replace(TWO_FACTS, voided_at=START),
        replace(TWO_FACTS, submitted_at=START),
    ],
)
def test_nothing_can_be_done_with_an_attempt_that_came_to_its_end(facts: AttemptFacts) -> None:
    now = TWO_FACTS.window_ends[0]
    for act in (require_open, partial(require_submittable_now, TWO)):
        with pytest.raises(Refused):
            act(facts, now=now)
    with pytest.raises(Refused):
        extended(TWO, facts, by=timedelta(minutes=1), window=None, granted=timedelta(0), now=now)
