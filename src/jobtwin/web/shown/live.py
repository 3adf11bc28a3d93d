"""An exam while it runs: each figure as a chart with the table that says the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_noop, ngettext

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
from jobtwin.web.shown.words import words

STEPS = {
    "started": gettext_noop("Started"),
    "saved": gettext_noop("Saved a draft"),
    "submitted": gettext_noop("Submitted"),
    "verified": gettext_noop("Verified"),
    "decided": gettext_noop("Decided"),
    "passed": gettext_noop("Passed"),
    "certified": gettext_noop("Holds the credential"),
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
    states = {words(state.value): count for state, count in attempt_counts(programmes, now).items()}
    steps = funnel(programmes)
    verifying = verification(programmes, now)
    marking = marking_clocks(programmes, now)
    clocks = {
        gettext("less than half"): marking.begun,
        gettext("50 % or more"): marking.half,
        gettext("75 % or more"): marking.three_quarters,
        gettext("90 % or more"): marking.nine_tenths,
        gettext("past its time"): marking.late,
    }
    return LiveExam(
        now,
        bar_chart(gettext("Attempts by state"), states),
        bar_chart(gettext("How far attempts came"), {gettext(STEPS[name]): steps[name] for name in STEPS}),
        column_chart(gettext("Verified, by hour"), _hours(verifying.by_hour)),
        column_chart(gettext("Open attempts that end, by hour"), _hours(deadlines(programmes, now))),
        bar_chart(gettext("Time that has passed of those in marking"), clocks),
        _waiting(verifying.waiting, verifying.oldest, now),
        CLOCKED if marking.read == CLOCKED else 0,
        model_costs(programmes, now),
    )


def _hours(counts: Mapping[datetime, int]) -> dict[str, int]:
    return {f"{hour:%H}": count for hour, count in counts.items()}


def _waiting(count: int, oldest: datetime | None, now: datetime) -> str:
    if oldest is None:
        return gettext("Nothing waits for verification.")
    return ngettext(
        "{number} waits for verification, the first for {time}.",
        "{number} wait for verification, the first for {time}.",
        count,
    ).format(number=count, time=duration(now - oldest))
