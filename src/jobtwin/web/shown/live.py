"""An exam while it runs: each figure as a chart with the table that says the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from jobtwin.store.models import Programme
from jobtwin.store.queries.live import (
    CLOCKED,
    ModelCost,
    deadlines,
    funnel,
    marking_clocks,
    model_costs,
    verification,
)
from jobtwin.store.queries.operations import attempt_counts
from jobtwin.web.shown.chart import CountChart, bar_chart, column_chart
from jobtwin.web.shown.time import duration

STEPS = {
    "started": "Started",
    "saved": "Saved a draft",
    "submitted": "Submitted",
    "verified": "Verified",
    "decided": "Decided",
    "passed": "Passed",
    "certified": "Holds the credential",
}


@dataclass(frozen=True, slots=True)
class LiveExam:
    """Everything that the page shows, as of `now`."""

    now: datetime
    states: CountChart
    steps: CountChart
    verified: CountChart
    ending: CountChart
    clocks: CountChart
    waiting: str
    only_oldest: int
    models: list[ModelCost]


def live_exam(programmes: QuerySet[Programme], now: datetime) -> LiveExam:
    """The figures of programmes at `now`."""
    states = {state.value: count for state, count in attempt_counts(programmes, now).items()}
    steps = funnel(programmes)
    verifying = verification(programmes, now)
    marking = marking_clocks(programmes, now)
    clocks = {
        "less than half": marking.begun,
        "50 % or more": marking.half,
        "75 % or more": marking.three_quarters,
        "90 % or more": marking.nine_tenths,
        "past its time": marking.late,
    }
    return LiveExam(
        now,
        bar_chart("Attempts by state", states),
        bar_chart("How far attempts came", {STEPS[name]: steps[name] for name in STEPS}),
        column_chart("Verified, by hour", _hours(verifying.by_hour)),
        column_chart("Open attempts that end, by hour", _hours(deadlines(programmes, now))),
        bar_chart("Time that has passed of those in marking", clocks),
        _waiting(verifying.waiting, verifying.oldest, now),
        CLOCKED if marking.read == CLOCKED else 0,
        model_costs(programmes, now),
    )


def _hours(counts: Mapping[datetime, int]) -> dict[str, int]:
    return {f"{hour:%H}": count for hour, count in counts.items()}


def _waiting(count: int, oldest: datetime | None, now: datetime) -> str:
    if oldest is None:
        return "Nothing waits for verification."
    return (
        f"{count} wait{'s' if count == 1 else ''} for verification, the first for {duration(now - oldest)}."
    )
