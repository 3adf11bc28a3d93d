"""The clock from claim to sign-off."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.claim import REMINDERS, Clock, Pause, clock_of, merged

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
WEEK = timedelta(hours=168)


def hours(number: float) -> datetime:
    return START + timedelta(hours=number)


MOMENTS = st.integers(-600, 1_200).map(lambda minutes: START + timedelta(minutes=30 * minutes))
PAUSES = st.lists(
    st.builds(
        lambda start, length: Pause(start, start + timedelta(minutes=30 * length)),
        MOMENTS,
        st.integers(1, 300),
    ),
    max_size=6,
)
CLOCKS = st.builds(Clock, MOMENTS, st.integers(1, 700).map(lambda half: timedelta(minutes=30 * half)), PAUSES)


def test_a_seal_is_due_a_week_after_the_first_claim_whoever_claims_later() -> None:
    first = clock_of(hours(0), hours(0), WEEK)
    late = clock_of(hours(100), hours(0), WEEK)
    assert first.due == late.due == hours(168)
    assert not late.overdue(hours(168) - timedelta(microseconds=1))
    assert late.overdue(hours(168))


def test_reminders_come_at_half_three_quarters_and_nine_tenths() -> None:
    clock = clock_of(hours(0), hours(0), WEEK)
    seen = [clock.reminder(hours(at)) for at in (83.9, 84, 125.9, 126, 151.1, 151.2, 167, 400)]
    assert seen == [None, 50, 50, 75, 75, 90, 90, 90]


def test_a_holiday_moves_the_end_by_its_length_and_only_where_it_lies_before_it() -> None:
    day = Pause(hours(24), hours(48))
    assert Clock(START, WEEK, (day,)).due == hours(192)
    assert Clock(START, WEEK, (day, Pause(hours(30), hours(60)))).due == hours(204)
    assert Clock(START, WEEK, (Pause(hours(-48), hours(0)), Pause(hours(169), hours(999)))).due == hours(168)
    assert Clock(START, WEEK, (day, Pause(hours(191), hours(200)))).due == hours(201)


def test_a_holiday_that_begins_when_the_time_is_up_moves_nothing() -> None:
    clock = Clock(START, WEEK, (Pause(hours(168), hours(200)),))
    assert clock.due == hours(168)
    assert clock.overdue(hours(168))


def test_a_clock_that_is_started_anew_gives_the_whole_time() -> None:
    clock = Clock(START, WEEK, (Pause(START, hours(216)),))
    assert clock.counts_from == hours(216)
    assert clock.due == hours(216 + 168)


def test_a_claim_within_a_pause_starts_to_count_at_its_end() -> None:
    clock = Clock(START, WEEK, (Pause(hours(-5), hours(5)),))
    assert clock.counted(hours(5)) == timedelta()
    assert clock.due == hours(173)


@given(CLOCKS, MOMENTS)
def test_it_is_overdue_exactly_when_the_whole_span_has_counted(clock: Clock, now: datetime) -> None:
    assert clock.overdue(now) == (clock.counted(now) >= clock.span)
    assert clock.counted(clock.due) == clock.span


@given(CLOCKS, MOMENTS)
def test_counted_time_is_what_a_slow_count_of_half_hours_says(clock: Clock, now: datetime) -> None:
    half, at, slow = timedelta(minutes=30), clock.start, timedelta()
    while at < now:
        slow += timedelta() if any(one.start <= at < one.end for one in clock.pauses) else half
        at += half
    assert clock.counted(now) == slow


@given(CLOCKS, PAUSES)
def test_one_more_pause_never_brings_the_end_nearer_nor_moves_it_by_more_than_all_pauses(
    clock: Clock, more: list[Pause]
) -> None:
    """A later pause that stands already counts too, once the end is pushed into it."""
    pauses = (*clock.pauses, *more)
    moved = Clock(clock.start, clock.span, pauses).due - clock.due
    assert timedelta() <= moved <= sum((one.end - one.start for one in pauses), timedelta())


@given(CLOCKS)
def test_the_reminders_come_in_order_and_before_the_end(clock: Clock) -> None:
    times = [clock.after(clock.span * percent / 100) for percent in REMINDERS]
    assert times == sorted(times)
    assert times[-1] <= clock.due
    assert [clock.reminder(at) for at in times][-1] == 90


@given(PAUSES)
def test_merged_pauses_never_meet(pauses: list[Pause]) -> None:
    found = merged(pauses)
    assert all(one.end < two.start for one, two in pairwise(found))
