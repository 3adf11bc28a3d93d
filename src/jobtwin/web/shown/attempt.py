"""Attempts in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobtwin.core.attempt import AttemptState, attempt_state
from jobtwin.store.models import Attempt

WORDS = {
    AttemptState.OPEN: "open",
    AttemptState.EXPIRED: "closed: the deadline passed without a submission",
    AttemptState.SUBMITTED: "submitted, being verified",
    AttemptState.MARKING: "with the mentors",
    AttemptState.DECIDED: "decided",
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
    return AttemptRow(attempt, state, WORDS[state])


def milliseconds_left(attempt: Attempt, now: datetime) -> int:
    """What the countdown starts from; a page never learns an instant of its own clock."""
    return max(0, (attempt.deadline - now) // timedelta(milliseconds=1))
