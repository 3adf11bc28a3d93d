"""The rows of the operator's page about marking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from jobtwin.core.claim import Clock
from jobtwin.store.models import Mark, Submission
from jobtwin.web.shown.time import duration, time_left


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One mentor on a submission, in words."""

    mark: Mark
    state: str


@dataclass(frozen=True, slots=True)
class MarkingRow:
    """A submission that is being marked: when it is due, and who holds it."""

    submission: Submission
    title: str
    due: datetime
    left: str
    late: bool
    step: str
    seats: list[SeatRow]


@dataclass(frozen=True, slots=True)
class UnclaimedRow:
    """A submission that waits for a mentor."""

    submission: Submission
    title: str
    age: str
    wanted: str


def unclaimed_rows(submissions: list[Submission], now: datetime) -> list[UnclaimedRow]:
    """Rows with the age since submission and since a seat became free."""
    return [
        UnclaimedRow(
            one,
            one.attempt.brief_version.document["title"],
            duration(now - one.submitted_at),
            duration(now - (one.wanted_since or now)),
        )
        for one in submissions
    ]


def marking_rows(
    submissions: list[Submission], marks: list[Mark], clocks: Mapping[int, Clock], now: datetime
) -> list[MarkingRow]:
    """Rows in the given order; the earliest due time of its mentors counts for a submission."""
    held: dict[object, list[Mark]] = {}
    for mark in marks:
        held.setdefault(mark.submission_id, []).append(mark)
    return [_row(one, held[one.pk], clocks, now) for one in submissions if one.pk in held]


def _row(submission: Submission, marks: list[Mark], clocks: Mapping[int, Clock], now: datetime) -> MarkingRow:
    due = min(clocks[mark.pk].due for mark in marks)
    return MarkingRow(
        submission,
        submission.attempt.brief_version.document["title"],
        due,
        time_left(due, now),
        now >= due,
        gettext_noop("to be signed") if hasattr(submission, "decision") else gettext_noop("being marked"),
        [SeatRow(mark, _state(mark)) for mark in marks],
    )


def _state(mark: Mark) -> str:
    if mark.gone_at is not None:
        return gettext_noop("sealed; gone, does not sign")
    if mark.sealed_at is not None:
        return gettext_noop("sealed")
    return gettext_noop("saved, not sealed") if mark.saved_at else gettext_noop("nothing saved yet")
