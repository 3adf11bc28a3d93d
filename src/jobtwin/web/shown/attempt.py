"""Attempts in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, gettext_noop

from jobtwin.core.attempt import AttemptState, WindowTimes, attempt_state, windows_of
from jobtwin.store.models import Attempt

WORDS = {
    AttemptState.OPEN: gettext_noop("open"),
    AttemptState.GRACE: gettext_noop("after the deadline: what was saved can still be submitted"),
    AttemptState.EXPIRED: gettext_noop("closed: the deadline passed without a submission"),
    AttemptState.SUBMITTED: gettext_noop("submitted, being verified"),
    AttemptState.MARKING: gettext_noop("with the mentors"),
    AttemptState.DECIDED: gettext_noop("decided"),
    AttemptState.WITHDRAWN: gettext_noop("withdrawn"),
    AttemptState.VOIDED: gettext_noop("voided by an operator"),
}


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt with its state in words."""

    attempt: Attempt
    state: AttemptState
    words: str


def attempt_row(attempt: Attempt, now: datetime) -> AttemptRow:
    """The row of an attempt at `now`."""
    state = attempt_state(attempt.facts, now=now)
    return AttemptRow(attempt, state, gettext(WORDS[state]))


def milliseconds_left(attempt: Attempt, now: datetime) -> int:
    """Until the deadline; a page never learns an instant of its own clock."""
    return _until(attempt.deadline, now)


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window of an attempt: its times, its state in a word, and its log as it was saved."""

    times: WindowTimes
    state: str
    log: str

    @property
    def open(self) -> bool:
        return self.state == "open"


def window_rows(attempt: Attempt, logs: Mapping[str, str], now: datetime) -> list[WindowRow]:
    """All windows in order; none where the brief has none. Nothing is open once the attempt is not."""
    closed = attempt_state(attempt.facts, now=now) is not AttemptState.OPEN
    return [
        WindowRow(one, _window_state(one, now, closed=closed), logs.get(one.window.id, ""))
        for one in windows_of(attempt.brief_version.brief, attempt.facts)
    ]


def lock_milliseconds(attempt: Attempt, now: datetime) -> int:
    """What the countdown starts from: until the open window ends, or the deadline where there is none. In a
    grace, until its end."""
    if attempt.grace_until is not None and now >= attempt.deadline:
        return _until(attempt.grace_until, now)
    return _until(min((end for end in attempt.window_ends if end > now), default=attempt.deadline), now)


def _window_state(times: WindowTimes, now: datetime, *, closed: bool) -> str:
    if closed or times.is_over(now):
        return "over"
    return "open" if times.is_open(now) else "to come"


def _until(end: datetime, now: datetime) -> int:
    return max(0, (end - now) // timedelta(milliseconds=1))
